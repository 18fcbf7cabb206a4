"""Servers that misbehave, through the command line: nothing leaks, hangs or is asked in vain."""

import json
import time
from typing import Any

import pytest

from tests.runs import ServerBench
from tests.servers import serving, unused_address

SUMMARIES = {"model": {"kind": "extractive", "sentences": 1}}
ALWAYS = {"times": -1}


def said(text: str | None, **more: Any) -> dict[str, Any]:
    """Return a body with this content, to be sent as it is."""
    choice = {"index": 0, "message": {"role": "assistant", "content": text} | more}
    return {"choices": [choice | {"finish_reason": "stop"}]}


@pytest.mark.parametrize("where", ["/models", ""])
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_named_and_never_followed(
    bench: ServerBench, where: str, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERVER_KEY", "key-of-mine")
    with serving() as other:
        to = f"http://user:pass@{other.address.removeprefix('http://')}/v1/x?token=abcdef"
        fault = {"match": where, "fault": "redirect", "status": status, "to": to}
        bench.server.meets(fault | ALWAYS)
        line = bench.error("run", translate={"model": bench.model(api_key_variable="SERVER_KEY")})
        assert f"redirects to {other.address}/v1/x, and redirects are not followed" in line
        assert "pass" not in line
        assert "abcdef" not in line
        assert (other.requests, other.headers) == ([], [])


# how a server misbehaves, and what the failure says
BAD_ANSWERS: list[tuple[dict[str, Any], str]] = [
    ({"fault": "raw", "body": '{"choices": [{"message": null}]}'}, "its message is null"),
    ({"fault": "raw", "body": json.dumps(said(None))}, "its content is missing"),
    ({"fault": "raw", "body": '{"choices": [{"message": {"content": 5}}]}'}, "its content is no"),
    ({"fault": "raw", "body": '{"choices": [{"message": {"content": []}}]}'}, "its content is no"),
    ({"fault": "raw", "body": '{"choices": []}'}, "it has no choices"),
    ({"fault": "raw", "body": '{"choices": {"0": 1}}'}, "it has no choices"),
    ({"fault": "raw", "body": '{"choices": [null]}'}, "it has no choices"),
    ({"fault": "raw", "body": "[" * 100_000}, "it is not JSON"),
    ({"fault": "raw", "body": "<html>", "type": "text/html"}, "it is not JSON"),
    ({"fault": "raw", "body": "\udcff".encode("utf-8", "surrogatepass").decode("latin-1")}, "JSON"),
    ({"fault": "half"}, "closed before the answer was complete"),
    ({"fault": "drop"}, "closed before the answer was complete"),
    ({"fault": "huge", "bytes": 50_000_000}, "more than"),
    ({"fault": "status", "status": 400, "message": "\x1b[2Jtoo long"}, "HTTP 400: [2Jtoo long"),
    ({"fault": "status", "status": 500, "message": "oops"}, "HTTP 500: oops, 2 times"),
]


@pytest.mark.parametrize(("fault", "says"), BAD_ANSWERS, ids=lambda value: str(value)[:50])
def test_a_bad_answer_costs_its_article_and_says_why(
    bench: ServerBench, fault: dict[str, Any], says: str
) -> None:
    bench.add("b.txt", "题目\n\n今天天气好。\n")
    bench.server.meets({"match": "秩序"} | ALWAYS | fault)
    result = bench.call("run")
    assert result.exit_code == 3
    [failure] = bench.failures()
    assert says in failure["reason"]
    assert failure["reason"].startswith("ModelError: 1 of 3 sentences have no translation, first")
    assert bench.server.asked("秩序") == (1 if fault.get("status") == 400 else 2)
    assert len(bench.sentences()) == 2  # those of the other article
    assert bench.server.asked("央行") == 1
    assert "5 sentences translated" in bench.written()


def test_a_server_that_drips_is_given_up_at_the_deadline(bench: ServerBench) -> None:
    bench.server.meets({"fault": "drip", "seconds": 0.05} | ALWAYS)
    start = time.monotonic()
    line = bench.error("run", translate={"model": bench.model(timeout_seconds=0.5, retries=0)})
    assert "the server does not answer (no complete answer within 0.5 s);" in line
    assert time.monotonic() - start < 60


def test_the_list_of_models_has_a_deadline_and_a_bound_as_well(
    bench: ServerBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.prompted.server.LISTING_SECONDS", 0.5)
    faults: list[tuple[dict[str, Any], str]] = [
        ({"fault": "drip", "seconds": 0.05}, "no complete answer within 0.5 s"),
        ({"fault": "huge", "bytes": 9_000_000}, "more than 4,194,304 bytes"),
        ({"fault": "raw", "body": "["}, "its list of models is not JSON"),
    ]
    for fault, says in faults:
        bench.server.meets({"match": "/models"} | ALWAYS | fault)
        assert says in bench.error("plan")


@pytest.mark.parametrize("memory", ["off", "auto"])
@pytest.mark.parametrize("status", [500, 400, 429])
def test_a_server_that_keeps_failing_ends_the_run_and_a_later_one_goes_on(
    bench: ServerBench, status: int, memory: str
) -> None:
    for number in range(15):
        bench.add(f"{number}.txt", f"题目{number}\n\n今天是第{number}天。\n")
    runtime = {"memory": memory, "shard_size": 1}
    bench.server.meets({"fault": "status", "status": status, "message": "no"} | ALWAYS)
    model = bench.model(concurrency=2, retries=1, base_url=bench.server.base_url)
    line = bench.error("run", translate={"model": model}, runtime=runtime)
    assert line.startswith(f"{bench.server.base_url}: the server keeps failing (HTTP {status}: no")
    assert "run again when it works" in line
    assert len(bench.server.requests) <= 12
    bench.server.meets()
    assert bench.call("run", translate={"model": model}, runtime=runtime).exit_code == 0
    assert len(bench.sentences()) == 33


def test_each_failing_sentence_is_asked_once_and_the_retries(bench: ServerBench) -> None:
    for number in range(5):
        lines = "".join(f"坏句子{number}{letter}。" for letter in "甲乙丙")
        bench.add(f"{number}.txt", f"题目{number}\n\n{lines}\n\n今天是第{number}天。\n")
    bench.server.meets(
        {"match": "坏句子", "fault": "status", "status": 500, "message": "no"} | ALWAYS
    )
    runtime = {"shard_size": 2, "memory": "auto"}
    assert bench.call("run", runtime=runtime).exit_code == 3
    assert bench.server.asked("坏句子") == 15 * 2
    assert len(bench.failures()) == 5
    bench.server.meets()
    assert bench.call("run", runtime=runtime).exit_code == 0
    assert len(bench.server.requests) == 15  # the others are remembered


def test_a_server_that_goes_away_is_one_line(bench: ServerBench) -> None:
    with serving() as other:
        model = bench.model(base_url=other.base_url)
        assert bench.call("plan", translate={"model": model}).exit_code == 0
        other.stop()
        line = bench.error("run", translate={"model": model})
        assert "does not answer" in line


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"base_url": "http://me:hunter2@localhost/v1"}, "put the key in an environment variable"),
        ({"base_url": "http://hunter2@localhost/v1"}, "put the key in an environment variable"),
        ({"base_url": "http://localhost/v1?key=hunter2"}, "something after '?' or '#'"),
        ({"base_url": "http://localhost:99999/v1"}, "no valid host and port"),
        ({"base_url": "http://localhost:port/v1"}, "no valid host and port"),
        ({"base_url": "http://[::1/v1"}, "no valid host and port"),
        ({"base_url": "http://"}, "no valid host and port"),
        ({"base_url": "localhost:8000"}, "not the address of a server"),
        ({"base_url": "ftp://localhost/v1"}, "not the address of a server"),
        ({"base_url": "http://local host/v1"}, "spaces"),
        ({"api_key_variable": "sk-hunter2"}, "must be the name of an environment variable"),
    ],
    ids=str,
)
def test_a_wrong_address_or_a_secret_in_it_is_refused_by_config_check(
    bench: ServerBench, settings: dict[str, Any], says: str
) -> None:
    line = bench.error("config", "check", translate={"model": bench.model(**settings)})
    assert says in line
    assert f"translate.model.{next(iter(settings))}: " in line
    assert "hunter2" not in line


