"""Rows of Parquet files and datasets with `datasets`."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

from models.errors import first_line
from pipeline.input.columns import column_of
from pipeline.input.encodings import UnreadableError
from pipeline.input.files import InputFile, ReadSettings
from pipeline.input.hub_datasets import (
    DatasetTables,
    be_offline,
    hub_tables,
    is_dataset,
    known_split,
    loaded,
    saved_tables,
)
from pipeline.input.open import PACKED

_ROWS_AT_ONCE = 64
_TEXT_KINDS = ("string", "large_string")
_TABLE_ADVICE = "write the table again"
_HUB_ADVICE = "check its name, the commit and the network; the next run tries again"


def dataset_rows(
    file: InputFile, settings: ReadSettings
) -> Iterator[tuple[int, dict[str, object]]]:
    """Stream the rows of a Parquet file, a saved dataset, a folder of data files or a hub's.

    Only the columns that `settings.fields` names are read; for an account, also the other columns
    of text. Other splits, subsets and files of a dataset are named to `settings.parts_unread`.
    Raises ConfigError for a split that is not there and for a hub's dataset that is not pinned or,
    offline, not on this machine; UnreadableError where the data is damaged or the hub does not
    give it.
    """
    fields = settings.fields
    if settings.dataset.offline:
        be_offline()
    # datasets takes seconds to import: only these formats pay it
    import pyarrow
    from datasets.exceptions import DatasetsError
    from datasets.utils import logging as datasets_logging

    # the hub's own client, under whatever name it has it now
    from huggingface_hub.utils import httpx  # type: ignore[attr-defined]

    # what is wrong with a table is told as a Failure; the library would also print it
    datasets_logging.set_verbosity(datasets_logging.CRITICAL)
    datasets_logging.disable_progress_bar()
    try:
        table = _table(file, settings)
        columns = table.column_names
        named = (column_of(name, columns or ()) for name in fields.values())
        wanted = dict.fromkeys(name for name in named if name is not None)
        if column_of(fields.get("text", "text"), list(wanted)) is not None:
            if settings.accounted is not None:
                wanted |= dict.fromkeys(_text_columns(table))
            table = table.select_columns(list(wanted))
        labels = {name: kind for name, kind in (table.features or {}).items() if _has_labels(kind)}
        for number, row in zip(count(1), table, strict=False):
            names = {name: _with_names(row.get(name), kind) for name, kind in labels.items()}
            yield number, {**row, **names}
    except (
        DatasetsError,
        pyarrow.ArrowException,
        httpx.HTTPError,
        OSError,
        ValueError,
        KeyError,
    ) as error:
        reason = first_line(error)[:200]
        if file.format == "dataset" and not file.path.exists():
            raise UnreadableError(f"the hub did not deliver it: {reason}", _HUB_ADVICE) from error
        raise UnreadableError(f"not a table that can be read: {reason}", _TABLE_ADVICE) from error


def _table(file: InputFile, settings: ReadSettings) -> Any:
    import datasets

    path, choice = file.path, settings.dataset
    if file.format == "parquet":
        features, unknown = _known_columns(path)
        if unknown:
            settings.parts_unread(file.source, unknown)
        # few rows at once: a small file may hold one long text a million times
        return datasets.load_dataset(
            "parquet",
            data_files=str(path),
            split="train",
            streaming=True,
            batch_size=_ROWS_AT_ONCE,
            columns=list(features),
            features=features,
        )
    tables = _dataset(path, settings)
    split = known_split(choice.split, list(tables.splits), f"input.dataset.split: {file.source}")
    if others := tables.others(split):
        settings.parts_unread(file.source, others)
    return tables.splits[split]


def _known_columns(path: Path) -> tuple[Any, list[str]]:
    """Return the types of a Parquet file's columns, and in words the columns of other types.

    `datasets` knows no maps, and refuses a file that has one.
    """
    import datasets
    import pyarrow.parquet

    schema = pyarrow.parquet.read_schema(path)
    others = []
    for column in schema:
        try:
            datasets.Features.from_arrow_schema(pyarrow.schema([column]))
        except ValueError:
            others.append(f"column '{column.name}' ({column.type})")
            schema = schema.remove(schema.get_field_index(column.name))
    return datasets.Features.from_arrow_schema(schema), others


def _dataset(path: Path, settings: ReadSettings) -> DatasetTables:
    choice = settings.dataset
    if not path.exists():
        return hub_tables(str(path), choice)
    if is_dataset(path):
        return saved_tables(path, choice.split)
    return loaded(str(path), choice.subset)


def _text_columns(table: Any) -> list[str]:
    """Return the columns that hold text, by itself or in lists and objects."""
    return [name for name, kind in (table.features or {}).items() if _holds_text(kind)]


def _holds_text(kind: Any) -> bool:
    if isinstance(kind, list | dict):
        return any(map(_holds_text, kind.values() if isinstance(kind, dict) else kind))
    return (
        _holds_text(kind.feature)
        if hasattr(kind, "feature")
        else (getattr(kind, "dtype", "") in _TEXT_KINDS)
    )


def _has_labels(kind: Any) -> bool:
    """True if a column holds numbers of a ClassLabel, by itself or in lists and objects."""
    return hasattr(kind, "int2str") or any(map(_has_labels, _kinds_inside(kind)))


def _kinds_inside(kind: Any) -> list[Any]:
    if isinstance(kind, dict):
        return list(kind.values())
    if isinstance(kind, list):
        return kind
    return [kind.feature] if hasattr(kind, "feature") else []


def _with_names(value: Any, kind: Any) -> Any:
    """Return a value with the names of its labels in place of their numbers."""
    if hasattr(kind, "int2str"):
        is_label = isinstance(value, int) and 0 <= value < kind.num_classes
        return kind.int2str(value) if is_label else None
    if isinstance(value, dict):
        kinds = kind if isinstance(kind, dict) else getattr(kind, "feature", None)
        inside = kinds if isinstance(kinds, dict) else {}
        return {name: _with_names(inner, inside.get(name)) for name, inner in value.items()}
    if isinstance(value, list):
        [inside, *_] = [*_kinds_inside(kind), None] if not isinstance(kind, dict) else [kind]
        return [_with_names(inner, inside) for inner in value]
    return value


def is_packed(path: Path) -> bool:
    """Say whether a file is packed; a Parquet file must not be: it is read in pieces."""
    return path.suffix.lower() in PACKED
