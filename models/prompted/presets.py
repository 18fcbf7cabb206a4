"""How language models are asked for a translation: published forms as presets, or one's own.

Request ─template─▶ turns of pieces ─▶ chat template or plain text (local), messages (server)

A piece is trusted (our words, in which `<|im_end|>` would be a control mark) or comes from a
page (in which it is text). Whoever writes the prompt out keeps the two apart.
"""

import re
import tomllib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal

from models.patterns import lazy
from models.protocols import Request

PresetName = Literal[
    "chat",
    "plain",
    "hunyuan-mt",
    "hy-mt1.5",
    "seed-x",
    "translategemma",
    "translategemma-plain",
    "tower-instruct",
    "tower-plus",
]
Speaker = Literal["system", "user", "assistant"]

# Raise it when a preset, or how a prompt is put together, changes.
PROMPT_VERSION = 1

_SECTION = lazy(r"\[\[(.*?)\]\]", re.DOTALL)
_PLACE = lazy(r"\{(text|context|terms)\}")


@dataclass(frozen=True, slots=True)
class PromptPiece:
    """A part of a prompt; `trusted` where it is ours and not from a page."""

    text: str
    trusted: bool = True


@dataclass(frozen=True, slots=True)
class Turn:
    """What one side says in a conversation."""

    role: Speaker
    pieces: tuple[PromptPiece, ...]

    @property
    def text(self) -> str:
        """The pieces put together."""
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Template:
    """The form of a prompt.

    `{text}` is the sentence, `{context}` the sentences before it, `{terms}` a line per term of
    the glossary; a part in `[[double brackets]]` is left out where a place in it has nothing to
    say. `user_in_context` is taken where there is context; empty: the model is shown none.
    `chat` is false of models that get plain text; `stop` ends an answer; `structured` is true
    of TranslateGemma, whose chat template takes languages and text as fields.
    """

    user: str
    user_in_context: str = ""
    term: str = "{chinese} = {english}"
    system: str = ""
    chat: bool = True
    stop: str = ""
    structured: bool = False

    @property
    def reads_terms(self) -> bool:
        """True where the prompt has a place for terms."""
        return "{terms}" in self.user + self.user_in_context


@cache
def presets() -> dict[str, Template]:
    """Return the published forms of prompts (presets.toml), by their names."""
    rows = tomllib.loads(Path(__file__).with_name("presets.toml").read_text(encoding="utf-8"))
    return {name: Template(**row) for name, row in rows.items()}


def make_template(
    preset: PresetName, *, system: str | None, prompt: str | None, prompt_in_context: str | None
) -> Template:
    """Return a preset with what a config says otherwise.

    A prompt of one's own that has a place for context serves with and without it.
    """
    template = presets()[preset]
    if prompt is not None:
        own = prompt if "{context}" in prompt else ""
        template = replace(template, user=prompt, user_in_context=own, structured=False)
    if prompt_in_context is not None:
        template = replace(template, user_in_context=prompt_in_context)
    return template if system is None else replace(template, system=system)


def structured(text: str) -> list[dict[str, str]]:
    """Return the content of a message as TranslateGemma's chat template wants it."""
    fields = {"source_lang_code": "zh-Hans", "target_lang_code": "en"}
    return [{"type": "text", **fields, "text": text}]


def conversation(template: Template, request: Request) -> tuple[Turn, ...]:
    """Write out the prompt for one request."""
    terms = "\n".join(
        template.term.replace("{chinese}", chinese).replace("{english}", english)
        for chinese, english in request.terms
    )
    values = {"text": request.sentence, "context": "\n".join(request.context), "terms": terms}
    wanted = template.user_in_context if request.context else template.user
    user = Turn("user", _filled(wanted or template.user, values))
    if not template.system:
        return (user,)
    return (Turn("system", (PromptPiece(template.system),)), user)


def _filled(template: str, values: dict[str, str]) -> tuple[PromptPiece, ...]:
    """Fill the places of a template in one pass: what is filled in is never read as a place."""
    pieces: list[PromptPiece] = []
    # Split at a group: what stands in brackets comes at odd places.
    for number, part in enumerate(_SECTION.split(template)):
        if number % 2 and not all(values[name] for name in _PLACE.findall(part)):
            continue
        for place, own in enumerate(_PLACE.split(part)):
            pieces.append(
                PromptPiece(values[own], trusted=False) if place % 2 else PromptPiece(own)
            )
    return tuple(piece for piece in pieces if piece.text)
