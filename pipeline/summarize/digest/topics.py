"""The topic of a Chinese article, by the words that speak for it."""

from functools import lru_cache

from pipeline.data_file import data_rows
from pipeline.language.variants import simplified_twin

_IN_TITLE = 3
OTHER = ("Other news", "其他")
"""The topic of an article that no word speaks for, in English and Chinese."""


def topic_of(title: str, text: str) -> tuple[str, str]:
    """Return the topic with the most words in an article, in English and Chinese.

    A word in the title counts three times; each different word of the text counts once.
    """
    title, text = simplified_twin(title), simplified_twin(text)
    best, most = OTHER, 0
    for names, words in _topics():
        in_text, in_title = [word in text for word in words], [word in title for word in words]
        score = sum(in_text) + _IN_TITLE * sum(in_title)
        if score > most:
            best, most = names, score
    return best


@lru_cache(maxsize=1)
def _topics() -> tuple[tuple[tuple[str, str], tuple[str, ...]], ...]:
    rows = data_rows(__file__, "topics.tsv")
    return tuple(((english, chinese), tuple(words.split())) for english, chinese, words in rows)
