import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from models.files import sweep
from pipeline.engine.store import Store, to_json
from pipeline.errors import StoreError
from pipeline.records import Article, Block, Failure, Sentence, Span
from pipeline.storage import write_atomically

FAILURE = Failure("a", "a.md", "translate", "RuntimeError: x", "run again")


def _article(identifier: str, text: str) -> Article:
    sentence = Sentence("s1", text, (Span(0, len(text)),), cuts=(1,))
    return Article(identifier, "d", "d.md", text, None, None, (Block("title", (sentence,)),))


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=80))
def test_a_row_is_one_line_that_reads_back_as_the_same_row(text: str) -> None:
    row = _article("a", text)
    line = to_json(row)
    assert "\n" not in line
    assert TypeAdapter(Article).validate_json(line) == row


def test_a_shard_comes_back_as_it_was(tmp_path: Path) -> None:
    store = Store(tmp_path)
    rows = [_article("a", "中文"), _article("b", "\u2028 tab\t\n")]
    store.write("articles", "k", rows)
    assert store.has("articles", "k")
    assert store.read("articles", "k", Article) == rows


def test_chinese_in_a_shard_can_be_searched_with_grep(tmp_path: Path) -> None:
    Store(tmp_path).write("articles", "k", [_article("a", "优化营商环境")])
    [path] = (tmp_path / "articles").glob("k.*.jsonl")
    assert "优化营商环境" in path.read_text(encoding="utf-8")


def test_a_shard_with_failures_is_readable_but_not_finished(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.write("articles", "k", [_article("a", "一")], [FAILURE])
    assert store.exists("articles", "k")
    assert not store.has("articles", "k")
    assert store.read_failures("articles", "k") == [FAILURE]
    store.write("articles", "k", [_article("a", "一")])
    assert store.has("articles", "k")
    assert store.read_failures("articles", "k") == []


def test_a_damaged_row_is_named_with_file_and_line(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.write("articles", "k", [_article("a", "一"), _article("b", "二")])
    path = store.path("articles", "k")
    path.write_text(path.read_text(encoding="utf-8")[:-20], encoding="utf-8")
    with pytest.raises(StoreError, match=r"k\.[0-9a-f]{16}\.jsonl:2: damaged row; run"):
        store.read("articles", "k", Article)


def test_a_shard_that_lost_a_whole_row_is_neither_finished_nor_read(tmp_path: Path) -> None:
    Store(tmp_path).write("articles", "k", [_article("a", "一"), _article("b", "二")])
    path = Store(tmp_path).path("articles", "k")
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])
    store = Store(tmp_path)
    assert store.state("articles", "k") == "damaged"
    assert not store.has("articles", "k")
    with pytest.raises(StoreError, match="its content was changed or damaged; run"):
        store.read("articles", "k", Article)


@pytest.mark.parametrize("damage", ["lost", "emptied", "altered", "moved"])
def test_failures_belong_to_the_digest_of_their_shard(tmp_path: Path, damage: str) -> None:
    Store(tmp_path).write("articles", "k", [_article("a", "一")], [FAILURE])
    [path] = (tmp_path / "articles").glob("k.*.failures.jsonl")
    match damage:
        case "lost":
            path.unlink()
        case "emptied":
            path.write_bytes(b"")
        case "altered":
            path.write_bytes(path.read_bytes().replace(b"run again", b"run Again"))
        case "moved":
            path.rename(path.with_name("k.0123456789abcdef.failures.jsonl"))
    assert Store(tmp_path).state("articles", "k") == "damaged"


def test_the_files_of_another_shard_or_table_are_not_taken_for_those_of_this_one(
    tmp_path: Path,
) -> None:
    store = Store(tmp_path)
    store.write("articles", "k", [_article("a", "一")])
    path = store.path("articles", "k")
    digest = store.digest("articles", "k")
    path.rename(path.with_name(f"m.{digest}.jsonl"))
    assert Store(tmp_path).state("articles", "k") == "missing"
    assert Store(tmp_path).state("articles", "m") == "damaged"


