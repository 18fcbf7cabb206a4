"""Many pairs checked in several processes: the same findings, in the same order."""

import os
import signal
import sys
from pathlib import Path

import pytest

from pipeline.check.findings import several
from pipeline.check.findings.several import Checker
from pipeline.commands import check
from pipeline.errors import PipelineError
from pipeline.language.glossary import parse_glossary
from pipeline.signals import MESSAGE
from tests.commandline import call
from tests.test_processes import ends, members, started, waited

PAIRS = (
    ("参会人数不少于{}人。", "No more than {} people attended."),
    ("他没有去过这里{}次。", "He has been here {} times."),
    ("一网通办服务了{}万人。", "The portal served {}0,000 people."),
    ("出口增长{}%。", "Exports rose {}%."),
)
ROWS = [[text.format(n) for text in PAIRS[n % 4]] for n in range(3, 153)]
TERMS = "一网通办\tAll Services on One Network\n"
# The command with two cores, for which no table is too small.
PROGRAM = """
import pipeline.check.findings.several as several
from pipeline.cli import main
from pipeline.commands import check

several._FEWEST = 1
check.available_threads = lambda: 2
main()
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "pairs.tsv"
    lines = ["zh\ten", *("\t".join(row) for row in ROWS)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (tmp_path / "terms.tsv").write_text(TERMS, encoding="utf-8")
    return path


def test_the_command_says_the_same_whatever_the_number_of_cores(
    table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(several, "_FEWEST", len(ROWS))
    answers = []
    for cores in (1, 2):
        monkeypatch.setattr(check, "available_threads", lambda cores=cores: cores)
        terms = str(table.with_name("terms.tsv"))
        answers.append(call("check", str(table), "--format", "json", "--glossary", terms))
    assert answers[0].code == 0
    assert b'"terms"' in answers[0].stdout
    assert answers[0] == answers[1]


def test_few_pairs_start_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Checker, "_shared", None)
    pairs = [(zh, en, ()) for zh, en in ROWS]
    assert len(list(Checker(None, 8)(pairs))) == len(pairs)


def test_a_killed_process_is_a_line_and_then_this_one_checks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(several, "_FEWEST", 1)
    checker = Checker(parse_glossary(TERMS), 2)
    pairs = [(zh, en, ()) for zh, en in ROWS[:60]]
    right = list(Checker(parse_glossary(TERMS))(pairs))
    assert list(checker(pairs)) == right
    pool = checker._pool
    assert pool is not None
    with pytest.raises(PipelineError, match="was killed; see whether"):
        pool.submit(os._exit, 9)()
    with pytest.raises(PipelineError, match="was killed; see whether"):
        list(checker(pairs))
    assert list(checker(pairs)) == right


@pytest.mark.skipif(not Path("/proc").exists(), reason="processes are looked for in /proc")
@pytest.mark.parametrize("case", ["Ctrl-C", "killed worker"])
def test_the_command_ends_with_a_line_and_leaves_no_process(case: str, table: Path) -> None:
    lines = ["zh\ten", *("\t".join(row) for row in ROWS * 80)]
    table.write_text("\n".join(lines), encoding="utf-8")
    with started([sys.executable, "-c", PROGRAM, "check", str(table)]) as program:
        workers: list[int] = []

        def are_there() -> bool:
            parents = members(program.pid)
            workers[:] = [one for one, parent in parents.items() if parents.get(parent, 1) != 1]
            workers[:] = [one for one in workers if parents[one] != program.pid]
            return len(workers) == 2

        assert waited(are_there)
        if case == "Ctrl-C":
            os.killpg(program.pid, signal.SIGINT)
        else:
            os.kill(workers[0], signal.SIGKILL)
        _, messages = program.communicate(timeout=60)
        assert ends(program.pid)
    [line] = messages.strip().splitlines()
    if case == "Ctrl-C":
        assert (program.returncode, line) == (130, MESSAGE)
    else:
        assert program.returncode == 1
        assert line.startswith("Error: a process that shares the work was killed; see whether")
