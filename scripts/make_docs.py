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

from models.strict import Spec
from pipeline.check.checks import CHECKS
from pipeline.check.findings.explanations import explanations
from pipeline.cli import cli
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
    reference = Reference()
    parts = [
        "# Configuration",
        "Made from the code by `python scripts/make_docs.py`. A config is one YAML file,\n"
        "without inheritance or interpolation; an unknown key is an error. `pipeline config check\n"
        "FILE` lists every mistake, `--set section.key=value` changes a key for one run. Paths in\n"
        "a config are relative to the config file; paths given with `--input`, `--output` and\n"
        "`--set` are relative to the current folder. Models and metrics have a chapter of their\n"
        "own, [at the end](#models-and-metrics).",
        *reference.chapters(Config, ""),
        "# Configuration of an evaluation",
        "A separate file, for `pipeline evaluate --config FILE`. See the commented\n"
        "[configs/evaluate.yaml](../configs/evaluate.yaml).",
        *reference.chapters(EvaluationConfig, "evaluation: "),
        "# Models and metrics",
        "Keys of the models and metrics in a config. `kind` selects one of these tables.",
        *reference.models(),
    ]
    return "\n\n".join(parts) + "\n"


class Reference:
    """Prints the table of each section once, and links to it everywhere else."""

    def __init__(self) -> None:
        self._headings: dict[type[BaseModel], str] = {}
        self._models: list[type[BaseModel]] = []

    def chapters(self, model: type[BaseModel], start: str) -> Iterator[str]:
        """Yield a heading and its text for every key at the top of a config."""
        fields = model.model_fields.items()
        yield "\n".join([*_HEAD, *(self._row(name, field, start + name) for name, field in fields)])
        for name, field in fields:
            sections = [s for s in _sections(field.annotation) if not _is_model(s)]
            for section in sections:
                heading = self._headings[section]
                if heading.startswith(start + name):
                    yield f"## {heading}"
                    yield from self._section(section, heading)

    def models(self) -> Iterator[str]:
        """Yield the tables of all models and metrics that the chapters link to."""
        done = 0
        while done < len(self._models):  # a model may name others
            model = self._models[done]
            yield f"## {self._headings[model]}"
            yield from self._tables(model, self._headings[model])
            done += 1

    def _section(self, section: type[BaseModel], heading: str) -> Iterator[str]:
        """Yield the tables of a section, or a link to them."""
        larger = next(
            (c for c, h in self._headings.items() if issubclass(c, section) and h != heading), None
        )
        if larger is None:
            yield from self._tables(section, heading)
            return
        others = [f"`{name}`" for name in larger.model_fields if name not in section.model_fields]
        without = f", without {', '.join(others)}" if others else ""
        yield f"The keys of {_link(self._headings[larger])}{without}."

    def _tables(self, section: type[BaseModel], path: str) -> Iterator[str]:
        """Yield the table of a section and those of the sections inside it."""
        yield (section.__doc__ or "").strip().splitlines()[0]
        fields = section.model_fields.items()
        rows = [self._row(name, field, f"{path}.{name}") for name, field in fields]
        yield "\n".join([*_HEAD, *rows])
        for name, field in section.model_fields.items():
            for inner in _sections(field.annotation):
                heading = f"{path}.{name}"
                if self._headings.get(inner) == heading:
                    yield f"### {heading}"
                    yield from self._tables(inner, heading)

    def _row(self, name: str, field: Any, place: str) -> str:
        cells = (
            f"`{name}`",
            self._values(field, place),
            _default(field),
            field.description or "",
        )
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

    def _values(self, field: Any, place: str) -> str:
        """Return the values of a key; sections and models as links."""
        sections = _sections(field.annotation)
        if not sections:
            return _type_name(field.annotation)
        kinds = len([s for s in sections if not _is_model(s)]) > 1
        links = [self._link_of(s, place, kinds=kinds) for s in sections]
        several = {dict: "a section for each name: ", tuple: "list of "}
        return several.get(typing.get_origin(field.annotation), "") + ", ".join(links)

    def _link_of(self, section: type[BaseModel], place: str, *, kinds: bool) -> str:
        if section not in self._headings:
            heading = f"{place}, kind {_kind(section)}" if kinds else place
            if _is_model(section):
                heading = f"kind {_kind(section)}"
                if heading in self._headings.values():
                    heading += f" ({place})"
                self._models.append(section)
            self._headings[section] = heading
        return _link(self._headings[section])


def _is_model(section: type[BaseModel]) -> bool:
    """True for the spec of a model or a metric."""
    return issubclass(section, Spec) and "kind" in section.model_fields


def _kind(section: type[BaseModel]) -> str:
    return str(typing.get_args(section.model_fields["kind"].annotation)[0])


def _link(heading: str) -> str:
    """Return a link to a heading of the page, as GitHub names its anchors."""
    return f"[{heading}](#{anchor(heading)})"


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
