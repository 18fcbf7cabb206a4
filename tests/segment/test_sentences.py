"""Where sentences end and where long ones may be cut: laws, then the golden rules."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.segment.sentences import cuts, sentence_spans

RULES: list[dict[str, Any]] = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "golden/sentences.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]
REGRESSIONS: list[dict[str, Any]] = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "golden/regressions.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]
MARKS = "金山他说道一二0123aB .。，！？!?；：“”‘’\"'「」《》（）()【】…—\n\t　-[]"
TEXTS = st.one_of(st.text(alphabet=MARKS, max_size=80), st.text(max_size=80))


def sentences(text: str) -> list[str]:
    return [text[span.start : span.end] for span in sentence_spans(text)]


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_nothing_but_blanks_lies_between_sentences(text: str) -> None:
    position = 0
    for span in sentence_spans(text):
        assert span.start < span.end
        assert not text[position : span.start].strip()
        position = span.end
    assert not text[position:].strip()


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_a_sentence_is_one_sentence_again(text: str) -> None:
    for sentence in sentences(text):
        assert sentences(sentence) == [sentence]


@settings(max_examples=400, deadline=None)
@given(TEXTS, st.integers(min_value=1, max_value=40))
def test_every_part_of_a_cut_sentence_fits(text: str, max_chars: int) -> None:
    offsets = (0, *cuts(text, max_chars), len(text))
    assert all(end - start <= max_chars for start, end in pairwise(offsets))
    assert all(start < end for start, end in pairwise(offsets)) or not text


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule["rule"]))
def test_the_golden_rules_hold(rule: dict[str, Any]) -> None:
    assert sentences(rule["text"]) == rule["sentences"]


OF_SENTENCES = [case for case in REGRESSIONS if "sentences" in case]


@pytest.mark.parametrize("case", OF_SENTENCES, ids=lambda case: str(case["number"]))
def test_what_was_once_wrong_stays_right(case: dict[str, Any]) -> None:
    assert sentences(case["text"]) == case["sentences"]


def test_regressions_are_numbered_from_one_and_none_is_dropped() -> None:
    assert [case["number"] for case in REGRESSIONS] == list(range(1, len(REGRESSIONS) + 1))
    assert len(REGRESSIONS) >= 9


def test_a_sentence_that_fits_has_no_cuts() -> None:
    assert cuts("金" * 200, 200) == ()


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "组织开展专项行动，清理各种规定；落实同等待遇，保护权益。",
            ["组织开展专项行动，清理各种规定；", "落实同等待遇，保护权益。"],
        ),
        (
            "他说：“今天很忙，明天也很忙。后天休息，大后天也休息。”",
            ["他说：“今天很忙，明天也很忙。", "后天休息，大后天也休息。”"],
        ),
        ("增长了一千二百三十四点五六七八九", ["增长了一千二百三", "十四点五六七八九"]),
    ],
)
def test_a_long_sentence_is_cut_where_a_reader_would_pause(text: str, parts: list[str]) -> None:
    offsets = (0, *cuts(text, 20 if len(text) > 20 else 10), len(text))
    assert [text[start:end] for start, end in pairwise(offsets)] == parts


def test_a_number_or_word_is_not_cut_apart() -> None:
    text = "金" * 9 + "1240000" + "元" * 6 + "CAR-T" + "细" * 8
    for offset in cuts(text, 14):
        assert not (text[offset - 1].isascii() and text[offset].isascii())


@pytest.mark.parametrize(
    "unit", ["金", "金。", "“金。", "“a。”说", "a.", "（", "金，", "。", '"a."']
)
def test_a_long_text_of_anything_is_cut(unit: str) -> None:
    # no clock: a search that is quadratic in the length would not come back from this
    text = (unit * 300_000)[:300_000]
    assert sentence_spans(text)
    assert all(0 < offset < len(text) for offset in cuts(text, 200))


@pytest.mark.parametrize("mark", ["a.", "B.", "iv.", "IX.", "1.", "(c.", "（一）", "a)", "①"])
def test_the_mark_of_a_list_item_is_no_sentence(mark: str) -> None:
    text = f"{mark} 本项内容由市政府决定。另有规定的除外。"
    spans = [text[span.start : span.end] for span in sentence_spans(text)]
    assert spans == [f"{mark} 本项内容由市政府决定。", "另有规定的除外。"]
