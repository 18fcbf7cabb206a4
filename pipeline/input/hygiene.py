"""Remains of markup and stray white space in lines of text: found, counted, mended."""

import html
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from models.patterns import lazy
from pipeline.language.plural import plural

_ENTITY = lazy(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_STRAY = lazy(r"[\t\v\f\r\x1c-\x1f\x85\u2028\u2029]")
_BLANKS = lazy(r" {2,}")
_MARK = "\ufeff"
_NO_TEXT = "no text"
_MOST_ROUNDS = 3
"""Entities may be escaped again: `&amp;#39;`."""


@dataclass(frozen=True, slots=True)
class Blemish:
    """A row of `BLEMISHES`: what is wrong with a line, what it costs, whether it can be mended.

    `cost` completes the sentence "70 of 200 lines have HTML entities: …".
    """

    name: str
    cost: str
    is_in: Callable[[str], bool]
    can_mend: bool = True


def has_entity(line: str) -> bool:
    """True if a line has a character in HTML's way: `&#39;`, `&quot;`."""
    return any(html.unescape(match[0]) != match[0] for match in _ENTITY.finditer(line))


BLEMISHES = (
    Blemish("HTML entities", "metrics and checks read each as wrong words", has_entity),
    Blemish(
        "tabs or line separators",
        "they cut a line in two in other programs",
        lambda line: bool(_STRAY.search(line.strip())),
    ),
    Blemish("a byte order mark", "it sticks to the first word", lambda line: _MARK in line),
    Blemish(
        "blanks at an end",
        "line and character counts of other programs differ",
        lambda line: line != line.strip() and bool(line.strip()),
    ),
    Blemish(
        "lost characters (\ufffd)",
        "the text was decoded wrongly; make the file again",
        lambda line: "\ufffd" in line,
        can_mend=False,
    ),
    Blemish(
        _NO_TEXT,
        "it is scored as empty",
        lambda line: not line.strip(" \t\ufeff"),
        can_mend=False,
    ),
)


def clean_line(line: str) -> str:
    """Return a line with entities as characters, without byte order marks and stray blanks.

    >>> clean_line(" It&#39;s\\tA &amp;amp; B. ")
    "It's A & B."
    """
    text = line
    for _ in range(_MOST_ROUNDS):
        if not has_entity(text):
            break
        text = _ENTITY.sub(lambda match: html.unescape(match[0]), text)
    # an entity may be a line break (&#10;): the number of lines never changes
    text = _STRAY.sub(" ", text.replace(_MARK, "").replace("\n", " "))
    return _BLANKS.sub(" ", text.replace("\xa0", " ") if "\xa0" not in line else text).strip()


def blemish_lines(
    name: str, lines: Sequence[str], *, costs: str = "", is_table: bool = False
) -> Iterator[str]:
    """Yield a line for each kind of blemish: how many lines have it, the first, what it costs.

    `name` is that of the file or system. `costs` is what the blemishes together were measured to
    cost, shown with the first line. The lines of a table belong together, whatever is missing.
    """
    kind = "pair" if is_table else "line"
    for blemish in BLEMISHES:
        numbers = [number for number, line in enumerate(lines, start=1) if blemish.is_in(line)]
        if not numbers:
            continue
        measured, costs = (f"; {costs}" if costs and blemish.can_mend else ""), ""
        mend = "; --clean mends it" if blemish.can_mend else ""
        if blemish.name == _NO_TEXT and not is_table:
            mend = "; if a line is missing, the lines after it are off by one"
        verb = "has" if len(numbers) == 1 else "have"
        yield (
            f"{name}: {len(numbers):,} of {plural(len(lines), kind)} {verb} {blemish.name}, "
            f"first {kind} {numbers[0]:,}: {blemish.cost}{measured}{mend}"
        )
