"""What training writes down: one JSON object a line, and a picture of it."""

import json
from pathlib import Path
from typing import Any


class Journal:
    """Appends rows to a JSONL file; rows after a resumed checkpoint are dropped first."""

    def __init__(self, path: Path, steps: int):
        self.path = path
        rows = [row for row in read_journal(path) if row["step"] <= steps]
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")

    def write(self, **row: object) -> None:
        """Append one row."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def read_journal(path: Path) -> list[dict[str, Any]]:
    """The rows of a journal; a half-written last line is ignored, as a kill may leave one."""
    rows = []
    if path.is_file():
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                rows.append(json.loads(line))
            except json.JSONDecodeError:
                break
    return rows


def plot(rows: list[dict[str, Any]], path: Path) -> None:
    """Make an SVG with the losses on the left and chrF on the right axis, over target pieces."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    figure, axis = pyplot.subplots(figsize=(8, 4.5))
    for key, label in (
        ("loss", "training loss"),
        ("validation_loss", "validation loss"),
        ("shuffled_loss", "validation loss, shuffled sources"),
    ):
        points = [(row["target_pieces"] / 1e6, row[key]) for row in rows if key in row]
        if points:
            axis.plot(*zip(*points, strict=True), label=label, linewidth=1)
    axis.set_xlabel("million target pieces")
    axis.set_ylabel("nats per target piece")
    points = [(row["target_pieces"] / 1e6, row["chrf"]) for row in rows if "chrf" in row]
    if points:
        right = axis.twinx()
        right.plot(*zip(*points, strict=True), "k.--", label="chrF, greedy")
        right.set_ylabel("validation chrF")
        right.set_ylim(bottom=0)
    axis.legend(loc="upper right")
    figure.tight_layout()
    figure.savefig(path)
    pyplot.close(figure)
