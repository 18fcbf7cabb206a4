"""Correct an amount that is off by a power of ten, where both texts are fully understood.

投资124亿元     124 billion yuan ─▶ 12.4 billion yuan
1000万千瓦      10 gigawatts: another unit, no change
2、3万人        30,000 people: a list that shares its unit, no change
"""

import re
import unicodedata

from models.patterns import lazy
from pipeline.check.numbers import Entry, ledger

_CHINESE_AMOUNT = lazy(
    r"(?:[\d０-９,，.．]+|[一二三四五六七八九两兩十百千零〇]+)[十百千]?\s?(?P<scale>[万萬][亿億]|[万萬亿億])?"
)
_BESIDE = r"、/\-－—–~～至到和或及"
_CHINESE_BEFORE = lazy(rf"[\d０-９一二三四五六七八九十百千万亿萬億半,.第{_BESIDE}][多余餘]?\s?$")
_CHINESE_RANGE = lazy(rf"\s?[{_BESIDE}]|\s?\d")
# A measure word counts things; after 万 or 亿 so does the end of a clause.
_MEASURE_WORD = lazy(
    r"[多余餘]?(?:人|[名位家户戶辆輛台件套只隻张張册冊部次条條棵株头頭枚架艘份票所项項篇幅栋棟座]"
    r"|[个個](?![亿億万萬百千]))"
)
_CLAUSE_END = lazy(r"[多余餘]?(?:$|[，。；：！？、）”』」])")
_RATE = lazy(r"每|分之|比例|平均|人均")
_ENGLISH_AMOUNT = lazy(
    r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[\s-](?:hundred|thousand|million|billion|trillion))?"
)
_ENGLISH_BEFORE = lazy(r"[\d/–—~-]\s?$|\d\S*\s(?:\w+\s)?(?:to|or|and|through)\s$|\bbetween\s\S?$")
_ENGLISH_RANGE = lazy(r"\s?(?:(?:to|or|and|through)\s\S?\d|[–—~/-])")
# A word behind a number counts things unless it is a multiple or begins with a metric prefix.
_ENGLISH_COUNT = lazy(
    r"$|[.,;:!?)”\"](?!\d)"
    r"|\s(?!dozen|score|gross|pair|couple|decade|centur|millenni|lakh|crore|percent|tens|times"
    r"|hundred|thousand|million|billion|trillion|kilo|mega|giga|tera|peta|milli|micro|nano|thou\b)"
    r"[a-z]{4,}(?![\w/-])"
)
_ENGLISH_RATE = lazy(
    r"\b(?:per|each|every|apiece|ratio|average|capita)\b|\bout\sof\s\d|\bin\s(?:a\s)?(?:\d|ten|hundred|thousand)",
    re.IGNORECASE,
)


def corrected(source: str, translation: str) -> str | None:
    """Return the translation with the amounts that are off by a power of ten as in the source.

    None unless both texts are fully understood: the only faults are amounts with the same unit on
    both sides, or of things that are counted; no amount is part of a range, a list, a share or a
    rate; and no character is invisible. The answer has no wrong number left.
    """
    if any(unicodedata.category(character) == "Cf" for character in source + translation):
        return None
    if _RATE.search(source) or _ENGLISH_RATE.search(translation):
        return None
    wrong = [entry for entry in ledger(source, translation) if entry.verdict != "kept"]
    if not wrong or not all(_is_understood(entry, source, translation) for entry in wrong):
        return None
    text = translation
    for entry in sorted(wrong, key=_start, reverse=True):
        end = _start(entry) + len(entry.translation)
        text = text[: _start(entry)] + entry.value + text[end:]
    is_clean = all(entry.verdict == "kept" for entry in ledger(source, text))
    return text if is_clean else None


def _start(entry: Entry) -> int:
    return entry.translation_span.start if entry.translation_span else 0


def _is_understood(entry: Entry, source: str, translation: str) -> bool:
    """True if the value, the unit and the neighbours of an amount are known on both sides."""
    there, here = entry.source_span, entry.translation_span
    if entry.verdict != "wrong power of ten" or not entry.is_exact or not there or not here:
        return False
    amount = _CHINESE_AMOUNT.fullmatch(entry.source)
    if not amount or not _ENGLISH_AMOUNT.fullmatch(entry.translation):
        return False
    if translation[here.start : here.start + len(entry.translation)] != entry.translation:
        return False
    if _CHINESE_BEFORE.search(source[: there.start]) or _CHINESE_RANGE.match(source, there.end):
        return False
    if _ENGLISH_BEFORE.search(translation[: here.start]):
        return False
    if _ENGLISH_RANGE.match(translation, here.end):
        return False
    if entry.has_one_unit:
        return True
    counts = _MEASURE_WORD.match(source, there.end) or (
        amount["scale"] and _CLAUSE_END.match(source, there.end)
    )
    return bool(entry.has_no_unit and counts and _ENGLISH_COUNT.match(translation, here.end))
