"""What a config may ask for: one frozen model per kind, told apart by `kind`.

A spec says what is wanted; `models.load` finds it, checks it and loads it. Everything
in a spec can change the output and is therefore part of a shard's key.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.prompts import PresetName, Template, make_template

Backend = Literal["auto", "transformers", "ctranslate2"]
Precision = Literal["auto", "float32", "float16", "bfloat16", "int8", "int8_float16"]


class Spec(BaseModel):
    """Strict and frozen: a misspelt key is an error, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class WeightsSpec(Spec):
    """Where weights are and how far they are trusted."""

    path: str = Field(
        description="`bundled:NAME`, a local folder, or a hub id such as "
        "`Helsinki-NLP/opus-mt-zh-en`."
    )
    revision: str | None = Field(
        default=None,
        description="The 40-digit commit of a hub id; required there, because branches move.",
    )
    trust_remote_code: bool = Field(
        default=False, description="Let the checkpoint run its own Python code. Leave it off."
    )


class Seq2SeqSpec(WeightsSpec):
    """An encoder-decoder translator: Marian/OPUS-MT, NLLB, M2M100, mBART, T5, Pegasus …"""

    kind: Literal["seq2seq"] = Field(description="An encoder-decoder checkpoint.")
    backend: Backend = Field(
        default="auto",
        description="`ctranslate2` is the fast one, `transformers` the broad one; "
        "`auto` takes ctranslate2 where the architecture allows it.",
    )
    beams: int = Field(default=4, ge=1, le=64, description="Beam size; 1 is greedy and fastest.")
    length_penalty: float = Field(
        default=1.0, ge=0, le=5, description="Exponent of length normalisation in beam search."
    )
    no_repeat_ngram_size: int | None = Field(
        default=None,
        ge=0,
        le=20,
        description="Forbid an n-gram of this size twice; 0 allows all. Default: what the "
        "checkpoint's generation_config.json asks for.",
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


class SamplingSpec(Spec):
    """How the next token is chosen: at temperature 0 the likeliest, and nothing by chance."""

    temperature: float = Field(default=0, ge=0, le=2, description="0 is greedy.")
    top_p: float = Field(default=1, gt=0, le=1, description="Nucleus; for a temperature above 0.")
    top_k: int = Field(
        default=0, ge=0, description="Only the likeliest so many; 0 takes all. Local models."
    )
    repetition_penalty: float = Field(
        default=1, gt=0, le=2, description="Above 1 makes repeats unlikely. Local models."
    )
    seed: int = Field(default=0, ge=0, description="The same seed gives the same answer.")


class PromptedSpec(Spec):
    """A language model that is asked with a prompt."""

    preset: PresetName = Field(
        default="chat",
        description="The form of the prompt: `chat` (Qwen and others that follow instructions), "
        "`plain` (no chat template), or as the model's makers publish it: `hunyuan-mt`, "
        "`hy-mt1.5`, `seed-x`, `translategemma` (`translategemma-plain` for Ollama), "
        "`tower-instruct`, `tower-plus`.",
    )
    system: str | None = Field(default=None, description="A system message of your own.")
    prompt: str | None = Field(
        default=None,
        description="A prompt of your own: `{text}` is the sentence, `{terms}` the terms of the "
        "glossary in it, `{context}` the sentences before it; `[[…]]` is left out where a place in "
        "it is empty.",
    )
    prompt_in_context: str | None = Field(
        default=None, description="Another prompt where there is context; needs `{context}`."
    )
    context_sentences: int = Field(
        default=0,
        ge=0,
        le=50,
        description="So many sentences of the article before a sentence are shown with it. Each "
        "sentence is then remembered with its context.",
    )
    glossary_in_prompt: bool = Field(
        default=True,
        description="Show the glossary's terms that stand in the sentence, where the prompt has "
        "`{terms}`.",
    )
    max_target_tokens: int = Field(
        default=512,
        ge=8,
        description="Longest answer, thoughts included; one that reaches it is flagged.",
    )
    sampling: SamplingSpec = Field(
        default=SamplingSpec(), description="How the next token is chosen."
    )

    @model_validator(mode="after")
    def _prompt_has_its_places(self) -> Self:
        if self.prompt is not None and "{text}" not in self.prompt:
            raise ValueError("'prompt' needs {text} where the sentence goes")
        if self.prompt_in_context is not None and not (
            "{text}" in self.prompt_in_context and "{context}" in self.prompt_in_context
        ):
            raise ValueError("'prompt_in_context' needs {text} and {context}")
        if self.context_sentences and not self.template.user_in_context:
            raise ValueError(
                f"'context_sentences' is {self.context_sentences}, but the prompt has no place for "
                "{context}; leave it out, or write 'prompt_in_context'"
            )
        return self

    @property
    def template(self) -> Template:
        """The prompt that is asked with."""
        return make_template(
            self.preset,
            system=self.system,
            prompt=self.prompt,
            prompt_in_context=self.prompt_in_context,
        )


class ServerSpec(Spec):
    """Where a server is, and how patiently it is asked."""

    base_url: str = Field(
        description="Address of an OpenAI-compatible server, such as `http://localhost:8000/v1` "
        "(vLLM), `http://localhost:8080/v1` (llama.cpp), `http://localhost:11434/v1` (Ollama). "
        "One on another machine needs `runtime.offline: false`."
    )
    model: str = Field(description="The model's name, as the server lists it.")
    served_version: str = Field(
        default="",
        description="A name of your own for the weights; change it when the server has others "
        "under the same name, and all is translated again.",
    )
    api_key_variable: str | None = Field(
        default=None, description="Name of the environment variable that holds the key."
    )
    concurrency: int = Field(
        default=4, ge=1, le=256, description="Requests under way at the same time."
    )
    timeout_seconds: float = Field(default=120, gt=0, description="Patience with one request.")
    retries: int = Field(
        default=5,
        ge=0,
        le=20,
        description="How often a request is made again after a 429, a 5xx, a lost connection or an "
        "unreadable answer; waits double, and Retry-After is honoured.",
    )
    logprobs: bool = Field(
        default=True,
        description="Ask for token probabilities, which are the confidence; set it to false for a "
        "server that refuses them.",
    )
    extra: dict[str, Any] = Field(
        default={},
        description="More fields of every request, as the server names them, such as "
        "`{top_k: 20, chat_template_kwargs: {enable_thinking: false}}`.",
    )


class EndpointSpec(PromptedSpec, ServerSpec):
    """A language model behind an OpenAI-compatible server."""

    kind: Literal["endpoint"] = Field(description="An OpenAI-compatible server.")
    max_source_chars: int = Field(
        default=6000,
        ge=16,
        description="Longest prompt. What is too long loses context first, then the end of the "
        "sentence, which is flagged.",
    )


class CausalSpec(PromptedSpec, WeightsSpec):
    """A decoder-only translator, run here: Qwen, Hunyuan-MT, Seed-X, TranslateGemma, Tower …"""

    kind: Literal["causal"] = Field(description="A decoder-only checkpoint, asked with a prompt.")
    backend: Literal["transformers", "vllm"] = Field(
        default="transformers",
        description="`transformers` runs anywhere; `vllm` is faster, needs a CUDA GPU and the "
        "extra `vllm` installed.",
    )
    beams: int = Field(
        default=1,
        ge=1,
        le=64,
        description="Beam size; 1 is greedy, or sampling. transformers only.",
    )
    max_source_tokens: int | None = Field(
        default=None,
        ge=16,
        description="Longest prompt; default: what the model can read, at most 4096. What is too "
        "long loses context first, then the end of the sentence, which is flagged.",
    )
    thinking: bool = Field(
        default=False,
        description="Let a model that can (Qwen3) think first. Slow; thoughts are dropped.",
    )


class ExtractiveSpec(Spec):
    """The most central sentences of an article, by a graph over sentence similarity."""

    kind: Literal["extractive"] = Field(description="Pick sentences; no weights needed.")
    method: Literal["lexrank", "textrank"] = Field(
        default="lexrank",
        description="`lexrank`: Erkan and Radev 2004; `textrank`: Mihalcea and Tarau 2004.",
    )
    sentences: int = Field(default=3, ge=1, le=50, description="Sentences in a summary.")


class AbstractiveSpec(WeightsSpec):
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


class ConfidenceSpec(Spec):
    """The translation model's own token probabilities; no extra pass, no extra weights."""

    kind: Literal["confidence"] = Field(description="The translator's own confidence.")
    calibration: str = Field(
        default="auto",
        description="What makes an expected error of it: `auto` is calibration.json beside the "
        "weights, where it is of these weights; `off`; or a file that "
        "scripts/calibrate_confidence.py has made.",
    )


class MetricSpec(Spec):
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
    path: str = Field(description="A local folder, or a hub id such as `Unbabel/wmt22-comet-da`.")
    revision: str | None = Field(
        default=None, description="The 40-digit commit of a hub id; required there."
    )
    encoder: str | None = Field(
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
    path: str = Field(
        description="A local folder, or a hub id such as `google/metricx-24-hybrid-large-v2p6`."
    )
    revision: str | None = Field(
        default=None, description="The 40-digit commit of a hub id; required there."
    )
    version: Literal[23, 24] = Field(
        description="23 or 24: their inputs are written differently, and no file says which."
    )
    tokenizer: str | None = Field(
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


TranslatorSpec = Annotated[Seq2SeqSpec | CausalSpec | EndpointSpec, Field(discriminator="kind")]
SummarizerSpec = Annotated[ExtractiveSpec | AbstractiveSpec, Field(discriminator="kind")]
EstimatorSpec = ConfidenceSpec
ScorerSpec = Annotated[CometSpec | MetricXSpec | BertScoreSpec, Field(discriminator="kind")]
JudgeSpec = Annotated[Seq2SeqSpec | CometSpec | MetricXSpec, Field(discriminator="kind")]


class GivenConfidenceSpec(Spec):
    """How sure a translation model is of given translations: it is made to write them."""

    kind: Literal["confidence"] = Field(
        description="A translation model, made to write each hypothesis (Prism-src, Thompson and "
        "Post 2020). It favours its own translations: take another model than those compared."
    )
    model: Seq2SeqSpec = Field(
        description="The model, as in translate.model of a run; an encoder-decoder."
    )
    scale: Literal["log_probability", "expected_error"] = Field(
        default="log_probability",
        description="`log_probability`: the mean over tokens, at most 0, higher is better. "
        "`expected_error`: what calibration.json beside the weights makes of it and of the length, "
        "lower is better.",
    )


TrainedMetricSpec = Annotated[
    CometSpec | MetricXSpec | BertScoreSpec | GivenConfidenceSpec, Field(discriminator="kind")
]
