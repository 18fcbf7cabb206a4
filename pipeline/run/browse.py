"""Look into a run folder: all its tables, or one article of it."""

import difflib
from pathlib import Path

from pipeline.engine.manifest import read_last_run
from pipeline.engine.store import Store
from pipeline.errors import ConfigError, StoreError
from pipeline.records import Article, Score, Summary, Translation
from pipeline.run.finish import Tables, read_tables


def read_run(folder: Path) -> Tables:
    """Return a run's tables, as far as it has come. Raises StoreError if it is no run."""
    if not (folder / "manifest.json").exists():
        raise StoreError(f"{folder}: not a run folder (it has no manifest.json)")
    last = read_last_run(folder)
    return read_tables(Store(folder), last.tables, is_finished=last.status == "done")


def find_article(
    tables: Tables, folder: Path, name: str
) -> tuple[Article, Translation | None, Summary | None, Score | None]:
    """Return one article with all that was made of it. Raises ConfigError if there is none."""
    names = [article.id for article in tables.articles]
    if name not in names:
        close = difflib.get_close_matches(name, names, n=3, cutoff=0.4) or names[:3]
        raise ConfigError(f"{folder}: no article '{name}'; there is {', '.join(close)}")
    article = tables.articles[names.index(name)]
    return (
        article,
        next((row for row in tables.translations if row.article_id == name), None),
        next((row for row in tables.summaries if row.article_id == name), None),
        next((row for row in tables.scores if row.article_id == name), None),
    )
