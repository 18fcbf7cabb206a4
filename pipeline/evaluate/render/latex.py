"""An evaluation as LaTeX tables for a paper, with labels."""

from pipeline.evaluate.render.set_tables import cuts_of, overall_tables, set_tables
from pipeline.evaluate.render.table import latex_float, latex_table, latex_text
from pipeline.evaluate.render.text import unread_lines
from pipeline.evaluate.results import Evaluation, MetricResult, SetResult
from pipeline.language.chinese import is_han
from pipeline.language.plural import plural


def evaluation_latex(evaluation: Evaluation) -> str:
    """Return a table of scores per set, and the further tables.

    Systems are best first, in lines between clusters of the first metric; a subscript is a rank,
    rank 1 is bold. The caption contains the signatures, so that the scores can be reproduced.
    """
    tables = [r"% needs \usepackage{booktabs,graphicx}"]
    tables += [latex_table(table, table.name) for table in overall_tables(evaluation)]
    for result in evaluation.sets:
        tables.append(_scores(result))
        tables += [
            latex_table(table, f"{result.set.name} {table.name}")
            for table in set_tables(result, evaluation.significance)
        ]
    text = "\n".join(tables)
    if any(map(is_han, text)):
        text = "% needs XeLaTeX or LuaLaTeX and \\usepackage{ctex}\n" + text
    return text


def _scores(result: SetResult) -> str:
    metrics, cuts = result.systems[0].metrics, cuts_of(result)
    titles = [
        latex_text(metric.name) + (r"$\downarrow$" if metric.lower_is_better else r"$\uparrow$")
        for metric in metrics
    ]
    rows = []
    for number, system in enumerate(result.ordered):
        rows += [r"\midrule"] if number in cuts else []
        rows.append(" & ".join([latex_text(system.name), *map(_cell, system.metrics)]) + r" \\")
    caption = (
        f"{latex_text(result.set.name)}, {plural(len(result.set.segments), 'segment')}. "
        "Bold: no system is significantly better. Subscripts are ranks: 1 + the number of "
        "systems that are significantly better. "
        + (f"Lines divide clusters by {latex_text(metrics[0].name)}. " if cuts else "")
        + " ".join(f"{latex_text(m.name)}: {_signature(m.signature)}." for m in metrics)
        + "".join(f" {latex_text(line)}." for line in unread_lines(result))
    )
    columns = "l" + "r" * len(metrics)
    return latex_float(columns, ["System", *titles], rows, caption, f"{result.set.name} scores")


def _signature(text: str) -> str:
    """Return a signature with places to break the line."""
    return rf"\texttt{{{latex_text(text)}}}".replace(r"\textbar{}", r"\textbar{}\allowbreak{}")


def _cell(metric: MetricResult) -> str:
    if not metric.has_score:
        return "--"
    score = latex_text(metric.text(metric.score))
    score = rf"\textbf{{{score}}}" if metric.rank == 1 else score
    score += f"$_{{{metric.rank}}}$" if metric.rank is not None else ""
    if not metric.has_interval:
        return score
    return rf"{score} {{\small $\pm$ {metric.text((metric.high - metric.low) / 2)}}}"
