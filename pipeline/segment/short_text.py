"""Short lines that look like titles, but are items, bylines or text.

问：什么时候？        “灯会真好看。”        一盏灯                 □ 高中
答：下个月           ——居民 王婶         从对岸漂过来            □ 大专
（笑声）                               像一句没有说完的话
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, pairwise

from models.patterns import lazy
from pipeline.segment.numbering import counted
from pipeline.segment.paragraphs import Paragraph, is_signature
from pipeline.segment.story import BODY
from pipeline.segment.transcripts import is_direction, speaker

_SURE = frozenset(("问", "答", "Q", "A"))
_BOXES = "□■◇◆○●◎☐☑☒▢▪•·★☆▲△▶►✓√"
_REPORT = lazy(r".{2,6}(?:周报|快报|日报)")
_LEAST_TURNS = 2
_LEAST_LINES, _LEAST_LINES_OF_ANOTHER = 3, 2


def with_short_text(paragraphs: Sequence[Paragraph]) -> list[Paragraph]:
    """Return paragraphs in which short lines that are items, turns or verses are such."""
    return _with_stanzas(_with_turns(_with_lists(_with_named_page(paragraphs))))


def _with_named_page(paragraphs: Sequence[Paragraph]) -> list[Paragraph]:
    """Return paragraphs in which the name of a report is a short line: 空气质量周报 above a table.

    It looks like the name of a newspaper, which a headline or a dateline follows.
    """
    if len(paragraphs) < 2 or not _REPORT.fullmatch(paragraphs[0].text):
        return list(paragraphs)
    first, second, *others = paragraphs
    is_title = first.role == "furniture" and second.role in BODY and not is_signature(second)
    return [replace(first, role="short") if is_title else first, second, *others]


def _with_lists(paragraphs: list[Paragraph]) -> list[Paragraph]:
    """Make short lines items that follow each other with the same mark, or with numbers that go on.

    There may be gaps between them, and indented paragraphs, which belong to the item above.
    """
    shorts = [p.text if p.role in ("short", "list_item") else "" for p in paragraphs]
    boxes = [text[:1] if text[:1] in _BOXES else "" for text in shorts]
    pairs = [
        (place, place + 1)
        for place, (own, after) in enumerate(pairwise(boxes))
        if own == after != ""
    ]
    for place, after in pairwise(sorted(counted(shorts))):
        is_inside = all(own.lines[0].indent > 1 for own in paragraphs[place + 1 : after])
        if is_inside and counted([shorts[place], shorts[after]]):
            pairs.append((place, after))
    for item in chain.from_iterable(pairs):
        paragraphs[item] = replace(paragraphs[item], role="list_item")
    return paragraphs


def _with_turns(paragraphs: Sequence[Paragraph]) -> list[Paragraph]:
    """Return paragraphs in which short turns of speakers are text.

    A speaker has two turns or more, and a turn follows another one; 问 and 答 may be anywhere. So
    are （笑声） below a turn, and who spoke below a quotation.
    """
    is_text = [paragraph.role in ("short", "paragraph") for paragraph in paragraphs]
    speakers = [speaker(p.text) if own else "" for p, own in zip(paragraphs, is_text, strict=True)]
    counts = Counter(filter(None, speakers))
    turned: list[Paragraph] = []
    is_after_turn = False
    for paragraph, who in zip(paragraphs, speakers, strict=True):
        is_turn = counts[who] >= _LEAST_TURNS and (is_after_turn or who in _SURE)
        is_stage = is_after_turn and is_direction(paragraph.text)
        is_said = is_turn or is_stage or (bool(turned) and _names_speaker(turned[-1], paragraph))
        is_short = paragraph.role == "short"
        turned.append(replace(paragraph, role="paragraph") if is_short and is_said else paragraph)
        is_after_turn = bool(who) or is_stage
    return turned


def _with_stanzas(paragraphs: list[Paragraph]) -> list[Paragraph]:
    """Return paragraphs in which short lines without a gap are text, if a page has no other text.

    The first such stanza has three lines or more. Numbers that count the stanzas stay headings.
    """
    is_verse = all(paragraph.role in ("short", "credit", "date") for paragraph in paragraphs)
    if not (paragraphs and is_verse):
        return paragraphs
    gaps = [n for n, paragraph in enumerate(paragraphs) if paragraph.lines[0].after_gap]
    starts = sorted({0, *gaps})
    numbered = {starts[n] for n in counted([paragraphs[start].text for start in starts])}
    least = _LEAST_LINES
    stanzas: list[Paragraph] = []
    for start, end in pairwise((*starts, len(paragraphs))):
        stanza = paragraphs[start:end]
        if len(stanza) >= least and all(line.role == "short" for line in stanza):
            head = stanza[: start in numbered]
            stanza = [*head, *(replace(line, role="paragraph") for line in stanza[len(head) :])]
            least = _LEAST_LINES_OF_ANOTHER
        stanzas += stanza
    return stanzas


def _names_speaker(before: Paragraph, paragraph: Paragraph) -> bool:
    """True for ——居民 王婶 below a quotation."""
    return paragraph.text.startswith("——") and before.lines[-1].text.endswith(("”", "」", "』"))
