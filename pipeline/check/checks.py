"""Checks of one translation that need no reference: pure functions of a pair of texts.

Each takes (source, translation) and gives findings with spans on both sides. They are
tuned for few false alarms: an editor who is told wrong things stops reading.
"""

import logging
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import islice

from pipeline.check.chatter import chatter, language
from pipeline.check.names import mentions
from pipeline.check.negation import negation
from pipeline.check.numbers import numbers
from pipeline.language.controls import hidden
from pipeline.language.glossary import Glossary, terms
from pipeline.records import Finding, Severity, Span

CHECKS = (
    "empty",
    "numbers",
    "names",
    "negation",
    "untranslated",
    "copied",
    "repetition",
    "length",
    "question",
    "quotes",
    "truncated",
    "chatter",
    "language",
    "terms",
    "hidden",
)
"""The name of every check, in the order a reader cares about them."""

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_HAN = re.compile(f"[{HAN}]")
_HAN_RUN = re.compile(f"[{HAN}](?:[{HAN}\u3000-\u303f\uff00-\uffef]*[{HAN}])?")
_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")

_LOG = logging.getLogger(__name__)
_Check = Callable[[str, str], Iterable[Finding]]

MOST_FINDINGS = 50
"""Findings of one check in one sentence; nobody reads more."""

_LONGEST_MESSAGE = 400

SHORTEST_WORDS_PER_CHARACTER = 0.22
LONGEST_WORDS_PER_CHARACTER = 1.9
SMALLEST_SOURCE_CHARACTERS = 10
"""Outside these bounds are fewer than 1 in 200 human translations of FLORES-101 dev."""


def findings(
    source: str,
    translation: str,
    *,
    glossary: Glossary | None = None,
    flags: Sequence[str] = (),
) -> list[Finding]:
    """Run every check on a pair, most serious first in the order of `CHECKS`.

    An empty or a copied translation has that one finding, and the one of a refusal: nothing else
    can be said of it. `flags` are those of the TranslatedSentence; `truncated` and `refused` count.
    A check gives at most `MOST_FINDINGS`. One that fails gives none and logs a warning: an
    article is worth more than a check.
    """
    if nothing := empty(source, translation) or copied(source, translation):
        return nothing + (chatter(source, translation, flags=flags) if "refused" in flags else [])
    checks: dict[str, _Check] = {
        "numbers": numbers,
        "names": mentions,
        "negation": negation,
        "untranslated": untranslated,
        "repetition": repetition,
        "length": length,
        "question": question,
        "quotes": quotes,
        "truncated": lambda zh, en: truncated(zh, en, flags=flags),
        "chatter": lambda zh, en: chatter(zh, en, flags=flags),
        "language": language,
    }
    if glossary:
        checks["terms"] = lambda zh, en: terms(zh, en, glossary)
    checks["hidden"] = hidden
    return [
        finding
        for name, check in checks.items()
        for finding in _first_findings(name, check, source, translation)
    ]


def _first_findings(name: str, check: _Check, source: str, translation: str) -> list[Finding]:
    """Return the first findings of a check, none if it fails."""
    try:
        found = islice(check(source, translation), MOST_FINDINGS)
        return [replace(one, message=_short(one.message, _LONGEST_MESSAGE)) for one in found]
    except Exception as error:  # noqa: BLE001 (a fault in a check must not cost the article)
        _LOG.warning(
            "the check '%s' failed on the sentence '%s': %s: %s; report this",
            name,
            _short(source),
            type(error).__name__,
            error,
        )
        return []


def empty(source: str, translation: str) -> list[Finding]:
    """Find a translation without a letter or a digit, where the source has some."""
    if _WORD.search(source) and not _WORD.search(translation):
        return [Finding("empty", "error", "the translation is empty", Span(0, len(source)))]
    return []


