"""The text in which Chinese numbers are read: one script, one width, no hidden characters.

壹佰贰拾萬 ── 一百二十万      ２０２４年３月 ── 2024年3月      5﹒2% ── 5.2%
"""

import re
from collections.abc import Sequence

from models.patterns import lazy
from pipeline.language.variants import simplified_twin

_HALF_WIDTH = str.maketrans("０１２３４５６７８９．％：／﹒％＋－", "0123456789.%:/.%+-")
_WIDE = lazy(f"[{''.join(map(chr, _HALF_WIDTH))}]")
_DIGIT = lazy(r"\d")
_HIDDEN = lazy("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe0e\ufe0f\ufeff]")
# A line that a printer or a scanner has spaced out: 二十 亿, 十 余 万, 五 分之 一.
_BLANK = lazy(
    "(?<=[〇零一二两三四五六七八九十百千余多])[ \u3000]+"
    "(?=[余多]?[ \u3000]*[百千万亿萬億]|分[ \u3000]*之)"
    "|(?<=分)[ \u3000]+(?=之)|(?<=分之)[ \u3000]+(?=[一二两三四五六七八九十百\\d])"
)
# Thousands separated by a wide comma or a space: 5，000, 543 000.
_THOUSANDS = lazy(r"(?<![\d.,])\d{1,3}(?:[， ]\d{3})+(?!\d)")
_RAISED_POINT = lazy(r"(?<=\d)[·・‧](?=\d{1,3}\s?(?:%|‰|[万亿元倍度米吨]|个?百分点|公[里斤顷]))")
_ROUND_ZERO = lazy(r"(?<=[一二三四五六七八九〇零])[OＯo○0](?=[一二三四五六七八九〇零OＯ○0年后])")
_CHEQUE = str.maketrans("壹贰叁弎肆伍陆柒捌玖拾佰仟圆", "一二三三四五六七八九十百千元")
_CHEQUE_RUN = lazy(
    r"(?!(?<=[收捡俯])拾)(?!(?<=[大登着内水海路队入退行])[陆伍])[壹贰叁弎肆伍陆柒捌玖拾佰仟零〇一二两三四五六七八九十百千万亿]{2,40}"
    r"|[壹贰叁肆伍陆柒捌玖拾](?=[元圆角]|分(?![之析别]))|(?<=分之)[壹贰叁肆伍陆柒捌玖]"
)
_CHEQUE_DIGIT = lazy("[壹贰叁弎肆伍陆柒捌玖拾佰仟]")
_SCALE = lazy("[十百千万亿拾佰仟]")


def reading_text(text: str) -> tuple[str, Sequence[int] | None]:
    """Return the text to read numbers in, and the place in `text` of each of its characters.

    The places are None if they are the same, as in nearly every sentence.
    """
    places: Sequence[int] | None = None
    if _HIDDEN.search(text) or _BLANK.search(text):
        blanks = {place for blank in _BLANK.finditer(text) for place in range(*blank.span())}
        places = [
            place
            for place, character in enumerate(text)
            if place not in blanks and not _HIDDEN.match(character)
        ]
        text = "".join(text[place] for place in places)
    text = simplified_twin(text)
    if _WIDE.search(text):
        text = text.translate(_HALF_WIDTH)
    if _DIGIT.search(text):
        text = _THOUSANDS.sub(lambda match: re.sub("[， ]", ",", match[0]), text)
        text = _RAISED_POINT.sub(".", text)
    text = _ROUND_ZERO.sub("〇", text)
    return (_CHEQUE_RUN.sub(_plain_numerals, text) if _CHEQUE_DIGIT.search(text) else text), places


def _plain_numerals(match: re.Match[str]) -> str:
    """Write 壹佰贰拾 as 一百二十; characters that form no number stay: 捌玖."""
    is_number = len(match[0]) == 1 or _SCALE.search(match[0])
    return match[0].translate(_CHEQUE) if is_number else match[0]
