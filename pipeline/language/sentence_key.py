"""When two copies of a Chinese sentence are the same sentence."""

import unicodedata


def pairing_key(zh: str) -> str:
    """Return a Chinese sentence without its spaces and control characters.

    Tables, spreadsheets and translators' tools change those, and nothing else.
    """
    joined = "".join(zh.split())
    if joined.isprintable():
        return joined
    return "".join(c for c in joined if unicodedata.category(c) != "Cc")
