"""Raised and lowered text of books that only their style sheets or their links show, as tags."""

import re

from models.patterns import lazy

# A rule of a style sheet: its selectors, and what it says.
_RULE = lazy(r"([^{}]{1,400})\{([^{}]{0,2000})\}")
_SHEET = lazy(r"<style\b[^<>]*>([^<]{0,500000})</style", re.IGNORECASE)
_COMMENT = lazy(r"/\*.*?\*/", re.DOTALL)
_CLASS = lazy(r"\.([A-Za-z_][\w-]{0,80})\s*$")
_ALIGN = lazy(
    r"vertical-align\s*:\s*(super|sub|text-top|top|text-bottom|[-+]?[\d.]+(?:em|ex|%|px|pt))"
)
_MOVED = lazy(r"(?<![\w-])(top|bottom)\s*:\s*(-?)[\d.]+(?:em|ex|%|px|pt)")
# Without a smaller size, as LibreOffice writes it: position: relative; top: -0.42em
_MOVED_FAR = lazy(r"(?<![\w-])(top|bottom)\s*:\s*(-?)0?\.[2-6]\d*e[mx]")
_SMALL = lazy(r"font-size\s*:\s*(?:0?\.\d+(?:em|rem)|[1-8]\d(?:\.\d+)?%|smaller|x-small|xx-small)")
_ELEMENT = lazy(
    r"<(?P<tag>span|a|small|font|i|em|b|strong)(?P<attributes>\s[^<>]{1,400})>(?P<text>"
    r"[^<>]{1,12}|<(?P<inner>a|span|small)(?:\s[^<>]{1,400})?>[^<>]{1,12}</(?P=inner)>)</(?P=tag)>"
)
_CLASSES = lazy(r"\bclass\s*=\s*(?:[\"']([^\"']{0,200})[\"']|([^\s\"'<>=]{1,100}))")
_STYLE = lazy(r"\bstyle\s*=\s*[\"']([^\"']{0,400})[\"']")
_NOTE_LINK = lazy(
    r"\b(?:epub:type|role|class)\s*=\s*[\"'][^\"']{0,100}(?:noteref|footnote-ref|fnref)\b"
)

_MAY_RAISE = ("noteref", "footnote-ref", "fnref", "vertical-align", "font-size")


def raised_classes(sheet: str) -> dict[str, str]:
    """Return the classes of a style sheet that raise or lower text, with the tag that does.

    >>> raised_classes(".a { vertical-align: super } p.b { vertical-align: sub }")
    {'a': 'sup', 'b': 'sub'}
    """
    found: dict[str, str] = {}
    for rule in _RULE.finditer(_COMMENT.sub("", sheet)):
        if tag := _tag(rule[2]):
            names = (_CLASS.search(selector.strip()) for selector in rule[1].split(","))
            found |= {name[1]: tag for name in names if name}
    return found


def _tag(style: str) -> str:
    """Return the tag that does what a style says: sup, sub, or empty."""
    align = _ALIGN.search(style)
    is_small = _SMALL.search(style) is not None
    if align:
        where = align[1]
        if where in ("super", "sub"):
            return "sup" if where == "super" else "sub"
        if where[0] in "+-.0123456789" and where.strip("+-.0%emxpt"):
            return "sub" if where.startswith("-") else "sup"
        if is_small and where in ("text-top", "top"):
            return "sup"
    moved = (_MOVED if is_small else _MOVED_FAR).search(style)
    if moved is None or not (is_small or "relative" in style):
        return ""
    is_up = (moved[1] == "top") == (moved[2] == "-")
    return "sup" if is_up else "sub"


def with_raised_tags(source: str, classes: dict[str, str]) -> str:
    """Return a page in which short raised text is in sup or sub, and a link to a note in sup.

    `classes` are those of the sheets of a book; those of the page itself are added.
    """

    if "vertical-align" in source:
        sheets = (raised_classes(sheet[1]) for sheet in _SHEET.finditer(source))
        classes = classes | {name: tag for sheet in sheets for name, tag in sheet.items()}
    if not classes and not any(word in source for word in _MAY_RAISE):
        return source

    def tagged(match: re.Match[str]) -> str:
        attributes = match["attributes"]
        if match["tag"] == "a" and _NOTE_LINK.search(attributes):
            return f"<sup>{match[0]}</sup>"
        named = _CLASSES.search(attributes)
        tags = [
            classes[name]
            for name in ((named[1] or named[2] or "").split() if named else ())
            if name in classes
        ]
        style = _STYLE.search(attributes)
        tag = _tag(style[1]) if style else ""
        tag = tag or next(iter(tags), "")
        if tag:
            return f"<{tag}>{match[0]}</{tag}>"
        if match["inner"] is None:
            return match[0]
        start = match.start("text") - match.start()
        return match[0][:start] + _ELEMENT.sub(tagged, match[0][start:])

    return _ELEMENT.sub(tagged, source)
