"""The English articles for readers: what is in them, in every format, and when they are written."""

import html
import io
import json
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterable
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.cli import cli
from pipeline.deliver.english.names import file_names
from pipeline.deliver.english.reading import (
    LEFT_OUT,
    Doubt,
    EnglishEdition,
    english_article,
    english_edition,
    lone_article,
)
from pipeline.deliver.export import WRITER_OF
from pipeline.records import (
    Article,
    Block,
    Failure,
    Finding,
    Score,
    Sentence,
    SentenceScore,
    Summary,
    SummarySentence,
    TranslatedSentence,
    Translation,
)
from pipeline.translate.rules.furniture import english_furniture
from tests.runs import ServerBench

FORMATS = ("md", "docx", "html", "txt")
DOUBT = Finding("numbers", "error", "12,400 is missing")
REMARK = Finding("names", "info", "please confirm: Tu Yu")

Line = tuple[str, str, tuple[Finding, ...]]
Row = tuple[Article, Translation | None, Summary | None, Score | None]


def row(blocks: Iterable[tuple[str, list[Line]]], name: str = "a", **fields: str | None) -> Row:
    """Return an article with its translation and scores; a line is Chinese, English, findings."""
    made: list[Block] = []
    translated: list[TranslatedSentence] = []
    scored: list[SentenceScore] = []
    for kind, lines in blocks:
        sentences = []
        for zh, en, findings in lines:
            number = f"s{len(translated) + 1}"
            sentences.append(Sentence(number, zh, ()))
            translated.append(TranslatedSentence(number, en, "model" if en else "none", 0.5))
            scored.append(SentenceScore(number, 0.5, findings, expected_error=52.0))
        made.append(Block(kind, tuple(sentences)))  # type: ignore[arg-type]
    article = Article(
        name, name, f"{name}.md", "题", fields.get("date"), fields.get("byline"), tuple(made)
    )
    summary = Summary(name, (), (SummarySentence("Rice grew.", ("s1",)),))
    return article, Translation(name, tuple(translated)), summary, Score(name, tuple(scored), 0.5)


def block(kind: str, zh: str, en: str, *findings: Finding) -> tuple[str, list[Line]]:
    return kind, [(zh, en, findings)]


PAGE = row(
    [
        block("subtitle", "引题", "A bumper year"),
        block("title", "枫泾水稻丰收", "Fengjing brings in a record rice harvest"),
        block("date", "2023年3月5日", "March 5, 2023"),
        block("credit", "记者 屠瑜", "By Tu Yu"),
        (
            "paragraph",
            [
                ("产量一万吨。", "Output <b>rose</b> & *fell*.", (DOUBT, REMARK)),
                ("农民满意。", "", ()),
                ("完。", "# The end_of_it.", ()),
            ],
        ),
        block("heading", "小标题", "New machines"),
        block("list_item", "一", "A first item"),
        block("list_item", "（二）二", "(2) A second item"),
        block("list_item", "1.1 三", "1.1 A third item"),
        block("list_item", "第四条 四", "Article 4 A fourth item"),
        (
            "table",
            [
                ("| 镇名 | 产量 |", "| Town | Tonnes |", ()),
                ("| 枫泾 | 12,400 |", "| Fengjing | 12,400 |", (DOUBT,)),
                ("| 朱泾 | 9 |", "", ()),
                ("| 合计 | 9 |", "A total of 21,409 tonnes", ()),
            ],
        ),
        block("caption", "图", "Harvesters at work"),
        block("image", "![图](1.jpg)", ""),
        block("page_number", "特21", "Special 21"),
        block("furniture", "广告", "Advertisement"),
        block("credit", "金燕玲摄", "Photo: Jin Yanling"),
    ]
)


def edition(*rows: Row, failures: tuple[Failure, ...] = ()) -> EnglishEdition:
    return english_edition(
        rows, model="opus-mt", title="Tonight", rule=english_furniture, failures=failures
    )


def lone(one: Row) -> EnglishEdition:
    article, translation, summary, score = one
    assert translation is not None
    return lone_article(
        english_article(
            article, translation, summary, score, model="opus-mt", rule=english_furniture
        )
    )


def written(value: EnglishEdition, file_format: str, folder: Path) -> Path:
    path = folder / f"x.{file_format}"
    WRITER_OF[file_format].write(value, path)
    return path


