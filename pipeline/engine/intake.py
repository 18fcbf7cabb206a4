"""What came of the input: documents, files that were passed over, characters that were lost."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from pipeline.input.accounts.account import Account, LeftOut
from pipeline.input.accounts.passed_over import kinds_of, passed_over_line
from pipeline.language.plural import plural
from pipeline.storage import read_json_lines

ACCOUNTS = "accounts.jsonl"
"""The file of a run folder that holds the account of every input file, one on each line."""

_MOST_LOSSES = 20
_MOST_PARTS = 500
_MOST_PARTS_NAMED = 10


@dataclass(slots=True)
class Intake:
    """Adds up what readers notice; `write` gets the account of each file as a line of JSON."""

    write: Callable[[str], object] = lambda line: None
    note: Callable[[str, str], None] = lambda source, encoding: None
    """Is called with the source and the encoding of every text file."""
    encodings: Counter[str] = field(default_factory=Counter)
    passed_over: Counter[str] = field(default_factory=Counter)
    parts_unread: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The splits, subsets and files of datasets that are not read, by the source."""
    characters: Counter[str] = field(default_factory=Counter)
    losses: list[str] = field(default_factory=list)
    files_with_losses: int = 0

    def encoding(self, source: str, encoding: str) -> None:
        """Count a text file by its encoding."""
        self.encodings[encoding] += 1
        self.note(source, encoding)

    def account(self, account: Account) -> None:
        """Add the characters of a file."""
        self.write(account_line(account) + "\n")
        self.characters.update(
            in_files=account.chars,
            read=account.read,
            set_aside=account.set_aside,
            lost=account.lost,
        )
        if account.lost or not account.is_known:
            self.files_with_losses += 1
            if len(self.losses) < _MOST_LOSSES:
                self.losses.append(loss_line(account))

    def pass_over(self, path: Path) -> None:
        """Count a file of a folder that no reader takes."""
        self.passed_over.update(kinds_of([path]))

    def leave_unread(self, source: str, parts: Sequence[str]) -> None:
        """Note the parts of a dataset that are not read."""
        self.parts_unread[source] = tuple(parts)

    def notes(self) -> Iterator[str]:
        """Yield what a reader of the run must know: files and characters that are not in it."""
        if self.passed_over:
            yield passed_over_line(self.passed_over)
        for source, parts in self.parts_unread.items():
            yield parts_line(source, parts)
        yield from self.losses
        if rest := self.files_with_losses - len(self.losses):
            yield f"{plural(rest, 'more file')} may have lost characters; see {ACCOUNTS}"

    def facts(self) -> dict[str, Any]:
        """Return what the manifest says of the input."""
        return {
            "passed_over": dict(sorted(self.passed_over.items())),
            "parts_unread": {source: list(parts) for source, parts in self.parts_unread.items()},
            "characters": dict(self.characters),
            "files_with_losses": self.files_with_losses,
        }


def parts_line(source: str, parts: Sequence[str]) -> str:
    """Return which parts of a dataset are not read, and how to read them."""
    named = ", ".join(parts[:_MOST_PARTS_NAMED])
    rest = len(parts) - _MOST_PARTS_NAMED
    more = f" and {plural(rest, 'more part')}" if rest > 0 else ""
    return (
        f"{source}: not read: {named}{more}; choose a part with input.dataset.split or "
        "input.dataset.subset, give files by their names, and write a column as text"
    )


def loss_line(account: Account) -> str:
    """Return what a file lost, with the first place of it."""
    if not account.is_known:
        return (
            f"{account.source}: cannot be accounted for, so a loss would not be seen; compare it "
            "with its translation"
        )
    first = next(part for part in account.left_out if not part.why)
    return (
        f"{account.source}: {plural(account.lost, 'character')} of {account.chars:,} lost; "
        f"first at {first.where}: “{first.text[:40]}”; compare the file with its translation"
    )


def account_line(account: Account) -> str:
    """Return an account as a line of JSON; parts beyond the first five hundred are one part.

    Of more than these, those that are lost come first.
    """
    left_out = account.left_out
    if len(left_out) > _MOST_PARTS:
        left_out = tuple(sorted(left_out, key=lambda part: bool(part.why)))
    parts, more = left_out[:_MOST_PARTS], left_out[_MOST_PARTS:]
    rest = [
        LeftOut(f"{len(group):,} more places", why, "", sum(part.chars for part in group))
        for why in dict.fromkeys(part.why for part in more)
        if (group := [part for part in more if part.why == why])
    ]
    # not asdict(account): it copies every part, and most files have none
    values = {field.name: getattr(account, field.name) for field in fields(account)}
    values["left_out"] = [asdict(part) for part in (*parts, *rest)]
    return json.dumps(values, ensure_ascii=False)


def read_accounts(folder: Path) -> list[Account]:
    """Return the accounts of a run's input. Raises StoreError if they are missing or damaged."""
    return [
        Account(
            row["source"],
            row["chars"],
            row["read"],
            tuple(LeftOut(**part) for part in row["left_out"]),
            row["is_known"],
        )
        for row in read_json_lines(folder / ACCOUNTS)
    ]
