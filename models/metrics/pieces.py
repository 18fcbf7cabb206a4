"""Tokenize text into ids and offsets, exactly as the metrics' packages do under transformers 4.

transformers 5 rebuilds tokenizers from their vocabulary, and reads a bare SentencePiece model only
with protobuf installed. Here tokenizer.json is used unchanged, and a SentencePiece model becomes
the same tokenizer as under transformers 4.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tokenizers import AddedToken, Regex, Tokenizer, normalizers, pre_tokenizers, processors
from tokenizers.models import Unigram

from models.errors import WeightsError, first_line
from models.seq2seq.tokenizer import auto_tokenizer
from models.weights.architecture import read_json

# Kinds of pieces in a SentencePiece model (sentencepiece_model.proto, SentencePiece.Type).
USER_DEFINED = 4


@dataclass(frozen=True, slots=True)
class Pieces:
    """The ids of one text, with special tokens, and the offsets of each in the text.

    `truncated`: the end of the text was cut; the last special token is kept.
    """

    ids: tuple[int, ...]
    offsets: tuple[tuple[int, int], ...]
    truncated: bool


@dataclass(frozen=True, slots=True)
class PieceCutter:
    """A tokenizer of the `tokenizers` library; `padding` is the id that fills batches."""

    tokenizer: Any
    padding: int

    def encode(self, texts: Sequence[str], max_tokens: int | None = None) -> list[Pieces]:
        """Encode each text in at most `max_tokens` ids; same length and order as `texts`."""
        encodings = self.tokenizer.encode_batch(list(texts), add_special_tokens=True)
        return [_cut(tuple(e.ids), tuple(e.offsets), max_tokens) for e in encodings]

    @property
    def specials(self) -> tuple[int, ...]:
        """The ids added around every text."""
        return tuple(self.tokenizer.encode("", add_special_tokens=True).ids)


def _cut(
    ids: tuple[int, ...], offsets: tuple[tuple[int, int], ...], max_tokens: int | None
) -> Pieces:
    if max_tokens is None or len(ids) <= max_tokens:
        return Pieces(ids, offsets, truncated=False)
    kept = max_tokens - 1
    return Pieces((*ids[:kept], ids[-1]), (*offsets[:kept], offsets[-1]), truncated=True)


def load_pieces(folder: Path) -> PieceCutter:
    """Load the tokenizer of a folder: tokenizer.json, a SentencePiece model, or a named one.

    Raises WeightsError if it is damaged or missing.
    """
    try:
        if (folder / "tokenizer.json").is_file():
            tokenizer: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
        elif (folder / "sentencepiece.bpe.model").is_file():
            tokenizer = xlm_roberta_tokenizer((folder / "sentencepiece.bpe.model").read_bytes())
        elif (folder / "spiece.model").is_file():
            tokenizer = t5_tokenizer((folder / "spiece.model").read_bytes())
        else:
            tokenizer = auto_tokenizer(folder).backend_tokenizer
    except WeightsError:
        raise
    # `tokenizers` raises bare Exception for a file it cannot read.
    except Exception as error:
        reason = first_line(error)
        raise WeightsError(f"{folder}: its tokenizer does not load: {reason}") from error
    # A published tokenizer.json may cut and fill by itself; here neither is silent.
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return PieceCutter(tokenizer, _padding(folder, tokenizer))


def _padding(folder: Path, tokenizer: Any) -> int:
    """Return the padding token of the vocabulary; MiniLM's config.json names another one."""
    settings = folder / "tokenizer_config.json"
    named = read_json(settings).get("pad_token") if settings.is_file() else None
    stated = named.get("content") if isinstance(named, dict) else named
    found = (tokenizer.token_to_id(str(name)) for name in (stated, "<pad>", "[PAD]"))
    known = next((token for token in found if token is not None), None)
    if known is not None:
        return int(known)
    return int(read_json(folder / "config.json").get("pad_token_id") or 0)


