"""Make a model's shortlist from sentence pairs, and keep it only if the English stays as good."""

import gzip
import lzma
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from models.architecture import read_architecture, read_json
from models.ctranslate import CTranslate2Decoder
from models.decoding import BatchTranslator
from models.errors import WeightsError
from models.lexicon import make_shortlist, possible_outputs
from models.load import load_translator, resolve_translator
from models.resolved import ResolvedModel
from models.shortlist import SHORTLIST, Shortlist, cached_path, write_shortlist
from models.specs import Seq2SeqSpec
from models.tokens import load_tokenizer
from pipeline.errors import ConfigError, ModelError
from pipeline.text.metrics import corpus_metrics

# Words expected to be missing for each word of the source; the boldest that passes is kept.
TOLERANCES = (0.05, 0.03, 0.02, 0.015, 0.01, 0.005, 0.003, 0.0)
MOST_CHRF_LOST = 0.1  # unless another is asked for
MOST_TOKENS = 256

Pair = tuple[str, str]
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Trial:
    """What one tolerance does to the translations of the held-out pairs.

    `chrf_lost` in points against their references, `alike` the share of texts that stay the
    same to the character, `words` the mean number of target words weighed for a sentence (one
    that needs the whole vocabulary counts as the largest level).
    """

    tolerance: float
    chrf_lost: float
    alike: float
    words: float


def read_pairs(path: Path, limit: int) -> list[Pair]:
    """Read up to `limit` pairs, evenly from the whole file: `Chinese<TAB>English` a line.

    A file may be packed (.gz, .xz). Raises ConfigError where it cannot be read or has too
    few pairs to count.
    """
    opener: Any = {".gz": gzip.open, ".xz": lzma.open}.get(path.suffix, open)
    try:
        with opener(path, "rt", encoding="utf-8") as stream:
            fields = [line.rstrip("\n").split("\t") for line in stream]
    except (OSError, UnicodeDecodeError, EOFError, lzma.LZMAError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from None
    pairs = [(row[0], row[1]) for row in fields if len(row) >= 2 and row[0] and row[1]]
    if len(pairs) < 100:
        raise ConfigError(
            f"{path}: {len(pairs)} pairs of sentences in {len(fields)} lines; a line is "
            "Chinese, a tab, English, and at least a hundred are needed (better 100,000)"
        )
    step = max(1, len(pairs) // limit)
    return pairs[::step][:limit]


def shortlist_model(
    path: str,
    pairs: Sequence[Pair],
    *,
    revision: str | None,
    cache: str,
    held_out: int,
    inside: bool,
    say: Say,
    most_chrf_lost: float = MOST_CHRF_LOST,
) -> Path | None:
    """Make, try and write the shortlist of a model; its file, None where every one harms.

    The first `held_out` pairs, spread over all, are not counted but translated with and
    without it: the boldest that loses no more chrF than `most_chrf_lost` points is kept. It goes
    into the cache, or into the model's folder where `inside` is true.
    """
    spec = Seq2SeqSpec(
        kind="seq2seq", path=path, revision=revision, backend="ctranslate2", shortlist="off"
    )
    try:
        resolved = resolve_translator(spec, device="cpu", cache=cache)
        step = max(2, len(pairs) // held_out)
        tried = list(pairs[::step])[:held_out]
        counted = [pair for place, pair in enumerate(pairs) if place % step]
        shortlist = counted_shortlist(resolved, counted, tolerance=TOLERANCES[-1])
        say(f"{len(counted):,} pairs counted; levels of {_listed(shortlist)} target words")
        kept = _first_harmless(spec, resolved, shortlist, tried, say, most_chrf_lost)
        if kept is None:
            return None
        folder = resolved.folder or Path()
        place = folder / SHORTLIST if inside else cached_path(resolved.cache, resolved.identity)
        write_shortlist(place, kept)
    except WeightsError as error:
        raise ModelError(str(error)) from None
    return place


def counted_shortlist(
    resolved: ResolvedModel, pairs: Sequence[Pair], *, tolerance: float
) -> Shortlist:
    """Count sentence pairs into a shortlist with a model's own tokenizer; nothing is tried."""
    folder = resolved.folder or Path()
    architecture = read_architecture(folder)
    tokenizer = load_tokenizer(folder, architecture, source_language=resolved.source_language)
    size = int(read_json(folder / "config.json")["vocab_size"])
    sources = tokenizer.encode([source for source, _ in pairs], MOST_TOKENS)
    targets = tokenizer.encode_target([target for _, target in pairs], MOST_TOKENS)
    return make_shortlist(
        [(source.ids[:-1], target.ids) for source, target in zip(sources, targets, strict=True)],
        tokenizer,
        possible_outputs(folder, tokenizer, size, architecture.banned_tokens),
        size,
        tolerance=tolerance,
    )


def _first_harmless(
    spec: Seq2SeqSpec,
    resolved: ResolvedModel,
    shortlist: Shortlist,
    tried: Sequence[Pair],
    say: Say,
    most_chrf_lost: float,
) -> Shortlist | None:
    sources = [source for source, _ in tried]
    references = [reference for _, reference in tried]
    plain = [each.text for each in load_translator(spec, resolved).translate(sources)]
    with tempfile.TemporaryDirectory() as aside:
        file = Path(aside) / SHORTLIST
        write_shortlist(file, shortlist)
        translator = load_translator(spec, replace(resolved, shortlist=file))
    for tolerance in TOLERANCES:
        own = replace(shortlist, tolerance=round(1000 * tolerance))
        trial = _trial(_with(translator, own), own, tolerance, sources, references, plain)
        passes = trial.chrf_lost <= most_chrf_lost
        say(
            f"tolerance {tolerance}: chrF {-trial.chrf_lost:+.2f}, {trial.alike:.1%} of "
            f"{len(sources)} texts unchanged, {trial.words:,.0f} words a sentence"
            f"{': kept' if passes else ''}"
        )
        if passes:
            return own
    return None


def _with(translator: Any, shortlist: Shortlist) -> BatchTranslator:
    decoders = translator.decoders if isinstance(translator, BatchTranslator) else ()
    able = [each for each in decoders if isinstance(each, CTranslate2Decoder)]
    if not isinstance(translator, BatchTranslator) or not able:
        raise ModelError(f"{type(translator).__name__}: only ctranslate2 uses a shortlist")
    return replace(translator, decoders=tuple(replace(each, shortlist=shortlist) for each in able))


def _trial(
    translator: BatchTranslator,
    shortlist: Shortlist,
    tolerance: float,
    sources: Sequence[str],
    references: Sequence[str],
    plain: Sequence[str],
) -> Trial:
    texts = [each.text for each in translator.translate(sources)]
    most = translator.decoding.max_source_tokens
    levels = [shortlist.level(e.ids[:-1]) for e in translator.tokenizer.encode(sources, most)]
    words = [shortlist.sizes[min(level, shortlist.whole - 1)] for level in levels]
    return Trial(
        tolerance=tolerance,
        chrf_lost=_chrf(plain, references) - _chrf(texts, references),
        alike=sum(one == two for one, two in zip(texts, plain, strict=True)) / len(texts),
        words=sum(words) / len(words),
    )


def _chrf(texts: Sequence[str], references: Sequence[str]) -> float:
    [score] = corpus_metrics(texts, references, ["chrf"], bootstrap_samples=0)
    return score.score


def _listed(shortlist: Shortlist) -> str:
    return ", ".join(f"{size:,}" for size in shortlist.sizes)
