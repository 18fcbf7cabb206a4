"""A file to read, and what a config says about reading it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.input.accounts.account import Account
from pipeline.input.hub_datasets import DatasetChoice

STDIN = "-"
"""The path that stands for standard input."""

Noted = Callable[[str, str], None]
"""Is called with (source, encoding) of every text file that is read."""

PartsUnread = Callable[[str, Sequence[str]], None]
"""Is called with the source of a file or dataset and the parts of it that are not read."""

Accounted = Callable[[Account], None]
"""Is called with the account of every file that is read to its end."""


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to read. `source` is its path as given, in characters that can be written.

    A path that a config gives is named without the folder it is relative to.
    """

    path: Path
    format: str
    id: str
    source: str
    edition: str | None = None
    """What it is a page of."""


@dataclass(frozen=True, slots=True)
class ReadSettings:
    """How to read: the keys of `input` that every reader gets."""

    encoding: str
    fields: Mapping[str, str]
    max_bytes: int
    dataset: DatasetChoice
    noted: Noted
    parts_unread: PartsUnread = lambda source, parts: None
    accounted: Accounted | None = None

    def account(self, make: Callable[[], Account]) -> None:
        """Hand over the account of a file, which is made only if somebody asks for it."""
        if self.accounted is not None:
            self.accounted(make())
