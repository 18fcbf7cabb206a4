"""What the styles of an OpenDocument text say: looks of text, titles, and the numbers of lists."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lxml import etree

from models.patterns import lazy
from pipeline.input.readers.office.number_formats import formatted_number
from pipeline.input.readers.office.numbering import label_gap
from pipeline.input.readers.office.styles import PLAIN, RunLook
from pipeline.input.readers.office.word_xml import local

_LEVELS = 10
_MOST_DEEP = 20
_PLACE = lazy(r"%(\d{1,2})%")
# The first number of a format, and the format of Word's that counts the same way.
_FORMATS = {
    "1": "decimal",
    "a": "lowerLetter",
    "A": "upperLetter",
    "i": "lowerRoman",
    "I": "upperRoman",
    "一": "chineseCountingThousand",
    "壹": "chineseLegalSimplified",
    "甲": "ideographTraditional",
    "子": "ideographZodiac",
    "①": "decimalEnclosedCircle",
    "１": "decimalFullWidth",
    "01": "decimalZero",
    "⒈": "decimalEnclosedFullstop",
    "⑴": "decimalEnclosedParen",
}
_TITLES = frozenset(("title", "标题"))
_STOPS = " .,:;()"
"""What is left of the number of a level that shows none."""


def attribute(element: etree._Element, name: str) -> str | None:
    """Return an attribute by its name without the namespace; None if it is not there."""
    for key, value in element.attrib.items():
        if key == name or key.endswith("}" + name):
            return str(value)
    return None


def is_hidden_section(section: etree._Element) -> bool:
    """True if a section is not shown, always or by its condition as it was last saved."""
    display = attribute(section, "display")
    return display == "none" or (
        display == "condition" and attribute(section, "is-hidden") == "true"
    )


@dataclass(frozen=True, slots=True)
class _ListLevel:
    format: str
    prefix: str
    suffix: str
    pattern: str
    start: int
    shown_levels: int


_BULLET = _ListLevel(format="", prefix="", suffix="", pattern="", start=1, shown_levels=1)


@dataclass(slots=True)
class OpenList:
    """A list that is being read: its style, its level, and the numbers of its levels so far."""

    style: str
    level: int
    counts: list[int | None] = field(default_factory=lambda: [None] * (_LEVELS + 1))


class OpenStyles:
    """The styles of a document, and the lists read so far."""

    def __init__(self, roots: Sequence[etree._Element]) -> None:
        self._roots = roots
        self._styles: dict[str, etree._Element] = {}
        self._lists: dict[str, dict[int, _ListLevel]] = {}
        self._outline: dict[int, _ListLevel] = {}
        self._looks: dict[str, RunLook] = {}
        self._by_id: dict[str | None, OpenList] = {}
        self._last: dict[str, OpenList] = {}
        self._headings = OpenList("", 0)
        self._fonts: dict[str, str] = {}
        for root in roots:
            for face in root.iter("{*}font-face"):
                family = (attribute(face, "font-family") or "").strip("'\"")
                self._fonts[attribute(face, "name") or ""] = family
            for style in root.iter("{*}style", "{*}list-style", "{*}outline-style"):
                name = attribute(style, "name") or ""
                match local(style):
                    case "list-style":
                        self._lists[name] = _levels(style)
                    case "outline-style":
                        self._outline = _levels(style)
                    case _:
                        self._styles[name] = style

    def page_parts(self, name: str) -> Iterator[etree._Element]:
        """Yield the headers or footers of pages."""
        for root in self._roots:
            for page in root.iter("{*}master-page"):
                yield from (part for part in page if local(part) == name)

    def _chain(self, name: str | None) -> Iterator[etree._Element]:
        for _ in range(_MOST_DEEP):
            style = self._styles.get(name or "")
            if style is None:
                return
            yield style
            name = attribute(style, "parent-style-name")

    def is_title(self, name: str | None) -> bool:
        """True if a paragraph's style is that of a title, or is based on it."""
        return any(own.lower() in _TITLES for own in self.names(name))

    def names(self, name: str | None) -> list[str]:
        """Return the names of a style and of those it is based on."""
        names = [name or ""]
        for style in self._chain(name):
            names += [attribute(style, "display-name") or ""]
            names += [attribute(style, "parent-style-name") or ""]
        return names

    def look(self, name: str | None) -> RunLook:
        """Return how the text of a style is shown."""
        if not name:
            return PLAIN
        if name not in self._looks:
            hidden, raised, font = False, 0, ""
            for style in reversed([*self._chain(name)]):
                for properties in style.iter("{*}text-properties"):
                    shown = attribute(properties, "display")
                    hidden = hidden if shown is None else shown == "none"
                    place = attribute(properties, "text-position")
                    raised = raised if place is None else _raised(place)
                    font = attribute(properties, "font-name") or font
            self._looks[name] = RunLook(hidden, raised, self._fonts.get(font, font))
        return self._looks[name]

    def begin_list(self, element: etree._Element, above: OpenList | None) -> OpenList:
        """Return a list that begins, or that goes on from one before."""
        if above is not None:
            style = attribute(element, "style-name") or above.style
            return OpenList(style, above.level + 1, above.counts)
        style = attribute(element, "style-name") or ""
        before = self._by_id.get(attribute(element, "continue-list"))
        if before is None and attribute(element, "continue-numbering") == "true":
            before = self._last.get(style)
        own = OpenList(style, 1) if before is None else OpenList(style, 1, before.counts)
        if (name := attribute(element, "id")) is not None:
            self._by_id[name] = own
        self._last[style] = own
        return own

    def numbered_list(self, element: etree._Element) -> OpenList:
        """Return the list, at its level, that a numbered paragraph is an item of."""
        style = attribute(element, "style-name") or ""
        name = attribute(element, "list-id") or style
        own = self._by_id.setdefault(name, OpenList(style, 1))
        return OpenList(style or own.style, _whole(attribute(element, "level"), 1), own.counts)

    def item_label(self, own: OpenList, start: str | None) -> str:
        """Return what stands before the next item of a list; empty for a bullet."""
        levels = self._lists.get(own.style, {})
        if levels and own.level not in levels:
            # a style for the first level only, which pandoc writes for lists inside lists
            levels = levels | {own.level: levels[max(levels)]}
        return _next_label(own.counts, levels, own.level, start)

    def heading_label(self, level: int) -> str:
        """Return what stands before the next heading; empty if headings are not numbered."""
        return _next_label(self._headings.counts, self._outline, level, None)


