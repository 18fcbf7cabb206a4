"""Servers as translators, against a real one in a process of its own, faults included."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from models.errors import ServerError, WeightsError
from models.load import (
    load_summarizer,
    load_translator,
    resolve_summarizer,
    resolve_translator,
)
from models.prompted.endpoint import EndpointAnswerer, backoff_seconds, retry_after_seconds
from models.prompted.server import connect
from models.prompted.specs import CausalSpec, EndpointSpec, EndpointSummarySpec
from models.prompted.translator import PromptTranslator
from models.protocols import Candidate, Request, Search, best_translations
from models.runtime.control import Control
from models.runtime.machine import Machine
from pipeline.testing import all_translations
from tests.checkpoints import make_qwen
from tests.hostile import bear_hostile_sentences, texts
from tests.servers import ChatServer, serving, unused_address

SENTENCES = (
    "今年上海的经济合作。",
    "",
    "记者在北京采访。",
    "more people live",
    "今年上海的经济合作。",
    "8.5%的人民",
)


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChatServer]:
    with serving(make_qwen(tmp_path_factory.mktemp("served") / "qwen")) as own:
        yield own


@pytest.fixture
def server(running: ChatServer) -> ChatServer:
    running.meets()
    return running


def spec(server: ChatServer, **settings: object) -> EndpointSpec:
    return EndpointSpec.model_validate(
        {
            "kind": "endpoint",
            "base_url": f"{server.address}/v1",
            "model": "tiny",
            "max_target_tokens": 8,
            "max_source_chars": 400,
        }
        | settings
    )


def load(
    server: ChatServer, cache: Path, waits: list[float] | None = None, **settings: object
) -> PromptTranslator:
    """Give the translator of a server, which notes how long it would wait and does not."""
    own = spec(server, **settings)
    translator = load_translator(own, resolve_translator(own, Machine(cache=cache)))
    assert isinstance(translator, PromptTranslator)
    assert isinstance(translator.answerer, EndpointAnswerer)
    noted = [] if waits is None else waits
    return replace(translator, answerer=replace(translator.answerer, pause=noted.append))


def test_a_server_gives_what_the_same_weights_give_here(server: ChatServer, tmp_path: Path) -> None:
    local = CausalSpec(kind="causal", path=str(server.folder), max_target_tokens=8)
    resolved = resolve_translator(local, Machine(device="cpu", precision="float32", cache=tmp_path))
    expected = best_translations(load_translator(local, resolved, Machine(threads=1)), SENTENCES)
    given: dict[int, list[Candidate]] = {}
    control = Control(answered=lambda places, own: given.update(zip(places, own, strict=True)))
    requests = [Request(each) for each in SENTENCES]
    found = [best for best, *_ in load(server, tmp_path).translate(requests, control=control)]
    assert texts(found) == texts(expected)
    assert {place: [found[place]] for place in given} == given
    assert sorted(given) == [0, 2, 3, 5]
    assert [each.confidence for each in found] == pytest.approx(
        [each.confidence for each in expected], abs=1e-4
    )
    assert [each.target_truncated for each in found] == [each.target_truncated for each in expected]
    assert len(server.requests) == 4  # each distinct sentence once, the empty one never


def test_a_plain_prompt_goes_to_plain_completions(server: ChatServer, tmp_path: Path) -> None:
    found = best_translations(load(server, tmp_path, preset="seed-x"), SENTENCES)
    assert len(found) == 6
    assert found[0].confidence is not None
    [first, *_] = server.requests
    assert first["prompt"].startswith("Translate the following Chinese sentence into English:\n")
    assert "messages" not in first


def test_the_answer_does_not_depend_on_order_or_concurrency(
    server: ChatServer, tmp_path: Path
) -> None:
    one = best_translations(load(server, tmp_path, concurrency=1), SENTENCES)
    many = best_translations(load(server, tmp_path, concurrency=8), SENTENCES[::-1])
    assert texts(one) == texts(many)[::-1]


def test_hostile_sentences_are_borne(server: ChatServer, tmp_path: Path) -> None:
    found = bear_hostile_sentences(load(server, tmp_path))
    assert found["one character repeated"].source_truncated
    said = json.dumps([each["messages"] for each in server.requests], ensure_ascii=False)
    for mark in ("<|im_end|>", "<|im_start|>", "</s>", "[INST]", "<|eot_id|>", "<think>"):
        assert mark not in said


def test_context_and_terms_are_sent(server: ChatServer, tmp_path: Path) -> None:
    translator = load(server, tmp_path, context_sentences=2, system="Be brief.")
    translator.translate([Request("句", ("前一句",), (("句", "sentence"),))])
    [request] = server.requests
    [system, user] = request["messages"]
    assert system == {"role": "system", "content": "Be brief."}
    assert "前一句" in user["content"]
    assert "句 = sentence" in user["content"]
    assert (request["temperature"], request["max_tokens"], request["seed"]) == (0, 8, 0)


def test_extra_fields_are_sent_as_the_server_names_them(server: ChatServer, tmp_path: Path) -> None:
    extra = {"top_k": 20, "chat_template_kwargs": {"enable_thinking": False}}
    best_translations(load(server, tmp_path, extra=extra), ["句"])
    [request] = server.requests
    assert {name: request[name] for name in extra} == extra


def test_translategemma_gets_its_fields(server: ChatServer, tmp_path: Path) -> None:
    server.meets({"fault": "say", "text": "Fine.", "reason": "stop"})
    best_translations(load(server, tmp_path, preset="translategemma"), ["句"])
    [request] = server.requests
    [content] = request["messages"][0]["content"]
    assert content == {
        "type": "text",
        "source_lang_code": "zh-Hans",
        "target_lang_code": "en",
        "text": "句",
    }


def test_several_hypotheses_are_several_requests(server: ChatServer, tmp_path: Path) -> None:
    translator = load(server, tmp_path)
    found = all_translations(translator, ["今年上海", "北京"], Search(count=3))
    assert [len(each) for each in found] == [3, 3]
    assert found[0][0] == best_translations(translator, ["今年上海"])[0]
    assert len({each.text for each in found[0]}) == 3
    assert all_translations(translator, ["今年上海", "北京"], Search(count=3)) == found


def test_a_server_that_tells_no_probabilities_leaves_confidence_unknown(
    server: ChatServer, tmp_path: Path
) -> None:
    [answer] = best_translations(load(server, tmp_path, logprobs=False), ["今年上海"])
    assert answer.confidence is None
    assert "logprobs" not in server.requests[0]


# the fault, and how long is waited: None where only that there was a wait is known
TRANSIENT: list[tuple[dict[str, Any], float | None]] = [
    ({"fault": "status", "status": 429, "message": "slow", "headers": {"Retry-After": "7"}}, 7),
    ({"fault": "status", "status": 503, "message": "later", "headers": {"Retry-After": "0"}}, 0),
    ({"fault": "status", "status": 429, "message": "slow down"}, None),
    ({"fault": "status", "status": 500, "message": "oops"}, None),
    ({"fault": "raw", "body": '{"choices": [', "type": "application/json"}, None),
    ({"fault": "raw", "body": "<html>Bad gateway</html>", "type": "text/html"}, None),
    ({"fault": "raw", "body": "{}", "type": "application/json"}, None),
    ({"fault": "raw", "body": '{"choices": []}', "type": "application/json"}, None),
    ({"fault": "raw", "body": "null", "type": "application/json"}, None),
    ({"fault": "drop"}, None),
    ({"fault": "slow", "seconds": 0.6}, None),
]


@pytest.mark.parametrize(("fault", "wait"), TRANSIENT, ids=lambda value: str(value)[:60])
def test_what_may_pass_is_tried_again(
    server: ChatServer, tmp_path: Path, fault: dict[str, Any], wait: float | None
) -> None:
    waits: list[float] = []
    patience = 0.3 if fault["fault"] == "slow" else 60
    expected = best_translations(load(server, tmp_path), ["今年上海"])
    server.meets(fault)
    found = best_translations(load(server, tmp_path, waits, timeout_seconds=patience), ["今年上海"])
    assert found == expected
    assert len(server.requests) == 2
    [waited] = waits
    assert waited == wait if wait is not None else 0.25 <= waited <= 0.5


def test_one_sentence_that_fails_does_not_lose_the_others(
    server: ChatServer, tmp_path: Path
) -> None:
    waits: list[float] = []
    server.meets(
        {"match": "北京", "fault": "status", "status": 500, "message": "oops", "times": 99},
        {"match": "人民", "fault": "status", "status": 400, "message": "too long", "times": 99},
    )
    found = best_translations(load(server, tmp_path, waits, retries=2), SENTENCES)
    assert [each.failure for each in found] == [
        "",
        "",
        "HTTP 500: oops, 3 times",
        "",
        "",
        "HTTP 400: too long",
    ]
    assert len(waits) == 2
    assert found[2] == Candidate("", None, failure="HTTP 500: oops, 3 times")


def test_a_server_that_asks_for_an_hour_is_not_waited_for(
    server: ChatServer, tmp_path: Path
) -> None:
    server.meets(
        {"fault": "status", "status": 429, "message": "quota", "headers": {"Retry-After": "3600"}}
    )
    waits: list[float] = []
    [answer] = best_translations(load(server, tmp_path, waits), ["今年上海"])
    assert answer.failure == "HTTP 429: quota; to be asked in 3600 s"
    assert waits == []


@pytest.mark.parametrize(
    ("answer", "text", "confidence"),
    [
        ({"text": "Here is the translation: Fine.", "reason": "stop"}, "Fine.", None),
        ({"text": '{"translation": "Fine."}', "reason": "stop"}, "Fine.", None),
        (
            {"text": "<|channel|>analysis<|message|>Hm.<|end|><|channel|>final<|message|>Fine."},
            "Fine.",
            None,
        ),
        ({"text": "I'm sorry, I can't assist with that.", "reason": "stop"}, None, 0.0),
        ({"text": "", "reason": "stop", "more": {"refusal": "No."}}, "No.", 0.0),
        ({"text": "", "reason": "content_filter"}, "", 0.0),
        ({"text": None, "reason": "length"}, "", None),
    ],
    ids=str,
)
def test_refusals_have_no_confidence_and_notes_are_taken_off(
    server: ChatServer,
    tmp_path: Path,
    answer: dict[str, Any],
    text: str | None,
    confidence: float | None,
) -> None:
    server.meets({"fault": "say"} | answer)
    [found] = best_translations(load(server, tmp_path), ["警方公布了案件的细节。"])
    assert found.text == (answer["text"] if text is None else text)
    assert found.confidence == confidence


def test_a_thought_that_has_no_end_is_flagged(server: ChatServer, tmp_path: Path) -> None:
    server.meets({"fault": "say", "text": "<think>Well", "reason": "length"})
    [found] = best_translations(load(server, tmp_path), ["好"])
    assert (found.text, found.target_truncated) == ("", True)


def test_a_wrong_key_ends_the_run_with_advice(
    server: ChatServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TINY_KEY", "wrong")
    with pytest.raises(WeightsError, match=r"HTTP 401: the key was refused; .*api_key_variable"):
        load(server, tmp_path, api_key_variable="TINY_KEY")
    monkeypatch.delenv("TINY_KEY")
    with pytest.raises(WeightsError, match="TINY_KEY is not set; export TINY_KEY="):
        load(server, tmp_path, api_key_variable="TINY_KEY")


def test_a_model_that_the_server_lacks_is_refused_with_what_it_has(
    server: ChatServer, tmp_path: Path
) -> None:
    with pytest.raises(WeightsError, match="has no model 'huge'; it has tiny"):
        resolve_translator(spec(server, model="huge"), Machine(cache=tmp_path))


def _nobody() -> ChatServer:
    return ChatServer(unused_address())


def test_a_server_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ServerError, match=r"does not answer \(.*refused.*\); start it") as caught:
        resolve_translator(spec(_nobody()), Machine(cache=tmp_path))
    assert len(str(caught.value).splitlines()) == 1


def test_a_server_that_has_gone_needs_not_come_back_for_finished_work(
    server: ChatServer, tmp_path: Path
) -> None:
    gone = _nobody()
    here = resolve_translator(spec(server), Machine(cache=tmp_path))
    known = (tmp_path / "servers.json").read_text(encoding="utf-8")
    (tmp_path / "servers.json").write_text(known.replace(server.address, gone.address), "utf-8")
    remembered = resolve_translator(spec(gone), Machine(cache=tmp_path))
    assert remembered.answer_key == here.answer_key
    assert any("does not answer" in reason for reason in remembered.reasons)
    with pytest.raises(ServerError, match="does not answer"):
        load_translator(spec(gone), remembered)


def test_a_server_that_goes_away_in_the_middle_ends_the_run(
    server: ChatServer, tmp_path: Path
) -> None:
    translator = load(server, tmp_path, retries=1)
    assert isinstance(translator.answerer, EndpointAnswerer)
    gone = spec(_nobody(), retries=1)
    own = replace(translator.answerer, connection=connect(gone), spec=gone)
    with pytest.raises(ServerError, match="the server does not answer"):
        best_translations(replace(translator, answerer=own), ["今年", "上海", "北京"])


def test_the_key_of_answers_knows_model_root_and_prompt_but_not_the_address(
    server: ChatServer, tmp_path: Path
) -> None:
    def key(**settings: object) -> str:
        return resolve_translator(spec(server, **settings), Machine(cache=tmp_path)).answer_key

    localhost = server.address.replace("127.0.0.1", "localhost")
    assert key() == key(base_url=f"{localhost}/v1") == key(concurrency=9)
    assert '"root": "qwen"' in key()
    assert len({key(), key(preset="hunyuan-mt"), key(served_version="2")}) == 3


@pytest.mark.parametrize(
    ("address", "offline", "message"),
    [
        ("https://api.example.com/v1", True, "another machine, and runtime.offline is true"),
        ("http://192.168.1.5:8000/v1", True, "another machine"),
        ("http://localhost.example.com/v1", True, "another machine"),
    ],
)
def test_offline_keeps_the_text_on_this_machine(
    address: str, offline: bool, message: str, tmp_path: Path
) -> None:
    own = EndpointSpec(kind="endpoint", base_url=address, model="tiny")
    with pytest.raises(WeightsError, match=message):
        resolve_translator(own, Machine(offline=offline, cache=tmp_path))


def test_waits_grow_and_a_date_to_wait_for_is_read() -> None:
    for attempt, longest in enumerate([0.5, 1, 2, 4, 8, 16, 30, 30]):
        assert longest / 2 <= backoff_seconds(attempt) <= longest
    assert retry_after_seconds("Thu, 01 Jan 1970 00:01:00 GMT", 20.0) == 40.0
    assert retry_after_seconds("Thu, 01 Jan 1970 00:01:00 GMT", 90.0) == 0.0
    assert retry_after_seconds("2.5", 0.0) == 2.5
    assert retry_after_seconds("soon", 0.0) is None
    assert retry_after_seconds(None, 0.0) is None


ARTICLE = ["今年上海的经济合作。", "记者在北京采访。", "发展是我们共同的目标。"]


def test_a_server_writes_summaries_with_citations(server: ChatServer, tmp_path: Path) -> None:
    own = EndpointSummarySpec.model_validate(
        {
            "kind": "endpoint",
            "base_url": f"{server.address}/v1",
            "model": "tiny",
            "prompt": "Sum up: {text}",
            "max_source_chars": 100,
        }
    )
    resolved = resolve_summarizer(own, Machine(cache=tmp_path))
    summarizer = load_summarizer(own, resolved)
    said = {"fault": "say", "text": "<think>a</think>上海与北京。目标。", "reason": "stop"}
    server.meets(said | {"times": 9})
    [lines, nothing] = summarizer.summarize([ARTICLE, []])
    assert [line.text for line in lines] == ["上海与北京。", "目标。"]
    assert all(line.sources for line in lines)
    assert nothing == []
    [request] = server.requests
    assert request["messages"][0]["content"] == "Sum up: " + "".join(ARTICLE)
    [long] = summarizer.summarize([ARTICLE * 6])
    assert long
    assert len(server.requests) > 2  # in parts
    server.meets({"fault": "status", "status": 400, "message": "no", "times": 99})
    [[line]] = summarizer.summarize([ARTICLE])
    assert line.failure == "no summary: HTTP 400: no"
