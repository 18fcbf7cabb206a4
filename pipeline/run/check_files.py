"""Texts and their translations to what the checks find: `pipeline check`. Loads no model."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from models.errors import suggest
from pipeline.check.checks import CHECKS, LABELS
from pipeline.check.findings.explanations import explanations
from pipeline.check.findings.several import Checker
from pipeline.errors import ConfigError
from pipeline.input.encodings import SAVE_AS_UTF8, UnreadableError, decoded, found_encoding
from pipeline.input.hygiene import blemish_lines, clean_line
from pipeline.input.open import read_plain
from pipeline.input.pairs import read_pairs
from pipeline.input.row_problems import problem_lines
from pipeline.input.spreadsheet import spreadsheet_fault
from pipeline.language.glossary import Glossary
from pipeline.language.plural import plural
from pipeline.records import Finding


@dataclass(frozen=True, slots=True)
class CheckedPair:
    """A line of the source, the same line of the translation, and what was found."""

    source: str
    translation: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Texts:
    """Sources and their translations, in order, with the names of where they are from."""

    sources: tuple[str, ...]
    translations: tuple[str, ...]
    names: tuple[str, str]
    problems: tuple[str, ...] = ()
    """Rows of a table that cannot be read."""
    notices: tuple[str, ...] = ()
    """Rows that others replace, and sheets that are not read."""
    is_table: bool = False
    """True if both texts are in one file, so that none can be off by a line."""


def read_texts(source: Path, translation: Path) -> Texts:
    """Read two files, whose lines N belong together.

    ConfigError if a file cannot be read as text, or the files have not the same number of lines.
    """
    sources, translations = _lines(source), _lines(translation)
    if len(sources) != len(translations):
        raise ConfigError(
            f"{translation}: {len(translations)} lines for the {len(sources)} of {source}; "
            "line N of one must be the translation of line N of the other"
        )
    return Texts(tuple(sources), tuple(translations), (str(source), str(translation)))


def read_table(path: Path) -> Texts:
    """Read a file of pairs: a table with the columns zh and en, JSON Lines, or a file of a tool.

    ConfigError if it cannot be read or has no pair.
    """
    found = read_pairs(path)
    faults = [(pair, spreadsheet_fault(pair.en, pair.zh)) for pair in found.pairs]
    shown = problem_lines((str(path), pair.line, fault) for pair, fault in faults if fault)
    pairs = [(pair.zh, pair.en) for pair, fault in faults if not fault]
    problems = (*found.problems, *shown)
    if not pairs:
        raise ConfigError(problems[0] if problems else f"{path}: holds no pair of sentences")
    return Texts(
        tuple(zh for zh, _ in pairs),
        tuple(en for _, en in pairs),
        (f"{path}, Chinese", f"{path}, English"),
        problems,
        found.notices,
        is_table=True,
    )


def warnings(texts: Texts) -> Iterator[str]:
    """Yield what is wrong with the lines themselves: HTML entities, tabs, empty lines."""
    for name, lines in zip(texts.names, (texts.sources, texts.translations), strict=True):
        yield from blemish_lines(name, lines, is_table=texts.is_table)


def cleaned(texts: Texts) -> Texts:
    """Return the texts without HTML entities, byte order marks and stray blanks."""
    return replace(
        texts,
        sources=tuple(map(clean_line, texts.sources)),
        translations=tuple(map(clean_line, texts.translations)),
    )


def check_texts(
    texts: Texts, glossary: Glossary | None, *, processes: int = 1
) -> list[CheckedPair]:
    """Run the checks on each source and its translation.

    Raises PipelineError if one of several processes was killed.
    """
    pairs = [(zh, en, ()) for zh, en in zip(texts.sources, texts.translations, strict=True)]
    found = Checker(glossary, processes)(pairs)
    return [CheckedPair(zh, en, tuple(own)) for (zh, en, _), own in zip(pairs, found, strict=True)]


def _lines(path: Path) -> list[str]:
    try:
        data = read_plain(path)
        encoding = found_encoding(data, is_whole=True, advice=SAVE_AS_UTF8) if data else "utf-8"
        text = decoded(data, encoding, SAVE_AS_UTF8)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    except UnreadableError as error:
        raise ConfigError(f"{path}: {error}") from None
    lines = text.split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def errors(pairs: Sequence[CheckedPair]) -> int:
    """Count the pairs with a finding of severity error."""
    return sum(any(found.severity == "error" for found in pair.findings) for pair in pairs)


def allowed_errors(limit: str, pairs: int) -> float:
    """Read `12` (pairs) or `3%` (of all pairs) as a number of pairs.

    ConfigError if it is neither.
    """
    number = limit.removesuffix("%").strip()
    try:
        value = float(number)
    except ValueError:
        value = -1
    if not 0 <= value < float("inf"):
        raise ConfigError(f"--max-errors {limit}: write a number of pairs, or a share such as 3%")
    return value * pairs / 100 if limit.endswith("%") else value


def checked_json(pairs: Sequence[CheckedPair]) -> str:
    """Render every pair with its findings, and a summary, as JSON; UTF-8 is not escaped."""
    summary = {
        "pairs": len(pairs),
        "flagged": sum(bool(pair.findings) for pair in pairs),
        "with_errors": errors(pairs),
        "checks": {row.check: {"pairs": row.pairs, "errors": row.errors} for row in summed(pairs)},
    }
    rows = [asdict(pair) for pair in pairs]
    return json.dumps({"sentences": rows, "summary": summary}, ensure_ascii=False, indent=1)


@dataclass(frozen=True, slots=True)
class CheckSum:
    """In how many pairs a check found something, and in how many of these an error."""

    check: str
    pairs: int
    errors: int


def summed(pairs: Sequence[CheckedPair]) -> list[CheckSum]:
    """Return the checks that found something, the most frequent first."""
    flagged = Counter(name for pair in pairs for name in {f.check for f in pair.findings})
    wrong = Counter(
        name for pair in pairs for name in {f.check for f in pair.findings if f.severity == "error"}
    )
    return [CheckSum(name, count, wrong[name]) for name, count in flagged.most_common()]


def checked_lines(pairs: Sequence[CheckedPair]) -> Iterator[str]:
    """Render the pairs that have findings, and a summary by check, for people."""
    for number, pair in enumerate(pairs, start=1):
        if pair.findings:
            yield f"{number}: {pair.source}"
            yield f"{' ' * len(str(number))}  {pair.translation or '(empty)'}"
            for found in pair.findings:
                yield f"{' ' * len(str(number))}  {found.severity} {found.check}: {found.message}"
    rows = summed(pairs)
    for row in rows:
        wrong = f", {plural(row.errors, 'error')}" if row.errors else ""
        yield f"{row.check:<13}{plural(row.pairs, 'pair')} with {LABELS[row.check]}{wrong}"
    flagged = sum(bool(pair.findings) for pair in pairs)
    counts = ", ".join(f"{row.check} {row.pairs}" for row in rows)
    yield (
        f"{plural(len(pairs), 'pair')}, {flagged} with findings, {errors(pairs)} with errors"
        + (f": {counts}" if counts else "")
    )


def explained_lines(name: str) -> Iterator[str]:
    """Yield what a check knows and what it does not. ConfigError if there is no such check."""
    check = next((check for check in CHECKS if check.name == name), None)
    if check is None:
        raise ConfigError(f"--explain {name}: no such check; {suggest(name, list(LABELS))}")
    explanation = explanations()[name]
    yield f"{name}: finds {check.label} ({check.severity or 'severity depends on the finding'})"
    yield f"knows: {explanation.knows}"
    yield f"does not know: {explanation.misses}"
