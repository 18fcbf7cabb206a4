"""Marks of Markdown and its dialects inside a line, which no reader of the text sees."""

import re
from itertools import count

from models.patterns import lazy
from pipeline.input.readers.markup.captions import caption_mark
from pipeline.input.readers.raised import lowered_text, raised_text
from pipeline.language.chinese import HAN, is_han

# pandoc's raised and lowered text: 10^6^, H~2~O; a range such as 3~5、6~8 has no letter before it
_RAISED = lazy(
    r"\^(?:(?<=[^\s^\\]\^)([-+−]?\d{1,4}[-+−]?|\d?[nixk]|[-+−]|st|nd|rd|th|TM|R|o|\[[^\]\[\s]{1,8}\]"
    r"|[①-⑳*†‡]{1,3}|[a-h]|[(（〔]?注?\d{1,3}[)）〕]?|\d{1,3}(?:[,，–-]\d{1,3})+|[注※§])\^"
    # the mark of a note at the start of a line or of a sentence
    r"|(?<!\S\^)([a-h]|\d{1,3}[)）]?|[①-⑳*†‡※])\^)"
)
# the same as LaTeX writes them, without the signs of a formula: 598.0^{a}, H_{2}O
_IN_BRACES = lazy(r"(?<![\\^_$])([\^_])\{ ?([\d+\-−*†‡①-⑳]{1,4}|[a-h]) ?\}")
_LOWERED = lazy(r"(?<=[A-Za-z)\]])~([\d+\-−.()=]{1,8}|[a-z]{1,3})~(?!~)")
_DEFINITION = lazy(r"(?m)^ {0,3}(?P<table>Table)?:[ \t]+(?=\S)")
_ROW = lazy(r"[ \t]*(?:\||-{3}|\+[-=]|[^\n]*\S[ \t]{2,}\S)")
_EXAMPLE = lazy(r"(?m)^\(@[\w-]{0,20}\)(?=[ \t])")
_UNNUMBERED = lazy(r"([ \t]*\(?)(?:#|1(?=\.))([.)])[ \t]+(?=\S)")
ALL_ONE = lazy(r"(?m)^1\.[ \t][^\n]*\n(?:[ \t]*\n)?1\.[ \t]")
"""Items that all have the number 1, which a page of Markdown counts."""
_IS_MARKED = lazy(r"\s|[-*+#>|:!]")
# a note whose further lines and paragraphs are indented
_LONG_NOTE = lazy(
    r"(?m)^\[\^[^\]\n]{1,20}\]:[^\n]*"
    r"(?:\n(?:[ \t]*\n){0,2}(?: {4}|\t)[ \t]*(?![-*+>|][ \t|])\S[^\n]*)+"
)
_NEXT_LINE = lazy(r"[ \t]*\n\s*")
# Emphasis inside a line: of Chinese, or apart from letters and digits. 3*4*5 and 210*297 stay, and
# so do masked names: 张*明、李*华.
_INSIDE = r"(?:[^*\n]|(?<=\d)\*(?=\d)){0,80}"
_OPENS = (
    r"(?<![*\\{^])\*(?=[^\s*，。、；：！？）」』”,.;!?)}])(?!(?<=\d\*)\d)"
    rf"(?!(?<=[{HAN}]\*)[{HAN}]{{1,2}}(?:[，。、；！？）)\s]|$))"
)
_CLOSES = r"(?<=[^\s\\])\*(?!\*)(?!(?<=\d\*)\d)"
_EMPHASIS = lazy(
    rf"{_OPENS}(?:({_INSIDE}[{HAN}]{_INSIDE}?){_CLOSES}"
    rf"|(?<![A-Za-z0-9)″′]\*)([^*\n]{{1,80}}){_CLOSES}(?![A-Za-z0-9*(]))"
)
_BEFORE_CHARS = 16
_AMOUNT = "[%％‰万亿元℃吨米]"
STRUCK_NUMBER = (
    rf"(?<!\d)(?<!\d{_AMOUNT})~~(?=\S)([^~\n]{{0,80}}\d[^~\s\d，。；]{{0,4}})~~(?=\d)"
    rf"|(?:(?<=\d)|(?<=\d{_AMOUNT}))~~(\d[^~\n，。；]{{0,24}})~~(?!\d)"
    rf"|~~((?P<words>[{HAN}]{{1,8}})\d[^~\n]{{0,80}})~~(?=(?P=words)\d)"
)
"""A number struck out right beside the one in its place, with its unit or the same words.

Between numbers on both sides, ~~ is a range: 3~~5元.
"""
_ADDRESS_WITH_BRACKETS = lazy(
    r"(?<=\]\()[^\s()<>]{0,500}\([^\s()<>]{0,200}\)[^\s()<>]{0,500}(?=\)|[ \t]+[\"'])"
)
_ESCAPED_BRACKETS = str.maketrans({"(": "%28", ")": "%29"})
# what must be in a text for a rule to change it, the rule, and what it puts in its place
_RULES: tuple[tuple[str, re.Pattern[str], str], ...] = tuple(
    (sign, lazy(pattern), replacement)
    for sign, pattern, replacement in (
        # where DeepSeek-OCR found a block
        ("<|ref|>", r"<\|ref\|>[^<>\n]{0,40}<\|/ref\|><\|det\|>[^<>\n]{0,400}<\|/det\|>", ""),
        # the title, the authors and the date of pandoc
        ("% ", r"\A% ([^\n]+)(?:\n% ?([^\n]*))?(?:\n% ?([^\n]*))?\n\s*\n", r"# \1\n\n\2\n\n\3\n\n"),
        # a picture as data; a picture with a title
        (
            "data:",
            r"(!\[[^\]\[\n]{0,400}\])\(\s*<?data:[^)\s>]*>?(?:\s+\"[^\"\n]*\")?\s*\)",
            r"\1(image)",
        ),
        (
            "![",
            rf"!\[[^\]\[\n{HAN}]{{0,400}}\]\(\s*([^\s()]+)\s+\"([^\"\n]*[{HAN}][^\"\n]*)\"\s*\)",
            r"![\2](\1)",
        ),
        ("![", r"(!\[[^\]\[\n]{0,400}\])\(\s*([^\s()]+)\s+\"[^\"\n]*\"\s*\)", r"\1(\2)"),
        # a formula as a picture
        ("tex=", r"!\[([^\]\[\n]{1,200})\]\([^\s()]{1,200}[?&]tex=[^\s()]{1,400}\)", r"$\1$"),
        # a picture and a link by reference, which a line with a colon defines, and this line
        ("]:", r"!\[([^\]\[\n]{0,400})\]\[(?!\^)[^\]\n]{0,200}\]", r"![\1](image)"),
        ("]:", r"(?<![!\]])\[(?!\^|\d{1,3}\]\[\d)([^\]\[\n]+)\]\[(?!\^)[^\]\n]*\]", r"\1"),
        (
            "]:",
            rf"(?m)^ {{0,3}}\[(?!\^)[^\]\n]+\]:[ \t]*(?:<[^>\n]*>|[^\s{HAN}，。；：！？、]+)"
            r"(?:[ \t]+[\"'(][^\n]*)?$",
            "",
        ),
        # a picture in a link
        ("[![", r"\[(!\[[^\]\[\n]{0,400}\]\([^\s()]{0,500}\))\]\([^\s()]{0,500}\)", r"\1"),
        # a link with a title; a link of a wiki; a link with its address as its text
        (
            "](",
            r"(?<!!)\[([^\]\[\n]+)\]\(\s*<?[^\s()<>]+>?\s+(?:\"[^\"\n]{0,300}\"|'[^'\n]{0,300}')\s*\)",
            r"\1",
        ),
        ("![[", r"!\[\[[^\]\[\n]{1,400}\]\]", "![](image)"),
        # a link whose text is the mark of a note in brackets
        ("[[", r"\[\[([^\]\[|\n]{1,12})\]\]\([^()\s]{1,400}\)", r"[\1]"),
        ("[\\[", r"\[\\\[([^\]\[|\n\\]{1,12})\\\]\]\([^()\s]{1,400}\)", r"[\1]"),
        ("[[", r"\[\[(?:[^\]\[|\n]+\|)?([^\]\[|\n]+)\]\]", r"\1"),
        ("://", r"<((?:https?|ftp):[^\s<>]+)>", r"\1"),
        # the mark of a note in the text; one that begins a line with a colon is the note
        ("[^", r"(?m)(?<!^)\[\^([^\]\n]{1,20})\]", r"[\1]"),
        ("[^", r"(?m)^\[\^([^\]\n]{1,20})\](?![:：])", r"[\1]"),
        # a task that is done or not, a line of a verse, an inline note
        ("] ", r"(?m)^([ \t]*[-*+][ \t]+)\[[xX]\][ \t]", r"\1☒ "),
        ("[ ]", r"(?m)^([ \t]*[-*+][ \t]+)\[ \][ \t]", r"\1☐ "),
        ("| ", r"(?m)^\|[ \t]+([^|\n]+)$", r"\1  "),
        ("^[", r"\^\[([^\]\[\n]{1,400})\](?!\^)", r"[\1]"),
        # tracked changes, spans and attributes of pandoc; containers and callouts, of which
        # only a title is shown
        ("]{", r"\[[^\]\[]{0,400}\]\{\.(?:deletion|comment-(?:start|end))\b[^}]{0,300}\}", ""),
        ("]{", r"(?<!!)\[([^\]\[\n]*)\]\{(?:[#.][\w-]|[\w-]+=)[^}\n]{0,300}\}", r"\1"),
        ("){", r"(?<=\))\{:?[ \t]*(?:[#.][\w-]|[\w-]+=)[^}\n]{0,300}\}", ""),
        (
            "{",
            r"(?m)(?<=[^\s}])[ \t]*\{(?:[#.][\w.:-]+[ \t]*)+(?:[\w-]+=[^}\n]{0,300})?\}[ \t]*$",
            "",
        ),
        ("{:", r"(?m)^\{:[^}\n]{1,200}\}[ \t]*$", ""),
        ("{-}", r"(?m)^(#{1,6}[ \t][^\n]*?)[ \t]*\{-\}[ \t]*$", r"\1"),
        (
            ":::",
            r"(?m)^[ \t]*:::+[ \t]*(?:\{[^}\n]*\}|[A-Za-z][\w-]*)?[ \t]*([^\n:]*):*[ \t]*$",
            r"\1",
        ),
        ("[!", r"(?m)^(>[ \t]*)\[![A-Za-z]+\][ \t]*$", ""),
        # emphasis inside a line
        ("***", r"(?<!\*)\*\*\*(?=\S)([^*\n]+)(?<=\S)\*\*\*(?!\*)", r"**\1**"),
        ("~~", STRUCK_NUMBER, ""),
        ("~~", r"(?<!\d)~~(?=\S)([^~\n]+)(?<=\S)~~(?!\d)", r"\1"),
        (
            "==",
            rf"(?<!=)==(?=[^=\s])([^=\n]{{0,80}}[{HAN}][^=\n]{{0,80}})(?<=[^=\s])==(?!=)",
            r"\1",
        ),
    )
)


