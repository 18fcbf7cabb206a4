"""The report: one value, three renderings, everything escaped, every link leading somewhere."""

import itertools
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.check.findings.verdict import ErrorCount, judge
from pipeline.language.glossary import Term, make_glossary
from pipeline.records import (
    CorpusScore,
    Failure,
    Finding,
    MetricValue,
    SentenceScore,
    Span,
    TranslatedSentence,
)
from pipeline.records import Page as PagePart
from pipeline.report.html import html
from pipeline.report.index import index_csv
from pipeline.report.json import report_json
from pipeline.report.markdown import markdown
from pipeline.report.marks import marked_texts
from pipeline.report.plots import confidence_by_length, confidence_histogram, findings_by_check
from pipeline.report.report import Report, RunDetails, report
from pipeline.score.score import score
from tests.newspaper import ROWS, Row, article, summary, translation

PAYLOADS = (
    "<script>document.title='owned'</script>",
    '"><img src=x onerror="document.title=\'owned\'">',
    "</style><script>document.title='owned'</script>",
    "{{ 7 * 7 }}",
)
METRIC = CorpusScore("BLEU", 31.25, 28.5, 34.0, "nrefs:1|tok:13a", 4)
FAILURE = Failure("b", "b.md", "segment", "no Chinese text", "check the file")


def small_report(rows: tuple[Row, ...] = ROWS, *, title: str = "Nightly") -> Report:
    articles, translations = [article(rows)], [translation(rows)]
    scores = score(articles, translations, metrics=(), references={})
    return report(
        list(zip(articles, translations, [summary()], scores, strict=True)),
        RunDetails(
            corpus=[METRIC],
            failures=[FAILURE],
            title=title,
            facts={"Model": "bundled:zh-en", "Device": "cpu"},
        ),
    )


def hostile_report() -> Report:
    payload = " ".join(PAYLOADS)
    rows: tuple[Row, ...] = tuple((kind, zh + payload, en + payload, c) for kind, zh, en, c in ROWS)
    articles = [
        replace(
            article(rows),
            id=payload,
            source=payload,
            byline=payload,
            date=payload,
            warnings=(payload,),
        )
    ]
    translations = [replace(translation(rows), article_id=payload)]
    line = replace(summary().en[0], text=payload)
    scores = score(articles, translations, metrics=(), references={})
    summaries = [replace(summary(), article_id=payload, zh=(line,), en=(line,))]
    return report(
        list(zip(articles, translations, summaries, scores, strict=True)),
        RunDetails(
            corpus=[replace(METRIC, signature=payload)],
            failures=[Failure(payload, payload, payload, payload, payload)],
            title=payload,
            facts={payload: payload},
        ),
    )


