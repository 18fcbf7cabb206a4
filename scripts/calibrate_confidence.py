"""Fit and measure how much error a model's confidence announces; write calibration.json.

    python scripts/calibrate_confidence.py bundled:zh-en --pairs HELD_OUT.tsv --mqm DIR
    python scripts/calibrate_confidence.py bundled:zh-en --pairs HELD_OUT.tsv --mqm DIR \
        --check zh.txt en.txt --output FILE

--pairs  Chinese and English by a tab, of sentences the model was not trained on: what it makes of
         them gives the map of its own words (error: 100 - chrF against the English)
--mqm    folder with mqm_ted_zhen.tsv.xz and avg_seg_scores.tsv (Google's MQM of WMT21 TED): what
         it thinks of other systems' words gives the map of given translations (error: MQM points)
--check  sentences and references that take no part in the fit, to measure the map of own words

Run it anew when the weights change. Without --output the file is written beside the weights, and
SHA256SUMS with it. Figures are of segments left out of the fit: a tenth of the pairs at a time,
or a talk at a time.
"""

import argparse
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy
from numpy.typing import NDArray
from sacrebleu.metrics.chrf import CHRF

from measure_checks import kendall, pearson, read_documents, read_mqm
from models.load import load_translator, resolve_translator
from models.metrics.calibration import (
    CALIBRATION,
    Bin,
    Calibration,
    ErrorMap,
    features,
    floored_mean,
    write_calibration,
)
from models.protocols import Translator, best_translations
from models.resolved import ResolvedModel
from models.runtime.machine import Machine
from models.seq2seq.forced_decoding import translation_scorer
from models.specs import Seq2SeqSpec
from models.weights.checksums import read_sums, write_sums
from models.weights.find import sealed_files

Link = Literal["exp", "share"]
Vector = NDArray[numpy.float64]
BINS = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """Segments with the error that was found in them; `groups` are left out together."""

    rows: NDArray[numpy.float64]
    errors: Vector
    groups: NDArray[numpy.int64]


def main() -> None:
    """Fit, measure, print and write."""
    options = arguments()
    spec = Seq2SeqSpec(kind="seq2seq", path=options.model, revision=options.revision)
    resolved = resolve_translator(spec, Machine(device=options.device))
    translator = load_translator(spec, resolved, Machine(threads=options.threads))
    own = given = None
    if options.pairs:
        lines = options.pairs.read_text(encoding="utf-8").splitlines()
        pairs = [(line.split("\t")[0], line.split("\t")[1]) for line in lines if "\t" in line]
        judged = judged_own(translator, pairs)
        fitted_on = f"{len(pairs):,} sentence pairs left out of the training"
        own = error_map(judged, "share", "100 - chrF", fitted_on, most=100.0)
        show("own words", own)
        if options.check:
            check(own, translator, *options.check)
    if options.mqm:
        judged = judged_given(translator, options.mqm)
        fitted_on = f"MQM-TED zh-en: {len(judged.errors):,} segments of 13 systems, 5 talks"
        given = error_map(judged, "exp", "MQM points", fitted_on, most=25.0, columns=(0, 1))
        show("given translations", given)
    write(options, resolved, Calibration(resolved.identity, own, given))


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", help="bundled:NAME, a folder or a hub id")
    parser.add_argument("--revision", help="commit of a hub id")
    parser.add_argument("--pairs", type=Path)
    parser.add_argument("--mqm", type=Path)
    parser.add_argument("--check", type=Path, nargs=2, metavar=("SOURCE", "REFERENCE"))
    parser.add_argument("--output", type=Path)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


def judged_own(translator: Translator, pairs: Sequence[tuple[str, str]]) -> Judged:
    """Translate the sources; the error of each is 100 - chrF against its reference."""
    chrf = CHRF()
    found = best_translations(translator, [source for source, _ in pairs])
    rows = [
        features(source, each.text, math.log(max(each.confidence or 0.0, 1e-9)))
        for (source, _), each in zip(pairs, found, strict=True)
    ]
    errors = [
        100 - chrf.sentence_score(each.text, [reference]).score
        for (_, reference), each in zip(pairs, found, strict=True)
    ]
    return Judged(numpy.array(rows), numpy.array(errors), numpy.arange(len(rows)) % 10)


def judged_given(translator: Translator, folder: Path) -> Judged:
    """Make the model write what 13 systems wrote; the error is the penalty experts gave."""
    judged = [each for each in read_mqm(folder) if not each.system.startswith("ref")]
    documents = read_documents(folder)
    scores = translation_scorer(translator).score([(each.source, each.text) for each in judged])
    rows = [
        features(each.source, each.text, floored_mean(score.log_probabilities))
        for each, score in zip(judged, scores, strict=True)
    ]
    names = sorted(set(documents.values()))
    groups = [names.index(documents[each.segment]) for each in judged]
    return Judged(
        numpy.array(rows), -numpy.array([each.score for each in judged]), numpy.array(groups)
    )


def error_map(
    judged: Judged,
    link: Link,
    unit: str,
    fitted_on: str,
    *,
    most: float,
    columns: Sequence[int] = (0, 1, 2),
) -> ErrorMap:
    """Fit on everything; measure on groups left out one after the other."""
    left_out = left_out_errors(judged.rows[:, list(columns)], judged, link, most)
    weights = numpy.zeros(4)
    weights[[0, *(1 + column for column in columns)]] = fitted(
        judged.rows[:, list(columns)], judged.errors, link, most
    )
    bins = reliability(left_out, judged.errors)
    intercept, characters, log_probability, ratio = (round(float(each), 4) for each in weights)
    return ErrorMap(
        unit=unit,
        fitted_on=fitted_on,
        link=link,
        intercept=intercept,
        characters=characters,
        log_probability=log_probability,
        ratio=ratio,
        most=most,
        calibration_error=round(calibration_error(bins), 3),
        kendall=round(kendall(left_out.tolist(), judged.errors.tolist()), 3),
        pearson=round(pearson(left_out.tolist(), judged.errors.tolist()), 3),
        reliability=bins,
    )


