"""What a config may ask for: one frozen model per kind, told apart by `kind`.

A spec says what is wanted; `models.load` finds it, checks it and loads it. Everything
in a spec can change the output and is therefore part of a shard's key.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from models.prompted.specs import CausalSpec, EndpointSpec, EndpointSummarySpec
from models.strict import BARE_OFF, MODEL, ModelSpec, PathKey, PlacedSpec, Spec, WeightsSpec

Backend = Literal["auto", "transformers", "ctranslate2"]


class Seq2SeqSpec(ModelSpec):
    """An encoder-decoder translator: Marian/OPUS-MT, NLLB, M2M100, mBART, T5, Pegasus …"""

    kind: Literal["seq2seq"] = Field(description="An encoder-decoder checkpoint.")
    backend: Backend = Field(
        default="auto",
        description="`ctranslate2` is the fast one, `transformers` the broad one; "
        "`auto` takes ctranslate2 where the architecture allows it.",
    )
    beams: int = Field(default=4, ge=1, le=64, description="Beam size; 1 is greedy and fastest.")
    length_penalty: float = Field(
        default=1.0,
        ge=0,
        le=5,
        description="Exponent of length normalisation, for two beams or more.",
    )
    no_repeat_ngram_size: int | None = Field(
        default=None,
        ge=0,
        le=20,
        description="Forbid an n-gram of this size twice; 0 allows all. Default: what the "
        "checkpoint's generation_config.json asks for.",
    )
    shortlist: Annotated[Literal["auto", "writable", "off"], BARE_OFF] = Field(
        default="auto",
        description="Which words ctranslate2 computes the output layer for; fewer are faster. "
        "`auto` (or `writable`): only those the model was trained to write, where its files name "
        "them; for OPUS-MT that is half of the vocabulary. `off`: all.",
    )
    max_source_tokens: int | None = Field(
        default=None, ge=8, description="Longest input; default: what the model can read."
    )
    max_target_tokens: int = Field(
        default=256, ge=8, description="Longest output; a translation that reaches it is flagged."
    )
    source_language: str | None = Field(
        default=None,
        description="Language code for models that need one, e.g. `zho_Hans` (NLLB), "
        "`zh` (M2M100).",
    )
    target_language: str | None = Field(
        default=None, description="Target language code, e.g. `eng_Latn` (NLLB), `en` (M2M100)."
    )
    prefix: str = Field(
        default="", description="Text put before every sentence, e.g. `<2en> ` for MADLAD-400."
    )


class ExtractiveSpec(Spec):
    """The most central sentences of an article, by a graph over sentence similarity."""

    kind: Literal["extractive"] = Field(description="Pick sentences; no weights needed.")
    method: Literal["lexrank", "textrank"] = Field(
        default="lexrank",
        description="`lexrank`: Erkan and Radev 2004; `textrank`: Mihalcea and Tarau 2004.",
    )
    sentences: int = Field(default=3, ge=1, le=50, description="Sentences in a summary.")


class AbstractiveSpec(ModelSpec):
    """A checkpoint that writes summaries: mT5-XLSum, BART, Pegasus, or a causal model."""

    kind: Literal["abstractive"] = Field(description="A checkpoint that writes summaries.")
    architecture: Literal["seq2seq", "causal"] = Field(
        default="seq2seq", description="Encoder-decoder, or decoder-only with a prompt."
    )
    beams: int = Field(default=4, ge=1, le=64, description="Beam size.")
    max_source_tokens: int | None = Field(
        default=None, ge=16, description="Longest input; longer articles are summarized in parts."
    )
    max_target_tokens: int = Field(default=128, ge=8, description="Longest summary.")
    no_repeat_ngram_size: int = Field(
        default=3, ge=0, le=20, description="Forbid an n-gram of this size twice; 0 allows all."
    )
    prompt: str = Field(
        default="",
        description="For causal models: the prompt, with `{text}` where the article goes. "
        "For encoder-decoders: a prefix such as `summarize: `.",
    )

    @property
    def causal(self) -> CausalSpec:
        """The model as one that answers any prompt; for architecture `causal`."""
        own = self.model_dump(exclude={"kind", "architecture", "no_repeat_ngram_size"})
        return CausalSpec.model_validate(own | {"kind": "causal"})


class ConfidenceSpec(Spec):
    """The translation model's own token probabilities; no extra pass, no extra weights."""

    kind: Literal["confidence"] = Field(description="The translator's own confidence.")
    calibration: Annotated[str, BARE_OFF, PathKey("file", ("auto", "off"))] = Field(
        default="auto",
        description="What makes an expected error of it: `auto` is calibration.json beside the "
        "weights, where it is of these weights; `off`; or a file that "
        "scripts/calibrate_confidence.py has made.",
    )


class MetricSpec(PlacedSpec):
    """What all trained metrics have in common."""

    precision: Literal["auto", "float32", "bfloat16", "float16"] = Field(
        default="auto",
        description="`auto` is float32 on every device: published scores were computed in it.",
    )


