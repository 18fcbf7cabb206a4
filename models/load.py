"""From a spec to a model in two steps: find and identify (cheap), then load (heavy).

spec ─resolve_translator─▶ ResolvedModel ─load_translator─▶ Translator
     no torch, transformers, ctranslate2       adapters are imported here

The cheap step is all a run needs that finds every shard in place.
"""

from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from models.errors import WeightsError
from models.prompted.load import load_language_model, prompt_identity, resolved_endpoint
from models.prompted.specs import CausalSpec, EndpointSpec, EndpointSummarySpec
from models.prompted.translator import prompt_translator
from models.protocols import Summarizer, Translator
from models.resolved import (
    EXTRACTIVE_VERSION,
    ResolvedModel,
    loaded_folder,
    loaded_precision,
)
from models.runtime.device import Device, LoadedBackend, available_threads
from models.runtime.free_memory import BatchTokens, batch_budget
from models.runtime.placement import Placement, place_model, placement
from models.runtime.workers import SharedSummarizer, dealt_threads
from models.seq2seq.canary import check_canary
from models.seq2seq.tokenizer import Tokenizer, language_token, load_tokenizer
from models.seq2seq.translator import BatchTranslator, Decoder, Decoding
from models.seq2seq.writable import knows_writable_words
from models.specs import (
    AbstractiveSpec,
    ExtractiveSpec,
    Seq2SeqSpec,
    SummarizerSpec,
    TranslatorSpec,
)
from models.strict import Precision
from models.weights.architecture import (
    Architecture,
    check_kind,
    check_languages,
    read_architecture,
)
from models.weights.cards import licence
from models.weights.checksums import verify_sums
from models.weights.find import Weights, cache_folder, locate


def resolve_translator(
    spec: TranslatorSpec,
    *,
    device: str = "auto",
    precision: Precision = "auto",
    offline: bool = True,
    cache: str | Path = "auto",
    place: str = "translate.model",
) -> ResolvedModel:
    """Find the weights a translator needs and settle backend, device and precision.

    `device` and `precision` are those of `runtime`; the spec's own come first. `place` is where
    the config has the spec. Raises WeightsError when the weights are not there, cannot be
    trusted, or cannot run so.
    """
    folder = cache_folder(cache)
    if isinstance(spec, EndpointSpec):
        return resolved_endpoint(spec, offline, folder)
    weights = locate(
        spec.path,
        spec.revision,
        offline=offline,
        cache=folder,
        trust_remote_code=spec.trust_remote_code,
    )
    architecture = read_architecture(weights.folder)
    asked = placement(spec, place, device, precision)
    if isinstance(spec, CausalSpec):
        check_kind(weights.folder, f"{place}.kind", causal=True)
        _check_length(place, spec.max_source_tokens, architecture)
        return _resolved_causal(spec, weights, architecture, asked, folder)
    check_kind(weights.folder, f"{place}.kind", causal=False)
    _check_length(place, spec.max_source_tokens, architecture)
    check_languages(architecture, place, spec.source_language, spec.target_language)
    backend, why = _backend(spec, architecture, asked)
    resolved = _resolved(weights, architecture, backend, asked, folder)
    restricts = backend == "ctranslate2" and spec.shortlist != "off"
    return replace(
        resolved,
        reasons=(f"backend {backend}: {why}", *resolved.reasons),
        writable_only=restricts and knows_writable_words(weights.folder),
        source_language=spec.source_language or architecture.source_language,
        target_language=spec.target_language or architecture.target_language,
    )


