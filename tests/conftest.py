"""What every test gets: no network, no cache outside its own folder."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.devtools import Browser, find_browser
from tests.runs import ServerBench
from tests.servers import ChatServer, serving

# The same examples every time: a failure is due to the change, not to chance. Other examples:
# pytest --hypothesis-profile=default, or scripts/fuzz.py
# no health check of speed: a busy machine is no fault of the code
settings.register_profile(
    "repeatable", derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("repeatable")


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test talk to this machine only."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family == socket.AF_UNIX or address[0] in ("127.0.0.1", "::1", "localhost"):
            return connect(self, address)
        raise AssertionError(f"a test tried to reach {address}")

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Keep converted models out of the user's cache, and convert each once per session."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def _chat_server() -> Iterator[ChatServer]:
    with serving() as server:
        yield server


@pytest.fixture
def chat_server(_chat_server: ChatServer) -> ChatServer:
    """A server that answers every prompt with "An answer." until a test scripts its faults."""
    _chat_server.meets()
    return _chat_server


@pytest.fixture
def bench(tmp_path: Path, chat_server: ChatServer) -> ServerBench:
    """Runs of the command line through that server."""
    return ServerBench(tmp_path, chat_server)


@pytest.fixture
def sample_page() -> Path:
    return Path(__file__).parents[1] / "data/samples/jinshan-2023-03-05.md"


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One headless Chromium for all tests; without one they are skipped, and fail in CI."""
    path = find_browser()
    if path is None:
        if os.environ.get("YIBAO_REQUIRE_BROWSER") == "1":
            pytest.fail("YIBAO_REQUIRE_BROWSER is 1 and there is no Chromium")
        pytest.skip("no Chromium; set YIBAO_REQUIRE_BROWSER=1 to fail instead")
    with Browser(path, tmp_path_factory.mktemp("profile")) as opened:
        yield opened
