"""Turns of speakers in an interview: short lines that look like titles, but say what one said.

问：什么时候？        记者：你多大？        “灯会真好看。”
答：下个月           王婶：七十           ——居民 王婶
（笑声）
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from models.patterns import lazy
from pipeline.segment.paragraphs import Paragraph

_TURN = lazy(r"[【\[]?(?P<speaker>[^：:，。！？；\s【】\[\]]{1,16})[】\]]?\s*[：:]\s*\S")
_SURE = frozenset(("问", "答", "Q", "A"))
_STAGE = lazy(r"[（(][^（）()]{1,16}[）)]$")
_LEAST_TURNS = 2


def with_turns(paragraphs: Sequence[Paragraph]) -> list[Paragraph]:
    """Return paragraphs in which short turns of speakers are text.

    A speaker has two turns or more, and a turn follows another one; 问 and 答 may be anywhere. So
    are （笑声） below a turn, and who spoke below a quotation.
    """
    speakers = [_speaker(paragraph) for paragraph in paragraphs]
    counts = Counter(filter(None, speakers))
    turned: list[Paragraph] = []
    is_after_turn = False
    for paragraph, speaker in zip(paragraphs, speakers, strict=True):
        is_turn = counts[speaker] >= _LEAST_TURNS and (is_after_turn or speaker in _SURE)
        is_stage = is_after_turn and _STAGE.match(paragraph.text) is not None
        is_text = is_turn or is_stage or (bool(turned) and _names_speaker(turned[-1], paragraph))
        is_short = paragraph.role == "short"
        turned.append(replace(paragraph, role="paragraph") if is_short and is_text else paragraph)
        is_after_turn = bool(speaker) or is_stage
    return turned


def _speaker(paragraph: Paragraph) -> str:
    """Return who speaks in a turn; empty if the paragraph is none."""
    turn = _TURN.match(paragraph.text) if paragraph.role in ("short", "paragraph") else None
    return turn["speaker"] if turn else ""


def _names_speaker(before: Paragraph, paragraph: Paragraph) -> bool:
    """True for ——居民 王婶 below a quotation."""
    return paragraph.text.startswith("——") and before.lines[-1].text.endswith(("”", "」", "』"))
