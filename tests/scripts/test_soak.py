"""scripts/soak.py names the report as a phase of its own, and says how much memory it took."""

import json
from pathlib import Path

from soak import Moment, progress, verdict


def test_what_follows_the_last_stage_is_the_report(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    events = [
        {"event": "run"},
        {"event": "progress", "stage": "score", "done": 5, "total": 10},
        {"event": "stage", "stage": "score"},
    ]
    lines = [json.dumps(event) + "\n" for event in events]
    log.write_text("".join(lines[:2]))
    assert progress(log) == ("score", 0.5)
    log.write_text("".join(lines))
    assert progress(log) == ("report", 0.0)


def test_a_report_may_take_a_little_for_each_article() -> None:
    stages = [Moment(n, n, "score", n / 10, 200.0) for n in range(9)]
    for megabytes, holds in ((258.0, True), (262.0, False)):
        report = Moment(9, 9, "report", 0.0, megabytes)
        text, is_flat = verdict([*stages, report], 10_000)
        assert is_flat is holds
        assert f"report: {'holds' if holds else 'TOO MUCH'}: at most {megabytes:.0f} MB" in text
