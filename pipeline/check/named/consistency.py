"""Check that an article spells a person's name one way: 王建国 as Wang Jianguo and Jianguo Wang."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from pipeline.check.named.english_names import EnglishName, english_names
from pipeline.language.spellings import family_readings, folded, readings_of
from pipeline.language.variants import simplified_twin
from pipeline.records import Finding, Span

_MOST_NAMES = 20
"""Names of one sentence that are read."""
_READ = 1_000
"""Characters of a sentence in which a name is looked for."""
_Said = tuple[int, Span, EnglishName]


def two_spellings(pairs: Sequence[tuple[str, str]]) -> Iterator[tuple[int, Finding]]:
    """Yield the number of a sentence of an article, and a name that others spell otherwise.

    `pairs` are the sentences with their translations. Only spellings that are right for the same
    Chinese name are compared, without capitals and hyphens; the most frequent one, or the first,
    is the article's. A spelling that is wrong is a finding of its own sentence.
    """
    for name, places in _by_person(pairs).items():
        counts = Counter(folded(said.text) for _, _, said in places)
        if len(counts) == 1:
            continue
        usual = max(counts, key=lambda spelling: counts[spelling])
        shown = next(said.text for _, _, said in places if folded(said.text) == usual)
        for number, span, said in places:
            if folded(said.text) != usual:
                message = f"{name} is spelled two ways in the article: {shown}, {said.text}"
                yield number, Finding("names", "warning", message, span, said.span)


def _by_person(pairs: Sequence[tuple[str, str]]) -> dict[str, list[_Said]]:
    """Return the English names of each Chinese name, in the order of the article."""
    people: dict[str, list[_Said]] = {}
    for number, (source, translation) in enumerate(pairs):
        said = list(islice(english_names(translation), _MOST_NAMES))
        chinese = simplified_twin(source)[:_READ] if said else ""
        for one in said:
            if span := _place(chinese, one):
                people.setdefault(chinese[span.start : span.end], []).append((number, span, one))
    return people


def _place(chinese: str, said: EnglishName) -> Span | None:
    """Return the characters in a row that sound like a name, family name first."""
    for syllables in said.readings:
        if syllables[0] != said.family:
            continue
        for start in range(len(chinese) - len(syllables) + 1):
            name = chinese[start : start + len(syllables)]
            if said.family in family_readings(name[0]) and all(
                syllable in readings_of(one) for one, syllable in zip(name, syllables, strict=True)
            ):
                return Span(start, start + len(name))
    return None
