"""Whole runs with repairs: right English stays as it is, and nothing is lost by a retry."""

import csv
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pipeline.cli import cli
from tests.runs import ServerBench

RIGHT = Path(__file__).with_name("right_amounts.tsv")


def repaired(
    bench: ServerBench, pairs: list[tuple[str, str]], repair: dict[str, Any]
) -> list[dict[str, Any]]:
    """Run a page of these sentences, which the server translates so; return what was written."""
    # The server gets prompts without hidden characters: the longest part without one is enough.
    faults: list[dict[str, Any]] = [
        {"match": longest_part(zh), "times": -1, "fault": "say", "text": en} for zh, en in pairs
    ]
    bench.add("a.txt", "".join(f"{zh}\n\n" for zh, _ in pairs))
    bench.server.meets(*sorted(faults, key=lambda fault: -len(fault["match"])))
    sections: dict[str, Any] = {"translate": {"repair": {"enabled": True} | repair}}
    assert bench.call("run", **sections).exit_code == 0
    return bench.sentences()


def longest_part(text: str) -> str:
    parts = "".join(character if character.isprintable() else " " for character in text).split()
    return max(parts, key=len)


def test_right_amounts_of_every_form_stay_as_they_are(bench: ServerBench) -> None:
    with RIGHT.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        pairs = [(row["zh"], row["en"]) for row in rows]
    assert len(pairs) > 100
    written = repaired(bench, pairs, {"rungs": ["corrected"]})
    assert [sentence["text"] for sentence in written] == [en for _, en in pairs]
    assert {sentence["rung"] for sentence in written} <= {None, "kept"}


# source, first answer of the server, every later answer, the text in the end
RETRIES = [
    # a number that is wrong is better than none
    (
        "近七成受访者表示支持。",
        "Nearly seven respondents expressed support.",
        "Many respondents expressed support.",
        "Nearly seven respondents expressed support.",
    ),
    (
        "全市3月新增就业50万人。",
        "The city added 5 million jobs in March.",
        "The city added many jobs in March.",
        "The city added 5 million jobs in March.",
    ),
    # a number put right does not pay for a name that is lost, nor for a denial
    (
        "上海去年有23人没有报名。",
        "In Shanghai, 24 people did not sign up last year.",
        "Last year 23 people did not sign up.",
        "In Shanghai, 24 people did not sign up last year.",
    ),
    (
        "上海去年有23人没有报名。",
        "In Shanghai, 24 people did not sign up last year.",
        "In Shanghai, 23 people signed up last year.",
        "In Shanghai, 24 people did not sign up last year.",
    ),
    (
        "上海去年有23人没有报名。",
        "In Shanghai, 24 people did not sign up last year.",
        "In Shanghai, 23 people did not sign up last year.",
        "In Shanghai, 23 people did not sign up last year.",
    ),
    # most of a sentence does not pay for a name
    (
        "会议在北京举行，代表们讨论了养老、教育和医疗方面的多项改革措施。",
        "Delegates met to discuss a number of reforms in elderly care, education and health care.",
        "The delegates met in Beijing to talk.",
        "Delegates met to discuss a number of reforms in elderly care, education and health care.",
    ),
    # whatever translates is better than nothing, than the source and than a refusal
    (
        "上海去年有23人没有报名。",
        "…",
        "Last year 24 people did not sign up.",
        "Last year 24 people did not sign up.",
    ),
    (
        "上海去年有23人没有报名。",
        "上海去年有23人没有报名。",
        "Last year 24 people did not sign up.",
        "Last year 24 people did not sign up.",
    ),
    (
        "上海去年有23人没有报名。",
        "Last year 24 people did not sign up.",
        "…",
        "Last year 24 people did not sign up.",
    ),
]


@pytest.mark.parametrize(("source", "first", "later", "text"), RETRIES)
def test_a_retry_never_loses_what_the_source_has(
    bench: ServerBench, source: str, first: str, later: str, text: str
) -> None:
    bench.add("a.txt", f"{source}\n")
    bench.server.meets(
        {"match": source, "times": 1, "fault": "say", "text": first},
        {"match": source, "times": -1, "fault": "say", "text": later},
    )
    repair = {"enabled": True, "rungs": ["fallback"], "fallback": bench.model()}
    assert bench.call("run", translate={"repair": repair}).exit_code == 0
    [sentence] = bench.sentences()
    assert sentence["text"] == text
    assert sentence["rung"] == ("kept" if text == first else "fallback")


WRONG = [
    ("全年投资124亿元。", "It invested 124 billion yuan.", "It invested 12.4 billion yuan."),
    ("約5萬人參加了遊行。", "About 500,000 people marched.", "About 50,000 people marched."),
    (
        "新站装机1000万千瓦。",
        "It has 100 million kilowatts.",
        "It has 10 million kilowatts.",
    ),
    (
        "油箱可容纳 230 万加仑原油。",
        "It holds 23 million gallons.",
        "It holds 2.3 million gallons.",
    ),
    ("皮特曼（Pittman）同意了。", "Pitttman agreed.", "Pittman agreed."),
    ("它符合GB/T 19001-2016标准。", "It meets GB / T 19001 - 2016.", "It meets GB/T 19001-2016."),
]


def test_what_is_surely_wrong_is_corrected(bench: ServerBench) -> None:
    written = repaired(bench, [(zh, en) for zh, en, _ in WRONG], {"rungs": ["corrected"]})
    assert [sentence["text"] for sentence in written] == [right for _, _, right in WRONG]
    assert {sentence["rung"] for sentence in written} == {"corrected"}


def test_the_line_of_an_editor_is_checked_and_never_changed(bench: ServerBench) -> None:
    source, line = "全年投资124亿元。", "It invested 124 billion yuan."
    edited = bench.folder / "edited.tsv"
    edited.write_text(f"zh\ten\n{source}\t{line}\n", encoding="utf-8")
    bench.add("a.txt", f"{source}\n\n他同意了。\n")
    memory = bench.folder / "memory.sqlite"
    arguments = ["memory", "import", str(edited), "--memory", str(memory), "--all"]
    assert CliRunner().invoke(cli, arguments).exit_code == 0
    sections: dict[str, Any] = {
        "runtime": {"memory": str(memory)},
        "translate": {"repair": {"enabled": True}},
    }
    assert bench.call("run", **sections).exit_code == 0
    [edited_sentence, _] = bench.sentences()
    assert (edited_sentence["text"], edited_sentence["origin"]) == (line, "editor")
    assert "wrong power of ten" in (bench.output / "report.html").read_text(encoding="utf-8")
