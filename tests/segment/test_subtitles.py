"""Subtitles: what is said is text, counters, times and styles are furniture."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli import cli
from pipeline.records import Document
from pipeline.segment.segment import segment
from pipeline.segment.subtitles import is_subtitles

SRT = """1
00:00:01,000 --> 00:00:03,500
我们今天来看看老城区。

2
00:00:03,600 --> 00:00:05,000
40

3
00:00:05,100 --> 00:00:08,000
这里住着一千多户人家，
<i>大多数</i>是老年人。
"""
VTT = """WEBVTT - 标题
Kind: captions

NOTE 这是注释
还是注释

STYLE
::cue { color: red }

intro
00:01.000 --> 00:03.500 align:start
<v 张三>我们今天<c.red>来看看</c>老城区。

00:00:03.600 --> 00:00:05.000
- 你好吗？
- 很好。
"""
ASS = """[Script Info]
Title: 测试

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:01.00,0:00:03.50,Default,,0,0,0,,{\\an8\\fs20}我们今天\\N来看看，老城区。
Dialogue: 0,0:00:04.00,0:00:05.00,Default,,0,0,0,,{\\p1}m 0 0 l 100 0{\\p0}
Comment: 0,0:00:04.00,0:00:05.00,Default,,0,0,0,,注释
Dialogue: 0,0:00:05.00,0:00:06.00,Default,张三,0,0,0,,40
"""
LRC = "[ti:老城]\n[00:12.00]我们来看看老城区\n[00:15.30][00:45.00]这里住着一千户\n[00:18.00]\n"
SBV = "0:00:01.000,0:00:03.500\n我们来看看老城区。\n\n0:00:03.600,0:00:05.000\n40\n"
TIGHT = "1\n00:00:01,000 --> 00:00:03,500\n我们今天\n2\n00:00:03,600 --> 00:00:05,000\n看老城\n"
TITLED = (
    "座谈会录音\n\n说话人1 00:01\n各位好。我们开始。\n\n说话人2 00:08\n我住在北街，\n\n"
    "00:12 说话人1\n15\n"
)
RANGES = (
    "0:00 - 0:04\n大家好。\n\n0:04 - 0:09\n今天我们去看一座石桥，\n\n0:09 - 0:12\n它叫永安桥。\n\n"
    "0:12 - 0:15\n15\n"
)

BILINGUAL = """1
00:00:01,000 --> 00:00:03,500
这里住着一千户，
A thousand live here,

2
00:00:03,600 --> 00:00:05,000
40

