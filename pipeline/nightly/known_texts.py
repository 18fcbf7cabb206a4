"""Texts of the report about articles that the run before had too: making them again takes long.

Beside its report a night leaves what the report says of each article, by a digest of all that it is
made of. The next night takes the texts of the articles that did not change. The file is packed with
a checksum; one that is damaged is as good as none.
"""

import gzip
import json
import zlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from models.patterns import lazy
from pipeline.engine.store import to_json
from pipeline.report.article import ReportArticle
from pipeline.storage import write_atomically

TEXTS = "texts.gz"

_ANCHOR = lazy(r'( (?:id|aria-labelledby)="| href="#)a\d+(?=[-"])')
_HERE = "\0"
"""Stands in HTML for the anchor of an article: its number may differ from night to night."""


@dataclass(frozen=True, slots=True)
class KnownTexts:
    """The texts of the run before and of this one, by article and kind; see `Texts` of a report.

    `made_by` names the program and the settings that decide how they look.
    """

    made_by: str
    before: Mapping[str, Mapping[str, str]]
    now: dict[str, dict[str, str]] = field(default_factory=dict)
    _keys: dict[str, str] = field(default_factory=dict)

    def __call__(
        self, kind: str, story: ReportArticle, make: Callable[[ReportArticle], Iterable[str]]
    ) -> tuple[str]:
        """Return a text about an article: that of the run before, else made anew."""
        key = self._keys.get(story.anchor) or self._keys.setdefault(story.anchor, _content(story))
        texts = self.now.setdefault(key, {})
        if kind not in texts:
            text = self.before.get(key, {}).get(kind)
            texts[kind] = _stored(kind, "".join(make(story))) if text is None else text
        return (texts[kind].replace(_HERE, story.anchor),)

    def write(self, folder: Path) -> None:
        """Leave the texts for the next night. Raises StoreError."""
        text = json.dumps([self.made_by, self.now], ensure_ascii=False)
        data = gzip.compress(text.encode("utf-8", "surrogatepass"), compresslevel=1, mtime=0)
        write_atomically(folder / TEXTS, data)


def known_texts(folder: Path | None, made_by: str) -> KnownTexts:
    """Return the texts that a run left in its folder; none if they are of another program."""
    with suppress(OSError, EOFError, ValueError, zlib.error):
        if folder is not None:
            data = gzip.decompress((folder / TEXTS).read_bytes())
            maker, texts = json.loads(data.decode("utf-8", "surrogatepass"))
            if maker == made_by:
                return KnownTexts(made_by, texts)
    return KnownTexts(made_by, {})


def _stored(kind: str, text: str) -> str:
    # in HTML a quotation mark of a document is escaped, so this finds attributes only
    return _ANCHOR.sub(rf"\1{_HERE}", text) if kind == "html" else text


def _content(story: ReportArticle) -> str:
    """Return a digest of all that a report says of an article, but for its place."""
    said = [story.title_en, *story.byline, *(line.comment for line in story.sentences)]
    rows = (story.article, story.summary, story.score, *story.summary_metrics)
    total = sha256(repr(said).encode("utf-8", "surrogatepass"))
    for row in (*rows, *(line.translated for line in story.sentences)):
        total.update(to_json(row).encode("utf-8", "surrogatepass"))
    return total.hexdigest()[:32]
