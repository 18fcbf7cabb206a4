"""Checkpoints that are either whole or absent: written aside, synced, renamed."""

import os
import random
from pathlib import Path
from typing import Any

import numpy as np
import torch

from .recipe import RecipeError


def write_checkpoint(path: Path, state: dict[str, Any]) -> None:
    """Make `path` hold `state` and the random generators; a kill leaves the previous file."""
    aside = path.with_suffix(".partial")
    generators = {
        "torch": torch.get_rng_state(),
        "numpy": np.random.get_state(),
        "python": random.getstate(),
    }
    with aside.open("wb") as file:
        torch.save({**state, "generators": generators}, file)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)


def load_checkpoint(path: Path) -> dict[str, Any]:
    """The state in `path`, with the random generators set; RecipeError if there is none."""
    if not path.is_file():
        raise RecipeError(f"{path}: no checkpoint here")
    # Our own file, with generator tuples that the weights-only reader refuses.
    state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=False)
    torch.set_rng_state(state["generators"]["torch"])
    np.random.set_state(state["generators"]["numpy"])
    random.setstate(state["generators"]["python"])
    return state
