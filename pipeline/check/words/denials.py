"""Words that deny in Chinese and in English, and phrases that only look as if they did.

The table is `denials.tsv`, with rows of eight kinds:

idle     phrases with 不, 没, 无, 未 … that deny nothing (不断, 无锡, 名不虚传), or that English
         mostly says without a no (不远, "near"): set phrases of the dictionaries, names, and what
         raised false alarms on human translations
denies   words that English must deny in some form
twice    phrases that deny twice and so state something (不得不, 不无)
carries  English words that can carry a denial, to be looked for in small letters; better too
         many than a false alarm
spent    a Chinese word and the English carrier that it explains (失败=fail*)
could    what can make a translator write "not" or "never"
affixed  English words that use up one of these without a plain not
neutral  phrases whose 不, 没, 非 … cannot explain a "not" in the translation

Words are separated by spaces and are regular expressions; HAN is any Han character, `*` any ending
of an English word.
"""

import re
from dataclasses import dataclass
from functools import cache

from models.patterns import lazy
from pipeline.data_file import data_rows
from pipeline.language.chinese import HAN
from pipeline.language.lookup import Lookup


@dataclass(frozen=True, slots=True)
class Denials:
    """A pattern for each kind of row of the table; `shapes` are the idle expressions.

    Plain phrases are looked up, which is faster by far.
    """

    idle: Lookup
    shapes: re.Pattern[str]
    denies: re.Pattern[str]
    twice: re.Pattern[str]
    carries: re.Pattern[str]
    spent: tuple[tuple[str, re.Pattern[str]], ...]
    could: re.Pattern[str]
    affixed: re.Pattern[str]
    neutral: re.Pattern[str]


@cache
def denials() -> Denials:
    """Return the patterns of the table."""
    words: dict[str, list[str]] = {}
    for kind, listed in data_rows(__file__, "denials.tsv"):
        words.setdefault(kind, []).extend(listed.split())
    return Denials(
        idle=Lookup(word for word in words["idle"] if not _is_shape(word)),
        shapes=_chinese([word for word in words["idle"] if _is_shape(word)]),
        denies=_chinese(words["denies"]),
        twice=_chinese(words["twice"]),
        carries=_english(words["carries"], re.NOFLAG),
        spent=tuple(
            (chinese, _english([english]))
            for chinese, _, english in (word.partition("=") for word in words["spent"])
        ),
        could=_chinese(words["could"]),
        affixed=_english(words["affixed"]),
        neutral=_chinese(words["neutral"]),
    )


def _is_shape(word: str) -> bool:
    return bool(re.search(r"[\[(?]", word))


def _chinese(words: list[str]) -> re.Pattern[str]:
    ranked = sorted(words, key=lambda word: (_is_shape(word), -len(word)))
    return lazy("|".join(ranked).replace("HAN", f"[{HAN}]"))


def _english(words: list[str], flags: re.RegexFlag = re.IGNORECASE) -> re.Pattern[str]:
    joined = "|".join(re.sub(r"(?<=\w)\*$", r"\\w{0,20}", word) for word in words)
    return lazy(rf"\b(?:{joined})(?!\w)", flags)
