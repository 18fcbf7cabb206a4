#!/usr/bin/env python
"""Measure the extractive summaries on news articles with headlines, against the lead.

    python scripts/measure_summaries.py NEWS.jsonl

Every row has `id`, `headline` and `text`, and may have `date`, a machine-written `continuation` and
its keywords that a person marked `unsupported` or `supported`. Rows with an even index (from 0)
were used to set the weights, so only the odd ones are measured; `--all` takes all rows. Tasks:

- one sentence, and the gist of at most 30 characters, against the headline, which no method sees;
- three sentences of the text without its first paragraph, against headline and first paragraph;
- which unsupported keywords of the continuations the checks of summaries find, and how many
  supported ones they flag. A keyword with a number counts as number or date, one with a word that
  may name somebody, a place or a body as a name.

`--fit` prints, for settings of the weights of places and density, what gist and line score on the
even rows around that setting: the mean of ten settings near it (seed 0), because a single one is
noise. It takes ten minutes; the best one is in `models/summarizers/news.py`.
`--speed N` summarizes the articles again and again, N in all, from text to three sentences and
gist, in two processes, and prints seconds and the peak memory of a process by then and at a tenth.

ROUGE counts Chinese by character. The p-value is that of a paired approximate randomization test
against the lead (Noreen 1989; Riezler and Maxwell 2005), two-sided.
"""

import argparse
import itertools
import json
import multiprocessing
import re
import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from models.load import load_picker
from models.specs import ExtractiveSpec
from models.summarizers import news
from pipeline.check.support.article_text import ArticleText
from pipeline.check.support.chinese import unsupported_chinese
from pipeline.config.sections import SegmentSection
from pipeline.language.lexicon import chinese_words
from pipeline.language.numbers.chinese import chinese_quantities
from pipeline.language.numbers.quantity import Strength
from pipeline.language.words import may_be_name, may_be_place
from pipeline.records import Article, Document, Rouge
from pipeline.score.rouge import rouge_scores
from pipeline.segment.segment import segment
from pipeline.summarize.clauses import shorter, with_wide_marks
from pipeline.summarize.compress import compress
from pipeline.summarize.cuts import as_headlined
from pipeline.summarize.lines import chinese_summary
from pipeline.summarize.summarize import prose_of

KINDS: tuple[Rouge, ...] = ("rouge1", "rouge2", "rougel")
METHODS = ("lead", "lexrank", "textrank", "mmr", "pacsum", "news")
TRIALS = 10_000


def read_articles(texts: Sequence[tuple[str, str]]) -> list[Article]:
    """Segment (id, text) pairs, each as one article without a headline."""
    settings = SegmentSection().model_dump(mode="json")
    documents = [Document(name, text, name, layout="article") for name, text in texts]
    return [articles[0] for articles in segment(documents, **settings)]


def summary(method: str, sentences: int, article: Article) -> str:
    """Return the Chinese summary of an article by a method, or its `gist`."""
    name = "news" if method == "gist" else method
    spec = ExtractiveSpec.model_validate(
        {"kind": "extractive", "method": name, "sentences": sentences}
    )
    picker = load_picker(spec)
    if spec.quotes_the_article:
        prose = [sentence.text for sentence in prose_of(article)]
        return "".join(prose[index] for index in picker.pick(prose))
    made = chinese_summary(article, picker, cut=method != "lead")
    if method == "gist":
        return made.gist.text if made.gist else ""
    return "".join(line.text for line in made.lines)


def p_value(left: NDArray[np.float64], right: NDArray[np.float64]) -> float:
    """Return the probability of so large a mean difference if the two are exchangeable."""
    differences = left - right
    signs = np.random.default_rng(1).choice((-1.0, 1.0), size=(TRIALS, len(differences)))
    drawn = np.abs((signs * differences).mean(axis=1))
    reached = int((drawn >= abs(differences.mean()) - 1e-12).sum())
    return (reached + 1) / (TRIALS + 1)


def print_table(
    title: str, methods: Sequence[str], make: Callable[[str], list[str]], references: Sequence[str]
) -> None:
    """Print mean ROUGE and length of each method, and the tests against the first one."""
    print(f"\n{title} ({len(references)} articles)\n")
    print("| method | ROUGE-1 | ROUGE-2 | ROUGE-L | characters (most) | p against lead |")
    print("|---|---:|---:|---:|---:|---|")
    baseline: list[NDArray[np.float64]] = []
    for method in methods:
        texts = make(method)
        wanted = [[reference] for reference in references]
        scores = [np.array(rouge_scores(texts, wanted, kind)) for kind in KINDS]
        baseline = baseline or scores
        tests = " ".join(f"{p_value(*pair):.4f}" for pair in zip(scores, baseline, strict=True))
        means = " | ".join(f"{score.mean():.1f}" for score in scores)
        lengths = [len(text) for text in texts]
        print(f"| {method} | {means} | {np.mean(lengths):.0f} ({max(lengths)}) | {tests} |")


def print_support(rows: Sequence[dict[str, Any]]) -> None:
    """Print how many keywords of the continuations overlap a finding, by kind."""
    counts: dict[str, list[bool]] = {}
    for row in rows:
        article = ArticleText(f"{row['headline']}\n{row['text']}", row.get("date", ""))
        text = row["continuation"]
        spans = [one.translation_span for one in unsupported_chinese(text, article)]
        for name in ("unsupported", "supported"):
            for keyword in row[name]:
                places = [match.span() for match in re.finditer(re.escape(keyword), text)]
                is_found = any(
                    span and span.start < end and start < span.end
                    for start, end in places
                    for span in spans
                )
                kind = kind_of(keyword) if name == "unsupported" else ""
                counts.setdefault(f"{name} {kind}".strip(), []).append(is_found)
    print(f"\nKeywords of the continuations ({len(rows)} articles)\n")
    print("| keywords | number | found | share |\n|---|---:|---:|---:|")
    for kind, found in sorted(counts.items()):
        print(f"| {kind} | {len(found)} | {sum(found)} | {100 * sum(found) / len(found):.1f} % |")


