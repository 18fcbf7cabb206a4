"""Articles to translations: the model writes prose, rules write dates and credits."""

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice, pairwise
from types import MappingProxyType
from typing import NamedTuple

from models.patterns import lazy
from models.protocols import Candidate, Request, Translator
from pipeline.ask import ask_best
from pipeline.errors import ModelError, RowsFailedError, UnfinishedRowError
from pipeline.language.chinese import han_characters, is_chinese, with_ordinary_marks
from pipeline.language.glossary import Glossary
from pipeline.language.numbers.list_markers import heading_number, leading_marker
from pipeline.language.numbers.note_marks import note_label
from pipeline.language.plural import plural
from pipeline.language.sentence_key import pairing_key
from pipeline.language.tables import markdown_row, row_cells
from pipeline.language.variants import simple_characters
from pipeline.records import Article, BlockKind, Sentence, Span, TranslatedSentence, Translation
from pipeline.translate.headings import as_heading
from pipeline.translate.ladder import Ladder, Repaired, repair
from pipeline.translate.marks import MarkedTranslator
from pipeline.translate.rules.cells import english_cell
from pipeline.translate.rules.furniture import english_furniture
from pipeline.translate.rules.units import unit_at_end

_RULE_KINDS = frozenset({"credit", "date", "page_number", "section", "jump"})
_LONGEST_TERM = 16
_DATED = lazy("[年月时時点點周]|星期|礼拜")
"""What a date or hour has; few cells have it, and the rules take time."""
_NO_CORRECTIONS: Mapping[str, str] = MappingProxyType({})


def translate(
    articles: Sequence[Article],
    *,
    translator: Translator,
    kinds: Collection[BlockKind],
    ladder: Ladder | None = None,
    retranslator: Translator | None = None,
    corrections: Mapping[str, str] = _NO_CORRECTIONS,
    glossary: Glossary | None = None,
) -> list[Translation]:
    """Translate every sentence of the given kinds of blocks; one row per article.

    All sentences go to the model in one call, so that it can sort them by length and
    fill its batches. Dates, page numbers, sections, jumps and credits are written by rule;
    a sentence that is not Chinese is copied (flag `not_chinese` if it has letters); what
    nobody translates has origin `none` and no text, with the flag `no_rule` where a rule
    should have written it and knows it not. `corrections` are an editor's English by
    `pairing_key` of the Chinese: they win over all of these. With a ladder, sentences in
    which the checks find something are retried (see `repair`) by `retranslator`, or by the
    translator itself where none is given. A translator that reads context or terms gets the
    sentences before, and the terms of the glossary. A heading, however the model wrote it,
    begins with a capital and ends without a full stop; the marker of an item, as （二）, is
    written by rule; a row of a table is translated cell by cell and keeps its columns.
    Raises AlignmentError if the model returns another number of translations than it was given,
    and RowsFailedError if it could not translate a sentence: the rows of all other articles are
    in it.
    """
    marked = MarkedTranslator(translator)
    asked = [_requests(article, kinds, marked, glossary, corrections) for article in articles]
    candidates = iter(ask_best(marked, [request for own in asked for request in own]))
    answers = [[next(candidates) for _ in requests] for requests in asked]
    failures = [_failure(*own) for own in zip(asked, answers, strict=True)]
    whole = [at for at, failure in enumerate(failures) if failure is None]
    requests = [request for at in whole for request in asked[at]]
    first = [candidate for at in whole for candidate in answers[at]]
    repaired = (
        repair(requests, first, translator=retranslator or translator, ladder=ladder)
        if ladder
        else [Repaired(candidate) for candidate in first]
    )
    remaining = iter(zip(repaired, first, strict=True))
    rows = [
        failure
        or _row_or_error(article, [*islice(remaining, len(own))], kinds, corrections, glossary)
        for article, own, failure in zip(articles, asked, failures, strict=True)
    ]
    translations = [row for row in rows if isinstance(row, Translation)]
    if len(translations) < len(rows):
        raise RowsFailedError(rows)
    return translations


def _row_or_error(
    article: Article,
    answers: Sequence[tuple[Repaired, Candidate]],
    kinds: Collection[BlockKind],
    corrections: Mapping[str, str],
    glossary: Glossary | None,
) -> Translation | UnfinishedRowError:
    """Return the row of an article, in an error if a retry of a flagged sentence failed."""
    row = _row(article, iter(answers), kinds, corrections, glossary)
    failed = [repaired.failure for repaired, _ in answers if repaired.failure]
    if not failed:
        return row
    return UnfinishedRowError(
        row, f"{plural(len(failed), 'flagged sentence')} could not be retried: {failed[0]}"
    )


