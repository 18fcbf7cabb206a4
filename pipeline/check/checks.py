"""The checks of one translation that need no reference: a row for each, and the loop over them.

A check takes (source, translation) and returns findings with spans on both sides. Checks are
tuned for few false alarms: an editor who is sent to sound sentences stops reading.
"""

import hashlib
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Literal

from pipeline.check.chatter import chatter
from pipeline.check.copied import copied
from pipeline.check.direction import direction
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
from pipeline.language.glossary import Glossary
from pipeline.language.variants import simplified_twin
from pipeline.records import Finding, Severity

_LOG = logging.getLogger(__name__)
_LONGEST_MESSAGE = 400


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
    Check("numbers", "numbers that do not agree with the source", 2, numbers),
    Check("names", "a name that is missing or wrong", 2, names),
    Check("negation", "a denial lost or added", 2, negation, "error"),
    Check("direction", "a direction or bound reversed", 1, direction),
    Check("untranslated", "Chinese left in the English", 1, untranslated),
    Check("copied", "the source copied instead of translated", 1, copied, "error", ends=True),
    Check("repetition", "words repeated in a loop", 1, repetition),
    Check("length", "an unlikely length", 1, length, "warning"),
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
) -> list[Finding]:
    """Run every check on a pair and return the findings in the order of `CHECKS`.

    An empty or a copied translation has that finding and the one of a refusal only: nothing else
    can be said of it. `flags` are those of the TranslatedSentence; `truncated` and `refused` count.
    A check returns at most `MOST_FINDINGS`. One that fails costs only its own findings and logs a
    warning.
    """
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
        if not check.ends and (not whole or check.sees_refusals)
        for finding in _run(check, source, translation, extras)
    ]
    return whole + others


def _run(check: Check, source: str, translation: str, extras: Mapping[str, Any]) -> list[Finding]:
    """Return the first findings of a check, none if it fails."""
    extra = {check.reads: extras[check.reads]} if check.reads else {}
    try:
        read = simplified_twin(source) if check.reads_twin else source
        first = islice(check.run(read, translation, **extra), MOST_FINDINGS)
        return [replace(one, message=shorten(one.message, _LONGEST_MESSAGE)) for one in first]
    except Exception as error:  # noqa: BLE001 (a fault in a check must not cost the article)
        _LOG.warning(
            "the check '%s' failed on the sentence '%s': %s: %s; report this",
            check.name,
            shorten(source),
            type(error).__name__,
            error,
        )
        return []