def test_a_second_file_of_one_shard_is_damage_and_goes_when_it_is_written(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.write("articles", "k", [_article("a", "一")])
    (tmp_path / "articles/k.0123456789abcdef.jsonl").write_bytes(b"")
    (tmp_path / "articles/notes.txt").write_text("mine")
    store = Store(tmp_path)
    assert store.state("articles", "k") == "damaged"
    store.write("articles", "k", [_article("a", "一")])
    assert Store(tmp_path).has("articles", "k")
    assert len(list((tmp_path / "articles").iterdir())) == 2, "the shard and the notes"


def test_a_shard_without_a_digest_can_be_read_and_is_not_finished(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles/k.jsonl").write_text(to_json(_article("a", "一")) + "\n", "utf-8")
    store = Store(tmp_path)
    assert store.state("articles", "k") == "unsealed"
    assert [row.id for row in store.read("articles", "k", Article)] == ["a"]
    store.write("articles", "k", [_article("a", "一")])
    assert len(list((tmp_path / "articles").iterdir())) == 1


def test_nothing_half_written_is_ever_seen(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    write_atomically(path, "whole")
    (tmp_path / "file.txt.d").mkdir()
    with pytest.raises(StoreError, match="cannot be written"):
        write_atomically(tmp_path / "file.txt.d", "no")  # a folder cannot be replaced
    assert path.read_text() == "whole"
    assert [p.name for p in tmp_path.iterdir() if "partial" in p.name] == []


@pytest.mark.parametrize("stopped", [ValueError, KeyboardInterrupt])
def test_a_text_that_breaks_off_leaves_the_old_file_alone(
    tmp_path: Path, stopped: type[BaseException]
) -> None:
    def broken() -> Iterator[str]:
        yield "half"
        raise stopped

    write_atomically(tmp_path / "file.txt", "whole")
    with pytest.raises(stopped):
        write_atomically(tmp_path / "file.txt", broken())

    assert [p.name for p in tmp_path.iterdir()] == ["file.txt"]
    assert (tmp_path / "file.txt").read_text() == "whole"


def test_a_full_disk_is_told_with_the_file_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match=r"file\.txt: cannot be written: No space .*; free some"):
        write_atomically(tmp_path / "file.txt", "text")
    with pytest.raises(StoreError, match=r"articles/k\.jsonl: cannot be written: No space"):
        Store(tmp_path).write("articles", "k", [_article("a", "一")])
    assert [path.name for path in tmp_path.rglob("*")] == ["articles"]


# -- what a kill leaves behind

DEAD = 999_999_999  # no process has such an id


def test_what_a_dead_process_left_of_a_file_goes_when_the_file_is_written(tmp_path: Path) -> None:
    left = tmp_path / f".a.txt.{DEAD}.partial"
    mine = [tmp_path / name for name in (".a.txt.partial", "a.txt.7.partial", f".b.{DEAD}.partial")]
    for path in (left, *mine):
        path.write_text("x")
    write_atomically(tmp_path / "a.txt", "whole")
    assert not left.exists()
    assert all(path.exists() for path in mine)


def test_what_a_living_process_writes_is_never_swept(tmp_path: Path) -> None:
    program = (
        "import sys, time\nfrom pathlib import Path\nfrom models.files import aside_of, hold\n"
        "file = aside_of(Path(sys.argv[1])).open('wb')\nhold(file.fileno())\n"
        "print(file.name, flush=True)\ntime.sleep(60)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path / "a.txt")], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        path = Path(process.stdout.readline().strip())
        sweep(tmp_path, "a.txt".__eq__)
        assert path.exists()
        # as from another container, where the process has another id
        renamed = path.rename(tmp_path / f".a.txt.{DEAD}.partial")
        sweep(tmp_path, "a.txt".__eq__)
        assert renamed.exists()
    finally:
        process.kill()
        process.communicate()
    sweep(tmp_path, "a.txt".__eq__)
    assert list(tmp_path.iterdir()) == []


def test_a_link_that_looks_like_a_leftover_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / f".a.txt.{DEAD}.partial").symlink_to(tmp_path / "mine")
    sweep(tmp_path, "a.txt".__eq__)
    assert len(list(tmp_path.iterdir())) == 2


def test_an_unpaired_surrogate_from_a_model_does_not_stop_the_writing(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a.txt", "bad \ud800 end")
    assert (tmp_path / "a.txt").read_text() == "bad \\ud800 end"
