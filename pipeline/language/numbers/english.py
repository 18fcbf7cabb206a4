"""Numbers of an English sentence: digits, words, million and billion, dates, fractions."""

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import islice

from models.patterns import lazy
from pipeline.language.numbers.english_dates import DATES
from pipeline.language.numbers.english_shares import SHARES
from pipeline.language.numbers.english_words import (
    ABBREVIATIONS,
    FRACTIONS,
    MONTHS,
    ORDINALS,
    OTHERS,
    SCALES,
    SMALL,
    TENS,
    WEEKDAYS,
)
from pipeline.language.numbers.powers import POWERS
from pipeline.language.numbers.quantity import MOST_QUANTITIES, Quantity, Strength, long_digits
from pipeline.language.numbers.searches import search_all
from pipeline.records import Span

_ABBREVIATED_TIME = lazy(
    r"(?<![\d.,])(?P<hour>[01]?\d|2[0-3])\.(?P<minute>[0-5]\d)(?=\s?[ap]\.?m\b)"
    r"|\b(?:[Aa]t|[Aa]round|[Aa]bout)\s(?:around\s|about\s)?(?P<hour2>[01]?\d|2[0-3])\."
    r"(?P<minute2>[0-5]\d)(?=[,.]\s|\s(?:on|in\sthe|local|hours))"
)
# The number belongs to the name and Chinese writes it otherwise (新冠, 二噁英 …).
_NAMES = lazy(
    r"\b(?:COVID|SARS-CoV|HIV|H\dN)-?\d+\b|\b[1-4]-?D\b|\bTier[\s-]1\b|\b(?:GMT|UTC)\s?[+-]\d+|(?<=\d):00\b|&#\d+;",
    re.IGNORECASE,
)

_SPACED = r"(?<![\d-])(?<!\d\s)[1-9]\d{0,2}(?:[ \u00a0\u202f]\d{3}){1,5}(?![ -]?\d)"
_PLAIN = (
    rf"\d{{1,3}}(?:,\d{{3}}){{1,12}}(?!\d)(?:\.\d+)?|{_SPACED}|\d+(?:\.\d+)?"
    r"|(?:(?<=[\s(/])|^)\.\d+"
)
_LARGE = r"hundred|thousand|million|billion|trillion|quadrillion|lakh|crore|dozen|decades?"
_ARABIC = lazy(
    rf"(?=[-.\d])(?P<code>(?<=[A-Za-z])-?|(?<=[A-Za-z]\s))?(?P<digits>{_PLAIN})"
    rf"(?P<scale>\+?[\s-]?(?:{_LARGE})\b|\s?(?:bn|mn|tn|bln|mln|tln|mil)\b|(?<=\d)[kmb]\b)?"
    r"(?P<ending>(?:st|nd|rd|th)\b|['’]?s\b)?"
    r"(?P<percent>\s?%|\s?percent(?:age points?)?\b|\sper\scent\b)?",
    re.IGNORECASE,
)
_NEXT_SCALE = lazy(
    rf"\s?(?:[-—–]|to|and|or)\s?[$€£¥]?(?:{_PLAIN})(?P<scale>\s(?:{_LARGE})\b|\s?(?:bn|mn|tn)\b)",
    re.IGNORECASE,
)
_SHARED_SCALE = lazy(r"\s(?:to|or|and)\s\w+\s(?P<scale>hundred|thousand|million|billion)\b")
_REST = lazy(r"other|more", re.IGNORECASE)
_OTHER_BEFORE = lazy(r"\b(?:other|another)\s$", re.IGNORECASE)
_OTHER_AFTER = lazy(r"\s(?:other|more|others)\b", re.IGNORECASE)
_OF_AGE = lazy(r"years?[\s-]old|\bage[ds]?\b")
_AGE_AFTER = lazy(r"[\s-]years?[\s-]old")
_AGE_BEFORE = lazy(r"\b(?:aged|age)\s(?:just\s|only\s|about\s|around\s|over\s|above\s|under\s)?$")
_SEVERAL = lazy(r"\b(?:several|few|many)\s$", re.IGNORECASE)
_ORDINAL_AFTER = lazy(r"\s[A-Za-z]")
_RANKED_AFTER = lazy(
    r"\s(?:place|prize|round|session|meeting|phase|stage|batch|edition|floor|generation|plenary"
    r"|article|chapter|section|paragraph|clause|grade|tier)\b"
)
_RANK_BEFORE = lazy(r"\b(?:ranked|ranks|placed|came|finished)\s$", re.IGNORECASE)
_RANKS_BEFORE = lazy(r"\bfrom\s[a-z]+(?:th|rd|st)\s(?:place\s)?to\s$")
_TIME_BEFORE = lazy(r"\b(?:per|every|each|a|one|split|last|of a)\s$|\d\s?$", re.IGNORECASE)
_NUMBERED_BEFORE = lazy(
    r"\b(?:phase|type|class|part|chapter|stage|grade|level|category|volume|book|war|title|section"
    r"|tier|act|annex|appendix|article)\s$",
    re.IGNORECASE,
)
_NUMBER_ONE = lazy(r"\bN(?:o|umber)\.?\s?$", re.IGNORECASE)
_WORD = lazy(r"[A-Za-z]+")
_BEFORE_MAY = lazy(
    r"(?:\d(?:st|nd|rd|th)?|\b(?:in|of|last|this|since|until|by|early|late|mid|on|to|from"
    r"|through|between|next|each|every))[\s-]$",
    re.IGNORECASE,
)
_AFTER_MAY = lazy(r"\.?\s\d|,?\s(?:and|to)\s(?:June|July)|[,.;)]|$")
_RANKS_CHARS = 30  # and between "from fifth" and "second"
_BEFORE_CHARS = 16  # most characters between a number and an earlier word that changes its reading

