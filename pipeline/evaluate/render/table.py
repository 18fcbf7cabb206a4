"""A table of text cells, and how it looks in Markdown, LaTeX and the terminal."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap

from rich.cells import cell_len

from models.patterns import lazy

_MARKDOWN_SPECIAL = lazy(r"([\\`*_\[\]<>|~&#])")
_NEGATIVE = lazy(r"(?<!\w)-(?=\d)")
_INTERVAL = lazy(r"(\S+) (\(.+ – .+\))")
_LATEX_SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "↑": r"$\uparrow$",
    "↓": r"$\downarrow$",
    "−": "$-$",
    "–": "--",
    "±": r"$\pm$",
    "≤": r"$\leq$",
    "<": "$<$",  # the usual fonts show ¡, ¿ and — in place of these three
    ">": "$>$",
    "|": r"\textbar{}",
    **{character: "\\" + character for character in "&%$#_{}"},
}

_LONGEST_HEADING = 14

_MOST_LEVEL = 8  # in LaTeX, more columns than these have turned headings


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells with a title and a note; the first column is text, the others are numbers.

    `name` is for labels and anchors. `strong` holds (row, column) of cells in bold, `cuts` the
    rows with a line above. `words` are columns of text among the numbers.
    """

    name: str
    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    strong: frozenset[tuple[int, int]] = frozenset()
    cuts: frozenset[int] = frozenset()
    words: frozenset[int] = frozenset({0})


def markdown_text(text: str) -> str:
    """Return a text on one line with the marks of Markdown escaped."""
    return _MARKDOWN_SPECIAL.sub(r"\\\1", " ".join(text.split()))


def markdown_table(table: Table) -> str:
    """Return a table in Markdown; a line between rows becomes a row of dashes."""
    lines = [f"**{markdown_text(table.title)}**", ""] if table.title else []
    lines += [
        "| " + " | ".join(map(markdown_text, table.head)) + " |",
        "|" + "".join("---|" if at in table.words else "---:|" for at in range(len(table.head))),
    ]
    for number, row in enumerate(table.rows):
        if number in table.cuts:
            lines.append("|" + " — |" * len(row))
        cells = [
            f"**{markdown_text(cell)}**" if (number, at) in table.strong else markdown_text(cell)
            for at, cell in enumerate(row)
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join([*lines, *(["", markdown_text(table.note)] if table.note else [])])


def latex_text(text: str) -> str:
    """Return a text with the special characters of LaTeX escaped, and a minus before a number."""
    text = _NEGATIVE.sub("−", text)
    return "".join(_LATEX_SPECIAL.get(character, character) for character in text)


def latex_table(table: Table, label: str) -> str:
    """Return a booktabs table with a caption and a label."""
    return latex_float(
        "".join("l" if at in table.words else "r" for at in range(len(table.head))),
        list(map(_latex_heading, table.head)),
        list(_latex_rows(table)),
        latex_text(" ".join(f"{table.title}. {table.note}".split())),
        label,
    )


def latex_float(
    columns: str, head: Sequence[str], rows: Sequence[str], caption: str, label: str
) -> str:
    """Return a table of LaTeX rows that is never wider than the text.

    With many columns, the headings of numbers are turned by 90 degrees.
    """
    if len(head) > _MOST_LEVEL:
        head = [
            rf"\rotatebox{{90}}{{{cell}}}" if column == "r" else cell
            for cell, column in zip(head, columns, strict=True)
        ]
    lines = [
        r"\begin{table}",
        r"\centering",
        r"\resizebox{\ifdim\width>\linewidth\linewidth\else\width\fi}{!}{%",
        rf"\begin{{tabular}}{{{columns}}}",
        r"\toprule",
        " & ".join(head) + r" \\",
        r"\midrule",
        *rows,
        r"\bottomrule",
        r"\end{tabular}}",
        rf"\caption{{{caption}}}",
        rf"\label{{tab:{latex_label(label)}}}",
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def _latex_rows(table: Table) -> Iterator[str]:
    for number, row in enumerate(table.rows):
        if number in table.cuts:
            yield r"\midrule"
        parts = [(match.groups() if (match := _INTERVAL.fullmatch(c)) else (c, "")) for c in row]
        cells = [
            rf"\textbf{{{latex_text(cell)}}}" if (number, at) in table.strong else latex_text(cell)
            for at, (cell, _) in enumerate(parts)
        ]
        yield " & ".join(cells) + r" \\"
        if any(interval for _, interval in parts):  # below, or wide tables could not be read
            below = [rf"{{\scriptsize {latex_text(interval)}}}" for _, interval in parts]
            yield " & ".join(below) + r" \\"


def _latex_heading(text: str) -> str:
    """Return a heading, on several lines if it is long."""
    lines = [latex_text(line) for line in wrap(text, _LONGEST_HEADING)]
    return r"\shortstack[r]{" + r"\\".join(lines) + "}" if len(lines) > 1 else "".join(lines)


def latex_label(text: str) -> str:
    """Return a text as part of a label: letters (Chinese ones too), digits and hyphens."""
    return re.sub(r"[\W_]+", "-", text.lower()).strip("-") or "set"


def text_table(table: Table) -> list[str]:
    """Return a table as aligned lines, with a star after the cells that are bold elsewhere."""
    title = [table.title] if table.title else []
    note = [table.note.replace("Bold:", "Star:")] if table.note else []
    rows = [
        [cell + "*" * ((number, at) in table.strong) for at, cell in enumerate(row)]
        for number, row in enumerate(table.rows)
    ]
    return [*title, *aligned([table.head, *rows]), *note]


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows as lines with aligned columns; a Chinese character is two columns wide."""
    widths = [max(cell_len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return [
        "  ".join(
            cell + " " * (size - cell_len(cell)) for cell, size in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]
