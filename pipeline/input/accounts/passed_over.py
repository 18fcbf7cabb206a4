"""Files of a folder that no reader takes, counted by their endings."""

import os
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from pipeline.language.controls import visible_line
from pipeline.language.plural import plural

_LONGEST_ENDING = 20
_ADVICE = (
    (
        frozenset((".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".gif", ".bmp", ".webp")),
        "run an OCR program such as MinerU on pictures and PDF files",
    ),
    (frozenset((".doc", ".rtf", ".wps", ".pages")), "save old Word files as .docx"),
    (frozenset((".xlsx", ".xlsm", ".xls", ".ods", ".et")), "save spreadsheets as .csv"),
    (frozenset((".arrow", ".feather")), "write Arrow files as .parquet"),
    (frozenset((".zip", ".rar", ".7z", ".tar", ".tgz")), "unpack archives"),
    (frozenset((".json", ".xml")), "name a .json or .xml file in input.paths to read it"),
)


def kinds_of(paths: Iterable[Path]) -> Counter[str]:
    """Count files by their endings, in lower case and in characters that can be shown."""
    return Counter(_ending(path) or "no ending" for path in paths)


def _ending(path: Path) -> str:
    ending = os.fsencode(path.suffix.lower()).decode("utf-8", "backslashreplace")
    return visible_line(ending)[:_LONGEST_ENDING]


def passed_over_line(kinds: Mapping[str, int]) -> str:
    """Return `5 files passed over: 1 .pdf, 4 .png; …` with what to do about them."""
    common = sorted(kinds.items(), key=lambda kind: (-kind[1], kind[0]))
    counted = ", ".join(f"{count:,} {ending}" for ending, count in common)
    advice = "; ".join(text for endings, text in _ADVICE if endings & kinds.keys())
    line = f"{plural(sum(kinds.values()), 'file')} passed over: {counted}"
    return f"{line}; {advice}" if advice else line
