"""Compare foreign names with their Chinese transliterations by their consonants.

约翰·史密斯 has the consonants of Johann Shimis, near to John Smith. A Chinese character may write
some consonants (史 s or sh), an English word has a row of them; vowels do not count. The
method is that of phonetic codes such as Soundex (Russell 1918).
"""

import re
import unicodedata
from functools import lru_cache

from models.patterns import lazy
from pipeline.data_file import data_rows
from pipeline.language.spellings import usual_reading

_ROWS = list(data_rows(__file__, "transliteration.tsv"))
CHARACTERS, FOREIGN = (
    frozenset("".join(characters for kind, characters in _ROWS if kind == listed))
    for listed in ("all", "foreign")
)
"""Characters that write foreign names, and those that write little else."""

# The consonants that the start of a syllable of pinyin writes: the usual ones, then others.
_INITIALS = {
    "b": ("b", "pv"), "p": ("p", "bf"), "m": ("m", ""), "f": ("fv", "phw"), "d": ("d", "t"),
    "t": ("t", "d"), "n": ("n", "m"), "l": ("lrɹ", ""), "g": ("g", "kc"), "k": ("kc", "gx"),
    "h": ("h", "gkjxfcw"), "j": ("jgk", "zcd"), "q": ("ckS", "tjg"), "x": ("sSh", "czx"),
    "zh": ("jg", "zcdt"), "ch": ("cS", "tjz"), "sh": ("sS", "czh"), "r": ("rj", "zlygɹ"),
    "z": ("zs", "tdcx"), "c": ("cz", "ts"), "s": ("scSz", "tx"), "w": ("wv", "uhgb"),
    "y": ("yj", "hgi"),
}  # fmt: skip
_SILENT_R = lazy(r"(?<=[aeiou])r(?![aeiouy])")
_DIGRAPHS = (
    ("sch", "S"), ("tch", "c"), ("sh", "S"), ("ch", "c"), ("th", "t"), ("ph", "f"), ("gh", "h"),
    ("ck", "k"), ("qu", "k"), ("x", "ks"), ("q", "k"),
)  # fmt: skip
_WEAK = "hwyɹ"  # consonants of English that a transliteration may leave out
_OTHER = 0.7  # what a match is worth that is not the usual one
_OTHER_BEGINNING = 0.85
"""What the likeness is worth of names whose first consonants differ: 卡特里 and Trade."""
_NASAL = 0.5  # weight of a sound that may be missing


@lru_cache(maxsize=4096)
def sounds_of(character: str) -> tuple[tuple[str, str, float], ...]:
    """Return what consonants a Chinese character may write: usual ones, others, their weight."""
    if character == "尔":
        return (("lrɹ", "", 0.7),)
    reading = usual_reading(character)
    match = re.match(r"zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw]", reading)
    sounds = []
    if match:
        weight = _NASAL if match[0] in "wyh" else 1.0
        sounds.append((*_INITIALS[match[0]], weight))
    if reading.endswith(("n", "ng")):
        sounds.append(("nm", "", _NASAL))
    return tuple(sounds)


@lru_cache(maxsize=4096)
def skeleton(word: str) -> str:
    """Return the consonants of an English word, once each in a row: Smith is smt."""
    plain = unicodedata.normalize("NFKD", re.sub(r"['’]s?$", "", word.casefold()))
    plain = "".join(filter(str.isalpha, plain))
    plain = _SILENT_R.sub("ɹ", plain)
    for written, sound in _DIGRAPHS:
        plain = plain.replace(written, sound)
    return re.sub(r"[aeiouæøœßı]", "", re.sub(r"(.)\1+", r"\1", plain))


@lru_cache(maxsize=4096)
def _written(name: str) -> tuple[tuple[tuple[str, str, float], ...], float]:
    """Return the sounds of a Chinese name, and the sum of their weights."""
    sounds = tuple(sound for character in name for sound in sounds_of(character))
    return sounds, sum(weight for _, _, weight in sounds)


@lru_cache(maxsize=4096)
def _spoken(word: str) -> tuple[tuple[tuple[str, float], ...], float]:
    """Return the sounds of an English word, and the sum of their weights."""
    sounds = tuple((sound, _NASAL if sound in _WEAK else 1.0) for sound in skeleton(word))
    return sounds, sum(weight for _, weight in sounds)


def likeness(name: str, word: str, least: float = 0.0) -> float:
    """Return how well a word may be what a Chinese transliteration writes, 0 to 1.

    It is the share of consonants that stand in both, in the same order, less if the first differ.
    What is surely less than `least` is returned as 0, since one of the two is much longer.
    """
    (written, length), (spoken, other) = _written(name), _spoken(word)
    if not written or not spoken:
        return 1.0 if not written and len(word) <= 4 else 0.0
    whole = length + other
    if 2 * min(length, other) < least * whole:
        return 0.0
    row = [0.0] * (len(spoken) + 1)
    for usual, others, weight in written:
        before = row
        row = [0.0]
        last = 0.0
        for column, (sound, other_weight) in enumerate(spoken, 1):
            last = max(last, before[column])
            if sound in usual:
                matched = before[column - 1] + (weight + other_weight)
            elif sound in others:
                matched = before[column - 1] + _OTHER * (weight + other_weight)
            else:
                matched = 0.0
            last = max(last, matched)
            row.append(last)
    begins = _begins_alike(written[0], spoken[0])
    return row[-1] / whole * (1.0 if begins else _OTHER_BEGINNING)


def _begins_alike(written: tuple[str, str, float], spoken: tuple[str, float]) -> bool:
    """True if the first sounds may be the same, or if one of them may be left out."""
    usual, others, weight = written
    sound, other_weight = spoken
    return sound in usual or sound in others or min(weight, other_weight) < 1
