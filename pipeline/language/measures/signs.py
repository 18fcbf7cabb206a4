"""Whether a number is negative: 零下5度, -3.2%, 公元前221年, "5 below zero", "221 BC"."""

import re
from functools import lru_cache
from typing import Literal

from models.patterns import lazy
from pipeline.records import Span

Sign = Literal["minus", "plus", "BC", "AD", ""]

_BEFORE_CHARS = 16
_AFTER_CHARS = 40

_BELOW_ZERO = lazy(r"(?:零下|冰点以下|零度以下)\s?(?:的|约|近|摄氏|华氏)?\s?$")
_ABOVE_ZERO = lazy(r"零上\s?(?:约|近|摄氏|华氏)?\s?$")
_NEGATIVE = lazy(
    r"(?<![胜平正欺辜抱肩背担自身亏\d一二三四五六七八九十])负\s?(?:的|约|近|百分之|摄氏)?$"
)
_COUNTED = lazy(r"\s?(?:[层楼号场局盘比分个枪有责]|[:：-])")
_HYPHEN = lazy(r"(?P<before>.?)[-－−﹣]\s?(?:[$¥￥€£])?$")
_BEFORE_HYPHEN = frozenset(
    "为是至到温低高感拔达约了近于在长升降跌幅率速比润额值收益亏损资产：:，、（( 。；\n\t“"
)
_DEGREES_AFTER = lazy(r"\s?(?:℃|°|度|摄氏|华氏)")
_BEFORE_CHRIST = lazy(r"(?:公元|西元|纪元)之?前\s?(?:第|约|近|大约)?\s?$")
_SHORT_BEFORE_CHRIST = lazy(r"(?<![\w])前\s?$")
_SHORTEST_YEAR = 3  # digits from which 前221年 is a year; 前3年 are the first three years
_YEARS_AFTER = lazy(r"\s?(?:年|世纪|[-—–~～至到])")
_AFTER_CHRIST = lazy(r"(?:公元|西元)后?\s?(?:约)?$")
_OLD = lazy(
    r"[公西]元之?前|纪元前|(?<![\w])前\s?(?:[\d一二三四五六七八九]{3}|[\d一二三四五六七八九]{1,2}世纪)"
)

_MINUS = lazy(
    r"(?:\bminus|(?<!tested\s)(?<!test\s)\bnegative)(?:\s(?:about|around|some|nearly))?\s?[$€£¥]?$",
    re.IGNORECASE,
)
_HYPHEN_BEFORE = lazy(r"(?:^|[\s(\[“\"'~])[-−–](?:(?:US|HK|NT|RMB|CNY)\s?)?[$€£¥]?$")
_BELOW = lazy(
    r"[^.;,]{0,28}?\b(?:below\s(?:zero|freezing|0|sea\slevel)|sub-?zero|under\szero|of\sfrost)\b"
    r"|(?:\sdegrees?(?:\s(?:Celsius|Fahrenheit|C|F))?)?\sbelow(?=[.,;]|$|\s(?:in|and|or|on)\b)",
    re.IGNORECASE,
)
_BELOW_BEFORE = lazy(r"\b(?:sub-?zero|below[\s-]zero|below[\s-]freezing)\b", re.IGNORECASE)
_ABOVE = lazy(r"[^.;,]{0,28}?\babove\s(?:zero|freezing|sea\slevel)\b", re.IGNORECASE)
_BC = lazy(
    r"(?:[\s,–—-]?(?:\d{1,5}(?:th|st|nd|rd)?|to|or|and|through|until|about|around|c\.|ca\."
    r"|century|centuries|millennium|years?|[a-z]{1,12}th|first|second|third|early|late)?){0,6}?"
    r"[\s-]?(?:B\.?\s?C\.?(?:E\.?)?(?![A-Za-z])|(?i:before\s(?:Christ|(?:the\s|our\s)?Common\sEra|our\sera)))"
)
_ANY_BC = lazy(
    r"\bB\.?\s?C\.?(?:E\.?)?(?![A-Za-z])|\b(?i:before\s(?:Christ|(?:the\s|our\s)?Common\sEra))"
)
_AD_BEFORE = lazy(r"\b(?:A\.?D\.?|C\.?E\.?)\s?$")
_AD_AFTER = lazy(r"\s?(?:A\.?D\.?|C\.?E\.?)(?![A-Za-z])")
_COLD = lazy(
    r"\b(?:minus|negative|below\s(?:zero|freezing|0)|sub-?zero|freezing|frost)\b|(?<![\w-])[-−–]\d",
    re.I,
)
_DOWN = lazy(
    r"\b(?:loss(?:es)?|lost|los(?:e|es|ing)|deficits?|shortfall|fell|fall(?:s|ing|en)?|drop\w*|declin\w*"
    r"|decreas\w*|down\w*|lower\w*|shr[aiu]nk\w*|contract(?:ed|ion|s|ing)|reduc\w*|slid\w*|slip\w*"
    r"|slump\w*|plung\w*|plummet\w*|tumbl\w*|dip\w*|minus|negative|below|outflows?|shed|in\sthe\sred"
    r"|retreat\w*|less|worse\w*|recession)\b|(?<![\w-])[-−–][$€£¥]?\d",
    re.IGNORECASE,
)
_CHINESE_DOWN = lazy(
    r"零下|负|[-－−–﹣]\s?[\d$¥￥]|亏|下|减|降|跌|少|缩|赤字|逆差|流出|冰点|低于|回落|收窄|损|欠|倒退|滑|挫"
)