_DIGIT = lazy(r"\d")
_MOST_WORDS = 24  # most words of a number

_VAGUE = {"dozen", "decade", "decades"}
_COUNTING = {*SMALL, *TENS, *ORDINALS, *SCALES}

# Nearly all words of a text are neither of these, nor capitals alone (Roman numbers).
_OPENING = {"a", "an", *_COUNTING}
_AFTER_AN = {*SCALES, "third", "quarter"}
_ALONE = {
    *(name.lower() for table in (WEEKDAYS, MONTHS, OTHERS) for name in table),
    *(f"{day.lower()}s" for day in WEEKDAYS),
    "midnight",
}


def english_quantities(text: str) -> list[Quantity]:
    """Return every number of `text`, in order; spans are characters of `text`.

    Vague amounts ("hundreds of", "tens of thousands") are left out.
    """
    taken = [False] * len(text)
    has_digit = bool(_DIGIT.search(text))
    for match in _NAMES.finditer(text) if has_digit else ():
        taken[match.start() : match.end()] = [True] * (match.end() - match.start())
    of_digits = (long_digits, _times, _dates_and_shares, _arabic, _words)
    searches = of_digits if has_digit else (_dates_and_shares, _words)
    read = (quantity for search in searches for quantity in search(text, taken))
    quantities = sorted(islice(read, MOST_QUANTITIES), key=lambda quantity: quantity.span.start)
    if _REST.search(text):
        quantities = [_with_the_rest(text, one) for one in quantities]
    if _OF_AGE.search(text):
        quantities = [_as_age(text, one) for one in quantities]
    return quantities


def _as_age(text: str, quantity: Quantity) -> Quantity:
    """Mark the age of "an 80-year-old" and "aged over 80": a person born after 1980 is none."""
    start, end = quantity.span.start, quantity.span.end
    if quantity.kind or not (
        _AGE_AFTER.match(text, end)
        or _AGE_BEFORE.search(text[max(0, start - _BEFORE_CHARS) : start])
    ):
        return quantity
    return replace(quantity, kind="age", loose=quantity.values)


def _with_the_rest(text: str, quantity: Quantity) -> Quantity:
    """Add readings for "the ministry and three other bodies": also four or five."""
    start, end = quantity.span.start, quantity.span.end
    if _OTHER_BEFORE.search(text[max(0, start - _BEFORE_CHARS) : start]) or _OTHER_AFTER.match(
        text, end
    ):
        values = (*quantity.values, quantity.value + 1, quantity.value + 2)
        return replace(quantity, values=values)
    return quantity


def _dates_and_shares(text: str, taken: list[bool]) -> Iterator[Quantity]:
    yield from search_all(POWERS, text, taken)
    yield from search_all(DATES, text, taken)
    yield from search_all(SHARES, text, taken)


def _times(text: str, taken: list[bool]) -> Iterator[Quantity]:
    """Return times of day written with a point: 9.30 a.m., at 11.20."""
    for match in _ABBREVIATED_TIME.finditer(text):
        for name in ("hour", "minute", "hour2", "minute2"):
            if match[name] and not (name.startswith("minute") and match[name] == "00"):
                span = Span(*match.span(name))
                yield Quantity((Fraction(match[name]),), span, Strength.CERTAIN)
        start = match.start("hour") if match["hour"] else match.start("hour2")
        taken[start : match.end()] = [True] * (match.end() - start)


