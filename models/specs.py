"""What a config may ask for: one frozen model per kind, told apart by `kind`.

A spec says what is wanted; `models.load` finds it, checks it and loads it. Everything
in a spec can change the output and is therefore part of a shard's key.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from models.prompted.specs import (
    SUMMARY_AUDIENCE,
    SUMMARY_PLACES,
    SUMMARY_SENTENCES,
    SUMMARY_STYLE,
    CausalSpec,
    EndpointSpec,
    EndpointSummarySpec,
    check_places,
)
from models.strict import BARE_OFF, MODEL, ModelSpec, PathKey, PlacedSpec, Spec, WeightsSpec

Backend = Literal["auto", "transformers", "ctranslate2"]


class Seq2SeqSpec(ModelSpec):
    """An encoder-decoder translator: Marian/OPUS-MT, NLLB, M2M100, mBART, T5, Pegasus …"""

    kind: Literal["seq2seq"]
    """An encoder-decoder checkpoint."""
    backend: Backend = "auto"
    """`ctranslate2` is faster, `transformers` supports more models. `auto` uses ctranslate2 if it
    supports the architecture."""
    beams: int = Field(default=4, ge=1, le=64)
    """Beam size; 1 is greedy and fastest."""
    length_penalty: float = Field(default=1.0, ge=0, le=5)
    """Exponent of the length normalisation, with two or more beams."""
    no_repeat_ngram_size: int | None = Field(default=None, ge=0, le=20)
    """Allow no n-gram of this size twice; 0 allows all. Default: the value in the checkpoint's
    generation_config.json."""
    shortlist: Annotated[Literal["auto", "writable", "off"], BARE_OFF] = "auto"
    """The words for which ctranslate2 computes the output layer; fewer are faster. `auto` (or
    `writable`): only words the model was trained to write, if its files list them (half of the
    vocabulary for OPUS-MT). `off`: all words."""
    max_source_tokens: int | None = Field(default=None, ge=8)
    """Longest input. Default: the model's limit."""
    max_target_tokens: int = Field(default=256, ge=8)
    """Longest output. A translation that reaches it is flagged."""
    source_language: str | None = None
    """Source language code, for models that need one: `zho_Hans` (NLLB), `zh` (M2M100)."""
    target_language: str | None = None
    """Target language code, for models that need one: `eng_Latn` (NLLB), `en` (M2M100)."""
    prefix: str = ""
    """Text put before every sentence, such as `<2en> ` for MADLAD-400."""


class BudgetSpec(Spec):
    """How long a summary may be; exactly one of these."""

    sentences: int | None = Field(default=None, ge=1, le=50)
    """Most sentences."""
    characters: int | None = Field(default=None, ge=10, le=10_000)
    """Most characters, punctuation included."""
    words: int | None = Field(default=None, ge=5, le=5_000)
    """Most words; each Chinese character counts as one."""
    share: float | None = Field(default=None, gt=0, le=1)
    """Largest share of the article's characters, 0 to 1."""

    @model_validator(mode="after")
    def _one_unit(self) -> Self:
        if len(self.model_dump(exclude_none=True)) != 1:
            raise ValueError(
                "a budget needs exactly one of 'sentences', 'characters', 'words' and 'share'"
            )
        return self


class ExtractiveSpec(Spec):
    """Selects sentences of an article; needs no weights."""

    kind: Literal["extractive"]
    """Selects sentences; needs no weights."""
    method: Literal["news", "lead", "lexrank", "textrank", "mmr", "pacsum"] = "news"
    """`news`: what a headline would keep, by position, repetition and form. `lead`: the first
    sentences. `lexrank`: Erkan and Radev 2004. `textrank`: Mihalcea and Tarau 2004. `mmr`:
    Carbonell and Goldstein 1998. `pacsum`: Zheng and Lapata 2019. `lexrank` and `textrank` quote
    the article as it is; the others leave out datelines and bylines and also write the gist."""
    sentences: int = Field(default=3, ge=1, le=50)
    """Sentences in a summary, without a `budget`."""
    budget: BudgetSpec | None = None
    """Length of a summary in another unit, such as `{characters: 120}`."""
    compress: bool = True
    """Cut clauses that carry no facts: sources, asides, stock phrases. The English is then
    translated from the shorter sentence. Has no effect with `lexrank` and `textrank`."""

    @property
    def quotes_the_article(self) -> bool:
        """True if the summary has sentences of the article as they are, datelines included."""
        return self.method in ("lexrank", "textrank")

    @model_validator(mode="after")
    def _one_length(self) -> Self:
        if self.budget is not None and "sentences" in self.model_fields_set:
            raise ValueError(
                "'sentences' has no effect beside 'budget'; leave it out, or write "
                "'budget: {sentences: N}'"
            )
        return self


