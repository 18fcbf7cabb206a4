"""What of a model's settings decides its answer, and so is part of keys."""

from typing import Any

from models.metrics.load import ResolvedScorer
from models.resolved import ResolvedModel
from models.specs import ScorerSpec, SummarizerSpec, TranslatorSpec

_PLACES = {
    *("path", "revision", "backend", "trust_remote_code", "device", "precision"),
    *("encoder", "encoder_revision", "tokenizer", "tokenizer_revision"),
    *("base_url", "api_key_variable", "concurrency", "timeout_seconds", "retries"),
}
"""Keys of a spec that say where, or whose outcome is in the `answer_key` of what was found."""


def decisive(
    spec: TranslatorSpec | SummarizerSpec | ScorerSpec, resolved: ResolvedModel | ResolvedScorer
) -> dict[str, Any]:
    """Return what of a model decides its answer: identity and settings, not where it is."""
    settings: dict[str, Any] = spec.model_dump(mode="json", exclude=_PLACES)
    return settings | {"answer": resolved.answer_key}


def spoken_name(spec: TranslatorSpec, resolved: ResolvedModel) -> str:
    """Call a model and what of its settings is not the default by a name people know."""
    changed = spec.model_dump(
        mode="json",
        exclude=_PLACES | {"kind", "model"},
        exclude_defaults=True,
    )
    settings = [f"{name} {value}" for name, value in changed.items()]
    return ", ".join([resolved.name, resolved.backend, resolved.precision, *settings])
