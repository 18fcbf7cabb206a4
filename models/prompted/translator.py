"""Requests to translations over anything that answers prompts: a local model or a server.

requests ─▶ distinct ─▶ prompts that fit ─▶ Answerer.answer ─▶ cleaned ─▶ candidates
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from models.prompted.cleaning import cleaned
from models.prompted.presets import Template, Turn, conversation
from models.prompted.specs import PromptedSpec
from models.protocols import BEST, Candidate, Request, Search
from models.runtime.batching import answer_once, first_places
from models.runtime.control import NO_CONTROL, Control
from models.seq2seq.translator import is_blank

# Of a sentence that does not fit at all this much is shown, so that there is an answer to flag.
_FEWEST_CHARS = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for a prompt.

    `log_probability` is the mean over its tokens, None where it is not told; `finished` is false
    where the length limit cut it off. `failure` says why there is none.
    """

    text: str
    log_probability: float | None
    finished: bool = True
    refused: bool = False
    failure: str = ""


class Answerer(Protocol):
    """A language model: conversations in, the best answers to each out, in order."""

    @property
    def room(self) -> int:
        """The largest `size` of a prompt that the model can read whole and still answer."""

    def size(self, prompt: Sequence[Turn]) -> int:
        """Return the size of a prompt: tokens of a local model, characters for a server."""

    def answer(
        self, prompts: Sequence[Sequence[Turn]], search: Search, *, control: Control = NO_CONTROL
    ) -> list[list[Answer]]:
        """Answer each prompt, the best answer first; same length and order.

        A prompt that cannot be answered has one answer with a `failure`; the others are not
        affected.
        """


@dataclass(frozen=True, slots=True)
class PromptTranslator:
    """A Translator that sends one prompt for each sentence.

    An answer is never cut into several translations, so none can be lost or added.
    """

    answerer: Answerer
    template: Template
    context_sentences: int
    reads_terms: bool

    def translate(
        self, requests: Sequence[Request], search: Search = BEST, *, control: Control = NO_CONTROL
    ) -> list[list[Candidate]]:
        """Translate each request; return its translations, the best first, in the order asked.

        Each distinct request is asked once; blank sentences give the empty string. No spare
        answers are kept: a prompt gets one.
        """
        if search.spare:
            return [[] for _ in requests]

        distinct_control = control.for_part(first_places(requests))

        def answer(distinct: list[Request]) -> list[list[Candidate]]:
            candidates = [[Candidate("", 1.0)] for _ in distinct]
            asked = [at for at, request in enumerate(distinct) if not is_blank(request.sentence)]
            shown = [self._fitted(distinct[at]) for at in asked]
            prompts = [conversation(self.template, request) for request in shown]

            def read(prompt: int, answers: Sequence[Answer]) -> list[Candidate]:
                source = shown[prompt].sentence
                cut = source != distinct[asked[prompt]].sentence
                return [self._candidate(answer, source, cut) for answer in answers]

            own = distinct_control.for_part(asked, read)
            answers = self.answerer.answer(prompts, search, control=own) if prompts else []
            for prompt, (at, of_prompt) in enumerate(zip(asked, answers, strict=True)):
                candidates[at] = read(prompt, of_prompt)
            return candidates

        return answer_once(requests, answer)

    def _candidate(self, answer: Answer, source: str, source_truncated: bool) -> Candidate:
        if answer.failure:
            return Candidate("", None, failure=answer.failure)
        text, finished = answer.text, answer.finished
        if self.template.stop and self.template.stop in (said := text.lstrip()):
            text, finished = said.split(self.template.stop)[0], True
        clean = cleaned(text, source)
        confidence = (
            None if answer.log_probability is None else min(1.0, math.exp(answer.log_probability))
        )
        return Candidate(
            text=clean.text,
            # A refusal is the surest of answers, and no translation.
            confidence=0.0 if answer.refused or clean.refused else confidence,
            source_truncated=source_truncated,
            target_truncated=clean.thinking or not finished,
        )

    def _fitted(self, request: Request) -> Request:
        """Shorten a request until it fits: the farthest context goes first, then the terms,
        then the end of the sentence.
        """
        while request.context and not self._fits(request):
            request = replace(request, context=request.context[(len(request.context) + 1) // 2 :])
        if request.terms and not self._fits(request):
            request = replace(request, terms=())
        if self._fits(request):
            return request
        fitting, over = _FEWEST_CHARS, len(request.sentence)
        while fitting + 1 < over:
            middle = (fitting + over) // 2
            if self._fits(replace(request, sentence=request.sentence[:middle])):
                fitting = middle
            else:
                over = middle
        return replace(request, sentence=request.sentence[:fitting])

    def _fits(self, request: Request) -> bool:
        return self.answerer.size(conversation(self.template, request)) <= self.answerer.room


def prompt_translator(spec: PromptedSpec, answerer: Answerer) -> PromptTranslator:
    """Return the translator that asks what a spec says."""
    template = spec.template
    return PromptTranslator(
        answerer,
        template,
        context_sentences=spec.context_sentences,
        reads_terms=spec.glossary_in_prompt and template.reads_terms,
    )
