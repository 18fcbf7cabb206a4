"""Check that every number of the source is in the translation, by value.

Chinese: 23个计划总投资额124亿元      23 ── 23
English: 23 projects … 124 billion    12,400,000,000 ── 124,000,000,000  wrong power of ten
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from pipeline.records import Finding
from pipeline.text.chinese_numbers import chinese_quantities
from pipeline.text.english_numbers import english_quantities
from pipeline.text.quantity import Quantity, Strength, plain


def numbers(source: str, translation: str) -> list[Finding]:
    """Find numbers that are missing, changed, off by a power of ten, or in no source.

    Numbers are paired one to one by value; what is left over on both sides is a
    changed number, on one side a missing or an invented one. A value that the other
    side has at all is forgiven for standing there once instead of twice. Numerals that
    often count nothing (一, 两, "one", "both") pair, but are never missed.
    """
    if not translation.strip():
        return []
    chinese, english = chinese_quantities(source), english_quantities(translation)
    missing, extra = _left_over(chinese, english)
    findings: list[Finding] = []
    for there, here in _changed(missing, extra):
        missing.remove(there)
        extra.remove(here)
        findings.append(_difference(source, translation, there, here))
    for quantity in missing:
        if quantity.strength is Strength.CERTAIN:
            message = f"{_explained(source, quantity)} is not in the translation"
            findings.append(Finding("numbers", "error", message, source_span=quantity.span))
    for quantity in extra:
        if quantity.strength is Strength.CERTAIN:
            message = f"“{_at(translation, quantity)}” has no number in the source to rest on"
            findings.append(Finding("numbers", "warning", message, translation_span=quantity.span))
    return findings


def _at(text: str, quantity: Quantity) -> str:
    return text[quantity.span.start : quantity.span.end].strip()


def _explained(text: str, quantity: Quantity) -> str:
    """Write a number as it stands and, where that says more, its value: 三百 (300), 25."""
    written, value = _at(text, quantity), plain(quantity.value)
    return (
        written
        if written.rstrip("%％ ") in (value, value.replace(",", ""))
        else f"{written} ({value})"
    )


def _left_over(
    chinese: Sequence[Quantity], english: Sequence[Quantity]
) -> tuple[list[Quantity], list[Quantity]]:
    """Pair the numbers by value and give what has no counterpart, in order."""
    free = list(english)
    missing: list[Quantity] = []
    for quantity in sorted(chinese, key=lambda each: (-each.strength, each.span.start)):
        same = [other for other in free if _equal(quantity, other)]
        if same:
            free.remove(
                max(same, key=lambda other: (other.value == quantity.value, other.strength))
            )
        else:
            missing.append(quantity)
    missing = [each for each in missing if not any(_equal(each, other) for other in english)]
    extra = [each for each in free if not any(_equal(other, each) for other in chinese)]
    return sorted(missing, key=lambda each: each.span.start), extra


def _equal(one: Quantity, other: Quantity) -> bool:
    return not set(one.values).isdisjoint(other.values)


def _changed(
    missing: Iterable[Quantity], extra: Iterable[Quantity]
) -> list[tuple[Quantity, Quantity]]:
    """Pair what is left over on both sides: first by a power of ten, then in order."""
    there = [each for each in missing if each.strength >= Strength.LIKELY]
    here = [each for each in extra if each.strength >= Strength.LIKELY]
    pairs: list[tuple[Quantity, Quantity]] = []
    for quantity in list(there):
        for other in here:
            if power_of_ten(quantity.value, other.value) and _certain(quantity, other):
                pairs.append((quantity, other))
                there.remove(quantity)
                here.remove(other)
                break
    return pairs + list(zip(there, here, strict=False))


def _certain(one: Quantity, other: Quantity) -> bool:
    return Strength.CERTAIN in (one.strength, other.strength)


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


def _difference(source: str, translation: str, there: Quantity, here: Quantity) -> Finding:
    said = _at(translation, here)
    power = power_of_ten(there.value, here.value)
    if power:
        size = "large" if power > 0 else "small"
        message = (
            f"wrong power of ten: {_explained(source, there)} in the source, “{said}” in the "
            f"translation, {10 ** abs(power):,} times too {size}"
        )
    else:
        message = f"{_explained(source, there)} in the source, “{said}” in the translation"
    return Finding("numbers", "error", message, there.span, here.span)
