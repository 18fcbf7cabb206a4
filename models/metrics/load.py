"""From the spec of a trained metric to its scorer in two steps, like `models.load`.

spec ─resolve_scorer─▶ ResolvedScorer ─load_scorer─▶ SegmentScorer
     no torch, transformers                adapters are imported here
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from models.errors import WeightsError
from models.load import resolve_translator
from models.metrics.recipe import Recipe, read_hyper_parameters, recipe_of
from models.prompted.load import load_language_model
from models.protocols import SegmentScorer
from models.resolved import ResolvedScorer
from models.runtime.device import Device, resolve_device
from models.runtime.free_memory import batch_budget
from models.runtime.machine import MACHINE, Machine
from models.runtime.precision import LoadedPrecision, resolve_precision
from models.specs import BertScoreSpec, CometSpec, LanguageJudgeSpec, MetricXSpec, ScorerSpec
from models.weights.architecture import read_json
from models.weights.cards import licence
from models.weights.checksums import digest_text, verify_sums
from models.weights.find import LocatedWeights, locate, locate_layout

FileScorerSpec = CometSpec | MetricXSpec | BertScoreSpec

# Raise it when the prompt of a judge, the reading of its answers or the weights change.
JUDGING_VERSION = 1


def resolve_scorer(spec: ScorerSpec, machine: Machine = MACHINE) -> ResolvedScorer:
    """Find the files of a metric and choose device and precision.

    The precision is the spec's own; `auto` is float32, as for published scores. Raises
    WeightsError if files are missing or cannot be trusted, or if the metric cannot run so.
    """
    if isinstance(spec, LanguageJudgeSpec):
        return _resolve_judge(spec, machine)
    key = "runtime.device" if spec.device is None else "device"
    chosen = resolve_device(spec.device or machine.device, "transformers", key=key)
    exact = _precision(spec, chosen)
    files = _files(spec, offline=machine.offline, cache=machine.folder)
    asked = "asked for" if spec.precision != "auto" else "auto: scores are published in it"
    return ResolvedScorer(
        kind=spec.kind,
        name=_name(spec.path, spec.revision),
        identity=digest_text(f"{files.weights.identity} {files.tokenizer.identity}"),
        folder=files.weights.folder,
        tokenizer=files.tokenizer.folder,
        precision=exact,
        devices=(chosen,),
        reasons=(f"device {chosen.name}: {chosen.reason}", f"precision {exact}: {asked}"),
        licence=licence(files.weights.folder, spec.path),
        needs_reference=files.needs_reference,
        higher_is_better=not isinstance(spec, MetricXSpec),
        settings=files.settings,
    )


def _resolve_judge(spec: LanguageJudgeSpec, machine: Machine) -> ResolvedScorer:
    model = resolve_translator(spec.model, replace(machine, precision="auto"), place="model")
    return ResolvedScorer(
        kind=spec.kind,
        name=model.name,
        identity=digest_text(f"{model.answer_key} {JUDGING_VERSION}"),
        folder=model.folder or Path(),
        tokenizer=model.folder or Path(),
        precision=model.precision,
        devices=model.devices,
        reasons=model.reasons,
        licence=model.licence,
        needs_reference=False,
        higher_is_better=True,
        settings=(("after", "GEMBA-MQM"), ("judging", JUDGING_VERSION)),
        judge=model,
    )


@dataclass(frozen=True, slots=True)
class _MetricFiles:
    """The files found for a spec; `settings` is what a reader of a score must know."""

    weights: LocatedWeights
    tokenizer: LocatedWeights
    needs_reference: bool
    settings: tuple[tuple[str, object], ...]


def _files(spec: FileScorerSpec, *, offline: bool, cache: Path) -> _MetricFiles:
    match spec:
        case CometSpec():
            return _comet_files(spec, offline=offline, cache=cache)
        case MetricXSpec():
            return _metricx_files(spec, offline=offline, cache=cache)
        case BertScoreSpec():
            weights = locate(
                spec.path,
                spec.revision,
                offline=offline,
                cache=cache,
                trust_remote_code=spec.trust_remote_code,
            )
            _check_layer(spec, weights.folder)
            return _MetricFiles(weights, weights, True, (("layer", spec.layer),))


def _check_layer(spec: BertScoreSpec, folder: Path) -> None:
    """Raise WeightsError if the encoder has fewer layers than the spec requires."""
    config = read_json(folder / "config.json")
    layers = config.get("num_hidden_layers", config.get("n_layers"))
    if isinstance(layers, int) and spec.layer > layers:
        raise WeightsError(f"layer: {spec.layer} is more than the {layers} layers of {folder}")


def _comet_files(spec: CometSpec, *, offline: bool, cache: Path) -> _MetricFiles:
    weights = locate_layout(spec.path, spec.revision, "comet", offline=offline, cache=cache)
    recipe = _recipe(spec, weights.folder)
    inside = weights.folder / "encoder"
    if spec.encoder is None and not inside.is_dir():
        raise WeightsError(
            f"{weights.folder}: its encoder is '{recipe.pretrained_model}', whose config.json and "
            "tokenizer are not in it; set encoder to a folder with both, or to a hub id and "
            "encoder_revision to its commit"
        )
    path, revision = spec.encoder or str(inside), spec.encoder_revision if spec.encoder else None
    encoder = locate_layout(path, revision, "tokenizer", offline=offline, cache=cache)
    name = _name(spec.encoder or recipe.pretrained_model, revision)
    reads = recipe.reads_reference and not spec.reference_free
    return _MetricFiles(weights, encoder, reads, (("encoder", name),))


def _metricx_files(spec: MetricXSpec, *, offline: bool, cache: Path) -> _MetricFiles:
    weights = locate_layout(spec.path, spec.revision, "metricx", offline=offline, cache=cache)
    path = spec.tokenizer or str(weights.folder)
    revision = spec.tokenizer_revision if spec.tokenizer else None
    tokenizer = locate_layout(path, revision, "tokenizer", offline=offline, cache=cache)
    named = (("tokenizer", _name(spec.tokenizer, revision)),) if spec.tokenizer else ()
    cut = () if spec.max_tokens is None else (("max_tokens", spec.max_tokens),)
    settings = (("version", spec.version), *named, *cut)
    return _MetricFiles(weights, tokenizer, not spec.reference_free, settings)


def _name(path: str, revision: str | None) -> str:
    """Return the name of a model for readers: hub id and commit, or the name of its folder."""
    if revision and not Path(path).exists():
        return f"{path}@{revision[:12]}"
    return Path(path).name


def _precision(spec: FileScorerSpec, device: Device) -> LoadedPrecision:
    return resolve_precision(
        "float32" if spec.precision == "auto" else spec.precision,
        "transformers",
        device,
        overflows_in_float16=isinstance(spec, MetricXSpec),
        key="precision",
        place="",
        name=_name(spec.path, spec.revision),
    )


def load_scorer(
    spec: ScorerSpec, resolved: ResolvedScorer, machine: Machine = MACHINE
) -> SegmentScorer:
    """Verify the checksums of a metric and load its weights (slow).

    The number of CPU threads is torch's setting for the whole process. Raises WeightsError if the
    weights are damaged, do not fit their configuration or do not load.
    """
    if isinstance(spec, LanguageJudgeSpec):
        from models.metrics.judge import Judge

        if resolved.judge is None:
            raise TypeError(f"{resolved.kind} is not what {spec.kind} resolves to")
        return Judge(load_language_model(spec.model, resolved.judge, machine), spec.retries)
    if resolved.precision == "served":
        raise WeightsError(f"{resolved.name}: runs on a server, not here")
    import torch

    verify_sums(resolved.folder)
    torch.set_num_threads(machine.thread_count)
    budget = batch_budget(
        machine.batch_tokens,
        resolved.folder,
        devices=resolved.devices,
        precision=resolved.precision,
    )
    load: Callable[..., SegmentScorer]
    match spec:
        case CometSpec():
            from models.metrics.assemble import load_comet

            load = partial(load_comet, spec, resolved.folder, resolved.tokenizer)
        case MetricXSpec():
            from models.metrics.metricx import load_metricx

            load = partial(load_metricx, spec, resolved.folder, resolved.tokenizer)
        case BertScoreSpec():
            from models.metrics.bertscore import load_bertscore

            load = partial(load_bertscore, spec, resolved.folder)
    return load(device=resolved.device, precision=resolved.precision, batch_tokens=budget)


def _recipe(spec: CometSpec, folder: Path) -> Recipe:
    path = folder / "hparams.yaml"
    recipe = recipe_of(path, read_hyper_parameters(path))
    can_do_without = recipe.unified and recipe.reads_source
    if spec.reference_free and recipe.reads_reference and not can_do_without:
        raise WeightsError(
            f"reference_free: {spec.path} ({recipe.identifier}) always needs a reference; "
            "use CometKiwi, XCOMET or UniTE, or leave reference_free out"
        )
    return recipe
