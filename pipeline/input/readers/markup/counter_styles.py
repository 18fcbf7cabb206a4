"""Marks of lists that a style sheet defines itself, with `@counter-style`.

Source: CSS Counter Styles Level 3. `range`, `negative` and `fallback` are not followed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import html

from models.patterns import lazy
from pipeline.input.readers.markup.counters import write_before
from pipeline.input.readers.markup.numbers import item_numbers, number_mark

_STYLE = lazy(r"@counter-style\s+([\w-]+)\s*\{([^{}]*)\}", re.IGNORECASE)
_SAID = lazy(r"([\w-]+)\s*:\s*((?:\"[^\"]*\"|'[^']*'|[^;\"'])+)")
_SYMBOL = lazy(r"\"([^\"]*)\"|'([^']*)'|([^\s\"',]+)")
_ESCAPE = lazy(r"\\([0-9A-Fa-f]{1,6})\s?")
_LONGEST = 20


@dataclass(frozen=True, slots=True)
class CounterStyle:
    """A counter style: how it counts, the style it extends or the first number, its symbols."""

    system: str
    argument: str
    symbols: tuple[str, ...]
    weights: tuple[int, ...]
    """The number that each symbol of an additive style stands for."""
    prefix: str
    suffix: str | None

    def mark(self, number: int) -> str:
        """Return the mark of an item."""
        if self.system == "extends":
            base = number_mark(number, self.argument)
            own = base.rstrip(".、")
            suffix = base[len(own) :] if self.suffix is None else self.suffix
        else:
            own = self._counted(number) or str(number)
            suffix = ". " if self.suffix is None else self.suffix
        return f"{self.prefix}{own}{suffix}"

    def _counted(self, number: int) -> str:
        symbols, count = self.symbols, len(self.symbols)
        if self.system == "fixed":
            place = number - int(self.argument or 1)
            return symbols[place] if 0 <= place < count else ""
        if number < 1 or not count:
            return symbols[0] if symbols and not number and self.system == "numeric" else ""
        if self.system == "cyclic":
            return symbols[(number - 1) % count]
        if self.system == "additive":
            return self._added(number)
        if self.system == "numeric" and count > 1:
            return _in_digits(number, symbols, 0)
        if self.system == "alphabetic" and count > 1:
            return _in_digits(number, symbols, 1)
        return (symbols[(number - 1) % count] * ((number - 1) // count + 1))[:_LONGEST]

    def _added(self, number: int) -> str:
        written = ""
        for weight, symbol in zip(self.weights, self.symbols, strict=True):
            if weight and number >= weight and len(written) < _LONGEST:
                written += symbol * min(number // weight, _LONGEST)
                number %= weight
        return "" if number else written


def _in_digits(number: int, symbols: tuple[str, ...], first: int) -> str:
    """Return a number with symbols as digits, of which the first stands for 0 or 1."""
    written = ""
    while number:
        number, place = divmod(number - first, len(symbols))
        written = symbols[place] + written
    return written


def counter_styles(sheet: str) -> dict[str, CounterStyle]:
    """Return the counter styles that a sheet defines, by their names."""
    return {name.lower(): _style(said) for name, said in _STYLE.findall(sheet)}


def style_rules(sheet: str) -> str:
    """Return the rules of a sheet that define counter styles."""
    return "".join(match[0] for match in _STYLE.finditer(sheet))


def _style(declarations: str) -> CounterStyle:
    said = {name.lower(): value.strip() for name, value in _SAID.findall(declarations)}
    system, _, argument = said.get("system", "symbolic").lower().partition(" ")
    given = _symbols(said.get("additive-symbols" if system == "additive" else "symbols", ""))
    weights: tuple[int, ...] = ()
    if system == "additive":
        pairs = [
            (int(n), s) for n, s in zip(given[::2], given[1::2], strict=False) if n.isdecimal()
        ]
        weights, given = tuple(n for n, _ in pairs), tuple(s for _, s in pairs)
    is_first = argument.lstrip("-").isdecimal()
    return CounterStyle(
        system,
        argument if system == "extends" or is_first else "",
        given,
        weights,
        "".join(_symbols(said.get("prefix", ""))[:1]),
        "".join(_symbols(said["suffix"])[:1]) if "suffix" in said else None,
    )


def _symbols(written: str) -> tuple[str, ...]:
    words = ("".join(match) for match in _SYMBOL.findall(written))
    return tuple(_ESCAPE.sub(lambda code: chr(int(code[1], 16) & 0xFFFF), word) for word in words)


def write_marks(tree: html.HtmlElement, styles: Mapping[str, CounterStyle]) -> None:
    """Write the marks of the lists that have a counter style of their sheet into their text."""
    for listing in tree.iter("ol", "ul"):
        for item, (number, style) in zip(
            listing.iterchildren("li"), item_numbers(listing), strict=True
        ):
            if style in styles:
                write_before(item, styles[style].mark(number))
                item.set("style", f"list-style-type: none; {item.get('style') or ''}")
