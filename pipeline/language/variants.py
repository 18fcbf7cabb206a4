"""Simplified and traditional characters: detect and convert them."""

import unicodedata
from collections import Counter
from functools import cache, lru_cache
from typing import Any, Literal

from models.patterns import lazy
from pipeline.records import Script

ConvertTo = Literal["as_written", "auto", "simplified", "traditional"]
"""Characters to which a document is converted before segmentation."""

_MIXED_SHARE = 0.15
_LONE_SURROGATE = lazy(r"[\ud800-\udfff]+")
_CONVERSIONS: dict[str, str] = {"simplified": "t2s", "traditional": "s2t"}


def script(text: str) -> Script:
    """Return the script of a text, judged by characters that only one script has.

    `mixed` if the rarer script has more than 15 % of them; `unknown` if there are none (上海 is
    written the same in both).

    >>> script("臺北市優化環境"), script("优化营商环境"), script("上海")
    ('traditional', 'simplified', 'unknown')
    """
    counts: Counter[Script] = Counter()
    for character, times in Counter(text).items():
        if character >= "\u3400" and (own := _own_script(character)):
            counts[own] += times
    simplified, traditional = counts["simplified"], counts["traditional"]
    if not simplified + traditional:
        return "unknown"
    if min(simplified, traditional) > _MIXED_SHARE * (simplified + traditional):
        return "mixed"
    return "simplified" if simplified > traditional else "traditional"


@cache
def _own_script(character: str) -> Script | None:
    """Return the only script with this character, by the national standards; else None."""
    in_simplified = _is_in(character, "gb2312")
    if in_simplified == _is_in(character, "big5"):
        return None
    return "simplified" if in_simplified else "traditional"


def _is_in(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def conversion(to: ConvertTo, text: str) -> ConvertTo:
    """Return what `auto` means for a text: `simplified` if it has traditional characters."""
    if to != "auto":
        return to
    return "simplified" if script(text) in ("traditional", "mixed") else "as_written"


def converted(text: str, to: ConvertTo) -> str:
    """Return the text converted to another script, character for character: offsets stay true.

    OpenCC chooses by context (頭髮, 發展). The few phrases that it would lengthen or shorten are
    converted character by character.

    >>> converted("臺灣發展，頭髮", "simplified")
    '台湾发展，头发'
    """
    to = conversion(to, text)
    if to == "as_written":
        return text
    converter = _converter(_CONVERSIONS[to])
    if lone := _LONE_SURROGATE.search(text):  # OpenCC reads UTF-8, which has none
        return converted(text[: lone.start()], to) + lone[0] + converted(text[lone.end() :], to)
    whole: str = converter.convert(text)
    if len(whole) == len(text):
        return whole
    return "".join(_line(converter, line) for line in text.splitlines(keepends=True))


@lru_cache(maxsize=64)  # several checks read the same sentence
def simplified_twin(text: str) -> str:
    """Return the text in simplified characters, of the same length: the text that checks read.

    Radicals and compatibility forms that look like a character become that character (⼗⼋ is
    十八). A text without characters that only the traditional script has is not converted.
    """
    text = _LOOK_ALIKE.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)
    different = {*text}  # a long text repeats its characters
    if any(one >= "\u3400" and _own_script(one) == "traditional" for one in different):
        return converted(text, "simplified")
    return text


_LOOK_ALIKE = lazy("[\u2e80-\u2fd5\uf900-\ufad9]")
"""Radicals and compatibility forms, which have one character each instead."""


def simple_characters(text: str) -> str:
    """Return the text in simplified characters and half-width letters, of the same length.

    Every character is converted by itself, whatever is beside it, so that a word in one text is
    found in another one.

    >>> simple_characters("５Ｇ網絡，發展改革委")
    '5G网络,发展改革委'
    """
    return text.translate(_SIMPLE)


class _SimpleCharacters(dict[int, str]):
    """A table for `str.translate`, filled as characters are met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        simple = character
        if "\uff01" <= character <= "\uff5e":
            simple = chr(code - 0xFEE0)
        elif character >= "\u3400":
            simple = converted(character, "simplified")
        self[code] = simple if len(simple) == 1 else character
        return self[code]


_SIMPLE = _SimpleCharacters()


def _line(converter: Any, line: str) -> str:
    changed: str = converter.convert(line)
    if len(changed) == len(line):
        return changed
    single = (converter.convert(character) for character in line)
    return "".join(new if len(new) == 1 else old for new, old in zip(single, line, strict=True))


@cache
def _converter(name: str) -> Any:
    # loaded on demand: the dictionaries take some milliseconds
    import opencc

    return opencc.OpenCC(name)
