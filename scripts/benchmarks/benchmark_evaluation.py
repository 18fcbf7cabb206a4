"""Time an evaluation beside sacreBLEU's own paired test, and see whether they agree.

    python scripts/benchmarks/benchmark_evaluation.py DATA_FOLDER

DATA_FOLDER has zh.txt, en.txt, one SYSTEM.en.txt per system, and published.tsv
(system, BLEU, …) to compare with. Every system is scored with BLEU, chrF++ and TER with
1000 bootstrap samples, and every pair is tested. sacreBLEU tests one baseline against the
others; its time is given for that and for every baseline in turn, which is all pairs.
"""

import argparse
import os
import tempfile
import time
from itertools import combinations
from pathlib import Path

from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF
from sacrebleu.metrics.ter import TER
from sacrebleu.significance import PairedTest

from pipeline.evaluate.config import EvaluationConfig
from pipeline.evaluate.evaluate import evaluate
from pipeline.evaluate.results import SetResult

NAMES = {"bleu": "BLEU", "chrf++": "chrF2++", "ter": "TER"}


def main() -> None:
    """Print times, scores beside the published ones, and the largest difference."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--skip-peer", action="store_true", help="Time only ours.")
    options = parser.parse_args()
    published = dict(
        line.split("\t")[:2]
        for line in (options.data / "published.tsv").read_text(encoding="utf-8").splitlines()
    )
    tests: tuple[str, ...] = ("randomization", "bootstrap")
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        for test in tests:
            config = _config(
                options.data, list(published), Path(folder) / test, test, options.threads
            )
            for round_ in ("nothing counted yet", "everything counted"):
                begun = _now()
                results[test] = evaluate(config).sets[0]
                print(
                    f"ours, {test}, all {_pairs(published)} pairs, {round_}: {_since(begun)}",
                    flush=True,
                )
    _print_scores(results["randomization"], published)
    if not options.skip_peer:
        for test in tests:
            _beside_peer(options.data, list(published), test, results[test])


def _now() -> tuple[float, float]:
    """Return wall and processor seconds, those of child processes included."""
    used = os.times()
    return time.perf_counter(), used.user + used.system + used.children_user + used.children_system


def _since(begun: tuple[float, float]) -> str:
    now = _now()
    return f"{now[0] - begun[0]:.1f} s ({now[1] - begun[1]:.1f} s of processor time)"


def _pairs(systems: dict[str, str]) -> int:
    return len(systems) * (len(systems) - 1) // 2


def _config(
    data: Path, systems: list[str], output: Path, test: str, threads: int
) -> EvaluationConfig:
    return EvaluationConfig.model_validate(
        {
            "output": str(output),
            "sets": [
                {
                    "kind": "files",
                    "name": data.name,
                    "source": str(data / "zh.txt"),
                    "references": [str(data / "en.txt")],
                }
            ],
            "systems": [
                {"kind": "file", "name": name, "path": str(data / f"{name}.en.txt")}
                for name in systems
            ],
            "test": test,
            "runtime": {"threads": threads},
        }
    )


def _print_scores(result: SetResult, published: dict[str, str]) -> None:
    for system in result.systems:
        scores = "  ".join(
            f"{each.name} {each.score:.1f} ({each.low:.1f} to {each.high:.1f}) rank {each.rank}"
            for each in system.metrics
        )
        equal = f"{system.metrics[0].score:.1f}" == published[system.name]
        word = "equal to" if equal else "NOT"
        print(f"{system.name}: {scores}; BLEU {word} the published {published[system.name]}")
    for each in result.systems[0].metrics:
        print(f"{each.name}: {each.signature}")


def _beside_peer(data: Path, systems: list[str], test: str, result: SetResult) -> None:
    """Time sacreBLEU's test of all pairs and print where p-values differ most."""
    texts = {
        name: (data / f"{name}.en.txt").read_text(encoding="utf-8").splitlines() for name in systems
    }
    references = [(data / "en.txt").read_text(encoding="utf-8").splitlines()]
    own = {(each.a, each.b, each.metric): each.p_value for each in result.comparisons}
    largest, flips, first, begun = 0.0, 0, "", _now()
    for at, baseline in enumerate(systems[:-1]):
        others = systems[at + 1 :]
        _, theirs = PairedTest(
            [(name, texts[name]) for name in (baseline, *others)],
            {"BLEU": BLEU(), "chrF2++": CHRF(word_order=2), "TER": TER()},
            references,
            test_type="ar" if test == "randomization" else "bs",
            n_samples=10_000 if test == "randomization" else 1000,
            n_ar_confidence=1000 if test == "randomization" else -1,
        )()
        first = first or _since(begun)
        for place, name in enumerate(others, start=1):
            for metric, label in NAMES.items():
                expected = float(theirs[label][place].p_value)  # type: ignore[union-attr,arg-type]
                found = own[baseline, name, metric]
                largest = max(largest, abs(found - expected))
                flips += (found < 0.05) != (expected < 0.05)
    pairs = len(list(combinations(systems, 2)))
    print(
        f"sacreBLEU, {test}: one system against the others {first}, all {pairs} pairs "
        f"{_since(begun)}; largest difference of a p-value {largest:.4f}, "
        f"{flips} of {pairs * len(NAMES)} decisions at 0.05 differ"
    )


if __name__ == "__main__":
    main()