def test_secrets_in_extra_are_sent_and_shown_nowhere(
    bench: ServerBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERVER_KEY", "hunter2-of-the-key")
    extra = {
        "api_key": "hunter2-a",
        "max_tokens": 77,
        "eos_token": "</s>",
        "nested": {"Authorization": "Bearer hunter2-b", "list": [{"accessToken": "hunter2-c"}]},
        "headers": ["Bearer hunter2-d"],
        "password": 12345678,
    }
    model = bench.model(extra=extra, api_key_variable="SERVER_KEY")
    message = "wrong key hunter2-of-the-key or hunter2-b"
    fault = {"fault": "status", "status": 400, "message": message} | ALWAYS
    bench.server.meets({"match": "秩序"} | fault)
    shown = ""
    sections: dict[str, Any] = {
        "translate": {"model": model},
        "runtime": {"memory": str(bench.output / "memory.sqlite")},
    }
    for command in (("plan",), ("doctor",), ("config", "show"), ("run",), ("memory", "stats")):
        result = bench.call(*command, **sections)
        shown += result.output
    shown += bench.written()
    assert bench.server.requests[0]["nested"] == extra["nested"]
    assert any("hunter2-of-the-key" in str(each) for each in bench.server.headers)
    assert "hunter2" not in shown
    assert "12345678" not in shown
    assert "***" in shown
    assert "</s>" in shown


@pytest.mark.parametrize(
    "answer",
    [
        {"text": "Partly", "reason": "content_filter"},
        {"text": None, "reason": "content_filter"},
        {"text": None, "more": {"refusal": "I will not."}},
    ],
    ids=str,
)
def test_a_refusal_is_a_finding_and_goes_to_the_fallback(
    bench: ServerBench, answer: dict[str, Any]
) -> None:
    bench.server.meets({"match": "秩序", "fault": "say"} | ALWAYS | answer)
    ladder = {"enabled": True, "rungs": ["fallback"]}
    sections: dict[str, Any] = {"report": {"formats": ["json"]}}
    assert bench.call("run", translate={"repair": ladder}, **sections).exit_code == 0
    cut = answer.get("reason") == "content_filter"
    flagged = bench.sentences()[2]
    assert flagged["flags"] == (["truncated"] if cut else []) + ["refused"]
    assert "refused to translate this" in bench.written()
    report = json.loads((bench.output / "report.json").read_text(encoding="utf-8"))
    assert report["checks"]["chatter"]["flagged"] == 1
    with serving() as other:
        fallback = ladder | {"fallback": bench.model(base_url=other.base_url)}
        bench.output = bench.folder / "second"
        bench.call("run", translate={"repair": fallback})
        mended = bench.sentences()[-1]
    assert (mended["text"], mended["rung"], mended["flags"]) == ("An answer.", "fallback", [])


def test_a_sentence_that_the_fallback_could_not_retry_is_tried_by_the_next_run(
    bench: ServerBench,
) -> None:
    bench.server.meets({"match": "秩序", "fault": "say", "text": "", "reason": "length"} | ALWAYS)
    with serving() as other:
        other.meets({"match": "秩序", "fault": "status", "status": 400, "message": "no"})
        ladder = {"enabled": True, "rungs": ["fallback"]}
        ladder["fallback"] = bench.model(base_url=other.base_url)
        assert bench.call("run", translate={"repair": ladder}).exit_code == 3
        assert bench.sentences()[2]["rung"] == "kept"  # what there is stays, and is reported
        [failure] = bench.failures()
        assert "1 flagged sentence could not be retried: HTTP 400: no" in failure["reason"]
        assert bench.call("run", translate={"repair": ladder}).exit_code == 0
    assert bench.sentences()[2]["text"] == "An answer."
    assert not bench.failures()


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ({"fault": "say", "text": ""}, "no summary: the model wrote an empty summary"),
        ({"fault": "say", "text": "<think>Well</think> "}, "the model wrote an empty summary"),
        ({"fault": "say", "text": "", "reason": "length"}, "it reached max_target_tokens"),
        ({"fault": "say", "text": "", "reason": "content_filter"}, "the model refused"),
        ({"fault": "status", "status": 400, "message": "no"}, "no summary: HTTP 400: no"),
    ],
    ids=str,
)
def test_a_summary_that_is_empty_or_fails_is_never_silent(
    bench: ServerBench, fault: dict[str, Any], says: str
) -> None:
    bench.add("b.txt", "题目\n\n今天天气好。\n")
    bench.server.meets({"match": "Summarize this newspaper article"} | fault)
    summarize = {"model": bench.model(), "languages": ["zh"]}
    assert bench.call("run", summarize=summarize).exit_code == 3
    [failure] = bench.failures()
    assert says in failure["reason"]
    assert bench.server.asked("Summarize this newspaper article") == 2  # no article twice


