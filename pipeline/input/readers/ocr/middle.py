"""The middle file of MinerU (`*_middle.json`): blocks of lines of spans, as items of its list.

{"pdf_info": [{"para_blocks": [{"type": "text", "lines": [{"spans": [{"type": "text",
  "content": …}]}]}], "discarded_blocks": […]}]}
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeline.language.chinese import needs_space

_HEADS = frozenset(("header", "discarded"))
_LISTS = frozenset(("list", "index"))
_KINDS = {"interline_equation": "equation"}
_BESIDE = ("caption", "footnote")


def middle_items(value: object) -> list[dict[str, Any]] | None:
    """Return the items of a middle file in reading order; None for another file.

    What stands at the head of a page comes first, and what stands at its foot last.
    """
    pages = value.get("pdf_info") if isinstance(value, dict) else None
    if not isinstance(pages, list):
        return None
    items: list[dict[str, Any]] = []
    for page in filter(_is_object, pages):
        others = _objects(page.get("discarded_blocks"))
        heads = [block for block in others if block.get("type") in _HEADS]
        feet = [block for block in others if block.get("type") not in _HEADS]
        for block in (*heads, *_objects(page.get("para_blocks")), *feet):
            items.append(_item(block))
    return items


def _item(block: Mapping[str, Any]) -> dict[str, Any]:
    kind = str(block.get("type"))
    parts = _objects(block.get("blocks"))
    if kind in _LISTS:
        return {"type": "list", "list_items": list(_list_items(block, parts))}
    item: dict[str, Any] = {"type": _KINDS.get(kind, kind)}
    if kind == "title":
        level = block.get("level")
        item |= {"type": "text", "text_level": level if isinstance(level, int) and level else 1}
    body: list[str] = []
    for part in parts or (block,):
        name = str(part.get("type")).rpartition("_")[2]
        if name in _BESIDE and parts:
            item.setdefault(f"{kind}_{name}", []).append(_text(_lines(part)))
            continue
        for span in _spans(part):
            if path := span.get("image_path"):
                item["img_path"] = path
            if table := span.get("html"):
                item["table_body"] = table
        body.append(_text(_lines(part)))
    return item | {"text": "\n".join(filter(None, body))}


def _list_items(block: Mapping[str, Any], parts: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if parts:
        yield from (_text(_lines(part)) for part in parts)
        return
    own: list[Mapping[str, Any]] = []
    for line in _lines(block):
        if own and line.get("is_list_start_line"):
            yield _text(own)
            own = []
        own.append(line)
    yield _text(own)


def _text(lines: Sequence[Mapping[str, Any]]) -> str:
    text = ""
    for line in lines:
        written = "".join(map(_written, _objects(line.get("spans")))).strip()
        text += f" {written}" if needs_space(text, written) else written
    return text


def _written(span: Mapping[str, Any]) -> str:
    content = span.get("content")
    if not isinstance(content, str):
        return ""
    return f"${content}$" if span.get("type") == "inline_equation" else content


def _spans(block: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for line in _lines(block):
        yield from _objects(line.get("spans"))


def _lines(block: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return _objects(block.get("lines"))


def _objects(value: object) -> list[Mapping[str, Any]]:
    return list(filter(_is_object, value)) if isinstance(value, list) else []


def _is_object(value: object) -> bool:
    return isinstance(value, dict)
