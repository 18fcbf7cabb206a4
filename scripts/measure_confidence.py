"""Measure how well a model's confidence in given translations agrees with experts.

    python scripts/measure_confidence.py DIR
    python scripts/measure_confidence.py DIR --model FOLDER --closely 1000

DIR has mqm_ted_zhen.tsv.xz and avg_seg_scores.tsv (Google's MQM of WMT21 TED, zh-en). Columns:
Kendall and Pearson over all segments; Kendall of segments against each other's penalty per
character; Kendall between the systems' translations of the same source, which a measure of the
source alone cannot have; Kendall and Pearson between the means of systems. Rows with a plus are
maps fitted without the talk they are measured on. --closely takes so many segments and looks with
transformers: entropy, and what becomes of the log-probability under dropout.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy
from numpy.typing import NDArray
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF

from calibrate_confidence import Judged as Fit
from calibrate_confidence import left_out_errors
from measure_checks import Judged, kendall, pearson, read_documents, read_mqm
from models.load import load_translator, resolve_translator
from models.metrics.calibration import features, floored_mean
from models.protocols import TranslationScore
from models.runtime.machine import Machine
from models.seq2seq.forced_decoding import BatchScorer, translation_scorer
from models.specs import Backend, Seq2SeqSpec
from pipeline.check.checks import findings
from pipeline.check.findings.severity import weight

Vector = NDArray[numpy.float64]
PASSES = 8


@dataclass(frozen=True, slots=True)
class Segments:
    """What is compared: the segments of the systems, what experts found, the talk of each."""

    rows: list[Judged]
    errors: Vector
    talks: NDArray[numpy.int64]
    references: dict[int, str]


def main() -> None:
    """Print a row for every measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", default="bundled:zh-en")
    parser.add_argument("--revision")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--closely", type=int, help="segments to look at with transformers")
    parser.add_argument("--dropout", type=float, default=0.1, help="switched on with --closely")
    options = parser.parse_args()
    segments = read(options.folder, options.closely)
    print(
        f"{len(segments.rows)} segments of {len({e.system for e in segments.rows})} systems, "
        f"mean penalty {segments.errors.mean():.2f}; {options.model}\n"
        f"{'':<34} Kendall  Pearson  /character  same source  systems: Kendall  Pearson"
    )
    if options.closely:
        measure_closely(segments, options)
    else:
        measure(segments, options)


