"""Formulas of Word (OMML) in one line: x²+1, (a+b)/2, √x."""

from lxml import etree

from pipeline.input.readers.markup.math_ml import DEGREES, bounds, grouped, lowered, raised
from pipeline.input.readers.office.word_xml import WORD, local

_MARKS = frozenset(("rPr", "fPr", "sSupPr", "sSubPr", "radPr", "dPr", "naryPr", "ctrlPr", "del"))


def formula_text(element: etree._Element) -> str:
    """Return a formula, or a part of one, as text in one line."""
    children = [
        (local(child), formula_text(child)) for child in element if local(child) not in _MARKS
    ]
    parts = dict(children)
    match local(element):
        case "t":
            return element.text or ""
        case "sSup" | "sSub" | "sSubSup":
            index, power = lowered(parts.get("sub", "")), raised(parts.get("sup", ""))
            return parts.get("e", "") + index + power
        case "sPre":
            before = raised(parts.get("sup", "")) + lowered(parts.get("sub", ""))
            return before + parts.get("e", "")
        case "f":
            return f"{grouped(parts.get('num', ''))}/{grouped(parts.get('den', ''))}"
        case "rad":
            degree = parts.get("deg", "")
            return f"{degree.translate(DEGREES)}√{grouped(parts.get('e', ''))}"
        case "d":
            inner = ", ".join(text for name, text in children if name == "e")
            return f"{_sign(element, 'begChr', '(')}{inner}{_sign(element, 'endChr', ')')}"
        case "nary":
            limits = bounds(parts.get("sub", ""), parts.get("sup", ""))
            return f"{_sign(element, 'chr', '∫')}{limits} {parts.get('e', '')}"
        case "limLow":
            return parts.get("e", "") + bounds(parts.get("lim", ""), "")
        case "limUpp":
            return parts.get("e", "") + bounds("", parts.get("lim", ""))
        case "m" | "eqArr":
            return "; ".join(text for name, text in children if name in ("mr", "e"))
        case "mr":
            return ", ".join(text for _, text in children)
    return "".join(text for _, text in children)


def is_formula_alone(paragraph: etree._Element, text: str) -> bool:
    """True if a paragraph is nothing but a formula."""
    if not text.strip() or next(paragraph.iter("{*}oMathPara"), None) is None:
        return False
    return next(paragraph.iter(f"{WORD}t"), None) is None


def _sign(element: etree._Element, name: str, default: str) -> str:
    """Return a sign that the properties of a part of a formula name: a bracket, ∑."""
    sign = element.find(f"{{*}}{local(element)}Pr/{{*}}{name}")
    return default if sign is None else str(next(iter(sign.attrib.values()), ""))
