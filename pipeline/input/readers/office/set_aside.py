"""What a reader does not put into the text, counted so that it can be named."""

from collections import Counter

from pipeline.language.chinese import has_word
from pipeline.records import SetAside

CONTENTS = "table of contents"
READINGS = "readings above characters"


class SetAsideCounts:
    """Counts pieces of text that are left out, by what they are."""

    def __init__(self) -> None:
        self._pieces: Counter[str] = Counter()
        self._characters: Counter[str] = Counter()

    def add(self, what: str, text: str) -> None:
        """Count a text that is left out; one without a letter or a digit is not."""
        if has_word(text):
            self._pieces[what] += 1
            self._characters[what] += sum(not character.isspace() for character in text)

    def add_page_margin(self, text: str) -> None:
        """Count a header or footer; one that holds only the number of the page is not."""
        if any(character.isalpha() for character in text):
            self.add("headers and footers", text)

    def add_object(self, what: str) -> None:
        """Count something that is no text, such as a chart."""
        self._pieces[what] += 1

    def rows(self) -> tuple[SetAside, ...]:
        """Return what was counted, in the order in which it was met."""
        return tuple(
            SetAside(what, pieces, self._characters[what]) for what, pieces in self._pieces.items()
        )
