"""What the OCR engines MinerU and PaddleOCR write in JSON as one page of Markdown."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from models.patterns import lazy
from pipeline.input.readers.html import table_rows
from pipeline.input.readers.markup.captions import caption_mark, edge_mark
from pipeline.input.readers.markup.markdown import plain_markdown
from pipeline.input.readers.markup.tags import without_tags
from pipeline.input.readers.ocr.items import content_items

_NUMBER = lazy(
    r"[\[［（(]?(\d{1,3}(?![\d.,%％年月日时个家人次万亿千百])|[a-h](?=[\]］）).、\s])|[①-⑳†‡⁰¹²³⁴-⁹])[\]］）).、]?\s*"
)
_SOURCE = lazy(
    r"[（(]?(?:数据|资料|图片|照片|信息)?(?:来源|来自)|[^。；]{0,20}(?:摄|供图|制图|制表)$"
)
_EDGES = frozenset(("header", "footer"))
_AT_HEAD = _EDGES | {"page_header", "page_footer", "page_number", "number"}
_LONGEST_EDGE = 80
_STOPS = ("。", "！", "？")
_PICTURES = frozenset(("image", "table", "chart", "seal"))


def mineru_text(source: str) -> str:
    """Give a content list as Markdown, in its reading order, all pages together.

    Headings keep their level, tables become rows, formulas stand between `$$`; captions
    and footnotes of pictures follow them. Items of kinds not known give their text.
    Raises UnreadableError for what neither of the engines wrote.
    """
    items = content_items(source)
    blocks: list[str] = []
    for place, item in enumerate(items):
        blocks += [edge_mark(_text(item["text"]))] if _is_edge(items, place) else _blocks(item)
    return plain_markdown("".join(block + "\n\n" for block in blocks))


def _is_edge(items: Sequence[Mapping[str, object]], place: int) -> bool:
    """True if an item is a running head or foot. A head directly above text may be a headline."""
    item = items[place]
    kind, text = str(item["type"]).removeprefix("page_"), _text(item.get("text")).strip()
    if kind not in _EDGES or not text or len(text) > _LONGEST_EDGE or text.endswith(_STOPS):
        return False
    if kind == "footer" or item.get("page_idx") != items[0].get("page_idx"):
        return True
    below = (each for each in items[place + 1 :] if each["type"] not in _AT_HEAD)
    return "text_level" in next(below, {})


def _blocks(item: Mapping[str, object]) -> Iterator[str]:
    kind = str(item["type"])
    if kind in _PICTURES:
        yield from _picture(item, "img" if "img_caption" in item else kind)
        return
    if kind in ("equation", "interline_equation"):
        formula = " ".join(_text(item.get("text")).strip("$ \n").split())
        if formula:
            yield f"$$ {formula} $$"
        return
    if kind == "list":
        yield from (f"- {line}" for line in _lines(item.get("list_items")))
    if kind == "page_footnote":
        yield from map(_note, _lines(item.get("text")))
        return
    yield from _captions(item, kind)
    level = item.get("text_level")
    mark = "#" * min(6, level) + " " if isinstance(level, int) and level > 0 else ""
    body = _text(item.get("text")) or _text(item.get("code_body"))
    yield from (f"{mark}{line}" for line in body.split("\n") if line.strip())
    yield from _lines(item.get(f"{kind}_footnote"))


def _picture(item: Mapping[str, object], kind: str) -> Iterator[str]:
    rows = table_rows(_text(item.get("table_body")))
    if rows:
        yield from _captions(item, kind)
        is_table = all(row.startswith("|") for row in rows)
        yield ("\n" if is_table else "\n\n").join(rows)
    else:
        yield f"![]({_text(item.get('img_path')) or 'image'})"
        yield from _captions(item, kind)
        for key in ("content", "text"):
            yield from _with_whole_tables(_lines(item.get(key)))
    notes = _lines(item.get(f"{kind}_footnote"))
    is_data = bool(rows) or kind == "chart"
    yield from map(_note, notes) if is_data and not any(map(_SOURCE.match, notes)) else notes


def _with_whole_tables(lines: Iterable[str]) -> Iterator[str]:
    for is_row, run in groupby(lines, lambda line: line.startswith("|")):
        gathered = list(run)
        yield from ["\n".join(gathered)] if is_row else gathered


def _captions(item: Mapping[str, object], kind: str) -> Iterator[str]:
    for line in _lines(item.get(f"{kind}_caption")):
        words = without_tags(line) if "<" in line else line
        yield caption_mark(words)


def _note(text: str) -> str:
    """Return a footnote with Markdown's mark for one, unless it says itself that it is one."""
    text = plain_markdown(text).lstrip()
    if text.startswith(("注", "\\*", "*", "※")):
        return text
    number = _NUMBER.match(text)
    return f"[^{number[1]}]: {text[number.end() :]}" if number else f"[^1]: {text}"


def _lines(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [line for text in values for line in _text(text).split("\n") if line.strip()]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
