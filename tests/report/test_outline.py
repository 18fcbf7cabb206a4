"""The tree that `pipeline show` prints before anything is translated."""

import io

from rich.console import Console

from pipeline.records import Article, Document
from pipeline.report.outline import print_article_outline, print_outline
from pipeline.segment.segment import segment

TEXT = (
    "# 春游[a]\n\n本报记者 张三\n\n公园里游人如织。今天天晴。（下转第2版）\n\n"
    "# 春耕\n\n面积扩大。\n"
)


def articles(count: int = 1) -> list[Article]:
    rows = segment(
        [Document(f"d{number}", TEXT, f"d{number}.md") for number in range(count)],
        join_broken_paragraphs=True,
        max_sentence_chars=200,
    )
    return [article for row in rows for article in row]


def printed(found: list[Article]) -> str:
    console = Console(file=io.StringIO(), width=120)
    print_outline(console, found)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_every_block_has_a_line_with_its_kind() -> None:
    lines = printed(articles()).splitlines()
    assert lines[0] == "d0  d0.md"
    assert any("d0.1  春游[a]  本报记者 张三" in line for line in lines)
    assert any("paragraph" in line and "2 sentences" in line for line in lines)
    assert any("! jump: the end is elsewhere" in line for line in lines)
    assert lines[-1].startswith("2 articles, 7 sentences, 1 with warnings; blocks: ")


def test_many_articles_have_a_line_each() -> None:
    text = printed(articles(20))
    assert text.count("春耕") == 20
    assert "paragraph  " not in text


def test_every_sentence_of_an_article_has_its_place() -> None:
    console = Console(file=io.StringIO(), width=120)
    [first, _] = articles()
    print_article_outline(console, first)
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    for block in first.blocks:
        for sentence in block.sentences:
            [span] = sentence.spans
            assert f"{sentence.id:<5}{span.start}–{span.end}  {sentence.text}" in text
