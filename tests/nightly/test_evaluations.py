"""`pipeline history` of evaluations: a leaderboard over sets and over time."""

import json
from pathlib import Path

import pytest

from tests.commandline import call
from tests.evaluations import sentences, worsened, write_files

ENGLISH = sentences(30)
SHARES = {"2026-11-01": {"ours": 0.9, "theirs": 0.4}, "2026-11-08": {"ours": 0.2, "theirs": 0.4}}


@pytest.fixture(scope="module")
def evaluations(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("history")
    write_files(root, zh=["有人。"] * 30, en=ENGLISH)
    for night, shares in SHARES.items():
        systems = []
        for name, share in shares.items():
            for at, part in enumerate(("news", "talks")):
                write_files(root, **{f"{name}-{night}-{part}": worsened(ENGLISH, share, seed=at)})
            path = str(root / f"{name}-{night}-{{set}}.txt")
            systems.append({"kind": "file", "name": name, "path": path})
        config = {
            "output": str(root / "evaluations" / night),
            "sets": [
                {
                    "kind": "files",
                    "name": name,
                    "source": str(root / "zh.txt"),
                    "references": [str(root / "en.txt")],
                }
                for name in ("news", "talks")
            ],
            "systems": systems,
            "metrics": ["chrf", "ter"],
            "trials": 100,
            "bootstrap_samples": 0,
        }
        (root / "config.yaml").write_text(json.dumps(config), encoding="utf-8")
        answer = call("evaluate", "-c", str(root / "config.yaml"), "-q")
        assert answer.code == 0, answer.messages
    (root / "evaluations/latest").symlink_to("2026-11-08")
    damaged = root / "evaluations/2026-10-01"
    damaged.mkdir()
    (damaged / "evaluation.json").write_text('{"sets": [', encoding="utf-8")
    return root / "evaluations"


def scores_of(root: Path, night: str) -> dict[tuple[str, str, str], float]:
    value = json.loads((root / night / "evaluation.json").read_text(encoding="utf-8"))
    return {
        (test_set["name"], metric["name"], system["name"]): metric["score"]
        for test_set in value["sets"]
        for system in test_set["systems"]
        for metric in system["metrics"]
    }


def test_history_is_a_leaderboard_over_sets_and_over_time(evaluations: Path) -> None:
    answer = call("history", str(evaluations))
    assert answer.code == 0, answer.messages
    tables = [table.splitlines() for table in answer.text.strip().split("\n\n")]
    titles = [table[0].split(",")[0] for table in tables]
    assert titles == [
        *("news: chrF", "news: TER", "talks: chrF", "talks: TER"),
        *("mean of all sets: chrF", "mean of all sets: TER"),
    ]
    nights = [scores_of(evaluations, night) for night in SHARES]
    for table, title in zip(tables, titles, strict=True):
        name, metric = title.split(": ")
        assert table[1].split() == ["system", *SHARES, "trend", "change"]
        assert [line.split()[0] for line in table[2:]] == ["ours", "theirs"]  # the best tonight
        first, last = (
            [
                scores[test_set, metric, "ours"]
                for test_set in ("news", "talks")
                if name in (test_set, "mean of all sets")
            ]
            for scores in nights
        )
        old, new = sum(first) / len(first), sum(last) / len(last)
        assert f"{old:.1f}" in table[2]
        assert f"{new:.1f}" in table[2]
        assert ("▁█" if metric == "chrF" else "█▁") in table[2]
        assert table[2].endswith(f"{new - old:+.1f}")
    assert "(1)" in tables[0][2]
    assert "(2)" in tables[0][2]


def test_history_as_json_has_every_score(evaluations: Path) -> None:
    rows = json.loads(call("history", str(evaluations), "--json").text)
    assert [(row["name"], row["date"]) for row in rows] == [(night, night) for night in SHARES]
    for row in rows:
        values = {(s["set"], s["metric"], s["system"]): s["score"] for s in row["evaluation"]}
        assert values == scores_of(evaluations, row["name"])


def test_scores_of_a_changed_test_set_have_no_trend(evaluations: Path, tmp_path: Path) -> None:
    for number, night in enumerate(SHARES):
        path = evaluations / night / "evaluation.json"
        value = json.loads(path.read_text(encoding="utf-8"))
        value["sets"] = value["sets"][:1]
        value["sets"][0]["segments"] += number
        (tmp_path / night).mkdir()
        (tmp_path / night / "evaluation.json").write_text(json.dumps(value), encoding="utf-8")
    text = call("history", str(tmp_path)).text
    assert "▁" not in text
    assert text.count("Not comparable over time, because the test changed: 30 segments") == 2
    assert "31 segments" in text
    assert "mean of all sets" not in text


def test_a_folder_without_runs_and_evaluations_says_so(tmp_path: Path) -> None:
    answer = call("history", str(tmp_path))
    assert (answer.code, answer.text) == (0, "")
    assert "holds no run and no evaluation; name the folder above them" in answer.messages
    answer = call("history", str(tmp_path / "absent"))
    assert answer.code == 2
    assert "absent: no such folder; name the one that holds the runs" in answer.messages
