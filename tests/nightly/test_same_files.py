"""Files that a night shares with the night before: one file, two names, and never changed."""

import errno
import os
import shutil
from pathlib import Path

import pytest

from tests.nights import Nights

SECTIONS = {"report": {"formats": ["json"]}, "deliver": {"formats": ["md", "docx"]}}


@pytest.fixture
def two(tmp_path: Path) -> Nights:
    """A night, and one with the same pages and one more."""
    nights = Nights(tmp_path)
    nights.configure(**SECTIONS)
    nights.run("2026-11-25")
    nights.write("abbey", "修道院重新开放。")
    nights.run("2026-11-26")
    return nights


def _english(nights: Nights, day: str) -> dict[str, bytes]:
    folder = nights.path(f"{day}/english")
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def _shared(nights: Nights, *days: str) -> set[str]:
    """Return the files of English that are the same file in two nights."""
    first, second = (
        {name: nights.path(f"{day}/english/{name}").stat().st_ino for name in _english(nights, day)}
        for day in days
    )
    return {name for name, number in first.items() if second.get(name) == number}


def test_files_of_unchanged_articles_get_a_second_name(two: Nights) -> None:
    before, after = _english(two, "2026-11-25"), _english(two, "2026-11-26")
    shared = _shared(two, "2026-11-25", "2026-11-26")
    assert shared == {*before} - {"all.md", "all.docx"}
    assert {"school.1.md", "school.1.docx", "in-place/school.md"} <= shared
    assert {*after} - shared == {
        "all.md",
        "all.docx",
        "abbey.1.md",
        "abbey.1.docx",
        "in-place/abbey.md",
    }
    for name in shared:  # no editor changes two nights by one edit
        assert two.path(f"2026-11-25/english/{name}").stat().st_mode & 0o222 == 0
    two.run("2026-11-27")  # the same pages: all of it
    assert _shared(two, "2026-11-26", "2026-11-27") == {*after}
    for day in ("2026-11-25", "2026-11-26"):
        shutil.rmtree(two.path(day))
    assert _english(two, "2026-11-27") == after


def test_a_night_that_is_run_again_with_other_settings_changes_no_other_night(two: Nights) -> None:
    before = _english(two, "2026-11-25")
    two.configure(**SECTIONS | {"report": {"formats": ["json"], "title": "Harbour news"}})
    two.write("school", "小学今天放假。")
    (two.folder / "input/market.md").unlink()
    two.run("2026-11-26")
    again = _english(two, "2026-11-26")
    assert again["school.1.md"] != before["school.1.md"]
    assert "market.1.md" not in again
    assert _english(two, "2026-11-25") == before
    shutil.rmtree(two.path("2026-11-26"))
    two.run("2026-11-26", "--fresh")
    assert _english(two, "2026-11-26") == again


def test_a_disk_without_links_gets_copies(two: Nights, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*paths: object, **options: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    two.run("2026-11-27")
    assert _english(two, "2026-11-27") == _english(two, "2026-11-26")
    assert _shared(two, "2026-11-26", "2026-11-27") == set()
    copy = two.path("2026-11-27/english/all.md")
    assert copy.stat().st_mode & 0o200  # it belongs to one night
