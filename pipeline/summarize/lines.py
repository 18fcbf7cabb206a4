"""The lines of a news summary in Chinese: sentences picked, cleaned and shortened; and the gist."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from types import MappingProxyType

from models.protocols import SentencePicker
from pipeline.language.chinese import is_chinese, with_ordinary_marks
from pipeline.records import Article, Sentence
from pipeline.summarize.clauses import shorter, with_wide_marks
from pipeline.summarize.compress import compress
from pipeline.summarize.cuts import as_headlined, with_colon
from pipeline.summarize.datelines import headline_of_dateline, without_furniture
from pipeline.summarize.summarize import prose_of

MOST_OF_GIST = 30
"""Characters of a gist."""
_MOST_OF_LINE = 60
"""Characters of the line that is a whole summary."""
_SENTENCES_OF_GIST = (8, 200)
"""A headline is made of the first sentences; more are read only if these have no line."""
_MOST_CHARS = 1000
"""A longer sentence is no prose, and stays as it is."""


@dataclass(frozen=True, slots=True)
class ChineseLine:
    """A line of a summary, and the sentence of the article that it is made of."""

    text: str
    sentence: Sentence

    @property
    def is_quoted(self) -> bool:
        """True if the line is the sentence as it is in the article."""
        return self.text == self.sentence.text.strip()


@dataclass(frozen=True, slots=True)
class ChineseSummary:
    """The lines of an article's summary in reading order, and its gist if there is one."""

    lines: tuple[ChineseLine, ...]
    gist: ChineseLine | None


def chinese_summary(
    article: Article,
    picker: SentencePicker,
    *,
    cut: bool,
    confidences: Mapping[str, float] = MappingProxyType({}),
) -> ChineseSummary:
    """Summarize the prose of an article. With `cut`, empty clauses are left out of its lines.

    `confidences` are those of the translations, by sentence id, if there are any.
    The gist never has more than `MOST_OF_GIST` characters and ends without a stop.
    """
    clean = compress if cut else without_furniture
    lines = [
        ChineseLine(text, sentence)
        for sentence in prose_of(article)
        if (text := _clean(sentence.text, clean))
    ]
    if not lines:
        return ChineseSummary((), None)
    headline = _headline(article)
    gist = _titled(article) or _gist(lines, picker, headline)
    if picker.shortens and cut and (best := _best(lines, picker, headline, _MOST_OF_LINE)):
        stop = "" if best.text.endswith(("。", "！", "？")) else "。"
        return ChineseSummary((ChineseLine(best.text + stop, best.sentence),), gist)
    sure = [confidences.get(line.sentence.id, 0.0) for line in lines] if confidences else ()
    picked = picker.pick([with_ordinary_marks(line.text) for line in lines], headline, sure)
    return ChineseSummary(tuple(lines[index] for index in picked), gist)


def _titled(article: Article) -> ChineseLine | None:
    """Return the headline that the dateline of an article gives; None if there is none so short."""
    first = next((sentence for block in article.blocks for sentence in block.sentences), None)
    title = headline_of_dateline(with_ordinary_marks(first.text)) if first else ""
    return ChineseLine(title, first) if first and 0 < len(title) <= MOST_OF_GIST else None


def _gist(
    lines: Sequence[ChineseLine], picker: SentencePicker, headline: str
) -> ChineseLine | None:
    """Return the best line that is as short as a gist; None if there is none."""
    best = _best(lines, picker, headline, MOST_OF_GIST)
    return best and replace(best, text=with_colon(best.text))


def _headline(article: Article) -> str:
    """Return the title of an article; empty if that is only the beginning of its text."""
    first = next((sentence.text.strip() for sentence in prose_of(article)), "")
    title = article.title.strip().rstrip("…").strip()
    return "" if first.startswith(title) else title


def _clean(text: str, clean: Callable[[str], str]) -> str:
    """Return a sentence cleaned; as it is if it is not Chinese or has nothing to leave out."""
    if not is_chinese(text) or len(text) > _MOST_CHARS:
        return text.strip()
    wide = with_wide_marks(text.strip())
    cleaned = clean(wide)
    return text.strip() if cleaned == wide else cleaned


def _best(
    lines: Sequence[ChineseLine], picker: SentencePicker, headline: str, most: int
) -> ChineseLine | None:
    """Return the best line of at most `most` characters; None if there is none."""
    texts = [as_headlined(with_ordinary_marks(line.text)) for line in lines]
    for start, end in pairwise((0, *_SENTENCES_OF_GIST)):
        shorts = [
            (index, short)
            for index, text in enumerate(texts[start:end], start)
            if len(text) <= _MOST_CHARS
            for short in shorter(with_wide_marks(text), most)
        ]
        rates = picker.rate(texts, shorts, headline)
        best = max(range(len(shorts)), key=lambda place: rates[place], default=None)
        if best is not None and rates[best] > 0:
            index, short = shorts[best]
            return ChineseLine(short, lines[index].sentence)
    return None
