"""A gate in the config of a run, and two runs compared: real processes, exit code 4."""

import json
from pathlib import Path

import pytest

from tests.test_cli import CONFIG, call

PAGE = "# 湾区魅力 投资福地\n\n金山区有23个项目,总投资124亿元。企业办事更高效。今天天气很好。\n"
PAIRS = [
    ("金山区有23个项目,总投资124亿元。", "Jinshan has 23 projects worth 12.4 billion yuan."),
    ("企业办事更高效。", "Companies get things done faster."),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "input").mkdir()
    (tmp_path / "input/page.md").write_text(PAGE, encoding="utf-8")
    rows = [json.dumps({"zh": zh, "en": en}, ensure_ascii=False) for zh, en in PAIRS]
    (tmp_path / "pairs.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")
    text = CONFIG.replace("bootstrap_samples: 10", "references: [pairs.jsonl]")
    (tmp_path / "config.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def test_a_run_whose_gate_fails_ends_with_4_and_keeps_its_report(folder: Path) -> None:
    rule = "gate.chrf={min: 101}"
    machines = ("--junit", "gate.xml", "--github")
    answer = call(folder, "run", "--config", "config.yaml", "--set", rule, *machines)
    assert answer.returncode == 4, answer.stderr
    assert "::error title=sentences with references%3A chrF++ min 101::" in answer.stdout
    assert 'failures="1"' in (folder / "gate.xml").read_text(encoding="utf-8")
    assert "gate FAILED: sentences with references: chrF++ of runs/test is" in answer.stderr
    assert (folder / "runs/test/report.html").exists()
    assert json.loads((folder / "runs/test/manifest.json").read_text())["exit_code"] == 4


def test_verdicts_are_not_promised_where_there_is_no_gate(folder: Path) -> None:
    answer = call(folder, "run", "--config", "config.yaml", "--junit", "gate.xml")
    assert (answer.returncode, answer.stderr) == (
        2,
        "Error: --junit and --github need a gate: set `gate` in the config, or --max-drop for "
        "`pipeline compare`\n",
    )


def test_a_run_is_held_against_the_last_one(folder: Path) -> None:
    assert call(folder, "run", "--config", "config.yaml", "--output", "runs/last").returncode == 0
    rule = "gate.chrf={max_drop: 0, against: runs/last}"
    answer = call(folder, "run", "--config", "config.yaml", "--set", rule)
    assert answer.returncode == 0, answer.stderr
    assert "gate passed" in answer.stderr
    compared = call(folder, "compare", "runs/last", "runs/test", "--junit", "x.xml", "--max-drop=0")
    assert compared.returncode == 0, compared.stderr
    assert "2 sentences, 2 equal" in compared.stdout
    assert (folder / "x.xml").exists()


def test_a_gate_without_references_is_told(folder: Path) -> None:
    answer = call(
        folder,
        *("run", "--config", "config.yaml", "--set", "score.references=[]"),
        *("--set", "gate.chrf={min: 1}"),
    )
    assert answer.returncode == 2, answer.stderr
    assert answer.stderr == (
        "Error: gate: needs sentences with references; list files of zh and en pairs in "
        "score.references, or give rows (JSONL, CSV …) a column 'reference'\n"
    )
    assert not (folder / "runs").exists()


# what is wrong with the gate, and how the one line goes on
HOPELESS = [
    (
        "{max_drop: 1, against: runs/none}",
        "runs/none: neither a run folder (it has no manifest.json) nor FOLDER:SYSTEM of an "
        "evaluation",
    ),
    (
        "{max_drop: 1, against: runs/../runs/test}",
        "runs/../runs/test is the folder of this run, which will be overwritten; name another one, "
        "such as last night's run",
    ),
]


@pytest.mark.parametrize(("rule", "line"), HOPELESS)
def test_a_gate_that_cannot_be_judged_is_told_before_the_run(
    folder: Path, rule: str, line: str
) -> None:
    answer = call(folder, "run", "--config", "config.yaml", "--set", f"gate.chrf={rule}")
    assert answer.returncode == 2
    assert answer.stderr == f"Error: gate.chrf.against: {line}\n"
    assert not (folder / "runs").exists()


def test_plain_files_are_evaluated_from_the_command_line(folder: Path) -> None:
    for name, texts in (
        ("zh", [zh for zh, _ in PAIRS]),
        ("en", [en for _, en in PAIRS]),
        ("ours", ["Jinshan has 23 projects.", "Companies work faster."]),
    ):
        (folder / f"{name}.txt").write_text("\n".join(texts) + "\n", encoding="utf-8")
    plain = ("evaluate", "--source", "zh.txt", "--reference", "en.txt", "--output", "out")
    answer = call(folder, *plain, "--hypothesis", "ours=ours.txt", "--metric", "chrf++")
    assert answer.returncode == 0, answer.stderr
    assert "chrF++: nrefs:1|" in answer.stdout
    assert "out/evaluation.html" in answer.stdout.splitlines()
    assert call(folder, *plain, "--hypothesis", "ours.txt").returncode == 2
    assert call(folder, *plain).returncode == 2
    wrong = call(folder, *plain, "--hypothesis", "ours=none.txt")
    assert (wrong.returncode, wrong.stderr) == (
        2,
        "Error: systems: ours: none.txt: no such file\n",
    )


def test_a_run_and_a_model_are_systems_of_an_evaluation(folder: Path) -> None:
    assert call(folder, "run", "--config", "config.yaml").returncode == 0
    (folder / "evaluate.yaml").write_text(
        """
output: runs/evaluation
sets: [{kind: jsonl, name: news, path: pairs.jsonl, source: zh, references: [en]}]
systems:
  - {kind: run, name: run, path: runs/test}
  - {kind: model, name: model, model: {kind: seq2seq, path: "bundled:zh-en", beams: 1}}
metrics: [chrf++]
runtime: {device: cpu, batch_tokens: 512}
""",
        encoding="utf-8",
    )
    answer = call(folder, "evaluate", "--config", "evaluate.yaml")
    assert answer.returncode == 0, answer.stderr
    rows = (folder / "runs/evaluation/sentences.jsonl").read_text(encoding="utf-8").splitlines()
    for row in rows:
        systems = json.loads(row)["systems"]
        assert systems["run"]["hypothesis"] == systems["model"]["hypothesis"]
        assert systems["run"]["confidence"] is not None
    assert call(folder, "config", "check", "evaluate.yaml").returncode == 0
    [shard] = (folder / "runs/evaluation/translations").iterdir()
    written = shard.stat().st_mtime_ns
    again = call(folder, "evaluate", "--config", "evaluate.yaml")
    assert "0 of 2 tables of counts made" in again.stderr
    assert shard.stat().st_mtime_ns == written
