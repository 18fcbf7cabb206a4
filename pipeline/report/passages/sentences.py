"""One sentence in the report's page: its text with marks, its note, what else is known."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from models.patterns import lazy
from pipeline.check.numbers import ledger
from pipeline.language.controls import visible_on_page
from pipeline.language.numbers.note_marks import note_marks_as_read
from pipeline.records import Finding
from pipeline.report.article import ReportSentence, State
from pipeline.report.highlights import REPAIRS
from pipeline.report.marks import MarkedText, marked_texts

STATES: dict[State, str] = {
    "sound": "nothing found",
    "warning": "check this",
    "error": "probably wrong",
    "confirm": "please confirm",
    "editor": "corrected by an editor",
    "left": "in Chinese",
}

WORDS = {
    "empty": "no English",
    "negation": "denials",
    "direction": "up or down",
    "untranslated": "Chinese left",
    "copied": "not translated",
    "repetition": "repeated words",
    "length": "too short or long",
    "coverage": "left out or added",
    "question": "questions",
    "quotes": "quotation marks",
    "truncated": "breaks off",
    "chatter": "notes of the model",
    "language": "another language",
    "terms": "glossary terms",
    "hidden": "hidden characters",
}
"""Checks by a short name for a reader, where their own name is not one."""

_PICTURE = lazy(r"!\[([^\]\n]*)\]\((?:[^()\s]*/)?([^()\s/]{0,80})[^()\n]*\)")
_SHORT = 60
_MOST_FINDINGS = 12
_OFF = ' class="off"'


def escaped(text: str) -> str:
    """Return a text for HTML: nothing in it is markup, and control characters can be seen."""
    return escape(visible_on_page(text))


@dataclass(frozen=True, slots=True)
class SentenceView:
    """A sentence with what several places of the page need: worked out once, escaped.

    `number` is that of its note, 0 without one. `zh` and `en` are its texts with marks.
    """

    line: ReportSentence
    anchor: str
    state: State
    doubts: tuple[Finding, ...]
    number: int
    zh: str
    en: str

    def sentence(self, side: str) -> str:
        """Return the sentence in one language; the English has the number of its note."""
        if side == "zh":
            return f"<span {self.attributes('zh')}>{self.zh}</span>"
        return f"<span {self.attributes('en')}>{self._english()}</span>{self.link()}"

    def attributes(self, side: str) -> str:
        """Return the attributes of the element that has the sentence in one language."""
        known = "" if self.state == "sound" else f" {self.state}"
        if side == "zh":
            return f'class="s{known}" id="{self.anchor}-zh"'
        return f'class="s{known}" id="{self.anchor}"{self._checks()}{raw_texts(self.line)}'

    def link(self) -> str:
        """Return the number that leads to its note; empty if there is none."""
        if not self.number:
            return ""
        return (
            f'<sup><a class="q" href="#{self.anchor}-n" '
            f'aria-label="note {self.number}: what to check">{self.number}</a></sup>'
        )

    def block_of_strip(self, place: int) -> str:
        """Return its block in the strip above the article; `place` counts from 1."""
        known = "" if self.state == "sound" else f' class="{self.state}"'
        focus = ' tabindex="-1"' if place > 1 else ""
        label = f"{place}: {STATES[self.state]}"
        return f'<a href="#{self.anchor}"{known}{focus} aria-label="{label}"></a>'

    def note(self) -> str:
        """Return what to check in it, with the Chinese."""
        numbers = any(found.check == "numbers" for found in self.doubts)
        return (
            f'<li id="{self.anchor}-n" class="{self.state}"><a class="back" href="#{self.anchor}" '
            f'aria-label="back to the sentence">↩</a> {kinds(self.doubts)}{self._comment()} '
            f'<span class="chinese" lang="zh">{self.zh}</span>'
            f"{_ledger(self.line) if numbers else ''}</li>\n"
        )

    def _comment(self) -> str:
        if not self.line.comment:
            return ""
        return (
            '<span class="why comment"><b>comment of an editor</b> '
            f"<i>{escaped(self.line.comment)}</i></span>"
        )

    def _english(self) -> str:
        if self.line.translated.text:
            return self.en
        if self.line.translated.origin == "model":
            return '<em class="nothing">no translation</em>'
        return f'<span class="chinese" lang="zh">{escape(_shown(self.line.source.text))}</span>'

    def _checks(self) -> str:
        if not self.doubts:
            return ""
        checks = dict.fromkeys(escaped(found.check) for found in self.doubts)
        return f' data-c="{"confirm" if self.state == "confirm" else " ".join(checks)}"'


def sentence_view(line: ReportSentence, number: int) -> SentenceView:
    """Return what the page needs of a sentence; `number` is that of its note, if it has one."""
    doubts = line.doubts
    return SentenceView(
        line,
        escaped(line.anchor),
        line.state,
        doubts,
        number if doubts or line.comment else 0,
        _marked(line.source.text, doubts, "zh"),
        _marked(line.translated.text, doubts, "en"),
    )


def marked(parts: Sequence[MarkedText]) -> str:
    """Return a text in parts with marks at what is in doubt."""
    return "".join(
        f'<mark class="{part.severity}">{escaped(part.text)}</mark>'
        if part.findings
        else escaped(part.text)
        for part in parts
    )


def kinds(findings: Sequence[Finding]) -> str:
    """Return findings, each by a short name and its message."""
    written = [
        f'<span class="why {found.severity}"><b>{WORDS.get(found.check, escaped(found.check))}</b> '
        f"{escaped(found.message)}</span>"
        for found in findings[:_MOST_FINDINGS]
    ]
    if len(findings) > _MOST_FINDINGS:
        written.append(f'<span class="why">and {len(findings) - _MOST_FINDINGS:,} more</span>')
    return " ".join(written)


def remarks(line: ReportSentence) -> str:
    """Return what else there is to say of a sentence."""
    short = escaped(_shortened(line.translated.text or line.source.text))
    said = [f'<a class="back" href="#{escaped(line.anchor)}">“{short}”</a>', kinds(line.remarks)]
    translated = line.translated
    if translated.rung not in (None, "kept"):
        said.append(
            f'<span class="why"><b>translated again</b> {REPAIRS[translated.rung]}; '
            f"the first translation had: {escaped(translated.reason)}</span>"
        )
    if translated.unknown:
        said.append(
            f'<span class="why"><b>unknown</b> <span lang="zh">{escaped(translated.unknown)}</span>'
            " not in the model's vocabulary</span>"
        )
    if translated.origin == "editor":
        said.append(
            '<span class="why"><b>corrected</b> by an editor (from the translation memory)</span>'
        )
    return f"<li>{' '.join(filter(None, said))}</li>\n"


def raw_texts(line: ReportSentence) -> str:
    """Return both texts as JSON in attributes, where what the page shows is not the text."""
    zh, en = line.source.text, line.translated.text
    if en and all(_shown(text) == text and "|" not in text for text in (zh, en)):
        return ""
    return f' data-zh="{escaped(json.dumps(zh))}" data-en="{escaped(json.dumps(en))}"'


def _marked(text: str, doubts: Sequence[Finding], side: str) -> str:
    placed = [
        (span, found)
        for found in doubts
        if (span := found.source_span if side == "zh" else found.translation_span)
    ]
    if placed:
        return note_marks_as_read(marked(marked_texts(text, placed)))
    return escape(_shown(text))


def _shown(text: str) -> str:
    """Return a text as the page shows it: control characters can be seen, Markdown cannot."""
    picture = _PICTURE.fullmatch(text)
    if picture:
        text = f"[picture: {' '.join(filter(None, picture.groups()))}]"
    return visible_on_page(note_marks_as_read(text))


def _shortened(text: str) -> str:
    """Return a text of at most 60 characters and an ellipsis, cut between words."""
    if len(text) <= _SHORT + len(" …"):
        return text
    return f"{text[:_SHORT].rsplit(' ', 1)[0]} …"


def _ledger(line: ReportSentence) -> str:
    rows = "".join(
        f"<tr{'' if entry.verdict == 'kept' else _OFF}>"
        f'<td lang="zh">{escaped(entry.source or "—")}</td>'
        f"<td>{escaped(entry.translation or '—')}</td>"
        f'<td class="number">{escaped(entry.value)}</td>'
        f"<td>{'agrees' if entry.verdict == 'kept' else entry.verdict}</td></tr>"
        for entry in ledger(line.source.text, line.translated.text)
    )
    return (
        '\n<details class="ledger"><summary>all numbers</summary><table>\n'
        '<thead><tr><th scope="col">Chinese</th><th scope="col">English</th>'
        '<th scope="col" class="number">value</th><th scope="col">result</th></tr></thead>\n'
        f"<tbody>{rows}</tbody>\n</table></details>"
    )
