"""English for what is not prose: dates, page numbers and credits, written by rule.

A translation model makes stories out of such lines; a rule is exact or says nothing.
Names become pinyin, family name first, by the readings of the pypinyin dictionary.
"""

import re
from datetime import date

from models.patterns import lazy
from pipeline.language.variants import converted, script
from pipeline.translate.rules.credits import caption_credit, english_credit
from pipeline.translate.rules.folios import english_jump, english_page, english_section
from pipeline.translate.rules.lunar import lunar_day
from pipeline.translate.rules.web_lines import english_web_line

_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday Sunday"
_WEEKDAYS = dict(zip("一二三四五六日天", _DAYS.split(), strict=True))
_MONTHS = (
    "January February March April May June July August September October November December"
).split()
_DIGITS = {c: str(i) for i, c in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0"}

_DATE = lazy(
    r"(?P<year>[12]\d{3}|[一二][〇○零一二三四五六七八九]{3})\s*年\s*"
    r"(?P<month>\d{1,2}|[一二三四五六七八九十]{1,2})\s*月"
    r"(?:\s*(?P<day>\d{1,2}|[一二三四五六七八九十]{1,3})\s*[日号])?"
)
_NUMERIC_DATE = lazy(r"(?P<year>[12]\d{3})[-./](?P<month>\d{1,2})[-./](?P<day>\d{1,2})")
_STAMP = lazy(
    r"((?:1[89]|20)\d{2})(-?)([01]\d)\2([0-3]\d)(?:[T ](\d{2}:\d{2})(?::\d{2}(?:\.\d+)?)?"
    r"(?:Z|[+-]\d{2}:?\d{2})?)?"
)
"""A date as programs write it: 20230305, 2023-03-05T08:00:00Z."""
_WEEKDAY = lazy(r"(?:星期|周|礼拜)\s*([一二三四五六日天])")

_SHORT_DATE = lazy(
    r"(?<![\d一二三四五六七八九十])(?P<month>\d{1,2}|[一二三四五六七八九十]{1,2})\s*月\s*"
    r"(?P<day>\d{1,2}|[一二三四五六七八九十]{1,3})\s*[日号]"
)
_ISSUE = lazy(r"(?:总第|第)\s*(?P<number>\d+)\s*期")
_TIME = lazy(r"(?<!\d)(?P<time>\d{1,2}[:：]\d{2}(?: [ap]\.m\.)?)(?:[:：]\d{2})?(?!\d)")
_CLOCK = lazy(
    r"(?P<part>凌晨|清晨|早上|早晨|早|上午|中午|下午|傍晚|晚上|晚间|晚)?\s*(?P<hour>\d{1,2})\s*"
    r"(?:[时時点點](?:整|(?P<half>半)|(?P<minute>\d{1,2})分?)?|[:：](?P<digits>\d{2}))(?!\d)"
)
_TO = lazy(r"\s*([至到、和及]|[-—–~～－]+)\s*")
_AND = frozenset("、和及")
_NEXT_DAY = lazy(r"(?:次日|翌日|第二天)(?=.)")
_MONTH = lazy(r"(?:\d{1,2}|[一二三四五六七八九十]{1,2})\s*月")
_DAY_ALONE = lazy(r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s*[日号]")
_ALL_DAY = "全天"
_DATE_LABEL = lazy(r"(?:(?:发布|发表|刊发)?(?:时间|日期)\s*[:：]\s*)$")
_DAY_AND_TIME = lazy(
    r"(?:\s*(?:星期|周|礼拜)\s*[一二三四五六日天])?(?:\s*\d{1,2}[:：]\d{2}(?:[:：]\d{2})?(?!\d))?"
)
_PAGES_TODAY = lazy(r"今[日天]\s*(?P<number>\d+)\s*版")


def english_furniture(kind: str, text: str) -> str | None:
    """Return the English of a date, page number, section, jump or credit, or None if no rule fits.

    Of a caption that is the credit that ends it, of a table a cell with a date.
    Traditional characters are read as their simplified twins.

    >>> english_furniture("date", "2023年3月5日 星期日")
    'Sunday, March 5, 2023'
    >>> english_furniture("page_number", "特21")
    'Special 21'
    >>> english_furniture("credit", "撰文 / 屠瑜 陈佳华")
    'Text: Tu Yu, Chen Jiahua'
    >>> english_furniture("date", "2026-11-25 09:12 来源：新华网 作者：周晓燕")
    'November 25, 2026, 09:12; Source: Xinhuanet; Author: Zhou Xiaoyan'
    >>> english_furniture("table", "3月6日下午2时"), english_furniture("caption", "何田 摄")
    ('March 6, 2:00 p.m.', 'Photo by He Tian')
    """
    line = " ".join(text.split())
    if script(line) in ("traditional", "mixed"):
        line = converted(line, "simplified")
    match kind:
        case "date":
            return english_date(line) or _dated_credit(line)
        case "page_number":
            return english_page(line)
        case "credit":
            return english_credit(line) or _dated_credit(line)
        case "section":
            return english_section(line)
        case "jump":
            return english_jump(line)
        case "caption":
            return caption_credit(line)
        case "table":
            return english_date(_with_clock(line)) or _english_span(line)
        case _:
            return None


def _with_clock(text: str) -> str:
    """Write an hour of the day in digits: 下午2时 becomes 2:00 p.m."""
    found = _CLOCK.search(text)
    if not found or found[0].strip() in (f"{found['hour']}点", f"{found['hour']}點"):
        return text
    hour, part = int(found["hour"]), found["part"] or ""
    minute = 30 if found["half"] else int(found["minute"] or found["digits"] or 0)
    half = "" if not part or not 0 < hour < 13 else _half(part, hour)
    clock = f"{hour}:{minute:02} {half}".strip()
    return f"{text[: found.start()]} {clock} {text[found.end() :]}".strip()


def _half(part: str, hour: int) -> str:
    """Return the half of the day: 上午12时 is noon, 晚上12时 midnight, 中午11时 before noon."""
    if hour == 12:
        return "a.m." if part[0] in "凌晚" else "p.m."
    is_before_noon = part[0] in "凌清早上" or (part == "中午" and hour > 9)
    return "a.m." if is_before_noon else "p.m."


def _english_span(text: str) -> str | None:
    """Return days or hours from one to another, several, or a whole day; None for anything else.

    >>> _english_span("11月7日22时至次日5时"), _english_span("3月5日—8日")
    ('November 7, 22:00 to 5:00 the next day', 'March 5 to March 8')
    >>> _english_span("6月10日、11日晚7时")
    'June 10 and June 11, 7:00 p.m.'
    """
    if text.endswith(_ALL_DAY):
        days = text.removesuffix(_ALL_DAY)
        day = english_date(days) or _english_span(days)
        return day and f"{day}, all day"
    first, *more = _TO.split(text)
    if not more:
        return None
    every = "Every " if first.startswith(("每周", "每星期")) else ""
    english = [english_date(_with_clock(first.removeprefix("每") if every else first))]
    before = first
    for sign, end in zip(more[::2], more[1::2], strict=True):
        next_day = _NEXT_DAY.match(end)
        rest = _completed(end[next_day.end() :] if next_day else end, before)
        day = english_date(_with_clock(rest))
        english += ["and" if sign in _AND else "to", day]
        english += ["the next day"] if next_day else []
        before = rest
    return None if None in english else every + " ".join(filter(None, english))


def _completed(end: str, start: str) -> str:
    """Return the end of a span with what only its start says: the month, or the half of the day."""
    month = _MONTH.search(start)
    if month and _DAY_ALONE.match(end):
        return month[0] + end
    first, last = _CLOCK.search(start), _CLOCK.match(end)
    if not (first and last and first["part"]) or last["part"]:
        return end
    end = end.replace("点", "时").replace("點", "時")
    # 上午10时至12时 ends at noon, 晚9时至1时 and 上午9时至2时 leave open what is meant
    is_same_half = int(first["hour"]) < int(last["hour"]) < 12
    return f"{first['part']}{end}" if is_same_half else end


def english_date(text: str) -> str | None:
    """Return a Chinese date with or without weekday in English, or None if it is none.

    >>> english_date("二〇二三年三月五日")
    'March 5, 2023'
    >>> english_date("20230305"), english_date("2023-03-05T08:00:00+08:00")
    ('March 5, 2023', 'March 5, 2023, 08:00')
    """
    if stamp := _STAMP.fullmatch(text.strip()):
        time = "" if stamp[5] in (None, "00:00") else stamp[5]
        text = f"{stamp[1]}-{stamp[3]}-{stamp[4]} {time}"
    found = _DATE.search(text) or _NUMERIC_DATE.search(text)
    rest = text.replace(found[0], " ", 1) if found else text
    lunar = lunar_day(rest)
    rest = rest.replace(lunar[0], " ", 1) if lunar else rest
    if not found and (found := _SHORT_DATE.search(rest)):
        rest = rest.replace(found[0], " ", 1)
    taken = {}
    for pattern in (_WEEKDAY, _TIME, _ISSUE, _PAGES_TODAY):
        if part := pattern.search(rest):
            taken[pattern] = part
            rest = rest.replace(part[0], " ", 1)
    if re.search(r"\w", rest):  # something no rule understands: better nothing than half
        return None
    day = _english_day(found) if found else ""
    if day is None:
        return None
    weekday, time = taken.get(_WEEKDAY), taken.get(_TIME)
    issue, pages = taken.get(_ISSUE), taken.get(_PAGES_TODAY)
    parts = [_WEEKDAYS[weekday[1]] if weekday else "", day, time["time"] if time else ""]
    parts.append(lunar[1] if lunar else "")
    parts += [
        f"No. {issue['number']}" if issue else "",
        f"{pages['number']} pages" if pages else "",
    ]
    return ", ".join(part for part in parts if part) or None


def _dated_credit(line: str) -> str | None:
    """Return the English of a date and a credit on one line, as web pages have them."""
    found = _DATE.search(line) or _NUMERIC_DATE.search(line)
    if not found:
        return None
    label = _DATE_LABEL.search(line[: found.start()])
    more = _DAY_AND_TIME.match(line, found.end())
    end = more.end() if more else found.end()
    day = english_date(line[found.start() : end])
    rest = f"{line[: label.start() if label else found.start()]} {line[end:]}".strip(" |｜丨")
    credit = english_web_line(rest)
    return None if day is None or credit is None else "; ".join(filter(None, (day, credit)))


def _english_day(found: re.Match[str]) -> str | None:
    """Return `March 5, 2023` for a match, or None if the calendar has no such day."""
    written_year = found.groupdict().get("year")
    # of a date without a year, February may have 29 days
    year = int("".join(_DIGITS.get(c, c) for c in written_year)) if written_year else 2024
    month, day = _number(found["month"]), found["day"]
    try:
        date(year, month, _number(day) if day else 1)
    except ValueError:
        return None
    if not written_year:
        return f"{_MONTHS[month - 1]} {_number(day)}"
    return f"{_MONTHS[month - 1]} {_number(day)}, {year}" if day else f"{_MONTHS[month - 1]} {year}"


def _number(text: str) -> int:
    """Return a number up to 99 written in digits or Chinese numerals."""
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.partition("十")
    if not ten:
        return int("".join(_DIGITS[c] for c in text))
    return 10 * int(_DIGITS.get(tens, "1")) + int(_DIGITS.get(ones, "0"))
