"""An evaluation in Markdown: highlights, scores, and all further tables."""

from pipeline.evaluate.plain_words import plain_words
from pipeline.evaluate.render.set_tables import cuts_of, overall_tables, set_tables, titled
from pipeline.evaluate.render.table import Table, markdown_table, markdown_text
from pipeline.evaluate.render.text import truncated_lines, unread_lines
from pipeline.evaluate.results import Evaluation, SetResult
from pipeline.language.controls import visible
from pipeline.language.plural import plural


def evaluation_markdown(evaluation: Evaluation) -> str:
    """Return an evaluation as Markdown, systems best first."""
    sections = [
        f"# {markdown_text(evaluation.title)}",
        "\n".join(f"- {markdown_text(line)}" for line in evaluation.stands_out),
        *map(markdown_table, overall_tables(evaluation)),
    ]
    for result in evaluation.sets:
        sections += [
            f"## {markdown_text(result.set.name)}: {plural(len(result.set.segments), 'segment')}",
            markdown_table(score_table(result)),
            "\n".join(f"- {markdown_text(line)}" for line in plain_words(result)),
            _signatures(result),
            *map(markdown_table, set_tables(result, evaluation.significance)),
        ]
    if said := method(evaluation):
        sections.append(f"---\n\n{said}")
    return visible("\n\n".join(section for section in sections if section) + "\n")


def score_table(result: SetResult) -> Table:
    """Return the scores with intervals and ranks; lines divide clusters of the first metric."""
    cuts = cuts_of(result)
    return Table(
        "scores",
        "",
        ("System", *map(titled, result.systems[0].metrics)),
        tuple(
            (system.name, *(metric.ranked(" – ") for metric in system.metrics))
            for system in result.ordered
        ),
        f"Every system above a line is significantly better in {result.systems[0].metrics[0].name} "
        "than every system below it."
        if cuts
        else "",
        frozenset(
            (row, column)
            for row, system in enumerate(result.ordered)
            for column, metric in enumerate(system.metrics, start=1)
            if metric.rank == 1
        ),
        cuts,
    )


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


def _signatures(result: SetResult) -> str:
    lines = [f"- {metric.name}: `{metric.signature}`" for metric in result.systems[0].metrics]
    remarks = [*truncated_lines(result), *unread_lines(result)]
    return "\n".join([*lines, *(f"- {markdown_text(line)}" for line in remarks)])
