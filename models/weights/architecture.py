"""What a checkpoint is, read from its JSON files alone: no library, no weights."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.errors import WeightsError

# Architectures whose conversion to CTranslate2 is tested here (tests/test_models_translators.py).
CONVERTED = frozenset({"marian", "pegasus", "m2m_100", "mbart", "bart", "t5", "mt5"})

T5_FAMILY = frozenset({"t5", "mt5", "umt5", "longt5", "switch_transformers", "byt5"})

# How architectures end whose models label or score text and write none.
READERS = ("ForMaskedLM", "Classification", "ForQuestionAnswering", "ForMultipleChoice")

# Relative positions have no end; this is what the T5 family was trained on.
T5_TRAINED_TOKENS = 512

# Chinese and English as each family of multilingual models names them.
LANGUAGES = {
    "nllb": ("zho_Hans", "eng_Latn"),
    "m2m_100": ("zh", "en"),
    "mbart": ("zh_CN", "en_XX"),
}

# How each of them writes a language; a bare `zh` would be read as an unknown word by NLLB.
CODES = {
    "nllb": r"[a-z]{3}_[A-Z][a-z]{3}",
    "m2m_100": r"[a-z]{2,3}",
    "mbart": r"[a-z]{2}_[A-Z]{2}",
}


@dataclass(frozen=True, slots=True)
class Architecture:
    """The facts of a checkpoint that decide how it is loaded and run.

    `max_tokens` is the hard limit of its positions (None: there is none);
    `default_tokens` the longest input it should get unless a spec says otherwise.
    `forced_token` is the id the output must start with, `banned_tokens` ids it must not have,
    `no_repeat_ngram_size` what its publisher decodes with, 0 for no limit.
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
        """True where a token of the output says which language it is in."""
        return self.target_language is not None

    @property
    def starts_with_language(self) -> bool:
        """True of mBART-25, whose decoding starts from the language and not after it."""
        return self.model_type == "mbart" and self.tokenizer_class.startswith("MBartTokenizer")

    @property
    def unwritable_tokens(self) -> tuple[int, ...]:
        """Tokens that have no probability: Marian's padding, which CTranslate2 leaves out."""
        return self.banned_tokens if self.model_type == "marian" else ()

    @property
    def overflows_in_float16(self) -> bool:
        """True of the T5 family, which was trained in bfloat16."""
        return self.model_type in T5_FAMILY


def read_architecture(folder: Path) -> Architecture:
    """Read the facts from config.json, generation_config.json and tokenizer_config.json.

    Raises WeightsError when config.json is missing or is no JSON object.
    """
    config = read_json(folder / "config.json")
    generation = {**config, **_optional_json(folder / "generation_config.json")}
    tokenizer = _optional_json(folder / "tokenizer_config.json")
    model_type = str(config.get("model_type", ""))
    tokenizer_class = str(tokenizer.get("tokenizer_class") or config.get("tokenizer_class") or "")
    max_tokens = _max_tokens(model_type, config)
    source_language, target_language = _languages(model_type, tokenizer_class)
    layout = all((folder / name).is_file() for name in ("source.spm", "target.spm", "vocab.json"))
    return Architecture(
        model_type=model_type,
        tokenizer_class=tokenizer_class,
        max_tokens=max_tokens,
        default_tokens=_default_tokens(max_tokens, tokenizer),
        source_language=source_language,
        target_language=target_language,
        forced_token=_forced_token(generation),
        banned_tokens=_banned_tokens(generation),
        no_repeat_ngram_size=int(generation.get("no_repeat_ngram_size") or 0),
        # mBART-25 starts decoding with the language itself, which the converter leaves open.
        converts=model_type in CONVERTED and not tokenizer_class.startswith("MBartTokenizer"),
        marian_layout=layout,
    )


