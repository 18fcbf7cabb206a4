"""The digest of a run: digest.md, digest.html and digest.json in its folder."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pipeline
from pipeline.engine.keys import digest
from pipeline.engine.manifest import Manifest
from pipeline.engine.results import PartialRows
from pipeline.engine.reuse import EarlierRun
from pipeline.engine.store import Store
from pipeline.errors import ConfigError
from pipeline.storage import copy_whole, remove, write_atomically
from pipeline.summarize.digest.stories import make_digest
from pipeline.summarize.digest.write import DIGEST_WRITERS

DIGEST_VERSION = 1
"""Bump this when the files change though the summaries do not."""


def write_digest(manifest: Manifest, store: Store, before: EarlierRun | None = None) -> None:
    """Write the files of the digest if anything in them changed; remove them if none is wanted.

    Takes the files of the run `before` if they are the same. Raises ConfigError if the previous
    digest cannot be read.
    """
    section = manifest.config.summarize.digest
    files = [store.folder / name for name in DIGEST_WRITERS]
    if not section.stories:
        for file in files:
            remove(file)
        return
    previous = read_previous(section.previous) if section.previous else None
    shards = {
        table: [store.digest(table, key) for key in keys] for table, keys in manifest.tables.items()
    }
    title = manifest.config.report.title or "Digest"
    key = digest([DIGEST_VERSION, pipeline.__version__, section.stories, title, previous, shards])
    if key == manifest.digest_key and all(file.exists() for file in files):
        return
    if not (before and before.facts.digest_key == key and _are_taken(before, files)):
        rows = PartialRows(store, manifest.tables)
        made = make_digest(rows, title=title, most=section.stories, previous=previous)
        for file, write in zip(files, DIGEST_WRITERS.values(), strict=True):
            write_atomically(file, write(made))
    manifest.digest_key = key


def _are_taken(before: EarlierRun, files: Sequence[Path]) -> bool:
    """Copy the files of an earlier run; False if they are not all there."""
    try:
        for file in files:
            copy_whole(before.store.folder / file.name, file)
    except OSError:
        return False
    return True


def read_previous(place: str) -> list[Mapping[str, Any]]:
    """Return the stories of an earlier digest.json, or of the one in a folder."""
    path = Path(place)
    path = path / "digest.json" if path.is_dir() else path
    try:
        stories = json.loads(path.read_text(encoding="utf-8"))["stories"]
        return [{name: str(row[name]) for name in ("title_zh", "opening")} for row in stories]
    except OSError as error:
        raise ConfigError(
            f"summarize.digest.previous: {path}: {error.strerror}; name the digest.json of an "
            "earlier run"
        ) from None
    except (ValueError, KeyError, TypeError):
        raise ConfigError(
            f"summarize.digest.previous: {path}: not a digest; name the digest.json of an earlier "
            "run"
        ) from None
