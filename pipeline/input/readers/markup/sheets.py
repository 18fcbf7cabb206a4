"""What the style sheets in a page say of its elements, written into their style attributes.

Only what changes the text is kept: `display`, `visibility`, the marks of lists, counters, and the
words and counters that `::before` writes, which become text, as do the marks of `@counter-style`.
Selectors of tags, classes and ids are followed, alone or below others; rules of `@media` are not.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from lxml import html

from models.patterns import lazy
from pipeline.input.readers.markup.counter_styles import (
    CounterStyle,
    counter_styles,
    style_rules,
    write_marks,
)
from pipeline.input.readers.markup.counters import Counters, is_text
from pipeline.input.readers.markup.numbers import list_style

_COMMENT = lazy(r"/\*.*?\*/|<!--|-->", re.DOTALL)
# a rule of rules, such as those of `@media`, or one line such as `@import`
_AT_RULE = lazy(r"@[^{};]*(?:;|\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\})")
_WORDS = ("display", "visibility", "list-style", "counter-", "content:", "content :")
_RULE = lazy(
    r"(?:^|(?<=\}))([^{}]{1,2000})\{([^{}]*"
    r"(?:display|visibility|list-style|counter-|(?<![\w-])content)[^{}]*)\}"
)
_KEPT = lazy(
    r"(?:^|;)\s*(?:(display|visibility|list-style(?:-type)?|counter-(?:reset|increment))"
    r"\s*:\s*([^;{}<>\"]{1,100})|(content)\s*:\s*((?:\"[^\"{}]*\"|'[^'{}]*'|[^;{}\"'])+))",
    re.IGNORECASE,
)
_ESCAPE = lazy(r"\\([0-9A-Fa-f]{1,5})\s?")
_BEFORE = lazy(r"::?(before|marker)\s*$", re.IGNORECASE)
_PART = lazy(r"([\w-]+|\*)?((?:[.#][\w-]+)*)(:first-child)?$")
_NAME = lazy(r"[.#][\w-]+")
_MOST_SHEET_CHARS = 500_000
_MOST_RULES = 2_000


@dataclass(frozen=True, slots=True)
class _Part:
    """A simple selector: a tag or none, classes, ids; whether it is a child, or the first one."""

    tag: str
    classes: frozenset[str]
    ids: frozenset[str]
    is_child: bool = False
    is_first: bool = False

    def matches(self, element: html.HtmlElement) -> bool:
        """True if an element is one that it selects."""
        if self.tag and element.tag != self.tag:
            return False
        if self.ids and self.ids != {element.get("id")}:
            return False
        if self.is_first and element.getprevious() is not None:
            return False
        return not self.classes or self.classes <= set((element.get("class") or "").split())


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule of a sheet: the parts of its selector, what it says, and its weight.

    `before` is the content that it writes before an element.
    """

    parts: tuple[_Part, ...]
    style: dict[str, str]
    weight: tuple[int, int, int]
    before: str = ""


def apply_sheets(tree: html.HtmlElement, of_book: str = "") -> None:
    """Write what the sheets of a page say of its elements before their own style attributes.

    What they write before elements is written into their text. `of_book` are the rules of sheets
    outside the page.
    """
    by_key: dict[str, list[_Rule]] = defaultdict(list)
    sheets = (s.text or "" for s in tree.iter("style") if "print" not in (s.get("media") or ""))
    styles: dict[str, CounterStyle] = {}
    for sheet in (of_book, *sheets):
        text = sheet[:_MOST_SHEET_CHARS]
        if "@counter-style" in text:
            styles |= counter_styles(text)
        if any(word in text for word in _WORDS):
            for rule in _rules(text):
                by_key[_key(rule.parts[-1])].append(rule)
    if by_key:
        _apply_rules(tree, by_key)
    if styles:
        write_marks(tree, styles)


def _apply_rules(tree: html.HtmlElement, by_key: Mapping[str, list[_Rule]]) -> None:
    rules = [rule for of_key in by_key.values() for rule in of_key]
    counters = Counters(r.style.get("counter-increment", "") for r in rules)
    has_words = any(rule.before for rule in rules)
    known: dict[tuple[object, str | None], list[_Rule]] = {}
    for element in tree.iter("*"):
        look = element.tag, element.get("class")
        if look not in known:
            names = [str(look[0]), *(f".{name}" for name in (look[1] or "").split())]
            known[look] = [rule for name in names for rule in by_key.get(name, ())]
        of_id = by_key.get(f"#{identifier}", ()) if (identifier := element.get("id")) else ()
        own = [rule for rule in (*known[look], *of_id) if _selects(rule, element)]
        before = _apply(own, element) if own else ""
        if has_words:
            counters.enter(element, before)


