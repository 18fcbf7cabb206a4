"""A hub's dataset at one commit: streamed from the hub, or from what this machine has of it.

Offline two places are looked into, both at that very commit: what `datasets` prepared
(Arrow files in its cache), and what was downloaded (a snapshot in the cache of the hub).
"""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.patterns import lazy
from pipeline.errors import ConfigError
from pipeline.language.controls import visible_line
from pipeline.language.plural import plural

_HUB_ID = lazy(r"\w[\w.-]*(?:/\w[\w.-]*)?")
_COMMIT = lazy(r"[0-9a-f]{40}")
_SAVED_FILES = ("dataset_dict.json", "state.json")
"""One of them is in every folder that `datasets` saved."""
_SAVED_FACTS = "dataset_info.json"
"""Is beside `state.json`, which other programs write too."""
_NO_DATA = frozenset((".md", ".yaml", ".yml", ".lock", ".py"))
_NO_DATA_NAMES = frozenset(("dataset_infos.json", "license", "license.txt"))


@dataclass(frozen=True, slots=True)
class DatasetChoice:
    """Which part of a dataset to read, and whether a hub may be asked."""

    split: str = "train"
    subset: str | None = None
    revision: str | None = None
    offline: bool = True


@dataclass(frozen=True, slots=True)
class DatasetTables:
    """The splits of a dataset by name, and in words what is in it beside them."""

    splits: Any
    beside: tuple[str, ...] = ()

    def others(self, split: str) -> tuple[str, ...]:
        """Name what is not read with a split: other splits, with their rows if known, and more."""
        return (*(_split_name(n, t) for n, t in self.splits.items() if n != split), *self.beside)


def _split_name(name: str, table: Any) -> str:
    rows = f" ({plural(len(table), 'row')})" if hasattr(table, "__len__") else ""
    return f"split '{name}'{rows}"


def is_dataset(folder: Path) -> bool:
    """True if `datasets` saved the folder (`save_to_disk`)."""
    of_splits, of_one = ((folder / name).is_file() for name in _SAVED_FILES)
    return of_splits or (of_one and (folder / _SAVED_FACTS).is_file())


def be_offline() -> None:
    """Tell the hub's libraries to stay off the network; to be called before they are imported."""
    os.environ["HF_HUB_OFFLINE"] = os.environ["HF_DATASETS_OFFLINE"] = "1"


def hub_tables(name: str, choice: DatasetChoice) -> DatasetTables:
    """Give the splits of a hub's dataset, to be streamed.

    Raises ConfigError if it is not pinned to a commit and, offline, if this machine does
    not have that commit. What the hub itself says comes as its own exceptions.
    """
    if not _HUB_ID.fullmatch(name):
        raise ConfigError(f"input.paths: '{name}': no such folder, and not a dataset name")
    if choice.revision is None or not _COMMIT.fullmatch(choice.revision):
        found = f"found '{choice.revision}'" if choice.revision else "found none"
        raise ConfigError(
            f"input.dataset.revision: '{name}' is not a folder, and a hub dataset needs the full "
            f"40-digit commit, {found}; branches and tags move, and the articles would change"
        )
    if choice.offline:
        found_here = _prepared(name, choice) or _downloaded(name, choice)
        if found_here is None:
            raise ConfigError(
                f"input.paths: '{name}': no such folder, and the local caches do not have it at "
                f"{choice.revision[:8]}; fetch it once with `hf download --repo-type dataset "
                f"{name} --revision {choice.revision}`, or set runtime.offline: false"
            )
        return found_here
    return loaded(name, choice.subset, choice.revision)


def loaded(path: str, subset: str | None, revision: str | None = None) -> DatasetTables:
    """Give the splits of a folder of data files, or of a hub's dataset, to be streamed.

    Raises ConfigError for a subset that it does not have.
    """
    import datasets

    try:
        builder = datasets.load_dataset_builder(path, subset, revision=revision)
        subsets = [n for n in builder.builder_configs if n != builder.config.name]
        beside = (*(f"subset '{name}'" for name in subsets),)
        if not subsets and Path(path).is_dir():
            beside = tuple(_files_beside(Path(path), builder.config.data_files or {}))
        return DatasetTables(builder.as_streaming_dataset(), beside)
    except ValueError as error:
        if "BuilderConfig" not in str(error) and "Config name is missing" not in str(error):
            raise
        reason = " ".join(str(error).split())[:200]
        raise ConfigError(f"input.dataset.subset: {path}: {reason}") from None


