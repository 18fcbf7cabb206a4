"""Patterns are passed over in a text without their characters, so every match must have one."""

import re
from collections.abc import Collection, Iterable
from re import _parser  # type: ignore[attr-defined]
from typing import Any

import pytest

from pipeline.summarize import compress, cuts, tighten

LISTED: list[tuple[str, re.Pattern[str]]] = [
    *compress._EMPTY,
    *cuts.CUTS,
    *(row[:2] for row in cuts._FORMS),
    *(row[:2] for row in tighten._CUTS),
    (cuts._FIRST, re.compile(cuts.VERB)),
    ("，", cuts._SPEECH),
]


@pytest.mark.parametrize(("needed", "pattern"), LISTED, ids=lambda part: str(part)[:12])
def test_a_match_has_a_needed_character(needed: str, pattern: re.Pattern[str]) -> None:
    assert needs(_parser.parse(pattern.pattern), needed)


@pytest.mark.parametrize("pattern", ["[^在]", "在?", "(?!在)", "在|上", "[在上]", "在{0,2}"])
def test_a_match_without_one_is_found(pattern: str) -> None:
    assert not needs(_parser.parse(pattern), "在")


def needs(sequence: Iterable[tuple[Any, Any]], characters: Collection[str]) -> bool:
    """True if every match has one of the characters, or has it beside it."""
    return any(_needs(str(kind), value, characters) for kind, value in sequence)


def _needs(kind: str, value: Any, characters: Collection[str]) -> bool:
    match kind:
        case "LITERAL":
            return chr(value) in characters
        case "IN":
            return all(map(characters.__contains__, _members(value)))
        case "BRANCH":
            return all(needs(branch, characters) for branch in value[1])
        case "SUBPATTERN":
            return needs(value[3], characters)
        case "ASSERT":
            return needs(value[1], characters)
        case "MAX_REPEAT" | "MIN_REPEAT":
            return value[0] > 0 and needs(value[2], characters)
    return False


def _members(value: Iterable[tuple[Any, Any]]) -> Iterable[str]:
    """Yield the characters of a set; an empty text for what is none, as in [^在]."""
    for kind, what in value:
        if str(kind) == "LITERAL":
            yield chr(what)
        elif str(kind) == "CATEGORY" and str(what) == "CATEGORY_DIGIT":
            yield from "0123456789"
        else:
            yield "none"
