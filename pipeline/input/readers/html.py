"""Web pages as Markdown: the story of a page without its menus, or all blocks of a chapter."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from lxml import etree, html

from models.patterns import lazy
from pipeline.input.encodings import UnreadableError
from pipeline.input.readers.markup.blocks import page_blocks
from pipeline.input.readers.markup.choice import is_button, story_blocks
from pipeline.input.readers.markup.headlines import (
    STOP,
    from_title,
    has_own_headline,
    marked_headline,
    names_headline,
    names_site,
    page_title,
)
from pipeline.input.readers.markup.inline import unescaped
from pipeline.input.readers.markup.page_block import PageBlock, joined_blocks
from pipeline.input.readers.markup.page_controls import without_controls
from pipeline.input.readers.markup.tree import frame_sources, page_tree
from pipeline.input.readers.ocr.xml import with_word
from pipeline.input.readers.office.set_aside import READINGS, SetAsideCounts
from pipeline.input.readers.raised_markup import with_raised_tags
from pipeline.language.numbers.publication_dates import days_of, is_date, is_posted
from pipeline.records import SetAside

_ENCODING = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,30})""", re.IGNORECASE)
_READING = lazy(
    r"<rt(?:\s[^<>]{0,200})?>([^<>]{0,100}(?:<[^<>]{0,100}>[^<>]{0,100}){0,5}?)(?=</?r)", re.I
)
_BETWEEN_WORDS = lazy(
    r"(?P<left>[^<>\s])(?P<tags>(?:</(?:strong|em|span)>\s*)*</span>)\s+(?=(?:<span[^<>]{0,300}>\s*)?"
    r"<span[^<>]{0,200}ocrx_word[^<>]{0,300}>(?:<(?:strong|em)>)?(?P<right>[^<>\s]))"
)
_TAG = lazy(r"<[^<>]{0,200}>")
_LONGEST_TITLE = 200
_DATE_WITHIN, _DATE_AT_END = 12, 3
_DECLARED_DATE = r"content\s*=\s*[\"']?{0}|date\w*[\"']\s*:\s*[\"']{0}"
_DATELINE = lazy(
    r"[^，。；！？\d]{2,24}(\d{4}\s*[年./-]\s*\d{1,2}\s*[月./-]\s*\d{1,2}\s*日?)\s*(?:[讯訊电電]|消息)"
)
_ADVICE = "open it in a browser and save its text"


@dataclass(frozen=True, slots=True)
class Webpage:
    """What was taken from a page; `text` is Markdown, `title` and `date` what the page says."""

    text: str
    title: str | None
    date: str | None
    notices: str = ""
    """Buttons and notices that are no text of the story."""


def declared_encoding(sample: bytes) -> str | None:
    """Return the encoding that a page's head names; None if it names none."""
    match = _ENCODING.search(sample[:4096])
    return match.group(1).decode("ascii") if match else None


def story(source: str, sheet: str = "") -> Webpage:
    """Take the story from a page: no menus, comments or advertisements.

    `sheet` is a style sheet outside the page.

    trafilatura chooses the text of the story, and `markup.choice` the blocks that belong to it;
    of a page too short to choose from, all blocks outside `nav`, `footer` and `aside` are taken.
    Raises UnreadableError for a page without text or beyond a limit of `limits`.
    """
    # trafilatura takes a fifth of a second to import, so only web pages pay it
    import trafilatura

    is_ocr = "ocrx_word" in source
    if is_ocr:  # hOCR: blanks part the words of Chinese too, and the title is the name of a picture
        source = _BETWEEN_WORDS.sub(_between_words, source)
    if "vertical-align" in source:
        source = with_raised_tags(source, {})
    try:
        tree = page_tree(source, sheet)
        blocks = page_blocks(tree) if tree is not None else []
        if tree is None or not blocks:
            raise _no_text(source)
        written = " ".join((tree.findtext(".//title") or "").split())
        _hide_told_times(tree, blocks)
        found: Any = trafilatura.bare_extraction(
            tree, output_format="txt", include_comments=False, with_metadata=True
        )
        about: Any = found or trafilatura.extract_metadata(tree)
    except (RecursionError, etree.LxmlError) as error:
        raise UnreadableError(f"not a web page that can be read: {error}", _ADVICE) from error
    named = "" if is_ocr else " ".join((about.title or "").split())
    is_better = names_headline(blocks, written) and not names_headline(blocks, named)
    if not is_ocr and (is_better or names_site(named)):
        named = written  # the headline may stand behind the name of the newspaper
    if not is_ocr and not names_headline(blocks, named):
        named = marked_headline(tree, blocks, named) or named
    title = page_title(blocks, named)
    told = story_blocks(blocks, (found.raw_text or "") if found else "", named)
    if not names_headline(blocks, named) and has_own_headline(told, named):
        title = ""
    return Webpage(
        joined_blocks(list(map(without_controls, from_title(told, named)))),
        title if 0 < len(title) <= _LONGEST_TITLE else None,
        _date(about.date, told, blocks, tree, source),
        "\n".join(block.plain for block in blocks if block not in told and is_button(block)),
    )


