"""Captions by their place: what is below a picture and describes it or says where it is from."""

from models.patterns import lazy
from pipeline.segment.line_kinds import is_photo_credit
from pipeline.segment.paragraphs import Paragraph
from pipeline.segment.story import BODY

_SOURCE = lazy(
    r"[▲△（(【\[\s]*(?:(?P<picture>(?:图片?|照片|影像|图表|配图|题图)(?:来源|源))|来源)\s*[:：/／|｜]"
)
_LONGEST = 100


def credits_photo(following: Paragraph | None) -> bool:
    """True if what follows is the credit of a photo."""
    if following is None or following.role != "credit":
        return False
    return is_photo_credit(following.text)


def is_below_picture(paragraph: Paragraph, following: Paragraph | None, *, has_body: bool) -> bool:
    """True if a paragraph or credit directly below a picture is its caption.

    A mere `来源` after a blank line is that of the story, unless text is before and after it.
    """
    if paragraph.role == "paragraph":
        if len(paragraph.text) > _LONGEST:
            return False
        return credits_photo(following) or (has_body and _is_source_in_brackets(following))
    source = _SOURCE.match(paragraph.text) if paragraph.role == "credit" else None
    if source is None or source["picture"] or not paragraph.lines[0].after_gap:
        return source is not None
    return has_body and following is not None and following.role in BODY


def _is_source_in_brackets(following: Paragraph | None) -> bool:
    """True if what follows is a mere （来源：新华社）, as below a picture amid a story."""
    if following is None or following.role != "credit" or following.text[0] not in "（([【":
        return False
    return _SOURCE.match(following.text) is not None


def is_short_caption(paragraph: Paragraph, following: Paragraph | None) -> bool:
    """True if a short line directly below a picture is its caption."""
    is_beside_text = paragraph.lines[0].after_gap and following and following.role in BODY
    return not is_beside_text or _SOURCE.search(paragraph.text) is not None
