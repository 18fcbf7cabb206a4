"""What a translation lacks and could be told: missed terms, names, strings, with their English."""

from collections.abc import Iterable

from pipeline.language.gazetteer import known_names
from pipeline.language.glossary import Glossary
from pipeline.language.pinyin import pinyin_name
from pipeline.language.surnames import is_name
from pipeline.records import Finding, Span
from pipeline.translate.placeholders import Wanted


def wanted_names(source: str, found: Iterable[Finding], glossary: Glossary) -> list[Wanted]:
    """Give every place of the source that a finding says was lost, with what to write there.

    Of terms the glossary's first form, of known places their plain form, of people the
    pinyin, of Latin strings themselves. Places that overlap a term before them are left out.
    """
    missed = [
        (each.source_span, each)
        for each in found
        if each.source_span is not None and each.severity != "info"
    ]
    asked = {source[span.start : span.end] for span, each in missed if each.check == "terms"}
    chosen = [
        Wanted(span, term.english[0])
        for span, term in glossary.matches(source)
        if source[span.start : span.end] in asked  # a glossary may be in another script
    ]
    for span, each in missed:
        english = _english(source, span) if each.check == "names" else None
        if english and not any(span.overlaps(one.span) for one in chosen):
            chosen.append(Wanted(span, english))
    return chosen


def _english(source: str, span: Span) -> str | None:
    """Give what a lost name is in English; None where that is not known for sure."""
    written = source[span.start : span.end]
    if written.isascii():
        return written
    places = {place: entry.whole for place, entry in known_names(source)}
    if span in places:
        return places[span]
    return pinyin_name(written) if is_name(written) else None
