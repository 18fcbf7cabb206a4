"""What a run tells while it works: progress in lines, for those who have no terminal."""

import pytest

from pipeline.engine.journal import Journal

# seconds since the start, units done of 4, what is written
PROGRESS = [
    (9.0, 1.0, ""),
    (10.0, 1.0, "translate  25% 8 sentences, about 30 s left"),
    (100.0, 3.9, "translate  97% 8 sentences, about 3 s left"),
    (100.0, 3.999, "translate  99% 8 sentences, about 1 s left"),
    # the line of the stage itself follows at once: nothing is left to tell
    (100.0, 4.0, ""),
]


@pytest.mark.parametrize(("seconds", "done", "line"), PROGRESS)
def test_progress_in_lines_says_how_far_and_how_long_and_leaves_the_end_to_the_stage(
    seconds: float,
    done: float,
    line: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    clock = [0.0]
    monkeypatch.setattr("pipeline.engine.journal.time.monotonic", lambda: clock[0])
    with Journal().task("translate", 4) as task:
        clock[0] = seconds
        task.update(done, "8 sentences")
    assert capsys.readouterr().err.strip() == line


def test_progress_without_a_known_end_counts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = [0.0]
    monkeypatch.setattr("pipeline.engine.journal.time.monotonic", lambda: clock[0])
    with Journal().task("segment", None) as task:
        clock[0] = 11.0
        task.update(640, "documents")
    assert capsys.readouterr().err.strip() == "segment    640 documents"