def reading_text(path: Path) -> str:
    """Return what a reader sees of a file, without its notes of doubt, as one line."""
    text = path.read_text(encoding="utf-8") if path.suffix != ".docx" else ""
    match path.suffix:
        case ".docx":
            body = docx.Document(str(path)).element.body
            parts = body.iter("{*}p")
            text = " ".join("".join(t.text or "" for t in p.iter("{*}t")) for p in parts)
        case ".html":
            text = re.sub(r"<style>.*?</style>|<sup>.*?</sup>", "", text, flags=re.S)
            text = html.unescape(re.sub(r"<[^>]+>", " ", re.sub(r"</?span[^>]*>", "", text)))
        case ".md":
            text = re.sub(r"(?<!\\)\[\^[^\]]+\]", "", text)
            text = re.sub(r"\\([\\`*_\[\]<>|~&$#.)+=-])", r"\1", text)
        case _:
            text = re.sub(r" \[\?\d+\]", "", text)
    return " ".join(text.split())


def assert_in_order(words: Iterable[str], text: str) -> None:
    place = 0
    for word in words:
        found = text.find(word, place)
        assert found >= 0, f"{word!r} is missing after character {place} of: {text}"
        place = found + len(word)


EXPECTED = [
    *("A bumper year", "Fengjing brings in a record rice harvest", "March 5, 2023", "By Tu Yu"),
    *("rough machine translation by opus-mt.", "of 100 such sentences. "),
    *("2 sentences are marked", "2 sentences were not translated", "Rice grew."),
    *("Output <b>rose</b> & *fell*.", "[not translated: 农民满意。]", "# The end_of_it."),
    *("New machines", "A first item", "(2) A second item", "Town", "Tonnes", "Fengjing", "12,400"),
    *("[not translated: 朱泾]", "9", "A total of 21,409 tonnes", "Harvesters at work"),
    "Photo: Jin Yanling",
]


@pytest.mark.parametrize("file_format", FORMATS)
def test_an_article_has_everything_in_reading_order(file_format: str, tmp_path: Path) -> None:
    text = reading_text(written(lone(PAGE), file_format, tmp_path))
    assert_in_order(EXPECTED, text)
    assert "Special 21" not in text
    assert "Advertisement" not in text
    assert "1.jpg" not in text
    assert "please confirm" not in text


@pytest.mark.parametrize("file_format", FORMATS)
def test_an_edition_has_contents_articles_and_what_is_missing(
    file_format: str, tmp_path: Path
) -> None:
    other = row(
        [block("paragraph", "完。", "A story without a headline.")], "b", date="2023年3月5日"
    )
    waiting = (*row([block("paragraph", "完。", "")], "c")[:1], None, None, None)
    failure = Failure("坏", "坏.md", "read", "cannot be read", "save it as UTF-8")
    value = edition(PAGE, other, waiting, failures=(failure,))
    text = reading_text(written(value, file_format, tmp_path))
    expected = ["Tonight", "machine translation by opus-mt", "Contents"]
    expected += ["Fengjing brings in", "A story without a headline.", "A bumper year"]
    expected += ["Harvesters at work", "March 5, 2023", "A story without a headline."]
    expected += ["c: not translated yet", "坏: cannot be read; save it as UTF-8"]
    assert_in_order(expected, text)


@pytest.mark.parametrize("file_format", FORMATS)
def test_marks_of_notes_are_shown_as_readers_know_them(file_format: str, tmp_path: Path) -> None:
    page = row(
        [
            block("title", "通知", "Notice"),
            block("paragraph", "各区报送[^1]。", "Each district reports[^1]."),
            block("footnote", "[^1]: 险情随时报告。", "[^1]: Report danger at once."),
        ]
    )
    text = reading_text(written(lone(page), file_format, tmp_path))
    assert_in_order(["Each district reports[1].", "[1] Report danger at once."], text)


def test_plain_text_marks_a_doubt_otherwise_than_a_note(tmp_path: Path) -> None:
    text = written(lone(PAGE), "txt", tmp_path).read_text(encoding="utf-8")
    assert_in_order([" [?1]", "To check\n[?1] Check: "], text)


def test_markdown_escapes_a_number_only_where_it_would_begin_a_list(tmp_path: Path) -> None:
    page = row(
        [
            block("title", "通知", "Notice"),
            block("list_item", "1. 水稻", "1. Rice"),
            block("list_item", "李先生同意。", "Mr. Li agrees."),
            block("table", "| 0.80% | 12.5 |", "| 0.80% | 12.5 |"),
        ]
    )
    text = written(lone(page), "md", tmp_path).read_text(encoding="utf-8")
    assert_in_order(["\n1\\. Rice\n", "\n- Mr. Li agrees.\n", "| 0.80% | 12.5 |"], text)


