"""Runs whose folder is in an object store: the same bytes, few requests, nothing lost."""

import importlib.util
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest
from click.testing import CliRunner
from fsspec.implementations.memory import MemoryFileSystem

from models.weights.find import BUNDLED
from pipeline.bucket import Bucket, run_folder
from pipeline.cli import cli
from pipeline.engine.claims import Claims
from pipeline.engine.store import Store
from pipeline.errors import StoreError
from pipeline.records import Article
from tests.commandline import call
from tests.servers import CountingServer, counting

RUN = "memory://news/runs/today"
S3_RUN = "s3://yibao/runs/today"
TEXT = "# 第{}条新闻\n\n市政府{}日宣布，今年将新建{}座桥梁。\n"


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    yield
    fsspec.filesystem("memory").store.clear()
    fsspec.filesystem("memory").pseudo_dirs[:] = [""]


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in "一二三":
        text = TEXT.format(number, number, number)
        (folder / f"{number}.md").write_text(text, encoding="utf-8")
    return folder


def _article(name: str) -> Article:
    return Article(name, name, "page.txt", "标题", None, None, ())


def _invoke(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == code, result.output
    return result.output


def _run(pages: Path, output: str, *more: str) -> str:
    beams = ("--set", "translate.model.beams=1", "--set", "runtime.shard_size=1")
    return _invoke("run", str(pages), "--output", output, *beams, *more)


def _forget_mirror() -> None:
    """Be another machine: nothing of the run is here."""
    folder = run_folder(RUN)
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()


def test_a_run_in_a_bucket_has_the_bytes_of_a_local_run(pages: Path, tmp_path: Path) -> None:
    local, mirror = tmp_path / "plain/today", run_folder(RUN)
    _run(pages, str(local))
    _run(pages, RUN)
    bucket = Bucket(RUN)
    for table in ("articles", "translations", "summaries", "scores"):
        names = bucket.names(table)
        assert set(names) == {path.name for path in (local / table).iterdir()}
        for name in names:
            assert bucket.read(f"{table}/{name}") == (local / table / name).read_text()
    assert bucket.read("report.json") == (local / "report.json").read_text()
    assert {"manifest.json", "log.jsonl", "report.html"} <= set(bucket.names())
    _forget_mirror()
    assert "0 of 3" not in _run(pages, RUN, "--set", "translate.model.path=bundled:zh-en")
    assert not (mirror / "documents").exists() or not list((mirror / "documents").iterdir())
    shown = _invoke("show", RUN)
    assert "一" in shown


def test_a_shard_is_fetched_when_it_is_read_and_believed_only_then() -> None:
    folder = run_folder(RUN)
    Store(folder).write("articles", "k", [_article("a")])
    _forget_mirror()
    store = Store(run_folder(RUN))
    assert store.has("articles", "k")
    assert not list(folder.glob("articles/*"))
    assert store.read("articles", "k", Article) == [_article("a")]
    [name] = Bucket(RUN).names("articles")
    Bucket(RUN).write(f"articles/{name}", "{}\n")
    _forget_mirror()
    store = Store(run_folder(RUN))
    with pytest.raises(StoreError, match="damaged row; run `pipeline run` again"):
        store.read("articles", "k", Article)
    assert not Store(run_folder(RUN)).exists("articles", "k")


def test_what_a_killed_process_did_not_put_is_put_by_the_next_run() -> None:
    folder = run_folder(RUN)
    Store(folder).write("articles", "k", [_article("a")])
    [name] = Bucket(RUN).names("articles")
    Bucket(RUN).remove(f"articles/{name}")
    store = Store(folder)
    assert store.has("articles", "k")
    store.share("articles", "k")
    assert set(Bucket(RUN).names("articles")) == {name}


def _counted(name: str, call: Callable[..., Any], calls: list[str]) -> Callable[..., Any]:
    def counted(*arguments: Any, **options: Any) -> Any:
        calls.append(name)
        return call(*arguments, **options)

    return counted


def test_a_shard_costs_one_request_to_write_and_one_to_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls: list[str] = []
    for name in ("ls", "put_file", "get_file", "exists", "info", "rm_file"):
        original = getattr(MemoryFileSystem, name)

        def counted(
            self: Any, *arguments: Any, _name: str = name, _call: Any = original, **more: Any
        ) -> Any:
            calls.append(_name)
            return _call(self, *arguments, **more)

        monkeypatch.setattr(MemoryFileSystem, name, counted)
    store = Store(run_folder(RUN))
    for number in range(20):
        store.write("articles", f"k{number}", [_article("a")])
    assert calls == ["ls", *["put_file"] * 20]
    _forget_mirror()
    calls.clear()
    store = Store(run_folder(RUN))
    assert all(store.has("articles", f"k{number}") for number in range(20))
    for number in range(20):
        store.read("articles", f"k{number}", Article)
    assert [name for name in calls if name != "info"] == ["ls", *["get_file"] * 20]


def test_a_store_that_fails_is_asked_again_and_then_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bucket, left = Bucket(RUN, pause_seconds=0), [5]
    cat = MemoryFileSystem.cat_file

    def failing(self: Any, path: str, *arguments: Any) -> Any:
        left[0] -= 1
        if left[0] >= 0:
            raise OSError("503 Slow Down")
        return cat(self, path, *arguments)

    monkeypatch.setattr(MemoryFileSystem, "cat_file", failing)
    bucket.write("a", "text")
    assert bucket.read("a") == "text"
    left[0] = 6
    with pytest.raises(StoreError, match=r"memory://news/runs/today/a.*after 6 tries.*run again"):
        bucket.read("a")


def test_a_second_run_into_a_bucket_is_refused(pages: Path) -> None:
    claims = Claims(run_folder(RUN))
    assert claims.take("run") == 1
    with claims.holding("run"):
        result = CliRunner().invoke(cli, ["run", str(pages), "--output", RUN])
        assert "other runs or workers are writing" in str(result.exception)
    assert claims.alive() == []


def test_pages_are_read_from_a_bucket(pages: Path, tmp_path: Path) -> None:
    for path in pages.iterdir():
        Bucket("memory://news/in").put(path, path.name)
    _invoke("segment", "memory://news/in", "--output", str(tmp_path / "far"))
    _invoke("segment", "memory://news/in/*.md", "--output", str(tmp_path / "pattern"))
    _invoke("segment", str(pages), "--output", str(tmp_path / "near"))
    tables = [
        sorted(path.name for path in (tmp_path / name / "articles").iterdir())
        for name in ("far", "pattern", "near")
    ]
    assert tables[0] == tables[1] == tables[2] != []


def test_a_model_in_a_bucket_is_fetched_once_and_makes_the_same_shards(
    pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Bucket("memory://models/zh-en")
    for path in (BUNDLED / "zh-en").iterdir():
        store.put(path, path.name)
    address = ("--set", "translate.model.path=memory://models/zh-en/")
    _run(pages, str(tmp_path / "near"))
    _run(pages, str(tmp_path / "far"), *address)
    assert _names(tmp_path / "far") == _names(tmp_path / "near") != set()
    fetched: list[str] = []
    get = MemoryFileSystem.get_file
    counted = _counted("get", get, fetched)
    monkeypatch.setattr(MemoryFileSystem, "get_file", counted)
    _run(pages, str(tmp_path / "again"), *address)
    assert fetched == []
    store.write("source.spm", "damaged")
    result = CliRunner().invoke(cli, ["run", str(pages), "--output", str(tmp_path / "x"), *address])
    assert "memory://models/zh-en: source.spm" in str(result.exception)


def _names(folder: Path) -> set[str]:
    return {path.name for path in (folder / "translations").iterdir()}


def test_a_night_in_a_bucket_is_a_run_by_itself(pages: Path) -> None:
    _run(pages, "memory://news/runs/{date}", "--date", "2026-11-28", "--until", "segment")
    assert "manifest.json" in Bucket("memory://news/runs/2026-11-28").names()
    assert not (run_folder(RUN).parent / "index.html").exists()


def test_an_unknown_store_is_named(pages: Path) -> None:
    result = CliRunner().invoke(cli, ["run", str(pages), "--output", "nostore://a/b"])
    assert "nostore" in str(result.exception)


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[CountingServer]:
    """Serve S3 on loopback; every second request meets a fault that is set."""
    if importlib.util.find_spec("moto") is None or importlib.util.find_spec("s3fs") is None:
        if os.environ.get("YIBAO_REQUIRE_CLUSTER"):
            pytest.fail("moto or s3fs is not installed")
        pytest.skip("moto or s3fs is not installed")
    import s3fs

    with counting("s3_server.py") as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.address)
        for name, value in (("ACCESS_KEY_ID", "a"), ("SECRET_ACCESS_KEY", "b"), ("REGION", "x")):
            monkeypatch.setenv(f"AWS_{name}", value)
        s3fs.S3FileSystem.clear_instance_cache()
        yield server
        s3fs.S3FileSystem.clear_instance_cache()


def test_a_run_on_a_real_s3_server_loses_nothing_when_requests_fail(
    pages: Path, tmp_path: Path, s3: CountingServer
) -> None:
    for number in range(20):
        text = TEXT.format(number, number, number)
        (pages / f"{number}.md").write_text(text, encoding="utf-8")
    local = tmp_path / "plain/today"
    _run(pages, str(local))
    kinds = ["503", "drop", "half", "503", "drop", "half", "503", "half", "drop", "slow"]
    failures = int(os.environ.get("YIBAO_S3_FAILURES", "10"))  # each waits; try 100 by hand
    s3.set("faults", (kinds * failures)[:failures])
    _run(pages, S3_RUN)
    assert s3.counts["left"] == 0
    bucket = Bucket(S3_RUN)
    for table in ("articles", "translations", "summaries", "scores"):
        names = bucket.names(table)
        assert set(names) == {path.name for path in (local / table).iterdir()}
        for name in names:
            assert bucket.read(f"{table}/{name}") == (local / table / name).read_text()
    assert bucket.read("report.json") == (local / "report.json").read_text()


def test_a_shard_costs_two_requests_on_a_real_server_and_four_with_workers(
    pages: Path, s3: CountingServer
) -> None:
    few = ("--set", "deliver.formats=[]", "--set", "runtime.memory=off", "--until", "score")
    for more, most in ((few, 2.0), ((*few, "--worker", "1/2", "--fresh"), 4.0)):
        requests = []
        for count in (2, 10):  # what a run costs once goes out of the difference
            for number in range(count):
                text = TEXT.format(count * number, number, count)
                (pages / f"{number}.md").write_text(text, encoding="utf-8")
            s3.set("faults", [])
            _run(pages, f"{S3_RUN}-{count}-{most}", *more)
            requests.append(sum(s3.counts.values()))
        assert (requests[1] - requests[0]) / (8 * 5) <= most  # five tables


def test_of_two_that_put_one_claim_on_a_real_server_one_succeeds(s3: CountingServer) -> None:
    bucket = Bucket(S3_RUN)
    assert bucket.create("claims/x.json", "1")
    assert not bucket.create("claims/x.json", "2")
    s3.set("faults", ["half", "half"])  # it was made, and nobody heard of it
    assert bucket.create("claims/y.json", "1")
    bucket.remove("claims/x.json")
    assert set(bucket.names("claims")) == {"y.json"}


def test_runs_in_a_bucket_cannot_be_removed(pages: Path) -> None:
    answer = call("run", str(pages), "--output", RUN, "--set", "keep={runs: 3}")
    assert answer.code == 2
    assert "keep: runs in a bucket are not removed; leave it out" in answer.messages


@pytest.mark.parametrize("below", ["", "/*.md", "/east"])
def test_pages_in_a_dated_folder_of_a_bucket_have_sources_without_it(
    below: str, pages: Path, tmp_path: Path
) -> None:
    day = "2026-11-28/east" if below == "/east" else "2026-11-28"
    for path in pages.iterdir():
        Bucket(f"memory://news/in/{day}").put(path, path.name)
    config = tmp_path / "config.yaml"
    folder = f"memory://news/in/{{date}}{below}"
    config.write_text(f"input: {{paths: ['{folder}']}}\noutput: runs/{{date}}\n", encoding="utf-8")
    _invoke("segment", "--config", str(config), "--date", "2026-11-28")
    account = (tmp_path / "runs/2026-11-28/accounts.jsonl").read_text(encoding="utf-8")
    sources = {json.loads(line)["source"] for line in account.splitlines()}
    inside = "east/" if below == "/east" else ""
    assert sources == {f"{inside}{name}.md" for name in "一二三"}
