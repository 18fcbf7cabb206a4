"""Shards made on a Ray cluster: one actor for each device loads the models once.

Text never goes through Ray: an actor gets the names of shards, reads and writes them in the run
folder, and asks one actor beside the run for the translation memory. What a dead actor held is
given to another one.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import import_module
from typing import Any

from models.errors import WeightsError, first_line
from pipeline.config.memory_place import memory_path
from pipeline.config.sections import Config
from pipeline.engine.executors import Counter
from pipeline.engine.executors.division import divided
from pipeline.engine.executors.groups import missing_groups
from pipeline.engine.executors.worker import Made, Order, ShardWorker
from pipeline.engine.journal import Journal
from pipeline.engine.plan import Step
from pipeline.engine.shard_keys import Shard
from pipeline.engine.store import Store
from pipeline.engine.work import MOST_TRIES, set_shard_aside
from pipeline.errors import ConfigError, ModelError, PipelineError
from pipeline.language.plural import plural
from pipeline.memory.memory import Memory
from pipeline.memory.postgres import PostgresMemory
from pipeline.memory.protocol import Answers
from pipeline.signals import keeping_handlers, raise_if_stopped

MOST_FAILED_STARTS = 10
_PAUSE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Worker:
    """An actor of the cluster."""

    actor: Any
    has_gpu: bool


@dataclass(slots=True)
class Cluster:
    """The workers of a run on a Ray cluster, of which some may not have started."""

    ray: Any
    new_actor: Callable[[bool], Any]
    """Starts an actor, with a GPU or without."""
    starting: dict[Any, Worker] = field(default_factory=dict)
    """Workers by the reference to their first answer."""
    idle: deque[Worker] = field(default_factory=deque)
    failed_starts: int = 0

    @property
    def size(self) -> int:
        """Return the number of workers while none has work."""
        return len(self.starting) + len(self.idle)

    def start(self, has_gpu: bool) -> None:
        """Start a worker; it takes work when it answers."""
        worker = Worker(self.new_actor(has_gpu), has_gpu)
        self.starting[worker.actor.ready.remote()] = worker

    def welcome(self, reference: Any) -> None:
        """Take in a worker that has started, or start another one if it has not.

        Raises ModelError after MOST_FAILED_STARTS.
        """
        worker = self.starting.pop(reference)
        try:
            self.ray.get(reference)
        except self.ray.exceptions.RayTaskError:
            raise
        except self.ray.exceptions.RayError as error:
            self.failed_starts += 1
            if self.failed_starts == MOST_FAILED_STARTS:
                raise ModelError(
                    f"runtime.executor: ray: {MOST_FAILED_STARTS} workers did not start; is this "
                    f"Yibao installed on every machine of the cluster? {first_line(error)}"
                ) from None
            self.start(worker.has_gpu)
        else:
            self.idle.append(worker)


Join = Callable[[], Cluster]
"""Joins the cluster of a run when it is first called."""


@contextmanager
def joining(config: Config, journal: Journal) -> Iterator[Join]:
    """Yield what joins the cluster once, when a shard is missing; leave it at the end."""
    with ExitStack() as stack:
        yield cache(lambda: stack.enter_context(_joined(config, journal)))


@contextmanager
def _joined(config: Config, journal: Journal) -> Iterator[Cluster]:
    """Join the cluster of a config, or start one on this machine; start its workers.

    Raises ConfigError if Ray is not installed or the cluster cannot be reached.
    """
    try:
        ray: Any = import_module("ray")
    except ImportError:
        raise ConfigError(
            "runtime.executor: ray is not installed; run `pip install 'yibao[ray]'`"
        ) from None
    address = config.runtime.address
    try:
        with keeping_handlers():
            ray.init(
                address=None if address == "auto" else address,
                log_to_driver=False,
                logging_level="error",
            )
        # Ray prints a page about each worker that dies to stdout; the journal says it in a line
        vars(import_module("ray._private.worker"))["print_to_stdstream"] = _say_nothing
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise ConfigError(f"runtime.address: {address}: {first_line(error)}") from None
    try:
        cluster = _start_workers(ray, config)
        journal.info(
            "cluster",
            f"cluster    {plural(len(ray.nodes()), 'node')}, "
            f"{plural(len(cluster.starting), 'worker')}",
        )
        yield cluster
    finally:
        ray.shutdown()


def _say_nothing(*_: Any, **__: Any) -> None: ...


def _start_workers(ray: Any, config: Config) -> Cluster:
    runtime, resources = config.runtime, ray.cluster_resources()
    threads = 1 if runtime.threads == "auto" else runtime.threads
    wanted = runtime.workers
    gpus = int(resources.get("GPU", 0)) if wanted.gpu == "auto" else wanted.gpu
    cores = 0 if gpus else max(1, int(resources.get("CPU", 1)) // threads)
    cpus = cores if wanted.cpu == "auto" else wanted.cpu
    if not cpus + gpus:
        raise ConfigError("runtime.workers: no worker; set cpu or gpu to at least 1")
    memory = _memory_actor(ray, config)
    actor = ray.remote(_Actor)

    def new_actor(has_gpu: bool) -> Any:
        return actor.options(num_cpus=threads, num_gpus=int(has_gpu)).remote(memory, has_gpu)

    cluster = Cluster(ray, new_actor)
    for number in range(cpus + gpus):
        cluster.start(number < gpus)
    return cluster


def _memory_actor(ray: Any, config: Config) -> Any | None:
    """Start the one actor that owns the memory, on this machine; None if there is no memory."""
    path = memory_path(config)
    if path is None:
        return None
    node = ray.get_runtime_context().get_node_id()
    here = ray.util.scheduling_strategies.NodeAffinitySchedulingStrategy(node, soft=False)
    actor = ray.remote(PostgresMemory if isinstance(path, str) else Memory)
    return actor.options(num_cpus=0, scheduling_strategy=here).remote(
        path if isinstance(path, str) else path.resolve()
    )


class _Actor:
    """A worker on the cluster; it answers with an error rather than raise it."""

    def __init__(self, memory: Any | None, has_gpu: bool) -> None:
        self._worker = ShardWorker(_RemoteMemory(memory) if memory is not None else None)
        self._has_gpu = has_gpu

    def ready(self) -> bool:
        """Return whether this worker has a GPU."""
        return self._has_gpu

    def make(self, order: Order, shards: Sequence[Shard]) -> Made | Exception:
        """Make shards; return what ends the run if it cannot go on."""
        device = "cuda" if self._has_gpu else "cpu"
        runtime = order.config.runtime.model_copy(update={"device": device})
        config = order.config.model_copy(update={"runtime": runtime})
        try:
            return self._worker.make(replace(order, config=config), shards)
        except (PipelineError, WeightsError) as error:
            return error


class _RemoteMemory:
    """The memory of another process, as a worker sees it."""

    def __init__(self, actor: Any) -> None:
        self._actor = actor

    def _get(self, reference: Any) -> Any:
        ray: Any = import_module("ray")
        try:
            return ray.get(reference)
        except ray.exceptions.RayTaskError as error:
            raise error.cause from None

    def find(self, model: str, sentences: Sequence[str]) -> dict[str, Any]:
        """See `Memory`."""
        found: dict[str, Any] = self._get(self._actor.find.remote(model, sentences))
        return found

    def add_all(self, answers: Sequence[tuple[str, Answers]]) -> None:
        """See `Memory`."""
        self._get(self._actor.add_all.remote(answers))

    def name(self, model: str, name: str) -> None:
        """See `Memory`."""
        self._get(self._actor.name.remote(model, name))

    def take_over(self, older: Sequence[str], model: str) -> None:
        """See `Memory`."""
        self._get(self._actor.take_over.remote(older, model))


@dataclass(frozen=True, slots=True)
class RayExecutor:
    """Gives groups of shards to the workers of a cluster that are idle."""

    store: Store
    journal: Journal
    counter: Counter
    join: Join
    config: Config
    reuse: bool
    corrections: Mapping[str, str]

    def make(self, step: Step, shards: Sequence[Shard]) -> None:
        """Make every shard that is not ready."""
        has_memory = memory_path(self.config) is not None
        groups = missing_groups(step, shards, self.store, has_memory=has_memory)
        if not groups:
            return
        cluster = self.join()
        # sent once, not with every group: it has all corrections
        order = cluster.ray.put(
            Order.of(
                divided(_decided(self.config, step), cluster.size),
                step,
                self.reuse,
                self.corrections,
            )
        )
        queue = deque((group, 1) for group in groups)
        running: dict[Any, tuple[Worker, list[Shard], int]] = {}
        try:
            while queue or running:
                while queue and cluster.idle:
                    worker, (group, tries) = cluster.idle.popleft(), queue.popleft()
                    running[worker.actor.make.remote(order, group)] = (worker, group, tries)
                waited_for = [*running, *cluster.starting]
                done, _ = cluster.ray.wait(waited_for, num_returns=1, timeout=_PAUSE_SECONDS)
                raise_if_stopped()
                for reference in done:
                    if reference in running:
                        queue.extendleft(self._take(step, reference, *running.pop(reference)))
                    else:
                        cluster.welcome(reference)
        finally:
            self.store.forget_listing(step.stage.writes)
            for worker, *_ in running.values():
                cluster.ray.kill(worker.actor)

    def _take(
        self, step: Step, reference: Any, worker: Worker, group: list[Shard], tries: int
    ) -> list[tuple[list[Shard], int]]:
        """Take in what a worker made; return what is to be made again because it died."""
        cluster = self.join()
        try:
            made = cluster.ray.get(reference)
        except cluster.ray.exceptions.RayTaskError:
            raise
        except cluster.ray.exceptions.RayError as error:  # also one that Ray killed for memory
            cluster.ray.kill(worker.actor)
            cluster.start(worker.has_gpu)
            return self._after_death(step, group, tries, type(error).__name__)
        cluster.idle.append(worker)
        if isinstance(made, Exception):
            raise made
        for level, event, message, fields in made.events:
            getattr(self.journal, level)(event, message, **fields)
        with self.counter.making(len(group)):
            self.counter.window(made.remembered, made.translated, 1.0)
        return []

    def _after_death(
        self, step: Step, group: list[Shard], tries: int, reason: str
    ) -> list[tuple[list[Shard], int]]:
        """Return the shards of a worker that died, each by itself; set aside what ended several."""
        self.journal.warning(
            "worker",
            f"{step.stage.name}: a worker died ({reason}); "
            f"{plural(len(group), 'shard')} to make again",
        )
        if len(group) > 1:
            return [([shard], 1) for shard in reversed(group)]
        if tries < MOST_TRIES:
            return [(group, tries + 1)]
        [shard] = group
        set_shard_aside(step.stage, self.store, shard, self.journal)
        return []


_WITH_PRECISION = ("transformers", "ctranslate2")


def _decided(config: Config, step: Step) -> Config:
    """Return the config for workers, with the precision that the run has decided on."""
    runtime = config.runtime
    decided = {model.precision for model in step.models if model.backend in _WITH_PRECISION}
    changes = {
        "precision": decided.pop() if len(decided) == 1 else runtime.precision,
        "threads": 1 if runtime.threads == "auto" else runtime.threads,
    }
    return config.model_copy(update={"runtime": runtime.model_copy(update=changes)})
