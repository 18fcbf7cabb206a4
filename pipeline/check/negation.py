"""Check that a denial stays a denial: 不, 没有, 未 against not, never, without, un-, -less."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from itertools import islice

from models.patterns import lazy
from pipeline.check.text import MOST_CHARS, small_letters
from pipeline.check.words.denials import denials
from pipeline.language.variants import simplified_twin
from pipeline.records import Finding, Span

_BOUND = (
    r"(?:more|less|fewer|greater|higher|lower|later|earlier|older|exceed\w*|over|above|below|under"
    r"|beyond)"
)
_PLAIN_NO = lazy(
    r"(?<!whether or )(?<!why )(?<!if )(?<!or )\b(?:not|never|cannot|\w{1,20}n(?:['’]|&#39;)t"
    r"|nobody|no one|refuses? to|refused to|no longer"
    r"|there (?:is|are|was|were) (?:no|nothing|none))\b"
    r"(?!\s(?:only|worry|just|merely|simply|least|so|as|half|quite|mind|to mention|necessarily|even"
    r"|surprising\w*|too (?:late|bad)|bad|uncommon|unusual|unlike\w*|wrong|far|alone|sure"
    rf"|(?:help )?but|until|yet|to be confused|all that|doubt\w*|(?:be |to )?{_BOUND})\b)"
    r"(?!.{1,120}\bwithout\b)",
    re.IGNORECASE,
)
_MAY_DENY = lazy(r"[Nn][Oo]|[Nn][Ee][Vv]|[Nn](?:['’]|&#39;)[Tt]|[Rr][Ee][Ff]")
"""What every plain no has."""
_WAY_OUT = lazy(
    r"\b(?:choice|option|alternative|doubt|help|exception|question|matter|wonder)", re.IGNORECASE
)


def negation(source: str, translation: str) -> list[Finding]:
    """Find a denial that was lost, or one that was added.

    Lost: the source says 不, 没有, 禁止 … outside phrases such as 不仅 or 未来, and the English
    has no word that could carry it, not even un- or fail. Added: the English says a plain
    not or never more often than the source has characters that could mean it, or once
    where the source denies twice (不无遗憾 is not "without regret").
    """
    if not translation.strip() or max(len(source), len(translation)) > MOST_CHARS:
        return []
    chinese, words = simplified_twin(source), denials()
    denial = first_denial(chinese)
    if denial and not _carries_denial(chinese, translation):
        said = source[slice(*denial.span())]
        message = f"{said} denies something; the translation has no “not” or similar word"
        return [Finding("negation", "error", message, Span(*denial.span()))]
    added = list(_PLAIN_NO.finditer(translation)) if _MAY_DENY.search(translation) else []
    spent = len(words.affixed.findall(translation)) if added else 0
    if added and len(added) + spent > len(words.could.findall(words.neutral.sub("□", chinese))):
        message = f"“{added[0][0]}” denies something; the source does not"
        return [Finding("negation", "error", message, None, Span(*added[0].span()))]
    twice = None if denial else words.twice.search(chinese)
    once = _only_denial(translation) if twice else None
    if twice and once:
        said = source[slice(*twice.span())]
        no = translation[slice(*once.span())]
        message = f"{said} denies twice, the translation only once: “{no}”"
        return [Finding("negation", "error", message, Span(*twice.span()), Span(*once.span()))]
    return []


_ONE_NO = lazy(
    r"not|no|never|without|nobody|none|nothing|cannot|\w+n(?:['’]|&#39;)t", re.IGNORECASE
)


def _carries_denial(chinese: str, translation: str) -> bool:
    """True if a word of the translation can deny, and no other word of the source explains it."""
    words = denials()
    explained = [english for word, english in words.spent if word in chinese]
    return any(
        not any(english.fullmatch(carrier[0]) for english in explained)
        for carrier in words.carries.finditer(small_letters(translation))
    )


def _only_denial(translation: str) -> re.Match[str] | None:
    """Return the one plain no of a text, if nothing else could deny (no choice but to)."""
    carriers = list(islice(denials().carries.finditer(small_letters(translation)), 2))
    is_plain = len(carriers) == 1 and _ONE_NO.fullmatch(carriers[0][0])
    return carriers[0] if is_plain and not _WAY_OUT.search(translation) else None


def first_denial(source: str) -> re.Match[str] | None:
    """Return the first word that denies and is no part of an idle phrase."""
    words = denials()
    denying = list(words.denies.finditer(source))
    if not denying:
        return None
    idle = [
        words.idle.spans(source),
        [match.span() for match in words.shapes.finditer(source)],
    ]
    return next((m for m in denying if not any(_overlaps(m.span(), spans) for spans in idle)), None)


def _overlaps(place: tuple[int, int], spans: Sequence[tuple[int, int]]) -> bool:
    """True if a place overlaps one of some spans that are sorted and apart."""
    before = bisect_left(spans, (place[1],)) - 1
    return before >= 0 and spans[before][1] > place[0]
