"""A model or metric found and identified but not loaded, and what tells its answers apart."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from models.errors import WeightsError
from models.runtime.device import Device, LoadedBackend
from models.runtime.precision import LoadedPrecision

# Raise it when the answer of a spec changes for the same weights: it is part of the identity
# of an extractive summarizer and of every `answer_key`.
EXTRACTIVE_VERSION = 4
DECODING_VERSION = 4

# Raise it when the score of a spec changes for the same weights.
SCORING_VERSION = 1


@dataclass(frozen=True, slots=True)
class ResolvedModel:
    """A model found and identified but not loaded.

    `identity` tells the weights apart: a digest of their content, `repo@commit` for a
    hub id, method and version for what has none. `answer_key` adds what else changes the
    answer besides the spec; it belongs into a shard's key, the device does not.
    `folder` is None where there are no weights here; precision `served` is the server's own.
    `devices` are those that share the work, one worker each; `reasons` says in lines why these
    devices, precision and backend.
    """

    name: str
    identity: str
    folder: Path | None
    backend: LoadedBackend | Literal["none", "endpoint"]
    precision: LoadedPrecision | Literal["served"]
    devices: tuple[Device, ...]
    reasons: tuple[str, ...]
    licence: str | None
    source_language: str | None
    target_language: str | None
    cache: Path
    writable_only: bool = False
    concurrency: int = 1
    """Requests under way at the same time, for a model behind a server."""

    @property
    def device(self) -> Device:
        """Where it runs; of several devices the first."""
        return self.devices[0]

    @property
    def answer_key(self) -> str:
        """Identity, backend, precision, words: with the spec, all the answer depends on."""
        key = f"{self.identity} {self.backend} {self.precision} {DECODING_VERSION}"
        return f"{key} writable" if self.writable_only else key


@dataclass(frozen=True, slots=True)
class ResolvedScorer:
    """A trained metric found and identified but not loaded.

    `identity` identifies weights and tokenizer; `answer_key` adds everything else besides the spec
    that changes scores, for the key of cached scores. `tokenizer` is the folder of the tokenizer
    and, for COMET, of the encoder's config.json. `reasons` explains devices and precision in lines;
    `settings` is what else a reader of a score must know.
    """

    kind: str
    name: str
    identity: str
    folder: Path
    tokenizer: Path
    precision: LoadedPrecision | Literal["served"]
    devices: tuple[Device, ...]
    reasons: tuple[str, ...]
    licence: str | None
    needs_reference: bool
    higher_is_better: bool
    settings: tuple[tuple[str, object], ...]
    judge: ResolvedModel | None = None
    """The language model of a judge; None for other metrics."""

    @property
    def device(self) -> Device:
        """Device on which it runs; the first one of several."""
        return self.devices[0]

    @property
    def backend(self) -> LoadedBackend | Literal["none", "endpoint"]:
        """Backend that runs it, as for a ResolvedModel."""
        return self.judge.backend if self.judge else "transformers"

    @property
    def signature(self) -> str:
        """What a reader needs to reproduce the score, in sacreBLEU's form."""
        facts: list[tuple[str, object]] = [
            ("model", self.name),
            ("weights", self.identity[:12]),
            ("refs", "yes" if self.needs_reference else "no"),
            *self.settings,
            ("precision", self.precision),
            ("scoring", SCORING_VERSION),
        ]
        return "|".join([self.kind, *(f"{name}:{value}" for name, value in facts)])

    @property
    def answer_key(self) -> str:
        """Identity and precision; with the spec, everything that affects scores."""
        return f"{self.identity} {self.precision} {SCORING_VERSION}"


def loaded_folder(resolved: ResolvedModel) -> Path:
    """Return the folder to load from. Raises WeightsError where there are no weights here."""
    if resolved.folder is None:
        raise WeightsError(f"{resolved.name}: has no weights to load")
    return resolved.folder


def loaded_precision(resolved: ResolvedModel) -> LoadedPrecision:
    """Return the precision to load in. Raises WeightsError where a server has its own."""
    if resolved.precision == "served":
        raise WeightsError(f"{resolved.name}: runs on a server, not here")
    return resolved.precision
