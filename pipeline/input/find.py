"""Paths of a configuration become files, each with its format and a readable id."""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cache
from glob import has_magic
from pathlib import Path
from types import MappingProxyType

from pipeline.errors import ConfigError
from pipeline.input.accounts.passed_over import kinds_of, passed_over_line
from pipeline.input.encodings import UnreadableError
from pipeline.input.files import STDIN, InputFile
from pipeline.input.formats import SUFFIXES, format_of_named, format_of_start, suffix_of
from pipeline.input.hub_datasets import is_dataset
from pipeline.input.open import PACKED, opened
from pipeline.language.controls import visible_line
from pipeline.records import Failure
from pipeline.storage import RESERVED_NAMES, SERIES_LOCK, is_result

_START_BYTES = 4000
_DATASET_ENDINGS = (".arrow", ".json")
_UNSEEN_STARTS = (".", "~$")
"""How names begin that are hidden, or of a file that locks a document open in Word."""
_UNSEEN_NAMES = frozenset(("thumbs.db", "desktop.ini"))


def input_files(
    paths: Sequence[str],
    format: str,
    bases: Mapping[str, str] = MappingProxyType({}),
    passed_over: Callable[[Path], None] = lambda path: None,
) -> tuple[list[InputFile], list[Failure]]:
    """Find the files of paths, folders and globs, in order, each once; and folders not readable.

    In a folder (searched through, sorted, hidden names, lock files and linked folders left out)
    files are taken by the endings of the format, and a folder that `datasets` saved as one file;
    a file that is named is read whatever it is called. Run folders and translation memories
    are passed over. `-` is standard input. With format
    `dataset` a path that does not exist is the name of a dataset on a hub. `bases` are the
    folders, by path, that sources are written without. `passed_over` is called with every file of
    a folder that is not taken. Raises ConfigError with a line for every path that gives no file.
    """
    found: dict[str, tuple[Path, str, str]] = {}
    resolved = _real_paths()
    others: dict[str, Path] = {}
    failures: list[Failure] = []
    problems: list[str] = []
    results: list[Path] = []
    for pattern in paths:
        if pattern == STDIN or (format == "dataset" and not os.path.lexists(pattern)):
            found.setdefault(pattern, (Path(pattern), format, pattern))
            continue
        named = _named(pattern)
        before = len(failures)
        files = [file for path in named for file in _files(path, format, failures, others)]
        if named and all(map(is_result, named)):
            results += named
        elif not files and len(failures) == before:
            problems.append(f"input.paths: '{pattern}': {_why_nothing(pattern, named, others)}")
        for file in files:
            named_as = _without_base(file, bases.get(pattern))
            found.setdefault(resolved(file), (file, _format(file, format), named_as))
    if results and not found and not failures:
        shown = printable(str(results[0]))
        problems.append(f"input.paths: '{shown}': holds results of a run, not input")
    if problems:
        raise ConfigError(*problems)
    for real_path, path in others.items():
        if real_path not in found:
            passed_over(path)
    files_found = list(found.values())
    ids = _ids([file for file, *_ in files_found])
    return [
        InputFile(file, kind, file_id, printable(source))
        for (file, kind, source), file_id in zip(files_found, ids, strict=True)
    ], failures


def _real_paths() -> Callable[[Path], str]:
    """Return what resolves the links of a path, those of a folder once for all its files."""
    real_folder = cache(os.path.realpath)

    def real_path(file: Path) -> str:
        if file.is_symlink() or file.name in ("", ".."):
            return os.path.realpath(file)
        return os.path.join(real_folder(str(file.parent)), file.name)  # noqa: PTH118 (thousands)

    return real_path


def _without_base(file: Path, base: str | None) -> str:
    is_below = base is not None and file.is_relative_to(base)
    return str(file.relative_to(str(base)) if is_below else file)


def _named(pattern: str) -> list[Path]:
    expanded = str(Path(pattern).expanduser())
    if os.path.lexists(expanded):
        return [Path(expanded)]
    if not has_magic(expanded):
        return []
    first, *parts = Path(expanded).parts
    if not Path(expanded).is_absolute():
        first, parts = "", [first, *parts]
    return [Path(match) for match in sorted(set(_matches(first, tuple(parts))))]


def _matches(base: str, parts: tuple[str, ...]) -> Iterator[str]:
    """Yield the paths below a folder that match a pattern, given as its parts.

    Hidden names match only a part that begins with a dot. `**` goes into every folder once, by
    its real path, so that links which lead back to a folder above end the search.
    """
    if not parts:
        yield base
        return
    part, rest = parts[0], parts[1:]
    if part == "**":
        for folder, names in _folders(base):
            if rest:
                yield from _matches(folder, rest)
            else:
                yield from (str(Path(folder, name)) for name in names)
    elif has_magic(part):
        for name in _names(base):
            if fnmatchcase(name, part) and (part.startswith(".") or not _is_unseen(name)):
                path = str(Path(base, name))
                if not rest or Path(path).is_dir():
                    yield from _matches(path, rest)
    elif os.path.lexists(Path(base, part)):
        yield from _matches(str(Path(base, part)), rest)


def _is_unseen(name: str) -> bool:
    """True if a file is hidden, or one that Office or Windows keeps beside documents."""
    return name.startswith(_UNSEEN_STARTS) or name.lower() in _UNSEEN_NAMES


