"""File names of articles: readable, short, and valid on every file system."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from models.patterns import lazy

WHOLE = "all"
"""Name of the file with every article."""

_MOST_BYTES = 80
_UNSAFE = lazy(r"[^\w.()+-]+")
_RESERVED = lazy(r"(?:con|prn|aux|nul|com\d|lpt\d|files|all)(?:\..*)?", re.IGNORECASE)


def file_names(ids: Sequence[str]) -> list[str]:
    """Return a file name without ending for every article id, all different.

    An id that is a sound name is used as it is. Others lose what a file system may refuse and get
    eight hex digits of their SHA-256. Names that differ only in case get them too.
    """
    names = [_safe_name(name) for name in ids]
    folded = Counter(map(_folded, names))
    return [
        _with_digest(name, identifier) if folded[_folded(name)] > 1 else name
        for name, identifier in zip(names, ids, strict=True)
    ]


def _safe_name(identifier: str) -> str:
    name = unicodedata.normalize("NFC", identifier)
    name = _UNSAFE.sub("-", name).strip("-. ")
    name = name.encode("utf-8", "ignore")[:_MOST_BYTES].decode("utf-8", "ignore").rstrip("-. ")
    if name and name == identifier and not _RESERVED.fullmatch(name):
        return name
    return _with_digest(name, identifier)


def _with_digest(name: str, identifier: str) -> str:
    name = f"article-{name}" if _RESERVED.fullmatch(name) else name
    digest = hashlib.sha256(identifier.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{name}-{digest}" if name else f"article-{digest}"


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKD", name).casefold()
