"""Corrections of several editors: merged, conflicts named, comments shown, terms proposed."""

import json
from pathlib import Path

import pytest

from pipeline.language.glossary import parse_glossary
from pipeline.memory.maintenance import entries
from pipeline.memory.schema import EDITOR
from tests.memory.test_commands import Desk

ZH = "今天是第3天。"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(tmp_path, monkeypatch)


def write(desk: Desk, name: str, *rows: tuple[str, str], **more: object) -> str:
    file = desk.folder / name
    lines = [json.dumps({"zh": zh, "en": en, **more}, ensure_ascii=False) for zh, en in rows]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(file)


def corrections(desk: Desk) -> dict[str, str]:
    return {entry.zh: entry.en for entry in entries(desk.folder / "runs/memory.sqlite", EDITOR)}


def test_files_of_several_editors_are_merged_and_conflicts_named(desk: Desk) -> None:
    one = write(desk, "one.jsonl", (ZH, "Day three."), ("今天是第4天。", "Day four."))
    two = write(desk, "two.jsonl", ("今天是第5天。", "Day five."), (ZH, "The third day."))
    three = write(desk, "three.jsonl", ("今天是第4天。", "Day four."))
    files = (one, two, three)
    output = desk.do("memory", "import", *files, "-c", str(desk.config), exit_code=3).output
    assert (
        f"{one}:1: '{ZH}' is corrected to 'Day three.', but in {two}:2 'The third day.'" in output
    )
    assert (
        f"{two}:2: '{ZH}' is corrected to 'The third day.', but in {one}:1 'Day three.'" in output
    )
    assert "1 row, 0 corrections, 1 unchanged" in output
    assert corrections(desk) == {"今天是第4天。": "Day four.", "今天是第5天。": "Day five."}


def test_a_file_from_an_older_report_does_not_undo_a_correction(desk: Desk) -> None:
    first = write(desk, "first.jsonl", (ZH, "Day three."), before="3 days.")
    late = write(desk, "late.jsonl", (ZH, "The third day."), before="3 days.")
    seen = write(desk, "seen.jsonl", (ZH, "Day 3."), before="Day three.")
    place = ("-c", str(desk.config))
    desk.do("memory", "import", first, *place)
    output = desk.do("memory", "import", late, *place, exit_code=3).output
    assert (
        f"{late}:1: '{ZH}' is corrected to 'The third day.', but the memory has 'Day three.'"
        in output
    )
    assert corrections(desk) == {ZH: "Day three."}
    desk.do("memory", "import", seen, *place)
    assert corrections(desk) == {ZH: "Day 3."}
    desk.do("memory", "import", late, *place, "--all")
    assert corrections(desk) == {ZH: "The third day."}


def test_an_accepted_sentence_is_the_editors_and_a_comment_is_shown(desk: Desk) -> None:
    desk.run()
    [english] = [line.split("\t")[7] for line in desk.table().splitlines() if ZH in line]
    more = {"comment": "ask\nher", "article_id": "n3.1", "sentence": "s2"}
    file = write(desk, "a.jsonl", (ZH, english), accepted=True, **more)
    for words in ("1 correction, 0 unchanged", "0 corrections, 1 unchanged"):
        output = desk.do("memory", "import", file, "-c", str(desk.config)).output
        assert words in output
        assert f"{file}:1: comment on n3.1#s2: ask her\n" in output
    assert corrections(desk) == {ZH: english}


TERMS = (
    ("欢迎来到金山。", "Welcome to Golden Mountain.", "Welcome to Jinshan."),
    ("金山在发展。", "Golden Mountain grows.", "Jinshan grows."),
    ("一网通办很方便。", "One net pass is handy.", "All Services on One Network is handy."),
    ("上海推出一网通办。", "It launched One net pass.", "It launched All Services on One Network."),
    ("张伟在北京工作。", "Zhang works in Peking.", "Zhang works in Beijing."),  # once only
    ("会议很好。", "A meeting is good.", "The meeting is good."),
    ("会议很长。", "A meeting is long.", "The meeting is long."),  # an article is no term
)


def test_corrections_propose_a_glossary_that_the_config_takes(desk: Desk) -> None:
    rows = [{"zh": zh, "before": old, "en": new} for zh, old, new in TERMS]
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    terms = desk.folder / "terms.tsv"
    output = desk.bring("c.jsonl", text, "--propose", str(terms)).output
    assert f"2 glossary entries proposed in {terms}" in output
    glossary = parse_glossary(terms.read_text(encoding="utf-8"))
    assert {zh: term.english for zh, term in glossary.terms.items()} == {
        "金山": ("Jinshan",),
        "一网通办": ("All Services on One Network",),
    }
    assert glossary.terms["金山"].note == "instead of “Golden Mountain” in 2 sentences"


def test_comments_are_in_the_next_report_and_in_exported_corrections(desk: Desk) -> None:
    desk.run()
    report = desk.folder / "runs/test/report.html"
    other = "今天是第4天。"
    before = report.read_bytes()
    first = write(desk, "a.jsonl", (ZH, "The third day."), comment="ask <her>")
    [english] = [line.split("\t")[7] for line in desk.table().splitlines() if other in line]
    only = write(desk, "b.jsonl", (other, english), comment="who says so?")
    both = write(desk, "c.jsonl", (ZH, "The third day."), comment="and him")
    answer = desk.do("memory", "import", first, only, both, "-c", str(desk.config), "--dry-run")
    assert "who says so?" in answer.output
    desk.run()
    assert report.read_bytes() == before
    answer = desk.do("memory", "import", first, only, both, "-c", str(desk.config))
    assert "the next run uses them; its report shows the comments" in answer.output
    assert sum(desk.run().values()) > 0
    page = report.read_text("utf-8")
    assert "<i>ask &lt;her&gt; / and him</i>" in page
    assert "<i>who says so?</i>" in page
    assert page.count('<span class="why comment">') == 2
    target = desk.folder / "corrections.tsv"
    desk.do("memory", "export", "-c", str(desk.config), "--model", "editor", "--to", str(target))
    head, row = target.read_text("utf-8").splitlines()
    assert head.split("\t")[-1] == "comment"
    assert row.split("\t")[-1] == "ask <her> / and him"
    answer = desk.do("memory", "import", str(target), "-c", str(desk.config))
    assert f"{target}:2: comment on {ZH}: ask <her> / and him" in answer.output
    tmx = desk.folder / "corrections.tmx"
    desk.do("memory", "export", "-c", str(desk.config), "--model", "editor", "--to", str(tmx))
    assert "ask &lt;her&gt; / and him" in tmx.read_text("utf-8")
    desk.do("memory", "prune", "-c", str(desk.config), "--older-than", "0")
    desk.do("memory", "forget", other, "-c", str(desk.config))
    desk.run()
    page = report.read_text("utf-8")
    assert "who says so?" not in page
    assert "ask &lt;her&gt;" in page


def test_a_new_comment_alone_changes_the_report_and_no_translation(desk: Desk) -> None:
    desk.run()
    [english] = [line.split("\t")[7] for line in desk.table().splitlines() if ZH in line]
    file = write(desk, "a.jsonl", (ZH, english), comment="unclear")
    answer = desk.do("memory", "import", file, "-c", str(desk.config))
    assert "the next report shows them" in answer.output
    assert set(desk.run().values()) == {0}
    assert "<i>unclear</i>" in (desk.folder / "runs/test/report.html").read_text("utf-8")
