"""Put English sentences in place of Chinese ones in the texts of a document.

document ─▶ slots, in order ─fill─▶ English in the slot in which each sentence begins

Sentences are found by their letters and digits alone, so that marks, blanks and the ends of
paragraphs, which readers change, make no difference.
"""

import re
import unicodedata
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from models.patterns import lazy
from pipeline.language.chinese import is_chinese
from pipeline.language.lookup import Lookup
from pipeline.language.numbers.list_markers import ENCLOSED, heading_number, leading_marker
from pipeline.language.tables import row_texts
from pipeline.language.variants import simple_characters

Pairs = Iterable[tuple[str, str]]
"""Chinese sentences and their English, in reading order; the English is empty if there is none."""

_LABEL = lazy(
    r"^(?:第?[（(]?[一二三四五六七八九十百零\d]{1,4}[)）、.．章节条款][、.．]?|[(（]?[A-Za-z]{1,4}[.)、）]"
    rf"|{ENCLOSED}|[•·●■◆-])\s*"
)
_ENGLISH_LABEL = lazy(
    r"^(?:\(?\w{1,4}[.):,]|(?:Chapter|Section|Article)\s\w+[.:,]?|[•·●■◆-]|[ivx]{1,4}\s"
    rf"|{ENCLOSED})\s*",
    re.IGNORECASE,
)
_NOTE_MARK = lazy(rf"\s?\[(?:\d{{1,3}}|[A-Za-z]|[*＊†‡]{{1,3}}|{ENCLOSED}|\^[^\[\]]{{1,40}})\]:?")
_OPENERS = "“‘「『《〈（(【["
_TAG_OPENERS = "<&"
"""Begin a tag or an entity in text, as in &lt;b&gt;, which is of no sentence."""
_SEPARATOR = lazy(r"[_|｜]|(?<=\s)[-–—](?=\s)")
"""Parts a headline from the name of the site, as in the title of a web page."""
_CLOSED = lazy(r"[\s(\[“‘—/-]$")


@dataclass(slots=True)
class Slot:
    """A text of a document. `block` is the number of its paragraph, `link` that of its link.

    `is_marked`: it is bold, in italics or the like. `line` is that of a file where lines matter.
    """

    text: str
    block: int
    link: int | None = None
    is_marked: bool = False
    line: int = 0


@dataclass(slots=True)
class _Key:
    """The letters of the slots in a row, and where each of them is: (slot, position)."""

    letters: str = ""
    places: list[tuple[int, int]] = field(default_factory=list)


def fill(slots: Sequence[Slot], pairs: Pairs) -> tuple[list[str], list[str]]:
    """Return new texts for the slots, and the Chinese that could not be placed.

    A sentence in a link, or with a link in it, goes into the link. A sentence of which a part is
    bold goes where it is not. Text in no sentence, such as numbers, stays.
    """
    english = _by_letters(pairs)
    lookup = Lookup(english)
    key = _letters(slots)
    new = [list(slot.text) for slot in slots]
    starts = _block_starts(key, slots)
    last = ""
    position = 0
    is_open = True
    while position < len(key.letters):
        is_start = position in starts
        name = ""
        if is_open or is_start or _is_parted(key, slots, position):
            name = _name_at(lookup, key, slots, starts, position)
        if not name:
            slot, at = key.places[position]
            is_open, last = False, slots[slot].text[at]
            position += 1
            continue
        texts = english[name]
        text = texts.popleft() if len(texts) > 1 else texts[0]
        end = position + len(name)
        slot, at = key.places[position]
        begin = _opening(slots[slot].text, at)
        is_apart = is_start or not last or (begin and new[slot][begin - 1].isspace())
        space = "" if is_apart or _CLOSED.search(last) else " "
        _place(new, slots, key.places[position:end], space + text)
        last, position, is_open = text[-1:], end, True
    written = ["".join(text) for text in new]
    return written, _left(slots, written)


def in_english(texts: Iterable[str], pairs: Pairs) -> list[tuple[str, str]]:
    """Return texts that a document states beside its text, each with its English if it is known."""
    slots = [Slot(text, number) for number, text in enumerate(texts)]
    return list(zip((slot.text for slot in slots), fill(slots, pairs)[0], strict=True))


def _by_letters(pairs: Pairs) -> dict[str, deque[str]]:
    """Return the English of sentences and cells by their letters; without label and notes too."""
    found: dict[str, deque[str]] = {}
    spare: dict[str, str] = {}

    def add(zh: str, en: str) -> None:
        if not en or not is_chinese(zh):  # the start of a number such as 2.68 is no label
            return
        if letters := _plain(zh):
            found.setdefault(letters, deque()).append(en)
        for bare, english in (_without_notes(zh, en), _bare(zh, en)):
            if bare != zh:
                spare.setdefault(_plain(bare), english)

    for zh, en in pairs:
        if not en.startswith("|"):
            add(zh, en)
            continue
        cells, others = row_texts(zh), row_texts(en)
        if len(cells) == len(others):
            for cell, other in zip(cells, others, strict=True):
                add(cell, other)
    for letters, en in spare.items():
        if letters:
            found.setdefault(letters, deque([en]))
    return found


def _without_notes(zh: str, en: str) -> tuple[str, str]:
    return _NOTE_MARK.sub("", zh).lstrip(), _NOTE_MARK.sub("", en).lstrip()


def _bare(zh: str, en: str) -> tuple[str, str]:
    """Return a sentence and its English without label and marks of notes, which a reader adds."""
    zh, en = _without_notes(zh, en)
    marker, start = max(leading_marker(zh), heading_number(zh))
    if marker and en.startswith(marker):
        return zh[start:], en.removeprefix(marker).lstrip()
    if _LABEL.match(zh):
        return _LABEL.sub("", zh, count=1), _ENGLISH_LABEL.sub("", en, count=1)
    return zh, en


