"""What is new since the run before: read from the shards that the two runs do not share."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from pipeline.engine.plan import SEGMENT, TRANSLATE
from pipeline.engine.reuse import EarlierRun
from pipeline.engine.store import Store
from pipeline.records import Article, Translation
from pipeline.report.changes import Changes, Sided, story_changes
from pipeline.storage import remove, write_if_changed

CHANGES = "changes.json"
"""The file of a run folder that says what is new since the run before."""

_ARTICLES, _TRANSLATIONS = SEGMENT.writes, TRANSLATE.writes


def edition_changes(
    earlier: EarlierRun, store: Store, tables: Mapping[str, Sequence[str]]
) -> Changes:
    """Compare the stories of a run with those of an earlier one.

    Raises StoreError if a shard of this run is damaged.
    """
    shared = {*tables[_ARTICLES]} & {*earlier.tables.get(_ARTICLES, ())}
    before = _stories(earlier.store, earlier.tables, shared)
    after = _stories(store, tables, shared)
    changes = story_changes(earlier.store.folder.name, before, after)
    same = changes.same + sum(store.rows(_ARTICLES, key) for key in shared)
    return Changes(changes.since, same, changes.stories)


def write_changes(folder: Path, changes: Changes | None) -> None:
    """Write `changes.json`, or remove it if there is no run to compare with. Raises StoreError."""
    if changes is None:
        remove(folder / CHANGES)
        return
    values = asdict(changes) | {"counts": changes.counts}
    text = json.dumps(values, ensure_ascii=False, indent=1)
    write_if_changed(folder / CHANGES, text + "\n")


def _stories(store: Store, tables: Mapping[str, Sequence[str]], shared: set[str]) -> list[Sided]:
    """Read the stories of all shards but the shared ones; translations as far as they exist."""
    stories: list[Sided] = []
    made = tables.get(_TRANSLATIONS, ())
    for place, key in enumerate(tables.get(_ARTICLES, ())):
        if key in shared:
            continue
        english: dict[str, Translation] = {}
        if place < len(made) and store.exists(_TRANSLATIONS, made[place]):
            rows = store.read(_TRANSLATIONS, made[place], Translation)
            english = {row.article_id: row for row in rows}
        articles = store.read(_ARTICLES, key, Article)
        stories += [(article, english.get(article.id)) for article in articles]
    return stories
