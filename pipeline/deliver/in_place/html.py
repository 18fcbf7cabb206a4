"""A web page in English: only the texts between its tags change."""

import re
from html import escape, unescape

from models.patterns import lazy
from pipeline.deliver.in_place.slots import Pairs, Slot, fill, in_english
from pipeline.language.chinese import is_chinese

_TOKEN = lazy(
    r"(<!--.*?-->|<(?:script|style|noscript|textarea|template|svg|rt|rp)\b[^>]*>.*?"
    r"</(?:script|style|noscript|textarea|template|svg|rt|rp)\s*>|<!\[CDATA\[.*?\]\]>|<[^<>]*>)",
    re.DOTALL | re.IGNORECASE,
)
_NAME = lazy(r"<\s*(/?)\s*([A-Za-z][\w:-]*)")
_INLINE = frozenset(
    "a abbr b bdi bdo big cite code data del dfn em font i ins kbd mark nobr q rb ruby s samp "
    "small span strike strong sub sup time tt u var wbr img".split()
)
_MARKED = frozenset("b strong i em u mark big small s sub sup".split())
_SHOWN = lazy(r"""\s(?:alt|title|placeholder)\s*=\s*(["'])(.*?)\1""", re.DOTALL)
"""Attributes that a browser shows."""
_CHARSET = lazy(r"""(<meta\b[^>]*charset\s*=\s*["']?)[\w-]+""", re.IGNORECASE)
_LANGUAGE = lazy(r"""(<html\b[^>]*\blang\s*=\s*["']?)zh[\w-]*""", re.IGNORECASE)


def english_html(source: str, pairs: Pairs) -> tuple[bytes, list[str]]:
    """Return a page with English in place of its sentences, in UTF-8, and the Chinese left."""
    tokens = _TOKEN.split(source)
    slots: list[Slot] = []
    places: list[int] = []
    block = links = marked = 0
    link: int | None = None
    for number, token in enumerate(tokens):
        match = _NAME.match(token) if number % 2 else None
        if match:
            name = match[2].lower()
            if name == "a":
                links += not match[1]
                link = None if match[1] else links
            if name in _MARKED:
                marked = max(0, marked + (-1 if match[1] else 1))
            elif name not in _INLINE:
                block, marked = block + 1, 0
        elif number % 2 == 0 and token.strip():
            slots.append(Slot(unescape(token), block, link, marked > 0))
            places.append(number)
    texts, left = fill(slots, pairs)
    for number, text, slot in zip(places, texts, slots, strict=True):
        if text != slot.text:
            tokens[number] = escape(text, quote=False)
    shown = [(n, match) for n in range(1, len(tokens), 2) for match in _SHOWN.finditer(tokens[n])]
    pairs_of_shown = in_english([unescape(match[2]) for _, match in shown], pairs)
    for (number, match), (chinese, english) in zip(shown, pairs_of_shown, strict=True):
        if english != chinese:
            said = match[0].replace(match[2], escape(english))
            tokens[number] = tokens[number].replace(match[0], said)
        left += [english] if is_chinese(english) else []
    page = _LANGUAGE.sub(r"\1en", _CHARSET.sub(r"\1utf-8", "".join(tokens)))
    return page.encode("utf-8", "replace"), left
