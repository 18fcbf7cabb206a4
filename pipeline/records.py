"""The records that flow through the pipeline: frozen, plain, comparable.

Document ─▶ Article ─▶ Block ─▶ Sentence        one document has one or more articles
   │           │
   └▶ Edition  │      documents that are pages of one newspaper, read as one
               │
               ├─▶ Translation ─▶ TranslatedSentence    one row per article, same order,
               ├─▶ Summary ─▶ SummarySentence           sentences identified by their id
               └─▶ Score ─▶ SentenceScore ─▶ Finding
"""

from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import shorten
from typing import Literal

BlockKind = Literal[
    "title",
    "subtitle",
    "heading",
    "paragraph",
    "list_item",
    "caption",
    "credit",
    "date",
    "page_number",
    "section",
    "jump",
    "table",
    "footnote",
    "image",
    "formula",
    "furniture",
]
"""Kind of a block on the page; `furniture` is folio lines, advertisements, rules."""

Layout = Literal["page", "article"]
"""`page`: may contain several articles, to be found by segment; `article`: exactly one."""

Language = Literal["zh", "en"]

Script = Literal["simplified", "traditional", "mixed", "unknown"]
"""Chinese script of a text; `unknown` if both scripts would write it the same way."""

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class SetAside:
    """Text of a file that is not in its document: `pieces` of it, with so many `characters`.

    `what` names it in the plural: comments, headers and footers, hidden text. White space is not
    counted; a chart or an embedded object has no characters.
    """

    what: str
    pieces: int
    characters: int


@dataclass(frozen=True, slots=True)
class Document:
    """One input file or row, unchanged. `source` is where it is from: `news.jsonl:12`.

    Adjacent documents with the same `edition` are pages of one newspaper. `set_aside` is what its
    reader left out of the text.
    """

    id: str
    text: str
    source: str
    layout: Layout = "page"
    title: str | None = None
    date: str | None = None
    reference: str | None = None
    reference_summary: str | None = None
    edition: str | None = None
    set_aside: tuple[SetAside, ...] = ()


@dataclass(frozen=True, slots=True)
class Edition:
    """The pages of one newspaper, read together because a story may continue on another page.

    Its text is that of its pages, joined by line breaks: a page starts one character after the
    end of the page before.
    """

    id: str
    pages: tuple[Document, ...]

    @property
    def source(self) -> str:
        """Source of its first page."""
        return self.pages[0].source


@dataclass(frozen=True, slots=True)
class Page:
    """A page of an edition: characters `start` to `end` of the edition's text."""

    source: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Span:
    """A span of a document or edition: `document.text[start:end]`, in characters."""

    start: int
    end: int

    def overlaps(self, other: "Span") -> bool:
        """True if both have a character in common."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Sentence:
    """The unit of translation; `id` is unique in its article (`s1`, `s2`, …).

    `text` is the text of the document at `spans`, joined in order: usually one span, or several if
    the page breaks the paragraph. With `segment.convert_to` it is in another script, character for
    character. A title given beside the text (a JSONL field) has no span. `cuts` are the offsets in
    `text` at which a sentence too long for a model is cut; the parts are translated one by one and
    joined again.
    """

    id: str
    text: str
    spans: tuple[Span, ...]
    cuts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, paragraph, caption … with its sentences in reading order."""

    kind: BlockKind
    sentences: tuple[Sentence, ...]


_LONGEST_TITLE = 60  # characters of an English sentence that stands for a title


@dataclass(frozen=True, slots=True)
class Article:
    """One story of a document. `warnings` lists problems of its layout.

    In an edition, `source` is the page on which it begins and `pages` are all its pages: a span
    starts at character `span.start - page.start` of its page.
    """

    id: str
    document_id: str
    source: str
    title: str
    date: str | None
    byline: str | None
    blocks: tuple[Block, ...]
    warnings: tuple[str, ...] = ()
    reference: str | None = None
    reference_summary: str | None = None
    script: Script = "unknown"
    """Script of the original document."""
    pages: tuple[Page, ...] = ()

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """Every sentence, in reading order."""
        return tuple(sentence for block in self.blocks for sentence in block.sentences)

    @property
    def given_lines(self) -> list[tuple[BlockKind, str]]:
        """The byline and the date if they were given beside the text, not in it."""
        kinds = {block.kind for block in self.blocks}
        given: list[tuple[BlockKind, str]]
        given = [("credit", self.byline or ""), ("date", self.date or "")]
        return [(kind, text) for kind, text in given if text.strip() and kind not in kinds]

    def english_title(self, english: Mapping[str, str]) -> str:
        """Return the title in English, empty if it was not translated.

        `english` are the translations of the sentences by their ids. Without a headline or heading
        an article is called by a sentence, here shortened.
        """
        kinds = [block.kind for block in self.blocks]
        for kind in ("title", "heading"):
            if kind in kinds:
                headline = self.blocks[kinds.index(kind)].sentences
                return " ".join(english.get(sentence.id, "") for sentence in headline).strip()
        kept = self.title.removesuffix("…")
        first = next((s for s in self.sentences if s.text.startswith(kept)), None) if kept else None
        words = english.get(first.id, "") if first else ""
        if words.startswith("|"):  # the first row of a table
            words = words.strip("| ").replace(" | ", ", ")
        words = " ".join(words.split()).lstrip("-–— ")  # the dash of a speaker
        # shorten is slow, and a list of short lines asks for many titles
        is_long = len(words) > _LONGEST_TITLE
        return shorten(words, _LONGEST_TITLE, placeholder=" …") if is_long else words