def _row(
    article: Article,
    answers: Iterator[tuple[Repaired, Candidate]],
    kinds: Collection[BlockKind],
    corrections: Mapping[str, str],
    glossary: Glossary | None,
) -> Translation:
    """Return the row of an article; `answers` begin with those to its own requests."""
    sentences = []
    for block in article.blocks:
        for sentence in block.sentences:
            corrected = corrections.get(pairing_key(sentence.text))
            if corrected is not None:
                sentences.append(TranslatedSentence(sentence.id, corrected, "editor", None))
            elif _for_model(block.kind, sentence, kinds):
                own = [(part, *next(answers)) for part in _parts(block.kind, sentence, glossary)]
                joined = _joined(sentence.id, [(part, best) for part, best, _ in own])
                if not own:
                    joined = TranslatedSentence(sentence.id, "", "rule", None)
                unknown = "".join(first.unknown for _, _, first in own)
                if block.kind == "table":
                    text = _row_text(
                        sentence, [best.candidate.text for _, best, _ in own], glossary
                    )
                else:
                    marker, _ = _marker(block.kind, sentence.text)
                    text = _without(marker, joined.text)
                    text = as_heading(text, sentence.text, block.kind)
                    text = " ".join(filter(None, (marker, text)))
                sentences.append(replace(joined, text=text, unknown=unknown))
            else:
                sentences.append(_without_model(block.kind, sentence, kinds))
    return Translation(article.id, tuple(sentences))


def _requests(
    article: Article,
    kinds: Collection[BlockKind],
    translator: Translator,
    glossary: Glossary | None,
    corrections: Mapping[str, str],
) -> list[Request]:
    """Return what the model is asked, in reading order: parts of sentences, with what it wants."""
    wanted = translator.context_sentences
    terms = glossary if translator.reads_terms else None
    requests = []
    before: list[str] = []
    for block in article.blocks:
        for sentence in block.sentences:
            if not _for_model(block.kind, sentence, kinds):
                continue
            corrected = pairing_key(sentence.text) in corrections
            for part in _parts(block.kind, sentence, glossary):
                context = tuple(before[-wanted:]) if wanted else ()
                if not corrected:
                    requests.append(Request(part, context, _terms(part, terms)))
                before.append(part)
    return requests


def _terms(text: str, glossary: Glossary | None) -> tuple[tuple[str, str], ...]:
    """Return the terms of the glossary in a text, as the text has them, with their English.

    Each term is there once, with its preferred form.
    """
    if glossary is None:
        return ()
    return tuple(
        {
            term.zh: (text[span.start : span.end], term.english[0])
            for span, term in glossary.matches(text)
        }.values()
    )


def _failure(requests: Sequence[Request], answers: Sequence[Candidate]) -> ModelError | None:
    """Return why an article has no translation; None if every sentence has one."""
    failed = [
        (request.sentence, candidate.failure)
        for request, candidate in zip(requests, answers, strict=True)
        if candidate.failure
    ]
    if not failed:
        return None
    sentence, failure = failed[0]
    return ModelError(
        f"{len(failed)} of {len(requests)} sentences have no translation, first "
        f"'{sentence[:20]}': {failure}"
    )


def _for_model(kind: BlockKind, sentence: Sentence, kinds: Collection[BlockKind]) -> bool:
    is_written = kind == "caption" and english_furniture(kind, sentence.text) is not None
    return kind in kinds and is_chinese(sentence.text) and not is_written


def _parts(kind: BlockKind, sentence: Sentence, glossary: Glossary | None) -> list[str]:
    """Return a sentence in the parts that segment cut it into; of a row, those of Chinese cells.

    Its marker of a list is in none of them: models lose it, or take it for an amount.
    """
    if kind != "table":
        return _cut(sentence, Span(_marker(kind, sentence.text)[1], len(sentence.text)))
    cells = _cells(sentence, glossary)
    chinese = (part for cell in cells if is_chinese("".join(cell.parts)) for part in cell.parts)
    return [part.replace("\\|", "|") for part in chinese]


def _marker(kind: BlockKind, text: str) -> tuple[str, int]:
    """Return the marker or label at the start of a sentence, and where its Chinese begins."""
    text = with_ordinary_marks(text)
    marker, start = note_label(text)
    if not marker:
        marker, start = leading_marker(text)
    if not marker and kind in ("title", "heading"):
        marker, start = heading_number(text)
    return (marker, start) if is_chinese(text[start:]) else ("", 0)


