"""Formulas of Word (OMML) and of OpenDocument (MathML) in one line: x²+1, (a+b)/2, √x."""

from lxml import etree

from pipeline.input.readers.office.word_xml import local
from pipeline.input.readers.raised import lowered_text, raised_text

_MARKS = frozenset(("rPr", "fPr", "sSupPr", "sSubPr", "radPr", "dPr", "naryPr", "ctrlPr", "del"))
_WRAPPED = ("+", "-", "−", "*", "×", "/", " ")


def formula_text(element: etree._Element) -> str:
    """Return a formula, or a part of one, as text in one line."""
    children = [
        (local(child), formula_text(child)) for child in element if local(child) not in _MARKS
    ]
    parts = dict(children)
    match local(element):
        case "t":
            return element.text or ""
        case "sSup":
            return parts.get("e", "") + _raised(parts.get("sup", ""))
        case "sSub":
            return parts.get("e", "") + _lowered(parts.get("sub", ""))
        case "sSubSup":
            base = parts.get("e", "") + _lowered(parts.get("sub", ""))
            return base + _raised(parts.get("sup", ""))
        case "sPre":
            before = _raised(parts.get("sup", "")) + _lowered(parts.get("sub", ""))
            return before + parts.get("e", "")
        case "f":
            return f"{_grouped(parts.get('num', ''))}/{_grouped(parts.get('den', ''))}"
        case "rad":
            degree = parts.get("deg", "")
            return f"{degree.translate(_DEGREES)}√{_grouped(parts.get('e', ''))}"
        case "d":
            return "(" + ", ".join(text for name, text in children if name == "e") + ")"
        case "nary":
            sign = element.find("{*}naryPr/{*}chr")
            found = next(iter(sign.attrib.values()), "") if sign is not None else "∫"
            low, high = parts.get("sub", ""), parts.get("sup", "")
            bounds = (f"_({low})" if low else "") + (f"^({high})" if high else "")
            return f"{found}{bounds} {parts.get('e', '')}"
    return "".join(text for _, text in children)


def math_ml_text(element: etree._Element) -> str:
    """Return a formula in MathML as text in one line."""
    if local(element).startswith("annotation"):
        return ""
    parts = [math_ml_text(child) for child in element]
    match local(element), parts:
        case "msup", [base, power]:
            return base + _raised(power)
        case "msub", [base, index]:
            return base + _lowered(index)
        case "msubsup", [base, index, power]:
            return base + _lowered(index) + _raised(power)
        case "mfrac", [above, below]:
            return f"{_grouped(above)}/{_grouped(below)}"
        case "msqrt", _:
            return f"√{_grouped(''.join(parts))}"
        case _:
            return "".join((element.text or "").split()) + "".join(parts)


_DEGREES = str.maketrans("23456789", "²³⁴⁵⁶⁷⁸⁹")


def _raised(text: str) -> str:
    if not text:
        return ""
    # inside a formula a raised number is a power, whatever it is raised over
    written = raised_text(text, "x")
    return written if written != text and written[0] != "[" else f"^({text})"


def _lowered(text: str) -> str:
    written = lowered_text(text)
    if text.replace(".", "", 1).isdecimal():
        return written
    return written if written != text or (len(text) < 2 and not text.isdigit()) else f"_({text})"


def _grouped(text: str) -> str:
    return f"({text})" if any(mark in text for mark in _WRAPPED) else text