def untranslated(source: str, translation: str) -> list[Finding]:
    """Find Chinese left in the English, one finding for each run of characters.

    A run in brackets right after English words is a gloss (“Renminbi (人民币)”) and only
    worth a remark.
    """
    return [
        Finding(
            "untranslated",
            "info" if _is_gloss(translation, match) else "error",
            f"Chinese left in the translation: {match[0]}",
            _place(source, match[0]),
            Span(*match.span()),
        )
        for match in islice(_HAN_RUN.finditer(translation), MOST_FINDINGS)
    ]


_GLOSS_CHARS = 24


def _is_gloss(translation: str, run: re.Match[str]) -> bool:
    before = translation[max(0, run.start() - _GLOSS_CHARS) : run.start()].rstrip()
    after = translation[run.end() : run.end() + _GLOSS_CHARS].lstrip()
    return bool(re.search(r"[A-Za-z]\s*[(（]$", before)) and after[:1] in (")", "）")


def _place(source: str, text: str) -> Span | None:
    start = source.find(text)
    return Span(start, start + len(text)) if start >= 0 else None


def copied(source: str, translation: str) -> list[Finding]:
    """Find a translation that is the source again, spaces and width aside."""
    same = "".join(source.split()) == "".join(translation.split())
    if same and len(_HAN.findall(source)) >= 2:
        whole = Span(0, len(translation))
        message = "the source was copied, not translated"
        return [Finding("copied", "error", message, Span(0, len(source)), whole)]
    return []


_MOST_ROUNDS = 20


def collapsed(source: str, translation: str) -> str | None:
    """Cut every loop down to one round; None where there is none."""
    text = translation
    # a loop of loops needs another round; each makes the text shorter
    for _ in range(_MOST_ROUNDS):
        loops = [f.translation_span for f in repetition(source, text) if f.translation_span]
        shorter = text
        for span in reversed(loops):
            words = list(_WORD.finditer(shorter[span.start : span.end]))
            size, times = _loop([word[0].lower() for word in words], 0)
            if times:
                end = span.start + words[size - 1].end()
                shorter = shorter[:end] + shorter[span.end :]
        if shorter == text:
            break
        text = shorter
    if any(found.severity == "error" for found in repetition(source, text)):
        text = _MARKS.sub(r"\1", _STUTTER.sub(r"\1", text))
    return None if text == translation else text


_DOUBLED = {"had", "that", "very", "bye", "long", "many", "far", "more", "really", "boutros"}


def repetition(source: str, translation: str) -> list[Finding]:
    """Find loops: a word or a phrase of four words or more that stands twice running.

    Short words and two- and three-word phrases must stand three times running. Repeats
    that the source has too (“很好，很好，很好”) are not the model's.
    """
    words = list(_WORD.finditer(translation))
    spoken = [word[0].lower() for word in words]
    at = 0
    found: list[Finding] = []
    while at < len(words) and len(found) < MOST_FINDINGS:
        size, times = _loop(spoken, at)
        if (size, times) == (1, 2) and not _doubled(translation, words[at], words[at + 1]):
            times = 0
        if times:
            span = Span(words[at].start(), words[at + size * times - 1].end())
            phrase = translation[words[at].start() : words[at + size - 1].end()]
            count = "twice" if times == 2 else f"{times} times"
            message = f"“{_short(phrase)}” occurs {count} in a row"
            severity: Severity = "warning" if size * times == 2 else "error"
            found.append(Finding("repetition", severity, message, None, span))
        at += max(1, size * times)
    found = found or _worn_out(source, spoken, translation)
    return [] if found and _repeats(source) else found


_STUTTER = re.compile(r"([^\W\d_]{1,12}?)(?:-?\1){3,}")
_MARKS = re.compile(r"""(["'“”()+;:,])(?:\s?\1){3,}""")
_FEWEST_DIFFERENT = 0.5


