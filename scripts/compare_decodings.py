"""Compare ways to search for a translation on sentence pairs: quality, loops, empties, speed.

    python scripts/compare_decodings.py pairs.tsv --model bundled:zh-en --limit 200

The pairs are Chinese, a tab, English on each line, evenly taken from the file: pairs held out of
the training, never a test set that is reported. So was `no_repeat_ngram_size` of the bundled
model's generation_config.json chosen. One setting is changed at a time, from 4 beams, a length
penalty of 1 and no limit on repeats.
"""

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sacrebleu.metrics.chrf import CHRF

from models.load import load_translator, resolve_translator
from models.protocols import Retranslator, Search
from models.specs import Seq2SeqSpec
from pipeline.shortlisting import Pair, read_pairs
from pipeline.text.checks import repetition

FIRST = Search(count=1, beams=4, length_penalty=1.0, no_repeat_ngram_size=0)
HEAD = "beams  length penalty  no repeated  chrF   loops  empty  sentences/s"


@dataclass(frozen=True, slots=True)
class Row:
    """What a search gave: chrF (no words), shares of loops and of empty outputs, sentences/s."""

    search: Search
    chrf: float
    loops: float
    empties: float
    speed: float


def main() -> None:
    """Print a row for every setting, as soon as it is measured."""
    options = arguments()
    pairs = read_pairs(options.pairs, options.limit)
    spec = Seq2SeqSpec(
        kind="seq2seq", path=options.model, revision=options.revision, backend=options.backend
    )
    resolved = resolve_translator(spec, device="cpu", precision=options.precision)
    translator = load_translator(spec, resolved, threads=options.threads)
    if not isinstance(translator, Retranslator):
        raise SystemExit(f"{options.model}: has one search and no other")
    print(f"{len(pairs)} pairs, {resolved.name}, {resolved.backend}, {resolved.precision}")
    print(HEAD)
    # A translation that is thrown away, so that no row pays for the first call.
    translator.hypotheses([pairs[0][0]], FIRST)
    for search in searches(options):
        print(line(measured(pairs, translator, search)), flush=True)


def arguments(words: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pairs", type=Path, help="Chinese, a tab, English on each line.")
    parser.add_argument("--model", default="bundled:zh-en")
    parser.add_argument("--revision")
    parser.add_argument(
        "--backend", default="auto", choices=["auto", "ctranslate2", "transformers"]
    )
    parser.add_argument("--precision", default="auto", help="as runtime.precision of a config")
    parser.add_argument("--limit", type=int, default=200)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--repeats", type=int, nargs="*", default=[0, 3, 4], metavar="SIZE")
    parser.add_argument("--beams", type=int, nargs="*", default=[1, 2, 4], metavar="COUNT")
    parser.add_argument(
        "--length-penalties", type=float, nargs="*", default=[0.6, 1.0, 1.4], metavar="PENALTY"
    )
    return parser.parse_args(words)


def searches(options: argparse.Namespace) -> Iterator[Search]:
    """Yield every search once, the first one first."""
    changed = [
        *(Search(1, FIRST.beams, FIRST.length_penalty, size) for size in options.repeats),
        *(Search(1, count, FIRST.length_penalty, 0) for count in options.beams),
        *(Search(1, FIRST.beams, penalty, 0) for penalty in options.length_penalties),
    ]
    yield from dict.fromkeys([FIRST, *changed])


def measured(pairs: Sequence[Pair], translator: Retranslator, search: Search) -> Row:
    """Translate the pairs' Chinese in one call and compare with their English."""
    sources = [chinese for chinese, _ in pairs]
    start = time.perf_counter()
    found = translator.hypotheses(sources, search)
    seconds = time.perf_counter() - start
    texts = [own[0].text if own else "" for own in found]
    loops = [
        any(each.severity == "error" for each in repetition(source, text))
        for source, text in zip(sources, texts, strict=True)
    ]
    score = CHRF().corpus_score(texts, [[english for _, english in pairs]])
    return Row(
        search,
        chrf=float(score.score),
        loops=sum(loops) / len(pairs),
        empties=sum(not text.strip() for text in texts) / len(pairs),
        speed=len(pairs) / seconds,
    )


def line(row: Row) -> str:
    """Write a row below HEAD."""
    search = row.search
    return (
        f"{search.beams:>5}  {search.length_penalty:>14}  {search.no_repeat_ngram_size:>11}  "
        f"{row.chrf:.2f}  {row.loops:>5.1%}  {row.empties:>5.1%}  {row.speed:>11.1f}"
    )


if __name__ == "__main__":
    main()
