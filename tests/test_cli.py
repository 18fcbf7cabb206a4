"""The command line as a user meets it: real processes, exit codes, one-line messages."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import commandline

ROOT = Path(__file__).parents[1]
PROGRAM = "from pipeline.cli import main; main()"
CONFIG = """
input: {paths: [input]}
output: runs/test
runtime: {device: cpu, batch_tokens: 512}
translate: {model: {kind: seq2seq, path: "bundled:zh-en", beams: 1}}
summarize: {model: {kind: extractive, sentences: 1}}
score: {bootstrap_samples: 10}
"""
PAGE = "# 湾区魅力 投资福地\n\n金山区有23个项目,总投资124亿元。企业办事更高效。\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "input").mkdir()
    (tmp_path / "input/good.md").write_text(PAGE, encoding="utf-8")
    (tmp_path / "config.yaml").write_text(CONFIG, encoding="utf-8")
    return tmp_path


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", PROGRAM, *arguments]


def _environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "120"}


def call(folder: Path, *arguments: str, program: str = PROGRAM) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=folder,
        env=_environment(),
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_run_says_on_stdout_where_the_report_is(folder: Path) -> None:
    answer = call(folder, "--config", "config.yaml")
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.splitlines()[0] == "runs/test/report.html"
    assert "translate" in answer.stderr
    again = call(folder, "run", "--config", "config.yaml", "--quiet")
    assert (again.returncode, again.stderr) == (0, "")


# arguments, exit code, what stderr begins with or has behind the usage
MISUSES = [
    (["run", "--config", "none.yaml"], 2, "Error: none.yaml: no such file"),
    (["rnu"], 2, "Usage: "),
    (["run", "--date", "2026-13-01"], 2, "'2026-13-01' is not a day; write YYYY-MM-DD, such as"),
    (["run", "--config", "config.yaml", "--set", "x"], 2, "Error: --set x: write it as"),
    (["run", "--config", "config.yaml", "--set", "a.b=1"], 2, "Error: config.yaml: a: unknown"),
    (["run", "--config", "config.yaml", "--input", "nowhere"], 2, "Error: "),
    (["run", "--config", "config.yaml", "--input", "no/*.md"], 2, "Error: "),
    (["run", "--config", "config.yaml", "--limit", "0"], 2, "Usage: "),
    (
        ["run", "--config", "config.yaml", "--set", "translate.model.path=bundled:zz"],
        1,
        "Error: ",
    ),
    (["run", "--config", "config.yaml", "--set", "translate.model.path=./none"], 1, "Error: "),
    (["run", "--config", "config.yaml", "--set", "translate.glossary=none.tsv"], 2, "Error: "),
    (["run", "--config", "config.yaml", "--set", "score.references=[no.tsv]"], 2, "Error: "),
    (["run", "--config", "config.yaml", "--set", "runtime.device=cuda:9"], 1, "Error: "),
    (["show", "runs/none"], 1, "Error: runs/none: not a run folder"),
    (["export", "runs/none", "--format", "tsv", "--to", "x"], 1, "Error: runs/none: not a run"),
    (["init", "input"], 2, "Error: input: already exists and is not empty"),
    (["models", "show", "bundled:none"], 1, "Error: "),
]


@pytest.mark.parametrize(("arguments", "code", "line"), MISUSES, ids=lambda value: str(value)[:60])
def test_a_misuse_ends_with_its_code_and_a_line(
    folder: Path, arguments: list[str], code: int, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    answer = commandline.call(*arguments)
    assert answer.code == code, answer.messages
    assert answer.messages.startswith((line, "Usage: ")), answer.messages
    assert line in answer.messages
    assert answer.stdout == b""


# name and content of a file that cannot be read whole, and what its line says
BAD: list[tuple[str, bytes, str]] = [
    ("empty.md", b"", "empty.md"),
    ("blank.md", b" \n\n\t\n", "blank.md"),
    ("binary.md", bytes(range(256)) * 40, "binary.md"),
    ("picture.md", b"\x89PNG\r\n\x1a\n" + b"\x00" * 200, "picture.md"),
    ("huge.md", "金山区的项目。".encode() * 2_500_000, "huge.md"),
    (
        "rows.jsonl",
        b'{"text": "\xe4\xbb\x8a\xe5\xa4\xa9\xe3\x80\x82"}\n{"txt": "x"}\n{',
        "rows.jsonl:2",
    ),
]

SOUND: dict[str, bytes] = {
    "english.md": b"# Business news\n\nNothing Chinese stands here at all.\n",
    "half.md": "# 新闻\n\n金山区有项目。\n\nThis paragraph is English.\n".encode(),
    "gbk.txt": PAGE.encode("gb18030"),
    "utf16.txt": PAGE.encode("utf-16"),
    "script.md": "# <script>alert(1)</script>新闻\n\n他说“<b>好</b>”。\n".encode(),
}


def test_bad_inputs_are_told_in_a_line_each_and_the_others_are_finished(folder: Path) -> None:
    for name, content, _ in BAD:
        (folder / "input" / name).write_bytes(content)
    (folder / "input/loop.md").symlink_to(folder / "input/loop.md")
    answer = call(folder, "run", "--config", "config.yaml")
    assert answer.returncode == 3, answer.stderr
    assert "Traceback" not in answer.stderr
    for name in ("loop.md", *(line for _, _, line in BAD)):
        assert name in answer.stderr
    failures = (folder / "runs/test/failures.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(failures) == len(BAD) + 2  # two rows of rows.jsonl, and the link
    assert _articles(folder) == {"good", "rows"}


def test_odd_inputs_are_read_without_a_failure(folder: Path) -> None:
    for name, content in SOUND.items():
        (folder / "input" / name).write_bytes(content)
    answer = call(folder, "run", "--config", "config.yaml")
    assert answer.returncode == 0, answer.stderr
    assert _articles(folder) == {"good", *(Path(name).stem for name in SOUND)}


def _articles(folder: Path) -> set[str]:
    """Return the names of the files whose articles are in the report."""
    report = json.loads((folder / "runs/test/report.json").read_text(encoding="utf-8"))
    return {re.split(r"[.-]", article["id"])[0] for article in report["articles"]}


def test_an_interrupted_run_ends_with_143_and_goes_on(folder: Path) -> None:
    text = "".join(f"金山区第{n}个项目今天正式开工了。" for n in range(300))
    (folder / "input/long.md").write_text(f"# 项目\n\n{text}\n", encoding="utf-8")
    process = subprocess.Popen(
        _command("run", "--config", "config.yaml"),
        cwd=folder,
        env=_environment(),
        stderr=subprocess.PIPE,
        text=True,
    )
    log = folder / "runs/test/log.jsonl"
    deadline = time.monotonic() + 60
    while not (log.exists() and '"event": "window"' in log.read_text(encoding="utf-8")):
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 143, stderr
    assert stderr.splitlines()[-1].startswith("interrupted; finished work is kept")
    assert json.loads((folder / "runs/test/manifest.json").read_text())["status"] == "interrupted"
    assert call(folder, "run", "--config", "config.yaml").returncode == 0
    windows = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    remembered = sum(row.get("remembered", 0) for row in windows if row["event"] == "window")
    assert remembered > 0


def test_the_list_of_commands_imports_no_command() -> None:
    program = (
        "import sys\nfrom pipeline.cli import main\n"
        "try:\n    main()\n"
        "finally:\n"
        "    slow = ('pydantic', 'numpy', 'rich', 'pipeline.config', 'pipeline.commands.')\n"
        "    print([n for n in sys.modules if n.startswith(slow)], file=sys.stderr)\n"
    )
    for arguments in (["--help"], ["--version"], ["rnu"]):
        answer = call(ROOT, *arguments, program=program)
        assert answer.stderr.splitlines()[-1] == "[]"


def test_no_command_imports_anything_heavy_before_it_is_called() -> None:
    program = (
        "import sys, click\nfrom pipeline.cli import cli\n"
        "context = click.Context(cli)\n"
        "for name in cli.list_commands(context):\n    cli.get_command(context, name)\n"
        "heavy = {'torch', 'transformers', 'ctranslate2', 'datasets', 'sacrebleu', 'matplotlib'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    answer = call(ROOT, program=program)
    assert (answer.stdout.strip(), answer.stderr) == ("[]", "")


def test_a_run_with_nothing_to_do_imports_nothing_heavy(folder: Path) -> None:
    assert call(folder, "run", "--config", "config.yaml").returncode == 0
    program = (
        "import sys\nfrom pipeline.cli import main\n"
        "try:\n    main()\n"
        "finally:\n"
        "    heavy = {'torch', 'transformers', 'ctranslate2', 'sacrebleu', 'jinja2'}\n"
        "    print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program, "run", "--config", "config.yaml", "-q"],
        cwd=folder,
        env=_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (answer.returncode, answer.stderr.strip()) == (0, "[]")


def test_the_dry_run_and_the_plan_say_the_same_and_write_nothing(folder: Path) -> None:
    dry = call(folder, "run", "--config", "config.yaml", "--dry-run")
    plan = call(folder, "plan", "--config", "config.yaml")
    assert dry.stdout == plan.stdout
    assert "bundled:zh-en" in plan.stdout
    assert not (folder / "runs").exists()


def test_a_log_for_machines_is_json_on_every_line(folder: Path) -> None:
    answer = call(folder, "run", "--config", "config.yaml", "--log-format", "json")
    rows = [json.loads(line) for line in answer.stderr.splitlines()]
    assert {"time", "level", "event", "message"} <= set(rows[0])


def test_a_stage_command_stops_after_its_stage(folder: Path) -> None:
    assert call(folder, "translate", "--config", "config.yaml").returncode == 0
    assert (folder / "runs/test/translations").exists()
    assert not (folder / "runs/test/scores").exists()
    answer = call(folder, "export", "runs/test", "--format", "tsv", "--to", "x.tsv")
    assert answer.returncode == 0
    assert len((folder / "x.tsv").read_text(encoding="utf-8").splitlines()) == 4
    shown = call(folder, "show", "runs/test", "good.1")
    assert "湾区魅力" in shown.stdout
    missing = call(folder, "show", "runs/test", "god.1")
    assert (missing.returncode, "good.1" in missing.stderr) == (2, True)


def test_a_starter_folder_runs(tmp_path: Path) -> None:
    assert call(tmp_path, "init", "news").returncode == 0
    answer = call(tmp_path / "news", "run", "--config", "config.yaml", "--limit", "1")
    assert answer.returncode == 0, answer.stderr
    assert "runs/first/index.csv" in answer.stdout


def test_the_doctor_says_what_would_be_chosen(folder: Path) -> None:
    answer = call(folder, "doctor", "--config", "config.yaml")
    assert answer.returncode == 0
    assert "ctranslate2" in answer.stdout
    assert "cuda" in answer.stdout


def test_models_can_be_listed_shown_and_checked(tmp_path: Path) -> None:
    assert "bundled:zh-en" in call(tmp_path, "models", "list").stdout
    assert "licence" in call(tmp_path, "models", "show", "bundled:zh-en").stdout
    answer = call(tmp_path, "models", "check", "bundled:zh-en")
    assert answer.returncode == 0, answer.stderr
    assert "canary" in answer.stdout


def test_standard_input_is_segmented_its_encoding_noted_and_shown_as_a_tree(folder: Path) -> None:
    answer = subprocess.run(
        _command("segment", "--config", "config.yaml", "--input", "-"),
        cwd=folder,
        env=_environment(),
        input="# 春游\n\n今天天晴，公园里游人如织。".encode("gb18030"),
        capture_output=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    manifest = json.loads((folder / "runs/test/manifest.json").read_text(encoding="utf-8"))
    assert manifest["encodings"] == {"gb18030": 1}
    shown = call(folder, "show", "runs/test").stdout
    assert "title       春游" in shown
    one = call(folder, "show", "runs/test", "stdin.1").stdout
    assert "6–19" in one
