"""Cut the clauses of a Chinese sentence that say nothing: sources, asides, stock phrases.

Rules over clauses, as in sentence compression by deletion (Jing 2000, "Sentence reduction for
automatic text summarization"). A clause goes only if it is whole, stands before another one and
what is left is a sentence: grammar and every number of the rest stay as they were.
"""

import re

from models.patterns import lazy
from pipeline.data_file import data_rows
from pipeline.language.chinese import HAN
from pipeline.summarize.datelines import without_furniture

_START = r"(?P<start>^|[，；：])"
# Characters that must be left, marks not counted, for the rest to be a sentence.
_LEAST_LEFT = 6
# With the space before Chinese: 特雷莎·梅 (Theresa May) 表示.
_BRACKETS = lazy(
    rf"(?=[（(\[ ])(?:(?<=[{HAN}”》]) +)?"
    rf"(?:[（(]([^（）()。！？]{{1,60}})[）)]|\[[^\[\]]{{1,40}}\])"
    rf"(?: +(?=[{HAN}“《]))?"
)
# A bracket that narrows what is said stays.
_NARROWS = lazy(r"[不未非除含仅约超]|至|以[上下内]|[%％]|\d+[.．]\d|^[一二三四五六七八九十\d]+$")
_WORD = lazy(r"\w")


_EMPTY = tuple(
    (needed, lazy(rf"{_START}(?:{pattern}){end}"))
    for needed, pattern, end in data_rows(__file__, "empty_clauses.tsv")
)


def compress(sentence: str) -> str:
    """Return a Chinese sentence without what carries nothing; itself if nothing may go.

    >>> compress("据了解，全市以项目建设为抓手，新增产值30亿元。")
    '全市新增产值30亿元。'
    """
    text = without_furniture(sentence)
    text = _BRACKETS.sub(lambda match: match[0] if _stays(match) else "", text)
    held = frozenset(text)
    for needed, pattern in _EMPTY:
        if not held.isdisjoint(needed):
            text = _cut(pattern, text)
    text = re.sub(r"^[，、；：\s]+", "", text)
    return text if _WORD.search(text) else without_furniture(sentence)


def _stays(bracket: re.Match[str]) -> bool:
    """True if a bracket narrows what is said, or brings in a name that comes again."""
    inside = bracket[1]
    if inside is None:
        return False
    return bool(_NARROWS.search(inside)) or bracket.string.count(inside) > 1


def _cut(pattern: re.Pattern[str], text: str) -> str:
    """Cut every clause of a pattern outside quotations, as long as a sentence is left."""
    place = 0
    while match := pattern.search(text, place):
        kept = match["start"] + (match.groupdict().get("kept") or "")
        shorter = text[: match.start()] + kept + text[match.end() :]
        after = text[match.end() :]
        is_safe = (
            _letters(re.split(r"[。！？]", after)[0]) >= _LEAST_LEFT
            and not _is_quoted(text, match.start())
            and _is_balanced(match[0])
        )
        text, place = (shorter, match.start()) if is_safe else (text, match.end())
    return text


def _letters(text: str) -> int:
    return len(_WORD.findall(text))


def _is_quoted(text: str, place: int) -> bool:
    before = text[:place]
    return any(before.count(a) > before.count(b) for a, b in ("“”", "《》", "‘’", "「」"))


def _is_balanced(text: str) -> bool:
    return all(text.count(a) == text.count(b) for a, b in ("“”", "《》", "‘’", "「」", "（）"))
