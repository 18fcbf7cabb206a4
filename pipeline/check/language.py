"""Find a translation that is not in English."""

import re
import unicodedata
from collections import Counter

from pipeline.data_file import data_sets
from pipeline.records import Finding, Span

_WORDS = data_sets(__file__, "language.tsv")
_COMMON, _FOREIGN = _WORDS["english"], _WORDS["foreign"]
_FEWEST_WORDS, _FEWEST_FOREIGN = 8, 2


def language(source: str, translation: str) -> list[Finding]:
    """Find a translation that is not in English.

    By its letters: more than a fifth are of another script (Chinese left over is another
    check's). By its words: eight or more, none of them among the commonest of English and two
    among those of other languages; a headline may have none of either.
    """
    beyond = "" if translation.isascii() else re.sub(r"[\x00-\x7f]+", "", translation)
    letters = sum(map(str.isalpha, translation)) if beyond else 0
    scripts = Counter(map(_script, filter(str.isalpha, beyond)))
    foreign = scripts.total() - scripts["LATIN"] - scripts["CJK"] - scripts["GREEK"]
    whole = Span(0, len(translation))
    if letters and 5 * foreign > letters:
        name = max(scripts.keys() - {"LATIN", "CJK"}, key=lambda script: scripts[script])
        message = f"not in English: {foreign} of {letters} letters are {name.capitalize()}"
        return [Finding("language", "error", message, None, whole)]
    words = re.findall(r"[^\W\d_]+", translation)
    if len(words) >= _FEWEST_WORDS and _COMMON.isdisjoint(map(str.lower, words)):
        prose = sum(map(str.islower, words))
        other = [word for word in words if word in _FOREIGN]
        names = 2 * prose < len(words) or re.search(r"[A-Za-z]{4}", source)
        if len(other) >= _FEWEST_FOREIGN and not names:
            message = (
                f"probably not English: {len(words)} words, but no common English one, "
                f"and {len(other)} from another language, such as “{other[0]}”"
            )
            return [Finding("language", "warning", message, None, whole)]
    return []


def _script(character: str) -> str:
    return unicodedata.name(character, "UNKNOWN").split(" ", 1)[0]
