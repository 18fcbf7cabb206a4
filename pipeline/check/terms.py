"""Find the terms of the glossary that a translation says otherwise."""

from pipeline.language.english_words import EnglishWords
from pipeline.language.glossary import Glossary, Term
from pipeline.records import Finding, Span


def terms(source: str, translation: str, glossary: Glossary | None) -> list[Finding]:
    """Find the glossary's terms that the translation says otherwise.

    Case, hyphens, an article and a plural or possessive ending make no difference.
    A term that stands twice in the source is asked for once.
    """
    if glossary is None:
        return []
    asked: dict[str, tuple[Span, Term]] = {}
    for span, term in glossary.matches(source):
        asked.setdefault(term.zh, (span, term))
    words = EnglishWords(translation) if asked else None
    return [
        Finding("terms", "warning", _message(term), span)
        for span, term in asked.values()
        if words and not any(map(words.has, term.english))
    ]


def _message(term: Term) -> str:
    wanted = " or ".join(f"“{form}”" for form in term.english)
    return f"the glossary wants {wanted} for {term.zh}"