def _plain(text: str) -> str:
    return "".join(letter for one in text for letter in _plain_letters(one))


def _plain_letters(one: str) -> str:
    """Return what of a character counts: letters and digits, of one width, script and case."""
    if one.isascii():
        return one.lower() if one.isalnum() else ""
    plain = unicodedata.normalize("NFKC", simple_characters(one)).lower()
    return "".join(filter(str.isalnum, plain))


def _letters(slots: Sequence[Slot]) -> _Key:
    letters: list[str] = []
    places: list[tuple[int, int]] = []
    for number, slot in enumerate(slots):
        for at, one in enumerate(slot.text):
            for letter in _plain_letters(one):
                letters.append(letter)
                places.append((number, at))
    return _Key("".join(letters), places)


def _block_starts(key: _Key, slots: Sequence[Slot]) -> set[int]:
    """Return the positions at which a paragraph begins, and the end of the last one."""
    blocks = [slots[slot].block for slot, _ in key.places]
    starts = {n for n, block in enumerate(blocks) if n == 0 or blocks[n - 1] != block}
    return starts | {len(blocks)}


def _is_parted(key: _Key, slots: Sequence[Slot], position: int) -> bool:
    """True if a mark, a blank or the end of a line is before a letter."""
    if position == 0:
        return True
    (before, first), (after, second) = key.places[position - 1], key.places[position]
    if slots[before].line != slots[after].line:
        return True
    between = slots[before].text[first + 1 :] if before != after else ""
    between += slots[after].text[(first + 1 if before == after else 0) : second]
    return bool(between)


def _name_at(
    lookup: Lookup, key: _Key, slots: Sequence[Slot], starts: set[int], position: int
) -> str:
    """Return the longest sentence at a position that ends where one may end; empty if none.

    One that is a whole paragraph or cell wins over one that goes on in the next: 附件09 | 名单.
    """
    found = ""
    for name in lookup.at(key.letters, position):
        end = position + len(name)
        is_end = end in starts or _is_parted(key, slots, end) or any(lookup.at(key.letters, end))
        if not found:
            found = name if is_end else ""
        elif end in starts and position in starts:
            found = name
    return found


def _place(
    new: list[list[str]], slots: Sequence[Slot], places: Sequence[tuple[int, int]], text: str
) -> None:
    """Put a text in place of letters and the marks among and behind them."""
    first, last = places[0], places[-1]
    linked = [slot for slot, _ in places if slots[slot].link is not None]
    unmarked = (slot for slot, _ in places if not slots[slot].is_marked)
    target = linked[0] if linked else next(unmarked, first[0])
    others = {slots[slot].link for slot in linked} - {slots[target].link}
    begin = _opening(slots[first[0]].text, first[1])
    for slot in range(first[0], last[0] + 1):
        start = begin if slot == first[0] else 0
        end = last[1] + 1 if slot == last[0] else len(new[slot])
        new[slot][start:end] = [""] * (end - start)
    for slot, at in _behind(slots, last):
        new[slot][at] = ""
    at = next(at for slot, at in places if slot == target)
    new[target][at] = text
    for number, link in enumerate(sorted(filter(None, others)), start=2):
        slot, at = next((s, a) for s, a in places if slots[s].link == link)
        new[slot][at] = f" [link {number}]"


def _opening(text: str, start: int) -> int:
    """Return where the marks that open a sentence begin, or its paragraph's indent."""
    while start and text[start - 1] in _OPENERS:
        start -= 1
    return start if text[:start].strip("\u3000") else 0


def _behind(slots: Sequence[Slot], last: tuple[int, int]) -> list[tuple[int, int]]:
    """Return the marks and blanks between a sentence and the next.

    Of the last one, and of one before a separator, only the marks.
    """
    found: list[tuple[int, int]] = []
    slot, start = last[0], last[1] + 1
    while slot < len(slots) and slots[slot].block == slots[last[0]].block:
        for at in range(start, len(slots[slot].text)):
            one = slots[slot].text[at]
            if _SEPARATOR.match(slots[slot].text, at):
                return _without_last_blanks(found, slots)
            if one in _OPENERS or one in _TAG_OPENERS or one == "\u3000" or _plain_letters(one):
                return [] if _are_blanks(found, slots, last[0]) else found
            found.append((slot, at))
        slot, start = slot + 1, 0
    return _without_last_blanks(found, slots)


def _are_blanks(places: Sequence[tuple[int, int]], slots: Sequence[Slot], own: int) -> bool:
    """True if nothing but blanks of one text part two sentences: they are cells of a row."""
    return all(slot == own and slots[slot].text[at].isspace() for slot, at in places)


def _without_last_blanks(
    places: Sequence[tuple[int, int]], slots: Sequence[Slot]
) -> list[tuple[int, int]]:
    kept = list(places)
    while kept and slots[kept[-1][0]].text[kept[-1][1]].isspace():
        kept.pop()
    return kept


def _left(slots: Sequence[Slot], written: Sequence[str]) -> list[str]:
    """Return the paragraphs that still have Chinese."""
    blocks: dict[int, str] = {}
    line = 0
    for slot, text in zip(slots, written, strict=True):
        gap = " " if slot.line != line else ""
        blocks[slot.block] = blocks.get(slot.block, "") + gap + text
        line = slot.line
    return [" ".join(text.split()) for text in blocks.values() if is_chinese(text)]
