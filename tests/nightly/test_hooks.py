"""`notify`: a command, a webhook and mail hear how a run ended, and cannot harm it."""

import json
import socket
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from pipeline.config.night_sections import CommandHook
from pipeline.nightly.deadline import HookError
from pipeline.nightly.hooks import Program
from pipeline.storage import hold_folder
from tests.nights import Nights


class Hooks(ThreadingHTTPServer):
    """A webhook on this machine; `/slow` never answers, `/deny` refuses, `/away` redirects."""

    daemon_threads = True

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.tokens: list[str | None] = []
        super().__init__(("127.0.0.1", 0), _Hook)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Hook(BaseHTTPRequestHandler):
    server: Hooks

    def log_message(self, *arguments: Any) -> None:
        pass

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/slow":
            time.sleep(2)
            return
        if self.path == "/ok":
            self.server.bodies.append(json.loads(body))
            self.server.tokens.append(self.headers.get("Authorization"))
        self.send_response({"/deny": 403, "/away": 302}.get(self.path, 204))
        self.send_header("Location", f"{self.server.address}/ok")
        self.end_headers()


class _Mail(socketserver.StreamRequestHandler):
    """As much SMTP as one message needs."""

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"DATA":
                self.wfile.write(b"354 go\r\n")
                while (text := self.rfile.readline()) != b".\r\n":
                    self.server.said.append(text.decode())  # type: ignore[attr-defined]
            self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 fine\r\n")


@pytest.fixture(scope="module")
def hooks() -> Iterator[Hooks]:
    server = Hooks()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def mail() -> Iterator[socketserver.ThreadingTCPServer]:
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Mail)
    server.daemon_threads = True
    server.said = []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Nights:
    """A finished run: every further one of the same date has nothing to do but notify."""
    nights = Nights(tmp_path_factory.mktemp("hooks"))
    nights.configure(report={})
    nights.run("2026-11-25")
    return nights


def notified(nights: Nights) -> dict[str, str]:
    """Return what became of each hook, from the manifest; the log says the same."""
    hooks = nights.json("2026-11-25/manifest.json")["hooks"]
    run = nights.json("2026-11-25/manifest.json")["run_id"]
    events = [row for row in nights.events("2026-11-25") if row["run"] == run]
    logged = {row["hook"]: row["message"] for row in events if row["event"] == "notify"}
    for hook in hooks:
        assert (hook["problem"] or "sent") in logged[hook["hook"]]
    assert events[-1]["event"] == "ended"
    return {hook["hook"]: hook["problem"] for hook in hooks}