def _names(folder: str) -> list[str]:
    try:
        return sorted(path.name for path in Path(folder or ".").iterdir())
    except OSError:
        return []


def _folders(top: str) -> Iterator[tuple[str, list[str]]]:
    """Yield a folder and all below it that are not hidden, each once, with the names in it."""
    seen = set()
    waiting = [top]
    while waiting:
        folder = waiting.pop()
        real = os.path.realpath(folder or ".")
        if real in seen:
            continue
        seen.add(real)
        names = [name for name in _names(folder) if not _is_unseen(name)]
        yield folder, names
        below = (Path(folder, name) for name in reversed(names))
        waiting += [str(path) for path in below if path.is_dir() and not is_result(path)]


def _files(path: Path, format: str, failures: list[Failure], others: dict[str, Path]) -> list[Path]:
    if is_result(path):
        return []
    if path.is_dir() and format in ("auto", "dataset") and is_dataset(path):
        others |= _beside_dataset(path)
        return [path]
    if not path.is_dir():
        return [path]
    return [path] if format == "dataset" else list(_in_folder(path, format, failures, others))


def _in_folder(
    folder: Path, format: str, failures: list[Failure], others: dict[str, Path]
) -> Iterator[Path]:
    """Yield the files of a folder that have the format; put the others into `others`."""

    def refuse(error: OSError) -> None:
        place = printable(str(error.filename or folder))
        failures.append(
            Failure(
                id=readable(place),
                source=place,
                stage="read",
                reason=f"cannot open the folder: {error.strerror}",
                advice="check its permissions",
            )
        )

    for root, folders, names in os.walk(folder, onerror=refuse):
        if format == "auto" and is_dataset(Path(root)):
            folders.clear()
            others |= _beside_dataset(Path(root))
            yield Path(root)
            continue
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".") and not is_result(Path(root) / name)
        )
        beside_runs = RESERVED_NAMES if SERIES_LOCK in names else frozenset()
        place = Path(root)
        for name in sorted(names):
            if _is_unseen(name) or name in beside_runs:
                continue  # pages and pointers beside dated runs
            kind = SUFFIXES.get(suffix_of(_without_packing(name).lower()) or "")
            if kind and format in ("auto", kind):
                yield place / name
            else:
                others[os.path.realpath(place / name)] = place / name


def _beside_dataset(folder: Path) -> dict[str, Path]:
    """Return the files in the folder of a saved dataset that do not belong to it."""
    files = (Path(root, name) for root, _, names in os.walk(folder) for name in sorted(names))
    return {
        os.path.realpath(file): file
        for file in files
        if file.suffix not in _DATASET_ENDINGS and not _is_unseen(file.name)
    }


def _why_nothing(pattern: str, named: Sequence[Path], others: Mapping[str, Path]) -> str:
    if named:
        counted = f" ({passed_over_line(kinds_of(others.values()))})" if others else ""
        endings = ", ".join(sorted(SUFFIXES))
        return f"the folder has no readable file{counted}; supported endings: {endings}"
    if has_magic(pattern):
        return "no file matches"
    return "no such file or folder"


def _without_packing(name: str) -> str:
    ending = os.path.splitext(name)[1]  # noqa: PTH122 (thousands of names)
    return name[: -len(ending)] if ending.lower() in PACKED else name


def _format(file: Path, format: str) -> str:
    if format != "auto":
        return format
    if file.is_dir():
        return "dataset"
    named = format_of_named(_without_packing(file.name).lower())
    return _format_of_xml(file) if named == "xml" else named


def _format_of_xml(file: Path) -> str:
    """Return what a file of XML is by how it starts; what cannot be opened is said later."""
    try:
        with opened(InputFile(file, "xml", "", "")) as stream:
            found = format_of_start(stream.read(_START_BYTES))
    except UnreadableError:
        return "xml"
    return "xml" if found == "markdown" else found


def _ids(files: Sequence[Path]) -> list[str]:
    """Name files by their stem; by their path below the common folder where stems are alike."""
    stems = [_stem(file) for file in files]
    counts = Counter(stems)
    alike = [file.absolute() for file, stem in zip(files, stems, strict=True) if counts[stem] > 1]
    top = os.path.commonpath([file.parent for file in alike]) if alike else ""
    ids = [
        stem if counts[stem] == 1 else _below(file, top, stem)
        for file, stem in zip(files, stems, strict=True)
    ]
    counts = Counter(ids)
    return [
        name if counts[name] == 1 else _below(file, top, file.name)
        for name, file in zip(ids, files, strict=True)
    ]


def _stem(file: Path) -> str:
    if str(file) == STDIN:
        return "stdin"
    name = _without_packing(file.name)
    suffix = suffix_of(name.lower())
    stem = name[: -len(suffix)] if suffix else name
    return readable(printable(stem or Path(name).stem))


def _below(file: Path, top: str, name: str) -> str:
    return readable(printable(str(file.absolute().parent.relative_to(top) / name)))


def readable(name: str) -> str:
    """Give a name without blanks, slashes and control characters."""
    return re.sub(r"[\s/\\\x00-\x1f]+", "-", name).strip("-") or "document"


def printable(path: str) -> str:
    """Return a path in characters that can be shown on one line.

    Bytes that are no UTF-8 become ``\\xff``, control characters ``\\u001b``.
    """
    return visible_line(os.fsencode(path).decode("utf-8", "backslashreplace"))
