"""What a run made: its tables, read back from the shards, or one article of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from models.errors import suggest
from pipeline.deliver.english.reading import EnglishEdition, ReadingRow, english_edition
from pipeline.engine.manifest import read_last_run, translation_models
from pipeline.engine.plan import MADE_TABLES, ROW_TYPES
from pipeline.engine.store import Store
from pipeline.errors import ConfigError, StoreError
from pipeline.records import Article, Failure, Score, Summary, Translation
from pipeline.report.report import ArticleRow
from pipeline.storage import read_json_lines
from pipeline.translate.rules.furniture import english_furniture

_SMALL_BYTES = 24_000_000
"""Bytes of the shards of a run up to which its rows stay in memory from one reading to the next."""


@dataclass(frozen=True, slots=True)
class Tables:
    """The rows of a run, in order; tables that were not made are empty."""

    articles: list[Article]
    translations: list[Translation]
    summaries: list[Summary]
    scores: list[Score]


def read_tables(
    store: Store, keys: Mapping[str, Sequence[str]], *, is_finished: bool = False
) -> Tables:
    """Return all rows of a run's tables. Unless it is finished, leave out shards not made yet.

    Raises StoreError if a shard is damaged, or missing from a finished run.
    """
    rows: dict[str, list[Any]] = {}
    for table in MADE_TABLES:
        made = set(store.keys(table))
        wanted = [key for key in keys.get(table, ()) if is_finished or key in made]
        rows[table] = [row for key in wanted for row in store.read(table, key, ROW_TYPES[table])]
    return Tables(**rows)


@dataclass(frozen=True, slots=True)
class Rows:
    """What a run made of each article that every stage finished; see `PartialRows`."""

    rows: Iterable[ReadingRow]

    def __iter__(self) -> Iterator[ArticleRow]:
        for article, translation, summary, score in self.rows:
            if translation and summary and score:
                yield article, translation, summary, score


@dataclass(frozen=True, slots=True)
class PartialRows:
    """Every article of a run with what was made of it, None where a stage failed.

    It is read whenever it is gone through, with one shard of each table in memory at a time.
    `keys` are those of each table, shard beside shard.
    """

    store: Store
    keys: Mapping[str, Sequence[str]]
    _kept: list[ReadingRow] = field(default_factory=list, compare=False)

    def kept_if_small(self) -> Iterable[ReadingRow]:
        """Return the rows of a small run as a list, read once; those of a large run as they are."""
        if not self._kept and self._is_small():
            self._kept.extend(self)
        return self._kept or self

    def _is_small(self) -> bool:
        shards = [(table, key) for table in MADE_TABLES for key in self.keys[table]]
        is_one_each = len(shards) <= len(MADE_TABLES)
        return is_one_each or sum(self.store.size(*shard) for shard in shards) <= _SMALL_BYTES

    def __iter__(self) -> Iterator[ReadingRow]:
        for keys in zip(*(self.keys[table] for table in MADE_TABLES), strict=True):
            tables = (
                self.store.read(table, key, ROW_TYPES[table])
                for table, key in zip(MADE_TABLES, keys, strict=True)
            )
            yield from _side_by_side(Tables(*tables))


def _side_by_side(tables: Tables) -> Iterator[ReadingRow]:
    translations = {row.article_id: row for row in tables.translations}
    summaries = {row.article_id: row for row in tables.summaries}
    scores = {row.article_id: row for row in tables.scores}
    for article in tables.articles:
        name = article.id
        yield article, translations.get(name), summaries.get(name), scores.get(name)


def read_run(folder: Path) -> Tables:
    """Return a run's tables, as far as it has come. Raises StoreError if it is no run."""
    last = read_last_run(folder)
    return read_tables(Store(folder), last.tables, is_finished=last.status == "done")


def run_model(folder: Path) -> str:
    """Return the names of the models that translated a run. Raises StoreError."""
    last = read_last_run(folder)
    return translation_models(last.models, last.config)


def read_edition(folder: Path) -> EnglishEdition:
    """Return the English articles of a run, as far as it has come. Raises StoreError."""
    tables, last = read_run(folder), read_last_run(folder)
    failures = _read_failures(folder / "failures.jsonl")
    title = (last.config.get("report") or {}).get("title")
    model = run_model(folder)
    return english_articles(list(_side_by_side(tables)), model, title, failures)


def _read_failures(path: Path) -> list[Failure]:
    try:
        return [Failure(**row) for row in read_json_lines(path)] if path.exists() else []
    except TypeError:
        raise StoreError(f"{path}: holds no failures of a run; delete it and run again") from None


def english_articles(
    rows: Iterable[ReadingRow], model: str, title: str | None, failures: Sequence[Failure]
) -> EnglishEdition:
    """Return the English articles of a run; dates beside the text are translated by rule."""
    return english_edition(
        rows,
        model=model,
        title=title or "English edition",
        rule=english_furniture,
        failures=failures,
    )


def find_article(tables: Tables, folder: Path, name: str) -> ReadingRow:
    """Return one article with all that was made of it. Raises ConfigError if there is none."""
    for row in _side_by_side(tables):
        if row[0].id == name:
            return row
    names = [article.id for article in tables.articles]
    raise ConfigError(f"{folder}: no article '{name}'; {suggest(name, names)}")
