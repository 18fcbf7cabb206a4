"""The texts of a content list of MinerU, item by item."""

from collections.abc import Iterator

from pipeline.input.accounts.account import Piece, without_commands
from pipeline.input.accounts.html import html_pieces
from pipeline.input.readers.ocr.items import content_items

_NO_TEXT = frozenset(("type", "img_path", "text_format", "sub_type", "table_format", "guess_lang"))
_TABLE = "table_body"


def mineru_pieces(source: str) -> Iterator[Piece]:
    """Yield every string of a content list that is text, with the number of its item."""
    for number, item in enumerate(content_items(source), start=1):
        for key, value in item.items():
            for text in _strings(value) if key not in _NO_TEXT else ():
                if key == _TABLE or "</" in text:
                    cells = html_pieces(text)
                    for cell in cells:
                        yield Piece(f"item {number}", without_commands(cell.text), cell.why)
                else:
                    yield Piece(f"item {number}", without_commands(text))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield from (line for line in value.split("\n") if line.strip())
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
