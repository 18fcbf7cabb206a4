"""The controls that end the line below a headline with the day of a page: 【打印】."""

from models.patterns import lazy
from pipeline.input.readers.markup.headlines import STOP
from pipeline.input.readers.markup.page_block import PageBlock
from pipeline.language.numbers.publication_dates import has_day

_SIZE = r"(?:[特超]?大|中|小)"
_CONTROLS = lazy(
    rf"(?:\s*[【\[［（(]\s*(?:(?:字[号號体體]\s*[:：]?\s*)?{_SIZE}(?:[\s|/／、·]*{_SIZE}){{1,3}}"
    r"|(?:打印|列印|关闭|關閉|收藏|分享|返回|复制|複製|推荐|推薦)"
    r"(?:[本此](?:[页頁文]|文章)|\w{0,2}窗口|[网網][页頁])?)\s*[】\]］）)])+\s*$"
)
_SOURCE = lazy(r"[来來]源\s*[:：]")
_LONGEST = 150


def controls_at_end(line: str) -> int:
    """Return where the controls behind a day or a source start, or the length of the line.

    Those behind a label stay: it would stand alone.

    >>> line = "2011-10-20 来源：北河晚报 【字号：大 中 小】 【打印】"
    >>> line[controls_at_end(line) :]
    ' 【字号：大 中 小】 【打印】'
    """
    match = _CONTROLS.search(line) if len(line) <= _LONGEST and line[-1:] in "】]］）)" else None
    before = line[: match.start()] if match else ""
    if match is None or not before or before[-1] in ":：" or STOP.search(line):
        return len(line)
    return match.start() if has_day(line) or _SOURCE.search(line) else len(line)


def without_controls(block: PageBlock) -> PageBlock:
    """Return a block without the controls at the end of its line."""
    text = block.plain[: controls_at_end(block.plain)]
    is_plain = block.markdown == block.plain
    return block._replace(markdown=text, plain=text) if is_plain and text != block.plain else block