@pytest.mark.parametrize("file_format", ["md", "html", "txt"])
def test_a_note_of_doubt_says_what_to_check_and_shows_the_chinese(
    file_format: str, tmp_path: Path
) -> None:
    text = written(lone(PAGE), file_format, tmp_path).read_text(encoding="utf-8")
    notes = text[text.index("Check: ") :]
    assert_in_order(["Check: 12,400 is missing.", "产量一万吨。", "Check: 12,400", "枫泾"], notes)


def test_word_has_styles_a_table_and_comments_at_the_doubts(tmp_path: Path) -> None:
    document = docx.Document(str(written(lone(PAGE), "docx", tmp_path)))
    styles = {p.text: p.style.name for p in document.paragraphs if p.style}
    assert styles["Fengjing brings in a record rice harvest"] == "Title"
    assert styles["New machines"] == "Heading 1"
    assert styles["Harvesters at work"] == "Caption"
    assert styles["A first item"] == "List Bullet"
    assert styles["1.1 A third item"] == styles["(2) A second item"] != "List Bullet"
    assert styles["Article 4 A fourth item"] != "List Bullet"
    [table] = document.tables
    assert table.style is not None
    assert table.style.name == "Table Grid"
    assert [cell.text for cell in table.rows[1].cells] == ["Fengjing", "12,400"]
    comments = [comment.text for comment in document.comments]
    assert comments[0] == "Check: 12,400 is missing.\nChinese: 产量一万吨。"
    assert len(comments) == 2
    assert document.core_properties.language == "en"
    assert document.core_properties.title == "Fengjing brings in a record rice harvest"


def test_the_page_needs_no_script_and_has_chinese_only_in_notes(tmp_path: Path) -> None:
    page = written(lone(PAGE), "html", tmp_path).read_text(encoding="utf-8")
    assert '<html lang="en">' in page
    assert "<script" not in page
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page
    assert not re.search("[一-龥]", re.sub(r'<span lang="zh">.*?</span>', "", page))
    ids = re.findall(r'id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


def test_the_bytes_depend_on_the_content_alone(tmp_path: Path) -> None:
    first, second = (
        {f: written(edition(PAGE), f, tmp_path / name).read_bytes() for f in FORMATS}
        for name in ("a", "b")
    )
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first["docx"])) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.namelist()[0] == "[Content_Types].xml"


KINDS = ["title", "subtitle", "heading", "paragraph", "list_item", "caption", "credit", "date"]
WORDS = st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=12)
# a sentence ends in a number of its own, so that its place is certain
LINES = st.lists(st.tuples(WORDS, st.sampled_from([(), (DOUBT,), (REMARK,)])), max_size=3)
BLOCKS = st.lists(st.tuples(st.sampled_from([*KINDS, *LEFT_OUT, "footnote"]), LINES), max_size=6)


@settings(max_examples=40, deadline=None)
@given(BLOCKS, st.booleans())
def test_every_translated_sentence_is_in_every_format_in_order(
    blocks: list[tuple[str, list[tuple[str, tuple[Finding, ...]]]]], is_alone: bool
) -> None:
    number = 0
    rows: list[tuple[str, list[Line]]] = []
    for kind, lines in blocks:
        made: list[Line] = []
        for text, findings in lines:
            number += 1
            made.append(("一。", f"Z{number}Z {text} Y{number}Y", findings))
        rows.append((kind, made))
    one = row(rows)
    value = lone(one) if is_alone else edition(one)
    ordered = [text for text in _reading_order(rows) if text]
    path = Path(os.environ["PYTEST_FOLDER"])
    for file_format in FORMATS:
        text = reading_text(written(value, file_format, path))
        text = text[text.index("A title") :] if "A title" in text else text
        marks = [mark for words in ordered for mark in (words.split()[0], words.split()[-1])]
        assert_in_order(marks, _body_of(text, marks))


def _body_of(text: str, marks: list[str]) -> str:
    """Cut off the contents, where the headline occurs for the first time."""
    return text[text.rindex(marks[0]) :] if marks else text


def _reading_order(rows: list[tuple[str, list[Line]]]) -> Iterable[str]:
    """Return the sentences of an article: its headline comes first, below its kickers."""
    kept = [(kind, lines) for kind, lines in rows if kind not in LEFT_OUT and lines]
    place = next((n for n, (kind, _) in enumerate(kept) if kind == "title"), None)
    if place is None:
        texts = [n for n, (kind, _) in enumerate(kept) if kind in _TEXT]
        place = texts[0] if texts and kept[texts[0]][0] == "heading" else None
    start = place or 0
    while start and kept[start - 1][0] == "subtitle":
        start -= 1
    end = start if place is None else place + 1
    for _, lines in [*kept[start:end], *kept[:start], *kept[end:]]:
        yield from (en for _, en, _ in lines)


