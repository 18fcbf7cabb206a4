"""Files become documents: encodings, ids, and every way in which a file can be unreadable."""

import gzip
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import ConfigError
from pipeline.input.encodings import decoded, found_encoding
from pipeline.input.read import read_documents
from pipeline.records import Document, Edition, Failure

SIMPLIFIED = "金山区持续优化营商环境，吸引企业投资兴业。2023年3月5日，双方签署协议。\n"
TRADITIONAL = "臺北市持續優化營商環境，吸引企業投資興業。2023年3月5日，雙方簽署協議。\n"


def read(
    *paths: Path | str,
    format: str = "auto",
    encoding: str = "auto",
    fields: Mapping[str, str] | None = None,
    max_bytes: int = 1_000_000,
) -> list[Document | Failure]:
    names = [str(path) for path in paths]
    found = read_documents(
        names, format=format, encoding=encoding, fields=fields or {}, max_bytes=max_bytes
    )
    return [row for row in found if not isinstance(row, Edition)]


def documents(rows: Sequence[Document | Failure]) -> list[Document]:
    assert all(isinstance(row, Document) for row in rows), rows
    return [row for row in rows if isinstance(row, Document)]


def failures(rows: Sequence[Document | Failure]) -> list[Failure]:
    return [row for row in rows if isinstance(row, Failure)]


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def rows(path: Path, *content: object, encoding: str = "utf-8") -> Path:
    lines = [json.dumps(row, ensure_ascii=False) for row in content]
    return write(path, "".join(f"{line}\n" for line in lines).encode(encoding))


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (SIMPLIFIED, "utf-8"),
        (SIMPLIFIED, "utf-8-sig"),
        (SIMPLIFIED, "gb18030"),
        (SIMPLIFIED, "gbk"),
        (SIMPLIFIED, "utf-16"),
        (SIMPLIFIED, "utf-16-le"),
        (SIMPLIFIED, "utf-16-be"),
        (SIMPLIFIED, "utf-32"),
        (TRADITIONAL, "utf-8"),
        (TRADITIONAL, "big5"),
        (TRADITIONAL, "gb18030"),
        ("Plain ASCII.\n", "ascii"),
        ("联通", "utf-8"),
        ("奖牌榜：\n┌──┬──┐\n│学校│金牌│\n├──┼──┤\n│一中│　12│\n└──┴──┘\n", "gb18030"),
        ("他問﹕﹁會不會再跌﹖﹂漁會說﹕﹁不會﹐請放心﹗﹂\n", "big5"),
    ],
)
def test_the_encoding_is_found(tmp_path: Path, text: str, encoding: str) -> None:
    [document] = documents(read(write(tmp_path / "a.txt", text.encode(encoding))))
    assert document.text == text


def test_vertical_marks_of_gb18030_are_marks(tmp_path: Path) -> None:
    data = "馆长说：".encode("gb18030") + b"\xa6\xdc" + "开放".encode("gb18030") + b"\xa6\xda"
    [document] = documents(read(write(tmp_path / "a.txt", data)))
    assert document.text == "馆长说：︓开放︒"


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_characters="\x00\r", exclude_categories=["Cs"]), min_size=1))
def test_utf8_is_never_taken_for_another_encoding(text: str) -> None:
    data = ("好" + text).encode()
    assert decoded(data, found_encoding(data, is_whole=True)) == "好" + text


@pytest.mark.parametrize("encoding", ["gb18030", "big5", "utf-16"])
def test_an_encoding_is_found_from_the_start_of_a_long_file(tmp_path: Path, encoding: str) -> None:
    text = TRADITIONAL * 20_000
    path = write(tmp_path / "a.txt", text.encode(encoding))
    [document] = documents(read(path, max_bytes=10_000_000))
    assert document.text == text


def test_japanese_is_not_taken_for_big5(tmp_path: Path) -> None:
    data = "今日は天気がいいので、公園へ散歩に行きました。".encode("euc_jp")
    assert failures(read(write(tmp_path / "a.txt", data)))


