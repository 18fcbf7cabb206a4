"""Read human judgements: tables of scores, error annotations (MQM), files of mt-metrics-eval.

system  seg_id  rater  score            a row per judgement; names vary, see COLUMNS
system  seg_id  rater  category  severity     a row per error: penalties are summed
seg_id  ours  theirs                    a column per system
ours 0.31                               `NAME.seg.score` of mt-metrics-eval, no header
"""

import io
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.errors import ConfigError
from pipeline.evaluate.inputs.set_files import read_lines
from pipeline.input.cells import table_cells
from pipeline.input.encodings import UnreadableError
from pipeline.input.exchange.workbook import SUFFIXES, workbook_rows
from pipeline.language.plural import plural

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "set": ("set", "testset", "test_set"),
    "system": ("system", "sys", "system_id", "systemid", "model", "mt_system"),
    "segment": (
        *("globalsegid", "seg_id", "segment_id", "segid", "segment", "seg"),
        *("line", "item_id", "sid", "id"),
    ),
    "document": ("doc", "document", "document_id", "docid", "doc_id"),
    "rater": ("rater", "annotator", "rater_id", "annotator_id", "user", "user_id", "login"),
    "item": ("item",),
    "source": ("source", "src"),
    "score": ("score", "rating", "raw", "da", "esa", "sqm", "mqm", "mqm_score", "mqm_avg_score"),
    "category": ("category", "error_category"),
    "severity": ("severity", "error_severity"),
}
"""The names of columns that are understood, best first; capitals do not matter."""

PENALTIES = (
    (r"non-?translation", r".*", 25.0),
    (r"fluency/punctuation", r"minor", 0.1),
    (r".*", r"critical", 25.0),
    (r".*", r"major", 5.0),
    (r".*", r"minor", 1.0),
)
"""Penalty by category and severity: Freitag et al. 2021, and 25 for critical (MQM Council)."""

_KEY = "key.tsv"
_RATERS_FILES = (".jsonl", ".json", ".csv", ".tsv", ".txt", *SUFFIXES)

HIGHEST = 100
"""Highest score that a rater of `pipeline rate` can give."""

_SIZES = ("minor", "major", "critical")  # columns of a sheet with the number of errors

_MISSING = ("", "none", "nan", "null", "na")
_LEVELS = {"seg": "segment", "doc": "document", "sys": "system"}


@dataclass(frozen=True, slots=True)
class HumanRating:
    """One judgement. `segment` is an id or a line number; without it, it is of a document.

    Without segment and document, it is of a whole system. `source` is the judged Chinese, if known.
    """

    system: str
    score: float
    segment: str | None = None
    document: str | None = None
    rater: str | None = None
    set: str | None = None
    source: str | None = None

    @property
    def level(self) -> str:
        """What was judged: segment, document or system."""
        if self.segment is not None:
            return "segment"
        return "system" if self.document is None else "document"


def read_ratings(
    path: str,
    place: str,
    columns: Mapping[str, str],
    systems: Sequence[str],
    key: str | None = None,
) -> list[HumanRating]:
    """Return the judgements in a file, without missing ones.

    `columns` names columns that are called otherwise than in COLUMNS; `systems` finds tables with
    a column per system. `key` says what the items of `pipeline rate` are; by default key.tsv beside
    the file. A folder is read as a file per rater, whose name is the file's where it
    names none. Raises ConfigError, beginning with `place`, if they cannot be read.
    """
    if Path(path).is_dir():
        return list(_folder(Path(path), place, columns, systems, key))
    if re.search(r"\.(seg|doc|sys)\.score$", path):
        return list(_blocks(_lines(path, place), path, place))
    rows = _file_rows(path, place)
    if "annotation" in rows[0] or not rows[0]:
        return list(_pearmut(rows, systems))
    names = {**{str(name).lower().strip(): name for name in rows[0]}}
    used = {
        part: columns[part] if part in columns else _first(names, aliases)
        for part, aliases in COLUMNS.items()
    }
    if absent := [name for name in columns.values() if name not in rows[0]]:
        raise ConfigError(
            f"{place}: {path}: no column '{absent[0]}'; found {', '.join(map(str, rows[0]))}"
        )
    if used["score"] is None and used["severity"] is None:
        used["score"] = next((names[name] for name in names if name.endswith("score")), None)
    reader = _Rows(used, f"{place}: {path}")
    if used["system"] is None and used["item"] is not None:
        return list(reader.items(rows, _key(path, key, place)))
    if used["system"] is not None and used["score"] is not None:
        return list(reader.scores(rows))
    if used["system"] is not None and used["severity"] is not None:
        return list(reader.errors(rows))
    wide = [name for name in systems if name in rows[0]]
    if used["system"] is None and wide:
        return list(reader.wide(rows, wide))
    raise ConfigError(
        f"{place}: {path}: needs the columns system and score, or system, category and severity, "
        f"or a column per system; found {', '.join(map(str, rows[0]))}"
    )


