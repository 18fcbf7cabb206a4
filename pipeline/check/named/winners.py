"""Check who won: 中国队负于日本队 is no "China beat Japan"."""

import re
from functools import lru_cache
from itertools import islice, pairwise, product
from pathlib import Path

from models.patterns import lazy
from pipeline.language.chinese import HAN
from pipeline.language.gazetteer import known_names
from pipeline.language.lexicon import chinese_usage, chinese_words, counterparts, english_stems
from pipeline.language.spellings import folded, readings_of
from pipeline.language.transliteration import CHARACTERS, FOREIGN, likeness
from pipeline.records import Finding, Span

_CLUBS = Path(__file__).with_name("clubs.tsv")
_LOST_TO = "负于|不敌|输给|惜败于?|惨败于?|败给|败于|败在|负(?=\\w{0,6}队)"
_BEAT = (
    "战胜|击败|打败|大胜|力克|险胜|完胜|力挫|横扫|淘汰|小胜|轻取|送走|逆转战胜|逆转击败"
    r"|(?<=\d)胜(?![利负率出过任])"
)
_CHINESE = lazy(rf"(?P<lost>{_LOST_TO})|(?P<won>{_BEAT})")
_CHINESE_STOP = lazy("[。；！？]")
_PASSIVE = lazy(r"被|遭到?|将|把")
_SIDE_BEFORE, _SIDE_AFTER = 30, 15
"""Characters before and behind the verb in which a side is named."""
_PARTICIPLE = (
    r"(?:beaten|defeated|thrashed|edged|crushed|routed|downed|swept|eliminated|knocked\sout)"
)
_ENGLISH = lazy(
    rf"\b(?:(?P<lost>(?:los(?:t|es?|ing)|fell|went\sdown|succumbed)\b[^.;,]{{0,30}}?\bto"
    rf"|(?:was|were|been|being|be|is|are|got|gets?)\s(?:\w{{1,20}}\s){{0,2}}{_PARTICIPLE}\b"
    r"[^.;,]{0,30}?\bby)"
    r"|(?P<won>beats?|beating|defeat(?:s(?!\s(?:against|by|to|in)\b)|ed|ing)|thrash(?:es|ed|ing)|edg(?:es|ed)(?:\sout)?|overc[ao]me"
    r"|crushed|routed|downed|swept|eliminated|knocked\sout|w[io]ns?\b[^.;,]{0,20}?\b(?:against|over)))\b"
)
_ENGLISH_PASSIVE = lazy(
    r"\b(?:was|were|been|being|be|is|are|got|gets?)\s(?:\w{1,20}\s){0,2}$|\bto\s$"
)
_MOST_NAMES = 20
"""Known names and words of one side that are looked for."""
_SHORTEST_SOUND = 5
"""Letters of two syllables that are looked for within an English word."""
_SOUNDS_LIKE = 0.75
_USUAL = 0.004
"""A word whose counterparts are so large a share of English names no side."""
_WORD = lazy(r"(?<!\w)[A-Z][\w'’-]*")
_FOREIGN_RUN = lazy(rf"[{''.join(sorted(CHARACTERS))}]{{3,9}}")
_HAN_RUN = lazy(rf"[{HAN}]{{2,}}")


def same_winner(source: str, translation: str) -> bool | Finding | None:
    """Return True if the same side wins in both texts, or a finding if the other side does.

    None if a text has not just one verb of victory or defeat, or a side has no name or rare word
    that the English has: a known one, a club, one that sounds alike, one of the lexicon.
    """
    verbs = list(islice(_CHINESE.finditer(source), 2))
    said = list(islice(_ENGLISH.finditer(translation), 2)) if len(verbs) == 1 else []
    if len(said) != 1 or not (sides := _sides(source, verbs[0])):
        return None
    winner, loser = sides
    verb = said[0]
    before, after = translation[: verb.start()], translation[verb.end() :]
    if verb["won"] and _ENGLISH_PASSIVE.search(before):
        return None
    first, second = (before, after) if verb["won"] else (after, before)
    if _is_in(winner, first) or _is_in(loser, second):
        return (_is_in(winner, first) and _is_in(loser, second)) or None
    if not _is_in(winner, second) or not _is_in(loser, first):
        return None
    written = verbs[0][0]
    message = f"{written} in the source, “{verb[0]}” in the translation: another side wins"
    return Finding("direction", "error", message, Span(*verbs[0].span()), Span(*verb.span()))


def _sides(source: str, verb: re.Match[str]) -> tuple[str, str] | None:
    """Return the Chinese of the side that wins and of the side that loses."""
    before = _CHINESE_STOP.split(source[: verb.start()])[-1][-_SIDE_BEFORE:]
    after = re.split("[，。；！？,;]", source[verb.end() : verb.end() + _SIDE_AFTER])[0]
    if not before or not after or _PASSIVE.search(before[-8:]):
        return None
    return (before, after) if verb["won"] else (after, before)


def _is_in(side: str, english: str) -> bool:
    """True if English text names a side."""
    names = [entry for _, entry in islice(known_names(side), _MOST_NAMES)]
    if any(entry.is_in(english) for entry in names):
        return True
    lower = english.lower()
    forms = (form for zh, own in _clubs().items() if zh in side for form in own)
    if any(re.search(rf"\b{form}\b", lower) for form in forms):
        return True
    words = [word[0] for word in islice(_WORD.finditer(english), _MOST_NAMES)]
    runs = [run[0] for run in _FOREIGN_RUN.finditer(side) if FOREIGN & set(run[0])]
    if any(likeness(run, word, _SOUNDS_LIKE) >= _SOUNDS_LIKE for run in runs for word in words):
        return True
    plain = [folded(word) for word in words]
    if any(sound in word for sound in _sounds(side) for word in plain):
        return True
    stems = {stem for stem, _ in english_stems(english)}
    return any(counterparts(word) & stems for word, _ in chinese_words(side) if _is_telling(word))


def _is_telling(word: str) -> bool:
    """True if few English words are counterparts of a word."""
    usage = chinese_usage(word)
    return len(word) > 1 and usage is not None and usage.chance < _USUAL


def _sounds(side: str) -> set[str]:
    """Return the pinyin of two characters in a row, where it is long enough to be looked for."""
    pairs = {pair for run in _HAN_RUN.findall(side) for pair in pairwise(run)}
    spelled = {
        one + other for a, b in pairs for one, other in product(readings_of(a), readings_of(b))
    }
    return {sound for sound in spelled if len(sound) >= _SHORTEST_SOUND}


@lru_cache(maxsize=1)
def _clubs() -> dict[str, tuple[str, ...]]:
    """Return the English forms of clubs, in small letters, by each Chinese name."""
    rows = _CLUBS.read_text(encoding="utf-8").splitlines()[1:]
    pairs = (row.split("\t") for row in rows)
    return {name: tuple(forms.split("|")) for names, forms in pairs for name in names.split()}
