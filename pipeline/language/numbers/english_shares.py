"""English shares, multiples and halves: two thirds, one in five, 20 % off, tripled, 2½."""

import re
import unicodedata
from collections.abc import Iterator
from fractions import Fraction

from models.patterns import lazy
from pipeline.language.numbers.english_words import (
    FRACTIONS,
    MULTIPLES,
    ORDINALS,
    SCALES,
    SMALL,
    TENS,
)
from pipeline.language.numbers.quantity import Quantity, Strength
from pipeline.language.numbers.searches import NumberSearch, number_search, per_cent, quantity

POSSIBLE, CERTAIN = Strength.POSSIBLE, Strength.CERTAIN

_ONES = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_PARTS = "half|halves|thirds?|quarters?|fourths?|fifths?|sixths?|sevenths?|eighths?|ninths?|tenths?"
_PLAIN = r"\d{1,3}(?:,\d{3})*(?:\.\d+)?|\d+(?:\.\d+)?"


def _count(written: str) -> int:
    return int(written) if written.isdigit() else SMALL[written.lower()]


_AND_A_HALF = lazy(
    rf"\b(?P<tens>(?:{'|'.join(TENS)})[\s-])?(?P<count>{_ONES}|{_PLAIN})(?:\s(?P<first>years?|hours?|months?|days?|centuries|decades|times))?[\s-](?P<scale1>hundred\s|thousand\s|million\s|billion\s|trillion\s)?and[\s-](?:(?:a|one)[\s-](?P<part>half|quarter|third|fourth|fifth|sixth|eighth|tenth)|(?P<parts>two|three|four|five|seven|nine)[\s-](?P<part3>(?:third|quarter|fourth|fifth|sixth|eighth|tenth)s))\b"
    rf"(?:\s(?P<scale>hundred|thousand|million|billion|trillion|decades|centuries)\b)?"
    r"|\ban?\s(?:hour|year|month|day|century|decade|mile|kilometer|week|mu|ton|(?P<scale2>hundred|thousand|million|billion|trillion|dozen))\sand\sa\s(?P<part2>half|quarter)\b"
    r"|(?<![\d/.,])(?P<whole>\d{1,3})\s?(?:(?P<vulgar>[¼½¾⅓⅔⅕⅛])|(?<=\s)(?P<over>[1-9])/(?P<under>[2-9])(?!\d))"
    r"|(?<!\d)(?P<alone>[¼½¾⅓⅔⅕⅖⅗⅘⅙⅚⅛])"
)


def _and_a_half(match: re.Match[str]) -> Iterator[Quantity]:
    """Read two and a half, an hour and a half, 2 1/2 and 2½."""
    if match["alone"]:
        share = Fraction(unicodedata.numeric(match["alone"])).limit_denominator(9)
        yield quantity(match, share, kind="share", strength=CERTAIN, loose=per_cent(share))
        return
    if match["whole"]:
        added = (
            Fraction(unicodedata.numeric(match["vulgar"])).limit_denominator(9)
            if match["vulgar"]
            else Fraction(int(match["over"]), int(match["under"]))
        )
        yield quantity(match, int(match["whole"]) + added, strength=CERTAIN)
        return
    name = match["part"] or match["part2"] or match["part3"].removesuffix("s")
    part = Fraction(SMALL[match["parts"] or "one"], FRACTIONS[name])
    written = (match["count"] or "one").replace(",", "")
    count = Fraction(SMALL[written]) if written in SMALL else Fraction(written)
    if match["tens"]:
        count += TENS[match["tens"].strip(" -").lower()]
    scale = SCALES.get((match["scale"] or match["scale1"] or match["scale2"] or "").strip(), 1)
    values = [(count + part) * scale]
    if part == Fraction(1, 2):
        values += [count * Fraction(3, 2), count * scale] if match["scale"] else []
    if match["first"] == "decades" or match["scale"] == "decades":
        values.append(10 * (count + part))
    yield quantity(match, *values)


_PART_OF_SCALE = lazy(
    r"\b(?:a\s)?(?P<part>half|quarter|third)(?:\s(?:(?:of\s)?an?\s)?(?P<scale>hundred|thousand|million|billion|dozen)"
    r"|(?:(?<!third)[\s-]|\sof\s)(?:of\s)?(?:an?\s)?(?P<time>century|decade))\b"
    r"|\b(?P<parts>two|three|four)[\s-](?P<part2>third|quarter|fifth)s\sof\sa\s(?P<scale2>million|billion|trillion)\b",
    re.IGNORECASE,
)


