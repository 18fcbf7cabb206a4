"""Check that every number of the source is in the translation, by value.

Chinese: 23个计划总投资额124亿元      23 ── 23                        kept
English: 23 projects … 124 billion    12,400,000,000 ── 124,000,000,000  wrong power of ten
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from typing import Literal

from models.patterns import lazy
from pipeline.check.amounts.clock import paired_times
from pipeline.check.amounts.measures import (
    changed_units,
    is_about,
    is_converted_money,
    is_hedged,
    is_other_count,
    sums,
    unit_names,
)
from pipeline.check.amounts.pairs import (
    Pair,
    changed,
    equal,
    may_be_one_unit,
    paired,
    power_of_ten,
    repeated,
    shared_digits,
    summed,
    taken,
    without,
)
from pipeline.check.amounts.scores import swapped_scores
from pipeline.check.amounts.vague import vague_amounts
from pipeline.language.measures.clock import ClockTime
from pipeline.language.measures.measure import share_a_unit
from pipeline.language.measures.read import (
    countries_of_script,
    english_units_alone,
    with_chinese_measures,
    with_english_measures,
)
from pipeline.language.measures.signs import Sign, changed_sign
from pipeline.language.numbers.chinese import chinese_quantities
from pipeline.language.numbers.chinese_amounts import NUMERAL
from pipeline.language.numbers.english import english_quantities
from pipeline.language.numbers.quantity import MOST_QUANTITIES, Quantity, Strength, plain
from pipeline.language.sentence_cache import remembered
from pipeline.language.variants import simplified_twin
from pipeline.records import Finding, Severity, Span

Verdict = Literal[
    "kept", "missing", "wrong power of ten", "wrong value", "unit changed", "sign changed", "extra"
]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger: a number of the source, its counterpart, and what became of it.

    `source` and `translation` are what is written there ("" where there is nothing);
    `value` is the source's amount (the translation's for `extra`) for an English reader.
    `is_exact` is true if both amounts have one reading, `has_one_unit` if both have the same unit,
    `has_no_unit` if neither has one. A rule that writes `value` asks for these.
    """

    verdict: Verdict
    source: str
    translation: str
    value: str
    source_span: Span | None
    translation_span: Span | None
    message: str = ""
    is_exact: bool = False
    has_one_unit: bool = False
    has_no_unit: bool = False


def ledger(source: str, translation: str) -> list[Entry]:
    """Match the numbers of both texts one to one and give each a verdict, in order.

    Numbers are paired by value; what is left over on both sides is a changed number, on
    one side a missing or an invented one. A value that the other side has at all is
    forgiven for standing there once instead of twice. Numerals that often count nothing
    (一, 两, "one", "both") pair, but are never missed. A rounding (4,178,027 as 4.18
    million) and a converted unit (50公里 as 31 miles) are kept; the same number in another unit,
    a lost minus and another time of day are errors.
    """
    return list(_entries(source, translation))


@lru_cache(maxsize=2_048)  # a sentence is asked about by several checks, and by every retry
def _entries(source: str, translation: str) -> tuple[Entry, ...]:
    if not translation.strip() or _has_too_many(source) or _has_too_many(translation):
        return ()
    twin = simplified_twin(source)
    numbers_there, english = list(chinese_quantities(source)), english_quantities(translation)
    if max(len(numbers_there), len(english)) >= MOST_QUANTITIES:
        return ()
    digits = list(shared_digits(twin, translation))
    chinese = (
        _with_units(source, twin, without(numbers_there, [there for there, _ in digits]))
        if digits
        else list(_measured(source))
    )
    english = with_english_measures(translation, without(english, [here for _, here in digits]))
    same_times, other_times = paired_times(twin, translation)
    chinese = without(chinese, [there.span for there, _ in same_times + other_times])
    english = without(english, [here.span for _, here in same_times + other_times])
    pairs, wrong, missing, extra = _matched(twin, translation, chinese, english)
    entries = [_kept(source, translation, there, here) for there, here in pairs]
    entries += [_kept_digits(source, translation, there, here) for there, here in digits]
    swapped = swapped_scores(twin, translation)
    entries += [_swapped(source, translation, there, here) for there, here in swapped]
    entries += [_kept_time(source, translation, there, here) for there, here in same_times]
    entries += [_other_time(source, translation, there, here) for there, here in other_times]
    entries += [_difference(source, translation, there, here) for there, here in wrong]
    entries += [_missing(source, each) for each in missing if each.strength is Strength.CERTAIN]
    entries += [_extra(translation, each) for each in extra if each.strength is Strength.CERTAIN]
    return tuple(sorted(entries, key=_place))


