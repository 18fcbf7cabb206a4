"""Check that every number of the source is in the translation, by value.

Chinese: 23个计划总投资额124亿元      23 ── 23                        kept
English: 23 projects … 124 billion    12,400,000,000 ── 124,000,000,000  wrong power of ten
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import islice
from typing import Literal

from pipeline.check.clock import paired_times, without_times
from pipeline.check.measures import (
    changed_units,
    is_about,
    is_converted_money,
    same_amount,
    sums,
    unit_names,
)
from pipeline.language.measures.clock import ClockTime
from pipeline.language.measures.measure import share_a_unit
from pipeline.language.measures.read import (
    english_units_alone,
    with_chinese_measures,
    with_english_measures,
)
from pipeline.language.measures.signs import changed_sign
from pipeline.language.numbers.chinese import chinese_quantities
from pipeline.language.numbers.chinese_amounts import NUMERAL
from pipeline.language.numbers.english import english_quantities
from pipeline.language.numbers.quantity import Quantity, Strength, plain
from pipeline.records import Finding, Severity, Span

Verdict = Literal[
    "kept", "missing", "wrong power of ten", "wrong value", "unit changed", "sign changed", "extra"
]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger: a number of the source, its counterpart, and what became of it.

    `source` and `translation` are what is written there ("" where there is nothing);
    `value` is the source's amount (the translation's for `extra`) for an English reader.
    """

    verdict: Verdict
    source: str
    translation: str
    value: str
    source_span: Span | None
    translation_span: Span | None
    message: str = ""


def ledger(source: str, translation: str) -> list[Entry]:
    """Match the numbers of both texts one to one and give each a verdict, in order.

    Numbers are paired by value; what is left over on both sides is a changed number, on
    one side a missing or an invented one. A value that the other side has at all is
    forgiven for standing there once instead of twice. Numerals that often count nothing
    (一, 两, "one", "both") pair, but are never missed. A rounding (4,178,027 as 4.18
    million) and a conversion of 亩, 斤, 里 are kept.
    """
    if not translation.strip() or _has_too_many(source) or _has_too_many(translation):
        return []
    chinese = with_chinese_measures(source, chinese_quantities(source))
    english = with_english_measures(translation, english_quantities(translation))
    same_times, other_times = paired_times(source, translation)
    times = same_times + other_times
    chinese = without_times(chinese, [there for there, _ in times])
    english = without_times(english, [here for _, here in times])
    pairs, missing, extra = _paired(chinese, english)
    pairs += _summed(sums(source, chinese), missing, extra)
    pairs += [(there, here) for here, there in _summed(sums(translation, english), extra, missing)]
    pairs += _taken(missing, extra, partial(is_about, translation))
    pairs += _taken(missing, extra, changed_units)
    alone = english_units_alone(translation) if missing else []
    missing = [each for each in missing if not any(_equal(each, one) for one in alone)]
    extra = [each for each in extra if not is_converted_money(translation, each, english)]
    entries = [_kept(source, translation, there, here) for there, here in pairs]
    entries += [_time(source, translation, pair, is_same=True) for pair in same_times]
    entries += [_time(source, translation, pair, is_same=False) for pair in other_times]
    for there, here in _changed(missing, extra):
        missing.remove(there)
        extra.remove(here)
        entries.append(_difference(source, translation, there, here))
    entries += [_missing(source, each) for each in missing if each.strength is Strength.CERTAIN]
    entries += [_extra(translation, each) for each in extra if each.strength is Strength.CERTAIN]
    return sorted(entries, key=_place)


def _has_too_many(text: str) -> bool:
    """True if a text has more numbers than anybody writes in a sentence: a table on one line."""
    return sum(1 for _ in islice(_RUN.finditer(text), _MOST_NUMBERS + 1)) > _MOST_NUMBERS


def _place(entry: Entry) -> tuple[int, int]:
    here = entry.translation_span.start if entry.translation_span else 0
    return (entry.source_span.start if entry.source_span else 10**9), here


def numbers(source: str, translation: str) -> list[Finding]:
    """Find numbers that are missing, changed, off by a power of ten, or in no source."""
    found = []
    for entry in ledger(source, translation):
        if entry.verdict != "kept":
            severity: Severity = "warning" if entry.verdict in _MILD else "error"
            found.append(
                Finding(
                    "numbers", severity, entry.message, entry.source_span, entry.translation_span
                )
            )
    return found


