"""Summaries written by a language model that is sent a prompt: run here, or behind a server."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from models.errors import NoSummaryError
from models.prompted.presets import Template, Turn, conversation
from models.prompted.specs import EndpointSummarySpec
from models.prompted.translator import Answer, Answerer
from models.prompted.wrappings import without_thoughts
from models.protocols import Request, Search
from models.runtime.control import NO_CONTROL, Control
from models.seq2seq.translator import is_blank
from models.specs import AbstractiveSpec

# A joined summary may be so many times as long as one answer, at about four characters a token.
_CHARS_A_TOKEN = 4
_OWN_LANGUAGE = "its own language"


@dataclass(frozen=True, slots=True)
class PromptWriter:
    """A language model as a Writer of summaries; control marks of an article stay text."""

    answerer: Answerer
    template: Template
    search: Search
    language: str = ""

    @property
    def room(self) -> int:
        """The largest size of a text that the model reads whole, prompt included."""
        return self.answerer.room

    def sizes(self, texts: Sequence[str]) -> list[int]:
        """Return the size of each text in the answerer's unit, prompt included."""
        return [self.answerer.size(self._prompt(text)) for text in texts]

    def write(self, texts: Sequence[str], *, control: Control = NO_CONTROL) -> list[str]:
        """Write a summary of each text; the result has the same length and order.

        Raises NoSummaryError if the model gave none, refused, or wrote an empty one.
        """
        prompts = [self._prompt(text) for text in texts]
        answers = self.answerer.answer(prompts, self.search, control=control)
        return [_summary(best) for best, *_ in answers]

    def in_language(self, language: str) -> "PromptWriter":
        """Return the writer whose prompt asks for a language."""
        return replace(self, language=language)

    def _prompt(self, text: str) -> tuple[Turn, ...]:
        user = self.template.user.replace("{language}", self.language or _OWN_LANGUAGE)
        return conversation(replace(self.template, user=user), Request(text))


def _summary(answer: Answer) -> str:
    problem = answer.failure or ("the model refused" if answer.refused else "")
    summary = without_thoughts(answer.text)[0]
    if not problem and is_blank(summary):
        problem = "the model wrote an empty summary"
        if not answer.finished:
            problem += ", because it reached max_target_tokens"
    if problem:
        raise NoSummaryError(f"no summary: {problem}")
    return summary


def prompt_writer(spec: EndpointSummarySpec | AbstractiveSpec, answerer: Answerer) -> PromptWriter:
    """Return the writer that sends the prompt of a spec."""
    prompt = _filled(spec)
    if isinstance(spec, EndpointSummarySpec):
        return PromptWriter(answerer, Template(prompt, system=spec.system or ""), Search())
    search = Search(no_repeat_ngram_size=spec.no_repeat_ngram_size)
    return PromptWriter(answerer, Template(prompt), search)


def _filled(spec: EndpointSummarySpec | AbstractiveSpec) -> str:
    """Return the prompt of a spec with length, audience and style filled in."""
    length = f"{spec.sentences} sentence{'' if spec.sentences == 1 else 's'}"
    values = {
        "{sentences}": length,
        "{audience}": f" Write for {spec.audience}." if spec.audience else "",
        "{style}": f" Style: {spec.style}." if spec.style else "",
    }
    return re.sub("|".join(map(re.escape, values)), lambda place: values[place[0]], spec.prompt)


def longest_served_summary(spec: EndpointSummarySpec) -> int:
    """Return the characters a joined summary may have before it is summarized again."""
    return 2 * _CHARS_A_TOKEN * spec.max_target_tokens
