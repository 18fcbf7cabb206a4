"""Write docs/commands.md and docs/configuration.md from the code; a test keeps them true.

python scripts/make_docs.py
"""

import types
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from pipeline.cli import cli
from pipeline.config.sections import Config
from pipeline.evaluate.config import EvaluationConfig

DOCS = Path(__file__).resolve().parents[1] / "docs"


def main() -> None:
    """Write both pages."""
    (DOCS / "commands.md").write_text(commands_page(), encoding="utf-8")
    (DOCS / "configuration.md").write_text(configuration_page(), encoding="utf-8")


def commands_page() -> str:
    """Return the help of every command."""
    parts = ["# Commands", "Made from `pipeline --help` by `python scripts/make_docs.py`."]
    for name, command in sorted(commands(cli, "pipeline")):
        parts += [f"## {name}", f"```\n{command.get_help(_context(command, name))}\n```"]
    return "\n\n".join(parts) + "\n"


def commands(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    """Yield a command and those below it, with their full names."""
    yield name, command
    if isinstance(command, click.Group):
        context = _context(command, name)
        for below in command.list_commands(context):
            inner = command.get_command(context, below)
            assert inner is not None
            yield from commands(inner, f"{name} {below}")


def _context(command: click.Command, name: str) -> click.Context:
    return click.Context(
        command, info_name=name, terminal_width=90, help_option_names=["-h", "--help"]
    )


def configuration_page() -> str:
    """Return every key of a config with its meaning, values and default."""
    parts = [
        "# Configuration",
        "Made from the code by `python scripts/make_docs.py`. One YAML file, no inheritance, no\n"
        "interpolation; unknown keys are errors. `pipeline config check FILE` lists every\n"
        "mistake, `--set section.key=value` changes a key for one run. Paths are relative to\n"
        "the config file; those given with `--input`, `--output` and `--set` to the current one.",
    ]
    parts += _chapters(Config, "")
    parts += [
        "# Configuration of an evaluation",
        "A file of its own, for `pipeline evaluate --config FILE`; "
        "[configs/evaluate.yaml](../configs/evaluate.yaml) is a commented one.",
        *_chapters(EvaluationConfig, "evaluation: "),
    ]
    return "\n\n".join(parts) + "\n"


def _chapters(model: type[BaseModel], start: str) -> Iterator[str]:
    """Yield a heading and its text for every key at the top of a config."""
    for name, field in model.model_fields.items():
        sections = _sections(field.annotation)
        yield f"## {start}{name}"
        if len(sections) != 1 or typing.get_origin(field.annotation) is dict:
            yield _row_text(name, field)
        if len(sections) == 1:
            yield from _tables(sections[0], name)
        else:
            for section in sections:
                kind = section.model_fields["kind"]
                yield f"### {name}, kind {typing.get_args(kind.annotation)[0]}"
                yield from _tables(section, name)


def _tables(section: type[BaseModel], path: str) -> Iterator[str]:
    """Yield the table of a section and those of the models inside it."""
    yield (section.__doc__ or "").strip().splitlines()[0]
    rows = ["| key | values | default | meaning |", "|---|---|---|---|"]
    rows += [_table_row(name, field) for name, field in section.model_fields.items()]
    yield "\n".join(rows)
    seen: set[type[BaseModel]] = set()
    for name, field in section.model_fields.items():
        for inner in _sections(field.annotation):
            if inner in seen:
                continue
            seen.add(inner)
            kind = inner.model_fields.get("kind")
            label = f", kind {typing.get_args(kind.annotation)[0]}" if kind else ""
            yield f"### {path}.{name}{label}"
            yield from _tables(inner, f"{path}.{name}")


def _table_row(name: str, field: Any) -> str:
    cells = (f"`{name}`", _values(field), _default(field), field.description or "")
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _row_text(name: str, field: Any) -> str:
    return f"`{name}` ({_values(field)}, {_default(field)}): {field.description}"


def _values(field: Any) -> str:
    return _type_name(field.annotation)


def _type_name(annotation: Any) -> str:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Literal:
        return ", ".join(f"`{value}`" for value in arguments)
    if origin is dict:
        named = "name you give" if arguments[0] is str else f"of {_type_name(arguments[0])}"
        return f"a section for each {named}"
    if origin is tuple:
        return f"list of {_type_name(arguments[0])}"
    if origin is typing.Annotated:
        return _type_name(arguments[0])
    if origin in (typing.Union, types.UnionType):
        return " or ".join(dict.fromkeys(_type_name(a) for a in arguments if a is not type(None)))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "section"
    names = {str: "text", int: "whole number", float: "number", bool: "`true`, `false`"}
    return names.get(annotation, str(annotation))


def _default(field: Any) -> str:
    if field.default is PydanticUndefined:
        return "required"
    value = field.default
    if value is None:
        return "none"
    if isinstance(value, BaseModel):
        return "its defaults"
    if value == {}:
        return "empty"
    if isinstance(value, tuple):
        return "`[" + ", ".join(value) + "]`"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{value}`" if value != "" else "empty"


def _sections(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [s for part in typing.get_args(annotation) for s in _sections(part)]


if __name__ == "__main__":
    main()
