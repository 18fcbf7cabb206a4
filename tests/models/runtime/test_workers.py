"""Several workers give what one gives, in the same order, and none outlives a failure."""

import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import WeightsError
from models.protocols import Request, Search, SummaryLine, best_translations
from models.runtime.batching import batches
from models.runtime.control import NO_CONTROL, Control, StoppedError
from models.runtime.workers import (
    SharedSummarizer,
    deal_threads,
    run_on_workers,
    shared_budget,
)
from pipeline.testing import all_translations
from tests.fakes import echo

SIZES = st.lists(st.integers(min_value=0, max_value=300), max_size=60)
BUDGETS = st.integers(min_value=1, max_value=1000)


@dataclass
class Squares:
    """Squares indices; has room for some at a time, and notes what it ran."""

    room: int = 10**6
    ran: list[list[int]] = field(default_factory=list)

    def run(self, batch: Sequence[int], _: Control = NO_CONTROL) -> list[int]:
        if len(batch) > self.room:
            raise MemoryError("full")
        self.ran.append(list(batch))
        return [index * index for index in batch]


@given(SIZES, BUDGETS, st.integers(1, 3))
def test_any_number_of_workers_gives_the_same_in_the_order_asked(
    sizes: list[int], budget: int, count: int
) -> None:
    workers = [Squares() for _ in range(count)]
    found = run_on_workers(workers, sizes, budget, Squares.run)
    assert found == [index * index for index in range(len(sizes))]
    ran = [index for worker in workers for batch in worker.ran for index in batch]
    assert sorted(ran) == list(range(len(sizes)))


@pytest.mark.parametrize(
    ("threads", "device_kind", "backend", "expected"),
    [
        (1, "cpu", "transformers", [1]),
        (7, "cpu", "transformers", [2, 2, 2, 1]),
        (7, "cpu", "ctranslate2", [7]),  # which deals them itself
        (7, "cuda", "ctranslate2", [1, 1, 1, 1]),  # a stream and a thread each
        (2, "cuda", "ctranslate2", [1, 1]),
        (7, "cuda", "transformers", [7]),
        (7, "mps", "transformers", [7]),
    ],
)
def test_threads_are_dealt_to_the_workers_of_a_device(
    threads: int, device_kind: str, backend: str, expected: list[int]
) -> None:
    assert deal_threads(threads, device_kind, backend) == expected


@pytest.mark.parametrize(
    ("budget", "workers", "expected"),
    [(32_768, 1, 32_768), (32_768, 2, 8192), (32_768, 8, 8192), (1, 2, 1)],
)
def test_the_budget_is_shared(budget: int, workers: int, expected: int) -> None:
    assert shared_budget(budget, workers) == expected


@given(SIZES, BUDGETS, st.integers(1, 3), st.data())
def test_what_is_left_when_batches_were_answered_makes_the_same_batches(
    sizes: list[int], budget: int, count: int, data: st.DataObject
) -> None:
    whole = [Squares() for _ in range(count)]
    run_on_workers(whole, sizes, budget, Squares.run)
    ran = [batch for worker in whole for batch in worker.ran]
    left = [batch for batch in ran if data.draw(st.booleans())]
    places = sorted(place for batch in left for place in batch)
    again = [Squares() for _ in range(count)]
    run_on_workers(again, [sizes[place] for place in places], budget, Squares.run)
    batches_again = [[places[at] for at in batch] for worker in again for batch in worker.ran]
    assert sorted(batches_again) == sorted(left)


@pytest.mark.parametrize("count", [1, 3])
def test_who_listens_gets_every_answer_at_its_place(count: int) -> None:
    def run(worker: Squares, batch: Sequence[int], control: Control) -> list[int]:
        squares = worker.run(batch)
        control.answered(range(len(batch)), squares)
        return squares

    heard: dict[int, int] = {}
    control = Control(
        answered=lambda places, answers: heard.update(zip(places, answers, strict=True))
    )
    answers = run_on_workers([Squares() for _ in range(count)], [5] * 40, 20, run, control)
    assert [heard[place] for place in range(40)] == answers


@given(st.lists(st.integers(1, 9), min_size=2, max_size=40), st.lists(st.integers(1, 3)))
def test_memory_that_runs_out_on_one_device_halves_its_batches(
    sizes: list[int], rooms: list[int]
) -> None:
    workers = [Squares(room) for room in (2, *rooms[:2])]
    found = run_on_workers(workers, sizes, 100, Squares.run)
    assert found == [index * index for index in range(len(sizes))]
    assert all(len(batch) <= worker.room for worker in workers for batch in worker.ran)


def test_one_item_that_fits_nowhere_says_so() -> None:
    with pytest.raises(MemoryError, match="full"):
        run_on_workers([Squares(0), Squares(0)], [1, 1, 1], 1, Squares.run)


@pytest.mark.parametrize("count", [1, 3])
def test_who_listens_hears_of_every_item_whichever_worker_answered(count: int) -> None:
    def run(worker: Squares, batch: Sequence[int], control: Control) -> list[int]:
        control.progress(len(batch))
        return worker.run(batch)

    heard: list[int] = []
    control = Control(progress=heard.append)
    run_on_workers([Squares() for _ in range(count)], [5] * 40, 20, run, control)
    assert sum(heard) == 40


