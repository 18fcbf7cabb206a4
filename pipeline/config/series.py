"""`{date}` and `{edition}` in a config: one run folder for each night, beside the others.

output: runs/{date}    runs/2026-11-27    runs/2026-11-28    runs/latest    runs/index.html
"""

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from glob import has_magic
from pathlib import Path, PurePath
from typing import Any

from models.errors import closest
from models.patterns import lazy
from pipeline.bucket import is_address
from pipeline.config.default_output import name_without_ending
from pipeline.config.night_sections import RESUMED_WITHIN, RunSeries
from pipeline.config.paths import Place, resolve_paths
from pipeline.config.sections import Config
from pipeline.errors import ConfigError, StoreError
from pipeline.storage import RESERVED_NAMES, is_held, read_json

_NAMES = ("date", "edition")
_BRACES = lazy(r"\{([^{}/]*)\}")
_A_DATE = r"\d{4}-\d\d-\d\d"


@dataclass(frozen=True, slots=True)
class Placeholders:
    """What `{date}` and `{edition}` mean, and the last part of `output` that has them."""

    values: Mapping[str, str]
    pattern: str
    below: tuple[int | None, ...] = ()
    """For each input path, how many parts it has below the one with the date; None without one."""

    def expand(self, text: str) -> str:
        """Return a text with its placeholders replaced."""
        return _BRACES.sub(lambda match: self.values.get(match[1], match[0]), text)

    def bases(self, paths: Sequence[str]) -> dict[str, str]:
        """Return for each input path the dated folder that it is in, without which sources are
        written, so that unchanged pages have the same sources every night.

        Empty if the paths are in several folders: their pages may be called alike.
        """
        if None in self.below or len(self.below) != len(paths):
            return {}
        bases = {
            path: path.rstrip("/").rsplit("/", below or 0)[0]
            for path, below in zip(paths, self.below, strict=True)
        }
        folders = {*bases.values()}
        is_one = len(folders) == 1 and all(is_address(f) or Path(f).is_dir() for f in folders)
        return bases if is_one else {}

    def series(self) -> RunSeries | None:
        """Return what names the folders of the same series; None if `output` is one folder."""
        if not self.pattern:
            return None
        day = self.values.get("date")
        names = {name: re.escape(value) for name, value in self.values.items()}
        names |= {"date": f"(?P<date>{_A_DATE})"} if day else {"edition": ".+"}
        parts = _BRACES.split(self.pattern)
        pattern = "".join(
            names.get(part, re.escape(f"{{{part}}}")) if number % 2 else re.escape(part)
            for number, part in enumerate(parts)
        )
        return RunSeries(pattern, day)


def expand_placeholders(
    place: Path | str, values: dict[str, Any], folder: str, given: Iterable[Place], day: date | None
) -> Placeholders:
    """Replace the placeholders of `output` and `input.paths` in a config's values, in place.

    `folder` is the config's, `given` are the keys of the command line (see `resolve_paths`). The
    date is `day`, or today's; a run that was interrupted keeps its date for twelve hours.
    Raises ConfigError, which begins with `place`, if a placeholder is misspelt, in the wrong place
    or has no value.
    """
    try:
        return _expanded(values, folder, given, day)
    except ConfigError as error:
        raise ConfigError(*(f"{place}: {problem}" for problem in error.problems)) from None


def _expanded(
    values: dict[str, Any], folder: str, given: Iterable[Place], day: date | None
) -> Placeholders:
    output, paths = values.get("output"), _input_paths(values)
    output = output if isinstance(output, str) else ""
    used = {name for text in (output, *paths) for name in _BRACES.findall(text)} & {*_NAMES}
    _check_names(output)
    _check_places(output)
    if day is not None and "date" not in used:
        raise ConfigError("--date has no effect, because neither output nor input.paths has {date}")
    known: dict[str, str] = {}
    if "edition" in used and not any("{date}" in path for path in paths):
        known["edition"] = _edition(paths)
    if "date" in used:
        known["date"] = str(day or _today(Placeholders(known, "").expand(output), folder, given))
    below = tuple(map(_parts_below_date, paths))
    paths = [Placeholders(known, "").expand(path) for path in paths]
    if "edition" in used:
        known["edition"] = _edition(paths)
    if paths and used:
        values["input"]["paths"] = paths
    last = PurePath(output).name
    # a bucket has no pointers and no retention: each night there is a run by itself
    is_series = {*_BRACES.findall(last)} & {*_NAMES} and not is_address(output)
    placeholders = Placeholders(known, last if is_series else "", below)
    if output and used:
        values["output"] = placeholders.expand(output)
    return placeholders


def _parts_below_date(path: str) -> int | None:
    """Return how many parts a path has below the last one with `{date}`; None without one."""
    parts = PurePath(path).parts
    return next((n for n, part in enumerate(reversed(parts)) if "{date}" in part), None)


def _input_paths(values: Mapping[str, Any]) -> list[str]:
    section = values.get("input")
    paths = section.get("paths") if isinstance(section, dict) else None
    is_list = isinstance(paths, list | tuple)
    return [path for path in paths if isinstance(path, str)] if is_list and paths else []


def _check_names(output: str) -> None:
    for name in _BRACES.findall(output):
        if name not in _NAMES and (close := closest(name, _NAMES)):
            raise ConfigError(f"output: {{{name}}} is unknown; did you mean {{{close}}}?")


def _check_places(output: str) -> None:
    above = str(PurePath(output).parent)
    if "{date}" in above:
        raise ConfigError(
            "output: {date} must be in the last part of the path, so that all nights are in one "
            "folder; write runs/{edition}/{date}"
        )
    if "{edition}" in above and not {*_BRACES.findall(PurePath(output).name)} & {*_NAMES}:
        raise ConfigError("output: the last part of the path needs {date} or {edition} too")


def _edition(paths: Sequence[str]) -> str:
    """Return the name of the one input, without its ending if it is a file."""
    if len(paths) != 1 or paths[0] == "-" or has_magic(paths[0]):
        raise ConfigError(
            "output: {edition} is the name of the input folder or file; name exactly one in "
            "input.paths"
        )
    path = Path(os.path.abspath(Path(paths[0]).expanduser()))  # noqa: PTH100 (links keep names)
    name = path.name if path.is_dir() else name_without_ending(path)
    if not name or name.startswith(".") or name in RESERVED_NAMES:
        raise ConfigError(f"output: '{name}' cannot be the name of a run folder; rename the input")
    return name


def _today(output: str, folder: str, given: Iterable[Place]) -> date:
    """Return today's date, or yesterday's if its run was interrupted a few hours ago."""
    present = _now()
    yesterday = present.date() - timedelta(days=1)
    values = {"output": output}
    resolve_paths(values, Config, folder, given)
    folders = [
        Path(values["output"].replace("{date}", str(day))) for day in (present.date(), yesterday)
    ]
    is_open = "{date}" in output and "{edition}" not in output and not folders[0].exists()
    return yesterday if is_open and _ended_early(folders[1], present) else present.date()


def _ended_early(folder: Path, present: datetime) -> bool:
    """True if a run began a few hours ago, has not finished and is not running."""
    if not (folder / "manifest.json").is_file():
        return False
    try:
        manifest = read_json(folder / "manifest.json")
        began = datetime.fromisoformat(str(manifest.get("started")))
        is_recent = timedelta() <= present - began < RESUMED_WITHIN
    except (StoreError, ValueError, TypeError):
        return False
    return is_recent and manifest.get("status") != "done" and not is_held(folder)


def _now() -> datetime:
    return datetime.now().astimezone()