class Page(HTMLParser):
    """Remembers the tags, ids, links and text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def values(self, attribute: str) -> list[str]:
        return [value for _, attributes in self.tags if (value := attributes.get(attribute))]


def test_totals_and_checks_count_what_is_there() -> None:
    made = small_report()
    assert made.totals.articles == 1
    assert made.totals.sentences == len(ROWS)
    assert made.totals.source_chars == sum(len(zh.replace(" ", "")) for _, zh, _, _ in ROWS)
    assert made.totals.target_words == sum(len(en.split()) for _, _, en, _ in ROWS)
    assert made.totals.failed == 1
    counts = {count.check: (count.checked, count.flagged) for count in made.checks}
    assert counts["numbers"] == (4, 1)
    assert counts["repetition"] == (4, 0)


def test_what_stands_out_is_said_in_sentences() -> None:
    assert small_report().stands_out[1:] == (
        "1 document could not be finished and is listed below.",
        "1 of 4 sentences (25 %) deserves a look: "
        "1 with numbers that do not agree with the source.",
        "Against 4 references, BLEU is 31.2 (95 % interval 28.5 to 34.0).",
    )


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, "1 credit or folio line was left in Chinese, because no rule translates it."),
        (2, "2 credits or folio lines were left in Chinese, because no rule translates them."),
    ],
)
def test_lines_without_a_rule_are_counted(count: int, words: str) -> None:
    line: Row = ("credit", "东方晨报", "", None)
    rows = (*ROWS, *[line] * count)
    made = translation(rows)
    left = tuple(
        s if s.text else replace(s, origin="none", flags=("no_rule",)) for s in made.sentences
    )
    articles, translations = [article(rows)], [replace(made, sentences=left)]
    scores = score(articles, translations, metrics=(), references={})
    shown = report(list(zip(articles, translations, [summary()], scores, strict=True)))
    assert words in shown.stands_out[-1]


# Systems on FLORES dev, sentences 1 to 200 and 1 to 997 (scripts/measure_verdict.py): mean error,
# sentences in which the checks found something at first, and gravely; the word
SYSTEMS = {
    200: {
        "google": (38.3, 3, 0, "good"),
        "microsoft": (39.7, 9, 0, "good"),
        "bergamot": (42.4, 8, 2, "usable"),
        "argos": (46.8, 11, 2, "usable"),
        "opusmt": (46.9, 9, 2, "usable"),
        "nllb": (45.5, 19, 3, "usable"),
        "bundled:zh-en": (52.2, 36, 7, "rough"),
        "bundled:zh-en without repairs": (52.5, 36, 7, "rough"),
    },
    997: {
        "google": (38.2, 5, 0, "good"),
        "microsoft": (39.1, 15, 1, "good"),
        "bergamot": (42.5, 18, 3, "usable"),
        "argos": (47.0, 30, 8, "usable"),
        "opusmt": (47.0, 32, 8, "usable"),
        "nllb": (45.7, 69, 17, "usable"),
        "bundled:zh-en": (52.3, 111, 31, "rough"),
        "bundled:zh-en without repairs": (52.4, 111, 31, "rough"),
    },
}
WORDS = ("good", "usable", "rough", "poor")


def counted(error: float, sentences: int, found: int) -> ErrorCount:
    """Count sentences of one error; in some of them the checks found something."""
    count = ErrorCount()
    for number in range(sentences):
        reason = "numbers: 3 is missing" if number < found else ""
        translated = TranslatedSentence(f"s{number}", "Rice.", "model", 0.5, reason=reason)
        count.add(translated, SentenceScore(f"s{number}", 0.5, (), expected_error=error))
    return count


@pytest.mark.parametrize("sentences", SYSTEMS)
def test_nobody_with_twice_the_errors_of_another_gets_the_better_word(sentences: int) -> None:
    words, counts = {}, {}
    for name, (error, found, gravely, word) in SYSTEMS[sentences].items():
        verdict = judge(counted(error, sentences, found).errors, name)
        assert verdict.quality == word
        assert verdict.errors is not None
        plain = name.replace("bundled:zh-en", "Yibao's bundled model")
        assert verdict.text.startswith(f"A {word} machine translation by {plain}. Expect to ")
        assert f"about {verdict.errors:.0f} of 100 such sentences." in verdict.text
        words[name] = WORDS.index(word)
        counts[name] = (verdict.errors, error, found, gravely)
    for worse, better in itertools.permutations(words, 2):
        for mine, others in zip(counts[worse], counts[better], strict=True):
            assert mine <= 2 * others or words[worse] >= words[better], (worse, better)


def test_more_errors_never_get_a_better_word_whatever_the_length() -> None:
    runs = [
        counted(error, sentences, found).errors or 0.0
        for error in (0.0, 20.0, 39.0, 45.0, 55.0, 80.0)
        for sentences in (1, 3, 10, 19, 20, 200)
        for found in {0, 1, sentences // 2, sentences}
    ]
    words = [WORDS.index(judge(errors).quality) for errors in sorted(runs)]
    assert words == sorted(words)


def test_few_sentences_say_too_little_and_an_unmeasured_model_gets_no_word() -> None:
    assert judge(counted(20.0, 3, 0).errors).quality == "usable"
    assert judge(counted(38.0, 60, 0).errors).quality == "good"
    for sentences in (1, 5, 30):
        for found in (0, sentences // 5):
            assert judge(counted(52.0, sentences, found).errors).quality == "rough"
    assert judge(counted(71.0, 100, 30).errors).quality == "poor"
    assert judge(ErrorCount().errors).quality == "unknown"
    assert "not been measured" in judge(None, "qwen").text
    assert small_report().stands_out[0] == small_report().verdict.text


def test_a_reference_goes_before_the_expected_error() -> None:
    count = ErrorCount()
    translated = TranslatedSentence("s1", "Rice.", "model", 0.5)
    metrics = (MetricValue("BLEU", 1.0), MetricValue("chrF2++", 57.5))
    for _ in range(20):
        count.add(translated, SentenceScore("s1", 0.5, (), None, metrics, 90.0))
        count.add(replace(translated, origin="editor"), SentenceScore("s1", None, ()))
    assert count.errors == 40.0


def test_the_sentences_to_read_first_are_those_with_findings() -> None:
    assert [line.source.id for line in small_report().worst] == ["s3"]


def test_a_run_without_any_text_still_says_something() -> None:
    assert report([]).stands_out


def test_the_json_has_the_keys_that_programs_rely_on() -> None:
    value = json.loads("".join(report_json(small_report())))
    assert list(value) == [
        "title",
        "verdict",
        "totals",
        "notes",
        "metrics",
        "summary_metrics",
        "checks",
        "vocabulary",
        "repairs",
        "terms",
        "expected_error",
        "changes",
        "date",
        "run",
        "input",
        "index",
        "articles",
    ]
    assert value["checks"]["numbers"] == {"checked": 4, "flagged": 1}
    assert value["metrics"][0] == {
        "name": "BLEU",
        "score": 31.25,
        "low": 28.5,
        "high": 34.0,
        "signature": "nrefs:1|tok:13a",
        "segments": 4,
    }
    [row] = value["articles"]
    assert list(row) == ["id", "title", "summaries", "facts", "scores"]
    [line] = row["summaries"]["zh"]
    assert line == {"text": "投资124亿元。", "sources": ["s3"], "unsupported": []}
    assert row["scores"]["sentences"][2]["findings"][0]["check"] == "numbers"


def test_every_link_of_the_page_leads_to_exactly_one_place() -> None:
    page = Page("".join(html(small_report())))
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    links = page.values("href")
    assert links
    assert [link for link in links if link.removeprefix("#") not in ids] == []


def test_the_page_asks_for_nothing_from_outside() -> None:
    page = "".join(html(small_report()))
    parsed = Page(page)
    assert not {"link", "img", "iframe", "object"} & {tag for tag, _ in parsed.tags}
    assert parsed.values("src") == []
    assert re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}|@import|url\(", page) == []


def test_every_sentence_and_message_is_on_the_page_in_its_language() -> None:
    made = small_report()
    page = Page("".join(html(made)))
    assert "Nightly" in page.text
    for _, zh, en, _ in ROWS:
        assert zh in page.text
        assert en in page.text
    assert next(iter(made.articles)).sentences[2].score.findings[0].message in page.text
    assert ("html", {"lang": "en"}) in page.tags
    assert "zh" in page.values("lang")


def test_an_item_with_a_number_of_its_own_gets_no_bullet() -> None:
    items = ("1. 水稻", "1. Rice"), ("二、小麦", "Wheat"), ("燕麦", "(b) Oats"), ("黑麦", "Mr. Rye")
    rows = tuple[Row, ...](("list_item", zh, en, 0.7) for zh, en in items)
    page = Page("".join(html(small_report(rows))))
    classes = [name for name in page.values("class") if "list_item" in name]
    assert classes == [*["passage list_item marked"] * 3, "passage list_item"]


def test_notes_and_pictures_are_shown_without_marks_of_markdown() -> None:
    picture = "![图](images/a.jpg)"
    rows: tuple[Row, ...] = (
        ("image", picture, picture, None),
        ("footnote", "[^1]: 同上。", "[^1]: The same.", 0.7),
    )
    page = "".join(html(small_report(rows)))
    text = Page(page).text
    assert ("[picture: 图 a.jpg]" in text, "[1] The same." in text) == (True, True)
    assert "[^1]" not in text
    assert "[^1]: The same." in page  # what an editor corrects is the text itself


def test_a_flag_is_marked_in_place_on_both_sides() -> None:
    page = "".join(html(small_report()))
    assert '<mark class="error">124亿</mark>' in page
    assert '<mark class="error">124 billion</mark>' in page


def test_text_from_documents_never_becomes_markup() -> None:
    page = "".join(html(hostile_report()))
    parsed = Page(page)
    assert [tag for tag, _ in parsed.tags].count("script") == 1
    assert "img" not in {tag for tag, _ in parsed.tags}
    assert [
        name for _, attributes in parsed.tags for name in attributes if name.startswith("on")
    ] == []
    assert "{{ 7 * 7 }}" in parsed.text


def test_markdown_shows_documents_as_text_too() -> None:
    page = "".join(markdown(hostile_report()))
    without_code = re.sub(r"`[^`]*`", "", page)
    assert re.search(r"(?<!\\)<(?:script|img)", without_code) is None


def test_markdown_follows_the_order_of_the_page() -> None:
    page = "".join(markdown(small_report()))
    places = [
        page.index(part)
        for part in (
            "# Nightly",
            "deserves a look",
            "Read these first",
            "BLEU |",
            "Checks",
            "Model",
        )
    ]
    assert places == sorted(places)


@given(
    st.text(max_size=30),
    st.lists(st.tuples(st.integers(0, 35), st.integers(0, 35)), max_size=5),
)
def test_pieces_together_are_the_text_whatever_is_marked(
    text: str, places: list[tuple[int, int]]
) -> None:
    marked = [(Span(*sorted(place)), Finding("numbers", "error", "x")) for place in places]
    assert "".join(piece.text for piece in marked_texts(text, marked)) == text


def test_plots_are_left_out_when_there_is_nothing_to_show() -> None:
    assert confidence_histogram([]) == ""
    assert confidence_by_length([(5, 0.5)]) == ""
    assert findings_by_check([("numbers", 0)]) == ""


def test_a_histogram_shows_every_sentence_once() -> None:
    plot = confidence_histogram([0.0, 0.02, 0.5, 1.0])
    shown = re.findall(r": (\d+) sentences?</title>", plot)
    assert sum(map(int, shown)) == 4


def test_ten_thousand_sentences_make_a_page_of_reasonable_size() -> None:
    rows = ROWS * 20
    articles = [article(rows, name=f"a{number}") for number in range(100)]
    translations = [translation(rows, name=f"a{number}") for number in range(100)]
    summaries = [summary(f"a{number}") for number in range(100)]
    scores = score(articles, translations, metrics=(), references={})
    page = "".join(html(report(list(zip(articles, translations, summaries, scores, strict=True)))))
    assert len(page.encode()) < 12_000_000


def repaired_report() -> Report:
    rows: tuple[Row, ...] = (
        ("title", "金山", "Jinshan", 0.8),
        ("paragraph", "投资124亿元，共23个项目。", "It invested 124 billion yuan.", 0.6),
        ("paragraph", "金山企业满意。", "Companies of the Golden Mountain are satisfied.", 0.7),
        ("paragraph", "金山在发展。", "Jin Shan grows.", 0.7),
    )
    own = translation(rows)
    first, second, third, last = own.sentences
    changed = replace(
        own,
        sentences=(
            first,
            replace(second, rung="kept", reason="numbers: <wrong>"),
            replace(third, rung="nbest", reason="repetition: <loop>"),
            replace(last, rung="nbest", reason="names: 金山"),
        ),
    )
    glossary = make_glossary((Term("金山", ("Jinshan", "Jin Shan")),))
    articles = [article(rows)]
    scores = score(articles, [changed], metrics=(), references={}, glossary=glossary)
    return report(
        list(zip(articles, [changed], [replace(summary(), en=(), zh=())], scores, strict=True)),
        RunDetails(glossary=glossary),
    )


def test_rungs_and_terms_are_counted_over_the_run() -> None:
    value = repaired_report()
    assert [(count.step, count.sentences) for count in value.repairs] == [("nbest", 2), ("kept", 1)]
    [term] = value.terms
    assert (term.zh, term.asked, term.kept) == ("金山", 3, 2)
    assert term.forms == (("Jinshan", 1), ("Jin Shan", 1))
    [doubts] = [line for line in value.stands_out if "deserve" in line]
    assert doubts.endswith("In 1 more, the checks found an error that was mended.")


def test_the_page_shows_the_ledger_the_repair_and_its_reason_escaped() -> None:
    page = "".join(html(repaired_report()))
    assert "wrong power of ten</td>" in page
    assert "missing</td>" in page
    assert "candidate translations; the first translation had: repetition: &lt;loop&gt;" in page
    assert "<loop>" not in page
    assert "2 of 3 glossary terms translated as required (67 %)." in page


def test_the_other_renderings_tell_the_same_of_repairs_and_terms() -> None:
    value = json.loads("".join(report_json(repaired_report())))
    assert value["repairs"] == {"nbest": 2, "kept": 1}
    assert value["terms"][0]["forms"] == {"Jinshan": 1, "Jin Shan": 1}
    text = "".join(markdown(repaired_report()))
    assert "| replaced by another of the model's candidate translations | 2 |" in text
    assert "金山 is translated in more than one way: Jinshan 1, Jin Shan 1" in text


HEADINGS = re.compile("h[1-6]")


@pytest.mark.parametrize("made", [small_report(), report([]), hostile_report()])
def test_headings_are_in_order_and_everything_is_labelled(made: Report) -> None:
    page = Page("".join(html(made)))
    levels = [int(tag[1]) for tag, _ in page.tags if HEADINGS.fullmatch(tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    tags = [tag for tag, _ in page.tags]
    assert (tags.count("main"), tags.count("h1"), tags.count("footer")) == (1, 1, 1)
    ids = page.values("id")
    for name in ("aria-labelledby", "aria-describedby"):
        assert [one for one in page.values(name) if one not in ids] == []
    unlabelled = [
        attributes
        for tag, attributes in page.tags
        if tag in ("nav", "section", "article")
        and not {"aria-label", "aria-labelledby"} & attributes.keys()
    ]
    assert unlabelled == []


def test_the_date_the_run_and_the_input_are_on_the_page_and_in_the_json() -> None:
    details = RunDetails(title="News", date="2026-11-28", run="nightly", input=["news/a", "b"])
    made = report([], details)
    page = "".join(html(made))
    assert "<title>News · nightly · 28 November 2026</title>" in page
    assert '<time datetime="2026-11-28">28 November 2026</time>' in page
    assert "run nightly" in page
    assert "from news/a, b" in page
    value = json.loads("".join(report_json(made)))
    assert (value["date"], value["run"], value["input"]) == (
        "2026-11-28",
        "nightly",
        ["news/a", "b"],
    )


def test_an_empty_run_and_one_with_failures_say_so() -> None:
    failed = report([], RunDetails(failures=[FAILURE]))
    page = "".join(html(failed))
    assert "There is nothing to read: no article contains any text." in page
    assert '<a href="#failed">1 document could not be finished and is listed below.</a>' in page
    assert '<details id="failed"><summary>Could not be finished (1)</summary>' in page
    assert "no Chinese text; check the file" in page


def test_several_articles_are_listed_by_their_english_headlines() -> None:
    names = ("a", "b")
    articles = [article(name=name) for name in names]
    translations = [translation(name=name) for name in names]
    summaries = [summary(name) for name in names]
    scores = score(articles, translations, metrics=(), references={})
    made = report(list(zip(articles, translations, summaries, scores, strict=True)))
    page = "".join(html(made))
    assert page.count('">Bay Area Charm</a> <span class="tally">1 to check</span>') == 2
    assert "contents" not in Page("".join(html(small_report()))).values("class")


INSIDER = ("rung", "nbest", "shard", "decoding", "of 100", "reading_order")


def test_the_page_speaks_to_its_reader() -> None:
    made = repaired_report()
    text = re.sub(r"<(style|script)>.*?</\1>", "", "".join(html(made)), flags=re.DOTALL)
    assert [word for word in INSIDER if word in text] == []
    assert ">kept<" not in text


def test_a_doubt_is_marked_in_the_summary_that_repeats_it() -> None:
    page = "".join(html(small_report()))
    assert page.count('<a class="q" href="#a1-s3-n"') == 2


def test_the_index_lists_what_the_sentences_name_with_links_and_as_a_table() -> None:
    made = small_report()
    assert [(entry.kind, entry.en) for entry in made.index] == [("amount", "12.4 billion yuan")]
    page = "".join(html(made))
    assert '<b>12.4 billion yuan</b> <span lang="zh">124亿元</span> <a href="#a1-s3"' in page
    rows = "".join(index_csv(made.index)).splitlines()
    assert rows[0].startswith("\ufeffkind,english,chinese,article,sentence,")
    assert rows[1:] == [
        "amount,12.4 billion yuan,124亿元,a,s3,It invested 124 billion yuan.,投资124亿元。"
    ]


def test_an_article_over_several_pages_names_them() -> None:
    pages = (PagePart("news/A01.md", 0, 5), PagePart("news/A02.md", 6, 9))
    articles = [replace(article(), pages=pages, date="2026年11月28日", byline="李明")]
    scores = score(articles, [translation()], metrics=(), references={})
    rows = list(zip(articles, [translation()], [summary()], scores, strict=True))
    details = RunDetails(rule=lambda kind, text: "November 28, 2026" if kind == "date" else None)
    page = "".join(html(report(rows, details)))
    assert '<p class="byline"><span>November 28, 2026</span> · A01.md → A02.md</p>' in page