def left_out_errors(rows: Vector, judged: Judged, link: Link, most: float) -> Vector:
    """Return the expected error of each segment by a map that was fitted without its group."""
    expected = numpy.zeros(len(judged.errors))
    for group in numpy.unique(judged.groups):
        inside = judged.groups == group
        weights = fitted(rows[~inside], judged.errors[~inside], link, most)
        expected[inside] = errors_of(rows[inside], weights, link, most)
    return expected


def errors_of(rows: Vector, weights: Vector, link: Link, most: float) -> Vector:
    """Return the expected errors of rows of features."""
    totals = weights[0] + rows @ weights[1:]
    if link == "exp":
        return numpy.asarray(numpy.minimum(most, numpy.exp(totals)))
    return numpy.asarray(most / (1 + numpy.exp(-totals)))


def fitted(rows: Vector, errors: Vector, link: Link, most: float) -> Vector:
    """Fit a map by Newton's method: quasi-Poisson for `exp`, a fractional logit for `share`.

    Of the two (McCullagh and Nelder 1989; Papke and Wooldridge 1996) both give expected values
    that are right on average, whatever the errors' distribution.
    """
    table = numpy.column_stack([numpy.ones(len(rows)), rows])
    scale = 1.0 if link == "exp" else most
    wanted = errors / scale
    mean = wanted.mean()
    weights = numpy.zeros(table.shape[1])
    weights[0] = math.log(mean) if link == "exp" else math.log(mean / (1 - mean))
    for _ in range(50):
        totals = numpy.clip(table @ weights, -20, 20)
        expected = numpy.exp(totals) if link == "exp" else 1 / (1 + numpy.exp(-totals))
        variance = expected if link == "exp" else expected * (1 - expected)
        curvature = table.T @ (table * variance[:, None])
        step = numpy.linalg.solve(curvature, table.T @ (wanted - expected))
        weights = weights + step
        if numpy.abs(step).max() < 1e-9:
            break
    return weights


def reliability(expected: Vector, errors: Vector) -> tuple[Bin, ...]:
    """Return bins of segments with similar expected error and equal size."""
    return tuple(
        Bin(round(float(expected[own].mean()), 2), round(float(errors[own].mean()), 2), len(own))
        for own in numpy.array_split(numpy.argsort(expected), BINS)
    )


def calibration_error(bins: Sequence[Bin]) -> float:
    """Return the mean distance of expected and measured error (expected calibration error)."""
    total = sum(each.segments for each in bins)
    return sum(abs(each.expected - each.found) * each.segments for each in bins) / total


def show(name: str, fit: ErrorMap) -> None:
    """Print a map and its reliability."""
    print(f"{name}: {fit.unit}, {fit.fitted_on}")
    print(
        f"  {fit.link}({fit.intercept} + {fit.characters} ln characters + "
        f"{fit.log_probability} log-probability + {fit.ratio} ln ratio)"
    )
    print(
        f"  left out: Kendall {fit.kendall}, Pearson {fit.pearson}, calibration error "
        f"{fit.calibration_error}"
    )
    show_bins(fit.reliability)


def show_bins(bins: Sequence[Bin]) -> None:
    """Print expected and found error by bins."""
    for label, value in (
        ("expected", lambda each: each.expected),
        ("found", lambda each: each.found),
    ):
        read: Callable[[Bin], float] = value
        print(f"  {label:<9}" + " ".join(f"{read(each):>6.2f}" for each in bins))


def check(own: ErrorMap, translator: Translator, source: Path, reference: Path) -> None:
    """Measure the map of own words on sentences that took no part in it."""
    pairs = list(
        zip(
            source.read_text(encoding="utf-8").splitlines(),
            reference.read_text(encoding="utf-8").splitlines(),
            strict=True,
        )
    )
    judged = judged_own(translator, pairs)
    weights = numpy.array([own.intercept, own.characters, own.log_probability, own.ratio])
    expected = errors_of(judged.rows, weights, own.link, own.most)
    bins = reliability(expected, judged.errors)
    print(
        f"  on {source.name}, {len(pairs)} sentences: Kendall "
        f"{kendall(expected.tolist(), judged.errors.tolist()):.3f}, Pearson "
        f"{pearson(expected.tolist(), judged.errors.tolist()):.3f}, calibration error "
        f"{calibration_error(bins):.2f}; confidence alone: Kendall "
        f"{kendall((-judged.rows[:, 1]).tolist(), judged.errors.tolist()):.3f}"
    )
    show_bins(bins)


def write(options: argparse.Namespace, resolved: ResolvedModel, calibration: Calibration) -> None:
    """Write the file, and SHA256SUMS where it lies beside the weights."""
    folder = resolved.folder
    if options.output is None and folder is None:
        raise SystemExit(f"{resolved.name}: has no folder; name a file with --output")
    path: Path = options.output or Path(str(folder)) / CALIBRATION
    write_calibration(path, calibration)
    if folder is not None and options.output is None and read_sums(folder) is not None:
        write_sums(folder, sealed_files(folder))
    print(f"{path}: written")


if __name__ == "__main__":
    main()
