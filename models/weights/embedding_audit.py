"""Compare the embeddings of a loaded model with those in its files.

Library upgrades have silently left tied embeddings at random values (transformers issue 26271) and
mistaken one matrix for another (48154). The model then writes nonsense, and only some of the keys
are reported missing.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open

from models.errors import WeightsError
from models.weights.architecture import read_json

_ADVICE = (
    "this version of transformers reads the checkpoint incorrectly: install the versions of "
    "the project's constraints, or the one it was saved with"
)
_INDEX = "model.safetensors.index.json"

# Rows that are compared, at the beginning, in the middle and at the end: a matrix that is
# another one differs in nearly all of them.
_ROWS = 64


def check_embeddings(model: Any, folder: Path) -> None:
    """Raise WeightsError unless every embedding agrees with the files of the checkpoint.

    An embedding in a file must be equal to it. Any other must be tied to an input embedding in a
    file, or to the output if the files have no input embedding and config.json ties the two
    (`tie_word_embeddings`).
    """
    stored = _stored_tensors(folder)
    inputs = dict(_embeddings(model, "get_input_embeddings"))
    outputs = dict(_embeddings(model, "get_output_embeddings"))
    tied = bool(getattr(model.config, "tie_word_embeddings", False))
    read: dict[str, Any] = {}
    for name, weight in (inputs | outputs).items():
        file = _file_of(name, stored, model.base_model_prefix)
        if file is not None:
            _compare(folder, *file, weight)
            read[name] = weight
    # Files that hold the output alone speak for the input too, if the two are one.
    partners = [each for name, each in read.items() if name in inputs]
    if tied and not partners:
        partners = list(read.values())
    for name, weight in (inputs | outputs).items():
        if name not in read and not any(_alike(weight, each) for each in partners):
            raise WeightsError(
                f"{folder}: the embeddings {name} are not in its files, nor equal to any that "
                f"are, so they hold untrained values; {_ADVICE}"
            )


def _embeddings(model: Any, get: str) -> Iterator[tuple[str, Any]]:
    """Yield the embeddings of the model, its encoder and its decoder, by name.

    Every embedding of the size of the input embeddings is included, because Marian keeps the shared
    matrix in a place that it does not name.
    """
    getters = ("get_encoder", "get_decoder")
    parts = [model, *(getattr(model, each, lambda: None)() for each in getters)]
    layers = [getattr(part, get, lambda: None)() for part in parts if part is not None]
    # by the place of the layer, not by its matrix: one matrix may stand in two places
    wanted = {id(layer) for layer in layers if hasattr(layer, "weight")}
    sizes = {layer.weight.shape for layer in layers if isinstance(layer, torch.nn.Embedding)}
    for name, layer in model.named_modules(remove_duplicate=False):
        is_another = isinstance(layer, torch.nn.Embedding) and layer.weight.shape in sizes
        if id(layer) in wanted or is_another:
            yield f"{name}.weight", layer.weight


def _stored_tensors(folder: Path) -> dict[str, Path]:
    """Return the safetensors file of each tensor."""
    if (folder / _INDEX).is_file():
        places = read_json(folder / _INDEX).get("weight_map", {})
        return {str(name): folder / str(file) for name, file in places.items()}
    found: dict[str, Path] = {}
    for file in sorted(folder.glob("*.safetensors")):
        with safe_open(file, framework="pt") as tensors:
            found |= dict.fromkeys(tensors.keys(), file)
    return found


def _file_of(name: str, stored: dict[str, Path], prefix: str) -> tuple[str, Path] | None:
    """Return the file of a tensor by its name in the model.

    Files may name it with or without `model.`; an encoder with a head adds the model's `prefix`
    (`roberta.`).
    """
    for own in (name, name.removeprefix("model."), f"model.{name}", f"{prefix}.{name}"):
        if own in stored:
            return own, stored[own]
    return None


def _compare(folder: Path, name: str, file: Path, weight: Any) -> None:
    with safe_open(file, framework="pt") as tensors:
        part = tensors.get_slice(name)
        shape = tuple(part.get_shape())
        if shape != tuple(weight.shape):
            raise WeightsError(
                f"{folder}: {name} is {shape} in {file.name} and {tuple(weight.shape)} in the "
                f"model; {_ADVICE}"
            )
        for rows in _samples(shape[0]):
            own = weight[rows].detach().cpu()
            if not torch.equal(part[rows].to(own.dtype), own):
                raise WeightsError(
                    f"{folder}: {name} is not what {file.name} holds under this name; {_ADVICE}"
                )


def _alike(first: Any, second: Any) -> bool:
    if first.shape != second.shape:
        return False
    if first.data_ptr() == second.data_ptr():
        return True
    return all(torch.equal(first[rows], second[rows]) for rows in _samples(first.shape[0]))


def _samples(count: int) -> list[slice]:
    starts = {0, max(0, count // 2 - _ROWS), max(0, count - _ROWS)}
    return [slice(start, start + _ROWS) for start in sorted(starts)]
