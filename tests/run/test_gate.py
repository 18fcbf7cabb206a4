"""A gate in the config of a run, and two runs compared: exit code 4."""

import json
import shutil
from pathlib import Path

import pytest

from tests.commandline import call_in as call
from tests.test_cli import CONFIG

PAGE = "# 湾区魅力 投资福地\n\n金山区有23个项目,总投资124亿元。企业办事更高效。今天天气很好。\n"
PAIRS = [
    ("金山区有23个项目,总投资124亿元。", "Jinshan has 23 projects worth 12.4 billion yuan."),
    ("企业办事更高效。", "Companies get things done faster."),
]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder after a run without a gate."""
    folder = tmp_path_factory.mktemp("finished")
    (folder / "input").mkdir()
    (folder / "input/page.md").write_text(PAGE, encoding="utf-8")
    rows = [json.dumps({"zh": zh, "en": en}, ensure_ascii=False) for zh, en in PAIRS]
    (folder / "pairs.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")
    text = CONFIG.replace("bootstrap_samples: 10", "references: [pairs.jsonl]")
    (folder / "config.yaml").write_text(text, encoding="utf-8")
    assert call(folder, "run", "--config", "config.yaml").code == 0
    return folder


@pytest.fixture
def after(finished: Path, tmp_path: Path) -> Path:
    """A copy of the folder after the run."""
    return Path(shutil.copytree(finished, tmp_path / "after"))


@pytest.fixture
def folder(after: Path) -> Path:
    """A copy of the folder before the run."""
    shutil.rmtree(after / "runs")
    return after


def test_a_run_whose_gate_fails_ends_with_4_and_keeps_its_report(after: Path) -> None:
    rule = "gate.chrf={min: 101}"
    machines = ("--junit", "gate.xml", "--github")
    answer = call(after, "run", "--config", "config.yaml", "--set", rule, *machines)
    assert answer.code == 4, answer.messages
    assert "::error title=sentences with references%3A chrF++ min 101::" in answer.text
    assert 'failures="1"' in (after / "gate.xml").read_text(encoding="utf-8")
    assert "gate FAILED: sentences with references: chrF++ of runs/test is" in answer.messages
    assert (after / "runs/test/report.html").exists()
    assert json.loads((after / "runs/test/manifest.json").read_text())["exit_code"] == 4


def test_verdicts_are_not_promised_where_there_is_no_gate(folder: Path) -> None:
    answer = call(folder, "run", "--config", "config.yaml", "--junit", "gate.xml")
    assert (answer.code, answer.messages) == (
        2,
        "Error: --junit and --github need a gate: set `gate` in the config, or --max-drop for "
        "`pipeline compare`\n",
    )


def test_a_run_is_held_against_the_last_one(after: Path) -> None:
    assert call(after, "run", "--config", "config.yaml", "--output", "runs/last").code == 0
    rule = "gate.chrf={max_drop: 0, against: runs/last}"
    answer = call(after, "run", "--config", "config.yaml", "--set", rule)
    assert answer.code == 0, answer.messages
    assert "gate passed" in answer.messages
    compared = call(after, "compare", "runs/last", "runs/test", "--junit", "x.xml", "--max-drop=0")
    assert compared.code == 0, compared.messages
    assert "2 sentences, 2 equal" in compared.text
    assert (after / "x.xml").exists()


def test_a_gate_without_references_is_told(folder: Path) -> None:
    answer = call(
        folder,
        *("run", "--config", "config.yaml", "--set", "score.references=[]"),
        *("--set", "gate.chrf={min: 1}"),
    )
    assert answer.code == 2, answer.messages
    assert answer.messages == (
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
    assert answer.code == 2
    assert answer.messages == f"Error: gate.chrf.against: {line}\n"
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
    assert answer.code == 0, answer.messages
    assert "chrF++: nrefs:1|" in answer.text
    assert "out/evaluation.html" in answer.text.splitlines()
    assert call(folder, *plain, "--hypothesis", "ours.txt").code == 2
    assert call(folder, *plain).code == 2
    wrong = call(folder, *plain, "--hypothesis", "ours=none.txt")
    assert (wrong.code, wrong.messages) == (
        2,
        "Error: systems: ours: none.txt: no such file\n",
    )


def test_a_run_and_a_model_are_systems_of_an_evaluation(after: Path) -> None:
    (after / "evaluate.yaml").write_text(
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
    answer = call(after, "evaluate", "--config", "evaluate.yaml")
    assert answer.code == 0, answer.messages
    rows = (after / "runs/evaluation/sentences.jsonl").read_text(encoding="utf-8").splitlines()
    for row in rows:
        systems = json.loads(row)["systems"]
        assert systems["run"]["hypothesis"] == systems["model"]["hypothesis"]
        assert systems["run"]["confidence"] is not None
    assert call(after, "config", "check", "evaluate.yaml").code == 0
    [shard] = (after / "runs/evaluation/translations").iterdir()
    written = shard.stat().st_mtime_ns
    again = call(after, "evaluate", "--config", "evaluate.yaml")
    assert "0 of 4 tables of counts made" in again.messages
    assert shard.stat().st_mtime_ns == written
