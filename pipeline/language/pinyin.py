"""Names of people and places in pinyin, as newspapers write them: Chen Jiahua, Jinshan."""

import re

from pipeline.language.spellings import split_name, surname_reading


def pinyin_name(name: str) -> str:
    """Return a personal name in pinyin, family name first; a Latin name stays unchanged.

    >>> pinyin_name("陈佳华"), pinyin_name("单田芳"), pinyin_name("买买提·艾力")
    ('Chen Jiahua', 'Shan Tianfang', 'Maimaiti Aili')
    """
    name = re.sub(r"[ \u3000]", "", name) if not name.isascii() else name
    if "·" in name or name.isascii():
        return " ".join(syllables(part) if not part.isascii() else part for part in name.split("·"))
    family, given = split_name(name)
    read = surname_reading(family).replace("v", "ü").capitalize() or syllables(family)
    return f"{read} {syllables(given)}".strip()


def syllables(text: str) -> str:
    """Return characters in pinyin as one word."""
    return "".join(readings(text, umlaut=True)).capitalize()


def readings(text: str, *, umlaut: bool = False) -> list[str]:
    """Return the pinyin of each character without tones, with ü or with v for ü."""
    # imported here: loading the dictionary is slow, and most runs need no name in pinyin
    from pypinyin import Style, lazy_pinyin

    syllables: list[str] = lazy_pinyin(text, style=Style.NORMAL, v_to_u=umlaut)
    return syllables
