"""Invisible characters that change how text reads or what a terminal does."""

import re

from models.patterns import lazy

CONTROLS = "\x00-\x1f\x7f\x80-\x9f"
"""The inside of a regular-expression set: the control characters C0, DEL and C1."""

_BIDI = "\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069"
_SEPARATORS = "\u2028\u2029"
_SURROGATES = "\ud800-\udfff"

_ON_A_LINE = lazy(f"[{CONTROLS}{_BIDI}{_SEPARATORS}{_SURROGATES}]")
_IN_A_TEXT = lazy(f"(?![\t\n]){_ON_A_LINE.pattern}")
_ON_A_PAGE = lazy(f"(?![\t\n\r])[{CONTROLS}{_SURROGATES}]")


def visible(text: str) -> str:
    r"""Return `text` with its control characters as `\u001b`; tabs and line breaks stay.

    The escapes are those of JSON, so a JSON text keeps its value.
    """
    return _IN_A_TEXT.sub(_escape, text)


def visible_line(text: str) -> str:
    """Return `text` as one line: like `visible`, with tabs and line breaks escaped too."""
    return _ON_A_LINE.sub(_escape, text)


def visible_on_page(text: str) -> str:
    """Return `text` for HTML: like `visible`, but writing directions stay for the browser."""
    # nothing that is printable is a control character, and most texts are
    return text if text.isprintable() else _ON_A_PAGE.sub(_escape, text)


def json_escape(text: str) -> str:
    r"""Return every character of `text` as `\uXXXX`, in two parts beyond the basic plane."""
    units = text.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i] << 8 | units[i + 1]:04x}" for i in range(0, len(units), 2))


def _escape(match: re.Match[str]) -> str:
    return json_escape(match[0])
