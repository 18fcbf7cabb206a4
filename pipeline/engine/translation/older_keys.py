"""Keys that earlier versions of Yibao gave a model in the translation memory.

Only the memory needs them: what it remembers under such a key is moved to the key of today.
"""

from typing import Any

from pydantic import BaseModel

from models.resolved import ResolvedModel, ResolvedScorer
from models.specs import Seq2SeqSpec, TranslatorSpec
from pipeline.engine.keys import digest
from pipeline.engine.translation.choice import Choosing

_ASKED = {
    *("kind", "preset", "system", "prompt", "prompt_in_context", "context_sentences"),
    *("glossary_in_prompt", "max_target_tokens", "sampling"),
}
_SETTINGS: dict[str, set[str]] = {
    "Seq2SeqSpec": {
        *("kind", "beams", "length_penalty", "no_repeat_ngram_size", "shortlist"),
        *("max_source_tokens", "max_target_tokens"),
        *("source_language", "target_language", "prefix"),
    },
    "CausalSpec": _ASKED | {"beams", "max_source_tokens", "thinking"},
    "EndpointSpec": _ASKED | {"model", "served_version", "logprobs", "extra", "max_source_chars"},
    "ChooseSection": {
        *("by", "of", "among", "checked", "temperature", "least_probability", "seed")
    },
    "CometSpec": {"kind", "precision", "encoder", "encoder_revision", "reference_free"},
    "MetricXSpec": {
        *("kind", "precision", "version", "tokenizer", "tokenizer_revision"),
        *("reference_free", "max_tokens"),
    },
}
"""The settings that keys held, at their defaults or not. Settings added since are in none."""
_SAMPLING = {"temperature", "top_p", "top_k", "repetition_penalty", "seed"}

_PARTS = 3
"""Versions of the ladder and of the checks, and the glossary, on which a checked choice depends."""

_BUNDLED = "600b1c89300c791c7157d8cb0e42f67a3b45ddabf1fcad03c20205f800f3d602"
_SHORTLIST = "ad391c99c1796055"
"""Identity of the bundled model, and the digest of the counted shortlist that it once had."""


def older_memory_keys(
    spec: TranslatorSpec, resolved: ResolvedModel, choosing: Choosing | None
) -> tuple[str, ...]:
    """Return the older keys of a model in the translation memory, the newest first.

    They held every setting, and the first ones of the bundled model the digest of its shortlist.
    A kind of model without a row in `_SETTINGS` came later and has none.
    """
    estimator = choosing and choosing.section.estimator
    if not all(type(model).__name__ in _SETTINGS for model in (spec, estimator) if model):
        return ()
    keys = []
    for with_shortlist in (False, True):
        settings = _settings(spec) | {"answer": _answer(resolved, with_shortlist)}
        if choosing is not None:
            settings["choose"] = older_choice(choosing, with_shortlist=with_shortlist)
        keys.append(digest(settings))
    return tuple(dict.fromkeys(keys))


def older_choice(choosing: Choosing, *, with_shortlist: bool) -> dict[str, Any]:
    """Return what an older key held of a choice among several translations."""
    settings = _settings(choosing.section) | choosing.versions
    if isinstance(settings["checks"], list) and len(settings["checks"]) == _PARTS:
        del settings["checks"][1]  # the checks had no version of their own
    spec, resolved = choosing.section.estimator, choosing.estimator
    if spec and resolved:
        own = _settings(spec) | {"answer": _answer(resolved, with_shortlist)}
        if isinstance(spec, Seq2SeqSpec):
            own["trust_remote_code"] = spec.trust_remote_code
        settings["estimator"] = own
    return settings


def _settings(section: BaseModel) -> dict[str, Any]:
    names = dict.fromkeys(_SETTINGS[type(section).__name__], True)
    included: dict[str, Any] = names | ({"sampling": _SAMPLING} if "sampling" in names else {})
    return section.model_dump(mode="json", include=included)


def _answer(resolved: ResolvedModel | ResolvedScorer, with_shortlist: bool) -> str:
    key = resolved.answer_key
    if with_shortlist and resolved.identity == _BUNDLED and key.endswith(" writable"):
        return f"{key.removesuffix('writable')}{_SHORTLIST}"
    return key
