"""Config of language models: the prompt, and the weights or the server."""

import re
from typing import Any, Literal, Self

from pydantic import Field, field_serializer, field_validator, model_validator

from models.prompted.address import address_problem, masked
from models.prompted.presets import PresetName, Template, make_template
from models.strict import ModelSpec, Spec


class SamplingSpec(Spec):
    """How the next token is chosen: the most likely one at temperature 0, else sampling.

    `top_p`, `top_k` and `seed` only have an effect at a temperature above 0.
    """

    temperature: float = Field(default=0, ge=0, le=2)
    """Sampling temperature; 0 is greedy."""
    top_p: float = Field(default=1, gt=0, le=1)
    """Nucleus sampling, for a temperature above 0."""
    top_k: int = Field(default=0, ge=0)
    """Sample from this many of the most likely tokens, 0 for all; for a temperature above 0. Local
    models only; for a server, set it in `extra`."""
    repetition_penalty: float = Field(default=1, gt=0, le=2)
    """Values above 1 make repeats less likely. Local models only; for a server, set it in
    `extra`."""
    seed: int = Field(default=0, ge=0)
    """Random seed, for a temperature above 0."""


class PromptedSpec(Spec):
    """A language model with a prompt."""

    preset: PresetName = "chat"
    """The prompt format: `chat` (Qwen and other instruction-tuned models), `plain` (no chat
    template), or the format a model's authors publish: `hunyuan-mt`, `hy-mt1.5`, `seed-x`,
    `translategemma` (`translategemma-plain` for Ollama), `tower-instruct`, `tower-plus`."""
    system: str | None = None
    """Your own system message."""
    prompt: str | None = None
    """Your own prompt: `{text}` is the sentence, `{terms}` its glossary terms, `{context}` the
    sentences before it. A part in `[[…]]` is left out if a placeholder in it is empty."""
    prompt_in_context: str | None = None
    """A separate prompt for sentences with context. It needs `{context}`, and `context_sentences`
    above 0."""
    context_sentences: int = Field(default=0, ge=0, le=50)
    """Number of preceding sentences of the article shown with each sentence. The translation memory
    then stores each sentence with its context."""
    glossary_in_prompt: bool = True
    """Include the glossary terms that occur in the sentence, if the prompt has `{terms}`."""
    max_target_tokens: int = Field(default=512, ge=8)
    """Longest answer, including thoughts. An answer that reaches it is flagged."""
    sampling: SamplingSpec = SamplingSpec()
    """How the next token is chosen."""

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


class SpendingSpec(Spec):
    """How much a server may be asked in one run."""

    tokens: int | None = Field(default=None, ge=1)
    """Most tokens, read and written, as the server reports them."""
    money: float | None = Field(default=None, gt=0)
    """Most money, by the prices below."""
    price_input: float = Field(default=0, ge=0)
    """Price of a million tokens it reads."""
    price_output: float = Field(default=0, ge=0)
    """Price of a million tokens it writes."""

    @model_validator(mode="after")
    def _money_has_a_price(self) -> Self:
        if self.money is not None and not (self.price_input or self.price_output):
            raise ValueError("'money' needs 'price_input' and 'price_output'")
        if self.tokens is None and self.money is None:
            raise ValueError("it needs 'tokens' or 'money'")
        return self


class BatchSpec(Spec):
    """Requests sent as batches that the server answers within a day, often at half price.

    Fewer than `least` requests, such as a retry of flagged sentences, are sent one by one. A run
    that is stopped may be started again at any time: it waits for the batch that it made.
    """

    requests: int = Field(default=10_000, ge=1, le=50_000)
    """Most requests of a batch."""
    least: int = Field(default=100, ge=1)
    """Fewest requests of a batch."""
    poll_seconds: float = Field(default=30, gt=0, le=3600)
    """Time between two looks at a batch."""
    hours: float = Field(default=26, gt=0, le=1000)
    """How long a run waits for a batch before it ends."""


