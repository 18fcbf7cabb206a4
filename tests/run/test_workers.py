"""The same run by one process, by several workers that share a folder, and on a Ray cluster."""

import importlib.util
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pipeline.cli import cli

HAS_RAY = importlib.util.find_spec("ray") is not None
TEXTS = [
    f"# 第{name}条新闻\n\n市政府{name}日宣布，今年将新建{name}座桥梁。工程预计明年完工。\n"
    for name in "二三四五六七八九"
]
SAME = ("articles", "translations", "summaries", "scores", "report.json", "report.html")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a config, and what one process makes of it in `plain/run`."""
    folder = tmp_path_factory.mktemp("workers")
    (folder / "in").mkdir()
    for number, text in enumerate(TEXTS):
        (folder / f"in/{number}.md").write_text(text, encoding="utf-8")
    (folder / "c.yaml").write_text(
        "input: {paths: [in]}\noutput: plain/run\n"
        "runtime: {memory: memory.sqlite, shard_size: 1, threads: 1}\n"
        "translate: {model: {kind: seq2seq, path: 'bundled:zh-en', beams: 1}}\n",
        encoding="utf-8",
    )
    result = CliRunner().invoke(cli, ["run", "--config", str(folder / "c.yaml"), "-q"])
    assert result.exit_code == 0, result.output
    return folder


def _bytes(folder: Path) -> dict[str, bytes]:
    """Return finished files: what a lost node was writing (.NAME.partial) the next run sweeps."""
    paths = [path for name in SAME for path in (folder / name, *folder.glob(f"{name}/[!.]*"))]
    return {str(p.relative_to(folder)): p.read_bytes() for p in paths if p.is_file()}


def _worker(place: Path, output: str, number: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "pipeline", "run", "--config", "c.yaml", "-q"]
    command += ["--set", "runtime.memory=off", "--output", output, "--worker", number]
    return subprocess.Popen(command, cwd=place, stdout=subprocess.DEVNULL)


def test_two_workers_make_the_bytes_of_one(place: Path) -> None:
    workers = [_worker(place, "two/run", f"{number}/2") for number in (1, 2)]
    assert [worker.wait(120) for worker in workers] == [0, 0]
    assert _bytes(place / "two/run") == _bytes(place / "plain/run")
    assert not list((place / "two/run/claims").iterdir())


def test_the_first_worker_to_end_calls_the_hooks_whichever_it_is(place: Path) -> None:
    said = place / "hook.txt"
    program = "import os, sys; open(sys.argv[1], 'a').write(os.environ['YIBAO_EVENT'] + chr(10))"
    hook = json.dumps({"run": [sys.executable, "-c", program, str(said)]})
    for number in ("2/2", "1/2"):
        arguments = ["run", "--config", str(place / "c.yaml"), "-q", "--worker", number]
        arguments += ["--output", str(place / "hooked"), "--set", "runtime.memory=off"]
        result = CliRunner().invoke(cli, [*arguments, "--set", f"notify.command={hook}"])
        assert result.exit_code == 0, result.output
        assert said.read_text(encoding="utf-8") == "finish\n"


def test_a_plain_run_waits_for_workers_and_a_wrong_number_is_refused(place: Path) -> None:
    (place / "busy/claims").mkdir(parents=True)
    (place / "busy/claims/translate-x.1.json").touch()
    arguments = ["run", "--config", str(place / "c.yaml"), "--output", str(place / "busy")]
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code != 0
    assert "workers are writing here" in str(result.exception)
    result = CliRunner().invoke(cli, [*arguments, "--worker", "3/2"])
    assert result.exit_code == 2
    assert "write I/N" in result.output


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Start a Ray cluster of two nodes on this machine."""
    if not HAS_RAY:
        if os.environ.get("YIBAO_REQUIRE_CLUSTER"):
            pytest.fail("ray is not installed")
        pytest.skip("ray is not installed")
    cluster_utils = pytest.importorskip("ray.cluster_utils")
    cluster = cluster_utils.Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    cluster.add_node(num_cpus=1)
    monkeypatch.setenv("RAY_ADDRESS", cluster.address)
    yield cluster
    cluster.shutdown()


def test_a_cluster_that_loses_a_node_makes_the_same_bytes(place: Path, cluster: Any) -> None:
    def lose_a_node() -> None:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and not list(place.glob("ray/run/translations/*")):
            time.sleep(0.05)
        cluster.remove_node(cluster.list_all_nodes()[-1], allow_graceful=False)

    thread = threading.Thread(target=lose_a_node)
    thread.start()
    command = [sys.executable, "-m", "pipeline", "run", "--config", "c.yaml", "--fresh"]
    command += ["--set", "runtime.executor=ray", "--set", "runtime.workers.cpu=2"]
    command += ["--output", "ray/run"]
    run = subprocess.run(
        command, check=False, cwd=place, capture_output=True, text=True, timeout=300
    )
    thread.join()
    assert run.returncode == 0, run.stderr
    assert "2 nodes, 2 workers" in run.stderr
    assert _bytes(place / "ray/run") == _bytes(place / "plain/run")
