"""YAML text as plain values, with every mistake in the words of somebody who wrote the file.

text ─parse_yaml─▶ values       a mistake ─▶ ConfigError("file:line: …")
"""

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from models.patterns import lazy
from pipeline.data_file import data_rows
from pipeline.errors import ConfigError

MAX_DEPTH = 64
MAX_DIGITS = 18
MAX_REPEATS = 10_000
"""How many values aliases may add to those that are written out."""

_LINE_ENDS = lazy(r"\r\n|[\r\n\x85\u2028\u2029]")
_ODD_SPACES = lazy(r"[\u00a0\u3000\u2000-\u200b]")
_NO_CHARACTERS = lazy("[\0\ud800-\udfff]")
_SHOWN_CHARACTERS = 70
_QUOTE = "put the value into quotation marks"
_TAG = "delete it, or put the value into quotation marks"


@dataclass(slots=True)
class _YamlError(Exception):
    """A mistake: its line, counted from 0, what is wrong with it and what to do."""

    line: int
    what: str
    advice: str


def parse_yaml(text: str, place: Path | str, *, with_line: bool = True) -> Any:
    """Return the values of a YAML text. Keys are always text.

    Raises ConfigError in one line that begins with `place`; `with_line` adds the number of
    the line and shows it. Refused are also keys given twice, values nested more than
    `MAX_DEPTH` deep, numbers of more than `MAX_DIGITS` digits and aliases that repeat more
    than `MAX_REPEATS` values.
    """
    lines = _LINE_ENDS.split(text)
    try:
        return _load(text)
    except _YamlError as fault:
        known = fault
    except yaml.MarkedYAMLError as error:
        known = _in_plain_words(error, lines)
    except yaml.reader.ReaderError as error:
        number = len(_LINE_ENDS.findall(text, 0, error.position))
        what = f"a control character (U+{ord(text[error.position]):04X})"
        known = _YamlError(number, what, "delete it")
    number = min(known.line, len(lines) - 1)
    while number > 0 and not lines[number].strip():  # the end of a file shows nothing
        number -= 1
    if not with_line:
        raise ConfigError(f"{place}: {known.what}; {known.advice}")
    raise ConfigError(
        f"{place}:{number + 1}: {known.what}: {_shown(lines[number])}; {known.advice}"
    )


def _load(text: str) -> Any:
    loader = _PlainLoader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return None
        written: dict[int, int] = {}
        repeats = _count(node, written, set()) - len(written)
        if repeats > MAX_REPEATS:
            raise _YamlError(
                node.start_mark.line,
                f"aliases (*name) repeat {_roughly(repeats)} values",
                "write the values out",
            )
        return _separate(loader.construct_document(node))
    finally:
        loader.dispose()


def _separate(value: Any) -> Any:
    """Return values in which nothing is shared, as aliases share it."""
    if isinstance(value, dict):
        return {name: _separate(item) for name, item in value.items()}
    return [_separate(item) for item in value] if isinstance(value, list) else value


def _roughly(count: int) -> str:
    return f"{count:,}" if count < 1_000_000_000 else "billions of"


def _count(node: yaml.Node, counts: dict[int, int], open_nodes: set[int]) -> int:
    """Count the values of a tree with its aliases followed; `counts` keeps each node's."""
    key = id(node)
    if key in open_nodes:
        raise _YamlError(node.start_mark.line, "an alias (*name) of itself", "write the value out")
    if key not in counts:
        open_nodes.add(key)
        below = [] if isinstance(node, yaml.ScalarNode) else _children(node)
        counts[key] = 1 + sum(_count(child, counts, open_nodes) for child in below)
        open_nodes.remove(key)
    return counts[key]


