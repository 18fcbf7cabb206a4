"""An evaluation as tables: Markdown for people, LaTeX for papers, CSV for spreadsheets."""

import csv
import io
import re
from collections.abc import Sequence
from decimal import Decimal
from math import isnan

from pipeline.evaluate.render.text import truncated_lines, unread_lines
from pipeline.evaluate.results import (
    Evaluation,
    MetricResult,
    SetResult,
    delta_text,
    p_text,
)
from pipeline.input.spreadsheet import guard_cells
from pipeline.language.controls import visible
from pipeline.language.plural import plural

_MARKDOWN_SPECIAL = re.compile(r"([\\`*_\[\]<>|~&#])")
_LATEX_SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{character: "\\" + character for character in "&%$#_{}"},
}


def evaluation_markdown(evaluation: Evaluation) -> str:
    """Return an evaluation as Markdown: highlights, a matrix per set, every comparison."""
    sections = [
        f"# {_plain(evaluation.title)}",
        "\n".join(f"- {_plain(line)}" for line in evaluation.stands_out),
    ]
    for result in evaluation.sets:
        sections += [
            _matrix(result),
            _signatures(result),
            _comparisons(result, evaluation.significance),
        ]
    if said := method(evaluation):
        sections.append(f"---\n\n{said}")
    return visible("\n\n".join(section for section in sections if section) + "\n")


def method(evaluation: Evaluation) -> str:
    """Return a paragraph on how intervals and p-values were computed."""
    tests = {
        "randomization": "paired approximate randomisation (Riezler and Maxwell 2005)",
        "bootstrap": "paired bootstrap (Koehn 2004), which calls more significant than it should",
    }
    interval = (
        f"Intervals are the middle 95 % of {evaluation.samples:,} bootstrap resamples. "
        if evaluation.samples > 1
        else ""
    )
    if not any(result.comparisons for result in evaluation.sets):
        return interval.strip()
    return (
        f"{interval}B − A is B's score minus A's. p-values are from {_draws(evaluation)} of "
        f"{tests[evaluation.test]}; p (Holm) is corrected after Holm for all pairs of systems of "
        f"a set and metric, and counts as different below {evaluation.significance:g}. A rank is "
        "1 + the number of systems that are significantly better, so systems that share a rank "
        "may still differ from each other."
    )


def _draws(evaluation: Evaluation) -> str:
    """Return the number of trials or resamples; a range if sets differ."""
    draws = sorted({result.draws for result in evaluation.sets if result.comparisons})
    numbers = " to ".join(f"{number:,}" for number in dict.fromkeys((draws[0], draws[-1])))
    return f"{numbers} {'trials' if evaluation.test == 'randomization' else 'resamples'}"


def _plain(text: str) -> str:
    return _MARKDOWN_SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _matrix(result: SetResult) -> str:
    metrics = result.systems[0].metrics
    head = "| system | " + " | ".join(_titled(metric) for metric in metrics) + " |"
    rule = "|---|" + "---:|" * len(metrics)
    rows = [
        f"| {_plain(system.name)} | "
        + " | ".join(metric.ranked(" – ") for metric in system.metrics)
        + " |"
        for system in result.systems
    ]
    title = f"## {_plain(result.set.name)}: {plural(len(result.set.segments), 'segment')}"
    return "\n".join([title, "", head, rule, *rows])


def _titled(metric: MetricResult) -> str:
    return f"{metric.name} {'↓' if metric.lower_is_better else '↑'}"


def _signatures(result: SetResult) -> str:
    lines = [f"- {metric.name}: `{metric.signature}`" for metric in result.systems[0].metrics]
    told = [*truncated_lines(result), *unread_lines(result)]
    return "\n".join([*lines, *(f"- {_plain(line)}" for line in told)])


