"""Passages: text put together from places of a document, and their sentences."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.language.chinese import needs_space
from pipeline.records import Span
from pipeline.segment.sentences import sentence_spans


@dataclass(frozen=True, slots=True)
class JoinedText:
    """A text whose characters are those of a document at `spans`, in order.

    `offsets[i]` is where `spans[i]` starts in `text`; the one character that may stand
    between two pieces and is not in the document is a blank.
    """

    text: str
    spans: tuple[Span, ...]
    offsets: tuple[int, ...]

    def places(self, part: Span) -> tuple[Span, ...]:
        """Give the places in the document of `text[part.start:part.end]`."""
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
    """Put lines together: without a blank between Han characters, with one between Latin words.

    A `joint` given is put between all lines (a date of two lines).
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
    """Give the sentences of a passage, each with its places in the document."""
    return [
        (whole.text[span.start : span.end], whole.places(span))
        for span in sentence_spans(whole.text)
    ]
