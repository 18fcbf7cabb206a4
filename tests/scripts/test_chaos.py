"""scripts/chaos.py on itself: it recovers what can be recovered, and it notices a loss."""

import contextlib
import io
import signal
import subprocess
import sys
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import cast

import pytest

import pipeline.engine.translation.model
from chaos import complaints, table_lines, try_faults
from faults import workspace
from faults.kinds import KINDS
from faults.program import LIMIT_SECONDS, Ended, Meanwhile, Process, wait_for
from pipeline.cli import main
from pipeline.engine.store import Store
from pipeline.testing import EchoTranslator

QUICK = [kind for kind in KINDS if kind.in_process]


def run_here(folder: Path, meanwhile: Meanwhile | None, file_bytes: int | None) -> Ended:
    """Run the command line in this process."""
    assert meanwhile is None
    output = io.StringIO()
    arguments = ["pipeline", "run", "--config", "config.yaml"]
    with pytest.MonkeyPatch.context() as patch, contextlib.chdir(folder):
        patch.setattr(sys, "argv", arguments)
        patch.setattr(
            pipeline.engine.translation.model, "load_translator", lambda *_, **__: EchoTranslator()
        )
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            try:
                main()
            except SystemExit as end:
                return Ended(int(end.code or 0), output.getvalue())
            except Exception:  # noqa: BLE001 - what a process would print
                return Ended(1, output.getvalue() + traceback.format_exc())
    raise AssertionError("main never returns")


@pytest.fixture(autouse=True)
def _signals_as_before() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_every_kind_has_a_name_of_its_own() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS)


def test_nothing_is_lost_by_quick_faults(tmp_path: Path) -> None:
    results = try_faults(QUICK, range(len(QUICK)), 1, tmp_path, run_here)
    assert complaints(results, 1) == []
    *_, total = table_lines(results)
    assert total.split() == ["all", str(len(QUICK)), str(len(QUICK)), "0", "0", "0", "0", "0"]


def test_a_store_that_loses_rows_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds = [kind for kind in QUICK if kind.name == "memory-emptied"]
    write = Store.write

    def lossy(
        self: Store, table: str, key: str, rows: Sequence[object], failures: Sequence[object] = ()
    ) -> None:
        again = (tmp_path / "fault0").exists()
        write(self, table, key, rows[1:] if again else rows, failures)  # type: ignore[arg-type]

    monkeypatch.setattr(Store, "write", lossy)
    (result,) = try_faults(kinds, [0], 1, tmp_path, run_here)
    assert [problem for problem, _ in result.problems] == ["lost"]
    seen, again = complaints([result], 1)
    assert "translations/" in seen
    assert again.strip() == "python scripts/chaos.py --seed 1 --only memory-emptied --number 0"


def test_another_exit_code_and_a_traceback_are_noticed(tmp_path: Path) -> None:
    kinds = [kind for kind in QUICK if kind.name == "folder-held"]

    def rude(folder: Path, meanwhile: Meanwhile | None, file_bytes: int | None) -> Ended:
        ended = run_here(folder, meanwhile, file_bytes)
        if ended.exit_code == 5:
            return Ended(1, "Traceback (most recent call last):\nTimeout: .lock")
        return ended

    (result,) = try_faults(kinds, [3], 1, tmp_path, rude)
    assert dict(result.problems) == {
        "traceback": "Timeout: .lock",
        "wrong exit": "1 instead of 5: Timeout: .lock",
    }


def test_half_written_files_are_noticed(tmp_path: Path) -> None:
    kinds = [kind for kind in QUICK if kind.name == "folder-held"]

    def untidy(folder: Path, meanwhile: Meanwhile | None, file_bytes: int | None) -> Ended:
        ended = run_here(folder, meanwhile, file_bytes)
        (workspace.run_folder(folder) / "articles/.x.jsonl.1.partial").touch()
        return ended

    (result,) = try_faults(kinds, [0], 1, tmp_path, untidy)
    assert [problem for problem, _ in result.problems] == ["left over"]


class _Slow:
    """A process that ends after some waits; one wait may take an hour, as if both were stopped."""

    def __init__(self, waits: int) -> None:
        self.left = waits

    def wait(self, timeout: float) -> int:
        self.left -= 1
        if self.left >= 0:
            raise subprocess.TimeoutExpired("run", timeout)
        return 0


def test_a_run_has_as_many_seconds_as_both_were_awake() -> None:
    wait_for(cast(Process, _Slow(LIMIT_SECONDS - 1)))
    with pytest.raises(subprocess.TimeoutExpired):
        wait_for(cast(Process, _Slow(LIMIT_SECONDS)))
