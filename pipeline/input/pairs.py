"""An editor's file as sentence pairs: a table, JSON Lines, or the file of a translator's tool."""

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from models.patterns import lazy
from pipeline.errors import ConfigError
from pipeline.input.cells import table_cells
from pipeline.input.columns import json_row
from pipeline.input.encodings import (
    SAMPLE_BYTES,
    SAVE_AS_UTF8,
    UnreadableError,
    checked_encoding,
    decoded,
    found_encoding,
)
from pipeline.input.exchange import po, workbook, xliff
from pipeline.input.exchange.standing import REJECTED, TmxPair, chosen_pairs, is_unfinished
from pipeline.input.exchange.tmx import tmx_pairs
from pipeline.input.exchange.word_table import word_rows
from pipeline.input.exchange.xml_file import named_column
from pipeline.input.open import read_plain
from pipeline.input.row_problems import problem_lines
from pipeline.input.spreadsheet import guard_cell, unguard_cell
from pipeline.language.controls import visible_line

_CHINESE = ("zh", "chinese", "source", "中文", "原文")
_ENGLISH = ("en", "english", "target", "translation", "英文", "译文")
_STATE = ("state", "status", "状态")
_UNKNOWN_ENCODING = f"{SAVE_AS_UTF8} or name its encoding with `memory import --encoding`"
_NO_TABLE = ("empty", "give a table with the columns zh and en")
QUOTE = '"'
_QUOTED = lazy(r'"(?:[^"]|"")*"')
_LOST = lazy("[\ufffd\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Pair:
    """A Chinese sentence and its English, empty where it has none, and the line it ends on.

    `identifier` is what the file calls the sentence. `unfinished` is the state, such as
    needs-review, of English that is not to be used yet.
    A file of a report's page says more: the English `before` the correction, and whether an editor
    `accepted` the sentence as it is. A table may have a column `comment`, too.
    """

    line: int
    zh: str
    en: str
    identifier: str = ""
    unfinished: str = ""
    before: str | None = None
    accepted: bool = False
    comment: str = ""


@dataclass(frozen=True, slots=True)
class PairFile:
    """The pairs of a file, the faults of other rows in lines, and how many these rows are.

    `notices` name rows that another row of the file replaces, and sheets that are not read.
    """

    pairs: tuple[Pair, ...]
    problems: tuple[str, ...]
    unread: int
    notices: tuple[str, ...] = ()


_Row = tuple[int, Pair | str]
"""A line, and the pair on it or what is wrong with it."""


def read_pairs(path: Path, encoding: str = "auto") -> PairFile:
    """Read TMX, XLIFF, PO, JSON Lines of `zh` and `en`, or a table with columns of these names.

    A table is an Excel workbook, that of a Word document, or text separated by tabs, commas or
    semicolons, in any encoding a spreadsheet writes; with two columns it needs no head. Rows that
    cannot be read are named and left out.
    Raises ConfigError where the whole file cannot be read.
    """
    try:
        rows, replaced = _rows(path, encoding)
    except UnreadableError as error:
        raise ConfigError(f"{path}: {error.reason}; {error.advice}") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    return PairFile(
        tuple(row for _, row in rows if isinstance(row, Pair)),
        tuple(problem_lines((str(path), line, row) for line, row in rows if isinstance(row, str))),
        sum(isinstance(row, str) for _, row in rows),
        tuple(problem_lines((str(path), line, why) for line, why in replaced)),
    )


def _rows(path: Path, encoding: str) -> tuple[list[_Row], list[tuple[int, str]]]:
    """Return the rows of a file, and (line, why not) of units that other units replace."""
    suffix = path.suffix.lower()
    if suffix in (".tmx", ".xml"):
        units, replaced = chosen_pairs(tmx_pairs(path))
        return list(map(_tmx_row, units)), replaced
    if suffix == ".tbx":
        advice = "name it with `check --glossary` or in translate.glossary"
        raise UnreadableError("a glossary (TBX), not pairs of sentences", advice)
    if suffix in xliff.SUFFIXES:
        pairs = xliff.xliff_pairs(path)
        return [
            (
                each.line,
                _pair(each.line, each.source, each.target, each.identifier, each.unfinished),
            )
            for each in pairs
        ], []
    if suffix in workbook.SUFFIXES:
        cells, others = workbook.workbook_rows(path)
        named = ", ".join(f"'{visible_line(name)}'" for name in others)
        why = f"only the first sheet is read, not {named}; save each as a file of its own"
        return list(_cell_rows(cells)), [(1, why)] if others else []
    if suffix == ".docx":
        return list(_cell_rows(word_rows(path))), []
    text = _text(path, encoding)
    if suffix in po.SUFFIXES:
        return list(map(_po_row, po.chinese_messages(text))), []
    if suffix in (".jsonl", ".json"):
        return list(_json_rows(text)), []
    return list(_cell_rows(_text_cells(text), is_guarded=True)), []


def _text(path: Path, encoding: str) -> str:
    data = read_plain(path)
    name = checked_encoding(encoding, "--encoding")
    if name == "auto":
        is_whole = len(data) <= SAMPLE_BYTES
        name = found_encoding(data[:SAMPLE_BYTES], is_whole=is_whole, advice=_UNKNOWN_ENCODING)
    return decoded(data, name, _UNKNOWN_ENCODING)


def _pair(
    line: int, zh: object, en: object, identifier: str = "", unfinished: str = ""
) -> Pair | str:
    """Make a pair, or say why the row is none."""
    if not isinstance(zh, str | None) or not isinstance(en, str | None):
        return "'zh' and 'en' must be text"
    chinese, english = (zh or "").strip(), " ".join((en or "").split())
    if not chinese:
        return "no Chinese; a correction needs the sentence it is for"
    if _LOST.search(chinese + english):
        return "a character was lost (\ufffd); save the file as UTF-8 and try again"
    return Pair(line, chinese, english, identifier, unfinished)


def _tmx_row(unit: TmxPair) -> _Row:
    if unit.zh is None or unit.en is None:
        return unit.line, f"a unit without {'Chinese' if unit.zh is None else 'English'}"
    unfinished = "rejected" if unit.standing.rank == REJECTED else ""
    return unit.line, _pair(unit.line, unit.zh, unit.en, unit.identifier, unfinished)


def _po_row(message: po.Message) -> _Row:
    unfinished = "fuzzy" if message.is_fuzzy else ""
    return message.line, _pair(
        message.line, message.source, message.translation, message.context, unfinished
    )


def _json_lines(text: str) -> list[str]:
    """Return JSON Lines; the items of a JSON array, which programs also write, one on each."""
    if text.lstrip("\ufeff \n\t")[:1] == "[":
        with suppress(ValueError, RecursionError):
            return [json.dumps(item, ensure_ascii=False) for item in json.loads(text)]
    return text.split("\n")


def _json_rows(text: str) -> Iterator[_Row]:
    for number, line in enumerate(_json_lines(text), start=1):
        if not line.strip():
            continue
        try:
            row = json_row(line)
        except UnreadableError as error:
            yield number, error.reason
            continue
        if "zh" not in row:
            yield number, f"no 'zh'; found {', '.join(map(repr, list(row)[:8])) or 'nothing'}"
        else:
            place = _identifier({name: str(value) for name, value in row.items()})
            yield number, _page_pair(row, _pair(number, row["zh"], row.get("en"), place))


def _page_pair(row: Mapping[str, object], pair: Pair | str) -> Pair | str:
    """Add what a report's page says of a correction; other files say nothing of it."""
    if isinstance(pair, str):
        return pair
    before, comment = row.get("before"), row.get("comment")
    return replace(
        pair,
        before=" ".join(before.split()) if isinstance(before, str) else None,
        accepted=row.get("accepted") is True,
        comment=" ".join(comment.split()) if isinstance(comment, str) else "",
    )


def _text_cells(text: str) -> list[tuple[int, list[str]]]:
    """Return the rows of a table that is text, with the line each ends on.

    A table of ours with tabs holds quotation marks as they are; a spreadsheet puts a cell with one
    into quotation marks and doubles it.
    """
    if "\t" in text.lstrip("\n").partition("\n")[0] and not _is_quoted(text):
        lines = enumerate(text.split("\n"), start=1)
        return [(number, line.split("\t")) for number, line in lines if line.strip()]
    return list(table_cells(io.StringIO(text, newline="")))


def _cell_rows(
    rows: Sequence[tuple[int, list[str]]], *, is_guarded: bool = False
) -> Iterator[_Row]:
    """Yield the pairs of a table; `is_guarded` if its writer guards cells against spreadsheets."""
    if not rows:
        raise UnreadableError(*_NO_TABLE)
    names = [cell.strip().lower() for cell in rows[0][1]]
    columns = [named_column(names, known) for known in (_CHINESE, _ENGLISH)]
    if None not in columns:
        first, second = (names.index(str(name)) for name in columns)
        rows = rows[1:]
    elif len(names) == 2:
        first, second = 0, 1
    else:
        raise UnreadableError(
            f"no columns 'zh' and 'en'; found {', '.join(map(repr, names[:12]))}",
            "name them in the first line, as `pipeline export` does",
        )
    text = unguard_cell if is_guarded else str
    for number, cells in rows:
        # spreadsheets leave out empty cells at the end of a row, or add some
        while len(cells) > len(names) and not cells[-1].strip():
            cells = cells[:-1]  # noqa: PLW2901
        if len(cells) > len(names) or len(cells) <= first:
            found = f"{len(cells)} columns where the first line has {len(names)}"
            yield number, f"{found}; a tab or a quotation mark too many?"
        else:
            whole = (*cells, *[""] * len(names))
            row = dict(zip(names, whole, strict=False))
            state = next((row[name] for name in _STATE if name in row), "")
            unfinished = state if is_unfinished(state) else ""
            chinese, english = text(whole[first]), text(whole[second])
            pair = _pair(number, chinese, english, _identifier(row), unfinished)
            comment = " ".join(text(row.get("comment", "")).split())
            yield number, pair if isinstance(pair, str) else replace(pair, comment=comment)


def _identifier(row: Mapping[str, str]) -> str:
    """Return what a row calls its sentence: `id`, or as an export does its article and number."""
    if "article_id" in row and "sentence" in row:
        return sentence_name(row["article_id"], row["sentence"])
    return row.get("id", "")


def sentence_name(article: str, sentence: str) -> str:
    """Return the name of a sentence in a run, by which files call it: `page-2#s7`."""
    return f"{article}#{sentence}"


def _is_quoted(text: str) -> bool:
    """Tell whether a table with tabs was written by a spreadsheet, with quoted cells.

    One quoted cell with doubled marks inside is proof; otherwise every cell with a mark or
    a comma must be quoted, which is Excel's way and never happens by chance.
    """
    cells = [cell for line in text.split("\n") for cell in line.split("\t")]
    marked = [cell for cell in cells if '"' in cell]
    quoted = [cell for cell in marked if _QUOTED.fullmatch(cell)]
    if any('""' in cell[1:-1] for cell in quoted):
        return True
    with_comma = [cell for cell in cells if "," in cell]
    return bool(marked) and len(quoted) == len(marked) and all('"' in c for c in with_comma)


def table_text(names: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a table with a head and tabs, as spreadsheets and pandas read it.

    Tabs and line breaks inside a cell become spaces. A cell that begins with a quotation
    mark is quoted; one that looks like a formula gets an apostrophe before it.
    """
    lines = ["\t".join(names)]
    for row in rows:
        lines.append("\t".join(_cell("" if value is None else value) for value in row))
    return "\n".join(lines) + "\n"


def _cell(value: object) -> str:
    folded = " ".join(value.split()) if isinstance(value, str) else value
    text = str(guard_cell(folded))
    return f'"{text.replace(QUOTE, QUOTE * 2)}"' if text.startswith(QUOTE) else text
