"""The checks of one translation that need no reference: a row for each, and the loop over them.

A check takes (source, translation) and returns findings with spans on both sides. Checks are
tuned for few false alarms: an editor who is sent to sound sentences stops reading.
"""

import hashlib
import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from typing import Any, Literal

from pipeline.check.chatter import chatter
from pipeline.check.copied import copied
from pipeline.check.coverage import coverage
from pipeline.check.direction import direction, is_same_place
from pipeline.check.empty import empty
from pipeline.check.hidden import hidden
from pipeline.check.language import language
from pipeline.check.length import length
from pipeline.check.names import names
from pipeline.check.negation import negation
from pipeline.check.numbers import numbers
from pipeline.check.question import question
from pipeline.check.quotes import quotes
from pipeline.check.repetition import repetition
from pipeline.check.terms import terms
from pipeline.check.text import MOST_FINDINGS, shorten
from pipeline.check.truncated import truncated
from pipeline.check.untranslated import untranslated
from pipeline.language.chinese import with_ordinary_marks
from pipeline.language.glossary import Glossary
from pipeline.language.variants import simplified_twin
from pipeline.records import Finding, Severity

_LOG = logging.getLogger(__name__)
_LONGEST_MESSAGE = 400
_SHORT_CHARS = 20
"""Captions, bylines and cells of tables are no longer."""
_SAME_FAULTS = ("numbers", "negation", "direction")
"""Checks that may name the same fault; the first of `CHECKS` keeps it."""


@dataclass(frozen=True, slots=True)
class Check:
    """A row of `CHECKS`: `run` takes (source, translation) and returns findings of this name.

    `label` says what it finds, to be read after "3 sentences with". Bump `version` when `run`
    finds something else in the same texts: scores and repaired translations are then made again.
    `severity` is that of every finding, None if it depends on the finding. `reads` is a keyword
    that `run` takes beside the texts. If a check that `ends` finds something, the others are not
    run, except one that `sees_refusals` when the model refused to translate. One that `reads_twin`
    gets the source in simplified characters, in the same places.
    """

    name: str
    label: str
    version: int
    run: Callable[..., Iterable[Finding]]
    severity: Severity | None = None
    reads: Literal["flags", "glossary"] | None = None
    reads_twin: bool = False
    ends: bool = False
    sees_refusals: bool = False


# In the order a reader cares about them.
CHECKS = (
    Check("empty", "no translation at all", 1, empty, "error", ends=True),
    Check("numbers", "numbers that do not agree with the source", 9, numbers),
    Check("names", "a name that is missing or wrong", 6, names),
    Check("negation", "a denial lost or added", 6, negation, "error"),
    Check("direction", "a direction or bound reversed", 7, direction),
    Check("untranslated", "Chinese left in the English", 1, untranslated),
    Check("copied", "the source copied instead of translated", 1, copied, "error", ends=True),
    Check("repetition", "words repeated in a loop", 4, repetition),
    Check("length", "an unlikely length", 3, length, "warning"),
    Check("coverage", "a part left out or added", 3, coverage, "warning", reads_twin=True),
    Check("question", "a question lost or added", 2, question, "warning", reads_twin=True),
    Check("quotes", "an unbalanced quotation mark or bracket", 1, quotes, "warning"),
    Check("truncated", "an end that breaks off", 1, truncated, reads="flags"),
    Check(
        "chatter",
        "notes or refusals instead of a translation",
        2,
        chatter,
        "error",
        reads="flags",
        sees_refusals=True,
    ),
    Check("language", "another language than English", 1, language),
    Check("terms", "a term that the glossary wants otherwise", 2, terms, "warning", "glossary"),
    Check("hidden", "hidden characters", 2, hidden),
)

LABELS = {check.name: check.label for check in CHECKS}
"""What each check finds, to be read after "3 sentences with"."""


def checks_version(checks: Sequence[Check] = CHECKS) -> str:
    """Return 8 hex digits that change with the version of any check, and with their number.

    It is part of the keys of everything that findings decide: scores, repaired translations.
    """
    versions = " ".join(sorted(f"{check.name}:{check.version}" for check in checks))
    return hashlib.sha256(versions.encode()).hexdigest()[:8]


CHECKS_VERSION = checks_version()


def findings(
    source: str,
    translation: str,
    *,
    glossary: Glossary | None = None,
    flags: Sequence[str] = (),
    only: Collection[str] = LABELS.keys(),
) -> list[Finding]:
    """Run every check, or `only` some, on a pair and return the findings in the order of `CHECKS`.

    An empty or a copied translation has that finding and the one of a refusal only: nothing else
    can be said of it. `flags` are those of the TranslatedSentence; `truncated` and `refused` count.
    A check returns at most `MOST_FINDINGS`. One that fails costs only its own findings and logs a
    warning.
    """
    source = with_ordinary_marks(source)  # one for one: places stay true
    extras = {"flags": flags, "glossary": glossary}
    whole = [
        finding
        for check in CHECKS
        if check.ends
        for finding in _run(check, source, translation, extras)
    ]
    if whole and "refused" not in flags:
        return whole
    others = [
        finding
        for check in CHECKS
        if not check.ends and check.name in only and (not whole or check.sees_refusals)
        for finding in _run(check, source, translation, extras)
    ]
    return whole + _without_repeats(others)


def _without_repeats(found: Sequence[Finding]) -> list[Finding]:
    """Return the findings without those of a fault that an earlier check has named.

    "3 a.m." for 下午3点 is another number and another direction; 禁止 as "allowed" is a denial lost
    and the opposite: the same place of the source, and of the translation if both name one.
    """
    kept: list[Finding] = []
    for one in found:
        if one.check not in _SAME_FAULTS or not any(_is_same_fault(one, other) for other in kept):
            kept.append(one)
    return kept


def _is_same_fault(one: Finding, other: Finding) -> bool:
    return other.check in _SAME_FAULTS and one.check != other.check and is_same_place(one, other)


def _run(check: Check, source: str, translation: str, extras: Mapping[str, Any]) -> list[Finding]:
    """Return the first findings of a check, none if it fails.

    Short pairs, which come again and again, are remembered.
    """
    if check.reads is None and max(len(source), len(translation)) <= _SHORT_CHARS:
        return list(_remembered(check, source, translation))
    extra: dict[str, Any] = {check.reads: extras[check.reads]} if check.reads else {}
    return _found(check, source, translation, extra)


@lru_cache(maxsize=1_000)
def _remembered(check: Check, source: str, translation: str) -> tuple[Finding, ...]:
    return tuple(_found(check, source, translation, {}))


def _shortened(found: Finding) -> Finding:
    if len(found.message) <= _LONGEST_MESSAGE:
        return found
    return replace(found, message=shorten(found.message, _LONGEST_MESSAGE))


def _found(check: Check, source: str, translation: str, extra: Mapping[str, Any]) -> list[Finding]:
    try:
        read = simplified_twin(source) if check.reads_twin else source
        first = islice(check.run(read, translation, **extra), MOST_FINDINGS)
        return [_shortened(one) for one in first]
    except Exception as error:  # noqa: BLE001 (a fault in a check must not cost the article)
        _LOG.warning(
            "the check '%s' failed on the sentence '%s': %s: %s; report this",
            check.name,
            shorten(source),
            type(error).__name__,
            error,
        )
        return []
