"""The local executor makes what is missing, in the same windows however much is ready."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipeline.engine.executors import Executor
from pipeline.engine.executors.local import LocalExecutor
from pipeline.engine.journal import Journal
from pipeline.engine.plan import TRANSLATE, StageFunction, Step, Tools
from pipeline.engine.shard_keys import Shard
from pipeline.engine.store import Store
from pipeline.memory.memory import Memory
from pipeline.records import Article, Translation

SHARDS = [Shard(f"made{name}", (f"read{name}",)) for name in "abcd"]


class Counts:
    """Hears what is made, as a driver does."""

    def __init__(self) -> None:
        self.groups: list[int] = []

    @contextmanager
    def making(self, shards: int) -> Iterator[None]:
        self.groups.append(shards)
        yield

    def window(self, remembered: int, translated: int, share: float) -> None: ...


class Bench:
    """A store with the articles of four shards, and an executor over it."""

    def __init__(self, folder: Path, *, memory: bool = True) -> None:
        self.store, self.counts = Store(folder), Counts()
        self.loads, self.calls = 0, list[list[str]]()
        for shard in SHARDS:
            article = Article(shard.key, shard.key, "page.txt", "标题", None, None, ())
            self.store.write("articles", shard.input_keys[0], [article])
        self.size = self.store.size("articles", SHARDS[0].input_keys[0])
        self.executor: Executor = LocalExecutor(
            self.store,
            Journal(),
            self.counts,
            Memory(folder / "memory.sqlite") if memory else None,
            reuse=True,
            corrections={},
        )

    def step(self, bytes_at_once: int) -> Step:
        def load(tools: Tools) -> StageFunction:
            self.loads += 1
            return self.translate

        return Step(TRANSLATE, {}, (), load, bytes_at_once)

    def translate(self, articles: Sequence[Any]) -> list[Translation]:
        self.calls.append([article.id[-1] for article in articles])
        return [Translation(article.id, ()) for article in articles]


def test_nothing_is_loaded_where_nothing_is_missing(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.executor.make(bench.step(0), [replace(shard, is_ready=True) for shard in SHARDS])
    bench.executor.make(bench.step(0), [])
    assert (bench.loads, bench.calls) == (0, [])


def test_every_missing_shard_is_made_once_and_counted(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.executor.make(bench.step(2 * bench.size), SHARDS)
    assert bench.calls == [["a", "b"], ["c", "d"]]
    assert (bench.loads, bench.counts.groups) == (1, [2, 2])
    assert all(bench.store.has("translations", shard.key) for shard in SHARDS)


def test_the_windows_are_the_same_whatever_is_ready(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    ready = [SHARDS[0], replace(SHARDS[1], is_ready=True), *SHARDS[2:]]
    bench.executor.make(bench.step(2 * bench.size), ready)
    assert bench.calls == [["a"], ["c", "d"]]


def test_without_a_memory_every_shard_is_made_by_itself(tmp_path: Path) -> None:
    bench = Bench(tmp_path, memory=False)
    bench.executor.make(bench.step(4 * bench.size), SHARDS)
    assert bench.calls == [["a"], ["b"], ["c"], ["d"]]
