"""The page of an evaluation in a real browser: silent, offline, fast, and its tools work."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from models.protocols import ErrorSpan
from pipeline.evaluate.evaluate import evaluate
from pipeline.evaluate.render.html import evaluation_html
from pipeline.evaluate.results import NO_ANSWER, Evaluation
from tests.devtools import Browser
from tests.evaluations import plain_config, sentences, small_set, worsened, write_files

pytestmark = pytest.mark.browser

ENGLISH = sentences(120)
ENGLISH[4] = "</script><script>document.title='owned'</script><img src=x onerror=alert(1)> end."


@pytest.fixture(scope="module")
def evaluation(tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    folder = tmp_path_factory.mktemp("evaluation")
    chinese = [segment.source for segment in small_set(ENGLISH).segments]
    good = worsened(ENGLISH, 0.2, seed=2)
    write_files(folder, zh=chinese, en=ENGLISH, good=good, bad=worsened(good, 0.3, seed=3))
    return evaluate(plain_config(folder, ["good", "bad"], title="Nightly"))


@pytest.fixture(scope="module")
def url(evaluation: Evaluation, tmp_path_factory: pytest.TempPathFactory) -> str:
    page = tmp_path_factory.mktemp("page") / "evaluation.html"
    page.write_text(evaluation_html(evaluation), encoding="utf-8")
    return page.as_uri()


ROWS = "document.querySelectorAll('#rows > li').length"
SHOWN = "document.getElementById('shown').textContent"


def choose(browser: Browser, control: str, value: str) -> None:
    browser.evaluate(
        f"(() => {{ const one = document.getElementById('{control}'); one.value = '{value}';"
        "one.dispatchEvent(new Event('change', {bubbles: true})); })()"
    )


def test_the_page_is_silent_and_asks_the_network_for_nothing(browser: Browser, url: str) -> None:
    browser.open(url)
    asked = [event["request"]["url"] for event in browser.seen("Network.requestWillBeSent")]
    assert asked == [url]
    for kind in ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded"):
        assert browser.seen(kind) == []
    assert browser.evaluate("document.title") == "Nightly"
    assert browser.evaluate("document.images.length") == 0


def test_everything_that_matters_is_there_without_script(evaluation: Evaluation) -> None:
    text = evaluation_html(evaluation)
    body = re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)
    for words in (
        "What stands out",
        "good leads in",
        "systems differ most",
        "nrefs:1|bs:200",
        "<svg",
    ):
        assert words in body


def test_filters_search_and_order_work_and_are_kept_in_the_link(browser: Browser, url: str) -> None:
    browser.open(url)
    assert browser.evaluate(ROWS) == 50
    assert browser.evaluate(SHOWN) == "120 sentences"
    choose(browser, "group", "differ")
    assert browser.evaluate(SHOWN) == "36 sentences"
    choose(browser, "order", "left")
    gaps = browser.evaluate(
        "[...document.querySelectorAll('#rows > li')].map(row => "
        "[...row.querySelectorAll('.score')].map(one => Number(one.textContent)))"
    )
    differences = [left - right for left, right in gaps]
    assert differences == sorted(differences, reverse=True)
    assert browser.evaluate("location.hash") == "#group=differ&order=left"
    browser.open("about:blank")
    browser.open(f"{url}#search=OWNED")
    assert browser.evaluate(SHOWN) == "1 sentence"
    assert browser.evaluate("document.querySelector('#rows .ref').textContent") == ENGLISH[4]


def test_the_words_that_differ_are_marked(browser: Browser, url: str) -> None:
    browser.open("about:blank")
    browser.open(f"{url}#group=differ&mark=other")
    marked, plain = browser.evaluate(
        "(() => { const [left, right] = document.querySelectorAll('#rows > li .sides > p');"
        "return [left.querySelectorAll('mark').length, right.querySelectorAll('mark').length]; })()"
    )
    assert (marked, plain) == (1, 0)  # the right one lost the end of the left one
    choose(browser, "mark", "none")
    assert browser.evaluate("document.querySelectorAll('#rows mark').length") == 0


def test_errors_that_a_metric_found_are_marked_with_their_severity(
    browser: Browser, evaluation: Evaluation, tmp_path: Path
) -> None:
    """Places are characters of the text, also behind one that JavaScript counts twice."""
    text = "A 😀 bad word here."
    spans = (ErrorSpan(4, 7, "critical", 0.9), ErrorSpan(13, 17, "minor", 0.5))
    [result] = evaluation.sets
    good, bad = result.systems
    found = replace(
        good.metrics[0],
        metric="xcomet",
        name="xcomet",
        digits=4,
        sentences=(0.81234, *good.metrics[0].sentences[1:]),
        spans=(spans, *((),) * (len(ENGLISH) - 1)),
        truncated=frozenset({0}),
    )
    output = replace(good.output, hypotheses=(text, *good.output.hypotheses[1:]))
    plain = replace(found, spans=(), truncated=frozenset())
    systems = (
        replace(good, output=output, metrics=(*good.metrics, found)),
        replace(bad, metrics=(*bad.metrics, plain)),
    )
    page = tmp_path / "spans.html"
    changed = replace(evaluation, sets=(replace(result, systems=systems),))
    page.write_text(evaluation_html(changed), encoding="utf-8")
    browser.open(page.as_uri())
    choose(browser, "mark", "spans2")
    choose(browser, "metric", "2")
    marks = browser.evaluate(
        "[...document.querySelector('#rows > li .sides > p').querySelectorAll('mark')]"
        ".map(one => [one.textContent, one.dataset.severity, one.title])"
    )
    assert marks == [
        ["bad", "critical", "critical, 90 % sure"],
        ["here", "minor", "minor, 50 % sure"],
    ]
    head = browser.evaluate("document.querySelector('#rows > li .sides b').textContent")
    assert head.startswith("good 0.8123")
    assert head.endswith("xcomet read only the beginning")


def test_what_has_no_score_is_told_filtered_and_ordered_last(
    browser: Browser, evaluation: Evaluation, tmp_path: Path
) -> None:
    [result] = evaluation.sets
    good, bad = result.systems
    judged = [
        replace(
            system.metrics[0], metric="judge", name="judge", sentences=scores, silence=NO_ANSWER
        )
        for system, scores in (
            (good, (float("nan"), -5.0, -1.0, *[0.0] * (len(ENGLISH) - 3))),
            (bad, (-25.0, float("nan"), -6.0, *[0.0] * (len(ENGLISH) - 3))),
        )
    ]
    systems = tuple(
        replace(system, metrics=(metric,))
        for system, metric in zip((good, bad), judged, strict=True)
    )
    page = tmp_path / "unread.html"
    changed = replace(evaluation, sets=(replace(result, systems=systems),))
    page.write_text(evaluation_html(changed), encoding="utf-8")
    browser.open(page.as_uri())
    places = "[...document.querySelectorAll('#rows .where')].map(one => one.textContent)"
    choose(browser, "group", "unread")
    assert browser.evaluate(SHOWN) == "2 sentences"
    heads = browser.evaluate(
        "[...document.querySelectorAll('#rows b')].map(one => one.textContent)"
    )
    assert ["judge gave no readable answer" in head for head in heads] == [
        *(True, False, False, True)
    ]
    assert browser.evaluate("document.querySelectorAll('#rows .won').length") == 0
    choose(browser, "order", "worst")
    assert [each.split(" ")[0] for each in browser.evaluate(places)] == ["2", "1"]
    choose(browser, "group", "")
    choose(browser, "order", "left")
    assert browser.evaluate(places)[0] == "3"
    assert {"1", "2"}.isdisjoint(browser.evaluate(places))


def test_on_paper_the_signatures_are_shown(browser: Browser, url: str) -> None:
    browser.open(url)
    opened = "document.querySelectorAll('details:not([open])').length"
    closed = browser.evaluate(opened)
    assert closed > 2
    browser.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert browser.evaluate(opened) == 0
    browser.evaluate("dispatchEvent(new Event('afterprint'))")
    assert browser.evaluate(opened) == closed
    browser.call("Emulation.setEmulatedMedia", media="print")
    kept = browser.evaluate("getComputedStyle(document.querySelector('summary')).breakAfter")
    browser.call("Emulation.setEmulatedMedia", media="")
    assert kept == "avoid"  # a heading stays with its table


def test_the_keyboard_turns_pages_and_walks_through_sentences(browser: Browser, url: str) -> None:
    browser.open(url)
    press = "document.dispatchEvent(new KeyboardEvent('keydown', {key: '%s'}))"
    for key in "jj":
        browser.evaluate(press % key)
    assert browser.evaluate("document.activeElement.querySelector('.where').textContent") == "2"
    browser.evaluate(press % "n")
    assert browser.evaluate("document.querySelector('#rows .where').textContent") == "51"
    assert browser.evaluate("document.getElementById('page').textContent") == "page 2 of 3"
    browser.evaluate(press % "/")
    assert browser.evaluate("document.activeElement.id") == "search"


def test_nothing_sticks_out_on_a_phone(browser: Browser, url: str) -> None:
    screen = {"width": 390, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    browser.call("Emulation.setDeviceMetricsOverride", **screen)
    browser.open(url)
    width = browser.evaluate("document.documentElement.scrollWidth")
    browser.call("Emulation.clearDeviceMetricsOverride")
    assert width <= 390


def test_of_ten_thousand_sentences_only_a_page_is_drawn(
    browser: Browser, evaluation: Evaluation, tmp_path: Path
) -> None:
    """What makes it fast; a test that read a clock would fail on a busy machine."""
    text = evaluation_html(evaluation)
    start = text.index('id="data">') + len('id="data">')
    end = text.index("</script>", start)
    data = text[start:end]
    rows = data[data.index('"rows":[') + len('"rows":[') : -3]
    many = data.replace(rows, ",".join([rows] * 84))  # 10 080 sentences
    page = tmp_path / "many.html"
    page.write_text(text[:start] + many + text[end:], encoding="utf-8")
    browser.open(page.as_uri())
    assert browser.evaluate(SHOWN) == "10,080 sentences"
    assert browser.evaluate(ROWS) == 50
    choose(browser, "group", "differ")
    assert browser.evaluate(SHOWN) == "3,024 sentences"
    assert browser.evaluate(ROWS) == 50


CUT = """[...document.querySelectorAll('svg text')].filter(text => {
    const own = text.getBoundingClientRect();
    const frame = text.ownerSVGElement.getBoundingClientRect();
    return own.width && (own.left < frame.left - 1 || own.right > frame.right + 1);
}).map(text => text.textContent)"""


@pytest.mark.parametrize("screen", [390, 1400])
def test_no_word_in_a_plot_is_cut_off(browser: Browser, tmp_path: Path, screen: int) -> None:
    names = ["WWMM large, greedy, 4 beams", "百度翻译二〇二三年版加术语表", "m"]
    chinese = [segment.source for segment in small_set(ENGLISH).segments]
    outputs = {f"s{n}": worsened(ENGLISH, 0.1 * n, seed=n) for n in range(1, 4)}
    write_files(tmp_path, zh=chinese, en=ENGLISH, **outputs)
    plain = plain_config(tmp_path, list(outputs))
    systems = [
        system.model_copy(update={"name": name})
        for system, name in zip(plain.systems, names, strict=True)
    ]
    page = tmp_path / "evaluation.html"
    result = evaluate(plain.model_copy(update={"systems": systems}))
    page.write_text(evaluation_html(result), encoding="utf-8")
    browser.call(
        "Emulation.setDeviceMetricsOverride",
        width=screen,
        height=900,
        deviceScaleFactor=1,
        mobile=False,
    )
    browser.open(page.as_uri())
    browser.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    words = browser.evaluate("document.querySelectorAll('svg text').length")
    cut = browser.evaluate(CUT)
    browser.call("Emulation.clearDeviceMetricsOverride")
    assert words > 20
    assert cut == []
