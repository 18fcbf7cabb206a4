"""scripts/benchmarks/benchmark_gpu.py: how busy a GPU was counts only while a side translates."""

import json
from datetime import datetime

import pytest

from benchmark_gpu import (
    EVERY_SECONDS,
    QUESTION,
    Sample,
    mean_busy,
    peak_gpu_megabytes,
    samples_of,
)
from benchmark_ours import translating

SAMPLES = [
    Sample(1.0, 0, 500),
    Sample(2.0, 90, 4000),
    Sample(3.0, 70, 4100),
    Sample(4.0, 5, 3900),
]
MEANS = [(2.0, 3.0, 80.0), (1.5, 3.9, 80.0), (0.0, 9.0, 41.25), (3.1, 3.9, None), (9.0, 0.0, None)]


@pytest.mark.parametrize(("begin", "end", "mean"), MEANS)
def test_the_mean_is_of_the_time_in_which_a_side_translates(
    begin: float, end: float, mean: float | None
) -> None:
    assert mean_busy(SAMPLES, begin, end) == mean


def test_peak_memory_is_of_all_samples() -> None:
    assert peak_gpu_megabytes(SAMPLES) == 4100
    assert peak_gpu_megabytes([]) is None


def test_nvidia_smi_is_read_in_the_time_of_this_machine() -> None:
    text = """
2026/11/27 03:25:15.250, 87, 4021
2026/11/27 03:25:15.350, [N/A], 4021
2026/11/27 03:25:15.450, 91, 4030
2026/11/27 03:25:15.5"""
    first = datetime(2026, 11, 27, 3, 25, 15, 250_000).timestamp()
    found = samples_of(text)
    assert [(each.busy, each.megabytes) for each in found] == [(87, 4021), (91, 4030)]
    assert found[0].time == first
    assert found[1].time == pytest.approx(first + 0.2)


def test_both_ways_to_ask_ask_as_often() -> None:
    assert f"--loop-ms={EVERY_SECONDS * 1000:.0f}" in QUESTION


def log(*events: tuple[str, str, float]) -> str:
    """Write log.jsonl: event, stage and second of the day."""
    rows = [
        {"time": f"2026-11-27T00:00:{second:06.3f}+00:00", "event": event}
        | ({"stage": stage} if stage else {})
        for event, stage, second in events
    ]
    return "".join(json.dumps(row) + "\n" for row in rows)


MIDNIGHT = datetime.fromisoformat("2026-11-27T00:00:00+00:00").timestamp()
LOGS = [
    ([("window", "", 9.0), ("window", "", 9.5), ("window", "", 11.0)], 9.0),
    ([("window", "", 9.0)], 2.0),
    ([], 2.0),
]


@pytest.mark.parametrize(("windows", "begin"), LOGS)
def test_a_run_translates_from_its_first_window_to_the_end_of_the_stage(
    windows: list[tuple[str, str, float]], begin: float
) -> None:
    text = log(("stage", "segment", 2.0), *windows, ("stage", "translate", 11.5))
    text += log(("stage", "summarize", 12.0), ("ended", "", 13.0))
    assert translating(text) == pytest.approx((MIDNIGHT + begin, MIDNIGHT + 11.5))
