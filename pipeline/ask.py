"""Ask a translator, and check that no request was lost."""

from collections.abc import Sequence

from models.protocols import BEST, Candidate, Request, Search, Translator
from models.runtime.control import NO_CONTROL, Control
from pipeline.errors import AlignmentError


def ask(
    translator: Translator,
    requests: Sequence[Request],
    search: Search = BEST,
    *,
    control: Control = NO_CONTROL,
) -> list[list[Candidate]]:
    """Return the translations of each request, the best first; same length and order.

    The translator gets only the context and the terms that it reads. Raises AlignmentError if it
    returns another number of lists than it was asked for, or no translation of a sentence where
    it was asked for the best one.
    """
    shown = [_readable(request, translator) for request in requests]
    answers = translator.translate(shown, search, control=control)
    if len(answers) != len(requests) or (search == BEST and not all(answers)):
        raise AlignmentError(
            f"{type(translator).__name__} returned {sum(map(bool, answers))} translations "
            f"for {len(requests)} sentences"
        )
    return answers


def ask_best(translator: Translator, requests: Sequence[Request]) -> list[Candidate]:
    """Return the best translation of each request; same length and order. See `ask`."""
    return [best for best, *_ in ask(translator, requests)]


def _readable(request: Request, translator: Translator) -> Request:
    """Leave out context and terms that a translator does not read."""
    most = translator.context_sentences
    if len(request.context) <= most and (translator.reads_terms or not request.terms):
        return request
    return Request(
        request.sentence,
        request.context[-most:] if most else (),
        request.terms if translator.reads_terms else (),
    )
