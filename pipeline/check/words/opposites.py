"""Pairs of opposites, such as 增长/下降, and what each side is called in both languages.

The table is `opposites.tsv`: a pair has a row for each side (`a`, `b`), and may have one for words
that name both sides or neither (`both`) and one for words that only look like a side (`none`).
`chinese` and `english` state a side plainly enough to accuse a translation; the words of the
columns `_also` only speak in its favour, so those lists are long. The pairs are those that news
turns on: change, bounds, trade, courts, markets, time, place. A word is listed if a reader would
take it for that side in most sentences; what has two meanings is only in an `_also` column.

Chinese words are separated by spaces, English ones by commas. They are regular expressions with
three abbreviations: `#` is a number, `…` a few words, and `*` any ending of an English word.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Literal, cast

from models.patterns import lazy
from pipeline.data_file import data_rows
from pipeline.language.patterns import compiled
from pipeline.records import Severity, Span

Side = Literal["a", "b", "both"]

_DIGITS = r"\d零〇一二三四五六七八九十百千万亿两半几"
_ENGLISH_NUMBER = (
    r"(?:(?:about|around|some|roughly|approximately|the|an?|age|ages|aged|of|yuan|rmb|cny|usd)\s){0,2}"
    r"(?:(?:rmb|cny|usd?|hkd?|ntd?|a|c|s)?\s?[$¥€£]\s?|(?:rmb|cny|usd)\s?)?"
    r"(?:\d[\d,.]{0,30}|an?\s(?:hour|day|week|month|year|decade|century|mile|third|quarter|fifth"
    r"|sixth|eighth|tenth|dozen|hundred|thousand"
    r"|million|billion)\b|(?:zero|freezing|one|two|three|four|five|six|seven|eight|nine|ten|eleven"
    r"|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty"
    r"|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|half|dozens?)\b)"
)
_CHINESE_NEGATED = lazy(
    r"(?:[不没未无勿难免莫]|没有|并未|未能|[不别][会再能要得应可宜准许该必]|无法|难以|避免|防止|阻止|停止|遏制|抑制"
    r"|不是|并非|不允许|拒绝|反对|禁止|严禁|除了一?"
    r"|(?:[不没未勿]|不[要得能可应会]|没有)(?:连续|一次|单次|每次|同时|再|长期))$"
)
_ENGLISH_NEGATED = lazy(
    r"(?:\b(?:not|no|none|never|without|hardly|rarely|seldom|barely|nor|cannot|impossible|unable|forbid\w{0,5}"
    r"|prohibit\w{0,4}|stop\w{0,4}|prevent\w{0,3}|avoid\w{0,3}|halt\w{0,3}|instead of|rather than"
    r"|fail\w{0,3} to|(?:do|does|did|is|are|was)nt)|n['’]t)(?:\s[\w'’-]{1,20}){0,7}\s$",
    re.IGNORECASE,
)
_NEGATED_CHARS = 60
_KINDS = ("none", "both", "a", "b", "a_also", "b_also")


@dataclass(frozen=True, slots=True)
class Claim:
    """A word of a pair of opposites in a text; `is_plain` if it may accuse a translation."""

    side: Side
    is_plain: bool
    span: Span


@dataclass(frozen=True, slots=True)
class SideWords:
    """The words of a pair in one language: a pattern with a group for each kind of word."""

    words: str
    negated: re.Pattern[str]

    @property
    def pattern(self) -> re.Pattern[str]:
        """The pattern, compiled when a text first needs it."""
        return compiled(self.words)

    def claims(self, text: str) -> list[Claim]:
        """Return the words of a text, in order; an English one in small letters.

        A word that is denied names both sides.
        """
        return list(self._claims(text))

    def _claims(self, text: str) -> Iterator[Claim]:
        for match in self.pattern.finditer(text):
            kind = match.lastgroup
            if kind is None or kind == "none":
                continue
            before = text[max(0, match.start() - _NEGATED_CHARS) : match.start()]
            side = "both" if self.negated.search(before) else kind.removesuffix("_also")
            yield Claim(cast(Side, side), kind in ("a", "b"), Span(*match.span()))


@dataclass(frozen=True, slots=True)
class Opposites:
    """A pair of opposites: its words in both languages, and how severe it is to swap them.

    With `by_clause` the clause of a number says what the number is; with `of_an_event` both texts
    must date by the same event. Every text with a plain Chinese word of the pair has one of the
    `keys`.
    """

    name: str
    severity: Severity
    by_clause: bool
    of_an_event: bool
    keys: tuple[str, ...]
    chinese: SideWords
    english: SideWords


@cache
def opposites() -> tuple[Opposites, ...]:
    """Return the pairs of the table, in its order."""
    rows = list(data_rows(__file__, "opposites.tsv"))
    names = dict.fromkeys(row[0] for row in rows)
    return tuple(_pair(name, [row for row in rows if row[0] == name]) for name in names)


def opposites_of(chinese: str) -> Iterator[Opposites]:
    """Yield the pairs of which a text may have a plain Chinese word, in the table's order."""
    keys = _keys()
    spoken = {
        number
        for first in set(chinese)
        for key, numbers in keys.get(first, ())
        if key in chinese
        for number in numbers
    }
    pairs = opposites()
    return (pairs[number] for number in sorted(spoken))