def without_marks(text: str) -> str:
    """Return Markdown without marks of dialects: attributes, highlights, links by reference.

    Raised and lowered text becomes characters, a term and its definition items of a list.
    """
    if "[^" in text:
        text = _LONG_NOTE.sub(lambda match: _NEXT_LINE.sub(_joined, match[0]), text)
    if "](" in text:
        text = _ADDRESS_WITH_BRACKETS.sub(lambda m: m[0].translate(_ESCAPED_BRACKETS), text)
    for sign, pattern, replacement in _RULES:
        if sign in text:
            text = pattern.sub(replacement, text)
    if "*" in text and "*" in text.replace("**", ""):
        text = _EMPHASIS.sub(r"\1\2", text)
    if "~" in text:
        text = _LOWERED.sub(lambda match: lowered_text(match[1]), text)
    if "^" in text:
        text = _RAISED.sub(_raised, text)
    if "#." in text or "#)" in text or ("1. " in text and ALL_ONE.search(text)):
        text = _with_numbers(text)
    if "(@" in text:
        number = count(1)
        text = _EXAMPLE.sub(lambda _: f"({next(number)})", text)
    return _with_definitions(text) if ":" in text and _DEFINITION.search(text) else text


def _with_numbers(text: str) -> str:
    """Return text in which the items of a list count: those of pandoc with `#.`, or all with `1.`.

    A list ends at a line that is neither an item nor indented.
    """
    lines = text.split("\n")
    numbers: dict[int, int] = {}
    """The number of the last item of each list that is open, by its indentation."""
    for place, line in enumerate(lines):
        if item := _UNNUMBERED.match(line):
            depth = len(item[1])
            numbers = {other: number for other, number in numbers.items() if other <= depth}
            numbers[depth] = numbers.get(depth, 0) + 1
            lines[place] = f"{item[1]}{numbers[depth]}{item[2]} {line[item.end() :]}"
        elif line[:1].strip():
            numbers = {}
    return "\n".join(lines)


