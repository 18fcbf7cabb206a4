"""Days of the Chinese calendar, which newspapers print beside the date, in English."""

from models.patterns import lazy

_STEMS = dict(
    zip("甲乙丙丁戊己庚辛壬癸", "Jia Yi Bing Ding Wu Ji Geng Xin Ren Gui".split(), strict=True)
)
_BRANCHES = dict(
    zip(
        "子丑寅卯辰巳午未申酉戌亥",
        "zi chou yin mao chen si wu wei shen you xu hai".split(),
        strict=True,
    )
)
_NUMBERS = {character: number for number, character in enumerate("〇一二三四五六七八九十")}
_MONTHS = _NUMBERS | {"正": 1, "冬": 11, "腊": 12, "十一": 11, "十二": 12}
_TENS = {"初": 0, "十": 10, "廿": 20, "二十": 20, "三十": 30, "卅": 30}
_DAY = lazy(
    r"(?:农历|夏历|阴历)?\s*(?:(?P<stem>[甲乙丙丁戊己庚辛壬癸])(?P<branch>[子丑寅卯辰巳午未申酉戌亥])年)?\s*"
    r"(?:(?P<leap>闰)?(?P<month>正|冬|腊|十[一二]?|[一二三四五六七八九])月"
    r"(?P<tens>初|二十|三十|十|廿|卅)(?P<ones>[一二三四五六七八九十]?))?"
)


def lunar_day(text: str) -> tuple[str, str] | None:
    """Find a day or year of the Chinese calendar: what is written, and its English.

    >>> lunar_day("农历癸卯年二月十四")
    ('农历癸卯年二月十四', 'lunar month 2, day 14, Guimao year')
    >>> lunar_day("2023年3月5日") is None
    True
    """
    for found in _DAY.finditer(text):
        parts: list[str] = []
        if found["month"]:
            leap = "leap " if found["leap"] else ""
            parts.append(f"lunar {leap}month {_MONTHS[found['month']]}")
            parts.append(f"day {_TENS[found['tens']] + _NUMBERS.get(found['ones'], 0)}")
        if found["stem"]:
            parts.append(f"{_STEMS[found['stem']]}{_BRANCHES[found['branch']]} year")
        if parts:
            return found.group().strip(), ", ".join(parts)
    return None
