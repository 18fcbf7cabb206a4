"""Captions by their place: what is below a picture and describes it or says where it is from."""

from collections.abc import Sequence

from models.patterns import lazy
from pipeline.segment.line_kinds import is_dateline, is_photo_credit, says_what_is_shown
from pipeline.segment.paragraphs import Paragraph
from pipeline.segment.story import BODY

_SOURCE = lazy(
    r"[▲△（(【\[\s]*(?:(?P<picture>(?:图片?|照片|影像|图表|配图|题图)(?:来源|源))|来源)\s*[:：/／|｜]"
)
_LONGEST, _LONGEST_LINE = 100, 50
_SOURCE_AT_END = lazy(
    r"[（(【\[]\s*(?:(?:图片?|照片|影像|视频|图文)?(?:来源|图源)\s*[:：/／|｜]|(?:图片?|照片|视频)[来源]自)"
    r"[^（）()【】\[\]。]{1,24}[)）】\]]\s*$"
    r"|(?<=[。！？])\s*来源\s*[:：/／|｜]\s*[^，。；]{2,20}$"
)
_TELLS = lazy(
    r"“|据[^，。]{1,8}[，。]|此外|另外|同时|随后|截至|目前|记者(?!.{0,12}摄)|但|不过|而且|因此|为此|由于|对此"
    r"|[他她它](?!身)"
)
"""Beginnings of what goes on from the text above a picture; what is below one rarely does."""
_SAYS = lazy(
    r"(?:表示|介绍|告诉|透露|指出|认为|强调|坦言|[^听诉]说)(?:道|说|记者)?[，：:“]|预计|将(?:于|会|持续)"
)
"""Who said it, or what is to come: a picture shows neither."""
_UNIT = lazy(r"[（(【\[]?\s*(?:计量|货币|计价)?单位\s*[:：]")


def is_above_figure(paragraph: Paragraph, following: Paragraph | None) -> bool:
    """True if a photo's credit follows a line, or the table whose unit the line gives."""
    is_unit = _UNIT.match(paragraph.text) is not None
    is_above_table = following is not None and following.role == "table"
    return credits_photo(following) or (is_unit and is_above_table)


def credits_photo(following: Paragraph | None) -> bool:
    """True if what follows is the credit of a photo."""
    if following is None or following.role != "credit":
        return False
    return is_photo_credit(following.text)


def is_below_picture(paragraphs: Sequence[Paragraph], *, has_body: bool) -> bool:
    """True if the first of three paragraphs, directly below a picture, is its caption.

    A mere `来源` after a blank line is that of the story, unless text is before and after it.
    """
    paragraph, following, after, *_ = (*paragraphs, None, None)
    if paragraph is None:
        return False
    if paragraph.role == "paragraph":
        if len(paragraph.text) > _LONGEST or says_what_is_shown(paragraph.text):
            return False
        is_sourced = _SOURCE_AT_END.search(paragraph.lines[-1].text) is not None
        is_described = credits_photo(following) or _gives_source(following, after, has_body)
        return is_sourced or is_described or _is_line_below(paragraph, following)
    source = _SOURCE.match(paragraph.text) if paragraph.role == "credit" else None
    return source is not None and (
        source["picture"] is not None or _is_of_picture(paragraph, following, has_body)
    )


def _is_line_below(paragraph: Paragraph, following: Paragraph | None) -> bool:
    """True if one short line follows a picture without a blank line, and is of no story.

    One that a blank line does not part from the text below it is a paragraph among others.
    """
    text, line = paragraph.text, paragraph.lines[0]
    if len(paragraph.lines) > 1 or line.after_gap or line.indent or len(text) > _LONGEST_LINE:
        return False
    if following is not None and following.role in BODY and not following.lines[0].after_gap:
        return False
    return not is_dateline(text) and _TELLS.match(text) is None and _SAYS.search(text) is None


def _gives_source(following: Paragraph | None, after: Paragraph | None, has_body: bool) -> bool:
    """True if a credit says where the picture above the text above it is from."""
    if following is None or following.role != "credit" or not _SOURCE.match(following.text):
        return False
    return _is_of_picture(following, after, has_body)


def _is_of_picture(source: Paragraph, following: Paragraph | None, has_body: bool) -> bool:
    """True if a source is not that of the story: without a gap, or between two texts."""
    is_between = has_body and following is not None and following.role in BODY
    return not source.lines[0].after_gap or is_between


def is_short_caption(paragraph: Paragraph, following: Paragraph | None) -> bool:
    """True if a short line directly below a picture is its caption."""
    is_beside_text = paragraph.lines[0].after_gap and following and following.role in BODY
    return not is_beside_text or _SOURCE.search(paragraph.text) is not None
