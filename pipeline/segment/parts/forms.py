"""Lines of forms and of official documents, which look like titles and subtitles."""

from collections.abc import Sequence

from models.patterns import lazy
from pipeline.language.chinese import HAN
from pipeline.language.surnames import is_name
from pipeline.segment.paragraphs import LABEL, Paragraph

_BOXES = lazy(r"[☐☑☒□].*[☐☑☒□]")
_FILE_NUMBER = lazy(rf"[{HAN}]{{1,12}}\s?[〔\[［（(【]\d{{4}}[〕\]］）)】]\s?第?\d{{1,5}}号")
_FIELD = lazy(
    rf"[{HAN}]{{2,6}}[：:]\s*[约共¥￥]?\d[\d,.]*\s?(?:[{HAN}]{{1,3}}|[%％℃])"
    rf"|[{HAN}]{{1,4}}人[：:]\s*(?P<who>[{HAN}]{{2,4}})"
    rf"|[{HAN}]{{2,6}}[：:](?:.*__|[ \u3000]{{2}}).*"
)
_LETTERHEAD_LINES = 3


def is_form_line(shorts: Sequence[Paragraph], place: int) -> bool:
    """True if one of the short lines in a row has boxes or a tab, or a label as one beside it.

    So is one whose label has an amount or a name behind it.
    """
    own, *beside = (
        shorts[near].text for near in (place, place - 1, place + 1) if 0 <= near < len(shorts)
    )
    is_labelled = LABEL.match(own) is not None and any(
        LABEL.match(text) or _BOXES.search(text) for text in beside
    )
    return is_labelled or _BOXES.search(own) is not None or "\t" in own or _is_field(own)


def _is_field(text: str) -> bool:
    """True if behind its label a line has one amount, who does it, or room to write.

    稿酬：50元, 主持人：陈明, 日期：____.
    """
    field = _FIELD.fullmatch(text)
    return field is not None and (field["who"] is None or is_name(field["who"]))


def is_letterhead(lines: Sequence[Paragraph]) -> bool:
    """True if the first line is the 某某文件 above the number and the title of a document."""
    return (
        len(lines) == _LETTERHEAD_LINES
        and all(line.role == "short" for line in lines)
        and lines[0].text.endswith("文件")
        and is_file_number(lines[1].text)
    )


def is_file_number(text: str) -> bool:
    """True if a line is the number of an official document: 江文〔2024〕8号."""
    return _FILE_NUMBER.fullmatch(text) is not None
