"""A key that is equal for two copies of the same Chinese sentence."""

import unicodedata


def pairing_key(zh: str) -> str:
    """Return a Chinese sentence without its spaces and control characters.

    These are all that tables, spreadsheets and translation tools change.
    """
    joined = "".join(zh.split())
    if joined.isprintable():
        return joined
    return "".join(c for c in joined if unicodedata.category(c) != "Cc")
