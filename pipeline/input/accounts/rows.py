"""The account of a file of rows: columns that are read, and those set aside."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from pipeline.input.accounts.account import Account, LeftOut, visible_chars, whole_account
from pipeline.input.accounts.markdown import markdown_account, styles_set_aside
from pipeline.input.columns import column_of, field_text
from pipeline.input.encodings import cleaned
from pipeline.records import Document

_NOT_READ = "a column or field not in the config"
_FAULTY = "a row that could not be read; see the failures"
_SHOWN_CHARS = 80
_SHOWN_ROWS = 20


@dataclass(slots=True)
class RowCounter:
    """Counts the characters of rows as they go by; holds an example of what is set aside."""

    wanted: Collection[str]
    """The columns that are read."""
    text_name: str
    title_name: str
    read: int = 0
    _chars: dict[tuple[str, str], int] = field(default_factory=dict)
    """Characters left out, by where they are and why."""
    _examples: dict[tuple[str, str], str] = field(default_factory=dict)
    _rows: set[str] = field(default_factory=set)

    def add(self, number: int, row: Mapping[str, object], document: Document | None) -> None:
        """Count the texts and numbers of a row; those inside a list or an object one by one.

        `document` is what became of it, None if it could not be read.
        """
        if document is None:
            self.add_unreadable(number, " ".join(_texts(list(row.values()))))
            return
        for name, value in row.items():
            if isinstance(value, str) and name in self.wanted:
                self.read += visible_chars(value)
            elif value is not None:
                self._add_value(row, name, value)
        for name, text in ((self.text_name, document.text), (self.title_name, document.title)):
            if text and (row.get(name) != text or _may_have_styles(text)):
                self._add_marks(number, row, name, text)

    def _add_value(self, row: Mapping[str, object], name: str, value: object) -> None:
        """Count the value of a column that is not read, or not as it is."""
        chars = sum(map(visible_chars, _texts(value)))
        read = chars if name in self.wanted else 0
        texts: list[str] = []
        if isinstance(value, list | Mapping):
            inside = (key for key in self.wanted if column_of(key, row) == name)
            texts = [text for key in inside if (text := field_text(row, key))]
            read = sum(map(visible_chars, texts))
        self.read += read
        if chars > read:
            key = (f"column '{name}'", _NOT_READ)
            self._leave_out(key, "" if key in self._chars else _example(value, texts), chars - read)

    def add_unreadable(self, number: int, text: str) -> None:
        """Count the text of a row that has no columns."""
        if chars := visible_chars(text):
            self._leave_out((self._place(number), _FAULTY), text, chars)

    def _add_marks(self, number: int, row: Mapping[str, object], name: str, text: str) -> None:
        """Set aside the tags and marks in a text, which were counted as read with it."""
        written = field_text(row, name) or ""
        is_changed = written != text
        if not is_changed and not _may_have_styles(text):
            return
        known = markdown_account("", text, written) if is_changed else whole_account("", text)
        known = styles_set_aside(known, text)
        if not is_changed and not known.left_out:
            return
        self.read += known.read - visible_chars(written)
        for part in known.left_out:
            where = f"column '{name}'" if part.why else self._place(number)
            self._leave_out((where, part.why), part.text, part.chars)

    def _place(self, number: int) -> str:
        """Return the name of a row; one for all rows after the first ones."""
        place = f"line {number}"
        if place not in self._rows and len(self._rows) >= _SHOWN_ROWS:
            return "other lines"
        self._rows.add(place)
        return place

    def _leave_out(self, key: tuple[str, str], example: str, chars: int) -> None:
        self._chars[key] = self._chars.get(key, 0) + chars
        if key not in self._examples:
            # JSON may hold half a character, which no file can
            shown = example[:_SHOWN_CHARS].encode(errors="replace").decode()
            self._examples[key] = " ".join(shown.split())

    def account(self, source: str) -> Account:
        """Return the account of the rows counted so far."""
        left_out = [
            LeftOut(where, why, self._examples[where, why], chars)
            for (where, why), chars in self._chars.items()
        ]
        chars = self.read + sum(part.chars for part in left_out)
        return Account(source, chars, self.read, tuple(left_out))


def _may_have_styles(text: str) -> bool:
    """True if a sign of the styles of subtitles is in a text. It is asked of every row."""
    return "{" in text or "<" in text or "\\" in text or "|" in text


def _example(value: object, texts: Collection[str]) -> str:
    """Return what a column has beside the texts that were read from it."""
    return " ".join(_unread(value, texts)) if texts else str(value)


def _unread(value: object, texts: Collection[str]) -> Iterator[str]:
    """Yield the texts of a column that are in none of the texts that were read from it."""
    return (text for text in _texts(value) if not any(cleaned(text) in read for read in texts))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, list | Mapping):
        for inner in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(inner)
    elif value is not None:
        yield str(value)
