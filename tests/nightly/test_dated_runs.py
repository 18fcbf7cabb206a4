"""`output: runs/{date}`: a folder for each night, what is new in it, and which folders stay."""

import json
import os
import re
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

import pipeline.config.series
from models.protocols import Candidate
from pipeline.config.night_sections import KeepSection
from pipeline.deliver.english.reading import EnglishArticle, EnglishEdition, lone_article
from pipeline.deliver.in_place.slots import Pairs, Slot, fill
from pipeline.engine.manifest import LastRun
from pipeline.errors import StoreError
from pipeline.nightly.past_runs import PastRun
from pipeline.nightly.retention import outdated
from pipeline.storage import hold_folder
from tests.nights import STORIES, Nights

CHANGED = STORIES["harbour"].replace("十二艘", "十五艘")


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Nights:
    """Three nights: the first; one story changed, one new, one gone; the same again."""
    nights = Nights(tmp_path_factory.mktemp("nights"))
    nights.configure(report={}, deliver={"formats": ["md"]})
    nights.run("2026-11-25")
    nights.write("harbour", CHANGED)
    nights.write("weather", "今晚有小雨。明天转晴。")
    (nights.folder / "input/river.md").unlink()
    nights.run("2026-11-26")
    nights.noted = list(nights.translator.asked)
    nights.run("2026-11-27")
    return nights


def test_every_night_has_a_folder_and_latest_leads_to_the_last(nights: Nights) -> None:
    assert nights.runs == ["2026-11-25", "2026-11-26", "2026-11-27"]
    assert nights.path("latest").resolve().name == "2026-11-27"
    for name in nights.runs:
        assert nights.path(f"{name}/report.html").is_file()
    assert (nights.folder / "runs/memory.sqlite").is_file()  # one memory for all nights


def test_only_new_and_changed_sentences_are_translated(nights: Nights) -> None:
    changed, *new = ("十五艘货船已经离港。", "今晚有小雨。", "明天转晴。", "本地新闻：weather")
    assert sorted(nights.noted) == sorted([changed, *new])


