"""The stories of a digest: weighed, grouped by section or topic, joined, compared with the last.

rows ─▶ one story for each article ─▶ same stories joined ─▶ the heaviest ─▶ grouped
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import nsmallest
from typing import Any

from pipeline.input.places import pages_text, source_name
from pipeline.records import Article, Score, Summary, SummarySentence, Translation
from pipeline.summarize.digest.same_story import Terms, is_same, same_stories, story_terms
from pipeline.summarize.digest.topics import topic_of
from pipeline.summarize.summarize import prose_of

DigestRow = tuple[Article, Translation | None, Summary | None, Score | None]
"""An article with what a run has made of it so far."""

_OPENING_CHARS = 200
"""Characters of an article's text by which the same story is recognised."""
_FRONT_PAGE = 1.5
"""Factor of the weight of a story on the first page, or in the first section, of its paper."""


@dataclass(frozen=True, slots=True)
class DigestStory:
    """A story: its headline and one line in both languages, and the articles that tell it.

    `weight` grows with the length of the articles and their number. `continues` is the headline of
    the story in the previous digest, empty if there is none; None without a previous digest.
    `change` is what the story is since the night before: `new`, `changed`, `moved`, or empty.
    """

    articles: tuple[str, ...]
    places: tuple[str, ...]
    title_zh: str
    title_en: str
    line_zh: str
    line_en: str
    group: tuple[str, str]
    weight: float
    continues: str | None
    opening: str
    change: str = ""


@dataclass(frozen=True, slots=True)
class Digest:
    """The heaviest stories of an edition, in groups of (English, Chinese) name.

    `date` is the day of the run, such as 2026-11-28. `news` says in a sentence what is new since
    the night before; empty without one.
    """

    title: str
    groups: tuple[tuple[tuple[str, str], tuple[DigestStory, ...]], ...]
    total: int
    date: str = ""
    news: str = ""

    @property
    def stories(self) -> tuple[DigestStory, ...]:
        """All stories, in the order of the groups."""
        return tuple(story for _, stories in self.groups for story in stories)


def make_digest(
    rows: Iterable[DigestRow],
    *,
    title: str,
    most: int,
    previous: Sequence[Mapping[str, Any]] | None = None,
) -> Digest:
    """Return the digest of a run: at most `most` stories, the heaviest first in each group.

    Groups come in the order of their heaviest story. `previous` are the stories of an earlier
    digest.json.
    """
    stories = list(_stories(rows))
    groups = same_stories(story_terms(f"{one.title_zh}{one.opening}") for one in stories)
    joined = (_joined([stories[number] for number in own]) for own in groups)
    ranked = nsmallest(most, joined, key=lambda story: (-story.weight, story.articles))
    if previous is not None:
        known = [
            (str(row["title_zh"]), story_terms(f"{row['title_zh']}{row['opening']}"))
            for row in previous
        ]
        ranked = [replace(story, continues=_continued(story, known)) for story in ranked]
    return Digest(title, grouped(ranked), total=len(groups))


def grouped(
    stories: Sequence[DigestStory],
) -> tuple[tuple[tuple[str, str], tuple[DigestStory, ...]], ...]:
    """Return stories in groups, in the order of the first story of each."""
    names = dict.fromkeys(story.group for story in stories)
    return tuple((name, tuple(one for one in stories if one.group == name)) for name in names)


def with_news(digest: Digest, date: str, kinds: Mapping[str, str], news: str) -> Digest:
    """Return a digest of a day that says what is new: `kinds` by article, in one sentence `news`.

    A story of several articles is new if all of them are, and changed if some are.
    """
    stories = [replace(story, change=_change(story, kinds)) for story in digest.stories]
    return replace(digest, groups=grouped(stories), date=date, news=news)


def _change(story: DigestStory, kinds: Mapping[str, str]) -> str:
    changes = {kinds.get(article, "") for article in story.articles}
    if len(changes) == 1:
        return changes.pop()
    return "changed" if changes & {"new", "changed"} else "moved"


def _continued(story: DigestStory, known: Sequence[tuple[str, Terms]]) -> str:
    terms = story_terms(f"{story.title_zh}{story.opening}")
    return next((title for title, others in known if is_same(terms, others)), "")


def _stories(rows: Iterable[DigestRow]) -> Iterator[DigestStory]:
    for article, translation, summary, _ in rows:
        text = "".join(sentence.text for sentence in prose_of(article))
        if not text or translation is None:
            continue
        yield DigestStory(
            articles=(article.id,),
            places=(pages_text(article) or source_name(article.source),),
            title_zh=article.title.strip(),
            title_en=article.english_title(translation.english),
            line_zh=_line(summary.gist_zh if summary else None, summary.zh if summary else ()),
            line_en=_line(summary.gist_en if summary else None, summary.en if summary else ()),
            group=_section(article) or topic_of(article.title, text),
            weight=_weight(article, text),
            continues=None,
            opening=text[:_OPENING_CHARS],
        )


def _weight(article: Article, text: str) -> float:
    return round(math.log(1 + len(text)) * (_FRONT_PAGE if _is_in_front(article) else 1), 3)


def _joined(stories: Sequence[DigestStory]) -> DigestStory:
    """Return one story for all; the heaviest article speaks for it."""
    heaviest = max(stories, key=lambda story: story.weight)
    return replace(
        heaviest,
        articles=tuple(name for story in stories for name in story.articles),
        places=tuple(dict.fromkeys(place for story in stories for place in story.places)),
        weight=round(heaviest.weight * (1 + math.log(len(stories))), 3),
    )


def _line(gist: SummarySentence | None, lines: Sequence[SummarySentence]) -> str:
    return gist.text if gist else lines[0].text if lines else ""


def _section(article: Article) -> tuple[str, str] | None:
    """Return the section that the page names, if it does; its English is the Chinese name."""
    named = next((block for block in article.blocks if block.kind == "section"), None)
    if named is None:
        return None
    name = "".join(sentence.text for sentence in named.sentences).strip()
    return (name, name) if name else None


def _is_in_front(article: Article) -> bool:
    first = source_name(article.pages[0].source if article.pages else article.source).upper()
    return first.split(".")[0].endswith(("A01", "A1", "-01", "_01"))
