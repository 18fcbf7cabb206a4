"""Every file of a run calls an article by the same English title."""

import json
from pathlib import Path

import pytest

from models.protocols import Candidate
from tests.nights import Nights

TEXTS = {
    "plain": ("今天下雨。\n\n明天天晴，气温回升。\n", "Rain today."),
    "long": (
        f"今天{'很' * 60}冷。\n\n明天天晴。\n",
        "A long sentence of many words that goes on …",
    ),
    "heading": ("# 药店夜间营业\n\n居民可以买药。\n", "Pharmacy open at night"),
    "two": ("# 电影节开幕。明星到场。\n\n票价为三十元。\n", "The festival opens. Stars arrive."),
}
ENGLISH = {
    "今天下雨。": "Rain today.",
    "药店夜间营业": "Pharmacy open at night",
    "电影节开幕。明星到场。": "The festival opens. Stars arrive.",
}
LONG = "A long sentence of many words that goes on far beyond sixty characters of a line."


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Nights:
    """Two nights; in the second every text is new."""
    nights = Nights(tmp_path_factory.mktemp("titles"))
    nights.translator.answer = lambda sentences: [  # type: ignore[method-assign]
        Candidate(ENGLISH.get(text, LONG if "很" in text else f"About {len(text)}."), 0.5)
        for text in sentences
    ]
    nights.configure(report={}, deliver={"formats": ["md"]})
    nights.run("2026-11-25")
    for name, (text, _) in TEXTS.items():
        (nights.folder / f"input/{name}.md").write_text(text, encoding="utf-8")
    nights.run("2026-11-26")
    return nights


def titles(rows: list[dict[str, str]], name: str) -> list[str]:
    return [row["title_en"] for row in rows if name in str(row.get("id") or row.get("articles"))]


@pytest.mark.parametrize("name", TEXTS)
def test_digest_changes_report_and_english_articles_use_one_title(
    nights: Nights, name: str
) -> None:
    folder: Path = nights.path("2026-11-26")
    changes = nights.json("2026-11-26/changes.json")["stories"]
    digest = json.loads((folder / "digest.json").read_text("utf-8"))["stories"]
    [changed] = titles(changes, name)
    [of_story] = titles(digest, name)
    page = (folder / "report.html").read_text("utf-8")
    english = (folder / f"english/{name}.1.md").read_text("utf-8")
    start = TEXTS[name][1].removesuffix(" …")
    assert changed == of_story
    assert changed.startswith(start)
    assert len(changed) <= 60
    assert f">{changed}</a>" in page
    assert english.startswith(f"# {changed}")
    assert start in (folder / "digest.md").read_text("utf-8")
