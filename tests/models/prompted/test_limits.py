"""Several servers as one, a limit of requests, and a budget, through the command line."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from models.prompted.connection import ConnectionFailedError, Reply
from models.prompted.limits import Fleet
from pipeline.cli import cli
from pipeline.testing import FakeServer, fake_server
from tests.servers import unused_address

PAGE = "\n\n".join(f"# 第{n}条\n\n市政府今年新建{n}座桥梁。" for n in "一二三四五六七八九") + "\n"


@pytest.fixture(scope="module")
def pair() -> Iterator[tuple[FakeServer, FakeServer]]:
    def answer(messages: list[dict[str, str]]) -> str:
        time.sleep(0.01)
        return "The city builds bridges this year."

    with fake_server(answer) as one, fake_server(answer) as two:
        yield one, two


def _run(folder: Path, base_url: str, *more: str, **settings: object) -> Result:
    (folder / "page.md").write_text(PAGE, encoding="utf-8")
    model = {"kind": "endpoint", "base_url": base_url, "model": "tiny", "retries": 0} | settings
    config = {
        "input": {"paths": ["page.md"]},
        "output": "run",
        "translate": {"model": model, "repair": {"enabled": False}},
        "summarize": {"languages": ["zh"]},
    }
    (folder / "c.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    arguments = ["run", "--config", str(folder / "c.yaml"), "--until", "translate"]
    return CliRunner().invoke(cli, [*arguments, *more])


def _empty(*servers: FakeServer) -> None:
    for server in servers:
        server.meets()


def test_two_servers_share_the_requests(
    pair: tuple[FakeServer, FakeServer], tmp_path: Path
) -> None:
    _empty(*pair)
    result = _run(tmp_path, pair[0].base_url, more_urls=[pair[1].base_url], concurrency=2)
    assert result.exit_code == 0, result.output
    counts = [len(server.requests) for server in pair]
    assert min(counts) >= 4
    assert sum(counts) == 18


def test_a_server_that_is_gone_costs_nothing(
    pair: tuple[FakeServer, FakeServer], tmp_path: Path
) -> None:
    _empty(pair[0])
    gone = f"{unused_address()}/v1"
    result = _run(tmp_path, pair[0].base_url, more_urls=[gone], concurrency=2)
    assert result.exit_code == 0, result.output
    assert len(pair[0].requests) == 18


def test_a_budget_stops_in_time_and_the_next_run_goes_on(
    pair: tuple[FakeServer, FakeServer], tmp_path: Path
) -> None:
    _empty(pair[0])
    budget = {"money": 0.0011, "price_input": 1, "price_output": 1}
    result = _run(tmp_path, pair[0].base_url, spending=budget, concurrency=1)
    assert result.exit_code == 1
    assert "the budget is spent: 1,100 tokens" in str(result.exception)
    assert len(pair[0].requests) == 10
    result = _run(tmp_path, pair[0].base_url, spending=budget, concurrency=1)
    assert result.exit_code == 0, result.output
    assert len(pair[0].requests) == 18


def test_a_worker_stops_at_its_part_of_the_budget(
    pair: tuple[FakeServer, FakeServer], tmp_path: Path
) -> None:
    _empty(pair[0])
    budget = {"money": 0.0011, "price_input": 1, "price_output": 1}
    more = ("--worker", "1/2", "--set", "runtime.memory=off")
    result = _run(tmp_path, pair[0].base_url, *more, spending=budget, concurrency=2)
    assert result.exit_code == 1
    assert "the budget is spent: 550 tokens" in str(result.exception)
    assert len(pair[0].requests) == 5


def test_a_budget_without_prices_is_refused(tmp_path: Path) -> None:
    result = _run(tmp_path, "http://127.0.0.1:9/v1", spending={"money": 1})
    assert result.exit_code != 0
    assert "needs 'price_input'" in str(result.exception)


class Served:
    """A connection that notes when it is asked, and answers with scripted statuses."""

    def __init__(self, statuses: dict[int, int] | None = None, *, lost: bool = False) -> None:
        self.statuses, self.lost = statuses or {}, lost
        self.running = self.most = self.count = 0
        self._lock = threading.Lock()

    def send(self, path: str, body: object, *, seconds: float, most_bytes: int) -> Reply:
        with self._lock:
            self.count += 1
            number = self.count
            self.running += 1
            self.most = max(self.most, self.running)
        time.sleep(0.002)
        with self._lock:
            self.running -= 1
        if self.lost:
            raise ConnectionFailedError("gone")
        return Reply(self.statuses.get(number, 200), b"{}")

    def abort(self) -> None: ...


def _ask(fleet: Fleet, times: int) -> None:
    for _ in range(times):
        fleet.send("/x", seconds=1, most_bytes=10)


def test_an_overloaded_server_gets_fewer_requests_at_a_time() -> None:
    served = Served(dict.fromkeys(range(1, 60), 429))
    fleet = Fleet([served], concurrency=8)  # type: ignore[list-item]
    _ask(fleet, 20)
    served.most = 0
    threads = [threading.Thread(target=_ask, args=(fleet, 3)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert served.most == 1
    assert served.count == 44


def test_a_lost_server_rests() -> None:
    lost, well = Served(lost=True), Served()
    fleet = Fleet([lost, well], concurrency=1)  # type: ignore[list-item]
    _ask(fleet, 10)
    assert (lost.count, well.count) == (1, 10)


def test_requests_a_minute_are_spread_evenly() -> None:
    fleet = Fleet([Served()], concurrency=4, requests_per_minute=600)  # type: ignore[list-item]
    started = time.monotonic()
    _ask(fleet, 6)
    assert time.monotonic() - started >= 0.5