def resolve_summarizer(
    spec: SummarizerSpec,
    *,
    device: str = "auto",
    precision: Precision = "auto",
    offline: bool = True,
    cache: str | Path = "auto",
    place: str = "summarize.model",
) -> ResolvedModel:
    """Find the weights a summarizer needs, if it needs any; see `resolve_translator`."""
    folder = cache_folder(cache)
    match spec:
        case ExtractiveSpec():
            return ResolvedModel(
                name=spec.method,
                identity=f"{spec.method}-{EXTRACTIVE_VERSION}",
                folder=None,
                backend="none",
                precision="float32",
                devices=(Device("cpu", "has no weights to put on a GPU"),),
                reasons=(f"{spec.method}: a graph of sentences, no weights",),
                licence=None,
                source_language=None,
                target_language=None,
                cache=folder,
            )
        case EndpointSummarySpec():
            return resolved_endpoint(spec.endpoint, offline, folder)
        case AbstractiveSpec():
            weights = locate(
                spec.path,
                spec.revision,
                offline=offline,
                cache=folder,
                trust_remote_code=spec.trust_remote_code,
            )
            if spec.architecture == "causal" and "{text}" not in spec.prompt:
                raise WeightsError(
                    f"{place}.prompt: a causal model needs a prompt with {{text}} where the "
                    "article goes, such as 'Summarize in three sentences: {text}'"
                )
            architecture = read_architecture(weights.folder)
            causal = spec.architecture == "causal"
            check_kind(weights.folder, f"{place}.architecture", causal=causal)
            _check_length(place, spec.max_source_tokens, architecture)
            asked = placement(spec, place, device, precision)
            return _resolved(weights, architecture, "transformers", asked, folder)


def load_translator(
    spec: TranslatorSpec,
    resolved: ResolvedModel,
    *,
    batch_tokens: BatchTokens = "auto",
    threads: int | Literal["auto"] = "auto",
) -> Translator:
    """Load a translator: checksums, weights, canary. The heavy step.

    Raises WeightsError when the weights are damaged, do not load, or answer nonsense.
    """
    if isinstance(spec, CausalSpec | EndpointSpec):
        answerer = load_language_model(spec, resolved, batch_tokens=batch_tokens, threads=threads)
        return prompt_translator(spec, answerer)
    folder = loaded_folder(resolved)
    verify_sums(folder)
    architecture = read_architecture(folder)
    tokenizer = load_tokenizer(
        folder,
        architecture,
        prefix=spec.prefix,
        source_language=resolved.source_language,
        trust_remote_code=spec.trust_remote_code,
    )
    if resolved.source_language and architecture.names_language:
        # Without this an unknown language becomes <unk>, and the model translates from anything.
        language_token(tokenizer, resolved.source_language, "translate.model.source_language")
    decoding = _decoding(spec, architecture, tokenizer, resolved.target_language)
    count = available_threads() if threads == "auto" else threads
    shares = dealt_threads(count, resolved.device.kind, resolved.backend)
    budget = batch_budget(
        batch_tokens,
        folder,
        devices=resolved.devices,
        precision=loaded_precision(resolved),
        rows=decoding.beams,
        at_once=len(shares),
        cut_again=(resolved.device.kind, resolved.backend) == ("cpu", "ctranslate2"),
    )
    decoders: list[Decoder] = []
    for device in resolved.devices:
        loaded = _load_decoders(spec, resolved, device, architecture, tokenizer, shares)
        # Every copy of the weights for itself: any of them may translate any sentence.
        check_canary(
            folder,
            BatchTranslator(loaded[:1], tokenizer, decoding, budget),
            precision=loaded_precision(resolved),
            made_by=f"{resolved.backend} {version(resolved.backend)} on {device.name}",
        )
        decoders += loaded
    return BatchTranslator(tuple(decoders), tokenizer, decoding, budget)


