"""Summaries written by a language model behind a server."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.cleaning import without_thoughts
from models.errors import WeightsError
from models.prompted import EndpointSummarySpec
from models.prompting import Answerer
from models.prompts import Template, Turn, conversation
from models.protocols import Request, Search

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

        Raises WeightsError where the server gave none: the article is tried by the next run.
        """
        prompts = [self._prompt(text) for text in texts]
        answers = [own[0] for own in self.answerer.answer(prompts, Search(count=1))]
        for answer in answers:
            if answer.failure or answer.refused:
                raise WeightsError(f"no summary: {answer.failure or 'the model refused'}")
        return [without_thoughts(answer.text)[0] for answer in answers]

    def _prompt(self, text: str) -> tuple[Turn, ...]:
        return conversation(self.template, Request(text))


def served_writer(spec: EndpointSummarySpec, answerer: Answerer) -> ServedWriter:
    """Give the writer that asks what a spec says."""
    template = Template(spec.prompt, system=spec.system or "")
    return ServedWriter(answerer, template, spec.max_source_chars)


def longest_summary(spec: EndpointSummarySpec) -> int:
    """Give the characters a joined summary may have before it is summarized again."""
    return 2 * _CHARS_A_TOKEN * spec.max_target_tokens
