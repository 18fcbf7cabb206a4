"""Summaries of news: clean lines, shorter where nothing is lost, and English of the same lines."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import pytest

from models.load import load_picker
from models.protocols import Candidate
from models.specs import ExtractiveSpec
from pipeline.errors import ModelError, RowsFailedError
from pipeline.language.chinese import with_ordinary_marks
from pipeline.records import Summary, Translation
from pipeline.summarize.news import summarize_news
from pipeline.summarize.standalone import standalone, text_before
from pipeline.summarize.summarize import summarize
from pipeline.testing import LeadSummarizer
from tests.newspaper import Row, article, translation

ROWS: tuple[Row, ...] = (
    ("title", "长江大桥通车", "Yangtze Bridge Opens", 0.8),
    ("paragraph", "本报讯（记者 张三）据了解，长江大桥5日通车，全长3公里。", "By Zhang San.", 0.6),
    ("paragraph", "他还表示，大桥将方便两岸居民。", "He added that it helps.", 0.9),
    ("caption", "图为长江大桥通车现场的居民。", "Residents.", 0.7),
    ("paragraph", "长江大桥总投资20亿元，工期四年。", "It cost 2 billion yuan.", 0.9),
)


class Translate:
    """Translates a line to its length; remembers what it was asked."""

    def __init__(self, failure: str = "") -> None:
        self.asked: list[str] = []
        self.failure = failure

    def __call__(self, texts: Sequence[str]) -> list[Candidate]:
        self.asked += texts
        return [
            Candidate(
                f"The Yangtze bridge opened on the 5th; it is {text.count('3')} 3 km long.", 0.5
            )
            if not self.failure
            else Candidate("", 0.5, failure=self.failure)
            for text in texts
        ]


def summary(
    translate: Translate,
    rows: Sequence[Row] = ROWS,
    given: Translation | None = None,
    **spec: object,
) -> Summary:
    settings = ExtractiveSpec.model_validate({"kind": "extractive", **spec})
    [row] = summarize_news(
        [article(rows)],
        [given or translation(rows)],
        picker=load_picker(settings),
        languages=("zh", "en"),
        translate_lines=translate,
        compress=settings.compress,
    )
    return row


def test_a_line_is_clean_and_a_leaning_sentence_or_caption_is_no_line() -> None:
    translate = Translate()
    row = summary(translate)
    assert [line.text for line in row.zh] == [
        "长江大桥5日通车，全长3公里。",
        "长江大桥总投资20亿元，工期四年。",
    ]
    assert [line.sources for line in row.zh] == [("s2",), ("s5",)]


def test_marks_of_vertical_print_are_read_as_ordinary_ones() -> None:
    marks = str.maketrans("，。（）", "︐︒︵︶")
    vertical = [(kind, zh.translate(marks), en, sure) for kind, zh, en, sure in ROWS]
    lines = [with_ordinary_marks(line.text) for line in summary(Translate(), vertical).zh]
    assert lines == [line.text for line in summary(Translate()).zh]


def test_only_a_line_that_differs_from_the_article_is_translated() -> None:
    translate = Translate()
    row = summary(translate)
    assert translate.asked[0] == "长江大桥5日通车，全长3公里。"
    assert "长江大桥总投资20亿元，工期四年。" not in translate.asked
    assert row.en[1].text == "It cost 2 billion yuan."
    assert "Zhang San" not in row.en[0].text


DATED: tuple[tuple[str, str, str], ...] = (
    ("新华社上海3月5日电 据了解，", "大桥5日通车，7日试运行。", "大桥3月5日通车，3月7日试运行。"),
    ("新华社上海3月5日电 据了解，", "大桥28日通车，工期3日。", "大桥28日通车，工期3日。"),
    ("新华社上海3月5日电 据了解，", "大桥4月2日通车，3日收费。", "大桥4月2日通车，4月3日收费。"),
    ("新华社上海3月5日电 据了解，", "大桥于5日至7日试运行。", "大桥于3月5日至7日试运行。"),
    ("新华社上海3月5日电 据了解，", "大桥连续5日免费，近3日很热。", "大桥连续5日免费，近3日很热。"),
    ("新华社上海3月5日电 据了解，", "铁路4月2日提速，5日减价。", "铁路4月2日提速，4月5日减价。"),
    ("新华社上海3月5日电 据了解，", "张某被拘留5日，罚款千元。", "张某被拘留5日，罚款千元。"),
    ("据了解，", "大桥5日通车，全长3公里。", "大桥5日通车，全长3公里。"),
)


@pytest.mark.parametrize(("opening", "line", "asked"), DATED)
def test_the_translator_reads_the_month_that_the_dateline_names(
    opening: str, line: str, asked: str
) -> None:
    translate = Translate()
    row = summary(translate, (("paragraph", opening + line, "By Zhang San.", 0.6),))
    assert row.zh[0].text == line
    assert asked in translate.asked


def test_the_nearest_day_gives_the_month() -> None:
    before = "新华社上海3月21日电 铁路4月26日提速。"
    assert standalone("大桥21日通车。", before) == "大桥3月21日通车。"
    assert standalone("大桥25日通车。", before) == "大桥4月25日通车。"


def test_the_date_of_an_article_gives_the_month() -> None:
    given = replace(article(ROWS), date="2023年3月5日 星期日")
    assert text_before(given, given.blocks[1].sentences[0]).startswith("3月5日\n")


def test_a_gist_is_translated_as_a_sentence() -> None:
    translate = Translate()
    row = summary(translate)
    assert row.gist_zh is not None
    assert not row.gist_zh.text.endswith("。")
    assert f"{row.gist_zh.text}。" in translate.asked


def test_a_gist_that_is_a_sentence_of_the_article_has_its_english() -> None:
    translate = Translate()
    row = summary(translate, (("paragraph", "长江大桥昨天通车。", "The bridge is open.", 0.9),))
    assert row.gist_zh is not None
    assert row.gist_en is not None
    assert (row.gist_zh.text, row.gist_en.text) == ("长江大桥昨天通车", "The bridge is open.")
    assert translate.asked == []


def test_a_gist_is_one_short_line_in_both_languages() -> None:
    row = summary(Translate())
    assert row.gist_zh is not None
    assert row.gist_en is not None
    assert len(row.gist_zh.text) <= 30
    assert "张三" not in row.gist_zh.text
    assert row.gist_zh.sources == row.gist_en.sources == ("s2",)


def test_an_editor_s_english_is_cited() -> None:
    given = translation(ROWS)
    edited = tuple(
        type(one)(one.id, "The bridge is open.", "editor", None) if one.id == "s2" else one
        for one in given.sentences
    )
    translate = Translate()
    row = summary(translate, given=Translation("a", edited))
    assert row.en[0].text == "The bridge is open."
    assert translate.asked == []


def test_a_whole_sentence_is_cited_where_the_short_one_is_translated_badly() -> None:
    rows: tuple[Row, ...] = (
        (
            "paragraph",
            "据了解，去年全市粮食产量为120万吨，创新高。",
            "It reaped 1.2 million tons.",
            0.9,
        ),
    )

    class Wrong(Translate):
        def __call__(self, texts: Sequence[str]) -> list[Candidate]:
            return [Candidate("Last year the city reaped 999 million tons.", 0.5) for _ in texts]

    row = summary(Wrong(), rows)
    assert row.en[0].text == "It reaped 1.2 million tons."


def test_a_line_without_translation_fails_its_article() -> None:
    with pytest.raises(RowsFailedError) as raised:
        summary(Translate(failure="the server is away"))
    [row] = raised.value.rows
    assert isinstance(row, ModelError)
    assert "the server is away" in str(row)


def test_without_compression_only_the_dateline_is_left_out() -> None:
    row = summary(Translate(), compress=False)
    assert row.zh[0].text == "据了解，长江大桥5日通车，全长3公里。"


def test_a_separate_english_summarizer_writes_the_english() -> None:
    [row] = summarize_news(
        [article(ROWS)],
        [translation(ROWS)],
        picker=load_picker(ExtractiveSpec(kind="extractive")),
        languages=("zh", "en"),
        translate_lines=Translate(),
        write_english=partial(
            summarize, summarizer=LeadSummarizer(), languages=("en",), english_from="model"
        ),
    )
    assert [line.text for line in row.en] == ["By Zhang San."]


def test_an_article_without_prose_is_flagged() -> None:
    row = summary(Translate(), ROWS[:1])
    assert (row.zh, row.en, row.gist_zh, row.flags) == ((), (), None, ("no_prose",))


def test_a_long_article_whose_sentences_all_lean_has_lines_and_no_gist() -> None:
    leaning: Row = ("paragraph", "他还表示，此事令人很高兴。", "He added that he is glad.", 0.9)
    row = summary(Translate(), [leaning] * 1_100)
    assert row.zh
    assert row.gist_zh is None


def test_a_line_without_its_dateline_never_cites_a_translation_with_one() -> None:
    """Though the short line has a wrong number and the whole sentence has none."""
    rows: tuple[Row, ...] = (
        ("title", "长江大桥通车", "Yangtze Bridge Opens", 0.8),
        (
            "paragraph",
            "本报讯（记者 张三）长江大桥5日通车，全长4公里。",
            "(Reporter Zhang San) The Yangtze bridge opened on the 5th; it is 4 km long.",
            0.6,
        ),
    )
    row = summary(Translate(), rows)
    assert not any("Reporter" in line.text for line in (*row.en, row.gist_en) if line)
