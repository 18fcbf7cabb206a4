"""A YAML file to its config, or every mistake in it at once."""

import re
import types
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from models.errors import closest
from models.patterns import lazy
from pipeline.config.memory_place import place_memory, place_memory_inside
from pipeline.config.paths import config_folder, resolve_paths
from pipeline.config.problems import problems_of, spoken_value
from pipeline.config.sections import Config, TranslateSection
from pipeline.config.series import expand_placeholders
from pipeline.config.summarize_section import SummarizeSection
from pipeline.config.yaml_file import parse_yaml
from pipeline.errors import ConfigError
from pipeline.text_file import read_text

# A line with a key, or one that begins as only YAML does: without any, a file is a text.
_YAML = lazy(r"^\s*(?:-\s+)*[\"']?[A-Za-z_]+[\"']?\s*[:：]|^\s*[-\[{?&!%]", re.MULTILINE)

MAX_BYTES = 1_000_000
"""A larger file is no config."""

EVALUATION_KEYS = frozenset({"sets", "systems"})
"""Sections that only the config of an evaluation has."""

RUN_KEYS = frozenset({"input", "segment", "translate", "summarize"})
"""Sections that only the config of a run has."""

Model = TypeVar("Model", bound=BaseModel)
NOTHING: Mapping[str, Any] = types.MappingProxyType({})


def load_config(
    path: Path | None,
    settings: Sequence[str] = (),
    values: Mapping[str, Any] = NOTHING,
    fallback_output: str | None = None,
    day: date | None = None,
) -> Config:
    """Read and check the config of a run; without a file, all that is not given is a default.

    `settings` are `a.b=value` in YAML and win over the file; `values` have keys `a.b`, are
    taken as they are, and win over both. `fallback_output` is the run folder if none of them
    names one; the translation memory is then inside it. `day` is the date of `{date}`; without
    one it is today's.

    Raises ConfigError with one line for every mistake found, not only the first.
    """
    return load_section(path, Config, settings, values, fallback_output=fallback_output, day=day)


def load_section(
    path: Path | None,
    model: type[Model],
    settings: Sequence[str] = (),
    values: Mapping[str, Any] = NOTHING,
    *,
    absolute: bool = False,
    fallback_output: str | None = None,
    day: date | None = None,
) -> Model:
    """Read and check a YAML file of any kind; see `load_config`.

    Its paths are relative to its folder; those in `settings` and `values` to the current one.
    `absolute` gives paths that hold wherever they are read.
    """
    merged = {} if path is None else _read_yaml(path, model)
    place = path or "command line"
    _check_kind(place, merged, model)
    own_output = merged.get("output")
    if model is Config:
        _write_out(merged)
    for setting in settings:
        _apply(merged, setting)
    for name, value in values.items():
        _put(merged, name.split("."), value, name)
    folder = "" if path is None else config_folder(path.absolute() if absolute else path)
    if absolute and not folder:
        folder = str(Path.cwd())
    names = [*(setting.partition("=")[0].strip() for setting in settings), *values]
    is_placed = fallback_output is None or "output" in merged
    if not is_placed:
        merged["output"] = fallback_output
        names.append("output")
    given = [tuple(name.split(".")) for name in names]
    placeholders = (
        expand_placeholders(place, merged, folder, given, day) if model is Config else None
    )
    if placeholders and isinstance(own_output, str):
        own_output = placeholders.expand(own_output)
    resolved = resolve_paths(merged, model, folder, given)
    if is_placed:
        place_memory(merged, folder, own_output)
    else:
        place_memory_inside(merged, str(fallback_output))
    config = _checked_with(merged, model, place, resolved.problems)
    if isinstance(config, Config):
        dated = placeholders.bases(config.input.paths) if placeholders else {}
        config.input.bases.update(resolved.bases | dated)
        config.join(placeholders.series() if placeholders else None)
    return config


def _checked_with(
    values: Mapping[str, Any], model: type[Model], place: Path | str, misplaced: Sequence[str]
) -> Model:
    """Check values; report problems of their paths together with all others."""
    lines = [f"{place}: {problem}" for problem in misplaced]
    try:
        config = checked(values, model, place)
    except ConfigError as error:
        raise ConfigError(*error.problems, *lines) from None
    if lines:
        raise ConfigError(*lines)
    return config


