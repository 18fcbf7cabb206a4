"""The YAML as frozen pydantic models: one section per stage, and input, output, runtime.

A section of a stage is part of its shards' keys; `input`, `output` and `runtime` are
not (what they change is read from the documents, or does not change the answer).
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from models.specs import (
    BertScoreSpec,
    EstimatorSpec,
    JudgeSpec,
    SummarizerSpec,
    TranslatorSpec,
)
from models.strict import BARE_OFF, DEVICE_PATTERN, FILE, MADE, MODEL, PathKey, Precision
from pipeline.config.input_section import InputSection
from pipeline.records import BlockKind, Rouge, Rung


class Section(BaseModel):
    """Strict and frozen: a misspelt key is an error, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class MachineSection(Section):
    """Where and how fast; never what. Only `precision` changes the output."""

    device: str = Field(
        default="auto",
        pattern=DEVICE_PATTERN,
        description="`auto`, `cpu`, `cuda`, `cuda:N` or `mps`; for several GPUs `cuda:all`, or "
        "their numbers such as `cuda:0,2` (quoted where it stands in braces). `auto` and `cuda` "
        "are one GPU, the first. Each of several holds the weights and takes the next batch of "
        "sentences, or the next article to summarize; metrics run on the first.",
    )
    precision: Precision = Field(
        default="auto",
        description="Precision of every model that sets none itself. `auto` chooses for each "
        "model: on a CPU int8 with ctranslate2 and float32 with transformers; on a CUDA GPU "
        "float16, but bfloat16 for the T5 family (T5, mT5, MADLAD-400), which overflows in "
        "float16; on an Apple GPU float32. Trained metrics have a `precision` of their own.",
    )
    batch_tokens: Annotated[int, Field(ge=16)] | Literal["auto"] = Field(
        default="auto",
        description="Padded tokens in a batch; `auto` takes what half of the free memory has room "
        "for, at most 4,096 on a CPU and 32,768 on a GPU; ctranslate2 on a CPU cuts a whole window "
        "by its own measure, and servers make their own batches. What does not fit is halved.",
    )
    threads: Annotated[int, Field(ge=1)] | Literal["auto"] = Field(
        default="auto",
        description="CPU threads; `auto` uses every core this process may use. On a GPU each "
        "of the first four feeds ctranslate2 a batch.",
    )
    offline: bool = Field(default=True, description="Never touch the network.")
    memory: Annotated[str, BARE_OFF, PathKey("made", ("auto", "off"))] = Field(
        default="auto",
        description="The translation memory: `auto` (memory.sqlite beside the folder that `output` "
        "names in the file, whatever `--output` says), `off` or a file. It also keeps an editor's "
        "corrections (`pipeline memory import`): `off` leaves them out, and the run says so.",
    )
    cache: Annotated[str, PathKey("made", ("auto",))] = Field(
        default="auto",
        description="Folder for converted models; `auto` is the user's cache folder.",
    )


class RuntimeSection(MachineSection):
    """What a run takes from the machine."""

    shard_size: int = Field(
        default=64, ge=1, description="Mean number of documents in a shard, the unit of resuming."
    )


class SegmentSection(Section):
    """How a page becomes articles, blocks and sentences."""

    join_broken_paragraphs: bool = Field(
        default=True,
        description="Join a paragraph that the page breaks in the middle of a sentence.",
    )
    max_sentence_chars: int = Field(
        default=200, ge=20, description="Longer sentences are cut again at clause boundaries."
    )
    convert_to: Literal["as_written", "simplified", "traditional"] = Field(
        default="as_written",
        description="Convert the characters with OpenCC, one for one, before anything else: "
        "`simplified` for a model, glossary or checks that do not know traditional ones.",
    )


