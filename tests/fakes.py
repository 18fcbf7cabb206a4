"""Fakes that only our own tests need; `pipeline.testing` has those for everybody."""

from collections.abc import Sequence

from models.protocols import Candidate
from models.runtime.control import NO_CONTROL, Control
from models.seq2seq.tokenizer import Encoded
from models.seq2seq.translator import BatchTranslator, Decoding, Hypothesis
from pipeline.testing import FakeTranslator


class ShortTranslator(FakeTranslator):
    """Loses the last sentence."""

    def answer(self, sentences: Sequence[str]) -> list[Candidate]:
        return [Candidate("x", 0.5) for _ in sentences[:-1]]


class BrokenTranslator(FakeTranslator):
    """Cannot stand one word; translates everything else."""

    def __init__(self, word: str) -> None:
        self._word = word

    def answer(self, sentences: Sequence[str]) -> list[Candidate]:
        if any(self._word in sentence for sentence in sentences):
            raise RuntimeError(f"cannot translate {self._word}")
        return [Candidate("Fine.", 0.9) for _ in sentences]


class Letters:
    """A tokenizer of one id per character."""

    end = 0
    specials = frozenset({0})

    def encode(self, texts: Sequence[str], max_tokens: int) -> list[Encoded]:
        return self.encode_target(texts, max_tokens)

    def encode_target(self, texts: Sequence[str], max_tokens: int) -> list[Encoded]:
        return [
            Encoded(tuple(map(ord, text[:max_tokens])), len(text) > max_tokens) for text in texts
        ]

    def decode(self, ids: Sequence[int]) -> str:
        return "".join(map(chr, ids))

    def pieces(self, ids: Sequence[int]) -> list[str]:
        return [chr(each) for each in ids]

    def identify(self, pieces: Sequence[str]) -> list[int]:
        return [ord(each) for each in pieces]


class EchoDecoder:
    """Gives back what it reads; has memory for so many inputs at a time."""

    is_exact = True

    def __init__(self, room: int) -> None:
        self.room = room

    def decode(
        self,
        batch: Sequence[Sequence[int]],
        decoding: Decoding,
        count: int,
        control: Control = NO_CONTROL,
    ) -> list[list[Hypothesis]]:
        if len(batch) > self.room:
            raise MemoryError("out of memory")
        answers = [[Hypothesis(tuple(ids), -float(n), True) for n in range(count)] for ids in batch]
        control.progress(len(batch))
        control.answered(range(len(batch)), answers)
        return answers


def echo(*rooms: int, batch_tokens: int) -> BatchTranslator:
    """Give a translator of one decoder for each room."""
    decoders = tuple(map(EchoDecoder, rooms))
    return BatchTranslator(decoders, Letters(), Decoding(1, 1.0, 0, 10, 10), batch_tokens)
