"""Find a direction or a bound that became its opposite: 下降 as "rose", 以上 as "up to"."""

import re
from collections.abc import Iterator, Sequence

from models.patterns import lazy
from pipeline.check.named.winners import same_winner
from pipeline.check.numbers import ledger
from pipeline.check.text import MOST_CHARS, shorten, small_letters
from pipeline.check.words.crossed import crossed, telling_words
from pipeline.check.words.opposites import Claim, Opposites, opposites_of
from pipeline.language.lexicon import chinese_words, counterparts, english_stems
from pipeline.language.variants import simplified_twin
from pipeline.records import Finding, Span

_CHINESE_BREAK = lazy(r"[，。；：、！？,;:!?]")
_ENGLISH_BREAK = lazy(
    r"[;:!?]|(?<!\b[ap])(?<!\b[ap]\.m)[.,](?!\d)|\s(?:and|but|while|whereas|although|though|with|as)\s",
    re.IGNORECASE,
)
_NUMERAL = lazy(r"[\d〇一二三四五六七八九十百千万亿两半几]")
_DATE = lazy("[年月日号第]")
_CROSSED = lazy(r"\brespectively\b|\bin turn\b", re.IGNORECASE)

_EVENT, _EVENT_BEFORE = 25, 8
"""Characters behind "after", and before 前 or 后, in which the event is named."""

_Pair = tuple[Claim, Claim]
_Spans = Sequence[tuple[Span, Span]]


def direction(source: str, translation: str) -> list[Finding]:
    """Find what the translation turns round: it says the opposite, and never what the source says.

    The texts are compared as wholes, then around the numbers that both have: first the words that
    touch a number (不少于5人, "no more than 5"), then those of its clause. Sides that are denied,
    and words that can mean either, accuse nothing.
    """
    if max(len(source), len(translation)) > MOST_CHARS:
        return []
    chinese = simplified_twin(source)
    winner = same_winner(chinese, translation)
    if winner is None:
        return list(_reversals(chinese, source, translation))
    others = list(_reversals(chinese, source, translation, besides="winning and losing"))
    return [*others, winner] if isinstance(winner, Finding) else others


def _reversals(chinese: str, source: str, translation: str, besides: str = "") -> Iterator[Finding]:
    same: _Spans | None = None
    named: list[Finding] = []
    lower = small_letters(translation)
    for pair in opposites_of(chinese):
        there = pair.chinese.claims(chinese) if pair.name != besides else []
        if not any(claim.is_plain for claim in there):
            continue
        here = pair.english.claims(lower)
        if not any(claim.is_plain for claim in here):
            continue
        if same is None:
            same = _same_numbers(source, translation)
        reversal = (
            _of_a_number(there, here, same, chinese)
            or _of_the_whole(pair, there, here, same, (chinese, lower))
            or (pair.by_clause and _of_a_clause(there, here, same, chinese, translation))
            or crossed(
                there,
                here,
                _texts(chinese, _CHINESE_BREAK),
                _texts(translation, _ENGLISH_BREAK),
            )
        )
        if reversal:
            finding = _finding(pair, reversal, source, translation)
            if not any(is_same_place(finding, other) for other in named):
                named.append(finding)
                yield finding


def _same_numbers(source: str, translation: str) -> _Spans:
    """Return the spans of the numbers that the translation keeps."""
    return [
        (entry.source_span, entry.translation_span)
        for entry in ledger(source, translation)
        if entry.source_span and entry.translation_span and entry.verdict == "kept"
    ]


def contradiction(there: Sequence[Claim], here: Sequence[Claim]) -> _Pair | None:
    """Return a plain word of each text if the texts keep to opposite sides."""
    sides, others = {claim.side for claim in there}, {claim.side for claim in here}
    if "both" in sides | others or len(sides) != 1 or len(others) != 1 or sides == others:
        return None
    plain = next((claim for claim in there if claim.is_plain), None)
    against = next((claim for claim in here if claim.is_plain), None)
    return (plain, against) if plain and against else None


def _of_a_number(
    there: Sequence[Claim], here: Sequence[Claim], same: _Spans, chinese: str
) -> _Pair | None:
    """Return a reversal of the words that touch a number, wherever a text repeats the number."""
    for number in dict.fromkeys(chinese[one.start : one.end] for one, _ in same):
        spans = [pair for pair in same if chinese[pair[0].start : pair[0].end] == number]
        touching = [c for c in there if c.is_plain and any(c.span.overlaps(s) for s, _ in spans)]
        against = [c for c in here if c.is_plain and any(c.span.overlaps(s) for _, s in spans)]
        if touching and against and (reversal := contradiction(touching, against)):
            return reversal
    return None


