"""English without the spaces that detokenised pieces leave beside its marks.

of use of " heart" services ( in 2023 ) .   ─▶   of use of "heart" services (in 2023).
"""

from models.patterns import lazy

# What follows tells a mark from the dot of .NET, and what goes before the colon of 3 : 2.
_BEFORE_MARKS = lazy(r"""(?<=\S)(?: +(?=[,.;!?])|(?<!\d) +(?=:))(?=.(?:[\s"”’]|$))""")
_INSIDE_PAIRS = tuple(
    lazy(rf"({opening}) *([^{opening}{closing}]*[^{opening}{closing} ]) *({closing})")
    for opening, closing in ((r"\(", r"\)"), (r"\[", r"\]"), ("“", "”"))
)
_BEFORE_QUOTATIONS = lazy(r"(?:^|[\s(\[“‘/—–-])$")
_BEHIND_QUOTATIONS = lazy(r"^(?:$|[\s,.;:!?)\]”’/—–'-])")


def spaced(text: str) -> str:
    """Take out spaces before , . ; : ! ? and just inside a pair of brackets or quotation marks.

    Nothing but spaces goes, and none between words. Straight quotation marks are pairs only
    where all of the text are: 5" and 6" are inches, and one too many leaves them all alone.
    """
    text = _BEFORE_MARKS.sub("", text)
    for pair in _INSIDE_PAIRS:
        text = pair.sub(r"\1\2\3", text)
    return _quoted(text)


def _quoted(text: str) -> str:
    parts = text.split('"')
    inside, outside = parts[1::2], parts[::2]
    if len(inside) == len(outside) or not all(each.strip() for each in inside):
        return text
    opened = all(_BEFORE_QUOTATIONS.search(each) for each in outside[:-1])
    closed = all(_BEHIND_QUOTATIONS.search(each) for each in outside[1:])
    if not (opened and closed):
        return text
    parts[1::2] = [each.strip(" ") for each in inside]
    return '"'.join(parts)
