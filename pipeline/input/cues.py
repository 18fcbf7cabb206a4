"""Cues of subtitles: how each format writes their times, and the marks of style inside them."""

from collections.abc import Iterator

from models.patterns import lazy

CLOCK = r"(?:\d{1,3}:)?\d{1,2}:\d{2}(?:[,.:]\d{1,3})?"
# As people, Word and machine translation write it: 00：00：01，000 –> 00: 00: 03,500.
_LOOSE = r"(?:\d{1,3}[:：] ?)?\d{1,2}[:：] ?\d{2}"
_THOUSANDTHS = r" ?[,.，．] ?\d{3}"
_FRACTION = r"(?: ?[,.:，．] ?\d{1,3})?"
INTERVAL = (
    rf"{_LOOSE}{_FRACTION}\s*-->\s*{_LOOSE}{_FRACTION}"
    rf"|{_LOOSE}{_THOUSANDTHS}\s*[-–—=]{{1,2}} ?[>＞]\s*{_LOOSE}{_THOUSANDTHS}"
)
"""Two times with an arrow: any with that of SubRip, those with thousandths with any other."""
COUNTER = r"[#＃]?\d{1,6}[.．、:：]?"
ARROW_TIME = lazy(rf"(?m)^\s*(?:{COUNTER}[ \t]+)?(?:{INTERVAL})")
_ARROW = lazy("[-–—=] ?[>＞]")
COMMA_TIME = lazy(rf"(?m)^\s*{CLOCK}\s*,\s*{CLOCK}\s*$")
DIALOGUE = lazy(r"(?m)^Dialogue:[^\n]*,")
LYRICS = lazy(r"(?m)^(?:\[(?:\d{1,3}:)?\d{1,3}:\d{2}(?:[.,:]\d{1,3})?\])+")
RANGES = lazy(rf"(?m)^[ \t]*\[{CLOCK}\s*-->\s*{CLOCK}\]")
FRAMES = lazy(r"(?m)^\{\d{1,8}\}\{\d{1,8}\}")
STYLE = lazy(
    r"</?[A-Za-z0-9][^<>\n]{0,200}>|\{\\[^{}\n]{0,400}\}|\\[Nnh]"
    r"|\{[yYcCfFsSpP]:[^{}\n]{0,40}\}|(?<=\S)\|(?=\S)|\[br\]"
)
_SIGNS_OF_STYLE = ("<", "{", "\\", "|", "[br]")
VOICE = lazy(r"<v(?:\.[^\s<>]{1,80})?\s+[^<>\n]{1,200}>")
DRAWING = lazy(r"\{[^{}\n]*\\p[1-9]")
_LEAST_TIMES = 2
_LEAST_SHARE = 0.2


def has_cues(text: str) -> bool:
    """True if a text has the times of a format of subtitles. Linear in the text."""
    has_arrow = (">" in text or "＞" in text) and _ARROW.search(text) is not None
    if has_arrow and (ARROW_TIME.search(text) or RANGES.search(text)):
        return True
    if "Dialogue:" in text and DIALOGUE.search(text):
        return True
    if ":" not in text and "}{" not in text:
        return False
    for pattern in (LYRICS, COMMA_TIME, FRAMES):
        times = sum(1 for _ in pattern.finditer(text))
        if times >= _LEAST_TIMES and times >= _LEAST_SHARE * len(text.split()):
            return True
    return False


def style_marks(text: str) -> Iterator[str]:
    """Yield the marks of style that are in what is said, such as `{\\an8}` and `<i>`, in order.

    Drawings and comments stay in the text as page furniture, and so do the names of speakers.
    """
    if not any(sign in text for sign in _SIGNS_OF_STYLE) or not has_cues(text):
        return
    is_dialogue = DIALOGUE.search(text) is not None
    for line in text.splitlines():
        if DRAWING.search(line) or (is_dialogue and not DIALOGUE.match(line)):
            continue
        yield from (mark[0] for mark in STYLE.finditer(line) if not VOICE.fullmatch(mark[0]))
