"""The English articles of a run, in its folder `english`: a file for each, and one with all."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pipeline
from pipeline.deliver.english.names import WHOLE, file_names
from pipeline.deliver.english.reading import EnglishEdition, lone_article
from pipeline.deliver.export import WRITER_OF, ExportWriter
from pipeline.deliver.in_place.slots import Pairs
from pipeline.engine.keys import digest
from pipeline.engine.manifest import Manifest, translation_models
from pipeline.engine.results import PartialRows, english_articles
from pipeline.engine.reuse import EarlierRun
from pipeline.engine.store import Store, to_json, to_jsonl
from pipeline.input.files import InputFile
from pipeline.nightly.same_files import SameFiles
from pipeline.records import Failure
from pipeline.run.in_place import FOLDER as IN_PLACE
from pipeline.run.in_place import copied_inputs, input_digests, remove_copies, write_copies
from pipeline.storage import has_files, remove, writing_many

FOLDER = "english"
ENGLISH_VERSION = 8
"""Bump this when the files change though the articles do not."""
MOST_ARTICLES = 5_000
"""Of a larger run only the files with all articles are written: nobody opens 20,000 files."""
COPIES_VERSION = 5
"""The same for the copies of documents in English."""


def write_english(
    manifest: Manifest,
    rows: PartialRows,
    failures: Sequence[Failure],
    before: EarlierRun | None = None,
) -> tuple[Path, ...]:
    """Write the English articles if anything in them changed; return the files with all of them.

    Takes the files of the run `before` that are the same.
    Removes the files of earlier runs that this one does not write. Raises StoreError.
    """
    writers = [WRITER_OF[name] for name in manifest.config.deliver.formats]
    if not writers:
        return ()
    folder = rows.store.folder / FOLDER
    key, old = _key(manifest, rows.store, failures), _earlier_files(manifest)
    same = SameFiles(before, FOLDER, before.facts.english if before else {})
    if key != manifest.english.get("key") and key == same.facts.get("key"):
        names = _names(same.facts)
        if same.take(folder, names):
            manifest.english |= {"key": key, "files": names, "made_of": same.facts.get("made_of")}
    names = _earlier_files(manifest)
    if key != manifest.english.get("key") or not has_files(folder, names):
        edition = english_articles(
            rows.kept_if_small(), _model(manifest), manifest.config.report.title, failures
        )
        names = _write_edition(edition, folder, writers, same)
        manifest.english |= {"key": key, "files": names, "made_of": same.made_of}
    for name in sorted({*old} - {*names}):
        remove(folder / name)
    return tuple(folder / f"{WHOLE}{writer.suffix}" for writer in writers)


def _write_edition(
    edition: EnglishEdition, folder: Path, writers: Sequence[ExportWriter], same: SameFiles
) -> list[str]:
    """Write the file with all articles, and the files of each unless the run is too large."""
    is_large = len(edition.contents) > MOST_ARTICLES
    articles = () if is_large else edition.articles
    names = [] if is_large else file_names([article.id for article in articles])
    suffixes = [writer.suffix for writer in writers]
    with writing_many(folder) as write:
        for name, article in zip(names, articles, strict=True):
            content = [ENGLISH_VERSION, pipeline.__version__, suffixes, to_json(article)]
            if not same.take_same(name, content, folder, [name + suffix for suffix in suffixes]):
                for writer in writers:
                    writer.write(lone_article(article), folder / f"{name}{writer.suffix}", write)
        for writer in writers:
            writer.write(edition, folder / f"{WHOLE}{writer.suffix}", write)
    return [name + suffix for name in (*names, WHOLE) for suffix in suffixes]


def write_english_copies(
    manifest: Manifest, rows: PartialRows, before: EarlierRun | None = None
) -> tuple[str, ...]:
    """Write the copies of documents in English if anything in them changed; return their notes.

    Takes the copies of the run `before` that are the same.
    Removes the copies of earlier runs that this one does not write. Raises StoreError.
    """
    files = copied_inputs(manifest.config)
    known = manifest.english.get("copies") or {}
    old = _names(known)
    if not files and not old:
        return ()
    folder = rows.store.folder / FOLDER
    digests = input_digests(files)
    key = digest([COPIES_VERSION, manifest.english.get("key"), digests])
    facts = before.facts.english.get("copies") or {} if before else {}
    same = SameFiles(before, f"{FOLDER}/{IN_PLACE}", facts)
    if key != known.get("key") and key == facts.get("key"):
        known = facts if same.take(folder / IN_PLACE, _names(facts)) else known
    if key != known.get("key") or not has_files(folder / IN_PLACE, _names(known)):

        def take(file: InputFile, name: str, pairs: Pairs) -> bool:
            content = [COPIES_VERSION, pipeline.__version__, file.format, [*pairs]]
            content.append(digests[file.source])
            return same.take_same(name, content, folder / IN_PLACE, [name])

        copies = write_copies(folder, manifest.config, files, rows.kept_if_small(), take)
        made_of = {n: made for n, made in same.made_of.items() if n not in copies.partial}
        known = {"key": key, "files": [*copies.files], "notes": [*copies.notes], "made_of": made_of}
    remove_copies(folder, sorted({*old} - {*_names(known)}))
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
