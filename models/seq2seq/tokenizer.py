"""Text to token ids and back: SentencePiece alone where that suffices, AutoTokenizer otherwise."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from models.errors import WeightsError
from models.patterns import lazy
from models.prompted.control_marks import harmless, marks_of
from models.weights.architecture import Architecture, read_json

MADLAD_TARGET = "<2en>"
_MADLAD_MARK = lazy(r"(<2\w+>)\s*(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Encoded:
    """The ids of one text, special tokens included; `truncated`: its end was cut off.

    `unknown` are the characters that the vocabulary lacks, in their order.
    """

    ids: tuple[int, ...]
    truncated: bool
    unknown: str = ""


class Tokenizer(Protocol):
    """What both backends need of a checkpoint's tokenizer.

    `end` is the id of the end-of-sentence token, `specials` the ids that are never text.
    """

    @property
    def end(self) -> int:
        """The id that ends an output."""
        ...

    @property
    def specials(self) -> frozenset[int]:
        """The ids that stand for no text."""
        ...

    def encode(self, texts: Sequence[str], max_tokens: int) -> list[Encoded]:
        """Encode each text in at most `max_tokens` ids, special tokens included."""
        ...

    def encode_target(self, texts: Sequence[str], max_tokens: int) -> list[Encoded]:
        """Encode translations as the model would write them, without any special token."""
        ...

    def decode(self, ids: Sequence[int]) -> str:
        """Write out ids, leaving out special tokens."""
        ...

    def pieces(self, ids: Sequence[int]) -> list[str]:
        """Name each id as the vocabulary does."""
        ...

    def identify(self, pieces: Sequence[str]) -> list[int]:
        """Return the id of each piece, that of the unknown token for a strange one."""
        ...


@dataclass(frozen=True, slots=True)
class SentencePieceTokenizer:
    """Marian's layout: source.spm and target.spm over one vocab.json.

    It needs neither transformers nor torch, so a converted model starts in a fraction of
    a second. Ids are those of transformers' MarianTokenizer. `>>code<<` at the start of
    a prefix, the target language of a multilingual OPUS-MT model, is one token.
    """

    source: Any
    target: Any
    vocabulary: dict[str, int]
    names: dict[int, str]
    prefix: tuple[int, ...]
    prefix_text: str

    @property
    def end(self) -> int:
        """The id that ends an output."""
        return self.vocabulary["</s>"]

    @property
    def specials(self) -> frozenset[int]:
        """The ids that stand for no text."""
        marks = ("</s>", "<unk>", "<pad>")
        return frozenset(self.vocabulary[mark] for mark in marks if mark in self.vocabulary)

    def encode(self, texts: Sequence[str], max_tokens: int) -> list[Encoded]:
        """Encode each text in at most `max_tokens` ids, special tokens included."""
        prepared = [self.prefix_text + harmless(text, None) for text in texts]
        encoded = []
        for pieces in self.source.encode(prepared, out_type=str):
            ids = [*self.prefix, *self.identify(pieces)]
            truncated = len(ids) + 1 > max_tokens
            strange = [piece for piece in pieces if piece not in self.vocabulary]
            unknown = "".join(strange).replace("▁", "")
            encoded.append(Encoded((*ids[: max_tokens - 1], self.end), truncated, unknown))
        return encoded

    def encode_target(self, texts: Sequence[str], max_tokens: int) -> list[Encoded]:
        """Encode translations as the model would write them, without any special token."""
        whole = [self.identify(own) for own in self.target.encode(list(texts), out_type=str)]
        return [Encoded(tuple(ids[:max_tokens]), len(ids) > max_tokens) for ids in whole]

    def decode(self, ids: Sequence[int]) -> str:
        """Write out ids, leaving out special tokens."""
        specials = self.specials
        text = self.target.decode_pieces([self.names[each] for each in ids if each not in specials])
        return str(text).replace("▁", " ").strip()

    def pieces(self, ids: Sequence[int]) -> list[str]:
        """Name each id as the vocabulary does."""
        return [self.names[each] for each in ids]

    def identify(self, pieces: Sequence[str]) -> list[int]:
        """Return the id of each piece, that of the unknown token for a strange one."""
        unknown = self.vocabulary["<unk>"]
        return [self.vocabulary.get(piece, unknown) for piece in pieces]


@dataclass(frozen=True, slots=True)
class CheckpointTokenizer:
    """Any checkpoint's own tokenizer, as transformers loads it.

    `first` are ids and `prefix` is text put before every input; `marks` finds in a text what
    the tokenizer would take for a control token.
    """

    tokenizer: Any
    prefix: str
    first: tuple[int, ...] = ()
    marks: re.Pattern[str] | None = None

    @property
    def end(self) -> int:
        """The id that ends an output."""
        return int(self.tokenizer.eos_token_id)

    @property
    def specials(self) -> frozenset[int]:
        """The ids that stand for no text."""
        languages = getattr(self.tokenizer, "lang_code_to_id", {})
        # In transformers 5 the languages of M2M100 are not among the special tokens.
        return frozenset([*self.tokenizer.all_special_ids, *languages.values()])

    def encode(self, texts: Sequence[str], max_tokens: int) -> list[Encoded]:
        """Encode each text in at most `max_tokens` ids, special tokens included."""
        if not texts:
            # Some of transformers' tokenizers cannot encode nothing.
            return []
        prepared = [self.prefix + harmless(text, self.marks) for text in texts]
        room = max_tokens - len(self.first)
        # `verbose=False`: a text over the limit is our business below, not a warning.
        whole = self.tokenizer(prepared, truncation=False, verbose=False)["input_ids"]
        encoded = []
        strange = self._unknown_characters(
            text for text, ids in zip(texts, whole, strict=True) if self._has_unknown(ids)
        )
        for text, prepared_text, ids in zip(texts, prepared, whole, strict=True):
            unknown = ""
            if strange and self._has_unknown(ids):
                unknown = "".join(each for each in text if each in strange)
            if len(ids) <= room:
                encoded.append(Encoded((*self.first, *ids), False, unknown))
                continue
            cut = self.tokenizer(prepared_text, truncation=True, max_length=room)["input_ids"]
            encoded.append(Encoded((*self.first, *cut), True, unknown))
        return encoded

    def _has_unknown(self, ids: Sequence[int]) -> bool:
        strange = getattr(self.tokenizer, "unk_token_id", None)
        return strange is not None and strange in ids

    def _unknown_characters(self, texts: Iterable[str]) -> frozenset[str]:
        """Find the characters that are unknown on their own, among those of some texts."""
        # Half a surrogate pair is no text: tokenizers refuse it, and `harmless` writes it as �.
        characters = sorted(
            {each for text in texts for each in harmless(text, None) if not each.isspace()}
        )
        if not characters:
            return frozenset()
        alone = self.tokenizer(characters, add_special_tokens=False, verbose=False)["input_ids"]
        return frozenset(
            each for each, ids in zip(characters, alone, strict=True) if self._has_unknown(ids)
        )

    def encode_target(self, texts: Sequence[str], max_tokens: int) -> list[Encoded]:
        """Encode translations as the model would write them, without any special token."""
        if not texts:
            return []
        # One vocabulary for both sides: only Marian has two, and a tokenizer of its own.
        whole = self.tokenizer(
            list(texts), add_special_tokens=False, truncation=False, verbose=False
        )["input_ids"]
        return [Encoded(tuple(ids[:max_tokens]), len(ids) > max_tokens) for ids in whole]

    def decode(self, ids: Sequence[int]) -> str:
        """Write out ids, leaving out special tokens."""
        specials = self.specials
        text = self.tokenizer.decode(
            [each for each in ids if each not in specials], clean_up_tokenization_spaces=False
        )
        return str(text).strip()

    def pieces(self, ids: Sequence[int]) -> list[str]:
        """Name each id as the vocabulary does."""
        return list(self.tokenizer.convert_ids_to_tokens(list(ids)))

    def identify(self, pieces: Sequence[str]) -> list[int]:
        """Return the id of each piece, that of the unknown token for a strange one."""
        return list(self.tokenizer.convert_tokens_to_ids(list(pieces)))


def load_tokenizer(
    folder: Path,
    architecture: Architecture,
    *,
    prefix: str = "",
    source_language: str | None = None,
    trust_remote_code: bool = False,
) -> Tokenizer:
    """Load the tokenizer of a checkpoint; `prefix` is put before every text.

    A MADLAD-400 checkpoint (T5 with `<2en>` in its vocabulary) gets `<2en> ` without asking.
    """
    if architecture.marian_layout:
        return _load_pieces(folder, prefix)
    tokenizer = auto_tokenizer(
        folder, source_language=source_language, trust_remote_code=trust_remote_code
    )
    if not prefix and architecture.overflows_in_float16 and _knows(tokenizer, MADLAD_TARGET):
        prefix = f"{MADLAD_TARGET} "
    first: tuple[int, ...] = ()
    if architecture.overflows_in_float16 and (match := _MADLAD_MARK.fullmatch(prefix)):
        first, prefix = (_madlad_token(tokenizer, match[1], folder),), match[2]
    return CheckpointTokenizer(tokenizer, prefix, first, marks_of(tokenizer))


def _madlad_token(tokenizer: Any, mark: str, folder: Path) -> int:
    """Return the id of a target language: one token, however the tokenizer would cut the mark.

    In some conversions `<2en>` is a plain piece of the vocabulary, and `<`, `2`, `en`, `>` are
    read instead: the model then writes in any language.
    """
    if not _knows(tokenizer, mark):
        known = sorted(piece for piece in tokenizer.get_vocab() if _MADLAD_MARK.fullmatch(piece))
        raise WeightsError(
            f"translate.model.prefix: '{mark}' is not a language of {folder}; "
            f"it has {', '.join(known[:12]) or 'none'}"
        )
    return int(tokenizer.convert_tokens_to_ids(mark))


def auto_tokenizer(
    folder: Path, *, source_language: str | None = None, trust_remote_code: bool = False
) -> Any:
    """Load the tokenizer that a checkpoint names, from its folder alone."""
    from transformers import AutoTokenizer

    languages = {"src_lang": source_language} if source_language else {}
    try:
        return AutoTokenizer.from_pretrained(
            str(folder), local_files_only=True, trust_remote_code=trust_remote_code, **languages
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WeightsError(f"{folder}: its tokenizer does not load: {error}") from error


def language_token(
    tokenizer: Tokenizer, language: str, key: str = "translate.model.target_language"
) -> int:
    """Find the id that stands for a language: `eng_Latn`, or `__en__` as M2M100 writes it.

    Raises WeightsError where the vocabulary has neither.
    """
    strange = set(tokenizer.identify(["<there is no such piece>"]))
    for name in (language, f"__{language}__"):
        [token] = tokenizer.identify([name])
        if token is not None and token not in strange:
            return token
    raise WeightsError(
        f"{key}: the model has no language '{language}'; "
        "NLLB writes zho_Hans, zho_Hant and eng_Latn, M2M100 zh and en, mBART zh_CN and en_XX"
    )


def _knows(tokenizer: Any, piece: str) -> bool:
    return piece in tokenizer.get_vocab()


def _load_pieces(folder: Path, prefix: str) -> SentencePieceTokenizer:
    from sentencepiece import SentencePieceProcessor

    vocabulary = {
        str(piece): int(token) for piece, token in read_json(folder / "vocab.json").items()
    }
    code, mark, rest = prefix.partition("<<")
    language = f"{code}{mark}" if code.startswith(">>") and mark else ""
    if language and language not in vocabulary:
        known = sorted(piece for piece in vocabulary if piece.startswith(">>"))
        raise WeightsError(
            f"translate.model.prefix: '{language}' is not a language of {folder}; "
            f"it has {', '.join(known[:12]) or 'none'}"
        )
    try:
        written, read = ((folder / name).read_bytes() for name in ("target.spm", "source.spm"))
        target = SentencePieceProcessor(model_proto=written)
        # one for both languages is loaded once
        source = target if read == written else SentencePieceProcessor(model_proto=read)
    except (OSError, RuntimeError) as error:
        raise WeightsError(f"{folder}: source.spm or target.spm is damaged: {error}") from error
    return SentencePieceTokenizer(
        source=source,
        target=target,
        vocabulary=vocabulary,
        names={token: piece for piece, token in vocabulary.items()},
        prefix=(vocabulary[language],) if language else (),
        prefix_text=rest.lstrip() if language else prefix,
    )
