"""What each check knows and what it does not know, in plain English."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Explanation:
    """Texts about one check: what it `knows` and what it `misses`."""

    knows: str
    misses: str


@cache
def explanations() -> Mapping[str, Explanation]:
    """Return the explanation of each check by its name, from `explanations.toml`."""
    file = resources.files("pipeline.check.findings").joinpath("explanations.toml")
    text = file.read_text("utf-8")
    return {name: Explanation(**row) for name, row in tomllib.loads(text).items()}
