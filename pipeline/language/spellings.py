"""How Chinese names can be spelled: pinyin with every reading, Wade-Giles, older surnames.

王建国 is Wang Jianguo, Jianguo Wang, Wang Chien-kuo; 曾 is Zeng, Ceng or Tsang. A spelling has
small letters only, as `folded` gives them.
"""

import re
import unicodedata
from functools import lru_cache
from html import unescape
from itertools import product

from pipeline.data_file import data_rows, data_words
from pipeline.language.surnames import DOUBLE_SURNAMES

_MOST_READINGS = 5
# Characters that names read in more than one way; others are read as they usually are.
_POLYPHONES = frozenset(
    "长重行乐朝盛尽朴单和华任解仇区都藏传斗发干冠好会教觉几间降将结切少省识数说宿调兴要应与载折正只中种转"
    "缪查翟盖葛尉员校薄卜不参厦艾蔚莘晟珏奇隽曾大六丽台崖番阿蚌堡泊柏都洪亳莞许涡浒铅歙莒郇郯泷浚洞荥浍洮"
    "繁枞什邡令黄牟石可会宁合适尺巷那曲伽叶沓婼瑷珲穆倈东番禺圳峙泌陂犍句车汤"
)
_INITIALS = (
    ("zhi", "chih"), ("chi", "chih"), ("shi", "shih"), ("ri", "jih"), ("zi", "tzu"), ("ci", "tzu"),
    ("si", "ssu"), ("zh", "ch"), ("ch", "ch"), ("sh", "sh"), ("b", "p"), ("p", "p"), ("d", "t"),
    ("t", "t"), ("g", "k"), ("k", "k"), ("j", "ch"), ("q", "ch"), ("x", "hs"), ("r", "j"),
    ("z", "ts"), ("c", "ts"),
)  # fmt: skip


_MARKS = {code: None for code in range(128) if not chr(code).isalnum()}


def folded(text: str) -> str:
    """Return a text's letters and digits alone: no case, accents, hyphens, spaces."""
    if text.isascii() and "&" not in text:
        return text.lower().translate(_MARKS)
    decomposed = unicodedata.normalize("NFKD", unescape(text).casefold())
    return "".join(filter(str.isalnum, decomposed))


@lru_cache(maxsize=8192)
def readings_of(character: str) -> frozenset[str]:
    """Return every reading of a Chinese character in pinyin without tones, ü as u and as v."""
    # imported here: loading the dictionary is slow, and most runs need no name in pinyin
    from pypinyin import Style, pinyin

    every: list[list[str]] = pinyin(
        character, style=Style.NORMAL, heteronym=character in _POLYPHONES, errors="ignore"
    )
    surname, _ = _surnames().get(character, ((), ()))
    plain = [*surname, *(every[0] if every else ())]
    umlauts = [one.replace("v", other) for one in plain if "v" in one for other in ("u", "yu")]
    return frozenset(plain[:_MOST_READINGS] + umlauts)


@lru_cache(maxsize=8192)
def usual_reading(character: str) -> str:
    """Return the usual reading of a Chinese character in pinyin; empty if it has none."""
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin(character, style=Style.NORMAL, errors="ignore"))


def split_name(name: str) -> tuple[str, str]:
    """Return family name and given name of a Chinese name."""
    length = 2 if name[:2] in DOUBLE_SURNAMES and len(name) > 2 else 1
    return name[:length], name[length:]


def spellings(name: str) -> frozenset[str]:
    """Return how a Chinese person's name may be written, in either order, as `folded` gives it."""
    family, given = split_name(name)
    families = family_readings(family)
    spelled: set[str] = set()
    for one, other in product(families, joined_readings(given)):
        spelled |= {one + other, other + one}
    if len(given) > 1:
        older = {*map(wade_giles, families), *other_surnames(family)}
        given_parts = product(*(readings_of(character) for character in given))
        given_names = {"".join(map(wade_giles, parts)) for parts in given_parts}
        spelled |= {one + other for one, other in product(older, given_names)}
    return frozenset(spelled)