def _files_beside(folder: Path, taken: Mapping[Any, list[str]]) -> Iterator[str]:
    """Name the data files of a folder that no split has: `datasets` reads one kind of file."""
    known = {os.path.realpath(file) for files in taken.values() for file in files}
    for path in sorted(folder.rglob("*")):
        shown = path.relative_to(folder)
        is_data = path.suffix.lower() not in _NO_DATA and path.name.lower() not in _NO_DATA_NAMES
        is_hidden = any(part.startswith((".", "_")) for part in shown.parts)
        if is_data and not is_hidden and path.is_file() and os.path.realpath(path) not in known:
            yield f"file '{visible_line(str(shown))}'"


def saved_tables(folder: Path, split: str) -> DatasetTables:
    """Return what `datasets` saved in a folder (`save_to_disk`).

    A single dataset has no splits and is read whole: it is given as the split.
    """
    import datasets

    saved = datasets.load_from_disk(str(folder))
    return DatasetTables(saved if isinstance(saved, datasets.DatasetDict) else {split: saved})


def saved_rows(folder: Path, split: str, place: str) -> Any:
    """Return the rows of a split that `datasets` saved in a folder (`save_to_disk`).

    Raises ConfigError, which begins with `place`, where several splits were saved and `split` is
    not one of them.
    """
    splits = saved_tables(folder, split).splits
    return splits[known_split(split, list(splits), place)]


def known_split(wanted: str, known: list[str], place: str) -> str:
    """Return the split that is wanted. Raises ConfigError if it is not known."""
    if wanted not in known:
        raise ConfigError(f"{place} has no '{wanted}'; choose {', '.join(sorted(known))}")
    return wanted


def _prepared(name: str, choice: DatasetChoice) -> DatasetTables | None:
    """Give what `datasets` has prepared of the commit: cache/owner___name/SUBSET/VERSION/COMMIT."""
    import datasets
    from datasets.naming import camelcase_to_snakecase

    owner, mark, own = name.rpartition("/")
    folder = owner + mark.replace("/", "___") + camelcase_to_snakecase(own)
    cache = Path(datasets.config.HF_DATASETS_CACHE).expanduser()
    subsets = {
        place.parents[1].name: place
        for place in sorted(cache.glob(f"{folder}/*/*/{choice.revision}"))
        if (place / "dataset_info.json").is_file()
        and choice.subset in (None, place.parents[1].name)
    }
    if not subsets:
        return None
    if len(subsets) > 1:
        raise ConfigError(
            f"input.dataset.subset: '{name}' has several; choose {', '.join(sorted(subsets))}"
        )
    [place] = subsets.values()
    files = {split: names for split, names in _arrow_files(place) if names}
    if not files:
        return None
    return DatasetTables(datasets.load_dataset("arrow", data_files=files, streaming=True))


def _arrow_files(place: Path) -> Iterator[tuple[str, list[str]]]:
    facts = json.loads((place / "dataset_info.json").read_text(encoding="utf-8"))
    for split in facts.get("splits") or ():
        whole = sorted(place.glob(f"*-{split}.arrow"))
        pieces = sorted(place.glob(f"*-{split}-[0-9]*-of-[0-9]*.arrow"))
        yield split, [str(file) for file in whole or pieces]


def _downloaded(name: str, choice: DatasetChoice) -> DatasetTables | None:
    """Give what has been downloaded of the commit; None where there is no data file of it."""
    from datasets.exceptions import DatasetsError
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        folder = snapshot_download(
            name, repo_type="dataset", revision=choice.revision, local_files_only=True
        )
        return loaded(folder, choice.subset)
    except (LocalEntryNotFoundError, DatasetsError, FileNotFoundError):
        # a streamed dataset leaves its README in the cache, and nothing else
        return None
