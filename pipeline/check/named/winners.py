"""Check who won: 中国队负于日本队 is no "China beat Japan"."""

import re
from itertools import islice

from models.patterns import lazy
from pipeline.language.gazetteer import KnownName, known_names
from pipeline.records import Finding, Span

_LOST_TO = "负于|不敌|输给|惜败于?|惨败于?|败给|败于|败在"
_BEAT = "战胜|击败|打败|大胜|力克|险胜|完胜|力挫|横扫|淘汰"
_CHINESE = lazy(rf"(?P<lost>{_LOST_TO})|(?P<won>{_BEAT})")
_CHINESE_STOP = lazy("[。；！？]")
_PASSIVE = lazy(r"被|遭到?|将|把")
_ENGLISH = lazy(
    r"\b(?:(?P<won>beats?|beating|defeat(?:s|ed|ing)|thrash(?:es|ed|ing)|edg(?:es|ed)(?:\sout)?|overc[ao]me"
    r"|crushed|routed|downed|swept|eliminated|knocked\sout)|(?P<lost>(?:los(?:t|es?|ing)|fell|went\sdown"
    r"|succumbed)\b[^.;,]{0,30}?\bto))\b"
)
_ENGLISH_PASSIVE = lazy(
    r"\b(?:was|were|been|being|be|is|are|got|gets?)\s(?:\w{1,20}\s){0,2}$|\bto\s$"
)
_MOST_NAMES = 50
"""Names of one sentence that are read."""
_Sides = tuple[KnownName, KnownName, Span]


def same_winner(source: str, translation: str) -> bool | Finding | None:
    """Return True if the same side wins in both texts, or a finding if the other side does.

    None if a text has not just one verb of victory or defeat, or a side is no known name.
    """
    verbs = list(islice(_CHINESE.finditer(source), 2))
    said = list(islice(_ENGLISH.finditer(translation), 2)) if len(verbs) == 1 else []
    if len(said) != 1 or not (sides := _sides(source, verbs[0])):
        return None
    winner, loser, place = sides
    verb = said[0]
    before, after = translation[: verb.start()], translation[verb.end() :]
    if verb["won"] and _ENGLISH_PASSIVE.search(before):
        return None
    first, second = (before, after) if verb["won"] else (after, before)
    if winner.is_in(first) or loser.is_in(second):
        return (winner.is_in(first) and loser.is_in(second)) or None
    if not winner.is_in(second) or not loser.is_in(first):
        return None
    written = source[place.start : place.end]
    message = f"{written} in the source, “{verb[0]}” in the translation: another side wins"
    return Finding("direction", "error", message, place, Span(*verb.span()))


def _sides(source: str, verb: re.Match[str]) -> _Sides | None:
    """Return the side that wins, the side that loses, and the place of the verb."""
    names = list(islice(known_names(source), _MOST_NAMES))
    before = [(span, entry) for span, entry in names if span.end <= verb.start()]
    after = [(span, entry) for span, entry in names if span.start >= verb.end()]
    if not before or not after:
        return None
    between = source[before[-1][0].end : after[0][0].start]
    if _CHINESE_STOP.search(between) or _PASSIVE.search(between):
        return None
    one, other = before[-1][1], after[0][1]
    place = Span(*verb.span())
    return (one, other, place) if verb["won"] else (other, one, place)
