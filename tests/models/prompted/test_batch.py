"""The Batch API of a server, through the command line: cheap answers, and none paid twice."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from pipeline.cli import cli
from tests.servers import CountingServer, counting

PAGE = "\n\n".join(f"# 第{n}条\n\n市政府今年新建{n}座桥梁。" for n in "一二三四五六七八九") + "\n"


@pytest.fixture
def server() -> Iterator[CountingServer]:
    with counting("batch_server.py") as server:
        yield server


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def _arguments(server: CountingServer, **settings: Any) -> list[str]:
    Path("page.md").write_text(PAGE, encoding="utf-8")
    model = {"kind": "endpoint", "base_url": f"{server.address}/v1", "model": "tiny"}
    batch = {"least": 3, "poll_seconds": 0.05} | settings
    config = {
        "input": {"paths": ["page.md"]},
        "output": "run",
        "translate": {"model": model | {"batch": batch}, "repair": {"enabled": False}},
        "summarize": {"languages": ["zh"]},
    }
    Path("c.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    return ["run", "--config", "c.yaml"]


def _start(server: CountingServer, **settings: Any) -> subprocess.Popen[str]:
    """Start a run that waits for its batch."""
    server.set("patience", 10_000)
    command = [sys.executable, "-m", "pipeline", *_arguments(server, **settings)]
    run = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 30
    while not server.counts["batches"] and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.3)
    return run


def _run(server: CountingServer, **settings: Any) -> tuple[int, str]:
    result = CliRunner().invoke(cli, _arguments(server, **settings))
    return result.exit_code, f"{result.output}{result.exception or ''}"


def test_sentences_are_answered_by_a_batch_in_their_order(
    server: CountingServer, tmp_path: Path
) -> None:
    code, stderr = _run(server)
    assert code == 0, stderr
    counts = server.counts
    assert (counts["batches"], counts["single"]) == (1, 0)
    rows = [
        json.loads(line)
        for path in (tmp_path / "run/translations").glob("*.jsonl")
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    assert sum(len(row["sentences"]) for row in rows) == 18
    # the length of the prompt is in the answer: titles and sentences are not mixed up
    texts = [sentence["text"] for row in rows for sentence in row["sentences"]]
    assert len(set(texts[::2])) == len(set(texts[1::2])) == 1
    assert texts[0] != texts[1]


def test_many_requests_are_several_batches_and_few_are_none(server: CountingServer) -> None:
    assert _run(server, least=100)[0] == 0
    counts = server.counts
    assert (counts["batches"], counts["single"] > 0) == (0, True)
    Path("memory.sqlite").unlink()
    shutil.rmtree("run")
    assert _run(server, requests=1)[0] == 0
    assert server.counts == counts | {"files": counts["single"] * 2, "batches": counts["single"]}


def test_a_killed_run_waits_for_the_batch_that_it_made(
    server: CountingServer, tmp_path: Path
) -> None:
    run = _start(server)
    run.kill()
    run.communicate()
    server.set("patience", 1)
    code, stderr = _run(server)
    assert code == 0, stderr
    assert (server.counts["batches"], server.counts["single"]) == (1, 0)
    assert not list((tmp_path / "cache/yibao/batches").iterdir())


def test_a_batch_that_nobody_heard_of_is_found_in_the_list(
    server: CountingServer, tmp_path: Path
) -> None:
    server.set("lost", 1)
    server.set("patience", 10_000)
    assert _run(server, hours=0.0001)[0] == 1
    for note in (tmp_path / "cache/yibao/batches").iterdir():
        note.unlink()
    server.set("patience", 1)
    assert _run(server)[0] == 0
    assert server.counts["batches"] == 1


def test_a_stopped_run_ends_soon_and_says_so(server: CountingServer, tmp_path: Path) -> None:
    run = _start(server, poll_seconds=3600)
    run.terminate()
    _, stderr = run.communicate(timeout=20)
    assert run.returncode == 143
    assert "finished work is kept" in stderr


def test_a_batch_that_failed_is_named_and_one_that_expired_is_used(server: CountingServer) -> None:
    server.set("fate", "failed")
    code, output = _run(server)
    assert code == 1
    assert "is failed: the file has too many lines; finished work is kept" in output
    server.set("fate", "expired")
    code, output = _run(server)
    assert code == 1  # the only article is not whole
    assert "the batch ended without an answer" in output
    code, output = _run(server)
    assert code == 0, output
    assert server.counts["batches"] == 3


def test_a_batch_that_takes_too_long_ends_the_run_and_keeps_it(server: CountingServer) -> None:
    server.set("patience", 10_000)
    code, output = _run(server, hours=0.0001)
    assert code == 1
    assert "is not done after 0.0001 hours" in output
    server.set("patience", 1)
    assert _run(server)[0] == 0
    assert server.counts["batches"] == 1


def test_several_servers_have_no_batches(server: CountingServer) -> None:
    arguments = _arguments(server)
    more = "translate.model.more_urls=['http://localhost:1/v1']"
    result = CliRunner().invoke(cli, [*arguments, "--set", more])
    assert "'batch' needs one server; remove 'more_urls'" in str(result.exception)
