"""How the process ends: signals at every phase, streams that are closed or whose reader left."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONFIG = """
input: {paths: [page.md]}
output: runs/test
runtime: {device: cpu, batch_tokens: 512}
translate: {model: {kind: seq2seq, path: "bundled:zh-en", beams: 1}}
summarize: {model: {kind: extractive, sentences: 1}}
score: {metrics: [chrf]}
"""
LINE = "interrupted; finished work is kept, run it again to continue\n"

# Sends a signal while a module is imported or a function called; a library may swallow the
# exception that it raises there.
PROGRAM = """
import importlib, os, sys
import pipeline.__main__ as program

number, place, name = int(sys.argv.pop(1)), sys.argv.pop(1), sys.argv.pop(1)

class Finder:
    def find_spec(self, wanted, path, target=None):
        if wanted == place:
            try:
                os.kill(os.getpid(), number)
            except KeyboardInterrupt:
                raise ImportError("swallowed") from None

if name:
    module = importlib.import_module(place)
    before = getattr(module, name)
    def killing(*values, **named):
        setattr(module, name, before)
        os.kill(os.getpid(), number)
        os.kill(os.getpid(), number)  # some shells and `timeout` send it twice
        return before(*values, **named)
    setattr(module, name, killing)
else:
    sys.meta_path.insert(0, Finder())
program.main()
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a folder with a finished run."""
    folder = tmp_path_factory.mktemp("process")
    (folder / "page.md").write_text("# 新闻\n\n金山区有23个项目。\n", encoding="utf-8")
    (folder / "config.yaml").write_text(CONFIG, encoding="utf-8")
    answer = _call(folder, sys.executable, "-m", "pipeline", "run", "-c", "config.yaml")
    assert answer.returncode == 0, answer.stderr
    return folder


def _call(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=_heed_interrupts,
    )


def _heed_interrupts() -> None:
    """Undo what a shell does to a job in the background, and nohup to its child: both ignore."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


# signal, exit code, module, function in it (or the import of the module), how far it had come
STOPS = [
    ("SIGINT", 130, "click", "", None),
    ("SIGTERM", 143, "pydantic", "", None),
    ("SIGTERM", 143, "pipeline.run.run", "document_shards", "interrupted"),
    ("SIGHUP", 129, "ctranslate2", "", "interrupted"),
    ("SIGTERM", 143, "pipeline.report.html", "", "interrupted"),
    ("SIGINT", 130, "pipeline.run.finish", "_write_report", "interrupted"),
]


@pytest.mark.parametrize(("name", "code", "module", "function", "status"), STOPS)
def test_a_signal_ends_a_run_with_its_code_and_one_line(
    folder: Path, name: str, code: int, module: str, function: str, status: str | None
) -> None:
    run = ["run", "-c", "config.yaml", "--fresh", "--output", f"runs/{name}-{module}"]
    number = str(int(getattr(signal, name)))
    answer = _call(folder, sys.executable, "-c", PROGRAM, number, module, function, *run)
    assert answer.returncode == code, answer.stderr
    lines = answer.stderr.splitlines(keepends=True)
    assert lines[-1] == (LINE if status else "interrupted\n")
    assert not any("Traceback" in line or line.startswith("Error") for line in lines)
    manifest = folder / f"runs/{name}-{module}/manifest.json"
    if status is None:
        assert not manifest.exists()
        return
    values = json.loads(manifest.read_text(encoding="utf-8"))
    assert (values["status"], values["exit_code"]) == (status, code)
    log = manifest.with_name("log.jsonl").read_text(encoding="utf-8").splitlines()
    last = json.loads(log[-1])
    assert (last["event"], last["status"], last["exit_code"]) == ("ended", status, code)


# what a shell makes of stdout and stderr
STREAMS = ["2>&-", ">&- 2>&- <&-", "2>/dev/full >/dev/full"]


@pytest.mark.parametrize("streams", STREAMS)
def test_a_run_ends_as_it_ends_whatever_became_of_its_streams(folder: Path, streams: str) -> None:
    script = f'exec "$@" {streams}'
    run = [sys.executable, "-m", "pipeline", "run", "-c", "config.yaml"]
    answer = _call(folder, "sh", "-c", script, "sh", *run, "--set", f"report.title='{streams}'")
    assert answer.returncode == 0, answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (["run", "-c", "config.yaml", "-v", "--set", "report.title=new"], 0),
        (["show", "runs/test"], 0),
        (["check", "--source", "zh.txt", "--translation", "en.txt", "--max-errors", "0"], 4),
        (["export", "runs/test", "--format", "tsv", "--to", "-"], 0),
    ],
)
def test_a_reader_that_goes_away_changes_no_exit_code(
    folder: Path, command: list[str], code: int
) -> None:
    (folder / "zh.txt").write_text("有23个项目。\n" * 400, encoding="utf-8")
    (folder / "en.txt").write_text("There are 24 projects.\n" * 400, encoding="utf-8")
    reading, writing = os.pipe()
    os.close(reading)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    program = [sys.executable, "-m", "pipeline", *command]
    process = subprocess.run(
        program, cwd=folder, env=environment, stdout=writing, stderr=writing, check=False
    )
    os.close(writing)
    assert process.returncode == code


def test_a_product_lost_to_a_full_disk_is_an_error(folder: Path) -> None:
    program = [sys.executable, "-m", "pipeline", "show", "runs/test"]
    answer = _call(folder, "sh", "-c", 'exec "$@" >/dev/full', "sh", *program)
    assert answer.returncode == 1
    assert answer.stderr == "Error: stdout: cannot be written: No space left on device\n"
