"""Cached counts: one file per combination of output, set, metric and version.

<folder>/chrf++-3a7c….json      rows of counts, one per segment; error spans if any

The file name is a hash of everything that can change the counts. Adding a system therefore costs
only that system, and an existing file is always valid.
"""

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass, replace
from functools import partial
from pathlib import Path

import numpy

from models.protocols import ErrorSpan
from pipeline.check.findings.several import SHARED
from pipeline.engine.journal import Task, Watch, unwatched
from pipeline.engine.keys import digest
from pipeline.errors import StoreError
from pipeline.evaluate.metrics.flags import CHECKS
from pipeline.evaluate.metrics.metrics import METRICS_VERSION, Counts, Metric
from pipeline.evaluate.results import EvaluationSet, Output
from pipeline.processes import ProcessPool
from pipeline.storage import write_atomically

_COSTS: dict[str, int] = {CHECKS: 8, "ter": 7, "chrf": 2, "chrf++": 2, "bleu": 1}
"""Cost of a segment of the metrics that several processes count, relative to BLEU."""

_SMALLEST_PARALLEL = 12_000
"""Less work is done faster in one process than in several, which take seconds to start."""

_PIECE = 50  # number of segments that a process counts at a time


@dataclass(frozen=True, slots=True)
class CountRequest:
    """A request for one table of counts: an output under one metric."""

    metric: Metric
    set: EvaluationSet
    output: Output

    @property
    def key(self) -> str:
        """Cache key: everything the table depends on, but no names of sets, systems or metrics."""
        wanted = self.metric.needs_references
        segments = [
            (segment.source, segment.references if wanted else ()) for segment in self.set.segments
        ]
        parts = [METRICS_VERSION, self.metric.answer, segments, list(self.output.hypotheses)]
        return f"{self.metric.answer.split()[0]}-{digest(parts)}"


def load_or_count(
    requests: Sequence[CountRequest],
    folder: Path | None,
    *,
    processes: int = 1,
    watch: Watch = unwatched,
) -> tuple[list[Counts], int]:
    """Return the table of every request, and the number of tables that were not cached.

    New tables are written to `folder`, unless it is None. More than one process shares large
    work, with the same result. `watch` shows the number of counted segments. Raises StoreError
    if a cached table is damaged.
    """
    paths = [folder / f"{request.key}.json" if folder else None for request in requests]
    tables = [_read(path) if path is not None and path.exists() else None for path in paths]
    missing = [index for index, table in enumerate(tables) if table is None]
    new = [requests[index] for index in missing]
    with watch("counting", sum(len(request.set.segments) for request in new)) as task:
        for index, table in zip(missing, _made(new, processes, task), strict=True):
            tables[index] = table
            if (path := paths[index]) is not None:
                write_atomically(path, _written(table))
    return [table for table in tables if table is not None], len(missing)


def retry_missing(request: CountRequest, folder: Path) -> tuple[int, int]:
    """Request the scores missing from a cached table again, and store those that arrive.

    Returns the number of requested segments and how many of them have a score now.
    """
    path = folder / f"{request.key}.json"
    table = _read(path)
    gaps = numpy.flatnonzero(numpy.isnan(request.metric.sentence(table.rows))).tolist()
    if not gaps:
        return 0, 0
    part = replace(request.set, segments=tuple(request.set.segments[index] for index in gaps))
    retried = request.metric.statistics(part, [request.output.hypotheses[index] for index in gaps])
    rows = table.rows.copy()
    rows[gaps] = retried.rows
    spans = list(table.spans or ((),) * len(rows))
    for row, spans_of_segment in zip(gaps, retried.spans, strict=False):
        spans[row] = spans_of_segment
    cut = {*table.truncated} - {*gaps} | {gaps[index] for index in retried.truncated}
    filled = Counts(rows, tuple(sorted(cut)), tuple(spans) if any(spans) else ())
    write_atomically(path, _written(filled))
    return len(gaps), int((~numpy.isnan(request.metric.sentence(retried.rows))).sum())


def _written(counts: Counts) -> str:
    value = {
        "rows": counts.rows.tolist(),
        "truncated": counts.truncated,
        "spans": [[astuple(span) for span in spans] for spans in counts.spans],
    }
    return json.dumps(value, separators=(",", ":"))


def _read(path: Path) -> Counts:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        return Counts(
            rows=numpy.array(value["rows"], dtype=float),
            truncated=tuple(value["truncated"]),
            spans=tuple(tuple(ErrorSpan(*span) for span in own) for own in value["spans"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{path}: cannot be read: {error}; delete it and run again") from None


def _made(requests: Sequence[CountRequest], processes: int, task: Task) -> Iterator[Counts]:
    """Yield the tables in order; those of sacreBLEU are counted in pieces and processes."""
    is_shared = [request.metric.name in _COSTS for request in requests]
    work = sum(
        _COSTS[request.metric.name] * len(request.set.segments)
        for request in requests
        if request.metric.name in _COSTS
    )
    done = 0
    names = {request.metric.name for request in requests}
    with _counters(processes if work >= _SMALLEST_PARALLEL else 1, names) as count:
        parts = [
            [count(request.metric, *piece) for piece in _pieces(request)] if shared else []
            for request, shared in zip(requests, is_shared, strict=True)
        ]
        for request, futures in zip(requests, parts, strict=True):
            note = f"{request.metric.name} of {request.output.name}"
            task.update(done, note)
            rows = []
            for result in futures:
                rows.append(result().rows)
                task.update(done := done + len(rows[-1]), note)
            if futures:
                yield Counts(numpy.concatenate(rows))
            else:
                counts = request.metric.statistics(request.set, request.output.hypotheses)
                task.update(done := done + len(counts.rows), note)
                yield counts


@contextmanager
def _counters(
    processes: int, names: Collection[str]
) -> Iterator[Callable[..., Callable[[], Counts]]]:
    """Yield a function that starts counting a piece and returns a function for its result.

    With one process, a piece is counted when its result is requested.
    """
    if processes < 2:
        yield lambda metric, *piece: partial(metric.statistics, *piece)
        return
    shared = [__name__, *([SHARED] if CHECKS in names else [])]
    with closing(ProcessPool(processes, shared)) as pool:
        yield lambda metric, *piece: pool.submit(metric.statistics, *piece)


def _pieces(request: CountRequest) -> Iterator[tuple[EvaluationSet, tuple[str, ...]]]:
    for start in range(0, len(request.set.segments), _PIECE):
        end = start + _PIECE
        yield (
            replace(request.set, segments=request.set.segments[start:end]),
            request.output.hypotheses[start:end],
        )
