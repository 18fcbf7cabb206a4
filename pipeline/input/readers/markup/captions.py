"""Captions, and lines at the edge of a page, in Markdown, which has no mark of its own for them."""

import re

from lxml import html

from models.patterns import lazy

_SOURCE = lazy(
    r"[▲△\s]*[（(【\[]?(?:(?:图片?|照片|影像|配图|题图|圖片?)(?:来源|來源|源)|供图|摄影|攝影)\s*[:：/／|｜]\s*[^。！？]{2,24}$"
    r"|[▲△\s]*[（(【\[]?(?i:photo(?:s|graph)?\s*(?:by\s|[:：/／]))\s*[^。！？]{2,24}$"
)
_IN_BRACKETS = lazy(
    r"[（(【\[]\s*(?:(?:图片?|照片)?(?:来源|來源|源))\s*[:：/／|｜][^。！？]{2,24}[)）】\]]$"
)
_OF_PICTURE = lazy(
    r"[▲△▼▽↑↓←→◀▶（(【\s]*(?:图为|圖為|上图|下图|左图|右图|题图|图片说明|图\s?\d{1,2}\s*[:：\s])"
)
_AT_END = lazy(
    r"[。！？]\s*(?:(?:图片?|照片)?(?:来源|来自|源)|图|供图|摄影?)\s*[:：/／|｜]\s*[^，。；]{2,24}$"
    r"|[。！？]\s*[^，。；]{2,24}(?:摄|供图)$"
    r"|[。！？]\s*图(?:片|源)?(?:[据自]|来自|源自)[^，。；]{2,16}$"
)
_BEHIND = lazy(r"[。！？]\s*[^，。；！？：]{2,16}$")
_MARKS = str.maketrans("[]\n", "［］ ")
_LONGEST = 400
_LONGEST_SOURCE = 40
_CAPTION = lazy(
    r"(?:^|[\s_-])(?:caption|(?:pic|img|image|photo)[_-]?(?:caption|desc|note|info|text|title))"
    r"(?:$|[\s_-]text)|MsoCaption",
    re.IGNORECASE,
)
_LONGEST_CENTRED = 40
_CENTRED = lazy(r"^center\b|text-align:\s*center", re.IGNORECASE)
_STOPS = lazy("[。！？；]")


def caption_mark(words: str) -> str:
    """Return a caption as the description of an image, which is read as a caption.

    A caption of more than 400 characters is a paragraph and stays as it is.

    >>> caption_mark("图1 老城")
    '![图1 老城](caption)'
    """
    return _mark(words.strip(), "caption")


def edge_mark(words: str) -> str:
    """Return a line at the head or foot of a page as the description of an image, in one line.

    >>> edge_mark("民生·关注")
    '![民生·关注](furniture)'
    """
    return _mark(" ".join(words.split()), "furniture")


def _mark(words: str, kind: str) -> str:
    return words if len(words) > _LONGEST else f"![{words.translate(_MARKS)}]({kind})"


def is_caption(markdown: str) -> bool:
    """True if a line of Markdown is what `caption_mark` makes of a caption."""
    return markdown.startswith("![") and markdown.endswith("](caption)")


def is_picture_source(text: str, *, in_brackets: bool = False) -> bool:
    """True if a line below a picture says where it is from; also a mere （来源：…） if asked."""
    if len(text) > _LONGEST_SOURCE:
        return False
    return bool(_SOURCE.match(text)) or (in_brackets and bool(_IN_BRACKETS.match(text)))


def ends_with_source(text: str) -> bool:
    """True if a sentence and the source or the photographer of a picture are one line."""
    return len(text) <= _LONGEST and _AT_END.search(text) is not None


def has_words_behind(text: str) -> bool:
    """True if words without a stop stand behind a sentence, as those of a source do."""
    return len(text) <= _LONGEST_SOURCE and _BEHIND.search(text) is not None


def is_of_picture(text: str) -> bool:
    """True if a text says that it is the caption of a picture: 图为…, 图1 …."""
    return len(text) <= _LONGEST and _OF_PICTURE.match(text) is not None


def has_stop(text: str) -> bool:
    """True if a text has a sentence in it."""
    return _STOPS.search(text) is not None


def is_centred_line(text: str, element: html.HtmlElement) -> bool:
    """True if a line of one sentence, or with a source, is in the middle, as captions are."""
    if not ends_with_source(text) and (len(text) > _LONGEST_CENTRED or has_stop(text[:-1])):
        return False
    look = f"{element.get('align') or ''} {element.get('style') or ''}"
    return element.tag == "center" or _CENTRED.search(look) is not None


def is_named_caption(element: html.HtmlElement) -> bool:
    """True if a paragraph is named a caption; one around a picture holds more than its caption.

    In a list of terms, what is said of a picture is its caption.
    """
    if element.tag == "dd":
        term = element.getprevious()
        return term is not None and term.find(".//img") is not None and not _has_text(term)
    named = element.get("class")
    if named is None or element.tag not in ("p", "div", "td") or not _CAPTION.search(named):
        return False
    return next(element.iter("img", "figure", "table"), None) is None


def is_bold_line(element: html.HtmlElement) -> bool:
    """True if all text of an element is bold or large."""
    inner = element[0] if len(element) == 1 and not (element.text or "").strip() else element
    return inner.tag in ("b", "strong", "big", "font") and not (inner.tail or "").strip()


def _has_text(element: html.HtmlElement) -> bool:
    return any(str(text).strip() for text in element.itertext())