def _children(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [child for pair in node.value for child in pair]
    return list(node.value)


class _PlainLoader(yaml.SafeLoader):
    """YAML without surprises: text keys, each once, within bounds."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if getattr(event, "tag", None):
            raise _YamlError(
                event.start_mark.line, "a tag (!name), which is not allowed here", _TAG
            )
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _YamlError(
                event.start_mark.line, f"nested more than {MAX_DEPTH} deep", "use fewer levels"
            )
        node: yaml.Node | None = super().compose_node(parent, index)
        self.depth -= 1
        if isinstance(node, yaml.ScalarNode) and _NO_CHARACTERS.search(node.value):
            raise _YamlError(
                node.start_mark.line, "an escape code that is not a valid character", "delete it"
            )
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            line = key.start_mark.line
            if not isinstance(key, yaml.ScalarNode):
                raise _YamlError(line, "a list or a section as a key", "write one word as the key")
            if key.tag == "tag:yaml.org,2002:merge":
                continue
            key.tag = "tag:yaml.org,2002:str"  # a year or an `on` as a key is text as well
            if _ODD_SPACES.search(key.value):
                raise _YamlError(
                    line, "a kind of space that YAML does not allow", "use plain spaces"
                )
            if key.value in seen:
                raise _YamlError(line, f"the key '{key.value}' is given twice", "keep one")
            seen.add(key.value)
        return super().construct_mapping(node, deep)

    def construct_as_text(self, node: yaml.ScalarNode) -> str:
        return str(node.value)

    def construct_number(self, node: yaml.ScalarNode) -> int | float:
        digits = sum(character.isalnum() for character in node.value)
        is_whole = node.tag.endswith(":int")
        if digits > (MAX_DIGITS if is_whole else 2 * MAX_DIGITS):
            raise _YamlError(
                node.start_mark.line,
                f"a number of {digits:,} digits",
                "write a shorter one, or quotation marks around it if it is text",
            )
        try:
            return self.construct_yaml_int(node) if is_whole else self.construct_yaml_float(node)
        except ValueError:
            raise _YamlError(node.start_mark.line, "not a number", _QUOTE) from None


for _name in ("int", "float"):
    _PlainLoader.add_constructor(f"tag:yaml.org,2002:{_name}", _PlainLoader.construct_number)
for _name in ("timestamp", "value"):  # a date is text
    _PlainLoader.add_constructor(f"tag:yaml.org,2002:{_name}", _PlainLoader.construct_as_text)


def _shown(line: str) -> str:
    """Return a line as it may be printed: short, without control characters."""
    text = "".join(c if c.isprintable() else "\\t" if c == "\t" else "?" for c in line.strip(" \r"))
    return f"'{text[:_SHOWN_CHARACTERS]}{'…' if len(text) > _SHOWN_CHARACTERS else ''}'"


_UNKNOWN = ["not written as YAML", "check quotation marks, colons and indentation"]


def _in_plain_words(error: yaml.MarkedYAMLError, lines: Sequence[str]) -> _YamlError:
    """Return a mistake that the YAML parser found, without the parser's own terms."""
    said = f"{error.context or ''} | {error.problem or ''}"
    table = list(data_rows(__file__, "yaml_mistakes.tsv"))
    looks = [row for row in table if row[0] == "line"]
    plain = (row for row in table if row not in looks and re.search(row[1], said, re.DOTALL))
    which, _, what, advice = next(plain, ["problem", "", *_UNKNOWN])
    problem, context = error.problem_mark, error.context_mark
    mark = (context or problem) if which == "context" else (problem or context)
    number = min(mark.line, len(lines) - 1) if mark else 0
    if "quot" not in what and "backslash" not in what:
        # text without its colon runs on into the next line, where the parser stumbles
        for suspect in (number, number - 1) if "mapping values" in said else (number,):
            line = lines[max(suspect, 0)]
            for _, pattern, look, cure in looks:
                if re.search(pattern, line):
                    return _YamlError(max(suspect, 0), look, cure)
    if what:
        return _YamlError(number, what, advice)
    line = lines[number]
    if "mapping values" in said:
        if len(re.findall(r":(?:\s|$)", line)) > 1:
            return _YamlError(number, "a second ': ' in the line", _QUOTE)
        return _YamlError(number, "wrong indentation", "line the key up with the keys above it")
    character = line[mark.column : mark.column + 1] if mark else ""
    if character == "\t":
        return _YamlError(number, "a tab", "use spaces only")
    return _YamlError(number, f"a value cannot begin with {character or 'this'}", _QUOTE)