3
00:00:05,100 --> 00:00:08,000
大多是老人
Most are old
"""
COUNTED = "1\n00:01\n大家好\n2\n00:04\n今天去水乡，\n40\n3\n00:09\n先看桥。\n"
SAID = [
    (SRT, ["我们今天来看看老城区。", "40", "这里住着一千多户人家，大多数是老年人。"]),
    (VTT, ["我们今天来看看老城区。", "- 你好吗？", "- 很好。"]),
    (ASS, ["我们今天来看看，老城区。", "40"]),
    (
        TITLED,
        ["座谈会录音", "说话人1", "各位好。我们开始。", "说话人2", "我住在北街，", "说话人1", "15"],
    ),
    (RANGES, ["大家好。", "今天我们去看一座石桥，它叫永安桥。", "15"]),
    (
        "录音整理\n\n[00:00:03] 主持人：欢迎。\n[00:00:18] 嘉宾：30 亩，\n后来到 200 亩。\n",
        ["录音整理", "主持人：欢迎。", "嘉宾：30 亩，后来到 200 亩。"],
    ),
    (
        SRT.replace("\n3\n", "\n3\n\n"),
        ["我们今天来看看老城区。", "40", "这里住着一千多户人家，大多数是老年人。"],
    ),
    (
        "00:05:01 张三：大家好。\n00:05:04 李四：好\n00:05:09 开会\n\n记者整理\n",
        ["张三：大家好。", "李四：好", "开会", "记者整理"],
    ),
    (
        "张三(00:00:01): 大家好。\n李四(00:00:04): 你好。\n张三（00:00:09）：开会\n",
        ["张三", "大家好。", "李四", "你好。", "张三", "开会"],
    ),
    ("（00:01）大家好。\n（00:04）去水乡。\n（00:09）15\n", ["大家好。", "去水乡。", "15"]),
    (
        "00:12 张三：到了！\n00:15 李四：快！\n01:03 张三：走。\n\n旁白（01:10）：起风。\n",
        ["张三：到了！", "李四：快！", "张三：走。", "旁白", "起风。"],
    ),
    ("【00:01】大家好。\n【00:04】去水乡。\n【00:09】15\n", ["大家好。", "去水乡。", "15"]),
    ("1. [00:01] 大家好。\n2. [00:04] 再见。\n3. [00:09] 15\n", ["大家好。", "再见。", "15"]),
    (
        "[INFORMATION]\n[TITLE]老城\n[SUBTITLE]\n"
        "00:00:01.00,00:00:04.00\n大家好，[br]再见。\n\n00:00:05.00,00:00:08.00\n15\n",
        ["大家好，再见。", "15"],
    ),
    ("00:01 大家好。\n00:04 今天去\n水乡。\n00:09 15\n", ["大家好。", "今天去水乡。", "15"]),
    (
        "[Events]\nFormat: Start, End, Text\nDialogue: 0:00:01.00,0:00:02.00,你好，再见\n",
        ["你好，再见"],
    ),
    ("WEBVTT\n\n00:01.000 --> 00:02.000\n<笑声><i>很美。</i>\n", ["<笑声>很美。"]),
    (LRC, ["我们来看看老城区", "这里住着一千户"]),
    (SBV, ["我们来看看老城区。", "40"]),
    (TIGHT, ["我们今天", "看老城"]),
    (COUNTED, ["大家好", "今天去水乡，40", "先看桥。"]),
    (BILINGUAL, ["这里住着一千户，", "A thousand live here,", "40", "大多是老人", "Most are old"]),
    (
        re.sub(r"(?m)^\d\n(?=00)", "", BILINGUAL),
        ["这里住着一千户，", "A thousand live here,", "40", "大多是老人", "Most are old"],
    ),
    (
        ASS.split("Dialogue", maxsplit=1)[0]
        + "Dialogue: 0,0:00:01.00,0:00:02.00,A,,0,0,0,,一千户，\\N{\\fs9}A thousand, {\\i1}all\n"
        + "Dialogue: 0,0:00:03.00,0:00:04.00,A,,0,0,0,,是\\N老人\\NMost are old\n",
        ["一千户，", "A thousand, all", "是老人", "Most are old"],
    ),
    ("[00:01.00]老城\n[00:02.00]用 YouTube\n[00:03.00]看\n", ["老城", "用 YouTube", "看"]),
    (SRT.replace(" --> ", " –> "), ["我们今天来看看老城区。", "40"]),
    (SRT.replace(" --> ", " -> ").replace(":", ": "), ["我们今天来看看老城区。", "40"]),
    (SRT.replace(":", "：").replace(",", "，"), ["我们今天来看看老城区。", "40"]),
    (
        "1 00:00:01,000 --> 00:00:03,500 我们今天\n2 00:00:03,600 --> 00:00:05,000 40\n户人家\n",
        ["我们今天", "40户人家"],
    ),
    (
        "#1\n00:01.000 --> 00:02.000 position:50% 你好。\n\n#2\n00:03.000 --> 00:04.000\n40\n",
        ["你好。", "40"],
    ),
    (
        "WEBVTT\n\nNOTE\n00:01.000 --> 00:02.000 旧稿\n\n00:01.000 --> 00:02.000\n你好。\n",
        ["你好。"],
    ),
    (SRT.replace("\n", "\r\n").replace("\r\n", "\n"), ["我们今天来看看老城区。", "40"]),
]


@pytest.mark.parametrize(("text", "said"), SAID)
def test_only_what_is_said_is_text(text: str, said: list[str]) -> None:
    [articles] = segment(
        [Document("d", text, "d.txt")], join_broken_paragraphs=True, max_sentence_chars=200
    )
    blocks = [block for article in articles for block in article.blocks]
    assert {block.kind for block in blocks} <= {"title", "paragraph", "furniture"}
    told = ["".join(s.text for s in b.sentences) for b in blocks if b.kind != "furniture"]
    assert told[: len(said)] == said
    for block in blocks:
        for sentence in block.sentences:
            assert sentence.text == "".join(text[p.start : p.end] for p in sentence.spans)


@pytest.mark.parametrize("first", ["1", "35", "", "0:00:01.000,0:00:02.000\n你好。\n\n7"])
def test_text_above_subtitles_is_a_page(first: str) -> None:
    cue = f"{first}\n00:00:01,000 --> 00:00:03,500\n改造多少个小区？\n".lstrip()
    text = f"专访市长\n\n本台记者昨日专访市长，以下为字幕。\n\n{cue}"
    [[article]] = segment(
        [Document("d", text, "d.txt")], join_broken_paragraphs=True, max_sentence_chars=200
    )
    told = [(b.kind, b.sentences[0].text) for b in article.blocks if b.kind != "furniture"]
    assert told[:2] == [("title", "专访市长"), ("paragraph", "本台记者昨日专访市长，以下为字幕。")]
    assert told[-1] == ("paragraph", "改造多少个小区？")


@pytest.mark.parametrize(
    "text",
    [
        "会议定于上午9:30 --> 10:30举行，请准时参加。\n",
        "9：30 –> 10：30 开幕式\n10：30 -> 12：00 参观\n",
        "列车时刻：\n9:30,10:30\n各位旅客请注意，列车晚点。今天的列车都将晚点，请耐心等待。\n",
        "[1] 参考文献。\n[2] 参考文献。\n",
        "Dialogue: 两国对话\n",
        "节目预告\n\n新闻联播 19:00\n天气预报 19:31\n焦点访谈 19:38\n",
        "9:00 - 10:30\n开幕式\n\n10:30 - 12:00\n专题报告\n",
        "9:00 开幕\n9:30 致辞\n10:00 参观\n",
        "开放时间 8:00\n请提前到场。\n\n闭馆时间 17:00\n请准时离场。\n",
    ],
)
def test_times_in_an_article_make_no_subtitles(text: str) -> None:
    assert not is_subtitles(text)


@pytest.mark.parametrize("name", ["a.srt", "a.vtt", "a.ass", "a.lrc", "a.sbv", "a.txt"])
def test_a_command_reads_subtitles_by_any_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(SRT, encoding="utf-8")
    config = str(Path(__file__).parents[2] / "configs/demo.yaml")
    paths = ["--input", str(tmp_path / name), "--output", str(tmp_path / "out")]
    answer = CliRunner().invoke(cli, ["segment", "-c", config, *paths])
    assert answer.exit_code == 0, answer.output
    [shard] = (tmp_path / "out/articles").glob("*.jsonl")
    assert '"40"' in shard.read_text(encoding="utf-8")
