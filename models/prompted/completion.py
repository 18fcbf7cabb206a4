"""The answer of a server: JSON to text, probability and why it stopped; trusts no part of it."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from models.patterns import lazy
from models.prompted.connection import Reply
from models.prompted.translator import Answer

_SURROGATE = lazy("[\ud800-\udfff]")
_FILTERED = "content_filter"


class BadAnswerError(Exception):
    """An answer without text that can be used; says why."""


def read_completion(reply: Reply) -> Answer:
    """Read the answer to a chat or a plain prompt. Raises BadAnswerError if there is none."""
    choice = _choice(reply)
    message = choice.get("message") if "message" in choice else choice
    if not isinstance(message, Mapping):
        raise BadAnswerError("its message is null")
    reason = choice.get("finish_reason")
    refusal = message.get("refusal")
    refused = (isinstance(refusal, str) and bool(refusal)) or reason == _FILTERED
    text = message.get("content") if "message" in choice else message.get("text")
    if not isinstance(text, str):
        # A refusal has no content, and neither has an answer cut off while it still thought.
        if not refused and not (text is None and reason == "length"):
            raise BadAnswerError(f"its content is {'missing' if text is None else 'not text'}")
        text = ""
    return Answer(
        text=_SURROGATE.sub("\ufffd", refusal if refused and refusal else text),
        log_probability=_mean(_log_probabilities(choice.get("logprobs"))),
        finished=reason not in ("length", _FILTERED),
        refused=refused,
    )


def is_filtered(reply: Reply) -> bool:
    """True if an error says that a content filter stopped the prompt, as Azure's does."""
    error = _error(reply)
    return isinstance(error, Mapping) and error.get("code") == _FILTERED


def error_message(reply: Reply) -> str:
    """Return the first line of what a server says of an error, without control characters."""
    error = _error(reply)
    message = error.get("message") or error.get("detail") if isinstance(error, Mapping) else error
    if not isinstance(message, str):
        return ""
    lines = message.strip().splitlines()
    return "".join(c for c in lines[0] if c.isprintable())[:200] if lines else ""


def _error(reply: Reply) -> object:
    try:
        body = reply.json()
    except ValueError:
        return ""
    inner = body.get("error") if isinstance(body, Mapping) else None
    return inner or body


def _choice(reply: Reply) -> Mapping[str, Any]:
    try:
        body = reply.json()
    except ValueError:
        raise BadAnswerError("it is not JSON") from None
    choices = body.get("choices") if isinstance(body, Mapping) else None
    if not isinstance(choices, Sequence) or not choices or not isinstance(choices[0], Mapping):
        raise BadAnswerError("it has no choices")
    return choices[0]


def _log_probabilities(logprobs: object) -> list[float]:
    """Return the log-probability of each token; empty if the server gives none that are valid."""
    if not isinstance(logprobs, Mapping):
        return []
    tokens = logprobs.get("content")
    if isinstance(tokens, list):
        values = [token.get("logprob") if isinstance(token, Mapping) else None for token in tokens]
    else:
        values = logprobs.get("token_logprobs") or []
    if not isinstance(values, list):
        return []
    return [float(v) for v in values if isinstance(v, int | float) and math.isfinite(v)]


def _mean(log_probabilities: Sequence[float]) -> float | None:
    if not log_probabilities:
        return None
    return sum(log_probabilities) / len(log_probabilities)
