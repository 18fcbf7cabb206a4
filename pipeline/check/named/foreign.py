"""Check that foreign names keep their sound: 约翰·史密斯 is no Joe Brown."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby, islice

from models.patterns import lazy
from pipeline.data_file import data_words
from pipeline.language.chinese import HAN
from pipeline.language.sentence_cache import remembered
from pipeline.language.transliteration import CHARACTERS, FOREIGN, likeness
from pipeline.language.words import likeliest_words, may_be_name, word_costs
from pipeline.records import Finding, Span

_MOST_NAMES = 50
"""Names of one sentence that are looked for."""
_MOST_WORDS = 300
"""Words of a translation that are compared."""
_READ = 5_000
"""Characters of a sentence that are read."""
_AFTER = 2
"""Characters behind a name that may belong to it."""
_LIKE = 0.55
"""Likeness from which a capitalised word may be the name."""
_VERY_LIKE = 0.9
"""The same for a name of two characters, or one that the dictionary has: guru for 古鲁."""
_SHORT_LIKE = 0.6
"""The same for a name of two or three characters without a dot."""
_LAST_LIKE = 0.63
"""The same for the last part of a name, which is the family name."""
_GIVEN = 0.85
"""Factor of the likeness of a family name and a word that another name follows."""
_ALIKE = 0.75
"""Likeness from which another word may be it: golf for 高尔夫."""
_RARE = 11.5
"""Cost from which a word may be part of a name."""
_SHORTEST = 3
"""Characters of a name without a dot."""
_SOUND = "".join(sorted(CHARACTERS))
_DOTS = "·•・‧．"
_DOTTED = lazy(rf"[{_SOUND}]{{1,8}}(?:[·•・‧．][{HAN}]{{1,9}})+")
_RUN = lazy(rf"[{HAN}]+")
_HAN = lazy(f"[{HAN}]")
_SPEAKS = lazy("说|称|表示|认为|指出|补充|强调|告诉|写道|解释|坚称|回忆|宣布|承认|是|位于")
_TITLED = lazy(
    "(?:球星|名将|总统|总理|首相|外长|防长|财长|国王|女王|王储|大使|主教练|教练|选手|歌手|歌星|影星|演员|导演"
    "|作家|教授|议员|市长|州长|部长|国务卿|发言人|将军|总裁|首席执行官|创始人|博士|队长|门将|前锋|后卫|中场)$"
)
_LATIN = lazy(rf"[{HAN}]{{0,2}}\s*[（(]?\s*[A-Za-zÀ-ɏ]")
_WORD = lazy(r"(?<![\w'’])[^\W\d_][\w'’]*")
_LOANS = frozenset(data_words(__file__, "loan_words.txt"))
# Characters that stand for states: 法德表示, 英烈.
_STATES = frozenset("英法德意西葡荷比瑞巴加墨埃伊沙土泰越菲缅烈")
# Characters that are words of their own more often than parts of a name.
_COMMON = set(
    "大多都可里以因于得当地道方生女果日山海立理文明万由之知西北南东儿牛石代保本部公高果加兴开通"
)


def foreign(source: str, translation: str, taken: Sequence[Span]) -> Iterator[Finding]:
    """Yield transliterated names that no word of the translation sounds like.

    Names that overlap `taken` spans are left out, and those with their Latin beside them.
    """
    found = list(islice(foreign_names(source, taken), _MOST_NAMES))
    if not found:
        return
    words = [match[0] for match in islice(_WORD.finditer(translation), _MOST_WORDS)]
    for span in found:
        name = source[span.start : span.end]
        if not _is_said(name, words, *_beside(source, span)):
            yield Finding(
                "names", "warning", f"{name} is in the translation under no name like it", span
            )


def _beside(source: str, span: Span) -> tuple[bool, str]:
    """Return if the name may begin later than the span, and the characters that may belong to it.

    A name that begins a clause, or that the dictionary has, begins there; one before a verb such
    as 说 ends there.
    """
    before = source[max(0, span.start - 1) : span.start]
    begins_later = _HAN.match(before) is not None and not _TITLED.search(source[: span.start])
    after = _RUN.match(source, span.end, span.end + _AFTER)
    is_listed = may_be_name(source[span.start : span.end])
    if not after or is_listed or _SPEAKS.match(source, span.end):
        return begins_later and not is_listed, ""
    return begins_later, after[0]


def foreign_names(source: str, taken: Sequence[Span]) -> Iterator[Span]:
    """Yield the transliterated names of a Chinese text outside of `taken` spans."""
    dotted = [
        Span(match.start(), match.start() + len(_without_rest(match[0])))
        for match in _DOTTED.finditer(source[:_READ])
        if match[0][1] not in _DOTS or not _HAN.match(source[match.start() - 1 : match.start()])
    ]
    others = [span for span in _plain_names(source) if not _overlaps(span, dotted)]
    for span in sorted([*dotted, *others], key=lambda span: span.start):
        if not _overlaps(span, taken) and not _LATIN.match(source, span.end):
            yield span


def _without_rest(dotted: str) -> str:
    """Return a dotted name without what follows it: 特朗普 of 特朗普发表讲话."""
    *first, last = re.split(r"([·•・‧．])", dotted)
    sound = re.match(rf"[{_SOUND}]*", last)
    return "".join(first) + (sound[0] if sound and sound[0] else last[:2])


@remembered
def _plain_names(source: str) -> Iterator[Span]:
    """Yield runs of characters that are no words and write foreign names: 孙德本尔斯, 帕利说."""
    for run in _RUN.finditer(source[:_READ]):
        words = [run[0][start:end] for start, end in likeliest_words(run[0])]
        position = run.start()
        for is_part, group in groupby(words, _is_part):
            parts = list(group)
            start = position
            position += sum(map(len, parts))
            speaks = _SPEAKS.match(source, position)
            while is_part and parts and parts[-1] in _COMMON and not speaks:
                parts.pop()
            while is_part and parts and parts[0] in _COMMON:
                start += len(parts.pop(0))
            end = start + sum(map(len, parts))
            if is_part and _is_foreign(source, start, end):
                yield Span(start, end)


def _is_foreign(source: str, start: int, end: int) -> bool:
    """True if a run of sounds is long enough, or a whole clause's beginning before a verb."""
    name = source[start:end]
    is_listed = len(name) >= _SHORTEST and may_be_name(name) and name[-1] in FOREIGN
    few = not is_listed and 2 * len(set(name) & FOREIGN) < len(name)
    if few or _STATES.issuperset(name) or name in _LOANS:
        return False
    speaks = end - start > 1 and _SPEAKS.match(source, end)
    return len(name) >= _SHORTEST or bool(speaks and not _HAN.match(source[start - 1 : start]))


