"""English dates: March 5, 2024-03-05, the 1990s, the first quarter, the fifth lunar month."""

import re
from collections.abc import Iterator
from fractions import Fraction

from models.patterns import lazy
from pipeline.language.numbers.english_words import (
    DECADES,
    MONTH_NAMES,
    MONTHS,
    ORDINALS,
    SMALL,
    TENS,
)
from pipeline.language.numbers.quantity import Kind, Quantity, Strength
from pipeline.language.numbers.searches import NumberSearch, number_search, quantity

CERTAIN = Strength.CERTAIN

_ORDINAL = rf"(?:\d{{1,2}}(?:st|nd|rd|th)|(?:(?:twenty|thirty)[\s-])?(?:{'|'.join(ORDINALS)}))"
_DAY_DIGITS = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"


def ordinal(written: str) -> int:
    """Return the value of an ordinal or a number: 3rd, third, twenty-third, 3."""
    digits = re.match(r"\d+", written)
    if digits:
        return int(digits[0])
    words = re.split(r"[\s-]", written.lower())
    return sum(TENS.get(word) or ORDINALS.get(word) or SMALL.get(word) or 0 for word in words)


_NUMERIC = lazy(
    r"(?<![\d./-])(?P<year>(?:19|20)\d\d)(?P<mark>[./-])(?P<month>1[0-2]|0?[1-9])(?P=mark)"
    r"(?P<day>3[01]|[12]\d|0?[1-9])(?![\d.]*\d)"
    r"|(?<![\d./-])(?P<year2>(?:19|20)\d\d)\.(?P<month2>0[1-9]|1[0-2])(?![\d.%])"
)


def _numeric(match: re.Match[str]) -> Iterator[Quantity]:
    end = "" if match["year"] else "2"
    yield quantity(match, int(match["year" + end]), group="year" + end, strength=CERTAIN)
    month = int(match["month" + end])
    yield quantity(match, month, group="month" + end, kind="month", strength=CERTAIN)
    if not end:
        yield quantity(match, int(match["day"]), group="day", kind="day", strength=CERTAIN)


_MONTH = rf"(?:{'|'.join(sorted(MONTH_NAMES, key=len, reverse=True))})"
_NO_DAY = r"(?!\d|[,.:]\d|\s?%|\s(?:million|billion|percent|per\scent|thousand|people)|-\d{1,2}-)"
_DATE = lazy(
    rf"\b(?P<month>{_MONTH})\b\.?,?\s(?:the\s)?(?P<day>{_DAY_DIGITS}\b{_NO_DAY}|(?i:{_ORDINAL})\b(?!\s(?:Five|Party|Congress|Plen|Session|National|World|China)))"
    rf"|(?<![\d.,])\b(?P<day2>{_DAY_DIGITS}|(?:(?:twenty|thirty)[\s-])?(?:{'|'.join(ORDINALS)}))(?:\sday)?(?:\sof)?\s(?P<month2>{_MONTH})\b"
)


def _date(match: re.Match[str]) -> Iterator[Quantity]:
    """Read March 5, March the fifth and 5 March."""
    end = "" if match["month"] else "2"
    name = match["month" + end]
    yield quantity(match, MONTHS[name.capitalize()], group="month" + end, kind="month")
    day = match["day" + end]
    strength = CERTAIN if day[0].isdigit() else Strength.LIKELY
    group = "day" + end
    yield quantity(match, ordinal(day), group=group, kind="day", strength=strength)


_LUNAR = lazy(
    rf"\b(?P<day>{_ORDINAL})(?:\sday)?\s(?:of|in)\sthe\s(?P<month>{_ORDINAL})\s(?:lunar\s|Chinese\slunar\s)?month\b"
    rf"|\b(?P<month2>{_ORDINAL})\slunar\smonth\b(?:'s\s(?P<day2>{_ORDINAL})\sday)?"
    rf"|\b(?P<day3>{_ORDINAL})(?:\sday)?\s(?:of|in)\sthe\s(?:Chinese\s|Lunar\s|lunar\s)*(?:New\sYear|new\syear|month)\b"
    rf"|\blunar\s(?P<month4>{_MONTH})\s(?P<day4>\d{{1,2}})\b",
    re.IGNORECASE,
)


def _lunar(match: re.Match[str]) -> Iterator[Quantity]:
    """Read "the third day of the first lunar month" as a day that is not January 3."""
    for name in ("month", "day"):
        for end in ("", "2", "3", "4"):
            group = name + end
            if written := match.groupdict().get(group):
                value = MONTHS.get(written.capitalize()) or ordinal(written)
                yield quantity(match, value, group=group, kind=_KINDS[name])


_KINDS: dict[str, Kind] = {"month": "lunar month", "day": "lunar day"}

