"""Other readings of a Chinese number in its context: 下午3点 is 15, 90后 is 1990."""

import re
from fractions import Fraction

from pipeline.language.numbers.chinese_amounts import NUMERAL, PLAIN, UNIT, amount, scale

_TIMES_MORE = re.compile(
    r"(?:增长|增加|提高|提升|上涨|上升|增|涨|扩大|高出|多)了?(?:近|约|超|超过|逾)?$"
)
# Traditional measures, which a translator may convert.
OLD_UNITS = re.compile(r"[多余来]?(?:亩|斤(?!斤)|里(?![面程斯约])|尺|寸|丈|英里|英尺|英寸|磅|华氏)")
_BEFORE_CHARS = 12
"""Most characters between a number and an earlier word that changes its reading."""

_DECADE = re.compile(rf"\s?世纪\s?(?P<tens>\d0|[{NUMERAL}]+)\s?年代")
_RANGE_END = re.compile(
    rf"%?\s?(?:[-—–~～至到]|——)\s?(?:{PLAIN}|[一二三四五六七八九十]+)\s?"
    rf"(?P<unit>(?:{UNIT}[百千万亿])+)"
)
_SEASON = re.compile(r"(?:[-—–/]\d{2,4})?\s?(?:财年|财政年度|赛季)")
_GENERATION = re.compile(r"后(?![天年日续期来面半的者])")
_AFTERNOON = re.compile(r"(?:下午|晚上?|傍晚|夜里|中午|午后|凌晨)(?:当地时间)?\s?$")


def readings(text: str, start: int, end: int, value: Fraction) -> list[Fraction]:
    """Return the other readings of the number `value` at `text[start:end]`."""
    after = text[end : end + 2].lstrip()
    others: list[Fraction] = []
    if after[:1] == "倍":
        others.append(value * 100)
        if _TIMES_MORE.search(text[max(0, start - _BEFORE_CHARS) : start]):
            others.append(value + 1)  # grew by 2倍: threefold, by 200 percent
    if decade := _DECADE.match(text, end):
        tens = amount(decade["tens"])
        others += [(value - 1) * 100 + tens, tens]
    elif text.startswith("个世纪", end):
        others.append(value * 100)
    elif after == "世纪":
        others.append((value - 1) * 100)
    elif after[:1] in ("点", "时", ":") and value <= 24:
        others += _hours(text, start, value)
    elif after == "年代":
        others += [value + 1900, value + 1800, value + 2000]
    elif value < 100 and (after[:1] in ("年", "届", "级") or _GENERATION.match(text, end)):
        if end - start == 2:
            others += [value + 1900, value + 2000]
    elif value >= 2000 and _SEASON.match(text, end):
        others.append(value - 2000)
    elif ending := _RANGE_END.match(text, end):
        others.append(value * scale(ending["unit"]))
    return others


def _hours(text: str, start: int, value: Fraction) -> list[Fraction]:
    if text[start].isdigit():
        return [value + 12, value - 12] if value != 12 else [Fraction(0)]
    return [value + 12] if _AFTERNOON.search(text[max(0, start - _BEFORE_CHARS) : start]) else []