def test_every_choice_of_a_server_has_its_top_p(bench: ServerBench) -> None:
    model = bench.model(sampling={"temperature": 0.5, "top_p": 0.9, "seed": 3})
    choose = {"by": "consensus", "of": 3}
    assert bench.call("run", translate={"model": model, "choose": choose}).exit_code == 0
    # three choices of each of the three sentences; the gist is one of them
    assert len(bench.server.requests) == 9
    assert {request["top_p"] for request in bench.server.requests} == {0.9}
    draws = choose | {"among": "draws"}
    line = bench.error("run", translate={"model": model, "choose": draws})
    assert "tiny is behind a server; set among: beam" in line
    assert "backend" not in line


@pytest.mark.parametrize("name", ["system", "context_sentences"])
def test_a_judge_refuses_what_has_no_effect_on_it(bench: ServerBench, name: str) -> None:
    judge = {"kind": "judge", "model": bench.model(**{name: 3 if "context" in name else "Hi."})}
    config = {
        "output": str(bench.output),
        "sets": [{"kind": "files", "name": "x", "source": "x"}],
        "systems": [{"kind": "file", "name": "x", "path": "x"}],
        "trained_metrics": {"judge": judge},
    }
    path = bench.folder / "evaluate.yaml"
    path.write_text(json.dumps(config), encoding="utf-8")
    assert f"'{name}' has no effect on a judge" in bench.check(path)


def test_a_run_says_which_model_is_on_which_server(bench: ServerBench) -> None:
    result = bench.call("run", summarize={"model": bench.model()})
    assert f"translate  tiny on the server {bench.server.base_url}\n" in result.stderr
    assert f"summarize  tiny on the server {bench.server.base_url}\n" in result.stderr


def test_nobody_listens(bench: ServerBench) -> None:
    model = bench.model(base_url=f"{unused_address()}/v1")
    assert "does not answer" in bench.error("run", translate={"model": model})
