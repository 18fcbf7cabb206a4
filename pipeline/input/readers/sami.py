"""SAMI subtitles (.smi), which look like HTML, as cues of SubRip."""

from collections.abc import Iterator

from models.patterns import lazy
from pipeline.input.readers.markup.inline import unescaped

_SYNC = lazy(r"(?i)<sync\b[^<>]*?\bstart\s*=\s*[\"']?(\d{1,9})[^<>]*>")
_END = lazy(r"(?i)</(?:body|sami)\s*>")
_PARAGRAPH = lazy(r"(?i)<p\b[^<>]*>")
_BREAK = lazy(r"(?i)<br\s*/?>")
_TAG = lazy(r"<!--.*?-->|</?[A-Za-z][^<>]*>")


def is_sami(source: str) -> bool:
    """True if a text is subtitles in SAMI."""
    return source[:500].lstrip("\ufeff \t\r\n")[:5].lower() == "<sami"


def sami_cues(source: str) -> str:
    """Return what is said in SAMI subtitles, each with its time as SubRip writes it."""
    return "\n\n".join(_cues(source)) + "\n"


def _cues(source: str) -> Iterator[str]:
    starts = list(_SYNC.finditer(source))
    ends = [following.start() for following in starts[1:]]
    last = _END.search(source, starts[-1].end()) if starts else None
    for start, end in zip(starts, [*ends, last.start() if last else len(source)], strict=True):
        flat = " ".join(source[start.end() : end].split())
        said = "\n\n".join(filter(None, map(_said, _PARAGRAPH.split(flat))))
        if said:
            seconds, rest = divmod(int(start[1]), 1000)
            clock = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d},{rest:03d}"
            yield f"{clock} --> {clock}\n{said}"


def _said(paragraph: str) -> str:
    lines = unescaped(_TAG.sub("", _BREAK.sub("\n", paragraph))).split("\n")
    return "\n".join(line.strip() for line in lines if line.strip())
