"""Editions: pages of one newspaper, put together while they are read, one edition at a time.

    input.edition: folder     incoming/2023-03-05/A01.md ┐
                              incoming/2023-03-05/A02.md ┴▶ Edition 2023-03-05
    input.edition: rows       {"edition": "2023-03-05", "text": …} ┐ rows that follow each other
                              {"edition": "2023-03-05", "text": …} ┴▶ Edition 2023-03-05

A story that begins on one page and goes on on another (下转第2版, 上接第1版) can be put
together only if both are read together. Memory holds one edition, never two.
"""

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from pipeline.input.files import STDIN, InputFile
from pipeline.input.find import printable, readable
from pipeline.input.formats import PAGE_FORMATS
from pipeline.records import Document, Edition, Failure

Editions = Literal["none", "folder", "rows"]
"""What is an edition: nothing, the page files of a folder, or rows that share a value."""


def pages_of_folders(files: Sequence[InputFile]) -> list[InputFile]:
    """Give the files with the pages of each folder beside each other, in order of their numbers.

    An edition is called as its folder is; by the path below their common folder where
    folders are called alike. Files that are no pages keep their place.
    """
    groups: dict[Path, list[InputFile]] = {}
    for file in files:
        is_page = file.format in PAGE_FORMATS and str(file.path) != STDIN
        path = file.path.absolute()
        groups.setdefault(path.parent if is_page else path, []).append(file)
    folders = [key for key, group in groups.items() if group[0].path.absolute() != key]
    names = dict(zip(folders, _names(folders), strict=True))
    return [
        replace(file, edition=names.get(key))
        for key, group in groups.items()
        for file in (sorted(group, key=_by_number) if key in names else group)
    ]


def _names(folders: Sequence[Path]) -> list[str]:
    counts = Counter(folder.name for folder in folders)
    alike = [folder for folder in folders if counts[folder.name] > 1]
    top = os.path.commonpath([folder.parent for folder in alike]) if alike else ""
    return [
        printable(str(folder.relative_to(top)) if counts[folder.name] > 1 else folder.name)
        for folder in folders
    ]


def _by_number(file: InputFile) -> list[tuple[int, str]]:
    """Sort 第2版 before 第10版."""
    pieces = re.split(r"([0-9]+)", file.path.name)
    return [(int(piece), "") if piece.isdecimal() else (-1, piece) for piece in pieces]


def in_editions(
    rows: Iterable[Document | Failure], seen: dict[str, int], max_bytes: int
) -> Iterator[Document | Edition | Failure]:
    """Put documents that follow each other and have the same `edition` together.

    A page that cannot be read is a Failure in its place and parts nothing: the others go
    on. An edition of more than `max_bytes` is cut between two pages, and what follows is
    an edition of its own (`-2`), so that memory stays bounded; the same happens to rows
    that do not follow each other. `seen` are the ids given so far.
    """
    pages: list[Document] = []
    size = 0
    for row in rows:
        if isinstance(row, Failure):
            yield row
            continue
        if row.edition is None and not pages:
            yield row
            continue
        row_size = len(row.text.encode("utf-8", "surrogatepass"))
        if pages and (row.edition != pages[0].edition or size + row_size > max_bytes):
            yield _edition(pages, seen)
            pages, size = [], 0
        if row.edition is None:
            yield row
        else:
            pages.append(row)
            size += row_size
    if pages:
        yield _edition(pages, seen)


def _edition(pages: Sequence[Document], seen: dict[str, int]) -> Edition:
    return Edition(unique_id(readable(pages[0].edition or ""), seen), tuple(pages))


def unique_id(wanted: str, seen: dict[str, int]) -> str:
    """Give an id that nothing seen so far has, and remember it: a second of the same gets `-2`."""
    name = wanted
    while name in seen:
        seen[wanted] += 1
        name = f"{wanted}-{seen[wanted]}"
    seen[name] = 1
    return name