@pytest.mark.parametrize("count", [1, 3])
def test_a_caller_that_gives_up_ends_every_worker(count: int) -> None:
    stop = threading.Event()

    def run(worker: Squares, batch: Sequence[int], control: Control) -> list[int]:
        stop.set()
        searching(control)
        return worker.run(batch)

    with pytest.raises(StoppedError):
        run_on_workers([Squares() for _ in range(count)], [5] * 40, 20, run, Control(stops=(stop,)))


@pytest.mark.parametrize("rooms", [(9,), (9, 9)])
def test_a_translator_reports_what_it_has_answered(rooms: tuple[int, ...]) -> None:
    heard: list[int] = []
    requests = [Request(each) for each in ("一", "二二", "", "三三三", "一")]
    echo(*rooms, batch_tokens=4).translate(requests, control=Control(progress=heard.append))
    assert sum(heard) == 3, "each distinct sentence once, and no blank one"


def searching(control: Control) -> None:
    """Search for ever, as a model does that never finds its end."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        control.check()
    raise AssertionError("was not stopped")


class Meeting:
    """Workers that meet in their first batches, and then do each what it is told."""

    def __init__(self, *fates: Callable[[Control], None]) -> None:
        self.fates = fates
        self.workers = range(len(fates))
        self.barrier = threading.Barrier(len(fates), timeout=60)
        self.ran: list[Sequence[int]] = []

    def run(self, worker: int, batch: Sequence[int], control: Control) -> Sequence[int]:
        self.ran.append(batch)
        self.barrier.wait()
        self.fates[worker](control)
        return batch


def lost(_: Control) -> None:
    raise RuntimeError("the device is lost")


def interrupted(_: Control) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("fates", [(lost, searching, searching), (searching, searching, lost)])
def test_what_a_worker_raises_is_raised_and_the_others_stop(
    fates: tuple[Callable[[Control], None], ...],
) -> None:
    meeting = Meeting(*fates)
    before = threading.active_count()
    with pytest.raises(RuntimeError, match="the device is lost"):
        run_on_workers(meeting.workers, [1] * 30, 1, meeting.run)
    assert len(meeting.ran) == 3
    assert threading.active_count() == before


def test_an_interrupted_run_takes_no_more_batches_and_leaves_those_under_way() -> None:
    meeting = Meeting(interrupted, searching)
    with pytest.raises(KeyboardInterrupt):
        run_on_workers(meeting.workers, [1] * 30, 1, meeting.run)
    assert len(meeting.ran) == 2


def test_an_interruption_while_others_are_waited_for_stops_them() -> None:
    main = threading.main_thread().ident
    assert main is not None

    def signalled(control: Control) -> None:
        signal.pthread_kill(main, signal.SIGINT)
        searching(control)

    # The caller has nothing left to do, and waits.
    meeting = Meeting(lambda _: None, signalled)
    # Where the tests run in the background of a shell, the signal is ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            run_on_workers(meeting.workers, [1, 1], 1, meeting.run)
    finally:
        signal.signal(signal.SIGINT, before)


def test_after_a_failure_the_next_work_goes_on() -> None:
    meeting = Meeting(lost, searching)
    with pytest.raises(RuntimeError):
        run_on_workers(meeting.workers, [1] * 4, 1, meeting.run)
    assert run_on_workers([Squares(), Squares()], [1] * 4, 1, Squares.run) == [0, 1, 4, 9]


@pytest.mark.parametrize("rooms", [(9,), (9, 9), (1, 2, 9)])
def test_a_translator_answers_alike_on_one_device_and_on_several(rooms: tuple[int, ...]) -> None:
    asked = ["一", "二二", "", "三三三", "四", "五五", "六六六六", "一"]
    found = all_translations(echo(*rooms, batch_tokens=8), asked, Search(count=2))
    assert found == all_translations(echo(9, batch_tokens=8), asked, Search(count=2))
    assert [each[0].text for each in found] == asked


def test_no_memory_for_one_sentence_on_one_of_the_devices_is_an_error_with_advice() -> None:
    with pytest.raises(WeightsError, match=r"single sentence.*lower translate\.model\.beams"):
        best_translations(echo(0, 0, batch_tokens=8), ["一", "二"])


class Lead:
    """Takes the first sentence, one article at a time."""

    def summarize(
        self,
        articles: Sequence[Sequence[str]],
        *,
        language: str = "",
        control: Control = NO_CONTROL,
    ) -> list[list[SummaryLine]]:
        assert len(articles) == 1
        return [[SummaryLine(each, (0,)) for each in article[:1]] for article in articles]


@pytest.mark.parametrize("count", [2, 3])
def test_articles_are_shared_by_several_summarizers(count: int) -> None:
    articles = [["一"], [], ["二二", "三"], ["四四四"]]
    found = SharedSummarizer((Lead(),) * count).summarize(articles)
    assert [[line.text for line in lines] for lines in found] == [["一"], [], ["二二"], ["四四四"]]


def test_the_longest_batches_are_taken_first() -> None:
    order: list[list[int]] = []

    def run(worker: str, batch: Sequence[int], _: Control) -> Sequence[int]:
        order.append(list(batch))
        return batch

    sizes = [3, 9, 1, 7, 5]
    run_on_workers(["only"], sizes, 9, run)
    assert order == batches(sizes, 9)
