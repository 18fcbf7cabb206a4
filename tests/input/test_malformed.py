"""No input stops a run: each of some three hundred malformed ones is read or named."""

import time
from pathlib import Path

from pipeline.input.find import printable
from pipeline.input.read import read_documents
from pipeline.records import Document, Edition, Failure
from pipeline.segment.segment import segment
from tests.malformed import malformed_files, sound_files

MAX_BYTES = 2_000_000


def read(*paths: Path) -> list[Document | Failure]:
    found = read_documents(
        [str(path) for path in paths],
        format="auto",
        encoding="auto",
        fields={},
        max_bytes=MAX_BYTES,
    )
    return [row for row in found if not isinstance(row, Edition)]


def test_the_files_that_are_damaged_were_sound(tmp_path: Path) -> None:
    for name, data in sound_files().items():
        path = tmp_path / name
        path.write_bytes(data)
        assert all(isinstance(row, Document) for row in read(path)), name


def test_what_a_parser_of_xml_says_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "units.xlf"
    path.write_bytes(b'<\x00xliff version="1.2"/>')
    [row] = read(path)
    assert isinstance(row, Failure)
    assert "\n" not in row.reason


def test_every_malformed_input_is_read_or_named(tmp_path: Path) -> None:
    paths = list(malformed_files(tmp_path))
    assert len(paths) >= 300
    slowest = ("", 0.0)
    named = 0
    for path in paths:
        start = time.process_time()
        rows = read(path)
        assert rows, path
        for row in rows:
            assert row.source.startswith(printable(str(path))), path
            if isinstance(row, Failure):
                assert row.reason, path
                assert row.advice, path
                assert len(row.reason) < 500, path
                assert "\n" not in row.reason, path
            else:
                assert row.text.strip(), path
                assert "\x00" not in row.text, path
                assert len(row.text.encode()) <= 10 * MAX_BYTES, path
        named += any(isinstance(row, Failure) for row in rows)
        documents = [row for row in rows if isinstance(row, Document)]
        segment(documents, join_broken_paragraphs=True, max_sentence_chars=200)
        slowest = max(slowest, (path.name, time.process_time() - start), key=lambda pair: pair[1])
    # damage of most kinds is told; the rest leaves text, wrong as it may be
    assert named > len(paths) / 3
    assert slowest[1] < 30, slowest


def test_one_malformed_input_does_not_hide_the_others(tmp_path: Path) -> None:
    list(malformed_files(tmp_path))
    (tmp_path / "zz-good.md").write_text("春天来了。", encoding="utf-8")
    rows = read(tmp_path)
    assert any(isinstance(row, Document) and row.text == "春天来了。" for row in rows)
    # nor do the pages of an edition hide each other
    found = read_documents(
        [str(tmp_path)],
        format="auto",
        encoding="auto",
        fields={},
        max_bytes=MAX_BYTES,
        edition="folder",
    )
    alone, pages = [row for row in rows if isinstance(row, Document)], list[Document]()
    failures = [row for row in rows if isinstance(row, Failure)]
    for row in found:
        match row:
            case Edition():
                pages += row.pages
            case Document():
                pages.append(row)
            case Failure():
                failures.remove(row)
    assert not failures
    assert {page.source for page in pages} == {row.source for row in alone}