_DECADE = lazy(
    rf"\b(?P<year>1\d\d0|20\d0)['’]?s\b|(?P<whose>\b(?:his|her|their|my|our|your|its)\s(?:(?:early|mid|late|middle)[\s-](?:to[\s-]late[\s-])?)?)?"
    rf"(?P<tens>(?<![\w.])['’]?\d0['’]?s\b|\b(?:{'|'.join(DECADES)})\b)",
    re.IGNORECASE,
)


def _decade(match: re.Match[str]) -> Iterator[Quantity]:
    """Read the 1990s, the nineties; "in her nineties" is an age."""
    if match["year"]:
        year = int(match["year"])
        yield quantity(match, year, kind="decade", strength=CERTAIN, loose=(year % 100,))
        return
    written = match["tens"].lower().strip("'’")
    tens = DECADES.get(written) or int(re.sub(r"\D", "", written))
    if match["whose"]:
        yield quantity(match, tens, group="tens", kind="age", loose=(tens,))
    else:
        years = (1900 + tens, 1800 + tens, 2000 + tens)
        yield quantity(match, *years, group="tens", kind="decade", loose=(tens,))


_COUNT = "first|second|third|fourth|1st|2nd|3rd|4th"
_QUARTER = lazy(
    rf"\b(?P<count>{_COUNT})[\s-](?:fiscal[\s-])?quarters?\b(?!\s(?:of\s(?:a|an|the\s(?:\d|19|20)\d?\d?th)|mile|final|moon|century))"
    r"|\bQ(?P<letter>[1-4])\b|\b(?P<digit>[1-4])Q(?=\d\d|\s|\b)",
    re.IGNORECASE,
)


def _quarter(match: re.Match[str]) -> Iterator[Quantity]:
    name = next(name for name in ("count", "letter", "digit") if match[name])
    yield quantity(match, ordinal(match[name]), kind="quarter", loose=(ordinal(match[name]),))


_HALF_YEAR = lazy(
    r"\b(?P<half>first|second|last|latter|former|1st|2nd)\shalf\b|\bH(?P<letter>[12])\b(?!N)"
    r"|\b(?P<digit>[12])H(?=\d\d|\s)",
    re.IGNORECASE,
)


def _half_year(match: re.Match[str]) -> Iterator[Quantity]:
    written = (match["half"] or match["letter"] or match["digit"]).lower()
    half = 1 if written in ("first", "former", "1st", "1") else 2
    yield quantity(match, half, kind="half-year", loose=(half, Fraction(1, 2)))


_YEARS_OLD = {
    "quinquagenarian": 50, "sexagenarian": 60, "septuagenarian": 70, "octogenarian": 80,
    "nonagenarian": 90, "centenarian": 100, "teenager": 13,
}  # fmt: skip
_AGE = lazy(rf"\b(?P<age>{'|'.join(_YEARS_OLD)})s?\b", re.IGNORECASE)


def _age(match: re.Match[str]) -> Iterator[Quantity]:
    years = _YEARS_OLD[match["age"].lower()]
    yield quantity(match, years, kind="age", strength=Strength.POSSIBLE, loose=(years,))


_FESTIVAL = lazy(r"\bDouble\s(?:Ninth|Fifth|Seventh|Third)\b")


def _festival(match: re.Match[str]) -> Iterator[Quantity]:
    """Read the Double Ninth, the ninth day of the ninth month."""
    value = ordinal(match[0].split()[1])
    yield quantity(match, value, kind="lunar month", strength=Strength.POSSIBLE)
    yield quantity(match, value, kind="lunar day", strength=Strength.POSSIBLE)


_CLOCK = lazy(r"\b(?:a?round[\s-]the[\s-]clock|day\sand\snight|night\sand\sday)\b", re.IGNORECASE)


def _clock(match: re.Match[str]) -> Iterator[Quantity]:
    """Read "around the clock" as 24 hours."""
    yield quantity(match, 24, strength=Strength.POSSIBLE)


DATES: tuple[NumberSearch, ...] = (
    number_search(_NUMERIC, _numeric, "19|20"),
    number_search(_LUNAR, _lunar, "lunar|month|new year"),
    number_search(_DATE, _date, f"{'|'.join(name.lower() for name in MONTH_NAMES)}"),
    number_search(_DECADE, _decade, "0s|0's|0’s|ties"),
    number_search(_QUARTER, _quarter, "quarter|q"),
    number_search(_HALF_YEAR, _half_year, "half|h1|h2|1h|2h"),
    number_search(_FESTIVAL, _festival, "double"),
    number_search(_CLOCK, _clock, "the clock|the-clock|day and night|night and day"),
    number_search(_AGE, _age, "genarian|centenarian|teenager"),
)
"""Searches for dates, in the order in which they take characters."""