def _without(marker: str, text: str) -> str:
    """Return an answer without the marker that a model took over from the items before."""
    number = re.escape(marker.strip("().:[]^"))
    return re.sub(rf"^[(\[]?{number}[.)\]:]+\s+", "", text) if number else text


def _cut(sentence: Sentence, place: Span) -> list[str]:
    """Return a stretch of a sentence, cut where segment cut the sentence."""
    cuts = sentence.cuts
    inner = cuts[bisect_right(cuts, place.start) : bisect_left(cuts, place.end)]
    edges = (place.start, *inner, place.end)
    return [sentence.text[a:b] for a, b in pairwise(edges)]


def _row_text(sentence: Sentence, english: Sequence[str], glossary: Glossary | None) -> str:
    """Return a row with the English of its Chinese cells; others are copied, at half width."""
    answers = iter(english)
    cells = []
    for each in _cells(sentence, glossary):
        cell = "".join(each.parts)
        if is_chinese(cell):
            text = " ".join(filter(None, (next(answers).strip() for _ in each.parts)))
            cell = as_heading(_without(each.marker, text), cell, "table")
        elif not han_characters(cell):
            cell = simple_characters(cell)
        cells.append(" ".join(filter(None, (each.marker, cell, each.unit))))
    return markdown_row(cells)


class _Cell(NamedTuple):
    """A cell of a row: the parts for the model, and the English of what is before and behind."""

    parts: list[str]
    marker: str = ""
    unit: str = ""


def _cells(sentence: Sentence, glossary: Glossary | None) -> Iterator[_Cell]:
    """Yield the cells of a row; a date or a word of tables has its English for its only part.

    What the glossary says of a whole cell goes before the rules.
    """
    for place in row_cells(sentence.text):
        cell = sentence.text[place.start : place.end]
        if _DATED.search(cell) and (day := english_furniture("table", cell)):
            yield _Cell([day])
            continue
        marker, start = _marker("table", cell)
        end, unit = unit_at_end(cell) or (len(cell), "")
        if not is_chinese(cell[start:end]):
            end, unit = len(cell), ""
        if word := _term(cell[start:end], glossary) or english_cell(cell[start:end]):
            yield _Cell([word], marker, unit)
            continue
        yield _Cell(_cut(sentence, Span(place.start + start, place.start + end)), marker, unit)


def _term(cell: str, glossary: Glossary | None) -> str | None:
    """Return the English of a cell that is a term of the glossary as a whole."""
    if glossary is None or len(cell) > _LONGEST_TERM:
        return None
    span, term = next(glossary.matches(cell), (None, None))
    return term.english[0] if term and term.english and span == Span(0, len(cell)) else None


def _joined(identifier: str, parts: Sequence[tuple[str, Repaired]]) -> TranslatedSentence:
    """Put the parts of one sentence together; its confidence is their mean by length.

    It is None where that of a part is. Its rung is the last one that changed a part.
    """
    candidates = [own.candidate for _, own in parts]
    flags = {flag for candidate in candidates for flag in candidate.flags}
    rungs = [own.rung for _, own in parts if own.rung]
    changed = [rung for rung in rungs if rung != "kept"]
    return TranslatedSentence(
        id=identifier,
        text=" ".join(text for c in candidates if (text := c.text.strip())),
        origin="model",
        confidence=_mean_confidence(parts),
        flags=tuple(flag for flag in ("truncated", "refused") if flag in flags),
        rung=(changed or rungs or [None])[-1],
        reason="; ".join(own.reason for _, own in parts if own.reason),
    )


def _mean_confidence(parts: Sequence[tuple[str, Repaired]]) -> float | None:
    characters = sum(len(source) for source, _ in parts)
    logarithm = 0.0
    for source, own in parts:
        if own.candidate.confidence is None:
            return None
        logarithm += len(source) * math.log(max(own.candidate.confidence, 1e-9))
    return round(math.exp(logarithm / max(characters, 1)), 4)


def _without_model(
    kind: BlockKind, sentence: Sentence, kinds: Collection[BlockKind]
) -> TranslatedSentence:
    is_by_rule = kind in _RULE_KINDS or (kind == "caption" and kind in kinds)
    if is_by_rule and (text := english_furniture(kind, sentence.text)):
        return TranslatedSentence(sentence.id, text, "rule", None)
    if not is_chinese(sentence.text):
        flags = ("not_chinese",) if re.search(r"[^\W\d_]", sentence.text) else ()
        return TranslatedSentence(sentence.id, sentence.text, "copied", None, flags)
    flags = ("no_rule",) if kind in _RULE_KINDS else ()
    return TranslatedSentence(sentence.id, "", "none", None, flags)
