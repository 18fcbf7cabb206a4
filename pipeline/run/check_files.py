"""Two text files, line by line, to what the checks find: `pipeline check`. Loads no model."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pipeline.check.checks import findings
from pipeline.errors import ConfigError
from pipeline.input.encodings import UnreadableError, decoded, found_encoding
from pipeline.input.open import read_plain
from pipeline.language.glossary import Glossary
from pipeline.language.plural import plural
from pipeline.records import Finding


@dataclass(frozen=True, slots=True)
class CheckedPair:
    """A line of the source, the same line of the translation, and what was found."""

    source: str
    translation: str
    findings: tuple[Finding, ...]


def check_files(source: Path, translation: Path, glossary: Glossary | None) -> list[CheckedPair]:
    """Check line N of one file against line N of the other; one row per pair of lines.

    ConfigError if a file cannot be read as text, or the files have not the same number
    of lines.
    """
    sources, translations = _lines(source), _lines(translation)
    if len(sources) != len(translations):
        raise ConfigError(
            f"{translation}: {len(translations)} lines for the {len(sources)} of {source}; "
            "line N of one must be the translation of line N of the other"
        )
    return [
        CheckedPair(zh, en, tuple(findings(zh, en, glossary=glossary)))
        for zh, en in zip(sources, translations, strict=True)
    ]


def _lines(path: Path) -> list[str]:
    try:
        data = read_plain(path)
        text = decoded(data, found_encoding(data, is_whole=True)) if data else ""
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
    """Render every pair with its findings as JSON, UTF-8 not escaped."""
    rows = [asdict(pair) for pair in pairs]
    return json.dumps({"sentences": rows}, ensure_ascii=False, indent=1)


def checked_lines(pairs: Sequence[CheckedPair]) -> Iterator[str]:
    """Render the pairs that have findings, and the count of each check, for people."""
    for number, pair in enumerate(pairs, start=1):
        if pair.findings:
            yield f"{number}: {pair.source}"
            yield f"{' ' * len(str(number))}  {pair.translation or '(empty)'}"
            for found in pair.findings:
                yield f"{' ' * len(str(number))}  {found.severity} {found.check}: {found.message}"
    flagged = sum(bool(pair.findings) for pair in pairs)
    counts = Counter(check for pair in pairs for check in {f.check for f in pair.findings})
    each = ", ".join(f"{check} {count}" for check, count in counts.most_common())
    yield (
        f"{plural(len(pairs), 'pair')}, {flagged} with findings, {errors(pairs)} with errors"
        + (f": {each}" if each else "")
    )
