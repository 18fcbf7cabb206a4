"""What the translator reads for a line of a summary, which has left its article.

The month of 12日 is in the dateline, which the line has lost, and a translator that does not see
it makes one up. A translator also reads a line as a sentence only if it ends like one.
"""

import re
from collections.abc import Iterable, Sequence
from operator import itemgetter

from models.patterns import lazy
from pipeline.language.chinese import is_finished
from pipeline.records import Article, Sentence
from pipeline.summarize.datelines import without_furniture

# A day with its month, or one that has none and is neither a number of days nor part of a range.
_DAY = lazy(
    r"(?P<month>(?<!\d)\d{1,2})月(?P<dated>\d{1,2})日"
    r"|(?<![月年\d至到—\-–～~、和“第近连每逢续期上下同当过逾超前后满约])"
    r"(?<!拘留|停牌|放假|休假|整顿|隔离|延长|缩短|长达|多达|至少|历时|耗时|需要|只需|持续|不足|仅用)"
    r"(?P<bare>\d{1,2})日(?![前内后後电電游元军軍式本均线線报報益年龄])"
)
_GIVEN = lazy(r"\d{4}\D{1,2}(?P<month>\d{1,2})\D{1,2}(?P<dated>\d{1,2})")
# How many days before or after a day with a month one without is taken to be of the same month.
_BEFORE, _AFTER = 6, 3


def standalone(line: str, before: str) -> str:
    """Return a line with the months of its days, by the text `before` it, and with a stop.

    >>> standalone("大桥5日通车", "新华社上海3月5日电 ")
    '大桥3月5日通车。'
    """
    named = _named(_DAY.finditer(before))
    parts, end = [], 0
    for match in _DAY.finditer(line):
        if match["month"]:
            named = _named([match])
        elif month := _month(int(match["bare"]), named):
            parts += [line[end : match.start()], f"{month}月"]
            end = match.start()
    text = "".join([*parts, line[end:]])
    return text if is_finished(text) else f"{text}。"


def _named(matches: Iterable[re.Match[str]]) -> list[tuple[int, int]]:
    """Return month and day of the days that have a month."""
    return [(int(one["month"]), int(one["dated"])) for one in matches if one["month"]]


def _month(day: int, named: Sequence[tuple[int, int]]) -> int:
    """Return the month of a day by the nearest one named first or last; 0 if none is near."""
    near = [
        (abs(other - day), month)
        for month, other in (*named[-1:], *named[:1])
        if -_AFTER <= other - day <= _BEFORE
    ]
    return min(near, key=itemgetter(0), default=(0, 0))[1]


def text_before(article: Article, sentence: Sentence) -> str:
    """Return the date of an article, and its text up to the clauses of a sentence."""
    given = _GIVEN.search(article.date or "")
    parts = [f"{given['month']}月{given['dated']}日"] if given else []
    for block in article.blocks:
        for other in block.sentences:
            if other.id == sentence.id:
                opening = other.text.find(without_furniture(other.text))
                return "\n".join([*parts, other.text[: max(opening, 0)]])
            parts.append(other.text)
    return "\n".join(parts)
