"""Check that men stay men and women women, where both texts are sure: 一名女子, she, Mr."""

import re
from collections.abc import Iterator
from itertools import islice

from models.patterns import lazy
from pipeline.language.chinese import HAN
from pipeline.language.pinyin import pinyin_name
from pipeline.language.spellings import family_spellings, folded
from pipeline.language.surnames import COMMON_SURNAMES
from pipeline.language.transliteration import CHARACTERS, likeness
from pipeline.language.words import stands_apart
from pipeline.records import Finding, Span

# What names a woman, what names a man: in Chinese, and in English.
_JOBS = (
    "司机|教师|老师|医生|护士|乘客|记者|警|店主|店员|工人|员工|职员|学生|演员|歌手|作家|律师|法官"
    "|选手|运动员|顾客|游客|住户|居民|村民|孩|婴|星|主播|主持人"
)
_WOMAN_ZH = lazy(rf"(?<!男)(?:女子|女士|女性|女童|女生|妇女|女(?:{_JOBS})|她(?!们))")
_MAN_ZH = lazy(
    rf"男子|男性|男童|男生|(?<!女)男(?:{_JOBS})|先生|(?<![其吉])他(?![们人国方杀乡律山])"
)
_WOMAN = lazy(
    r"(?<!\w)(?:she|her|hers|herself|wom[ae]n\w*|female\w*|girl\w*|lad(?:y|ies)|mrs|ms|miss|madam\w*"
    r"|mother\w*|wife|wives|daughter\w*|sister\w*|actress\w*|queen\w*|aunt\w*|grandm\w+|widow\w*"
    r"|mom|mum|bride|princess\w*|feminin\w+|feminis\w+|gender\w*|sex\w*|gal|heroine\w*)(?!\w)",
    re.IGNORECASE,
)
_MAN = lazy(
    r"(?<!\w)(?:he|him|his|himself|m[ae]n|males?|boys?|mr|messrs|sir|gentlem[ae]n|father\w*|husband\w*"
    r"|sons?|brothers?|king\w*|uncle\w*|grandf\w+|grandpa|dad|guy\w*|prince|lord|gender\w*|sex\w*)(?!\w)",
    re.IGNORECASE,
)
_PERSON = lazy(
    r"(?<!\w)(?:he|him|his|himself|she|her|hers|herself|m[ae]n|wom[ae]n|mr|mrs|ms|miss|boys?|girls?|males?"
    r"|females?)(?!\w)",
    re.IGNORECASE,
)
_TITLED_ZH = lazy(
    rf"(?:(?<![{HAN}·])|(?<=[民者人员长生客主友司]))(?P<family>[{COMMON_SURNAMES}])(?:先生|女士|小姐|太太)"
    rf"|(?<![{HAN}])(?P<surname>[{COMMON_SURNAMES}])某{{1,2}}|(?<=[人告者犯员民子])(?P<surname2>[{COMMON_SURNAMES}])某{{1,2}}"
)
_TITLED = lazy(
    r"(?<!\w)(?:Mr|Mrs|Ms|Miss|Madam|Mister)\.?\s+(?P<name>[A-Z][a-z]+)(?!\s[A-Z])"
    r"|\bsurnamed\s(?P<surname>[A-Z][a-z]+)"
)
_LIKE = 0.6
"""Likeness from which a name may be a foreign one: Mrs. May for 梅女士."""
_MOST_NAMES = 50
"""Titles of one text that are compared."""
_MOST_TEXT = 2_000
"""Longer texts are about too many people."""


def genders(source: str, translation: str) -> Iterator[Finding]:
    """Yield the first word of a source that is about women only, or men only, if they change."""
    if max(len(source), len(translation)) > _MOST_TEXT:
        return
    woman, man = _WOMAN_ZH.search(source), _MAN_ZH.search(source)
    if bool(woman) == bool(man) or not _PERSON.search(translation):
        return
    if woman and not man and _MAN.search(translation) and not _WOMAN.search(translation):
        yield _changed(woman, "a woman", "a man")
    if man and not woman and _WOMAN.search(translation) and not _MAN.search(translation):
        yield _changed(man, "a man", "a woman")


def titled_families(source: str, translation: str) -> Iterator[Finding]:
    """Yield family names with a title (王女士) if the translation gives the titles to others."""
    titled = islice(_TITLED.finditer(translation), _MOST_NAMES)
    named = [folded(match["name"] or match["surname"]) for match in titled]
    if not named:
        return
    for match in islice(_TITLED_ZH.finditer(source), _MOST_NAMES):
        family = match["family"] or match["surname"] or match["surname2"]
        span = Span(*match.span())
        if not stands_apart(source, span) or family_spellings(family) & set(named):
            continue
        is_like = family in CHARACTERS and max(likeness(family, name) for name in named) >= _LIKE
        if not is_like:
            other = named[0].title()
            message = f"{match[0]} is {pinyin_name(family)}; the translation has “{other}”"
            yield Finding("names", "warning", message, span)


def _changed(match: re.Match[str], who: str, other: str) -> Finding:
    message = f"{match[0]} is {who}; the translation speaks of {other}"
    return Finding("names", "warning", message, Span(*match.span()))
