"""Copies of the input's documents with English in place of their Chinese, in `english/in-place`."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pipeline.config.sections import Config
from pipeline.deliver.english.names import file_names
from pipeline.deliver.english.reading import ReadingRow, clean
from pipeline.deliver.in_place.exchange import english_po, english_xliff
from pipeline.deliver.in_place.html import english_html
from pipeline.deliver.in_place.markdown import english_markdown
from pipeline.deliver.in_place.slots import Pairs
from pipeline.deliver.in_place.word import english_word
from pipeline.input.encodings import UnreadableError
from pipeline.input.files import STDIN, InputFile, ReadSettings
from pipeline.input.find import input_files
from pipeline.input.formats import READER_OF
from pipeline.input.hub_datasets import DatasetChoice
from pipeline.input.open import opened
from pipeline.input.readers.file_text import whole_bytes, whole_text
from pipeline.language.controls import visible_line
from pipeline.language.plural import plural
from pipeline.storage import remove, write_if_changed, writing_many

FOLDER = "in-place"
NOTES = "not-placed.txt"
"""The file that names the Chinese which is left in the copies."""

Placed = tuple[bytes, list[str]]


def _text_copy(
    make: Callable[[str, Pairs], Placed],
) -> Callable[[InputFile, ReadSettings, Pairs], Placed]:
    return lambda file, settings, pairs: make(whole_text(file, settings), pairs)


def _word_copy(file: InputFile, settings: ReadSettings, pairs: Pairs) -> Placed:
    with opened(file) as stream:
        return english_word(stream, settings.max_bytes, pairs)


def _xliff_copy(file: InputFile, settings: ReadSettings, pairs: Pairs) -> Placed:
    return english_xliff(whole_bytes(file, settings), pairs)


_MAKERS: Mapping[str, tuple[str, str | None, Callable[[InputFile, ReadSettings, Pairs], Placed]]]
_MAKERS = {
    "docx": (".docx", "docx", _word_copy),
    "html": (".html", "html", _text_copy(english_html)),
    "markdown": (".md", "md", _text_copy(english_markdown)),
    "xliff": (".xlf", None, _xliff_copy),
    "po": (".po", None, _text_copy(english_po)),
}
"""By the format of the input: the ending of the copy, the name in `deliver.formats` that it needs
(None: any), its maker."""
_OWN_ENDINGS = frozenset(("docx", "xliff"))
"""Formats whose programs open a copy only by the ending that the file itself has."""


@dataclass(frozen=True, slots=True)
class Copies:
    """Names of the files written, a line for each file that is not all English, and its name."""

    files: tuple[str, ...]
    notes: tuple[str, ...]
    partial: frozenset[str]


def copied_inputs(config: Config) -> list[tuple[InputFile, str]]:
    """Return the files of the input that get a copy, and the names of the copies."""
    section = config.input
    if section.format == "dataset":
        return []
    files, _ = input_files(section.paths, section.format, section.bases)
    wanted = [
        file
        for file in files
        if file.format in _MAKERS
        and str(file.path) != STDIN
        and _is_wanted(_MAKERS[file.format][1], config.deliver.formats)
    ]
    names = file_names([file.id for file in wanted])
    return [(f, f"{name}{_ending(f)}") for f, name in zip(wanted, names, strict=True)]


def _ending(file: InputFile) -> str:
    known = READER_OF[file.format].suffixes if file.format in _OWN_ENDINGS else ()
    own = (each for each in map(str.lower, file.path.suffixes) if each in known)
    return next(own, _MAKERS[file.format][0])


def _is_wanted(needed: str | None, formats: Sequence[str]) -> bool:
    return bool(formats) if needed is None else needed in formats


def input_digests(files: Iterable[tuple[InputFile, str]]) -> dict[str, str]:
    """Return a digest of the bytes of each file by its source; empty if it cannot be read."""
    digests = {}
    for file, _ in files:
        digests[file.source] = ""
        with suppress(UnreadableError), opened(file) as stream:
            total = hashlib.sha256()
            while piece := stream.read(1 << 16):
                total.update(piece)
            digests[file.source] = total.hexdigest()
    return digests


def write_copies(
    folder: Path,
    config: Config,
    files: Sequence[tuple[InputFile, str]],
    rows: Iterable[ReadingRow],
    take: Callable[[InputFile, str, Pairs], bool],
) -> Copies:
    """Write a copy of each file, and what is left in Chinese to a file of notes.

    `take` gets a file, the name of its copy and what is in it; True if it took the copy of an
    earlier run, in which no Chinese is left. Raises StoreError.
    """
    section = config.input
    size = int(section.max_megabytes * 1_000_000)
    settings = ReadSettings(section.encoding, {}, size, DatasetChoice(), lambda *_: None)
    by_source = {file.source: (file, name) for file, name in files}
    written, notes, details, partial = [], [], [], set()
    with writing_many(folder / FOLDER) as write:
        for source, pairs in _sentences(rows, by_source.keys()):
            file, name = by_source[source]
            if take(file, name, pairs):
                written.append(name)
                continue
            try:
                data, left = _MAKERS[file.format][2](file, settings, pairs)
            except (UnreadableError, ValueError, KeyError) as error:
                notes.append(f"{FOLDER}/{name}: no copy in English: {visible_line(str(error))}")
                partial.add(name)
                continue
            write(folder / FOLDER / name, data)
            written.append(name)
            if left:
                partial.add(name)
                count = plural(len(left), "passage")
                notes.append(f"{FOLDER}/{name}: {count} left in Chinese, listed in {NOTES}")
                details += [f"{name}: {visible_line(text)}\n" for text in left]
    if details:
        write_if_changed(folder / FOLDER / NOTES, details)
        written.append(NOTES)
    return Copies(tuple(written), tuple(notes), frozenset(partial))


def remove_copies(folder: Path, names: Iterable[str]) -> None:
    """Remove copies of an earlier run; a manifest may be edited, so no paths. Raises StoreError."""
    for name in names:
        if Path(name).name == name:
            remove(folder / FOLDER / name)


def _sentences(
    rows: Iterable[ReadingRow], sources: Iterable[str]
) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield the sentences of each source; of pages of one edition when all are read."""
    wanted = frozenset(sources)
    waiting: dict[str, list[tuple[str, str]]] = {}
    last = ""
    for article, translation, _, _ in rows:
        if not article.pages and article.source != last and last in waiting:
            yield last, waiting.pop(last)
        last = "" if article.pages else article.source
        english = (
            {each.id: clean(each.text) for each in translation.sentences} if translation else {}
        )
        pairs = [(each.text, english.get(each.id, "")) for each in article.sentences]
        for source in dict.fromkeys([article.source, *(page.source for page in article.pages)]):
            if source in wanted:
                waiting.setdefault(source, []).extend(pairs)
    yield from waiting.items()