def _levels(style: etree._Element) -> dict[int, _ListLevel]:
    found = {}
    for level in style:
        number = attribute(level, "level") or ""
        if not number.isdecimal() or not 0 < int(number) <= _LEVELS:
            continue
        format = (attribute(level, "num-format") or "").partition(",")[0].strip()
        if local(level).endswith(("-bullet", "-image")):
            found[int(number)] = _BULLET
            continue
        found[int(number)] = _ListLevel(
            _FORMATS.get(format, "decimal") if format else "",
            attribute(level, "num-prefix") or "",
            attribute(level, "num-suffix") or "",
            attribute(level, "num-list-format") or "",
            _whole(attribute(level, "start-value"), 1),
            _whole(attribute(level, "display-levels"), 1),
        )
    return found


def _next_label(
    counts: list[int | None], levels: dict[int, _ListLevel], level: int, start: str | None
) -> str:
    if not 0 < level <= _LEVELS:
        return ""
    own = levels.get(level)
    for above in range(1, level):
        if counts[above] is None and above in levels:
            counts[above] = levels[above].start
    first = own.start if own is not None else 1
    before = counts[level]
    counts[level] = _whole(start, first) if start or before is None else before + 1
    counts[level + 1 :] = [None] * (_LEVELS - level)
    if own is None:
        return ""
    if own.pattern:
        text = _PLACE.sub(lambda match: _shown(counts, levels, int(match[1])), own.pattern)
    else:
        shown = range(max(1, level - own.shown_levels + 1), level + 1)
        numbers = ".".join(filter(None, (_shown(counts, levels, place) for place in shown)))
        text = f"{own.prefix}{numbers}{own.suffix}"
    return text + label_gap(text) if text.strip(_STOPS) else ""


def _shown(counts: list[int | None], levels: dict[int, _ListLevel], level: int) -> str:
    number = counts[level] if 0 < level <= _LEVELS else None
    if number is None or level not in levels or not levels[level].format:
        return ""
    return formatted_number(number, levels[level].format)


def _raised(place: str) -> int:
    """Return 1 for raised text, -1 for lowered text: `super 58%`, `-33% 58%`."""
    first = place.split(maxsplit=1)[0] if place.split() else ""
    if first in ("super", "sub"):
        return 1 if first == "super" else -1
    number = first.rstrip("%")
    value = float(number) if re.fullmatch(r"-?\d+(?:\.\d+)?", number) else 0
    return (value > 0) - (value < 0)


def _whole(text: str | None, default: int) -> int:
    return int(text) if text is not None and text.isdecimal() and len(text) < 9 else default
