"""Measure what hostile texts cost: CPU seconds of each stage without a model, by shape.

    python scripts/measure_bounds.py
    python scripts/measure_bounds.py --bytes 100000 --shape digits --shape names

Each shape is a file of so many bytes (1 MB) in UTF-8 that goes through every stage of a run. The
translator is a fake that copies the Chinese; in the stage "fluent" it writes English with some of
the numbers, others dropped or changed, and other ones whenever it is asked again.
No stage may take more than 20 s. Prints a table and exits with 1 if one does.
"""

import argparse
import re
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from models.load import load_picker
from models.protocols import Candidate, Search, Translator
from models.specs import ExtractiveSpec
from models.summarizers.extractive import ExtractiveSummarizer
from pipeline.check.checks import findings
from pipeline.config.sections import TranslateSection
from pipeline.deliver.english.reading import lone_article
from pipeline.deliver.export import WRITERS
from pipeline.engine.results import english_articles
from pipeline.input.read import read_documents
from pipeline.language.glossary import make_glossary, parse_glossary
from pipeline.records import Article, Document, Summary, Translation
from pipeline.report.html import html
from pipeline.report.json import report_json
from pipeline.report.markdown import markdown
from pipeline.report.report import ArticleRow, report
from pipeline.run.english import MOST_ARTICLES
from pipeline.score.score import score
from pipeline.segment.segment import segment
from pipeline.summarize.news import summarize_news
from pipeline.testing import FakeTranslator
from pipeline.translate.ladder import Ladder
from pipeline.translate.translate import translate

MOST_SECONDS = 20.0
Result = TypeVar("Result")
STAGES = (
    "read",
    "segment",
    "translate",
    "fluent",
    "news",
    "lexrank",
    "score",
    "report",
    "english",
    "check",
)


