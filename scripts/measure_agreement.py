"""Compare the agreement of chrF with experts on WMT21 TED zh-en with brute-force definitions.

    python scripts/measure_agreement.py DATA_FOLDER

DATA_FOLDER has mqm_ted_zhen.tsv.xz (annotations) and avg_seg_scores.tsv (Google's averages) of
google/wmt-mqm-human-evaluation. Prints every statistic as `pipeline evaluate` computes it, as it
follows from its definition, and the largest difference of the averages.
"""

import argparse
import itertools
import lzma
import math
import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy
from sacrebleu.metrics.chrf import CHRF

from pipeline.evaluate.human import agreement
from pipeline.evaluate.human.ratings import penalty
from pipeline.evaluate.metrics.formulas import Matrix


def main() -> None:
    """Print a line per statistic."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    human, scores, systems = read(parser.parse_args().data)
    gold = human.mean(axis=1)
    epsilon = agreement.tie_threshold(human, scores)
    flat = human.ravel(), scores.ravel()
    rows = [
        ("systems: Pearson", agreement.pearson(gold, systems), pearson(gold, systems)),
        ("systems: Spearman", agreement.spearman(gold, systems), spearman(gold, systems)),
        ("systems: Kendall", agreement.kendall(gold, systems), kendall(gold, systems)),
        (
            "systems: pairwise accuracy",
            float(agreement.pair_agreement(gold, systems).mean()),
            float(numpy.mean(numpy.sign(gaps(gold)) == numpy.sign(gaps(systems)))),
        ),
        ("segments: Pearson", agreement.pearson(*flat), pearson(*flat)),
        ("segments: Spearman", agreement.spearman(*flat), spearman(*flat)),
        ("segments: Kendall", agreement.kendall(*flat), kendall(*flat)),
        (
            "segments: Kendall by segment",
            float(numpy.nanmean(agreement.kendall_by_segment(human, scores))),
            by_segment(kendall, human, scores),
        ),
        (
            "segments: Spearman by segment",
            float(numpy.nanmean(agreement.spearman_by_segment(human, scores))),
            by_segment(spearman, human, scores),
        ),
        (
            "segments: accuracy with ties",
            float(numpy.nanmean(agreement.tie_accuracy(human, scores, epsilon))),
            best_accuracy(human, scores),
        ),
    ]
    for name, ours, theirs in rows:
        print(f"{name:32} {ours:.12f} {theirs:.12f} {abs(ours - theirs):.1e}")


def read(folder: Path) -> tuple[Matrix, Matrix, Matrix]:
    """Return Google's averages, chrF of the segments, and chrF of the systems."""
    averages = {}
    for line in (folder / "avg_seg_scores.tsv").read_text("utf-8").splitlines()[1:]:
        system, score, segment = line.split()
        if score != "None":
            averages[system, segment] = float(score)
    texts: dict[str, dict[str, str]] = defaultdict(dict)
    sums: dict[tuple[str, str], float] = defaultdict(float)
    with lzma.open(folder / "mqm_ted_zhen.tsv.xz", "rt", encoding="utf-8") as file:
        head = next(file).rstrip("\n").split("\t")
        for line in file:
            row = dict(zip(head, line.rstrip("\n").split("\t"), strict=True))
            texts[row["system"]][row["seg_id"]] = re.sub(r"</?v>", "", row["target"]).strip()
            sums[row["system"], row["seg_id"]] -= penalty(row["category"], row["severity"])
    references = texts.pop("ref")
    segments = sorted(references, key=int)
    gap = max(abs(sums[key] - averages[key]) for key in sums if key in averages)
    print(f"{len(texts)} systems, {len(segments)} segments; largest gap of averages: {gap:.1e}")
    chrf = CHRF()
    wanted = [references[segment] for segment in segments]
    outputs = [[texts[name][segment] for segment in segments] for name in texts]
    human = [[averages.get((n, s), sums[n, s]) for s in segments] for n in texts]
    sentences = [
        [chrf.sentence_score(a, [b]).score for a, b in zip(output, wanted, strict=True)]
        for output in outputs
    ]
    whole = [chrf.corpus_score(output, [wanted]).score for output in outputs]
    return numpy.array(human), numpy.array(sentences), numpy.array(whole)


def pearson(a: Matrix, b: Matrix) -> float:
    """Return r with numpy's own function; NaN if a vector is constant."""
    return float(numpy.corrcoef(a, b)[0, 1]) if a.std() and b.std() else math.nan


def spearman(a: Matrix, b: Matrix) -> float:
    """Return r of the ranks, which are counted one by one."""
    ranks = [numpy.array([(v < o).sum() + ((v == o).sum() + 1) / 2 for o in v]) for v in (a, b)]
    return pearson(*ranks)


def kendall(a: Matrix, b: Matrix) -> float:
    """Return tau-b over all pairs, one value after another."""
    total = untied_a = untied_b = 0
    for place in range(len(a) - 1):
        signs = numpy.sign(a[place] - a[place + 1 :]), numpy.sign(b[place] - b[place + 1 :])
        total += int((signs[0] * signs[1]).sum())
        untied_a += int((signs[0] != 0).sum())
        untied_b += int((signs[1] != 0).sum())
    size = math.sqrt(untied_a * untied_b)
    return total / size if size else math.nan


def by_segment(function: Callable[[Matrix, Matrix], float], human: Matrix, scores: Matrix) -> float:
    """Return the mean of a statistic over the systems of each segment."""
    values = [function(h, m) for h, m in zip(human.T, scores.T, strict=True)]
    return float(numpy.nanmean(values))


def gaps(values: Matrix) -> Matrix:
    """Return the difference of every pair of values."""
    return numpy.array([a - b for a, b in itertools.combinations(values, 2)])


def best_accuracy(human: Matrix, scores: Matrix) -> float:
    """Return the highest accuracy with ties over all thresholds, from coarse to fine."""
    h = numpy.sign([gaps(column) for column in human.T])
    m = numpy.array([gaps(column) for column in scores.T])
    sizes = numpy.unique(numpy.abs(m))
    low, high, best = 0, len(sizes) - 1, 0.0
    for step in (500, 20, 1):  # every 500th threshold, then all around the best
        places = range(low, high + 1, step)
        values = [_accuracy(h, m, sizes[place]) for place in places]
        best = max(values)
        centre = places[values.index(best)]
        low, high = max(0, centre - step), min(len(sizes) - 1, centre + step)
    return max(best, _accuracy(h, m, 0.0))


def _accuracy(h: Matrix, m: Matrix, epsilon: float) -> float:
    return float((h == numpy.sign(numpy.where(numpy.abs(m) <= epsilon, 0, m))).mean())


if __name__ == "__main__":
    main()
