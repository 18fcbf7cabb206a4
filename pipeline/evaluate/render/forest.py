"""The forest plot: every system's scores with their intervals, best first, a panel per metric."""

from markupsafe import Markup

from pipeline.evaluate.render.plots import label_at, shortened
from pipeline.evaluate.results import MetricResult, SetResult

_NAMES, _PANEL, _GAP, _ROW, _TOP, _BOTTOM = 190, 210, 26, 24, 44, 26
_SHOWN = 6  # metrics with a panel


def forest(result: SetResult) -> Markup:
    """Return the plot; systems are in the order of the first metric, rank 1 is in colour.

    A line divides clusters of the first metric. Empty without a score.
    """
    systems = result.ordered
    metrics = [system.metrics for system in systems]
    shown = [at for at in range(len(metrics[0])) if any(row[at].has_score for row in metrics)]
    if not shown:
        return Markup()
    panels = shown[:_SHOWN]
    width = _NAMES + len(panels) * (_PANEL + _GAP)
    height = _TOP + _ROW * len(systems) + _BOTTOM
    marks = Markup()
    for row, system in enumerate(systems):
        y = _y(row)
        is_first = metrics[row][panels[0]].rank == 1
        marks += label_at(
            _NAMES - 12, y + 4, shortened(system.name, 20), "end" + " strong" * is_first
        )
        if row and metrics[row][0].group != metrics[row - 1][0].group:
            marks += _line("cut", 8, width - 8, y - _ROW / 2, y - _ROW / 2)
    for number, at in enumerate(panels):
        left = _NAMES + number * (_PANEL + _GAP)
        marks += _panel([row[at] for row in metrics], left, height)
    spoken = f"Scores with 95 % intervals on {result.set.name}, a row per system, best first."
    return Markup(
        '<svg class="plot forest" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>'
    ).format(width, height, spoken, marks)


def _panel(column: list[MetricResult], left: float, height: float) -> Markup:
    known = [metric for metric in column if metric.has_score]
    ends = [value for m in known for value in ((m.low, m.high) if m.has_interval else (m.score,))]
    low, high = min(ends), max(ends)
    if high <= low:
        low, high = low - 1, high + 1
    size = _PANEL - 76  # the score is written at the right

    def x(value: float) -> float:
        return left + size * (value - low) / (high - low)

    first = known[0]
    marks = label_at(left, 16, first.name, "strong")
    way = "lower is better" if first.lower_is_better else "higher is better"
    marks += label_at(left, 30, way, "small")
    for value, anchor in ((low, "small"), (high, "small end")):
        marks += _line("grid", x(value), x(value), _TOP - 6, height - _BOTTOM)
        marks += label_at(x(value), height - _BOTTOM + 14, first.text(value), anchor)
    for row, metric in enumerate(column):
        if not metric.has_score:
            marks += label_at(left, _y(row) + 4, "no score", "small")
            continue
        own, y = "first" if metric.rank == 1 else "", _y(row)
        spoken = f"{metric.name} {metric.with_interval(' to ')}"
        marks += Markup("<g><title>{}</title>").format(spoken)
        if metric.has_interval:
            marks += _line(f"whisker {own}", x(metric.low), x(metric.high), y, y)
        marks += Markup('<circle class="point {}" cx="{:.1f}" cy="{:.1f}" r="4"/></g>').format(
            own, x(metric.score), y
        )
        score = f"{metric.text(metric.score)}  {metric.rank}."
        marks += label_at(left + _PANEL, y + 4, score, "end" + " strong" * (metric.rank == 1))
    return marks


def _y(row: int) -> float:
    return _TOP + _ROW * (row + 0.5)


def _line(kind: str, x1: float, x2: float, y1: float, y2: float) -> Markup:
    return Markup('<line class="{}" x1="{:.1f}" x2="{:.1f}" y1="{:.1f}" y2="{:.1f}"/>').format(
        kind.strip(), x1, x2, y1, y2
    )
