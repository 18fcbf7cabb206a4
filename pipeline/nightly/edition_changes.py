"""What is new since the run before: read from the shards that the two runs do not share."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from pipeline.engine.plan import SEGMENT, TRANSLATE
from pipeline.engine.reuse import EarlierRun
from pipeline.engine.store import Store
from pipeline.records import Article, Translation
from pipeline.report.changes import Changes, Sided, story_changes, story_digest
from pipeline.storage import remove, write_if_changed

CHANGES = "changes.json"
"""The file of a run folder that says what is new since the run before."""

_ARTICLES, _TRANSLATIONS = SEGMENT.writes, TRANSLATE.writes


def edition_changes(
    earlier: EarlierRun, store: Store, tables: Mapping[str, Sequence[str]]
) -> Changes:
    """Compare the stories of a run with those of an earlier one.

    Stories that are the same on the same page are matched by a digest first: only the others are
    held in memory. Raises StoreError if a shard of this run is damaged.
    """
    shared = {*tables[_ARTICLES]} & {*earlier.tables.get(_ARTICLES, ())}
    known = Counter(
        story_digest(article)
        for _, key in _shards(earlier.tables, shared)
        for article in earlier.store.read(_ARTICLES, key, Article)
    )
    left = known.copy()
    after = list(_other_stories(store, tables, shared, left))
    before = list(_other_stories(earlier.store, earlier.tables, shared, known - left))
    changes = story_changes(earlier.store.folder.name, before, after)
    same = known.total() - left.total() + sum(store.rows(_ARTICLES, key) for key in shared)
    return Changes(changes.since, changes.same + same, changes.stories)


def write_changes(folder: Path, changes: Changes | None) -> None:
    """Write `changes.json`, or remove it if there is no run to compare with. Raises StoreError."""
    if changes is None:
        remove(folder / CHANGES)
        return
    values = asdict(changes) | {"counts": changes.counts}
    text = json.dumps(values, ensure_ascii=False, indent=1)
    write_if_changed(folder / CHANGES, text + "\n")


def _shards(tables: Mapping[str, Sequence[str]], shared: set[str]) -> Iterator[tuple[int, str]]:
    """Yield the place and the key of every shard of articles but the shared ones."""
    for place, key in enumerate(tables.get(_ARTICLES, ())):
        if key not in shared:
            yield place, key


def _other_stories(
    store: Store, tables: Mapping[str, Sequence[str]], shared: set[str], matched: Counter[bytes]
) -> Iterator[Sided]:
    """Yield the stories that are not among `matched`, which counts down; translations if any."""
    made = tables.get(_TRANSLATIONS, ())
    for place, key in _shards(tables, shared):
        others = []
        for article in store.read(_ARTICLES, key, Article):
            digest = story_digest(article)
            if matched[digest]:
                matched[digest] -= 1
            else:
                others.append(article)
        english: dict[str, Translation] = {}
        if others and place < len(made) and store.exists(_TRANSLATIONS, made[place]):
            rows = store.read(_TRANSLATIONS, made[place], Translation)
            english = {row.article_id: row for row in rows}
        for article in others:
            yield article, english.get(article.id)
