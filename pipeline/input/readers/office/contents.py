"""Tables of contents that a field of Word makes, over several paragraphs."""

from lxml import etree

from pipeline.input.readers.office.set_aside import CONTENTS, SetAsideCounts
from pipeline.input.readers.office.word_xml import WORD, value

_FIELD, _TEXT = f"{WORD}fldChar", f"{WORD}t"


class ContentsField:
    """Takes the paragraphs of a table of contents out of the text, and counts each table once."""

    def __init__(self, left_out: SetAsideCounts) -> None:
        self._left_out = left_out
        self._depth = 0
        self._text = ""

    def takes(
        self,
        paragraph: etree._Element,
        text: str,
        *,
        is_entry: bool,
        is_begun: bool,
        is_heading: bool,
    ) -> bool:
        """True if a paragraph belongs to a table of contents.

        `is_entry` says that its style is that of an entry, `is_begun` that a field in it makes a
        table of contents. Text behind the end of the field does not belong to it, and a heading or
        a sentence ends a field that is not closed.
        """
        if is_heading or "。" in text:
            self._depth = 0
        was_inside = self._depth > 0
        if was_inside or is_begun:
            marks = [value(mark, "fldCharType") for mark in paragraph.iter(_FIELD)]
            self._depth = max(0, self._depth + marks.count("begin") - marks.count("end"))
        is_inside = is_begun or (was_inside and not (self._depth == 0 and _ends_first(paragraph)))
        if not is_inside and not is_entry:
            self.end()
            return False
        self._text += text
        return True

    def end(self) -> None:
        """Count the table of contents that was taken, if any."""
        if self._text and not self._depth:
            self._left_out.add(CONTENTS, self._text)
            self._text = ""


def _ends_first(paragraph: etree._Element) -> bool:
    """True if the end of a field is before all text of a paragraph."""
    for part in paragraph.iter(_FIELD, _TEXT):
        if part.tag == _TEXT:
            return False
        if value(part, "fldCharType") == "end":
            return True
    return False
