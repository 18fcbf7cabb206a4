"""A night takes what the report says of unchanged articles; its bytes are those of a fresh one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import pipeline.report.html
from pipeline.nightly.known_texts import TEXTS
from pipeline.report.article import ReportArticle
from pipeline.report.passages.story import story_parts
from tests.nights import STORIES, Nights

FORMATS = ("report.html", "report.md", "report.json", "index.csv")
LIKE_ANCHORS = (
    '链接 id="a1" 与 href="#a1-s1" 不变。<b id="a2">张三</b>说：“a1-s1”。\x01王小明增长15%。'
)
SECTIONS = {
    "report": {"formats": ["html", "markdown", "json", "index"]},
    "deliver": {"formats": ["md", "html"]},
    "summarize": {"digest": {"stories": 3}},
}


@pytest.fixture
def second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Nights:
    """Two nights; in the second a story is new, one changed, one gone, one moved, the rest later.

    `noted` are the articles whose passages it made.
    """
    nights = Nights(tmp_path)
    nights.configure(**SECTIONS)
    nights.write("a1", LIKE_ANCHORS)
    nights.run("2026-11-25")
    nights.write("abbey", "修道院重新开放。门票二十元。")  # all behind it move by one place
    nights.write("harbour", STORIES["harbour"].replace("十二艘", "十五艘"))
    (tmp_path / "input/market.md").unlink()
    (tmp_path / "input/river.md").rename(tmp_path / "input/stream.md")
    _note(nights, monkeypatch)
    nights.run("2026-11-26")
    return nights


def _note(nights: Nights, monkeypatch: pytest.MonkeyPatch) -> None:
    def noted(story: ReportArticle) -> Iterator[str]:
        nights.noted.append(story.article.id)
        return story_parts(story)

    monkeypatch.setattr(pipeline.report.html, "story_parts", noted)


def _contents(folder: Path) -> dict[str, bytes]:
    names = (*FORMATS, TEXTS, "digest.json", "digest.html", "english/all.html", "english/all.md")
    return {name: (folder / name).read_bytes() for name in names}


def test_only_changed_articles_are_made_and_all_bytes_are_those_of_a_fresh_report(
    second: Nights,
) -> None:
    assert sorted(second.noted) == ["abbey.1", "harbour.1", "stream.1"]
    taken = _contents(second.path("2026-11-26"))
    for name in (*FORMATS, TEXTS):
        second.path(f"2026-11-26/{name}").unlink()
    second.path(f"2026-11-25/{TEXTS}").unlink()
    second.noted.clear()
    second.run("2026-11-26")
    assert len(second.noted) == 7
    assert _contents(second.path("2026-11-26")) == taken


@pytest.mark.parametrize("damage", [b"", b"not packed", None])
def test_a_damaged_file_of_texts_is_as_good_as_none(second: Nights, damage: bytes | None) -> None:
    taken = _contents(second.path("2026-11-26"))
    path = second.path(f"2026-11-25/{TEXTS}")
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2] if damage is None else damage)
    second.path("2026-11-26/report.html").unlink()
    second.noted.clear()
    second.run("2026-11-26")
    assert len(second.noted) == 7
    assert _contents(second.path("2026-11-26")) == taken


def test_damage_in_one_text_costs_that_text_only(second: Nights) -> None:
    taken = _contents(second.path("2026-11-26"))
    path = second.path(f"2026-11-25/{TEXTS}")
    data = bytearray(path.read_bytes())
    data[-5] ^= 1  # in the checksum of the last text
    path.write_bytes(data)
    second.path("2026-11-26/report.html").unlink()
    second.run("2026-11-26")
    assert _contents(second.path("2026-11-26")) == taken


def test_an_unchanged_night_hands_the_texts_on(second: Nights) -> None:
    second.run("2026-11-27")
    second.noted.clear()
    second.write("weather", "今晚有小雨。")
    second.run("2026-11-28")
    assert second.noted == ["weather.1"]


def test_a_run_without_a_date_leaves_no_texts(tmp_path: Path) -> None:
    nights = Nights(tmp_path)
    nights.configure(**SECTIONS, output="out")
    nights.run()
    assert (tmp_path / "out/report.html").is_file()
    assert not (tmp_path / "out" / TEXTS).exists()
