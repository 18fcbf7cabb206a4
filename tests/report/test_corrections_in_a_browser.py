"""Corrections in the page: edited in a browser, saved, imported, and there after the next run."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.devtools import Browser
from tests.memory.test_commands import Desk
from tests.report.test_page_in_a_browser import complaints

pytestmark = pytest.mark.browser

SENTENCE = """
const chinese = [...document.querySelectorAll('.zh .s')].find(s => s.textContent === '%s');
const sentence = document.getElementById(chinese.id.slice(0, -3));
"""
KEEP = """
document.querySelector('#card textarea').value = %s;
document.querySelector('#card input').value = %s;
document.querySelector('#card form').requestSubmit();
"""
SAVE = """
new Promise(done => {
  URL.createObjectURL = blob => { blob.text().then(done); return '#'; };
  document.getElementById('save').click();
})
"""
ENGLISH = "[...document.querySelectorAll('.en .s')].map(s => s.textContent)"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    desk = Desk(tmp_path, monkeypatch)
    desk.run()
    return desk


@pytest.fixture(autouse=True)
def _empty_browser(browser: Browser, desk: Desk) -> None:
    browser.open((desk.folder / "runs/test/report.html").as_uri())
    browser.evaluate("localStorage.clear()")


def do(browser: Browser, chinese: str, script: str) -> Any:
    """Run a script in which `sentence` is the English of a Chinese sentence."""
    return browser.evaluate(f"(() => {{ {SENTENCE % chinese} {script} }})()")


def english_of(browser: Browser, chinese: str) -> str:
    text: str = do(browser, chinese, "return sentence.textContent")
    return text


def edit(browser: Browser, chinese: str, english: str, comment: str = "") -> None:
    do(browser, chinese, f"sentence.click(); {KEEP % (json.dumps(english), json.dumps(comment))}")


def test_an_edited_sentence_is_saved_imported_and_there_after_the_next_run(
    browser: Browser, desk: Desk
) -> None:
    url = (desk.folder / "runs/test/report.html").as_uri()
    browser.open(url)
    edit(browser, "今天是第3天。", "Today is\n day <b>three</b>.", "ask the author")
    assert "Today is day <b>three</b>." in browser.evaluate(ENGLISH)
    browser.open("about:blank")
    browser.open(url)  # the browser has kept it
    assert "Today is day <b>three</b>." in browser.evaluate(ENGLISH)
    assert browser.evaluate("document.getElementById('save').textContent") == "Save 1 correction"
    [row] = [json.loads(line) for line in browser.evaluate(SAVE).splitlines()]
    assert row["zh"] == "今天是第3天。"
    assert row["comment"] == "ask the author"
    file = desk.folder / "corrections-test.jsonl"
    file.write_text(json.dumps(row, ensure_ascii=False) + "\n", encoding="utf-8")
    answer = desk.do("memory", "import", str(file), "-c", str(desk.config))
    assert "1 row, 1 correction, 0 unchanged" in answer.output
    assert "comment on n3.1#s2: ask the author" in answer.output
    desk.run()
    browser.open("about:blank")
    browser.open(url)
    assert "Today is day <b>three</b>." in browser.evaluate(ENGLISH)
    assert browser.evaluate("document.querySelectorAll('.en .s.editor').length") == 1
    assert browser.evaluate("localStorage.length") == 0, "a correction that is done is not kept"
    shown = "sentence.click(); return document.querySelector('#card input').value"
    assert do(browser, "今天是第3天。", shown) == "ask the author"
    assert "ask the author" in browser.evaluate("document.querySelector('#card .why').textContent")
    edit(browser, "今天是第3天。", "Today is day <b>three</b>.", "ask the author")
    assert browser.evaluate("localStorage.length") == 0, "the comment is known"
    assert complaints(browser) == []


def test_accepting_commenting_undoing_and_discarding(browser: Browser, desk: Desk) -> None:
    browser.open((desk.folder / "runs/test/report.html").as_uri())
    press = "sentence.click(); document.querySelector('#card [data-do=%s]').click()"
    do(browser, "今天是第2天。", press % "accept")
    edit(browser, "今天是第4天。", "Day four.")
    edit(browser, "今天是第5天。", english_of(browser, "今天是第5天。"), "unclear")
    assert browser.evaluate("document.querySelectorAll('.s.accepted').length") == 1
    assert browser.evaluate("document.querySelectorAll('.strip .accepted').length") == 1
    assert browser.evaluate("document.querySelector('[data-check=mine] b').textContent") == "3"
    do(browser, "今天是第4天。", press % "undo")
    assert "Day four." not in browser.evaluate(ENGLISH)
    rows = [json.loads(line) for line in browser.evaluate(SAVE).splitlines()]
    assert [(row["accepted"], row["comment"]) for row in rows] == [(True, ""), (False, "unclear")]
    browser.evaluate("window.confirm = () => true; document.getElementById('clear').click()")
    assert browser.evaluate("localStorage.length") == 0
    assert browser.evaluate("document.getElementById('save').closest('div').hidden")
    assert complaints(browser) == []


def test_nothing_is_kept_of_a_sentence_that_stays_as_it_is(browser: Browser, desk: Desk) -> None:
    browser.open((desk.folder / "runs/test/report.html").as_uri())
    edit(browser, "今天是第4天。", english_of(browser, "今天是第4天。"))
    edit(browser, "今天是第4天。", "  ")
    assert browser.evaluate("localStorage.length") == 0
