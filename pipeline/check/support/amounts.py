"""Find the numbers and dates of a Chinese sentence that its article does not have."""

import re
from collections.abc import Iterator
from fractions import Fraction

from models.patterns import lazy
from pipeline.check.amounts.measures import same_amount
from pipeline.check.amounts.pairs import rounded
from pipeline.check.support.article_text import ArticleText
from pipeline.language.chinese import HAN
from pipeline.language.measures.measure import share_a_unit
from pipeline.language.measures.read import with_chinese_measures
from pipeline.language.numbers.chinese import chinese_quantities
from pipeline.language.numbers.quantity import Quantity, Strength
from pipeline.records import Span

_HEDGE = lazy(r"(?:约|近|逾|超过?|将近|接近|大约|多达|至少|不足|不到)$")
_ABOUT = Fraction(1, 10)
"""How far a number behind 约 or 近 may be from that of the article, as a part of it."""
_SCORE = lazy(
    r"(?<![\d.年月])(\d{1,3})(?:[:：]|比|[-－—](?=\d{1,3}(?!\d)))(\d{1,3})(?![\d.%％年月日亿万])"
)
_UNIT = lazy(rf"[多余来几]?([{HAN}%％‰])")
_PEOPLE, _TIMES = "名位人个", "次届轮回"
_FAMILIES = (
    _PEOPLE,
    _TIMES,
    "家所间",
    "场局盘",
    "条项个",
    "日号",
    "起件宗",
    "岁周",
    "只头匹个",
    "辆台架",
)
_VAGUE = lazy(rf"(?:数|几|上|成)[十百千万亿]+[{HAN}]")
_COUNTED = lazy(
    r"[二三四五六七八九十两]+(?:[胜平负连]|战|度|强|冠|金|银|铜|周年|月份|盘|局|票|球|分|号|环|圈|成)"
)


def unsupported_amounts(line: str, article: ArticleText) -> Iterator[Span]:
    """Yield the places of the numbers of `line` for which the article has no equal.

    `line` is in simplified characters. A number is supported by the same amount in the same unit;
    behind 约 or 近, and from ten thousand on, by one that it rounds; a date also by the article's.
    """
    taken: list[Span] = []
    for match in _SCORE.finditer(line):
        span = Span(*match.span())
        taken.append(span)
        if not _has_score(article, match[1], match[2]):
            yield span
    for one in with_chinese_measures(line, chinese_quantities(line)):
        if any(one.span.overlaps(span) for span in taken):
            continue
        if _may_count_nothing(one, line):
            continue
        if not _is_supported(one, line, article):
            yield one.span
    for match in _VAGUE.finditer(line):
        if match[0] not in article.plain and not _near(match[0], article):
            yield Span(*match.span())


def _may_count_nothing(one: Quantity, line: str) -> bool:
    """True for 一, 两 and numerals that may be part of a word."""
    if one.strength is Strength.POSSIBLE:
        return not _COUNTED.match(line, one.span.start)
    return line[one.span.start] in "一两" and one.span.end - one.span.start == 1


def _near(vague: str, article: ArticleText) -> bool:
    """True if the article has an amount of about this size in the same unit."""
    return any(_unit(article.plain, one)[:1] == vague[-1] for one in article.quantities)


def _has_score(article: ArticleText, one: str, other: str) -> bool:
    between = r"(?:[:：]|比|[-－—])"
    found = re.search(
        rf"(?<!\d)(?:{one}{between}{other}|{other}{between}{one})(?!\d)", article.plain
    )
    return found is not None


def _is_supported(one: Quantity, line: str, article: ArticleText) -> bool:
    if _is_date(one, line, article):
        return True
    hedged = bool(_HEDGE.search(line[: one.span.start]))
    unit = _unit(line, one)
    for other in article.quantities:
        if one.measures and other.measures:
            if same_amount(one, other):
                return True
            if not share_a_unit(one.measures, other.measures):
                continue
        elif not one.matches(other):
            pass
        elif _same_unit(unit, _unit(article.plain, other)):
            return True
        if one.kind == other.kind and (
            rounded(other.value, one.value)
            or (
                hedged
                and _is_about(one.value, other.value)
                and _same_unit(unit, _unit(article.plain, other))
            )
        ):
            return True
    return False


def _is_about(said: Fraction, exact: Fraction) -> bool:
    return abs(said - exact) <= _ABOUT * exact


def _is_date(one: Quantity, line: str, article: ArticleText) -> bool:
    """True if a number is the year, month or day of the article, in a place for one."""
    if not article.dated:
        return False
    year, month, day = article.dated
    after = line[one.span.end : one.span.end + 1] or line[one.span.end - 1]
    value = one.value
    if "年" in (after, line[one.span.end - 1]):
        return value in (year, year % 100)
    if one.kind == "month":
        return value == month
    return one.kind == "day" and value == day


def _unit(text: str, one: Quantity) -> str:
    match = _UNIT.match(text, one.span.end)
    return match[1] if match else ""


def _same_unit(one: str, other: str) -> bool:
    return (
        one == other
        or not (one and other)
        or any(one in family and other in family for family in _FAMILIES)
    )
