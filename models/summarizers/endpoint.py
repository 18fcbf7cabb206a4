"""Summaries written by a language model behind a server."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.errors import NoSummaryError
from models.prompted.cleaning import without_thoughts
from models.prompted.presets import Template, Turn, conversation
from models.prompted.specs import EndpointSummarySpec
from models.prompted.translator import Answer, Answerer
from models.protocols import Request, Search
from models.seq2seq.translator import is_blank

# A joined summary may be so many times as long as one answer, at about four characters a token.
_CHARS_A_TOKEN = 4


@dataclass(frozen=True, slots=True)
class ServedWriter:
    """A server as a Writer of summaries; it counts characters, for tokens only the server knows."""

    answerer: Answerer
    template: Template
    room: int

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count the characters of each text, all that is put around it included."""
        return [sum(len(turn.text) for turn in self._prompt(text)) for text in texts]

    def write(self, texts: Sequence[str]) -> list[str]:
        """Write a summary of each text; the result has the same length and order.

        Raises NoSummaryError if the server gave none, refused, or wrote an empty one.
        """
        prompts = [self._prompt(text) for text in texts]
        answers = [best for best, *_ in self.answerer.answer(prompts, Search(count=1))]
        return [_summary(answer) for answer in answers]

    def _prompt(self, text: str) -> tuple[Turn, ...]:
        return conversation(self.template, Request(text))


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


def served_writer(spec: EndpointSummarySpec, answerer: Answerer) -> ServedWriter:
    """Give the writer that asks what a spec says."""
    template = Template(spec.prompt, system=spec.system or "")
    return ServedWriter(answerer, template, spec.max_source_chars)


def longest_summary(spec: EndpointSummarySpec) -> int:
    """Give the characters a joined summary may have before it is summarized again."""
    return 2 * _CHARS_A_TOKEN * spec.max_target_tokens
