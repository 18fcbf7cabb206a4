"""Glossaries of other programs, CSV tables and TBX (ISO 30042), as the lines of ours."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from pipeline.errors import ConfigError
from pipeline.input.cells import table_cells
from pipeline.input.encodings import UnreadableError
from pipeline.input.exchange.workbook import workbook_rows
from pipeline.input.exchange.xml_file import (
    LANGUAGE,
    language_of,
    local_name,
    named_column,
    parsed,
    text_of,
)
from pipeline.input.spreadsheet import unguard_cell
from pipeline.language.controls import visible_line

PROPOSED = "proposed"
"""A column that only a proposal has: the English that was proposed."""
_COLUMNS = {
    "zh": ("zh", "chinese", "source", "term", "中文", "原文", "术语"),
    "en": ("en", "english", "target", "translation", "英文", "译文"),
    "sense": ("sense", "definition", "meaning", "domain", "释义"),
    "note": ("note", "notes", "comment", "备注"),
}
_RANKS = {"preferred": 0, "admitted": 2, "deprecated": None, "superseded": None}
"""The standing of a term in TBX by the first word of its status; None is not used."""
_UNRANKED = 1
_STATUS = ("administrativeStatus", "normativeAuthorization", "termStatus")


@dataclass(frozen=True, slots=True)
class TermRow:
    """A term with its English forms, the preferred one first, which sense it has, and a note."""

    line: int
    zh: str
    english: tuple[str, ...]
    sense: str = ""
    note: str = ""


def glossary_lines(entries: Sequence[TermRow]) -> str:
    """Return entries as the lines of a glossary, one for each term.

    The senses of a term are joined: their English in order, and which is which in the note.
    """
    terms: dict[str, list[TermRow]] = {}
    for entry in entries:
        terms.setdefault(entry.zh, []).append(entry)
    lines = []
    for zh, senses in terms.items():
        forms = dict.fromkeys(form for entry in senses for form in entry.english)
        notes = [f"{each.english[0]}: {each.sense}" for each in senses if each.sense]
        notes += [each.note for each in senses]
        cells = (zh, "|".join(forms), "; ".join(dict.fromkeys(filter(None, notes))))
        lines.append("\t".join(" ".join(cell.split()) for cell in cells).rstrip("\t"))
    return "\n".join(lines) + "\n"


NamedRows = list[tuple[int, dict[str, str]]]
"""The lines of a table with a head, each by the names of the columns, in small letters."""


def table_rows(text: str) -> NamedRows:
    """Return the rows of a CSV table with a head."""
    try:
        rows = [*table_cells(io.StringIO(text, newline=""))]
    except UnreadableError as error:
        raise ConfigError(f"not a table: {error.reason}; save it again as CSV") from None
    return _named_rows(rows)


def sheet_rows(path: Path) -> NamedRows:
    """Return the rows of the first sheet of an Excel workbook with a head.

    Raises ConfigError if it is none, or other sheets have text too.
    """
    try:
        rows, others = workbook_rows(path)
    except UnreadableError as error:
        raise ConfigError(f"{path}: {error.reason}; {error.advice}") from None
    if others:
        names = ", ".join(f"'{visible_line(name)}'" for name in others)
        raise ConfigError(f"{path}: only the first sheet is read, not {names}; leave one sheet")
    return _named_rows(rows)


def _named_rows(cells: Sequence[tuple[int, list[str]]]) -> NamedRows:
    (_, head), *rows = cells or [(0, [])]
    names = [cell.strip().lower() for cell in head]
    texts = ((line, [unguard_cell(cell.strip()) for cell in row]) for line, row in rows)
    return [
        (line, dict(zip_longest(names, row[: len(names)], fillvalue=""))) for line, row in texts
    ]


def is_table(text: str) -> bool:
    """True if the first line names the columns of Chinese and English, between tabs."""
    head = text.lstrip("\ufeff").partition("\n")[0].split("\t")
    names = [cell.strip().strip('"').lower() for cell in head]
    return all(named_column(names, _COLUMNS[language]) for language in ("zh", "en"))


def table_terms(rows: NamedRows, name: str) -> str:
    """Return the lines of a glossary in a table with columns zh, en, and maybe sense and note.

    A row that begins with # is a comment. Raises ConfigError for a proposal, which nobody has
    approved, and for rows without a term.
    """
    columns = list(rows[0][1]) if rows else []
    if PROPOSED in columns:
        raise ConfigError(
            f"{name}: a proposal, not a glossary; approve it with `pipeline glossary approve`"
        )
    named = {key: named_column(columns, names) or "" for key, names in _COLUMNS.items()}
    if not named["zh"] or not named["en"]:
        raise ConfigError(f"{name}: no columns zh and en; name them in the first line")
    entries, problems = [], []
    for line, row in rows:
        if next(iter(row.values())).startswith("#"):
            continue
        zh, en, sense, note = (row.get(named[key], "") for key in ("zh", "en", "sense", "note"))
        forms = tuple(form for part in en.split("|") if (form := part.strip()))
        if zh and forms:
            entries.append(TermRow(line, zh, forms, sense, note))
        else:
            problems.append(f"{name}:{line}: a row without {'English' if zh else 'Chinese'}")
    seen: dict[tuple[str, str], int] = {}
    for entry in entries:
        first = seen.setdefault((entry.zh, entry.sense), entry.line)
        if first != entry.line:
            problems.append(
                f"{name}:{entry.line}: {entry.zh} is on line {first} too; join them with | or "
                "give each a sense"
            )
    if problems:
        raise ConfigError(*problems)
    return glossary_lines(entries)


def tbx_terms(path: Path) -> str:
    """Return the lines of a TBX file's entries that have Chinese and English terms.

    Synonyms of a concept are forms of it, preferred ones first; deprecated ones are left out. A
    definition or subject field is its sense. Raises ConfigError if it cannot be read or has none.
    """
    try:
        root = _root(path)
    except UnreadableError as error:
        raise ConfigError(f"{path}: {error.reason}; {error.advice}") from None
    entries = [
        entry
        for concept in root.iter("{*}termEntry", "{*}conceptEntry", "{*}entry")
        for entry in _concept(concept)
    ]
    if not entries:
        raise ConfigError(f"{path}: no entry with a Chinese and an English term")
    return glossary_lines(entries)


def _root(path: Path) -> Any:
    """Return the root of TBX 3, TBX 2 (`martif`) or TBX-Min (`TBX`)."""
    for name in ("martif", "TBX"):
        try:
            return parsed(path, name, "TBX")
        except UnreadableError as error:
            if f"<{name}>" not in error.reason:
                raise
    return parsed(path, "tbx", "TBX")


def _concept(concept: Any) -> Iterator[TermRow]:
    ranked: dict[str, list[tuple[int, str]]] = {"zh": [], "en": []}
    for section in concept.iter("{*}langSet", "{*}langSec", "{*}langGroup"):
        language = language_of(section.get(LANGUAGE) or section.get("lang"))
        for term in section.iter("{*}term") if language else ():
            rank = _rank(term)
            if language and rank is not None and (text := " ".join(text_of(term).split())):
                ranked[language].append((rank, text))
    chinese, english = (
        [text for _, text in sorted(ranked[language], key=lambda each: each[0])]
        for language in ("zh", "en")
    )
    descriptions = {
        each.get("type") or local_name(each): " ".join(text_of(each).split())
        for each in concept.iter("{*}descrip", "{*}definition", "{*}subjectField")
    }
    sense = descriptions.get("definition") or descriptions.get("subjectField") or ""
    note = next((" ".join(text_of(each).split()) for each in concept.iter("{*}note")), "")
    if english:
        yield from (
            TermRow(int(concept.sourceline or 0), zh, tuple(dict.fromkeys(english)), sense, note)
            for zh in dict.fromkeys(chinese)
        )


def _rank(term: Any) -> int | None:
    """Return the standing of a term among the synonyms of its language; None if not to be used."""
    holder = term.getparent()
    while holder is not None and local_name(holder) not in ("tig", "ntig", "termSec", "termGroup"):
        holder = holder.getparent()
    # version 3 also has an element of this name in place of the type
    for note in (
        holder.iter("{*}termNote", *(f"{{*}}{name}" for name in _STATUS))
        if holder is not None
        else ()
    ):
        if (note.get("type") or local_name(note)) in _STATUS:
            word = (note.text or "").strip().partition("Term")[0].lower()
            return _RANKS.get(word, _UNRANKED)
    return _UNRANKED
