"""Simplified and traditional characters: told apart, converted one for one, offsets true."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.language.variants import ConvertTo, converted, script
from pipeline.records import Article, Document
from pipeline.segment.segment import segment

TRADITIONAL = (
    "# 臺北市優化營商環境\n\n本報記者 張三\n\n2023年3月5日\n\n"
    "臺北市持續優化營商環境，頭髮與發展並重。“我們很滿意。”負責人說。\n\n李四 攝影\n"
)
TEXTS = st.one_of(st.text(max_size=60), st.text("發髮乾著後裡臺面麼國国发干a。\n 🙂", max_size=60))


def article(text: str, convert_to: ConvertTo = "as_written") -> Article:
    [[found]] = segment(
        [Document("d", text, "d.md")],
        join_broken_paragraphs=True,
        max_sentence_chars=200,
        convert_to=convert_to,
    )
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("臺北市持續優化營商環境", "traditional"),
        ("金山区持续优化营商环境", "simplified"),
        ("上海", "unknown"),
        ("", "unknown"),
        ("English, カタカナ", "unknown"),
        ("优化营商环境，優化營商環境", "mixed"),
        ("金山区持续优化营商环境，让企业和群众有更多的获得感，负责人陶喆说。", "simplified"),
    ],
)
def test_the_script_is_told(text: str, expected: str) -> None:
    assert script(text) == expected


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.sampled_from(["as_written", "simplified", "traditional"]))
def test_a_conversion_keeps_the_place_of_every_character(text: str, to: ConvertTo) -> None:
    changed = converted(text, to)
    assert len(changed) == len(text)
    assert [c for c in changed if c.isascii()] == [c for c in text if c.isascii()]
    assert list(map(len, changed.split("\n"))) == list(map(len, text.split("\n")))


def test_words_around_decide_what_a_character_becomes() -> None:
    assert converted("頭髮與發展，皇后在後面", "simplified") == "头发与发展，皇后在后面"
    assert converted("头发与发展，皇后在后面", "traditional") == "頭髮與發展，皇后在後面"


def test_a_traditional_page_is_understood_and_keeps_its_characters() -> None:
    found = article(TRADITIONAL)
    assert found.script == "traditional"
    assert found.byline == "本報記者 張三"
    kinds = [block.kind for block in found.blocks]
    assert kinds == ["title", "credit", "date", "paragraph", "credit"]
    for block in found.blocks:
        for sentence in block.sentences:
            pieces = [TRADITIONAL[span.start : span.end] for span in sentence.spans]
            assert "".join(pieces) == sentence.text


def test_a_converted_page_points_at_the_characters_it_came_from() -> None:
    found = article(TRADITIONAL, "simplified")
    assert found.script == "traditional"
    assert found.title == "台北市优化营商环境"
    assert found.byline == "本报记者 张三"
    for block in found.blocks:
        for sentence in block.sentences:
            [span] = sentence.spans
            source = TRADITIONAL[span.start : span.end]
            assert converted(source, "simplified") == sentence.text


def test_a_byline_in_a_dateline_and_a_warning_keep_the_characters() -> None:
    text = "# 新線開通\n\n本報訊（記者 王五）昨天，新線開通。\n"
    assert article(text).byline == "記者 王五"


def test_a_title_beside_the_text_is_converted_too() -> None:
    document = Document("d", "臺灣發展。", "d", "article", "臺灣")
    [[found]] = segment(
        [document], join_broken_paragraphs=True, max_sentence_chars=200, convert_to="simplified"
    )
    assert found.title == "台湾"
