"""Plots of an evaluation as inline SVG; `c0` to `c7` are the colour classes of systems."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, quantiles

from markupsafe import Markup

from pipeline.language.chinese import width

WIDTH, HEIGHT = 560, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 40, 12, 14, 38
COLOURS = 8


@dataclass(frozen=True, slots=True)
class Series:
    """A named line of (x label, value) points; all lines have the same labels, or none."""

    name: str
    points: tuple[tuple[str, float], ...]


def colour(at: int) -> str:
    """Return the colour class of the system at an index."""
    return f"c{at % COLOURS}"


def lines(series: Sequence[Series], *, label: str, spoken: str, digits: int = 1) -> Markup:
    """Return a plot with one line per system over groups; empty for fewer than two groups."""
    values = [value for one in series for _, value in one.points]
    longest = max((one.points for one in series), key=len, default=())
    names = [name for name, _ in longest]
    if len(names) < 2 or not values:
        return Markup()
    scale = _scale(values)
    step = (WIDTH - _LEFT - _RIGHT) / len(names)
    marks = Markup()
    for at, one in enumerate(series):
        known = [
            (_LEFT + step * (place + 0.5), _y(value, scale), name, value)
            for place, (name, value) in enumerate(one.points)
        ]
        path = " ".join(f"{_digits(x)},{_digits(y)}" for x, y, _, _ in known)
        marks += Markup('<polyline class="line {}" points="{}"/>').format(colour(at), path)
        for x, y, name, value in known:
            marks += Markup(
                '<circle class="point {}" cx="{}" cy="{}" r="3.5"><title>{}</title></circle>'
            ).format(colour(at), _digits(x), _digits(y), f"{one.name}, {name}: {value:.{digits}f}")
    ticks = Markup().join(
        label_at(_LEFT + step * (place + 0.5), HEIGHT - _BOTTOM + 16, name, "middle")
        for place, name in enumerate(names)
    )
    return _frame(spoken, _axis(scale) + marks + ticks + _x_label(label))


def strips(rows: Sequence[tuple[str, Sequence[float]]], *, spoken: str, digits: int = 1) -> Markup:
    """Return a plot of each system's sentence scores: middle half, median and outer tenths.

    A system with fewer than eight scores is left out.
    """
    summaries = [
        (at, name, quantiles(values, n=20))
        for at, (name, values) in enumerate(rows)
        if len(values) >= 8
    ]
    if not summaries:
        return Markup()
    edges = [edge for _, _, cuts in summaries for edge in (cuts[1], cuts[17])]
    low, high = min(edges), max(edges)
    left, row_height = 190, 30
    height = row_height * len(rows) + 30
    size = (high - low) or 1.0

    def x(value: float) -> float:
        return left + (WIDTH - left - 16) * (value - low) / size

    marks = Markup()
    for at, name, cuts in summaries:
        y = 14 + at * row_height
        median, left_edge, right_edge = (f"{cuts[at]:.{digits}f}" for at in (9, 4, 14))
        told = f"{name}: median {median}, middle half {left_edge} to {right_edge}"
        marks += Markup(
            '<g><title>{}</title><line class="whisker {}" x1="{}" x2="{}" y1="{}" y2="{}"/>'
            '<rect class="half {}" x="{}" y="{}" width="{}" height="12"/>'
            '<line class="median" x1="{}" x2="{}" y1="{}" y2="{}"/></g>'
        ).format(
            told,
            colour(at),
            *map(_digits, (x(cuts[1]), x(cuts[17]), y, y)),
            colour(at),
            *map(_digits, (x(cuts[4]), y - 6, max(1.0, x(cuts[14]) - x(cuts[4])))),
            *map(_digits, (x(cuts[9]), x(cuts[9]), y - 8, y + 8)),
        )
        marks += label_at(left - 10, y + 4, shortened(name, 18), "end")
    for part in range(3):
        value = low + size * part / 2
        marks += label_at(x(value), height - 4, f"{value:.{max(0, digits - 1)}f}", "middle")
    return _frame(spoken, marks, height=height)


def bars(rows: Sequence[tuple[str, Sequence[int]]], names: Sequence[str], *, spoken: str) -> Markup:
    """Return a bar plot: per row (a check) one bar per system; rows of zeros are left out."""
    kept = [(name, counts) for name, counts in rows if any(counts)]
    if not kept:
        return Markup()
    most = max(max(counts) for _, counts in kept)
    left, bar = 130, 13
    row_height = bar * len(names) + 12
    height = row_height * len(kept) + 8
    marks = Markup()
    for row, (check, counts) in enumerate(kept):
        top = 6 + row * row_height
        marks += label_at(left - 10, top + (row_height - 12) / 2 + 4, check, "end")
        for at, count in enumerate(counts):
            y = top + at * bar
            size = (WIDTH - left - 60) * count / most
            marks += Markup(
                '<rect class="fill {}" x="{}" y="{}" width="{}" height="{}"><title>{}</title>'
                "</rect>"
            ).format(colour(at), left, y, _digits(size), bar - 3, f"{names[at]}: {count:,}")
            if count:
                marks += label_at(left + size + 6, y + 9, f"{count:,}", "start count")
    return _frame(spoken, marks, height=height)


def reliability(
    series: Sequence[tuple[str, Sequence[tuple[float, float]]]],
    *,
    label: str,
    spoken: str,
    digits: int = 1,
) -> Markup:
    """Return a plot of the mean sentence score by tenths of confidence."""
    parts: list[Series] = []
    for name, points in series:
        ordered = sorted(points)
        if len(ordered) < 40:
            continue
        size = len(ordered) / 10
        tenths = [ordered[round(n * size) : round((n + 1) * size)] for n in range(10)]
        parts.append(
            Series(
                name,
                tuple((str(n + 1), mean(y for _, y in tenth)) for n, tenth in enumerate(tenths)),
            )
        )
    return lines(parts, label=label, spoken=spoken, digits=digits) if parts else Markup()


def _scale(values: Sequence[float]) -> tuple[float, float]:
    """Return the ends of an axis: round numbers around the values."""
    low, high = min(values), max(values)
    step = _step(low, high)
    bottom = math.floor(low / step) * step
    return bottom, max(math.ceil(high / step) * step, bottom + step)


def _step(low: float, high: float) -> float:
    """Return the distance of grid lines, 1, 2 or 5 times a power of ten, for up to six steps."""
    if high <= low:
        return 1.0
    steps = (part * 10.0**power for power in range(-4, 6) for part in (1, 2, 5))
    return next(step for step in steps if (high - low) / step <= 6)


def _y(value: float, scale: tuple[float, float]) -> float:
    low, high = scale
    return HEIGHT - _BOTTOM - (HEIGHT - _BOTTOM - _TOP) * (value - low) / (high - low)


def _axis(scale: tuple[float, float]) -> Markup:
    low, high = scale
    marks = Markup()
    step = _step(low, high)
    for part in range(math.floor((high - low) / step + 1e-6) + 1):
        value = low + step * part
        y = _digits(_y(value, scale))
        marks += Markup('<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/>').format(
            _LEFT, WIDTH - _RIGHT, y, y
        )
        marks += label_at(_LEFT - 7, _y(value, scale) + 4, f"{value:.6g}", "end")
    return marks


def label_at(x: float, y: float, text: str, kind: str) -> Markup:
    """Return a text at a place; `kind` is its further classes, such as `end`."""
    return Markup('<text class="label {}" x="{}" y="{}">{}</text>').format(
        kind, _digits(x), _digits(y), text
    )


def _x_label(text: str) -> Markup:
    return label_at(_LEFT + (WIDTH - _LEFT - _RIGHT) / 2, HEIGHT - 4, text, "middle")


def _frame(spoken: str, inside: Markup, *, height: int = HEIGHT) -> Markup:
    return Markup(
        '<svg class="plot wide" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>'
    ).format(WIDTH, height, spoken, inside)


def shortened(name: str, most: int) -> str:
    """Return a name that fits in `most` columns; a Han character takes two."""
    if width(name) <= most:
        return name
    kept = name
    while width(kept) >= most:
        kept = kept[:-1]
    return kept + "…"


def _digits(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