class AbstractiveSpec(ModelSpec):
    """A checkpoint that writes summaries: mT5-XLSum, BART, Pegasus, or a causal model."""

    kind: Literal["abstractive"]
    """A checkpoint that writes summaries."""
    architecture: Literal["seq2seq", "causal"] = "seq2seq"
    """Encoder-decoder, or decoder-only with a prompt."""
    beams: int = Field(default=4, ge=1, le=64)
    """Beam size."""
    max_source_tokens: int | None = Field(default=None, ge=16)
    """Longest input. Longer articles are summarized in parts."""
    max_target_tokens: int = Field(default=128, ge=8)
    """Longest summary."""
    no_repeat_ngram_size: int = Field(default=3, ge=0, le=20)
    """Allow no n-gram of this size twice; 0 allows all."""
    prompt: str = ""
    """For causal models: the prompt, with `{text}` where the article goes, and `{sentences}`,
    `{language}`, `{audience}`, `{style}` where they are wanted. For encoder-decoders: a prefix such
    as `summarize: `."""
    sentences: int = Field(default=3, ge=1, le=50, description=SUMMARY_SENTENCES)
    audience: str = Field(default="", description=SUMMARY_AUDIENCE)
    style: str = Field(default="", description=SUMMARY_STYLE)

    @model_validator(mode="after")
    def _prompt_has_its_places(self) -> Self:
        check_places(self, self.prompt)
        return self

    @property
    def causal(self) -> CausalSpec:
        """The model as one that answers any prompt; for architecture `causal`."""
        own = self.model_dump(
            exclude={"kind", "architecture", "no_repeat_ngram_size", *SUMMARY_PLACES}
        )
        return CausalSpec.model_validate(own | {"kind": "causal"})


class ConfidenceSpec(Spec):
    """Token probabilities of the translation model. Needs no extra pass and no extra weights."""

    kind: Literal["confidence"]
    """The translator's own confidence."""
    calibration: Annotated[str, BARE_OFF, PathKey("file", ("auto", "off"))] = "auto"
    """The file that turns confidence into an expected error: `auto` is calibration.json beside the
    weights, if it was made for these weights; `off`; or a file made by
    scripts/calibrate_confidence.py."""


class MetricSpec(PlacedSpec):
    """What all trained metrics have in common."""

    precision: Literal["auto", "float32", "bfloat16", "float16"] = "auto"
    """`auto` is float32 on every device, as in published scores."""


class CometSpec(MetricSpec):
    """COMET, CometKiwi, UniTE or XCOMET in the format of `unbabel-comet`."""

    kind: Literal["comet"]
    """A folder with hparams.yaml and checkpoints/model.ckpt."""
    path: Annotated[str, MODEL]
    """A local folder, or a hub id such as `Unbabel/wmt22-comet-da`."""
    revision: str | None = None
    """The 40-digit commit of a hub id; required there."""
    encoder: Annotated[str | None, MODEL] = None
    """Folder or hub id of the encoder's config.json and tokenizer, such as
    `FacebookAI/xlm-roberta-large`; its weights are in the checkpoint. Default: the folder `encoder`
    inside the checkpoint's."""
    encoder_revision: str | None = None
    """The 40-digit commit of the encoder; required for a hub id."""
    reference_free: bool = False
    """Read no references, with a model that can do either (XCOMET, UniTE). CometKiwi never reads
    them."""


