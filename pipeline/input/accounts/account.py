"""The account of a file: each character of its text was read, set aside for a reason, or lost.

The text of a file is its pieces: the text nodes that its format has, found without the reader. A
reader makes an account of them and of the text it gives:

    settings.account(lambda: account(file.source, text, html_pieces(source)))

White space is not counted, and marks that a reader adds (`#`, `|`, the numbers of a list) are not
in any piece.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from models.patterns import lazy
from pipeline.input.readers.markup.latex import command_signs

_SHOWN_CHARS = 200
_BLANKS = " \n\t\r\u3000\xa0"
_LONG_CHARS = 4
_SHORTEST_STRETCH = 2
_MOST_SCANNED_CHARS = 1_000_000_000
"""Characters that are looked at to find pieces, some seconds of work; `_STEP_CHARS` a search."""
_STEP_CHARS = 500
_AHEAD_CHARS = 2000
_RAISED = str.maketrans("°®©", "oRC")
"""Signs as which a reader writes raised letters."""
_COMMAND = lazy(r"\\([A-Za-z]+)")
_PART = lazy(r"[^。！？；!?;\n]*+(?:[。！？；!?;]++|\n)?")


@dataclass(frozen=True, slots=True)
class Piece:
    """A text node of a file, or several that a reader joins: a paragraph, a cell, a line.

    `where` is its place for people (`line 12`, `a page header`). `why` is the reason for which a
    reader may leave it out; empty for text that belongs to the document.
    """

    where: str
    text: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Text that a document lacks: its place, the reason, its beginning, its characters.

    Without a reason the text was lost.
    """

    where: str
    why: str
    text: str
    chars: int


@dataclass(frozen=True, slots=True)
class Account:
    """The characters of a file: `chars` is the sum of those read, set aside and lost.

    Of a file whose pieces could not be found, `is_known` is false: a loss would not be seen.
    """

    source: str
    chars: int
    read: int
    left_out: tuple[LeftOut, ...] = ()
    is_known: bool = True

    @property
    def set_aside(self) -> int:
        """Characters that were left out for a reason."""
        return sum(part.chars for part in self.left_out if part.why)

    @property
    def lost(self) -> int:
        """Characters that were left out without a reason."""
        return sum(part.chars for part in self.left_out if not part.why)


def visible_chars(text: str) -> int:
    """Count the characters of a text that are not white space."""
    count = len(text)
    for blank in _BLANKS:
        if blank in text:
            count -= text.count(blank)
    return count


def account(source: str, text: str, pieces: Iterable[Piece]) -> Account:
    """Return the account of a file from its pieces and the text that a reader gave.

    A piece is read if its letters and digits are in the text, each place of it used once. What is
    missing is set aside if its piece has a reason, else lost.
    """
    held = list(pieces)
    try:
        missing = _missing(text, held)
    except _TooMuchWorkError:
        return unknown_account(source, text)
    left_out = tuple(
        LeftOut(held[i].where, held[i].why, _shown(missing[i]), visible_chars("".join(missing[i])))
        for i in sorted(missing)
    )
    chars = sum(visible_chars(piece.text) for piece in held)
    return Account(source, chars, chars - sum(part.chars for part in left_out), left_out)


def _missing(text: str, pieces: Sequence[Piece]) -> dict[int, list[str]]:
    """Return the parts of pieces that a text lacks, by the index of the piece."""
    unused, kept = _without_pieces(text, pieces)
    matcher = _Matcher(unused)
    left_out: dict[int, list[str]] = {}
    # text that belongs to the document comes first, and long pieces before short ones, so that
    # a page number or a hidden digit is not taken for a digit of the story
    for has_reason in (False, True):
        order = sorted(
            (i for i in range(len(pieces)) if i not in kept and bool(pieces[i].why) is has_reason),
            key=lambda i: _turn(pieces[i].text),
        )
        parts = {i: missed for i in order if (missed := matcher.missing(pieces[i].text))}
        # a reader may put the mark of a note or a formula into a sentence: what is left of the
        # text is matched with stretches of the sentences that are missing without a reason
        for index, missed in parts.items():
            rest = (
                missed if has_reason else [left for part in missed if (left := matcher.rest(part))]
            )
            if rest:
                left_out[index] = rest
    return left_out


def _turn(text: str) -> int:
    """Return when a piece is matched: whole sentences before words, words before what is parted.

    A piece that the mark of a note parts would else take its words out of a heading.
    """
    letters = _letters(text)
    is_parted = "\n" in text
    if len(letters) >= _LONG_CHARS:
        return 2 if is_parted else 0
    return 3 if is_parted or len(letters) < _SHORTEST_STRETCH or letters.isdecimal() else 1


