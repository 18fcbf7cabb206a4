"""Regular expressions of large tables, compiled when they are first needed."""

import re
from functools import cache

from models.patterns import lazy


@cache
def compiled(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Return a compiled pattern of a table; `pattern` and `flags` are as for `re.compile`.

    A table has hundreds of patterns, of which a text needs a few: to compile all of them takes
    longer than to check a thousand sentences. No pattern is forgotten, as `re.compile` does.
    """
    return lazy(pattern, flags)


_ASSERTION = lazy(r"\(\?<?[=!][^()]*\)")
_GROUP = lazy(r"\((?:\?(?P<flags>[a-z]*):)?")
_OPTIONAL = lazy(r"[?*]|\{0")


def first_characters(pattern: str) -> frozenset[str] | None:
    """Return the characters that a match of a pattern may begin with; None if any may.

    Only plain characters, sets of them, and groups of these are understood. Letters of a group
    that minds no case are returned in both cases.
    """
    firsts: set[str] = set()
    for part in _alternatives(pattern):
        first = _first(part)
        if first is None:
            return None
        firsts |= first
    return frozenset(firsts)


def _first(part: str) -> set[str] | None:
    """Return the first characters of a pattern without alternatives of its own."""
    while assertion := _ASSERTION.match(part):
        part = part[assertion.end() :]
    if group := _GROUP.match(part):
        end = _closing(part)
        inner = first_characters(part[group.end() : end])
        found = set(inner) if inner else None
        if found and "i" in (group["flags"] or ""):
            found |= {*map(str.lower, found), *map(str.upper, found)}
    elif re.match(r"\[(?!\^)[^\\\]-]*\]", part):
        end = part.index("]")
        found = set(part[1:end])
    elif re.match(r"\\[^\w]|[^\\.^$*+?{}\[\]|()]", part):
        end = 1 if part[0] == "\\" else 0
        found = {part[end]}
    else:
        return None
    if found and _OPTIONAL.match(part, end + 1):
        rest = _first(part[end + 2 :]) if part[end + 1] == "?" else None
        return found | rest if rest else None
    return found


def _alternatives(pattern: str) -> list[str]:
    """Return the parts of a pattern between the bars outside of its groups and sets."""
    parts, start, place = [], 0, 0
    while place < len(pattern):
        if pattern[place] == "\\":
            place += 1
        elif pattern[place] in "([":
            place += _closing(pattern[place:])
        elif pattern[place] == "|":
            parts.append(pattern[start:place])
            start = place + 1
        place += 1
    return [*parts, pattern[start:]]


def _closing(part: str) -> int:
    """Return where the group or set ends that a part begins with."""
    depth, place, in_set = 0, 0, False
    while place < len(part):
        one = part[place]
        if one == "\\":
            place += 1
        elif in_set:
            in_set = one != "]"
        elif one == "[":
            in_set = True
        else:
            depth += (one == "(") - (one == ")")
        if depth == 0 and not in_set:
            return place
        place += 1
    raise ValueError(f"a group has no end: {part}")
