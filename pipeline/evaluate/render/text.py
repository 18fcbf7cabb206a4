"""An evaluation for the terminal: scores, signatures, short tables, highlights."""

from pipeline.evaluate.render.set_tables import overall_tables, set_tables
from pipeline.evaluate.render.table import aligned, text_table
from pipeline.evaluate.results import Evaluation, SetResult


def evaluation_text(evaluation: Evaluation) -> str:
    """Return scores with intervals and ranks as lines, systems best first."""
    blocks = [_block(result, evaluation.significance) for result in evaluation.sets]
    blocks += ["\n".join(text_table(table)) for table in overall_tables(evaluation)]
    return "\n\n".join([*blocks, "\n".join(evaluation.stands_out)])


def _block(result: SetResult, significance: float) -> str:
    metrics = result.systems[0].metrics
    arrows = [metric.name + (" ↓" if metric.lower_is_better else "") for metric in metrics]
    rows = [[result.set.name, *arrows]]
    for system in result.ordered:
        rows.append([system.name, *(metric.ranked("–") for metric in system.metrics)])
    lines = aligned(rows)
    lines += [f"{metric.name}: {metric.signature}" for metric in metrics]
    lines += [*truncated_lines(result), *unread_lines(result)]
    for table in set_tables(result, significance):
        if table.name.startswith("human"):
            lines += ["", *text_table(table)]
    return "\n".join(lines)


def truncated_lines(result: SetResult) -> list[str]:
    """Return a line for each metric with the number of segments it truncated."""
    lines = []
    for at, metric in enumerate(result.systems[0].metrics):
        counts = [(system.name, len(system.metrics[at].truncated)) for system in result.systems]
        if any(count for _, count in counts):
            told = ", ".join(f"{count:,} of {name}" for name, count in counts)
            lines.append(f"{metric.name} truncated segments that are too long for it: {told}")
    return lines


def unread_lines(result: SetResult) -> list[str]:
    """Return a line for each metric with the number of segments without a score."""
    lines = []
    for at, metric in enumerate(result.systems[0].metrics):
        counts = [(system.name, len(system.metrics[at].unread)) for system in result.systems]
        if any(count for _, count in counts):
            told = ", ".join(f"{count:,} of {name}" for name, count in counts)
            several = ", and two systems are compared without segments that either lacks" * (
                len(counts) > 1
            )
            lines.append(
                f"{metric.name} {metric.silence} for some of {len(result.set.segments):,} "
                f"segments: {told}; means leave them out{several}"
            )
    return lines
