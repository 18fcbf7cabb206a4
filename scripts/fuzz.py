"""Fuzz the readers, the segmenter, the checks and the configs for as long as wanted.

    python scripts/fuzz.py --seconds 600
    python scripts/fuzz.py --seconds 60 --target checks --target read-page.html

Prints a table: target, examples tried, failures that differ, slowest example; then the smallest
input of each failure. Exits with 1 if there is one. `--seed` repeats a session.
"""

import argparse
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, seed, settings

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.fuzz_targets import Target, targets

EXAMPLES_OF_A_ROUND = 100


@dataclass
class Result:
    """What came of one target; `failures` are the smallest inputs by what they raised."""

    examples: int = 0
    slowest: float = 0.0
    failures: dict[str, object] = field(default_factory=dict)


def main() -> None:
    """Share the time among the targets, print the table and the failures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=600, help="how long, all together")
    parser.add_argument("--target", action="append", help="only this target (may be repeated)")
    parser.add_argument("--seed", type=int, default=1, help="of the first round")
    options = parser.parse_args()
    known = targets()
    if unknown := set(options.target or ()) - set(known):
        parser.error(f"unknown target {', '.join(unknown)}; known are {', '.join(known)}")
    chosen = options.target or list(known)
    results = {
        name: fuzz(known[name], options.seconds / len(chosen), options.seed) for name in chosen
    }
    print(f"{'target':32} {'examples':>9} {'failures':>9} {'slowest':>9}")
    for name, result in results.items():
        print(f"{name:32} {result.examples:9,} {len(result.failures):9} {result.slowest:8.2f}s")
    for name, result in results.items():
        for reason, smallest in result.failures.items():
            print(f"\n{name}: {reason}\n  {smallest!r}")
    sys.exit(any(result.failures for result in results.values()))


def fuzz(target: Target, seconds: float, first_seed: int) -> Result:
    """Try a target in rounds, each with the next seed, until the time is over."""
    result = Result()
    end = time.monotonic() + seconds
    number = first_seed
    while time.monotonic() < end:
        _round(target, number, result, end)
        number += 1
    return result


def _round(target: Target, number: int, result: Result, end: float) -> None:
    last: list[object] = []

    @seed(number)
    @settings(
        max_examples=EXAMPLES_OF_A_ROUND,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    @given(target.inputs)
    def holds(value: Any) -> None:
        if time.monotonic() > end and not last:
            return
        start = time.monotonic()
        try:
            target.holds(value)
        except Exception:
            last[:] = [value]  # hypothesis shrinks: the last one that fails is the smallest
            raise
        finally:
            result.examples += 1
            result.slowest = max(result.slowest, time.monotonic() - start)

    try:
        holds()
    except Exception as error:  # noqa: BLE001 (whatever is raised is what was looked for)
        place = _place(error)
        reason = f"{type(error).__name__} at {place}: {str(error).splitlines()[0][:200]}"
        result.failures.setdefault(reason if place else type(error).__name__, *last[:1] or [None])


def _place(error: Exception) -> str:
    """Return the innermost line of the project that an error came through."""
    place, trace = "", error.__traceback__
    root = str(Path(__file__).resolve().parents[1])
    while trace:
        name = trace.tb_frame.f_code.co_filename
        if name.startswith(root) and "/.venv/" not in name:
            place = f"{Path(name).relative_to(root)}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


if __name__ == "__main__":
    main()
