"""Claims: one process at a time has one, and what nobody touches is taken over."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.engine.claims import Claims
from pipeline.engine.executors.claiming import ClaimingExecutor
from pipeline.engine.journal import Journal
from pipeline.engine.plan import TRANSLATE, StageFunction, Step, Tools
from pipeline.engine.shard_keys import Shard
from pipeline.engine.store import Store
from pipeline.records import Article, Translation

SHARDS = [Shard(f"made{name}", (f"read{name}",)) for name in "abc"]


class Counts:
    @contextmanager
    def making(self, shards: int) -> Iterator[None]:
        yield

    def window(self, remembered: int, translated: int, share: float) -> None: ...


def _store(folder: Path) -> Store:
    store = Store(folder)
    for shard in SHARDS:
        article = Article(shard.key, shard.key, "page.txt", "标题", None, None, ())
        store.write("articles", shard.input_keys[0], [article])
    return store


def _executor(folder: Path, first: float = 0) -> ClaimingExecutor:
    claims = Claims(folder, lease_seconds=1)
    return ClaimingExecutor(Store(folder), Journal(), Counts(), None, True, {}, claims, first)


def _step(made: list[str]) -> Step:
    def load(tools: Tools) -> StageFunction:
        def translate(articles: list[Article]) -> list[Translation]:
            made.extend(article.id for article in articles)
            return [Translation(article.id, ()) for article in articles]

        return translate

    return Step(TRANSLATE, {}, (), load)


def _age(path: Path) -> None:
    os.utime(path, (time.time() - 100, time.time() - 100))


def test_a_claim_is_held_by_one_and_free_when_given_back(tmp_path: Path) -> None:
    one, two = Claims(tmp_path), Claims(tmp_path)
    assert one.take("a") == 1
    with one.holding("a"):
        assert two.take("a") == 0
        assert two.alive() == ["a"]
    assert two.take("a") == 1


def test_a_claim_that_nobody_touches_is_taken_over_and_counted(tmp_path: Path) -> None:
    Claims(tmp_path).take("a")
    _age(tmp_path / "claims/a.1.json")
    late = Claims(tmp_path)
    assert late.alive() == []
    assert late.take("a") == 2
    assert Claims(tmp_path).take("a") == 0


def test_a_claim_stays_alive_as_long_as_its_owner(tmp_path: Path) -> None:
    claims = Claims(tmp_path, lease_seconds=0.4)
    claims.take("a")
    with claims.holding("a"):
        time.sleep(0.9)
        assert Claims(tmp_path, lease_seconds=0.4).take("a") == 0


def test_workers_begin_at_different_places_and_make_every_shard_once(tmp_path: Path) -> None:
    store, made = _store(tmp_path), list[str]()
    _executor(tmp_path, first=0.5).make(_step(made), SHARDS)
    assert made == ["madeb", "madec", "madea"]
    _executor(tmp_path).make(_step(made), SHARDS)
    assert len(made) == 3
    assert all(Store(tmp_path).has("translations", shard.key) for shard in SHARDS)
    assert store.folder == tmp_path


def test_a_shard_whose_owner_died_is_made_by_another_worker(tmp_path: Path) -> None:
    _store(tmp_path)
    made: list[str] = []
    Claims(tmp_path).take("translate-madea")
    _age(tmp_path / "claims/translate-madea.1.json")
    _executor(tmp_path).make(_step(made), SHARDS)
    assert sorted(made) == ["madea", "madeb", "madec"]


def test_a_shard_that_ended_three_workers_is_set_aside_and_named(tmp_path: Path) -> None:
    _store(tmp_path)
    made: list[str] = []
    for number in range(1, 4):
        assert Claims(tmp_path).take("translate-madeb") == number
        _age(tmp_path / f"claims/translate-madeb.{number}.json")
    _executor(tmp_path).make(_step(made), SHARDS)
    assert sorted(made) == ["madea", "madec"]
    [failure] = Store(tmp_path).read_failures("translations", "madeb")
    assert (failure.id, "ended 3 workers" in failure.reason) == ("madeb", True)
