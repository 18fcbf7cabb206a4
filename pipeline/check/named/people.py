"""Check that Chinese people keep their names: 记者李晓明 is no Zhang Wei."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from models.patterns import lazy
from pipeline.check.named.english_names import EnglishName, english_names
from pipeline.check.named.person_names import PersonName, person_names
from pipeline.language.chinese import HAN
from pipeline.language.pinyin import pinyin_name
from pipeline.language.spellings import (
    family_readings,
    family_spellings,
    folded,
    readings_of,
    spellings,
    split_name,
    wade_giles,
)
from pipeline.language.transliteration import CHARACTERS, FOREIGN, likeness
from pipeline.records import Finding, Span

_MOST_PEOPLE = 100
"""People of one sentence who are looked for."""
_MOST_RIVALS = 20
"""Names of one translation that are looked for in the source."""
_MOST_WORDS = 300
"""Capitalised words of one translation that are compared."""
_LIKE = 0.55
"""Likeness from which a word may be a foreign name that looks like a Chinese one."""
_HAN = lazy(f"[{HAN}]")
_CAPITAL = lazy(r"(?<!\w)[A-Z][\w-]*")
# Names as Japanese write them: Shigeru, Takahashi.
_JAPANESE = lazy(
    r"(?:(?:[kstnhmyrwgzbpdfjc]|sh|ch|ts|[kgnhbpmr]y)?[aeiouō]{1,2}n?){2,}$", re.IGNORECASE
)
_JAPAN = lazy("日本|日籍|首相|东京|内阁官房")
# People who are added to a translation that a source means without their names.
_OFTEN_ADDED = frozenset(("xijinping", "maozedong", "dengxiaoping", "lixiaoping"))


def people(source: str, translation: str, taken: Sequence[Span]) -> Iterator[Finding]:
    """Yield Chinese people whose names the translation lacks, and people whom it invents.

    Names at places that are `taken` are known ones, which are looked for elsewhere.
    """
    known = {position for span in taken for position in range(span.start, span.end)}
    strangers = [
        name
        for name in islice(english_names(translation), _MOST_RIVALS)
        if folded(name.text) not in _OFTEN_ADDED
    ]
    sounds = _Sounds(source) if strangers else None
    if sounds:
        strangers = [name for name in strangers if not sounds.has(name)]
    said = _Said(translation, may_be_japanese=bool(_JAPAN.search(source)))
    seen: set[str] = set()
    for candidate in islice(person_names(source), _MOST_PEOPLE):
        if candidate.names[0] in seen or candidate.span.start in known or said.has(candidate):
            continue
        seen.add(candidate.names[0])
        rival = _rival(candidate, strangers, sounds)
        if rival:
            strangers.remove(rival)
            yield _swapped(candidate, rival)
        elif not said.may_have(candidate):
            name = candidate.names[0]
            yield Finding(
                "names",
                "warning",
                f"{name} ({pinyin_name(name)}) is not in the translation",
                candidate.span,
            )
    for stranger in strangers:
        yield Finding(
            "names",
            "warning",
            f"“{stranger.text}” is a name that the source does not have",
            None,
            stranger.span,
        )


def _swapped(candidate: PersonName, rival: EnglishName) -> Finding:
    name = candidate.names[0]
    message = f"{name} is {pinyin_name(name)}; the translation has “{rival.text}”"
    return Finding("names", "warning", message, candidate.span, rival.span)


def _rival(
    candidate: PersonName, strangers: Sequence[EnglishName], sounds: "_Sounds | None"
) -> EnglishName | None:
    """Return the stranger who takes the candidate's place.

    It is one of the same family name, else one whose family name nobody in the source has.
    """
    families = {one for name in candidate.names for one in family_spellings(split_name(name)[0])}
    related = [stranger for stranger in strangers if stranger.family in families]
    others = [one for one in strangers if sounds and not sounds.has_sound(one.family)]
    return next(iter(related or others), None)


class _Sounds:
    """The sounds of a source, to look for names in them."""

    def __init__(self, source: str) -> None:
        self._han = _HAN.findall(source)
        self._readings = [readings_of(character) for character in self._han]
        self._starts: dict[str, list[int]] = {}
        for position, readings in enumerate(self._readings):
            for reading in readings:
                self._starts.setdefault(reading, []).append(position)

    def has(self, name: EnglishName) -> bool:
        """True if characters in a row sound like the name."""
        hyphened = "-" in name.text
        return any(
            self._has(reading, family=name.family, hyphened=hyphened) for reading in name.readings
        )

    def has_sound(self, syllable: str) -> bool:
        """True if some character sounds like the syllable."""
        return syllable in self._starts

    def _has(self, syllables: tuple[str, ...], *, family: str, hyphened: bool) -> bool:
        def sounds(position: int, syllable: str) -> bool:
            if position >= len(self._readings):
                return False
            heard = self._readings[position]
            return syllable in heard or (hyphened and syllable in map(wade_giles, heard))

        starts = self._starts.get(syllables[0], ())
        return any(
            all(sounds(start + number, one) for number, one in enumerate(syllables))
            and (syllables[0] != family or family in family_readings(self._han[start]))
            for start in starts
        )


class _Said:
    """A translation, to look for the names of people in it."""

    def __init__(self, text: str, *, may_be_japanese: bool) -> None:
        self._plain = folded(text)
        words = [folded(word[0]) for word in islice(_CAPITAL.finditer(text), _MOST_WORDS)]
        self._words = set(words)
        long_ones = [one for one in words[1:] if len(one) > 4]
        self._is_japanese = may_be_japanese and sum(map(bool, map(_JAPANESE.match, long_ones))) > 1

    def has(self, person: PersonName) -> bool:
        """True if the translation spells the name in one of its ways."""
        return any(spelled in self._plain for name in person.names for spelled in spellings(name))

    def may_have(self, person: PersonName) -> bool:
        """True if the name may be there: family name alone, or as people elsewhere spell it."""
        if self._is_japanese:
            return True
        for name in person.names:
            family, given = split_name(name)
            if family_spellings(family) & self._words:
                return True
            if len(given) > 1 and any(
                one in self._plain for one in spellings(given) if len(one) > 4
            ):
                return True
            if CHARACTERS.issuperset(name) and FOREIGN & set(name):
                return any(likeness(name, word) >= _LIKE for word in self._words)
        return False
