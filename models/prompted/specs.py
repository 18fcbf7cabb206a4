"""What a config may ask for of language models: the prompt, the weights or the server."""

import re
from typing import Any, Literal, Self

from pydantic import Field, field_serializer, field_validator, model_validator

from models.prompted.address import address_problem, masked
from models.prompted.presets import PresetName, Template, make_template
from models.strict import ModelSpec, Spec


class SamplingSpec(Spec):
    """How the next token is chosen: at temperature 0 the likeliest, and nothing by chance.

    `top_p`, `top_k` and `seed` have an effect above that temperature only.
    """

    temperature: float = Field(default=0, ge=0, le=2, description="0 is greedy.")
    top_p: float = Field(default=1, gt=0, le=1, description="Nucleus; for a temperature above 0.")
    top_k: int = Field(
        default=0,
        ge=0,
        description="Choose among this many of the likeliest tokens, 0 for all; for a temperature "
        "above 0. Local models; a server takes it in `extra`.",
    )
    repetition_penalty: float = Field(
        default=1,
        gt=0,
        le=2,
        description="Above 1 makes repeats unlikely. Local models; a server takes it in `extra`.",
    )
    seed: int = Field(
        default=0,
        ge=0,
        description="The same seed gives the same answer; for a temperature above 0.",
    )


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
        default=None,
        description="Another prompt for sentences with context; needs `{context}`, and "
        "`context_sentences` above 0 to have an effect.",
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
        "One on another machine needs `runtime.offline: false`. Redirects are not followed. A user "
        "name or password in it is refused."
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
    timeout_seconds: float = Field(
        default=120,
        gt=0,
        le=86_400,
        description="Time for one request, from the connection to the last byte of the answer.",
    )
    retries: int = Field(
        default=5,
        ge=0,
        le=20,
        description="How often a request is made again after a 429, a 5xx, a lost connection, the "
        "time limit or an unreadable answer; waits double, and Retry-After is honoured. A server "
        "that fails three sentences in a row and then a test question ends the run.",
    )
    logprobs: bool = Field(
        default=True,
        description="Ask for token probabilities, which are the confidence; set it to false for a "
        "server that refuses them.",
    )
    extra: dict[str, Any] = Field(
        default={},
        description="More fields of every request, as the server names them, such as "
        "`{top_k: 20, chat_template_kwargs: {enable_thinking: false}}`. Values that look like "
        "secrets (`api_key`, `token`, `password` …) are shown as `***` in every output.",
    )
    sampling: SamplingSpec = Field(
        default=SamplingSpec(), description="How the next token is chosen."
    )

    @model_validator(mode="after")
    def _sampling_reaches_the_server(self) -> Self:
        for name in ("top_k", "repetition_penalty"):
            if getattr(self.sampling, name) != SamplingSpec.model_fields[name].default:
                raise ValueError(
                    f"'sampling.{name}' is not sent to a server; write extra: {{{name}: …}} as the "
                    "server names it"
                )
        return self

    @field_validator("base_url")
    @classmethod
    def _address_is_valid(cls, value: str) -> str:
        if problem := address_problem(value):
            raise ValueError(problem)
        return value

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

    kind: Literal["endpoint"] = Field(description="An OpenAI-compatible server.")
    max_source_chars: int = Field(
        default=6000,
        ge=16,
        description="Longest prompt. What is too long loses context first, then the end of the "
        "sentence, which is flagged.",
    )


class EndpointSummarySpec(ServerSpec):
    """A language model behind an OpenAI-compatible server that writes summaries."""

    kind: Literal["endpoint"] = Field(description="An OpenAI-compatible server.")
    prompt: str = Field(
        default="Summarize this newspaper article in three sentences, in its own language. Write "
        "the summary alone.\n\n{text}",
        description="The prompt, with `{text}` where the article goes.",
    )
    system: str | None = Field(default=None, description="A system message.")
    max_source_chars: int = Field(
        default=6000, ge=100, description="Longest prompt; longer articles are summarized in parts."
    )
    max_target_tokens: int = Field(default=512, ge=8, description="Longest answer.")

    @model_validator(mode="after")
    def _prompt_has_its_place(self) -> Self:
        if "{text}" not in self.prompt:
            raise ValueError("'prompt' needs {text} where the article goes")
        return self

    @property
    def endpoint(self) -> EndpointSpec:
        """The server as one that answers any prompt."""
        own = self.model_dump(exclude={"prompt", "system"})
        return EndpointSpec.model_validate(own)


class CausalSpec(PromptedSpec, ModelSpec):
    """A decoder-only translator, run here: Qwen, Hunyuan-MT, Seed-X, TranslateGemma, Tower …"""

    kind: Literal["causal"] = Field(description="A decoder-only checkpoint, asked with a prompt.")
    backend: Literal["transformers"] = Field(
        default="transformers",
        description="`transformers`. For vLLM, start `vllm serve` and set `kind: endpoint`.",
    )
    beams: int = Field(
        default=1,
        ge=1,
        le=64,
        description="Beam size; 1 is greedy, or sampling.",
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
