"""English for what is not prose: dates, page numbers and credits, written by rule.

A translation model makes stories out of such lines; a rule is exact or says nothing.
Names become pinyin, family name first, by the readings of the pypinyin dictionary.
"""

import re
from datetime import date

from pypinyin import Style, lazy_pinyin

_WEEKDAYS = {
    "一": "Monday",
    "二": "Tuesday",
    "三": "Wednesday",
    "四": "Thursday",
    "五": "Friday",
    "六": "Saturday",
    "日": "Sunday",
    "天": "Sunday",
}
_MONTHS = (
    "January February March April May June July August September October November December"
).split()
_DIGITS = {c: str(i) for i, c in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0"}

_DATE = re.compile(
    r"(?P<year>[12]\d{3}|[一二][〇○零一二三四五六七八九]{3})\s*年\s*"
    r"(?P<month>\d{1,2}|[一二三四五六七八九十]{1,2})\s*月"
    r"(?:\s*(?P<day>\d{1,2}|[一二三四五六七八九十]{1,3})\s*[日号])?"
)
_NUMERIC_DATE = re.compile(r"(?P<year>[12]\d{3})[-./](?P<month>\d{1,2})[-./](?P<day>\d{1,2})")
_WEEKDAY = re.compile(r"(?:星期|周|礼拜)\s*([一二三四五六日天])")

_PAGE_PREFIXES = {"特": "Special", "要": "News", "增": "Supplement", "特刊": "Special"}
_PAGE = re.compile(
    r"^第?\s*(?P<prefix>[特要增]刊?|[A-Z]{0,2})\s*(?P<number>\d{1,3}|[一二三四五六七八九十]{1,3})\s*[版页]?$"
)

_ROLES = {
    "新华社记者": "Xinhua reporter",
    "本报记者": "Staff reporter",
    "本报通讯员": "Correspondent",
    "特约记者": "Special correspondent",
    "实习记者": "Reporter on probation",
    "实习生": "Intern",
    "通讯员": "Correspondent",
    "评论员": "Commentator",
    "记者": "Reporter",
    "责任编辑": "Editor in charge",
    "版面编辑": "Page editor",
    "视觉设计": "Visual design",
    "美术编辑": "Art editor",
    "本版编辑": "Page editor",
    "编辑": "Editor",
    "撰文": "Text",
    "撰稿": "Text",
    "文": "Text",
    "作者": "Author",
    "视觉": "Visuals",
    "美编": "Art editor",
    "摄影": "Photography",
    "摄": "Photo",
    "图": "Photo",
    "图片": "Photo",
    "制图": "Graphics",
    "插图": "Illustration",
    "校对": "Proofreading",
    "版式": "Layout",
    "策划": "Planning",
    "统筹": "Coordination",
    "翻译": "Translation",
}
_ROLE = "|".join(sorted(_ROLES, key=len, reverse=True))
_LONG_ROLE = "|".join(role for role in _ROLES if len(role) > 1)
_NAME = rf"(?!{_LONG_ROLE})[\u4e00-\u9fff]{{2,4}}"
_NAMES = rf"{_NAME}(?:[\s、,，]+{_NAME})*"
_ROLE_THEN_NAMES = re.compile(rf"(?P<role>{_ROLE})\s*[/／:：|丨]?\s*(?P<names>{_NAMES})")
_PHOTO_BY = re.compile(
    rf"^(?:新华社记者|本报记者|记者|通讯员)?\s*(?P<names>{_NAMES})\s*[/／]?\s*(?:摄影|摄)$"
)
_SUPPLIED = re.compile(r"^[(（]?(?:图片|照片)?(?:由)?(?P<giver>.+?)(?:提供|供图)[)）]?$")

_PLACES = {"区": "District", "县": "County", "市": "City", "省": "Province", "镇": "Town"}


def english_furniture(kind: str, text: str) -> str | None:
    """Return the English of a date, page number or credit line, or None if no rule fits.

    >>> english_furniture("date", "2023年3月5日 星期日")
    'Sunday, March 5, 2023'
    >>> english_furniture("page_number", "特21")
    'Special 21'
    >>> english_furniture("credit", "撰文 / 屠瑜 陈佳华")
    'Text: Tu Yu, Chen Jiahua'
    """
    line = " ".join(text.split())
    match kind:
        case "date":
            return english_date(line)
        case "page_number":
            return _english_page(line)
        case "credit":
            return _english_credit(line)
        case _:
            return None


def english_date(text: str) -> str | None:
    """Return a Chinese date with or without weekday in English, or None if it is none.

    >>> english_date("二〇二三年三月五日")
    'March 5, 2023'
    """
    found = _DATE.search(text) or _NUMERIC_DATE.search(text)
    weekday = _WEEKDAY.search(text)
    rest = text
    for part in (found, weekday):
        if part:
            rest = rest.replace(part[0], "", 1)
    if re.search(r"\w", rest):  # something no rule understands: better nothing than half
        return None
    parts = [_WEEKDAYS[weekday[1]]] if weekday else []
    if found:
        written = _english_day(found)
        if written is None:
            return None
        parts.append(written)
    return ", ".join(parts) or None


def _english_day(found: re.Match[str]) -> str | None:
    """Return `March 5, 2023` for a match, or None if the calendar has no such day."""
    year = int("".join(_DIGITS.get(c, c) for c in found["year"]))
    month, day = _number(found["month"]), found["day"]
    try:
        date(year, month, _number(day) if day else 1)
    except ValueError:
        return None
    return f"{_MONTHS[month - 1]} {_number(day)}, {year}" if day else f"{_MONTHS[month - 1]} {year}"


def _number(text: str) -> int:
    """Return a number up to 99 written in digits or Chinese numerals."""
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.partition("十")
    if not ten:
        return int("".join(_DIGITS[c] for c in text))
    return 10 * int(_DIGITS.get(tens, "1")) + int(_DIGITS.get(ones, "0"))


def _english_page(text: str) -> str | None:
    found = _PAGE.match(text)
    if not found:
        return None
    number = f"{_number(found['number']):02d}" if "0" in text else str(_number(found["number"]))
    prefix = found["prefix"]
    if not prefix:
        return f"Page {number}"
    return f"{prefix}{number}" if prefix.isascii() else f"{_PAGE_PREFIXES[prefix[0]]} {number}"


def _english_credit(text: str) -> str | None:
    if found := _PHOTO_BY.match(text):
        return f"Photo by {_pinyin_names(found['names'])}"
    if found := _SUPPLIED.match(text):
        giver = _pinyin_place(found["giver"].strip())
        return f"Photo courtesy of {giver}" if giver else None
    parts = list(_ROLE_THEN_NAMES.finditer(text))
    rest = text
    for part in parts:
        rest = rest.replace(part[0], "", 1)
    if not parts or re.search(r"\w", rest):
        return None
    return "; ".join(f"{_ROLES[p['role']]}: {_pinyin_names(p['names'])}" for p in parts)


def _pinyin_names(names: str) -> str:
    return ", ".join(_pinyin_name(name) for name in re.findall(_NAME, names))


def _pinyin_name(name: str) -> str:
    """Return a personal name in pinyin, family name first: `陈佳华` is `Chen Jiahua`."""
    family = 2 if name[:2] in _DOUBLE_SURNAMES and len(name) > 2 else 1
    return f"{_syllables(name[:family])} {_syllables(name[family:])}"


def _pinyin_place(name: str) -> str | None:
    """Return an administrative place in pinyin, `金山区` as `Jinshan District`, or None."""
    if len(name) < 3 or name[-1] not in _PLACES or not re.fullmatch(r"[\u4e00-\u9fff]{3,5}", name):
        return None
    return f"{_syllables(name[:-1])} {_PLACES[name[-1]]}"


def _syllables(text: str) -> str:
    return "".join(lazy_pinyin(text, style=Style.NORMAL, v_to_u=True)).capitalize()


_DOUBLE_SURNAMES = frozenset(
    "欧阳 上官 司马 诸葛 夏侯 皇甫 尉迟 公孙 慕容 令狐 司徒 东方 端木 南宫 独孤 长孙".split()
)