_RUN = re.compile(rf"[\d{NUMERAL}]+")
_MOST_NUMBERS = 5_000
_MILD = ("extra",)
_MOST_COMPARED = 40_000
"""Pairs of numbers that are compared one by one."""
_MOST_LEFT = 100
_SHOWN_CHARS = 60


def _at(text: str, quantity: Quantity) -> str:
    written = text[quantity.span.start : quantity.span.end].strip()
    return written if len(written) <= _SHOWN_CHARS else written[: _SHOWN_CHARS - 1] + "…"


def _explained(text: str, quantity: Quantity) -> str:
    """Write a number as it stands and, where that says more, its value: 三百 (300), 25."""
    written, value = _at(text, quantity), plain(quantity.value)
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
    elif _may_be_one_unit(there, here) and (
        signs := changed_sign(source, there.span, translation, here.span)
    ):
        verdict = "sign changed"
        wanted, said = (sign or "no sign" for sign in signs)
        message = (
            f"{_at(source, there)} has {wanted} in the source, "
            f"“{_at(translation, here)}” has {said} in the translation"
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


def _time(
    source: str, translation: str, pair: tuple[ClockTime, ClockTime], *, is_same: bool
) -> Entry:
    there, here = pair
    written = source[there.span.start : there.span.end]
    said = translation[here.span.start : here.span.end]
    return Entry(
        "kept" if is_same else "wrong value",
        written,
        said,
        there.written,
        there.span,
        here.span,
        ""
        if is_same
        else f"{written} ({there.written}) in the source, “{said}” in the translation",
    )


def _missing(source: str, quantity: Quantity) -> Entry:
    message = f"{_explained(source, quantity)} is not in the translation"
    value = plain(quantity.value)
    return Entry("missing", _at(source, quantity), "", value, quantity.span, None, message)


def _extra(translation: str, quantity: Quantity) -> Entry:
    written = _at(translation, quantity)
    message = f"“{written}” has no matching number in the source"
    return Entry("extra", "", written, plain(quantity.value), None, quantity.span, message)


def _paired(
    chinese: Sequence[Quantity], english: Sequence[Quantity]
) -> tuple[list[tuple[Quantity, Quantity]], list[Quantity], list[Quantity]]:
    """Pair the numbers by value and give the pairs and what has no counterpart, in order.

    With very many numbers, as in a table on one line, only values are compared, and only the
    first `_MOST_LEFT` without a counterpart are returned for each side.
    """
    if len(chinese) * len(english) > _MOST_COMPARED:
        return [], _without_counterpart(chinese, english), _without_counterpart(english, chinese)
    free = list(english)
    pairs: list[tuple[Quantity, Quantity]] = []
    missing: list[Quantity] = []
    for quantity in sorted(chinese, key=lambda each: (-each.strength, each.span.start)):
        same = [other for other in free if _equal(quantity, other)] or [
            other
            for other in free
            if quantity.kind == other.kind
            and rounded(quantity.value, other.value)
            and _may_be_one_unit(quantity, other)
        ]
        if same:
            best = max(same, key=lambda other: (other.value == quantity.value, other.strength))
            free.remove(best)
            pairs.append((quantity, best))
        else:
            missing.append(quantity)
    missing = [each for each in missing if not any(_equal(each, other) for other in english)]
    extra = [each for each in free if not any(_equal(other, each) for other in chinese)]
    return pairs, sorted(missing, key=lambda each: each.span.start), extra


def _may_be_one_unit(one: Quantity, other: Quantity) -> bool:
    if not one.measures or not other.measures:
        return True
    return share_a_unit(one.measures, other.measures)


def _without_counterpart(ones: Sequence[Quantity], others: Sequence[Quantity]) -> list[Quantity]:
    values = {value for other in others for value in other.values}
    return [one for one in ones if values.isdisjoint(one.values)][:_MOST_LEFT]


def _equal(one: Quantity, other: Quantity) -> bool:
    if one.measures and other.measures:
        return same_amount(one, other)
    return one.matches(other)


def _summed(
    totals: Iterable[tuple[Quantity, Quantity, Quantity]],
    parts: list[Quantity],
    others: list[Quantity],
) -> list[tuple[Quantity, Quantity]]:
    """Pair the sum of two amounts (1小时30分) with one amount left over on the other side."""
    pairs = []
    for total, *both in totals:
        left = [part for part in both if part in parts]
        same = next((other for other in others if left and _equal(total, other)), None)
        if same:
            others.remove(same)
            for part in left:
                parts.remove(part)
            pairs.append((total, same))
    return pairs


def _taken(
    missing: list[Quantity],
    extra: list[Quantity],
    belong: Callable[[Quantity, Quantity], bool],
) -> list[tuple[Quantity, Quantity]]:
    """Pair what is left over on both sides and belongs together, and take it out of the lists."""
    pairs = []
    for there in list(missing):
        here = next((other for other in extra if belong(there, other)), None)
        if here:
            missing.remove(there)
            extra.remove(here)
            pairs.append((there, here))
    return pairs


def rounded(exact: Fraction, written: Fraction) -> bool:
    """Tell whether a large number was written with fewer digits: 4,178,027 as 4.18 million.

    Only from ten thousand on, with two digits or more left, and within half a unit of
    the last digit written: a year or a small count must stand exactly.
    """
    if exact < 10_000 or exact.denominator != 1 or written.denominator != 1 or written <= 0:
        return False
    digits, left = _significant(exact), _significant(written)
    if not 2 <= left < digits:
        return False
    unit = 10 ** (len(str(written.numerator)) - left)
    return bool(abs(exact - written) * 2 <= unit)


def _significant(value: Fraction) -> int:
    return len(str(value.numerator).rstrip("0"))


def _changed(
    missing: Iterable[Quantity], extra: Iterable[Quantity]
) -> list[tuple[Quantity, Quantity]]:
    """Pair what is left over on both sides: first by a power of ten, then in order."""
    pairs: list[tuple[Quantity, Quantity]] = []
    for kind in ("", "weekday"):
        there = [e for e in missing if e.strength >= Strength.LIKELY and e.kind == kind]
        here = [e for e in extra if e.strength >= Strength.LIKELY and e.kind == kind]
        pairs += _changed_of_a_kind(there, here)
    return pairs


def _changed_of_a_kind(
    there: list[Quantity], here: list[Quantity]
) -> list[tuple[Quantity, Quantity]]:
    pairs: list[tuple[Quantity, Quantity]] = []
    for quantity in list(there):
        for other in here:
            certain = Strength.CERTAIN in (quantity.strength, other.strength)
            if certain and power_of_ten(quantity.value, other.value):
                pairs.append((quantity, other))
                there.remove(quantity)
                here.remove(other)
                break
    return pairs + list(zip(there, here, strict=False))


def power_of_ten(right: Fraction, wrong: Fraction) -> int:
    """Give k where wrong = right · 10^k and k is not 0; 0 where there is no such k."""
    if right <= 0 or wrong <= 0 or right == wrong:
        return 0
    ratio, power = wrong / right, 0
    while ratio >= 10:
        ratio, power = ratio / 10, power + 1
    while ratio < 1:
        ratio, power = ratio * 10, power - 1
    return power if ratio == 1 else 0


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
    value = plain(there.value)
    return Entry(verdict, _at(source, there), said, value, there.span, here.span, message)


_AMOUNT = re.compile(
    r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[\s-](?:hundred|thousand|million|billion|trillion))?$"
)


def corrected(source: str, translation: str) -> str | None:
    """Write the amounts that are off by a power of ten as the source has them.

    Only digits with or without a scale word ("124 billion") are touched, and only where
    the source's number is sure; the answer has no such error left, or there is none.
    """
    wrong = [e for e in ledger(source, translation) if e.verdict == "wrong power of ten"]
    spans = [e.translation_span for e in wrong if e.translation_span]
    if not wrong or not all(_AMOUNT.match(e.translation) for e in wrong):
        return None
    text = translation
    for entry, span in sorted(zip(wrong, spans, strict=True), key=lambda p: -p[1].start):
        text = text[: span.start] + entry.value + text[span.end :]
    left = [e for e in ledger(source, text) if e.verdict == "wrong power of ten"]
    return None if left else text