def _worn_out(source: str, spoken: Sequence[str], translation: str) -> list[Finding]:
    """Find a stutter inside a word (to-to-to-to) and a text of very few different words.

    A source that says the same words again may be translated so.
    """
    if (match := _STUTTER.search(translation)) and len(match[0]) > 5:
        message = f"“{match[1]}” occurs in “{_short(match[0])}” again and again"
        return [Finding("repetition", "error", message, None, Span(*match.span()))]
    if (match := _MARKS.search(translation)) and not _MARKS.search(source):
        message = f"“{match[1]}” is repeated many times"
        return [Finding("repetition", "error", message, None, Span(*match.span()))]
    different, characters = len(set(spoken)), _HAN.findall(source)
    if len(set(characters)) < 0.6 * len(characters):
        return []
    if len(spoken) >= 12 and different < _FEWEST_DIFFERENT * len(spoken):
        message = f"only {different} different words of {len(spoken)}: the text repeats itself"
        return [Finding("repetition", "warning", message, None, Span(0, len(translation)))]
    return []


def _doubled(translation: str, one: re.Match[str], other: re.Match[str]) -> bool:
    """Tell a doubled word from “the United States states” and “he came. Came …”.

    A number may have a comma in between (“February 25, 25”).
    """
    gap = translation[one.end() : other.start()]
    return one[0] == other[0] and (gap == " " or (gap == ", " and one[0].isdigit()))


