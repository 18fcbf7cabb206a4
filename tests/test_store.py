from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from pipeline.errors import StoreError
from pipeline.records import Article, Block, Failure, Sentence, Span
from pipeline.store import Store, to_json, write_atomically

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
    assert "优化营商环境" in (tmp_path / "articles/k.jsonl").read_text(encoding="utf-8")


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
    path = tmp_path / "articles/k.jsonl"
    path.write_text(path.read_text(encoding="utf-8")[:-20], encoding="utf-8")
    with pytest.raises(StoreError, match=r"k\.jsonl:2: damaged row; delete the file"):
        store.read("articles", "k", Article)


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


def test_an_unpaired_surrogate_from_a_model_does_not_stop_the_writing(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a.txt", "bad \ud800 end")
    assert (tmp_path / "a.txt").read_text() == "bad \\ud800 end"
