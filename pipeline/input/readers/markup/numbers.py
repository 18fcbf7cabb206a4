"""The numbers of list items: how HTML and CSS count and write them."""

import re
from collections.abc import Iterator, Mapping, Sequence

from lxml import html

from models.patterns import lazy

_TYPES = {"a": "lower-alpha", "A": "upper-alpha", "i": "lower-roman", "I": "upper-roman"}
_STYLE = lazy(r"list-style(?:-type)?\s*:\s*([^;]+)", re.IGNORECASE)
_COUNTER = lazy(
    r"content\s*:\s*(?:[\"'](?P<before>[^\"'<>&;\s]{0,8})\s*[\"'])?\s*counters?\(\s*[\w-]+\s*"
    r"(?:,\s*[\"'](?P<between>[^\"'<>&;|\s]{1,3})[\"']\s*)?(?:,\s*(?P<style>[\w-]+)\s*)?\)\s*(?:[\"'](?P<after>[^\"'<>&;\s]{0,8})\s*[\"'])?"
)
_RESET = lazy(r"counter-reset\s*:\s*[\w-]+\s+(-?\d{1,6})")
_BULLETS = frozenset(("none", "disc", "circle", "square", "inside", "outside"))
_CHINESE_STYLES = frozenset(
    """cjk-ideographic trad-chinese-informal japanese-informal
    simp-chinese-formal trad-chinese-formal""".split()
)
_SERIES = {
    "cjk-heavenly-stem": "甲乙丙丁戊己庚辛壬癸",
    "cjk-earthly-branch": "子丑寅卯辰巳午未申酉戌亥",
    "lower-greek": "αβγδεζηθικλμνξοπρστυφχψω",
}
_FORMAL = {
    "simp-chinese-formal": "零壹贰叁肆伍陆柒捌玖拾",
    "trad-chinese-formal": "零壹貳參肆伍陸柒捌玖拾",
}
_DIGITS = "〇一二三四五六七八九"
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
    (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_MOST_ROMAN = 3999
_PARTS_WITH_JOIN = 2
_NUMBERED = lazy(
    r"[（(\[]?(?:\d{1,3}|[一二三四五六七八九十百]{1,4})[、.．)）\]]|[①-⑳]"
    r"|第[一二三四五六七八九十百\d]{1,5}[条款章节项](?:[\s、，：:.．]|$)"
)


def item_numbers(listing: html.HtmlElement) -> list[str]:
    """Return the mark of each item of a list, such as `1.`, `b.` or `二、`; `""` without one.

    Source: the HTML standard on `start`, `reversed`, `value` and `type`, and CSS counter styles.
    """
    if listing.tag != "ol" and listing.get("style") is None and listing.get("type") is None:
        return [""] * sum(1 for _ in listing.iterchildren("li"))
    style = list_style(listing.attrib, "decimal" if listing.tag == "ol" else "disc")
    marks = []
    above = _numbers_above(listing) if style.count("|") == _PARTS_WITH_JOIN else ()
    for item, number in _counted(listing):
        marks.append(number_mark(number, list_style(item.attrib, style), above))
    return marks


def _counted(listing: html.HtmlElement) -> Iterator[tuple[html.HtmlElement, int]]:
    """Yield the items of a list, each with its number."""
    items = [child for child in listing if child.tag == "li"]
    step = -1 if listing.get("reversed") is not None else 1
    reset = _RESET.search(listing.get("style") or "")
    first = int(reset[1]) + 1 if reset else len(items) if step < 0 else 1
    number = _integer(listing.get("start"), first)
    for item in items:
        number = _integer(item.get("value"), number)
        yield item, number
        number += step


def _numbers_above(listing: html.HtmlElement) -> tuple[int, ...]:
    """Return the numbers of the items that a list is in, from the outermost one."""
    numbers = []
    for item in listing.iterancestors("li"):
        around = item.getparent()
        if around is not None and around.tag == "ol":
            numbers.append(next(number for own, number in _counted(around) if own is item))
    return tuple(reversed(numbers))


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


def sheet_list_style(style: str) -> str:
    """Return the counter style that a rule of a style sheet names; empty without one or a mark.

    A list that its sheet gives no mark may count in another way, and is numbered. A counter that a
    rule writes before its items, as in `"第" counter(a) "条"`, is the style `第*条|decimal`, and
    `counters(a, ".")`, which counts the lists around it too, `*|decimal|.`.
    """
    if counter := _COUNTER.search(style):
        own = f"{counter['before'] or ''}*{counter['after'] or ''}|{counter['style'] or 'decimal'}"
        return f"{own}|{counter['between']}" if counter["between"] else own
    named = list_style({"style": style}, "")
    return "" if named in _BULLETS or not named.replace("-", "").isalpha() else named


def number_mark(number: int, style: str, above: Sequence[int] = ()) -> str:
    """Return a number in a counter style; styles that are not known are decimal, as in CSS.

    `above` are the numbers of the items around it, which some styles write too.
    """
    if style in _BULLETS or style.startswith(("'", '"', "url(")):
        return ""
    if "*" in style:
        before, _, rest = style.partition("*")
        after, own, *between = rest.split("|")
        numbers = (number_mark(own_number, own).rstrip(".、") for own_number in (*above, number))
        return f"{before}{(between or [''])[0].join(numbers)}{after}"
    if style in _CHINESE_STYLES and 0 < number < 100:
        return f"{_formal(_chinese(number), style)}、"
    if style == "cjk-decimal":
        return "".join(_DIGITS[int(digit)] for digit in str(abs(number))) + "、"
    if (series := _SERIES.get(style)) and 0 < number <= len(series):
        return series[number - 1] + ("、" if style.startswith("cjk") else ".")
    if style == "decimal-leading-zero":
        return f"{number:02d}."
    if style.endswith(("-alpha", "-latin")) and number > 0:
        letters = _letters(number)
        return (letters.upper() if style.startswith("upper") else letters) + "."
    if style.endswith("-roman") and 0 < number <= _MOST_ROMAN:
        roman = _roman(number)
        return (roman.upper() if style.startswith("upper") else roman) + "."
    return f"{number}."


def _chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    ten = "" if not tens else "十" if tens == 1 else _DIGITS[tens] + "十"
    return ten + (_DIGITS[ones] if ones or not tens else "")


def _formal(number: str, style: str) -> str:
    if style not in _FORMAL:
        return number
    return number.translate(str.maketrans(_DIGITS + "十", _FORMAL[style]))


def _letters(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters


def _roman(number: int) -> str:
    written = ""
    for value, sign in _ROMAN:
        count, number = divmod(number, value)
        written += sign * count
    return written


def _integer(text: str | None, default: int) -> int:
    match = re.fullmatch(r"\s*([-+]?\d{1,9})\s*", text or "")
    return int(match[1]) if match else default
