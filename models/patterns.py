"""Regular expressions that are compiled when they are first used.

What is compiled is kept where Python keeps the bytecode of this module, if it keeps any: the
standard library takes a fifth of a short run to compile the package's patterns.
"""

import atexit
import importlib.util
import marshal
import re
import sys
from array import array
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, cast

from models.files import write_whole

_MEMBERS = (
    *("search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"),
    *("flags", "groups", "groupindex"),
)
_MOST = 2_000
"""Compiled patterns that are kept; with more, most are of earlier versions of the package."""

_Compiled = tuple[int, bytes, int, dict[str, int]]
"""What `_sre.compile` takes of a pattern: flags, code, number of groups, numbers of names."""


def lazy(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Return a pattern as `re.compile` does, but compile it when it is first used.

    The package has some eight hundred patterns, and a command needs a few of them: to compile all
    takes half a second. A mistake in a pattern is raised on its first use, as re.error.
    """
    return cast("re.Pattern[str]", LazyPattern(pattern, flags))


class LazyPattern:
    """A pattern that has the members of `re.Pattern` from its first use on."""

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self.pattern = pattern
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        if name not in _MEMBERS:
            raise AttributeError(name)
        try:
            compiled = _compile(self.pattern, self._flags)
        except (ImportError, AttributeError, TypeError, ValueError, RuntimeError):
            # a Python that compiles in another way, or a damaged file
            compiled = re.compile(self.pattern, self._flags)
        for member in _MEMBERS:
            setattr(self, member, getattr(compiled, member))
        return getattr(compiled, name)


def _compile(pattern: str, flags: int) -> re.Pattern[str]:
    """Do what `re.compile` does, with the code that an earlier process made where it is kept."""
    import _sre  # type: ignore[import-not-found]
    from re import _compiler, _parser  # type: ignore[attr-defined]

    key, kept = f"{int(flags)} {pattern}", _kept()
    if key not in kept:
        parsed = _parser.parse(pattern, flags)
        state = parsed.state
        code = array("I", _compiler._code(parsed, flags)).tobytes()
        kept[key] = (int(flags | state.flags), code, state.groups - 1, state.groupdict)
    flags, code, groups, names = kept[key]
    by_number: list[str | None] = [None] * (groups + 1)
    for name, number in names.items():
        by_number[number] = name
    words = array("I", code).tolist()
    compiled = _sre.compile(pattern, flags, words, groups, names, tuple(by_number))
    return cast("re.Pattern[str]", compiled)


@cache
def _kept() -> dict[str, _Compiled]:
    """Return the compiled patterns by flags and text; new ones are written when Python ends."""
    kept: dict[str, _Compiled] = {}
    path = Path(importlib.util.cache_from_source(__file__)).with_suffix(f".{sys.hexversion:x}.bin")
    with suppress(OSError, EOFError, ValueError, TypeError):
        kept = dict(marshal.loads(path.read_bytes()))
    known = set(kept)
    if not sys.dont_write_bytecode:
        atexit.register(_keep, path, kept, known)
    return kept


def _keep(path: Path, kept: dict[str, _Compiled], known: set[str]) -> None:
    if kept.keys() == known:
        return
    if len(kept) > _MOST:
        kept = {key: kept[key] for key in kept.keys() - known}
    with suppress(OSError):
        write_whole(path, marshal.dumps(kept))