def _apply(rules: list[_Rule], element: html.HtmlElement) -> str:
    """Write the style of rules into an element; return what they write before it."""
    rules.sort(key=lambda rule: rule.weight)
    own = element.get("style") or ""
    style = {name: said for rule in rules for name, said in rule.style.items()}
    written = [f"{name}: {said}" for name, said in style.items() if name not in own]
    if style:
        element.set("style", "; ".join((*written, own)))
    return next((rule.before for rule in reversed(rules) if rule.before), "")


def text_rules(sheet: str) -> str:
    """Return the rules of a sheet that change the text of a page, without what else they say.

    >>> text_rules(".a { color: red; display: none } @media print { p { display: none } }")
    '.a{display: none}'
    """
    if not any(word in sheet for word in _WORDS):
        return ""
    own = style_rules(sheet) if "@counter-style" in sheet else ""
    return own + "".join(
        f"{selectors}{{{'; '.join(f'{name}: {said}' for name, said in style.items())}}}"
        for selectors, style in _top_rules(sheet)
    )


@lru_cache(maxsize=32)
def _rules(sheet: str) -> tuple[_Rule, ...]:
    """Return the rules of a sheet, which a reader and the accounts ask for again and again."""
    made = (
        _rule(selector, style)
        for selectors, style in _top_rules(sheet)
        for selector in selectors.split(",")
    )
    return tuple(islice((rule for rule in made if rule is not None), _MOST_RULES))


def _top_rules(sheet: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the rules outside other rules that say something of the text."""
    sheet = _COMMENT.sub("", sheet)
    if "@" in sheet:
        sheet = _AT_RULE.sub("", sheet)
    for match in _RULE.finditer(sheet):
        if style := _kept(match[2]):
            yield match[1].strip(), style


def _kept(declarations: str) -> dict[str, str]:
    """Return what a rule says of the text."""
    style = {}
    for name, written, content, words in _KEPT.findall(declarations):
        said = written.replace("!important", "").strip().lower()
        if content:
            style["content"] = _ESCAPE.sub(lambda code: chr(int(code[1], 16)), words.strip())
        elif not name.lower().startswith("list-style"):
            style[name.lower()] = said
        elif named := list_style({"style": f"list-style: {said}"}, ""):
            style["list-style-type"] = named
    return style


def _rule(selector: str, style: dict[str, str]) -> _Rule | None:
    before = ""
    if pseudo := _BEFORE.search(selector):
        selector = selector[: pseudo.start()]
        before = "" if style.get("display") == "none" else style.get("content", "")
        before = before if is_text(before) else ""
        style = {name: said for name, said in style.items() if name.startswith("counter")}
        if before and pseudo[1] == "marker":
            style["list-style-type"] = "none"
    elif "content" in style:
        style = {name: said for name, said in style.items() if name != "content"}
    parts: list[_Part] = []
    is_child = False
    for word in selector.replace(">", " > ").split():
        if word == ">":
            is_child = True
            continue
        match = _PART.match(word)
        if match is None:
            return None
        names = _NAME.findall(match[2])
        parts.append(
            _Part(
                "" if match[1] in (None, "*") else match[1].lower(),
                frozenset(name[1:] for name in names if name[0] == "."),
                frozenset(name[1:] for name in names if name[0] == "#"),
                is_child,
                match[3] is not None,
            )
        )
        is_child = False
    if not (parts and _key(parts[-1]) and (style or before)):
        return None
    weight = (
        sum(len(part.ids) for part in parts),
        sum(len(part.classes) + part.is_first for part in parts),
        sum(bool(part.tag) for part in parts),
    )
    return _Rule(tuple(parts), style, weight, before)


def _key(part: _Part) -> str:
    for sign, names in (("#", part.ids), (".", part.classes)):
        if names:
            return sign + min(names)
    return part.tag


def _selects(rule: _Rule, element: html.HtmlElement) -> bool:
    *above, own = rule.parts
    if not own.matches(element):
        return False
    is_child = own.is_child
    here = element.getparent()
    for part in reversed(above):
        while here is not None and not part.matches(here):
            here = None if is_child else here.getparent()
        if here is None:
            return False
        is_child, here = part.is_child, here.getparent()
    return True
