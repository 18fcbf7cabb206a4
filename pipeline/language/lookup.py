"""Find many fixed names in a text, in time that does not grow with the number of names."""

from collections import defaultdict
from collections.abc import Iterable, Iterator


class Lookup:
    """Names that a text may have; empty ones are left out."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(filter(None, names))
        lengths: dict[str, set[int]] = defaultdict(set)
        for name in self._names:
            lengths[name[0]].add(len(name))
        self._lengths = {first: sorted(every, reverse=True) for first, every in lengths.items()}

    def at(self, text: str, position: int) -> Iterator[str]:
        """Yield the names that begin at a position, the longest first."""
        for length in self._lengths.get(text[position], ()):
            name = text[position : position + length]
            if name in self._names:
                yield name

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Return where names are: the longest at each place, without overlap, in order."""
        spans: list[tuple[int, int]] = []
        position = 0
        for start in self.starts(text):
            if start >= position and (name := next(self.at(text, start), "")):
                position = start + len(name)
                spans.append((start, position))
        return spans

    def starts(self, text: str) -> Iterator[int]:
        """Yield the positions at which a name may begin."""
        lengths = self._lengths
        return (position for position, one in enumerate(text) if one in lengths)
