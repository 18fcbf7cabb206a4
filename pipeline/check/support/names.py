"""Find the names of a Chinese sentence that its article does not have."""

import re
from collections.abc import Iterator, Sequence

from models.patterns import lazy
from pipeline.check.named.foreign import foreign_names
from pipeline.check.named.person_names import person_names
from pipeline.check.support.article_text import ArticleText
from pipeline.data_file import data_words
from pipeline.language.bodies import known_bodies
from pipeline.language.chinese import HAN
from pipeline.language.divisions import known_divisions
from pipeline.language.gazetteer import known_names
from pipeline.language.lexicon import chinese_words
from pipeline.language.surnames import COMMON_SURNAMES
from pipeline.language.words import may_be_name, may_be_place, word_costs
from pipeline.records import Span

_RARE = 12.5
"""Cost from which a word that may be a name is no ordinary word."""
_LEAST_KNOWN = 0.5
"""Share of the pairs of characters of a name that the article must have."""
_STRONG_KIND = (
    "大学|学院|医院|中学|小学|公司|集团|银行|法院|检察院|委员会|协会|联合会|研究所|研究院|研究会|博物馆|图书馆|美术馆|体育馆|纪念馆|俱乐部|基金会|"
    "杂志|日报|晚报|时报|机场|车站|大厦|电视台|出版社|交易所|开发区|自贸区|保护区|名胜区|锦标赛|公开赛|警备区|巡视组|组委会|餐厅"
)
_WEAK_KIND = (
    "[镇乡村岛山河湖港寺庙路街站局厅署部院馆社队杯奖节营]|论坛|峰会|博览会|公园|条约|协议|协定|公约"
)
_KIND = lazy(f"(?P<strong>{_STRONG_KIND})$|(?:{_WEAK_KIND})$")
_QUOTED = lazy(r"《([^《》]{2,40})》")
_LATIN = lazy(r"(?<![A-Za-z\d])[A-Za-z][A-Za-z\d&+-]+(?![A-Za-z])")
_DOTTED = lazy(rf"[{HAN}]+(?:[·•・‧．/][{HAN}]+)+")
_BREAKS = frozenset(
    "的了在是和与及或由向对于从到被把将为以因据按经随并而也都还就但这那此该其他她它们我你有让使给同跟等中上下前后内外时日月年说称"
)
_VERBS = tuple(data_words(__file__, "name_verbs.txt"))
_HOME = frozenset(("中国", "新华社"))
_ADMIN = lazy(r"(?:特别行政|自治|省|市|县|区|州|镇|乡|村|队|人|国|方)+$")


def unsupported_names(line: str, article: ArticleText) -> Iterator[Span]:
    """Yield the places of the names of `line`, in simplified characters, that the article lacks."""
    end = 0
    for span in sorted(set(_candidates(line)), key=lambda one: (one.start, -one.end)):
        if span.start >= end and not _is_known(line[span.start : span.end], article):
            yield span
            end = span.end


def _is_known(name: str, article: ArticleText) -> bool:
    """True if the article has a name, its core, or most of its parts."""
    if name in article.plain:
        return True
    core = _ADMIN.sub("", name)
    if len(core) > 1 and core in article.plain:
        return True
    if not re.search(f"[{HAN}]", name):
        return name.lower() in article.plain.lower()
    pairs = [name[place : place + 2] for place in range(len(name) - 1)]
    known = sum(pair in article.pairs for pair in pairs)
    return len(name) > 3 and known > _LEAST_KNOWN * len(pairs)


def _candidates(line: str) -> Iterator[Span]:
    for match in _QUOTED.finditer(line):
        yield Span(*match.span(1))
    for pattern in (_LATIN, _DOTTED):
        for match in pattern.finditer(line):
            yield Span(*match.span())
    known = [span for span, entry in known_names(line) if entry.zh not in _HOME]
    yield from known
    yield from (span for span, _ in known_divisions(line))
    yield from (span for span, _ in known_bodies(line))
    yield from (name.span for name in person_names(line))
    yield from foreign_names(line, known)
    words = [(word, Span(*place)) for word, place in chinese_words(line)]
    yield from _rare_names(words)
    yield from _plain_people(words)
    yield from _bodies(line, words)


def _rare_names(words: Sequence[tuple[str, Span]]) -> Iterator[Span]:
    costs = word_costs()
    for word, span in words:
        if (may_be_name(word) or may_be_place(word)) and costs.get(word, 99.0) > _RARE:
            yield span


def _plain_people(words: Sequence[tuple[str, Span]]) -> Iterator[Span]:
    """Yield a family name and one or two characters that are no words: 王继才, 马龙."""
    for number, (word, span) in enumerate(words):
        if word not in COMMON_SURNAMES:
            continue
        end = span.end
        for given, after in words[number + 1 : number + 3]:
            is_given = len(given) == 1 or (end == span.end and may_be_name(given))
            if after.start != end or not is_given or given in _BREAKS or len(given) > 2:
                break
            end = after.end
            if len(given) > 1:
                break
        if end > span.end:
            yield Span(span.start, end)


def _bodies(line: str, words: Sequence[tuple[str, Span]]) -> Iterator[Span]:
    """Yield what may be the name of a body or a place: words up to a kind of thing."""
    for number, (_, span) in enumerate(words):
        kind = _KIND.search(line[span.start : span.end])
        if not kind:
            continue
        start = span.start
        for word, before in reversed(words[max(0, number - 3) : number]):
            if before.end != start or word in _BREAKS or word.startswith(_VERBS):
                break
            if not kind["strong"] and not (may_be_place(word) or may_be_name(word)):
                break
            start = before.start
        if start < span.start or (kind["strong"] and kind.start() > 1):
            yield Span(start, span.end)
