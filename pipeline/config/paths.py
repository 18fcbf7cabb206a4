"""Paths in a config are relative to the config file; this is where they become usable ones.

values of the file ─resolve_paths─▶ values with paths as they are opened
"""

import os
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from glob import escape, has_magic, iglob
from pathlib import Path, PurePath
from typing import Any

from pydantic import BaseModel

from models.strict import PathKey
from pipeline.bucket import is_address
from pipeline.config.annotations import kind_of, sections_in

Place = tuple[str, ...]
"""The keys that lead to a value."""


def config_folder(path: Path) -> str:
    """Return the folder that a config's paths are relative to; empty if it is the current one.

    A config that comes through a pipe has no folder: its paths are relative to the current one.
    """
    folder = path.parent
    if str(folder) in (".", "") or folder.parts[1:2] in (("dev",), ("proc",)):
        return ""
    return "" if os.path.realpath(folder) == str(Path.cwd().resolve()) else str(folder)


@dataclass(slots=True)
class Resolved:
    """What became of a config's paths.

    `bases` gives for each input path the folder that it was joined to; `problems` are paths
    that are in the current folder and not beside the config.
    """

    problems: list[str] = field(default_factory=list)
    bases: dict[str, str] = field(default_factory=dict)


def resolve_paths(
    values: dict[str, Any], model: type[BaseModel], folder: str, given: Iterable[Place] = ()
) -> Resolved:
    """Replace the paths in a config's values, in place, by paths that can be opened.

    `folder` is the config's, empty for the current one. Keys in `given` come from the command
    line: what is under them is relative to the current folder and stays as it is. Values of a
    wrong type are left alone.
    """
    walk = _Walk(folder, frozenset(given), _system_names(values))
    walk.section(values, model, ())
    return walk.resolved


def join_paths(folder: str, written: str) -> tuple[str, str]:
    """Return a path that is relative to a folder, and the folder that remains after its `..`."""
    base, parts = PurePath(folder), list(PurePath(written).parts)
    while parts and parts[0] == "..":
        parts.pop(0)
        has_parent = base.name not in ("", "..") or base.is_absolute()
        base = base.parent if has_parent else base / ".."
    return str(base.joinpath(*parts)), str(base)


def _system_names(values: Mapping[str, Any]) -> frozenset[str]:
    systems = values.get("systems")
    rows = systems if isinstance(systems, list) else []
    return frozenset(str(row.get("name")) for row in rows if isinstance(row, dict))


@dataclass(slots=True)
class _Walk:
    """Goes through values and their models side by side."""

    folder: str
    given: frozenset[tuple[str, ...]]
    systems: frozenset[str]
    resolved: Resolved = field(default_factory=Resolved)

    def section(self, values: dict[str, Any], model: type[BaseModel], place: Place) -> None:
        for name, value in values.items():
            info, inside = model.model_fields.get(name), (*place, name)
            if info is None or inside in self.given:
                continue
            key = next((m for m in info.metadata if isinstance(m, PathKey)), None)
            if key is None:
                self.below(value, info.annotation, inside)
                continue
            if key.kind == "input" and values.get("format") == "dataset":
                key = PathKey("model", key.words)
            if isinstance(value, list):
                values[name] = [self.path(text, key, inside) for text in value]
            elif isinstance(value, dict):
                values[name] = {at: self.path(text, key, inside) for at, text in value.items()}
            else:
                values[name] = self.path(value, key, inside)

    def below(self, value: Any, annotation: Any, place: Place) -> None:
        """Go on into a section, a list of them or a dict of them."""
        if isinstance(value, list):
            arguments = typing.get_args(annotation)
            for number, item in enumerate(value if arguments else ()):
                self.below(item, arguments[0], (*place, str(number)))
        elif isinstance(value, dict) and typing.get_origin(annotation) is dict:
            for name, item in value.items():
                if (*place, name) not in self.given:
                    self.below(item, typing.get_args(annotation)[1], (*place, name))
        elif isinstance(value, dict):
            models = sections_in(annotation)
            named = [model for model in models if kind_of(model) == value.get("kind")]
            for model in named or models[:1]:
                self.section(value, model, place)

    def path(self, written: Any, key: PathKey, place: Place) -> Any:
        """Return the path that a key means, which is relative to the config."""
        if not isinstance(written, str) or not written.strip() or written in key.words:
            return written
        if is_address(written):
            return written
        if key.kind == "against" and written in self.systems:
            return written
        expanded = os.path.expanduser(written)  # noqa: PTH111 (a name without ~ stays as it is)
        if not self.folder or Path(expanded).is_absolute() or written.startswith("bundled:"):
            return expanded
        joined, base = join_paths(self.folder, written)
        pattern = joined
        if has_magic(base) and has_magic(written) and not os.path.lexists(joined):
            pattern = f"{escape(base)}{joined.removeprefix(base)}"
        is_there = _exists(pattern, key)
        must_exist = key.kind != "made" and place[0] != "licences"
        if must_exist and not is_there and _exists(written, key):
            self.resolved.problems.append(
                f"{'.'.join(place)}: '{written}': paths in a config are relative to the config "
                f"file: there is no {joined}, only one in the current folder; write "
                f"'{os.path.relpath(written, self.folder)}'"
            )
        is_name = not written.startswith(("./", "../")) and key.kind in ("model", "against")
        if is_name and not is_there:
            return written
        if place == ("input", "paths"):
            self.resolved.bases[pattern] = base
        return pattern


def _exists(path: str, key: PathKey) -> bool:
    """True if a path, a file of a pattern, or the folder of FOLDER:SYSTEM exists."""
    if os.path.lexists(path):
        return True
    if key.kind == "input" and has_magic(path):
        return next(iglob(path, recursive=True), None) is not None  # noqa: PTH207 (absolute ones)
    folder, colon, _ = path.rpartition(":")
    return key.kind == "against" and bool(colon) and Path(folder).is_dir()
