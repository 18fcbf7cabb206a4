"""Convert checkpoints with pickled weights to safetensors, without running their code.

Many hub models (NLLB, mT5-XLSum) have no safetensors. A pickle can run code when it is loaded;
torch's `weights_only` reader refuses everything but tensors. `pipeline models fetch` reads such a
file once in that way and caches the result as safetensors; runs load only these.
"""

import re
from pathlib import Path

from models.errors import WeightsError, first_line
from models.files import copy_file, folder_aside, move_folder, sweep_old
from models.weights.architecture import read_json

WEIGHTS = ("pytorch_model*.bin", "pytorch_model.bin.index.json")


def converted_folder(repository: str, revision: str, cache: Path) -> Path:
    """Return the folder for the converted safetensors of a hub model; it may not exist yet."""
    return cache / "safetensors" / f"{repository.replace('/', '--')}@{revision}"


def convert_pickles(source: Path, place: Path) -> Path:
    """Convert a checkpoint with pickled weights to a folder with safetensors; return `place`.

    The folder appears completely or not at all. Raises WeightsError if the file contains anything
    but tensors, or if transformers does not know the architecture.
    """
    if place.is_dir():
        return place
    import transformers

    names = read_json(source / "config.json").get("architectures") or []
    model_class = getattr(transformers, names[0], None) if names else None
    if model_class is None:
        raise WeightsError(f"{source}: transformers does not know the architecture {names}")
    sweep_old(place.parent, re.compile(r"\.partial-[a-z0-9_]{8}").fullmatch)
    with folder_aside(place) as aside:
        made = aside / "model"
        try:
            model = model_class.from_pretrained(source, weights_only=True, local_files_only=True)
        except Exception as error:
            line = first_line(error)
            raise WeightsError(f"{source}: its pickled weights cannot be read: {line}") from error
        model.save_pretrained(made)
        for file in source.iterdir():
            if file.is_file() and ".bin" not in file.name and not (made / file.name).exists():
                copy_file(file, made / file.name)
        move_folder(made, place)
    return place