def _arabic(text: str, taken: list[bool]) -> Iterator[Quantity]:
    for match in _ARABIC.finditer(text):
        start, end = match.start("digits"), match.end()
        if any(taken[start:end]):
            continue
        taken[start:end] = [True] * (end - start)
        digits = re.sub(r"[,\s]", "", match["digits"])
        value = Fraction(int(digits) if digits.isdigit() else digits)
        values = [value]
        if match["scale"]:
            scale = _scale(match["scale"])
            values = [value * scale]
            if match["scale"].lower() in ("m", "k", "b"):
                values.append(value)
        elif following := _NEXT_SCALE.match(text, match.end()):
            values.append(value * _scale(following["scale"]))
        if (match["ending"] or "").lower().endswith("s") and value >= 100:
            values.append(value % 100)
        values += _written_otherwise(text, match, value)
        if match["percent"]:
            values.append(value / 100)
        code = match["code"] is not None and text[start - 1 : start] != " "
        strength = Strength.LIKELY if code else Strength.CERTAIN
        if value == 1 and _NUMBER_ONE.search(text[max(0, start - _BEFORE_CHARS) : start]):
            strength = Strength.POSSIBLE
        is_exact = len(values) == 1 and not code and not match["ending"]
        yield Quantity(tuple(values), Span(start, end), strength, is_exact=is_exact)


_GROUPED_BY_POINT = lazy(r"\d{1,3}\.\d{3}")
_YEARS = lazy(r"(?<!\d)(?P<century>\d\d)\d\d[-–—/]$")


def _written_otherwise(text: str, match: re.Match[str], value: Fraction) -> list[Fraction]:
    """Return other readings: 2020 for 2019–20, 42,000 for 42.000, 44 million for 44 megawatts."""
    digits, start = match["digits"], match.start("digits")
    others = []
    if len(digits) == 2 and (years := _YEARS.search(text[max(0, start - 6) : start])):
        others.append(int(years["century"]) * 100 + value)
    if _GROUPED_BY_POINT.fullmatch(digits):
        others.append(value * 1000)
    return others


def _scale(written: str) -> int:
    word = re.sub(r"[+\s-]", "", written).lower()
    return SCALES.get(word) or ABBREVIATIONS[word]


def _words(text: str, taken: list[bool]) -> Iterator[Quantity]:
    words = [match for match in _WORD.finditer(text) if not taken[match.start()]]
    end = 0
    for position, match in enumerate(words):
        word = match[0]
        lower = word.lower()
        if position >= end and lower in _OPENING and (run := _run(text, words, position)):
            yield _spoken(text, words, position, run)
            end = position + run
        elif position >= end and (lower in _ALONE or word.isupper()):
            yield from _single(text, match)


def _run(text: str, words: list[re.Match[str]], position: int) -> int:
    """Return how many words from `position` form one number."""
    length = 0
    while length < _MOST_WORDS and position + length < len(words):
        word = words[position + length][0].lower()
        if length and not _joined(text, words, position + length, word):
            break
        opens = word in ("a", "an") and not length and _is_scale(words, position + 1)
        joins = word == "and" and length and _goes_on(words, position + length)
        halves = length and word in ("third", "thirds", "half", "quarter", "quarters")
        counts = word in _COUNTING or (word.removesuffix("s") in FRACTIONS and length)
        if not (opens or joins or halves or counts):
            break
        length += 1
        if word in ORDINALS or word.removesuffix("s") in FRACTIONS:
            break
    return length


def _joined(text: str, words: list[re.Match[str]], position: int, word: str) -> bool:
    gap = text[words[position - 1].end() : words[position].start()]
    before = words[position - 1][0].lower()
    if gap not in (" ", "-"):
        return False
    if word in SCALES or word == "and" or before == "and" or before in ("a", "an"):
        return True
    if word in FRACTIONS or word.removesuffix("s") in FRACTIONS:
        return (before in SMALL and before not in ("zero",)) or before in TENS
    if before in TENS:
        return SMALL.get(word, ORDINALS.get(word, 99)) < 10
    return before in SCALES


def _is_scale(words: list[re.Match[str]], position: int) -> bool:
    return position < len(words) and words[position][0].lower() in _AFTER_AN


def _goes_on(words: list[re.Match[str]], position: int) -> bool:
    """True if "and" continues a number: "a hundred and fifty", not "five and six"."""
    before = words[position - 1][0].lower()
    following = words[position + 1][0].lower() if position + 1 < len(words) else ""
    return before in SCALES and (following in SMALL or following in TENS)


