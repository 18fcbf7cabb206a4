"""Tables in the report: rows of cells, marks inside cells, English by default."""

from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from pipeline.config.sections import TranslateSection
from pipeline.records import (
    Article,
    Block,
    Finding,
    Score,
    Sentence,
    SentenceScore,
    Span,
    TranslatedSentence,
    Translation,
)
from pipeline.report.html import html
from pipeline.report.markdown import markdown
from pipeline.report.report import Report, report
from tests.newspaper import summary

ZH = ("| 企业 | 收入（亿元） |", "| 甲公司 | 120 |", "| 乙公司 | −98 |")
EN = ("| Company | Revenue (100 million yuan) |", "| Company A | 120 |", "| Company B | 98 |")


def table_report(
    zh: Sequence[str] = ZH,
    en: Sequence[TranslatedSentence | str] = EN,
    findings: Sequence[Sequence[Finding]] = (),
) -> Report:
    """Return the report of an article that is one table."""
    sentences = tuple(
        Sentence(f"s{n}", text, (Span(0, len(text)),)) for n, text in enumerate(zh, 1)
    )
    translated = tuple(
        TranslatedSentence(f"s{n}", text, "model", 0.5) if isinstance(text, str) else text
        for n, text in enumerate(en, 1)
    )
    article = Article("a", "a", "a.md", "表", None, None, (Block("table", sentences),))
    found = [*findings, *[()] * (len(zh) - len(findings))]
    scores = tuple(SentenceScore(f"s{n}", 0.5, tuple(f)) for n, f in enumerate(found, 1))
    row = (article, Translation("a", translated), replace(summary("a"), zh=(), en=()))
    return report([(*row, Score("a", scores, 0.5))])


class Tables(HTMLParser):
    """The tables of a page as rows of cells, those of blocks only."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.tags: list[str] = []
        self._is_cell = False
        self.feed(page[page.index('<article id="a1"') :])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
            self._is_cell = True
            self.tags.append(tag + "".join(f" {name}={value}" for name, value in attrs))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._is_cell = False

    def handle_data(self, data: str) -> None:
        if self._is_cell:
            self.tables[-1][-1][-1] += data


def test_a_table_is_a_table_in_both_languages() -> None:
    page = Tables("".join(html(table_report())))
    assert page.tables[:2] == [
        [["Company", "Revenue (100 million yuan)"], ["Company A", "120"], ["Company B", "98"]],
        [["企业", "收入（亿元）"], ["甲公司", "120"], ["乙公司", "−98"]],
    ]
    assert page.tags[:4] == ["th scope=col", "th scope=col", "td", "td class=number"]


def test_a_table_is_a_table_in_markdown() -> None:
    text = "".join(markdown(table_report()))
    assert (
        "| Company | Revenue (100 million yuan) |\n|---|---|\n| Company A | 120 |\n"
        "| Company B | 98 |\n"
    ) in text


def test_rows_without_english_and_of_an_editor_keep_the_table_whole() -> None:
    rows: list[TranslatedSentence | str] = [
        EN[0],
        TranslatedSentence("s2", "", "none", None),
        TranslatedSentence("s3", "Company B lost money, 98", "editor", None),
    ]
    made = table_report(en=rows)
    page = Tables("".join(html(made)))
    assert page.tables[0] == [
        ["Company", "Revenue (100 million yuan)"],
        ["甲公司", "120"],
        ["Company B lost money, 98"],
    ]
    assert "td colspan=2" in page.tags
    assert "| 甲公司 | 120 |\n| Company B lost money, 98 |\n" in "".join(markdown(made))


@pytest.mark.parametrize(
    ("span", "marked"),
    [
        (Span(14, 17), [">98</mark>"]),
        (Span(2, 17), [">Company B</mark>", ">98</mark>"]),
        (Span(0, len(EN[2])), []),
        (None, []),
    ],
)
def test_a_finding_is_marked_in_its_cells(span: Span | None, marked: list[str]) -> None:
    finding = Finding("numbers", "error", "98 <b>", None, span)
    page = "".join(html(table_report(findings=[(), (), (finding,)])))
    body = page[page.index('<article id="a1"') : page.index('<section class="doubts"')]
    assert body.count("<mark") == len(marked)
    assert all(mark in body for mark in marked)
    assert "</b> 98 &lt;b&gt;</span>" in page


def test_a_note_across_all_columns_is_one_cell() -> None:
    note, english = "注：以上为初步核算数。", "Note: preliminary."
    page = "".join(
        html(
            table_report(
                (*ZH, f"| {note} | {note} |", "| 持平 | 持平 |"),
                (*EN, f"| {english} | {english} |", "| Same | Same |"),
            )
        )
    )
    assert page.count(f'<td colspan="2">{english}') == page.count(f'<td colspan="2">{note}') == 1
    assert page.count("<td>Same") == page.count("<td>持平") == 2


def test_every_row_has_the_anchors_of_a_sentence() -> None:
    page = "".join(html(table_report()))
    for number in (1, 2, 3):
        assert f'id="a1-s{number}"' in page
        assert f'id="a1-s{number}-zh"' in page


def test_a_table_of_many_columns_takes_the_width_of_the_page() -> None:
    many = "| 一 | 二 | 三 | 四 | 五 |"
    assert 'class="passage table wide"' in "".join(html(table_report([many], ["| 1 | 2 | 3 |"])))
    assert 'class="passage table"' in "".join(html(table_report()))


def test_tables_are_translated_by_default() -> None:
    assert "table" in TranslateSection.model_fields["kinds"].default
