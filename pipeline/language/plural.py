"""Numbers of things, in English."""


def plural(number: int, noun: str, several: str = "") -> str:
    """Return a number and its noun: `1 page`, `1,200 pages`; `several` if it is not noun + s."""
    return f"{number:,} {noun if number == 1 else several or noun + 's'}"
