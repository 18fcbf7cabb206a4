"""An evaluation for the terminal: a matrix per set, signatures, what stands out."""

from collections.abc import Sequence

from rich.cells import cell_len as width

from pipeline.evaluation.results import Evaluation, SetResult


def evaluation_text(evaluation: Evaluation) -> str:
    """Render scores with intervals and ranks as lines."""
    blocks = [_block(result) for result in evaluation.sets]
    return "\n\n".join([*blocks, "\n".join(evaluation.stands_out)])


def _block(result: SetResult) -> str:
    metrics = result.systems[0].metrics
    rows = [[result.set.name, *(each.name for each in metrics)]]
    for system in result.systems:
        rows.append(
            [
                system.name,
                *(
                    f"{each.score:.1f} ({each.low:.1f}–{each.high:.1f}) {each.rank}."
                    for each in system.metrics
                ),
            ]
        )
    lines = aligned(rows)
    lines += [f"{each.name}: {each.signature}" for each in metrics]
    return "\n".join(lines)


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows as lines with even columns; Chinese characters take two places."""
    widths = [max(width(row[at]) for row in rows) for at in range(len(rows[0]))]
    return [
        "  ".join(
            cell + " " * (size - width(cell)) for cell, size in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]