def _between_words(match: re.Match[str]) -> str:
    blank = with_word(match["left"], match["right"])[1:-1]
    return f"{match['left']}{match['tags']}{blank}"


def _hide_told_times(tree: html.HtmlElement, blocks: Sequence[PageBlock]) -> None:
    """Make the `time` elements in sentences and headings plain: they are no dates of the page."""
    for time in list(tree.iter("time")):
        if time.get("pubdate") is None and not (time.get("itemprop") or "").startswith("date"):
            text = "".join(f"{time.text_content()}{time.tail or ''}".split())
            own = next((b for b in blocks if text in "".join(b.plain.split())), None)
            if own and (own.markdown.startswith("#") or STOP.search(own.plain)):
                time.tag = "span"
                time.attrib.pop("datetime", None)


def _date(
    given: str | None,
    story: Sequence[PageBlock],
    page: Sequence[PageBlock],
    tree: html.HtmlElement,
    source: str,
) -> str | None:
    """Return the date of a page: what its head declares, or else what is written around its text.

    Of those, one with a time is that of the story, not of the masthead. A day that stands in
    sentences alone is no date of the page, except in a dateline. trafilatura takes a date from
    links below a story too, and gives the first of January for a page in which it finds a year
    alone.
    """
    year = given[:4] if given and given.endswith("-01-01") else ""
    if given and not year:
        if re.search(_DECLARED_DATE.format(given), source, re.IGNORECASE) or tree.xpath(
            "//@datetime[starts-with(., $day)]", day=given
        ):
            return given
        if _is_told(given, page):
            opened = filter(None, (_DATELINE.match(block.plain) for block in story))
            given = next((match[1] for match in opened), None)
    lines = [
        block.plain
        for blocks in (story, page if year or not given else ())
        for block in takewhile(lambda block: "。" not in block.plain, blocks[:_DATE_WITHIN])
    ]
    if year or not given:
        end = (block.plain for block in story[: -_DATE_AT_END - 1 : -1])
        lines += [text for text in end if is_date(text) or is_posted(text)]
    found = [day for text in lines for day in days_of(text)]
    written = [
        day.text
        for day in sorted(found, key=lambda day: (not day.is_posted, not day.has_time))
        if not day.is_other
        and (not year or day.text.startswith(year) or day.is_posted or day.has_time)
    ]
    if written and not any(given and _numbers(given) == _numbers(date) for date in written):
        return written[0]
    if given and any(day.is_other and _numbers(day.text) == _numbers(given) for day in found):
        return None
    is_written = year and re.search(rf"{year}[-/.年]?0?1[-/.月]?0?1(?!\d)", source)
    return given if is_written or not year else None


def _is_told(date: str, blocks: Sequence[PageBlock]) -> bool:
    """True if a date stands in sentences alone."""
    numbers = _numbers(date)
    own = [
        block
        for block in blocks
        if date[:4] in block.plain
        and any(_numbers(day.text) == numbers for day in days_of(block.plain))
    ]
    return bool(own) and all(STOP.search(block.plain) for block in own)


def _numbers(date: str) -> list[int]:
    return [int(digits) for digits in re.findall(r"\d+", date)]


def blocks_text(source: str | bytes, sheet: str = "") -> str:
    """Return all blocks of a page as Markdown: headings, paragraphs, items, rows of tables.

    `sheet` is a style sheet outside the page.
    """
    tree = page_tree(source, sheet)
    return "" if tree is None else joined_blocks(page_blocks(tree))


def readings_left_out(source: str) -> tuple[SetAside, ...]:
    """Count the readings above characters (`rt`), which are not in the text of a page."""
    counts = SetAsideCounts()
    if "<rt" in source or "<RT" in source:
        for reading in _READING.finditer(source):
            counts.add(READINGS, unescaped(_TAG.sub("", reading[1])))
    return counts.rows()


def table_rows(source: str) -> list[str]:
    """Return the rows of an HTML table as Markdown; a table of one column is its paragraphs."""
    tree = page_tree(source)
    blocks = page_blocks(tree) if tree is not None else []
    return [block.markdown for block in blocks]


def _no_text(source: str) -> UnreadableError:
    frames = frame_sources(source)
    if frames:
        named = ", ".join(frames[:5])
        return UnreadableError(f"a page of frames, whose text is in {named}", "give those pages")
    return UnreadableError("a web page without text", "leave it out or save its text")