def _folder(
    folder: Path, place: str, columns: Mapping[str, str], systems: Sequence[str], key: str | None
) -> Iterator[HumanRating]:
    """Yield the judgements of all raters; the key may be in the folder or beside it."""
    files = [
        file
        for file in sorted(folder.iterdir())
        if file.suffix.lower() in _RATERS_FILES and file.name not in (_KEY, "pearmut.json")
    ]
    if not files:
        raise ConfigError(f"{place}: {folder}: holds no file of ratings (JSONL, XLSX, CSV, TSV)")
    inside = folder / _KEY
    key = key or str(inside if inside.exists() else folder.parent / _KEY)
    for file in files:
        for rating in read_ratings(str(file), place, columns, systems, key):
            yield rating if rating.rater else replace(rating, rater=file.stem)


def _lines(path: str, place: str) -> list[str]:
    """Return the lines with text. Raises ConfigError if there is none."""
    lines = [line for line in read_lines(path, place) if line.strip()]
    if not lines:
        raise ConfigError(f"{place}: {path}: is empty")
    return lines


def _file_rows(path: str, place: str) -> Sequence[dict[str, Any]]:
    """Return the rows of a workbook, of JSON or of a table, by column."""
    try:
        if path.lower().endswith(SUFFIXES):
            return _named_cells([row for _, row in workbook_rows(Path(path))[0]])
        lines = _lines(path, place)
        return _json_rows(lines, path, place) if lines[0][0] in "{[" else _table_rows(lines)
    except UnreadableError as error:
        raise ConfigError(f"{place}: {path}: {error.reason}; {error.advice}") from None


def _first(names: Mapping[str, str], aliases: Sequence[str]) -> str | None:
    return next((names[alias] for alias in aliases if alias in names), None)


def _table_rows(lines: Sequence[str]) -> list[dict[str, Any]]:
    """Return rows by column; separated by tabs, commas, semicolons or blanks."""
    head = lines[0]
    if not any(mark in head for mark in "\t,;"):
        return _named_cells([line.split() for line in lines])
    if "\t" in head and not head.startswith('"'):
        # quotation marks are text here: annotations hold unpaired ones
        return _named_cells([line.split("\t") for line in lines])
    return _named_cells([cells for _, cells in table_cells(io.StringIO("\n".join(lines)))])


