"""Names of people and places in pinyin, as newspapers write them: Chen Jiahua, Jinshan."""

import re

from pipeline.language.surnames import DOUBLE_SURNAMES

# Family names that are read differently from the same character elsewhere.
_SURNAMES = {
    "单": "Shan", "查": "Zha", "仇": "Qiu", "曾": "Zeng", "区": "Ou", "盖": "Ge", "翟": "Zhai",
    "朴": "Piao", "缪": "Miao", "乐": "Yue", "员": "Yun", "召": "Shao", "折": "She", "隗": "Wei",
    "繁": "Po", "洗": "Xian", "么": "Yao", "覃": "Qin", "种": "Chong", "黑": "He", "祭": "Zhai",
    "阚": "Kan", "秘": "Bi", "句": "Gou", "卜": "Bu", "薄": "Bo", "解": "Xie", "任": "Ren",
    "宁": "Ning", "葛": "Ge", "那": "Na", "过": "Guo", "尉迟": "Yuchi", "澹台": "Tantai",
    "长孙": "Zhangsun",
}  # fmt: skip


def pinyin_name(name: str) -> str:
    """Return a personal name in pinyin, family name first; a Latin name stays unchanged.

    >>> pinyin_name("陈佳华"), pinyin_name("单田芳"), pinyin_name("阿卜杜拉·买买提")
    ('Chen Jiahua', 'Shan Tianfang', 'Abudula Maimaiti')
    """
    name = re.sub(r"[ \u3000]", "", name) if not name.isascii() else name
    if "·" in name or name.isascii():
        return " ".join(syllables(part) if not part.isascii() else part for part in name.split("·"))
    length = 2 if name[:2] in DOUBLE_SURNAMES and len(name) > 2 else 1
    family, given = name[:length], name[length:]
    return f"{_SURNAMES.get(family) or syllables(family)} {syllables(given)}".strip()


def syllables(text: str) -> str:
    """Return characters in pinyin as one word."""
    return "".join(readings(text, umlaut=True)).capitalize()


def readings(text: str, *, umlaut: bool = False) -> list[str]:
    """Return the pinyin of each character without tones, with ü or with v for ü."""
    # imported here: loading the dictionary is slow, and most runs need no name in pinyin
    from pypinyin import Style, lazy_pinyin

    syllables: list[str] = lazy_pinyin(text, style=Style.NORMAL, v_to_u=umlaut)
    return syllables
