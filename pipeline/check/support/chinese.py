"""Find what a Chinese sentence about an article claims and the article does not say."""

from collections.abc import Iterator

from models.patterns import lazy
from pipeline.check.direction import contradiction
from pipeline.check.negation import first_denial
from pipeline.check.support.amounts import unsupported_amounts
from pipeline.check.support.article_text import ArticleText
from pipeline.check.support.names import unsupported_names
from pipeline.check.words.opposites import opposites_of
from pipeline.language.variants import simplified_twin
from pipeline.records import Finding, Span

_CLAUSE = lazy(r"[^，。；：！？,;!?]+")
_LEAST_ALIKE = 0.75
"""Share of the pairs of characters of a clause that the clause it repeats has."""


def unsupported_chinese(line: str, article: ArticleText, cited: str = "") -> list[Finding]:
    """Find numbers and names of a Chinese sentence that the article does not have.

    With the sentences that it is made of (`cited`), also a denial lost or added, and a direction
    turned round. The spans are of `line`.
    """
    plain = simplified_twin(line)
    found = [*_inventions(line, plain, article), *_turned(line, plain, simplified_twin(cited))]
    return sorted(found, key=_start)


def _inventions(line: str, plain: str, article: ArticleText) -> Iterator[Finding]:
    amounts = list(unsupported_amounts(plain, article))
    for span in amounts:
        yield _not_in_article("numbers", line, span)
    for span in unsupported_names(plain, article):
        if not any(span.overlaps(other) for other in amounts):
            yield _not_in_article("names", line, span)


def _turned(line: str, plain: str, cited: str) -> Iterator[Finding]:
    if not cited or plain in cited:
        return
    denial, denied = first_denial(plain), first_denial(cited)
    if denial and not denied:
        message = f"“{line[slice(*denial.span())]}” denies something; the cited sentences do not"
        yield Finding("negation", "error", message, None, Span(*denial.span()))
    elif denied and not denial and (span := _clause_without_denial(plain, cited)):
        message = f"the cited sentence denies this: {denied[0]}"
        yield Finding("negation", "error", message, None, span)
    for pair in opposites_of(cited):
        turned = contradiction(pair.chinese.claims(cited), pair.chinese.claims(plain))
        if turned:
            there, here = (claim.span for claim in turned)
            message = (
                f"“{line[here.start : here.end]}”, where the cited sentence has "
                f"“{cited[there.start : there.end]}”: the opposite"
            )
            yield Finding("direction", "error", message, None, here)


def _clause_without_denial(plain: str, cited: str) -> Span | None:
    """Return a clause that repeats a clause with a denial and has none."""
    denied = [_pairs(clause[0]) for clause in _CLAUSE.finditer(cited) if first_denial(clause[0])]
    for clause in _CLAUSE.finditer(plain):
        own = _pairs(clause[0])
        if own and any(len(own & other) >= _LEAST_ALIKE * len(own) for other in denied):
            return Span(*clause.span())
    return None


def _pairs(text: str) -> set[str]:
    return {text[place : place + 2] for place in range(len(text) - 1)}


def _not_in_article(check: str, line: str, span: Span) -> Finding:
    message = f"“{line[span.start : span.end]}” is not in the article"
    return Finding(check, "error", message, None, span)


def _start(finding: Finding) -> int:
    return finding.translation_span.start if finding.translation_span else 0
