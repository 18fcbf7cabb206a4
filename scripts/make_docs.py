"""Write the pages of docs/ that are made from the code; a test keeps them true.

python scripts/make_docs.py
"""

import re
import types
import typing
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from pipeline.check.checks import CHECKS
from pipeline.check.findings.explanations import explanations
from pipeline.cli import cli
from pipeline.config.key_texts import key_texts
from pipeline.config.sections import Config
from pipeline.deliver.export import WRITERS
from pipeline.evaluate.config import EvaluationConfig
from pipeline.input.formats import READERS, Reader

_HEAD = ("| key | values | default | meaning |", "|---|---|---|---|")

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
        "`pipeline check --explain CHECK` prints what a check knows and what it does not:",
        *(_explained(check.name) for check in CHECKS),
    )


def _explained(name: str) -> str:
    explanation = explanations()[name]
    return f"## {name}\n\nKnows: {explanation.knows}\n\nDoes not know: {explanation.misses}"


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
    kinds = Kinds()
    parts = [
        "# Configuration",
        "Made from the code by `python scripts/make_docs.py`. A config is one YAML file,\n"
        "without inheritance or interpolation; an unknown key is an error. `pipeline config check\n"
        "FILE` lists every mistake, `--set section.key=value` changes a key for one run. Paths in\n"
        "a config are relative to the config file; paths given with `--input`, `--output` and\n"
        "`--set` are relative to the current folder. `translate.choose` is the section `choose`\n"
        "inside `translate`, NAME a name that you give. A list with one text may be the text\n"
        "alone, and `input: page.txt` is short for `input: {paths: [page.txt]}`.",
        *kinds.tables(Config),
        "## Evaluation",
        "A separate file, for `pipeline evaluate --config FILE`. See the commented\n"
        "[configs/evaluate.yaml](../configs/evaluate.yaml).",
        *kinds.tables(EvaluationConfig, known=(Config,)),
        *kinds.chapters(),
    ]
    return "\n\n".join(parts) + "\n"


Row = tuple[str, str, str, str]
"""Key, values, default and meaning."""

_LEAST_OF_TABLE = 6
_CHAPTERS = {"sets": "Test sets", "systems": "Systems"}


class Kinds:
    """Prints the keys of a config, and those of the kinds of models, sets and systems once."""

    def __init__(self) -> None:
        self._found: dict[str, dict[str, type[BaseModel]]] = {}
        self._printed: dict[type[BaseModel], str] = {}

    def tables(
        self, config: type[BaseModel], known: tuple[type[BaseModel], ...] = ()
    ) -> Iterator[str]:
        """Yield the table of a config, and one for each section with many keys.

        Sections of the known configs are named, not repeated.
        """
        self._printed = {
            section: name
            for other in known
            for name, field in other.model_fields.items()
            for section in _sections(field.annotation)
            if "kind" not in section.model_fields
        }
        small: list[Row] = []
        large: dict[str, list[Row]] = {}
        for row in self._rows(config, ""):
            large.setdefault(row[0].strip("`").partition(".")[0], []).append(row)
        for name in [name for name, rows in large.items() if len(rows) < _LEAST_OF_TABLE]:
            small += large.pop(name)
        yield "\n".join([*_HEAD, *map(_line, small)])
        for name, rows in large.items():
            yield f"## {name}"
            yield "\n".join([*_HEAD, *map(_line, rows)])

    def chapters(self) -> Iterator[str]:
        """Yield a chapter for the kinds of each sort, the models last."""
        for title in (*_CHAPTERS.values(), "Models and metrics"):
            kinds = self._found[title]
            kinds_of: dict[Row, list[str]] = {}
            done = 0
            while done < len(kinds):  # a kind may name others
                kind = list(kinds)[done]
                for row in self._rows(kinds[kind], ""):
                    kinds_of.setdefault(row, []).append(kind)
                done += 1
            yield f"## {title}"
            yield "\n".join(f"- `{kind}`: {_summary(kinds[kind])}" for kind in kinds)
            rows = (
                _line((row[0], "all" if len(own) == done else ", ".join(own), *row[1:]))
                for row, own in kinds_of.items()
            )
            yield "\n".join(
                ["| key | kinds | values | default | meaning |", "|---" * 5 + "|", *rows]
            )

    def _rows(self, section: type[BaseModel], start: str) -> Iterator[Row]:
        for name, field in section.model_fields.items():
            if name == "kind":
                continue
            key = f"{start}{name}"
            inner = _sections(field.annotation)
            values, below = self._values(field, key, inner)
            yield f"`{key}`", values, _default(field), key_texts(section)[name]
            if below is not None:
                several = typing.get_origin(field.annotation) is dict
                yield from self._rows(below, f"{key}.NAME." if several else f"{key}.")

    def _values(
        self, field: Any, key: str, inner: list[type[BaseModel]]
    ) -> tuple[str, type[BaseModel] | None]:
        """Return the values of a key, and the section whose keys follow."""
        if not inner:
            return _type_name(field.annotation), None
        if "kind" in inner[0].model_fields:
            title = _CHAPTERS.get(key, "Models and metrics")
            named = ", ".join(f"`{self._kind(title, key, model)}`" for model in inner)
            several = "list of " if typing.get_origin(field.annotation) is tuple else ""
            return f"{several}[kinds](#{anchor(title)}) {named}", None
        for section, printed in self._printed.items():
            if issubclass(section, inner[0]):
                others = [n for n in section.model_fields if n not in inner[0].model_fields]
                without = f" without {', '.join(f'`{n}`' for n in others)}" if others else ""
                return f"as `{printed}` of a run{without}", None
        return "section", inner[0]

    def _kind(self, title: str, key: str, model: type[BaseModel]) -> str:
        """Return the name of a kind; two models of one kind are told apart by their section."""
        kinds = self._found.setdefault(title, {})
        name = str(typing.get_args(model.model_fields["kind"].annotation)[0])
        if kinds.get(name, model) is not model:
            name += f" ({key.partition('.')[0]})"
        kinds[name] = model
        return name


def _line(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _summary(section: type[BaseModel]) -> str:
    """Return what the documentation of a section says first."""
    return (section.__doc__ or "").strip().splitlines()[0]


def anchor(heading: str) -> str:
    """Return the anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


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
    text = str(value).replace("\n", "\\n")  # a table row is one line
    return f"`{text}`" if text else "empty"


def _sections(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [s for part in typing.get_args(annotation) for s in _sections(part)]


if __name__ == "__main__":
    main()
