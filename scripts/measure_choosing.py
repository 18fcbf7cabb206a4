"""What choosing among several translations gains, and what it costs.

    python scripts/measure_choosing.py zh.txt en.txt --limit 300
    python scripts/measure_choosing.py zh.txt en.txt --judge FOLDER
    python scripts/measure_choosing.py zh.txt en.txt --draws --backend transformers

zh.txt and en.txt have a sentence and its reference a line. The first row is the first answer of a
search with four beams; p is that of a paired test against it (chrF, approximate randomisation).
"checks" takes the first of those with the lightest findings, "consensus within checks" the best of
those by consensus, "oracle" the one with the best chrF: what no choice can pass. --judge is another
translation model, made to write each hypothesis.
"""

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF

from models.forcing import translation_scorer
from models.load import load_translator, resolve_translator
from models.protocols import Candidate, Retranslator, Sampling, Search
from models.specs import Seq2SeqSpec
from pipeline.choosing import (
    ChoosingTranslator,
    Rate,
    by_consensus,
    by_estimate,
    weighed_findings,
)
from pipeline.evaluation.metrics import metric
from pipeline.evaluation.results import EvaluationSet
from pipeline.evaluation.results import Segment as EvaluationSegment
from pipeline.evaluation.significance import randomization_p_values
from pipeline.text.checks import findings
from pipeline.text.glossary import make_glossary


@dataclass(frozen=True, slots=True)
class Row:
    """A way to choose, what it chose, and the seconds it took to search and to choose."""

    name: str
    texts: list[str]
    searching: float
    choosing: float


def main() -> None:
    """Print a row for every way to choose."""
    options = arguments()
    sources = options.source.read_text(encoding="utf-8").splitlines()[: options.limit]
    references = options.reference.read_text(encoding="utf-8").splitlines()[: options.limit]
    translator = loaded(options)
    rates: dict[str, Rate] = {
        "consensus": by_consensus,
        "checks": by_nothing,
        "oracle": by_reference(references),
    }
    if options.judge:
        judge = load_translator(
            spec := Seq2SeqSpec(kind="seq2seq", path=options.judge),
            resolve_translator(spec, device=options.device),
            threads=options.threads,
        )
        rates["judge"] = by_estimate(translation_scorer(judge))
    translator.hypotheses(sources[:8], Search(count=1))
    texts, seconds = searched(translator, sources, Search(count=1, beams=4))
    first = Row("first of beam 4", texts, seconds, 0.0)
    print(
        f"{len(sources)} sentences, {options.model}, {translator_backend(options)}; seconds of "
        f"searching and of choosing\n{'':<34}  chrF   BLEU  p (chrF)  with an error  "
        "sent./s  search  choose"
    )
    show(first, first, sources, references)
    for name, search in searches(options):
        for row in rows(name, translator, sources, search, rates):
            show(row, first, sources, references)


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", type=Path)
    parser.add_argument("reference", type=Path)
    parser.add_argument("--model", default="bundled:zh-en")
    parser.add_argument(
        "--backend", default="auto", choices=["auto", "transformers", "ctranslate2"]
    )
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--judge", help="folder of another translation model")
    parser.add_argument("--limit", type=int, default=300)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--counts", default="8,32", help="how many translations of each sentence")
    parser.add_argument("--draws", action="store_true", help="draws, no beams (transformers)")
    return parser.parse_args()


def translator_backend(options: argparse.Namespace) -> str:
    """Name backend and precision as they were resolved."""
    spec = Seq2SeqSpec(kind="seq2seq", path=options.model, backend=options.backend)
    resolved = resolve_translator(spec, device=options.device)
    return f"{resolved.backend} {resolved.precision} on {resolved.device.name}"


def loaded(options: argparse.Namespace) -> Retranslator:
    """Load a model that offers several translations."""
    spec = Seq2SeqSpec(kind="seq2seq", path=options.model, backend=options.backend)
    resolved = resolve_translator(spec, device=options.device)
    translator = load_translator(spec, resolved, threads=options.threads)
    if not isinstance(translator, Retranslator):
        raise SystemExit(f"{options.model}: gives one translation of a sentence and no more")
    return translator