def plain_scripts(text: str) -> str:
    """Return text with `^{2}` and `_{2}` outside of formulas as raised and lowered characters."""
    return _IN_BRACES.sub(
        lambda match: _raised(match, 2) if match[1] == "^" else lowered_text(match[2]), text
    )


def _joined(match: re.Match[str]) -> str:
    """Return what is between two lines of a note: nothing inside a sentence of Chinese."""
    is_one_line = match[0].count("\n") == 1
    before = match.string[match.start() - 1]
    return "" if is_one_line and (is_han(before) or before in "，、；：") else " "


def _raised(match: re.Match[str], group: int = 0) -> str:
    start = match.start()
    before = match.string[max(0, start - _BEFORE_CHARS) : start].rpartition("\n")[2]
    after = match.string[match.end() : match.end() + 4]
    return raised_text(match[group or match.lastindex or 1], before, after)


def _with_definitions(text: str) -> str:
    """Return text in which a line with `:` before it is an item, and so is the term above it.

    Below a table it is the caption of the table.
    """
    lines: list[str] = []
    for line in text.split("\n"):
        mark = _DEFINITION.match(line)
        above = next((n for n in reversed(range(len(lines))) if lines[n].strip()), None)
        if mark and mark["table"]:
            lines.append(caption_mark(line[mark.end() :]))
        elif mark is None or above is None or len(lines) - above > 2:
            lines.append(line)
        elif _ROW.match(lines[above]):
            lines.append(caption_mark(line[mark.end() :]))
        elif lines[above].startswith("- ") or not _IS_MARKED.match(lines[above]):
            if not lines[above].startswith("- "):
                lines[above] = f"- {lines[above]}"
            lines.append(f"- {line[mark.end() :]}")
        else:
            lines.append(line)
    return "\n".join(lines)
