"""Reference translations beside the input: pairs of Chinese and English sentences."""

import json
from collections.abc import Iterator, Sequence

from pipeline.errors import ConfigError
from pipeline.input.needed import read_needed


def read_references(names: Sequence[str]) -> dict[str, str]:
    """Return English by Chinese without spaces, from JSONL or TSV files of `zh` and `en`.

    Raises ConfigError for every file or line that cannot be read, all at once.
    """
    references: dict[str, str] = {}
    problems: list[str] = []
    for name in names:
        try:
            text = read_needed(name, "score.references")
        except ConfigError as error:
            problems += error.problems
            continue
        pairs = _jsonl_pairs if name.endswith((".jsonl", ".json")) else _tsv_pairs
        try:
            references |= {reference_key(zh): en for zh, en in pairs(text)}
        except ValueError as error:
            problems.append(f"score.references: {name}:{error}")
    if problems:
        raise ConfigError(*problems)
    return references


def reference_key(zh: str) -> str:
    """Return a Chinese sentence without its spaces: the key it is looked up by."""
    return "".join(zh.split())


def _jsonl_pairs(text: str) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            zh, en = row["zh"], row["en"]
        except (ValueError, KeyError, TypeError):
            raise ValueError(f"{number}: not a JSON object with 'zh' and 'en'") from None
        if not isinstance(zh, str) or not isinstance(en, str):
            raise ValueError(f"{number}: 'zh' and 'en' must be text")
        yield zh, en


def _tsv_pairs(text: str) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        zh, tab, en = line.partition("\t")
        if not tab:
            raise ValueError(f"{number}: no tab between Chinese and English")
        yield zh, en