def kind_of(keyword: str) -> str:
    """Return the kind of a keyword: `number`, `name` or `other`."""
    if re.search(r"\d", keyword) or any(
        one.strength is not Strength.POSSIBLE for one in chinese_quantities(keyword)
    ):
        return "number"
    words = [word for word, _ in chinese_words(keyword)]
    is_name = any(may_be_name(word) or may_be_place(word) for word in words)
    return (
        "name" if is_name or re.search(r"(?:局|部|会|院|校|社|队|公司|大学)$", keyword) else "other"
    )


def summarize_rows(rows: Sequence[dict[str, Any]]) -> tuple[float, int]:
    """Summarize articles; return CPU seconds and peak memory of this process in KiB."""
    started = time.process_time()
    for article in read_articles([(row["id"], row["text"]) for row in rows]):
        summary("news", 3, article)
    return time.process_time() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def print_speed(rows: Sequence[dict[str, Any]], wanted: int) -> None:
    """Print how long two processes take for so many articles, and their memory."""
    batches = (
        [rows[place % len(rows)] for place in range(start, min(start + 100, wanted))]
        for start in range(0, wanted, 100)
    )
    started = time.perf_counter()
    with multiprocessing.Pool(2) as pool:
        done = list(pool.imap(summarize_rows, batches))
    cpu, peaks = zip(*done, strict=True)
    seconds, each = time.perf_counter() - started, 1000 * sum(cpu) / wanted
    tenth, end = (max(part) >> 10 for part in (peaks[: len(peaks) // 10 + 1], peaks))
    print(f"{wanted:,} articles: {seconds:.0f} s, {each:.1f} CPU ms each; {tenth} MiB, {end} MiB")


def print_fit(rows: Sequence[dict[str, Any]]) -> None:
    """Print the mean ROUGE of gist and line around every setting of places and density."""
    random = np.random.default_rng(0)
    picker = load_picker(ExtractiveSpec(kind="extractive"))
    tables = []
    for row, article in zip(rows, read_articles([(r["id"], r["text"]) for r in rows]), strict=True):
        lines = [as_headlined(text) for one in prose_of(article) if (text := compress(one.text))]
        gists, longer = (
            [
                (place, text)
                for place, line in enumerate(lines[:8])
                for text in shorter(with_wide_marks(line), most)
            ]
            for most in (30, 60)
        )
        shorts = gists + longer
        texts = [text for _, text in shorts]
        wanted = [[row["headline"]]] * len(texts)
        scores = np.mean([rouge_scores(texts, wanted, kind) for kind in KINDS], axis=0)
        is_gist = np.arange(len(shorts)) < len(gists)
        tables += [(lines, shorts, scores, is_gist)] if gists else []
    grid = itertools.product((0.05, 0.1, 0.15, 0.2), (0.0, 0.03, 0.06), (0.03, 0.06), (0.6, 1, 1.3))
    for first, step, third, density in grid:
        reached = []
        for _ in range(10):
            near = random.normal((first, first + step, third, density), (0.015, 0.015, 0.015, 0.1))
            with patch.multiple(news, _PLACES=tuple(near[:3]), _DENSITY=near[3]):
                for lines, shorts, scores, is_gist in tables:
                    rates = np.array(picker.rate(lines, shorts))
                    gist, line = (np.where(own, rates, -np.inf) for own in (is_gist, ~is_gist))
                    reached.append((scores[gist.argmax()], scores[line.argmax()]))
        gist, line = np.mean(reached, axis=0)
        print(f"{first} {first + step:.2f} {third}, density {density}: {gist:.2f} {line:.2f}")


def main() -> None:
    """Read the articles and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("news", type=Path, help="JSON Lines with id, headline and text")
    parser.add_argument("--support", action="store_true", help="only count the keywords")
    parser.add_argument("--all", action="store_true", help="measure the even rows too")
    parser.add_argument("--fit", action="store_true", help="only try weights on the even rows")
    parser.add_argument("--speed", type=int, help="only time this many articles")
    options = parser.parse_args()
    lines = options.news.read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines][0 if options.all else 1 :: 1 if options.all else 2]
    if options.support:
        return print_support(rows)
    if options.fit:
        return print_fit([json.loads(line) for line in lines][0::2])
    if options.speed:
        return print_speed(rows, options.speed)
    whole = read_articles([(row["id"], row["text"]) for row in rows])
    started = time.perf_counter()
    print_table(
        "One sentence against the headline",
        (*METHODS, "gist"),
        lambda method: [summary(method, 1, article) for article in whole],
        [row["headline"] for row in rows],
    )
    parts = [(row, *row["text"].partition("\n")[::2]) for row in rows]
    longer = [(row, first, rest) for row, first, rest in parts if rest.count("。") > 3]
    rests = read_articles([(row["id"], rest) for row, _, rest in longer])
    print_table(
        "Three sentences, first paragraph held out, against it and the headline",
        METHODS,
        lambda method: [summary(method, 3, article) for article in rests],
        [row["headline"] + first for row, first, _ in longer],
    )
    if all("continuation" in row for row in rows):
        print_support(rows)
    print(f"\n{time.perf_counter() - started:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
