"""The card of a model: its metadata and its licence."""

import re
from pathlib import Path
from typing import Any

import yaml

from models.weights.catalogue import known_licence
from models.weights.licences import card_licence

CARDS = ("MODEL_CARD.md", "README.md")


def read_card(folder: Path) -> dict[str, Any]:
    """Read the YAML front matter of MODEL_CARD.md or README.md; empty without one."""
    for name in CARDS:
        path = folder / name
        if not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        match = re.match(r"---\n(.*?)\n---\s*\n", text, re.DOTALL)
        if match is None:
            continue
        try:
            front = yaml.safe_load(match[1])
        except yaml.YAMLError:
            # A card that cannot be read states nothing; the weights are none the worse for it.
            continue
        if isinstance(front, dict):
            return front
    return {}


def licence(folder: Path, path: str) -> str | None:
    """Return the SPDX name of the licence in a model's card.

    Without one, return that of the hub id `path` in the catalogue, or None.
    """
    return card_licence(read_card(folder)) or known_licence(path)