_TEXT = ("heading", "paragraph", "list_item")


@pytest.fixture(autouse=True)
def _folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_FOLDER", str(tmp_path_factory.mktemp("formats")))


NAMES = [
    (["page.1", "page.2"], ["page.1", "page.2"]),
    (["金山-2023"], ["金山-2023"]),
]


@pytest.mark.parametrize(("ids", "names"), NAMES)
def test_a_sound_id_is_the_name_of_its_file(ids: list[str], names: list[str]) -> None:
    assert file_names(ids) == names


HOSTILE = ["a/b", "..", "", "CON", "nul.1", "all", "a:b?", "x" * 300, "金" * 300, "a ", "a.", "-a"]


def test_names_are_valid_short_and_different_on_every_file_system() -> None:
    ids = [*HOSTILE, "A", "a", "é", "e\u0301", "a\x00b", "a\nb"]
    names = file_names(ids)
    assert len({name.casefold() for name in names}) == len(ids)
    for name in names:
        assert re.fullmatch(r"[\w.()+-]+", name)
        assert name[0] not in ".-"
        assert len(f".{name}.docx.1234567.partial".encode()) < 140
        assert name.split(".")[0].lower() not in ("con", "nul", "all")


def test_a_run_writes_the_articles_once(bench: ServerBench, sample_page: Path) -> None:
    bench.add("page.md", sample_page.read_text(encoding="utf-8"))
    answer = bench.call("run")
    assert answer.exit_code == 0
    folder = bench.output / "english"
    assert str(folder / "all.docx") in answer.output
    names = {path.name for path in folder.iterdir()}
    assert {f"all.{suffix}" for suffix in FORMATS} <= names
    assert {f"page.1.{suffix}" for suffix in FORMATS} <= names
    assert "Sunday, March 5, 2023" in (folder / "page.1.md").read_text(encoding="utf-8")
    assert "machine translation by tiny" in (folder / "all.txt").read_text(encoding="utf-8")
    times = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    bench.call("run")
    assert times == {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    whole = (folder / "all.docx").read_bytes()
    (folder / "all.docx").unlink()
    bench.call("run")
    assert (folder / "all.docx").read_bytes() == whole
    assert times[folder / "all.md"] == (folder / "all.md").stat().st_mtime_ns


def test_a_run_too_large_for_a_file_of_each_article_says_so(
    bench: ServerBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.run.english.MOST_ARTICLES", 0)
    for _ in range(2):
        answer = bench.call("run")
        assert "english: only all.md, all.docx, all.html, all.txt, because the run has" in (
            answer.stderr
        )


def test_a_text_without_a_headline_is_called_by_its_first_sentence_in_english(
    bench: ServerBench,
) -> None:
    bench.add("short.txt", "今天下雨。\n\n明天天晴。\n")
    bench.add("long.txt", f"今天{'很' * 60}冷。\n\n明天天晴。\n")
    assert bench.call("run").exit_code == 0
    written = (bench.output / "english/all.md").read_text(encoding="utf-8")
    headlines = [line for line in written.splitlines() if line.startswith("## ")]
    assert len(headlines) >= 2
    assert not any("not translated" in line for line in headlines), headlines
    page = (bench.output / "report.html").read_text(encoding="utf-8")
    assert not re.search(r'<h2[^>]*><span class="en" lang="zh">', page)


def test_files_of_an_article_that_is_gone_are_removed(bench: ServerBench) -> None:
    bench.add("b.txt", "今天天气很好。\n")
    bench.call("run")
    folder = bench.output / "english"
    (folder / "mine.docx").write_text("an editor's", encoding="utf-8")
    assert (folder / "b.1.docx").exists() or (folder / "b.docx").exists()
    (bench.folder / "input/b.txt").unlink()
    bench.call("run")
    assert not list(folder.glob("b*"))
    assert list(folder.glob("a*.docx"))
    assert (folder / "mine.docx").exists()


def test_a_manifest_cannot_name_files_of_other_folders(bench: ServerBench) -> None:
    bench.call("run")
    path, victim = bench.output / "manifest.json", bench.folder / "victim.txt"
    victim.write_text("mine", encoding="utf-8")
    values = json.loads(path.read_text(encoding="utf-8"))
    values["english"] = {"key": "old", "files": ["../../victim.txt", str(victim)]}
    path.write_text(json.dumps(values), encoding="utf-8")
    assert bench.call("run").exit_code == 0
    assert victim.exists()


def test_damaged_failures_are_one_line_of_an_export(bench: ServerBench) -> None:
    bench.call("run")
    (bench.output / "failures.jsonl").write_text('{"a": 1}\n', encoding="utf-8")
    arguments = ["export", str(bench.output), "--format", "md", "--to", "-"]
    answer = CliRunner().invoke(cli, arguments)
    assert "failures.jsonl: holds no failures of a run" in str(answer.exception)


def test_the_formats_are_chosen_in_the_config(bench: ServerBench) -> None:
    bench.call("run", deliver={"formats": ["txt"]})
    assert {path.suffix for path in (bench.output / "english").iterdir()} == {".txt"}


def test_an_empty_list_switches_them_off(bench: ServerBench) -> None:
    assert bench.call("run", deliver={"formats": []}).exit_code == 0
    assert not (bench.output / "english").exists()


@pytest.mark.parametrize("file_format", FORMATS)
def test_export_writes_what_the_run_wrote(bench: ServerBench, file_format: str) -> None:
    bench.call("run")
    path = bench.folder / f"x.{file_format}"
    answer = CliRunner().invoke(cli, ["export", str(bench.output), "--to", str(path)])
    assert answer.exit_code == 0
    assert path.read_bytes() == (bench.output / f"english/all.{file_format}").read_bytes()


def test_a_failed_article_is_named(bench: ServerBench) -> None:
    bench.add("bad.docx", "not a Word file")
    assert bench.call("run").exit_code == 3
    text = (bench.output / "english/all.txt").read_text(encoding="utf-8")
    assert "Not in this edition" in text
    assert "bad" in text.split("Not in this edition")[1]


def test_a_folder_that_cannot_be_written_is_one_line(bench: ServerBench) -> None:
    bench.output.mkdir()
    (bench.output / "english").write_text("a file", encoding="utf-8")
    assert "english" in bench.error("run")


def test_libreoffice_reads_the_same_text(tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        if os.environ.get("YIBAO_REQUIRE_OFFICE") == "1":
            pytest.fail("YIBAO_REQUIRE_OFFICE is 1 and there is no soffice")
        pytest.skip("no LibreOffice; set YIBAO_REQUIRE_OFFICE=1 to fail instead")
    path = written(lone(PAGE), "docx", tmp_path)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [office, profile, "--headless", "--convert-to", "txt:Text (encoded):UTF8"]
    subprocess.run(
        [*command, "--outdir", str(tmp_path), str(path)], check=True, capture_output=True
    )
    text = (tmp_path / "x.txt").read_text(encoding="utf-8-sig")
    assert_in_order(EXPECTED, " ".join(text.split()))


def test_a_note_with_many_doubts_is_short() -> None:
    doubt = Doubt(1, tuple(f"{n} is missing" for n in range(40)), "数")
    assert doubt.advice.startswith("Check: 0 is missing; 1 is missing; ")
    assert doubt.advice.endswith("5 is missing; and 34 more.")


SHORT = (
    (
        "museum.txt",
        "The museum opened on Monday.\n",
        "in English already",
    ),
    ("one.txt", "今天下雨。\n", "A machine translation by tiny."),
)


@pytest.mark.parametrize(("name", "text", "note"), SHORT)
def test_a_short_text_has_no_summary_and_english_is_no_translation(
    bench: ServerBench, name: str, text: str, note: str
) -> None:
    (bench.folder / "input/a.txt").unlink()
    bench.add(name, text)
    assert bench.call("run").exit_code == 0
    written = (bench.output / "english/all.txt").read_text(encoding="utf-8")
    assert note in written
    assert "Summary" not in written
    page = (bench.output / "report.html").read_text(encoding="utf-8")
    assert note.rstrip(".") in page
    assert '<section class="summary"' not in page


def test_a_table_by_itself_is_called_by_its_first_row(bench: ServerBench) -> None:
    (bench.folder / "input/a.txt").unlink()
    bench.add("t.md", "| 城市 | 人口 |\n|---|---|\n| 上海 | 2487 |\n| 北京 | 2185 |\n")
    bench.call("run")
    written = (bench.output / "english/all.md").read_text(encoding="utf-8")
    [headline] = [line for line in written.splitlines() if line.startswith(("# ", "## "))][:1]
    assert "|" not in headline
