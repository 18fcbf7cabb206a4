"""The fakes that users import do what docs/extending.md says."""

import json
import urllib.error
import urllib.request

import pytest

from models.protocols import BEST
from pipeline.testing import EchoTranslator, FakeServer, all_translations, fake_server


def _ask(server: FakeServer, text: str) -> str:
    body = {"model": "tiny", "messages": [{"role": "user", "content": text}]}
    request = urllib.request.Request(
        f"{server.base_url}/chat/completions", data=json.dumps(body).encode()
    )
    with urllib.request.urlopen(request) as answer:
        content: str = json.load(answer)["choices"][0]["message"]["content"]
    return content


def test_an_echo_translator_answers_in_order_and_remembers() -> None:
    echo = EchoTranslator()
    answers = echo.translate([])
    assert answers == []
    [[one], [two]] = all_translations(echo, ["你好。", "再见了。"], BEST)
    assert [one.text, two.text] == ["English of 3 characters.", "English of 4 characters."]
    assert echo.asked == [[], ["你好。", "再见了。"]]


def test_a_fake_server_writes_meets_faults_and_shows_its_requests() -> None:
    with fake_server(lambda messages: messages[-1]["content"].upper()) as server:
        assert _ask(server, "abc") == "ABC"
        assert server.asked("abc") == 1
        server.meets({"match": "x", "fault": "status", "status": 503, "message": "busy"})
        with pytest.raises(urllib.error.HTTPError, match="503"):
            _ask(server, "x")
        assert _ask(server, "x") == "X"
        assert len(server.requests) == 2
