"""The digest of a run: digest.md, digest.html and digest.json in its folder."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pipeline
from pipeline.engine.keys import digest
from pipeline.engine.manifest import Manifest
from pipeline.engine.results import PartialRows
from pipeline.engine.reuse import EarlierRun
from pipeline.errors import ConfigError, StoreError
from pipeline.report.changes import Changes, changes_line
from pipeline.storage import read_json, remove, write_atomically
from pipeline.summarize.digest.stories import Digest, make_digest, with_news
from pipeline.summarize.digest.write import DIGEST_WRITERS, digest_of

DIGEST_VERSION = 5
"""Bump this when the files change though the summaries do not."""


def write_digest(
    manifest: Manifest,
    rows: PartialRows,
    changes: Changes | None = None,
    before: EarlierRun | None = None,
) -> None:
    """Write the files of the digest if anything in them changed; remove them if none is wanted.

    `changes` are those since the run `before`, whose digest is taken if all else in it is the
    same. Raises ConfigError if the previous digest cannot be read.
    """
    section, store = manifest.config.summarize.digest, rows.store
    files = [store.folder / name for name in DIGEST_WRITERS]
    if not section.stories:
        for file in files:
            remove(file)
        return
    previous = read_previous(section.previous) if section.previous else None
    shards = store.digests(manifest.tables)
    title = manifest.config.report.title or "Digest"
    base = digest([DIGEST_VERSION, pipeline.__version__, section.stories, title, previous, shards])
    key = digest([base, manifest.day, asdict(changes) if changes else None])
    if key == manifest.digest_key and all(file.exists() for file in files):
        return
    made = _taken(before, base)
    if made is None:
        kept = rows.kept_if_small()
        made = make_digest(kept, title=title, most=section.stories, previous=previous)
    stories = changes.stories if changes else ()
    kinds = {story.id: story.kind for story in stories if story.kind != "gone"}
    made = with_news(made, manifest.day, kinds, changes_line(changes) if changes else "")
    for file, write in zip(files, DIGEST_WRITERS.values(), strict=True):
        write_atomically(file, write(made))
    manifest.digest_key, manifest.digest_base = key, base


def _taken(before: EarlierRun | None, base: str) -> Digest | None:
    """Return the digest of an earlier run; None if it is another one, or not there."""
    if before is None or before.facts.digest_base != base:
        return None
    try:
        return digest_of(read_json(before.store.folder / "digest.json"))
    except (StoreError, ValueError):
        return None


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
