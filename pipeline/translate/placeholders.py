"""Put a well-known name where a model would lose a rare one, and take it out of its answer.

廊下镇有新规 ─▶ 东京有新规 ─model─▶ Tokyo has new rules ─▶ Langxia Town has new rules

A small model loses names it has not seen and stumbles over English in a Chinese sentence,
but it has seen Tokyo. Compared with other ways in docs/decisions/0005.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.records import Span

# Chinese, English, and what tells that the name was said in another way.
_STAND_INS = (
    ("东京", "Tokyo", "Japan"),
    ("伦敦", "London", "Brit"),
    ("巴黎", "Paris", "French"),
    ("柏林", "Berlin", "German"),
    ("莫斯科", "Moscow", "Russia"),
    ("罗马", "Rome", "Ital"),
    ("纽约", "New York", "America"),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A place in the source and the English that the translation must have for it."""

    span: Span
    english: str


@dataclass(frozen=True, slots=True)
class Masked:
    """A source with stand-ins; `names`: their English, how else they are said, what is wanted."""

    text: str
    names: tuple[tuple[str, str, str], ...] = ()


Way = Literal["mixed", "names", "words"]


def masked(source: str, wanted: Sequence[Wanted], way: Way) -> Masked | None:
    """Put a stand-in in every wanted place (`names`), or the English itself (`words`).

    `mixed`: stand-ins for what is written with a capital, English for all else, so that
    "leading company" keeps its plural. What is wanted twice in the same words has one
    stand-in. None where the source names too many of the stand-ins itself.
    """
    free = [each for each in _STAND_INS if each[0] not in source]
    chosen: dict[str, tuple[str, str, str]] = {}
    text = source
    for each in sorted(wanted, key=lambda one: -one.span.start):
        if way == "words" or (way == "mixed" and each.english[0].islower()):
            there = f" {each.english} "
        elif each.english in chosen or free:
            there = (chosen.get(each.english) or chosen.setdefault(each.english, free.pop(0)))[0]
        else:
            return None
        text = text[: each.span.start] + there + text[each.span.end :]
    names = tuple((name, tell, english) for english, (_, name, tell) in chosen.items())
    return Masked(re.sub(r" {2,}", " ", text).strip() if " " in text else text, names)


def unmasked(translation: str, mask: Masked) -> str | None:
    """Write the wanted names for their stand-ins; None where a stand-in was said otherwise.

    A body such as a council gets the article that a city has not.
    """
    text = translation
    for name, tell, english in mask.names:
        if name not in text and tell in text:
            return None
        with_article = f"the {english}" if _is_body(english) else english
        text = re.sub(rf"\b((?:[Tt]he|an?)\s){name}\b", _behind(english), text)
        text = re.sub(rf"\b{name}\b", _as(with_article), text)
    return text[:1].upper() + text[1:] if mask.names else text


def _behind(english: str) -> Callable[[re.Match[str]], str]:
    return lambda match: match[1] + english


def _as(english: str) -> Callable[[re.Match[str]], str]:
    return lambda _: english


_BODIES = frozenset(
    "Council Ministry Commission Committee Court Administration Congress Bureau Office Delta Area "
    "Union Party Army Federation League Belt Procuratorate Conference Bank Republic Expo Agency "
    "Government Road sessions government plan zone".split()
)


def _is_body(english: str) -> bool:
    """True if a name takes an article: the State Council, the Ministry of Finance."""
    head = re.split(r"\s(?:of|for|and)\s", english)[0].split()[-1]
    return head in _BODIES and not english.startswith(("The ", "the "))
