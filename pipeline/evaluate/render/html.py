"""An evaluation as one HTML page that needs no network and no fonts, and works without script."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any

from markupsafe import Markup

from pipeline.check.checks import LABELS
from pipeline.evaluate.difference import WordStretches, word_differences
from pipeline.evaluate.group_scores import kinds_of_groups
from pipeline.evaluate.groups import SegmentGroup, segment_groups
from pipeline.evaluate.plain_words import plain_words
from pipeline.evaluate.render.figure_files import pdf_file, svg_file
from pipeline.evaluate.render.forest import forest
from pipeline.evaluate.render.json import rounded
from pipeline.evaluate.render.markdown import method
from pipeline.evaluate.render.plots import Series, bars, colour, lines, reliability, strips
from pipeline.evaluate.render.set_tables import overall_tables, set_tables
from pipeline.evaluate.render.table import Table
from pipeline.evaluate.render.text import truncated_lines, unread_lines
from pipeline.evaluate.results import Evaluation, SetResult, SystemResult
from pipeline.report.page import page, script_json

_FIRST = 8
_SMALLEST = 3


@dataclass(frozen=True, slots=True)
class Figure:
    """A plot, its name in file names, and its caption."""

    name: str
    plot: Markup
    caption: str


@dataclass(frozen=True, slots=True)
class Contrast:
    """A segment on which systems differ most: the best and the worst hypothesis."""

    id: str
    source: str
    reference: str
    best: str
    best_score: str
    best_words: WordStretches
    worst: str
    worst_score: str
    worst_words: WordStretches


@dataclass(frozen=True, slots=True)
class SetView:
    """A set as the page shows it: systems by the first metric, best first.

    `cuts` holds, for each system, the indexes of metrics with a line above it: all systems above
    the line are significantly better in that metric than all below. `tables` are open on the page,
    `more` closed.
    """

    result: SetResult
    systems: tuple[SystemResult, ...]
    places: dict[str, int]
    forest: Markup
    figures: tuple[Figure, ...]
    contrasts: tuple[Contrast, ...]
    cuts: tuple[frozenset[int], ...]
    words: tuple[str, ...]
    remarks: tuple[str, ...]
    tables: tuple[Table, ...]
    more: tuple[Table, ...]


def evaluation_html(evaluation: Evaluation) -> str:
    """Return an evaluation as one self-contained page.

    All data are escaped, and a Content-Security-Policy blocks the network and foreign scripts.
    Without JavaScript the page shows scores, plots and the sentences that differ most; with it,
    every sentence can be searched, filtered and compared.
    """
    return page(
        "evaluation.html.jinja",
        scripts=("keys.js", "evaluation.js"),
        styles=("base.css", "evaluation.css"),
        evaluation=evaluation,
        views=[_view(result, evaluation.significance) for result in evaluation.sets],
        data=Markup(script_json([_set_data(result) for result in evaluation.sets])),
        method=method(evaluation),
        overall=tuple(overall_tables(evaluation)),
        colour=colour,
    )


def plot_files(evaluation: Evaluation) -> Iterator[tuple[str, str | bytes]]:
    """Yield the plots of the page as files: names and contents, SVG and PDF."""
    for number, result in enumerate(evaluation.sets, start=1):
        plots = [("scores", forest(result)), *((f.name, f.plot) for f in set_figures(result))]
        start = f"{number}-" if len(evaluation.sets) > 1 else ""
        for name, plot in plots:
            if plot:
                yield f"{start}{name}.svg", svg_file(plot)
                yield f"{start}{name}.pdf", pdf_file(plot)


def _view(result: SetResult, significance: float) -> SetView:
    order = result.ordered
    tables = list(set_tables(result, significance))
    return SetView(
        result=result,
        systems=order,
        places={system.name: at for at, system in enumerate(result.systems)},
        forest=forest(result),
        figures=tuple(figure for figure in set_figures(result) if figure.plot),
        contrasts=tuple(_contrasts(result)),
        cuts=_cuts(order),
        words=tuple(plain_words(result)),
        remarks=(*truncated_lines(result), *unread_lines(result)),
        tables=tuple(table for table in tables if table.name.startswith("human")),
        more=tuple(table for table in tables if not table.name.startswith("human")),
    )


def _cuts(order: Sequence[SystemResult]) -> tuple[frozenset[int], ...]:
    """Return, for each system in the order of the page, the metrics with a line above it."""
    cuts: list[set[int]] = [set() for _ in order]
    for place in range(len(order[0].metrics)):
        groups = [(row, system.metrics[place].group) for row, system in enumerate(order)]
        known = [(row, group) for row, group in groups if group is not None]
        for at, (row, _) in enumerate(known[1:], start=1):
            if max(group for _, group in known[:at]) < min(group for _, group in known[at:]):
                cuts[row].add(place)
    return tuple(map(frozenset, cuts))


def set_figures(result: SetResult) -> list[Figure]:
    """Return the plots of a set below its forest plot; some may be empty."""
    return [
        _length_figure(result),
        _distribution_figure(result),
        _checks_figure(result),
        _confidence_figure(result),
    ]


def _length_figure(result: SetResult) -> Figure:
    metric = result.systems[0].metrics[0]
    by_length = [
        group
        for group in segment_groups(result.set)
        if "characters" in group.name and len(group.members) >= _SMALLEST
    ]
    plot = lines(
        _by_length(result, by_length),
        label="characters in the sentence",
        digits=metric.digits,
        spoken=f"Mean sentence {metric.name} by length of the Chinese, a line per system.",
    )
    return Figure("length", plot, f"Mean sentence {metric.name} by length of the Chinese.")


def _distribution_figure(result: SetResult) -> Figure:
    metric = result.systems[0].metrics[0]
    plot = strips(
        [(system.name, _known(system.metrics[0].sentences)) for system in result.systems],
        digits=metric.digits,
        spoken=f"Distribution of sentence {metric.name}, a strip per system.",
    )
    caption = f"Sentence {metric.name}: the middle half, the median, and the outer tenths."
    return Figure("sentences", plot, caption)


def _checks_figure(result: SetResult) -> Figure:
    flagged = [
        Counter(check for checks in system.checks for check in checks) for system in result.systems
    ]
    plot = bars(
        [(check, [counts[check] for counts in flagged]) for check in LABELS],
        [system.name for system in result.systems],
        spoken="Sentences flagged by each check, a bar per system.",
    )
    return Figure("checks", plot, "Sentences in which a check without a reference found something.")


def _confidence_figure(result: SetResult) -> Figure:
    metric = result.systems[0].metrics[0]
    plot = reliability(
        [
            (system.name, _confident(system))
            for system in result.systems
            if system.output.confidences is not None
        ],
        label="tenths of the sentences, least confident first",
        digits=metric.digits,
        spoken=f"Mean sentence {metric.name} over tenths of the model's confidence.",
    )
    caption = (
        f"Does confidence predict quality? Mean sentence {metric.name} by tenths of confidence; "
        f"a line that {'falls' if metric.lower_is_better else 'rises'} means yes."
    )
    return Figure("confidence", plot, caption)


def _known(scores: Iterable[float]) -> list[float]:
    return [score for score in scores if not isnan(score)]


def _by_length(result: SetResult, by_length: list[SegmentGroup]) -> list[Series]:
    """Return a series per system, over the groups in which every scored system has a score."""
    scored = [
        system.metrics[0].sentences for system in result.systems if system.metrics[0].has_score
    ]
    kept = [
        group
        for group in by_length
        if all(_known(scores[at] for at in group.members) for scores in scored)
    ]
    return [
        _length_series(system, kept) if system.metrics[0].has_score else Series(system.name, ())
        for system in result.systems
    ]


def _length_series(system: SystemResult, by_length: list[SegmentGroup]) -> Series:
    scores = system.metrics[0].sentences
    points = []
    for group in by_length:
        own = _known(scores[at] for at in group.members)
        name = group.name.removeprefix("sentences of ").removesuffix(" characters")
        points.append((name, sum(own) / len(own)))
    return Series(system.name, tuple(points))


def _confident(system: SystemResult) -> list[tuple[float, float]]:
    pairs = zip(system.output.confidences or (), system.metrics[0].sentences, strict=True)
    return [
        (confidence, score)
        for confidence, score in pairs
        if confidence is not None and not isnan(score)
    ]


def _contrasts(result: SetResult) -> list[Contrast]:
    """Return the segments on which the scores of the systems that wrote something differ most."""
    if len(result.systems) < 2:
        return []
    metric = result.systems[0].metrics[0]
    sign = -1 if metric.lower_is_better else 1
    wrote = [any(map(str.strip, system.output.hypotheses)) for system in result.systems]
    found = []
    for at, segment in enumerate(result.set.segments):
        scored = sorted(
            (sign * system.metrics[0].sentences[at], place)
            for place, system in enumerate(result.systems)
            if wrote[place] and not isnan(system.metrics[0].sentences[at])
        )
        if len(scored) < 2:
            continue
        found.append((scored[-1][0] - scored[0][0], at, scored[-1], scored[0], segment))
    found.sort(key=lambda row: (-row[0], row[1]))
    rows = []
    for _, at, (high, best), (low, worst), segment in found[:_FIRST]:
        texts = [result.systems[place].output.hypotheses[at] for place in (best, worst)]
        reference = segment.references[0] if segment.references else ""
        rows.append(
            Contrast(
                segment.id,
                segment.source,
                reference,
                result.systems[best].name,
                metric.text(sign * high),
                word_differences(texts[0], reference)[0],
                result.systems[worst].name,
                metric.text(sign * low),
                word_differences(texts[1], reference)[0],
            )
        )
    return rows


def _set_data(result: SetResult) -> dict[str, Any]:
    groups = [group for _, found in kinds_of_groups(result.set) for group in found]
    groups += _flagged_groups(result)
    member: list[list[int]] = [[] for _ in result.set.segments]
    for number, group in enumerate(groups):
        for at in group.members:
            member[at].append(number)
    return {
        "name": result.set.name,
        "systems": [system.name for system in result.systems],
        "metrics": [
            {
                "name": each.name,
                "lower": each.lower_is_better,
                "digits": each.digits,
                "silence": each.silence,
                "spans": any(system.metrics[at].spans for system in result.systems),
            }
            for at, each in enumerate(result.systems[0].metrics)
        ],
        "groups": [group.name for group in groups],
        "rows": [
            {
                "id": segment.id,
                "document": segment.document or "",
                "source": segment.source,
                "references": segment.references,
                "systems": [_sentence_data(system, at) for system in result.systems],
                "groups": member[at],
            }
            for at, segment in enumerate(result.set.segments)
        ],
    }


def _flagged_groups(result: SetResult) -> Iterator[SegmentGroup]:
    """Yield the sentences behind each check: those that it flagged in any system."""
    for check in LABELS:
        rows = [
            row
            for row in range(len(result.set.segments))
            if any(check in system.checks[row] for system in result.systems)
        ]
        if rows:
            yield SegmentGroup(f"flagged: {check}", tuple(rows))


def _sentence_data(system: SystemResult, at: int) -> list[Any]:
    """Return hypothesis, scores and checks, followed by error spans and truncations if any.

    A span is (index of the metric, start, end, severity, confidence); a missing score is null.
    """
    row: list[Any] = [
        system.output.hypotheses[at],
        [rounded(metric.sentences[at], metric.digits) for metric in system.metrics],
        system.checks[at],
    ]
    spans = [
        (place, span.start, span.end, span.severity, round(span.confidence, 2))
        for place, metric in enumerate(system.metrics)
        for span in (metric.spans[at] if metric.spans else ())
    ]
    truncated = [place for place, metric in enumerate(system.metrics) if at in metric.truncated]
    return [*row, spans, truncated] if spans or truncated else row