def test_an_unchanged_night_loads_no_model_and_makes_nothing(
    nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert nights.loads == 0
    assert set(nights.json("2026-11-27/manifest.json")["made"].values()) == {0}
    reports = [nights.path(f"2026-11-27/report.{kind}") for kind in ("html", "md", "json")]
    taken = [path.read_bytes() for path in reports]
    for path in reports:
        path.unlink()
    monkeypatch.setattr("pipeline.run.finish.take_report", lambda *arguments: False)
    nights.run("2026-11-27")  # rendered again, not taken from the night before
    assert [path.read_bytes() for path in reports] == taken


def test_changes_are_in_json_report_and_manifest(nights: Nights) -> None:
    changes = nights.json("2026-11-26/changes.json")
    counts = {"same": 4, "new": 1, "changed": 1, "gone": 1, "moved": 0}
    assert (changes["since"], changes["counts"]) == ("2026-11-25", counts)
    assert nights.json("2026-11-26/manifest.json")["changes"] == counts
    assert nights.json("2026-11-26/report.json")["changes"] == changes
    by_kind = {story["kind"]: story for story in changes["stories"]}
    assert by_kind["new"]["title"] == "本地新闻：weather"
    assert by_kind["gone"]["title"] == "本地新闻：river"
    [passage] = by_kind["changed"]["passages"]
    assert (passage["before"], passage["after"]) == ("十二艘货船已经离港。", "十五艘货船已经离港。")
    assert passage["after_marks"] == [{"start": 1, "end": 2}]
    page = nights.path("2026-11-26/report.html").read_text(encoding="utf-8")
    assert "Since 2026-11-25: 1 new, 1 changed, 0 moved, 1 gone; 4 stories as before." in page
    assert "十<mark>五</mark>艘" in page
    assert nights.json("2026-11-27/report.json")["changes"] is None
    assert "What is new" not in nights.path("2026-11-27/report.html").read_text("utf-8")
    assert nights.json("2026-11-27/changes.json")["counts"] == {
        "same": 6,
        **dict.fromkeys(("new", "changed", "gone", "moved"), 0),
    }
    assert not nights.path("2026-11-25/changes.json").exists()


def test_of_the_same_story_told_again_only_the_last_is_new(tmp_path: Path) -> None:
    nights = Nights(tmp_path)
    for date, ids in (("2026-11-25", "ab"), ("2026-11-26", "cabd"), ("2026-11-27", "d")):
        rows = [{"id": name, "text": "渡轮今晚停航。乘客改乘地铁。"} for name in ids]
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (tmp_path / "input/wire.jsonl").write_text(lines, encoding="utf-8")
        nights.run(date)
    more, less = (nights.json(f"2026-11-{day}/changes.json") for day in (26, 27))
    assert [(story["kind"], story["id"]) for story in more["stories"]] == [
        ("new", "b"),
        ("new", "d"),
    ]
    assert more["counts"]["same"] == len(STORIES) + 2
    assert [story["kind"] for story in less["stories"]] == ["gone"] * 3
    assert less["counts"]["same"] == len(STORIES) + 1


def test_the_page_over_all_nights_works_offline(nights: Nights) -> None:
    page = nights.path("index.html").read_text(encoding="utf-8")
    for name in nights.runs:
        assert f'href="{name}/report.html"' in page
    assert "<polyline" in page
    assert "prefers-color-scheme: dark" in page
    assert "width=device-width" in page
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")


def test_history_and_status_agree_with_the_manifest(nights: Nights) -> None:
    rows = json.loads(nights.call("history", "runs", "--json").text)
    assert [row["name"] for row in rows] == nights.runs
    totals = nights.json("2026-11-27/manifest.json")["totals"]
    assert rows[-1]["sentences"] == totals["sentences"]
    assert (rows[-1]["is_latest"], rows[1]["changes"]["new"]) == (True, 1)
    assert "there are runs in runs" in nights.call("history", ".").messages
    table = nights.call("history").text  # the config here says which folder
    assert "2026-11-26" in table
    assert "1/1/1" in table
    assert "articles       ▁▁▁" in table


def test_status_metrics_manifest_and_report_agree_to_the_sentence(nights: Nights) -> None:
    status = json.loads(nights.call("status", "runs/latest", "--json").text)
    manifest = nights.json("2026-11-27/manifest.json")
    report = nights.json("2026-11-27/report.json")
    metrics = nights.path("2026-11-27/metrics.prom").read_text(encoding="utf-8")
    assert status["totals"] == manifest["totals"] == report["totals"]
    scored = [s for article in report["articles"] for s in article["scores"]["sentences"]]
    assert len(scored) == report["totals"]["sentences"]
    for name, value in report["totals"].items():
        assert f"yibao_{name} {float(value)}\n" in metrics
    for name, count in report["checks"].items():
        assert manifest["quality"]["findings"][name] == count["flagged"]
        assert f'yibao_findings{{check="{name}"}} {float(count["flagged"])}\n' in metrics
    assert status["quality"] == manifest["quality"]
    sides = ("zh", "en")
    summaries = [row["summaries"][side] for row in report["articles"] for side in sides]
    assert sum(map(len, summaries)) == report["totals"]["summary_sentences"]
    known = [row["summaries"]["faithfulness"] for row in report["articles"]]
    faithfulness = manifest["quality"]["summary_faithfulness"]
    assert faithfulness == round(sum(known) / len(known), 4)
    assert f"yibao_summary_faithfulness {faithfulness}\n" in metrics
    assert (nights.folder / "runs/metrics.prom").read_text(encoding="utf-8") == metrics
    assert (status["state"], status["exit_code"], status["failures"]) == ("done", 0, 0)
    assert [stage["state"] for stage in status["stages"]] == ["done"] * 5


def test_runs_and_what_is_beside_them_are_never_input(nights: Nights) -> None:
    answer = nights.call("run", "--input", "runs", "--output", "elsewhere")
    assert (answer.code, "runs': the folder has no readable file" in answer.messages) == (2, True)
    answer = nights.call("run", "--input", ".", "--output", "elsewhere", "--until", "segment")
    assert "segment    6 documents" in answer.messages


@pytest.fixture
def fresh(tmp_path: Path) -> Nights:
    return Nights(tmp_path)


def test_rows_are_taken_where_files_have_other_names(fresh: Nights) -> None:
    """An edition in a folder of its own every night: sources and ids differ, texts do not."""
    (fresh.folder / "input").rename(fresh.folder / "2026-11-25")
    fresh.configure(input={"paths": ["{date}"], "edition": "folder"})
    fresh.run("2026-11-25")
    assert fresh.loads
    shutil.copytree(fresh.folder / "2026-11-25", fresh.folder / "2026-11-26")
    fresh.run("2026-11-26")
    assert fresh.loads == 0
    assert fresh.json("2026-11-26/changes.json")["counts"]["same"] == len(STORIES)
    alone = fresh.json("2026-11-26/report.json")["articles"]
    fresh.run("2026-11-26", "--fresh")  # the same without anything that was made before
    assert fresh.loads
    assert fresh.json("2026-11-26/report.json")["articles"] == alone


def test_other_settings_take_nothing_and_a_correction_is_made(fresh: Nights) -> None:
    fresh.run("2026-11-25")
    fresh.run("2026-11-26", "--set", "translate.kinds=[title, paragraph]")
    assert fresh.json("2026-11-26/manifest.json")["made"]["translate"] > 0
    (fresh.folder / "edited.tsv").write_text("zh\ten\n河水水位回落。\tThe river falls.\n", "utf-8")
    assert fresh.call("memory", "import", "edited.tsv", "-c", "config.yaml").code == 0
    fresh.run("2026-11-27")
    assert fresh.json("2026-11-27/report.json")["totals"]["corrected"] == 1
    fresh.run("2026-11-28")
    assert fresh.loads == 0
    assert fresh.json("2026-11-28/report.json")["totals"]["corrected"] == 1
    assert fresh.call("memory", "forget", "河水水位回落。", "-c", "config.yaml").code == 0
    fresh.run("2026-11-29")
    assert fresh.json("2026-11-29/report.json")["totals"]["corrected"] == 0


def test_what_failed_in_one_night_is_tried_again_in_the_next(
    fresh: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        answer = fresh.translator.answer

        def broken(sentences: Sequence[str]) -> list[Candidate]:
            if any("摊位" in sentence for sentence in sentences):
                raise ValueError("the model choked")
            return answer(sentences)

        patch.setattr(fresh.translator, "answer", broken)
        fresh.run("2026-11-25", ends=3)
    fresh.run("2026-11-26")
    assert "摊位租金下降一成。" in fresh.translator.asked
    assert not any("河水" in sentence for sentence in fresh.translator.asked)
    assert fresh.json("2026-11-26/report.json")["totals"]["articles"] == len(STORIES)


def test_editions_have_folders_of_their_own(fresh: Nights) -> None:
    fresh.configure(output="runs/{edition}")
    fresh.run("", "input/school.md")
    fresh.run("", "input/market.md")
    assert fresh.runs == ["market", "school"]
    assert fresh.path("latest").resolve().name == "market"
    fresh.configure(output="runs/{edition}/{date}", input={"paths": ["input"]})
    fresh.run("2026-11-28")
    assert (fresh.folder / "runs/input/2026-11-28/report.json").is_file()
    assert (fresh.folder / "runs/input/memory.sqlite").is_file()


# output, arguments, what the one line says
REFUSED = [
    ("runs/{date}/x", (), "output: {date} must be in the last part of the path"),
    ("runs/{edition}/x", (), "output: the last part of the path needs {date} or {edition} too"),
    ("runs/{dat}", (), "output: {dat} is unknown; did you mean {date}?"),
    ("runs/{edition}", ("--input", "input", "--input", "more"), "name exactly one in input.paths"),
    ("runs/{edition}", ("--input", "latest"), "'latest' cannot be the name of a run folder"),
    ("runs/x", ("--date", "2026-11-28"), "--date has no effect"),
    ("runs/{date}", ("--date", "28.11.2026"), "is not a day; write YYYY-MM-DD"),
]


@pytest.mark.parametrize(("output", "arguments", "line"), REFUSED)
def test_a_placeholder_in_the_wrong_place_is_refused(
    output: str, arguments: tuple[str, ...], line: str, fresh: Nights
) -> None:
    fresh.configure(output=output)
    answer = fresh.run("", *arguments, ends=2)
    assert line in " ".join(answer.messages.split())
    assert not (fresh.folder / "runs").exists()


def test_a_run_that_is_picked_up_after_midnight_keeps_its_date(
    fresh: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    def at(text: str) -> None:
        moment = datetime.fromisoformat(text).astimezone()
        monkeypatch.setattr(pipeline.config.series, "_now", lambda: moment)

    def began(name: str, started: str, status: str) -> None:
        folder = fresh.path(name)
        folder.mkdir(parents=True)
        moment = datetime.fromisoformat(started).astimezone(UTC).isoformat()
        values = {"tables": {}, "status": status, "started": moment}
        (folder / "manifest.json").write_text(json.dumps(values), encoding="utf-8")

    began("2026-11-27", "2026-11-27T23:50", "interrupted")
    at("2026-11-28T00:06")
    fresh.run("", "--until", "segment")
    assert fresh.runs == ["2026-11-27"]
    fresh.run("", "--until", "segment")  # it is done now
    assert fresh.runs == ["2026-11-27", "2026-11-28"]
    began("2026-11-30", "2026-11-30T02:00", "failed")
    at("2026-12-01T02:00")
    fresh.run("", "--until", "segment")  # a night later, not a few hours
    assert "2026-12-01" in fresh.runs


def past(name: str, status: str = "done", code: int | None = 0) -> PastRun:
    facts = LastRun({}, status, exit_code=code, started=f"{name}T02:00:00+00:00")
    return PastRun(Path(name), facts)


# keep, the runs that are removed of seven nights, of which the last three failed
KEPT = [
    ({"runs": 3}, "21 22 23"),  # 24 is the last good one
    ({"days": 2}, "21 22 23"),  # as above
    ({"days": 5}, "21"),
    ({"days": 2, "runs": 6}, "21"),
    ({"runs": 10}, ""),
]


@pytest.mark.parametrize(("keep", "removed"), KEPT)
def test_a_run_stays_if_either_rule_keeps_it_and_the_last_good_one_always(
    keep: dict[str, int], removed: str
) -> None:
    days = ("21", "22", "23", "24", "25", "26", "27")
    runs = [past(f"2026-11-{day}", code=0 if day < "25" else 1) for day in days]
    today = datetime(2026, 11, 27).date()
    gone = outdated(runs, KeepSection(**keep), set(), today)
    assert " ".join(run.name[-2:] for run in gone) == removed


def test_old_runs_are_removed_but_not_one_that_is_needed(fresh: Nights) -> None:
    for day in ("2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04"):
        fresh.run(day)
    assert fresh.call("bless", "runs/2026-01-01").text == "runs/baseline is now 2026-01-01\n" + (
        "it has no scores, because its sentences have no references: no gate can use it\n"
    )
    (fresh.path(".2025-12-31.removed")).mkdir()
    fresh.configure(keep={"runs": 1})
    with hold_folder(fresh.path("2026-01-03")):  # it is running
        fresh.run("2026-01-05")
    assert fresh.runs == ["2026-01-01", "2026-01-03", "2026-01-05"]
    assert not fresh.path(".2025-12-31.removed").exists()
    page = fresh.path("index.html").read_text(encoding="utf-8")
    assert "2026-01-02" not in page
    # what later nights took from the removed ones is their own
    assert fresh.json("2026-01-05/report.json")["totals"]["articles"] == len(STORIES)
    fresh.run("2026-01-06", "--set", "summarize.languages=[zh, en]")
    fresh.run("2026-01-06")  # the shards of the other setting are swept
    shards = list(fresh.path("2026-01-06/summaries").glob("*.jsonl"))
    assert len(shards) == len(fresh.json("2026-01-06/manifest.json")["tables"]["summaries"])


def test_a_pointer_is_a_text_file_where_links_fail(
    fresh: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, target: object, target_is_directory: bool = False) -> None:
        raise OSError("no links here")

    monkeypatch.setattr(Path, "symlink_to", refuse)
    monkeypatch.setattr(Path, "hardlink_to", refuse)
    fresh.run("2026-11-25")
    fresh.run("2026-11-26")
    assert fresh.path("latest").read_text(encoding="utf-8") == "2026-11-26\n"
    assert fresh.loads == 0
    assert '"2026-11-26"' in fresh.call("history", "runs", "--json").text
    assert "2026-11-26: done" in fresh.call("status", "runs/latest").text
    assert "harbour.1" in fresh.call("show", "runs/latest").text
    fresh.call("export", "runs/latest", "--to", "all.docx")
    assert (fresh.folder / "all.docx").is_file()


@pytest.mark.parametrize("taken", ["latest", "index.html", "metrics.prom"])
def test_what_cannot_be_written_beside_the_runs_stops_nothing_else(
    taken: str, fresh: Nights
) -> None:
    fresh.path(taken).mkdir(parents=True)
    said = fresh.run("2026-11-25").messages
    assert f"after the run: runs/{taken}: cannot be written: Is a directory; something" in said
    for name in {"latest", "index.html", "metrics.prom"} - {taken}:
        assert fresh.path(name).is_symlink() or fresh.path(name).is_file(), name


def test_a_file_in_the_place_of_a_night_is_named(fresh: Nights) -> None:
    fresh.path("").mkdir()
    fresh.path("2026-11-25").write_text("mine", encoding="utf-8")
    said = fresh.run("2026-11-25", ends=1).messages
    assert "runs/2026-11-25: cannot be made: File exists; something else has its name" in said
    answer = fresh.call("bless", "runs")
    assert (answer.code, "runs: not a run folder" in answer.messages) == (1, True)


def test_a_night_that_is_made_up_for_does_not_become_the_latest(fresh: Nights) -> None:
    fresh.run("2026-11-25")
    fresh.run("2026-11-20")
    assert fresh.loads == 0  # it takes what the later one made
    assert fresh.path("latest").resolve().name == "2026-11-25"
    assert fresh.json("2026-11-20/manifest.json")["before"] is None


def test_a_config_with_a_plain_output_makes_nothing_beside_it(fresh: Nights) -> None:
    fresh.configure(output="runs/x")
    fresh.run()
    assert sorted(path.name for path in fresh.path("").iterdir()) == ["memory.sqlite", "x"]
    assert not fresh.path("x/changes.json").exists()


def test_the_digest_says_what_is_new(nights: Nights) -> None:
    digest = nights.json("2026-11-26/digest.json")
    assert (
        digest["news"]
        == "Since 2026-11-25: 1 new, 1 changed, 0 moved, 1 gone; 4 stories as before."
    )
    changes = {story["title_zh"]: story["change"] for story in digest["stories"]}
    assert changes.pop("本地新闻：weather") == "new"
    assert changes.pop("本地新闻：harbour") == "changed"
    assert {*changes.values()} == {""}
    assert digest["date"] == "2026-11-26"
    for name in ("digest.md", "digest.html"):
        text = nights.path(f"2026-11-26/{name}").read_text(encoding="utf-8")
        assert "2026-11-26 · 6 stories" in text
        assert digest["news"] in text
        assert len(re.findall(r">changed<|\(changed\)", text)) == 1
    unchanged = nights.json("2026-11-27/digest.json")
    assert unchanged["news"] == "Nothing changed since 2026-11-26."
    assert {story["change"] for story in unchanged["stories"]} == {""}


def test_unchanged_pages_in_a_dated_folder_cost_nothing(
    fresh: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh.configure(input={"paths": ["in/{date}"]}, report={}, deliver={"formats": ["md"]})
    pages = fresh.folder / "input"
    for day in ("2026-11-25", "2026-11-26"):
        shutil.copytree(pages, fresh.folder / "in" / day)
    fresh.run("2026-11-25")
    for made in ("finish._write_report", "english.write_copies", "digest.make_digest"):
        monkeypatch.setattr(f"pipeline.run.{made}", None)  # calling it would fail
    fresh.run("2026-11-26")
    manifest, before = (fresh.json(f"{day}/manifest.json") for day in ("2026-11-26", "2026-11-25"))
    assert fresh.loads == 0
    assert {*manifest["made"].values()} == {0}
    assert manifest["tables"] == before["tables"]
    [copy, *_] = manifest["english"]["copies"]["files"]
    for name in (f"english/in-place/{copy}", "english/all.md", "index.csv"):
        old, new = (fresh.path(f"{day}/{name}") for day in ("2026-11-25", "2026-11-26"))
        assert old.read_bytes() == new.read_bytes()
    report = fresh.json("2026-11-26/report.json")
    assert (report["run"], report["input"]) == ("2026-11-26", ["in/2026-11-26"])
    account = (fresh.path("2026-11-26") / "accounts.jsonl").read_text(encoding="utf-8")
    assert '"source": "harbour.md"' in account


def test_pages_of_two_dated_folders_keep_sources_of_their_own(fresh: Nights) -> None:
    fresh.configure(input={"paths": ["east/{date}", "west/{date}"]})
    for paper in ("east", "west"):
        shutil.copytree(fresh.folder / "input", fresh.folder / paper / "2026-11-25")
    fresh.run("2026-11-25", "--until", "segment")
    account = (fresh.path("2026-11-25") / "accounts.jsonl").read_text(encoding="utf-8")
    for paper in ("east", "west"):
        assert f'"source": "{paper}/2026-11-25/harbour.md"' in account


def _at(monkeypatch: pytest.MonkeyPatch, time: str) -> None:
    monkeypatch.setattr("pipeline.engine.manifest._now", lambda: time)


@pytest.mark.parametrize(
    ("again", "has_other_input", "day"),
    [
        ("2026-11-28T00:30:00+00:00", False, "2026-11-27"),
        ("2026-11-30T20:00:00+00:00", False, "2026-11-27"),
        ("2026-11-28T00:30:00+00:00", True, "2026-11-27"),
        ("2026-11-28T20:00:00+00:00", True, "2026-11-28"),  # the pages of another day
    ],
)
def test_a_run_finished_after_midnight_has_the_report_of_the_day_it_began(
    again: str, has_other_input: bool, day: str, fresh: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "UTC")
    fresh.configure(output="one/news", report={})
    _at(monkeypatch, "2026-11-27T23:30:00+00:00")
    with monkeypatch.context() as full:

        def fail(*arguments: object, **keywords: object) -> None:
            raise StoreError("no space left on the disk")

        full.setattr("pipeline.run.finish.conclude", fail)
        fresh.run(ends=1)
    if has_other_input:
        fresh.write("harbour", CHANGED)
    _at(monkeypatch, again)
    fresh.run()
    stopped = fresh.folder / "one/news"
    assert json.loads((stopped / "report.json").read_text("utf-8"))["date"] == day
    _at(monkeypatch, f"{day}T23:30:00+00:00")
    fresh.configure(output="other/news", report={})
    fresh.run()
    for name in ("report.html", "report.md", "report.json"):
        whole = fresh.folder / "other/news" / name
        assert (stopped / name).read_bytes() == whole.read_bytes()


def test_the_report_of_a_night_states_the_date_of_the_night(fresh: Nights) -> None:
    fresh.run("2026-11-20")
    assert fresh.json("2026-11-20/report.json")["date"] == "2026-11-20"


def test_a_folder_of_thousands_of_files_is_listed_once_not_for_each(
    fresh: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    swept: list[str] = []

    def note(folder: Path, is_ours: object) -> None:
        swept.append(folder.name)

    monkeypatch.setattr("pipeline.storage.sweep", note)
    fresh.configure(deliver={"formats": ["md", "txt"]})
    fresh.run("2026-11-25")
    assert (swept.count("english"), swept.count("in-place")) == (1, 1)


def test_a_night_with_a_changed_page_renders_the_english_of_that_page_only(
    fresh: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh.configure(deliver={"formats": ["md", "txt", "html", "docx"]})
    fresh.run("2026-11-25")
    fresh.write("harbour", CHANGED)
    fresh.write("abbey", "修道院重新开放。")  # all others move by one place
    edited = fresh.path("2026-11-25/english/school.1.txt")
    edited.write_text("An editor was here.", encoding="utf-8")
    os.utime(edited, (_LATER, _LATER))
    rendered: list[str] = []
    copied: list[Pairs] = []

    def render(article: EnglishArticle) -> EnglishEdition:
        rendered.append(article.id)
        return lone_article(article)

    def copy(slots: Sequence[Slot], pairs: Pairs) -> tuple[list[str], list[str]]:
        copied.append(pairs)
        return fill(slots, pairs)

    monkeypatch.setattr("pipeline.run.english.lone_article", render)
    monkeypatch.setattr("pipeline.deliver.in_place.markdown.fill", copy)
    fresh.run("2026-11-26")
    assert {*rendered} == {"abbey.1", "harbour.1", "school.1"}
    assert len(copied) == 2
    taken = _contents(fresh.path("2026-11-26/english"))
    rendered.clear()
    shutil.rmtree(fresh.path("2026-11-25"))
    shutil.rmtree(fresh.path("2026-11-26"))
    fresh.run("2026-11-26")  # from nothing
    assert {*rendered} == {f"{name}.1" for name in ("abbey", *STORIES)}
    assert _contents(fresh.path("2026-11-26/english")) == taken


_LATER = 4_000_000_000


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_status_shows_the_run_that_goes_on_though_the_clock_was_set_back(fresh: Nights) -> None:
    for day, facts in (
        ("2026-11-25", {"started": "2036-11-25T02:00:00+00:00"}),
        ("2026-11-26", {"status": "running"}),
    ):
        fresh.run(day)
        path = fresh.path(f"{day}/manifest.json")
        path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | facts), encoding="utf-8")
    assert "2026-11-25: done" in fresh.call("status", "runs").text
    with hold_folder(fresh.path("2026-11-26")):
        assert "2026-11-26: running" in fresh.call("status", "runs").text
