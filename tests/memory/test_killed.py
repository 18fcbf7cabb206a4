"""A process that is killed while a model is at work loses only the batches in flight."""

import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

import pipeline.memory.memory
from models.protocols import BEST, Candidate, Request, Search
from models.runtime.control import NO_CONTROL, Control
from models.seq2seq.translator import BatchTranslator, Decoding, Hypothesis
from pipeline.memory.memory import Memory, RememberingTranslator
from pipeline.testing import EchoTranslator
from tests.fakes import EchoDecoder, echo

ROOT = Path(__file__).parents[2]
SENTENCES = [f"{number:03}" for number in range(40)]
REQUESTS = [Request(sentence) for sentence in SENTENCES]


class Noting(EchoDecoder):
    """Notes the batches that it decodes; `at_batch` is called before each of them."""

    def __init__(self) -> None:
        super().__init__(9)
        self.batches: list[list[str]] = []

    def decode(
        self,
        batch: Sequence[Sequence[int]],
        decoding: Decoding,
        count: int,
        control: Control = NO_CONTROL,
    ) -> list[list[Hypothesis]]:
        self.at_batch(len(self.batches))
        self.batches.append(["".join(map(chr, ids)) for ids in batch])
        return super().decode(batch, decoding, count, control)

    def at_batch(self, number: int) -> None:
        """Do nothing."""


class Killed(Noting):
    """Ends its process at its sixth batch, as `kill -9` does."""

    def at_batch(self, number: int) -> None:
        if number == 5:
            signal.raise_signal(signal.SIGKILL)


class Interrupted(Noting):
    """Is interrupted at its sixth batch."""

    def at_batch(self, number: int) -> None:
        if number == 5:
            raise KeyboardInterrupt


def translating(decoder: EchoDecoder) -> BatchTranslator:
    """Return a translator that decodes two sentences at a time."""
    return replace(echo(9, batch_tokens=6), decoders=(decoder,))


def remembering(decoder: EchoDecoder, memory: Memory) -> RememberingTranslator:
    """Return a translator with a memory, whose window holds all sentences."""
    return RememberingTranslator(
        translating(decoder), memory=memory, model="m", window_chars=100_000
    )


def lose_no_answer_but_those_in_flight(path: Path, search: Search) -> None:
    """Translate everything after a stop at the sixth batch, and check what is asked again."""
    decoder = Noting()
    with closing(Memory(path)) as memory:
        answers = remembering(decoder, memory).translate(REQUESTS, search)
    whole = Noting()
    assert answers == translating(whole).translate(REQUESTS, search)
    assert decoder.batches == whole.batches[5:]  # in the same batches, too


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
@pytest.mark.parametrize("count", [1, 3])
def test_what_was_answered_before_a_kill_is_not_asked_again(tmp_path: Path, count: int) -> None:
    path = tmp_path / "memory.sqlite"
    script = (
        "import sys; from pathlib import Path; from tests.memory.test_killed import *\n"
        "pipeline.memory.memory.COMMIT_SECONDS = 0\n"
        "translator = remembering(Killed(), Memory(Path(sys.argv[1])))\n"
        "translator.translate(REQUESTS, Search(count=int(sys.argv[2])))\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script, str(path), str(count)], cwd=ROOT, check=False
    )
    assert ended.returncode == -signal.SIGKILL
    lose_no_answer_but_those_in_flight(path, Search(count=count))


@pytest.mark.parametrize("count", [1, 3])
def test_what_was_answered_before_an_interrupt_is_saved_at_once(tmp_path: Path, count: int) -> None:
    path = tmp_path / "memory.sqlite"
    search = Search(count=count)
    with closing(Memory(path)) as memory, pytest.raises(KeyboardInterrupt):
        remembering(Interrupted(), memory).translate(REQUESTS, search)
    lose_no_answer_but_those_in_flight(path, search)


def test_answers_that_are_told_as_they_come_are_written_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline.memory.memory, "COMMIT_SECONDS", 0)
    written: list[str] = []
    with closing(Memory(tmp_path / "memory.sqlite")) as memory:
        add_all = memory.add_all

        def note(answers: Sequence[tuple[str, Sequence[tuple[str, Candidate]]]]) -> None:
            written.extend(source for _, pairs in answers for source, _ in pairs)
            add_all(answers)

        monkeypatch.setattr(memory, "add_all", note)
        remembering(Noting(), memory).translate(REQUESTS)
    assert written == SENTENCES


class Telling(EchoTranslator):
    """Tells of its first answer, and of a failure, before it loses its server."""

    def translate(
        self, requests: Sequence[Request], search: Search = BEST, *, control: Control = NO_CONTROL
    ) -> list[list[Candidate]]:
        control.answered([0, 1], [[Candidate("First.", 0.5)], [Candidate("", None, failure="x")]])
        raise ConnectionError


def test_a_failure_is_not_remembered_and_an_answer_before_it_is(tmp_path: Path) -> None:
    with closing(Memory(tmp_path / "memory.sqlite")) as memory:
        translator = RememberingTranslator(Telling(), memory=memory, model="m", window_chars=99)
        with pytest.raises(ConnectionError):
            translator.translate([Request("一"), Request("二")])
        assert set(memory.find("m", ["一", "二"])) <= {"一", "二"}
        assert len(memory.find("m", ["一", "二"])) == 1