def _without_pieces(text: str, pieces: Sequence[Piece]) -> tuple[str, set[int]]:
    """Return a text without the pieces that it has as they are, in order, and their indices.

    Most pieces of most files are such, which takes a tenth of the time of matching letters.
    """
    rest, kept, place = [], set(), 0
    for index, piece in enumerate(pieces):
        size = len(piece.text)
        if piece.why or size < _LONG_CHARS:
            continue
        start = text.find(piece.text, place, place + size + _AHEAD_CHARS)
        if start >= 0:
            kept.add(index)
            rest.append(text[place:start])
            place = start + size
    return "".join((*rest, text[place:])), kept


def without_commands(text: str) -> str:
    """Return a text in which only those commands of LaTeX are left that stand for a sign."""
    return _COMMAND.sub(lambda found: found[0] if is_sign(found[0]) else " ", text)


def is_sign(command: str) -> bool:
    """True for a command of LaTeX that stands for a sign: `\\circ` is °."""
    return command[:1] == "\\" and command[1:] in command_signs()


def whole_account(source: str, text: str) -> Account:
    """Return the account of a file whose text is read as it is."""
    chars = visible_chars(text)
    return Account(source, chars, chars)


def unknown_account(source: str, text: str) -> Account:
    """Return the account of a file whose pieces cannot be found."""
    return replace(whole_account(source, text), is_known=False)


class _TooMuchWorkError(Exception):
    """The account of a file would take long: a large file of which much is missing."""


class _Matcher:
    """The letters and digits of a text; each is matched with one piece at most."""

    def __init__(self, text: str) -> None:
        self._letters = _letters(text)
        self._signs = text
        self._used = bytearray(len(self._letters))
        self._next = 0
        self._scanned = 0

    def missing(self, text: str) -> list[str]:
        """Take the text of a piece; return the parts that are not there."""
        if self._take(text):
            return []
        return [part for part in _parts(text) if part.strip() and not self._take(part)]

    def rest(self, part: str) -> str:
        """Take the stretches of a missing part that are there; return what is not.

        A part of which no stretch is there comes back as it is.
        """
        letters = _letters(part)
        left, place = [], 0
        while place < len(letters):
            size = self._longest(letters[place:])
            if size < _SHORTEST_STRETCH:
                left.append(letters[place])
                place += 1
            else:
                self._take(letters[place : place + size])
                place += size
        return part if len(left) == len(letters) else "".join(left)

    def _longest(self, wanted: str) -> int:
        """Return how many letters from the start of `wanted` stand together, not taken yet."""
        low, high = 0, len(wanted)
        while low < high:
            middle = (low + high + 1) // 2
            if self._free(wanted[:middle], 0) >= 0:
                low = middle
            else:
                high = middle - 1
        return low

    def _take(self, text: str) -> bool:
        wanted = _letters(text)
        if not wanted:
            return text.strip() in self._signs
        place = self._free(wanted, self._next)
        if place < 0:
            place = self._free(wanted, 0)
        if place < 0:
            return False
        self._next = place + len(wanted)
        self._used[place : self._next] = b"\x01" * len(wanted)
        return True

    def _free(self, wanted: str, start: int) -> int:
        """Return the first place of letters that no piece has taken; -1 without one."""
        while True:
            place = self._letters.find(wanted, start)
            end = place if place >= 0 else len(self._letters)
            self._scanned += max(0, end - start) + _STEP_CHARS
            if self._scanned > _MOST_SCANNED_CHARS:
                raise _TooMuchWorkError
            if place < 0:
                return -1
            taken = self._used.rfind(1, place, place + len(wanted))
            if taken < 0:
                return place
            start = taken + 1


def _letters(text: str) -> str:
    """Return the letters and digits of a text, in one form: full width as half width.

    A command of LaTeX is the sign that it stands for.
    """
    if "\\" in text:
        text = _COMMAND.sub(lambda found: command_signs().get(found[1], found[0]), text)
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).translate(_RAISED)))


def _parts(text: str) -> Iterator[str]:
    return (match[0] for match in _PART.finditer(text) if match[0])


def _shown(parts: Sequence[str]) -> str:
    text = " ".join(" ".join(parts).split())
    return text if len(text) <= _SHOWN_CHARS else text[: _SHOWN_CHARS - 1] + "…"
