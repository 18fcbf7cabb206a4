"""From a spec to a model in two steps: find and identify (cheap), then load (heavy).

spec ─resolve_translator─▶ ResolvedModel ─load_translator─▶ Translator
     no torch, transformers, ctranslate2       adapters are imported here

Language models and servers are imported only for their specs: most runs have neither.

The cheap step is all a run needs that finds every shard in place.
"""

from dataclasses import replace

from models.errors import WeightsError
from models.prompted.specs import CausalSpec, EndpointSpec, EndpointSummarySpec
from models.protocols import SentencePicker, Summarizer, Translator
from models.resolved import EXTRACTIVE_VERSION, ResolvedModel, loaded_folder, loaded_precision
from models.runtime.device import Device, LoadedBackend
from models.runtime.machine import MACHINE, Machine
from models.runtime.placement import Placement, place_model, placement
from models.runtime.workers import SharedSummarizer
from models.seq2seq.load import load_seq2seq_translator
from models.seq2seq.writable import knows_writable_words
from models.specs import (
    AbstractiveSpec,
    ExtractiveSpec,
    Seq2SeqSpec,
    SummarizerSpec,
    TranslatorSpec,
)
from models.strict import WeightsSpec
from models.weights.architecture import Architecture, check_kind, check_languages, read_architecture
from models.weights.cards import licence
from models.weights.checksums import verify_sums
from models.weights.find import LocatedWeights, locate


def resolve_translator(
    spec: TranslatorSpec, machine: Machine = MACHINE, *, place: str = "translate.model"
) -> ResolvedModel:
    """Find the weights a translator needs and settle backend, device and precision.

    `place` is where the config has the spec. Raises WeightsError when the weights are not there,
    cannot be trusted, or cannot run so.
    """
    if isinstance(spec, EndpointSpec):
        return _resolve_endpoint(spec, machine)
    weights = locate_model(spec, machine)
    architecture = read_architecture(weights.folder)
    asked = placement(spec, place, machine)
    if isinstance(spec, CausalSpec):
        check_kind(weights.folder, f"{place}.kind", causal=True)
        _check_length(place, spec.max_source_tokens, architecture)
        resolved = _resolved(weights, architecture, spec.backend, asked, machine)
        reasons = (f"backend {spec.backend}: asked for", *resolved.reasons)
        return _with_prompt(replace(resolved, reasons=reasons), spec)
    check_kind(weights.folder, f"{place}.kind", causal=False)
    _check_length(place, spec.max_source_tokens, architecture)
    check_languages(architecture, place, spec.source_language, spec.target_language)
    backend, why = _backend(spec, architecture, asked)
    resolved = _resolved(weights, architecture, backend, asked, machine)
    restricts = backend == "ctranslate2" and spec.shortlist != "off"
    return replace(
        resolved,
        reasons=(f"backend {backend}: {why}", *resolved.reasons),
        writable_only=restricts and knows_writable_words(weights.folder),
        source_language=spec.source_language or architecture.source_language,
        target_language=spec.target_language or architecture.target_language,
    )


def resolve_summarizer(
    spec: SummarizerSpec, machine: Machine = MACHINE, *, place: str = "summarize.model"
) -> ResolvedModel:
    """Find the weights a summarizer needs, if it needs any; see `resolve_translator`."""
    match spec:
        case ExtractiveSpec():
            return ResolvedModel(
                name=spec.method,
                identity=f"{spec.method}-{EXTRACTIVE_VERSION}",
                folder=None,
                backend="none",
                precision="float32",
                devices=(Device("cpu", "has no weights to put on a GPU"),),
                reasons=(f"{spec.method}: picks sentences, no weights",),
                licence=None,
                source_language=None,
                target_language=None,
                cache=machine.folder,
            )
        case EndpointSummarySpec():
            return _resolve_endpoint(spec.endpoint, machine)
        case AbstractiveSpec():
            weights = locate_model(spec, machine)
            if spec.architecture == "causal" and "{text}" not in spec.prompt:
                raise WeightsError(
                    f"{place}.prompt: a causal model needs a prompt with {{text}} where the "
                    "article goes, such as 'Summarize in three sentences: {text}'"
                )
            architecture = read_architecture(weights.folder)
            causal = spec.architecture == "causal"
            check_kind(weights.folder, f"{place}.architecture", causal=causal)
            _check_length(place, spec.max_source_tokens, architecture)
            asked = placement(spec, place, machine)
            resolved = _resolved(weights, architecture, "transformers", asked, machine)
            if not causal:
                return resolved
            return _with_prompt(resolved, spec.causal)


def load_translator(
    spec: TranslatorSpec, resolved: ResolvedModel, machine: Machine = MACHINE
) -> Translator:
    """Load a translator: checksums, weights, canary. The heavy step.

    Raises WeightsError when the weights are damaged, do not load, or answer nonsense.
    """
    if isinstance(spec, CausalSpec | EndpointSpec):
        from models.prompted.load import load_language_model
        from models.prompted.translator import prompt_translator

        return prompt_translator(spec, load_language_model(spec, resolved, machine))
    return load_seq2seq_translator(spec, resolved, machine)


