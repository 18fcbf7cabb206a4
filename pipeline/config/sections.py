"""The YAML as frozen pydantic models: one section per stage, and input, output, runtime.

A section of a stage is part of its shards' keys; `input`, `output` and `runtime` are
not (what they change is read from the documents, or does not change the answer).
"""

from collections.abc import Callable
from typing import Annotated, Any, Literal, Self

from pydantic import Field, PrivateAttr, field_validator, model_validator

from models.specs import BertScoreSpec, EstimatorSpec, JudgeSpec, Seq2SeqSpec, TranslatorSpec
from models.strict import FILE, MADE, MODEL
from pipeline.bucket import is_address
from pipeline.config.gate_rule import GateRule
from pipeline.config.input_section import InputSection
from pipeline.config.machine import RuntimeSection, Section
from pipeline.config.night_sections import KeepSection, NotifySection, RunSeries, reach_problems
from pipeline.config.quality import Quality, with_quality
from pipeline.config.summarize_section import SummarizeSection
from pipeline.records import BlockKind, Rouge, Rung

BUNDLED_MODEL = "bundled:zh-en"
"""The translation model of a config that names none."""

BUNDLED_GLOSSARY = "bundled:newspapers"


class SegmentSection(Section):
    """How a page becomes articles, blocks and sentences."""

    join_broken_paragraphs: bool = True
    """Join a paragraph that the page breaks in the middle of a sentence."""
    max_sentence_chars: int = Field(default=200, ge=20)
    """Split longer sentences at clause boundaries."""
    convert_to: Literal["as_written", "auto", "simplified", "traditional"] = "as_written"
    """Convert the script with OpenCC, character by character, before all other steps: `simplified`
    for a model that does not know traditional characters; `auto` does so where a document has them.
    Without a config and a model it is `auto`."""


class RepairSection(Section):
    """Retries for sentences that a check flags."""

    enabled: bool = True
    """Retry sentences that a check flags."""
    rungs: tuple[Rung, ...] = ("corrected", "nbest", "terms", "clauses", "decoding", "fallback")
    """Retries in this order, until no check finds a fault. `corrected`: corrections without a model
    (a loop reduced to one round, a code or a name spelt as in the source, an amount off by a power
    of ten where both texts are fully understood); `nbest`: the other translations that the first
    search found, where the model keeps them; `terms`: missing names and terms inserted into the
    source; `clauses`: clause by clause; `decoding`: a narrow beam, and for errors and loops a wider
    one without repeated n-grams; `fallback`: the fallback model. A retry must not lose a number, a
    name or a denial."""
    fallback: TranslatorSpec | None = None
    """A second translation model for the rung `fallback`, loaded only when needed."""
    least_confidence: float = Field(default=0.7, ge=0, le=1)
    """Accept a retry only if its confidence is at least this share of the first answer's."""


class ChooseSection(Section):
    """How one of several translations of a sentence is selected."""

    by: Literal["first", "consensus", "estimator"] = "first"
    """How a translation is selected. `first`: the most probable one (fastest). `consensus`: the one
    most similar to all others by chrF (minimum Bayes risk), at about two thirds of the speed.
    `estimator`: the one that `estimator` scores best."""
    of: int = Field(default=8, ge=2, le=256)
    """Number of translations per sentence; the beam size rises to this number."""
    among: Literal["beam", "draws"] = "beam"
    """`beam`: the best hypotheses of the beam. `draws`: sampled translations, which differ more;
    transformers only. A sentence gets the same samples in every run."""
    checked: bool = True
    """Choose only among the translations with the fewest findings of the checks."""
    temperature: float = Field(default=1.0, gt=0, le=5)
    """Sampling temperature for `among: draws`; values below 1 favour likely tokens."""
    least_probability: float = Field(default=0.02, ge=0, le=1)
    """For `among: draws`: never sample tokens less probable than this."""
    seed: int = Field(default=1, ge=0)
    """Random seed for `among: draws`."""
    estimator: JudgeSpec | None = None
    """A metric that needs no reference: CometKiwi or XCOMET (`comet`), `metricx`, or a translation
    model that scores each translation by forced decoding (`seq2seq`; its `beams`, `length_penalty`,
    `no_repeat_ngram_size` and `shortlist` have no effect)."""

    @model_validator(mode="after")
    def _an_estimator_goes_with_its_word(self) -> "ChooseSection":
        if (self.by == "estimator") != (self.estimator is not None):
            raise ValueError("'by: estimator' and 'estimator' need each other; set both or neither")
        return self


class TranslateSection(Section):
    """The translation model and what it translates."""

    quality: Quality = "balanced"
    """How much time a `seq2seq` model takes for a sentence; other models are not changed. `fast`:
    greedy search (`model.beams: 1`). `balanced`: a beam of 4. `best`: the consensus of 12
    translations (`choose: {by: consensus, of: 12}`), without expected errors. `auto`: `best` for
    the bundled model and an input of at most 60 kB, otherwise `balanced`; choose a word if the
    input grows. Keys that you set yourself win."""
    model: TranslatorSpec = Seq2SeqSpec(kind="seq2seq", path=BUNDLED_MODEL)
    """The translation model."""
    choose: ChooseSection = ChooseSection()
    """How to select one of several translations (reranking)."""
    kinds: tuple[BlockKind, ...] = (
        *("title", "subtitle", "heading", "paragraph", "list_item", "table"),
        *("caption", "footnote"),
    )
    """Kinds of blocks that the model translates; a table is translated cell by cell. Credits,
    dates, page numbers, sections and jumps are translated by rule; all other kinds stay in
    Chinese."""
    glossary: Annotated[str | None, FILE] = Field(
        default=None,
        description="Chinese terms and the English they must have: TSV, a table (CSV, TSV, XLSX) "
        f"with the columns zh, en, sense and note, or TBX. `{BUNDLED_GLOSSARY}` is the list of "
        "offices, places and set phrases of mainland newspapers that ships with Yibao; a run "
        "without a config uses it. A cell of a table that is a term has the term's English.",
    )
    repair: RepairSection = RepairSection()
    """Retries for flagged sentences."""

    @model_validator(mode="wrap")
    @classmethod
    def _quality_sets_open_keys(cls, value: Any, make: Callable[[Any], Self]) -> Self:
        section = make(value)
        return with_quality(section, section.quality)


