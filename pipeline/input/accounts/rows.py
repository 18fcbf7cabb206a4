"""The account of a file of rows: columns that are read, and those set aside."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from pipeline.input.accounts.account import Account, LeftOut, visible_chars
from pipeline.input.columns import column_of, field_text
from pipeline.input.encodings import cleaned

_NOT_READ = "a column or field not in the config"
_FAULTY = "a row that could not be read; see the failures"
_SHOWN_CHARS = 80


@dataclass(slots=True)
class RowCounter:
    """Counts the characters of rows as they go by; holds one example for each column."""

    wanted: Collection[str]
    """The columns that are read."""
    read: int = 0
    _chars: dict[str, int] = field(default_factory=dict)
    _examples: dict[str, str] = field(default_factory=dict)
    _faulty: int = 0
    _first_faulty: str = ""

    def add(self, row: Mapping[str, object], *, is_read: bool) -> None:
        """Count the texts and numbers of a row; those inside a list or an object one by one."""
        for name, value in row.items():
            is_nested = isinstance(value, list | Mapping)
            chars = sum(map(visible_chars, _texts(value))) if value is not None else 0
            if not is_read:
                self._faulty += chars
                self._first_faulty = self._first_faulty or " ".join(_texts(value))[:_SHOWN_CHARS]
                continue
            read = chars if name in self.wanted else 0
            texts: list[str] = []
            if is_nested:
                inside = (key for key in self.wanted if column_of(key, row) == name)
                texts = [text for key in inside if (text := field_text(row, key))]
                read = sum(map(visible_chars, texts))
            self.read += read
            if chars > read:
                self._chars[name] = self._chars.get(name, 0) + chars - read
                if name not in self._examples:
                    example = " ".join(_unread(value, texts)) if texts else str(value)
                    self._examples[name] = example[:_SHOWN_CHARS]

    def add_unreadable(self, text: str) -> None:
        """Count the text of a row that has no columns."""
        self._faulty += visible_chars(text)
        self._first_faulty = self._first_faulty or text[:_SHOWN_CHARS]

    def account(self, source: str) -> Account:
        """Return the account of the rows counted so far."""
        left_out = [
            LeftOut(f"column '{name}'", _NOT_READ, self._examples[name], chars)
            for name, chars in self._chars.items()
        ]
        if self._faulty:
            left_out.append(LeftOut("rows", _FAULTY, self._first_faulty, self._faulty))
        chars = self.read + sum(part.chars for part in left_out)
        return Account(source, chars, self.read, tuple(left_out))


def _unread(value: object, texts: Collection[str]) -> Iterator[str]:
    """Yield the texts of a column that are in none of the texts that were read from it."""
    return (text for text in _texts(value) if not any(cleaned(text) in read for read in texts))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, list | Mapping):
        for inner in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(inner)
    elif value is not None:
        yield str(value)
