"""Summaries through the command line: support, facts, digest, length, method, compression."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from html import escape
from pathlib import Path
from typing import Any

import pytest

from pipeline.engine.manifest import read_last_run
from pipeline.engine.store import Store
from pipeline.records import Summary
from pipeline.testing import FakeServer, fake_server
from tests.shelf import call, options, write_config

TEXTS = (
    "上海市金山区4日宣布，全区23个重点项目总投资124亿元。\n据了解，项目没有占用耕地，方便了居民的出行和生活。\n"
    "区长李国强表示，项目将带动就业8000人。\n他还表示，明年将再增加12个项目。",
    "北京图书馆5日向公众开放，馆内藏书300万册。\n开放首日，约2万名读者入馆参观。\n读者可以用手机预约座位和图书。",
)
FALSE = "宝山区25个重点项目总投资124亿元。"
TRUE = "金山区23个重点项目总投资124亿元。"


def answer(messages: list[dict[str, str]]) -> str:
    """Write a summary with one false and one true sentence, or a translation."""
    said = messages[-1]["content"]
    if "Summarize" in said:
        return f"{FALSE}\n{TRUE}" if "上海" in said else "The library opened.\nIt has 40 books."
    return f"English of {len(said)} letters."


@pytest.fixture(scope="module")
def server() -> Iterator[FakeServer]:
    with fake_server(answer) as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_news(tmp_path, TEXTS)
    return tmp_path


def write_news(folder: Path, texts: Sequence[str]) -> None:
    """Write texts as the rows of the input."""
    rows = [{"id": str(number), "text": text} for number, text in enumerate(texts)]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    (folder / "news.jsonl").write_text("\n".join(lines), encoding="utf-8")


def values(folder: Path, base_url: str) -> dict[str, Any]:
    """Return a config over the input."""
    return {
        "input": {"paths": [str(folder / "news.jsonl")]},
        "output": str(folder / "run"),
        "runtime": {"device": "cpu", "memory": "off", "cache": str(folder / "cache")},
        "translate": {
            "model": {"kind": "endpoint", "base_url": base_url, "model": "tiny"},
            "repair": {"enabled": False},
        },
        "score": {"bootstrap_samples": 0},
    }


def run(
    folder: Path, server: FakeServer, *settings: str, until: str = "report"
) -> list[dict[str, Any]]:
    """Run a config and return the rows of its summaries."""
    config = write_config(folder / "config.yaml", values(folder, server.base_url))
    call("run", "--config", config, "--until", until, *options(settings))
    [key] = read_last_run(folder / "run").tables["summaries"]
    return [asdict(row) for row in Store(folder / "run").read("summaries", key, Summary)]


def texts(lines: Sequence[dict[str, Any]]) -> list[str]:
    return [line["text"] for line in lines]


def test_an_unsupported_sentence_is_marked_or_dropped(folder: Path, server: FakeServer) -> None:
    model = f"summarize.model={{kind: endpoint, base_url: '{server.base_url}', model: tiny}}"
    [first, second] = run(folder, server, model)
    assert texts(first["zh"]) == [FALSE, TRUE]
    assert {one["check"] for one in first["zh"][0]["unsupported"]} == {"numbers", "names"}
    assert (first["zh"][1]["unsupported"], first["flags"]) == ((), ("unsupported",))
    assert first["zh"][1]["sources"] == ("s1",)
    assert 0 < first["faithfulness"] < 100
    assert [one["check"] for one in second["en"][1]["unsupported"]] == ["numbers"]
    report = (folder / "run/report.md").read_text(encoding="utf-8")
    assert "not supported: “宝山区” is not in the article; “25” is not" in report
    page = (folder / "run/report.html").read_text(encoding="utf-8")
    assert "The article does not say this: “宝山区” is not in the article" in page
    data = json.loads((folder / "run/report.json").read_text(encoding="utf-8"))
    assert data["articles"][0]["summaries"]["faithfulness"] == first["faithfulness"]
    shown = call("show", folder / "run", "0")
    assert "is not in the article" in shown
    [first, _] = run(folder, server, model, "summarize.unsupported=drop")
    assert texts(first["zh"]) == [TRUE]
    assert first["flags"] == ("unsupported",)


def test_an_article_has_its_key_facts_with_their_sentences(
    folder: Path, server: FakeServer
) -> None:
    [first, second] = run(folder, server)
    facts = {(fact["kind"], fact["zh"]): fact for fact in first["facts"]}
    wanted = {
        ("what", first["gist_zh"]["text"]): (first["gist_en"]["text"], "s1"),
        ("who", "李国强"): ("Li Guoqiang", "s3"),
        ("where", "金山区"): ("Jinshan District", "s1"),
        ("when", "4日"): ("the 4th", "s1"),
        ("how much", "124亿元"): ("12.4 billion yuan", "s1"),
    }
    for key, (english, source) in wanted.items():
        assert (facts[key]["en"], facts[key]["source"]) == (english, source)
    assert ("how much", "2万名读者") in {(one["kind"], one["zh"]) for one in second["facts"]}
    data = json.loads((folder / "run/report.json").read_text(encoding="utf-8"))
    assert {one["zh"] for one in data["articles"][0]["facts"]} >= {"李国强", "124亿元"}
    assert "| who | Li Guoqiang | 李国强 | s3 |" in (folder / "run/report.md").read_text("utf-8")
    assert "<summary>Key facts</summary>" in (folder / "run/report.html").read_text("utf-8")
    digest = (folder / "run/digest.md").read_text("utf-8")
    assert re.match(r"# Digest\n\n\d{4}-\d\d-\d\d · 2 stories\n", digest)
    check_the_next_digest(folder, server)


def check_the_next_digest(folder: Path, server: FakeServer) -> None:
    """Another run joins what tells one story and knows the stories of the first."""
    (folder / "run").rename(folder / "first")
    again = "本报讯（记者 王芳）" + TEXTS[0].replace("据了解，", "另据了解，")
    sport = "中国女排5日以3比1战胜日本队，获得世界杯冠军。\n球队将于下周回国。"
    texts = [*TEXTS, again, sport, "<b>天气</b>晴朗，气温上升到20度左右，市民纷纷外出。"]
    write_news(folder, texts)
    run(folder, server, f"summarize.digest.previous={folder / 'first'}")
    page = (folder / "run/digest.html").read_text("utf-8")
    assert "<script" not in page
    assert "<b>天气" not in page
    assert 'style="' in page
    assert 'name="viewport" content="width=device-width' in page  # or phones show it tiny
    value = json.loads((folder / "run/digest.json").read_text("utf-8"))
    stories = {story["articles"][0]: story for story in value["stories"]}
    assert stories["0"]["articles"] == ["0", "2"]
    assert [stories[name]["continues"] != "" for name in ("0", "1", "3")] == [True, True, False]
    assert stories["3"]["group"] == {"en": "Sport", "zh": "体育"}
    assert "4 stories, 2 new" in (folder / "run/digest.md").read_text("utf-8")
    before = {name: (folder / "run" / name).read_bytes() for name in ("digest.md", "digest.html")}
    run(folder, server, f"summarize.digest.previous={folder / 'first/digest.json'}")
    assert before == {name: (folder / "run" / name).read_bytes() for name in before}
    run(folder, server, "summarize.digest.stories=1")
    assert "1 story of 4" in (folder / "run/digest.md").read_text("utf-8")
    run(folder, server, "summarize.digest.stories=0")
    assert not (folder / "run/digest.md").exists()


@pytest.mark.parametrize(
    ("text", "problem"), [(None, "No such file"), ("{}", "not a digest"), ("[1", "not a digest")]
)
def test_a_previous_digest_that_cannot_be_read_is_refused(
    folder: Path, text: str | None, problem: str
) -> None:
    if text is not None:
        (folder / "digest.json").write_text(text, encoding="utf-8")
    config = write_config(folder / "config.yaml", values(folder, "http://localhost:1/v1"))
    setting = f"summarize.digest.previous={folder / 'digest.json'}"
    said = call("run", "--config", config, "--set", setting, ends=2)
    assert "summarize.digest.previous: " in said
    assert problem in said
    assert "name the digest.json of an earlier run" in said


FIRST = "上海市金山区4日宣布，全区23个重点项目总投资124亿元。"
SECOND = "项目没有占用耕地，方便了居民的出行和生活。"
LENGTHS: list[tuple[list[str], list[str]]] = [
    (["sentences=1"], [FIRST]),
    (["method=lead", "budget={characters: 60}"], [FIRST, SECOND]),
    (["method=lead", "sentences=2", "compress=false"], [FIRST, f"据了解，{SECOND}"]),
    (["method=news", "budget={words: 20}"], [SECOND]),
    (["method=mmr", "budget={share: 0.3}"], [SECOND]),
]


@pytest.mark.parametrize(("settings", "wanted"), LENGTHS)
def test_method_length_and_compression_decide_the_lines(
    folder: Path, server: FakeServer, settings: list[str], wanted: list[str]
) -> None:
    given = [f"summarize.model.{setting}" for setting in settings]
    model = "summarize.model={kind: extractive}"
    [row, _] = run(folder, server, model, *given, until="summarize")
    assert texts(row["zh"]) == wanted
    assert len(row["gist_zh"]["text"]) <= 30
    assert not row["gist_zh"]["text"].endswith("。")
    assert row["gist_en"]["sources"] == row["gist_zh"]["sources"]
    assert row["zh"][0]["unsupported"] == ()


def test_methods_that_quote_the_article_write_no_gist(folder: Path, server: FakeServer) -> None:
    model = "summarize.model={kind: extractive, method: textrank}"
    [row, _] = run(folder, server, model, until="summarize")
    assert all(line["text"] in TEXTS[0] for line in row["zh"])
    assert row["gist_zh"] is None
    assert not any(line["unsupported"] for line in row["zh"])


def test_a_line_that_quotes_a_wrong_translation_is_marked(folder: Path) -> None:
    """The errors of the quoted translation are at the line, wherever it is shown."""
    wrong = "The 23 projects of Jinshan District in Shanghai cost 12.4 million yuan, it said."

    def translate(messages: list[dict[str, str]]) -> str:
        return wrong if "124" in messages[-1]["content"] else "The projects took no farmland."

    lead = "summarize.model={kind: extractive, method: lead, compress: false}"
    with fake_server(translate) as server:
        [first, _] = run(folder, server, lead)
        line = first["en"][0]
        assert line["text"] == wrong
        assert {one["check"] for one in line["unsupported"]} == {"numbers"}
        spans = [one["translation_span"] for one in line["unsupported"]]
        assert any("12.4 million" in wrong[span["start"] : span["end"]] for span in spans if span)
        assert first["flags"] == ("unsupported",)
        messages = [one["message"] for one in line["unsupported"]]
        page = (folder / "run/report.html").read_text("utf-8")
        assert f"The article does not say this: {escape(messages[0])}" in page
        assert "**not supported: " in (folder / "run/report.md").read_text("utf-8")
        data = json.loads((folder / "run/report.json").read_text("utf-8"))["articles"][0]
        assert [one["message"] for one in data["summaries"]["en"][0]["unsupported"]] == messages
        assert data["gist_unsupported"].keys() == {"zh", "en"}
        for name in ("out.md", "out.html", "out.txt"):
            call("export", folder / "run", "--to", folder / name)
            assert f"it said. (Check: {messages[0][:6]}" in (folder / name).read_text("utf-8")
        [dropped, _] = run(folder, server, lead, "summarize.unsupported=drop")
        assert wrong not in texts(dropped["en"])


STRATEGIES = {
    "summarize_then_translate": ("zh", "zh", "English of"),
    "translate_then_summarize": ("zh", "en", "The library opened."),
    "direct": ("zh", "zh", "Direct English."),
}


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_strategy_decides_what_the_writer_reads(folder: Path, strategy: str) -> None:
    asked: list[str] = []

    def write(messages: list[dict[str, str]]) -> str:
        said = messages[-1]["content"]
        if "Summarize" in said:
            asked.append(said)
        return "Direct English." if "in English." in said else answer(messages)

    with fake_server(write) as server:
        model = f"summarize.model={{kind: endpoint, base_url: '{server.base_url}', model: tiny}}"
        more = ["sentences=1", "audience=bank analysts", "style=no quotations"]
        settings = [model, *(f"summarize.model.{one}" for one in more)]
        rows = run(folder, server, *settings, f"summarize.strategy={strategy}", until="summarize")
    english = rows[1]["en"][0]["text"]
    reads_zh, reads_en, begins = STRATEGIES[strategy]
    assert english.startswith(begins)
    assert rows[0]["zh"][0]["text"] == FALSE
    assert all(line["sources"] for row in rows for line in (*row["zh"], *row["en"]))
    wanted = "in 1 sentence, in its own language. Write for bank analysts. Style: no quotations. W"
    assert any(wanted in prompt for prompt in asked)
    assert any("in English. Write for" in prompt for prompt in asked) == (strategy == "direct")
    assert any("上海" in prompt for prompt in asked)
    assert any("English of" in prompt for prompt in asked) == (reads_en == "en")
    assert reads_zh == "zh"


def test_a_long_article_is_read_in_parts_and_nothing_is_lost(folder: Path) -> None:
    sentences = [f"第{number}号仓库存放了{number}00吨货物。" for number in range(11, 41)]
    write_news(folder, ["\n".join(sentences)])
    asked: list[str] = []

    def write(messages: list[dict[str, str]]) -> str:
        said = messages[-1]["content"]
        if "Summarize" in said:
            asked.append(said)
        return "仓库存放了货物。" if "Summarize" in said else "Goods."

    with fake_server(write) as server:
        model = f"{{kind: endpoint, base_url: '{server.base_url}', model: tiny}}"
        settings = (f"summarize.model={model}", "summarize.model.max_source_chars=300")
        [row] = run(
            folder,
            server,
            *settings,
            "summarize.strategy=summarize_then_translate",
            until="summarize",
        )
    assert all(len(prompt) <= 300 for prompt in asked)
    assert all(any(one in prompt for prompt in asked) for one in sentences)
    assert [line["text"] for line in row["en"]] == ["Goods."] * len(row["zh"])


def test_the_english_of_a_line_names_the_month_of_its_dateline(folder: Path) -> None:
    write_news(
        folder, ["新华社上海3月5日电（记者 王芳）2、长江大桥5日通车。\n受此影响，车流量下降。"]
    )
    asked: list[str] = []

    def write(messages: list[dict[str, str]]) -> str:
        asked.append(messages[-1]["content"])
        is_line = asked[-1].endswith("\n长江大桥3月5日通车。")
        return "The bridge opened on March 5." if is_line else "English of 2."

    with fake_server(write) as server:
        [row] = run(folder, server, until="summarize")
    assert texts(row["zh"]) == ["长江大桥5日通车。"]
    assert (row["gist_zh"]["text"], row["gist_en"]["text"], row["gist_en"]["unsupported"]) == (
        "长江大桥5日通车",
        "The bridge opened on March 5.",
        (),
    )


REFUSED = {
    "summarize.strategy=direct": "needs a model that writes",
    "summarize.model={kind: endpoint, base_url: 'http://localhost:1/v1', model: x, "
    "prompt: '{text}', style: s}": ("'style' has no effect: 'prompt' has no {style}"),
}


@pytest.mark.parametrize("setting", REFUSED)
def test_a_setting_without_effect_is_refused(folder: Path, setting: str) -> None:
    config = write_config(folder / "config.yaml", values(folder, "http://localhost:1/v1"))
    assert REFUSED[setting] in call("run", "--config", config, "--set", setting, ends=2)


def test_a_judge_reads_the_english_lines(folder: Path) -> None:
    """What the judge quotes from a line is unsupported; without an answer it is unjudged."""

    def judging(messages: list[dict[str, str]]) -> str:
        asked = messages[-1]["content"]
        if "list its errors" not in asked:
            return f"English of {len(asked)} letters."
        if "图书馆" in asked:
            return "I cannot say."
        return 'Critical:\naccuracy/addition - "letters"\nMajor:\nno-error\nMinor:\nno-error'

    write_news(folder, [f"本报讯（记者 王芳）{text}" for text in TEXTS])  # no line is a quotation
    with fake_server(judging) as running:
        model = f"{{kind: endpoint, base_url: '{running.base_url}', model: tiny}}"
        judge = f"summarize.judge={{kind: judge, retries: 0, model: {model}}}"
        [first, second] = run(folder, running, "summarize.model.sentences=1", judge)
        [plain, _] = run(folder, running, "summarize.model.sentences=1")
    assert {one["check"] for one in first["gist_en"]["unsupported"]} >= {"judge"}
    assert first["flags"] == ("unsupported",)
    assert "unjudged" in second["flags"]
    assert "judge" not in {one["check"] for one in plain["gist_en"]["unsupported"]}