def load_picker(spec: ExtractiveSpec) -> SentencePicker:
    """Return the extractive summarizer of a spec; nothing is loaded."""
    from models.summarizers.budget import UNITS, Budget
    from models.summarizers.extractive import ExtractiveSummarizer

    given = spec.budget.model_dump(exclude_none=True) if spec.budget else {}
    limits = [Budget(unit, given[unit]) for unit in UNITS if unit in given]
    return ExtractiveSummarizer(spec.method, spec.sentences, limits[0] if limits else None)


def load_summarizer(
    spec: SummarizerSpec, resolved: ResolvedModel, machine: Machine = MACHINE
) -> Summarizer:
    """Load a summarizer; for an extractive one there is nothing to load."""
    match spec:
        case ExtractiveSpec():
            return load_picker(spec)
        case EndpointSummarySpec():
            from models.prompted.load import load_language_model
            from models.summarizers.abstractive import AbstractiveSummarizer
            from models.summarizers.prompted import longest_served_summary, prompt_writer

            answerer = load_language_model(spec.endpoint, resolved)
            writer = prompt_writer(spec, answerer)
            return AbstractiveSummarizer(writer, longest_served_summary(spec))
        case AbstractiveSpec():
            summarizers = [
                _load_abstractive(spec, replace(resolved, devices=(device,)), machine)
                for device in resolved.devices
            ]
            return summarizers[0] if len(summarizers) == 1 else SharedSummarizer(tuple(summarizers))


def _load_abstractive(
    spec: AbstractiveSpec, resolved: ResolvedModel, machine: Machine
) -> Summarizer:
    """Load a checkpoint that writes summaries, on the one device of `resolved`."""
    from models.summarizers.abstractive import AbstractiveSummarizer, Writer, load_seq2seq_writer
    from models.summarizers.prompted import prompt_writer

    if spec.architecture == "causal":
        from models.prompted.load import load_language_model

        answerer = load_language_model(spec.causal, resolved, machine, needs_chat=False)
        writer: Writer = prompt_writer(spec, answerer)
    else:
        folder = loaded_folder(resolved)
        verify_sums(folder)
        writer = load_seq2seq_writer(
            spec,
            folder,
            device=resolved.device,
            precision=loaded_precision(resolved),
            batch_tokens=machine.batch_tokens,
            threads=machine.thread_count,
        )
    return AbstractiveSummarizer(writer, longest=2 * spec.max_target_tokens)


def locate_model(spec: WeightsSpec, machine: Machine) -> LocatedWeights:
    """Find the weights that a spec names. Raises WeightsError; see `locate`."""
    return locate(
        spec.path,
        spec.revision,
        offline=machine.offline,
        cache=machine.folder,
        trust_remote_code=spec.trust_remote_code,
    )


def _resolve_endpoint(spec: EndpointSpec, machine: Machine) -> ResolvedModel:
    from models.prompted.load import resolve_endpoint

    return resolve_endpoint(spec, machine)


def _with_prompt(resolved: ResolvedModel, spec: CausalSpec) -> ResolvedModel:
    """Add the prompt to the identity: it changes answers as weights do."""
    from models.prompted.load import prompt_identity

    return replace(resolved, identity=f"{resolved.identity} {prompt_identity(spec)}")


def _resolved(
    weights: LocatedWeights,
    architecture: Architecture,
    backend: LoadedBackend,
    asked: Placement,
    machine: Machine,
) -> ResolvedModel:
    placed = place_model(
        asked, weights.name, backend, overflows_in_float16=architecture.overflows_in_float16
    )
    return ResolvedModel(
        name=weights.name,
        identity=weights.identity,
        folder=weights.folder,
        backend=backend,
        precision=placed.precision,
        devices=placed.devices,
        reasons=placed.reasons,
        licence=licence(weights.folder, weights.name),
        source_language=None,
        target_language=None,
        cache=machine.folder,
    )


def _backend(
    spec: Seq2SeqSpec, architecture: Architecture, asked: Placement
) -> tuple[LoadedBackend, str]:
    kind = architecture.model_type or "unnamed"
    if spec.backend == "transformers":
        return "transformers", "asked for"
    if spec.backend == "ctranslate2":
        if not architecture.converts:
            raise WeightsError(
                f"{asked.place}.backend: ctranslate2 does not support {kind} models; "
                "use auto or transformers"
            )
        return "ctranslate2", "asked for"
    if not architecture.converts:
        return "transformers", f"auto: {kind} is not converted to ctranslate2"
    if asked.device == "mps":
        return "transformers", "auto: ctranslate2 does not run on mps"
    return "ctranslate2", f"auto: {kind} converts, and ctranslate2 is the faster"


def _check_length(place: str, asked: int | None, architecture: Architecture) -> None:
    limit = architecture.max_tokens
    if limit is not None and asked is not None and asked > limit:
        raise WeightsError(
            f"{place}.max_source_tokens: {asked} is more than the {limit} tokens this "
            "model can read; lower it or leave it out"
        )
