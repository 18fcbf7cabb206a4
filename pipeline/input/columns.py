"""A row of named columns as a document: JSON Lines, CSV, Parquet and datasets alike."""

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate
from typing import Any

from pipeline.input.encodings import UnreadableError, cleaned
from pipeline.input.readers.markup.markdown import plain_markdown
from pipeline.records import Document, Failure

EMPTY = "leave it out or give it some text"
_OPTIONAL = ("title", "date", "reference", "reference_summary")
READ_COLUMNS = ("text", "id", *_OPTIONAL)
"""The columns of a row that are read where the config does not rename them."""
_VARIANTS = {"language", "translation"}
"""The columns in which `datasets` keeps several translations into one language."""
_TEXT_FIELDS = ("text", "content", "zh")
"""Where the text of an object is, if a config names only the column that it is in."""


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
        if column_value(row, text_field) is None:
            if _is_there(row, text_field):
                raise UnreadableError(f"'{text_field}' is empty", EMPTY)
            raise _missing(row, text_field, "rename it or set input.fields.text")
        if "edition" in fields and column_of(fields["edition"], row) is None:
            raise _missing(row, fields["edition"], "set input.fields.edition or input.edition")
        text = plain_markdown(field_text(row, text_field) or "")
        if not text.strip():
            raise UnreadableError(f"'{text_field}' is empty", EMPTY)
        more = {key: field_text(row, fields.get(key, key)) for key in _OPTIONAL}
        given_id = field_text(row, fields.get("id", "id"))
        edition = field_text(row, fields["edition"]) if "edition" in fields else None
    except UnreadableError as error:
        return read_failure(name, source, error)
    name = (given_id or "").strip() or name
    return Document(
        name,
        text,
        source,
        "article",
        title=more["title"] and plain_markdown(more["title"]),
        date=more["date"],
        reference=more["reference"],
        reference_summary=more["reference_summary"],
        edition=edition,
    )


def column_of(name: str, columns: Iterable[str]) -> str | None:
    """Return the column that a name is in: itself, or the longest `a.b` that begins `a.b.c`.

    >>> column_of("translation.zh", ["id", "translation"])
    'translation'
    """
    parts = [*accumulate(name.split("."), "{}.{}".format)]
    known = set(columns)
    return next((part for part in reversed(parts) if part in known), None)


def column_value(row: Mapping[str, Any], name: str | None) -> Any:
    """Return a column's value; `translation.zh` is `zh` inside the column `translation`.

    Inside a column that is a list, the name is looked up in every item. None if it is not there.
    """
    if name is None or name in row or "." not in name:
        return None if name is None else row.get(name)
    column = column_of(name, row)
    if column is None:
        return None
    value = row[column]
    for part in name[len(column) + 1 :].split("."):
        value = _inside(value, part)
    return value


def _is_there(row: Mapping[str, Any], name: str) -> bool:
    """True if a row has a column by its name, or by that of a field inside it, even if empty."""
    column = column_of(name, row)
    if column is None:
        return False
    held = [row[column]]
    for part in filter(None, name[len(column) + 1 :].split(".")):
        held = [item for value in held for item in (value if isinstance(value, list) else [value])]
        if any(isinstance(value, Mapping) and part not in value for value in held):
            return False
        held = [value[part] for value in held if isinstance(value, Mapping)]
    return True


def _inside(value: Any, part: str) -> Any:
    if isinstance(value, Mapping):
        if part not in value and value.keys() == _VARIANTS:
            pairs = zip(value["language"], value["translation"], strict=False)
            return [text for language, text in pairs if language == part] or None
        return value.get(part)
    if not isinstance(value, list):
        return None
    if part.isdecimal():
        return value[int(part)] if int(part) < len(value) else None
    found = [_inside(item, part) for item in value]
    return [item for item in found if item is not None] or None


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


def field_text(row: Mapping[str, object], key: str) -> str | None:
    """Give a column as text; numbers and dates as they are written, None where it is empty."""
    value = row.get(key)
    if value is None:
        if "." not in key:
            return None
        value = column_value(row, key)
    if isinstance(value, str):
        return cleaned(value) or None
    if isinstance(value, list):  # a list of text, or of such lists, is its paragraphs
        value = "\n\n".join(_items(key, value))
    if value is None or value == "":
        return None
    if hasattr(value, "isoformat"):  # a Parquet file's own dates
        return str(value.isoformat())
    return cleaned(_one_text(key, value, "")) or None


def _items(key: str, values: list[Any]) -> Iterator[str]:
    """Yield the texts of a list, of lists in it too. Raises UnreadableError for other objects."""
    for value in values:
        if isinstance(value, list):
            yield from _items(key, value)
        elif value is not None and (text := _one_text(key, value, "a list with ")).strip():
            yield text


def _one_text(key: str, value: object, around: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        texts = [text for text in value.values() if isinstance(text, str) and text.strip()]
        named = next((value[name] for name in _TEXT_FIELDS if value.get(name)), None)
        value = named if isinstance(named, str) else texts[0] if len(texts) == 1 else value
        if isinstance(value, str):
            return value
    if isinstance(value, bool) or around or not isinstance(value, int | float):
        advice = "write it as a string"
        if isinstance(value, Mapping) and value:
            advice = f"name a field inside it, such as '{key}.{next(iter(value))}'"
        raise UnreadableError(f"'{key}' must be text; found {around}{_kind(value)}", advice)
    return str(value)


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
