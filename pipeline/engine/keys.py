"""Names made of content: of shards, of documents, and of a model in the translation memory.

A setting at its default is in no key. So a new setting with a default changes no key of today,
and whoever changes a default must raise the version of what it changes.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pydantic import BaseModel

from models.resolved import ResolvedModel, ResolvedScorer
from models.specs import ExtractiveSpec, ScorerSpec, SummarizerSpec, TranslatorSpec
from pipeline.engine.store import to_json
from pipeline.records import Document, Edition

_PLACES = {
    *("path", "revision", "backend", "trust_remote_code", "device", "precision"),
    *("encoder", "encoder_revision", "tokenizer", "tokenizer_revision"),
    *("base_url", "more_urls", "api_key_variable", "concurrency", "timeout_seconds", "retries"),
    *("requests_per_minute", "spending", "batch"),
}
"""Keys of a spec that say where, or whose outcome is in the `answer_key` of what was found."""


def digest(value: object) -> str:
    """Return 32 hex digits of the SHA-256 of a value's canonical JSON."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


# A document from which nothing was left out has the key it had before readers counted that.
_NOTHING_SET_ASIDE = ',"set_aside":[]'


def documents_key(documents: Sequence[Document | Edition]) -> str:
    """Name a shard of documents by their whole content."""
    return digest([to_json(document).replace(_NOTHING_SET_ASIDE, "") for document in documents])


def cut(
    documents: Iterable[Document | Edition], shard_size: int
) -> Iterator[list[Document | Edition]]:
    """Cut documents into shards of `shard_size` in the mean, by content.

    A cut falls after a document whose id hashes to a multiple of the size, so that one
    more document changes one shard and leaves the cuts of all others where they were.
    No shard grows beyond eight times the size.
    """
    shard: list[Document | Edition] = []
    for document in documents:
        shard.append(document)
        number = int.from_bytes(hashlib.sha256(document.id.encode()).digest()[:8], "big")
        if number % shard_size == 0 or len(shard) >= 8 * shard_size:
            yield shard
            shard = []
    if shard:
        yield shard


def changed_settings(section: BaseModel, exclude: Iterable[str] = ()) -> dict[str, Any]:
    """Return the settings of a section or spec that are not at their defaults, for a key."""
    return section.model_dump(mode="json", exclude=set(exclude), exclude_defaults=True)


def decisive(
    spec: TranslatorSpec | SummarizerSpec | ScorerSpec, resolved: ResolvedModel | ResolvedScorer
) -> dict[str, Any]:
    """Return what of a model decides its answer: identity and settings, not where it is."""
    places = _PLACES
    if isinstance(spec, ExtractiveSpec) and spec.method == "lexrank":
        # It was the default when its keys were made; `answer` names the method.
        places = places | {"method"}
    return changed_settings(spec, places) | {"answer": resolved.answer_key}


def spoken_name(spec: TranslatorSpec, resolved: ResolvedModel) -> str:
    """Call a model and what of its settings is not the default by a name people know."""
    changed = changed_settings(spec, _PLACES | {"kind", "model"})
    settings = [f"{name} {value}" for name, value in changed.items()]
    return ", ".join([resolved.name, resolved.backend, resolved.precision, *settings])