def _spoken(text: str, words: list[re.Match[str]], position: int, run: int) -> Quantity:
    spoken = [word[0].lower() for word in words[position : position + run]]
    span = Span(words[position].start(), words[position + run - 1].end())
    last = spoken[-1].removesuffix("s")
    is_ordinal = spoken[-1] in SCALES and spoken[0] not in ("a", "an", "one")  # two hundredth
    is_part = run > 1 and last in FRACTIONS and spoken[-2] not in (*TENS, *SCALES)
    if is_part and not is_ordinal:
        share = Fraction(SMALL.get(spoken[0], 1), FRACTIONS[last])
        return Quantity((share,), span, Strength.POSSIBLE)
    value = _value(spoken)
    values: tuple[Fraction, ...] = (value,)
    if spoken[-1] == "dozen":
        values = (value, value / 12 * 10)  # 二十多 is "two dozen"
    if run == 1 and spoken[0] in FRACTIONS:
        values = (value, 1 / value)  # the last third
    if following := _SHARED_SCALE.match(text, span.end):
        values = (value, value * SCALES[following["scale"]])
    if spoken == ["second"] and _is_ordinal(text, span):
        return Quantity(values, span, Strength.LIKELY)
    if spoken == ["first"] and _RANKED_AFTER.match(text, span.end):
        return Quantity(values, span, Strength.LIKELY)
    if spoken in (["one"], ["first"], ["second"], ["zero"]) or _VAGUE & set(spoken):
        return Quantity(values, span, Strength.POSSIBLE)
    if len(spoken) == 1 and spoken[0] in SCALES:
        return Quantity(values, span, Strength.POSSIBLE)
    if _SEVERAL.search(text[max(0, span.start - _BEFORE_CHARS) : span.start]):
        return Quantity(values, span, Strength.POSSIBLE)  # several hundred thousand
    is_vague = value <= 12 or spoken[0] in ("a", "an")  # worth a thousand words
    return Quantity(values, span, Strength.LIKELY if is_vague else Strength.CERTAIN)


def _is_ordinal(text: str, span: Span) -> bool:
    """True if "second" is an ordinal, not a time."""
    before = text[max(0, span.start - _RANKS_CHARS) : span.start]
    is_rank = bool(_RANK_BEFORE.search(before) or _RANKS_BEFORE.search(before))
    is_before_word = bool(_ORDINAL_AFTER.match(text, span.end))
    return is_rank or (is_before_word and not _TIME_BEFORE.search(before))


def _value(spoken: list[str]) -> Fraction:
    total = section = 0
    for word in spoken:
        if word in SCALES:
            scale = SCALES[word]
            if scale < 1000:
                section = (section or 1) * scale
            else:
                total += (section or 1) * scale
                section = 0
        else:
            section += SMALL.get(word) or TENS.get(word) or ORDINALS.get(word) or 0
    return Fraction(total + section)


def _single(text: str, match: re.Match[str]) -> Iterator[Quantity]:
    word, span = match[0], Span(*match.span())
    if word in WEEKDAYS or word.removesuffix("s") in WEEKDAYS:
        day = Fraction(WEEKDAYS[word.removesuffix("s")])
        yield Quantity((day,), span, Strength.LIKELY, "weekday")
    elif _is_month(text, match):
        month = Fraction(MONTHS[word.capitalize()])
        yield Quantity((month,), span, Strength.LIKELY, "month")
    elif _ROMAN.fullmatch(word):
        before = text[max(0, span.start - _BEFORE_CHARS) : span.start]
        is_counted = bool(_NUMBERED_BEFORE.search(before))
        if len(word) == 1 and not is_counted:
            return
        strength = Strength.LIKELY if is_counted else Strength.POSSIBLE
        yield Quantity((Fraction(_roman(word)),), span, strength)
    elif word.lower() == "midnight":
        yield Quantity((Fraction(0), Fraction(12), Fraction(24)), span, Strength.POSSIBLE)
    elif word.lower() in OTHERS:
        yield Quantity((Fraction(OTHERS[word.lower()]),), span, Strength.POSSIBLE)


_ROMAN = lazy(r"L?X{0,4}(?:IX|IV|V?I{0,3})|XL(?:IX|IV|V?I{0,3})")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50}


def _roman(written: str) -> int:
    """Return the value of a Roman number up to 89: XXXIII, XLIX."""
    values = [_ROMAN_VALUES[letter] for letter in written]
    following = [*values[1:], 0]
    return sum(-one if one < after else one for one, after in zip(values, following, strict=True))


def _is_month(text: str, match: re.Match[str]) -> bool:
    """True if a word is a month and not a look-alike such as "may" or "to march"."""
    word = match[0]
    if word.capitalize() not in MONTHS:
        return False
    if word.lower() == "may":
        before = text[max(0, match.start() - _BEFORE_CHARS) : match.start()]
        if word == "may" and re.search(r"\d\s$", before):
            return False  # COVID-19 may
        return bool(
            _BEFORE_MAY.search(before) or (word[0] == "M" and _AFTER_MAY.match(text, match.end()))
        )
    return word[0].isupper() or word not in ("march", "mar", "jan", "sept")
