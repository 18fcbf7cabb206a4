"""Formulas in MathML, of web pages, books and OpenDocument, in one line: x²+1, (a+b)/2, √x."""

from lxml import etree

from pipeline.input.readers.raised import lowered_text, raised_text

_WRAPPED = ("+", "-", "−", "*", "×", "/", " ")
DEGREES = str.maketrans("23456789", "²³⁴⁵⁶⁷⁸⁹")


def math_ml_text(element: etree._Element) -> str:
    """Return a formula in MathML as text in one line."""
    name = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else "annotation"
    if name.startswith("annotation"):
        return ""
    parts = [math_ml_text(child) for child in element]
    match name, parts:
        case "msup" | "msub" | "msubsup", [base, *scripts]:
            low, high = _low_and_high(name.removeprefix("m"), scripts)
            return base + (lowered(low) if low else "") + raised(high)
        case "munder" | "mover" | "munderover", [base, *scripts]:
            low, high = _low_and_high(name.removeprefix("m"), scripts)
            if name == "mover" and not high[:1].isalnum():  # an accent or a bar
                return base + high
            return base + bounds(low, high)
        case "mroot", [base, degree]:
            return f"{degree.translate(DEGREES)}√{grouped(base)}"
        case "mtable" | "mtr", _:
            return ("; " if name == "mtable" else ", ").join(parts)
        case "mfenced", _:
            return f"{element.get('open', '(')}{', '.join(parts)}{element.get('close', ')')}"
        case "mfrac", [above, below]:
            return f"{grouped(above)}/{grouped(below)}"
        case "msqrt", _:
            return f"√{grouped(''.join(parts))}"
        case _:
            return "".join((element.text or "").split()) + "".join(parts)


def _low_and_high(name: str, scripts: list[str]) -> tuple[str, str]:
    """Return what is below and what is above a base; each is empty if `name` lacks it."""
    low = scripts[0] if scripts and name.startswith(("sub", "under")) else ""
    return low, scripts[-1] if scripts and name.endswith(("sup", "over")) else ""


def bounds(low: str, high: str) -> str:
    """Return what is below and above a sign such as ∑; either may be empty."""
    return (f"_({low})" if low else "") + (f"^({high})" if high else "")


def raised(text: str) -> str:
    """Return a power as text: ², or ^(…) if it has no raised signs."""
    if not text:
        return ""
    # inside a formula a raised number is a power, whatever it is raised over
    written = raised_text(text, "x")
    return written if written != text and written[0] != "[" else f"^({text})"


def lowered(text: str) -> str:
    """Return an index as text: ₂, or _(…) if it has no lowered signs."""
    written = lowered_text(text)
    if text.replace(".", "", 1).isdecimal():
        return written
    return written if written != text or (len(text) < 2 and not text.isdigit()) else f"_({text})"


def grouped(text: str) -> str:
    """Return a part of a formula in brackets if it has an operator."""
    return f"({text})" if any(mark in text for mark in _WRAPPED) else text
