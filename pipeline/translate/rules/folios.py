"""English for folio lines: page numbers, names of sections, jumps to other pages."""

import re

from models.patterns import lazy
from pipeline.data_file import data_rows
from pipeline.language.chinese import HAN
from pipeline.language.numbers.chinese_amounts import amount
from pipeline.translate.rules.offices import office

_PREFIXES = {"特": "Special", "要": "News", "增": "Supplement", "特刊": "Special"}
_NUMBER = r"(?P<prefix>[特要增]刊?|[A-Z]{0,2})\s*(?P<number>[0-9]{1,3}|[一二三四五六七八九十]{1,3})"
_PAGE = lazy(rf"第?\s*{_NUMBER}\s*[版页]?(?:[\s:：|·/／]+(?P<section>[{HAN}]{{2,10}}))?")
_GLUED = lazy(rf"(?:第\s*)?{_NUMBER}\s*版?(?P<section>[{HAN}]{{2,8}})")
_SECTION_FIRST = lazy(rf"(?P<section>[{HAN}]{{2,8}}?)[\s:：|·/／]*第?\s*{_NUMBER}\s*版?")
_SECTIONS = dict(data_rows(__file__, "sections.tsv"))
_SECTION = lazy("|".join(sorted(_SECTIONS, key=len, reverse=True)))
_JUMP = lazy(
    rf"(?P<verb>下转|上接|紧接|转|接|(?:相关)?(?:报道|内容|全文|评论)?(?:详见|见|刊))\s*第?\s*{_NUMBER}\s*版"
)
_DIRECTIONS = {"下转": "Continued on", "转": "Continued on", "上接": "Continued from",
               "紧接": "Continued from", "接": "Continued from"}  # fmt: skip


def english_page(text: str) -> str | None:
    """Return a folio line in English; None if its section is not known.

    >>> english_page("第02版"), english_page("A03 要闻"), english_page("第A10版 茶乡")
    ('Page 02', 'A03 Top News', None)
    """
    line = text.strip("-—–·|/ ")
    for pattern in (_PAGE, _GLUED, _SECTION_FIRST):
        if found := pattern.fullmatch(line):
            section = english_section(found["section"]) if found["section"] else ""
            if section is None:
                return None
            return f"{_page(found['prefix'], found['number'])} {section}".strip()
    return None


def english_section(text: str) -> str | None:
    """Return the name of a section in English; None for one that no rule knows.

    >>> english_section("■国际简讯"), english_section("上海新闻"), english_section("夜光杯")
    ('International News in Brief', 'Shanghai News', None)
    """
    rest = re.sub(rf"[^{HAN}]", "", text)
    words: list[str] = []
    start = _SECTION.search(rest)
    if start and start.start() and (place := office(rest[: start.start()])):
        words.append(place)
        rest = rest[start.start() :]
    while found := _SECTION.match(rest):
        words.append(_SECTIONS[found.group()])
        rest = rest[found.end() :]
    return " ".join(words) if words and not rest else None


def english_jump(text: str) -> str | None:
    """Return a jump in English; None if more is written than where it leads.

    >>> english_jump("（下转第2版）"), english_jump("▶▶▶上接A1版"), english_jump("详见3版")
    ('Continued on page 2', 'Continued from page A1', 'See page 3')
    """
    found = _JUMP.fullmatch(text.strip("（）()【】[]▶►>→⇨↓◀ \t"))
    if not found:
        return None
    page = _page(found["prefix"], found["number"])
    page = page if page.startswith("Page ") else f"page {page}"
    return f"{_DIRECTIONS.get(found['verb'], 'See')} {page[:1].lower()}{page[1:]}"


def _page(prefix: str, number: str) -> str:
    written = number if number.isascii() else str(amount(number))
    if not prefix:
        return f"Page {written}"
    return f"{prefix}{written}" if prefix.isascii() else f"{_PREFIXES[prefix[0]]} {written}"
