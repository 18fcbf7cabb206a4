"""A proposal that an editor went through, as the glossary that a run takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from models.patterns import lazy
from pipeline.errors import ConfigError
from pipeline.input.exchange.glossary_file import PROPOSED, TermRow, glossary_lines
from pipeline.input.needed import read_table
from pipeline.input.spreadsheet import is_spreadsheet_error
from pipeline.language.chinese import HAN
from pipeline.language.glossary import parse_glossary
from pipeline.language.variants import simple_characters

_YES = frozenset(("yes", "y", "x", "ok", "1", "true", "是", "对", "✓", "√"))
_NO = frozenset(("no", "n", "0", "false", "否", "不", "-"))
_HAN = lazy(f"[{HAN}]")


@dataclass(frozen=True, slots=True)
class Approved:
    """The lines of a glossary, how many terms it has, and how many rows were left out."""

    lines: str
    terms: int
    left_out: int


def approve(path: Path, *, every: bool = False) -> Approved:
    """Return the approved rows of a proposal: `ok` says yes, or the English was changed.

    With `every`, all rows but those with no. Raises ConfigError with a line for each fault: a row
    without English, one term twice, Chinese in place of English; and if nothing is approved.
    """
    rows = read_table(path)
    columns = set(rows[0][1]) if rows else set()
    if missing := [name for name in ("zh", "en", "ok", PROPOSED) if name not in columns]:
        raise ConfigError(
            f"{path}: no column {', '.join(missing)}; give a table of `pipeline glossary propose`"
        )
    entries: list[TermRow] = []
    problems: list[str] = []
    left_out = 0
    for line, row in rows:
        mark = row["ok"].lower()
        is_edited = row["en"] != row[PROPOSED] and bool(row["en"])
        if mark in _YES or (not mark and (is_edited or every)):
            entry = TermRow(
                line, row["zh"], _forms(row["en"]), row.get("sense", ""), row.get("note", "")
            )
            fault = _fault(entry)
            problems += [f"{path}:{line}: {fault}"] if fault else []
            entries.append(entry)
        elif mark and mark not in _NO:
            problems.append(f"{path}:{line}: ok is '{row['ok'][:20]}'; write yes or no")
        else:
            left_out += 1
    problems += [f"{path}:{line}: {fault}" for line, fault in _repeated(entries)]
    if problems:
        raise ConfigError(*problems)
    if not entries:
        raise ConfigError(
            f"{path}: no row is approved; write yes into ok, correct en, or approve all rows with "
            "--all"
        )
    lines = glossary_lines(entries)
    return Approved(lines, len(parse_glossary(lines).terms), left_out)


def _forms(english: str) -> tuple[str, ...]:
    return tuple(form for part in english.split("|") if (form := part.strip()))


def _fault(entry: TermRow) -> str:
    """Return what is wrong with an approved row; empty if nothing is."""
    english = "|".join(entry.english)
    if not _HAN.search(entry.zh):
        return f"zh is '{entry.zh[:20]}', which has no Chinese" if entry.zh else "zh is empty"
    if not english:
        return f"{entry.zh} has no English; write it into en, or no into ok"
    if _HAN.search(english):
        return f"the English of {entry.zh} has Chinese in it: '{english[:30]}'"
    if is_spreadsheet_error(english):
        return f"{english} is a spreadsheet's error, not English"
    return ""


def _repeated(entries: Sequence[TermRow]) -> list[tuple[int, str]]:
    """Return the rows whose term and sense an earlier row has, in either script."""
    seen: dict[tuple[str, str], TermRow] = {}
    problems = []
    for entry in entries:
        first = seen.setdefault((simple_characters(entry.zh), entry.sense), entry)
        if first is not entry:
            other = f" (as {first.zh})" if first.zh != entry.zh else ""
            problems.append(
                (
                    entry.line,
                    f"{entry.zh} is on line {first.line} too{other}; keep one row and join the "
                    "English with |, or give each a sense",
                )
            )
    return problems