def _part_of_scale(match: re.Match[str]) -> Iterator[Quantity]:
    """Read parts of a scale: half a million, two thirds of a million."""
    whole = SCALES.get((match["scale"] or match["scale2"] or match["time"]).lower(), 100)
    count = SMALL[(match["parts"] or "one").lower()]
    part = FRACTIONS[(match["part"] or match["part2"]).lower()]
    yield quantity(match, Fraction(whole * count, part))


_DISCOUNT = lazy(
    rf"(?P<off>{_PLAIN})\s?(?:%|percent|per\scent)(?:[\s-](?:price\s)?(?:off\b|discounts?\b|reduction\sin\sprice|cheaper))"
    rf"|\bdiscounts?\sof\s(?:up\sto\s|about\s)?(?P<off2>{_PLAIN})\s?(?:%|percent|per\scent)"
    rf"|\b(?P<word>ten|fifteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)[\s-](?:percent|per\scent)[\s-](?:off|discount)\b"
    r"|\b(?P<half>half[\s-](?:off|price))\b",
    re.IGNORECASE,
)


def _discount(match: re.Match[str]) -> Iterator[Quantity]:
    """Read 20 % off and half price as a discount."""
    if match["half"]:
        value, strength = Fraction(50), POSSIBLE
    elif match["word"]:
        word = match["word"].lower()
        value, strength = Fraction(TENS.get(word) or SMALL[word]), Strength.LIKELY
    else:
        value, strength = Fraction((match["off"] or match["off2"]).replace(",", "")), CERTAIN
    yield quantity(
        match, value, kind="discount", strength=strength, loose=(value / 100, Fraction(1, 2))
    )


_RATE = lazy(
    r"\b(?P<part>\d|one|two|three|four|five|six|seven|eight|nine)\s(?:in\severy|in|out\sof\severy|out\sof)\s"
    r"(?P<whole>three|four|five|six|seven|eight|nine|ten|\d{1,3})\b(?!\s(?:years|days|months|hours|minutes|weeks|games|matches|rounds))",
    re.IGNORECASE,
)


def _rate(match: re.Match[str]) -> Iterator[Quantity]:
    """Read shares in words: one in five, three out of ten."""
    part, whole = _count(match["part"]), _count(match["whole"])
    if whole and part < whole:
        share = Fraction(part, whole)
        loose = (Fraction(part), Fraction(whole), *per_cent(share))
        yield quantity(match, share, kind="share", strength=POSSIBLE, loose=loose)


_FRACTION = lazy(
    rf"(?<![\w-])(?P<part>{_ONES}|an?|\d{{1,2}})[\s-](?P<whole>{_PARTS})\b(?!\s(?:finals?|time\b|year|day\b|party|person|hand|term|floor|consecutive|place|century|generation|round|grade|wave|goal|set|game|child|anniversary|edition|session|plenary|month|week|quarter|hour|dose|million|billion|of\s(?:January|February|March|April|May|June|July|August|September|October|November|December)\b))"
    rf"|(?<![\w-])(?P<part2>one|two|three|seven|nine|a)[\s-](?P<whole2>(?:{'|'.join(TENS)})-(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|twentieth|thirtieth|fiftieth|hundredth|thousandth|ten-thousandth|millionth|billionth)(?P<several>s?)\b(?!\s(?:anniversary|birthday|time|day|year|floor|place))",
    re.IGNORECASE,
)
_FEW = {"a": 1, "an": 1}


def _fraction(match: re.Match[str]) -> Iterator[Quantity]:
    """Read two thirds, a quarter and one half; "a third" may also be one more, the third."""
    written, name = (match["part"] or match["part2"]).lower(), (match["whole"] or match["whole2"])
    name = name.lower()
    whole = _whole(name.removesuffix("s"))
    part = _FEW.get(written) or _count(written)
    if match["whole2"] and (written == "a") == ("-" in name) and not match["several"]:
        return  # the two hundredth, a twenty-first
    is_ordinal = written in _FEW and whole > 2
    if part >= 10 * whole or (written.isdigit() and name.startswith("half")):
        return
    share = Fraction(part, whole)
    loose = [*per_cent(share), Fraction(part)]
    if is_ordinal or name.startswith(("quarter", "half", "halve")):
        loose.append(Fraction(whole))
    if name.startswith("half"):
        loose.append(Fraction(30))
    strength = POSSIBLE if written in _FEW and whole not in (3, 4) else Strength.LIKELY
    yield quantity(match, share, kind="share", strength=strength, loose=loose)


