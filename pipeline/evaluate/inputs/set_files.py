"""Test sets from files: plain text, JSON Lines, TMX."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from models.patterns import lazy
from pipeline.errors import ConfigError
from pipeline.evaluate.results import EvaluationSegment
from pipeline.input.columns import column_value, json_row
from pipeline.input.encodings import UnreadableError
from pipeline.input.exchange.tmx import ReadUnit, tmx_units
from pipeline.input.needed import read_needed
from pipeline.language.plural import plural

_CODE = lazy(r"(?!dev$)[a-z]{3}(_[A-Za-z]+\w*)?")
"""A language and script, such as `cmn_Hans`, or `eng` in FLORES-101."""
_LISTED = 20


def read_lines(path: str | Path, place: str) -> list[str]:
    """Return the lines of a UTF-8 text file, without line ends.

    Only a line feed ends a line, because sentences may contain other separators.
    Raises ConfigError, beginning with `place`, if the file cannot be read.
    """
    text = read_needed(path, place)
    return text.removesuffix("\n").split("\n") if text else []


def file_segments(
    source: str,
    references: Sequence[str],
    documents: str | None,
    place: str,
    labels: Mapping[str, str] | None = None,
) -> list[EvaluationSegment]:
    """Read parallel text files; an empty line of a reference is a missing reference."""
    sources = read_lines(source, place)
    streams = [parallel_lines(path, len(sources), source, place) for path in references]
    owners = parallel_lines(documents, len(sources), source, place) if documents else None
    marks = {
        name: parallel_lines(path, len(sources), source, place)
        for name, path in (labels or {}).items()
    }
    return [
        EvaluationSegment(
            id=str(at + 1),
            source=text.strip(),
            references=tuple(line for stream in streams if (line := stream[at].strip())),
            document=owners[at] if owners else None,
            labels=tuple((name, lines[at].strip()) for name, lines in marks.items()),
        )
        for at, text in enumerate(sources)
    ]


def parallel_lines(path: str | Path, lines: int, source: str | Path, place: str) -> list[str]:
    """Return the lines of a file. Raises ConfigError unless they are as many as the source has."""
    found = read_lines(path, place)
    if len(found) != lines:
        raise ConfigError(
            f"{place}: {path}: {plural(len(found), 'line')}, but {source} has {lines:,}; "
            "line N must be the same segment in every file"
        )
    return found


def jsonl_segments(path: str, columns: Mapping[str, Any], place: str) -> list[EvaluationSegment]:
    """Read rows; `columns` names `source`, `references` (several), `id` and `document`."""
    return [
        row_segment(row, columns, f"{place}: {path}:{number}", str(number))
        for number, row in json_rows(path, place)
    ]


def json_rows(path: str | Path, place: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the rows of JSON Lines, each with the number of its line.

    Raises ConfigError, beginning with `place`, for a line that holds no JSON object.
    """
    for number, line in enumerate(read_lines(path, place), start=1):
        if not line.strip():
            continue
        try:
            yield number, json_row(line)
        except UnreadableError as error:
            reason = f"{error.reason}; {error.advice}"
            raise ConfigError(f"{place}: {path}:{number}: {reason}") from None


def row_segment(
    row: Mapping[str, Any], columns: Mapping[str, Any], place: str, number: str
) -> EvaluationSegment:
    """Return a segment from the columns of a row. Raises ConfigError without source text."""
    source = column_value(row, columns["source"])
    if isinstance(source, list) and all(isinstance(part, str) for part in source):
        source = "\n".join(source)
    if not isinstance(source, str):
        found = ", ".join(f"'{key}'" for key in list(row)[:8])
        raise ConfigError(
            f"{place}: no text in '{columns['source']}'; found {found}; name the column in 'source'"
        )
    references = [
        text for name in columns["references"] for text in _references(row, name, columns["source"])
    ]
    if strange := [reference for reference in references if not isinstance(reference, str)]:
        raise ConfigError(f"{place}: a reference must be text; found {strange[0]!r}")
    document = column_value(row, columns.get("document"))
    return EvaluationSegment(
        id=str(column_value(row, columns.get("id")) or number),
        source=source.strip(),
        references=tuple(text.strip() for text in references if text.strip()),
        document=None if document is None else str(document),
        labels=tuple(
            (name, str(value))
            for name in columns.get("labels", ())
            if (value := column_value(row, name)) is not None
        ),
    )


def _references(row: Mapping[str, Any], name: str, source: str) -> list[Any]:
    """Return the references in a column: several if it is a list, but one beside the source.

    `doc.zh` and `doc.en` in a list of sentence pairs `doc` are a text and its translation.
    """
    value = column_value(row, name)
    if not isinstance(value, list):
        return [value] if value else []
    found = [text for text in value if text is not None]
    parent, _, _ = name.rpartition(".")
    is_beside = parent and source.rpartition(".")[0] == parent
    if (
        is_beside
        and isinstance(column_value(row, parent), list)
        and all(isinstance(text, str) for text in found)
    ):
        return ["\n".join(found)]
    return found


