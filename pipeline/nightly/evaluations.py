"""The evaluations of a folder over time: a leaderboard of every set, and of all sets together.

runs/2026-11-01/evaluation.json
runs/2026-11-08/evaluation.json  ─▶  a row per set, metric and system, a column per evaluation
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import mean
from typing import Any

from pipeline.evaluate.render.table import aligned
from pipeline.nightly.history import sparkline
from pipeline.nightly.past_runs import date_of

_ALL_SETS = "mean of all sets"


@dataclass(frozen=True, slots=True)
class SystemScore:
    """A system's score on a set under a metric; `rank` is None for a mean over sets.

    Scores with another `basis` (signature and number of segments) cannot be compared.
    """

    set: str
    system: str
    metric: str
    score: float
    rank: int | None
    lower_is_better: bool
    digits: int
    basis: str


@dataclass(frozen=True, slots=True)
class PastEvaluation:
    """An evaluation folder: its name, its date and its scores."""

    name: str
    date: str
    scores: tuple[SystemScore, ...]


def past_evaluations(root: Path) -> list[PastEvaluation]:
    """Return the evaluations in a folder, the oldest first; links and damaged ones are left out.

    The date is the one in the name of a folder, or the day on which it was written.
    """
    dated = []
    for folder in root.iterdir() if root.is_dir() else ():
        path = folder / "evaluation.json"
        if folder.name.startswith(".") or folder.is_symlink() or not path.is_file():
            continue
        try:
            scores = tuple(_scores(json.loads(path.read_text(encoding="utf-8"))))
            written = path.stat().st_mtime
        except (OSError, ValueError, KeyError, TypeError):
            continue
        date = date_of(folder.name) or datetime.fromtimestamp(written).date().isoformat()
        dated.append((date, written, PastEvaluation(folder.name, date, scores)))
    dated.sort(key=lambda row: (row[0], row[1], row[2].name))
    return [evaluation for _, _, evaluation in dated]


def evaluation_values(evaluations: Sequence[PastEvaluation]) -> list[dict[str, Any]]:
    """Return the evaluations as plain values."""
    return [
        {
            "name": evaluation.name,
            "date": evaluation.date,
            "evaluation": [
                {name: getattr(score, name) for name in SystemScore.__slots__}
                for score in evaluation.scores
            ],
        }
        for evaluation in evaluations
    ]


def evaluation_lines(evaluations: Sequence[PastEvaluation]) -> Iterator[str]:
    """Yield a table for every set and metric, with the best system of the last evaluation first."""
    columns = [
        {(s.set, s.metric, s.system): s for s in (*evaluation.scores, *_means(evaluation.scores))}
        for evaluation in evaluations
    ]
    keys = dict.fromkeys((key[0], key[1]) for column in columns for key in column)
    for set_name, metric in sorted(keys, key=lambda key: key[0] == _ALL_SETS):
        systems = dict.fromkeys(
            key[2] for column in columns for key in column if key[:2] == (set_name, metric)
        )
        rows = {
            system: [column.get((set_name, metric, system)) for column in columns]
            for system in systems
        }
        yield ""
        yield from _table(set_name, metric, rows, evaluations)


def _table(
    set_name: str,
    metric: str,
    rows: dict[str, list[SystemScore | None]],
    evaluations: Sequence[PastEvaluation],
) -> Iterator[str]:
    known = [score for row in rows.values() for score in row if score is not None]
    is_low = known[0].lower_is_better
    yield f"{set_name}: {metric}, {'lower' if is_low else 'higher'} is better; in brackets: rank"

    def order(system: str) -> tuple[float, ...]:
        last = rows[system][-1]
        value = (last.score if is_low else -last.score) if last else 0.0
        return last is None, value

    lines = [["system", *(evaluation.name for evaluation in evaluations), "trend", "change"]]
    for system in sorted(rows, key=order):
        row = rows[system]
        scores = [score for score in row if score is not None]
        digits = scores[0].digits
        change = scores[-1].score - scores[0].score
        is_comparable = len({score.basis for score in scores}) == 1
        cells = [
            "-"
            if score is None
            else f"{score.score:.{digits}f}" + (f" ({score.rank})" if score.rank else "")
            for score in row
        ]
        values = [None if score is None else score.score for score in row]
        trend = sparkline(values) if is_comparable else ""
        text = f"{change:+.{digits}f}" if is_comparable and len(scores) > 1 else "-"
        lines.append([system, *cells, trend, text])
    yield from aligned(lines)
    bases = list(dict.fromkeys(score.basis for score in known))
    if len(bases) > 1:
        yield f"Not comparable over time, because the test changed: {'; '.join(bases)}"


def _means(scores: Sequence[SystemScore]) -> Iterator[SystemScore]:
    """Yield the mean over all sets of every system that has a score on each of them."""
    sets = sorted({score.set for score in scores})
    if len(sets) < 2:
        return
    for system, metric in dict.fromkeys((score.system, score.metric) for score in scores):
        own = [score for score in scores if (score.system, score.metric) == (system, metric)]
        if len(own) == len(sets):
            basis = f"{', '.join(sets)}: {', '.join(dict.fromkeys(s.basis for s in own))}"
            first = own[0]
            yield SystemScore(
                _ALL_SETS,
                system,
                metric,
                mean(score.score for score in own),
                None,
                first.lower_is_better,
                first.digits,
                basis,
            )


def _scores(value: Any) -> Iterator[SystemScore]:
    for result in value["sets"]:
        for system in result["systems"]:
            for metric in system["metrics"]:
                if metric["score"] is not None:
                    yield SystemScore(
                        result["name"],
                        system["name"],
                        metric["name"],
                        metric["score"],
                        metric["rank"],
                        metric["lower_is_better"],
                        metric.get("digits", 1),
                        f"{result['segments']:,} segments, {metric['signature']}",
                    )