@remembered
def _measured(source: str) -> list[Quantity]:
    """Return the numbers of a source with their units."""
    return _with_units(source, simplified_twin(source), chinese_quantities(source))


def _with_units(source: str, twin: str, quantities: Iterable[Quantity]) -> list[Quantity]:
    return with_chinese_measures(twin, quantities, countries=countries_of_script(source, twin))


def _matched(
    source: str, translation: str, chinese: list[Quantity], english: list[Quantity]
) -> tuple[list[Pair], list[Pair], list[Quantity], list[Quantity]]:
    """Return the pairs of equal value, the pairs of another value, and what is left over."""
    totals = summed(sums(source, chinese), chinese, english)
    totals += [
        (there, here) for here, there in summed(sums(translation, english), english, chinese)
    ]
    pairs, missing, extra = paired(chinese, english)
    pairs += totals
    hedged = [each for each in extra if is_hedged(translation, each)]
    for there, here in taken(missing, hedged, is_about):
        extra.remove(here)
        pairs.append((there, here))
    pairs += taken(missing, extra, changed_units)
    alone = english_units_alone(translation) if missing else []
    missing = [
        each for each in missing if not (each.measures and any(equal(each, one) for one in alone))
    ]
    extra = [each for each in extra if not is_converted_money(translation, each, english)]
    wrong = taken(missing, extra, is_other_count)
    for there, here in changed(missing, extra):
        missing.remove(there)
        extra.remove(here)
        wrong.append((there, here))
    again_there, again_here = repeated(pairs, chinese, english)
    wrong += taken(missing, again_here, _are_counts)
    wrong += taken(again_there, extra, _are_counts)
    return pairs, wrong, missing, extra


def _are_counts(there: Quantity, here: Quantity) -> bool:
    likely = Strength.LIKELY
    return there.strength is likely is here.strength and not there.kind and not here.kind


def _has_too_many(text: str) -> bool:
    """True if a text has more numbers than anybody writes in a sentence: a table on one line."""
    if len(text) <= _MOST_NUMBERS:
        return False
    return sum(1 for _ in islice(_RUN.finditer(text), _MOST_NUMBERS + 1)) > _MOST_NUMBERS


def _place(entry: Entry) -> tuple[int, int]:
    here = entry.translation_span.start if entry.translation_span else 0
    return (entry.source_span.start if entry.source_span else 10**9), here


def numbers(source: str, translation: str) -> list[Finding]:
    """Find numbers that are missing, changed, off by a power of ten, or in no source."""
    found = list(vague_amounts(source, translation))
    for entry in ledger(source, translation):
        if entry.verdict != "kept":
            severity: Severity = "warning" if entry.verdict in _MILD else "error"
            found.append(
                Finding(
                    "numbers", severity, entry.message, entry.source_span, entry.translation_span
                )
            )
    return found


_RUN = lazy(rf"[\d{NUMERAL}]+")
_MOST_NUMBERS = 5_000
_MILD = ("extra",)
_SHOWN_CHARS = 60
_SIGNS: dict[Sign, str] = {
    "minus": "is below zero",
    "plus": "is above zero",
    "BC": "is BC",
    "AD": "is AD",
    "": "has no sign",
}


def _at(text: str, quantity: Quantity) -> str:
    written = text[quantity.span.start : quantity.span.end].strip()
    return written if len(written) <= _SHOWN_CHARS else written[: _SHOWN_CHARS - 1] + "…"


def _explained(text: str, quantity: Quantity) -> str:
    """Write a number as it stands and, where that says more, its value: 三百 (300), 25."""
    written, value = _at(text, quantity), plain(quantity.value)
    if quantity.kind == "times":
        return f"{written} (×{value})"  # 增长两倍 is ×3
    return (
        written
        if written.rstrip("%％ ") in (value, value.replace(",", ""))
        else f"{written} ({value})"
    )


