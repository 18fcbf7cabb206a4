"""Texts cut where findings begin and end."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.records import Finding, Span

_RANK = {"error": 0, "warning": 1, "info": 2}


@dataclass(frozen=True, slots=True)
class MarkedText:
    """A stretch of a text and the findings about it."""

    text: str
    findings: tuple[Finding, ...]

    @property
    def severity(self) -> str:
        """Highest severity among the findings."""
        return min((found.severity for found in self.findings), key=_RANK.__getitem__)


def marked_texts(
    text: str, placed: Sequence[tuple[Span | None, Finding]]
) -> tuple[MarkedText, ...]:
    """Cut a text where findings begin and end; joined, the parts are the text.

    A finding about the whole text marks nothing: the message below it is enough.
    """
    return cut_at_marks(
        text,
        [
            (span, found)
            for span, found in placed
            if span is not None and span.end - span.start < len(text)
        ],
    )


def cut_at_marks(
    text: str, placed: Sequence[tuple[Span | None, Finding]]
) -> tuple[MarkedText, ...]:
    """Cut a text where findings begin and end, those about the whole text too."""
    spans = [(span, found) for span, found in placed if span is not None and span.start < span.end]
    if not spans:
        return (MarkedText(text, ()),) if text else ()
    if text and all(span.start <= 0 and len(text) <= span.end for span, _ in spans):
        return (MarkedText(text, tuple(found for _, found in spans)),)
    edges = sorted({0, len(text), *(edge for span, _ in spans for edge in (span.start, span.end))})
    edges = [edge for edge in edges if 0 <= edge <= len(text)]
    return tuple(
        MarkedText(
            text[start:end],
            tuple(found for span, found in spans if span.start <= start and end <= span.end),
        )
        for start, end in pairwise(edges)
    )
