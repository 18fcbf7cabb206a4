"""The YAML of an evaluation: test sets, systems, metrics and the gate."""

from typing import Annotated, Any, Literal, get_args

from pydantic import Field, ValidationInfo, field_validator, model_validator

from models.errors import suggest
from models.patterns import lazy
from models.specs import SummarizerSpec, TrainedMetricSpec, TranslatorSpec
from models.strict import FILE, MADE, MODEL, PathKey
from pipeline.config.gate_rule import GateRule
from pipeline.config.machine import MachineSection, Section
from pipeline.evaluate.metrics.metrics import MetricName
from pipeline.evaluate.significance import SIGNIFICANCE, PairedTest, automatic_trials

MINIMUM_DRAWS = 100
"""With fewer resamples or trials, intervals and p-values are meaningless."""

MAXIMUM_TRIALS = 1_000_000

_NAME = lazy(r"[A-Za-z0-9][A-Za-z0-9._+-]*")


class FilesSet(Section):
    """Plain text, one segment per line. Line N is the same segment in every file."""

    kind: Literal["files"]
    """Plain text files, one segment per line."""
    name: str = Field(min_length=1)
    """What the set is called in the reports."""
    source: Annotated[str, FILE]
    """The Chinese text."""
    references: Annotated[tuple[str, ...], FILE] = ()
    """One file per reference; an empty line means no reference."""
    documents: Annotated[str | None, FILE] = None
    """A file with the document id of every line."""
    labels: Annotated[dict[str, str], FILE] = Field(default={})
    """Files with a label of every line, by name, such as `domain`. Scores are also reported by each
    of them."""


class JsonlSet(Section):
    """JSON Lines, one segment per row."""

    kind: Literal["jsonl"]
    """JSON Lines, one segment per row."""
    name: str = Field(min_length=1)
    """What the set is called in the reports."""
    path: Annotated[str, FILE]
    """The file."""
    source: str = "text"
    """Name of the column with the Chinese text; `translation.zh` looks inside a column."""
    references: tuple[str, ...] = ("reference",)
    """Names of the columns with references; a column may hold a list of them."""
    id: str = "id"
    """Name of the column with the segment's id."""
    document: str = "document"
    """Name of the column with the document's id."""
    labels: tuple[str, ...] = ()
    """Columns with labels, such as `domain`. Scores are also reported by them."""


class TmxSet(Section):
    """A translation memory exchange file (TMX 1.4)."""

    kind: Literal["tmx"]
    """A TMX file, one translation unit per segment."""
    name: str = Field(min_length=1)
    """What the set is called in the reports."""
    path: Annotated[str, FILE]
    """The file."""
    source_language: str = "zh"
    """`xml:lang` of the source, or its start."""
    target_language: str = "en"
    """`xml:lang` of the references, or its start."""


class SacrebleuSet(Section):
    """A test set that sacreBLEU knows; offline only if it has been fetched before."""

    kind: Literal["sacrebleu"]
    """One of sacreBLEU's built-in test sets."""
    name: str = Field(min_length=1)
    """What the set is called in the reports."""
    id: str
    """sacreBLEU's name, e.g. `wmt22`."""
    languages: str = "zh-en"
    """The language pair."""


class DatasetSet(Section):
    """A dataset of the hub or a local folder, read by the `datasets` library."""

    kind: Literal["dataset"]
    """Any id or folder that `datasets` can load."""
    name: str = Field(min_length=1)
    """What the set is called in the reports."""
    path: Annotated[str, MODEL]
    """A hub id, or a folder with data files or saved by `datasets` (`save_to_disk`)."""
    configuration: str | None = None
    """The dataset's configuration."""
    split: str = "test"
    """The split. A folder saved from a single split has none."""
    revision: str | None = None
    """The commit of a hub id (required), because branches move."""
    source: str = "zh"
    """Column with the Chinese text; `translation.zh` looks inside a column."""
    references: tuple[str, ...] = ("en",)
    """Columns with references; a column may hold a list of them."""
    document: str | None = None
    """Column with the document id."""
    labels: tuple[str, ...] = ()
    """Columns with labels, such as `domain`. Scores are also reported by them."""


class FloresSet(Section):
    """FLORES+, FLORES-200 or FLORES-101 as published: a file per language and split."""

    kind: Literal["flores"]
    """A folder of FLORES with files per language."""
    name: str = Field(min_length=1)
    """What the set is called in the reports."""
    path: Annotated[str, FILE]
    """The folder; subfolders are searched."""
    split: str = "devtest"
    """The split: `dev` or `devtest`."""
    source: str = "cmn_Hans"
    """Code of the source language, the start of the file's name; `zho_Hans` in FLORES-200,
    `zho_simpl` in FLORES-101."""
    target: str = "eng_Latn"
    """Code of the references' language; `eng` in FLORES-101."""


class FileOutput(Section):
    """A system given as a file of its translations."""

    kind: Literal["file"]
    """A file of outputs, one segment per line."""
    name: str = Field(min_length=1)
    """What the system is called in the reports."""
    path: Annotated[str, FILE]
    """The file; `{set}` in it is replaced by the name of the test set. If there is no file for a
    set, the system is skipped for this set."""