def family_spellings(family: str) -> frozenset[str]:
    """Return how a family name may be written, by people from anywhere."""
    readings = family_readings(family)
    return readings | {*map(wade_giles, readings), *other_surnames(family)}


def other_surnames(family: str) -> tuple[str, ...]:
    """Return spellings of a family name outside the mainland."""
    return _surnames().get(family, ((), ()))[1]


def surname_reading(family: str) -> str:
    """Return how a character is read as a family name; empty if as elsewhere."""
    return next(iter(_surnames().get(family, ((), ()))[0]), "")


def family_readings(family: str) -> frozenset[str]:
    """Return how a family name is read in pinyin."""
    return frozenset(_surnames().get(family, ((), ()))[0]) or joined_readings(family)


def joined_readings(characters: str) -> frozenset[str]:
    """Return how characters are written in pinyin, with every reading of each."""
    readings = [sorted(readings_of(character)) for character in characters]
    return frozenset("".join(parts) for parts in product(*readings))


@lru_cache(maxsize=1)
def _surnames() -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return the readings and the other spellings of family names, by character."""
    table: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
    for characters, *columns in data_rows(__file__, "surnames.tsv"):
        readings, others = (tuple(column.split()) for column in (*columns, "", "")[:2])
        table.update(dict.fromkeys(characters, (readings, others)))
    return table


@lru_cache(maxsize=2048)
def wade_giles(syllable: str) -> str:
    """Return a syllable of pinyin in the spelling of Wade and Giles, without its marks."""
    if syllable in ("zhi", "chi", "shi", "ri", "zi", "ci", "si"):
        return dict(_INITIALS)[syllable]
    initial, older = next((pair for pair in _INITIALS if syllable.startswith(pair[0])), ("", ""))
    final = syllable[len(initial) :]
    final = re.sub(r"ong$", "ung", final)
    final = re.sub(r"^ian$", "ien", final)
    final = re.sub(r"^ie$", "ieh", final)
    final = re.sub(r"^(?:ue|ve)$", "ueh", final)
    if initial in ("g", "k", "h") and final == "ui":
        final = "uei"
    if initial in ("g", "k", "") and final == "e":
        final = "o"
    if final == "uo" and initial not in ("g", "k", "sh", ""):
        final = "o"
    if initial in ("zh", "ch", "sh") and final == "e":
        final = "eh"
    whole = older + final
    return {"yan": "yen", "yi": "i", "you": "yu", "ye": "yeh", "yue": "yueh", "juan": "jan"}.get(
        whole, whole
    )


@lru_cache(maxsize=4096)
def syllable_splits(word: str) -> tuple[tuple[str, ...], ...]:
    """Return every way to read a folded word as one to four syllables of pinyin.

    A syllable that begins with a vowel after another needs an apostrophe, hence is not read.

    >>> syllable_splits("jianguo"), syllable_splits("smith")
    ((('jian', 'guo'),), ())
    """
    if len(word) > 20:
        return ()
    splits: list[tuple[str, ...]] = []

    def read(start: int, parts: tuple[str, ...]) -> None:
        if start == len(word):
            splits.append(parts)
            return
        if len(parts) == 4 or (parts and word[start] in "aeiouv"):
            return
        for end in range(start + 1, min(start + 6, len(word)) + 1):
            if is_syllable(word[start:end]):
                read(end, (*parts, word[start:end]))

    read(0, ())
    return tuple(splits)


def is_syllable(text: str) -> bool:
    """True if the text is a syllable of pinyin."""
    return text in _syllables()


@lru_cache(maxsize=1)
def _syllables() -> frozenset[str]:
    """Return the syllables of pinyin."""
    return frozenset(data_words(__file__, "syllables.txt"))
