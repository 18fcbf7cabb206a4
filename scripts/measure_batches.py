"""How far answers depend on the batch: texts and confidences in batches of other sizes and order.

python scripts/measure_batches.py zh.txt --limit 200 --backend ctranslate2 --precision int8

The sentences are translated in batches of the product's size, one at a time, in smaller batches
and in another order; each is compared with the first. CTranslate2 is measured `padded` too, which
is how it was run before: sentences of any length in one batch. `processor s` is of this process.
"""

import argparse
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from models.ctranslate import CTranslate2Decoder
from models.decoding import BatchTranslator
from models.load import load_translator, resolve_translator
from models.protocols import Candidate
from models.specs import Seq2SeqSpec


def main() -> None:
    """Translate in every way and print a table."""
    options = arguments()
    lines = options.file.read_text(encoding="utf-8").splitlines()[: options.limit]
    spec = Seq2SeqSpec(
        kind="seq2seq", path=options.model, backend=options.backend, beams=options.beams
    )
    resolved = resolve_translator(spec, device="cpu", precision=options.precision)
    loaded = load_translator(spec, resolved, threads=1)
    assert isinstance(loaded, BatchTranslator)
    loaded.translate(lines[:2])
    print("| lengths | batch tokens | processor s | texts differ | confidences differ | by |")
    print("|---|---|---:|---:|---:|---:|")
    for name, translator in sides(loaded):
        expected: list[Candidate] = []
        for size, found, seconds in answers(translator, lines, options.batch_tokens):
            expected = expected or found
            gaps = [
                abs((one.confidence or 0) - (other.confidence or 0))
                for one, other in zip(found, expected, strict=True)
            ]
            texts = sum(a.text != b.text for a, b in zip(found, expected, strict=True))
            print(
                f"| {name} | {size} | {seconds:.1f} | {texts} | {sum(map(bool, gaps))} "
                f"| {max(gaps):.1e} |",
                flush=True,
            )


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path, help="Chinese, one sentence a line")
    parser.add_argument("--model", default="bundled:zh-en", help="bundled:NAME or a folder")
    parser.add_argument("--limit", type=int, default=200, help="lines")
    parser.add_argument("--backend", default="auto", help="auto, ctranslate2 or transformers")
    parser.add_argument("--precision", default="auto")
    parser.add_argument("--beams", type=int, default=4)
    parser.add_argument("--batch-tokens", type=int, nargs="+", default=[4096, 1024, 64, 1])
    return parser.parse_args()


def sides(loaded: BatchTranslator) -> Iterator[tuple[str, BatchTranslator]]:
    """Give the ways to fill a batch, by name."""
    [decoder] = loaded.decoders
    if isinstance(decoder, CTranslate2Decoder) and decoder.lengths_together:
        for name, lengths in (("padded", None), ("sixteen", 16), ("alike", 1)):
            own = replace(decoder, lengths_together=lengths)
            yield name, replace(loaded, decoders=(own,))
    else:
        yield "padded", loaded


def answers(
    translator: BatchTranslator, lines: list[str], sizes: list[int]
) -> Iterator[tuple[str, list[Candidate], float]]:
    """Translate in batches of every size, then the two halves apart: (size, answers, seconds)."""
    for size in sizes:
        started = time.process_time()
        found = replace(translator, batch_tokens=size).translate(lines)
        yield str(size), found, time.process_time() - started
    started = time.process_time()
    halves = [translator.translate(lines[start::2]) for start in range(2)]
    found = [halves[place % 2][place // 2] for place in range(len(lines))]
    yield "halves", found, time.process_time() - started


if __name__ == "__main__":
    main()