Origin = Literal["model", "editor", "rule", "copied", "none"]
"""Who wrote a translation: the model, an editor (a correction from the memory), a rule (dates,
credits), the source itself, or no one (`none`)."""


Rouge = Literal["rouge1", "rouge2", "rougel"]

Rung = Literal["corrected", "nbest", "terms", "clauses", "decoding", "fallback"]
"""The steps of the repair ladder, in the order in which they are tried: the cheap ones first."""


@dataclass(frozen=True, slots=True)
class TranslatedSentence:
    """The English of one sentence; `confidence` is exp(mean token log-probability), 0 to 1.

    `rung` is the step of the repair ladder that produced it; None if the first translation needed
    no repair, "kept" if no step was better. `reason` is what the checks found in the first
    translation; empty if they found nothing or did not run. `unknown` holds the characters of the
    source that the model's vocabulary lacks.
    """

    id: str
    text: str
    origin: Origin
    confidence: float | None
    flags: tuple[str, ...] = ()
    rung: Rung | Literal["kept"] | None = None
    reason: str = ""
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class Translation:
    """One row per article: every sentence of it, in order."""

    article_id: str
    sentences: tuple[TranslatedSentence, ...]

    @property
    def english(self) -> dict[str, str]:
        """The English of every sentence by its id."""
        return {sentence.id: sentence.text.strip() for sentence in self.sentences}


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem that a check found in one sentence; spans are in characters, end excluded."""

    check: str
    severity: Severity
    message: str
    source_span: Span | None = None
    translation_span: Span | None = None


@dataclass(frozen=True, slots=True)
class SummarySentence:
    """A sentence of a summary, and the ids of the article's sentences that support it.

    `unsupported` are its claims that the article does not have; a `translation_span` is of `text`.
    """

    text: str
    sources: tuple[str, ...]
    unsupported: tuple[Finding, ...] = ()


FactKind = Literal["what", "who", "where", "when", "how much"]


@dataclass(frozen=True, slots=True)
class Fact:
    """A key fact of an article in both languages, and the id of the sentence that has it.

    `en` is empty without English summaries.
    """

    kind: FactKind
    zh: str
    en: str
    source: str


@dataclass(frozen=True, slots=True)
class Summary:
    """One row per article, in the configured languages (the other one is empty).

    `gist_zh` and `gist_en` are its one line, of at most 30 Chinese characters; None if there is no
    such line, or if the summarizer makes none. `faithfulness` is the share of its words that the
    cited sentences explain, 0 to 100; None if there is no summary.
    """

    article_id: str
    zh: tuple[SummarySentence, ...]
    en: tuple[SummarySentence, ...]
    flags: tuple[str, ...] = ()
    gist_zh: SummarySentence | None = None
    gist_en: SummarySentence | None = None
    faithfulness: float | None = None
    facts: tuple[Fact, ...] = ()

    def repeats(self, article: Article) -> bool:
        """True if it has as many lines as the text has sentences: nothing in it is shorter."""
        texts = [b.sentences for b in article.blocks if b.kind in ("paragraph", "list_item")]
        return max(len(self.zh), len(self.en)) >= sum(map(len, texts))


@dataclass(frozen=True, slots=True)
class MetricValue:
    """A metric of one sentence or article against its reference, 0 to 100 (TER may pass 100)."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class SentenceScore:
    """The quality of one translation; `metrics` are empty without a reference.

    `expected_error` is the expected difference from a human translation, 0 to 100 (100 - chrF);
    None if the model has no calibration.
    """

    id: str
    confidence: float | None
    findings: tuple[Finding, ...]
    reference: str | None = None
    metrics: tuple[MetricValue, ...] = ()
    expected_error: float | None = None


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Segments of similar expected error, and their measured error."""

    expected: float
    found: float
    segments: int


@dataclass(frozen=True, slots=True)
class Reliability:
    """How reliable expected errors are, measured on segments that were not used in the fit."""

    unit: str
    fitted_on: str
    calibration_error: float
    kendall: float
    bins: tuple[ReliabilityBin, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """One row per article. `confidence` is the mean over its translated sentences."""

    article_id: str
    sentences: tuple[SentenceScore, ...]
    confidence: float | None
    metrics: tuple[MetricValue, ...] = ()


@dataclass(frozen=True, slots=True)
class CorpusScore:
    """A metric over a whole run, with its 95 % bootstrap interval and its signature."""

    name: str
    score: float
    low: float
    high: float
    signature: str
    segments: int


@dataclass(frozen=True, slots=True)
class SummaryScores:
    """Metrics of summaries against reference summaries, 0 to 100: by article id, and overall."""

    articles: Mapping[str, tuple[MetricValue, ...]]
    corpus: tuple[CorpusScore, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """An article or document that could not be finished: a line of `failures.jsonl`."""

    id: str
    source: str
    stage: str
    reason: str
    advice: str
