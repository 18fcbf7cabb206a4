"""The YAML as frozen pydantic models: one section per stage, and input, output, runtime.

A section of a stage is part of its shards' keys; `input`, `output` and `runtime` are
not (what they change is read from the documents, or does not change the answer).
"""

from collections.abc import Callable
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from models.specs import (
    BertScoreSpec,
    EstimatorSpec,
    ExtractiveSpec,
    JudgeSpec,
    Seq2SeqSpec,
    SummarizerSpec,
    TranslatorSpec,
)
from models.strict import BARE_OFF, DEVICE_PATTERN, FILE, MADE, MODEL, PathKey, Precision
from pipeline.config.input_section import InputSection
from pipeline.config.quality import Quality, with_quality
from pipeline.records import BlockKind, Rouge, Rung

BUNDLED_MODEL = "bundled:zh-en"
"""The translation model of a config that names none."""


class Section(BaseModel):
    """Strict and frozen: a misspelt key is an error, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class MachineSection(Section):
    """The machine: devices, speed, memory. Only `precision` changes the output."""

    device: str = Field(
        default="auto",
        pattern=DEVICE_PATTERN,
        description="`auto`, `cpu`, `cuda`, `cuda:N` or `mps`; for several GPUs "
        "`cuda:all`, or their numbers such as `cuda:0,2` (in quotation marks inside "
        "braces). `auto` and `cuda` use the first GPU. With several GPUs, each loads the "
        "weights and takes the next batch of sentences, or the next article to summarize; "
        "metrics run on the first GPU.",
    )
    precision: Precision = Field(
        default="auto",
        description="Precision of every model that does not set its own. `auto` chooses "
        "for each model: on a CPU, int8 with ctranslate2 and float32 with transformers; on "
        "a CUDA GPU, float16, but bfloat16 for the T5 family (T5, mT5, MADLAD-400), which "
        "overflows in float16; on an Apple GPU, float32. Trained metrics have their own "
        "`precision`.",
    )
    batch_tokens: Annotated[int, Field(ge=16)] | Literal["auto"] = Field(
        default="auto",
        description="Padded tokens in a batch, or `auto`. `auto` uses half of the free "
        "memory, up to 4,096 tokens on a CPU and 32,768 on a GPU. ctranslate2 on a CPU and "
        "servers choose their own batches. A batch that does not fit into memory is halved.",
    )
    threads: Annotated[int, Field(ge=1)] | Literal["auto"] = Field(
        default="auto",
        description="CPU threads, or `auto` for every core this process may use. On a "
        "GPU, up to four threads feed batches to ctranslate2.",
    )
    offline: bool = Field(
        default=True, description="Make no network connection to another machine."
    )
    memory: Annotated[str, BARE_OFF, PathKey("made", ("auto", "off"))] = Field(
        default="auto",
        description="The translation memory: `auto`, `off` or a file. `auto` is "
        "memory.sqlite beside the folder that `output` names in the file, whatever "
        "`--output` says. The memory also holds an editor's corrections (`pipeline memory "
        "import`); with `off` a run ignores them and says so.",
    )
    cache: Annotated[str, PathKey("made", ("auto",))] = Field(
        default="auto",
        description="Folder for converted models; `auto` is the user's cache folder.",
    )


class RuntimeSection(MachineSection):
    """The machine that a run uses."""

    shard_size: int = Field(
        default=64,
        ge=1,
        description="Mean number of documents in a shard. A run resumes shard by shard.",
    )


class SegmentSection(Section):
    """How a page becomes articles, blocks and sentences."""

    join_broken_paragraphs: bool = Field(
        default=True,
        description="Join a paragraph that the page breaks in the middle of a sentence.",
    )
    max_sentence_chars: int = Field(
        default=200, ge=20, description="Split longer sentences at clause boundaries."
    )
    convert_to: Literal["as_written", "simplified", "traditional"] = Field(
        default="as_written",
        description="Convert the script with OpenCC, character by character, before all "
        "other steps: `simplified` for a model that does not know "
        "traditional characters.",
    )


class RepairSection(Section):
    """Retries for sentences that a check flags."""

    enabled: bool = Field(default=True, description="Retry sentences that a check flags.")
    rungs: tuple[Rung, ...] = Field(
        default=("corrected", "terms", "clauses", "nbest", "decoding", "fallback"),
        description="Retries in this order, until no check finds a fault. `corrected`: "
        "corrections without a model (a loop reduced to one round, a code or a name spelt as in "
        "the source, an amount off by a power of ten where both texts are fully understood); "
        "`terms`: missing names and terms inserted into the source; `clauses`: clause by "
        "clause; `nbest`: other hypotheses, of a narrow beam; `decoding`: for errors and loops, a "
        "wider beam without repeated n-grams; `fallback`: the fallback model. A retry must not "
        "lose a number, a name or a denial.",
    )
    fallback: TranslatorSpec | None = Field(
        default=None,
        description="A second translation model for the rung `fallback`, loaded only when needed.",
    )
    least_confidence: float = Field(
        default=0.7,
        ge=0,
        le=1,
        description="Accept a retry only if its confidence is at least this share of the "
        "first answer's.",
    )


class ChooseSection(Section):
    """How one of several translations of a sentence is selected."""

    by: Literal["first", "consensus", "estimator"] = Field(
        default="first",
        description="How a translation is selected. `first`: the most probable one "
        "(fastest). `consensus`: the one most similar to all others by chrF (minimum Bayes "
        "risk), at about two thirds of the speed. `estimator`: the one that `estimator` "
        "scores best.",
    )
    of: int = Field(
        default=8,
        ge=2,
        le=256,
        description="Number of translations per sentence; the beam size rises to this number.",
    )
    among: Literal["beam", "draws"] = Field(
        default="beam",
        description="`beam`: the best hypotheses of the beam. `draws`: sampled "
        "translations, which differ more; transformers only. A sentence gets the same "
        "samples in every run.",
    )
    checked: bool = Field(
        default=True,
        description="Choose only among the translations with the fewest findings of the checks.",
    )
    temperature: float = Field(
        default=1.0,
        gt=0,
        le=5,
        description="Sampling temperature for `among: draws`; values below 1 favour likely tokens.",
    )
    least_probability: float = Field(
        default=0.02,
        ge=0,
        le=1,
        description="For `among: draws`: never sample tokens less probable than this.",
    )
    seed: int = Field(default=1, ge=0, description="Random seed for `among: draws`.")
    estimator: JudgeSpec | None = Field(
        default=None,
        description="A metric that needs no reference: CometKiwi or XCOMET (`comet`), "
        "`metricx`, or a translation model that scores each translation by forced decoding "
        "(`seq2seq`; its `beams`, `length_penalty`, `no_repeat_ngram_size` and `shortlist` "
        "have no effect).",
    )

    @model_validator(mode="after")
    def _an_estimator_goes_with_its_word(self) -> "ChooseSection":
        if (self.by == "estimator") != (self.estimator is not None):
            raise ValueError("'by: estimator' and 'estimator' need each other; set both or neither")
        return self


class TranslateSection(Section):
    """The translation model and what it translates."""

    quality: Quality = Field(
        default="balanced",
        description="How much time a `seq2seq` model takes for a sentence; other models are not "
        "changed. `fast`: greedy search (`model.beams: 1`), whose answers are the same in any "
        "batch only up to rounding. `balanced`: a beam of 4. `best`: the consensus of 12 "
        "translations (`choose: {by: consensus, of: 12}`), without expected errors. `auto`: `best` "
        "for the bundled model and an input of at most 60 kB, otherwise `balanced`; choose a word "
        "if the input grows. Keys that you set yourself win.",
    )
    model: TranslatorSpec = Field(
        default=Seq2SeqSpec(kind="seq2seq", path=BUNDLED_MODEL),
        description="The translation model.",
    )
    choose: ChooseSection = Field(
        default=ChooseSection(),
        description="How to select one of several translations (reranking).",
    )
    kinds: tuple[BlockKind, ...] = Field(
        default=(
            *("title", "subtitle", "heading", "paragraph", "list_item", "table"),
            *("caption", "footnote"),
        ),
        description="Kinds of blocks that the model translates; a table is translated cell by "
        "cell. Credits, dates, page numbers, sections and jumps are translated by rule; all "
        "other kinds stay in Chinese.",
    )
    glossary: Annotated[str | None, FILE] = Field(
        default=None, description="TSV of Chinese terms and the English they must have."
    )
    repair: RepairSection = Field(
        default=RepairSection(), description="Retries for flagged sentences."
    )

    @model_validator(mode="wrap")
    @classmethod
    def _quality_sets_open_keys(cls, value: Any, make: Callable[[Any], Self]) -> Self:
        section = make(value)
        return with_quality(section, section.quality)


class SummarizeSection(Section):
    """How articles are summarized."""

    languages: tuple[Literal["zh", "en"], ...] = Field(
        default=("zh", "en"), min_length=1, description="Languages of the summaries."
    )
    model: SummarizerSpec = Field(
        default=ExtractiveSpec(kind="extractive"),
        description="The summarizer. It writes the Chinese summaries only, if "
        "`english_model` is set.",
    )
    english_model: SummarizerSpec | None = Field(
        default=None,
        description="A separate summarizer for English. Without one, an extractive "
        "`model` uses the translations of the sentences it picked, and an abstractive one "
        "reads the English text.",
    )

    @model_validator(mode="after")
    def _english_model_has_something_to_write(self) -> "SummarizeSection":
        if self.english_model is not None and "en" not in self.languages:
            raise ValueError("'english_model' has no effect without 'en' in 'languages'")
        return self


class ScoreSection(Section):
    """How translations are judged."""

    metrics: tuple[Literal["bleu", "chrf", "ter"], ...] = Field(
        default=("bleu", "chrf", "ter"),
        description="Metrics for sentences that have a reference (`chrf` is chrF++).",
    )
    bootstrap_samples: int = Field(
        default=1000,
        ge=0,
        le=100_000,
        description="Bootstrap resamples for the confidence intervals; 0 for no intervals.",
    )
    summary_metrics: tuple[Rouge, ...] = Field(
        default=("rouge1", "rouge2", "rougel"),
        description="Metrics for articles that have a `reference_summary`. Chinese is "
        "counted in characters.",
    )
    summary_bertscore: BertScoreSpec | None = Field(
        default=None, description="Also compute BERTScore for those summaries."
    )
    references: Annotated[tuple[str, ...], FILE] = Field(
        default=(),
        description="JSONL or TSV files with pairs of `zh` and `en` sentences. An input "
        "sentence equal to a `zh` (ignoring spaces) is scored against its `en`.",
    )
    estimator: EstimatorSpec = Field(
        default=EstimatorSpec(kind="confidence"),
        description="Quality estimation without a reference.",
    )


class ReportSection(Section):
    """The report."""

    formats: tuple[Literal["html", "markdown", "json"], ...] = Field(
        default=("html", "markdown", "json"), min_length=1, description="Files to write."
    )
    title: str | None = Field(default=None, description="Heading of the report.")
    max_unknown_share: float = Field(
        default=0.002,
        ge=0,
        le=1,
        description="Warn if the model's vocabulary lacks more than this share of the "
        "input characters; 0.002 is two in a thousand.",
    )


class DeliverSection(Section):
    """The English articles for readers, in the folder `english` of the run."""

    formats: tuple[Literal["md", "docx", "html", "txt"], ...] = Field(
        default=("md", "docx", "html", "txt"),
        description="Files to write for every article and for the whole run: `md` "
        "(Markdown), `docx` (Word), `html` and `txt`. An empty list switches them off.",
    )


class LicencesSection(Section):
    """Which licences the weights may have."""

    publish: bool = Field(
        default=False,
        description="Set to true if you will publish or sell the output. A run then "
        "refuses, before it starts, weights whose licence forbids commercial use, sets its "
        "own conditions (Gemma, Llama, Tencent …) or is unknown.",
    )
    allow: Annotated[tuple[str, ...], MODEL] = Field(
        default=(),
        description="Models (as in `path`) and licences (as `pipeline models show` prints "
        "them) that `publish` accepts, because you have read their terms.",
    )


class GateRule(Section):
    """A rule for one metric; set at least one of `min`, `max` and `max_drop`."""

    min: float | None = Field(default=None, description="The smallest score allowed.")
    max: float | None = Field(
        default=None,
        description="The largest score allowed, for metrics such as TER where lower is better.",
    )
    max_drop: float | None = Field(
        default=None, ge=0, description="Largest loss allowed against `against`, in points."
    )
    against: Annotated[str | None, PathKey("against")] = Field(
        default=None,
        description="The baseline: a run folder, an evaluation folder, or (in an "
        "evaluation) the name of another system.",
    )

    @model_validator(mode="after")
    def _rule_says_something(self) -> "GateRule":
        if self.min is None and self.max is None and self.max_drop is None:
            raise ValueError("needs one of 'min', 'max' or 'max_drop'")
        if (self.max_drop is None) != (self.against is None):
            raise ValueError("'max_drop' and 'against' need each other; set both or neither")
        return self


class Config(Section):
    """A whole run."""

    input: InputSection = Field(description="Where the documents come from.")
    output: Annotated[str, MADE] = Field(description="The run folder.")
    runtime: RuntimeSection = Field(default=RuntimeSection(), description="Device and speed.")
    segment: SegmentSection = Field(default=SegmentSection(), description="Stage 1.")
    translate: TranslateSection = Field(default=TranslateSection(), description="Stage 2.")
    summarize: SummarizeSection = Field(default=SummarizeSection(), description="Stage 3.")
    score: ScoreSection = Field(default=ScoreSection(), description="Stage 4.")
    report: ReportSection = Field(default=ReportSection(), description="Stage 5.")
    deliver: DeliverSection = Field(
        default=DeliverSection(), description="English articles for readers."
    )
    licences: LicencesSection = Field(
        default=LicencesSection(),
        description="Whether you will publish the output, and which licences you accept.",
    )
    gate: dict[Literal["bleu", "chrf", "ter"], GateRule] = Field(
        default={},
        description="Rules by metric of `score.metrics`. If one fails, the exit code is 4.",
    )

    @model_validator(mode="after")
    def _gate_has_metrics_that_are_computed(self) -> "Config":
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
