"""What others see of a run: events of one schema, progress while it works, spans, metrics."""

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from models.protocols import Candidate
from pipeline.engine.journal import Journal
from pipeline.nightly.metrics_file import metrics_text
from tests.commandline import call
from tests.nights import Nights

ROOT = Path(__file__).parents[2]
LEVELS = ("debug", "info", "warning", "error")
STAGES = ("read", "segment", "translate", "summarize", "score", "report")


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Nights:
    """A night with one article that fails, whose state is asked for while it translates."""
    nights = Nights(tmp_path_factory.mktemp("observed"))
    nights.configure(deliver={"formats": []}, runtime={"device": "cpu", "shard_size": 2})
    asked: list[dict[str, Any]] = []
    answer = nights.translator.answer

    def watched(sentences: Any) -> list[Candidate]:
        if any("摊位" in sentence for sentence in sentences):
            raise ValueError("the model choked")
        if not asked:
            asked.append(json.loads(call("status", "runs", "--json").text))
        return answer(sentences)

    nights.translator.answer = watched  # type: ignore[method-assign]
    nights.run("2026-11-25", ends=3)
    nights.status = asked[0]  # type: ignore[attr-defined]
    return nights


def documented() -> dict[str, tuple[set[str], set[str]]]:
    """Return the levels and keys of every event in docs/operate/logs.md."""
    page = (ROOT / "docs/operate/logs.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| ([a-z, ]+) \| ([^|]*)\|$", page, re.MULTILINE)
    return {
        event: ({*re.findall("[a-z]+", levels)} & {*LEVELS}, {*re.findall(r"`(\w+)`", keys)})
        for event, levels, keys in rows
    }


def test_every_event_has_the_schema_of_the_documentation(seen: Nights) -> None:
    events = seen.events("2026-11-25")
    known = documented()
    run = seen.json("2026-11-25/manifest.json")["run_id"]
    common = {"time", "run", "level", "event", "message"}
    for row in events:
        levels, keys = known[row["event"]]
        assert row["level"] in levels, row
        assert common <= row.keys() <= common | keys, row
        assert row["run"] == run
        assert row.get("stage", "read") in STAGES
        assert isinstance(row.get("seconds", 0.0), float | int)
    shards = [row for row in events if row["event"] == "shard"]
    made = seen.json("2026-11-25/manifest.json")["made"]
    assert len(shards) == sum(made.values())
    [failure] = [row for row in events if row["event"] == "failure"]
    assert (failure["level"], failure["article"]) == ("error", "market.1")
    assert (events[-1]["event"], events[-1]["exit_code"]) == ("ended", 3)


def test_every_event_of_the_code_is_documented() -> None:
    sources = "\n".join(path.read_text("utf-8") for path in ROOT.glob("pipeline/**/*.py"))
    written = re.findall(r'journal\.(?:debug|info|warning|error)\(\s*"(\w+)"', sources)
    assert {*written, "ended", "failed", "progress"} - documented().keys() == set()


def test_status_of_a_run_from_another_terminal(seen: Nights) -> None:
    status = seen.status  # type: ignore[attr-defined]
    assert (status["state"], status["exit_code"], status["totals"]) == ("running", None, {})
    states = {stage["stage"]: stage["state"] for stage in status["stages"]}
    assert states == {
        "segment": "done",
        "translate": "running",
        **dict.fromkeys(("summarize", "score", "report"), "waiting"),
    }
    text = seen.call("status", "runs/2026-11-25").text
    assert "done, exit code 3" in text
    assert "1 failure\n" in text


