"""The page over all runs of a folder: a table, and the trend of each figure. No script, offline."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

_WIDTH, _HEIGHT, _LEFT, _MARGIN = 300, 90, 44, 8


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run among others. Figures that it does not have are None; `seconds` are of all stages."""

    name: str
    date: str
    state: str
    exit_code: int | None
    articles: int | None = None
    sentences: int | None = None
    flagged: int | None = None
    expected_error: float | None = None
    failed: int | None = None
    changes: dict[str, int] = field(default_factory=dict)
    seconds: float | None = None
    scores: dict[str, float] = field(default_factory=dict)
    has_report: bool = False
    is_latest: bool = False
    is_baseline: bool = False

    @property
    def result(self) -> str:
        """How it ended, in words."""
        words = {0: "done", 3: "done, some articles failed", 4: "a gate failed"}
        if self.state != "done":
            code = "" if self.exit_code is None else f", exit code {self.exit_code}"
            return f"{self.state}{code}"
        return words.get(self.exit_code or 0, f"failed, exit code {self.exit_code}")

    @property
    def is_bad(self) -> bool:
        """True if somebody should look at it."""
        return self.state in ("failed", "interrupted") or self.exit_code not in (0, 3, None)

    @property
    def news(self) -> str:
        """Numbers of new, changed and gone stories; empty without a run to compare with."""
        kinds = ("new", "changed", "gone")
        return " / ".join(f"{self.changes[kind]:,}" for kind in kinds) if self.changes else ""


def share_flagged(row: RunRow) -> float | None:
    """Return how many of 100 sentences a check flagged; None without sentences."""
    return 100 * row.flagged / row.sentences if row.sentences and row.flagged is not None else None


_TRENDS: tuple[tuple[str, Callable[[RunRow], float | None]], ...] = (
    ("articles", lambda row: row.articles),
    ("share of sentences flagged, %", share_flagged),
    ("expected error", lambda row: row.expected_error),
    ("seconds", lambda row: row.seconds),
)


def short_number(value: float) -> str:
    """Return a number with its first three digits, or with all that stand before the point."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def metric_names(rows: Sequence[RunRow]) -> list[str]:
    """Return the metrics that any of the runs has, in their order."""
    return list(dict.fromkeys(name for row in rows for name in row.scores))


def runs_page(rows: Sequence[RunRow], title: str) -> str:
    """Return the page over all runs, which are given from the oldest to the newest."""
    metrics = metric_names(rows)
    plots = [
        (name, trend(name, [(row.name, value(row)) for row in rows])) for name, value in _TRENDS
    ]
    plots += [
        (name, trend(name, [(row.name, row.scores.get(name)) for row in rows])) for name in metrics
    ]
    # jinja2 takes time to import: only a page that is written pays it
    from pipeline.report.page import page

    return page(
        "runs.html.jinja",
        scripts=(),
        styles=("runs.css",),
        title=title,
        rows=rows[::-1],
        plots=plots,
        metrics=metrics,
        latest=next((row.name for row in rows if row.is_latest), ""),
        baseline=next((row.name for row in rows if row.is_baseline), ""),
    )


def trend(name: str, points: Sequence[tuple[str, float | None]]) -> Markup:
    """Return a line over runs as SVG, without the runs that have no value; empty below two."""
    known = [(place, run, value) for place, (run, value) in enumerate(points) if value is not None]
    if len(known) < 2:
        return Markup()
    values = [value for _, _, value in known]
    low, high = min(values), max(values)
    spread = (high - low) or 1.0

    def spot(place: int, value: float) -> tuple[float, float]:
        x = _LEFT + (_WIDTH - _LEFT - _MARGIN) * place / (len(points) - 1)
        y = _HEIGHT - _MARGIN - (_HEIGHT - 2 * _MARGIN) * (value - low) / spread
        return round(x, 1), round(y if high > low else _HEIGHT / 2, 1)

    spots = [(*spot(place, value), run, value) for place, run, value in known]
    line = " ".join(f"{x},{y}" for x, y, _, _ in spots)
    dots = Markup().join(
        Markup('<circle class="dot" cx="{}" cy="{}" r="2.5"><title>{}: {}</title></circle>').format(
            x, y, run, short_number(value)
        )
        for x, y, run, value in spots
    )
    ends = Markup().join(
        Markup('<text class="label end" x="{}" y="{}" dy="4">{}</text>').format(_LEFT - 6, y, label)
        for label, y in {short_number(value): spot(0, value)[1] for value in (low, high)}.items()
    )
    first, last = short_number(values[0]), short_number(values[-1])
    spoken = f"{name} over {len(known)} runs: from {first} to {last}."
    return Markup(
        '<svg class="trend" viewBox="0 0 {} {}" role="img" aria-label="{}">{}'
        '<polyline class="line" points="{}"/>{}</svg>'
    ).format(_WIDTH, _HEIGHT, spoken, ends, line, dots)