def _write_out(values: dict[str, Any]) -> None:
    """Write out what is short; put in default models, so that `--set` can change one key."""
    _expand_input(values)
    defaults = {"translate": TranslateSection().model, "summarize": SummarizeSection().model}
    for name, spec in defaults.items():
        section = values.setdefault(name, {})
        if isinstance(section, dict):
            section.setdefault("model", spec.model_dump(mode="json", exclude_defaults=True))


def _expand_input(values: dict[str, Any]) -> None:
    """Write out `input: page.txt`, which is short for `input: {paths: page.txt}`."""
    if isinstance(values.get("input"), str | list):
        values["input"] = {"paths": values["input"]}


def _check_kind(place: Path | str, values: Mapping[str, Any], model: type[BaseModel]) -> None:
    """Raise ConfigError where a command gets the config of the other kind."""
    is_evaluation = bool(EVALUATION_KEYS & values.keys())
    if is_evaluation and model is Config:
        raise ConfigError(
            f"{place}: is the config of an evaluation; use pipeline evaluate --config {place}"
        )
    is_run = bool(RUN_KEYS & values.keys()) and not is_evaluation
    if is_run and model.model_fields.keys() >= EVALUATION_KEYS:
        raise ConfigError(f"{place}: is the config of a run; use pipeline run --config {place}")


def checked(values: Mapping[str, Any], model: type[Model], place: Path | str) -> Model:
    """Check values that may come from elsewhere than a file; `place` begins every line."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise ConfigError(*problems_of(place, model, error)) from None


def top_keys(path: Path) -> set[str]:
    """Return the names of a file's sections: enough to tell what kind of config it is."""
    return {str(key) for key in _read_yaml(path, Config)}


def dump_config(config: BaseModel) -> str:
    """Return the config as YAML with every default written out."""
    values = config.model_dump(mode="json")
    return yaml.safe_dump(values, allow_unicode=True, sort_keys=False, width=100)


def _read_yaml(path: Path, model: type[BaseModel]) -> dict[str, Any]:
    """Return the top mapping of a YAML file."""
    try:
        text = read_text(path, MAX_BYTES)
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file{_similar_files(path)}") from None
    needed = f"it needs at least {', '.join(_required(model))}"
    has_text = any(line.strip() and line[0] != "#" for line in text.splitlines())
    if has_text and not _YAML.search(text):
        raise ConfigError(
            f"{path}: holds text, not sections; {needed}. A file to translate goes into "
            "input.paths or --input"
        )
    values = parse_yaml(text, path)
    if isinstance(values, dict):
        return values
    if values is None:
        raise ConfigError(f"{path}: is empty; {needed}")
    raise ConfigError(f"{path}: holds {spoken_value(values)}, not sections; {needed}")


def _similar_files(path: Path) -> str:
    """Return a hint naming a config that stands near the one that does not exist."""
    folder = path.parent
    names = [p.name for p in folder.glob("*.y*ml")] if folder.is_dir() else []
    if close := closest(path.name, names):
        return f"; did you mean '{folder / close}'?"
    return "; `pipeline init DIR` makes a starter config"


def _apply(values: dict[str, Any], setting: str) -> None:
    """Put one `a.b=value` of the command line into the values of a file."""
    name, separator, text = setting.partition("=")
    keys = name.strip().split(".")
    if not separator or not all(keys):
        raise ConfigError(f"--set {setting}: write it as section.key=value")
    value = parse_yaml(text, f"--set {setting[:60]}", with_line=False)
    _put(values, keys, value, f"--set {setting}")
    _expand_input(values)


def _put(values: dict[str, Any], keys: Sequence[str], value: object, option: str) -> None:
    """Put a value under its keys; `option` names it in an error."""
    here = values
    for key in keys[:-1]:
        below = here.setdefault(key, {})
        if not isinstance(below, dict):
            raise ConfigError(f"{option}: '{key}' holds a value, not a section")
        here = below
    here[keys[-1]] = value


def _required(section: type[BaseModel]) -> list[str]:
    return [name for name, field in section.model_fields.items() if field.is_required()]
