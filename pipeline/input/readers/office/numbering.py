"""The numbers that Word shows before the paragraphs of a list, counted as Word counts them."""

import re
from dataclasses import dataclass, field

from lxml import etree

from models.patterns import lazy
from pipeline.input.readers.office.number_formats import formatted_number
from pipeline.input.readers.office.styles import Style, StyleSheet
from pipeline.input.readers.office.word_xml import WORD, is_on, value

_LEVELS = 9
_PLACE = lazy(r"%([1-9])")
_NARROW_END = lazy(r"[!-~]$")
_NO_GAP_END = lazy(r"[\s、。．，：；）】〕」』》①-⓿㈠-㉃㊀-㊰]$")


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    format: str
    text: str
    suffix: str
    restart: int | None
    is_legal: bool
    style: str | None


@dataclass(slots=True)
class _List:
    """A list of the document: its levels, and the number each has come to."""

    levels: dict[int, _Level]
    counts: list[int | None] = field(default_factory=lambda: [None] * _LEVELS)


@dataclass(slots=True)
class _Use:
    """A list as paragraphs name it (w:num), with what it changes of the levels."""

    list: _List
    levels: dict[int, _Level]
    starts: dict[int, int]
    """Numbers with which it begins levels anew, as long as it has not."""


class Numbering:
    """The lists of a document. It must be asked for every paragraph, in order."""

    def __init__(self, root: etree._Element | None, styles: StyleSheet) -> None:
        self._styles = styles
        self._uses: dict[str, _Use] = {}
        if root is None:
            return
        abstract = {value(item, "abstractNumId"): item for item in root.iter(f"{WORD}abstractNum")}
        numbers = {value(item, "numId") or "": item for item in root.iter(f"{WORD}num")}
        lists = {name: _List(_levels(item)) for name, item in abstract.items()}
        for name, item in numbers.items():
            wanted = value(item.find(f"{WORD}abstractNumId"))
            wanted = self._linked(wanted, abstract, numbers)
            if wanted in lists:
                self._uses[name] = _use(item, lists[wanted])

    def _linked(
        self,
        wanted: str | None,
        abstract: dict[str | None, etree._Element],
        numbers: dict[str, etree._Element],
    ) -> str | None:
        """Follow a list that takes its levels from a list style."""
        link = abstract[wanted].find(f"{WORD}numStyleLink") if wanted in abstract else None
        if link is None:
            return wanted
        number, _ = self._styles.style(value(link) or "").numbering
        if number not in numbers:
            return wanted
        return value(numbers[number or ""].find(f"{WORD}abstractNumId"))

    def label(self, own: etree._Element | None, style: Style) -> str | None:
        """Return what stands before the next paragraph, with the gap after it.

        `own` is the numPr of the paragraph. Empty for a bullet; None for what is in no list.
        """
        identifier, level = self._place(own, style)
        use = self._uses.get(identifier)
        if use is None:
            return None if identifier in ("", "0") else ""
        levels = use.list.levels | use.levels
        if level not in levels:
            return ""
        _count(use, levels, level)
        if levels[level].format == "bullet":
            return ""
        text = _written(use.list.counts, levels, level)
        if not text.strip():
            return None if levels[level].format == "none" else ""
        return text if levels[level].suffix == "nothing" else text + label_gap(text)

    def _place(self, own: etree._Element | None, style: Style) -> tuple[str, int]:
        """Return the list of a paragraph and its level in it.

        A style is at the level that the list links with it, or that it names; else at that of the
        style it is based on.
        """
        given, named_levels = style.numbering
        named = None if own is None else value(own.find(f"{WORD}numId"))
        identifier = named or given or ""
        if own is not None and (own_level := value(own.find(f"{WORD}ilvl"))) is not None:
            return identifier, _number(own_level, 0)
        linked: dict[str | None, int] = {}
        if given is not None and identifier in self._uses:
            levels = self._uses[identifier].list.levels
            linked = {level.style: number for number, level in levels.items()}
        for name, level in named_levels:
            if name in linked:
                return identifier, linked[name]
            if level is not None:
                return identifier, _number(level, 0)
        return identifier, 0


def _levels(parent: etree._Element) -> dict[int, _Level]:
    levels = {_number(value(item, "ilvl"), 0): _level(item) for item in parent.iter(f"{WORD}lvl")}
    return {number: level for number, level in levels.items() if number < _LEVELS}


def _level(item: etree._Element) -> _Level:
    restart = value(item.find(f"{WORD}lvlRestart"))
    is_hidden = is_on(item.find(f"{WORD}rPr/{WORD}vanish"))
    return _Level(
        start=_number(value(item.find(f"{WORD}start")), 0),
        format=_format(item),
        text="" if is_hidden else value(item.find(f"{WORD}lvlText")) or "",
        suffix=value(item.find(f"{WORD}suff")) or "tab",
        restart=None if restart is None else _number(restart, 0),
        is_legal=is_on(item.find(f"{WORD}isLgl")),
        style=value(item.find(f"{WORD}pStyle")),
    )


def _format(level: etree._Element) -> str:
    """Return the format of a level; one with zeros in front as its first number: 001."""
    known = "decimal"
    for item in level.iter(f"{WORD}numFmt"):
        name = value(item) or ""
        if name != "custom":
            known = name
        elif (first := (value(item, "format") or "").partition(",")[0]).isdecimal():
            return first[:_LEVELS]
    return known


def _use(item: etree._Element, own: _List) -> _Use:
    starts: dict[int, int] = {}
    levels: dict[int, _Level] = {}
    for change in item.iter(f"{WORD}lvlOverride"):
        level = _number(value(change, "ilvl"), 0)
        start = change.find(f"{WORD}startOverride")
        if start is not None and level < _LEVELS:
            starts[level] = _number(value(start), 1)
        levels |= _levels(change)
    return _Use(own, levels, starts)


def _count(use: _Use, levels: dict[int, _Level], level: int) -> None:
    counts = use.list.counts
    for above in range(level):
        if counts[above] is None and above in levels:
            counts[above] = levels[above].start
    # a list that begins a level anew does so where its first paragraph of that level is
    begins = use.starts.pop(level, None)
    before = counts[level]
    if begins is None:
        begins = levels[level].start if before is None else before + 1
    counts[level] = begins
    for below in range(level + 1, _LEVELS):
        restart = levels[below].restart if below in levels else None
        if restart is None or level < restart:
            counts[below] = None


def _written(counts: list[int | None], levels: dict[int, _Level], level: int) -> str:
    def number(match: re.Match[str]) -> str:
        place = int(match[1]) - 1
        count = counts[place]
        if count is None or place not in levels:
            return ""
        format = "decimal" if levels[level].is_legal else levels[place].format
        return formatted_number(count, format)

    return _PLACE.sub(number, levels[level].text)


def label_gap(label: str) -> str:
    """Return what parts a label from its paragraph, as print would: nothing after （一）."""
    if _NO_GAP_END.search(label):
        return ""
    return " " if _NARROW_END.search(label) else "　"


def _number(text: str | None, default: int) -> int:
    return int(text) if text is not None and text.isdecimal() and len(text) < 10 else default
