"""Families of encoder-decoders: how they convert, name languages and compute.

To add a family, add a row to FAMILIES and a miniature checkpoint to the tests.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class LanguageCodes:
    """How a multilingual family writes languages.

    `chinese` and `english` are its own codes, `pattern` is a regular expression for all of them,
    and `advice` tells a user how to write them.
    """

    chinese: str
    english: str
    pattern: str
    advice: str


@dataclass(frozen=True, slots=True)
class Family:
    """What is known about the checkpoints of one `model_type` in config.json.

    `converts`: its conversion to CTranslate2 is tested here. `is_t5`: it has relative positions,
    which have no limit, and was trained in bfloat16, so that it overflows in float16.
    `layout_keys` are keys of config.json that the converter needs and transformers 5 no longer
    writes.
    """

    model_type: str
    converts: bool = True
    is_t5: bool = False
    languages: LanguageCodes | None = None
    layout_keys: Mapping[str, bool] = field(default_factory=dict)


FAMILIES = (
    Family("marian"),
    Family("pegasus", layout_keys={"normalize_before": True, "normalize_embedding": False}),
    Family(
        "m2m_100", languages=LanguageCodes("zh", "en", r"[a-z]{2,3}", "M2M100 writes zh and en")
    ),
    Family(
        "mbart",
        languages=LanguageCodes(
            "zh_CN", "en_XX", r"[a-z]{2}_[A-Z]{2}", "mBART writes zh_CN and en_XX"
        ),
        layout_keys={"normalize_before": True, "normalize_embedding": True},
    ),
    Family("bart", layout_keys={"normalize_before": False, "normalize_embedding": True}),
    Family("t5", is_t5=True),
    Family("mt5", is_t5=True),
    Family("umt5", converts=False, is_t5=True),
    Family("longt5", converts=False, is_t5=True),
    Family("switch_transformers", converts=False, is_t5=True),
    Family("byt5", converts=False, is_t5=True),
)

# NLLB has the model_type of M2M100 or one of its own, and is known by its tokenizer.
NLLB_LANGUAGES = LanguageCodes(
    # a bare `zh` would be read as an unknown word
    "zho_Hans",
    "eng_Latn",
    r"[a-z]{3}_[A-Z][a-z]{3}",
    "NLLB writes zho_Hans (simplified), zho_Hant (traditional), eng_Latn",
)

CONVERTED = frozenset(family.model_type for family in FAMILIES if family.converts)
"""The values of `model_type` that CTranslate2 is known to run here."""


def find_family(model_type: str) -> Family | None:
    """Return the family of a `model_type`; None if it is not known here."""
    return next((family for family in FAMILIES if family.model_type == model_type), None)


def language_codes(model_type: str, tokenizer_class: str) -> LanguageCodes | None:
    """Return how a checkpoint writes languages; None if it takes none."""
    if is_nllb(tokenizer_class):
        return NLLB_LANGUAGES
    family = find_family(model_type)
    return family.languages if family else None


def is_nllb(tokenizer_class: str) -> bool:
    """True for the tokenizers of NLLB."""
    return tokenizer_class.lower().startswith("nllb")
