"""The runs of a folder as rows: for `pipeline history` and for the page over all of them."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pipeline.nightly.past_runs import PastRun, baseline_name, latest_name, past_runs
from pipeline.report.runs_page import RunRow, metric_names, runs_page, share_flagged, short_number
from pipeline.storage import write_if_changed

INDEX = "index.html"
"""The page over all runs, beside them."""

_BARS = "▁▂▃▄▅▆▇█"


def history(root: Path) -> list[RunRow]:
    """Return the runs of a folder from the oldest to the newest."""
    latest, baseline = latest_name(root), baseline_name(root)
    return [_row(run, latest, baseline) for run in past_runs(root)]


def write_index(root: Path) -> None:
    """Write the page over all runs of a folder. Raises StoreError."""
    title = f"Runs in {root.resolve().name}"
    write_if_changed(root / INDEX, runs_page(history(root), title))


def _row(run: PastRun, latest: str, baseline: str) -> RunRow:
    facts, totals, quality = run.facts, run.facts.totals, run.facts.quality
    return RunRow(
        name=run.name,
        date=run.date,
        state=run.state,
        exit_code=facts.exit_code,
        articles=totals.get("articles"),
        sentences=totals.get("sentences"),
        flagged=totals.get("flagged"),
        expected_error=quality.get("expected_error"),
        failed=totals.get("failed"),
        changes=facts.changes,
        seconds=round(sum(facts.seconds.values()), 1) if facts.seconds else None,
        scores=quality.get("scores", {}),
        has_report=(run.folder / "report.html").is_file(),
        is_latest=run.name == latest,
        is_baseline=run.name == baseline,
    )


def history_values(rows: Sequence[RunRow]) -> list[dict[str, Any]]:
    """Return the rows as plain values, with the result in words."""
    return [asdict(row) | {"result": row.result} for row in rows]


def history_lines(rows: Sequence[RunRow]) -> Iterator[str]:
    """Yield a table of the runs, then the trend of each figure."""
    metrics = metric_names(rows)
    columns = (
        "articles",
        "sentences",
        "flagged",
        "exp. error",
        "failed",
        "new/chg/gone",
        "seconds",
    )
    wide = max(12, *(len(row.name) for row in rows)) if rows else 12
    yield (
        f"{'run':<{wide}}  " + "".join(f"{name:>13}" for name in (*columns, *metrics)) + "  result"
    )
    for row in rows:
        figures = (
            _text(row.articles),
            _text(row.sentences),
            _text(row.flagged),
            _text(row.expected_error, 1),
            _text(row.failed),
            row.news.replace(" ", "") or "-",
            _text(row.seconds, 1),
            *(_text(row.scores.get(name), 1) for name in metrics),
        )
        marks = [
            word for word, has in (("latest", row.is_latest), ("baseline", row.is_baseline)) if has
        ]
        result = row.result + (f" ({', '.join(marks)})" if marks else "")
        yield f"{row.name:<{wide}}  " + "".join(f"{text:>13}" for text in figures) + f"  {result}"
    trends: list[tuple[str, list[float | None]]] = [
        ("articles", [row.articles for row in rows]),
        ("flagged, %", [share_flagged(row) for row in rows]),
        ("expected error", [row.expected_error for row in rows]),
        ("seconds", [row.seconds for row in rows]),
        *((name, [row.scores.get(name) for row in rows]) for name in metrics),
    ]
    for name, values in trends:
        if len(known := [value for value in values if value is not None]) > 1:
            first, last = short_number(known[0]), short_number(known[-1])
            yield f"{name:<15}{sparkline(values)}  {first} to {last}"


def sparkline(values: Sequence[float | None]) -> str:
    """Return one character for each value, from the lowest to the highest; blank for None."""
    known = [value for value in values if value is not None]
    low, spread = min(known), (max(known) - min(known)) or 1.0
    top = len(_BARS) - 1
    return "".join(
        " " if value is None else _BARS[round(top * (value - low) / spread)] for value in values
    )


def _text(value: float | None, digits: int = 0) -> str:
    return "-" if value is None else f"{value:,.{digits}f}"