def test_progress_is_noted_every_two_seconds_with_share_speed_and_time_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    monkeypatch.setattr("pipeline.engine.journal.time.monotonic", lambda: clock[0])
    journal = Journal(verbosity=0)
    with journal.recording(tmp_path), journal.task("translate", 4) as task:
        for seconds, done in ((1.0, 0.5), (10.0, 1.0), (11.0, 1.1)):
            clock[0] = 100.0 + seconds
            task.update(done, f"{int(80 * done):,} sentences")
    manifest = {"tables": {}, "status": "running", "run_id": journal.run_id, "started": "x"}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    lines = (tmp_path / "log.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["done"] for line in lines] == [0, 1.0]
    status = json.loads(call("status", str(tmp_path), "--json").text)
    assert status["state"] == "interrupted"  # nobody holds the folder
    [stage] = [stage for stage in status["stages"] if stage["stage"] == "translate"]
    assert (stage["state"], stage["share"], stage["count"]) == ("stopped", 0.25, 80)
    assert stage["per_second"] == 8.0
    assert "stopped  25% of 4 shards; 80 sentences; 8.0 sentences per second" in (
        call("status", str(tmp_path)).text
    )


class Collector(ThreadingHTTPServer):
    """Takes spans on this machine."""

    daemon_threads = True

    def __init__(self) -> None:
        self.spans: list[Any] = []
        super().__init__(("127.0.0.1", 0), _Collect)


class _Collect(BaseHTTPRequestHandler):
    server: Collector

    def log_message(self, *arguments: Any) -> None:
        pass

    def do_POST(self) -> None:
        from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
            ExportTraceServiceRequest,
        )

        body = self.rfile.read(int(self.headers["Content-Length"]))
        request = ExportTraceServiceRequest.FromString(body)
        for resource in request.resource_spans:
            for scope in resource.scope_spans:
                self.server.spans += scope.spans
        self.send_response(200 if self.path == "/v1/traces" else 404)
        self.send_header("Content-Length", "0")
        self.end_headers()


@pytest.fixture
def collector() -> Iterator[Collector]:
    server = Collector()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_a_run_is_a_trace(
    seen: Nights, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("opentelemetry.sdk")
    trace, parent = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
    monkeypatch.setenv("TRACEPARENT", f"00-{trace}-{parent}-01")
    address = f"http://127.0.0.1:{collector.server_address[1]}"
    seen.run("2026-11-25", "--set", f"runtime.traces={address}", ends=3)
    spans = {span.name: span for span in collector.spans}
    assert spans.keys() == {f"yibao {stage}" for stage in STAGES[1:5]} | {"yibao run"}
    whole = spans["yibao run"]
    assert (whole.trace_id.hex(), whole.parent_span_id.hex()) == (trace, parent)
    assert whole.status.code == 2  # an error: exit code 3
    for name, span in spans.items():
        assert name == "yibao run" or span.parent_span_id == whole.span_id
        assert span.start_time_unix_nano <= span.end_time_unix_nano
    facts = {fact.key: fact.value for fact in whole.attributes}
    assert facts["yibao.exit_code"].int_value == 3


def test_a_collector_that_is_not_there_is_a_warning(seen: Nights) -> None:
    pytest.importorskip("opentelemetry.sdk")
    said = seen.run("2026-11-25", "--set", "runtime.traces=http://127.0.0.1:9", ends=3).messages
    assert "warning: runtime.traces: http://127.0.0.1:9: the collector did not take" in said


# setting, exit code, what is said
REFUSED = [
    (
        "runtime.traces=http://example.org:4318",
        "runtime.traces: http://example.org:4318 is another",
    ),
    ("runtime.traces=localhost:4318", "runtime.traces: 'localhost:4318' is not the address"),
]


@pytest.mark.parametrize(("setting", "line"), REFUSED)
def test_an_address_of_a_collector_is_checked(setting: str, line: str, seen: Nights) -> None:
    answer = seen.call("config", "check", "config.yaml", "--set", setting)
    assert (answer.code, line in answer.messages) == (2, True), answer.messages


def test_without_the_extra_the_config_says_what_to_install(
    seen: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.nightly.traces.find_spec", lambda name: None)
    said = seen.run("2026-11-25", "--set", "runtime.traces=http://localhost:1", ends=2).messages
    assert "pip install 'yibao[otel]'" in said


def test_labels_are_escaped(seen: Nights) -> None:
    from pipeline.config.file import load_config
    from pipeline.engine.manifest import started_manifest

    manifest = started_manifest(load_config(seen.folder / "config.yaml"), None)
    manifest.input = {"passed_over": {'."b\\ad"': 1, ".\x1b[2J\n": 2}}
    text = metrics_text(manifest, 0)
    assert 'yibao_files_passed_over{ending=".\\"b\\\\ad\\""} 1.0\n' in text
    assert "\x1b" not in text
    assert all(line.startswith(("#", "yibao_")) for line in text.splitlines())
