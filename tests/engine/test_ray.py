"""The Ray executor over a cluster that is played: workers die, and every shard is accounted for."""

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from models.prompted.specs import EndpointSpec
from pipeline.config.sections import Config
from pipeline.engine.executors.division import divided
from pipeline.engine.executors.ray import Cluster, RayExecutor
from pipeline.engine.executors.worker import Made
from pipeline.engine.journal import Journal
from pipeline.engine.plan import TRANSLATE, Step
from pipeline.engine.shard_keys import Shard
from pipeline.engine.store import Store
from pipeline.records import Article, Translation
from tests.engine.test_executors import SHARDS, Counts


class PlayedError(Exception):
    """What all errors of the played cluster are."""


class TaskError(PlayedError): ...


class DeadError(PlayedError): ...


class MemoryLostError(PlayedError): ...


class PlayedRay:
    """A cluster in this process: a reference is a call that is made when it is waited for."""

    exceptions = SimpleNamespace(RayError=PlayedError, RayTaskError=TaskError)

    def __init__(self, store: Store, faults: dict[str, Exception]) -> None:
        self.store, self.faults = store, faults
        self.started = 0
        self.killed: list[Any] = []
        self.made: list[str] = []

    def new_actor(self, has_gpu: bool) -> Any:
        self.started += 1
        return SimpleNamespace(
            ready=SimpleNamespace(remote=lambda: lambda: has_gpu),
            make=SimpleNamespace(remote=lambda order, group: lambda: self._make(group)),
        )

    def _make(self, group: Sequence[Shard]) -> Made:
        for shard in group:
            if fault := self.faults.get(shard.key):
                raise fault
            self.made.append(shard.key)
            self.store.write("translations", shard.key, [Translation(shard.key, ())])
        return Made(0, len(group), ())

    def put(self, value: object) -> object:
        return value

    def wait(self, references: list[Any], **_: object) -> tuple[list[Any], list[Any]]:
        return references[:1], references[1:]

    def get(self, reference: Any) -> object:
        return reference()

    def kill(self, actor: object) -> None:
        self.killed.append(actor)


def _config(folder: Path, translate: dict[str, Any]) -> Config:
    values = {"input": {"paths": ["in"]}, "output": str(folder), "translate": translate}
    return Config.model_validate(values | {"runtime": {"memory": "off"}})


def _made(folder: Path, faults: dict[str, Exception]) -> PlayedRay:
    store = Store(folder)
    for shard in SHARDS:
        article = Article(shard.key, shard.key, "page.txt", "标题", None, None, ())
        store.write("articles", shard.input_keys[0], [article])
    ray = PlayedRay(store, faults)
    cluster = Cluster(ray, ray.new_actor)
    cluster.start(False)
    config = _config(folder, {})
    executor = RayExecutor(store, Journal(), Counts(), lambda: cluster, config, True, {})
    executor.make(Step(TRANSLATE, {}, (), lambda tools: list), SHARDS)
    return ray


@pytest.mark.parametrize("fault", [DeadError(), MemoryLostError()])
def test_a_shard_that_ends_three_workers_however_is_set_aside_and_named(
    fault: Exception, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ray = _made(tmp_path, {"madeb": fault})
    assert ray.made == ["madea", "madec", "maded"]
    assert (ray.started, len(ray.killed)) == (4, 3)
    [failure] = ray.store.read_failures("translations", "madeb")
    assert (failure.id, "ended 3 workers" in failure.reason) == ("madeb", True)
    said = capsys.readouterr().err.splitlines()
    assert (
        said[0]
        == f"warning: translate: a worker died ({type(fault).__name__}); 1 shard to make again"
    )
    assert said[-1] == "error: translate: shard madeb was set aside"


def test_workers_divide_the_limits_of_a_server(tmp_path: Path) -> None:
    limits = {"requests_per_minute": 100, "concurrency": 3, "spending": {"tokens": 9}}
    server = {"kind": "endpoint", "base_url": "http://localhost:1/v1", "model": "m"} | limits
    model = divided(_config(tmp_path, {"model": server}), 4).translate.model
    assert isinstance(model, EndpointSpec)
    assert (model.requests_per_minute, model.concurrency) == (25, 1)
    assert model.spending is not None
    assert model.spending.tokens == 2


def test_a_fault_of_the_code_of_a_worker_ends_the_run(tmp_path: Path) -> None:
    with pytest.raises(TaskError):
        _made(tmp_path, {"madeb": TaskError()})