def _comparisons(result: SetResult, significance: float) -> str:
    if not result.comparisons:
        return ""
    rows = [
        f"| {_plain(comparison.a)} | {_plain(comparison.b)} | {comparison.metric} "
        f"| {delta_text(comparison.delta, comparison.digits)} "
        f"| {_plain(p_text(comparison.p_value, significance))} "
        f"| {_plain(p_text(comparison.p_adjusted, significance))} "
        f"| {_plain(comparison.verdict(significance))} |"
        for comparison in result.comparisons
    ]
    head = "| A | B | metric | B − A | p | p (Holm) | |\n|---|---|---|---:|---:|---:|---|"
    return "\n".join([head, *rows])


def evaluation_latex(evaluation: Evaluation) -> str:
    """Return one booktabs table per set, with rank 1 in bold.

    The caption contains the signatures, so that the scores can be reproduced.
    """
    return "\n".join(_latex_table(result) for result in evaluation.sets)


def _latex_table(result: SetResult) -> str:
    metrics = result.systems[0].metrics
    titles = [
        _latex(metric.name) + (r"$\downarrow$" if metric.lower_is_better else r"$\uparrow$")
        for metric in metrics
    ]
    lines = [
        "% needs \\usepackage{booktabs}",
        r"\begin{table}",
        r"\centering",
        rf"\begin{{tabular}}{{l{'r' * len(metrics)}}}",
        r"\toprule",
        " & ".join(["System", *titles]) + r" \\",
        r"\midrule",
        *(
            " & ".join([_latex(system.name), *(_cell(metric) for metric in system.metrics)])
            + r" \\"
            for system in result.systems
        ),
        r"\bottomrule",
        r"\end{tabular}",
        rf"\caption{{{_latex(result.set.name)}, {plural(len(result.set.segments), 'segment')}. "
        r"Bold: no system is significantly better. "
        + " ".join(rf"{_latex(m.name)}: \texttt{{{_latex(m.signature)}}}." for m in metrics)
        + "".join(f" {_latex(line)}." for line in unread_lines(result))
        + "}",
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def _cell(metric: MetricResult) -> str:
    if not metric.has_score:
        return "--"
    score = metric.text(metric.score)
    score = rf"\textbf{{{score}}}" if metric.rank == 1 else score
    if not metric.has_interval:
        return score
    return rf"{score} {{\small $\pm$ {metric.text((metric.high - metric.low) / 2)}}}"


def _latex(text: str) -> str:
    return "".join(_LATEX_SPECIAL.get(character, character) for character in text)


def scores_csv(evaluation: Evaluation) -> str:
    """Return one CSV row per set, system and metric; a missing score is an empty cell."""
    rows = [
        (
            result.set.name,
            system.name,
            metric.metric,
            *(_number(value) for value in (metric.score, metric.low, metric.high)),
            metric.rank,
            metric.signature,
            len(metric.unread),
        )
        for result in evaluation.sets
        for system in result.systems
        for metric in system.metrics
    ]
    header = ("set", "system", "metric", "score", "low", "high", "rank", "signature", "unread")
    return _csv(header, rows)


def _number(value: float, digits: int = 4) -> Decimal | str:
    """Return a number with fixed decimals, or an empty text for NaN; only text is guarded."""
    return "" if isnan(value) else Decimal(f"{value:.{digits}f}")


def comparisons_csv(evaluation: Evaluation) -> str:
    """Return one CSV row per set, pair of systems and metric; `delta` is b's score minus a's."""
    rows = [
        (
            result.set.name,
            comparison.a,
            comparison.b,
            comparison.metric,
            _number(comparison.delta, 6),
            _number(comparison.p_value, 12),
            _number(comparison.p_adjusted, 12),
        )
        for result in evaluation.sets
        for comparison in result.comparisons
    ]
    return _csv(("set", "a", "b", "metric", "delta", "p_value", "p_adjusted"), rows)


def _csv(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(guard_cells(row) for row in rows)
    return text.getvalue()