def _named_cells(cells: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
    """Return rows of cells by the names in the first row. Raises UnreadableError for no row."""
    if not cells:
        raise UnreadableError("is empty", "give a table with a head")
    head = [name.strip().lstrip("\ufeff") for name in cells[0]]
    return [dict(zip(head, row, strict=False)) for row in cells[1:]] or [dict.fromkeys(head, "")]


def _json_rows(lines: Sequence[str], path: str, place: str) -> list[dict[str, Any]]:
    """Return the rows of JSON Lines, or of one JSON value: a list, or lists by campaign."""
    rows = []
    for number, line in enumerate(lines, start=1):
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            if number == 1 and len(lines) > 1 and lines[0].strip() in ("{", "["):
                return _json_rows([" ".join(lines)], path, place)
            raise ConfigError(f"{place}: {path}:{number}: not JSON: {error}") from None
        if isinstance(row, dict) and row and all(isinstance(v, list) for v in row.values()):
            row = row if "annotation" in row else [each for part in row.values() for each in part]
        rows += row if isinstance(row, list) else [row]
    if not all(isinstance(row, dict) for row in rows):
        raise ConfigError(f"{place}: {path}: a row must be a JSON object")
    return rows


def pearmut_name(system: str) -> str:
    """Return the name of a system in a campaign of Pearmut, which refuses a bare number."""
    return f"system {system}" if system.isdigit() else system


def _pearmut(rows: Sequence[Mapping[str, Any]], systems: Sequence[str]) -> Iterator[HumanRating]:
    """Yield the scores in annotations of Pearmut, or minus the penalties of the error spans."""
    names = {pearmut_name(system): system for system in systems}
    for row in rows:
        if isinstance(row.get("item_i"), str) or _is_skipped(row):  # a tutorial, a check of raters
            continue
        for item, by_system in zip(row.get("item", []), row.get("annotation", []), strict=False):
            for system, given in (by_system or {}).items():
                score = given.get("score")
                errors = given.get("error_spans") or []
                if score is None:
                    score = -_penalties(errors)
                segment = str(item.get("item_id", ""))
                rater, name = row.get("user_id"), item.get("set")
                owner = names.get(system, system)
                yield HumanRating(owner, float(score), segment, rater=rater, set=name)


def _is_skipped(row: Mapping[str, Any]) -> bool:
    """True if a rater left the sentences of a row without a judgement."""
    actions = row.get("actions") or [{}]
    return bool(actions[-1].get("action") == "submit_skip")


def _penalties(errors: Sequence[Mapping[str, Any]]) -> float:
    return sum(penalty(str(e.get("category") or ""), str(e.get("severity") or "")) for e in errors)


def _key(path: str, key: str | None, place: str) -> dict[str, Mapping[str, str]]:
    """Return set, segment and system by item."""
    file = key or str(Path(path).with_name(_KEY))
    rows = _table_rows(read_lines(file, f"{place}: {path} has items, which need their key"))
    return {row.get("item", ""): row for row in rows}


def _blocks(lines: Sequence[str], path: str, place: str) -> Iterator[HumanRating]:
    """Yield the scores of a file of mt-metrics-eval; line N of a system is its Nth segment."""
    level = _LEVELS[path.rsplit(".", 2)[-2]]
    numbers: dict[str, int] = {}
    for row, line in enumerate(lines, start=1):
        system, _, text = line.strip().partition("\t" if "\t" in line else " ")
        numbers[system] = number = numbers.get(system, 0) + 1
        score = score_number(text, f"{place}: {path}:{row}")
        if score is not None:
            segment = str(number) if level == "segment" else None
            document = f"#{number}" if level == "document" else None
            yield HumanRating(system, score, segment, document)
    fewest, most = min(numbers, key=numbers.__getitem__), max(numbers, key=numbers.__getitem__)
    if numbers[fewest] != numbers[most]:  # scores have no other name than their line
        raise ConfigError(
            f"{place}: {path}: {plural(numbers[fewest], 'line')} of {fewest}, but "
            f"{numbers[most]:,} of {most}; write None for a missing score"
        )


def score_number(value: object, place: str) -> float | None:
    """Return a score; None if it is missing. Raises ConfigError if it is not a number."""
    text = "" if value is None else str(value).strip()
    if text.lower() in _MISSING:
        return None
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        number = math.inf
    if math.isinf(number):
        raise ConfigError(f"{place}: '{text}' is not a number; leave a missing score empty")
    return None if math.isnan(number) else number


def penalty(category: str, severity: str) -> float:
    """Return the MQM penalty of an error, 0 or more; unknown severities cost nothing."""
    kind, size = category.strip().lower(), severity.strip().lower()
    return next(
        (cost for first, then, cost in PENALTIES if re.match(first, kind) and re.match(then, size)),
        0.0,
    )


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of one table: the columns in use, and its place in messages."""

    used: Mapping[str, str | None]
    place: str

    def scores(self, rows: Sequence[Mapping[str, Any]]) -> Iterator[HumanRating]:
        """Yield a judgement per row with a score."""
        for number, row in enumerate(rows, start=2):
            score = score_number(self._text(row, "score"), f"{self.place}:{number}")
            if score is not None:
                yield HumanRating(self._text(row, "system") or "", score, **self._unit(row))

    def errors(self, rows: Sequence[Mapping[str, Any]]) -> Iterator[HumanRating]:
        """Yield minus the sum of penalties per system, unit and rater."""
        sums: dict[HumanRating, float] = {}
        for row in rows:
            unit = HumanRating(self._text(row, "system") or "", 0.0, **self._unit(row))
            cost = penalty(self._text(row, "category") or "", self._text(row, "severity") or "")
            sums[unit] = sums.get(unit, 0.0) - cost
        for unit, score in sums.items():
            yield replace(unit, score=score)

    def items(
        self, rows: Sequence[Mapping[str, Any]], key: Mapping[str, Mapping[str, str]]
    ) -> Iterator[HumanRating]:
        """Yield a judgement per item with a score or errors: of a page or a sheet."""
        for number, row in enumerate(rows, start=2):
            owner = key.get(self._text(row, "item") or "")
            if owner is None:
                raise ConfigError(
                    f"{self.place}:{number}: item {row.get('item')} is not in the key"
                )
            score = score_number(self._text(row, "score"), f"{self.place}:{number}")
            counts = [score_number(row.get(size), f"{self.place}:{number}") for size in _SIZES]
            if score is not None and not 0 <= score <= HIGHEST:
                raise ConfigError(
                    f"{self.place}:{number}: a score is from 0 to 100; found {score:g}"
                )
            if score is None and isinstance(row.get("errors"), list):
                score = -_penalties(row["errors"])
            elif score is None and any(count is not None for count in counts):
                costs = [penalty("", size) for size in _SIZES]
                score = -sum(c * (n or 0.0) for c, n in zip(costs, counts, strict=True))
            if score is not None:
                rater = self._text(row, "rater")
                yield HumanRating(
                    owner["system"], score, owner["segment"], rater=rater, set=owner["set"]
                )

    def wide(
        self, rows: Sequence[Mapping[str, Any]], systems: Sequence[str]
    ) -> Iterator[HumanRating]:
        """Yield a judgement per row and column of a system."""
        for number, row in enumerate(rows, start=2):
            for system in systems:
                score = score_number(row.get(system), f"{self.place}:{number}")
                if score is not None:
                    yield HumanRating(system, score, **self._unit(row))

    def _unit(self, row: Mapping[str, Any]) -> dict[str, str | None]:
        parts = ("segment", "document", "rater", "set", "source")
        unit = {part: self._text(row, part) for part in parts}
        # an error in the source is marked there too, but it is the same source
        return unit | {"source": re.sub(r"</?v>", "", unit["source"] or "") or None}

    def _text(self, row: Mapping[str, Any], part: str) -> str | None:
        name = self.used[part]
        value = row.get(name) if name is not None else None
        text = "" if value is None else str(value).strip()
        return text or None
