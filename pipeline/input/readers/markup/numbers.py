"""The numbers of list items: how HTML and CSS count and write them."""

import re
from collections.abc import Iterator, Mapping

from lxml import html

from models.patterns import lazy
from pipeline.input.readers.office.number_formats import formatted_number
from pipeline.input.readers.office.numbering import label_gap

_TYPES = {"a": "lower-alpha", "A": "upper-alpha", "i": "lower-roman", "I": "upper-roman"}
_STYLE = lazy(r"list-style(?:-type)?\s*:\s*([^;]+)", re.IGNORECASE)
_RESET = lazy(r"counter-reset\s*:\s*list-item\s+(-?\d{1,6})")
_NO_ITEM = lazy(r"display\s*:\s*(?:block|inline|(?:inline-)?(?:flex|grid))")
"""An item that is displayed so has no mark."""
_BULLETS = frozenset(("none", "disc", "circle", "square", "inside", "outside"))
_CHINESE_FORMATS = {
    "cjk-ideographic": "chineseCountingThousand",
    "trad-chinese-informal": "taiwaneseCountingThousand",
    "japanese-informal": "japaneseCounting",
    "simp-chinese-formal": "chineseLegalSimplified",
    "trad-chinese-formal": "ideographLegalTraditional",
    "cjk-decimal": "ideographDigital",
    "cjk-heavenly-stem": "ideographTraditional",
    "cjk-earthly-branch": "ideographZodiac",
}
_LATIN_FORMATS = {
    "lower-roman": "lowerRoman",
    "upper-roman": "upperRoman",
    "decimal-leading-zero": "decimalZero",
}
_GREEK = "αβγδεζηθικλμνξοπρστυφχψω"
_MOST_ROMAN = 3999
_NUMBERED = lazy(
    # 1.5亿元 begins with an amount, 1.5 总则 with a number
    r"(?!\d{1,3}\.\d+\s?(?:[多余]?[十百千万亿元吨倍米%％℃]|公[里斤顷]|平方|立方|个百分点))"
    r"[（(\[]?(?:\d{1,3}|[一二三四五六七八九十百]{1,4})[、.．)）\]]|[①-⑳]"
    r"|第[一二三四五六七八九十百\d]{1,5}[条款章节项](?:[\s、，：:.．]|$)"
)


def item_marks(listing: html.HtmlElement) -> list[str]:
    """Return the mark of each item of a list, with the gap behind it; empty without one.

    Source: the HTML standard on `start`, `reversed`, `value` and `type`, and CSS counter styles.
    """
    if listing.tag != "ol" and listing.get("style") is None and listing.get("type") is None:
        return [""] * sum(1 for _ in listing.iterchildren("li"))
    return [item_mark(number, style) if style else "" for number, style in item_numbers(listing)]


def item_numbers(listing: html.HtmlElement) -> Iterator[tuple[int, str]]:
    """Yield the number of each item of a list and its counter style, empty without a mark."""
    style = list_style(listing.attrib, "decimal" if listing.tag == "ol" else "disc")
    number, step = first_number(listing)
    for item in listing.iterchildren("li"):
        number = _integer(item.get("value"), number)
        is_item = not _NO_ITEM.search(item.get("style") or "")
        yield number, list_style(item.attrib, style) if is_item else ""
        number += step


def first_number(listing: html.HtmlElement) -> tuple[int, int]:
    """Return the number of the first item of a list, and the step to the next."""
    step = -1 if listing.get("reversed") is not None else 1
    reset = _RESET.search(listing.get("style") or "")
    count = sum(1 for _ in listing.iterchildren("li")) if step < 0 else 1
    return _integer(listing.get("start"), int(reset[1]) + 1 if reset else count), step


def is_numbered(text: str) -> bool:
    """True if a text begins with a number of its own."""
    return _NUMBERED.match(text) is not None


def list_style(attributes: Mapping[str, str], default: str) -> str:
    """Return the counter style that the attributes of a list or an item name."""
    if kind := attributes.get("type"):
        default = _TYPES.get(kind, "decimal" if kind == "1" else kind.lower())
    written = attributes.get("style")
    if written and (match := _STYLE.search(written)):
        words = [word for word in match[1].lower().split() if word not in ("inside", "outside")]
        return words[0] if words else default
    return default


def item_mark(number: int, style: str) -> str:
    """Return the mark of an item with the gap behind it: `1. `, `二、`; empty without one."""
    mark = number_mark(number, style)
    return mark + label_gap(mark) if mark else ""


def number_mark(number: int, style: str) -> str:
    """Return a number in a counter style; styles that are not known are decimal, as in CSS."""
    if style in _BULLETS or style.startswith(("'", '"', "url(")):
        return ""
    if style in _CHINESE_FORMATS:
        return f"{formatted_number(number, _CHINESE_FORMATS[style])}、"
    if style in _LATIN_FORMATS and 0 <= number <= _MOST_ROMAN:
        return f"{formatted_number(number, _LATIN_FORMATS[style])}."
    if style == "lower-greek" and 0 < number <= len(_GREEK):
        return f"{_GREEK[number - 1]}."
    if style.endswith(("-alpha", "-latin")) and number > 0:
        letters = _letters(number)
        return (letters.upper() if style.startswith("upper") else letters) + "."
    return f"{number}."


def _letters(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters


def _integer(text: str | None, default: int) -> int:
    match = re.fullmatch(r"\s*([-+]?\d{1,9})\s*", text or "")
    return int(match[1]) if match else default
