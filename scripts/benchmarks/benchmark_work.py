"""The work that every program of benchmark.py gets: model, conversions, lines."""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmark_lines import sentences
from benchmark_model import make_random_model
from models.runtime.machine import Machine


@dataclass(frozen=True, slots=True)
class Work:
    """The work that every program gets."""

    lines: list[str]
    references: list[str]
    folder: Path
    converted: Path
    cache: Path
    options: argparse.Namespace


def prepared(aside: Path, options: argparse.Namespace) -> Work:
    """Make the model and its conversions; none of it is timed."""
    from models.errors import WeightsError
    from models.load import load_translator, resolve_translator
    from models.seq2seq.convert import convert_once
    from models.seq2seq.tokenizer import load_tokenizer
    from models.specs import Seq2SeqSpec
    from models.weights.architecture import read_architecture

    cache = aside / "cache"
    folder = aside / "model"
    if options.tokenizer:
        make_random_model(options.tokenizer, folder)
    spec = Seq2SeqSpec(kind="seq2seq", path=str(folder) if options.tokenizer else options.model)
    resolved = resolve_translator(spec, Machine(device="cpu", cache=cache))
    place = resolved.folder or folder
    architecture = read_architecture(place)
    plain = folder
    try:
        plain = convert_once(
            place,
            architecture,
            tokenizer=load_tokenizer(place, architecture),
            identity=resolved.identity,
            cache=cache,
        )
    except (ImportError, OSError, WeightsError) as error:
        print(f"no conversion for ctranslate2: {error}", file=sys.stderr)
    load_translator(spec, resolved)  # the conversion for the writable words
    lines, references = sentences(options.file, options.references, options.limit, options.copies)
    return Work(lines, references, place, plain, cache, options)
