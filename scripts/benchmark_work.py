"""What every side of scripts/benchmark.py gets: model, conversions, shortlist, lines."""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmark_lines import sentences
from benchmark_model import make_random_model


@dataclass(frozen=True, slots=True)
class Work:
    """What every side gets."""

    lines: list[str]
    references: list[str]
    folder: Path
    converted: Path
    cache: Path
    options: argparse.Namespace


def prepared(aside: Path, options: argparse.Namespace) -> Work:
    """Make the model, its conversion and its shortlist; none of it is timed."""
    from models.architecture import read_architecture
    from models.convert import converted
    from models.errors import WeightsError
    from models.load import load_translator, resolve_translator
    from models.shortlist import cached_path, write_shortlist
    from models.specs import Seq2SeqSpec
    from models.tokens import load_tokenizer

    cache = aside / "cache"
    folder = aside / "model"
    if options.tokenizer:
        make_random_model(options.tokenizer, folder)
    spec = Seq2SeqSpec(kind="seq2seq", path=str(folder) if options.tokenizer else options.model)
    resolved = resolve_translator(spec, device="cpu", cache=cache)
    place = resolved.folder or folder
    architecture = read_architecture(place)
    plain = folder
    try:
        plain = converted(
            place,
            architecture,
            tokenizer=load_tokenizer(place, architecture),
            identity=resolved.identity,
            cache=cache,
        )
    except (ImportError, OSError, WeightsError) as error:
        print(f"no conversion for ctranslate2: {error}", file=sys.stderr)
    if options.pairs:
        from pipeline.shortlisting import counted_shortlist, read_pairs

        pairs = read_pairs(options.pairs, 300_000)
        shortlist = counted_shortlist(resolved, pairs, tolerance=options.tolerance)
        write_shortlist(cached_path(cache, resolved.identity), shortlist)
    for words in ("writable", "auto"):  # each is a conversion of its own
        fewer = spec.model_copy(update={"shortlist": words})
        load_translator(fewer, resolve_translator(fewer, device="cpu", cache=cache))
    lines, references = sentences(options.file, options.references, options.limit, options.copies)
    return Work(lines, references, place, plain, cache, options)
