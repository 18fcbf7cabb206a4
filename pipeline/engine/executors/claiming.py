"""Shards made by several processes that share a run folder, without an engine above them."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial

from pipeline.engine.claims import Claims
from pipeline.engine.executors import Counter
from pipeline.engine.executors.groups import missing_groups
from pipeline.engine.journal import Journal
from pipeline.engine.plan import StageFunction, Step, Tools
from pipeline.engine.shard_keys import Shard
from pipeline.engine.store import Store
from pipeline.engine.work import MOST_TRIES, make_shards, set_shard_aside
from pipeline.memory.protocol import SentenceMemory
from pipeline.signals import raise_if_stopped

_PAUSE_SECONDS = 0.5
_LISTING_EVERY = 20
_LISTED_AT_ONCE = 1000  # files in one answer of an object store


@dataclass(slots=True)
class ClaimingExecutor:
    """Makes the groups that it can claim, then waits for those that others hold.

    A group whose owner died is made by whoever finds its claim lapsed. A shard that ended
    MOST_TRIES processes is set aside and named. `first` is where it begins, from 0 to 1, so that
    workers begin at different places.
    """

    store: Store
    journal: Journal
    counter: Counter
    memory: SentenceMemory | None
    reuse: bool
    corrections: Mapping[str, str]
    claims: Claims
    first: float
    started: float = field(default_factory=time.time)
    """Failed shards and, with --fresh, finished ones are made again if they are older."""
    _made: int = 0
    _next_count: int = 0
    _next_listing: float = 0.0
    """When the table is listed again: after so many shards, and not before this moment."""

    def make(self, step: Step, shards: Sequence[Shard]) -> None:
        """Make every shard that is not ready, or wait until another process has made it."""
        waiting = missing_groups(step, shards, self.store, has_memory=self.memory is not None)
        place = int(self.first * len(waiting))
        waiting = waiting[place:] + waiting[:place]
        tools = Tools(self.memory, self.reuse, self.counter.window, self.corrections)
        load = cache(partial(step.load, tools))  # once, when a shard is claimed
        has_said, table = False, step.stage.writes
        while waiting:
            count = sum(1 for group in waiting if self._make_group(step, load, group))
            if not count:
                self._list_again(table)
            waiting = [group for group in waiting if self._open(step, group)]
            if waiting and not count:
                if not has_said:
                    shares = sum(map(len, waiting))
                    self.journal.info(
                        "waiting", f"{step.stage.name:<10} {shares} shards are made by others"
                    )
                    has_said = True
                raise_if_stopped()
                time.sleep(max(_PAUSE_SECONDS, self._next_listing - time.monotonic()))

    def _make_group(
        self, step: Step, load: Callable[[], StageFunction], group: Sequence[Shard]
    ) -> bool:
        """Make a group if nobody else holds it; False if somebody does."""
        raise_if_stopped()
        tries = self.claims.take(name := _name(step, group))
        if not tries:
            return False
        with self.claims.holding(name, tries):
            if self._made >= self._next_count and time.monotonic() >= self._next_listing:
                self._list_again(step.stage.writes)
            rest = self._open(step, group)
            if tries == 1:
                self._make(step, load, rest)
            else:
                for shard in rest:
                    self._make_alone(step, load, shard, tries if len(group) == 1 else 0)
        return True

    def _make_alone(
        self, step: Step, load: Callable[[], StageFunction], shard: Shard, tries: int
    ) -> None:
        """Make a shard whose group ended a process; `tries` is 0 if it was not the only one."""
        if tries:
            self._make_or_set_aside(step, load, shard, tries)
        elif tries := self.claims.take(name := _name(step, [shard])):
            with self.claims.holding(name, tries):
                self._make_or_set_aside(step, load, shard, tries)

    def _make_or_set_aside(
        self, step: Step, load: Callable[[], StageFunction], shard: Shard, tries: int
    ) -> None:
        if tries <= MOST_TRIES:
            self._make(step, load, [shard])
            return
        set_shard_aside(step.stage, self.store, shard, self.journal)

    def _make(self, step: Step, load: Callable[[], StageFunction], shards: Sequence[Shard]) -> None:
        if shards:
            function = load()
            with self.counter.making(len(shards)):
                make_shards(step.stage, function, self.store, shards, self.journal)
            self._made += len(shards)

    def _list_again(self, table: str) -> None:
        """See what others have made, and decide when to look again.

        Listings take at most a twentieth of the time, and in a bucket one request for a shard
        that is made: one listing for each shard would make the time grow with its square.
        """
        began = time.monotonic()
        self.store.forget_listing(table)
        count = len(self.store.keys(table))
        ended = time.monotonic()
        self._next_listing = ended + _LISTING_EVERY * (ended - began)
        self._next_count = self._made + (count // _LISTED_AT_ONCE if self.store.bucket else 0)

    def _open(self, step: Step, group: Sequence[Shard]) -> list[Shard]:
        """Return the shards of a group that nobody has made since this process began."""
        return [shard for shard in group if not self._is_made(step.stage.writes, shard.key)]

    def _is_made(self, table: str, key: str) -> bool:
        state = self.store.state(table, key)
        is_new = self.store.changed(table, key) >= self.started
        return (state == "finished" and (self.reuse or is_new)) or (state == "failed" and is_new)


def _name(step: Step, group: Sequence[Shard]) -> str:
    """Name a claim: two groups never begin with the same shard; one that is alone has another."""
    last = "" if len(group) == 1 else f"-{len(group)}"
    return f"{step.stage.name}-{group[0].key}{last}"
