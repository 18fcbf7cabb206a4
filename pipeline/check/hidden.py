"""Find characters that nobody sees but that change how a text reads."""

from collections.abc import Iterator

from models.patterns import lazy
from pipeline.language.controls import CONTROLS
from pipeline.language.numbers.chinese_amounts import NUMERAL
from pipeline.records import Finding, Span

_OVERRIDES = lazy("[\u202a-\u202e\u2066-\u2069]")
_INSIDE_NUMBER = lazy(
    rf"(?<=[\d.,{NUMERAL}兩萬億])[\u200b-\u200d\u2060\ufeff](?=[\d.,%{NUMERAL}兩萬億])"
)
_INVISIBLE = lazy(
    "\U0001f3f4[\U000e0020-\U000e007f]+"  # the flag of a region: no finding
    # an emoji may be joined to another
    "|((?<![\U0001f000-\U0001faff\u2600-\u27bf\ufe0f])\u200d"
    "|\u200d(?![\U0001f000-\U0001faff\u2600-\u27bf\u2190-\u21ff\u2b00-\u2bff])"
    "|[\u200b\u200c\u2060-\u2064\ufeff\u180e\u115f\u1160\u3164\uffa0\ufff9-\ufffb]"
    f"|[\U000e0000-\U000e007f]|(?![\t\n\r])[{CONTROLS}])"
)


def hidden(source: str, translation: str) -> list[Finding]:
    """Find characters that are not seen but change how a text reads, one finding a text.

    Those that turn the writing direction are a warning, the others a remark. One inside a number
    of the source changes nothing there: the number is read without it.
    """
    findings: list[Finding] = []
    for text, side in ((source, "source"), (translation, "translation")):
        if text.isascii() and text.isprintable():
            continue
        turning = [match.start() for match in _OVERRIDES.finditer(text)]
        inside = _INSIDE_NUMBER if side == "source" else None
        invisible = (p for p in _invisible(text) if not (inside and inside.match(text, p)))
        places = sorted({*turning, *invisible})
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
