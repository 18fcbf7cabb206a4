"""How English headings are written, whatever the model made of them."""

import re

from models.patterns import lazy
from pipeline.language.chinese import is_finished
from pipeline.records import BlockKind

_WITHOUT_STOP = frozenset({"title", "subtitle", "heading", "table"})
_WITH_CAPITAL = _WITHOUT_STOP | {"caption", "list_item"}
# A whole word, or one before an apostrophe or hyphen: not iPhone, mRNA, www.gov.cn.
_LOWER_CASE_WORD = lazy(r"[a-z]+(?=[\s,;!?’'-]|[.:](?:\s|$)|$)")
# A final full stop, but not that of an abbreviation; a quotation mark may follow it.
_LAST_STOP = lazy(
    r"(?<=[^\s.])(?<!\b[A-Z])(?<!\bCo)(?<!\bInc)(?<!\bLtd)(?<!\bCorp)(?<!\bJr)(?<!\bSr)(?<!\betc)"
    r"\.(?=[\"'”’)]?$)"
)
_SENTENCE_END = lazy(r"[a-z]{3}[\"'”’)]?[.!?][\"'”’)]? ")


def as_heading(text: str, source: str, kind: BlockKind) -> str:
    """Return English as headings are written: a capital first, and one sentence without a stop.

    The first word stays small if the source writes it so (vivo), and the stop stays if the
    source has one. Captions and items of a list keep their stop, prose is as the model wrote it.
    """
    if kind not in _WITH_CAPITAL:
        return text
    if kind in _WITHOUT_STOP and not is_finished(source) and not _SENTENCE_END.search(text):
        text = _LAST_STOP.sub("", text)
    word = _LOWER_CASE_WORD.match(text)
    if word is None or re.search(rf"(?<![A-Za-z]){word[0]}(?![A-Za-z])", source):
        return text
    return text[0].upper() + text[1:]