class RepairSection(Section):
    """What is tried for a sentence in which the checks find something wrong."""

    enabled: bool = Field(default=True, description="Retry sentences that a check flags.")
    rungs: tuple[Rung, ...] = Field(
        default=("nbest", "terms", "clauses", "decoding", "fallback", "corrected"),
        description="What is tried, in this order, until nothing is found: the other hypotheses "
        "of the beam, lost names and terms put into the source, the sentence in clauses, a "
        "wider search without repeats, the fallback model, corrections that need no model "
        "(an amount off by a power of ten, a loop cut to one round).",
    )
    fallback: TranslatorSpec | None = Field(
        default=None,
        description="A second translation model, for the rung `fallback`; loaded only when it is "
        "needed.",
    )
    least_confidence: float = Field(
        default=0.7,
        ge=0,
        le=1,
        description="A retry is taken only if it has this share of the confidence of what it "
        "replaces.",
    )


class ChooseSection(Section):
    """Which of several translations of a sentence is taken."""

    by: Literal["first", "consensus", "estimator"] = Field(
        default="first",
        description="`first`: the most probable, as the search gives it; the fastest. "
        "`consensus`: the one most like all the others by chrF (minimum Bayes risk); it pays where "
        "two thirds of the speed are enough. "
        "`estimator`: the one that `estimator` finds best.",
    )
    of: int = Field(
        default=8,
        ge=2,
        le=256,
        description="How many translations are made of each sentence; the search gets as many "
        "beams.",
    )
    among: Literal["beam", "draws"] = Field(
        default="beam",
        description="`beam`: the best of the search. `draws`: drawn by chance, which differ more; "
        "with transformers only. A sentence has the same draws in every run.",
    )
    checked: bool = Field(
        default=True,
        description="Choose only among those in which the checks find least.",
    )
    temperature: float = Field(
        default=1.0,
        gt=0,
        le=5,
        description="With `among: draws`: below 1 the probable are drawn more often.",
    )
    least_probability: float = Field(
        default=0.02,
        ge=0,
        le=1,
        description="With `among: draws`: less probable tokens are never drawn.",
    )
    seed: int = Field(
        default=1, ge=0, description="With `among: draws`: another seed gives other draws."
    )
    estimator: JudgeSpec | None = Field(
        default=None,
        description="A judge that needs no reference: CometKiwi or XCOMET (`comet`), `metricx`, or "
        "a translation model (`seq2seq`), made to write each translation (its `beams`, "
        "`length_penalty`, `no_repeat_ngram_size` and `shortlist` have no effect).",
    )

    @model_validator(mode="after")
    def _an_estimator_goes_with_its_word(self) -> "ChooseSection":
        if (self.by == "estimator") != (self.estimator is not None):
            raise ValueError("'by: estimator' and 'estimator' belong together")
        return self


class TranslateSection(Section):
    """Which model translates, and what."""

    model: TranslatorSpec = Field(description="The translation model.")
    choose: ChooseSection = Field(
        default=ChooseSection(), description="Which of several translations is taken."
    )
    kinds: tuple[BlockKind, ...] = Field(
        default=("title", "subtitle", "heading", "paragraph", "list_item", "caption", "footnote"),
        description="Kinds of blocks that the model translates. Credits, dates, page "
        "numbers, sections and jumps are written by rule; the rest is left alone.",
    )
    glossary: Annotated[str | None, FILE] = Field(
        default=None, description="TSV of Chinese terms and the English they must have."
    )
    repair: RepairSection = Field(
        default=RepairSection(), description="The ladder of retries for flagged sentences."
    )


