"""The English articles of a run, in its folder `english`: a file for each, and one with all."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pipeline
from pipeline.deliver.english.names import WHOLE, file_names
from pipeline.deliver.english.reading import lone_article
from pipeline.deliver.export import WRITER_OF
from pipeline.engine.keys import digest
from pipeline.engine.manifest import Manifest, translation_models
from pipeline.engine.results import PartialRows, english_articles, kept_if_small
from pipeline.engine.reuse import EarlierRun
from pipeline.engine.store import Store, to_jsonl
from pipeline.records import Failure
from pipeline.run.in_place import FOLDER as IN_PLACE
from pipeline.run.in_place import copied_inputs, inputs_digest, remove_copies, write_copies
from pipeline.storage import copy_files, has_files, remove, writing_many

FOLDER = "english"
ENGLISH_VERSION = 6
"""Bump this when the files change though the articles do not."""
MOST_ARTICLES = 5_000
"""Of a larger run only the files with all articles are written: nobody opens 20,000 files."""
COPIES_VERSION = 2
"""The same for the copies of documents in English."""


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
    if key != manifest.english.get("key") and before and before.facts.english.get("key") == key:
        names = _names(before.facts.english)
        if _are_copied(before.store.folder / FOLDER, folder, names, earlier):
            manifest.english |= {"key": key, "files": names}
        earlier = _earlier_files(manifest)
    if key != manifest.english.get("key") or not has_files(folder, earlier):
        rows = kept_if_small(PartialRows(store, manifest.tables), manifest.tables)
        edition = english_articles(rows, _model(manifest), manifest.config.report.title, failures)
        is_large = len(edition.contents) > MOST_ARTICLES
        names = [] if is_large else file_names([article.id for article in edition.articles])
        files = [f"{name}{writer.suffix}" for name in (*names, WHOLE) for writer in writers]
        with writing_many(folder):
            for name, article in zip(names, () if is_large else edition.articles, strict=True):
                for writer in writers:
                    writer.write(lone_article(article), folder / f"{name}{writer.suffix}")
            for writer in writers:
                writer.write(edition, folder / f"{WHOLE}{writer.suffix}")
        for name in sorted({*earlier} - {*files}):
            remove(folder / name)
        manifest.english |= {"key": key, "files": files}
    return tuple(folder / f"{WHOLE}{writer.suffix}" for writer in writers)


def _are_copied(source: Path, folder: Path, names: Sequence[str], old: Sequence[str]) -> bool:
    """Take files of another run in place of the old ones; False if they are not all there."""
    try:
        for name in old:
            remove(folder / name)
        copy_files(source, folder, names)
    except OSError:
        return False
    return True


def write_english_copies(
    manifest: Manifest, store: Store, before: EarlierRun | None = None
) -> tuple[str, ...]:
    """Write the copies of documents in English if anything in them changed; return their notes.

    Takes the copies of the run `before` if they are the same.
    Removes the copies of earlier runs that this one does not write. Raises StoreError.
    """
    files = copied_inputs(manifest.config)
    known = manifest.english.get("copies") or {}
    names = _names(known)
    if not files and not names:
        return ()
    folder = store.folder / FOLDER
    key = digest([COPIES_VERSION, manifest.english.get("key"), inputs_digest(files)])
    earlier = before.facts.english.get("copies") or {} if before else {}
    if before and key != known.get("key") and key == earlier.get("key"):
        others = _names(earlier)
        source = before.store.folder / FOLDER / IN_PLACE
        if _are_copied(source, folder / IN_PLACE, others, names):
            manifest.english["copies"] = known = earlier
            names = others
    if key != known.get("key") or not has_files(folder / IN_PLACE, names):
        copies = write_copies(folder, manifest.config, files, PartialRows(store, manifest.tables))
        remove_copies(folder, sorted({*names} - {*copies.files}))
        known = {"key": key, "files": list(copies.files), "notes": list(copies.notes)}
        manifest.english["copies"] = known
    return tuple(f"{FOLDER}/{note}" for note in known.get("notes") or [])


def size_note(manifest: Manifest) -> tuple[str, ...]:
    """Return why the articles have no files of their own, if the run is too large for them."""
    names = _earlier_files(manifest)
    alone = [name for name in names if Path(name).stem != WHOLE]
    if alone or not names or not manifest.totals.get("articles"):
        return ()
    return (
        f"{FOLDER}: only {', '.join(names)}, because the run has more than {MOST_ARTICLES:,} "
        "articles; run on fewer files at a time for a file of each article",
    )


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
    return digest(
        [
            ENGLISH_VERSION,
            pipeline.__version__,
            manifest.config.deliver.model_dump(mode="json"),
            manifest.config.report.title,
            _model(manifest),
            store.digests(manifest.tables),
            "".join(to_jsonl(failures)),
        ]
    )
