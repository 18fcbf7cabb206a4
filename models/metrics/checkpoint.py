"""Weights of published metrics as named tensors; code in a file is never run."""

import pickle
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from models.errors import WeightsError, first_line
from models.runtime.device import Device
from models.runtime.precision import LoadedPrecision
from models.seq2seq.transformers import load_pretrained, move_to_device
from models.weights.architecture import read_json

Tensors = dict[str, torch.Tensor]


def read_torch_file(path: Path) -> dict[str, Any]:
    """Read a `torch.save` file that contains only tensors and plain values.

    Raises WeightsError if it contains any other object, because unpickling it could run code.
    """
    try:
        value = torch.load(
            path, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(path)
        )
    except pickle.UnpicklingError as error:
        named = [line for line in str(error).splitlines() if "GLOBAL" in line or "global" in line]
        raise WeightsError(
            f"{path}: holds more than tensors and plain values, or is damaged "
            f"({(named or [first_line(error)])[0].strip()[:160]}), and its loading could run any "
            "code; where you trust the file, write one with its 'state_dict' and "
            "'hyper_parameters' alone, once, with torch.save"
        ) from error
    except (OSError, EOFError, RuntimeError, KeyError, ValueError) as error:
        raise WeightsError(f"{path}: does not load: {first_line(error)}") from error
    if not isinstance(value, dict):
        raise WeightsError(f"{path}: a mapping is needed, found {type(value).__name__}")
    return value


def read_tensors(folder: Path) -> Tensors:
    """Read all weights of a transformers checkpoint: *.safetensors, or else pytorch_model*.bin.

    An index file, if there is one, decides which files belong to the model.
    """
    for pattern in ("model*.safetensors", "pytorch_model*.bin"):
        files = _indexed(folder, pattern) or sorted(folder.glob(pattern))
        if files:
            tensors: Tensors = {}
            for file in files:
                tensors |= _read_file(file)
            return tensors
    raise WeightsError(f"{folder}: neither model*.safetensors nor pytorch_model*.bin in it")


def _indexed(folder: Path, pattern: str) -> list[Path]:
    index = folder / f"{pattern.replace('*', '')}.index.json"
    if not index.is_file():
        return []
    names = sorted(set(read_json(index).get("weight_map", {}).values()))
    for name in names:
        if not (folder / name).is_file():
            raise WeightsError(f"{folder}: {name} is missing, which {index.name} names")
    return [folder / name for name in names]


def _read_file(file: Path) -> Tensors:
    if file.suffix == ".bin":
        return {name: each for name, each in read_torch_file(file).items() if torch.is_tensor(each)}
    try:
        return load_file(file)
    except (OSError, SafetensorError) as error:
        raise WeightsError(f"{file}: does not load: {first_line(error)}") from error


def below(tensors: Mapping[str, torch.Tensor], prefix: str) -> Tensors:
    """Return the tensors whose name starts with `prefix`, with the prefix removed."""
    return {
        name.removeprefix(prefix): each for name, each in tensors.items() if name.startswith(prefix)
    }


def fill_model(
    model_class: Any,
    config: Any,
    tensors: Tensors,
    *,
    where: Path,
    device: Device,
    precision: LoadedPrecision,
    **settings: Any,
) -> Any:
    """Return a transformers model with these weights, in evaluation mode.

    Raises WeightsError unless they match the model exactly, because transformers would initialise
    missing ones at random.
    """
    model, found = load_pretrained(
        model_class,
        None,
        where=where,
        precision=precision,
        config=config,
        state_dict=tensors,
        **settings,
    )
    for state, text in (("missing_keys", "are missing"), ("unexpected_keys", "are unexpected")):
        _refuse(where, sorted(found[state]), text)
    return move_to_device(model, where, device)


def _refuse(where: Path, names: Sequence[str], state: str) -> None:
    if names:
        raise WeightsError(
            f"{where}: {len(names)} weights of its model {state}, among them "
            f"{', '.join(names[:3])}; config.json is another model's or the file is incomplete"
        )
