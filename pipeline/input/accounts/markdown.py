"""The texts of Markdown with tags or formulas in it, line by line, without their marks."""

import html
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from models.patterns import lazy
from pipeline.input.accounts.account import (
    Account,
    LeftOut,
    Piece,
    account,
    is_sign,
    visible_chars,
)
from pipeline.input.cues import style_marks
from pipeline.input.readers.markup.marks import STRUCK_NUMBER
from pipeline.language.chinese import HAN
from pipeline.language.plural import plural

_IS_MARK = "tags, targets of links, commands of formulas"
_IS_STYLE = "marks of style in subtitles"
_SHOWN_CHARS = 80
_COMMENT = lazy(r"<!--.*?-->", re.DOTALL)
_MARKS = lazy(
    rf"!\[[^\]\[\n{HAN}]*(?=\]\([^\s()]+[ \t]+\"[^\"\n]*[{HAN}])|\]\(<[^<>\n]*>\)"
    r"|</?[A-Za-z][^<>\n]*>"
    r"|\]\((?:[^()\s]|\([^()\s]*\))*(?:[ \t]+[\"'][^\n()]*[\"'])?\)|\\[A-Za-z]+"
    r"|\{[#.][^{}\n]*\}|!\[\[[^\]\[\n]*\]\]|\[\[[^\]\[|\n]+\||\]\[(?!\^)[^\]\[\n]*\]"
    r"|(?m:^ {0,3}\[(?!\^)[^\]\n]+\]:[ \t]*(?:<[^>\n]*>|https?:\S+|[./#]\S*|[\w%./-]+\.\w{2,5})"
    r"(?:[ \t]+[\"'(][^\n]*)?$)"
    r"|<\|ref\|>[^<>\n]{0,40}<\|/ref\|><\|det\|>[^<>\n]{0,400}<\|/det\|>"
    r"|(?m:^>[ \t]*\[![A-Za-z]+\][ \t]*$)|\{-\}[ \t]*$"
    r"|(?m:^[ \t|:+=-]*[-=]{2,}[ \t|:+=-]*$)|(?m:^[ \t|:-]*-[ \t|:-]*\|[ \t|:-]*$)"
    r"|(?m:^[ \t]*:::+[ \t]*(?:\{[^}\n]*\}|[A-Za-z][\w-]*)?)"
    r"|(?m:^[ \t]*[-*+][ \t]+\[[xX ]\][ \t])|\(@[\w-]{0,20}\)|(?m:^ {0,3}Table:)"
    r"|(?m:^1\.(?=[ \t]))|(?m:^\{:[^{}\n]*\})"
    r"|(?<=[\])])\{:?[ \t]*[\w.#-][^{}\n]*\}"
)
"""Tags, targets and titles of links, LaTeX commands, attributes, rules of tables."""
_READING = lazy(r"<(r[tp])\b[^<>\n]{0,200}>([^<>\n]{0,100})</\1>", re.IGNORECASE)
_TRACKED = lazy(
    r"\[([^\]\[]{1,400})\]\{\.(deletion|comment-start)\b[^}]{0,300}\}"
    r"|(?:(?<=</ins>)<del\b[^<>]*>(?P<after>[^<>]{1,400})</del>"
    r"|<del\b[^<>]*>(?P<before>[^<>]{1,400})</del>(?=<ins\b))"
    rf"|{STRUCK_NUMBER}"
)


def markdown_account(source: str, text: str, written: str) -> Account:
    """Return the account of a Markdown file; its tags and marks that the text lacks are set aside.

    `source` names the file; `written` is what is in it, `text` what a reader made of it.
    """
    in_file = Counter(_marks(_COMMENT.sub("", written)))
    # what an entity hides, as in `&lt;b&gt;`, is text that looks like a tag
    read = _MARKS.sub(lambda mark: " " if mark[0] in in_file else mark[0], text)
    known = account(source, read, markdown_pieces(written))
    marks = in_file - Counter(_marks(text))
    kept = _chars(in_file - marks)
    known = replace(known, chars=known.chars + kept, read=known.read + kept)
    return _with_marks(replace(known, chars=known.chars + _chars(marks)), marks, _IS_MARK)


def styles_set_aside(known: Account, text: str) -> Account:
    """Return the account of a text that counts the marks of style in subtitles as set aside."""
    marks = Counter(style_marks(text))
    return _with_marks(replace(known, read=known.read - _chars(marks)), marks, _IS_STYLE)


def _with_marks(known: Account, marks: Counter[str], why: str) -> Account:
    """Return an account with marks among what was set aside."""
    if not marks:
        return known
    examples = " ".join(marks)[:_SHOWN_CHARS]
    part = LeftOut(plural(marks.total(), "mark"), why, examples, _chars(marks))
    return replace(known, left_out=(*known.left_out, part))


def _chars(marks: Counter[str]) -> int:
    return sum(visible_chars(mark) * count for mark, count in marks.items())


def markdown_pieces(source: str) -> Iterator[Piece]:
    """Yield the lines of a text without tags, targets of links and names of LaTeX commands."""
    for match in _COMMENT.finditer(source):
        first = source.count("\n", 0, match.start()) + 1
        yield Piece(f"line {first}", match[0][4:-3].strip(), "a comment")
    for match in _TRACKED.finditer(source):
        first = source.count("\n", 0, match.start()) + 1
        why = "a comment" if match[2] == "comment-start" else "deleted by a tracked change"
        why = "struck out" if match[0][0] == "~" else why
        text = next(filter(None, (match[1], *match.groups()[2:])))
        yield Piece(f"line {first}", text.strip(), why)
    for match in _READING.finditer(source):
        first = source.count("\n", 0, match.start()) + 1
        yield Piece(f"line {first}", match[2].strip(), "a reading above a character")
    source = _READING.sub("", _TRACKED.sub("", source)).replace("[![", "![")
    # a comment leaves its line breaks, so that lines keep their numbers
    shown = _COMMENT.sub(lambda match: "\n" * match[0].count("\n"), source)
    for number, line in enumerate(shown.split("\n"), start=1):
        if text := html.unescape(_without_marks(line)).strip():
            yield Piece(f"line {number}", text)


def _marks(text: str) -> Iterator[str]:
    return (mark[0] for mark in _MARKS.finditer(text) if not is_sign(mark[0]))


def _without_marks(text: str) -> str:
    return _MARKS.sub(lambda mark: mark[0] if is_sign(mark[0]) else " ", text)
