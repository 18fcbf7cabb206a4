"""Measure how often `compare` and a gate detect a worse copy, and raise false alarms.

    python scripts/measure_gates.py SYSTEM.txt --source zh.txt --reference en.txt \\
        --other OTHER_SYSTEM.txt

In each of 100 seeded trials one copy of SYSTEM has 5 % of its sentences damaged (words lost,
words swapped, a sentence of another line, left empty, a number or a negation changed), and one
is equal. With OTHER, two systems are made that are equal by construction although almost every
sentence differs: each takes a random one of the two outputs, and the other system the other.
What is called worse there is a false alarm; it should happen in 5 of 100 trials.
"""

import argparse
import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy

from pipeline.config.gate_rule import GateRule
from pipeline.evaluate.gates import MeasuredOutput, judge
from pipeline.evaluate.inputs.set_files import file_segments, read_lines
from pipeline.evaluate.metrics.formulas import Matrix
from pipeline.evaluate.metrics.metrics import metric
from pipeline.evaluate.results import EvaluationSet, Output
from pipeline.evaluate.significance import (
    bootstrap_p_value,
    randomization_p_values,
    resampled_scores,
)

SHARE = 0.05
METRICS = ("chrf++", "bleu")
TRIALS_OF_TEST = 2000
MAX_DROP = 0.5


def main() -> None:
    """Print rates for damaged, equal and exchangeable copies."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("system", type=Path)
    parser.add_argument("--source", type=Path, required=True)
    parser.add_argument("--reference", type=Path, required=True)
    parser.add_argument("--other", type=Path, help="Another system's output.")
    parser.add_argument("--trials", type=int, default=100)
    options = parser.parse_args()
    test_set = EvaluationSet(
        "set", tuple(file_segments(str(options.source), [str(options.reference)], None, "set"))
    )
    texts = read_lines(options.system, "system")
    other = read_lines(options.other, "other") if options.other else None
    counts: Counter[str] = Counter()
    counters = [(name, Counted(name, test_set)) for name in METRICS]
    for seed in range(options.trials):
        for name, own in counters:
            _trial(name, own, texts, other, seed, counts)
    for what, count in sorted(counts.items()):
        print(f"{what}: {count} of {options.trials}")


def _trial(
    name: str,
    own: "Counted",
    texts: Sequence[str],
    other: Sequence[str] | None,
    seed: int,
    counts: Counter[str],
) -> None:
    base = own.table(texts)
    for what, copy in (("damaged", damaged(texts, SHARE, seed)), ("equal", list(texts))):
        for test in ("randomization", "bootstrap"):
            worse = own.is_worse(base, own.table(copy), test)
            counts[f"{what} copy, {name}, compare ({test}) says worse"] += worse
        failed = own.gate_fails(base, own.table(copy), texts)
        counts[f"{what} copy, {name}, gate max_drop {MAX_DROP} fails"] += failed
    if other is not None:
        draw = random.Random(seed)
        flips = [draw.random() < 0.5 for _ in texts]
        one, two = (
            own.table(
                [b if flip == turn else a for a, b, flip in zip(texts, other, flips, strict=True)]
            )
            for turn in (True, False)
        )
        for test in ("randomization", "bootstrap"):
            alarm = own.is_worse(one, two, test) or own.is_worse(two, one, test)
            counts[f"exchangeable systems, {name}, compare ({test}) says different"] += alarm


class Counted:
    """One metric on one set; counts of a sentence are made once, whatever the trial."""

    def __init__(self, name: str, test_set: EvaluationSet) -> None:
        self._metric = metric(name)  # type: ignore[arg-type]
        self._set = test_set
        self._rows: dict[tuple[int, str], Matrix] = {}

    def table(self, texts: Sequence[str]) -> Matrix:
        """Return the counts of a system; only sentences never seen are counted."""
        new = [at for at, text in enumerate(texts) if (at, text) not in self._rows]
        if new:
            part = replace(self._set, segments=tuple(self._set.segments[at] for at in new))
            rows = self._metric.statistics(part, [texts[at] for at in new]).rows
            self._rows |= {(at, texts[at]): row for at, row in zip(new, rows, strict=True)}
        return numpy.vstack([self._rows[at, text] for at, text in enumerate(texts)])

    def is_worse(self, a: Matrix, b: Matrix, test: str) -> bool:
        """True if b is significantly worse than a at 0.05."""
        score = self._metric.corpus
        sums = [table.sum(axis=0, keepdims=True) for table in (a, b)]
        delta = float(score(sums[1])[0] - score(sums[0])[0])
        if test == "bootstrap":
            drawn = resampled_scores([a, b], [score, score], 1000)
            p_value = bootstrap_p_value(drawn[0], drawn[1], delta)
        else:
            [p_value] = randomization_p_values([(a, b, score)], TRIALS_OF_TEST)
        return delta < 0 and p_value < 0.05

    def gate_fails(self, a: Matrix, b: Matrix, texts: Sequence[str]) -> bool:
        """True if a gate that allows MAX_DROP points fails for b."""
        output = Output("copy", tuple(texts))
        old, new = (MeasuredOutput(self._metric, self._set, output, table) for table in (a, b))
        return not judge(GateRule(max_drop=MAX_DROP, against="base"), new, old)[0].passed


def damaged(texts: Sequence[str], share: float, seed: int) -> list[str]:
    """Return a copy in which a share of the sentences has one of six kinds of damage."""
    draw = random.Random(seed)
    copy = list(texts)
    for at in draw.sample(range(len(texts)), round(share * len(texts))):
        words = texts[at].split()
        kind = draw.randrange(6)
        if kind == 0:
            copy[at] = " ".join(words[: len(words) // 2])
        elif kind == 1:
            draw.shuffle(words)
            copy[at] = " ".join(words)
        elif kind == 2:
            copy[at] = texts[draw.randrange(len(texts))]
        elif kind == 3:
            copy[at] = ""
        elif kind == 4:
            copy[at] = re.sub(r"\d", lambda found: str((int(found[0]) + 1) % 10), texts[at])
        else:
            copy[at] = " ".join(word for word in words if word not in ("not", "no", "never"))
        if copy[at] == texts[at]:  # no number, no negation: lose words instead
            copy[at] = " ".join(words[: len(words) // 2])
    return copy


if __name__ == "__main__":
    main()