def test_all_three_hear_of_a_finished_run(
    nights: Nights, hooks: Hooks, mail: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK_TOKEN", "s3cret")
    code = (
        "import os, sys; open('heard.json', 'w').write(sys.stdin.read()); "
        "open('code', 'w').write(os.environ['YIBAO_EVENT'] + os.environ['YIBAO_EXIT_CODE'])"
    )
    nights.configure(
        notify={
            "command": {"run": [sys.executable, "-c", code]},
            "webhook": {"url": f"{hooks.address}/ok", "token_variable": "HOOK_TOKEN"},
            "mail": {
                **{"server": "127.0.0.1", "port": mail.server_address[1], "security": "none"},
                **{"sender": "yibao@example.org", "to": ["desk@example.org"]},
            },
        }
    )
    nights.run("2026-11-25")
    assert notified(nights) == {"command": "", "webhook": "", "mail": ""}
    body = hooks.bodies[-1]
    assert hooks.tokens[-1] == "Bearer s3cret"
    assert json.loads((nights.folder / "heard.json").read_text(encoding="utf-8")) == body
    assert (nights.folder / "code").read_text(encoding="utf-8") == "finish0"
    manifest = nights.json("2026-11-25/manifest.json")
    for key in ("started", "finished", "totals", "quality", "changes", "exit_code"):
        assert body[key] == manifest[key]
    assert (body["event"], body["run"]) == ("finish", manifest["run_id"])
    assert Path(body["report"]).is_file()
    assert "Subject: Yibao: 2026-11-25 is done\r\n" in mail.said
    written = "".join(p.read_text("utf-8") for p in nights.path("2026-11-25").glob("*.json*"))
    assert "s3cret" not in written


def test_a_mail_server_without_encryption_is_named_with_the_remedy(
    nights: Nights, mail: Any
) -> None:
    server = {"server": "127.0.0.1", "port": mail.server_address[1]}
    nights.configure(notify={"mail": server | {"sender": "a@b.c", "to": ["d@e.f"]}})
    nights.run("2026-11-25")
    assert notified(nights)["mail"] == (
        "127.0.0.1: the server offers no STARTTLS; set notify.mail.security to tls or none"
    )


def test_doctor_names_each_hook_and_what_it_lacks(
    nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK_TOKEN", "s3cret")
    login = {"user": "me", "password_variable": "NO_PASSWORD"}
    nights.configure(
        runtime={"offline": False},
        notify={
            "command": {"run": ["/no/such/page-me", "yibao"]},
            "webhook": {"url": "https://example.org/x", "token_variable": "HOOK_TOKEN"},
            "mail": {"server": "mail.example.org", "sender": "a@b.c", "to": ["d@e.f"]} | login,
        },
    )
    text = nights.call("doctor", "--config", "config.yaml").text
    assert "notify        command /no/such/page-me: no such program\n" in text
    assert "notify        webhook https://example.org" in text
    assert "mail by mail.example.org:587 (starttls) to d@e.f: not set here: NO_PASSWORD\n" in text
    assert "s3cret" not in text
    nights.configure(notify={"command": {"run": [sys.executable]}})
    text = nights.call("doctor", "--config", "config.yaml").text
    assert f"notify        command {sys.executable}\n" in text


def hanging(hooks: Hooks) -> dict[str, Any]:
    program = "import time; time.sleep(60)"
    return {
        "command": {"run": [sys.executable, "-c", program], "timeout_seconds": 0.5},
        "webhook": {"url": f"{hooks.address}/slow", "timeout_seconds": 0.5},
    }


def test_hooks_that_hang_cost_no_more_than_their_deadline(nights: Nights, hooks: Hooks) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes a call and says nothing
        mail = {"server": "127.0.0.1", "port": silent.getsockname()[1], "security": "none"}
        mail |= {"sender": "a@b.c", "to": ["d@e.f"], "timeout_seconds": 0.5}
        nights.configure(notify=hanging(hooks) | {"mail": mail})
        nights.run("2026-11-25")
    assert all(notified(nights).values())
    started, ended = (
        [row for row in nights.events("2026-11-25") if row["event"] == event][-1]
        for event in ("notify", "ended")
    )
    seconds = [hook["seconds"] for hook in nights.json("2026-11-25/manifest.json")["hooks"]]
    assert max(seconds) <= 0.5
    assert started["level"] == "warning"
    assert ended["exit_code"] == 0


class _Late(subprocess.Popen[bytes]):
    """A process whose thread learns nothing of its deadline, as on a busy machine."""

    started: ClassVar[list["_Late"]] = []

    def communicate(self, *arguments: Any, timeout: float | None = None) -> Any:
        self.started.append(self)
        return super().communicate(*arguments)


def test_a_program_is_gone_when_the_run_continues_however_late_its_thread_is(
    nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subprocess, "Popen", _Late)
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    nights.configure(notify={"command": {"run": command, "timeout_seconds": 0.5}})
    nights.run("2026-11-25")
    assert notified(nights)["command"].endswith("stopped after 0.5 seconds")
    assert _Late.started[-1].returncode


def test_a_program_that_is_stopped_while_it_starts_ends_at_once() -> None:
    hook = CommandHook(run=(sys.executable, "-c", "import time; time.sleep(60)"))
    program = Program(hook, {}, "")
    program.stop()
    with pytest.raises(HookError, match="stopped after"):
        program.run()


# the program, its problem: one prints without end, one leaves a program behind that holds its
# streams open, one reads nothing of the event
PRINTING = [
    ("import sys\nwhile True: print('no ' * 9999, file=sys.stderr)", "stopped after 0.5 seconds"),
    (
        "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; "
        "time.sleep(3)'], start_new_session=True)",
        "",
    ),
    (
        "import sys; sys.stdin.close(); print('a' * 9999 + '\\nlast', file=sys.stderr); exit(2)",
        "last",
    ),
]


@pytest.mark.parametrize(("program", "problem"), PRINTING)
def test_a_program_may_print_without_end_and_leave_others_behind(
    program: str, problem: str, nights: Nights
) -> None:
    limit = 0.5 if "while" in program else 2.5
    nights.configure(
        notify={"command": {"run": [sys.executable, "-c", program], "timeout_seconds": limit}}
    )
    nights.run("2026-11-25")
    assert notified(nights)["command"].endswith(problem)
    assert bool(notified(nights)["command"]) == bool(problem)


# the hook, what is said of it
FAILING: list[tuple[dict[str, Any], str]] = [
    ({"command": {"run": ["no-such-program"]}}, "no-such-program: cannot be started"),
    (
        {"command": {"run": [sys.executable, "-c", "import sys; sys.exit('no disk')"]}},
        "ended with exit code 1: no disk",
    ),
    ({"webhook": {"url": "HOOKS/deny"}}, "/deny: the server answered 403"),
    ({"webhook": {"url": "HOOKS/away"}}, "/away: the server answered 302"),
    (
        {"webhook": {"url": "http://127.0.0.1:9/x"}},
        "http://127.0.0.1:9/x: cannot be reached: Connection refused",
    ),
    ({"webhook": {"url_variable": "NO_URL"}}, "the environment variable NO_URL is not set"),
    ({"webhook": {"url_variable": "AWAY_URL"}}, "AWAY_URL names another machine, but runtime.off"),
    (
        {
            "webhook": {"url": "HOOKS/ok", "token_variable": "SPLIT_TOKEN"},
        },
        "SPLIT_TOKEN has a line break",
    ),
    (
        {
            "mail": {
                **{"server": "127.0.0.1", "port": 9, "security": "none"},
                **{"sender": "a@b.c", "to": ["d@e.f"]},
            }
        },
        "127.0.0.1: cannot be reached: Connection refused",
    ),
]


@pytest.mark.parametrize(("notify", "line"), FAILING)
def test_a_hook_that_fails_is_named_and_the_run_is_done(
    notify: dict[str, Any],
    line: str,
    nights: Nights,
    hooks: Hooks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWAY_URL", "https://hooks.example.org/s3cret")
    monkeypatch.setenv("SPLIT_TOKEN", "s3cret\nX: y")
    nights.configure(notify=json.loads(json.dumps(notify).replace("HOOKS", hooks.address)))
    said = nights.run("2026-11-25").messages
    [problem] = notified(nights).values()
    assert line in problem
    assert f"warning: notify.{next(iter(notify))}: {problem}" in said
    assert "s3cret" not in said
    status = nights.call("status", "runs").text
    assert f"  notify.{next(iter(notify))} FAILED: {problem}" in status


def test_a_failure_and_a_gate_are_events_of_their_own(
    tmp_path: Path, hooks: Hooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    nights = Nights(tmp_path)
    notify = {"webhook": {"url": f"{hooks.address}/ok"}}
    nights.configure(notify=notify, translate={"model": {"kind": "seq2seq", "path": "nowhere"}})
    nights.run("2026-11-25", ends=1)
    assert (hooks.bodies[-1]["event"], hooks.bodies[-1]["exit_code"]) == ("failure", 1)
    assert "nowhere" in hooks.bodies[-1]["reason"]
    assert "failed, exit code 1" in nights.call("history", "runs").text
    rows = '{"id": "a", "text": "河水水位回落。", "reference": "The river falls."}\n'
    (tmp_path / "input.jsonl").write_text(rows, encoding="utf-8")
    nights.configure(
        input={"paths": ["input.jsonl"]},
        notify=notify,
        gate={"chrf": {"min": 101, "max_drop": 1, "against": "runs/latest"}},
    )
    nights.run("2026-11-26", ends=4)
    body = hooks.bodies[-1]
    assert (body["event"], body["exit_code"]) == ("gate", 4)
    assert [gate["passed"] for gate in body["gates"]] == [True, False]
    assert "no run to compare with yet" in body["gates"][0]["message"]
    assert "a gate failed" in nights.call("history", "runs").text
    nights.run("2026-11-27", ends=4)  # compared with the night before
    assert "0.00 better than" in hooks.bodies[-1]["gates"][1]["message"]
    with hold_folder(nights.path("2026-11-27")):
        nights.run("2026-11-27", ends=5)
    assert (hooks.bodies[-1]["event"], hooks.bodies[-1]["exit_code"]) == ("failure", 5)
    before = len(hooks.bodies)
    nights.run("2026-11-27", "--set", "notify.on=[finish]", ends=4)
    assert len(hooks.bodies) == before


# settings, what is said before anything runs
REFUSED = [
    (
        "notify.webhook.url=https://example.org/x",
        "notify.webhook.url: https://example.org/x is ano",
    ),
    ("notify.webhook={url: 'http://a:b@localhost/'}", "'url' contains a user name or password"),
    ("notify.webhook={}", "needs either 'url' or 'url_variable'"),
    (
        "notify.mail={server: mail.example.org, sender: a@b.c, to: [d@e.f]}",
        "notify.mail.server: mail.example.org is another machine, but runtime.offline is true",
    ),
    (
        "notify.mail={server: localhost, sender: a@b.c, to: [d@e.f], user: me}",
        "'user' and 'password_variable' need each other",
    ),
    *(
        (f"notify.mail={{server: '{server}', sender: a@b.c, to: [d@e.f]}}", line)
        for server, line in (
            ("localhost:25", "write it as 'server: localhost' and its port as 'port: 25'"),
            ("smtp://localhost:25", "write it as 'server: localhost' and its port as 'port: 25'"),
            ("smtps://localhost", "write it as 'server: localhost' and its port as 'port: 587'"),
        )
    ),
    ("keep={}", "needs 'days', 'runs' or both"),
]


@pytest.mark.parametrize(("setting", "line"), REFUSED)
def test_what_cannot_work_is_refused_by_the_config(setting: str, line: str, nights: Nights) -> None:
    nights.configure()
    answer = nights.call("config", "check", "config.yaml", "--set", setting)
    assert (answer.code, line in answer.messages) == (2, True), answer.messages
