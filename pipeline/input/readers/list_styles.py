"""Counter styles of lists that only a style sheet gives, as attributes of the lists."""

import re
from collections.abc import Mapping

from models.patterns import lazy
from pipeline.input.readers.markup.numbers import sheet_list_style
from pipeline.input.readers.raised_markup import own_sheets, sheet_classes

_LIST = lazy(
    r"<(?P<tag>ol|ul|li)(?=\s)(?P<attributes>[^<>]*?\bclass\s*=\s*"
    r"(?:[\"'](?P<names>[^\"'<>]{1,200})[\"']|(?P<name>[^\s\"'<>=]{1,100}))[^<>]*)>",
    re.IGNORECASE,
)


def list_classes(sheet: str) -> dict[str, str]:
    """Return the classes of a style sheet that name a counter style, with the style.

    >>> list_classes("ol.a { list-style-type: lower-alpha } .b { list-style: none }")
    {'a': 'lower-alpha'}
    """
    return sheet_classes(sheet, sheet_list_style) if _names_style(sheet) else {}


def with_list_styles(source: str, classes: Mapping[str, str]) -> str:
    """Return a page whose lists say their counter style, by classes of its own and of a book."""
    if _names_style(source):
        own = map(list_classes, own_sheets(source))
        classes = dict(classes) | {name: style for sheet in own for name, style in sheet.items()}
    if not classes:
        return source

    def styled(match: re.Match[str]) -> str:
        names = match["names"] or match["name"]
        styles = [classes[name] for name in names.split() if name in classes]
        if not styles or "list-style" in match["attributes"]:
            return match[0]
        # the first of two attributes with one name counts
        style = f' style="list-style-type: {styles[-1]}"'
        return f"<{match['tag']}{style}{match['attributes']}>"

    return _LIST.sub(styled, source)


def _names_style(text: str) -> bool:
    return "list-style" in text or "counter" in text
