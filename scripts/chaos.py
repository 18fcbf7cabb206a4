"""Injure runs in many ways, run them again, and count what was lost.

    python scripts/chaos.py --faults 100 --seed 1 --jobs 2
    python scripts/chaos.py --faults 20 --only kill-                  kills only
    python scripts/chaos.py --seed 1 --only disk-full --number 9      one fault again

Each fault strikes a small run: a kill, a full disk, a damaged file, a bad input or server. The run
must end with a documented exit code and without a traceback. The next run, without the fault, must
end with exit code 0 and the tables and report.json of a clean run, byte for byte.

The exit code is 1 if any fault ended badly; a line says how to repeat it. The moment of a kill
depends on the machine, everything else on the seed alone.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from faults import workspace
from faults.disks import means
from faults.kinds import KINDS
from faults.program import Runner, run_program
from faults.servers import serving
from faults.trial import PROBLEMS, Kind, Result, try_fault


def main() -> int:
    """Inject the faults, print the table and what ended badly."""
    options = _arguments()
    kinds = [kind for kind in KINDS if kind.name.startswith(options.only)]
    if not kinds:
        raise SystemExit(f"--only: no kind begins with '{options.only}'")
    numbers = range(options.faults) if options.number is None else [options.number]
    with tempfile.TemporaryDirectory(prefix="chaos-") as name:
        os.environ["XDG_CACHE_HOME"] = str(Path(name) / "cache")
        results = try_faults(kinds, numbers, options.seed, Path(name), run_program, options.jobs)
    print("\n".join(table_lines(results)))
    print(f"full disks: {means()}")
    for line in complaints(results, options.seed):
        print(line)
    return 1 if any(result.problems for result in results) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--faults", type=int, default=len(KINDS), help="how many (one of a kind)")
    parser.add_argument("--seed", type=int, default=1, help="of all random choices (default 1)")
    parser.add_argument("--jobs", type=int, default=1, help="faults at the same time (default 1)")
    parser.add_argument(
        "--only", metavar="KIND", default="", help="a kind, or the beginning of several, as shard-"
    )
    parser.add_argument("--number", type=int, help="only the fault with this number")
    return parser.parse_args()


def try_faults(
    kinds: Sequence[Kind],
    numbers: Sequence[int],
    seed: int,
    folder: Path,
    runner: Runner,
    jobs: int = 1,
) -> list[Result]:
    """Inject the numbered faults, kind after kind; `folder` is for clean and injured runs.

    Raises SystemExit if a run without any fault fails.
    """
    chosen = [(number, kinds[number % len(kinds)]) for number in numbers]
    clean = {}
    for setting in sorted({kind.setting for _, kind in chosen}):
        clean[setting] = make_clean(folder, setting, runner)

    def inject(numbered: tuple[int, Kind]) -> Result:
        number, kind = numbered
        trial = folder / f"fault{number}"
        result = try_fault(kind, number, seed, trial, clean[kind.setting], runner)
        problems = ", ".join(problem for problem, _ in result.problems)
        print(f"{number} {kind.name}: {problems or 'recovered'}", file=sys.stderr, flush=True)
        return result

    if jobs == 1:
        return list(map(inject, chosen))
    with ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(inject, chosen))


def make_clean(folder: Path, setting: str, runner: Runner) -> Path:
    """Run without any fault and return the folder."""
    clean = folder / f"clean-{setting}"
    workspace.write_input(clean)
    with ExitStack() as stack:
        port = 0 if setting == "plain" else stack.enter_context(serving(clean))
        workspace.write_config(clean, setting, port)
        ended = runner(clean, None, None)
    if ended.exit_code != 0:
        raise SystemExit(f"a clean run ({setting}) exits {ended.exit_code}:\n{ended.output}")
    return clean


def table_lines(results: Sequence[Result]) -> list[str]:
    """Return the table: kind × injected, recovered and each problem."""
    columns = ("injected", "recovered", *PROBLEMS)
    lines = ["".join([f"{'kind':<20}", *(f"{column:>12}" for column in columns)])]
    names = list(dict.fromkeys(result.kind for result in results))
    for name in [*names, "all"]:
        rows = [result for result in results if name in (result.kind, "all")]
        counts = [len(rows), sum(not row.problems for row in rows)]
        counts += [sum(problem in dict(row.problems) for row in rows) for problem in PROBLEMS]
        lines.append("".join([f"{name:<20}", *(f"{count:>12}" for count in counts)]))
    return lines


def complaints(results: Sequence[Result], seed: int) -> list[str]:
    """Return for each bad fault what was seen, and the command that repeats it."""
    lines: list[str] = []
    for result in results:
        where = f"{result.kind} {result.number}"
        lines.extend(f"{where}: {problem}: {seen}" for problem, seen in result.problems)
        if result.problems:
            again = f"--seed {seed} --only {result.kind} --number {result.number}"
            lines.append(f"    python scripts/chaos.py {again}")
    return lines


if __name__ == "__main__":
    sys.exit(main())