class CometSpec(MetricSpec):
    """COMET, CometKiwi, UniTE or XCOMET as `unbabel-comet` publishes them."""

    kind: Literal["comet"] = Field(
        description="A folder with hparams.yaml and checkpoints/model.ckpt."
    )
    path: Annotated[str, MODEL] = Field(
        description="A local folder, or a hub id such as `Unbabel/wmt22-comet-da`."
    )
    revision: str | None = Field(
        default=None, description="The 40-digit commit of a hub id; required there."
    )
    encoder: Annotated[str | None, MODEL] = Field(
        default=None,
        description="Folder or hub id of the encoder's config.json and tokenizer, such as "
        "`FacebookAI/xlm-roberta-large`; its weights are in the checkpoint. Default: the folder "
        "`encoder` inside the checkpoint's.",
    )
    encoder_revision: str | None = Field(
        default=None, description="The 40-digit commit of the encoder; required for a hub id."
    )
    reference_free: bool = Field(
        default=False,
        description="Read no references, with a model that can do either (XCOMET, UniTE). "
        "CometKiwi never reads them.",
    )


class MetricXSpec(MetricSpec):
    """MetricX-23 or MetricX-24: mT5 with one of its outputs as the predicted error, 0 to 25."""

    kind: Literal["metricx"] = Field(description="A MetricX checkpoint.")
    path: Annotated[str, MODEL] = Field(
        description="A local folder, or a hub id such as `google/metricx-24-hybrid-large-v2p6`."
    )
    revision: str | None = Field(
        default=None, description="The 40-digit commit of a hub id; required there."
    )
    version: Literal[23, 24] = Field(
        description="23 or 24: their inputs are written differently, and no file says which."
    )
    tokenizer: Annotated[str | None, MODEL] = Field(
        default=None,
        description="Folder or hub id of the tokenizer, `google/mt5-xl` for the published ones; "
        "default: the checkpoint's folder.",
    )
    tokenizer_revision: str | None = Field(
        default=None, description="The 40-digit commit of the tokenizer; required for a hub id."
    )
    reference_free: bool = Field(
        default=False,
        description="Compare with the source alone. MetricX-23 has checkpoints of its own for it "
        "(`…-qe-…`), those of MetricX-24 do both.",
    )
    max_tokens: int | None = Field(
        default=None,
        ge=16,
        description="Longest input; default: what it was trained with, 1024 (23) or 1536 (24).",
    )


class BertScoreSpec(MetricSpec, WeightsSpec):
    """BERTScore: tokens of hypothesis and reference matched by an encoder's vectors."""

    kind: Literal["bertscore"] = Field(description="BERTScore over any encoder checkpoint.")
    layer: int = Field(
        ge=0,
        description="The layer whose vectors are compared, 0 for the embeddings. bert-score takes "
        "17 of roberta-large and xlm-roberta-large, 9 of bert-base-multilingual-cased, "
        "8 of bert-base-chinese.",
    )


class LanguageJudgeSpec(Spec):
    """A language model that lists the errors of a translation, after GEMBA-MQM."""

    kind: Literal["judge"] = Field(
        description="A language model is asked for the errors (after GEMBA-MQM, Kocmi and "
        "Federmann 2023): 0 is faultless, -25 the worst."
    )
    model: Annotated[CausalSpec | EndpointSpec, Field(discriminator="kind")] = Field(
        description="The model, as in translate.model, without a prompt of its own: a judge's is "
        "fixed, so `system`, `prompt`, `prompt_in_context`, `context_sentences` and "
        "`glossary_in_prompt` are refused."
    )
    retries: int = Field(
        default=2,
        ge=0,
        le=10,
        description="How often an answer that cannot be read is asked for again, by chance. A "
        "segment without a readable answer has no score; it is left out of the mean and counted.",
    )

    @model_validator(mode="after")
    def _judge_is_a_chat_model(self) -> Self:
        if not self.model.template.chat or self.model.template.structured:
            raise ValueError(
                f"a judge needs a chat model, and '{self.model.preset}' is a prompt for "
                "translation alone; set 'preset: chat'"
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
    """How sure a translation model is of given translations: it is made to write them."""

    kind: Literal["confidence"] = Field(
        description="A translation model, made to write each hypothesis (Prism-src, Thompson and "
        "Post 2020). It finds the hard sentences of one system. It favours its own translations "
        "and plain ones: a weak model ranks better systems last, so take a strong one to compare."
    )
    model: Seq2SeqSpec = Field(
        description="The model, as in translate.model of a run; an encoder-decoder. It searches "
        "for nothing, so `beams`, `length_penalty`, `no_repeat_ngram_size` and `shortlist` have no "
        "effect; its precision is float32 unless set here."
    )
    scale: Literal["log_probability", "expected_error"] = Field(
        default="log_probability",
        description="`log_probability`: the mean over tokens, at most 0, higher is better. "
        "`expected_error`: what calibration.json beside the weights makes of it and of the length, "
        "lower is better.",
    )


TrainedMetricSpec = Annotated[
    CometSpec | MetricXSpec | BertScoreSpec | LanguageJudgeSpec | GivenConfidenceSpec,
    Field(discriminator="kind"),
]
