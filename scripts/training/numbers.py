"""More sentences with numbers: pairs in which a number is exchanged on both sides at once.

A newspaper counts in 万 and 亿, the examples of dictionaries hardly ever do: of a million pairs
a few thousand hold such an amount. A pair whose only amount says the same on both sides, and one
that has the same numeral on both sides, is a frame for any other:

投资1.2亿元 ── an investment of 120 million yuan
投资36.5亿元 ── an investment of 3.65 billion yuan
"""

import random
import re
from fractions import Fraction

UNITS = {"万": 10**4, "亿": 10**8, "万亿": 10**12}
WORDS = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
AMOUNT = re.compile(r"(?<![\d.,])(\d{1,4}(?:\.\d{1,2})?)(万亿|亿|万)(?![多余几来亿万])")
WRITTEN = re.compile(
    r"(?<![\d.,-])(\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)(?: (thousand|million|billion|trillion))?"
    r"(?![\d%A-Za-z-])(?!,\d)(?!\.\d)"
)
NUMERAL = re.compile(r"(?<![\d.,:/A-Za-z-])\d{2,6}(?![\d.,:/A-Za-z万亿-]*\d)(?![万亿A-Za-z%])")
# The share of amounts whose numeral is written in characters: 三千万.
SPELLED = 0.12
BROKEN = re.compile(r"(?<=\d), (?=\d{3}(?!\d))")


def mended(source: str, target: str) -> str:
    """The English without the blank of "30, 000", where the Chinese has no such list."""
    if not BROKEN.search(target):
        return target
    joined = BROKEN.sub(",", target)
    plain = source.replace(",", "")
    for found in WRITTEN.finditer(joined):
        digits = found[1].replace(",", "")
        counted = digits.endswith("000") and re.search("[千万亿]", plain)
        if "," in found[1] and digits not in plain and not counted:
            return target
    return joined


def exchanged(source: str, target: str, generator: random.Random) -> tuple[str, str] | None:
    """The pair with another number on both sides; None if it is no frame for one."""
    amounts = list(AMOUNT.finditer(source))
    if amounts:
        return _other_amount(source, target, amounts, generator)
    return _other_numeral(source, target, generator)


def _other_amount(
    source: str, target: str, amounts: list[re.Match[str]], generator: random.Random
) -> tuple[str, str] | None:
    if len(amounts) != 1:
        return None
    [amount] = amounts
    value = Fraction(amount[1]) * UNITS[amount[2]]
    same = [found for found in WRITTEN.finditer(target) if _value(found) == value]
    if len(same) != 1:
        return None
    [written] = same
    chinese, other = _random_amount(generator)
    worded = written[2] is not None or other >= 10**7
    return (
        f"{source[: amount.start()]}{chinese}{source[amount.end() :]}",
        f"{target[: written.start()]}{english(other, worded)}{target[written.end() :]}",
    )


def _random_amount(generator: random.Random) -> tuple[str, Fraction]:
    unit = generator.choices(list(UNITS), weights=[10, 9, 1])[0]
    if unit != "万亿" and generator.random() < SPELLED:
        digit, power = generator.randrange(1, 10), generator.randrange(4)
        text = f"{'一二三四五六七八九'[digit - 1]}{('', '十', '百', '千')[power]}{unit}"
        return text, Fraction(digit * 10**power * UNITS[unit])
    digits = generator.choice([1, 1, 2, 2, 3, 4] if unit != "万亿" else [1, 2])
    number = str(generator.randrange(10 ** (digits - 1), 10**digits))
    places = generator.choice([0, 0, 1, 1, 2]) if digits < 4 else 0
    if places:
        decimals = f"{generator.randrange(1, 10**places):0{places}}".rstrip("0")
        number = f"{number}.{decimals}"
    return f"{number}{unit}", Fraction(number) * UNITS[unit]


def _value(found: re.Match[str]) -> Fraction:
    return Fraction(found[1].replace(",", "")) * WORDS.get(found[2] or "", 1)


def english(value: Fraction, worded: bool) -> str:
    """An amount as English writes it: 365 million with a word, 36,500 or 1,250,000 without.

    Below a million, and where the word would need more than three decimals, it has none.
    """
    for word, size in reversed(WORDS.items()):
        if worded and size > 1000 and value >= size:
            scaled = value / size
            text = f"{float(scaled):.3f}".rstrip("0").rstrip(".")
            if Fraction(text) == scaled:
                return f"{text} {word}"
    return f"{int(value):,}"


def _other_numeral(source: str, target: str, generator: random.Random) -> tuple[str, str] | None:
    sides = [[found[0] for found in NUMERAL.finditer(text)] for text in (source, target)]
    both = [each for each in sides[0] if [side.count(each) for side in sides] == [1, 1]]
    if not both:
        return None
    for each in both:
        other = _like(each, generator)
        pattern = rf"(?<!\d){each}(?!\d)"
        source, target = (re.sub(pattern, other, text, count=1) for text in (source, target))
    return source, target


def _like(numeral: str, generator: random.Random) -> str:
    """Another numeral that could stand there: a year for a year, a day of a month for one."""
    value = int(numeral)
    if len(numeral) == 4 and 1800 <= value <= 2040:
        return str(generator.randrange(1949, 2031))
    if len(numeral) == 2 and 10 <= value <= 31:
        return str(generator.randrange(10, 29))
    return str(generator.randrange(10 ** (len(numeral) - 1), 10 ** len(numeral)))
