"""Find quotation marks and brackets that come without their partner."""

import re

from models.patterns import lazy
from pipeline.records import Finding, Span

_PAIRS = {"“": "”", "(": ")", "[": "]"}
_NARROW = str.maketrans("（）", "()")
_CHINESE_PAIRS = {"“": "”", "「": "」", "『": "』", "（": "）", "《": "》", "(": ")"}
_MARK = lazy("[“”()[\\]「」『』（）《》]")


def quotes(source: str, translation: str) -> list[Finding]:
    """Find a quotation mark or bracket that is opened and not closed, or closed and not opened.

    A quotation that goes on in the next sentence is open in the source too, and fine.
    """
    if _open(source, _CHINESE_PAIRS) or source.count('"') % 2:
        return []
    straight = translation.count('"') + translation.count("&quot;")
    if straight % 2 and sum(map(translation.count, "“”")) % 2:
        return []  # one straight, one curly: a matter of looks
    found = [
        Finding("quotes", "warning", f"“{mark}” stands alone", None, Span(at, at + 1))
        for at, mark in _open(translation.translate(_NARROW), _PAIRS)[:1]
    ]
    if straight % 2:
        at = max(translation.rfind('"'), translation.rfind("&quot;"))
        message = 'a quotation mark (") is unpaired'
        found.append(Finding("quotes", "warning", message, None, Span(at, at + 1)))
    return found[:1]


def _open(text: str, pairs: dict[str, str]) -> list[tuple[int, str]]:
    """Give the marks without a partner, with their places."""
    waiting: list[tuple[int, str]] = []
    alone: list[tuple[int, str]] = []
    for match in _MARK.finditer(text):
        at, character = match.start(), match[0]
        if character in pairs:
            waiting.append((at, character))
        elif character in pairs.values():
            if waiting and pairs[waiting[-1][1]] == character:
                waiting.pop()
            elif not (
                character == ")" and re.search(r"(?:^|\s)[0-9a-z]$", text[max(0, at - 3) : at])
            ):
                alone.append((at, character))
    return alone + waiting
