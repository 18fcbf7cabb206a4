"""Markdown that holds HTML, entities, LaTeX and marks of other writers, as plain Markdown.

OCR converters write `<div>`, `<br>`, `<sup>`, `&nbsp;`, whole tables of HTML and formulas into
Markdown, and word processors pictures as data, links by reference and notes.
"""

import re
from collections.abc import Iterator

from models.patterns import lazy
from pipeline.input.readers.markup.blocks import page_blocks
from pipeline.input.readers.markup.drawn_tables import with_drawn_tables
from pipeline.input.readers.markup.inline import unescaped
from pipeline.input.readers.markup.latex import latex_text
from pipeline.input.readers.markup.marks import ALL_ONE, plain_scripts, without_marks
from pipeline.input.readers.markup.tags import without_tags
from pipeline.input.readers.markup.tree import page_tree
from pipeline.language.chinese import HAN
from pipeline.language.tables import markdown_row, row_texts

_SIGNS = lazy(
    r"<[A-Za-z/!|]|\A%[ ]|&[A-Za-z#]|\$[^$]|\\\(|\]\[|(?m:^ {0,3}\[[^\]\n]+\]:)|\[\^|:::|-[ \t]*\|"
    r"|\|[ \t]*:?-|:\||\[\[|\(<?data:|\{[#.:-]|\*|~|\^|==|[\])]\{|\[!"
    r"|\]\([^\s()]{0,300}(?:[ \t]+[\"']|\()|-- +--|\+[-=]{2}"
    r"|(?m:^ {0,3}(?:Table)?:[ \t]|^\|[ \t]+[^|\n]+$|^[ \t]*[-*+][ \t]+\[[ xX]\][ \t]|^\(@)"
    r"|(?m:^[ \t]*\(?#[.)][ \t])"
)
"""One of these is in every text that is changed."""
_MARKUP = lazy(
    r"</(?:p|div|td|table|li|h[1-6]|sup|sub|span|font|body|center)>|<(?:br|hr)\s*/?>|<!--|-->"
    r"|<(?:img|a)\s[^<>]*=|<p>",
    re.IGNORECASE,
)
_FENCE = lazy(r"[ \t]*(```+|~~~+)[^\n`]*$")
_INLINE_CODE = lazy(r"`[^`\n]+`")
_CODE = "\ufdd1"
"""Stands around the number of a piece of code; Unicode has no such character."""
_HELD_CODE = lazy(f"{_CODE}(\\d+){_CODE}")
_TABLE_TAG = lazy(r"<(/?)table\b[^<>]*+>", re.IGNORECASE)
_BLANK_LINE = lazy(r"\n[ \t]*\n")
_LATEX = lazy(
    r"(?<![\\$])\$(?!\$)(?:(?P<dollars>(?:[^$\n]|(?<=\\)\$){1,400}?)(?<!\\)\$(?![\d$])"
    r"|(?P<command>[^$\n]{0,200}?\\[A-Za-z][^$\n]{0,200}?)\$(?=\d))"
    r"|(?:(?<=[^\s$])|(?<=[^\s$] ))\$\$(?P<display>[^$\n]{1,400})\$\$(?!\$)"
    r"|\\\((?P<brackets>(?:[^\n\\]|\\(?![()])){1,400})\\\)"
)
_IS_FORMULA = lazy(r"[\\^_{]|[\d\s.,:/+%~<>=×()\[\]\-–①-⑳≥≤±≈℃°‰]+$")
_VARIABLES = lazy(
    r"\s*\(?(?:\d+\s*)?[A-Za-zα-ωΑ-Ω]"
    r"(?:(?:\s*[=+\-*/<>(),]\s*|\s+)?(?:[A-Za-zα-ωΑ-Ω]|\d+(?:\.\d+)?)(?![A-Za-z]))*['′]?\)?\s*$"
)
"""Signs of one letter: `$Q$`, `$P = U I$`, `$2n+1$`."""
_WORDS = lazy(r"[^\\^_{}]*?(?:[A-Za-z]{2,}\s|\s[A-Za-z]{2,})[^\\^_{}]*")
"""English between two prices: `$5 million and $6`."""
_PRICE = lazy(r"\d[\d.,]*\s+")
"""An amount in dollars before another sign: `$45 $^{1}$`."""
_LINE_MARKS = frozenset("*#>")
_IN_WORDS = lazy(
    r"\\(?:text|mathrm|textrm|mbox|textbf|mathbf)\s*\{[^{}]*\}|\\textcircled\s*\{[^{}]*\}"
)
_HAS_HAN = lazy(f"[{HAN}，。；：！？、]")
_BLANKS = lazy("[\xa0\u2002-\u200a\u202f]")
_OPEN_ROW = lazy(
    r"(?m)^[^\n|][^\n|]*+\|[^\n]*+\n"
    r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)+\|?[ \t]*\n(?:[^\n]*\|[^\n]*(?:\n|\Z))*"
)
_ROW = lazy(r"(?m)^[ \t]*\|[^\n]+")
_MARK_IN_ROW = lazy(
    r"\*\*(?P<bold>[^*|\n]{1,400})\*\*|(?<!!)\[(?P<link>[^\]\[|\n]{1,200})\]\([^()\s|]{1,1000}\)"
)
_BLOCK_IN_ROW = lazy(
    r"(?:\s*</?(?:br|p|div|center|[uod]l|li|d[td]|img)\b[^<>]{0,1000}>)+\s*", re.IGNORECASE
)


