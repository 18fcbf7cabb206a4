"""Checkpoints that are either whole or absent: written aside, synced, renamed."""

import os
import random
from pathlib import Path

import numpy as np
import torch

from .recipe import RecipeError


def write_checkpoint(path: Path, state: dict) -> None:
    """Make `path` hold `state` and the random number generators; a kill leaves the previous file."""
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
    os.replace(aside, path)


def load_checkpoint(path: Path) -> dict:
    """The state in `path`, with the random number generators set; RecipeError if it cannot be used."""
    if not path.is_file():
        raise RecipeError(f"{path}: no checkpoint here")
    # Our own file: it holds optimiser state and generator tuples, which the weights-only reader refuses.
    state = torch.load(path, map_location="cpu", weights_only=False)
    torch.set_rng_state(state["generators"]["torch"])
    np.random.set_state(state["generators"]["numpy"])
    random.setstate(state["generators"]["python"])
    return state
