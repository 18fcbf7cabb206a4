"""What OCR engines found on a page, as the items of a MinerU content list.

MinerU      *_content_list.json   [{"type": "text", "text": …, "text_level": 1}, …]
            *_content_list_v2.json    [[{"type": "paragraph", "content": {"paragraph_content":
                                  [{"type": "text", "content": …}]}}]]    a list for each page
            *_middle.json         see `middle.py`
PaddleOCR   *_res.json            {"parsing_res_list": [{"block_label": …, "block_content": …}]}
                                  {"rec_texts": [a line, …]}          text without a layout
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.input.encodings import UnreadableError
from pipeline.input.readers.ocr.middle import middle_items

_NO_TEXT = frozenset(
    """type path img_path image_source level list_type item_type table_type math_type code_language
    table_nest_level language url style bbox anchor""".split()
)
"""Keys of the second MinerU list that hold no text."""
_ADVICE = (
    "give the *_content_list.json or *_middle.json of MinerU, the *_res.json of PaddleOCR, or rows "
    "as JSON Lines (.jsonl)"
)
_SECOND_KINDS = {
    "title": "text",
    "paragraph": "text",
    "equation_interline": "equation",
    "index": "list",
    "algorithm": "code",
}
_WRAPPERS = ("res", "result", "layoutParsingResults", "prunedResult")
"""Keys around a page: of results in memory, and of PaddleOCR's server."""
_LEVELS = {"doc_title": 1, "paragraph_title": 2}
_CAPTIONS = frozenset(("figure_title", "table_title", "chart_title"))
_KINDS = {
    "formula": "equation",
    "footnote": "page_footnote",
    "header_image": "image",
    "footer_image": "image",
}


def content_items(source: str) -> list[dict[str, Any]]:
    """Return the items of a page, or of several, in their order.

    Raises UnreadableError for what neither of the engines wrote.
    """
    try:
        value = json.loads(source)
    except json.JSONDecodeError as error:
        raise UnreadableError(f"not JSON: {error}", _ADVICE) from error
    except (ValueError, RecursionError):
        raise UnreadableError(
            "not JSON: nested too deeply, or a number too long", _ADVICE
        ) from None
    if isinstance(value, list) and any(isinstance(page, list) for page in value):
        return [_second_item(block) for page in value for block in (page or ())]
    if (middle := middle_items(value)) is not None:
        return middle
    pages = list(_pages(value))
    items = [item for page in pages for item in _paddle_items(page)] if pages else value
    if not isinstance(items, list) or not all(
        isinstance(item, dict) and isinstance(item.get("type"), str) for item in items
    ):
        raise UnreadableError("not a list of objects with a 'type'", _ADVICE)
    return items


def _pages(value: object) -> Iterator[Mapping[str, Any]]:
    """Yield the pages of PaddleOCR in a value, whatever is around them."""
    if isinstance(value, list):
        for inner in value:
            yield from _pages(inner)
    elif isinstance(value, dict):
        if isinstance(value.get("parsing_res_list", value.get("rec_texts")), list):
            yield value
        else:
            for key in _WRAPPERS:
                yield from _pages(value.get(key))


def _paddle_items(page: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if "parsing_res_list" not in page:
        yield from ({"type": "text", "text": line} for line in page["rec_texts"])
        return
    for block in page["parsing_res_list"]:
        if not isinstance(block, dict):
            raise UnreadableError("a block of 'parsing_res_list' is not an object", _ADVICE)
        label, text = str(block.get("block_label")), block.get("block_content")
        if label == "table":
            yield {"type": "table", "table_body": text}
        elif label in _CAPTIONS:
            yield {"type": "figure", "figure_caption": text}
        elif label in _LEVELS:
            yield {"type": "text", "text": text, "text_level": _LEVELS[label]}
        else:
            yield {"type": _KINDS.get(label, label), "text": text}


def _second_item(block: object) -> dict[str, Any]:
    """Return a block of the second MinerU list as an item of the first one."""
    if not isinstance(block, dict) or not isinstance(block.get("type"), str):
        raise UnreadableError("a page has a block without a 'type'", _ADVICE)
    kind, content = block["type"], block.get("content")
    item: dict[str, Any] = {"type": _SECOND_KINDS.get(kind, kind)}
    if not isinstance(content, dict):
        return item | {"text": _flat(content)}
    if kind == "title":
        level = content.get("level")
        item["text_level"] = level if isinstance(level, int) and level > 0 else 1
    rest = []
    for key, value in content.items():
        beside = key.rpartition("_")[2]
        if beside in ("caption", "footnote") or key == "list_items":
            name = key if key == "list_items" else f"{item['type']}_{beside}"
            item[name] = [_flat(part) for part in (value if isinstance(value, list) else [value])]
        elif key == "image_source" and isinstance(value, dict):
            item["img_path"] = value.get("path")
        elif key == "html":
            item["table_body"] = value
        elif key not in _NO_TEXT and (text := _flat(value)):
            rest.append(text)
    return item | {"text": "\n".join(rest)} if rest else item


def _flat(value: object) -> str:
    """Return the texts inside a value, with formulas of a line between `$`."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(map(_flat, value))
    if not isinstance(value, dict):
        return ""
    text = "".join(_flat(inner) for key, inner in value.items() if key not in _NO_TEXT)
    return f"${text}$" if value.get("type") == "equation_inline" else text