class RunOutput(Section):
    """A system given as a run folder.

    Its sentences are matched by their Chinese, its summaries by the id or the text of the article.
    """

    kind: Literal["run"]
    """A folder made by `pipeline run`."""
    name: str = Field(min_length=1)
    """What the system is called in the reports."""
    path: Annotated[str, FILE]
    """The run folder."""


class ModelOutput(Section):
    """A system given as a translation model, run here with the translation memory."""

    kind: Literal["model"]
    """A translation model."""
    name: str = Field(min_length=1)
    """What the system is called in the reports."""
    model: TranslatorSpec
    """The model, as in translate.model of a run."""


class HumanSpec(Section):
    """Human judgements (DA, MQM, ESA) of segments, documents or whole systems."""

    path: Annotated[str, FILE]
    """A table (TSV, CSV, XLSX, JSONL) with the columns `system` and `score`, and `seg_id`, `doc`,
    `rater` and `set` if known; or a row per MQM error, with `category` and `severity`; or a
    `.score` file of mt-metrics-eval. `{set}` is replaced by the name of the test set. Also what
    raters send back from the page, the sheet or the Pearmut campaign of `pipeline rate`, or a
    folder with a file from each of them."""
    key: Annotated[str | None, FILE] = None
    """The key of `pipeline rate`; by default `key.tsv` beside the file."""
    set: str | None = None
    """The test set they belong to; default all."""
    columns: dict[
        Literal["set", "system", "segment", "document", "rater", "score", "category", "severity"],
        str,
    ] = Field(default={})
    """Names of columns that are called otherwise."""
    lower_is_better: bool = False
    """True if the scores count errors. MQM errors are negated."""


class SummarizerOutput(Section):
    """A system given as a summarizer of Chinese articles, run here."""

    kind: Literal["summarizer"]
    """A summarizer, for `task: summary`."""
    name: str = Field(min_length=1)
    """What the system is called in the reports."""
    model: SummarizerSpec
    """The summarizer, as in summarize.model of a run."""


SetSpec = Annotated[
    FilesSet | JsonlSet | TmxSet | SacrebleuSet | DatasetSet | FloresSet,
    Field(discriminator="kind"),
]
SystemSpec = Annotated[
    FileOutput | RunOutput | ModelOutput | SummarizerOutput, Field(discriminator="kind")
]


