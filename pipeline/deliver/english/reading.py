"""Articles as a reader wants them: English in reading order, with notes where it is in doubt."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from textwrap import shorten

from models.patterns import lazy
from pipeline.check.findings.verdict import ErrorCount
from pipeline.language.chinese import is_chinese
from pipeline.language.controls import visible_line
from pipeline.language.numbers.list_markers import has_english_marker
from pipeline.language.numbers.note_marks import note_marks_as_read
from pipeline.language.plural import plural
from pipeline.language.tables import is_across, row_cells, row_texts
from pipeline.records import (
    Article,
    Block,
    BlockKind,
    Failure,
    Score,
    Sentence,
    SentenceScore,
    Summary,
    SummarySentence,
    TranslatedSentence,
    Translation,
)

ReadingRow = tuple[Article, Translation | None, Summary | None, Score | None]
"""An article with what a run has made of it so far."""

EnglishRule = Callable[[BlockKind, str], str | None]
"""Returns the English of a date or credit, or None if no rule translates it."""

LEFT_OUT = frozenset(("page_number", "section", "jump", "furniture"))
"""Kinds of blocks that belong to the page, not to the article."""

_OPENING = frozenset(("subtitle", "date", "credit"))
_HEADINGS = frozenset(("title", "subtitle", "heading"))
_WRITTEN = frozenset(("model", "editor"))
_NO_XML = lazy("[\ufdd0-\ufdef\ufffe\uffff]")
_LONGEST_TITLE = 60
_MOST_MESSAGES = 6


@dataclass(frozen=True, slots=True)
class Doubt:
    """What to check in a sentence, and its Chinese; `number` counts within the article."""

    number: int
    messages: tuple[str, ...]
    chinese: str

    @property
    def advice(self) -> str:
        """The note without the Chinese."""
        hidden = len(self.messages) - _MOST_MESSAGES
        more = (f"and {hidden:,} more",) if hidden > 0 else ()
        return f"Check: {'; '.join((*self.messages[:_MOST_MESSAGES], *more))}."


@dataclass(frozen=True, slots=True)
class EnglishText:
    """A sentence or the cell of a table; its text is Chinese if it could not be translated."""

    text: str
    is_chinese: bool = False
    doubt: Doubt | None = None


@dataclass(frozen=True, slots=True)
class EnglishBlock:
    """A block with its sentences; a table has rows of cells instead."""

    kind: BlockKind
    sentences: tuple[EnglishText, ...]
    rows: tuple[tuple[EnglishText, ...], ...] = ()

    @property
    def width(self) -> int:
        """Number of columns of a table."""
        return max(map(len, self.rows), default=0)

    @property
    def has_marker(self) -> bool:
        """True if the text of a list item begins with a marker such as `1.` or `(b)`."""
        return has_english_marker(self.sentences[0].text)


@dataclass(frozen=True, slots=True)
class EnglishArticle:
    """An article for readers; the first block of kind `title` is its headline.

    `opening` holds the headline, subtitles, byline and date. `notes` say who translated it.
    """

    id: str
    title: str
    opening: tuple[EnglishBlock, ...]
    summary: tuple[str, ...]
    body: tuple[EnglishBlock, ...]
    doubts: tuple[Doubt, ...]
    notes: tuple[str, ...]
    counts: Counter[str]
    errors: ErrorCount


@dataclass(frozen=True, slots=True)
class EnglishEdition:
    """Articles for one file. An article by itself has no `title` and no `contents`.

    `articles` can be iterated repeatedly. `missing` names what a run could not finish.
    """

    title: str
    articles: Iterable[EnglishArticle]
    contents: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EnglishArticles:
    """The translated articles of a run, built again in every pass: they may exceed the memory."""

    rows: Iterable[ReadingRow]
    model: str
    rule: EnglishRule

    def __iter__(self) -> Iterator[EnglishArticle]:
        for article, translation, summary, score in self.rows:
            if translation is not None:
                yield english_article(
                    article, translation, summary, score, model=self.model, rule=self.rule
                )


def english_edition(
    rows: Iterable[ReadingRow],
    *,
    model: str,
    title: str,
    rule: EnglishRule,
    failures: Sequence[Failure] = (),
) -> EnglishEdition:
    """Return a run as one edition; `model` names what translated it, `rule` translates dates.

    The articles of rows that are in memory, as a list, are built once and stay there too.
    Articles without a translation are named as missing, with the reason if it is known.
    """
    articles: Iterable[EnglishArticle] = EnglishArticles(rows, model, rule)
    if isinstance(rows, Sequence):
        articles = tuple(articles)
    contents: list[str] = []
    errors = ErrorCount()
    counts: Counter[str] = Counter()
    for article in articles:
        contents.append(article.title)
        errors += article.errors
        counts += article.counts
    return EnglishEdition(
        clean(title),
        articles,
        tuple(contents),
        machine_notes(model, counts, errors),
        tuple(_missing(rows, failures)),
    )


def _missing(rows: Iterable[ReadingRow], failures: Sequence[Failure]) -> Iterator[str]:
    failed = {failure.id for failure in failures}
    done = set()
    for article, translation, _, _ in rows:
        if translation is not None:
            done.add(article.id)
        elif article.id not in failed:
            yield f"{clean(article.id)}: not translated yet; run again"
    lines = (clean(f"{f.id}: {f.reason}; {f.advice}") for f in failures if f.id not in done)
    yield from dict.fromkeys(lines)


def lone_article(article: EnglishArticle) -> EnglishEdition:
    """Return an article as the only one of its file."""
    return EnglishEdition("", (article,))


def english_article(
    article: Article,
    translation: Translation,
    summary: Summary | None,
    score: Score | None,
    *,
    model: str,
    rule: EnglishRule,
) -> EnglishArticle:
    """Return an article in English. A sentence without a translation stays in Chinese."""
    builder = _Builder(
        {each.id: each for each in translation.sentences},
        {each.id: each for each in score.sentences} if score else {},
    )
    builder.counts["unchecked"] = score is None
    before, headline, after = _parted([block for block in article.blocks if builder.is_read(block)])
    kickers = tuple(builder.block(block) for block in before)
    lead = builder.headline(article, headline)
    size = next((n for n, block in enumerate(after) if block.kind not in _OPENING), len(after))
    opening = [*map(builder.block, after[:size]), *_given(article, rule)]
    body = tuple(builder.block(block, in_body=True) for block in after[size:])
    lines = summary.en if summary and not summary.repeats(article) else ()
    return EnglishArticle(
        id=article.id,
        title=_title(lead, body, article),
        opening=(*kickers, lead, *opening),
        summary=tuple(filter(None, map(_summary_line, lines))),
        body=body,
        doubts=tuple(builder.doubts),
        notes=machine_notes(model, builder.counts, builder.errors),
        counts=builder.counts,
        errors=builder.errors,
    )


def _summary_line(line: SummarySentence) -> str:
    """Return a line of a summary, with what to check in it behind it."""
    messages = clean("; ".join(finding.message for finding in line.unsupported))
    return clean(line.text) + (f" (Check: {messages}.)" if messages else "")


def machine_notes(model: str, counts: Counter[str], errors: ErrorCount) -> tuple[str, ...]:
    """Return sentences that say which model translated a text, and how far to trust it."""
    notes = [errors.verdict(model).text]
    if marked := counts["doubts"]:
        text = "is marked: check it" if marked == 1 else "are marked: check them"
        notes.append(f"{plural(marked, 'sentence')} {text} against the Chinese.")
    if corrected := counts["editor"]:
        verb = "was" if corrected == 1 else "were"
        notes.append(f"{plural(corrected, 'sentence')} {verb} corrected by an editor.")
    if counts["unchecked"]:
        notes.append("Not all of it was checked.")
    if left := counts["left"]:
        verb = "was not translated and is" if left == 1 else "were not translated and are"
        notes.append(f"{plural(left, 'sentence')} {verb} shown in Chinese.")
    return tuple(notes)


def clean(text: str) -> str:
    """Return a text as one line without characters that XML forbids."""
    line = " ".join(text.split())
    # nothing that is printable is forbidden, and most texts are
    return line if line.isprintable() else _NO_XML.sub("\ufffd", visible_line(line))


def _shown(text: str) -> str:
    """Return a sentence as one line, with the marks of its notes as readers know them: [1]."""
    return note_marks_as_read(clean(text))


def _source_text(text: str) -> EnglishText:
    return EnglishText(clean(text), is_chinese=is_chinese(text))


def _given(article: Article, rule: EnglishRule) -> Iterator[EnglishBlock]:
    for kind, text in article.given_lines:
        english = rule(kind, text)
        yield EnglishBlock(kind, (EnglishText(english) if english else _source_text(text),))


def _parted(blocks: Sequence[Block]) -> tuple[list[Block], Block | None, list[Block]]:
    """Return the subtitles above the headline, the headline, and all other blocks.

    Without a title, a heading above the text is the headline.
    """
    place = next((n for n, block in enumerate(blocks) if block.kind == "title"), None)
    if place is None and (first := _first_text(blocks)) is not None and first.kind == "heading":
        place = blocks.index(first)
    if place is None:
        return [], None, list(blocks)
    start = place
    while start and blocks[start - 1].kind == "subtitle":
        start -= 1
    return list(blocks[start:place]), blocks[place], [*blocks[:start], *blocks[place + 1 :]]


def _first_text(blocks: Sequence[Block]) -> Block | None:
    return next((b for b in blocks if b.kind in ("heading", "paragraph", "list_item")), None)


def _title(headline: EnglishBlock, body: Sequence[EnglishBlock], article: Article) -> str:
    """Return the headline for a list: without one, the first words of the text."""
    if not any(text.is_chinese for text in headline.sentences) and headline.kind == "title":
        words = " ".join(text.text for text in headline.sentences)
        if words != _untitled(article):
            return words
    texts = [text for block in body for text in block.sentences if not text.is_chinese]
    first = next((text.text for text in texts), "")
    return shorten(first, _LONGEST_TITLE, placeholder=" …") or clean(article.id)


def _untitled(article: Article) -> str:
    return f"Untitled article {clean(article.id)}"


class _Builder:
    """Builds the blocks of one article in reading order; numbers doubts and counts sentences."""

    def __init__(
        self, translated: dict[str, TranslatedSentence], scored: dict[str, SentenceScore]
    ) -> None:
        self._translated, self._scored = translated, scored
        self.doubts: list[Doubt] = []
        self.counts: Counter[str] = Counter()
        self.errors = ErrorCount()

    def is_read(self, block: Block) -> bool:
        """True if readers want a block: not the page's furniture, and of images the translated."""
        written = (self._translated.get(sentence.id) for sentence in block.sentences)
        is_read = block.kind != "image" or any(t and t.origin in _WRITTEN for t in written)
        return block.kind not in LEFT_OUT and is_read and bool(block.sentences)

    def headline(self, article: Article, block: Block | None) -> EnglishBlock:
        """Return the block of the headline; an article without one is called untitled."""
        if block is not None:
            return EnglishBlock("title", self._sentences(block))
        title = article.title.strip()
        english = {name: sentence.text for name, sentence in self._translated.items()}
        if called := article.english_title(english):
            return EnglishBlock("title", (EnglishText(clean(called)),))
        return EnglishBlock(
            "title", (_source_text(title) if title else EnglishText(_untitled(article)),)
        )

    def block(self, block: Block, *, in_body: bool = False) -> EnglishBlock:
        """Return a block in English; below the headline, titles are headings, credits captions."""
        kind: BlockKind = block.kind
        if kind in _HEADINGS and (in_body or kind != "subtitle"):
            kind = "heading"
        if in_body and kind in ("credit", "date"):
            kind = "caption"
        if kind == "table":
            width = max(len(row_cells(row.text)) for row in block.sentences)
            return EnglishBlock(kind, (), tuple(self._row(row, width) for row in block.sentences))
        return EnglishBlock(kind, self._sentences(block))

    def _sentences(self, block: Block) -> tuple[EnglishText, ...]:
        return tuple(self._sentence(sentence) for sentence in block.sentences)

    def _sentence(self, sentence: Sentence) -> EnglishText:
        english = self._english(sentence)
        doubt = self._doubt(sentence)
        return EnglishText(english or _shown(sentence.text), not english, doubt)

    def _row(self, row: Sentence, width: int) -> tuple[EnglishText, ...]:
        """Return a row of cells. A note across all columns, and English that is no row, is one."""
        english = self._english(row)
        doubt = self._doubt(row)
        if english and not english.startswith("|") and width > 1:
            return (EnglishText(english, doubt=doubt),)
        cells = [
            EnglishText(cell, is_chinese=not english and is_chinese(cell))
            for cell in row_texts(english or _shown(row.text))
        ]
        if is_across(row.text) and len({cell.text for cell in cells}) == 1:
            cells = cells[:1]
        marked = next((n for n, cell in enumerate(cells) if cell.text), 0)
        cells[marked] = EnglishText(cells[marked].text, cells[marked].is_chinese, doubt)
        return tuple(cells)

    def _english(self, sentence: Sentence) -> str:
        """Return the English of a sentence, empty if there is none, and count it."""
        translated = self._translated.get(sentence.id)
        score = self._scored.get(sentence.id)
        english = _shown(translated.text) if translated else ""
        self.counts["sentences"] += 1
        self.counts["left"] += not english
        self.counts["editor"] += bool(translated and translated.origin == "editor")
        if translated:
            self.errors.add(translated, score)
        return english

    def _doubt(self, sentence: Sentence) -> Doubt | None:
        score = self._scored.get(sentence.id)
        if not score or not score.findings:
            return None
        messages = [clean(found.message) for found in score.findings if found.severity != "info"]
        if not messages:
            return None
        doubt = Doubt(len(self.doubts) + 1, tuple(dict.fromkeys(messages)), clean(sentence.text))
        self.doubts.append(doubt)
        self.counts["doubts"] += 1
        return doubt
