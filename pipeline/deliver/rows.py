"""The rows of an export: a sentence in both languages, its place, and what the checks found."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.input.pairs import sentence_name
from pipeline.input.places import places_text
from pipeline.records import Article, Finding, Origin, Score, Sentence, Translation


@dataclass(frozen=True, slots=True)
class ExportRow:
    """One sentence; `start` and `end` are characters of the document, -1 if it has no place.

    Of an edition they count the characters of all its pages, and `places` says which of
    which page: `news/A01.md:52-68 + news/A02.md:0-14`. Else it is None.
    """

    article_id: str
    block: int
    kind: str
    sentence: str
    start: int
    end: int
    zh: str
    en: str
    confidence: float | None
    flags: str
    places: str | None = None
    origin: Origin = "none"
    findings: tuple[Finding, ...] = ()
    model: str = ""
    """Of a sentence that a model translated: its name."""

    @property
    def name(self) -> str:
        """Its name in files that come back: `page-2#s7`."""
        return sentence_name(self.article_id, self.sentence)

    @property
    def doubts(self) -> tuple[Finding, ...]:
        """The findings that an editor should look at."""
        return tuple(finding for finding in self.findings if finding.severity != "info")

    @property
    def state(self) -> str:
        """How far it has come, in a word for people."""
        if not self.en:
            return "not translated"
        if self.origin == "model":
            return "to check" if self.doubts else "machine"
        return "editor" if self.origin == "editor" else "rule"


COLUMNS = tuple(ExportRow.__dataclass_fields__)[: ExportRow.__slots__.index("origin")]
"""The columns of a table of all rows; the last one, `places`, is only for editions."""


def export_rows(
    articles: Sequence[Article],
    translations: Sequence[Translation],
    scores: Sequence[Score],
    model: str = "",
) -> Iterator[ExportRow]:
    """Yield one row per sentence, in reading order; `en` is empty where there is none yet.

    `flags` are those of the translation, `unknown_characters` where the model's vocabulary
    lacks some, `editor` where it is an editor's, and the names of
    the checks that found something, separated by commas. `model` names what translated.
    """
    translated = {t.article_id: {s.id: s for s in t.sentences} for t in translations}
    scored = {s.article_id: {x.id: x for x in s.sentences} for s in scores}
    for article in articles:
        english = translated.get(article.id, {})
        judged = scored.get(article.id, {})
        for number, block in enumerate(article.blocks, start=1):
            for sentence in block.sentences:
                translation = english.get(sentence.id)
                score = judged.get(sentence.id)
                flags = [*translation.flags] if translation else []
                flags += ["unknown_characters"] if translation and translation.unknown else []
                flags += ["editor"] if translation and translation.origin == "editor" else []
                flags += [finding.check for finding in score.findings] if score else []
                start, end = _place(sentence)
                origin: Origin = translation.origin if translation else "none"
                yield ExportRow(
                    article_id=article.id,
                    block=number,
                    kind=block.kind,
                    sentence=sentence.id,
                    start=start,
                    end=end,
                    zh=sentence.text,
                    en=translation.text if translation else "",
                    confidence=translation.confidence if translation else None,
                    flags=",".join(dict.fromkeys(flags)),
                    places=places_text(article, sentence) if article.pages else None,
                    origin=origin,
                    findings=score.findings if score else (),
                    model=model if origin == "model" else "",
                )


def _place(sentence: Sentence) -> tuple[int, int]:
    if not sentence.spans:
        return -1, -1
    return min(s.start for s in sentence.spans), max(s.end for s in sentence.spans)
