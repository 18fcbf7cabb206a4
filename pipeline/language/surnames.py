"""Names of people in bylines and credits, recognised by their surname."""

import re

from models.patterns import lazy
from pipeline.data_file import data_words
from pipeline.language.chinese import HAN

SURNAMES = "".join(data_words(__file__, "family_names.txt"))
"""Family names of one character, as the inside of a regular-expression set; common ones first."""

RARE_IN_CLAUSES = frozenset("高马白万方石金江夏常史时于何成任单向和平易连车温康安包关华曾来")
"""Family names that begin many other words."""
COMMON_SURNAMES = "".join(
    one for one in SURNAMES[:150] if one == "曾" or one not in RARE_IN_CLAUSES
)
"""Family names that begin few other words."""

DOUBLE_SURNAMES = frozenset(
    "欧阳 司马 上官 诸葛 夏侯 皇甫 尉迟 公孙 慕容 令狐 长孙 宇文 司徒 端木 东方 南宫 独孤 澹台 欧陽"
    "".split()
)
"""Family names of two characters."""
_DOUBLE = "|".join(sorted(DOUBLE_SURNAMES))
_NAME = lazy(
    rf"(?:(?:{_DOUBLE})[{HAN}]{{1,2}}|[{SURNAMES}](?:[ \u3000]?[{HAN}]|[{HAN}]{{2}}))$"
    rf"|[{HAN}]{{1,8}}(?:·[{HAN}]{{1,8}}){{1,3}}$|[A-Z][A-Za-z.'-]+(?: [A-Z][A-Za-z.'-]+){{1,3}}$"
)
_SEPARATORS = lazy(r"[\s、，,;；/／|]+|\band\b")


def is_name(text: str) -> bool:
    """True if the text looks like one person's name: 金燕玲, 欧阳修, 张 三, 阿卜杜拉·买买提."""
    return bool(_NAME.match(text))


def unspread(text: str) -> str:
    """Join two-character names that are spaced out: 张 三 李 四 becomes 张三 李四."""
    return re.sub(rf"(?<![{HAN}])([{HAN}])[ \u3000]+([{HAN}])(?![{HAN}])", r"\1\2", text)


def are_names(text: str) -> bool:
    """True if the text consists of names only: 屠瑜 陈佳华."""
    # spaces inside a Latin name do not separate names
    whole = re.sub(r"(?<=[A-Za-z.]) (?=[A-Z])", "_", unspread(text.strip()))
    tokens = [token for token in _SEPARATORS.split(whole) if token]
    return bool(tokens) and all(is_name(token.replace("_", " ")) for token in tokens)