@lru_cache(maxsize=30_000)
def _is_part(word: str) -> bool:
    """True if a word may be part of a transliteration."""
    if not CHARACTERS.issuperset(word) or word in _LOANS:
        return False
    if len(word) == 1 or (may_be_name(word) and FOREIGN.issuperset(word)):
        return True
    cost = word_costs().get(word, 99.0)
    return cost > _RARE and (may_be_name(word) or bool(FOREIGN & set(word)))


def _is_said(name: str, words: Sequence[str], begins_later: bool, after: str) -> bool:
    """True if some word sounds like the name: of a dotted name, like its last part.

    `after` are the characters behind the name, which may belong to it.
    """
    parts = re.split(r"[·•・‧．]", name)
    pieces = [{part} for part in parts]
    if begins_later:
        pieces[0] |= {parts[0][cut:] for cut in (1, 2) if len(parts[0]) - cut > 1}
    if after:
        pieces[-1] |= {parts[-1][:-cut] for cut in (1, 2) if len(parts[-1]) - cut > 1}
    if len(parts) > 1:
        pieces[-1] |= {parts[-1] + after[:more] for more in range(1, len(after) + 1)}
    best = [0.0] * len(parts)
    alike = _ALIKE if len(name) > 2 and not may_be_name(name) else _VERY_LIKE
    lone_first = False
    for number, word in enumerate(words):
        if not word[0].isupper():
            if len(parts) == 1 and any(likeness(one, word, alike) >= alike for one in pieces[0]):
                return True
            continue
        is_given = words[number + 1 : number + 2] and words[number + 1][0].isupper()
        for place, readings in enumerate(pieces):
            score = max(likeness(piece, word, _LIKE) for piece in readings)
            if 0 < place == len(parts) - 1 and is_given:
                score *= _GIVEN
            best[place] = max(best[place], score)
            following = words[number + 1] if number + 1 < len(words) else "a"
            if place < len(parts) - 1 and score >= _LIKE and not following[0].isupper():
                lone_first = True
    if len(parts) == 1:
        return best[0] >= (_LIKE if len(name) > 3 else _SHORT_LIKE)
    return best[-1] >= _LAST_LIKE or max(best[1:-1], default=0.0) >= _LIKE or lone_first


def _overlaps(span: Span, others: Sequence[Span]) -> bool:
    return any(span.start < other.end and other.start < span.end for other in others)
