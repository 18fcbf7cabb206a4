"""English for the line below a headline on a web page: date, source, author, page, clicks."""

import re
from collections.abc import Callable, Iterator

from models.patterns import lazy
from pipeline.data_file import data_tables
from pipeline.translate.rules.credits import english_credit
from pipeline.translate.rules.folios import english_page, english_section
from pipeline.translate.rules.offices import office

_TABLES = data_tables(__file__, "web_lines.tsv")
_FIELDS, _COUNTS = _TABLES["fields"], _TABLES["counts"]
_NOTHING = frozenset(["", "次", *_TABLES["buttons"], *_COUNTS, *(f"{each}次" for each in _COUNTS)])
"""Buttons, and counts that a script would have filled in."""
_ADDRESS = lazy(r"(?:https?://|www\.)[!-~]+")
_BETWEEN = lazy(r"[\s|｜丨()（）【】\[\]·•]+")
_FIELD = lazy(r"(?P<label>[^\s:：\d]{2,6})[:：](?P<value>.*)")
_LABELS = "|".join(sorted(_COUNTS, key=len, reverse=True))
_COUNT = lazy(rf"(?P<label>{_LABELS})(?P<value>\d+)次?")
_APART = lazy(rf"({_LABELS})[:：\s\[]+(?=\d|次|$)|(?<=[:：])\s+|[《》]")
_COUNT_FIRST = lazy(r"(?P<value>\d+)次?(?P<label>[^\s\d]{2,4})")


def english_web_line(line: str) -> str | None:
    """Return what stands beside the date on a web page in English; None if a word is not known.

    >>> english_web_line("来源：江城日报 作者：周平 浏览次数：231")
    'Source: Jiangcheng Daily; Author: Zhou Ping; Views: 231'
    >>> english_web_line("第3版：经济新闻 本报记者 何田"), english_web_line("来源：某神秘单位")
    ('Page 3 Economy News; Staff reporter: He Tian', None)
    """
    written: list[str] = []
    credit: list[str] = []
    for chunk in [*_chunks(line), ""]:
        found = _known(chunk)
        if found is None:
            credit.append(chunk)
            continue
        if credit:
            english = english_credit(" ".join(credit))
            if english is None:
                return None
            written.append(english)
            credit = []
        written += filter(None, [found])
    return "; ".join(written)


def _chunks(line: str) -> Iterator[str]:
    """Yield the words of a line; the value of a field stays with its label."""
    text = _APART.sub(r"\1", line)
    start = 0
    for address in _ADDRESS.finditer(text):
        yield from filter(None, _BETWEEN.split(text[start : address.start()]))
        yield address[0]
        start = address.end()
    yield from filter(None, _BETWEEN.split(text[start:]))


def _known(chunk: str) -> str | None:
    """Return a word in English, empty for a button; None if only a credit may know it."""
    if re.split("[:：]", chunk)[0] in _NOTHING:
        return ""
    if _ADDRESS.fullmatch(chunk):
        return chunk
    for pattern, labels, value_of in _READERS:
        found = pattern.fullmatch(chunk)
        if found and found["label"] in labels and (value := value_of(found["value"])):
            return f"{labels[found['label']]}: {value}"
    return office(chunk) or (english_page(chunk) if re.search(r"\d|版", chunk) else None)


def _value(text: str) -> str | None:
    """Return the value of a field in English."""
    if text.isascii():
        return text
    parts = [office(part) for part in re.split("[-－—]+", text)]
    given = " – ".join(filter(None, parts)) if all(parts) else ""
    return given or english_page(text) or english_section(text)


def _digits(text: str) -> str | None:
    return text if text.isdigit() else None


_READERS: tuple[tuple[re.Pattern[str], dict[str, str], Callable[[str], str | None]], ...] = (
    (_FIELD, _FIELDS, _value),
    (_COUNT, _COUNTS, _digits),
    (_COUNT_FIRST, _COUNTS, _digits),
)
