"""Do several CPU workers pay: one batch with all threads, against a batch a thread.

python scripts/measure_workers.py zh.txt --limit 100 --beams 4 1 --threads 2

The same sentences by the transformers backend, all sides in turn, `--repeats` times; the best time
of each side is printed, for what else ran on the machine only ever adds. Workers share one copy of
the weights. `others` is the processor time that other processes took during that best time.
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import psutil

from models.decoding import BatchTranslator
from models.load import load_translator, resolve_translator
from models.seq2seq import TransformersDecoder
from models.specs import Seq2SeqSpec

Measured = tuple[float, float, float, list[str]]


def main() -> None:
    """Measure every width of search and print a table."""
    options = arguments()
    lines = options.file.read_text(encoding="utf-8").splitlines()[: options.limit]
    print(
        "| beams | workers × threads | batch tokens | s | processor s | others s | texts differ |"
    )
    print("|---:|---|---:|---:|---:|---:|---:|")
    for beams in options.beams:
        spec = Seq2SeqSpec(kind="seq2seq", path=options.model, backend="transformers", beams=beams)
        loaded = load_translator(spec, resolve_translator(spec, device="cpu"), threads=1)
        assert isinstance(loaded, BatchTranslator)
        sides = wanted(loaded, options.threads)
        found: dict[tuple[str, int], list[Measured]] = {name: [] for name in sides}
        for _ in range(options.repeats):
            for name, side in sides.items():
                found[name].append(measured(side, lines))
        expected = next(iter(found.values()))[0][3]
        for (workers, tokens), rounds in found.items():
            seconds, processor, others, _ = min(rounds, key=lambda each: each[0])
            differ = max(sum(map(str.__ne__, each[3], expected)) for each in rounds)
            print(
                f"| {beams} | {workers} | {tokens} | {seconds:.1f} | {processor:.1f} "
                f"| {others:.1f} | {differ} |",
                flush=True,
            )


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path, help="Chinese, one sentence a line")
    parser.add_argument("--model", default="bundled:zh-en", help="bundled:NAME or a folder")
    parser.add_argument("--limit", type=int, default=100, help="lines")
    parser.add_argument("--beams", type=int, nargs="+", default=[4, 1])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    return parser.parse_args()


def wanted(loaded: BatchTranslator, threads: int) -> dict[tuple[str, int], BatchTranslator]:
    """Give the sides by (workers × threads, batch tokens)."""
    [decoder] = loaded.decoders
    assert isinstance(decoder, TransformersDecoder)
    sides: dict[tuple[str, int], BatchTranslator] = {}
    for workers, own, tokens in (
        (1, threads, 4096),
        (1, threads, 1024),
        (threads, 1, 4096),
        (1, 1, 1024),
    ):
        decoders = (replace(decoder, threads=own),) * workers
        sides[f"{workers} × {own}", tokens] = replace(
            loaded, decoders=decoders, batch_tokens=tokens
        )
    return sides


def measured(side: BatchTranslator, lines: Sequence[str]) -> Measured:
    """Translate the lines; (seconds, processor seconds, those of other processes, texts)."""
    busy, own, started = _busy(), time.process_time(), time.perf_counter()
    texts = [each.text for each in side.translate(lines)]
    seconds, processor = time.perf_counter() - started, time.process_time() - own
    return seconds, processor, max(0.0, _busy() - busy - processor), texts


def _busy() -> float:
    times = psutil.cpu_times()
    return float(times.user + times.system + getattr(times, "nice", 0.0))


if __name__ == "__main__":
    main()