def _loop(spoken: Sequence[str], at: int) -> tuple[int, int]:
    """Give the size in words and the count of the loop that starts at `at`, or (1, 0)."""
    for size in range(1, min(24, (len(spoken) - at) // 2) + 1):
        if spoken[at + size] != spoken[at]:
            continue
        phrase = spoken[at : at + size]
        times = 1
        while spoken[at + size * times : at + size * (times + 1)] == phrase:
            times += 1
        doubled = size == 1 and len(phrase[0]) > 1 and phrase[0] not in _DOUBLED
        if times >= (2 if size >= 4 or doubled else 3):
            return size, times
    return 1, 0


def _repeats(source: str) -> bool:
    # bounds, so that the search is linear: no phrase that people repeat is longer
    marks = r"[，、,\s！!。~—]{0,8}"
    word = rf"(?:[{HAN}A-Za-z]{{2,24}}?)"
    number = r"(?<![\d.])\d{1,20}(?![\d.])"
    pattern = (
        rf"({word}){marks}\1{marks}\1|([{HAN}]){marks}\2{marks}\2|([{HAN}]{{4,40}}){marks}\3"
        rf"|({number})\s+\4(?![\d.])|({number})(?:\D\5){{2}}"
    )
    return re.search(pattern, source) is not None


def _short(text: str, characters: int = 40) -> str:
    return text if len(text) <= characters else text[: characters - 1].rstrip() + "…"


def length(source: str, translation: str) -> list[Finding]:
    """Find translations much shorter or longer than their source can explain.

    The measure is English words for each Chinese character; Latin words in the source
    count as two characters each. Sources under ten characters are too short to judge.
    """
    characters = len(_HAN.findall(source)) + 2 * len(re.findall(r"[A-Za-z0-9]+", source))
    words = len(_WORD.findall(translation))
    if characters < SMALLEST_SOURCE_CHARACTERS or _HAN.search(translation):
        return []
    ratio = words / characters
    if SHORTEST_WORDS_PER_CHARACTER <= ratio <= LONGEST_WORDS_PER_CHARACTER:
        return []
    verdict, advice = ("short", "lost") if ratio < 1 else ("long", "added")
    message = (
        f"very {verdict}: {words} words for {characters} characters; "
        f"something may have been {advice}"
    )
    return [Finding("length", "warning", message, None, Span(0, len(translation)))]


# A name whose middle dot an encoding lost (德?鲁蒂斯) asks nothing.
_QUESTION_MARK = re.compile(
    rf"？|(?<![{HAN}])[?]|[?](?![{HAN}])|[吗呢么谁哪何多少几怎吧啊][?]|(?:什么|怎么|为何|如何|哪里|谁)[^，。]{{0,100}}[?]"
)
_ASKING = re.compile(r"[？?]|[吗呢么][”’」』]?[。.]?$")


def question(source: str, translation: str) -> list[Finding]:
    """Find a question that became a statement, or the other way round."""
    asks = _QUESTION_MARK.search(source)
    asked = "?" in translation or "？" in translation
    if asks and not asked:
        message = "the source asks a question, the translation does not"
        return [Finding("question", "warning", message, Span(*asks.span()))]
    if asked and not _ASKING.search(source):
        at = max(translation.rfind("?"), translation.rfind("？"))
        message = "the translation asks a question, the source does not"
        return [Finding("question", "warning", message, None, Span(at, at + 1))]
    return []


_PAIRS = {"“": "”", "(": ")", "[": "]"}
_NARROW = str.maketrans("（）", "()")
_CHINESE_PAIRS = {"“": "”", "「": "」", "『": "』", "（": "）", "《": "》", "(": ")"}
_ITEM = re.compile(r"(?:^|\s)[0-9a-z]$")
_MARK = re.compile("[“”()[\\]「」『』（）《》]")


def quotes(source: str, translation: str) -> list[Finding]:
    """Find a quotation mark or bracket that is opened and not closed, or closed and not opened.

    A quotation that goes on in the next sentence is open in the source too, and fine.
    """
    if _open(source, _CHINESE_PAIRS) or source.count('"') % 2:
        return []
    straight = translation.count('"') + translation.count("&quot;")
    if straight % 2 and sum(map(translation.count, "“”")) % 2:
        return []  # one straight, one curly: a matter of looks
    found = [
        Finding("quotes", "warning", f"“{mark}” stands alone", None, Span(at, at + 1))
        for at, mark in _open(translation.translate(_NARROW), _PAIRS)[:1]
    ]
    if straight % 2:
        at = max(translation.rfind('"'), translation.rfind("&quot;"))
        message = 'a quotation mark (") is unpaired'
        found.append(Finding("quotes", "warning", message, None, Span(at, at + 1)))
    return found[:1]


def _open(text: str, pairs: dict[str, str]) -> list[tuple[int, str]]:
    """Give the marks without a partner, with their places."""
    waiting: list[tuple[int, str]] = []
    alone: list[tuple[int, str]] = []
    for match in _MARK.finditer(text):
        at, character = match.start(), match[0]
        if character in pairs:
            waiting.append((at, character))
        elif character in pairs.values():
            if waiting and pairs[waiting[-1][1]] == character:
                waiting.pop()
            elif not (
                character == ")" and re.search(r"(?:^|\s)[0-9a-z]$", text[max(0, at - 3) : at])
            ):
                alone.append((at, character))
    return alone + waiting


_DANGLING = re.compile(
    r"(?:,|-|—|–|\b(?:the|a|an|of|and|or|to|with|by|from|at|for|as|than|that|which|who|whose|"
    r"because|its|their|his|is|are|was|were|be|been|has|have|had|will|would))$",
    re.IGNORECASE,
)
_FULL_STOP = re.compile(r"[。！？!?…；;][”’」』）)]*\s*$")


def truncated(source: str, translation: str, *, flags: Sequence[str] = ()) -> list[Finding]:
    """Find a translation that breaks off, by what the model said or by how it ends."""
    found: list[Finding] = []
    if any("truncated" in flag for flag in flags):
        by = "by a filter" if "refused" in flags else "at the model's length limit"
        message = f"cut {by}: the end may be missing"
        end = len(translation)
        place = Span(max(0, end - 1), end)
        found.append(Finding("truncated", "error", message, Span(0, len(source)), place))
    ending = translation.rstrip()
    dangling = _DANGLING.search(ending)
    if not found and dangling and _FULL_STOP.search(source):
        message = f"the translation breaks off after “{dangling[0]}”"
        found.append(Finding("truncated", "warning", message, None, Span(*dangling.span())))
    return found
