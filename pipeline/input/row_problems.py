"""What is wrong with the rows of a file: one line for all rows with the same fault."""

import re
from collections.abc import Iterable, Iterator, Sequence

from models.patterns import lazy
from pipeline.records import Failure

_LINES_SHOWN = 10
_ROW = lazy(r"(.+):(\d+)", re.DOTALL)
"""The source of a row: its file and its line."""


def problem_lines(problems: Iterable[tuple[str, int, str]]) -> Iterator[str]:
    """Yield `file:line: fault` once for each file and fault, with the other lines named.

    `problems` are files, lines and faults, in the order in which they were met.
    """
    groups: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for file, line, fault in problems:
        groups.setdefault((file, _kind(fault)), []).append((line, fault))
    for (file, _), rows in groups.items():
        line, fault = rows[0]
        yield f"{file}:{line}: {fault}{_others([line for line, _ in rows])}"


def alike(failures: Sequence[Failure]) -> list[list[Failure]]:
    """Return failures in groups: rows of one file with the same fault, everything else alone."""
    groups: dict[object, list[Failure]] = {}
    for number, failure in enumerate(failures):
        row = _ROW.fullmatch(failure.source) if failure.stage == "read" else None
        key = (row[1], _kind(failure.reason)) if row else number
        groups.setdefault(key, []).append(failure)
    return list(groups.values())


def failure_line(group: Sequence[Failure]) -> str:
    """Return a group of failures as a line: where, what is wrong, what to do."""
    first = group[0]
    if first.stage != "read":
        return f"{first.source}: {first.id}: {first.stage}: {first.reason}; {first.advice}"
    rows = [int(row[2]) for each in group if (row := _ROW.fullmatch(each.source))]
    return f"{first.source}: {first.reason}; {first.advice}{_others(rows)}"


def _kind(fault: str) -> str:
    """Return a fault without what differs from row to row: its numbers, and what it has instead."""
    return re.sub(r"\d+", "#", fault).partition("; found")[0]


def _others(lines: list[int]) -> str:
    if len(lines) < 2:
        return ""
    shown = ", ".join(map(str, lines[:_LINES_SHOWN]))
    more = " …" if len(lines) > _LINES_SHOWN else ""
    return f" ({len(lines):,} rows: lines {shown}{more})"