def searches(options: argparse.Namespace) -> Iterator[tuple[str, Search]]:
    """Give the searches to measure, with their names."""
    for count in map(int, options.counts.split(",")):
        if options.draws:
            yield f"{count} draws", Search(count=count, sampling=Sampling())
        else:
            yield f"beam {count}", Search(count=count)


def searched(
    translator: Retranslator, sources: Sequence[str], search: Search
) -> tuple[list[str], float]:
    """(first translations, seconds)."""
    started = time.perf_counter()
    found = translator.hypotheses(sources, search)
    return [own[0].text for own in found], time.perf_counter() - started


def rows(
    name: str,
    translator: Retranslator,
    sources: Sequence[str],
    search: Search,
    rates: dict[str, Rate],
) -> Iterator[Row]:
    """Search once, choose in every way."""
    started = time.perf_counter()
    found = translator.hypotheses(sources, search)
    searching = time.perf_counter() - started
    yield Row(f"first of {name}", [own[0].text for own in found], searching, 0.0)
    for rated, rate in rates.items():
        for checked in (False, True):
            if (checked and rated == "oracle") or (rated == "checks" and not checked):
                continue
            weigh = weighed_findings(make_glossary(())) if checked else None
            started = time.perf_counter()
            chosen = ChoosingTranslator(Found(sources, found), search, rate, weigh)
            texts = [each.text for each in chosen.translate(sources)]
            seconds = time.perf_counter() - started
            label = rated if rated == "checks" or not checked else f"{rated} within checks"
            yield Row(f"{label} of {name}", texts, searching, seconds)


class Found:
    """Gives the translations that were found before."""

    def __init__(self, sources: Sequence[str], found: Sequence[Sequence[Candidate]]) -> None:
        self._found = {source: list(own) for source, own in zip(sources, found, strict=True)}

    def translate(self, sentences: Sequence[str]) -> list[Candidate]:
        """Give the first of each."""
        return [self._found[each][0] for each in sentences]

    def hypotheses(self, sentences: Sequence[str], search: Search) -> list[list[Candidate]]:
        """Give all of each, whatever the search."""
        del search
        return [self._found[each] for each in sentences]


def by_nothing(
    sources: Sequence[str], hypotheses: Sequence[Sequence[Candidate]]
) -> list[list[float]]:
    """Rate all alike: the first one is taken."""
    return [[0.0 for _ in own] for own in hypotheses]


def by_reference(references: Sequence[str]) -> Rate:
    """Rate by chrF against the reference, which nobody has."""
    chrf = CHRF()

    def rate(
        sources: Sequence[str], hypotheses: Sequence[Sequence[Candidate]]
    ) -> list[list[float]]:
        return [
            [chrf.sentence_score(each.text, [reference]).score for each in own]
            for own, reference in zip(hypotheses, references, strict=True)
        ]

    return rate


def show(row: Row, first: Row, sources: Sequence[str], references: Sequence[str]) -> None:
    """Print one row."""
    errors = sum(
        any(found.severity == "error" for found in findings(source, text))
        for source, text in zip(sources, row.texts, strict=True)
    )
    p_value = "" if row is first else f"{paired(row.texts, first.texts, references):.4f}"
    print(
        f"{row.name:<34} {CHRF().corpus_score(row.texts, [list(references)]).score:>5.1f}  "
        f"{BLEU().corpus_score(row.texts, [list(references)]).score:>5.1f}  {p_value:>8}  "
        f"{errors:>6} ({100 * errors / len(sources):>4.1f} %)  "
        f"{len(sources) / (row.searching + row.choosing):>7.1f}  {row.searching:>6.1f}  "
        f"{row.choosing:>6.2f}",
        flush=True,
    )


def paired(texts: Sequence[str], others: Sequence[str], references: Sequence[str]) -> float:
    """Give the p-value of a difference in chrF."""
    chrf = metric("chrf")
    segments = tuple(
        EvaluationSegment(str(at), "", (reference,)) for at, reference in enumerate(references)
    )
    test_set = EvaluationSet("set", segments)
    tables = [chrf.statistics(test_set, each).rows for each in (texts, others)]
    return randomization_p_values([(tables[0], tables[1], chrf.corpus)], 10_000)[0]


if __name__ == "__main__":
    main()
