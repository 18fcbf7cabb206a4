"""The kind of a checkpoint, read from its JSON files without libraries or weights."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.errors import WeightsError
from models.weights.families import CONVERTED, find_family, is_nllb, language_codes

# How architectures end whose models label or score text and write none.
READERS = ("ForMaskedLM", "Classification", "ForQuestionAnswering", "ForMultipleChoice")

# Relative positions have no end; this is what the T5 family was trained on.
T5_TRAINED_TOKENS = 512


@dataclass(frozen=True, slots=True)
class Architecture:
    """The facts about a checkpoint that decide how it is loaded and run.

    `max_tokens` is the hard limit of its positions (None: no limit), `default_tokens` the longest
    input unless a spec sets another. `forced_token` is the id with which the output must start,
    `banned_tokens` are ids it must not contain, and `no_repeat_ngram_size` is the publisher's
    decoding setting, 0 for no limit.
    """

    model_type: str
    tokenizer_class: str
    max_tokens: int | None
    default_tokens: int
    source_language: str | None
    target_language: str | None
    forced_token: int | None
    banned_tokens: tuple[int, ...]
    no_repeat_ngram_size: int
    converts: bool
    marian_layout: bool

    @property
    def names_language(self) -> bool:
        """True if a token of the output names its language."""
        return self.target_language is not None

    @property
    def starts_with_language(self) -> bool:
        """True for mBART-25, which starts decoding with the language token, not after it."""
        return self.model_type == "mbart" and self.tokenizer_class.startswith("MBartTokenizer")

    @property
    def unwritable_tokens(self) -> tuple[int, ...]:
        """Tokens without a probability: Marian's padding, which CTranslate2 leaves out."""
        return self.banned_tokens if self.model_type == "marian" else ()

    @property
    def overflows_in_float16(self) -> bool:
        """True for the T5 family, which was trained in bfloat16."""
        return _is_t5(self.model_type)


def read_architecture(folder: Path) -> Architecture:
    """Read the facts from config.json, generation_config.json and tokenizer_config.json.

    Raises WeightsError if config.json is missing or is not a JSON object.
    """
    config = read_json(folder / "config.json")
    generation = {**config, **_optional_json(folder / "generation_config.json")}
    tokenizer = _optional_json(folder / "tokenizer_config.json")
    model_type = str(config.get("model_type", ""))
    tokenizer_class = str(tokenizer.get("tokenizer_class") or config.get("tokenizer_class") or "")
    max_tokens = _max_tokens(model_type, config)
    codes = language_codes(model_type, tokenizer_class)
    layout = all((folder / name).is_file() for name in ("source.spm", "target.spm", "vocab.json"))
    return Architecture(
        model_type=model_type,
        tokenizer_class=tokenizer_class,
        max_tokens=max_tokens,
        default_tokens=_default_tokens(max_tokens, tokenizer),
        source_language=codes.chinese if codes else None,
        target_language=codes.english if codes else None,
        forced_token=_forced_token(generation),
        banned_tokens=_banned_tokens(generation),
        no_repeat_ngram_size=int(generation.get("no_repeat_ngram_size") or 0),
        # mBART-25 starts decoding with the language itself, which the converter leaves open.
        converts=model_type in CONVERTED and not tokenizer_class.startswith("MBartTokenizer"),
        marian_layout=layout,
    )


def check_kind(folder: Path, key: str, *, causal: bool) -> None:
    """Raise WeightsError if a checkpoint is not of the kind that a config names.

    `key` is the key of the config, such as `translate.model.kind`.
    """
    config = read_json(folder / "config.json")
    stated = [str(name) for name in config.get("architectures") or []]
    model_type = str(config.get("model_type", ""))
    name = stated[0] if stated else model_type
    two_sided = find_family(model_type) is not None or config.get("is_encoder_decoder") is True
    if causal and two_sided:
        raise WeightsError(f"{folder}: {name} is an encoder-decoder; write {key}: seq2seq")
    if not causal and is_decoder_only(folder) and not two_sided:
        raise WeightsError(f"{folder}: {name} is decoder-only; write {key}: causal, and its prompt")
    if any(one.endswith(READERS) for one in stated):
        raise WeightsError(
            f"{folder}: {name} does not generate text; {key} needs a model that does"
        )


def is_decoder_only(folder: Path) -> bool:
    """True if a checkpoint is declared as a causal language model."""
    stated = read_json(folder / "config.json").get("architectures") or []
    return any(str(name).endswith("ForCausalLM") for name in stated)


def check_languages(
    architecture: Architecture, place: str, source: str | None, target: str | None
) -> None:
    """Raise WeightsError if a model takes no language, or not in the given spelling.

    `place` is the place of the model in the config.
    """
    codes = language_codes(architecture.model_type, architecture.tokenizer_class)
    known = find_family(architecture.model_type) is not None
    name = "nllb" if is_nllb(architecture.tokenizer_class) else architecture.model_type
    for key, code in (("source_language", source), ("target_language", target)):
        # the tokenizer of an architecture that is not known here may read a source language
        if code and codes is None and (known or key == "target_language"):
            raise WeightsError(
                f"{place}.{key}: '{code}' has no effect on this model ({name or 'unnamed'}), "
                f"whose languages are set by its weights or by {place}.prefix (`>>eng<< ` for "
                "multilingual OPUS-MT, `<2en> ` for MADLAD-400); leave it out"
            )
        if code and codes and not re.fullmatch(codes.pattern, code):
            raise WeightsError(
                f"{place}.{key}: '{code}' is not a code of this model; {codes.advice}"
            )


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object. Raises WeightsError if the file is missing or damaged."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise WeightsError(f"{path}: not found; a model folder needs this file") from None
    except (OSError, ValueError) as error:
        raise WeightsError(f"{path}: not readable as JSON: {error}") from error
    if not isinstance(value, dict):
        raise WeightsError(f"{path}: a JSON object is needed, found {type(value).__name__}")
    return value


def _optional_json(path: Path) -> dict[str, Any]:
    return read_json(path) if path.is_file() else {}


def _max_tokens(model_type: str, config: dict[str, Any]) -> int | None:
    if _is_t5(model_type):
        return None
    positions = config.get("max_position_embeddings") or config.get("n_positions") or 512
    return int(positions)


def _default_tokens(max_tokens: int | None, tokenizer: dict[str, Any]) -> int:
    """Return the smaller limit of the positions and the tokenizer."""
    limit = max_tokens or T5_TRAINED_TOKENS
    stated = tokenizer.get("model_max_length")
    # Tokenizers without a limit state 10 ** 30.
    if isinstance(stated, int | float) and 0 < stated < 10**6:
        limit = min(limit, int(stated)) if max_tokens else int(stated)
    return limit


def _is_t5(model_type: str) -> bool:
    family = find_family(model_type)
    return family is not None and family.is_t5


def _forced_token(generation: dict[str, Any]) -> int | None:
    token = generation.get("forced_bos_token_id")
    return token if isinstance(token, int) else None


def _banned_tokens(generation: dict[str, Any]) -> tuple[int, ...]:
    """Return the single tokens of `bad_words_ids`, and padding, which is never text."""
    words = generation.get("bad_words_ids") or []
    banned = {word[0] for word in words if len(word) == 1}
    padding = generation.get("pad_token_id")
    if isinstance(padding, int) and padding != generation.get("eos_token_id"):
        banned.add(padding)
    return tuple(sorted(banned))
