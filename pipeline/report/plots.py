"""Plots as inline SVG, drawn by hand so that they follow the page's fonts and colour scheme.

Colours are classes of the page's style sheet (`bar`, `grid`, `label`).
"""

from collections.abc import Sequence
from statistics import quantiles

from markupsafe import Markup

from pipeline.language.plural import plural

_WIDTH = 360
_HEIGHT = 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 8, 12, 34


def confidence_histogram(confidences: Sequence[float], *, bins: int = 20) -> Markup:
    """Return a histogram of sentences by confidence, 0 to 1; empty without sentences."""
    if not confidences:
        return Markup()
    counts = [0] * bins
    for value in confidences:
        counts[min(bins - 1, max(0, int(value * bins)))] += 1
    top = _ceiling(max(counts))
    step = _inner_width() / bins
    bars = Markup().join(
        Markup(
            '<rect class="bar" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>'
        ).format(
            _digits(_LEFT + at * step + 0.75),
            _digits(_y(count, top)),
            _digits(step - 1.5),
            _digits(_HEIGHT - _BOTTOM - _y(count, top)),
            f"{at / bins:.2f} to {(at + 1) / bins:.2f}: {plural(count, 'sentence')}",
        )
        for at, count in enumerate(counts)
        if count
    )
    spoken = f"Histogram of the confidence of {plural(len(confidences), 'sentence')}, from 0 to 1."
    ticks = Markup().join(
        _x_tick(_LEFT + _inner_width() * at / 4, f"{at / 4:g}") for at in range(5)
    )
    return _frame(spoken, _y_axis(top) + bars + ticks + _x_label("confidence"))


def confidence_by_length(points: Sequence[tuple[int, float]]) -> Markup:
    """Return a plot of confidence by sentence length: median and middle half.

    A point is (Chinese characters, confidence). Empty for fewer than eight points.
    """
    groups = [
        (f"{low}–{high - 1}" if high < 10**6 else f"{low}+", values)
        for low, high in ((1, 10), (10, 20), (20, 40), (40, 60), (60, 90), (90, 10**6))
        if (values := [confidence for length, confidence in points if low <= length < high])
    ]
    if len(points) < 8 or len(groups) < 2:
        return Markup()
    step = _inner_width() / len(groups)
    marks = Markup()
    for at, (name, values) in enumerate(groups):
        low, middle, high = quantiles(values, n=4) if len(values) > 1 else [values[0]] * 3
        x, width = _LEFT + at * step + step * 0.2, step * 0.6
        top, bottom = _y(high, 1), _y(low, 1)
        marks += Markup(
            '<rect class="band" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>'
            '<line class="median" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        ).format(
            *map(_digits, (x, top, width, max(1.0, bottom - top))),
            f"{name} characters, {plural(len(values), 'sentence')}: median {middle:.2f}, "
            f"middle half {low:.2f} to {high:.2f}",
            *map(_digits, (x, x + width, _y(middle, 1), _y(middle, 1))),
        )
        marks += _x_tick(x + width / 2, name)
    spoken = "Confidence by length of the source sentence: median and middle half."
    return _frame(spoken, _y_axis(1) + marks + _x_label("characters in the sentence"))


def findings_by_check(counts: Sequence[tuple[str, int]]) -> Markup:
    """Return a bar for each check that flagged a sentence, longest first."""
    rows = sorted(((name, count) for name, count in counts if count), key=lambda row: -row[1])
    if not rows:
        return Markup()
    left, row_height = 92, 24
    height = 8 + row_height * len(rows)
    scale = (_WIDTH - left - 44) / rows[0][1]
    bars = Markup().join(
        Markup(
            '<text class="label end" x="{}" y="{}">{}</text>'
            '<rect class="bar alarm" x="{}" y="{}" width="{}" height="12"/>'
            '<text class="label" x="{}" y="{}">{}</text>'
        ).format(
            left - 8,
            8 + at * row_height + 12,
            name,
            left,
            8 + at * row_height + 2,
            _digits(max(2.0, count * scale)),
            _digits(left + max(2.0, count * scale) + 6),
            8 + at * row_height + 12,
            f"{count:,}",
        )
        for at, (name, count) in enumerate(rows)
    )
    spoken = "Flagged sentences by check: " + ", ".join(f"{name} {count:,}" for name, count in rows)
    return _frame(spoken, bars, height=height)


def reliability_plot(points: Sequence[tuple[float, float, int]]) -> Markup:
    """Return a plot of (expected, measured, segments) points beside the diagonal.

    It shows how reliable expected errors are. Both axes run from 0 to the same end. Empty without
    points.
    """
    if not points:
        return Markup()
    top = _ceiling(max(max(expected, measured) for expected, measured, _ in points))

    def x(value: float) -> float:
        return _LEFT + _inner_width() * value / top

    diagonal = Markup('<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/>').format(
        *map(_digits, (x(0), x(top), _y(0, top), _y(top, top)))
    )
    dots = Markup().join(
        Markup('<circle class="dot" cx="{}" cy="{}" r="4"><title>{}</title></circle>').format(
            _digits(x(expected)),
            _digits(_y(measured, top)),
            f"expected {expected:.1f}, measured {measured:.1f} in {plural(segments, 'segment')}",
        )
        for expected, measured, segments in points
    )
    ticks = Markup().join(_x_tick(x(top * at / 4), f"{top * at / 4:g}") for at in range(4))
    spoken = "Expected error and measured error: " + ", ".join(
        f"{expected:.1f} and {measured:.1f}" for expected, measured, _ in points
    )
    return _frame(spoken, _y_axis(top) + diagonal + dots + ticks + _x_label("expected error"))


def _frame(spoken: str, inside: Markup, *, height: int = _HEIGHT) -> Markup:
    return Markup(
        '<svg class="plot" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>'
    ).format(_WIDTH, height, spoken, inside)


def _inner_width() -> float:
    return _WIDTH - _LEFT - _RIGHT


def _y(value: float, top: float) -> float:
    return _HEIGHT - _BOTTOM - (_HEIGHT - _BOTTOM - _TOP) * value / top


def _y_axis(top: float) -> Markup:
    lines = Markup()
    for part in range(3):
        value = top * part / 2
        name = f"{value:,.0f}" if top > 1 else f"{value:g}"
        y = _digits(_y(value, top))
        lines += Markup(
            '<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/>'
            '<text class="label end" x="{}" y="{}" dy="4">{}</text>'
        ).format(_LEFT, _WIDTH - _RIGHT, y, y, _LEFT - 6, y, name)
    return lines


def _x_tick(x: float, name: str) -> Markup:
    return Markup('<text class="label middle" x="{}" y="{}">{}</text>').format(
        _digits(x), _HEIGHT - _BOTTOM + 15, name
    )


def _x_label(name: str) -> Markup:
    return Markup('<text class="label axis middle" x="{}" y="{}">{}</text>').format(
        _digits(_LEFT + _inner_width() / 2), _HEIGHT - 4, name
    )


def _ceiling(value: float) -> int:
    """Return the next number that is easy to read on an axis: 2, 4, 10, 20, 40, 100 …"""
    size = 1
    while True:
        for step in (2, 4, 10):
            if value <= step * size:
                return step * size
        size *= 10


def _digits(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
