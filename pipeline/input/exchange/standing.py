"""Which of several translations of one sentence a TMX file means: approved ones, then the newest.

Translators' tools keep what they replaced. They note how far a translation has come in a property,
each tool under its own name, and when it was changed in `changedate` or `creationdate`. OmegaT has
alternatives of a translation for single places beside the one for all others, which is taken.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from models.patterns import lazy
from pipeline.language.sentence_key import pairing_key

REJECTED, _NOT_SAID = 0, 3
# How far a translation has come, from the states of Trados, memoQ, Phrase, Crowdin and XLIFF.
_RANKS = {
    REJECTED: "rejected rejectedtranslation rejectedsignoff obsolete",
    1: "new initial unspecified empty not-started notstarted nottranslated needs-translation",
    2: "draft fuzzy mt machinetranslated pretranslated needs-review needs-adaptation "
    "needs-review-translation needs-l10n edited unconfirmed assembled partiallyedited false no",
    4: "translated confirmed translatorconfirmed complete completed true yes",
    5: "approved approvedtranslation reviewed reviewer1confirmed proofread proofreadconfirmed "
    "reviewer2confirmed",
    6: "signed-off signedoff approvedsignoff final",
}
_RANK_OF = {state: rank for rank, states in _RANKS.items() for state in states.split()}
# OmegaT's alternative translations are for one place, which these properties name.
_ONE_PLACE = ("prev", "next")
_STATE = lazy(r"confirm|status|state|approv|level|quality", re.IGNORECASE)


@dataclass(frozen=True, order=True, slots=True)
class Standing:
    """How far a translation has come, if it is for any place, and its last change, as digits."""

    rank: int = _NOT_SAID
    is_general: bool = True
    changed: str = ""


@dataclass(frozen=True, slots=True)
class TmxPair:
    """A unit's Chinese and English; None where the unit lacks the language."""

    line: int
    zh: str | None
    en: str | None
    standing: Standing = Standing()
    identifier: str = ""
    others: tuple[str, ...] = ()
    """Languages of the unit's other texts that are Chinese or English too."""


def rank_of(state: str) -> int | None:
    """Return how far a translation with a state has come; None for a state that no tool writes."""
    parts = state.lower().split()
    return _RANK_OF.get("".join(parts), _RANK_OF.get("-".join(parts)))


def is_unfinished(state: str) -> bool:
    """True if a state such as needs-review or rejected says that a translation is not to be used.

    >>> is_unfinished("needs-review-translation"), is_unfinished("final")
    (True, False)
    """
    rank = rank_of(state)
    return rank is not None and rank < _NOT_SAID


def standing(unit: Any, variant: Any) -> Standing:
    """Return the standing of a translation (a `tuv` of a `tu`), which the unit may say for it."""
    ranks = [
        rank
        for holder in (variant, unit)
        for prop in holder.iterchildren("{*}prop")
        if _STATE.search(prop.get("type") or "") and (rank := rank_of(prop.text or "")) is not None
    ]
    dates = [
        re.sub(r"\D", "", holder.get(name) or "")
        for name in ("changedate", "creationdate")
        for holder in (variant, unit)
    ]
    types = {prop.get("type") for prop in unit.iterchildren("{*}prop")}
    is_general = types.isdisjoint(_ONE_PLACE)
    return Standing(next(iter(ranks), _NOT_SAID), is_general, next(filter(None, dates), ""))


def chosen_pairs(pairs: Iterable[TmxPair]) -> tuple[list[TmxPair], list[tuple[int, str]]]:
    """Return the pairs to take, and (line, why not) of the others.

    Translations of one sentence that differ and are of equal standing all stay.
    """
    held = list(pairs)
    groups: dict[str, list[TmxPair]] = {}
    for pair in held:
        if pair.zh and pair.en:
            groups.setdefault(pairing_key(pair.zh), []).append(pair)
    passed = dict(row for group in groups.values() for row in _passed(group))
    kept = [pair for pair in held if id(pair) not in passed]
    notices = [(pair.line, passed[id(pair)]) for pair in held if id(pair) in passed]
    notices += [(pair.line, _others(pair)) for pair in kept if pair.others]
    return kept, sorted(notices)


def _others(pair: TmxPair) -> str:
    codes = " and ".join(pair.others)
    return f"{codes} not taken, because the unit has another text of the same language"


def _advantage(own: Standing, best: Standing) -> str:
    if own.rank < best.rank:
        return "has a higher status"
    return "has a newer date" if own.is_general == best.is_general else "is not for one place only"


def _passed(group: Sequence[TmxPair]) -> list[tuple[int, str]]:
    """Return those translations of a sentence that another one replaces, by `id()`, and why."""
    best = max(pair.standing for pair in group)
    if len({pair.en for pair in group if pair.standing == best}) > 1:
        return []
    taken = next(pair for pair in group if pair.standing == best)
    return [
        (
            id(pair),
            f"not taken, because another unit of this sentence {_advantage(pair.standing, best)}",
        )
        for pair in group
        if pair.standing < best and pair.en != taken.en
    ]
