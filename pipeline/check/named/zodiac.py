"""Check that a year keeps its animal: 马年 is the Year of the Horse."""

import re
from collections.abc import Iterator

from models.patterns import lazy
from pipeline.records import Finding, Span

_ANIMALS = {
    "鼠": "rat mouse", "牛": "ox cow bull buffalo", "虎": "tiger", "兔": "rabbit hare bunny",
    "龙": "dragon loong", "蛇": "snake serpent", "马": "horse", "羊": "sheep goat ram",
    "猴": "monkey", "鸡": "rooster chicken cock", "狗": "dog", "猪": "pig boar hog",
}  # fmt: skip
_ALL = frozenset(" ".join(_ANIMALS.values()).split())
_CHINESE = lazy(rf"(?P<animal>[{''.join(_ANIMALS)}])年(?![出产均销存])")
_ENGLISH = lazy(r"\byear\sof\sthe\s(?P<animal>[a-z]+)", re.IGNORECASE)


def zodiac(source: str, translation: str) -> Iterator[Finding]:
    """Yield the first animal that a "Year of the …" has and no year of the source."""
    wanted = {match["animal"]: match for match in _CHINESE.finditer(source)}
    if not wanted:
        return
    right = {word for animal in wanted for word in _ANIMALS[animal].split()}
    for said in _ENGLISH.finditer(translation):
        animal = said["animal"].lower()
        if animal in _ALL and animal not in right:
            first = next(iter(wanted.values()))
            name = _ANIMALS[first["animal"]].split()[0].capitalize()
            message = f"{first[0]} is the Year of the {name}; the translation has “{said[0]}”"
            yield Finding("names", "error", message, Span(*first.span()), Span(*said.span()))
            return