class EvaluationConfig(Section):
    """A whole evaluation: every system on every set with every metric."""

    output: Annotated[str, MADE] = Field(min_length=1)
    """The folder for the reports."""
    title: str = "Evaluation"
    """Heading of the reports."""
    task: Literal["translation", "summary"] = "translation"
    """What the systems write. `summary`: a segment is an article, its references are summaries in
    Chinese or English, and a run gives its summaries in their language."""
    campaign: Annotated[str | None, FILE] = None
    """A published campaign: a folder of mt-metrics-eval or WMT, or WMT's XML or JSONL. Adds its
    test set, its systems and its human scores."""
    campaign_reference: str | None = None
    """Name of the campaign's reference, such as `refB`; by default the first. The others are scored
    as systems."""
    sets: tuple[SetSpec, ...] = Field(default=(), validate_default=True)
    """The test sets. Optional with a `campaign`."""
    systems: tuple[SystemSpec, ...] = Field(default=(), validate_default=True)
    """The systems. A gate judges the first one. Optional with a `campaign`."""
    languages: str = Field(default="zh-en", pattern="[A-Za-z_]+-[A-Za-z_]+")
    """The language pair to read from the campaign."""
    score_references: bool = False
    """Score every reference after the first as a system against the first reference, which is then
    the only one. Shows how far systems are from a human."""
    skip_unreferenced: bool = False
    """Leave out segments without a reference instead of refusing the set."""
    trained_metrics: dict[str, TrainedMetricSpec] = Field(default={})
    """Trained metrics by names you choose: COMET, CometKiwi and XCOMET (`kind: comet`), MetricX
    (`metricx`), BERTScore (`bertscore`), a language model that lists errors (`judge`), or the
    confidence of a translation model (`confidence`). All of them are computed; list a name in
    `metrics` as well to set its position."""
    metrics: tuple[MetricName | str, ...] = Field(default=("bleu", "chrf++", "ter"), min_length=1)
    """Metrics; the first one sorts the sentences. `chrf` is chrF, `chrf++` also counts words. For
    summaries: `rouge…` (Chinese by character, with `-words` by word), `coverage`, `compression`,
    `redundancy` and `faithfulness`, which need no reference. Names of `trained_metrics` are
    allowed."""
    human: dict[str, HumanSpec] = Field(default={})
    """Human judgements by names you choose. Each is a metric of its own, and every other metric is
    compared with it: correlations, pairwise accuracy, raters."""
    spbleu_model: Annotated[str | None, FILE] = None
    """A file with spBLEU's tokenizer, for machines where sacreBLEU cannot download it.
    `sentencepiece.bpe.model` of any NLLB-200 checkpoint is the same file. The signature shows the
    digest of any other file."""
    bootstrap_samples: int = Field(default=1000, le=100_000)
    """Bootstrap resamples for the intervals: at least 100, or 0 for no intervals."""
    test: Literal["randomization", "bootstrap"] = "randomization"
    """The paired significance test. `randomization` keeps its error rate; `bootstrap` is
    sacreBLEU's, which reports too many differences as significant."""
    trials: int | Literal["auto"] = "auto"
    """A number of trials of the randomization test from 100 to 1,000,000, or `auto`. `auto` is
    10,000 trials for up to 22 systems, and 100,000 or 1,000,000 for more, because with too few
    trials no difference could be significant after the correction for many pairs."""
    significance: float = Field(default=SIGNIFICANCE, gt=0, lt=1)
    """Adjusted p-values below this value are significant."""
    cache: Annotated[str, PathKey("made", ("auto",))] = "auto"
    """Folder for cached scores; `auto` is `statistics` in the output."""
    runtime: MachineSection = MachineSection()
    """Device and speed, for systems and metrics that are models."""
    gate: dict[MetricName | str, GateRule] = Field(default={})
    """Rules by metric. If one fails, the exit code is 4."""

    @property
    def all_metrics(self) -> tuple[str, ...]:
        """Names of all computed metrics: `metrics`, then trained ones not listed there."""
        return tuple(dict.fromkeys([*self.metrics, *self.trained_metrics]))

    def paired_test(self, pairs: int) -> PairedTest:
        """Return the test for two systems, if `pairs` pairs are corrected together."""
        if self.test == "bootstrap":
            draws = self.bootstrap_samples
        elif self.trials == "auto":
            draws = automatic_trials(pairs, self.significance)
        else:
            draws = self.trials
        return PairedTest(self.test, draws, self.significance)

    @field_validator("sets", "systems")
    @classmethod
    def _there_is_one(cls, value: tuple[Any, ...], info: ValidationInfo) -> tuple[Any, ...]:
        if not value and info.data.get("campaign") is None:
            raise ValueError("needs at least 1 entry, found 0; list some, or name a campaign")
        return value

    @field_validator("bootstrap_samples")
    @classmethod
    def _samples_are_none_or_enough(cls, value: int) -> int:
        if value < MINIMUM_DRAWS and value != 0:
            raise ValueError(
                f"{value} is too small; it must be at least {MINIMUM_DRAWS}, or 0 for no intervals"
            )
        return value

    @field_validator("trials")
    @classmethod
    def _trials_are_enough(cls, value: int | str) -> int | str:
        if value != "auto" and not MINIMUM_DRAWS <= int(value) <= MAXIMUM_TRIALS:
            size = "small" if int(value) < MINIMUM_DRAWS else "large"
            raise ValueError(
                f"{value} is too {size}; it must be at least {MINIMUM_DRAWS} and at most "
                f"{MAXIMUM_TRIALS:,}, or auto"
            )
        return value

    @field_validator("trained_metrics", "human")
    @classmethod
    def _names_are_new(cls, value: dict[str, Any]) -> dict[str, Any]:
        for name in value:
            if name in get_args(MetricName):
                raise ValueError(f"'{name}' is already a metric; choose another name")
            if not _NAME.fullmatch(name):
                raise ValueError(f"'{name}': a name has letters, digits and . _ + - only")
        return value

    @field_validator("metrics")
    @classmethod
    def _metrics_are_known(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        trained = info.data.get("trained_metrics")
        if trained is None:  # invalid and reported separately
            return value
        known = (*get_args(MetricName), *trained)
        for name in value:
            if name not in known:
                raise ValueError(f"'{name}' is not a metric; {suggest(name, known)}")
        return tuple(dict.fromkeys(value))

    @model_validator(mode="after")
    def _names_are_told_apart(self) -> "EvaluationConfig":
        for what, names in (
            ("sets", [each.name for each in self.sets]),
            ("systems", [system.name for system in self.systems]),
        ):
            if twice := next((name for at, name in enumerate(names) if name in names[:at]), None):
                raise ValueError(f"{what}: the name '{twice}' is given twice")
        if shared := set(self.human) & set(self.all_metrics):
            raise ValueError(f"human: '{min(shared)}' is already a metric; choose another name")
        unfit = {"translation": "summarizer", "summary": "model"}[self.task]
        if wrong := next((system for system in self.systems if system.kind == unfit), None):
            raise ValueError(
                f"systems: {wrong.name}: 'kind: {unfit}' does not go with 'task: {self.task}'"
            )
        if self.test == "bootstrap" and not self.bootstrap_samples:
            raise ValueError("test: bootstrap needs at least 100 bootstrap_samples")
        if strange := [name for name in self.gate if name not in self.all_metrics]:
            raise ValueError(
                f"gate.{strange[0]}: not one of metrics: {', '.join(self.all_metrics)}"
            )
        return self