def repeated(unit: str, size: int, end: str = "") -> str:
    """Return a unit repeated up to a size in bytes."""
    return unit * (size // len(unit.encode())) + end


def numbered(unit: str, size: int) -> str:
    """Return a unit repeated up to a size in bytes, with another number each time."""
    return "".join(unit.format(n) for n in range(size // (len(unit.encode()) + 4)))


def nested(start: str, end: str, size: int) -> str:
    """Return brackets in brackets up to a size in bytes."""
    depth = size // len((start + end).encode())
    return start * depth + "一" + end * depth


# shape: ending of the file, and its text of a size in bytes
SHAPES: dict[str, tuple[str, Callable[[int], str]]] = {
    "prose": ("md", lambda n: repeated("金山区持续优化营商环境，吸引企业投资。\n\n", n)),
    "one sentence": ("md", lambda n: repeated("金山区持续优化", n)),
    "one character": ("md", lambda n: repeated("金", n)),
    "commas": ("md", lambda n: repeated("金山，", n)),
    "adverbials": ("md", lambda n: repeated("在金山，", n)),
    "one-character lines": ("md", lambda n: repeated("金\n", n)),
    "one-character paragraphs": ("md", lambda n: repeated("金\n\n", n)),
    "blank lines": ("md", lambda n: repeated("\n", n)),
    "spaces": ("md", lambda n: repeated(" ", n, "金")),
    "digits": ("md", lambda n: repeated("9", n)),
    "numerals": ("md", lambda n: repeated("一百万", n)),
    "wan": ("md", lambda n: repeated("万", n)),
    "numbers": ("md", lambda n: numbered("{}元，", n)),
    "dates": ("md", lambda n: repeated("2023年3月5日", n)),
    "names": ("md", lambda n: numbered("张{}三说，", n)),
    "titles": ("md", lambda n: repeated("# 标题\n\n", n)),
    "datelines": ("md", lambda n: repeated("本报记者 张三 3月5日电\n", n)),
    "jumps": ("md", lambda n: repeated("（下转第2版）\n", n)),
    "brackets": ("md", lambda n: nested("（", "）", n)),
    "open brackets": ("md", lambda n: repeated("（", n)),
    "quotes": ("md", lambda n: repeated("“", n)),
    "nested quotes": ("md", lambda n: nested("“‘", "’”", n)),
    "full stops": ("md", lambda n: repeated("。", n)),
    "repeated words": ("md", lambda n: repeated("加油", n)),
    "English": ("md", lambda n: numbered("Word{} and ", n)),
    "addresses": ("md", lambda n: repeated("a-", n // 2) + repeated("a@", n // 2)),
    "codes": ("md", lambda n: numbered("A{}B ", n)),
    "stars": ("md", lambda n: repeated("**", n)),
    "backslashes": ("md", lambda n: repeated("\\", n)),
    "table": ("md", lambda n: repeated("| 金 ", n)),
    "rows of a table": ("md", lambda n: repeated("| 金 |\n", n)),
    "ragged table": ("md", lambda n: repeated("| 金", n // 2) + repeated("\n| 金 |", n // 2)),
    "list": ("md", lambda n: repeated("- 金\n", n)),
    "links": ("md", lambda n: repeated("[金](", n)),
    "control characters": ("md", lambda n: repeated("\u202e金\u200b", n)),
    "combining marks": ("md", lambda n: repeated("\u0301", n, "金")),
    "deep HTML": ("html", lambda n: nested("<div>", "</div>", n)),
    "paragraphs of HTML": ("html", lambda n: repeated("<p>金", n)),
    "attributes": ("html", lambda n: f"<p {numbered('a{}=1 ', n)}>金</p>"),
    "entities": ("html", lambda n: repeated("&amp;", n)),
    "open tags": ("html", lambda n: repeated("<", n)),
    "rows": ("csv", lambda n: "text\n" + repeated("金山区。\n", n)),
    "cells": ("csv", lambda n: "text" + repeated(",a", n)),
    "objects": ("jsonl", lambda n: repeated('{"text": "金山区。"}\n', n)),
    "nested JSON": ("jsonl", lambda n: '{"text": ' + nested("[", "]", n) + "}"),
}


def main() -> None:
    """Measure the shapes, print the table and name what took too long."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--bytes", type=int, default=1_000_000, help="of each file")
    parser.add_argument("--shape", action="append", help="only this shape (may be repeated)")
    parser.add_argument("--terms", type=int, default=100_000, help="of the large glossary")
    options = parser.parse_args()
    if unknown := set(options.shape or ()) - set(SHAPES):
        parser.error(f"unknown shape {', '.join(unknown)}; known are {', '.join(SHAPES)}")
    print(f"{'shape':26}" + "".join(f"{stage:>11}" for stage in STAGES))
    worst = 0.0
    for shape in options.shape or SHAPES:
        seconds = costs(shape, options.bytes)
        worst = max(worst, *seconds)
        print(f"{shape:26}" + "".join(f"{each:10.2f}s" for each in seconds), flush=True)
    parsing, search = glossary_costs(options.terms, options.bytes)
    worst = max(worst, parsing, search)
    print(f"glossary of {options.terms:,} terms: {parsing:.2f}s to read, {search:.2f}s to search")
    print(f"longest: {worst:.1f} s; at most {MOST_SECONDS:g} s are allowed")
    sys.exit(worst > MOST_SECONDS)


def costs(shape: str, size: int) -> tuple[float, ...]:
    """Return the CPU seconds of each stage for a shape."""
    ending, write = SHAPES[shape]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"hostile.{ending}"
        path.write_text(write(size), encoding="utf-8")
        pages, reading = timed(lambda: read(path))
        articles, segmenting = timed(lambda: segmented(pages))
        translations, translating = timed(lambda: translated(articles, CopyingTranslator()))
        _, answering = timed(lambda: translated(articles, FluentTranslator()))
        summaries, choosing = timed(lambda: summarized(articles, translations))
        texts = [sentences(article) for article in articles]
        _, ranking = timed(lambda: ExtractiveSummarizer("lexrank", 3).summarize(texts))
        scores, scoring = timed(
            lambda: score(articles, translations, metrics=("bleu", "chrf"), references={})
        )
        rows = list(zip(articles, translations, summaries, scores, strict=True))
        _, reporting = timed(lambda: write_report(rows))
        _, delivering = timed(lambda: write_english(rows, Path(folder)))
    # text against itself is the worst that the checks can meet
    glossary = make_glossary(())
    _, checking = timed(
        lambda: [findings(one, one, glossary=glossary) for text in texts for one in text]
    )
    upstream = (reading, segmenting, translating, answering, choosing, ranking)
    return (*upstream, scoring, reporting, delivering, checking)


class CopyingTranslator(FakeTranslator):
    """Puts a word before the Chinese, and another one when it is asked again."""

    def answer(self, sentences: Sequence[str]) -> list[Candidate]:
        """Return the best answer to each sentence."""
        return [Candidate(f"Copy {sentence}", 0.5) for sentence in sentences]

    def search(self, sentences: Sequence[str], search: Search) -> list[list[Candidate]]:
        """Return another answer to each sentence."""
        return [[Candidate(f"Another {text}", 0.4)][: search.count] for text in sentences]


class FluentTranslator(FakeTranslator):
    """Writes English that says a third of the numbers wrongly and drops another third."""

    def answer(self, sentences: Sequence[str]) -> list[Candidate]:
        """Return the best answer to each sentence."""
        return [Candidate(self._said(sentence, 0), 0.5) for sentence in sentences]

    def search(self, sentences: Sequence[str], search: Search) -> list[list[Candidate]]:
        """Return other answers to each sentence."""
        return [
            [Candidate(self._said(text, beam), 0.4) for beam in range(1, search.count + 1)]
            for text in sentences
        ]

    def _said(self, text: str, beam: int) -> str:
        words = [
            f"Zhang {int(number[:9]) + (place + beam) % 3} yuan"
            for place, number in enumerate(re.findall(r"\d+", text))
            if (place + beam) % 3
        ]
        return f"The report {beam} says {', '.join(words)}."


def translated(articles: list[Article], translator: Translator) -> list[Translation]:
    """Return the translations of articles, with every rung of the ladder but the fallback."""
    kinds = TranslateSection.model_fields["kinds"].default
    return translate(articles, translator=translator, kinds=kinds, ladder=Ladder())


def summarized(articles: list[Article], translations: list[Translation]) -> list[Summary]:
    """Return the summaries that a run makes if its config says nothing else."""
    return summarize_news(
        articles,
        translations,
        picker=load_picker(ExtractiveSpec(kind="extractive")),
        languages=("zh", "en"),
        translate_lines=CopyingTranslator().answer,
    )


def write_report(rows: list[ArticleRow]) -> None:
    """Make the report in every format."""
    made = report(rows)
    for render in (html, markdown, report_json):
        for _ in render(made):
            pass


def write_english(rows: list[ArticleRow], folder: Path) -> None:
    """Write the English articles in every format, each by itself and all in one file."""
    edition = english_articles(rows, "a fake", None, ())
    writers = [writer for writer in WRITERS if writer.takes == "articles"]
    is_large = len(edition.contents) > MOST_ARTICLES
    for article in () if is_large else edition.articles:
        for writer in writers:
            writer.write(lone_article(article), folder / f"article{writer.suffix}")
    for writer in writers:
        writer.write(edition, folder / f"all{writer.suffix}")


def read(path: Path) -> list[Document]:
    """Return the documents of a file; those that are refused are left out."""
    rows = read_documents(
        [str(path)], format="auto", encoding="auto", fields={}, max_bytes=20_000_000
    )
    return [row for row in rows if isinstance(row, Document)]


def segmented(pages: list[Document]) -> list[Article]:
    """Return the articles of documents."""
    rows = segment(pages, join_broken_paragraphs=True, max_sentence_chars=200)
    return [article for row in rows for article in row]


def sentences(article: Article) -> list[str]:
    """Return the sentences of an article in their order."""
    return [sentence.text for block in article.blocks for sentence in block.sentences]


def glossary_costs(terms: int, size: int) -> tuple[float, float]:
    """Return the CPU seconds to read a large glossary and to search a text for its terms."""
    text = "".join(f"国{number}号\tNo. {number}\n" for number in range(terms))
    glossary, parsing = timed(lambda: parse_glossary(text))
    page = repeated("国家国99号", size)
    _, search = timed(lambda: list(glossary.matches(page)))
    return parsing, search


def timed(work: Callable[[], Result]) -> tuple[Result, float]:
    """Return what a piece of work gives, and its CPU seconds."""
    before = time.process_time()
    return work(), time.process_time() - before


if __name__ == "__main__":
    main()
