"""What a style sheet writes before elements: the words and counters of `::before`."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from lxml import etree, html

from models.patterns import lazy
from pipeline.input.readers.markup.numbers import first_number, number_mark
from pipeline.input.readers.office.numbering import label_gap
from pipeline.language.chinese import is_han

_CHANGE = lazy(r"counter-(reset|increment)\s*:\s*([^;]+)")
_COUNT = lazy(r"([\w-]+)(?:\s+([-+]?\d{1,6}))?(?=\s|$)")
_PART = lazy(
    r"\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|counters?\(\s*(?P<name>[\w-]+)\s*"
    r"(?:,\s*[\"'](?P<between>[^\"']*)[\"']\s*)?(?:,\s*(?P<style>[\w-]+)\s*)?\)"
)
_OF_LIST = "list-item"
_LONGEST = 40
_WITHOUT_TEXT = frozenset("html body ol ul dl table tbody thead tfoot tr".split())
_FIRST_TEXT = etree.XPath("(.//text()[normalize-space() and not(parent::script|parent::style)])[1]")


class Counters:
    """The counters of CSS, while the elements of a page are entered in document order.

    A counter holds for the element that resets it, what is in it and what follows beside it. One
    of a name that no element increases counts the items of its list.
    """

    def __init__(self, increments: Iterable[str]) -> None:
        self._increased = {name for counts in increments for name, _ in _COUNT.findall(counts)}
        self._open: dict[str, list[tuple[html.HtmlElement | None, int]]] = defaultdict(list)
        self._steps: dict[html.HtmlElement, int] = {}

    def enter(self, element: html.HtmlElement, before: str) -> None:
        """Count an element by its style, and write what its sheet has `before` it into it."""
        if element.tag in ("ol", "ul"):
            first, self._steps[element] = first_number(element)
            self._reset(element, _OF_LIST, first - self._steps[element])
        elif element.tag == "li":
            self._count_item(element)
        style = element.get("style") or ""
        changes = _CHANGE.findall(style) if "counter-" in style else ()
        for what, counts in sorted(changes, reverse=True):
            for name, number in _COUNT.findall(counts):
                if what == "reset":
                    self._reset(element, name, int(number or 0))
                elif name != "none":
                    self._increase(element, name, int(number or 1))
        if before and element.tag not in _WITHOUT_TEXT:
            write_before(element, "".join(self._parts(element, before))[:_LONGEST])

    def _parts(self, element: html.HtmlElement, content: str) -> Iterator[str]:
        for part in _PART.finditer(content):
            if name := part["name"]:
                numbers = self._numbers(element, name if name in self._increased else _OF_LIST)
                own = numbers if part["between"] is not None else numbers[-1:]
                marks = (number_mark(n, part["style"] or "decimal").rstrip(".、") for n in own)
                yield (part["between"] or "").join(marks)
            else:
                yield part["double"] or part["single"] or ""

    def _count_item(self, item: html.HtmlElement) -> None:
        around = item.getparent()
        step = self._steps.get(around, 1) if around is not None else 1
        value = (item.get("value") or "").strip()
        if value.isdecimal():
            self._increase(item, _OF_LIST, int(value) - (self._numbers(item, _OF_LIST) or [0])[-1])
        else:
            self._increase(item, _OF_LIST, step)

    def _numbers(self, element: html.HtmlElement, name: str) -> list[int]:
        """Return the numbers of a counter that hold for an element, from the outermost one."""
        above = set(element.iterancestors())
        opened = self._open[name]
        while opened and opened[-1][0] not in above:
            opened.pop()
        return [number for _, number in opened]

    def _reset(self, element: html.HtmlElement, name: str, number: int) -> None:
        self._numbers(element, name)
        opened, around = self._open[name], element.getparent()
        if opened and opened[-1][0] is around:
            opened.pop()
        opened.append((around, number))

    def _increase(self, element: html.HtmlElement, name: str, by: int) -> None:
        if not self._numbers(element, name):
            self._reset(element, name, 0)
        around, number = self._open[name][-1]
        self._open[name][-1] = around, number + by


def is_text(content: str) -> bool:
    """True if `content` is more than an ornament, such as a bullet or a sign of an icon font."""
    return "counter" in content or any(is_han(sign) or sign.isdecimal() for sign in content)


def write_before(element: html.HtmlElement, words: str) -> None:
    """Write words before the first text in an element."""
    if not words.strip():
        return
    if not words[-1].isspace():
        words += label_gap(words)
    for text in _FIRST_TEXT(element):
        holder = text.getparent()
        if text.is_tail:
            holder.tail = words + text.lstrip()
        else:
            holder.text = words + text.lstrip()
