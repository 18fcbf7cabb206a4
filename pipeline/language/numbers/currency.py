"""The currency of an amount, from the words beside it: 124亿元 is yuan, "$5 billion" dollars."""

import re
from functools import lru_cache

from pipeline.records import Span

_CHINESE = (
    ("dollar", r"(?:美元|美金|港元|港币|加元|澳元|新元|新台币)"),
    ("euro", r"欧元"),
    ("yen", r"(?:日元|日圆)"),
    ("pound", r"英镑"),
    ("won", r"韩元"),
    ("rouble", r"卢布"),
    ("yuan", r"(?:元|块钱|人民币)"),
)
_ENGLISH = (
    (
        "dollar",
        r"(?:(?:US|U\.S\.|HK|Hong\sKong|Canadian|Australian|American)\s)?(?:dollars?|USD|HKD)",
    ),
    ("euro", r"(?:euros?|EUR)"),
    ("yen", r"(?:yen|JPY)"),
    ("pound", r"(?:pounds?\ssterling|pounds|GBP)"),
    ("won", r"(?:(?:South\s)?Korean\s)?won"),
    ("rouble", r"(?:roubles?|rubles?)"),
    ("yuan", r"(?:yuan|RMB|renminbi|CNY)"),
)
_SIGNS = {"$": "dollar", "€": "euro", "£": "pound"}


def chinese_currency(text: str, span: Span) -> frozenset[str]:
    """Return the currency right after an amount; empty if there is none.

    元 alone may also be the local dollar of another country. It counts as yuan unless the source
    names another currency anywhere.
    """
    after = text[span.end : span.end + 6].lstrip("多余来 ")
    for name, pattern in _CHINESE:
        if re.match(pattern, after):
            is_open = name == "yuan" and _names_other_currency(text)
            return frozenset() if is_open else frozenset({name})
    return frozenset()


@lru_cache(maxsize=4)  # asked once for every amount of a sentence
def _names_other_currency(text: str) -> bool:
    return re.search(r"港|台|美元|澳门|加拿大|新加坡|日元|韩元", text) is not None


def english_currency(text: str, span: Span) -> frozenset[str]:
    """Return the currency of an amount, from the sign before it or the word after it."""
    sign = text[max(0, span.start - 1) : span.start]
    if sign in _SIGNS:
        return frozenset({_SIGNS[sign]})
    for name, pattern in _ENGLISH:
        if re.match(rf"[\s-]?{pattern}\b", text[span.end : span.end + 24], re.IGNORECASE):
            return frozenset({name})
    return frozenset()