def xlm_roberta_tokenizer(model: bytes) -> Any:
    """Return XLM-RoBERTa's tokenizer from the bytes of sentencepiece.bpe.model.

    Its vocabulary starts with fairseq's <s> <pad> </s> <unk> and ends with <mask>.
    """
    pieces, character_map = read_sentencepiece(model)
    specials = ["<s>", "<pad>", "</s>", "<unk>"]
    vocabulary = [(name, 0.0) for name in specials]
    vocabulary += [(piece, score) for piece, score, _ in pieces[3:]] + [("<mask>", 0.0)]
    tokenizer = _unigram(vocabulary, unknown=3, character_map=character_map)
    tokenizer.add_special_tokens(
        [*_special_tokens(specials), AddedToken("<mask>", lstrip=True, special=True)]
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return tokenizer


def t5_tokenizer(model: bytes) -> Any:
    """Return the tokenizer of T5 and mT5 from the bytes of spiece.model.

    Unknown characters become one unknown token and not bytes, which mT5's model allows, because
    transformers 4, and so MetricX, does that.
    """
    pieces, character_map = read_sentencepiece(model)
    vocabulary = [(piece, score) for piece, score, _ in pieces]
    tokenizer = _unigram(vocabulary, unknown=2, character_map=character_map)
    defined = [piece for piece, _, kind in pieces if kind == USER_DEFINED]
    tokenizer.add_tokens([AddedToken(piece, normalized=False) for piece in defined])
    tokenizer.add_special_tokens(_special_tokens([piece for piece, _ in vocabulary[:3]]))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", special_tokens=[("</s>", 1)]
    )
    return tokenizer


def _special_tokens(names: Sequence[str]) -> list[AddedToken]:
    return [AddedToken(name, normalized=False, special=True) for name in names]


def _unigram(vocabulary: list[tuple[str, float]], *, unknown: int, character_map: bytes) -> Any:
    tokenizer: Any = Tokenizer(Unigram(vocabulary, unk_id=unknown, byte_fallback=False))
    mapped = [normalizers.Precompiled(character_map)] if character_map else []
    tokenizer.normalizer = normalizers.Sequence(
        [
            *mapped,
            normalizers.Strip(left=False, right=True),
            normalizers.Replace(Regex(" {2,}"), "▁"),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    return tokenizer


def read_sentencepiece(model: bytes) -> tuple[list[tuple[str, float, int]], bytes]:
    """Read pieces (text, score, kind) and the character map of a SentencePiece model.

    The file is one protocol buffer (sentencepiece_model.proto): field 1 a piece, field 3
    the normalizer, whose field 2 is the map. Raises ValueError if it is malformed.
    """
    pieces: list[tuple[str, float, int]] = []
    character_map = b""
    for number, value in _fields(model):
        if number == 1 and isinstance(value, bytes):
            inner = dict(_fields(value))
            [score] = struct.unpack("<f", inner.get(2, b"\0\0\0\0"))
            pieces.append((inner[1].decode("utf-8"), score, int(inner.get(3, 1))))
        elif number == 3 and isinstance(value, bytes):
            character_map = dict(_fields(value)).get(2, b"")
    if not pieces:
        raise ValueError("contains no pieces; this is not a SentencePiece model")
    return pieces, character_map


def _fields(message: bytes) -> Iterator[tuple[int, Any]]:
    """Yield (number, value) of each field of a protocol buffer: an int, or else bytes."""
    place = 0
    while place < len(message):
        tag, place = _variable_number(message, place)
        kind = tag & 7
        if kind == 0:
            number, place = _variable_number(message, place)
            yield tag >> 3, number
            continue
        if kind == 2:
            size, place = _variable_number(message, place)
        elif kind in (1, 5):
            size = 8 if kind == 1 else 4
        else:
            raise ValueError("damaged, or no SentencePiece model")
        yield tag >> 3, message[place : place + size]
        place += size


def _variable_number(message: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if place >= len(message):
            raise ValueError("it ends too soon")
        byte = message[place]
        place += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, place
        shift += 7
