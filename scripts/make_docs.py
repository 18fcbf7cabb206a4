"""Write the pages of docs/ that are made from the code; a test keeps them true.

python scripts/make_docs.py
"""

import types
import typing
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from pipeline.check.checks import CHECKS
from pipeline.cli import cli
from pipeline.config.sections import Config
from pipeline.deliver.export import WRITERS
from pipeline.evaluate.config import EvaluationConfig
from pipeline.input.formats import READERS, Reader

DOCS = Path(__file__).resolve().parents[1] / "docs"
_HOLDS = {"page": "a page", "articles": "several articles", "rows": "rows"}


def main() -> None:
    """Write the pages."""
    pages = {
        "commands": commands_page,
        "configuration": configuration_page,
        "checks": checks_page,
        "formats": formats_page,
    }
    for name, page in pages.items():
        (DOCS / f"{name}.md").write_text(page(), encoding="utf-8")


def checks_page() -> str:
    """Return a table of the checks."""
    rows = [
        f"| `{check.name}` | {check.label} | {check.severity or 'depends on the finding'} |"
        for check in CHECKS
    ]
    return _page(
        "# Checks",
        "Made from the code by `python scripts/make_docs.py`. Each check compares a translation\n"
        "with its source; none needs a reference. They run with `pipeline run`, `pipeline check`\n"
        "and `pipeline evaluate`. To add one, see [extending.md](extending.md).",
        _table("check | finds | severity", rows),
    )


def formats_page() -> str:
    """Return tables of the formats that are read and written."""
    return _page(
        "# Formats",
        "Made from the code by `python scripts/make_docs.py`. To add one, see\n"
        "[extending.md](extending.md).",
        "## Read (`input.format`)",
        "Files may be packed as .gz or .zst, except Parquet. `pipeline run --input -` finds the\n"
        "format of standard input by how it starts, and reads Markdown if nothing matches.",
        _table("format | what | endings | a file holds | stdin", map(_reader_row, READERS)),
        "## Written (`pipeline export --format`)",
        _table(
            "format | what | ending",
            (f"| `{w.name}` | {w.title} | {w.suffix} |" for w in WRITERS),
        ),
    )


def _reader_row(reader: Reader) -> str:
    named = [f"{suffix} if named" for suffix in reader.named_suffixes]
    endings = ", ".join((*reader.suffixes, *named)) or "a folder that `datasets` saved, or a hub's"
    stdin = "found" if reader.magic or reader.name == "markdown" else "with `input.format`"
    if reader.name == "dataset":
        stdin = "no"
    holds = _HOLDS[reader.holds]
    return f"| `{reader.name}` | {reader.title} | {endings} | {holds} | {stdin} |"


def _table(head: str, rows: Iterable[str]) -> str:
    rule = "|".join("---" for _ in head.split("|"))
    return "\n".join((f"| {head} |", f"|{rule}|", *rows))


def _page(*parts: str) -> str:
    return "\n\n".join(parts) + "\n"


def commands_page() -> str:
    """Return the help of every command."""
    parts = ["# Commands", "Made from `pipeline --help` by `python scripts/make_docs.py`."]
    for name, command in sorted(_commands(cli, "pipeline")):
        context = click.Context(
            command, info_name=name, terminal_width=90, help_option_names=["-h", "--help"]
        )
        parts += [f"## {name}", f"```\n{command.get_help(context)}\n```"]
    return "\n\n".join(parts) + "\n"


def _commands(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    if isinstance(command, click.Group):
        for below, inner in command.commands.items():
            yield from _commands(inner, f"{name} {below}")


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