def has_markup(text: str) -> bool:
    """True if plain text has tags that only HTML has: of blocks, breaks, raised signs, subtitles.

    `<b>` alone may be meant as it is written.
    """
    return "<" in text and _MARKUP.search(text) is not None


def plain_markdown(text: str) -> str:
    """Return Markdown in which only Markdown's own marks are left.

    A block of HTML ends a block, `<br>` a line; tables of HTML become rows, with merged cells in
    every row and column that they cover; raised and lowered digits, entities and formulas of a
    line become characters. Code and formulas between `$$` stay. The same text is returned if it
    has nothing of these.
    """
    if _has_no_sign(text) or not (_SIGNS.search(text) or ALL_ONE.search(text)):
        return text
    codes: list[str] = []

    def held(code: str) -> str:
        codes.append(code)
        return f"{_CODE}{len(codes) - 1}{_CODE}"

    parts = (held(part[:-1]) + part[-1] if is_code else part for part, is_code in _with_code(text))
    shown = _shown(_INLINE_CODE.sub(lambda code: held(code[0]), "".join(parts)))
    return _HELD_CODE.sub(lambda code: codes[int(code[1])], shown) if codes else shown


def _has_no_sign(text: str) -> bool:
    """True if no character of a sign is in a text.

    Written out, and by single characters first, since it is asked of every row.
    """
    return not (
        "<" in text or "&" in text or "$" in text or "*" in text or "[" in text
        or "~" in text or "{" in text or "|" in text or ":" in text or "\\" in text
        or "^" in text or "%" in text[:1] or ("=" in text and "==" in text)
        or ("-" in text and "-- -" in text) or (")" in text and "#)" in text)
        or ("." in text and ("#." in text or "\n1. " in text))
    )  # fmt: skip


