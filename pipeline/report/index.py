"""The index of a run: names, places, organisations, amounts and dates, each with its sentences."""

import csv
import io
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pipeline.check.mentions import MentionKind, mentions
from pipeline.input.spreadsheet import guard_cells
from pipeline.report.article import ReportArticle, Texts

TITLES: dict[MentionKind, str] = {
    "person": "People",
    "place": "Places",
    "organisation": "Organisations",
    "amount": "Amounts",
    "date": "Dates",
}
"""Kinds in the order of the index, with their headings."""

_COLUMNS = tuple("kind english chinese article sentence sentence_english sentence_chinese".split())
_BY_COUNT = ("person", "place", "organisation")


@dataclass(frozen=True, slots=True)
class IndexPlace:
    """A sentence that has an entry: its article and that one's anchor in the page, its texts."""

    article_anchor: str
    article_id: str
    sentence_id: str
    zh: str
    en: str

    @property
    def anchor(self) -> str:
        """The anchor of the sentence in the page."""
        return f"{self.article_anchor}-{self.sentence_id}"


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """A name, place, organisation, amount or date, and the sentences that have it, in order."""

    kind: MentionKind
    zh: str
    en: str
    places: tuple[IndexPlace, ...]


@dataclass(slots=True)
class IndexCounter:
    """Collects the entries of a run, article by article."""

    _places: dict[tuple[MentionKind, str], list[IndexPlace]] = field(default_factory=dict)
    _english: Counter[tuple[MentionKind, str, str]] = field(default_factory=Counter)

    def add(self, reported: ReportArticle, texts: Texts) -> None:
        """Add what the sentences of an article name."""
        named = json.loads("".join(texts("mentions", reported, _mentions)))
        for sentence, mentioned in zip(reported.sentences, named, strict=True):
            if not mentioned:
                continue
            zh, en = sentence.source.text, sentence.translated.text
            name = sys.intern(sentence.source.id)
            place = IndexPlace(reported.anchor, reported.article.id, name, zh, en)
            for kind, written, english in mentioned:
                places = self._places.setdefault((kind, written), [])
                if place not in places[-1:]:
                    places.append(place)
                self._english[kind, written, english] += 1

    def result(self) -> tuple[IndexEntry, ...]:
        """Return the entries by kind: names by how often they occur, the others as they come."""
        most: dict[tuple[MentionKind, str], tuple[int, str]] = {}
        for (kind, zh, en), count in self._english.items():
            if count > most.get((kind, zh), (0, ""))[0]:
                most[kind, zh] = count, en
        entries = [
            IndexEntry(kind, zh, most[kind, zh][1], tuple(places))
            for (kind, zh), places in self._places.items()
        ]
        order = list(TITLES)
        return tuple(
            sorted(
                entries,
                key=lambda entry: (
                    order.index(entry.kind),
                    -len(entry.places) if entry.kind in _BY_COUNT else 0,
                ),
            )
        )


def _mentions(reported: ReportArticle) -> Iterator[str]:
    """Yield what each sentence names, as one list in JSON."""
    named = (mentions(line.source.text, line.translated.text) for line in reported.sentences)
    lists = [[(one.kind, one.zh, one.en) for one in mentioned] for mentioned in named]
    yield json.dumps(lists, ensure_ascii=False)


def index_csv(entries: Iterable[IndexEntry]) -> Iterator[str]:
    """Yield an index as a table for spreadsheets: a row for every entry and sentence."""
    yield "\ufeff" + _rows([_COLUMNS])
    for entry in entries:
        named = (entry.kind, entry.en, entry.zh)
        yield _rows((*named, at.article_id, at.sentence_id, at.en, at.zh) for at in entry.places)


def _rows(rows: Iterable[tuple[str, ...]]) -> str:
    stream = io.StringIO()
    csv.writer(stream).writerows(map(guard_cells, rows))
    return stream.getvalue()
