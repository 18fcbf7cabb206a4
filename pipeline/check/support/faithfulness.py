"""How much of a summary's sentence the sentences that it cites explain."""

from pipeline.language.chinese import is_chinese
from pipeline.language.lexicon import chinese_words, counterparts, english_stems, english_usage
from pipeline.language.variants import simplified_twin


def explained_share(line: str, cited: str, english: str = "") -> float:
    """Return the share of a sentence's words that the cited sentences have, 0 to 1.

    `cited` is their Chinese, `english` their translation. In Chinese, pairs of characters are
    compared; an English word is explained by the translation, or by a Chinese word that the
    lexicon translates so. Words that no lexicon has do not count in English. A sentence without
    words that count is explained.
    """
    if is_chinese(line):
        own, others = _pairs(simplified_twin(line)), _pairs(simplified_twin(cited))
        return len(own & others) / len(own) if own else 1.0
    stems = {stem for stem, _ in english_stems(line)}
    said = {stem for stem, _ in english_stems(english)}
    said.update(
        stem for word, _ in chinese_words(simplified_twin(cited)) for stem in counterparts(word)
    )
    counted = [stem for stem in stems if stem in said or english_usage(stem)]
    return sum(stem in said for stem in counted) / len(counted) if counted else 1.0


def _pairs(text: str) -> set[str]:
    return {
        text[place : place + 2]
        for place in range(len(text) - 1)
        if text[place : place + 2].isalnum()
    }
