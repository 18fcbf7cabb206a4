"""Editions: pages read together, so that a story may go on on another page and be one article."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.deliver.export import export_tsv
from pipeline.deliver.rows import export_rows
from pipeline.engine.journal import Journal
from pipeline.engine.plan import SEGMENT
from pipeline.engine.shard_keys import Shard
from pipeline.engine.store import Store
from pipeline.engine.work import make_shards
from pipeline.input.editions import in_editions
from pipeline.input.places import pages_text, places, places_text
from pipeline.input.read import read_documents
from pipeline.records import Article, Document, Edition, Failure
from pipeline.segment.segment import segment

FRONT = (
    "第A01版 要闻\n\n# 地铁新线昨天开通\n\n昨天，新线开通。市民纷纷前来体验，车站内外人头攒动，秩序"
    "（下转A2版）\n\n# 春耕备耕有序展开\n\n今年面积扩大，农户积极备耕。（下转A10版）\n"
)
SECOND = (
    "A02 本市新闻\n\n（上接A1版）良好。地铁公司表示，新线将方便出行。\n\n# 春天来了\n\n游人如织。\n"
)
TENTH = "第A10版 农业\n\n# 底气足\n\n（上接A1版）大家都忙。\n"
PIECES = st.sampled_from(
    [
        "（下转第2版）",
        "（上接第1版）",
        "（下转第3版）",
        "# 春耕\n\n",
        "第02版\n\n",
        "春耕面积扩大",
        "。",
        "\n\n",
        "，",
        "**好**",
    ]
)
PAGES = st.lists(st.lists(PIECES, max_size=12).map("".join), min_size=1, max_size=4)


def edition(*texts: str, **more: Any) -> Edition:
    pages = (Document(f"p{n}", text, f"e/p{n}.md", **more) for n, text in enumerate(texts, 1))
    return Edition("e", tuple(pages))


def articles(document: Document | Edition, *, join: bool = True) -> tuple[Article, ...]:
    [row] = segment([document], join_broken_paragraphs=join, max_sentence_chars=200)
    return row


def told(article: Article) -> list[str]:
    return [f"{b.kind} {''.join(s.text for s in b.sentences)}" for b in article.blocks]


@settings(max_examples=300, deadline=None)
@given(PAGES)
def test_every_sentence_leads_back_to_its_page_and_nothing_is_lost_or_found_twice(
    texts: list[str],
) -> None:
    whole = edition(*texts)
    written = {page.source: page.text for page in whole.pages}
    found = {page.source: [0] * len(page.text) for page in whole.pages}
    for article in articles(whole):
        assert article.source == article.pages[0].source
        for block in article.blocks:
            for sentence in block.sentences:
                pieces = list(places(article, sentence))
                assert sentence.text.replace(" ", "") == "".join(
                    written[source][span.start : span.end] for source, span in pieces
                ).replace(" ", "")
                for source, span in pieces:
                    for offset in range(span.start, span.end):
                        found[source][offset] += 1
    alone = {page.source: [0] * len(page.text) for page in whole.pages}
    for page in whole.pages:
        for article in articles(page):
            for block in article.blocks:
                for span in (span for s in block.sentences for span in s.spans):
                    for offset in range(span.start, span.end):
                        alone[page.source][offset] += 1
    assert found == alone


@settings(max_examples=200, deadline=None)
@given(PAGES)
def test_where_nothing_is_joined_a_page_gives_what_it_gives_alone(texts: list[str]) -> None:
    whole = edition(*texts)
    alone = [article for page in whole.pages for article in articles(page, join=False)]
    together = articles(whole, join=False)
    assert [(a.id, a.title, a.date, told(a), a.warnings) for a in together] == [
        (a.id, a.title, a.date, told(a), a.warnings) for a in alone
    ]


def test_a_story_that_goes_on_on_another_page_is_one_article() -> None:
    _, metro, spring, folio, park = articles(edition(FRONT, SECOND, TENTH))
    assert [article.id for article in (metro, spring, folio, park)] == [
        "p1.2", "p1.3", "p2.1", "p2.3"
    ]  # fmt: skip
    assert told(metro)[1].endswith("人头攒动，秩序良好。地铁公司表示，新线将方便出行。")
    assert told(spring)[-2:] == ["jump （上接A1版）", "paragraph 大家都忙。"]
    assert [pages_text(article) for article in (metro, spring, park)] == [
        "p1.md → p2.md", "p1.md → p3.md", "p2.md"
    ]  # fmt: skip
    assert not any(article.warnings for article in (metro, spring, folio, park))


def test_the_sentence_that_a_jump_breaks_has_a_place_on_both_pages() -> None:
    metro = articles(edition(FRONT, SECOND, TENTH))[1]
    broken = metro.blocks[1].sentences[1]
    assert broken.text == "市民纷纷前来体验，车站内外人头攒动，秩序良好。"
    start, rest = FRONT.index("市民"), SECOND.index("良好")
    assert places_text(metro, broken) == f"e/p1.md:{start}-{start + 20} + e/p2.md:{rest}-{rest + 3}"


# what the pages say, which beginning the untitled continuation on page 2 is put to
POINTERS = [
    ("第一版", "下转第2版", "下转第3版", "（上接第1版）", "甲"),
    ("第一版", "下转第3版", "下转第2版", "（上接第1版）", "乙"),
    ("第一版", "下转第3版", "下转第4版", "（上接第1版）", None),
    ("A1版", "下转2版", "下转A3版", "（上接A1版）", "甲"),
    ("第十一版", "下转第2版", "下转第3版", "（上接第十一版）", "甲"),
    ("第一版", "下转第2版", "下转第3版", "（上接第5版）", None),
]


@pytest.mark.parametrize(("page", "first", "second", "back", "owner"), POINTERS)
def test_printed_page_numbers_say_where_a_story_goes_on(
    page: str, first: str, second: str, back: str, owner: str | None
) -> None:
    front = f"{page}\n\n# 甲地通车\n\n桥通了。（{first}）\n\n# 乙地开工\n\n路动工了。（{second}）\n"
    found = articles(edition(front, f"第02版\n\n{back}还有别的事。\n"))
    owners = [a.title[0] for a in found if "paragraph 还有别的事。" in told(a) and len(a.pages) > 1]
    assert owners == ([owner] if owner else [])


def test_a_page_is_known_by_the_name_of_its_file_where_no_number_is_printed() -> None:
    front = "# 甲地通车\n\n桥通了。（下转第3版）\n\n# 乙地开工\n\n路动工了。（下转第2版）\n"
    whole = edition(front, "（上接第1版）还有别的事。\n")
    pages = [
        replace(p, source=f"e/{name}")
        for p, name in zip(whole.pages, ("第1版.md", "第2版.md"), strict=True)
    ]
    found = articles(replace(whole, pages=tuple(pages)))
    assert [told(a)[-1] for a in found] == ["jump （下转第3版）", "paragraph 还有别的事。"]


def test_rows_of_an_edition_keep_their_ids_and_titles_and_are_joined() -> None:
    first = Document(
        "a", "桥通了。（下转第2版）", "n.jsonl:1", "article", "甲地通车", reference="One."
    )
    second = Document(
        "b", "（上接第1版）车多了。", "n.jsonl:2", "article", "甲地通车", reference="Two."
    )
    third = Document("c", "面积扩大。", "n.jsonl:3", "article", "春耕")
    joined, other = articles(Edition("2023-03-05", (first, second, third)))
    assert (joined.id, joined.document_id, other.id) == ("a", "2023-03-05", "c")
    # the title over the continuation says the same and was given beside the text: once is enough
    assert told(joined) == [
        "title 甲地通车",
        "paragraph 桥通了。",
        "jump （下转第2版）",
        "jump （上接第1版）",
        "paragraph 车多了。",
    ]
    assert joined.reference == "One.\nTwo."
    [half] = articles(Edition("e", (first, replace(second, reference=None))))
    assert half.reference is None


def test_a_jump_to_a_page_that_is_not_there_is_a_warning_of_rows_too() -> None:
    [article] = articles(Document("a", "桥通了。（下转第2版）", "n.jsonl:1", "article", "甲地通车"))
    assert article.warnings == ("jump: the end is elsewhere ('（下转第2版）')",)


def read(*paths: Path, edition: str = "folder", **more: Any) -> list[Document | Edition | Failure]:
    return list(
        read_documents(
            [str(path) for path in paths],
            format="auto",
            encoding="auto",
            fields=more.pop("fields", {"edition": "edition"}),
            max_bytes=more.pop("max_bytes", 1_000_000),
            edition=edition,  # type: ignore[arg-type]
        )
    )


def folder_of_pages(folder: Path, *names: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_text(f"{name}。\n", encoding="utf-8")
    return folder


def test_the_pages_of_a_folder_are_an_edition_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    folder_of_pages(tmp_path / "3月5日", "第10版.md", "第2版.txt", "第1版.md")
    folder_of_pages(tmp_path / "3月6日", "第1版.md")
    (tmp_path / "3月5日" / "rows.jsonl").write_text('{"text": "好。"}\n', encoding="utf-8")
    rows = read(tmp_path)
    editions = {
        r.id: [p.source.rpartition("/")[2] for p in r.pages] for r in rows if isinstance(r, Edition)
    }
    assert editions == {"3月5日": ["第1版.md", "第2版.txt", "第10版.md"], "3月6日": ["第1版.md"]}
    assert [row.id for row in rows if isinstance(row, Document)] == ["rows-1"]


def test_folders_called_alike_are_told_apart(tmp_path: Path) -> None:
    folder_of_pages(tmp_path / "a" / "0305", "1.md")
    folder_of_pages(tmp_path / "b" / "0305", "1.md")
    assert [row.id for row in read(tmp_path)] == ["a-0305", "b-0305"]


def test_one_bad_page_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    folder = folder_of_pages(tmp_path / "news", "1.md", "3.md")
    (folder / "2.md").write_bytes(b"\xff\xfe\x00\xd8\x00")
    failure, edition = read(tmp_path)
    assert isinstance(failure, Failure)
    assert failure.source == str(folder / "2.md")
    assert isinstance(edition, Edition)
    assert [page.id for page in edition.pages] == ["1", "3"]


def test_an_edition_larger_than_the_limit_is_cut_so_that_memory_stays_bounded(
    tmp_path: Path,
) -> None:
    folder_of_pages(tmp_path / "news", "1.md", "2.md", "3.md")
    rows = read(tmp_path, max_bytes=20)
    assert [(row.id, len(row.pages)) for row in rows if isinstance(row, Edition)] == [
        ("news", 2), ("news-2", 1)
    ]  # fmt: skip


def test_only_one_edition_is_held_at_a_time() -> None:
    taken = []

    def rows() -> Iterator[Document]:
        for number in range(6):
            taken.append(number)
            yield Document(f"d{number}", "文", "s", edition=f"e{number // 2}")

    found = in_editions(rows(), {}, 1000)
    first = next(found)
    assert isinstance(first, Edition)
    assert (first.id, taken) == ("e0", [0, 1, 2])


def test_rows_that_follow_each_other_and_share_a_value_are_an_edition(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    lines = [
        {"text": "一。", "date": "2023-03-05"},
        {"text": "", "date": "2023-03-05"},
        {"text": "二。", "date": "2023-03-05"},
        {"text": "三。", "date": None},
        {"text": "四。", "date": "2023-03-06"},
        {"text": "五。", "date": "2023-03-05"},
        {"text": "六。"},
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    fields = {"edition": "date", "date": "date"}
    failed, first, alone, second, missing, last = read(path, edition="rows", fields=fields)
    assert isinstance(failed, Failure)
    assert failed.source.endswith("news.jsonl:2")
    assert isinstance(first, Edition)
    assert (first.id, [page.text for page in first.pages]) == ("2023-03-05", ["一。", "二。"])
    assert isinstance(alone, Document)
    assert [row.id for row in (second, last)] == ["2023-03-06", "2023-03-05-2"]
    assert isinstance(missing, Failure)
    assert missing.reason == "no 'date' field; found 'text'"
    assert all(isinstance(row, Document) for row in read(path, edition="none")[2:3])


def test_a_page_that_cannot_be_segmented_costs_its_edition_only_itself(tmp_path: Path) -> None:
    def function(documents: list[Document | Edition]) -> list[tuple[Article, ...]]:
        for document in documents:
            if "坏" in getattr(document, "text", "") or document.id == "e":
                raise ValueError("a bad page")
        return segment(documents, join_broken_paragraphs=True, max_sentence_chars=200)

    whole = edition("好。", "坏。", "也好。")
    other = Document("d", "另一篇。", "d.md")
    store = Store(tmp_path)
    store.write("documents", "read", [whole, other])
    make_shards(SEGMENT, function, store, [Shard("made", ("read",))], Journal(verbosity=0))
    failures = store.read_failures("articles", "made")
    assert [article.id for article in store.read("articles", "made", Article)] == [
        "p1.1",
        "p3.1",
        "d.1",
    ]
    assert [(failure.id, failure.source) for failure in failures] == [("p2", "e/p2.md")]


def test_an_export_has_the_places_of_an_edition_and_only_of_one() -> None:
    rows = list(export_rows(articles(edition(FRONT, SECOND)), [], []))
    head, *lines = export_tsv(rows).splitlines()
    assert head.split("\t")[-1] == "places"
    assert all(line.split("\t")[-1].startswith("e/p") for line in lines)
    alone = export_tsv(list(export_rows(articles(Document("d", FRONT, "d.md")), [], [])))
    assert alone.splitlines()[0].split("\t")[-1] == "flags"
