"""Invisible characters that change how text reads or what a terminal does."""

import re
from collections.abc import Iterator

from pipeline.records import Finding, Span

_C0 = "\x00-\x1f\x7f"
_C1 = "\x80-\x9f"
_BIDI = "\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069"
_SEPARATORS = "\u2028\u2029"
_SURROGATES = "\ud800-\udfff"

_ON_A_LINE = re.compile(f"[{_C0}{_C1}{_BIDI}{_SEPARATORS}{_SURROGATES}]")
_IN_A_TEXT = re.compile(f"(?![\t\n]){_ON_A_LINE.pattern}")
_ON_A_PAGE = re.compile(f"(?![\t\n\r])[{_C0}{_C1}{_SURROGATES}]")


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
    return _ON_A_PAGE.sub(_escape, text)


def json_escape(text: str) -> str:
    r"""Return every character of `text` as `\uXXXX`, in two parts beyond the basic plane."""
    units = text.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i] << 8 | units[i + 1]:04x}" for i in range(0, len(units), 2))


def _escape(match: re.Match[str]) -> str:
    return json_escape(match[0])


_OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069]")
_INVISIBLE = re.compile(
    "\U0001f3f4[\U000e0020-\U000e007f]+"  # the flag of a region: no finding
    # an emoji may be joined to another
    "|((?<![\U0001f000-\U0001faff\u2600-\u27bf\ufe0f])\u200d"
    "|\u200d(?![\U0001f000-\U0001faff\u2600-\u27bf\u2190-\u21ff\u2b00-\u2bff])"
    "|[\u200b\u200c\u2060-\u2064\ufeff\u180e\u115f\u1160\u3164\uffa0\ufff9-\ufffb]"
    f"|[\U000e0000-\U000e007f]|(?![\t\n\r])[{_C0}{_C1}])"
)


def hidden(source: str, translation: str) -> list[Finding]:
    """Find characters that are not seen but change how a text reads, one finding a text.

    Those that turn the writing direction are a warning, the others a remark.
    """
    findings: list[Finding] = []
    for text, side in ((source, "source"), (translation, "translation")):
        turning = [match.start() for match in _OVERRIDES.finditer(text)]
        places = sorted({*turning, *_invisible(text)})
        if not places:
            continue
        names = ", ".join(dict.fromkeys(f"U+{ord(text[place]):04X}" for place in places[:20]))
        span = Span(places[0], places[-1] + 1)
        findings.append(
            Finding(
                "hidden",
                "warning" if turning else "info",
                f"hidden characters in the {side}: {names}",
                span if side == "source" else None,
                span if side == "translation" else None,
            )
        )
    return findings


def _invisible(text: str) -> Iterator[int]:
    """Yield the places of characters that are not seen."""
    return (match.start() for match in _INVISIBLE.finditer(text) if match[1])
