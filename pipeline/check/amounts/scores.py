"""Scores and ratios: 3比2 is 3-2 and 2-3 only for the side that lost."""

import re
from collections.abc import Iterator

from models.patterns import lazy
from pipeline.language.numbers.chinese_amounts import NUMERAL, amount
from pipeline.language.numbers.english_words import SMALL
from pipeline.records import Span

_CHINESE = lazy(
    rf"(?<![\d.:{NUMERAL}])(?P<first>\d{{1,3}}|[{NUMERAL}]{{1,3}})\s?(?:比|[:：∶](?!\d\d(?![\d比])))\s?"
    rf"(?P<second>\d{{1,3}}|[{NUMERAL}]{{1,3}})(?![\d.:{NUMERAL}])"
)
_ENGLISH = lazy(
    rf"(?<![\d.,:/$-])(?P<first>\d{{1,3}}|\b(?:{'|'.join(SMALL)}))(?:\s?[-–:]\s?|\sto\s)"
    rf"(?P<second>\d{{1,3}}|(?:{'|'.join(SMALL)})\b)(?![\d.,]*\d|[:/%]|-\d)",
    re.IGNORECASE,
)
_LOST = lazy("[负输败]|不敌|落后|失利|爆冷|饮恨|惜败|告负|被")
_MOST_SCORES = 50


def swapped_scores(source: str, translation: str) -> Iterator[tuple[Span, Span]]:
    """Yield the places of scores whose sides the translation has swapped.

    English names the winner's score first, also where the source is about the side that lost: a
    source that speaks of a defeat allows both orders.
    """
    if _LOST.search(source):
        return
    wanted = [
        ((int(amount(match["first"])), int(amount(match["second"]))), Span(*match.span()))
        for match, _ in zip(_CHINESE.finditer(source), range(_MOST_SCORES), strict=False)
    ]
    if not wanted:
        return
    said = [
        ((_value(match["first"]), _value(match["second"])), Span(*match.span()))
        for match, _ in zip(_ENGLISH.finditer(translation), range(_MOST_SCORES), strict=False)
    ]
    written = {pair for pair, _ in said}
    for (first, second), there in wanted:
        if first != second and (first, second) not in written:
            for pair, here in said:
                if pair == (second, first):
                    yield there, here
                    break


def _value(written: str) -> int:
    return int(written) if written.isdigit() else SMALL[written.lower()]
