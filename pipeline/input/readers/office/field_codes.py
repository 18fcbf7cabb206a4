"""Fields of Word that are drawn from their code or their form: EQ, SYMBOL, FORMCHECKBOX."""

import re

from lxml import etree

from models.patterns import lazy
from pipeline.input.readers.office.number_formats import formatted_number
from pipeline.input.readers.office.symbols import symbol
from pipeline.input.readers.office.word_xml import WORD, is_on, value
from pipeline.input.readers.raised import lowered_text, raised_text

_SWITCH = lazy(r"\\(?:\*\s*(?:\"[^\"]*\"|\S+)|[a-z]{2}\d*|(?:up|do)\s?\d+)\s*", re.IGNORECASE)
_PART = lazy(r"\\([a-z])((?:\\(?:[a-z]{2})\s?\d*)*)\s*\(", re.IGNORECASE)
_SYMBOL = lazy(r"SYMBOL\s+(\d+|0x[0-9a-f]+)(?:.*?\\f\s+\"?([^\"\\]+)\"?)?", re.IGNORECASE)
_BUTTON = lazy(r"(?:MACROBUTTON|GOTOBUTTON)\s+\S+\s+(.+)", re.IGNORECASE | re.DOTALL)
_CIRCLES = tuple("○〇◯□△")
_MOST_DEEP = 8
_CHECK_BOX, _TEXT_INPUT = f"{WORD}checkBox", f"{WORD}textInput"
_FORMS = (_CHECK_BOX, _TEXT_INPUT, f"{WORD}ddList")


def drawn_text(code: str, before: str) -> str:
    """Return the text that a field without a result shows after `before`; empty if it has none.

    Word writes ruby, signs in a circle and fractions in a sentence as EQ fields, and the text to
    click on as a MACROBUTTON field.

    >>> drawn_text(r"EQ \\o\\ac(○,3)", ""), drawn_text(r"eq \\f(1,2)", "")
    ('③', '1/2')
    """
    code = code.strip()
    if found := _SYMBOL.match(code):
        place = int(found[1], 0)
        return symbol(place, (found[2] or "Symbol").strip())
    if button := _BUTTON.match(code):
        return button[1].strip()
    if code[:2].upper() == "EQ":
        return _equation(code[2:].strip(), before, 0).strip()
    return ""


def form_text(data: etree._Element | None) -> str:
    """Return what a field of a form shows: `☒` or `☐`, the choice of a list, a default text.

    `data` is its `w:ffData` (ECMA-376, part 1, 17.16.17); empty without one.
    """
    form = None if data is None else next(data.iter(*_FORMS), None)
    if form is None:
        return ""
    own = {name: form.find(WORD + name) for name in ("checked", "default", "result")}
    if form.tag == _CHECK_BOX:
        box = own["default"] if own["checked"] is None else own["checked"]
        return "☒" if is_on(box) else "☐"
    if form.tag == _TEXT_INPUT:
        return value(own["default"]) or ""
    choice = value(own["default"] if own["result"] is None else own["result"]) or "0"
    entries = [value(entry) or "" for entry in form.iter(f"{WORD}listEntry")]
    return entries[int(choice)] if choice.isdecimal() and int(choice) < len(entries) else ""


def _equation(code: str, before: str, depth: int) -> str:
    written, place = "", 0
    while found := _PART.search(code, place):
        end = _closing(code, found.end())
        written += _without_switches(code[place : found.start()])
        if depth < _MOST_DEEP:
            parts = _parts(code[found.end() : end])
            written += _part(found[1].lower(), found[2].lower(), parts, before + written, depth + 1)
        place = end + 1
    return written + _without_switches(code[place:])


def _part(kind: str, options: str, parts: list[str], before: str, depth: int) -> str:
    texts = [_equation(part, "", depth) for part in parts]
    match kind:
        case "o":  # one over the other: a sign in a circle, or ruby over its base
            signs = [text for text in texts if text.strip() not in _CIRCLES]
            if len(signs) < len(texts):
                return "".join(_circled(sign.strip()) for sign in signs)
            return texts[-1] if texts else ""
        case "f":
            return "/".join(texts)
        case "s":
            text = "".join(texts)
            is_ruby = not before and not text.strip().isdigit()
            if is_ruby:
                return ""
            return lowered_text(text) if "do" in options else raised_text(text, before)
        case "r":
            return "√" + texts[-1] if texts else ""
    return "".join(texts)


def _circled(sign: str) -> str:
    return (
        formatted_number(int(sign), "decimalEnclosedCircle") if _is_small(sign) else f"（{sign}）"
    )


def _is_small(sign: str) -> bool:
    return sign.isascii() and sign.isdigit() and len(sign) < 3


def _closing(code: str, start: int) -> int:
    depth = 1
    for place in range(start, len(code)):
        depth += {"(": 1, ")": -1}.get(code[place], 0)
        if not depth:
            return place
    return len(code)


def _parts(code: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for place, character in enumerate(code):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character in ",;，" and not depth:
            parts.append(code[start:place])
            start = place + 1
    return [*parts, code[start:]]


def _without_switches(text: str) -> str:
    return _SWITCH.sub("", text)