def read(folder: Path, count: int | None) -> Segments:
    """Read the segments, `count` of them drawn by chance where it is given."""
    judged = read_mqm(folder)
    references = {each.segment: each.text for each in judged if each.system == "ref-A"}
    rows = [e for e in judged if not e.system.startswith("ref") and e.segment in references]
    if count:
        # whole sources, so that systems can be compared on each
        sources = sorted({each.segment for each in rows})
        kept = numpy.random.default_rng(1).permutation(sources)
        systems = len({each.system for each in rows})
        chosen = set(kept[: max(1, count // systems)].tolist())
        rows = [each for each in rows if each.segment in chosen]
    documents = read_documents(folder)
    names = sorted(set(documents.values()))
    talks = numpy.array([names.index(documents[each.segment]) for each in rows])
    return Segments(rows, -numpy.array([each.score for each in rows]), talks, references)


def scorer_of(options: argparse.Namespace, backend: Backend) -> BatchScorer:
    """Load the model that is made to write."""
    spec = Seq2SeqSpec(
        kind="seq2seq", path=options.model, revision=options.revision, backend=backend
    )
    resolved = resolve_translator(spec, Machine(device=options.device, precision="float32"))
    return translation_scorer(load_translator(spec, resolved, Machine(threads=options.threads)))


def measure(segments: Segments, options: argparse.Namespace) -> None:
    """Print what confidence, checks, length and references tell, alone and together."""
    rows = segments.rows
    scorer = scorer_of(options, "auto")
    scores = scorer.score([(each.source, each.text) for each in rows])
    means = numpy.array([floored_mean(score.log_probabilities) for score in scores])
    table = numpy.array(
        [
            features(each.source, each.text, mean)
            for each, mean in zip(rows, means.tolist(), strict=True)
        ]
    )
    found = numpy.array([weight(findings(each.source, each.text)) for each in rows])
    against = [[segments.references[each.segment]] for each in rows]
    chrf, bleu = CHRF(), BLEU(effective_order=True)
    with_chrf = numpy.array(
        [chrf.sentence_score(e.text, r).score for e, r in zip(rows, against, strict=True)]
    )
    with_bleu = numpy.array(
        [bleu.sentence_score(e.text, r).score for e, r in zip(rows, against, strict=True)]
    )
    show("confidence (mean log-probability)", means, segments)
    show("total log-probability", means * [len(s.log_probabilities) for s in scores], segments)
    show("length of the source", -table[:, 0], segments)
    show("findings of the checks", -found, segments)
    show("sentence chrF, with reference", with_chrf, segments)
    show("sentence BLEU, with reference", with_bleu, segments)
    weighed = numpy.log1p(found)
    for name, columns in (
        ("+ length", [table[:, 0]]),
        ("+ length, findings", [table[:, 0], weighed]),
        ("+ length, confidence", [table[:, 0], table[:, 1]]),
        ("+ length, confidence, ratio", list(table.T)),
        ("+ length, confidence, findings", [table[:, 0], table[:, 1], weighed]),
        ("+ length, chrF with reference", [table[:, 0], with_chrf / 100]),
        (
            "+ length, confidence, chrF",
            [table[:, 0], table[:, 1], with_chrf / 100],
        ),
    ):
        show(name, -expected(columns, segments), segments)


def expected(columns: Sequence[Vector], segments: Segments) -> Vector:
    """Return the penalty expected of each segment by a map fitted without its talk."""
    rows = numpy.column_stack(list(columns))
    return left_out_errors(rows, Fit(rows, segments.errors, segments.talks), "exp", 25.0)


def measure_closely(segments: Segments, options: argparse.Namespace) -> None:
    """Print what entropy and dropout tell, beside confidence on the same segments."""
    scorer = scorer_of(options, "transformers")
    pairs = [(each.source, each.text) for each in segments.rows]
    scores = scorer.score(pairs)
    lengths = numpy.log([len(each.source) for each in segments.rows])
    means = _means(scores)
    entropy = numpy.array([-sum(s.entropies) / max(1, len(s.entropies)) for s in scores])
    draws = numpy.array(under_dropout(scorer, pairs, options.dropout))
    show("confidence (mean log-probability)", means, segments)
    show("entropy of the next token", entropy, segments)
    show(f"mean under dropout {options.dropout}", draws.mean(axis=0), segments)
    show(f"variance under dropout {options.dropout}", -draws.std(axis=0), segments)
    for name, columns in (
        ("+ length, confidence", [lengths, means]),
        ("+ length, entropy", [lengths, entropy]),
        ("+ length, mean under dropout", [lengths, draws.mean(axis=0)]),
        ("+ length, confidence, variance", [lengths, means, numpy.log(draws.std(axis=0) + 1e-6)]),
    ):
        show(name, -expected(columns, segments), segments)


def _means(scores: Sequence[TranslationScore]) -> Vector:
    return numpy.array([floored_mean(score.log_probabilities) for score in scores])


def under_dropout(
    scorer: BatchScorer, pairs: Sequence[tuple[str, str]], share: float
) -> list[Vector]:
    """Score with a share of the activations dropped, several times (Gal and Ghahramani 2016)."""
    import torch

    model: Any = getattr(scorer.decoders[0], "model")  # noqa: B009 (the protocol hides it)
    for module in model.modules():
        if isinstance(getattr(module, "dropout", None), float):
            module.dropout = share
    model.train()
    torch.manual_seed(1)
    draws = [_means(scorer.score(pairs)) for _ in range(PASSES)]
    model.eval()
    return draws


def show(name: str, values: Sequence[float] | Vector, segments: Segments) -> None:
    """Print how a measure, higher for better, goes with the experts' scores."""
    measured = numpy.asarray(values, dtype=float)
    scores = -segments.errors
    characters = numpy.array([len(each.source) for each in segments.rows])
    systems = numpy.array([each.system for each in segments.rows])
    named = sorted(set(systems))
    by_system = [
        [float(numbers[systems == name].mean()) for name in named] for numbers in (measured, scores)
    ]
    print(
        f"{name:<34} {kendall(measured.tolist(), scores.tolist()):>7.3f}  "
        f"{pearson(measured.tolist(), scores.tolist()):>7.3f}  "
        f"{kendall(measured.tolist(), (scores / characters).tolist()):>10.3f}  "
        f"{same_source(measured, segments):>11.3f}  {kendall(*by_system):>16.3f}  "
        f"{pearson(*by_system):>7.3f}",
        flush=True,
    )


def same_source(measured: Vector, segments: Segments) -> float:
    """Return Kendall's tau over pairs of translations of one source that experts tell apart."""
    agreement = total = 0.0
    sources = numpy.array([each.segment for each in segments.rows])
    sign: Callable[[Vector], Vector] = numpy.sign
    for source in set(sources.tolist()):
        own = sources == source
        apart = sign(segments.errors[own][None, :] - segments.errors[own][:, None])
        agreement += float((sign(measured[own][:, None] - measured[own][None, :]) * apart).sum())
        total += float(numpy.abs(apart).sum())
    return agreement / total if total else float("nan")


if __name__ == "__main__":
    main()
