"""The records that flow through the pipeline: frozen, plain, comparable.

Document ─▶ Article ─▶ Block ─▶ Sentence        one document has one or more articles
   │           │
   └▶ Edition  │      documents that are pages of one newspaper, read as one
               │
               ├─▶ Translation ─▶ TranslatedSentence    one row per article, same order,
               ├─▶ Summary ─▶ SummarySentence           sentences told apart by their id
               └─▶ Score ─▶ SentenceScore ─▶ Finding
"""

from collections.abc import Mapping
from dataclasses import dataclass
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
"""What a block is on the page; `furniture` is folio lines, advertisements, rules."""

Layout = Literal["page", "article"]
"""`page`: may hold several articles, found by segment; `article`: exactly one, as given."""

Language = Literal["zh", "en"]

Script = Literal["simplified", "traditional", "mixed", "unknown"]
"""Which Chinese characters a text is written in; `unknown` when both would write it so."""

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Document:
    """One input file or row, as it came. `source` says where: `news.jsonl:12`.

    Neighbours with the same `edition` are pages of one newspaper.
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


@dataclass(frozen=True, slots=True)
class Edition:
    """The pages of one newspaper, read together so that a story may go on on another page.

    Its text is theirs, a line break after each: page n starts where page n - 1 ends, plus one.
    """

    id: str
    pages: tuple[Document, ...]

    @property
    def source(self) -> str:
        """Where its first page is."""
        return self.pages[0].source


@dataclass(frozen=True, slots=True)
class Page:
    """A page of an edition: its characters are `start` to `end` of the edition's text."""

    source: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a document or edition: `document.text[start:end]`, in characters."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """The unit of translation; `id` is unique in its article (`s1`, `s2`, …).

    `text` is the pieces of the document at `spans`, in order, put together: one
    span as a rule, two or more where a paragraph was broken in the page. With
    `segment.convert_to` it is in other characters, one for one.
    A title given beside the text (a JSONL field) has no span. `cuts` are the offsets
    in `text` where a sentence too long for a model is cut into parts; the parts are
    translated one by one and joined again.
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


@dataclass(frozen=True, slots=True)
class Article:
    """One story of a document. `warnings` says what a reader should know of its layout.

    Of an edition `source` is the page it begins on, and `pages` are those it stands on: a
    span starts at character `span.start - page.start` of the page that it is in.
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
    """The characters of the document, as it came."""
    pages: tuple[Page, ...] = ()


Origin = Literal["model", "editor", "rule", "copied", "none"]
"""Who wrote a translation: the model, an editor whose correction the memory keeps, a rule
(dates, credits), the source itself, or nobody."""


Rouge = Literal["rouge1", "rouge2", "rougel"]

Rung = Literal["nbest", "terms", "clauses", "decoding", "fallback", "corrected"]
"""The steps of the repair ladder, in the order a sentence climbs them."""


@dataclass(frozen=True, slots=True)
class TranslatedSentence:
    """The English of one sentence; `confidence` is exp(mean token log-probability), 0 to 1.

    `rung` is the step of the repair ladder that made it, None where the first answer
    stands, "kept" where no step gave a better one. `reason` is what the checks found in
    the first answer, empty where they found nothing or were not asked. `unknown` are the
    characters of the source that the model's vocabulary lacks: it never saw them.
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


@dataclass(frozen=True, slots=True)
class SummarySentence:
    """A sentence of a summary and the ids of the article's sentences it rests on."""

    text: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """One row per article, in the languages asked for (the other one is empty)."""

    article_id: str
    zh: tuple[SummarySentence, ...]
    en: tuple[SummarySentence, ...]
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found in one pair; spans are characters of the two texts, half open."""

    check: str
    severity: Severity
    message: str
    source_span: Span | None = None
    translation_span: Span | None = None


@dataclass(frozen=True, slots=True)
class MetricValue:
    """A metric of one sentence or article against its reference, 0 to 100 (TER may pass 100)."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class SentenceScore:
    """What is known of one translation's quality; `metrics` only where there is a reference.

    `expected_error` is how far it is expected to be from a human translation, 0 to 100
    (100 - chrF); None where the model has no calibration.
    """

    id: str
    confidence: float | None
    findings: tuple[Finding, ...]
    reference: str | None = None
    metrics: tuple[MetricValue, ...] = ()
    expected_error: float | None = None


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Segments of like expected error, and the error that was found in them."""

    expected: float
    found: float
    segments: int


@dataclass(frozen=True, slots=True)
class Reliability:
    """How far an expected error can be trusted, measured on segments left out of its fit."""

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
    """A metric over a whole run with its 95 % bootstrap interval and its recipe."""

    name: str
    score: float
    low: float
    high: float
    signature: str
    segments: int


@dataclass(frozen=True, slots=True)
class SummaryScores:
    """Metrics of summaries against reference summaries, 0 to 100: by article id, and of a run."""

    articles: Mapping[str, tuple[MetricValue, ...]]
    corpus: tuple[CorpusScore, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """One article or document that could not be finished: a line of `failures.jsonl`."""

    id: str
    source: str
    stage: str
    reason: str
    advice: str
