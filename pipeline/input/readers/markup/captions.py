"""Captions of pictures and tables in Markdown, which has no mark of its own for them."""

_MARKS = str.maketrans("[]\n", "［］ ")
_LONGEST = 400


def caption_mark(words: str) -> str:
    """Return a caption as the description of an image, which is read as a caption.

    A caption of more than 400 characters is a paragraph and stays as it is.

    >>> caption_mark("图1 老城")
    '![图1 老城](caption)'
    """
    words = words.strip()
    return words if len(words) > _LONGEST else f"![{words.translate(_MARKS)}](caption)"