def _of_the_whole(
    pair: Opposites,
    there: Sequence[Claim],
    here: Sequence[Claim],
    same: _Spans,
    texts: tuple[str, str],
) -> _Pair | None:
    reversal = contradiction(there, here)
    if not reversal or not _is_of_one_number(reversal, same, texts[0]):
        return None
    if pair.of_an_event and not _is_of_one_event(reversal, same, *texts):
        return None
    return reversal


def _is_of_one_event(reversal: _Pair, same: _Spans, chinese: str, english: str) -> bool:
    """False if the texts date by different events: 年底前，峰会后 as "after the summit"."""
    there, here = (claim.span for claim in reversal)
    clause = _around(_clauses(english, _ENGLISH_BREAK), here)
    if _NUMERAL.search(chinese, there.start, there.end):
        return any(one.overlaps(there) and other.overlaps(clause) for one, other in same)
    start = max(_around(_clauses(chinese, _CHINESE_BREAK), there).start, there.end - _EVENT_BEFORE)
    event = chinese[start : there.end].rstrip("前后之以")
    *_, last = ("", *(word for word, _ in chinese_words(event)))
    if len(last) < 2 or event == chinese[start : there.end]:
        return True  # 早于 and 会前 name no event that the lexicon knows
    stems = {stem for stem, _ in english_stems(english[here.end : clause.end][:_EVENT])}
    ours, others = (
        [counterparts(word) & stems for word in telling_words(text)]
        for text in (event, f"{chinese[:start]} {chinese[there.end :]}")
    )
    return not ours or any(ours) or not any(others)


def _is_of_one_number(reversal: _Pair, same: _Spans, chinese: str) -> bool:
    """False if each speaks of another number: 超过500人，不到一半 is no contradiction."""
    there, here = (claim.span for claim in reversal)
    has_number = _NUMERAL.search(chinese, there.start, there.end)
    numbers = [pair for pair in same if pair[0].overlaps(Span(there.start, there.end + 1))]
    others = [pair for pair in same if pair[1].overlaps(here)]
    return numbers == others or not others or not (numbers or has_number)


def _of_a_clause(
    there: Sequence[Claim], here: Sequence[Claim], same: _Spans, chinese: str, english: str
) -> _Pair | None:
    if not same or _CROSSED.search(english):
        return None
    clauses, counterparts = _clauses(chinese, _CHINESE_BREAK), _clauses(english, _ENGLISH_BREAK)
    for number, counterpart in same:
        if _DATE.search(chinese, max(0, number.start - 1), number.end + 1):
            continue  # English may name a date or an ordinal in any clause
        clause, other = _around(clauses, number), _around(counterparts, counterpart)
        reversal = contradiction(
            [claim for claim in there if claim.span.overlaps(clause)],
            [claim for claim in here if claim.span.overlaps(other)],
        )
        if (
            reversal
            and _is_of_one_number(reversal, same, chinese)
            and not _is_left_out(reversal, there, here)
        ):
            return reversal
    return None


def _is_left_out(reversal: _Pair, there: Sequence[Claim], here: Sequence[Claim]) -> bool:
    """True if the translation leaves out a side, and says no more of the other than the source."""
    lost, said = (claim.side for claim in reversal)
    sides = [claim.side for claim in here]
    return lost not in sides and sides.count(said) <= [claim.side for claim in there].count(said)


def _clauses(text: str, breaks: re.Pattern[str]) -> list[Span]:
    ends = [match.span() for match in breaks.finditer(text)]
    starts = [0, *(end for _, end in ends)]
    return [
        Span(start, end)
        for start, end in zip(starts, [*(start for start, _ in ends), len(text)], strict=True)
    ]


def _texts(text: str, breaks: re.Pattern[str]) -> list[tuple[Span, str]]:
    return [(clause, text[clause.start : clause.end]) for clause in _clauses(text, breaks)]


def _around(clauses: Sequence[Span], number: Span) -> Span:
    """Return the clauses that a number touches, as one."""
    touched = [clause for clause in clauses if clause.overlaps(number)] or [number]
    return Span(touched[0].start, touched[-1].end)


def is_same_place(one: Finding, other: Finding) -> bool:
    """True if findings share a place of the source, and of the translation if both name one."""
    return (
        one.source_span is not None
        and other.source_span is not None
        and one.source_span.overlaps(other.source_span)
        and (
            one.translation_span is None
            or other.translation_span is None
            or one.translation_span.overlaps(other.translation_span)
        )
    )


def _finding(pair: Opposites, reversal: _Pair, source: str, translation: str) -> Finding:
    there, here = (claim.span for claim in reversal)
    change = "the opposite" if pair.severity == "error" else "another bound"
    message = (
        f"{shorten(source[there.start : there.end])} in the source, "
        f"“{shorten(translation[here.start : here.end])}” in the translation: {change}"
    )
    return Finding("direction", pair.severity, message, there, here)
