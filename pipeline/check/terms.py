"""Find the terms of the glossary that a translation says otherwise."""

from pipeline.language.glossary import Glossary, kept_terms
from pipeline.records import Finding


def terms(source: str, translation: str, glossary: Glossary | None) -> list[Finding]:
    """Find the glossary's terms that the translation says otherwise.

    Case, hyphens, an article and a plural or possessive ending make no difference.
    A term that stands twice in the source is asked for once.
    """
    if glossary is None:
        return []
    found: dict[str, Finding] = {}
    kept = kept_terms(source, translation, glossary)
    for span, term in glossary.matches(source):
        if term.zh not in found and not kept[term.zh]:
            wanted = " or ".join(f"“{form}”" for form in term.english)
            message = f"the glossary wants {wanted} for {term.zh}"
            found[term.zh] = Finding("terms", "warning", message, span)
    return list(found.values())