@cache
def _keys() -> dict[str, list[tuple[str, list[int]]]]:
    """Return the keys of the pairs by their first character, with the numbers of their pairs."""
    numbers: dict[str, list[int]] = {}
    for number, pair in enumerate(opposites()):
        for key in pair.keys:
            numbers.setdefault(key, []).append(number)
    keys: dict[str, list[tuple[str, list[int]]]] = {}
    for key, its_pairs in numbers.items():
        keys.setdefault(key[0], []).append((key, its_pairs))
    return keys


def _pair(name: str, rows: list[list[str]]) -> Opposites:
    chinese: dict[str, list[str]] = {}
    english: dict[str, list[str]] = {}
    for _, side, _, _, zh, zh_also, en, en_also in rows:
        chinese |= {side: zh.split(), f"{side}_also": zh_also.split()}
        english |= {side: _listed(en), f"{side}_also": _listed(en_also)}
    return Opposites(
        name,
        cast(Severity, rows[0][2]),
        rows[0][3] in ("clause", "event"),
        rows[0][3] == "event",
        _shortest({_key(word) for side in ("a", "b") for word in chinese[side]}),
        SideWords(_alternatives(chinese, _chinese), _CHINESE_NEGATED),
        SideWords(rf"\b(?:{_alternatives(english, _english)})", _ENGLISH_NEGATED),
    )


def _listed(words: str) -> list[str]:
    return [word.strip() for word in words.split(",") if word.strip()]


def _alternatives(words: Mapping[str, Sequence[str]], written: Callable[[str], str]) -> str:
    """Return a pattern with a group for each kind of word, the longest words of a kind first."""
    groups = []
    for kind in _KINDS:
        longest = sorted(words.get(kind, ()), key=len, reverse=True)
        if longest:
            groups.append(f"(?P<{kind}>{_either(map(written, longest), written('#'))})")
    return "|".join(groups)


def _either(patterns: Iterable[str], number: str) -> str:
    """Return a pattern for any of some; those in a row that end with a number share its pattern.

    It is long, and to compile a copy for each word would take a tenth of a second.
    """
    parts: list[str] = []
    for ends, group in groupby(patterns, lambda pattern: pattern.endswith(number)):
        either = "|".join(pattern.removesuffix(number) for pattern in group)
        parts.append(f"(?:{either}){number}" if ends else either)
    return "|".join(parts)


def _key(word: str) -> str:
    """Return the longest part of a word of the table that every text with this word has."""
    always = re.sub(r"\[[^\]]*\][?]?|\(\?[^()]*\)\??|.\?|[^\u3007-\U0003ffff]", " ", word)
    return max(always.split(), key=len)


def _shortest(keys: set[str]) -> tuple[str, ...]:
    """Return the keys that contain no other key."""
    return tuple(k for k in sorted(keys) if not any(o in k for o in keys - {k}))


def _chinese(word: str) -> str:
    """Return a Chinese word of the table as a regular expression."""

    def expand(match: re.Match[str]) -> str:
        if match[0] == "…":
            return f"[^，。；：、！？{_DIGITS}]{{0,6}}?"
        return f"[{_DIGITS}]" if match[0] == "#" else match[0].replace("#", _DIGITS)

    return re.sub(r"\[[^\]]*\]|#|…", expand, word)


def _english(word: str) -> str:
    """Return an English word of the table as a regular expression that begins with it."""
    ends = "" if word.endswith("#") else r"(?!\w|['’]t\b)"
    for short, long in (
        ("*", r"\w{0,20}"),
        ("'", "['’]"),
        ("…", r"(?:[\s-]{1,2}[\w%'’-]{1,20}){0,3}?(?:,(?=\s(?:or|and)\b))?[\s-]{1,2}"),
        (" ", r"[\s-]{1,2}"),
        ("#", _ENGLISH_NUMBER),
    ):
        word = word.replace(short, long)
    return word + ends
