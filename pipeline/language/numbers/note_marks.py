"""Marks of notes: the label that begins a note, [^1]: or [1] or ※, and how readers know it.

The dash before what a speaker says, as in subtitles, and the box of a task are kept as labels are.
"""

from models.patterns import lazy
from pipeline.language.chinese import HAN
from pipeline.language.numbers.list_markers import ENCLOSED

_LABEL = lazy(
    rf"(?:\[\^[^\[\]\s]{{1,40}}\]:|【\d{{1,3}}】|\[(?:\d{{1,3}}|[*†‡]|{ENCLOSED})\](?!\()|[*※†‡](?=\s*[{HAN}])"
    rf"|[-–—](?=\s+[{HAN}“「\d])|[☐☑☒✓✔√](?=\s*[{HAN}\d]))\s*"
)
_NARROW = str.maketrans("【】", "[]")
_MARKDOWN = lazy(r"\[\^([^\[\]\s]{1,40})\]:?")


def note_label(text: str) -> tuple[str, int]:
    """Return the label at the start of a note, and where the text behind it begins.

    >>> note_label("[^1]: 数据截至去年底。"), note_label("【2】同上。"), note_label("数据")
    (('[^1]:', 6), ('[2]', 3), ('', 0))
    """
    found = _LABEL.match(text)
    label = found[0].rstrip().translate(_NARROW) if found else ""
    return label, found.end() if found else 0


def note_marks_as_read(text: str) -> str:
    """Write the marks of Markdown's notes as readers know them: [1] for [^1]:."""
    return _MARKDOWN.sub(r"[\1]", text) if "[^" in text else text