_CHINESE_COLD = lazy("零下|冰点|零度以下|负|降")


_ANY_CHINESE = lazy(r"零下|冰点|零度|零上|负|公元|西元|纪元|前|[-－−–﹣]")
_ANY_ENGLISH = lazy(
    r"[-−–]|minus|negative|zero|below|above|freezing|frost|B\.?\s?C|A\.?D|C\.?E|before",
    re.IGNORECASE,
)
"""What a text has that gives any of its numbers a sign."""


@lru_cache(maxsize=4)  # asked twice for every number of a sentence
def _may_have_signs(text: str, words: re.Pattern[str]) -> bool:
    return bool(words.search(text))


def chinese_sign(text: str, span: Span) -> Sign:
    """Return the sign of a number: minus, plus (零上), BC, AD, or "" if nothing is said."""
    if not _may_have_signs(text, _ANY_CHINESE):
        return ""
    before = text[max(0, span.start - _BEFORE_CHARS) : span.start]
    after = text[span.end : span.end + 6]
    if _ABOVE_ZERO.search(before):
        return "plus"
    if _BELOW_ZERO.search(before) or (_NEGATIVE.search(before) and not _COUNTED.match(after)):
        return "minus"
    if (hyphen := _HYPHEN.search(before)) and _is_minus(hyphen["before"], text, span, after):
        return "minus"
    if _YEARS_AFTER.match(after) and _BEFORE_CHRIST.search(before):
        return "BC"
    is_year = span.end - span.start >= _SHORTEST_YEAR or after.lstrip().startswith("世纪")
    if is_year and _YEARS_AFTER.match(after) and _SHORT_BEFORE_CHRIST.search(before):
        return "BC"
    return "AD" if _AFTER_CHRIST.search(before) else ""


def _is_minus(before: str, text: str, span: Span, after: str) -> bool:
    """True if a hyphen is a minus: 增长-3%, 气温-5℃; not 歼-20, 3-5人 or a bullet."""
    if before in _BEFORE_HYPHEN or not before:
        return not text[span.start - 1 : span.start].isspace()
    measured = text[span.start : span.end][-1:] in "%％" or bool(_DEGREES_AFTER.match(after))
    return (
        measured and not before.isascii() and before not in "％）年月日号周一二三四五六七八九十万亿"
    )


def english_sign(text: str, span: Span) -> Sign:
    """Return the sign of a number: minus ("minus 5", "5 below zero"), BC, AD, plus, or ""."""
    if not _may_have_signs(text, _ANY_ENGLISH):
        return ""
    before = text[max(0, span.start - _BEFORE_CHARS) : span.start]
    after = text[span.end : span.end + _AFTER_CHARS]
    if _ABOVE.match(after):
        return "plus"
    if _MINUS.search(before) or _BELOW.match(after) or _BELOW_BEFORE.search(before):
        return "minus"
    if _HYPHEN_BEFORE.search(before) and text[span.start].isdigit():
        return "minus"
    if _AD_BEFORE.search(before) or _AD_AFTER.match(after):
        return "AD"
    return "BC" if _BC.match(after) else ""


def changed_sign(
    source: str, there: Span, translation: str, here: Span
) -> tuple[Sign, Sign] | None:
    """Return what is said on both sides of two equal numbers if the signs contradict, else None.

    A fall of 3.2 % says what -3.2 % says, a loss of 5 million what -5 million says: words
    of decline anywhere in the translation count as minus.
    """
    wanted, said = chinese_sign(source, there), english_sign(translation, here)
    if wanted == said or _is_said_otherwise(wanted, said, source, there, translation):
        return None
    return wanted, said


def _is_said_otherwise(
    wanted: Sign, said: Sign, source: str, there: Span, translation: str
) -> bool:
    """True if other words of the sentence say the sign, or if it need not be said."""
    has_degrees = bool(_DEGREES_AFTER.match(source, there.end))
    if wanted == "minus":
        words = _COLD if has_degrees or "零下" in source else _DOWN
        return said != "plus" and bool(words.search(translation))
    if wanted == "BC":
        return said == "" and bool(_ANY_BC.search(translation))
    if said == "BC":
        return wanted == "" and bool(_OLD.search(source))
    if said == "minus":
        words = _CHINESE_COLD if has_degrees else _CHINESE_DOWN
        return wanted == "" and bool(words.search(source))
    return True  # 零上 and 公元 need not be said
