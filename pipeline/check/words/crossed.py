"""Find two statements that changed places: 出口增长，进口下降 as "exports fell, imports rose"."""

from collections.abc import Sequence

from models.patterns import lazy
from pipeline.check.words.opposites import Claim
from pipeline.language.lexicon import chinese_usage, chinese_words, counterparts, english_stems
from pipeline.records import Span

_USUAL = 0.004
"""A word whose counterparts are so large a share of English tells nothing."""
_NUMERAL = lazy(r"[零〇一二三四五六七八九十百千万亿两半几多余年月日]+")


def crossed(
    there: Sequence[Claim],
    here: Sequence[Claim],
    chinese: Sequence[tuple[Span, str]],
    english: Sequence[tuple[Span, str]],
) -> tuple[Claim, Claim] | None:
    """Return a word of each text if the sides of a pair changed their clauses.

    `chinese` and `english` are the clauses of the texts. Each text must state both sides once, in
    clauses of their own. What tells are words that have a counterpart in one of the two English
    clauses only: some of both Chinese clauses must have it in the clause of the other side, and
    none in that of its own.
    """
    sources, targets = _by_side(there, chinese), _by_side(here, english)
    if not sources or not targets:
        return None
    stems = {side: {stem for stem, _ in english_stems(text)} for side, (_, text) in targets.items()}
    words = {side: telling_words(text) for side, (_, text) in sources.items()}
    for side, other in (("a", "b"), ("b", "a")):
        telling = [counterparts(word) for word in words[side] - words[other]]
        if any(one & (stems[side] - stems[other]) for one in telling):
            return None
        if not any(one & (stems[other] - stems[side]) for one in telling):
            return None
    return sources["a"][0], targets["b"][0]


def _by_side(
    claims: Sequence[Claim], clauses: Sequence[tuple[Span, str]]
) -> dict[str, tuple[Claim, str]]:
    """Return the claim and the rest of its clause by side; nothing unless both are stated once."""
    if sorted(claim.side for claim in claims) != ["a", "b"]:
        return {}
    sides: dict[str, tuple[Claim, str]] = {}
    places = set()
    for claim in claims:
        for span, text in clauses:
            if claim.is_plain and span.start <= claim.span.start and claim.span.end <= span.end:
                start, end = claim.span.start - span.start, claim.span.end - span.start
                sides[claim.side] = claim, f"{text[:start]} {text[end:]}"
                places.add(span)
    return sides if len(places) == 2 else {}


def telling_words(clause: str) -> frozenset[str]:
    """Return the words of a Chinese text that have counterparts, and no usual ones."""
    return frozenset(
        word
        for word, _ in chinese_words(clause)
        if len(word) > 1
        and not _NUMERAL.fullmatch(word)
        and (usage := chinese_usage(word))
        and usage.chance < _USUAL
    )