_WHOLES = FRACTIONS | {"halve": 2, "ten-thousandth": 10**4, "millionth": 10**6, "billionth": 10**9}


def _whole(name: str) -> int:
    """Return into how many parts something is cut: 25 for a twenty-fifth."""
    tens, _, ones = name.partition("-")
    return _WHOLES.get(name) or TENS[tens] + ORDINALS[ones]


_TEENS = "|".join(word for word, value in SMALL.items() if value > 9)
_ANY_DIGIT = (
    f"zero|oh|nought|naught|{'|'.join(word for word, value in SMALL.items() if value < 10)}"
)
_POINT = lazy(
    rf"\b(?:(?P<tens>{'|'.join(TENS)})(?:[\s-](?P<ones>{_ANY_DIGIT}))?|(?P<small>{_TEENS}|{_ANY_DIGIT}))"
    rf"\spoint\s(?P<digits>(?:{_ANY_DIGIT})(?:[\s-](?:{_ANY_DIGIT}))*)\b",
    re.IGNORECASE,
)


def _point(match: re.Match[str]) -> Iterator[Quantity]:
    """Read decimals in words: five point two."""
    whole = TENS.get((match["tens"] or "").lower(), 0)
    whole += SMALL.get((match["ones"] or match["small"] or "").lower(), 0)
    digits = "".join(str(SMALL.get(one, 0)) for one in re.split(r"[\s-]", match["digits"].lower()))
    yield quantity(match, Fraction(f"{whole}.{digits}"), strength=CERTAIN)


_SLASHED = lazy(r"(?<![\d/.,])(?P<part>\d{1,2})/(?P<whole>[1-9]\d{0,2})(?![\d/]|[,.]\d)")


def _slashed(match: re.Match[str]) -> Iterator[Quantity]:
    """Read fractions such as 2/3, which may also be a date or a score."""
    part, whole = int(match["part"]), int(match["whole"])
    share = Fraction(part, whole)
    loose = (Fraction(part), Fraction(whole), *per_cent(share))
    yield quantity(match, share, kind="share", strength=CERTAIN, loose=loose)


_MULTIPLE = lazy(
    rf"\b(?:(?P<word>{'|'.join(sorted(MULTIPLES, key=len, reverse=True))})"
    rf"|(?P<fold>{_ONES}|ten|twenty|hundred|{_PLAIN})[\s-]?fold)\b",
    re.IGNORECASE,
)


def _multiple(match: re.Match[str]) -> Iterator[Quantity]:
    """Read doubled, tripled and threefold: how many times as much."""
    if word := match["word"]:
        times = Fraction(MULTIPLES[word.lower()])
        strength = POSSIBLE if word.lower() in ("double", "twice", "triple") else Strength.LIKELY
        loose = (times, 100 * (times - 1), 100 * times)
        yield quantity(match, times, kind="times", strength=strength, loose=loose)
        return
    written = match["fold"].replace(",", "").lower()
    times = Fraction(SMALL.get(written) or TENS.get(written) or {"hundred": 100}.get(written) or 0)
    times = times or Fraction(written)
    yield quantity(
        match, times, times + 1, kind="times", strength=POSSIBLE, loose=(times, 100 * times)
    )


_HALF = lazy(r"\b(?:hal(?:f|ves|ved|ving)|fifty-fifty|50[-–]50)\b", re.IGNORECASE)


def _half(match: re.Match[str]) -> Iterator[Quantity]:
    yield quantity(match, Fraction(1, 2), kind="share", strength=POSSIBLE, loose=(50, 30, 2))


SHARES: tuple[NumberSearch, ...] = (
    number_search(_POINT, _point, " point "),
    number_search(
        _AND_A_HALF,
        _and_a_half,
        "and a |and-a-|and one |quarters|ths|thirds|/|¼|½|¾|⅓|⅔|⅕|⅖|⅗|⅘|⅙|⅚|⅛",
    ),
    number_search(_DISCOUNT, _discount, "off|discount|half|reduction|cheaper"),
    number_search(_PART_OF_SCALE, _part_of_scale, "half|quarter|third|fifths"),
    number_search(_RATE, _rate, " in | out of "),
    number_search(_FRACTION, _fraction, f"{'|'.join(FRACTIONS)}|llionth|halves"),
    number_search(_SLASHED, _slashed, "/"),
    number_search(_MULTIPLE, _multiple, f"twice|fold|{'|'.join(word[:4] for word in MULTIPLES)}"),
    number_search(_HALF, _half, "hal|fifty-fifty|50-50|50–50"),
)
"""Searches for shares, multiples and halves, in the order in which they take characters."""
