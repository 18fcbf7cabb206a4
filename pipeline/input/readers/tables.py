"""Rows of Parquet files and datasets with `datasets`."""

from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

from pipeline.input.columns import column_of
from pipeline.input.encodings import UnreadableError
from pipeline.input.files import InputFile
from pipeline.input.hub_datasets import (
    DatasetChoice,
    be_offline,
    hub_tables,
    is_dataset,
    known_split,
    loaded,
    saved_rows,
)
from pipeline.input.open import PACKED

_ROWS_AT_ONCE = 64
_TABLE_ADVICE = "write the table again"
_HUB_ADVICE = "check its name, the commit and the network; the next run tries again"


def dataset_rows(
    file: InputFile, choice: DatasetChoice, fields: Mapping[str, str]
) -> Iterator[tuple[int, dict[str, object]]]:
    """Stream the rows of a Parquet file, a saved dataset, a folder of data files or a hub's.

    Only the columns that `fields` names are read. Raises ConfigError for a split that is
    not there and for a hub's dataset that is not pinned or, when `choice.offline`, not on
    this machine; UnreadableError where the data is damaged or the hub does not give it.
    """
    if choice.offline:
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
        table = _table(file, choice)
        columns = table.column_names
        named = (column_of(name, columns or ()) for name in fields.values())
        wanted = list(dict.fromkeys(name for name in named if name is not None))
        if column_of(fields.get("text", "text"), wanted) is not None:
            table = table.select_columns(wanted)
        for number, row in zip(count(1), table, strict=False):
            yield number, dict(row)
    except (
        DatasetsError,
        pyarrow.ArrowException,
        httpx.HTTPError,
        OSError,
        ValueError,
        KeyError,
    ) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0][:200]
        if file.format == "dataset" and not file.path.exists():
            raise UnreadableError(f"the hub did not deliver it: {reason}", _HUB_ADVICE) from error
        raise UnreadableError(f"not a table that can be read: {reason}", _TABLE_ADVICE) from error


def _table(file: InputFile, choice: DatasetChoice) -> Any:
    path, place = file.path, f"input.dataset.split: {file.source}"
    if file.format == "dataset" and not path.exists():
        found = hub_tables(str(path), choice)
        return found[known_split(choice.split, list(found), place)]
    import datasets

    if file.format == "parquet":
        # few rows at once: a small file may hold one long text a million times
        return datasets.load_dataset(
            "parquet",
            data_files=str(path),
            split="train",
            streaming=True,
            batch_size=_ROWS_AT_ONCE,
        )
    if path.is_dir() and is_dataset(path):
        return saved_rows(path, choice.split, place)
    found = loaded(str(path), choice.subset)
    return found[known_split(choice.split, list(found), place)]


def is_packed(path: Path) -> bool:
    """Say whether a file is packed; a Parquet file must not be: it is read in pieces."""
    return path.suffix.lower() in PACKED
