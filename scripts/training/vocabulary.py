"""One SentencePiece model for both languages, with the pieces that English needs first."""

import io
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Self

import numpy as np
import sentencepiece

END, UNKNOWN, PADDING = "</s>", "<unk>", "<pad>"


def train_sentencepiece(sentences: Iterable[str], pieces: int, threads: int) -> bytes:
    """A unigram model: NFKC, single digits, byte fallback, so that no character is ever lost."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(sentences),
        model_writer=model,
        model_type="unigram",
        vocab_size=pieces,
        character_coverage=0.9997,
        byte_fallback=True,
        split_digits=True,
        normalization_rule_name="nmt_nfkc",
        max_sentence_length=2000,
        num_threads=threads,
        bos_id=-1,
        hard_vocab_limit=False,
        minloglevel=1,
    )
    return model.getvalue()


class Pieces:
    """Text to ids and back. The decoder may write ids below `outputs`; the last id is padding."""

    def __init__(self, model: bytes, names: Sequence[str], outputs: int):
        self.model = model
        self.names = list(names)
        self.outputs = outputs
        self.end, self.unknown, self.padding = 0, 1, len(names) - 1
        self._processor = sentencepiece.SentencePieceProcessor(model_proto=model)
        ids = {name: number for number, name in enumerate(names)}
        size = self._processor.get_piece_size()
        self._ids = np.array(
            [ids.get(self._processor.id_to_piece(i), self.unknown) for i in range(size)], np.uint16
        )

    @classmethod
    def made_from(cls, model: bytes, targets: Sequence[str]) -> Self:
        """Pieces ordered so that those that occur in `targets` come first, most frequent first."""
        processor = sentencepiece.SentencePieceProcessor(model_proto=model)
        counts = np.zeros(processor.get_piece_size(), np.int64)
        for start in range(0, len(targets), 50_000):
            for ids in processor.encode(targets[start : start + 50_000], num_threads=2):
                np.add.at(counts, ids, 1)
        special = {processor.id_to_piece(i) for i in range(len(counts)) if processor.is_control(i)}
        special |= {END, UNKNOWN, PADDING}
        order = np.argsort(-counts, kind="stable")
        writable = [i for i in order if counts[i] or processor.is_byte(int(i))]
        silent = [i for i in order if not counts[i] and not processor.is_byte(int(i))]
        first = [processor.id_to_piece(int(i)) for i in writable]
        rest = [processor.id_to_piece(int(i)) for i in silent]
        first = [END, UNKNOWN] + [name for name in first if name not in special]
        return cls(
            model, first + [name for name in rest if name not in special] + [PADDING], len(first)
        )

    def encode(self, sentences: Sequence[str], threads: int = 2) -> list[np.ndarray]:
        """Ids of each sentence with the end piece, as uint16."""
        encoded = self._processor.encode(list(sentences), num_threads=threads)
        return [np.append(self._ids[ids], np.uint16(self.end)) for ids in encoded]

    def encode_targets(self, sentences: Sequence[str], threads: int = 2) -> list[np.ndarray]:
        """The same for English, with pieces that the decoder cannot write as unknown."""
        return [
            np.where(ids < self.outputs, ids, np.uint16(self.unknown))
            for ids in self.encode(sentences, threads)
        ]

    def decode(self, ids: Iterable[int]) -> str:
        """The text of ids up to the first end piece."""
        names = []
        for number in ids:
            if number == self.end:
                break
            if number not in (self.unknown, self.padding):
                names.append(self.names[number])
        text: str = self._processor.decode_pieces(names)
        return text

    def write(self, folder: Path) -> None:
        """Make the files of MarianTokenizer and outputs.json."""
        (folder / "source.spm").write_bytes(self.model)
        (folder / "target.spm").write_bytes(self.model)
        table = {name: number for number, name in enumerate(self.names)}
        (folder / "vocab.json").write_text(
            json.dumps(table, ensure_ascii=False, indent=0), encoding="utf-8"
        )
        (folder / "outputs.json").write_text(str(self.outputs))

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The pieces that `write` made."""
        table = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
        outputs = json.loads((folder / "outputs.json").read_text())
        return cls((folder / "source.spm").read_bytes(), sorted(table, key=table.get), outputs)
