"""Load an encoder-decoder translator on its devices: checksums, tokenizer, weights, canary."""

from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from typing import Literal

from models.errors import WeightsError
from models.resolved import ResolvedModel, loaded_folder, loaded_precision
from models.runtime.device import Device, available_threads
from models.runtime.free_memory import BatchTokens, batch_budget
from models.runtime.workers import deal_threads
from models.seq2seq.canary import check_canary
from models.seq2seq.tokenizer import Tokenizer, language_token, load_tokenizer
from models.seq2seq.translator import BatchTranslator, Decoder, Decoding
from models.specs import Seq2SeqSpec
from models.weights.architecture import Architecture, read_architecture
from models.weights.checksums import verify_sums


def load_seq2seq_translator(
    spec: Seq2SeqSpec,
    resolved: ResolvedModel,
    *,
    batch_tokens: BatchTokens,
    threads: int | Literal["auto"],
) -> BatchTranslator:
    """Load the weights on every device, and check each copy by its canary.

    Raises WeightsError if the weights are damaged, do not load, or answer nonsense.
    """
    folder = loaded_folder(resolved)
    verify_sums(folder)
    architecture = read_architecture(folder)
    tokenizer = _load_tokenizer(spec, resolved, architecture)
    decoding = _decoding(spec, architecture, tokenizer, resolved.target_language)
    count = available_threads() if threads == "auto" else threads
    shares = deal_threads(count, resolved.device.kind, resolved.backend)
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
        on_device = _load_decoders(spec, resolved, device, architecture, tokenizer, shares)
        # Any copy of the weights may translate any sentence, so each is checked.
        check_canary(
            folder,
            BatchTranslator(on_device[:1], tokenizer, decoding, budget),
            precision=loaded_precision(resolved),
            made_by=f"{resolved.backend} {version(resolved.backend)} on {device.name}",
        )
        decoders += on_device
    return BatchTranslator(tuple(decoders), tokenizer, decoding, budget)


def _load_tokenizer(
    spec: Seq2SeqSpec, resolved: ResolvedModel, architecture: Architecture
) -> Tokenizer:
    tokenizer = load_tokenizer(
        loaded_folder(resolved),
        architecture,
        prefix=spec.prefix,
        source_language=resolved.source_language,
        trust_remote_code=spec.trust_remote_code,
    )
    if resolved.source_language and architecture.names_language:
        # Otherwise an unknown language becomes <unk>, and the model translates from anything.
        language_token(tokenizer, resolved.source_language, "translate.model.source_language")
    return tokenizer


def _load_decoders(
    spec: Seq2SeqSpec,
    resolved: ResolvedModel,
    device: Device,
    architecture: Architecture,
    tokenizer: Tokenizer,
    shares: Sequence[int],
) -> tuple[Decoder, ...]:
    """Load the weights once on a device; return its workers, one for each share of threads."""
    match resolved.backend:
        case "ctranslate2":
            decoder = _load_ctranslate2(
                spec, resolved, device, architecture, tokenizer, threads=sum(shares)
            )
            return (decoder,) * len(shares)
        case "transformers":
            return _load_transformers(spec, resolved, device, architecture, tokenizer, shares)
        case _:
            raise WeightsError(f"{resolved.name}: not a translation model")


def _load_ctranslate2(
    spec: Seq2SeqSpec,
    resolved: ResolvedModel,
    device: Device,
    architecture: Architecture,
    tokenizer: Tokenizer,
    *,
    threads: int,
) -> Decoder:
    from models.seq2seq.convert import convert_once
    from models.seq2seq.ctranslate2 import load_decoder
    from models.seq2seq.writable import writable_words

    folder = loaded_folder(resolved)
    writable = None
    if resolved.writable_only:
        writable = writable_words(folder, tokenizer, architecture.banned_tokens)
    return load_decoder(
        convert_once(
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
        threads=threads,
        writable_only=writable is not None,
        # Who asks for one beam asks for speed; the retries of a wider search stay exact.
        same_in_any_batch=spec.beams > 1,
    )


def _load_transformers(
    spec: Seq2SeqSpec,
    resolved: ResolvedModel,
    device: Device,
    architecture: Architecture,
    tokenizer: Tokenizer,
    shares: Sequence[int],
) -> tuple[Decoder, ...]:
    from models.seq2seq.transformers import load_decoder

    start = None
    if resolved.target_language and architecture.starts_with_language:
        start = language_token(tokenizer, resolved.target_language)
    decoder = load_decoder(
        loaded_folder(resolved),
        device=device,
        precision=loaded_precision(resolved),
        end=tokenizer.end,
        start=start,
        unwritable_tokens=architecture.unwritable_tokens,
        threads=shares[0],
        trust_remote_code=spec.trust_remote_code,
    )
    return tuple(replace(decoder, threads=threads) for threads in shares)


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
