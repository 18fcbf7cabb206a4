"""The report in a real browser: silent, harmless, offline, and its tools work."""

import re
from base64 import b64decode
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.report.html import html
from pipeline.report.report import RunDetails, report
from pipeline.score.score import score
from tests.devtools import Browser
from tests.newspaper import ROWS, Row, article, summary, translation
from tests.report.test_report import hostile_report, small_report

pytestmark = pytest.mark.browser


@pytest.fixture
def url(tmp_path: Path) -> str:
    page = tmp_path / "report.html"
    page.write_text("".join(html(small_report())), encoding="utf-8")
    return page.as_uri()


SCREEN = {"deviceScaleFactor": 1, "mobile": False}
SHOWN = "[...document.querySelectorAll('.passage')].filter(p => p.getClientRects().length).length"


def complaints(browser: Browser) -> list[object]:
    return [
        *browser.seen("Runtime.exceptionThrown"),
        *browser.seen("Runtime.consoleAPICalled"),
        *browser.seen("Log.entryAdded"),
    ]


def test_a_hostile_page_stays_a_page(browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "hostile.html"
    page.write_text("".join(html(hostile_report())), encoding="utf-8")
    browser.open(page.as_uri())
    assert browser.evaluate("document.title") != "owned"
    assert browser.evaluate("document.images.length") == 0
    assert browser.evaluate("document.scripts.length") == 1
    assert complaints(browser) == []


def test_the_page_forbids_scripts_that_are_not_its_own(browser: Browser, url: str) -> None:
    browser.open(url)
    browser.evaluate(
        "document.body.append(Object.assign(document.createElement('script'),"
        "{textContent: \"document.title='owned'\"}))"
    )
    assert browser.evaluate("document.title") == "Nightly"


def test_the_page_is_silent_and_asks_the_network_for_nothing(browser: Browser, url: str) -> None:
    browser.open(url)
    asked = [event["request"]["url"] for event in browser.seen("Network.requestWillBeSent")]
    assert asked == [url]
    assert complaints(browser) == []


def test_the_filter_shows_only_what_a_check_flagged(browser: Browser, url: str) -> None:
    browser.open(url)
    everything = browser.evaluate(SHOWN)
    press = "document.querySelector('[data-check=numbers]').click()"
    browser.evaluate(press)
    assert browser.evaluate("document.querySelectorAll('.en > .hit').length") == 1
    assert browser.evaluate(SHOWN) == 2  # the headline stays above the one that is left
    assert browser.evaluate("shown.textContent") == "1 sentence"
    assert browser.evaluate("location.hash") == "#check=numbers"
    browser.evaluate(press)
    assert browser.evaluate(SHOWN) == everything


def test_a_note_names_another_article_by_its_headline(browser: Browser, tmp_path: Path) -> None:
    note = "reading_order: text without a title; it may be '湾区魅力' of b"
    articles = [replace(article(name=name), warnings=(note,)) for name in ("other", "b")]
    translations = [translation(name=one.id) for one in articles]
    scores = score(articles, translations, metrics=(), references={})
    rows = list(zip(articles, translations, map(summary, ("other", "b")), scores, strict=True))
    page = tmp_path / "report.html"
    page.write_text("".join(html(report(rows, RunDetails()))), encoding="utf-8")
    browser.open(page.as_uri())
    browser.evaluate("document.querySelector('.remark a').click()")
    assert browser.evaluate("document.querySelector('.remark a').textContent") == "Bay Area Charm"
    assert browser.evaluate("document.querySelector(location.hash).dataset.id") == "b"


@pytest.mark.parametrize(("words", "hits"), [("营商", 1), ("COMPANIES", 1), ("nowhere", 0)])
def test_a_link_with_a_search_finds_it_in_both_languages(
    browser: Browser, url: str, words: str, hits: int
) -> None:
    browser.open("about:blank")
    browser.open(f"{url}#search={words}")
    assert browser.evaluate("document.querySelectorAll('.en > .hit').length") == hits
    assert browser.evaluate("document.querySelectorAll('article:not([hidden])').length") == min(
        hits, 1
    )


def test_pointing_at_a_sentence_lights_its_counterpart(browser: Browser, url: str) -> None:
    browser.open(url)
    browser.evaluate(
        "document.getElementById('a1-s4').dispatchEvent(new Event('mouseover', {bubbles: true}))"
    )
    lit = "[...document.querySelectorAll('.lit')].map(one => one.id)"
    assert browser.evaluate(lit) == ["a1-s4", "a1-s4-zh"]


def test_the_keyboard_walks_through_what_is_flagged(browser: Browser, url: str) -> None:
    browser.open(url)
    press = "document.dispatchEvent(new KeyboardEvent('keydown', {key: '%s'}))"
    browser.evaluate(press % "n")
    assert browser.evaluate("document.activeElement.id") == "a1-s3"
    browser.evaluate(press % "j")
    assert browser.evaluate("document.activeElement.id") == "a1-s4"


def test_a_citation_leads_to_its_sentence(browser: Browser, url: str) -> None:
    browser.open(url)
    browser.evaluate("document.querySelector('.summary .place').click()")
    browser.evaluate("new Promise(done => setTimeout(done, 0))")
    assert browser.evaluate("location.hash") == "#a1-s3"
    assert browser.evaluate("document.querySelector(':target').classList.contains('lit')")


def test_on_a_phone_the_chinese_stands_below_the_english_and_nothing_sticks_out(
    browser: Browser, url: str
) -> None:
    screen = {"width": 390, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    below = (
        "document.getElementById('view-both').click();"
        "document.getElementById('a1-s4-zh').getBoundingClientRect().top >= "
        "document.getElementById('a1-s4').getBoundingClientRect().bottom"
    )
    browser.open(url)
    assert not browser.evaluate(below)
    browser.call("Emulation.setDeviceMetricsOverride", **screen)
    browser.open(url)
    stacked = browser.evaluate(below)
    width = browser.evaluate("document.documentElement.scrollWidth")
    browser.call("Emulation.clearDeviceMetricsOverride")
    assert stacked
    assert width <= 390


def test_a_table_that_goes_on_beyond_the_edge_has_a_shade_there(
    browser: Browser, tmp_path: Path
) -> None:
    rows: tuple[Row, ...] = (("table", "| 不合格 |" * 9, "| Unqualified |" * 9, 0.7),)
    page = tmp_path / "wide.html"
    page.write_text("".join(html(small_report(rows))), encoding="utf-8")
    screen = {"width": 390, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    browser.call("Emulation.setDeviceMetricsOverride", **screen)
    browser.open(page.as_uri())
    box = "document.querySelector('.en > .scroll')"
    is_wider = browser.evaluate(f"{box}.scrollWidth > {box}.clientWidth")
    shade = browser.evaluate(f"getComputedStyle({box}).backgroundAttachment")
    browser.call("Emulation.clearDeviceMetricsOverride")
    assert is_wider
    assert shade == "local, local, scroll, scroll"


def test_one_switch_chooses_the_language(browser: Browser, url: str) -> None:
    shown = (
        "['a1-s4', 'a1-s4-zh'].filter(id => document.getElementById(id).getClientRects().length)"
    )
    browser.open(url)
    assert browser.evaluate(shown) == ["a1-s4"]
    browser.evaluate("document.getElementById('view-both').click()")
    assert browser.evaluate(shown) == ["a1-s4", "a1-s4-zh"]
    browser.evaluate("document.getElementById('view-zh').click()")
    assert browser.evaluate(shown) == ["a1-s4-zh"]


def test_the_strip_has_a_block_for_every_sentence_and_leads_to_it(
    browser: Browser, url: str
) -> None:
    browser.open(url)
    blocks = "[...document.querySelectorAll('.strip a')].map(a => a.className)"
    assert browser.evaluate(blocks) == ["", "", "error", "", ""]
    key = "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', %s))"
    browser.evaluate("document.querySelector('.strip a').focus()")
    for _ in range(2):
        browser.evaluate(key % "{key: 'ArrowRight', bubbles: true}")
    browser.evaluate("document.activeElement.click()")
    browser.evaluate("new Promise(done => setTimeout(done, 0))")
    assert browser.evaluate("location.hash") == "#a1-s3"
    assert browser.evaluate("document.querySelectorAll('.strip a[tabindex=\"0\"]').length") == 1


def test_the_note_of_a_doubt_shows_what_to_check_and_the_chinese(
    browser: Browser, url: str
) -> None:
    browser.open(url)
    card = "document.getElementById('card')"
    assert browser.evaluate(f"{card}.hidden")
    browser.evaluate("document.querySelector('.stretch .q').focus()")
    text = browser.evaluate(f"{card}.innerText")
    assert "投资124亿元。" in text
    assert "numbers wrong power of ten: 124亿 (12.4 billion) in the source" in " ".join(
        text.split()
    )
    browser.evaluate("document.dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape'}))")
    assert browser.evaluate(f"{card}.hidden")


def test_the_keyboard_opens_a_sentence_and_accepts_it(browser: Browser, url: str) -> None:
    browser.open(url)
    press = "document.dispatchEvent(new KeyboardEvent('keydown', {key: '%s'}))"
    for key in ("n", "Enter"):
        browser.evaluate(press % key)
    assert browser.evaluate("document.activeElement.value") == "It invested 124 billion yuan."
    for key in ("Escape", "a"):
        browser.evaluate(press % key)
    assert browser.evaluate("document.getElementById('a1-s3').className") == "s error lit accepted"
    browser.evaluate(press % "a")
    assert browser.evaluate("localStorage.length") == 0


def test_without_a_script_the_article_and_its_doubts_can_be_read(
    browser: Browser, url: str
) -> None:
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(url)
    text = browser.evaluate("document.querySelector('main').innerText")
    shown = browser.evaluate("document.querySelector('.chips').getClientRects().length")
    browser.evaluate("document.getElementById('view-zh').click()")
    chinese = browser.evaluate("document.getElementById('a1-s4-zh').getClientRects().length")
    browser.call("Emulation.setScriptExecutionDisabled", value=False)
    assert "Jinshan improves the business environment." in text
    assert "124亿 (12.4 billion) in the source" in text
    assert (shown, chinese) == (0, 1)


def test_the_article_comes_first_on_every_screen_and_on_paper(
    browser: Browser, tmp_path: Path
) -> None:
    sentence: Row = (
        "paragraph",
        "金山区持续优化营商环境，吸引了许多企业来到这里投资发展。",
        "Jinshan District keeps improving its business environment, which attracts companies.",
        0.5,
    )
    rows = (*ROWS[:3], *[sentence] * 22)  # 630 characters
    assert 600 < sum(len(zh) for _, zh, _, _ in rows) < 700
    page = tmp_path / "long.html"
    page.write_text("".join(html(small_report(rows))), encoding="utf-8")
    top = "document.getElementById('a1-s3').getBoundingClientRect().bottom"
    browser.call("Emulation.setDeviceMetricsOverride", **SCREEN, width=1400, height=900)
    browser.open(page.as_uri())
    wide = browser.evaluate(top)
    paper = b64decode(browser.call("Page.printToPDF")["data"])
    browser.call("Emulation.setEmulatedMedia", media="print")
    chrome = browser.evaluate(
        "['.tools', '.strip', '.appendix', 'body > footer', '.more'].filter("
        "name => document.querySelector(name).getClientRects().length)"
    )
    browser.call("Emulation.setEmulatedMedia", media="")
    browser.call("Emulation.setDeviceMetricsOverride", **SCREEN, width=390, height=844)
    browser.open(page.as_uri())
    narrow = browser.evaluate(top)
    browser.call("Emulation.clearDeviceMetricsOverride")
    assert wide < 900
    assert narrow < 2 * 844
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) <= 2
    assert chrome == []
