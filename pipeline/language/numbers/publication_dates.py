"""Lines that are dates, and lines that say when and where a text was published."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from models.patterns import lazy
from pipeline.language.chinese import HAN

_SHORT = 60
_LONGEST_POSTED = 100
CHINESE_NUMBER = "〇零一二三四五六七八九十百"
_YEAR = r"(?:\d{4}|[〇零○一二三四五六七八九]{4})\s*年"
_MONTH = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s*月"
_DAY = r"(?:\d{1,2}|[一二三四五六七八九十廿]{1,4})\s*[日号]"
_WEEKDAY = r"(?:星期|周|礼拜|週)[一二三四五六日天]"
_LUNAR = (
    rf"(?:农历|夏历|阴历|農曆)[{HAN}]{{2,14}}"
    r"|[甲乙丙丁戊己庚辛壬癸][子丑寅卯辰巳午未申酉戌亥]年(?:[闰正一二三四五六七八九十冬腊]{1,3}月)?"
    r"(?:初|十|廿|卅|二十|三十)?[一二三四五六七八九十]?|[闰正二三四五六七八九十冬腊]{1,2}月(?:初|十|廿)[一二三四五六七八九十]"
)
_ENGLISH_DATE = (
    r"(?:Mon|Tues?|Wed(?:nes)?|Thurs?|Fri|Sat(?:ur)?|Sun)(?:day)?\.?|"
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?\s+\d{1,2}(?:st|nd|rd|th)?(?:,?\s*\d{4})?"
)
_WHOLE_DATE = rf"{_YEAR}\s*{_MONTH}\s*(?:{_DAY})?|\d{{4}}\s*[-./]\s*\d{{1,2}}\s*[-./]\s*\d{{1,2}}"
_DATE = lazy(
    rf"[（(【\[]?(?:(?:{_WHOLE_DATE}|{_MONTH}\s*{_DAY}|{_WEEKDAY}|{_LUNAR}|{_ENGLISH_DATE}"
    rf"|(?<=[\d日号])\s+\d{{1,2}}[:：]\d{{2}}(?:[:：]\d{{2}})?|第\s*(?:\d+|[{CHINESE_NUMBER}]{{1,4}})\s*[期号版]|今[日天]\s*\d+\s*版)[\s,，|/·()（）】\]]*)+$"
)
# The line below the headline of a web page: 江城晚报 2004年5月6日 08:30 来源：新华网
_POSTED = lazy(
    rf"(?:https?://\S{{1,60}}\s+)?(?:[^\s，。！？；]{{1,12}}\s+){{0,3}}"
    r"(?:(?P<label>(?:发布|發佈|发表|发稿|更新|录入|添加)?(?:时间|時間|日期|于)\s*[:：]\s*)"
    r"|[^\s，。！？；\d:：]{1,12})?"
    rf"(?:{_YEAR}\s*{_MONTH}\s*{_DAY}|\d{{4}}\s*[-./]\s*\d{{1,2}}\s*[-./]\s*\d{{1,2}})"
    r"(?(label)|(?=[\sT]*\d{1,2}[:：]\d{2}))(?:[\sT]*\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)?"
    r"(?:\s*[^\s，。！？；]{1,20}){0,6}$"
)
SIGNED_DATE = lazy(rf"(?:{_WHOLE_DATE})[\s　,，|/·]+(?P<who>\S.{{1,60}})$")
_PRINTED = lazy(
    rf"(?:[（(【]?《[^》\n]{{2,12}}》|[（(【\[][{HAN}]{{2,8}}(?:报|网|社|刊|在线)[】\])）]|[{HAN}]{{2,8}}(?:报|网|社|刊|在线)(?=\d))[\s（(,，·】\])）]*(?:{_WHOLE_DATE})[\s（(,，·]*(?:{_WEEKDAY})?\s*"
    rf"(?:第?\s*(?:[A-Z]?\d{{1,3}}|[{CHINESE_NUMBER}]{{1,3}})\s*版)?[\s）)】]*$"
)
"""A newspaper, its day and its page: 《江城晚报》 (2004年5月6日 第3版)."""
_FACT = lazy(
    r"(?:[来來]源|稿源|出处|出處|作者|[记記]者|通[讯訊][员員]|[编編][辑輯]|责编|点击[数率量]?|浏览[数量]?|阅读[数量]?|访问量?|人气"
    r"|评论数?|次数|字[号體体]|文|撰文|采写)\s*[:：/／]|(?:阅读|浏览|点击|评论|次数)[数量]?\s*\d"
    rf"|(?:^|\s)(?:(?:本报|本网|特约|实习|见习)*[记記]者|通讯员|作者)\s+[{HAN}]{{2,4}}(?=\s|$)"
    rf"|记者[{HAN}]{{2,3}}$"
    r"|《[^》\n]{2,12}(?:报|刊|网|周末)》\s*[（(]?\s*\d{4}\s*[年./-]"
)
"""A fact beside the day on which a page was posted."""
_TOLD = lazy("[，。！？；、]")
_HAS_YEAR = lazy(rf"{_YEAR}|\d{{4}}\s*[-./]")
_WHOLE_DAY = lazy(
    r"(?:\d{4}|[〇零○一二三四五六七八九]{4})\s*年\s*(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s*月"
    r"\s*(?:\d{1,2}|[一二三四五六七八九十廿]{1,4})\s*日|(?<!\d)\d{4}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?\d{1,2}(?!\d)"
)
_DAY_LABEL = lazy(
    rf"[{HAN}]*(?:日期|时间|時間|期限|于|截止|截至|生效|实施|施行|有效期[至到]?)[\s:：]*$"
)
_LABEL_WITHIN = 16
_POSTING = lazy(
    r"发布|發佈|发表|發表|发稿|发文|更新|录入|添加|上传|刊发|见报|出版|^\s*(?:日期|时间|時間)"
)
_TIME = lazy(r"\s*[T ]?\s*\d{1,2}[:：]\d{2}")


class Day(NamedTuple):
    """A day as it is written; whether it is named that of publication, and has a time.

    On one that is of something `other`, something begins or ends: 生效日期, 开标时间.
    """

    text: str
    is_posted: bool
    has_time: bool
    is_other: bool


def days_of(text: str) -> Iterator[Day]:
    """Yield the days of a line.

    >>> days = days_of("生效日期：2012年5月1日 发布日期：2012年4月20日")
    >>> [day.text for day in days if not day.is_other]
    ['2012年4月20日']
    """
    for match in _WHOLE_DAY.finditer(text):
        label = _DAY_LABEL.search(text[max(0, match.start() - _LABEL_WITHIN) : match.start()])
        is_posted = label is not None and _POSTING.search(label[0]) is not None
        is_other = label is not None and not is_posted
        has_time = _TIME.match(text, match.end()) is not None
        yield Day(match[0], is_posted, has_time, is_other)


def has_day(text: str) -> bool:
    """True if a line has a day on which a text may have been published."""
    return any(not day.is_other for day in days_of(text))


def is_date(text: str) -> bool:
    """True if the line is only a date: 2023年3月5日, 星期日, 农历二月十四."""
    return len(text) <= _SHORT and bool(_DATE.match(text)) and not re.match(r"[（(]?[第今]", text)


def is_posted(text: str) -> bool:
    """True if the line says where and when a page was posted, or on what page it was printed."""
    if len(text) > _LONGEST_POSTED:
        return False
    if _POSTED.match(text) or _PRINTED.match(text):
        return True
    is_fact = _FACT.search(text) is not None and _TOLD.search(text) is None
    return is_fact and has_day(text)


def written_date(text: str) -> str:
    """Return the day in a line of kind `date`; the whole line if it is only a date."""
    days = [] if is_date(text) else [day for day in days_of(text) if not day.is_other]
    days.sort(key=lambda day: not day.is_posted)
    return days[0].text if days else text


def has_year(text: str) -> bool:
    """True if a date line has a year; one without completes the line before it."""
    return bool(_HAS_YEAR.search(text))
