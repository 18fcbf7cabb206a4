"""What is new since an earlier edition, story by story: new, changed, gone, moved.

A story with the same sentences is the same story. Of the others, an old and a new one are the same
story, changed, if enough of their text is common (Dice's coefficient of four-character shingles);
the best pairs are matched first.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from hashlib import blake2b
from itertools import pairwise
from typing import Literal

from models.patterns import lazy
from pipeline.language.plural import plural
from pipeline.records import Article, Span, Translation

ChangeKind = Literal["new", "changed", "gone", "moved"]

_SHINGLE = 4
_COMMON = 50  # a shingle of more stories than this says little about any of them
_MOST_COMPARED = 4_000_000
_ALIKE = 0.5
_ALIKE_WITH_TITLE = 0.2
_DATE = lazy(r"\d{4}-?\d\d-?\d\d")
_ROW = lazy(r":\d+$")


@dataclass(frozen=True, slots=True)
class Passage:
    """Sentences of a changed story, before and after; an empty side was not there.

    `before_marks` and `after_marks` are the characters that differ.
    """

    before: str
    after: str
    before_en: str
    after_en: str
    before_marks: tuple[Span, ...] = ()
    after_marks: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class StoryChange:
    """A story that is not as it was. `id` and `source` are in this run, or for `gone` in the last.

    `moved_from` is its page in the last run, if that is another one.
    """

    kind: ChangeKind
    id: str
    title: str
    title_en: str
    source: str
    moved_from: str = ""
    passages: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """What is new since the run `since`; `same` is the number of stories that did not change."""

    since: str
    same: int
    stories: tuple[StoryChange, ...]

    def count(self, kind: ChangeKind) -> int:
        """Return the number of stories of a kind."""
        return sum(story.kind == kind for story in self.stories)

    @property
    def counts(self) -> dict[str, int]:
        """Number of stories of every kind, those that are the same included."""
        kinds: tuple[ChangeKind, ...] = ("new", "changed", "gone", "moved")
        return {"same": self.same, **{kind: self.count(kind) for kind in kinds}}


Sided = tuple[Article, Translation | None]
"""An article and its translation, if it has one."""


def story_changes(since: str, before: Sequence[Sided], after: Sequence[Sided]) -> Changes:
    """Compare two editions; the order is that of `after`, then what is gone."""
    old, new = [list(map(_text_of, side)) for side in (before, after)]
    matched = _same(old, new)
    pairs = matched | _alike(old, new, matched)
    stories = [
        change
        for place, side in enumerate(after)
        if (change := _change(side, before[pairs[place]] if place in pairs else None))
    ]
    paired = set(pairs.values())
    gone = [side for place, side in enumerate(before) if place not in paired]
    return Changes(
        since, len(after) - len(stories), (*stories, *(_story("gone", side) for side in gone))
    )


def story_digest(article: Article) -> bytes:
    """Return what stories with the same sentences on the same page have in common."""
    said = repr((_sentences(article), _page(article.source)))
    return blake2b(said.encode("utf-8", "surrogatepass"), digest_size=16).digest()


@dataclass(frozen=True, slots=True)
class _StoryText:
    sentences: tuple[str, ...]
    title: str
    page: str


def _text_of(side: Sided) -> _StoryText:
    article, _ = side
    return _StoryText(_sentences(article), article.title, _page(article.source))


def _sentences(article: Article) -> tuple[str, ...]:
    return tuple(sentence.text for sentence in article.sentences)


def _page(source: str) -> str:
    """Return the page of a source: of `2026-11-28/news.jsonl:12` what is the same every night."""
    return _DATE.sub("DATE", _ROW.sub("", source))


def _same(old: Sequence[_StoryText], new: Sequence[_StoryText]) -> dict[int, int]:
    """Match stories with the same sentences, those on the same page first."""
    waiting: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, story in enumerate(old):
        waiting[story.sentences].append(place)
    pairs: dict[int, int] = {}
    for is_strict in (True, False):
        for place, story in enumerate(new):
            places = waiting.get(story.sentences, [])
            fitting = [at for at in places if not is_strict or old[at].page == story.page]
            if place not in pairs and fitting:
                pairs[place] = fitting[0]
                places.remove(fitting[0])
    return pairs


def _alike(
    old: Sequence[_StoryText], new: Sequence[_StoryText], matched: dict[int, int]
) -> dict[int, int]:
    """Match the other stories by the text they share, the most similar first."""
    taken = set(matched.values())
    shingles = {at: _shingles(old[at]) for at in range(len(old)) if at not in taken}
    index: dict[str, list[int]] = defaultdict(list)
    for at, own in shingles.items():
        for shingle in own:
            index[shingle].append(at)
    found: list[tuple[float, int, int]] = []
    for place in range(len(new)):
        if place in matched:
            continue
        own = _shingles(new[place])
        shared = Counter(
            at for shingle in own for at in index.get(shingle, ()) if len(index[shingle]) <= _COMMON
        )
        for at, count in shared.items():
            alike = 2 * count / (len(own) + len(shingles[at]))
            has_title = new[place].title == old[at].title != ""
            if alike >= (_ALIKE_WITH_TITLE if has_title else _ALIKE):
                found.append((-alike, place, at))
    pairs: dict[int, int] = {}
    for _, place, at in sorted(found):
        if place not in pairs and at not in taken:
            pairs[place] = at
            taken.add(at)
    return pairs


def _shingles(story: _StoryText) -> set[str]:
    text = "".join("".join(story.sentences).split())
    return {text[start : start + _SHINGLE] for start in range(max(1, len(text) - _SHINGLE + 1))}


def _change(side: Sided, earlier: Sided | None) -> StoryChange | None:
    """Return how a story changed; None if it did not."""
    if earlier is None:
        return _story("new", side)
    article, was = side[0], earlier[0]
    moved_from = was.source if _page(article.source) != _page(was.source) else ""
    if _sentences(article) == _sentences(was):
        return _story("moved", side, moved_from) if moved_from else None
    return _story("changed", side, moved_from, tuple(_passages(earlier, side)))


def _story(
    kind: ChangeKind, side: Sided, moved_from: str = "", passages: tuple[Passage, ...] = ()
) -> StoryChange:
    article, _ = side
    title_en = article.english_title(_english(side))
    return StoryChange(
        kind, article.id, article.title, title_en, article.source, moved_from, passages
    )


def _english(side: Sided) -> dict[str, str]:
    _, translation = side
    return translation.english if translation else {}


def _passages(before: Sided, after: Sided) -> Iterator[Passage]:
    """Yield the sentences that differ, side by side."""
    old, new = (_rows(side) for side in (before, after))
    matcher = SequenceMatcher(None, [zh for zh, _ in old], [zh for zh, _ in new], autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "equal":
            left, right = (_joined(rows) for rows in (old[a:b], new[c:d]))
            marks = _marks(left[0], right[0])
            yield Passage(left[0], right[0], left[1], right[1], *marks)


def _rows(side: Sided) -> list[tuple[str, str]]:
    english = _english(side)
    return [(each.text, english.get(each.id, "")) for each in side[0].sentences]


def _joined(rows: Sequence[tuple[str, str]]) -> tuple[str, str]:
    return "".join(zh for zh, _ in rows), " ".join(en for _, en in rows if en)


def _marks(before: str, after: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Return the characters of two texts that differ; none if one is empty, or both are long."""
    if not before or not after or len(before) * len(after) > _MOST_COMPARED:
        return (), ()
    codes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    differ = [(a, b, c, d) for tag, a, b, c, d in codes if tag != "equal"]
    return (
        tuple(Span(a, b) for a, b, _, _ in differ if a < b),
        tuple(Span(c, d) for _, _, c, d in differ if c < d),
    )


def marked_text(text: str, marks: Sequence[Span]) -> list[tuple[str, bool]]:
    """Return a text in pieces, each with whether it is marked."""
    edges = [0, *(edge for span in marks for edge in (span.start, span.end)), len(text)]
    pieces = [(text[a:b], bool(number % 2)) for number, (a, b) in enumerate(pairwise(edges))]
    return [piece for piece in pieces if piece[0]]


def changes_line(changes: Changes) -> str:
    """Return the numbers of stories in one sentence."""
    counts = changes.counts
    if not changes.stories:
        return f"Nothing changed since {changes.since}."
    parts = ", ".join(f"{counts[kind]:,} {kind}" for kind in ("new", "changed", "moved", "gone"))
    same = plural(changes.same, "story", "stories")
    return f"Since {changes.since}: {parts}; {same} as before."