class ServerSpec(Spec):
    """The address of a server, its limits and its retries."""

    base_url: str
    """Address of an OpenAI-compatible server, such as `http://localhost:8000/v1` (vLLM),
    `http://localhost:8080/v1` (llama.cpp), `http://localhost:11434/v1` (Ollama). A server on
    another machine needs `runtime.offline: false`. Redirects are not followed. An address with a
    user name or password is refused."""
    more_urls: tuple[str, ...] = ()
    """More servers of the same model. Each request goes to the one that is least busy; one that
    cannot be reached rests for half a minute."""
    model: str
    """The model's name, as the server lists it."""
    served_version: str = ""
    """Your own name for the weights. Change it when the server gets other weights under the same
    model name; everything is then translated again."""
    api_key_variable: str | None = None
    """Name of the environment variable that holds the API key."""
    concurrency: int = Field(default=4, ge=1, le=256)
    """Number of parallel requests to each server; halved while a server says that it is
    overloaded."""
    requests_per_minute: int | None = Field(default=None, ge=1)
    """Most requests a minute, to all servers together."""
    spending: SpendingSpec | None = None
    """Where a run stops asking. Finished work is kept; the next run continues with a new budget."""
    batch: BatchSpec | None = None
    """Use the server's Batch API (OpenAI's kind: files and batches). `{}` for the defaults."""
    timeout_seconds: float = Field(default=120, gt=0, le=86_400)
    """Time limit for one request, from the connection to the last byte of the answer."""
    retries: int = Field(default=5, ge=0, le=20)
    """Retries after a 429, a 5xx, a lost connection, a timeout or an unreadable answer. The wait
    doubles each time; Retry-After is honoured. If a server fails three sentences in a row and then
    a test question, the run ends."""
    logprobs: bool = True
    """Request token probabilities, which become the confidence. Set to false for a server that does
    not support them."""
    extra: dict[str, Any] = Field(default={})
    """More fields for every request, as the server names them, such as `{top_k: 20,
    chat_template_kwargs: {enable_thinking: false}}`. Values that look like secrets (`api_key`,
    `token`, `password` …) are printed as `***`."""
    sampling: SamplingSpec = SamplingSpec()
    """How the next token is chosen."""

    @model_validator(mode="after")
    def _settings_fit_a_server(self) -> Self:
        for name in ("top_k", "repetition_penalty"):
            if getattr(self.sampling, name) != SamplingSpec.model_fields[name].default:
                raise ValueError(
                    f"'sampling.{name}' is not sent to a server; write extra: {{{name}: …}} as the "
                    "server names it"
                )
        if self.batch and self.more_urls:
            raise ValueError("'batch' needs one server; remove 'more_urls'")
        return self

    @field_validator("base_url")
    @classmethod
    def _address_is_valid(cls, value: str) -> str:
        if problem := address_problem(value):
            raise ValueError(problem)
        return value

    @field_validator("more_urls")
    @classmethod
    def _addresses_are_valid(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(cls._address_is_valid, values))

    @property
    def urls(self) -> tuple[str, ...]:
        """The addresses of all servers, each once."""
        return tuple(dict.fromkeys((self.base_url, *self.more_urls)))

    @field_validator("api_key_variable")
    @classmethod
    def _variable_is_a_name(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", value):
            raise ValueError(
                "'api_key_variable' must be the name of an environment variable, such as MY_KEY, "
                "and not the key itself"
            )
        return value

    @field_serializer("extra", when_used="json")
    def _hide_secrets(self, extra: dict[str, Any]) -> Any:
        return masked(extra)


class EndpointSpec(PromptedSpec, ServerSpec):
    """A language model behind an OpenAI-compatible server."""

    kind: Literal["endpoint"]
    """An OpenAI-compatible server."""
    max_source_chars: int = Field(default=6000, ge=16)
    """Longest prompt. If it is too long, context is dropped first, then the end of the sentence,
    which is flagged."""


SUMMARY_PLACES = ("sentences", "audience", "style")
SUMMARY_SENTENCES = "How many sentences a prompt asks for, at `{sentences}`."
SUMMARY_AUDIENCE = "Who reads the summary, such as `bank analysts`; fills `{audience}`."
SUMMARY_STYLE = "How it is written, such as `short sentences, no quotations`; fills `{style}`."


def check_places(spec: Spec, prompt: str) -> None:
    """Raise ValueError for a setting of a summary for which the prompt has no place."""
    for name in SUMMARY_PLACES:
        if name in spec.model_fields_set and f"{{{name}}}" not in prompt:
            raise ValueError(f"'{name}' has no effect: 'prompt' has no {{{name}}}")


class EndpointSummarySpec(ServerSpec):
    """A language model behind an OpenAI-compatible server that writes summaries."""

    kind: Literal["endpoint"]
    """An OpenAI-compatible server."""
    prompt: str = (
        "Summarize this newspaper article in {sentences}, in {language}.{audience}{style} "
        "Write the summary alone.\n\n{text}"
    )
    """The prompt, with `{text}` where the article goes. Also filled in: `{sentences}`,
    `{language}`, `{audience}`, `{style}`."""
    sentences: int = Field(default=3, ge=1, le=50, description=SUMMARY_SENTENCES)
    audience: str = Field(default="", description=SUMMARY_AUDIENCE)
    style: str = Field(default="", description=SUMMARY_STYLE)
    system: str | None = None
    """A system message."""
    max_source_chars: int = Field(default=6000, ge=100)
    """Longest prompt. Longer articles are summarized in parts."""
    max_target_tokens: int = Field(default=512, ge=8)
    """Longest answer."""

    @model_validator(mode="after")
    def _prompt_has_its_places(self) -> Self:
        if "{text}" not in self.prompt:
            raise ValueError("'prompt' needs {text} where the article goes")
        check_places(self, self.prompt)
        return self

    @property
    def endpoint(self) -> EndpointSpec:
        """The server as one that answers any prompt."""
        own = self.model_dump(exclude={"prompt", "system", *SUMMARY_PLACES})
        return EndpointSpec.model_validate(own)


class CausalSpec(PromptedSpec, ModelSpec):
    """A decoder-only model that runs here: Qwen, Hunyuan-MT, Seed-X, TranslateGemma, Tower …"""

    kind: Literal["causal"]
    """A decoder-only checkpoint with a prompt."""
    backend: Literal["transformers"] = "transformers"
    """`transformers`. For vLLM, start `vllm serve` and set `kind: endpoint`."""
    beams: int = Field(default=1, ge=1, le=64)
    """Beam size; 1 is greedy search, or sampling."""
    max_source_tokens: int | None = Field(default=None, ge=16)
    """Longest prompt. Default: the model's limit, at most 4096. If it is too long, context is
    dropped first, then the end of the sentence, which is flagged."""
    thinking: bool = False
    """Let a model that can (Qwen3) think first. Slow; the thoughts are discarded."""
