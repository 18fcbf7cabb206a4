"""Take the report of the run before if only what is new differs: rendering it again takes long.

What is new is one part of each file, between two comments in HTML and Markdown and on one line in
JSON, so a report without news is the earlier one without that part, and with the name, the day and
the input of its own run in the places that state them.
"""

import re
from collections.abc import Iterator, Sequence
from mmap import ACCESS_READ, mmap
from pathlib import Path

from models.files import write_flushed
from pipeline.engine.manifest import Manifest
from pipeline.engine.reuse import EarlierRun
from pipeline.errors import StoreError
from pipeline.nightly.known_texts import TEXTS
from pipeline.storage import copy_whole, link_or_copy, rename, writing_aside

_PARTS = {
    ".html": (re.compile(rb"<!--changes-->.*?<!--/changes-->", re.DOTALL), b""),
    ".md": (re.compile(rb"<!--changes-->\n.*?<!--/changes-->\n\n", re.DOTALL), b""),
    ".json": (re.compile(rb'\n "changes": \{.*'), b'\n "changes": null,'),
}
"""What is new in each kind of file, and what is there in a report without news."""

_LINES = re.compile(rb'\n "date": .*?\n "input": (?:\[\]|\[.*?\n \]),', re.DOTALL)
_STATED = {
    ".html": (
        re.compile(rb"<title>[^<]*</title>"),
        re.compile(rb"<body[^>]*>"),
        re.compile(rb'<p class="dateline">.*?</p>', re.DOTALL),
    ),
    ".json": (_LINES,),
}
"""Where a file says of which run and day it is, in order: the first match of each pattern."""

_PIECE = 1_000_000

Names = Sequence[tuple[str, str]]
"""What the earlier report states, and what this one does: names of runs and inputs, days."""


def take_report(
    earlier: EarlierRun, base: str, manifest: Manifest, files: Sequence[Path], names: Names
) -> bool:
    """Take the earlier report without its news; False if it differs, or is not all there.

    `base` is the key of all but the news. The figures of the report go into the manifest.
    """
    facts = earlier.facts
    if facts.report_base != base:
        return False
    try:
        for file in files:
            _take(earlier.store.folder / file.name, file, names)
        texts = earlier.store.folder / TEXTS
        if files and texts.is_file():
            link_or_copy(texts, files[0].with_name(TEXTS))
    except (OSError, StoreError, ValueError):
        return False
    manifest.totals, manifest.quality = facts.totals, facts.quality
    manifest.vocabulary = facts.vocabulary
    return True


def _take(source: Path, file: Path, names: Names) -> None:
    """Copy a file as bytes: a report of many megabytes is not decoded for a few places."""
    if file.suffix not in _PARTS:
        copy_whole(source, file)
        return
    with source.open("rb") as opened, mmap(opened.fileno(), 0, access=ACCESS_READ) as text:
        edits = _edits(text, file.suffix, names)
        with writing_aside(file) as aside:
            write_flushed(aside, _edited(text, edits))
            rename(aside, file)


def _edits(text: mmap, suffix: str, names: Names) -> list[tuple[int, int, bytes]]:
    """Return the places of a file that are not as in the earlier one, and what is there instead."""
    pattern, instead = _PARTS[suffix]
    news, end = pattern.search(text), 0
    edits = [(*news.span(), instead)] if news else []
    for stated in _STATED.get(suffix, ()):
        if match := stated.search(text, end):
            edits.append((*match.span(), _renamed(match[0], names)))
            end = match.end()
    return sorted(edits)


def _edited(text: mmap, edits: Sequence[tuple[int, int, bytes]]) -> Iterator[bytes]:
    """Yield a text with its edits, a megabyte at a time."""
    done = 0
    for start, end, instead in (*edits, (len(text), len(text), b"")):
        for place in range(done, start, _PIECE):
            yield text[place : min(start, place + _PIECE)]
        yield instead
        done = end


def _renamed(text: bytes, names: Names) -> bytes:
    for before, now in names:
        text = text.replace(before.encode(), now.encode())
    return text
