"""The texts of Markdown with tags or formulas in it, line by line, without their marks."""

import html
import re
from collections.abc import Iterator

from pipeline.input.accounts.account import Piece

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_MARKS = re.compile(r"</?[A-Za-z][^<>]*>|\]\([^()\s]*\)|\\[A-Za-z]+")
"""Tags, targets of links, names of LaTeX commands."""


def markdown_pieces(source: str) -> Iterator[Piece]:
    """Yield the lines of a text without tags, targets of links and names of LaTeX commands."""
    for match in _COMMENT.finditer(source):
        first = source.count("\n", 0, match.start()) + 1
        yield Piece(f"line {first}", match[0][4:-3].strip(), "a comment")
    # a comment leaves its line breaks, so that lines keep their numbers
    shown = _COMMENT.sub(lambda match: "\n" * match[0].count("\n"), source)
    for number, line in enumerate(shown.split("\n"), start=1):
        if text := html.unescape(_MARKS.sub(" ", line)).strip():
            yield Piece(f"line {number}", text)