class SummarizeSection(Section):
    """How articles are summarized."""

    languages: tuple[Literal["zh", "en"], ...] = Field(
        default=("zh", "en"), min_length=1, description="Languages of the summaries."
    )
    model: SummarizerSpec = Field(description="The summarizer (of Chinese, if en has its own).")
    english_model: SummarizerSpec | None = Field(
        default=None,
        description="A summarizer of its own for English. Without one an extractive `model` gives "
        "the translations of the sentences it picked, an abstractive one reads the English.",
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
        description="Metrics against references, where there are any (`chrf` is chrF++).",
    )
    bootstrap_samples: int = Field(
        default=1000,
        ge=0,
        le=100_000,
        description="Resamples for the intervals; 0 leaves them out.",
    )
    summary_metrics: tuple[Rouge, ...] = Field(
        default=("rouge1", "rouge2", "rougel"),
        description="Metrics of summaries, for articles that came with a `reference_summary`; "
        "Chinese is counted by characters.",
    )
    summary_bertscore: BertScoreSpec | None = Field(
        default=None, description="BERTScore of those summaries too."
    )
    references: Annotated[tuple[str, ...], FILE] = Field(
        default=(),
        description="JSONL or TSV files of `zh` and `en` sentence pairs; a sentence of the input "
        "that equals a `zh` (spaces apart) is scored against its `en`.",
    )
    estimator: EstimatorSpec = Field(
        default=EstimatorSpec(kind="confidence"), description="Quality without a reference."
    )


class ReportSection(Section):
    """What the reader gets."""

    formats: tuple[Literal["html", "markdown", "json"], ...] = Field(
        default=("html", "markdown", "json"), min_length=1, description="Files to write."
    )
    title: str | None = Field(default=None, description="Heading of the report.")
    max_unknown_share: float = Field(
        default=0.002,
        ge=0,
        le=1,
        description="Warn where the model's vocabulary lacks more than this share of the "
        "characters it is given: 0.002 is two in a thousand.",
    )


class LicencesSection(Section):
    """What the licences of the weights must allow."""

    publish: bool = Field(
        default=False,
        description="What comes out will be published or sold: a run with weights whose licence "
        "forbids commercial use, sets conditions of its own (Gemma, Llama, Tencent …) or is not "
        "known is refused before it begins.",
    )
    allow: Annotated[tuple[str, ...], MODEL] = Field(
        default=(),
        description="Models (as in `path`) and licences (as `pipeline models show` writes them) "
        "that `publish` lets through, because you have read them.",
    )


class GateRule(Section):
    """What must hold for one metric; at least one of `min`, `max` and `max_drop`."""

    min: float | None = Field(default=None, description="The smallest score allowed.")
    max: float | None = Field(
        default=None, description="The largest score allowed, for TER: lower is better."
    )
    max_drop: float | None = Field(
        default=None, ge=0, description="By how many points it may be worse than `against`."
    )
    against: Annotated[str | None, PathKey("against")] = Field(
        default=None,
        description="What to compare with: a run folder, an evaluation folder, or (in an "
        "evaluation) the name of another system.",
    )

    @model_validator(mode="after")
    def _rule_says_something(self) -> "GateRule":
        if self.min is None and self.max is None and self.max_drop is None:
            raise ValueError("needs one of 'min', 'max' or 'max_drop'")
        if (self.max_drop is None) != (self.against is None):
            raise ValueError("'max_drop' and 'against' belong together")
        return self


class Config(Section):
    """A whole run."""

    input: InputSection = Field(description="Where the documents come from.")
    output: Annotated[str, MADE] = Field(description="The run folder.")
    runtime: RuntimeSection = Field(default=RuntimeSection(), description="Device and speed.")
    segment: SegmentSection = Field(default=SegmentSection(), description="Stage 1.")
    translate: TranslateSection = Field(description="Stage 2.")
    summarize: SummarizeSection = Field(description="Stage 3.")
    score: ScoreSection = Field(default=ScoreSection(), description="Stage 4.")
    report: ReportSection = Field(default=ReportSection(), description="Stage 5.")
    licences: LicencesSection = Field(
        default=LicencesSection(), description="What may be done with what comes out."
    )
    gate: dict[Literal["bleu", "chrf", "ter"], GateRule] = Field(
        default={},
        description="What must hold, by metric of `score.metrics`; otherwise the exit code is 4.",
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
