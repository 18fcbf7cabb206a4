"""The account of a file of rows: columns that are read, and those set aside."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from pipeline.input.accounts.account import Account, LeftOut, visible_chars

_NOT_READ = "a column that the config does not name"
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

    def add(self, row: Mapping[str, object], *, is_read: bool) -> None:
        """Count the texts and numbers of a row."""
        for name, value in row.items():
            chars = visible_chars(str(value)) if value is not None else 0
            if not is_read:
                self._faulty += chars
            elif name in self.wanted:
                self.read += chars
            elif chars:
                self._chars[name] = self._chars.get(name, 0) + chars
                self._examples.setdefault(name, str(value)[:_SHOWN_CHARS])

    def account(self, source: str) -> Account:
        """Return the account of the rows counted so far."""
        left_out = [
            LeftOut(f"column '{name}'", _NOT_READ, self._examples[name], chars)
            for name, chars in self._chars.items()
        ]
        if self._faulty:
            left_out.append(LeftOut("rows", _FAULTY, "", self._faulty))
        chars = self.read + sum(part.chars for part in left_out)
        return Account(source, chars, self.read, tuple(left_out))
