"""Weights that lie on disk: cut off, sealed badly, or half converted when a process was killed."""

import os
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import models.seq2seq.convert
from models.seq2seq.convert import convert_once
from pipeline.cli import main
from tests.checkpoints import make_marian

CONFIG = """
input: {paths: [page.md]}
output: runs/test
translate: {model: {kind: seq2seq, path: model}}
summarize: {model: {kind: extractive}}
"""
DEAD = 999_999_999
ANYTHING: Any = SimpleNamespace(model_type="marian")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page.md").write_text("# 新闻\n\n金山区有项目。\n", encoding="utf-8")
    (tmp_path / "config.yaml").write_text(CONFIG, encoding="utf-8")
    make_marian(tmp_path / "model")
    return tmp_path


def _refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str
) -> str:
    """Run the command line, which must end with one line and exit code 1; return the line."""
    monkeypatch.setattr(sys, "argv", ["pipeline", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    [line] = capsys.readouterr().err.splitlines()
    assert ended.value.code == 1
    assert line.startswith("Error: ")
    return str(line)


@pytest.mark.parametrize(
    ("keep", "reason"),
    [
        (slice(0, -100), "bytes, and its header says"),
        (slice(0, 100), "truncated, or not a safetensors file"),
        (slice(0, 0), "truncated, or not a safetensors file"),
        (slice(8, None), "truncated, or not a safetensors file"),
    ],
)
@pytest.mark.parametrize("command", ["run", "plan"])
def test_a_cut_off_safetensors_file_is_named_before_the_run(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
    keep: slice,
    reason: str,
) -> None:
    weights = folder / "model/model.safetensors"
    weights.write_bytes(weights.read_bytes()[keep])
    line = _refused(monkeypatch, capsys, command, "-c", "config.yaml")
    assert "model/model.safetensors: " in line
    assert reason in line
    assert line.endswith("fetch them again")


def test_sums_that_are_no_text_are_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "model/SHA256SUMS").write_bytes(b"\xff\xfe\x00\x81")
    line = _refused(monkeypatch, capsys, "plan", "-c", "config.yaml")
    assert "model/SHA256SUMS: not UTF-8 text" in line


# -- conversions


def _convert(cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Convert, with a converter that writes one file."""

    def write(folder: Path, architecture: Any, tokenizer: Any, made: Path, *_: Any) -> None:
        made.mkdir()
        (made / "model.bin").write_text("weights")

    monkeypatch.setattr(models.seq2seq.convert, "_convert", write)
    return convert_once(
        Path("model"), ANYTHING, tokenizer=ANYTHING, identity="identity", cache=cache
    )


def test_what_a_killed_conversion_left_goes_with_the_next_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = _convert(tmp_path, monkeypatch)
    left = place.with_name(f".{place.name}.{DEAD}.partial")
    earlier = place.with_name(f"{place.name}.abcd_123")
    young = place.with_name(f"{place.name}.efgh_456")
    mine = place.with_name(f".notes.{DEAD}.partial")
    for path in (left, earlier, young, mine):
        (path / "model").mkdir(parents=True)
        (path / "model/model.bin").write_text("half")
    long_ago = time.time() - 2 * 86_400
    os.utime(earlier, (long_ago, long_ago))
    assert _convert(tmp_path, monkeypatch) == place
    assert sorted(path.name for path in place.parent.iterdir()) == sorted(
        [place.name, young.name, mine.name]
    )


def test_a_conversion_under_way_is_left_alone_and_swept_after_a_kill(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = _convert(tmp_path, monkeypatch)
    program = (
        "import sys, time\nfrom pathlib import Path\nfrom models.files import folder_aside\n"
        "with folder_aside(Path(sys.argv[1])) as made:\n"
        "    (made / 'model.bin').write_text('half')\n"
        "    print(made, flush=True)\n    time.sleep(60)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(place)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        made = Path(process.stdout.readline().strip())
        _convert(tmp_path, monkeypatch)
        assert (made / "model.bin").exists()
        # as from another container, where the process has another id
        made = made.rename(made.with_name(f".{place.name}.{DEAD}.partial"))
        _convert(tmp_path, monkeypatch)
        assert (made / "model.bin").exists()
    finally:
        process.kill()
        process.communicate()
    _convert(tmp_path, monkeypatch)
    assert [path.name for path in place.parent.iterdir()] == [place.name]
