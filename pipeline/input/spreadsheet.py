"""What spreadsheets do to text: cells that look like formulas, and errors in place of text."""

import unicodedata
from collections.abc import Sequence

from models.patterns import lazy

GUARD = "'"
"""Before a cell that a spreadsheet would take for a formula."""

# A cell with guards of its own gets one more, so that taking one off gives the text back.
_FORMULA = lazy(r"'*[\s\x00-\x20\ufeff\u200b-\u200f\u2060]*[=+\-@＝＋－＠]")

# Excel, LibreOffice and Google Sheets, in English and in the languages that have their own.
_NAMED = frozenset(
    "#N/A #N/D #N/B #N/V #NV #NA #I/T #YOK #Н/Д #SAKNAS! #PUUTTUU! #HIÁNYZIK #GETTING_DATA".split()
)
_ENGLISH = frozenset(
    "#NAME? #VALUE! #REF! #DIV/0! #NUM! #NULL! #SPILL! #CALC! #FIELD! #BLOCKED! #CONNECT! "
    "#UNKNOWN! #BUSY! #PYTHON! #EXTERNAL! #ERROR!".split()
)
_IN_CAPITALS = lazy(r"#[¡¿]?[^\W\d_]+(?:/0)?[!?]")
_OTHER = lazy(r"#{3,}|Err:\d{3}")  # a column that is too narrow; LibreOffice


def guard_cell(value: object) -> object:
    """Return a cell that no spreadsheet runs as a formula; numbers stay numbers."""
    return f"{GUARD}{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def guard_cells(cells: Sequence[object]) -> list[object]:
    """Return a row of cells that no spreadsheet runs as formulas."""
    return [guard_cell(cell) for cell in cells]


def unguard_cell(text: str) -> str:
    """Return the text of a cell that `guard_cell` may have guarded."""
    is_guarded = text.startswith(GUARD) and _FORMULA.match(text)
    return text[len(GUARD) :] if is_guarded else text


def is_spreadsheet_error(text: str) -> bool:
    """True if a text is what a spreadsheet shows in place of one, such as #NAME? or #WERT!."""
    shown = "".join(unicodedata.normalize("NFKC", text).split())
    capitals = shown.upper()
    if capitals in _NAMED or capitals in _ENGLISH or _OTHER.fullmatch(shown):
        return True
    return shown == capitals and _IN_CAPITALS.fullmatch(shown) is not None


def spreadsheet_fault(*texts: str) -> str:
    """Return what is wrong with texts of which a spreadsheet shows one as an error, else ``""``."""
    for text in texts:
        if is_spreadsheet_error(text):
            return f"{text} is a spreadsheet's error, not text; write the sentence there again"
    return ""
