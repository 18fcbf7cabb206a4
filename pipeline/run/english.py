"""The English articles of a run, in its folder `english`: a file for each, and one with all."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pipeline
from models.files import sweep
from pipeline.deliver.english.names import WHOLE, file_names
from pipeline.deliver.english.reading import lone_article
from pipeline.deliver.export import WRITER_OF
from pipeline.engine.keys import digest
from pipeline.engine.manifest import Manifest, translation_models
from pipeline.engine.results import PartialRows, english_articles
from pipeline.engine.reuse import EarlierRun
from pipeline.engine.store import Store, to_jsonl
from pipeline.records import Failure
from pipeline.storage import copy_files, has_files, remove

FOLDER = "english"
ENGLISH_VERSION = 2
"""Bump this when the files change though the articles do not."""


def write_english(
    manifest: Manifest,
    store: Store,
    failures: Sequence[Failure],
    before: EarlierRun | None = None,
) -> tuple[Path, ...]:
    """Write the English articles if anything in them changed; return the files with all of them.

    Takes the files of the run `before` if they are the same.
    Removes the files of earlier runs that this one does not write. Raises StoreError.
    """
    writers = [WRITER_OF[name] for name in manifest.config.deliver.formats]
    if not writers:
        return ()
    folder = store.folder / FOLDER
    key = _key(manifest, store, failures)
    earlier = _earlier_files(manifest)
    if key != manifest.english.get("key") and before and _copied(before, key, folder, earlier):
        manifest.english = dict(before.facts.english)
        earlier = _earlier_files(manifest)
    if key != manifest.english.get("key") or not has_files(folder, earlier):
        sweep(folder, lambda name: True)
        rows = PartialRows(store, manifest.tables)
        edition = english_articles(rows, _model(manifest), manifest.config.report.title, failures)
        names = file_names([article.id for article in edition.articles])
        files = [f"{name}{writer.suffix}" for name in (*names, WHOLE) for writer in writers]
        for name, article in zip(names, edition.articles, strict=True):
            for writer in writers:
                writer.write(lone_article(article), folder / f"{name}{writer.suffix}")
        for writer in writers:
            writer.write(edition, folder / f"{WHOLE}{writer.suffix}")
        for name in sorted({*earlier} - {*files}):
            remove(folder / name)
        manifest.english = {"key": key, "files": files}
    return tuple(folder / f"{WHOLE}{writer.suffix}" for writer in writers)


def _copied(before: EarlierRun, key: str, folder: Path, old: Sequence[str]) -> bool:
    """Take the files of another run if they are the same; False if they are not all there."""
    if before.facts.english.get("key") != key:
        return False
    names = _names(before.facts.english)
    try:
        for name in old:
            remove(folder / name)
        copy_files(before.store.folder / FOLDER, folder, names)
    except OSError:
        return False
    return True


def _earlier_files(manifest: Manifest) -> list[str]:
    return _names(manifest.english)


def _names(english: Mapping[str, Any]) -> list[str]:
    """Return the names that an earlier run wrote; a manifest may be edited, so no paths."""
    names = map(str, english.get("files") or [])
    return [name for name in names if "/" not in name and os.sep not in name]


def _model(manifest: Manifest) -> str:
    return translation_models(manifest.models, manifest.config.model_dump())


def _key(manifest: Manifest, store: Store, failures: Sequence[Failure]) -> str:
    """Name the files by all that is in them: the shards by their content."""
    shards = {
        table: [store.digest(table, key) for key in keys] for table, keys in manifest.tables.items()
    }
    return digest(
        [
            ENGLISH_VERSION,
            pipeline.__version__,
            manifest.config.deliver.model_dump(mode="json"),
            manifest.config.report.title,
            _model(manifest),
            shards,
            "".join(to_jsonl(failures)),
        ]
    )
