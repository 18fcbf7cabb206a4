"""Tags of HTML in Markdown: blocks end where they end, and the rest is read as it is shown."""

import re
from dataclasses import dataclass, field

from models.patterns import lazy
from pipeline.input.readers.markup.captions import caption_mark
from pipeline.input.readers.markup.inline import unescaped
from pipeline.input.readers.markup.latex import formula_picture
from pipeline.input.readers.markup.numbers import is_numbered, item_mark, list_style
from pipeline.input.readers.raised import lowered_text, raised_text
from pipeline.language.chinese import has_word

_HEADINGS = {f"h{level}": "#" * level + " " for level in range(1, 7)}
_BLOCKS = frozenset(
    """p div center section article main header footer nav aside address blockquote figure details
    summary ul ol dl dt dd li html head body form fieldset table tbody thead tfoot tr caption hr
    figcaption picture video audio title pre""".split()
) | frozenset(_HEADINGS)
_INLINE = frozenset(
    """a abbr b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q rb ruby s
    samp small span strike strong time td th tt u var wbr img br sup sub rt rp rtc style script
    meta link input button iframe svg path o:p source noscript object param embed""".split()
)
_WITHOUT_TEXT = frozenset(("rt", "rp", "rtc", "style", "script", "svg"))
_PLAYERS = frozenset(("video", "audio", "iframe"))
_LONGEST_PLAYER = 1000
_TAG = lazy(
    r"<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9:]*)"
    r"(?P<rest>(?:[\s/](?:\"[^\"]*\"|'[^']*'|[^<>\"'])*+)?)>"
)
_CENTRED = lazy(r"center|text-align:\s*center", re.IGNORECASE)
_MAY_BE_CENTRED = frozenset(("div", "p", "center"))
_SIGNED = lazy(r"[。！？]|记者|記者|编辑|編輯|作者|来源|來源|通讯员|\d日$|^[（(]")
_PICTURE = lazy(r"(?:!\[[^\]\n]{0,400}\]\([^()\n]{0,2000}\)\s*)+")
_ATTRIBUTE = lazy(r"([A-Za-z-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_REVERSED = lazy(r"(?:^|\s)reversed(?:[\s=/]|$)", re.IGNORECASE)
_REPLACED = lazy(r"[^<>]{0,400}</del><ins\b", re.IGNORECASE)
_LINK_TO_NOTE = lazy(r"\[(\[?[^\]\[\n]{1,8}\]?)\]\([^()\s]{1,200}\)")
_LONGEST_CENTRED = 80
_NUMBER_WITHIN = 40


@dataclass(slots=True)
class _TagList:
    """A list that is open: its counter style, the number of the next item, and the step to it.

    `marks` are the pieces that wait for their number, because a list that counts down begins with
    as many as it has items.
    """

    style: str
    number: int = 1
    step: int = 1
    marks: list[int] | None = None


@dataclass(slots=True)
class _Writing:
    """Text without tags while it is written, and the elements that are open."""

    pieces: list[str] = field(default_factory=list)
    lists: list[_TagList] = field(default_factory=list)
    raised: list[tuple[str, int, bool]] = field(default_factory=list)
    hidden: str = ""
    caption: int | None = None
    centred: list[int | None] = field(default_factory=list)

    def before(self, count: int) -> str:
        """Return the last characters before the piece of a number."""
        return "".join(self.pieces[max(0, count - 6) : count])[-16:]


def without_tags(text: str) -> str:
    """Return Markdown without the tags of HTML in it; what is no tag of HTML stays.

    The start and the end of a block become an empty line, `<br>` Markdown's sign for a line break.
    Headings, items and pictures get Markdown's marks; the text of `<sup>` and `<sub>` becomes
    raised or lowered characters.
    """
    writing = _Writing()
    start = 0
    for tag in _TAG.finditer(text):
        name = tag["name"].lower()
        if name not in _BLOCKS and name not in _INLINE:
            continue
        if not writing.hidden:
            writing.pieces.append(text[start : tag.start()])
        start = tag.end()
        _write(writing, name, tag, is_end=bool(tag["end"]))
    writing.pieces.append(text[start:])
    return "".join(writing.pieces)


def _write(writing: _Writing, name: str, tag: re.Match[str], *, is_end: bool) -> None:
    if name in _WITHOUT_TEXT or _is_unplayed(writing, name, tag) or _is_deleted(name, tag):
        writing.hidden = "" if is_end else name
    elif writing.hidden:
        return
    elif name in ("sup", "sub"):
        _raise(writing, name, tag.string[tag.end() : tag.end() + 4], is_end=is_end)
    elif name == "img":
        writing.pieces.append(_image(tag["rest"]))
    elif name == "br":
        is_last = tag.string.startswith("\n", tag.end())
        writing.pieces.append("  " if is_last else "  \n")
    elif name == "q":
        writing.pieces.append("”" if is_end else "“")
    elif name == "a" and writing.raised:
        kind, count, _ = writing.raised[-1]
        writing.raised[-1] = kind, count, True
    elif name in _BLOCKS:
        # a block in a quotation of Markdown is on the line of its mark
        line = writing.before(len(writing.pieces)).rpartition("\n")[2].replace(" ", "")
        writing.pieces.append("\n\n" if not line or line.strip(">") else "")
        _write_block(writing, name, tag, is_end=is_end)


def _is_unplayed(writing: _Writing, name: str, tag: re.Match[str]) -> bool:
    """True at a video whose text is for browsers that cannot play it, and at the end of one."""
    if name not in _PLAYERS:
        return False
    after = tag.string[tag.end() : tag.end() + _LONGEST_PLAYER]
    return writing.hidden == name or (not tag["end"] and f"</{name}>" in after)


def _is_deleted(name: str, tag: re.Match[str]) -> bool:
    """True if an insertion is right beside a deletion: a tracked change, not text struck out."""
    if name != "del" or tag["end"]:
        return name == "del"
    text = tag.string
    return text.endswith("</ins>", 0, tag.start()) or _REPLACED.match(text, tag.end()) is not None


def _write_block(writing: _Writing, name: str, tag: re.Match[str], *, is_end: bool) -> None:
    rest = tag["rest"]
    if name in ("ul", "ol"):
        if is_end and writing.lists:
            _end_list(writing, writing.lists.pop())
        elif not is_end:
            writing.lists.append(_begun_list(name, rest))
    elif name == "figcaption":
        if is_end and writing.caption is not None:
            _write_caption(writing, writing.caption)
        writing.caption = None if is_end else len(writing.pieces)
    elif name in _MAY_BE_CENTRED:
        if not is_end:
            is_centred = name == "center" or _CENTRED.search(rest)
            writing.centred.append(len(writing.pieces) if is_centred else None)
        elif writing.centred and (start := writing.centred.pop()) is not None:
            _write_centred(writing, start)
    elif not is_end and name in ("dt", "dd"):
        writing.pieces.append("- ")
    elif not is_end and name in _HEADINGS:
        writing.pieces.append(_HEADINGS[name])
    elif not is_end and name == "li":
        text = tag.string[tag.end() : tag.end() + _NUMBER_WITHIN].lstrip()
        _write_item(writing, _attributes(rest), is_given=is_numbered(text))


def _begun_list(name: str, rest: str) -> _TagList:
    attributes = _attributes(rest)
    first = attributes.get("start", "").strip()
    has_first = first.lstrip("-").isdecimal()
    is_down = name == "ol" and _REVERSED.search(rest) is not None
    return _TagList(
        list_style(attributes, "decimal" if name == "ol" else "disc"),
        int(first) if has_first else 1,
        -1 if is_down else 1,
        [] if is_down and not has_first else None,
    )


def _write_item(writing: _Writing, attributes: dict[str, str], *, is_given: bool) -> None:
    """Write the mark of the next item, without a number if its text begins with one; count it."""
    own = writing.lists[-1] if writing.lists else _TagList("disc")
    value = attributes.get("value", "").strip()
    if value.isdecimal():
        own.number = int(value)
        own.marks = None
    mark = "" if is_given else item_mark(own.number, list_style(attributes, own.style))
    if own.marks is not None:
        own.marks.append(-1 if is_given else len(writing.pieces))
    own.number += own.step
    writing.pieces.append(f"- {mark}")


def _end_list(writing: _Writing, ended: _TagList) -> None:
    """Write the numbers of a list that counts down to one."""
    for number, place in enumerate(reversed(ended.marks or ()), 1):
        if 0 <= place < len(writing.pieces) and writing.pieces[place].startswith("- "):
            writing.pieces[place] = f"- {item_mark(number, ended.style)}"


def _write_caption(writing: _Writing, start: int) -> None:
    words = "".join(writing.pieces[start:]).strip()
    if has_word(words) and "\n" not in words and not words.startswith(("![", "|", "#")):
        writing.pieces[start:] = [f"{caption_mark(words)}\n\n"]


def _write_centred(writing: _Writing, start: int) -> None:
    """Make a short centred line below text or a picture a caption, as OCR converters mean it."""
    words = "".join(writing.pieces[start:]).strip()
    picture = _PICTURE.match(words)
    if picture:
        below = words[picture.end() :]
        if below and len(below) <= _LONGEST_CENTRED and not _SIGNED.search(below.rstrip("。")):
            writing.pieces[start:] = ["\n\n", picture[0]]
            writing.pieces.append(below)
            _write_caption(writing, len(writing.pieces) - 1)
        return
    before = "".join(writing.pieces[max(0, start - 40) : start])
    is_below = "![" in before or "。" in before
    if is_below and len(words) <= _LONGEST_CENTRED and not _SIGNED.search(words):
        _write_caption(writing, start)


def _raise(writing: _Writing, name: str, after: str, *, is_end: bool) -> None:
    """Begin raised or lowered text, or write it as characters at its end, before `after`."""
    if not is_end:
        writing.raised.append((name, len(writing.pieces), False))
        return
    if not writing.raised:
        return
    kind, count, is_note = writing.raised.pop()
    inner = unescaped("".join(writing.pieces[count:]))
    if link := _LINK_TO_NOTE.fullmatch(inner.strip()):
        inner, is_note = link[1], True
    if kind == "sup":
        before = writing.before(count).rpartition("\n")[2]
        inner = raised_text(inner, before, after, is_note=is_note)
    else:
        inner = lowered_text(inner)
    writing.pieces[count:] = [inner]


def _image(rest: str) -> str:
    attributes = _attributes(rest)
    address = attributes.get("src", "")
    if not address:
        return ""
    address = "image" if address.startswith("data:") else "".join(address.split())
    if (formula := formula_picture(attributes)) is not None:
        return formula
    words = attributes.get("alt", "").translate(str.maketrans("[]\n", "［］ "))
    return f"\n\n![{words}]({address.replace('(', '%28').replace(')', '%29')})\n\n"


def _attributes(rest: str) -> dict[str, str]:
    return {
        match[1].lower(): match[2] or match[3] or match[4] or ""
        for match in _ATTRIBUTE.finditer(rest)
    }
