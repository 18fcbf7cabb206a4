"""Find Chinese left in the English."""

import re
from itertools import islice

from models.patterns import lazy
from pipeline.check.text import MOST_FINDINGS
from pipeline.language.chinese import HAN
from pipeline.records import Finding, Span

_HAN_RUN = lazy(f"[{HAN}](?:[{HAN}\u3000-\u303f\uff00-\uffef]*[{HAN}])?")
_GLOSS_CHARS = 24


def untranslated(source: str, translation: str) -> list[Finding]:
    """Find Chinese left in the English, one finding for each run of characters.

    A run in brackets right after English words is a gloss (“Renminbi (人民币)”) and only
    worth a remark.
    """
    return [
        Finding(
            "untranslated",
            "info" if _is_gloss(translation, match) else "error",
            f"Chinese left in the translation: {match[0]}",
            _place(source, match[0]),
            Span(*match.span()),
        )
        for match in islice(_HAN_RUN.finditer(translation), MOST_FINDINGS)
    ]


def _is_gloss(translation: str, run: re.Match[str]) -> bool:
    after = translation[run.end() : run.end() + _GLOSS_CHARS].lstrip()
    if after[:1] not in (")", "）"):
        return False
    before = translation[max(0, run.start() - _GLOSS_CHARS) : run.start()].rstrip()
    return bool(re.search(r"[A-Za-z]\s*[(（]$", before))


def _place(source: str, text: str) -> Span | None:
    start = source.find(text)
    return Span(start, start + len(text)) if start >= 0 else None
