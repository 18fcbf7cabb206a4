"""Test sets from libraries: those built into sacreBLEU, and those `datasets` can load."""

from collections.abc import Mapping
from copy import copy
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from pipeline.errors import ConfigError
from pipeline.evaluate.inputs.set_files import file_segments, row_segment
from pipeline.evaluate.results import EvaluationSegment
from pipeline.input.hub_datasets import be_offline, is_dataset, saved_rows


def sacrebleu_segments(
    name: str, languages: str, *, offline: bool, place: str
) -> list[EvaluationSegment]:
    """Read one of sacreBLEU's test sets, from its cache unless `offline` is false."""
    from sacrebleu.dataset import DATASETS
    from sacrebleu.utils import SACREBLEU_DIR, get_langpairs_for_testset

    if name not in DATASETS:
        raise ConfigError(f"{place}: sacreBLEU has no test set '{name}'; see `sacrebleu --list`")
    if languages not in get_langpairs_for_testset(name):
        raise ConfigError(f"{place}: sacreBLEU's {name} has no '{languages}'")
    test_set: Any = copy(DATASETS[name])
    absent = [
        url
        for url in test_set.data
        if not Path(test_set._rawdir, test_set._get_tarball_filename(url)).exists()
    ]
    if offline and absent:

        def refuse() -> None:
            raise ConfigError(
                f"{place}: {name}/{languages} is not in sacreBLEU's cache ({SACREBLEU_DIR}); fetch "
                f"it once with a network: `sacrebleu -t {name} -l {languages} --echo src`, "
                "or set runtime.offline: false"
            )

        test_set.maybe_download = refuse
    try:
        files = dict(
            zip(test_set.fieldnames(languages), test_set.get_files(languages), strict=True)
        )
        references = [str(file) for file in test_set.get_reference_files(languages)]
    except (OSError, SystemExit, ParseError) as error:
        # sacreBLEU ends the process if a checksum is wrong
        raise ConfigError(
            f"{place}: {name}/{languages}: cannot be fetched or read: {error}"
        ) from None
    return file_segments(files["src"], references, files.get("docid"), place)


def dataset_segments(
    path: str,
    columns: Mapping[str, Any],
    *,
    configuration: str | None,
    split: str,
    revision: str | None,
    offline: bool,
    place: str,
) -> list[EvaluationSegment]:
    """Read a dataset from the hub or a local folder.

    Raises ConfigError if it cannot be loaded; offline, only the cache of `datasets` is used.
    """
    is_local = Path(path).exists()
    if not is_local and revision is None:
        raise ConfigError(f"{place}: {path}: no such folder; a hub id needs a 'revision'")
    if offline:
        be_offline()
    import datasets
    import pyarrow

    datasets.disable_progress_bars()  # progress belongs to the run
    try:
        if is_local and is_dataset(Path(path)):
            rows = saved_rows(Path(path), split, f"{place}: split: {path}")
        else:
            rows = datasets.load_dataset(path, configuration, split=split, revision=revision)
    except (
        OSError,
        ValueError,
        KeyError,
        pyarrow.ArrowException,
        datasets.exceptions.DatasetsError,
    ) as error:
        reason = " ".join(str(error).split())[:200]
        hint = "; set runtime.offline: false to fetch it" if offline and not is_local else ""
        raise ConfigError(f"{place}: {path}: cannot be loaded: {reason}{hint}") from None
    return [
        row_segment(row, columns, f"{place}: {path}: row {number}", str(number))
        for number, row in enumerate(rows, start=1)
    ]
