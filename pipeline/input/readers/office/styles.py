"""What the styles of a Word document say of its paragraphs and runs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from lxml import etree

from models.patterns import lazy
from pipeline.input.readers.office.word_xml import WORD, is_on, value

_HEADING = lazy(r"(?:heading|标题|標題|見出し)\s*([1-9])")
_TITLES = frozenset(("title", "标题", "標題"))
_LISTS = lazy(r"list (?:bullet|number|paragraph)|列表|项目符号|項目符號")
_CONTENTS = lazy(r"(?:toc|contents|目录|目錄) ?(?:\d|heading|标题|標題)|table of figures")
_LIST_PARAGRAPH = frozenset(("list paragraph", "列表段落", "列出段落", "清單段落"))
_MOST_DEEP = 20
_BODY_LEVEL = 9


@dataclass(frozen=True, slots=True)
class RunLook:
    """How a run is shown: hidden, raised (1), lowered (-1), in a font of symbols."""

    is_hidden: bool = False
    raised: int = 0
    font: str = ""


PLAIN = RunLook()
_LEAST_MOVED = 5
"""Half points by which text is moved up or down that is meant to be raised or lowered."""
_LONGEST_NUMBER = 6


class Style:
    """A style with those it is based on, from the last to the first."""

    def __init__(self, identifier: str, chain: tuple[etree._Element, ...]) -> None:
        self.identifier = identifier
        self._chain = chain

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names in lower case, its own first; the id where the document defines no style."""
        found = (value(style.find(f"{WORD}name")) for style in self._chain)
        names = tuple(name.lower() for name in found if name)
        return names or (re.sub(r"(?<=[a-z])(?=\d)", " ", self.identifier.lower()),)

    @cached_property
    def heading_level(self) -> int:
        """Level of a heading, 1 for a title; 0 for everything else."""
        for style in self._chain:
            level = value(style.find(f"{WORD}pPr/{WORD}outlineLvl"))
            if level is not None and level.isdecimal():
                return int(level) + 1 if int(level) < _BODY_LEVEL else 0
            name = (value(style.find(f"{WORD}name")) or "").lower()
            if (written := _level_of(name)) is not None:
                return written
        return 0 if self._chain else _level_of(self.names[0]) or 0

    @cached_property
    def is_title(self) -> bool:
        """True if its name is that of the title of a document."""
        return self.names[0] in _TITLES

    @cached_property
    def is_list(self) -> bool:
        """True if its name is that of a list. A "list paragraph" may be any paragraph."""
        own = self.names[0]
        return own not in _LIST_PARAGRAPH and _LISTS.match(own) is not None

    @cached_property
    def is_contents(self) -> bool:
        """True if its name is that of a line of a table of contents."""
        return _CONTENTS.fullmatch(self.names[0]) is not None

    @cached_property
    def numbering(self) -> tuple[str | None, tuple[tuple[str, str | None], ...]]:
        """The list of its paragraphs; and the levels that it and those it is based on name."""
        given = [
            (value(style, "styleId") or "", style.find(f"{WORD}pPr/{WORD}numPr"))
            for style in self._chain
        ]
        lists = (value(item.find(f"{WORD}numId")) for _, item in given if item is not None)
        levels = (
            (name, None if item is None else value(item.find(f"{WORD}ilvl")))
            for name, item in given
        )
        return next(filter(None, lists), None), tuple(levels)

    @cached_property
    def look(self) -> RunLook:
        """How its runs are shown."""
        look = PLAIN
        for style in reversed(self._chain):
            properties = style.find(f"{WORD}rPr")
            if properties is not None:
                look = shown(properties, look)
        return look


def _level_of(name: str) -> int | None:
    if name in _TITLES:
        return 1
    found = _HEADING.fullmatch(name)
    return int(found[1]) if found else None


def shown(properties: etree._Element, look: RunLook) -> RunLook:
    """Return a look changed by the properties of a run or a style."""
    hidden, raised, font = look.is_hidden, look.raised, look.font
    for item in properties:
        match item.tag:
            case WordTags.VANISH:
                hidden = is_on(item)
            case WordTags.RAISED:
                raised = {"superscript": 1, "subscript": -1}.get(value(item) or "", 0)
            case WordTags.POSITION if abs(_half_points(item)) >= _LEAST_MOVED:
                raised = 1 if _half_points(item) > 0 else -1
            case WordTags.FONTS:
                font = value(item, "ascii") or value(item, "hAnsi") or font
    return RunLook(hidden, raised, font)


def _half_points(item: etree._Element) -> int:
    text = value(item) or ""
    return int(text) if text.lstrip("-").isdecimal() and len(text) < _LONGEST_NUMBER else 0


class WordTags:
    """Names of properties that change how a run is read."""

    VANISH = f"{WORD}vanish"
    RAISED = f"{WORD}vertAlign"
    FONTS = f"{WORD}rFonts"
    POSITION = f"{WORD}position"


class StyleSheet:
    """The styles of a document by id."""

    def __init__(self, root: etree._Element | None) -> None:
        self._elements: dict[str, etree._Element] = {}
        self._styles: dict[str, Style] = {}
        self._default = ""
        for style in () if root is None else root.iter(f"{WORD}style"):
            identifier = value(style, "styleId") or ""
            self._elements[identifier] = style
            if value(style, "type") == "paragraph" and value(style, "default") in ("1", "true"):
                self._default = identifier

    def style(self, identifier: str | None) -> Style:
        """Return a style; the document's default for paragraphs if none is named."""
        name = self._default if identifier is None else identifier
        if name not in self._styles:
            self._styles[name] = Style(name, tuple(self._chain(name)))
        return self._styles[name]

    def _chain(self, identifier: str) -> Iterator[etree._Element]:
        for _ in range(_MOST_DEEP):
            style = self._elements.get(identifier)
            if style is None:
                return
            yield style
            identifier = value(style.find(f"{WORD}basedOn")) or ""