class MetricXSpec(MetricSpec):
    """MetricX-23 or MetricX-24: an mT5 that predicts an error from 0 to 25."""

    kind: Literal["metricx"]
    """A MetricX checkpoint."""
    path: Annotated[str, MODEL]
    """A local folder, or a hub id such as `google/metricx-24-hybrid-large-v2p6`."""
    revision: str | None = None
    """The 40-digit commit of a hub id; required there."""
    version: Literal[23, 24]
    """23 or 24. Their inputs have different formats, and the files do not name the version."""
    tokenizer: Annotated[str | None, MODEL] = None
    """Folder or hub id of the tokenizer, `google/mt5-xl` for the published ones; default: the
    checkpoint's folder."""
    tokenizer_revision: str | None = None
    """The 40-digit commit of the tokenizer; required for a hub id."""
    reference_free: bool = False
    """Compare with the source only. MetricX-23 has separate checkpoints for this (`…-qe-…`);
    MetricX-24 checkpoints do both."""
    max_tokens: int | None = Field(default=None, ge=16)
    """Longest input. Default: the length used in training, 1024 (23) or 1536 (24)."""


class BertScoreSpec(MetricSpec, WeightsSpec):
    """BERTScore: matches tokens of hypothesis and reference by an encoder's vectors."""

    kind: Literal["bertscore"]
    """BERTScore over any encoder checkpoint."""
    layer: int = Field(ge=0)
    """The layer whose vectors are compared, 0 for the embeddings. bert-score uses 17 for
    roberta-large and xlm-roberta-large, 9 for bert-base-multilingual-cased, 8 for
    bert-base-chinese."""


class LanguageJudgeSpec(Spec):
    """A language model that lists the errors of a translation, after GEMBA-MQM."""

    kind: Literal["judge"]
    """A language model that lists errors (GEMBA-MQM, Kocmi and Federmann 2023). A score of 0 means
    no errors, -25 is the worst."""
    model: Annotated[CausalSpec | EndpointSpec, Field(discriminator="kind")]
    """The model, as in translate.model. A judge has a fixed prompt, so `system`, `prompt`,
    `prompt_in_context`, `context_sentences` and `glossary_in_prompt` are refused."""
    retries: int = Field(default=2, ge=0, le=10)
    """Retries (with sampling) for an unparseable answer. A segment without a readable answer has no
    score; it is counted and left out of the mean."""

    @model_validator(mode="after")
    def _judge_is_a_chat_model(self) -> Self:
        if not self.model.template.chat or self.model.template.structured:
            raise ValueError(
                f"a judge needs a chat model, but the prompt '{self.model.preset}' only "
                "translates; set 'preset: chat'"
            )
        fixed = {"system", "prompt", "prompt_in_context", "context_sentences", "glossary_in_prompt"}
        if set_here := sorted(fixed & self.model.model_fields_set):
            raise ValueError(
                f"'{set_here[0]}' has no effect on a judge, whose prompt is fixed; leave it out"
            )
        return self


TranslatorSpec = Annotated[Seq2SeqSpec | CausalSpec | EndpointSpec, Field(discriminator="kind")]
SummarizerSpec = Annotated[
    ExtractiveSpec | AbstractiveSpec | EndpointSummarySpec, Field(discriminator="kind")
]
EstimatorSpec = ConfidenceSpec
ScorerSpec = Annotated[
    CometSpec | MetricXSpec | BertScoreSpec | LanguageJudgeSpec, Field(discriminator="kind")
]
JudgeSpec = Annotated[Seq2SeqSpec | CometSpec | MetricXSpec, Field(discriminator="kind")]


class GivenConfidenceSpec(Spec):
    """Probability of given translations under a translation model (forced decoding)."""

    kind: Literal["confidence"]
    """A translation model that scores each hypothesis by forced decoding (Prism-src, Thompson and
    Post 2020). It finds the hard sentences of one system. It favours its own translations and plain
    ones: a weak model ranks better systems last, so use a strong one to compare systems."""
    model: Seq2SeqSpec
    """An encoder-decoder model, as in translate.model of a run. It does not search, so `beams`,
    `length_penalty`, `no_repeat_ngram_size` and `shortlist` have no effect. Its precision is
    float32 unless set here."""
    scale: Literal["log_probability", "expected_error"] = "log_probability"
    """`log_probability`: the mean over tokens, at most 0, higher is better. `expected_error`:
    computed from the confidence and the length with calibration.json beside the weights; lower is
    better."""


TrainedMetricSpec = Annotated[
    CometSpec | MetricXSpec | BertScoreSpec | LanguageJudgeSpec | GivenConfidenceSpec,
    Field(discriminator="kind"),
]