def _with_code(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the parts of a text, and whether they are fenced code."""
    if "```" not in text and "~~~" not in text:
        yield text, False
        return
    part: list[str] = []
    mark = ""
    for line in text.splitlines(keepends=True):
        fence = _FENCE.match(line)
        if not mark and fence:
            yield "".join(part), False
            part, mark = [line], fence[1]
        elif mark and fence and line.strip() == mark:
            yield "".join((*part, line)), True
            part, mark = [], ""
        else:
            part.append(line)
    # a fence that is not closed fences nothing
    yield "".join(part), False


def plain_formulas(text: str) -> str:
    """Return text whose formulas between `$` or `\\(` and `\\)` are plain text."""
    if "$" not in text and r"\(" not in text:
        return text
    pieces = []
    start = 0
    place = 0
    while match := _LATEX.search(text, place):
        written = _formula(match)
        place = match.start() + 1 if written is None else match.end()
        if written is not None:
            pieces += [text[start : match.start()], written]
            start = match.end()
    return "".join((*pieces, text[start:]))


def _shown(text: str) -> str:
    text = with_drawn_tables(text)
    if "|" in text:
        text = _OPEN_ROW.sub(_with_bars, text)
    if "<" in text:
        text = _with_rows(_without_comments(text))
        text = "\n".join(_lines_with_rows(text)) if "|" in text else text
        text = without_tags(text)
    text = without_marks(text)
    if "|" in text and ("**" in text or "](" in text):
        text = _ROW.sub(lambda row: _MARK_IN_ROW.sub(r"\g<bold>\g<link>", row[0]), text)
    text = plain_formulas(text)
    if "{" in text and "$$" not in text and "\n\\[" not in text:
        text = plain_scripts(text)
    if "&" in text:
        text = _BLANKS.sub(" ", unescaped(text))
    return text


def _without_comments(text: str) -> str:
    pieces = []
    start = 0
    while (begin := text.find("<!--", start)) >= 0 and (end := text.find("-->", begin)) >= 0:
        pieces.append(text[start:begin])
        start = end + len("-->")
    return "".join((*pieces, text[start:]))


def _with_rows(text: str) -> str:
    """Return text in which tables of HTML are rows; one that is not closed ends at a blank line."""
    pieces = []
    start = 0
    depth, begin = 0, 0
    for tag in _TABLE_TAG.finditer(text):
        if tag[1]:
            depth -= depth > 0
            if not depth and begin >= start:
                pieces += [text[start:begin], _rows(text[begin : tag.end()])]
                start = tag.end()
        else:
            begin = tag.start() if not depth else begin
            depth += 1
    if depth:
        blank = _BLANK_LINE.search(text, begin)
        end = blank.start() if blank else len(text)
        pieces += [text[start:begin], _rows(text[begin:end])]
        start = end
    return "".join((*pieces, text[start:]))


def _lines_with_rows(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        yield _BLOCK_IN_ROW.sub(" ", line) if line.lstrip().startswith("|") else line


def _rows(source: str) -> str:
    """Return a table of HTML as rows; one without rows as its text."""
    tree = page_tree(source)
    blocks = page_blocks(tree) if tree is not None else []
    written = ""
    for before, block in zip([None, *blocks], blocks, strict=False):
        is_row = before is not None and before.markdown[0] == "|" and block.markdown[0] == "|"
        written += ("\n" if is_row else "\n\n") + block.markdown
    return f"{written}\n\n"


def _with_bars(match: re.Match[str]) -> str:
    """Return a table written without bars at the ends of its rows with them."""
    lines = match[0].rstrip("\n").split("\n")
    rows = [row_texts(line) for line in (lines[0], *lines[2:])]
    head, *more = (markdown_row([*row, *[""] * (len(rows[0]) - len(row))]) for row in rows)
    return "\n".join((head, "|---|", *more)) + "\n"


def _formula(match: re.Match[str]) -> str | None:
    """Return a formula as plain text; None if it is none, such as what is between two prices."""
    source = match["dollars"] or match["command"] or match["display"] or match["brackets"] or ""
    if not source.strip() or _WORDS.fullmatch(source):
        return None
    if not _IS_FORMULA.search(source) and not _VARIABLES.match(source):
        return None
    if _HAS_HAN.search(_IN_WORDS.sub("", source)) or _PRICE.fullmatch(source):
        return None
    before = match.string[max(0, match.start() - 12) : match.start()]
    text = latex_text(source, before, match.string[match.end() : match.end() + 4].lstrip())
    # at the start of a line, a raised star is no item of a list
    return f"\\{text}" if text[:1] in _LINE_MARKS and before[-1:] in ("", "\n") else text
