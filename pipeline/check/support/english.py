"""Find what an English sentence about a Chinese article claims and the article does not say."""

from itertools import islice

from models.patterns import lazy
from pipeline.check.amounts.pairs import equal, rounded
from pipeline.check.direction import direction
from pipeline.check.named.people import people
from pipeline.check.negation import negation
from pipeline.check.numbers import ledger
from pipeline.check.support.article_text import ArticleText
from pipeline.language.gazetteer import known_names, names_by_form
from pipeline.language.measures.read import with_english_measures
from pipeline.language.numbers.english import english_quantities
from pipeline.language.numbers.quantity import Quantity, Strength
from pipeline.records import Finding, Span

_MOST = 200
_MOST_WORDS = 3
_HOME = "中国"
_NAME = lazy(r"(?<![\w-])[A-Z][\w.]+")


def unsupported_english(
    line: str, article: ArticleText, cited: str, english: str = ""
) -> list[Finding]:
    """Find what an English sentence says that the article does not; the spans are of `line`.

    `cited` are the Chinese sentences that it rests on, `english` the article's translation: a
    number or name that this has was checked there. Numbers and people are looked up in the whole
    article; a denial or a direction is compared with the cited sentences.
    """
    found = [
        finding
        for check in (negation, direction)
        for finding in check(cited, line)
        if finding.translation_span
    ]
    own = with_english_measures(line, english_quantities(line))
    months = [one.span for one in own if one.kind == "month"]
    spans = [*_unmatched_numbers(line, cited), *months]
    if spans:
        known = [*article.quantities, *english_quantities(english)]
        found += [
            _not_in_article("numbers", line, span)
            for span in spans
            if not any(span.overlaps(one.span) and _is_known(one, known, article) for one in own)
        ]
    found += [
        finding
        for finding in people(article.plain, line, [span for span, _ in known_names(article.plain)])
        if finding.translation_span
        and not finding.source_span
        and line[finding.translation_span.start : finding.translation_span.end] not in english
    ]
    named = [finding.translation_span for finding in found if finding.translation_span]
    found += [
        _not_in_article("names", line, span)
        for span in _unknown_names(line, article, english)
        if not any(span.overlaps(other) for other in named)
    ]
    return sorted(found, key=_start)


def _unknown_names(line: str, article: ArticleText, english: str) -> list[Span]:
    """Return the places, peoples and people of the news that the article does not name."""
    forms, words = names_by_form(), list(islice(_NAME.finditer(line), _MOST))
    spans: list[Span] = []
    for number, word in enumerate(words):
        for last in reversed(words[number : number + _MOST_WORDS]):
            name = line[word.start() : last.end()]
            chinese = forms.get(name.lower())
            if chinese and _HOME not in chinese:
                in_article = name in english or any(one in article.plain for one in chinese)
                if not in_article and not any(span.end > word.start() for span in spans):
                    spans.append(Span(word.start(), last.end()))
                break
    return spans


def _unmatched_numbers(line: str, cited: str) -> list[Span]:
    """Return the numbers of a line that the cited sentences do not have."""
    return [
        entry.translation_span
        for entry in islice(ledger(cited or "。", line), _MOST)
        if entry.verdict != "kept" and entry.translation_span
    ]


def _is_known(one: Quantity, known: list[Quantity], article: ArticleText) -> bool:
    if one.strength is Strength.POSSIBLE or one.value in article.dated:
        return True
    return any(
        equal(one, other) or (one.kind == other.kind and rounded(other.value, one.value))
        for other in known
    )


def _not_in_article(check: str, line: str, span: Span) -> Finding:
    message = f"“{line[span.start : span.end]}” is not in the article"
    return Finding(check, "error", message, None, span)


def _start(finding: Finding) -> int:
    return finding.translation_span.start if finding.translation_span else 0