def check_kind(folder: Path, key: str, *, causal: bool) -> None:
    """Raise WeightsError where a checkpoint is of another kind than a config says.

    `key` is what the config says it with, such as `translate.model.kind`.
    """
    config = read_json(folder / "config.json")
    stated = [str(name) for name in config.get("architectures") or []]
    model_type = str(config.get("model_type", ""))
    name = stated[0] if stated else model_type
    two_sided = model_type in CONVERTED | T5_FAMILY or config.get("is_encoder_decoder") is True
    if causal and two_sided:
        raise WeightsError(f"{folder}: {name} is an encoder-decoder; write {key}: seq2seq")
    if not causal and is_decoder_only(folder) and not two_sided:
        raise WeightsError(f"{folder}: {name} is decoder-only; write {key}: causal, and its prompt")
    if any(one.endswith(READERS) for one in stated):
        raise WeightsError(
            f"{folder}: {name} does not generate text; {key} needs a model that does"
        )


def is_decoder_only(folder: Path) -> bool:
    """Tell whether a checkpoint says that it is a causal language model."""
    stated = read_json(folder / "config.json").get("architectures") or []
    return any(str(name).endswith("ForCausalLM") for name in stated)


def check_languages(
    architecture: Architecture, place: str, source: str | None, target: str | None
) -> None:
    """Raise WeightsError where a model takes no language, or is given one in another spelling.

    `place` is where the config has the model.
    """
    family = _family(architecture.model_type, architecture.tokenizer_class)
    known = architecture.model_type in CONVERTED | T5_FAMILY
    for key, code in (("source_language", source), ("target_language", target)):
        # the tokenizer of an architecture that is not known here may read a source language
        if code and family not in LANGUAGES and (known or key == "target_language"):
            raise WeightsError(
                f"{place}.{key}: '{code}' has no effect on this model ({family or 'unnamed'}), "
                f"whose languages are set by its weights or by {place}.prefix (`>>eng<< ` for "
                "multilingual OPUS-MT, `<2en> ` for MADLAD-400); leave it out"
            )
        if code and family in CODES and not re.fullmatch(CODES[family], code):
            advice = {
                "nllb": "NLLB writes zho_Hans (simplified), zho_Hant (traditional), eng_Latn",
                "m2m_100": "M2M100 writes zh and en",
                "mbart": "mBART writes zh_CN and en_XX",
            }[family]
            raise WeightsError(f"{place}.{key}: '{code}' is not a code of this model; {advice}")


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object; WeightsError says where it is damaged or that it is missing."""
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
    if model_type in T5_FAMILY:
        return None
    positions = config.get("max_position_embeddings") or config.get("n_positions") or 512
    return int(positions)


def _default_tokens(max_tokens: int | None, tokenizer: dict[str, Any]) -> int:
    """Take the smaller of what the positions and the tokenizer allow."""
    limit = max_tokens or T5_TRAINED_TOKENS
    stated = tokenizer.get("model_max_length")
    # Tokenizers without a limit state 10 ** 30.
    if isinstance(stated, int | float) and 0 < stated < 10**6:
        limit = min(limit, int(stated)) if max_tokens else int(stated)
    return limit


def _languages(model_type: str, tokenizer_class: str) -> tuple[str | None, str | None]:
    return LANGUAGES.get(_family(model_type, tokenizer_class), (None, None))


def _family(model_type: str, tokenizer_class: str) -> str:
    return "nllb" if tokenizer_class.lower().startswith("nllb") else model_type


def _forced_token(generation: dict[str, Any]) -> int | None:
    token = generation.get("forced_bos_token_id")
    return token if isinstance(token, int) else None


def _banned_tokens(generation: dict[str, Any]) -> tuple[int, ...]:
    """Give the single tokens of `bad_words_ids`, and padding, which is never text."""
    words = generation.get("bad_words_ids") or []
    banned = {word[0] for word in words if len(word) == 1}
    padding = generation.get("pad_token_id")
    if isinstance(padding, int) and padding != generation.get("eos_token_id"):
        banned.add(padding)
    return tuple(sorted(banned))