def _kept(source: str, translation: str, there: Quantity, here: Quantity) -> Entry:
    verdict: Verdict = "kept"
    message = ""
    if changed_units(there, here):
        verdict = "unit changed"
        message = (
            f"{_at(source, there)} is in {unit_names(there.measures)}, "
            f"“{_at(translation, here)}” in {unit_names(here.measures)}"
        )
    elif may_be_one_unit(there, here) and (
        signs := changed_sign(simplified_twin(source), there.span, translation, here.span)
    ):
        verdict = "sign changed"
        wanted, said = (_SIGNS[sign] for sign in signs)
        message = (
            f"{_at(source, there)} {wanted} in the source, "
            f"“{_at(translation, here)}” {said} in the translation"
        )
    return Entry(
        verdict,
        _at(source, there),
        _at(translation, here),
        plain(there.value),
        there.span,
        here.span,
        message,
    )


def _kept_digits(source: str, translation: str, there: Span, here: Span) -> Entry:
    written = source[there.start : there.end]
    return Entry("kept", written, translation[here.start : here.end], written, there, here)


def _swapped(source: str, translation: str, there: Span, here: Span) -> Entry:
    wanted, said = source[there.start : there.end], translation[here.start : here.end]
    message = f"{wanted} in the source, “{said}” in the translation: the sides are swapped"
    return Entry("wrong value", wanted, said, wanted, there, here, message)


def _kept_time(source: str, translation: str, there: ClockTime, here: ClockTime) -> Entry:
    written = source[there.span.start : there.span.end]
    said = translation[here.span.start : here.span.end]
    return Entry("kept", written, said, there.written, there.span, here.span)


def _other_time(source: str, translation: str, there: ClockTime, here: ClockTime) -> Entry:
    kept = _kept_time(source, translation, there, here)
    message = f"{kept.source} ({kept.value}) in the source, “{kept.translation}” in the translation"
    return replace(kept, verdict="wrong value", message=message)


def _missing(source: str, quantity: Quantity) -> Entry:
    message = f"{_explained(source, quantity)} is not in the translation"
    value = plain(quantity.value)
    return Entry("missing", _at(source, quantity), "", value, quantity.span, None, message)


def _extra(translation: str, quantity: Quantity) -> Entry:
    written = _at(translation, quantity)
    message = f"“{written}” has no matching number in the source"
    return Entry("extra", "", written, plain(quantity.value), None, quantity.span, message)


def _difference(source: str, translation: str, there: Quantity, here: Quantity) -> Entry:
    said = _at(translation, here)
    power = power_of_ten(there.value, here.value)
    verdict: Verdict = "wrong power of ten" if power else "wrong value"
    if power:
        size = "large" if power > 0 else "small"
        message = (
            f"wrong power of ten: {_explained(source, there)} in the source, “{said}” in the "
            f"translation, {10 ** abs(power):,} times too {size}"
        )
    else:
        message = f"{_explained(source, there)} in the source, “{said}” in the translation"
    return Entry(
        verdict,
        _at(source, there),
        said,
        plain(there.value),
        there.span,
        here.span,
        message,
        is_exact=there.is_exact and here.is_exact,
        has_one_unit=share_a_unit(there.measures, here.measures),
        has_no_unit=not there.measures and not here.measures,
    )


def lost_numbers(source: str, before: str, after: str) -> list[Span]:
    """Return the numbers of the source that one translation has, right or wrong, and another lacks.

    Numerals that often count nothing (一, 两) are left out: they may be left unsaid.
    """
    certain = [
        quantity.span
        for quantity in chinese_quantities(source)
        if quantity.strength > Strength.POSSIBLE
    ]
    had, has = _numbers_in(source, before), _numbers_in(source, after)
    return [
        span
        for span in had
        if not any(span.overlaps(other) for other in has)
        and any(span.overlaps(other) for other in certain)
    ]


def _numbers_in(source: str, translation: str) -> list[Span]:
    """Return the numbers of the source that have a counterpart."""
    return [
        entry.source_span
        for entry in ledger(source, translation)
        if entry.source_span and entry.translation_span
    ]
