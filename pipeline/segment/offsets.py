"""Text joined from several places of a document, and the places of its sentences."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.language.chinese import needs_space
from pipeline.records import Span
from pipeline.segment.sentences import sentence_spans


@dataclass(frozen=True, slots=True)
class JoinedText:
    """A text joined from the characters of a document at `spans`, in order.

    `offsets[i]` is where `spans[i]` starts in `text`. Between two spans there may be one space
    that is not in the document.
    """

    text: str
    spans: tuple[Span, ...]
    offsets: tuple[int, ...]

    def places(self, part: Span) -> tuple[Span, ...]:
        """Return the spans in the document of `text[part.start:part.end]`."""
        return tuple(self._places(part))

    def _places(self, part: Span) -> Iterator[Span]:
        index = max(0, bisect_right(self.offsets, part.start) - 1)
        while index < len(self.spans) and self.offsets[index] < part.end:
            span, offset = self.spans[index], self.offsets[index]
            start = max(part.start - offset, 0)
            end = min(part.end - offset, span.end - span.start)
            if start < end:
                yield Span(span.start + start, span.start + end)
            index += 1


def join_text(
    document: str, lines: Iterable[tuple[Span, ...]], *, separator: str = ""
) -> JoinedText:
    """Join lines, with a space between Latin words and none between Han characters.

    A `separator`, if given, goes between all lines (as in a date of two lines).
    """
    pieces: list[str] = []
    spans: list[Span] = []
    offsets: list[int] = []
    length = 0
    for line in lines:
        for number, span in enumerate(line):
            piece = document[span.start : span.end]
            if number == 0 and pieces and (separator or needs_space(pieces[-1], piece)):
                pieces.append(separator or " ")
                length += 1
            pieces.append(piece)
            spans.append(span)
            offsets.append(length)
            length += len(piece)
    return JoinedText("".join(pieces), tuple(spans), tuple(offsets))


def joined_sentences(whole: JoinedText) -> list[tuple[str, tuple[Span, ...]]]:
    """Return the sentences of a joined text, each with its spans in the document."""
    return [
        (whole.text[span.start : span.end], whole.places(span))
        for span in sentence_spans(whole.text)
    ]
