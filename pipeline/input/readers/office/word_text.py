"""The text of one Word paragraph: its runs in order, with fields, notes, ruby and formulas."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from lxml import etree

from models.patterns import lazy
from pipeline.input.readers.office.field_codes import drawn_text, form_text
from pipeline.input.readers.office.formulas import formula_text
from pipeline.input.readers.office.set_aside import READINGS, SetAsideCounts
from pipeline.input.readers.office.styles import PLAIN, RunLook, StyleSheet, shown
from pipeline.input.readers.office.symbols import symbol, with_symbols
from pipeline.input.readers.office.word_xml import WORD, is_on, local, value
from pipeline.input.readers.raised import in_single_brackets, lowered_text, raised_mark, raised_text
from pipeline.language.chinese import is_finished

_TEXT, _RUN, _LOOK = f"{WORD}t", f"{WORD}r", f"{WORD}rPr"
_BOX = f"{WORD}txbxContent"
_SIGNS = {
    "tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-",
}  # fmt: skip
_PAGE_BREAK = "\f"
_NUMBERED = lazy(
    r"\s*(?:\d{1,3}[.．、)）]|[（(]?[一二三四五六七八九十]{1,3}[、)）]|第[^\s，。]{1,4}[章节条])"
)
_GOES_ON = lazy("[，。！？；]")
_REMOVED = frozenset(("del", "moveFrom"))
_NOTES = {"footnoteReference": "footnotes", "endnoteReference": "endnotes"}
# Their text is no text of the paragraph: properties, the other half of a pair, marks.
_SKIPPED = frozenset(("pPr", "rPr", "sdtPr", "sdtEndPr", "smartTagPr", "customXmlPr", "fldData"))
_DRAWN = frozenset(("drawing", "pict", "object"))


@dataclass(slots=True)
class ParagraphText:
    """What was read of a paragraph: its text, and what floats beside it in boxes."""

    text: str
    boxes: list[etree._Element | str]
    has_text_before_boxes: bool
    has_contents: bool = False
    """True if a field in it makes a table of contents."""


@dataclass(slots=True)
class _Field:
    """A field that is open: its code, and whether its result has begun."""

    form: str = ""
    """What it shows if it belongs to a form."""
    code: str = ""
    has_result: bool = False
    pieces: int = 0
    hidden: list[tuple[int, str]] = field(default_factory=list)
    """Text between its beginning and its result: what fields in its code show."""


@dataclass(slots=True)
class NoteMarks:
    """The marks of the notes that the text names, in the order in which it does.

    A note has a number, unless it has a mark of its own, such as *.
    """

    marks: dict[tuple[str, str], str] = field(default_factory=dict)
    _numbered: int = 0

    def mark(self, kind: str, identifier: str, own: str = "") -> str:
        """Return the mark of a note, a new one for a note not named before."""
        key = (kind, identifier)
        if key not in self.marks:
            self._numbered += not own
            self.marks[key] = own or str(self._numbered)
        return self.marks[key]


class ParagraphReader:
    """Reads paragraphs of a document, one after the other."""

    def __init__(self, styles: StyleSheet, notes: NoteMarks, left_out: SetAsideCounts) -> None:
        self._styles = styles
        self._notes = notes
        self._left_out = left_out
        self._looks: dict[str, RunLook] = {}
        self.raised_marks: set[str] = set()
        """Marks of notes that are raised and that a list may have too."""
        self._begin()

    def _begin(self) -> None:
        self._pieces: list[tuple[int, str]] = []
        self._fields: list[_Field] = []
        self._boxes: list[etree._Element | str] = []
        self._named: set[str] = set()
        self._has_text_before_boxes = False
        self._has_contents = False
        self._is_after_own_mark = False
        self._look = PLAIN

    def read(self, paragraph: etree._Element, look: RunLook) -> ParagraphText:
        """Return the text of a paragraph, whose style shows its runs as `look`."""
        self._begin()
        self._paragraph_look = look
        self._walk(paragraph)
        for own in self._fields:  # a field that is never closed hides no text
            self._pieces += own.hidden
        text = self._joined()
        if self._named:
            text = in_single_brackets(text, self._named)
        return ParagraphText(
            _across_pages(text),
            self._boxes,
            self._has_text_before_boxes,
            self._has_contents,
        )

    def _joined(self) -> str:
        if not any(raised for raised, _ in self._pieces):
            return "".join(text for _, text in self._pieces)
        written, place = "", 0
        while place < len(self._pieces):
            raised, end = self._pieces[place][0], place
            while end < len(self._pieces) and self._pieces[end][0] == raised:
                end += 1
            text = "".join(text for _, text in self._pieces[place:end])
            if raised > 0:
                after = self._pieces[end][1] if end < len(self._pieces) else ""
                if written.strip() and (mark := raised_mark(text)):
                    self.raised_marks.add(mark)
                text = raised_text(text, written, after)
            elif raised < 0:
                text = lowered_text(text)
            written += text
            place = end
        return written

    def _walk(self, parent: Iterable[etree._Element]) -> None:
        """Read the children of a paragraph, or of anything that wraps runs."""
        for child in parent:
            if child.tag == _RUN:
                self._run(child)
                continue
            name = local(child)
            if name in _REMOVED:
                self._remove(child)
            elif name in ("oMath", "oMathPara"):
                self._emit(formula_text(child))
            elif name == "AlternateContent":
                self._walk(chosen(child))
            elif name in _DRAWN:
                self._draw(child)
            elif name == "sdt":
                self._walk(part for part in child if local(part) == "sdtContent")
            elif name == "r":  # a run of a formula, by itself
                self._emit(formula_text(child))
            elif name and name not in _SKIPPED and len(child):
                self._walk(child)

    def _remove(self, element: etree._Element) -> None:
        text = "".join(
            item.text or "" for item in element.iter(f"{WORD}delText", _TEXT) if item.text
        )
        self._left_out.add("deleted text", text if local(element) == "del" else "")

    def _run(self, run: etree._Element) -> None:
        properties = run.find(_LOOK)
        self._look = self._paragraph_look if properties is None else self._looked_at(properties)
        self._is_after_own_mark = False
        for child in run:
            if child.tag == _TEXT:
                self._write(child.text or "")
            elif child.tag != _LOOK:
                self._piece(child)

    def _looked_at(self, properties: etree._Element) -> RunLook:
        look = self._paragraph_look
        named = value(properties.find(f"{WORD}rStyle"))
        if named is not None:
            if named not in self._looks:
                self._looks[named] = self._styles.style(named).look
            own = self._looks[named]
            look = RunLook(
                look.is_hidden or own.is_hidden, own.raised or look.raised, own.font or look.font
            )
        return shown(properties, look)

    def _piece(self, piece: etree._Element) -> None:
        """Read whatever is in a run beside plain text."""
        name = local(piece)
        if name in _SIGNS:
            is_page = name == "br" and value(piece, "type") in ("page", "column")
            self._emit(_PAGE_BREAK if is_page else _SIGNS[name])
        elif name == "sym":
            self._symbol(piece)
        elif name == "fldChar":
            self._field(value(piece, "fldCharType"), piece.find(f"{WORD}ffData"))
        elif name == "instrText":
            if self._fields and not self._fields[-1].has_result:
                self._fields[-1].code += piece.text or ""
        elif name in _NOTES:
            self._note(_NOTES[name], piece)
        elif name == "ruby":
            self._ruby(piece)
        elif name in _DRAWN:
            self._draw(piece)
        elif name == "AlternateContent":
            for part in chosen(piece):
                self._piece(part)
        elif name == "delText":
            self._left_out.add("deleted text", piece.text or "")
        elif name == "t":  # in a namespace that is not the usual one
            self._write(piece.text or "")

    def _write(self, text: str) -> None:
        if not text or self._is_after_own_mark:
            return
        if self._look.is_hidden:
            self._left_out.add("hidden text", text)
            return
        self._emit(with_symbols(text, self._look.font))

    def _emit(self, text: str) -> None:
        if not text or self._look.is_hidden:
            return
        hiding = next((own for own in self._fields if not own.has_result), None)
        (self._pieces if hiding is None else hiding.hidden).append((self._look.raised, text))

    def _symbol(self, piece: etree._Element) -> None:
        code, font = value(piece, "char") or "", value(piece, "font") or ""
        if self._is_after_own_mark:
            return
        sign = symbol(int(code, 16), font) if _is_hex(code) else ""
        if sign:
            self._emit(sign)
        else:
            self._left_out.add_object(f"unknown symbols of the font {font or 'of the text'}")

    def _note(self, kind: str, piece: etree._Element) -> None:
        if self._look.is_hidden:
            return
        follows = value(piece, "customMarkFollows")
        own = _own_mark(piece) if follows not in (None, "0", "false", "off") else ""
        self._look = PLAIN
        mark = self._notes.mark(kind, value(piece, "id") or "", own)
        self._named.add(mark)
        self._emit(f"[{mark}]")
        self._is_after_own_mark = bool(own)

    def _ruby(self, ruby: etree._Element) -> None:
        look = self._look
        for part in ruby:
            if local(part) == "rubyBase":
                self._walk(part)
            elif local(part) == "rt":
                text = "".join(item.text or "" for item in part.iter(_TEXT))
                self._left_out.add(READINGS, text)
        self._look = look

    def _field(self, kind: str | None, form: etree._Element | None) -> None:
        if kind == "begin":
            self._fields.append(_Field(form_text(form)))
        elif not self._fields:
            return
        elif kind == "separate":
            self._fields[-1].has_result = True
            self._has_contents |= self._fields[-1].code.split()[:1] == ["TOC"]
            self._fields[-1].pieces = len(self._pieces)
        elif kind == "end":
            own = self._fields.pop()
            if own.has_result and own.code.split(None, 1)[:1] in (["SET"], ["ASK"]):
                # what it sets is shown where another field names it
                del self._pieces[own.pieces :]
                return
            has_text = own.has_result and any(t.strip() for _, t in self._pieces[own.pieces :])
            if not has_text and own.code:
                before = "".join(text for _, text in self._pieces[-4:])
                self._emit(own.form or drawn_text(own.code, before))

    def _draw(self, drawing: etree._Element) -> None:
        """Take the boxes and the lettering out of a drawing."""
        before = len(self._boxes)
        self._boxes += boxes(drawing, self._left_out)
        if before == 0 and self._boxes:
            self._has_text_before_boxes = any(text.strip() for _, text in self._pieces)


def _across_pages(text: str) -> str:
    """Return a text in which a break of the page or column does not part a sentence."""
    if _PAGE_BREAK not in text:
        return text
    before, *parts = text.split(_PAGE_BREAK)
    for part in parts:
        is_inside = before.strip() and not is_finished(before.rstrip()) and _GOES_ON.search(part)
        before += part if is_inside and not _NUMBERED.match(part) else f"\n{part}"
    return before


def _own_mark(reference: etree._Element) -> str:
    """Return the mark behind a reference to a note that is not numbered; empty without one."""
    mark = reference.getnext()
    if mark is None:
        return ""
    if local(mark) == "sym":
        code = value(mark, "char") or ""
        return symbol(int(code, 16), value(mark, "font") or "") if _is_hex(code) else ""
    return (mark.text or "").strip() if mark.tag == _TEXT else ""


def _is_hex(code: str) -> bool:
    return 0 < len(code) <= 6 and all(digit in "0123456789abcdefABCDEF" for digit in code)


def chosen(alternative: etree._Element) -> etree._Element:
    """Return the half of an alternative that is read: the first with text, else the last.

    Newer programs write a drawing twice, once for older ones.
    """
    halves = [half for half in alternative if local(half) in ("Choice", "Fallback")]
    for half in halves:
        if next(half.iter(_TEXT, "{*}relIds", "{*}t", "{*}chart"), None) is not None:
            return half
    return halves[-1] if halves else alternative


def boxes(drawing: etree._Element, left_out: SetAsideCounts) -> list[etree._Element | str]:
    """Return the text boxes of a drawing, and its lettering; what has neither is counted."""
    found: list[etree._Element | str] = []
    waiting = [drawing]
    while waiting:
        element = waiting.pop()
        name = local(element)
        if name == "docPr" and (words := (element.get("descr") or "").strip()):
            left_out.add("descriptions of pictures", words)
        if element.tag == _BOX or name in ("relIds", "txBody"):
            found.append(element)
        elif name == "AlternateContent":
            waiting.append(chosen(element))
        elif name == "textpath" and element.get("string"):
            found.append(element.get("string", ""))
        elif name == "chart":
            left_out.add_object("charts")
        elif name == "OLEObject":
            left_out.add_object("embedded objects")
        else:
            waiting.extend(reversed(element))
    return found


def is_switched_on(properties: etree._Element | None, path: str) -> bool:
    """True if a paragraph's properties have a switch, such as rPr/del, and it is on."""
    return properties is not None and is_on(properties.find(path))