def test_an_encoding_given_is_used(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "中".encode("gb18030"))
    assert documents(read(path, encoding="gb2312"))[0].text == "中"
    [failure] = failures(read(path, encoding="utf-8"))
    assert failure.reason == "not utf-8-sig: byte 0xd6 at offset 0"


def test_newlines_become_one_character_and_the_mark_at_the_start_goes(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "\ufeff一\r\n二\r三\n")
    assert documents(read(path))[0].text == "一\n二\n三\n"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b" \n\t ", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"%PDF-1.7 \x00\x01", "a PDF, not text"),
        (b"\x89PNG\r\n\x1a\n\x00", "a PNG image, not text"),
        (b"\xff\xd8\xff\xe0\x00", "a JPEG image, not text"),
        (b"PK\x03\x04\x00", "a ZIP archive (or .docx, .odt, .epub), not text"),
        (b"abc\x00\x01\x02def", "binary: a NUL byte at offset 3"),
        (("好" * 40).encode() + b"\xff" + ("好" * 40).encode(), "offset 120"),
        ("déjà vu à l'été".encode("latin-1"), "not UTF-8, GB18030, Big5 or UTF-16 text"),
        (bytes(range(1, 256)), "not UTF-8, GB18030, Big5 or UTF-16 text"),
    ],
)
def test_what_is_no_text_fails_and_reading_goes_on(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    bad = write(tmp_path / "bad.txt", content)
    good = write(tmp_path / "good.txt", SIMPLIFIED)
    failure, document = read(bad, good)
    assert isinstance(failure, Failure)
    assert isinstance(document, Document)
    assert reason in failure.reason
    assert (failure.id, failure.source, failure.stage) == ("bad", str(bad), "read")
    assert failure.advice
    assert "\n" not in failure.reason + failure.advice


def test_one_bad_byte_among_many_lines_is_named_and_not_guessed_around(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", SIMPLIFIED.encode() * 5 + b"\xff\n" + SIMPLIFIED.encode() * 5)
    [failure] = failures(read(path))
    assert failure.reason == f"not utf-8: byte 0xff at offset {len(SIMPLIFIED.encode()) * 5}"


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=200))
def test_no_bytes_raise_anything(data: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.getbasetemp()
    names = ("any.txt", "any.jsonl", "any.txt.gz", "any.txt.zst", "any.html", "any.docx", "any.csv")
    for name in (*names, "any.epub", "any_content_list.json"):
        assert read(write(folder / name, data))


def test_a_file_too_large_fails(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "a" * 2_000)
    assert failures(read(path, max_bytes=1_000))[0].reason == "the file is larger than 0.001 MB"
    assert documents(read(path, max_bytes=2_000))


def test_a_link_to_itself_fails(tmp_path: Path) -> None:
    path = tmp_path / "loop.md"
    path.symlink_to(path)
    [failure] = failures(read(path))
    assert failure.reason.startswith("cannot be opened: ")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_fails(tmp_path: Path) -> None:
    path = write(tmp_path / "secret/a.md", SIMPLIFIED)
    path.chmod(0)
    assert failures(read(path))[0].reason == "cannot be opened: Permission denied"
    path.parent.chmod(0)
    assert failures(read(tmp_path))[0].reason == "cannot open the folder: Permission denied"
    path.parent.chmod(0o700)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    assert failures(read(tmp_path / "pipe.txt"))[0].reason == "not a regular file"


def test_packed_files_are_unpacked_within_bounds(tmp_path: Path) -> None:
    packed = write(tmp_path / "a.txt.gz", gzip.compress(SIMPLIFIED.encode()))
    damaged = write(tmp_path / "b.txt.gz", gzip.compress(SIMPLIFIED.encode() * 99)[:-20])
    bomb = write(tmp_path / "c.txt.gz", gzip.compress(b"a" * 5_000_000))
    first, second, third = read(packed, damaged, bomb)
    assert isinstance(first, Document)
    assert (first.id, first.text) == ("a", SIMPLIFIED)
    assert isinstance(second, Failure)
    assert second.reason.startswith("damaged gzip data")
    assert isinstance(third, Failure)
    assert third.reason == "the file is larger than 1 MB"


def test_folders_are_searched_in_order_without_hidden_or_other_files(tmp_path: Path) -> None:
    for name in ("b.md", "a.txt", "sub/c.markdown", ".hidden.md", ".git/d.md", "image.png", "e.py"):
        write(tmp_path / name, SIMPLIFIED)
    assert [row.id for row in read(tmp_path)] == ["a", "b", "c"]
    assert [row.id for row in read(tmp_path, format="text")] == ["a"]


def test_a_named_file_is_read_whatever_it_is_called(tmp_path: Path) -> None:
    [document] = documents(read(write(tmp_path / "page.ocr", SIMPLIFIED)))
    assert (document.id, document.layout) == ("page.ocr", "page")


def test_globs_match_and_a_file_is_read_once(tmp_path: Path) -> None:
    for name in ("a.md", "b.md", "sub/c.md"):
        write(tmp_path / name, SIMPLIFIED)
    found = read(tmp_path / "a.md", f"{tmp_path}/*.md", f"{tmp_path}/**/*.md", tmp_path)
    assert [row.id for row in found] == ["a", "b", "c"]


def test_every_path_that_gives_nothing_is_named_before_reading(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    missing, glob = str(tmp_path / "missing.md"), str(tmp_path / "*.md")
    with pytest.raises(ConfigError) as caught:
        read_documents(
            [missing, glob, str(tmp_path / "empty")],
            format="auto",
            encoding="auto",
            fields={},
            max_bytes=1,
        )
    first, second, third = caught.value.problems
    assert first == f"input.paths: '{missing}': no such file or folder"
    assert second == f"input.paths: '{glob}': no file matches"
    assert "the folder has no readable file" in third


@pytest.mark.parametrize("encoding", ["utf-9", "rot13", "base64"])
def test_an_encoding_that_does_not_exist_is_a_mistake_of_the_config(
    tmp_path: Path, encoding: str
) -> None:
    with pytest.raises(ConfigError, match=rf"input\.encoding: '{encoding}' is not a text encoding"):
        read(write(tmp_path / "a.md", SIMPLIFIED), encoding=encoding)


def test_files_of_the_same_name_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    for name in ("mon/page 1.md", "tue/page 1.md", "tue/page 1.txt", "tue/page 2.md"):
        write(tmp_path / name, SIMPLIFIED)
    ids = [row.id for row in read(tmp_path)]
    assert ids == ["mon-page-1", "tue-page-1.md", "tue-page-1.txt", "page-2"]


def test_a_name_that_is_no_utf8_can_be_written(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe.md"))
    write(path, SIMPLIFIED)
    [document] = documents(read(tmp_path))
    assert f"{document.id} {document.source}".encode()


def test_rows_are_articles_with_what_stands_beside_the_text(tmp_path: Path) -> None:
    path = rows(
        tmp_path / "news.jsonl",
        {
            "id": "n1",
            "text": "春天来了。",
            "title": "春游",
            "date": 20230305,
            "reference": "Spring.",
        },
        {"text": "公园里游人如织。", "id": 7, "reference_summary": "Parks.", "other": [1]},
        {"text": "没有编号。\r\n", "title": None, "date": ""},
    )
    first, second, third = documents(read(path))
    assert first == Document(
        "n1", "春天来了。", f"{path}:1", "article", "春游", "20230305", "Spring."
    )
    assert (second.id, second.reference_summary, second.source) == ("7", "Parks.", f"{path}:2")
    assert (third.id, third.title, third.date) == ("news-3", None, None)
    assert third.text == "没有编号。\n"


def test_columns_may_have_other_names(tmp_path: Path) -> None:
    path = rows(tmp_path / "a.jsonl", {"zh": "春天来了。", "key": "k", "en": "Spring."})
    [row] = documents(read(path, fields={"text": "zh", "id": "key", "reference": "en"}))
    assert (row.id, row.text, row.reference) == ("k", "春天来了。", "Spring.")


def test_ids_are_unique_over_all_files(tmp_path: Path) -> None:
    path = rows(
        tmp_path / "a.jsonl",
        *({"id": name, "text": "好。"} for name in ("b", "x", "x", "x-2", "x")),
    )
    ids = [row.id for row in read(path, write(tmp_path / "b.md", SIMPLIFIED))]
    assert ids == ["b", "x", "x-2", "x-2-2", "x-3", "b-2"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"txt": "好", "title": "t"}', "no 'text' field; found 'txt', 'title'"),
        ("{}", "no 'text' field; found nothing"),
        ('{"text": null}', "'text' is empty"),
        ('{"text": "  "}', "'text' is empty"),
        ('{"text": [1]}', "'text' must be text; found a list"),
        ('{"text": "好", "title": {}}', "'title' must be text; found an object"),
        ('{"text": "好", "id": true}', "'id' must be text; found true or false"),
        ('{"text": "好"', "not JSON: "),
        ('["好"]', "a row must be a JSON object; found a list"),
        ('"好"', "a row must be a JSON object; found a string"),
        ('{"text": "\\ud800"}', "half a surrogate pair (U+D800) at offset 0"),
        ('{"text": "a\\u0000"}', "binary: a NUL character at offset 1"),
        ("[" * 100_000, "not JSON"),
        ('{"text": ' + "1" * 9_000 + "}", "not JSON: a number with thousands of digits"),
        ('{"text": "' + "好" * 400_000 + '"}', "the row is larger than 1 MB"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_broken_row_fails_alone(tmp_path: Path, line: str, reason: str) -> None:
    path = write(tmp_path / "a.jsonl", f'{{"text": "一。"}}\n{line}\n\n{{"text": "二。"}}')
    first, failure, last = read(path)
    assert isinstance(failure, Failure)
    assert failure.reason.startswith(reason)
    assert (failure.id, failure.source) == ("a-2", f"{path}:2")
    assert isinstance(first, Document)
    assert isinstance(last, Document)
    assert (first.text, last.text, last.id) == ("一。", "二。", "a-4")


def test_a_row_with_a_bad_byte_fails_alone(tmp_path: Path) -> None:
    good = json.dumps({"text": SIMPLIFIED}, ensure_ascii=False).encode()
    path = write(tmp_path / "a.jsonl", good + b'\n{"text": "\xff\xe5"}\n' + good)
    first, failure, last = read(path)
    assert isinstance(first, Document)
    assert isinstance(last, Document)
    assert isinstance(failure, Failure)
    assert failure.reason == "not utf-8: byte 0xff at byte 10 of the line"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "big5", "utf-16", "utf-32"])
def test_rows_are_read_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    path = rows(
        tmp_path / "a.jsonl", {"text": TRADITIONAL}, {"text": "雙方簽署協議。"}, encoding=encoding
    )
    assert [row.text for row in documents(read(path))] == [TRADITIONAL, "雙方簽署協議。"]


@pytest.mark.parametrize(
    "array", [json.dumps([{"text": "好"}] * 5, indent=1), '[{"text": "好"},\n{}]']
)
def test_an_array_over_many_lines_is_one_failure(tmp_path: Path, array: str) -> None:
    path = write(tmp_path / "a.jsonl", array)
    [failure] = failures(read(path))
    assert failure.reason == "one JSON array, not JSON Lines"


def test_a_file_without_rows_fails(tmp_path: Path) -> None:
    assert failures(read(write(tmp_path / "a.jsonl", "\n\n")))[0].reason == "empty: no rows"


def test_rows_come_one_by_one(tmp_path: Path) -> None:
    line = json.dumps({"text": SIMPLIFIED}) + "\n"
    path = write(tmp_path / "a.jsonl", line * 20_000)
    found = read_documents([str(path)], format="auto", encoding="auto", fields={}, max_bytes=10_000)
    assert next(found)
    # the file is open and read no further than needed: what is cut off now is never seen
    os.truncate(path, 1_000_000)
    assert 0 < sum(1 for _ in found) < 19_000
