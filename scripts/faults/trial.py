"""One fault: a run with it, a run after it, and a comparison with a clean run."""

import random
import shutil
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from faults import workspace
from faults.program import Ended, Meanwhile, Runner

PROBLEMS = ("lost", "wrong exit", "traceback", "left over", "leaked")

Problem = tuple[str, str]
"""One of PROBLEMS, and what was seen."""


@dataclass(slots=True)
class Trial:
    """What a fault may use: a folder, a clean run to look up, and numbers that a seed decides."""

    folder: Path
    clean: Path
    random: random.Random
    runner: Runner
    port: int = 0
    """Where a server for this trial has to listen."""
    allowed: frozenset[int] = frozenset()
    """Exit codes that the documentation has for the fault."""
    problems: list[Problem] = field(default_factory=list)
    cleanup: ExitStack = field(default_factory=ExitStack)

    def run(self, meanwhile: Meanwhile | None = None, file_bytes: int | None = None) -> Ended:
        """Run the config of this trial's folder."""
        return self.runner(self.folder, meanwhile, file_bytes)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fault.

    `inject` runs the program with the fault, takes the fault away and says how the run ended;
    `afterwards` is what the following run needs, such as a healthy server.
    """

    name: str
    inject: Callable[[Trial], Ended]
    allowed: frozenset[int]
    """Exit codes that the documentation has for it; `inject` may narrow them."""
    setting: str = "plain"
    finished: bool = False
    """True if it strikes a finished run, not a new one."""
    in_process: bool = True
    """True if it needs no process of its own, so that the test suite can try it quickly."""
    afterwards: Callable[[Trial], None] = lambda trial: None


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one fault."""

    number: int
    kind: str
    exit_code: int
    problems: tuple[Problem, ...]


def try_fault(
    kind: Kind, number: int, seed: int, folder: Path, clean: Path, runner: Runner
) -> Result:
    """Inject a fault, run again without it, and say what is wrong."""
    generator = random.Random(f"{seed} {number} {kind.name}")
    with ExitStack() as cleanup:
        trial = Trial(folder, clean, generator, runner, cleanup=cleanup, allowed=kind.allowed)
        _prepare(trial, kind)
        first = kind.inject(trial)
        kind.afterwards(trial)
        second = trial.run()
        problems = [*trial.problems, *_judge_first(trial, first), *_judge_second(trial, second)]
    shutil.rmtree(folder)
    return Result(number, kind.name, first.exit_code, tuple(problems))


def _prepare(trial: Trial, kind: Kind) -> None:
    if kind.finished:
        shutil.copytree(trial.clean, trial.folder)
    else:
        workspace.write_input(trial.folder)
        workspace.write_config(trial.folder, kind.setting)


def _judge_first(trial: Trial, ended: Ended) -> list[Problem]:
    problems = []
    if "Traceback (most recent call last)" in ended.output:
        problems.append(("traceback", _last_line(ended)))
    if ended.exit_code not in trial.allowed:
        expected = " or ".join(map(str, sorted(trial.allowed)))
        seen = f"{ended.exit_code} instead of {expected}: {_last_line(ended)}"
        problems.append(("wrong exit", seen))
    return problems


def _judge_second(trial: Trial, ended: Ended) -> list[Problem]:
    problems = []
    if "Traceback (most recent call last)" in ended.output:
        problems.append(("traceback", f"in the next run: {_last_line(ended)}"))
    if ended.exit_code != 0:
        problems.append(("lost", f"the next run exits {ended.exit_code}: {_last_line(ended)}"))
    elif different := workspace.differences(trial.clean, trial.folder):
        problems.append(("lost", "; ".join(different[:4])))
    if left := workspace.leftovers(trial.folder):
        problems.append(("left over", ", ".join(left)))
    return problems


def _last_line(ended: Ended) -> str:
    lines = ended.output.strip().splitlines()
    return lines[-1][:300] if lines else "(no output)"
