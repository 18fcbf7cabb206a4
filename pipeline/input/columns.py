"""A row of named columns as a document: JSON Lines, CSV, Parquet and datasets alike."""

import json
from collections.abc import Mapping

from pipeline.input.encodings import UnreadableError, cleaned
from pipeline.records import Document, Failure

EMPTY = "leave it out or give it some text"
_OPTIONAL = ("title", "date", "reference", "reference_summary")
READ_COLUMNS = ("text", "id", *_OPTIONAL)
"""The columns of a row that are read where the config does not rename them."""


def read_failure(name: str, source: str, error: UnreadableError) -> Failure:
    """Give what could not be read as a Failure of stage `read`."""
    return Failure(name, source, "read", error.reason, error.advice)


def row_document(
    name: str, source: str, row: Mapping[str, object], fields: Mapping[str, str]
) -> Document | Failure:
    """Make a document of layout `article` of a row; `fields` says what its columns are called.

    `name` is its id where it has none of its own. Without a text it is a Failure, and so
    it is without an edition where `fields` says what that is called (it may be empty).
    """
    try:
        text_field = fields.get("text", "text")
        if row.get(text_field) is None:
            raise _missing(row, text_field, "rename it or set input.fields.text")
        if "edition" in fields and fields["edition"] not in row:
            raise _missing(row, fields["edition"], "set input.fields.edition or input.edition")
        text = _string(row, text_field)
        if not text or not text.strip():
            raise UnreadableError(f"'{text_field}' is empty", EMPTY)
        more = {key: _string(row, fields.get(key, key)) for key in _OPTIONAL}
        given_id = _string(row, fields.get("id", "id"))
        edition = _string(row, fields["edition"]) if "edition" in fields else None
    except UnreadableError as error:
        return read_failure(name, source, error)
    name = (given_id or "").strip() or name
    return Document(name, text, source, "article", **more, edition=edition)


def _missing(row: Mapping[str, object], field: str, advice: str) -> UnreadableError:
    found = ", ".join(f"'{key}'" for key in list(row)[:8]) or "nothing"
    return UnreadableError(f"no '{field}' field; found {found}", advice)


def json_row(line: str) -> dict[str, object]:
    """Parse a line of JSON Lines. Raises UnreadableError if it holds no JSON object."""
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise UnreadableError(
            f"not JSON: {error.msg} at column {error.colno}", "write one JSON object on each line"
        ) from error
    except RecursionError:
        raise UnreadableError("not JSON: nested too deeply", "write a flat object") from None
    except ValueError:  # Python reads no number of more than 4,300 digits
        raise UnreadableError(
            "not JSON: a number with thousands of digits", "write it as a string"
        ) from None
    if not isinstance(row, dict):
        raise UnreadableError(
            f"a row must be a JSON object; found {_kind(row)}", "write one JSON object on each line"
        )
    return row


def _string(row: Mapping[str, object], key: str) -> str | None:
    """Give a column as text; numbers and dates as they are written, None where it is empty."""
    value = row.get(key)
    if value is None:
        return None
    if hasattr(value, "isoformat"):  # a Parquet file's own dates
        return str(value.isoformat())
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise UnreadableError(f"'{key}' must be text; found {_kind(value)}", "write it as a string")
    return cleaned(str(value)) or None


def _kind(value: object) -> str:
    match value:
        case bool():
            return "true or false"
        case dict():
            return "an object"
        case list():
            return "a list"
        case str():
            return "a string"
        case None:
            return "null"
        case int() | float():
            return "a number"
        case _:
            return type(value).__name__
