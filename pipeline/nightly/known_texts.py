"""Texts of the report about articles that the run before had too: making them again takes long.

Beside its report a night leaves what the report says of each article, by a digest of all that it is
made of. The next night takes the texts of the articles that did not change. In the file a list of
the sizes comes first, then the texts, each packed by itself with a checksum; what is damaged is as
good as missing.
"""

import gzip
import json
import zlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from models.patterns import lazy
from pipeline.engine.store import to_json
from pipeline.report.article import ReportArticle
from pipeline.storage import write_atomically

TEXTS = "texts.gz"

_ANCHOR = lazy(r'( (?:id|aria-labelledby)="| href="#)a\d+(?=[-"])')
_GZIP = 31  # window bits of zlib that mean gzip
_HERE = "\0"
"""Stands in HTML for the anchor of an article: its number may differ from night to night."""


@dataclass(frozen=True, slots=True)
class KnownTexts:
    """The texts of the run before and of this one, by article and kind; see `Texts` of a report.

    `made_by` names the program and the settings that decide how they look. A text is packed as
    long as it is kept: all of them together take twice as much memory as the report.
    """

    made_by: str
    before: Mapping[str, Mapping[str, bytes]]
    now: dict[str, dict[str, bytes]] = field(default_factory=dict)
    _keys: dict[str, str] = field(default_factory=dict)

    def __call__(
        self, kind: str, story: ReportArticle, make: Callable[[ReportArticle], Iterable[str]]
    ) -> tuple[str]:
        """Return a text about an article: that of the run before, else made anew."""
        key = self._keys.get(story.anchor) or self._keys.setdefault(story.anchor, _content(story))
        texts = self.now.setdefault(key, {})
        if kind not in texts and (known := self.before.get(key, {}).get(kind)) is not None:
            texts[kind] = known
        text = _unpacked(texts[kind]) if kind in texts else None
        if text is None:
            text = _stored(kind, "".join(make(story)))
            texts[kind] = _packed(text)
        return (text.replace(_HERE, story.anchor),)

    def write(self, folder: Path) -> None:
        """Leave the texts for the next night. Raises StoreError."""
        sizes = {
            key: {kind: len(data) for kind, data in own.items()} for key, own in self.now.items()
        }
        head = _packed(json.dumps([self.made_by, sizes]))
        packed = (data for own in self.now.values() for data in own.values())
        write_atomically(folder / TEXTS, b"".join([head, *packed]))


def known_texts(folder: Path | None, made_by: str) -> KnownTexts:
    """Return the texts that a run left in its folder; none if they are of another program."""
    with suppress(OSError, ValueError, TypeError, AttributeError, zlib.error):
        if folder is not None:
            head = zlib.decompressobj(_GZIP)
            maker, sizes = json.loads(head.decompress((folder / TEXTS).read_bytes()))
            if maker == made_by:
                return KnownTexts(made_by, _parted(sizes, head.unused_data))
    return KnownTexts(made_by, {})


def _parted(sizes: Mapping[str, Mapping[str, int]], data: bytes) -> dict[str, dict[str, bytes]]:
    """Return the packed texts, which lie one behind the other.

    Raises ValueError if they are not all there.
    """
    if sum(size for own in sizes.values() for size in own.values()) != len(data):
        raise ValueError("not all there")
    stream = BytesIO(data)
    return {
        key: {kind: stream.read(size) for kind, size in own.items()} for key, own in sizes.items()
    }


def _packed(text: str) -> bytes:
    return gzip.compress(text.encode("utf-8", "surrogatepass"), compresslevel=1, mtime=0)


def _unpacked(data: bytes) -> str | None:
    """Return a text; None if its checksum is wrong."""
    with suppress(OSError, EOFError, ValueError, zlib.error):
        return gzip.decompress(data).decode("utf-8", "surrogatepass")
    return None


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