class ScoreSection(Section):
    """How translations are judged."""

    metrics: tuple[Literal["bleu", "chrf", "ter"], ...] = ("bleu", "chrf", "ter")
    """Metrics for sentences that have a reference (`chrf` is chrF++)."""
    bootstrap_samples: int = Field(default=1000, ge=0, le=100_000)
    """Bootstrap resamples for the confidence intervals; 0 for no intervals."""
    summary_metrics: tuple[Rouge, ...] = ("rouge1", "rouge2", "rougel")
    """Metrics for articles that have a `reference_summary`. Chinese is counted in characters."""
    summary_bertscore: BertScoreSpec | None = None
    """Also compute BERTScore for those summaries."""
    references: Annotated[tuple[str, ...], FILE] = ()
    """JSONL or TSV files with pairs of `zh` and `en` sentences. An input sentence equal to a `zh`
    (ignoring spaces) is scored against its `en`."""
    estimator: EstimatorSpec = EstimatorSpec(kind="confidence")
    """Quality estimation without a reference."""


class ReportSection(Section):
    """The report."""

    formats: tuple[Literal["html", "markdown", "json", "index"], ...] = Field(
        default=("html", "markdown", "json", "index"), min_length=1
    )
    """Files to write: `html`, `markdown`, `json`, and `index`, a table (CSV) of the people, places,
    organisations, amounts and dates with their sentences."""
    title: str | None = None
    """Heading of the report."""
    max_unknown_share: float = Field(default=0.002, ge=0, le=1)
    """Warn if the model's vocabulary lacks more than this share of the input characters; 0.002 is
    two in a thousand."""


class DeliverSection(Section):
    """The English articles for readers, in the folder `english` of the run."""

    formats: tuple[Literal["md", "docx", "html", "txt"], ...] = ("md", "docx", "html", "txt")
    """Files to write for every article and for the whole run: `md` (Markdown), `docx` (Word),
    `html` and `txt`. An empty list switches them off."""


class LicencesSection(Section):
    """Which licences the weights may have."""

    publish: bool = False
    """Set to true if you will publish or sell the output. A run then refuses, before it starts,
    weights whose licence forbids commercial use, sets its own conditions (Gemma, Llama, Tencent …)
    or is unknown."""
    allow: Annotated[tuple[str, ...], MODEL] = ()
    """Models (as in `path`) and licences (as `pipeline models show` prints them) that `publish`
    accepts, because you have read their terms."""


class Config(Section):
    """A whole run."""

    input: InputSection
    """Where the documents come from."""
    output: Annotated[str, MADE]
    """The run folder. `{date}` (in the last part of the path) and `{edition}` make a folder for
    each night: `runs/{date}`. See operate/nights.md."""
    runtime: RuntimeSection = RuntimeSection()
    """Device and speed."""
    segment: SegmentSection = SegmentSection()
    """Stage 1."""
    translate: TranslateSection = TranslateSection()
    """Stage 2."""
    summarize: SummarizeSection = SummarizeSection()
    """Stage 3."""
    score: ScoreSection = ScoreSection()
    """Stage 4."""
    report: ReportSection = ReportSection()
    """Stage 5."""
    deliver: DeliverSection = DeliverSection()
    """English articles for readers."""
    licences: LicencesSection = LicencesSection()
    """Whether you will publish the output, and which licences you accept."""
    gate: dict[Literal["bleu", "chrf", "ter"], GateRule] = Field(default={})
    """Rules by metric of `score.metrics`. If one fails, the exit code is 4."""

    keep: KeepSection | None = None
    """For an `output` with `{date}` or `{edition}`: which finished runs stay. By default all of
    them."""
    notify: NotifySection = NotifySection()
    """Whom to notify when a run ends."""
    _series: RunSeries | None = PrivateAttr(default=None)

    @property
    def series(self) -> RunSeries | None:
        """The series of runs that this one belongs to; None if `output` has no placeholder."""
        return self._series

    def join(self, series: RunSeries | None) -> None:
        """Make the run one of a series."""
        self._series = series

    @model_validator(mode="after")
    def _sections_fit_together(self) -> "Config":
        if self.keep and is_address(self.output):
            raise ValueError(
                "keep: runs in a bucket are not removed; leave it out, and let a rule of the store "
                "remove what is old"
            )
        for problem in reach_problems(self.notify, self.runtime.traces, self.runtime.offline):
            raise ValueError(problem)
        for name in self.gate:
            if name not in self.score.metrics:
                raise ValueError(
                    f"gate.{name}: not one of score.metrics: {', '.join(self.score.metrics)}; "
                    "add it there"
                )
        return self

    @field_validator("output")
    @classmethod
    def _output_is_named(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("must name a folder")
        return value
