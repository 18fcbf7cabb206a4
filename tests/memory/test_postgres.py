"""The memory in a database: the same answers as the file, from several machines at once."""

import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from models.protocols import Candidate
from pipeline.cli import cli
from pipeline.errors import ConfigError, StoreError
from pipeline.memory.memory import Memory
from pipeline.memory.place import open_memory
from pipeline.memory.postgres import PostgresMemory

PROGRAMS = Path("/usr/lib/postgresql")


def _program(name: str) -> str | None:
    places = sorted(PROGRAMS.glob(f"*/bin/{name}"))
    return str(places[-1]) if places else shutil.which(name)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run a real server on a socket in a folder of its own; yield its address."""
    pytest.importorskip("pg8000")
    initdb, postgres = _program("initdb"), _program("postgres")
    if not initdb or not postgres:
        if os.environ.get("YIBAO_REQUIRE_CLUSTER"):
            pytest.fail("PostgreSQL is not installed")
        pytest.skip("PostgreSQL is not installed")
    folder = tmp_path_factory.mktemp("pg")
    as_user: dict[str, Any] = {}
    if os.geteuid() == 0:  # PostgreSQL refuses root
        import pwd

        user = pwd.getpwnam("postgres" if _has_user("postgres") else "nobody")
        as_user = {"user": user.pw_uid, "group": user.pw_gid}
        os.chown(folder, user.pw_uid, user.pw_gid)
        for parent in folder.parents[:3]:
            parent.chmod(parent.stat().st_mode | 0o111)
    data = folder / "data"
    arguments = [initdb, "-D", str(data), "-U", "yibao", "-A", "trust", "--no-sync"]
    subprocess.run(arguments, check=True, capture_output=True, **as_user)
    arguments = [postgres, "-D", str(data), "-k", str(folder), "-c", "listen_addresses="]
    with (tmp_path_factory.mktemp("log") / "pg").open("w") as log:
        process = subprocess.Popen([*arguments, "-c", "fsync=off"], stderr=log, **as_user)
    address = f"postgresql://yibao@/postgres?host={folder}"
    for _ in range(300):
        try:
            PostgresMemory(address).close()
            break
        except StoreError:
            time.sleep(0.1)
    yield address
    process.send_signal(signal.SIGINT)  # its fast end
    process.wait(20)


def _has_user(name: str) -> bool:
    import pwd

    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


LONG = "二" * 5000
TWO = Candidate("two", None, source_truncated=True, unknown="x")
CANDIDATES = [("一", Candidate("one", 0.5)), (LONG, TWO)]


def test_it_answers_as_the_file_does(server: str, tmp_path: Path) -> None:
    for place in (server, tmp_path / "memory.sqlite"):
        with closing(open_memory(place)) as memory:
            memory.add_all([("m", CANDIDATES)])
            memory.add_all([("m", [("一", Candidate("1", 0.6))]), ("n", CANDIDATES)])
            assert memory.find("m", ["一", "二" * 5000, "三"]) == {
                "一": Candidate("1", 0.6),
                "二" * 5000: CANDIDATES[1][1],
            }
            memory.name("m", "a model")
            memory.correct([("一 二", "first")])
            memory.correct([("一二", "second")])
            assert list(memory.corrections().values()) == ["second"]
            assert memory.forget(["一二"]) == [("一二", "second")]
            assert memory.corrections() == {}


def test_workers_write_the_same_rows_at_once(server: str) -> None:
    rows = [(f"句{number}", Candidate(f"s{number}", 0.5)) for number in range(300)]

    def write(order: int) -> None:
        with closing(PostgresMemory(server)) as memory:
            for start in range(0, 300, 50):
                memory.add_all([("many", rows[start : start + 50][::order])])

    threads = [threading.Thread(target=write, args=(order,)) for order in (1, -1, 1, -1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with closing(PostgresMemory(server)) as memory:
        assert len(memory.find("many", [source for source, _ in rows])) == 300


def test_a_second_run_remembers_from_another_machine(server: str, tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text("标题\n\n市政府宣布新建三座桥梁。\n", encoding="utf-8")
    settings = ["--set", f"runtime.memory={server}", "--set", "translate.model.beams=1"]
    settings += ["--set", "summarize.languages=[zh]", "--until", "translate"]
    for name, words in (("a", "0 remembered"), ("b", "0 sentences translated")):
        output = ["--output", str(tmp_path / name)]
        result = CliRunner().invoke(cli, ["run", str(page), *output, *settings])
        assert result.exit_code == 0, result.output
        assert words in result.output


def test_a_password_in_the_config_is_refused_and_a_dead_server_named(tmp_path: Path) -> None:
    pytest.importorskip("pg8000")
    with pytest.raises(ConfigError, match="PGPASSWORD"):
        PostgresMemory("postgresql://me:secret@localhost/x")
    with pytest.raises(StoreError, match=r"cannot be reached.*run again"):
        PostgresMemory("postgresql://me@127.0.0.1:1/x")


def test_a_file_is_still_a_file(tmp_path: Path) -> None:
    with closing(open_memory(tmp_path / "memory.sqlite")) as memory:
        assert isinstance(memory, Memory)