def flores_segments(
    folder: str, split: str, source: str, target: str, place: str
) -> list[EvaluationSegment]:
    """Read two languages of FLORES: text (`zho_Hans.devtest`), or JSONL or Parquet with a text.

    Raises ConfigError if a language is missing, or the rows of the two are not the same sentences.
    """
    sides = [_flores_file(Path(folder), split, language, place) for language in (source, target)]
    rows, references = (_flores_rows(side, place) for side in sides)
    if len(rows) != len(references):
        raise ConfigError(f"{place}: {sides[1]}: {len(references)} lines, {sides[0]}: {len(rows)}")
    for number, (row, reference) in enumerate(zip(rows, references, strict=True), start=1):
        if "id" in row and row["id"] != reference.get("id", row["id"]):
            raise ConfigError(
                f"{place}: row {number} has id {row['id']} in {sides[0]}, but {reference['id']} in "
                f"{sides[1]}; sort both by id"
            )
    return [
        EvaluationSegment(
            str(row.get("id", number)),
            str(row.get("text") or "").strip(),
            tuple(text for text in [str(reference.get("text") or "").strip()] if text),
            str(row.get("url") or row.get("URL") or "") or None,
            tuple((name, str(row[name])) for name in ("domain", "topic") if row.get(name)),
        )
        for number, (row, reference) in enumerate(zip(rows, references, strict=True), start=1)
    ]


def _flores_file(folder: Path, split: str, language: str, place: str) -> Path:
    patterns = (
        f"{language}.{split}",
        *(f"{split}/{language}.{kind}" for kind in ("jsonl", "parquet")),
        *(f"{language}.{split}.{kind}" for kind in ("jsonl", "parquet")),
        *(f"{language}/{split}{part}.parquet" for part in ("", "-00000-of-00001")),
    )
    for pattern in patterns:
        for packed in ("", ".gz"):
            if found := sorted(folder.rglob(pattern + packed)):
                return found[0]
    names = {file.name.split(".")[0] for file in folder.rglob("*")}
    codes = sorted(name for name in names if _CODE.fullmatch(name))
    more = ", …" if len(codes) > _LISTED else ""
    raise ConfigError(
        f"{place}: {folder}: no {' or '.join(patterns)}; set source, target and split; it has "
        f"{', '.join(codes[:_LISTED]) + more or 'no file of a language'}"
    )


def _flores_rows(path: Path, place: str) -> list[dict[str, Any]]:
    if path.suffix == ".parquet":
        return _parquet_rows(path, place)
    if ".jsonl" not in path.suffixes:
        return _with_metadata(read_lines(path, place), path, place)
    return _with_text([row for _, row in json_rows(path, place)], path, place)


def _with_metadata(lines: Sequence[str], path: Path, place: str) -> list[dict[str, Any]]:
    """Return lines of text with the columns of FLORES' table of metadata, if it is there."""
    split = path.name.removesuffix(".gz").rpartition(".")[2]
    tables = sorted(path.parents[1].glob(f"metadata_{split}.tsv"))
    head, *rows = read_lines(tables[0], place) if tables else [""]
    if len(rows) != len(lines):
        return [{"text": line} for line in lines]
    names = head.split("\t")
    return [
        dict(zip(names, row.split("\t"), strict=False)) | {"text": line}
        for row, line in zip(rows, lines, strict=True)
    ]


def _parquet_rows(path: Path, place: str) -> list[dict[str, Any]]:
    # pyarrow takes time to import: only this format pays it
    import pyarrow
    from pyarrow import parquet

    try:
        rows = parquet.read_table(path).to_pylist()
    except (OSError, pyarrow.ArrowException) as error:
        reason = " ".join(str(error).split())[:200]
        raise ConfigError(f"{place}: {path}: cannot be read: {reason}") from None
    return _with_text(rows, path, place)


def _with_text(rows: list[Any], path: Path, place: str) -> list[dict[str, Any]]:
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict) or not {"text", "sentence"} & set(row):
            raise ConfigError(f"{place}: {path}: row {number}: needs an object with 'text'")
        row.setdefault("text", row.get("sentence"))
    return rows


def tmx_segments(
    path: str, source_language: str, target_language: str, place: str
) -> list[EvaluationSegment]:
    """Read the translation units that contain the source language.

    Raises ConfigError, beginning with `place`, if the file is not TMX or is malicious.
    """
    try:
        units = list(tmx_units(Path(path)))
    except UnreadableError as error:
        raise ConfigError(f"{place}: {path}: {error.reason}; {error.advice}") from None
    segments = list(_segments(units, source_language, target_language))
    if not segments:
        languages = sorted({code for unit in units for code, _ in unit.variants})
        raise ConfigError(
            f"{place}: {path}: no unit in '{source_language}'; "
            f"found {', '.join(languages) or 'no units'}"
        )
    return segments


def _segments(units: Sequence[ReadUnit], source: str, target: str) -> Iterator[EvaluationSegment]:
    for number, unit in enumerate(units, start=1):
        texts: dict[str, list[str]] = {source: [], target: []}
        for code, text in unit.variants:
            own = next((wanted for wanted in texts if _speaks(code, wanted)), None)
            if own is not None:
                texts[own].append(text)
        if texts[source]:
            references = tuple(text for text in texts[target] if text)
            yield EvaluationSegment(unit.identifier or str(number), texts[source][0], references)


def _speaks(found: str, wanted: str) -> bool:
    low = found.lower().replace("_", "-")
    return low == wanted.lower() or low.startswith(wanted.lower() + "-")
