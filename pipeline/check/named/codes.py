"""What a translation must keep letter for letter: addresses, file names, hashtags, codes.

见 www.jinshan.gov.cn 和 GB/T 19001-2016 ── see www.jinshan.gov.cn and GB/T 19001-2016
"""

import re
from collections.abc import Iterator

from models.patterns import lazy
from pipeline.language.sentence_cache import remembered
from pipeline.records import Finding, Span

_ADDRESS = (
    r"https?://[\w./?=&%#~:@+\-]*[\w/]|www\.[\w./?=&%#~\-]*[\w/]|(?<![\w.+\-])[\w.+\-]++@[\w\-]++\.[\w.\-]*\w"
    r"|(?<![\w.])[\w\-]{1,63}\.(?:com|org|net|gov|edu|cn)(?:\.cn)?(?![\w.])"
)
_FILE = (
    r"(?<![\w.])[\w\-]{1,120}\.(?:pdf|docx?|xlsx?|pptx?|zip|txt|csv|json|xml|jpe?g|png|mp[34]|apk"
    r"|exe)\b"
)
_HASHTAG = r"(?<!\w)[#@][A-Za-z]\w+"
# GB/T 19001-2016, ISO 9001:2015, DF-5C, 600519 behind 股 or 代码, 沪A12345
_STANDARD = (
    r"(?<![A-Za-z])(?:GB|ISO|IEC|IEEE|DB\d*|YY|JB|HJ|QB|NY|CN)(?:/[A-Z]{1,3})?[\s-]?\d{2,}(?:[.:\-]\d+)*"
    r"|(?<=[股码券])[：:（(\s]?(?P<stock>\d{6})(?!\d)"
)
_CODE = r"(?P<code>(?<![\w-])[A-Z]{1,4}-?\d{2}[A-Z0-9]{0,40}(?:-\d{1,20}){0,6}(?![\w%]))"
_WEB = lazy(r"https?://|www\.", re.IGNORECASE)
_EMOJI = lazy("[\U0001f300-\U0001faff♥❤]\ufe0f?")
_MOST_STRINGS = 100
"""Different strings of one sentence that are looked for."""
_LONGEST_RESTORED = 200

_PROTECTED = lazy(rf"{_ADDRESS}|{_FILE}|{_HASHTAG}|{_STANDARD}|{_CODE}", re.ASCII)


def protected_spans(source: str) -> list[Span]:
    """Give the places of everything that must stand in the translation as it is."""
    return [span for span, _ in _strings(source)]


@remembered
def _strings(source: str) -> Iterator[tuple[Span, bool]]:
    """Find the strings; true where hyphens and spaces are free (J-20, J20)."""
    for match in _PROTECTED.finditer(source):
        place = match.span("stock") if match["stock"] else match.span()
        yield Span(*place), match["code"] is not None


def unprotected(source: str, translation: str) -> list[Finding]:
    """Find the strings that the translation has not letter for letter, and emoji that it lost.

    Case is free but for the path of an address.
    """
    said = ""
    found = []
    is_kept: dict[str, bool] = {}
    for span, is_loose in _strings(source):
        written = source[span.start : span.end]
        if written not in is_kept:
            if len(is_kept) == _MOST_STRINGS:
                break
            said = said or _plain(translation)
            is_kept[written] = (
                _has_address(translation, written)
                if _WEB.match(written)
                else _has(said, _plain(written), is_loose)
            )
        if not is_kept[written]:
            message = f"{written} is missing from the translation, or is spelled differently"
            found.append(Finding("names", "error", message, span))
    return found + _lost_emoji(source, translation)


def _lost_emoji(source: str, translation: str) -> list[Finding]:
    """Find emoji of which the translation has none; a heart may be another heart."""
    said = {_same_heart(match[0]) for match in _EMOJI.finditer(translation)}
    lost = [match for match in _EMOJI.finditer(source) if _same_heart(match[0]) not in said]
    if not lost:
        return []
    shown = "".join(dict.fromkeys(match[0] for match in lost[:_MOST_STRINGS]))
    span = Span(lost[0].start(), lost[-1].end())
    return [Finding("names", "warning", f"{shown} is missing from the translation", span)]


def _same_heart(emoji: str) -> str:
    return "♥" if emoji[0] in "♥❤💓💕💖💗💙💚💛💜🧡🖤" else emoji[0]


def _has_address(translation: str, written: str) -> bool:
    """True if a text has an address; only the case of its host is free."""
    start = written.find("//") + 2 if "//" in written else 0
    host, slash, path = written[start:].partition("/")
    pattern = rf"(?i:{re.escape(written[:start] + host)}){re.escape(slash + path)}(?![A-Za-z0-9])"
    return re.search(pattern, translation) is not None


def _has(said: str, written: str, is_loose: bool) -> bool:
    """True if a text has a string that is no part of a longer word."""
    if len(written) > _LONGEST_RESTORED:
        return written in said
    pattern = "[ -]?".join(re.findall(r"\w", written)) if is_loose else re.escape(written)
    return re.search(rf"(?<![a-z0-9]){pattern}(?![a-z0-9])", said) is not None


def restored(source: str, translation: str) -> str:
    """Write the strings as the source has them where the translation has them nearly so.

    Only what lies between their letters and digits may differ (`GB / T 19001 - 2016`,
    `600,519`, `www. jinshan. gov. cn`), so nothing is guessed.
    """
    for found in unprotected(source, translation):
        span = found.source_span
        if span is not None and span.end - span.start <= _LONGEST_RESTORED:
            written = source[span.start : span.end]
            near = r"[\s,.:/\-–_@#]{0,3}".join(map(re.escape, re.findall(r"[^\W_]", written)))
            pattern = rf"(?<![A-Za-z0-9])[#@]?{near}(?![A-Za-z0-9])"
            if match := re.search(pattern, translation, re.IGNORECASE):
                translation = translation[: match.start()] + written + translation[match.end() :]
    return translation


def _plain(text: str) -> str:
    return " ".join(text.lower().replace("–", "-").split())
