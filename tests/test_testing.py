"""The fakes that users import do what docs/extending.md says."""

import json
import urllib.error
import urllib.request
from collections.abc import Sequence

import pytest

from models.protocols import BEST, Candidate
from pipeline.testing import (
    EchoTranslator,
    FakeServer,
    FakeTranslator,
    all_translations,
    check_laws,
    fake_server,
)


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


class Lawful(FakeTranslator):
    """Translates a sentence to its length, a blank one to the empty string."""

    def answer(self, sentences: Sequence[str]) -> list[Candidate]:
        texts = [s.strip(" \u200b\n") for s in sentences]
        return [Candidate(f"{len(text)} characters" if text else "", 1.0) for text in texts]


class Backwards(Lawful):
    """Answers in the wrong order."""

    def answer(self, sentences: Sequence[str]) -> list[Candidate]:
        return super().answer(sentences)[::-1]


class Short(Lawful):
    """Leaves out the last answer."""

    def answer(self, sentences: Sequence[str]) -> list[Candidate]:
        return super().answer(sentences)[:-1]


class Moody(Lawful):
    """Is less sure of longer batches."""

    def answer(self, sentences: Sequence[str]) -> list[Candidate]:
        return [Candidate(one.text, 1 / len(sentences)) for one in super().answer(sentences)]


def test_a_translator_that_obeys_the_laws_passes() -> None:
    check_laws(Lawful(), ["你好。", "再见了。"])


@pytest.mark.parametrize(
    ("translator", "law"),
    [
        (Backwards(), "empty string"),
        (Short(), "length of the input"),
        (Moody(), "does not depend on the batch"),
        (EchoTranslator(), "empty string"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_broken_law_is_named(translator: FakeTranslator, law: str) -> None:
    with pytest.raises(AssertionError, match=law):
        check_laws(translator, ["你好。", "再见了。"])
