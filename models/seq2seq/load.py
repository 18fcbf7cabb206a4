"""Load an encoder-decoder translator on its devices: checksums, tokenizer, weights, canary."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

from models.errors import WeightsError
from models.resolved import ResolvedModel, loaded_folder, loaded_precision
from models.runtime.device import Device
from models.runtime.free_memory import batch_budget
from models.runtime.machine import Machine
from models.runtime.workers import deal_threads
from models.seq2seq.canary import check_canary
from models.seq2seq.tokenizer import Tokenizer, language_token, load_tokenizer
from models.seq2seq.translator import BatchTranslator, Decoder, Decoding, Spare
from models.specs import Seq2SeqSpec
from models.weights.architecture import Architecture, read_architecture
from models.weights.checksums import verify_sums


@dataclass(frozen=True, slots=True)
class _Checkpoint:
    """A checkpoint whose files were found, verified and read, all but the weights."""

    spec: Seq2SeqSpec
    resolved: ResolvedModel
    folder: Path
    architecture: Architecture
    tokenizer: Tokenizer


def load_seq2seq_translator(
    spec: Seq2SeqSpec, resolved: ResolvedModel, machine: Machine
) -> BatchTranslator:
    """Load the weights on every device, and check each copy by its canary.

    Raises WeightsError if the weights are damaged, do not load, or answer nonsense.
    """
    checkpoint = _read_checkpoint(spec, resolved)
    decoding = _decoding(checkpoint)
    shares = deal_threads(machine.thread_count, resolved.device.kind, resolved.backend)
    budget = batch_budget(
        machine.batch_tokens,
        checkpoint.folder,
        devices=resolved.devices,
        precision=loaded_precision(resolved),
        rows=decoding.beams,
        at_once=len(shares),
        cut_again=(resolved.device.kind, resolved.backend) == ("cpu", "ctranslate2"),
    )
    decoders: list[Decoder] = []
    for device in resolved.devices:
        on_device = _load_decoders(checkpoint, device, shares)
        # Any copy of the weights may translate any sentence, so each is checked.
        check_canary(
            checkpoint.folder,
            BatchTranslator(on_device[:1], checkpoint.tokenizer, decoding, budget),
            precision=loaded_precision(resolved),
            made_by=f"{resolved.backend} {version(resolved.backend)} on {device.name}",
        )
        decoders += on_device
    spare = Spare() if decoding.beams > 1 and all(each.is_exact for each in decoders) else None
    return BatchTranslator(tuple(decoders), checkpoint.tokenizer, decoding, budget, spare)


def _read_checkpoint(spec: Seq2SeqSpec, resolved: ResolvedModel) -> _Checkpoint:
    folder = loaded_folder(resolved)
    with ThreadPoolExecutor(1) as thread:
        verified = thread.submit(verify_sums, folder)
        try:
            architecture = read_architecture(folder)
            tokenizer = load_tokenizer(
                folder,
                architecture,
                prefix=spec.prefix,
                source_language=resolved.source_language,
                trust_remote_code=spec.trust_remote_code,
            )
        finally:
            verified.result()  # that a file is damaged is said before what comes of it
    if resolved.source_language and architecture.names_language:
        # Otherwise an unknown language becomes <unk>, and the model translates from anything.
        language_token(tokenizer, resolved.source_language, "translate.model.source_language")
    return _Checkpoint(spec, resolved, folder, architecture, tokenizer)


def _load_decoders(
    checkpoint: _Checkpoint, device: Device, shares: Sequence[int]
) -> tuple[Decoder, ...]:
    """Load the weights once on a device; return its workers, one for each share of threads."""
    match checkpoint.resolved.backend:
        case "ctranslate2":
            return (_load_ctranslate2(checkpoint, device, sum(shares)),) * len(shares)
        case "transformers":
            return _load_transformers(checkpoint, device, shares)
        case _:
            raise WeightsError(f"{checkpoint.resolved.name}: not a translation model")


def _load_ctranslate2(checkpoint: _Checkpoint, device: Device, threads: int) -> Decoder:
    from models.seq2seq.convert import VOCABULARY_MAP, convert_once
    from models.seq2seq.ctranslate2 import load_decoder
    from models.seq2seq.writable import writable_words

    resolved, architecture = checkpoint.resolved, checkpoint.architecture
    precision = loaded_precision(resolved)

    def writable() -> tuple[int, ...] | None:
        return writable_words(checkpoint.folder, checkpoint.tokenizer, architecture.banned_tokens)

    converted = convert_once(
        checkpoint.folder,
        architecture,
        tokenizer=checkpoint.tokenizer,
        identity=resolved.identity,
        cache=resolved.cache,
        trust_remote_code=checkpoint.spec.trust_remote_code,
        writable=writable if resolved.writable_only else None,
        in_int8=precision == "int8",
    )
    return load_decoder(
        converted,
        checkpoint.tokenizer,
        device=device,
        precision=precision,
        banned_tokens=architecture.banned_tokens,
        threads=threads,
        writable_only=(converted / VOCABULARY_MAP).is_file(),
    )


def _load_transformers(
    checkpoint: _Checkpoint, device: Device, shares: Sequence[int]
) -> tuple[Decoder, ...]:
    from models.seq2seq.transformers import load_decoder

    resolved, architecture = checkpoint.resolved, checkpoint.architecture
    start = None
    if resolved.target_language and architecture.starts_with_language:
        start = language_token(checkpoint.tokenizer, resolved.target_language)
    decoder = load_decoder(
        checkpoint.folder,
        device=device,
        precision=loaded_precision(resolved),
        end=checkpoint.tokenizer.end,
        start=start,
        unwritable_tokens=architecture.unwritable_tokens,
        threads=shares[0],
        trust_remote_code=checkpoint.spec.trust_remote_code,
    )
    return tuple(replace(decoder, threads=threads) for threads in shares)


def _decoding(checkpoint: _Checkpoint) -> Decoding:
    spec, architecture = checkpoint.spec, checkpoint.architecture
    language = checkpoint.resolved.target_language
    first = architecture.forced_token
    if language and architecture.names_language and not architecture.starts_with_language:
        first = language_token(checkpoint.tokenizer, language)
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