def load_summarizer(
    spec: SummarizerSpec,
    resolved: ResolvedModel,
    *,
    batch_tokens: BatchTokens = "auto",
    threads: int | Literal["auto"] = "auto",
) -> Summarizer:
    """Load a summarizer; for an extractive one there is nothing to load."""
    match spec:
        case ExtractiveSpec():
            from models.summarizers.extractive import ExtractiveSummarizer

            return ExtractiveSummarizer(method=spec.method, sentences=spec.sentences)
        case EndpointSummarySpec():
            from models.summarizers.abstractive import AbstractiveSummarizer
            from models.summarizers.endpoint import longest_summary, served_writer

            answerer = load_language_model(spec.endpoint, resolved)
            return AbstractiveSummarizer(served_writer(spec, answerer), longest_summary(spec))
        case AbstractiveSpec():
            from models.summarizers.abstractive import load_abstractive

            folder = loaded_folder(resolved)
            verify_sums(folder)
            loaded = [
                load_abstractive(
                    spec,
                    folder,
                    device=device,
                    precision=loaded_precision(resolved),
                    batch_tokens=batch_tokens,
                    threads=available_threads() if threads == "auto" else threads,
                )
                for device in resolved.devices
            ]
            return loaded[0] if len(loaded) == 1 else SharedSummarizer(tuple(loaded))


def _resolved_causal(
    spec: CausalSpec,
    weights: Weights,
    architecture: Architecture,
    asked: Placement,
    cache: Path,
) -> ResolvedModel:
    resolved = _resolved(weights, architecture, spec.backend, asked, cache)
    return replace(
        resolved,
        identity=f"{resolved.identity} {prompt_identity(spec)}",
        reasons=(f"backend {spec.backend}: asked for", *resolved.reasons),
    )


def _load_decoders(
    spec: Seq2SeqSpec,
    resolved: ResolvedModel,
    device: Device,
    architecture: Architecture,
    tokenizer: Tokenizer,
    shares: Sequence[int],
) -> tuple[Decoder, ...]:
    """Load the weights once on a device; the workers that use them, one a share of its threads."""
    folder = loaded_folder(resolved)
    match resolved.backend:
        case "ctranslate2":
            from models.seq2seq import convert
            from models.seq2seq import ctranslate2 as ctranslate
            from models.seq2seq.writable import writable_words

            writable = None
            if resolved.writable_only:
                writable = writable_words(folder, tokenizer, architecture.banned_tokens)
            decoder = ctranslate.load_decoder(
                convert.converted(
                    folder,
                    architecture,
                    tokenizer=tokenizer,
                    identity=resolved.identity,
                    cache=resolved.cache,
                    trust_remote_code=spec.trust_remote_code,
                    writable=writable,
                ),
                tokenizer,
                device=device,
                precision=loaded_precision(resolved),
                banned_tokens=architecture.banned_tokens,
                threads=sum(shares),
                writable_only=writable is not None,
            )
            return (decoder,) * len(shares)
        case "transformers":
            from models.seq2seq import transformers as seq2seq

            language = resolved.target_language
            first = seq2seq.load_decoder(
                folder,
                device=device,
                precision=loaded_precision(resolved),
                end=tokenizer.end,
                start=language_token(tokenizer, language)
                if language and architecture.starts_with_language
                else None,
                unwritable_tokens=architecture.unwritable_tokens,
                threads=shares[0],
                trust_remote_code=spec.trust_remote_code,
            )
            return tuple(replace(first, threads=own) for own in shares)
        case _:
            raise WeightsError(f"{resolved.name}: not a translation model")


def _resolved(
    weights: Weights,
    architecture: Architecture,
    backend: LoadedBackend,
    asked: Placement,
    cache: Path,
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
        cache=cache,
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


def _decoding(
    spec: Seq2SeqSpec, architecture: Architecture, tokenizer: Tokenizer, language: str | None
) -> Decoding:
    first = architecture.forced_token
    if language and architecture.names_language and not architecture.starts_with_language:
        first = language_token(tokenizer, language)
    limit = architecture.max_tokens
    return Decoding(
        beams=spec.beams,
        length_penalty=spec.length_penalty,
        no_repeat_ngram_size=architecture.no_repeat_ngram_size
        if spec.no_repeat_ngram_size is None
        else spec.no_repeat_ngram_size,
        max_source_tokens=spec.max_source_tokens or architecture.default_tokens,
        max_target_tokens=min(spec.max_target_tokens, limit or spec.max_target_tokens),
        first_token=first,
        banned_tokens=architecture.banned_tokens,
        positions=limit,
    )
