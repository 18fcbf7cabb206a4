"""Notes below a text: lines that begin with the mark by which the text above them names them."""

from collections.abc import Iterator, Sequence

from models.patterns import lazy

_SIGNED = r"[①-⑳⑴-⒇]"
_BRACKETED = r"[\[［〔【](?:注\s?)?\d{1,3}[\]］〕】]"
_SEVERAL = r"[\[［〔【](?:注\s?)?\d{1,3}(?:[-–—~,，、]\d{1,3}){0,9}[\]］〕】]"
_MARK = lazy(rf"(?P<mark>{_SIGNED}|{_BRACKETED})\s*[^\s，。；、]")
_NUMBERS = lazy(r"\d{1,3}")
_LONGEST_RANGE = 30
_NAMED = lazy(
    rf"(?<=[^\s：:；;，、])(?P<mark>{_SIGNED}|{_SEVERAL})(?P<end>$|[\s，。；：、！？”’）」』》,.;:])?"
)
_BELOW_TABLE = lazy(r"[①-⑳⑴-⒇*＊※†‡]|\[\d{1,2}\]|[（(]?(?:注|(?:备注|附注|单位|说明)\s*[:：])")
_HEADING = lazy(
    r"[【\[〔]?(?:注\s?[释解]|註\s?[釋解]|[脚腳尾附][注註]|参考(?:文献|资料)|參考(?:文獻|資料)|Notes?)[】\]〕]?[:：]?"
)
_STARS = ("*", "＊", "※", "†", "‡")
_NUMBERED = lazy(r"\d{1,3}(?:[.．、]\s*|\s+)\S")
_LINES = frozenset(("short", "paragraph", "list_item"))
_HEADS = frozenset(("heading", "short"))


def note_places(roles: Sequence[str], texts: Sequence[str]) -> set[int]:
    """Return the places of lines that are notes, by the roles and texts of a page's paragraphs.

    They are short lines with a mark right below a table, numbered lines below the heading 注释,
    and lines in a row that all begin with a mark which is in the text above them.

    >>> note_places(("paragraph", "list_item"), ("茶馆始于唐代①。", "① 见《封氏闻见记》。"))
    {1}
    >>> note_places(("paragraph", "list_item"), ("办法如下：", "① 登记。"))
    set()
    """
    found = set(_below_tables(roles, texts)) | set(_below_headings(roles, texts))
    marks = [
        _MARK.match(text) if role in _LINES and place not in found else None
        for place, (role, text) in enumerate(zip(roles, texts, strict=True))
    ]
    if not any(marks):
        return found
    named: dict[str, bool] = {}
    place = 0
    while place < len(marks):
        end = place
        while end < len(marks) and (own := marks[end]) and own["mark"] in named:
            end += 1
        is_row = end > place and not (end < len(marks) and marks[end])
        if is_row and any(named[own["mark"]] for own in marks[place:end] if own):
            found.update(range(place, end))
        for text in texts[place : max(end, place + 1)]:
            for mark, is_sure in _named(text):
                named[mark] = named.get(mark, False) or is_sure
        place = max(end, place + 1)
    return found


def _named(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the marks in a text, and whether each is surely that of a note; [1-3] is three."""
    for match in _NAMED.finditer(text):
        mark = match["mark"]
        numbers = [int(number) for number in _NUMBERS.findall(mark)]
        if mark.isnumeric() or len(numbers) < 2:
            yield mark, match["end"] is not None or not mark.isnumeric()
            continue
        is_range = any(sign in mark for sign in "-–—~")
        if is_range and numbers[0] < numbers[-1] < numbers[0] + _LONGEST_RANGE:
            numbers = [*range(numbers[0], numbers[-1] + 1)]
        yield from ((f"{mark[0]}{number}{mark[-1]}", True) for number in numbers)


def names_notes(text: str) -> bool:
    """True if a heading is that of the notes: 注释."""
    return _HEADING.fullmatch(text) is not None


def may_be_note(text: str) -> bool:
    """True if a line may be a note by its mark; most pages have none."""
    return _MARK.match(text) is not None or _BELOW_TABLE.match(text) is not None


def _below_tables(roles: Sequence[str], texts: Sequence[str]) -> Iterator[int]:
    is_below = False
    for place, (role, text) in enumerate(zip(roles, texts, strict=True)):
        is_short = role == "short" or (role == "paragraph" and text.startswith(_STARS))
        is_note = is_below and is_short and _BELOW_TABLE.match(text) is not None
        if is_note:
            yield place
        is_below = is_note or role in ("table", "footnote")


def _below_headings(roles: Sequence[str], texts: Sequence[str]) -> Iterator[int]:
    is_below = False
    for place, (role, text) in enumerate(zip(roles, texts, strict=True)):
        if role in _HEADS and names_notes(text):
            is_below = True
        elif is_below and role in _LINES and (_MARK.match(text) or _NUMBERED.match(text)):
            yield place
        elif role != "footnote":
            is_below = False
