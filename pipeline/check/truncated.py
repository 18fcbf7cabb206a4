"""Find a translation that breaks off."""

import re
from collections.abc import Sequence

from models.patterns import lazy
from pipeline.records import Finding, Span

_DANGLING = lazy(
    r"(?:,|-|—|–|\b(?:the|a|an|of|and|or|to|with|by|from|at|for|as|than|that|which|who|whose|"
    r"because|its|their|his|is|are|was|were|be|been|has|have|had|will|would))$",
    re.IGNORECASE,
)
_LONGEST_WORD = 8
"""Characters of the end in which a dangling word is looked for."""
_FULL_STOP = lazy(r"[。！？!?…；;][”’」』）)]*\s*$")


def truncated(source: str, translation: str, *, flags: Sequence[str] = ()) -> list[Finding]:
    """Find a translation that breaks off, by what the model said or by how it ends."""
    found: list[Finding] = []
    if any("truncated" in flag for flag in flags):
        by = "by a filter" if "refused" in flags else "at the model's length limit"
        message = f"cut {by}: the end may be missing"
        end = len(translation)
        place = Span(max(0, end - 1), end)
        found.append(Finding("truncated", "error", message, Span(0, len(source)), place))
    ending = translation.rstrip()
    dangling = _DANGLING.search(ending, max(0, len(ending) - _LONGEST_WORD))
    if not found and dangling and _FULL_STOP.search(source):
        message = f"the translation breaks off after “{dangling[0]}”"
        found.append(Finding("truncated", "warning", message, None, Span(*dangling.span())))
    return found
