"""Chinese words: is a name in a text a word, or only the end of one and the start of the next?

In 沿海地区 the words are 沿海 and 地区; 海地 (Haiti) is no word of it. The likeliest words are
those with the least total cost, as in jieba (a unigram model, Viterbi 1967).
"""

from functools import lru_cache

from models.patterns import lazy
from pipeline.data_file import data_rows
from pipeline.language.chinese import HAN
from pipeline.records import Span

_REACH = 8  # characters on each side of a name that decide about it
_UNKNOWN = 15.0  # cost of a character that is no word, in nats
_NEW_NAME = 12.0  # cost of a name that the table does not have
_COMMON = 12.0  # words below this cost are words even if the dictionary has them as people
_HAN_BEFORE = lazy(rf"[{HAN}]*$")
_HAN_AFTER = lazy(rf"[{HAN}]*")


def stands_apart(text: str, span: Span, *, whole: bool = False) -> bool:
    """True if the part of the text is a word or words, or begins or ends a longer word.

    With `whole`, False inside any longer word.

    >>> stands_apart("沿海地区", Span(1, 3)), stands_apart("海地地区", Span(0, 2))
    (False, True)
    >>> stands_apart("东北亚", Span(0, 2)), stands_apart("东北亚", Span(0, 2), whole=True)
    (True, False)
    """
    longer = rest_of_word(text, span)
    if longer is None:
        return False
    return longer == ("", "") or (not whole and "" in longer)


def rest_of_word(text: str, span: Span) -> tuple[str, str] | None:
    """Return what a longer word around the part adds before and behind it.

    Two empty texts if the part is a word or words; None if it is parts of two words.

    >>> rest_of_word("在上海市", Span(1, 3)), rest_of_word("其中国有", Span(1, 3))
    (('', '市'), None)
    """
    before = _HAN_BEFORE.search(text[max(0, span.start - _REACH) : span.start])
    after = _HAN_AFTER.match(text[span.end : span.end + _REACH])
    left, right = before[0] if before else "", after[0] if after else ""
    name = text[span.start : span.end]
    start, end = len(left), len(left) + len(name)
    for first, last in likeliest_words(left + name + right, name):
        if last <= start or first >= end or (first >= start and last <= end):
            continue
        if first > start or last < end:
            return None
        return left[first:], right[: last - end]
    return "", ""


@lru_cache(maxsize=4096)  # several checks ask about a sentence, and so does every retry
def likeliest_words(text: str, name: str = "") -> tuple[tuple[int, int], ...]:
    """Return start and end of the likeliest words of a Chinese text; `name` counts as a word."""
    known, longest = word_costs(), _longest()
    is_new = bool(name) and name not in known
    costs = [0.0] + [float("inf")] * len(text)
    starts = [0] * (len(text) + 1)
    length = len(text)
    for start in range(length):
        before = costs[start]
        cost = before + known.get(text[start], _UNKNOWN)
        if cost < costs[start + 1]:
            costs[start + 1], starts[start + 1] = cost, start
        if most := longest.get(text[start : start + 2]):
            for end in range(start + 2, min(start + most, length) + 1):
                word = known.get(text[start:end])
                if word is not None and before + word < costs[end]:
                    costs[end], starts[end] = before + word, start
        if is_new and text.startswith(name, start):
            end = start + len(name)
            if before + _NEW_NAME < costs[end]:
                costs[end], starts[end] = before + _NEW_NAME, start
    words = []
    end = length
    while end:
        words.append((starts[end], end))
        end = starts[end]
    return tuple(words[::-1])


def is_word(text: str) -> bool:
    """True if the text is a common word; False for what may be a person's name (李强)."""
    cost = word_costs().get(text)
    return cost is not None and (cost < _COMMON or text not in _tables()[1])


def may_be_name(text: str) -> bool:
    """True if the text is a word that may be a person's name."""
    return text in _tables()[1]


def word_costs() -> dict[str, float]:
    """Return the cost of each common word: minus the logarithm of its share of all words."""
    return _tables()[0]


@lru_cache(maxsize=1)
def _longest() -> dict[str, int]:
    """Return the length of the longest word by the first two characters of words."""
    return {word[:2]: len(word) for word in sorted(word_costs(), key=len) if len(word) > 1}


def may_be_place(text: str) -> bool:
    """True if the text is a word that may name a place."""
    return text in _tables()[2]


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[str, float], frozenset[str], frozenset[str]]:
    """Read the words with their costs, and which of them may name people, and places."""
    costs: dict[str, float] = {}
    people: list[str] = []
    places: list[str] = []
    for cost, *columns in data_rows(__file__, "words.tsv"):
        for words in columns:
            costs.update(dict.fromkeys(words.split(" "), float(cost)))
        people += columns[1].split(" ")
        places += columns[2].split(" ")
    costs.pop("", None)
    return costs, frozenset(people), frozenset(places)
