"""From the spec of a trained metric to its scorer in two steps, as `models.load` does it.

spec ─resolve_scorer─▶ ResolvedScorer ─load_scorer─▶ SegmentScorer
     no torch, transformers                adapters are imported here
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from models.device import (
    Device,
    LoadedPrecision,
    available_threads,
    resolve_device,
    resolve_precision,
)
from models.errors import WeightsError
from models.metrics.recipe import Recipe, read_hyper_parameters, recipe_of
from models.protocols import SegmentScorer
from models.specs import BertScoreSpec, CometSpec, MetricXSpec, Precision, ScorerSpec
from models.weights import (
    Weights,
    cache_folder,
    digest_text,
    licence,
    locate,
    locate_layout,
    verify_sums,
)

# Raise it when the score of a spec changes for the same weights.
SCORING_VERSION = 1


@dataclass(frozen=True, slots=True)
class ResolvedScorer:
    """A trained metric found and identified but not loaded.

    `identity` tells weights and tokenizer apart; `answer_key` adds what else changes the
    scores besides the spec and belongs into the key of stored scores. `tokenizer` is the
    folder of the tokenizer and, for COMET, of the encoder's config.json. `reasons` says in
    lines why this device and precision; `settings` are those of the spec beside its weights.
    """

    kind: str
    name: str
    identity: str
    folder: Path
    tokenizer: Path
    precision: LoadedPrecision
    device: Device
    reasons: tuple[str, ...]
    licence: str | None
    needs_reference: bool
    higher_is_better: bool
    settings: tuple[tuple[str, object], ...]

    @property
    def backend(self) -> Literal["transformers"]:
        """What runs it, as of a ResolvedModel: their parts at least."""
        return "transformers"

    @property
    def signature(self) -> str:
        """What a reader needs to know to make the score again, as sacreBLEU writes it."""
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
        """Identity and precision: with the spec, all that the scores depend on."""
        return f"{self.identity} {self.precision} {SCORING_VERSION}"


def resolve_scorer(
    spec: ScorerSpec,
    *,
    device: str = "auto",
    precision: Precision = "auto",
    offline: bool = True,
    cache: str | Path = "auto",
) -> ResolvedScorer:
    """Find the files a metric needs and settle device and precision.

    `auto` precision is float32 on every device: published scores were computed in it.
    Raises WeightsError when they are not there, cannot be trusted, or cannot run so.
    """
    folder = cache_folder(cache)
    chosen = resolve_device(device, "transformers")
    exact = resolve_precision(
        "float32" if precision == "auto" else precision,
        "transformers",
        chosen,
        overflows_in_float16=isinstance(spec, MetricXSpec),
    )
    match spec:
        case CometSpec():
            weights = locate_layout(
                spec.path, spec.revision, "comet", offline=offline, cache=folder
            )
            recipe = _recipe(spec, weights.folder)
            other = _encoder(spec, weights.folder, recipe, offline=offline, cache=folder)
            needs_reference = recipe.reads_reference and not spec.reference_free
        case MetricXSpec():
            weights = locate_layout(
                spec.path, spec.revision, "metricx", offline=offline, cache=folder
            )
            other = locate_layout(
                spec.tokenizer or str(weights.folder),
                spec.tokenizer_revision if spec.tokenizer else None,
                "tokenizer",
                offline=offline,
                cache=folder,
            )
            needs_reference = not spec.reference_free
        case BertScoreSpec():
            weights = other = locate(
                spec.path,
                spec.revision,
                offline=offline,
                cache=folder,
                trust_remote_code=spec.trust_remote_code,
            )
            needs_reference = True
    asked = "asked for" if precision != "auto" else "auto: scores are published in it"
    return ResolvedScorer(
        kind=spec.kind,
        name=spec.path,
        identity=digest_text(f"{weights.identity} {other.identity}"),
        folder=weights.folder,
        tokenizer=other.folder,
        precision=exact,
        device=chosen,
        reasons=(f"device {chosen.name}: {chosen.reason}", f"precision {exact}: {asked}"),
        licence=licence(weights.folder),
        needs_reference=needs_reference,
        higher_is_better=not isinstance(spec, MetricXSpec),
        settings=_settings(spec),
    )


def load_scorer(
    spec: ScorerSpec,
    resolved: ResolvedScorer,
    *,
    batch_tokens: int = 4096,
    threads: int | Literal["auto"] = "auto",
) -> SegmentScorer:
    """Load a metric: checksums, then weights. The heavy step.

    The number of CPU threads is torch's own, for the whole process. Raises WeightsError
    when the weights are damaged, do not fit their configuration or do not load.
    """
    import torch

    verify_sums(resolved.folder)
    torch.set_num_threads(available_threads() if threads == "auto" else threads)
    match spec:
        case CometSpec():
            from models.metrics.assemble import load_comet

            return load_comet(
                spec,
                resolved.folder,
                resolved.tokenizer,
                device=resolved.device,
                precision=resolved.precision,
                batch_tokens=batch_tokens,
            )
        case MetricXSpec():
            from models.metrics.metricx import load_metricx

            return load_metricx(
                spec,
                resolved.folder,
                resolved.tokenizer,
                device=resolved.device,
                precision=resolved.precision,
                batch_tokens=batch_tokens,
            )
        case BertScoreSpec():
            from models.metrics.bertscore import load_bertscore

            return load_bertscore(
                spec,
                resolved.folder,
                device=resolved.device,
                precision=resolved.precision,
                batch_tokens=batch_tokens,
            )


def _settings(spec: ScorerSpec) -> tuple[tuple[str, object], ...]:
    match spec:
        case CometSpec():
            return ()
        case MetricXSpec():
            cut = () if spec.max_tokens is None else (("max_tokens", spec.max_tokens),)
            return (("version", spec.version), *cut)
        case BertScoreSpec():
            return (("layer", spec.layer),)


def _recipe(spec: CometSpec, folder: Path) -> Recipe:
    path = folder / "hparams.yaml"
    recipe = recipe_of(path, read_hyper_parameters(path))
    if spec.reference_free and recipe.reads_reference and not _does_without(recipe):
        raise WeightsError(
            f"reference_free: {spec.path} ({recipe.identifier}) always needs a reference; "
            "take CometKiwi, XCOMET or UniTE, or leave reference_free out"
        )
    return recipe


def _does_without(recipe: Recipe) -> bool:
    return recipe.unified and recipe.reads_source


def _encoder(
    spec: CometSpec, folder: Path, recipe: Recipe, *, offline: bool, cache: Path
) -> Weights:
    inside = folder / "encoder"
    if spec.encoder is None and not inside.is_dir():
        raise WeightsError(
            f"{folder}: its encoder is '{recipe.pretrained_model}', whose config.json and "
            "tokenizer are not in it; set encoder to a folder with both, or to a hub id and "
            "encoder_revision to its commit"
        )
    return locate_layout(
        spec.encoder or str(inside),
        spec.encoder_revision if spec.encoder else None,
        "tokenizer",
        offline=offline,
        cache=cache,
    )
