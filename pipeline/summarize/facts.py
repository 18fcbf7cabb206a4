"""The key facts of an article: who, where, when and how much, in both languages.

They are read from its sentences by the tables and parsers of `pipeline.language` and the checks;
no model is asked.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from models.patterns import lazy
from pipeline.check.named.english_names import english_names
from pipeline.check.named.person_names import person_names
from pipeline.check.numbers import Entry, ledger
from pipeline.language.bodies import known_bodies
from pipeline.language.divisions import known_divisions
from pipeline.language.gazetteer import known_names
from pipeline.language.lexicon import chinese_words
from pipeline.language.measures.read import with_chinese_measures
from pipeline.language.numbers.chinese import chinese_quantities
from pipeline.language.numbers.quantity import Quantity, Strength, plain
from pipeline.language.pinyin import pinyin_name, syllables
from pipeline.language.spellings import folded, spellings
from pipeline.language.variants import simplified_twin
from pipeline.records import Article, Fact, FactKind, Sentence, Span, Summary, Translation
from pipeline.summarize.datelines import without_furniture
from pipeline.summarize.summarize import english_of, prose_of

_READ_SENTENCES = 12
"""News gives its facts first; later sentences are not read."""
_MOST_OF_A_KIND = 5
_KINDS: tuple[FactKind, ...] = ("who", "where", "when", "how much")
_WHEN = lazy(
    r"(?:(?P<year>(?:19|20)\d\d)年)?(?P<month>1[0-2]|[1-9])月(?:(?P<day>[12]\d|3[01]|[1-9])日)?"
    r"|(?P<only_year>(?:19|20)\d\d)年(?![\d级])"
    r"|(?<![\d月])(?P<only_day>[12]\d|3[01]|[1-9])日(?!本|元)"
)
_MONTHS = (
    "January February March April May June July August September October November December"
).split()
_DIVISION_KINDS = {"区": "District", "县": "County", "省": "Province", "市": "", "州": "Prefecture"}
_TWO_STATES = lazy("中[^国东]")
_NO_BODY = frozenset(("新华社",))
_HOME = "中国"
_DATES = frozenset(("month", "day", "weekday", "decade", "quarter", "half-year"))
_FIRST_YEAR = 1000
_UNIT_AFTER = lazy(
    r"[ -]?(?:[kcm]?m|km/h|kg|g|t|kW|MW|GB)\b| ?°C|℃"
    r"|(?: (?:million|billion|trillion|percent))?"
    r"(?:[ -](?!(?:a|an|the|to|of|in|on|at|for|by|and|or|over|from|with|than|as|per|is|are|was|"
    r"were|taking|while|after|before|when|have|has|had|will|more|less|up|down)\b)[A-Za-z]+){0,2}"
)
_DEGREE = lazy("[℃°]C?")
_RANGE = lazy(r"(?:℃|%|[个人元米])?[至到—~～-](?=\d)")
# A time of day measures nothing; a name that only says how somebody is called names nobody.
_CLOCK = lazy(r"\d{1,2}[时点:：]\d{1,2}分?")
_CALLED = lazy(r"(?:阿姨|大爷|大妈|大叔|叔叔|奶奶|爷爷|先生|女士|小姐|师傅|老师|同学)$")
_COUNTED = lazy(
    r"[多余来几]?[个位名家项座条件张台辆架艘盏支次场种只套幅部篇所户人株棵头匹宗起例批组间栋幢亩册吨公]"
)
_ENDS_NOUN = frozenset("至的了在是和与及或由向对于从到被把将为以因据而也都还就但等，。、；：？！")
_LONGEST_NOUN = 5


def with_facts(summary: Summary, article: Article, translation: Translation) -> Summary:
    """Return a summary with the key facts of its article; what happened is its gist, or first line.

    The facts are in English too if the summary is.
    """
    zh, en = summary.gist_zh or next(iter(summary.zh), None), summary.gist_en
    en = en or next(iter(summary.en), None)
    sentences = prose_of(article)
    in_english = en is not None
    line = zh or en
    what = [
        Fact("what", zh.text if zh else "", en.text if en else "", source)
        for source in (line.sources[:1] if line else ())
    ]
    facts = key_facts(sentences, english_of(translation), in_english=in_english)
    return replace(summary, facts=(*what, *facts))


def key_facts(
    sentences: Sequence[Sentence], english: Mapping[str, str], *, in_english: bool = True
) -> tuple[Fact, ...]:
    """Return the key facts of an article's sentences, at most five of a kind, in reading order.

    `english` are the translations by sentence id. What is named often comes before what is named
    once; each fact cites the first sentence that has it. Without `in_english` the English is empty.
    """
    seen: dict[tuple[FactKind, str], Fact] = {}
    counts: dict[tuple[FactKind, str], int] = {}
    for sentence in sentences[:_READ_SENTENCES]:
        whole = simplified_twin(sentence.text)
        text = without_furniture(whole)
        start = max(whole.find(text), 0)
        said = english.get(sentence.id, "") if in_english else ""
        found = list(_names_and_dates(text, said, in_english=in_english))
        # reading numbers is slow, and the first ones are the facts
        if sum(kind == "how much" for kind, _ in seen) < _MOST_OF_A_KIND:
            found += _amounts(text, said, in_english=in_english)
        for kind, span, form in found:
            key = kind, form or text[span.start : span.end]
            counts[key] = counts.get(key, 0) + 1
            if key not in seen:
                zh = sentence.text[start + span.start : start + span.end]
                seen[key] = Fact(kind, zh, form, sentence.id)
    keys = [key for key in seen if not _is_part_of_date(key, seen)]
    return tuple(
        seen[key]
        for kind in _KINDS
        for key in sorted(
            (key for key in keys if key[0] == kind), key=lambda key: (-counts[key], keys.index(key))
        )[:_MOST_OF_A_KIND]
    )


def _is_part_of_date(key: tuple[FactKind, str], seen: Mapping[tuple[FactKind, str], Fact]) -> bool:
    """True if the fact is a day of the month, and another one has its month too."""
    own = seen[key].zh
    return key[0] == "when" and any(
        other.kind == "when" and other.zh != own and other.zh.endswith(f"月{own}")
        for other in seen.values()
    )


def _names_and_dates(
    text: str, said: str, *, in_english: bool
) -> Iterator[tuple[FactKind, Span, str]]:
    """Yield the facts of a sentence: kind, place, and English."""
    for name in person_names(text):
        if not _CALLED.search(name.names[0]):
            yield "who", name.span, _person(name.names[0], said) if in_english else ""
    for span, body in known_bodies(text):
        if text[span.start : span.end] not in _NO_BODY:
            yield "who", span, body.english if in_english else ""
    known = list(known_names(text))
    for span, entry in known:
        if not (entry.zh == _HOME or _TWO_STATES.fullmatch(entry.zh)):
            form = entry.whole or entry.forms[0]
            yield "who" if entry.is_person else "where", span, form if in_english else ""
    for span, division in known_divisions(text):
        if not any(span.overlaps(other) for other, _ in known):
            kind = _DIVISION_KINDS.get(text[span.end - 1], "")
            yield "where", span, f"{syllables(division)} {kind}".strip() if in_english else ""
    for match in _WHEN.finditer(text):
        yield "when", Span(*match.span()), _date(match) if in_english else ""


def _person(name: str, said: str) -> str:
    """Return a Chinese name as the translation spells it, else in pinyin."""
    spelled = spellings(name)
    for written in english_names(said):
        if folded(written.text) in spelled:
            return written.text
    return pinyin_name(name)


def _date(match: re.Match[str]) -> str:
    if match["only_year"]:
        return match["only_year"]
    if match["only_day"]:
        return f"the {_ordinal(int(match['only_day']))}"
    month = _MONTHS[int(match["month"]) - 1]
    day = f" {match['day']}" if match["day"] else ""
    year = f"{',' if day else ''} {match['year']}" if match["year"] else ""
    return f"{month}{day}{year}"


def _ordinal(day: int) -> str:
    ending = "th" if day in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


def _amounts(text: str, said: str, *, in_english: bool) -> Iterator[tuple[FactKind, Span, str]]:
    """Yield the amounts of a sentence with what they count; dates and ordinals are none."""
    own = with_chinese_measures(text, chinese_quantities(text))
    clocks = [Span(*match.span()) for match in _CLOCK.finditer(text)]
    amounts = [
        one
        for one in own
        if _is_amount(text, one) and not any(one.span.overlaps(clock) for clock in clocks)
    ]
    if not amounts:
        return
    words = [(word, Span(*place)) for word, place in chinese_words(text)]
    entries = ledger(text, said) if said else []
    start, least = None, ""
    for one in amounts:
        form = _in_english(text, one, said, entries) if in_english else ""
        if one is not amounts[-1] and _RANGE.match(text, one.span.end):
            start, least = one.span.start, form
            continue
        span = Span(one.span.start if start is None else start, _end(text, one, words))
        yield "how much", span, f"{least} to {form}" if least else form
        start, least = None, ""


def _in_english(text: str, one: Quantity, said: str, entries: Sequence[Entry]) -> str:
    """Return an amount as the translation has it, else by its value."""
    return next(
        (
            _with_unit(said, entry.translation_span)
            for entry in entries
            if entry.verdict == "kept"
            and entry.translation_span
            and entry.source_span
            and entry.source_span.overlaps(one.span)
        ),
        _measured(text, one),
    )


def _is_amount(text: str, one: Quantity) -> bool:
    """True if a number counts or measures something; dates and ordinals do not."""
    if one.strength is not Strength.CERTAIN or one.kind in _DATES:
        return False
    is_ordinal = text[one.span.start - 1 : one.span.start] == "第"
    is_year = text[one.span.end : one.span.end + 1] == "年" and one.value > _FIRST_YEAR
    has_unit = one.measures or _COUNTED.match(text, one.span.end) or _is_share(text, one)
    return bool(has_unit) and not is_ordinal and not is_year


def _is_share(text: str, one: Quantity) -> bool:
    return text[one.span.end - 1] in "%％‰点"


def _end(text: str, one: Quantity, words: Sequence[tuple[str, Span]]) -> int:
    """Return the end of a number with its unit and the words that say what is counted."""
    if _is_share(text, one):
        return one.span.end
    unit = _COUNTED.match(text, one.span.end) or _DEGREE.match(text, one.span.end)
    least = end = unit.end() if unit else one.span.end
    for word, span in words:
        if span.end <= end:
            continue
        if span.start > end or word[0] in _ENDS_NOUN or span.end - least > _LONGEST_NOUN:
            break
        end = span.end
        if one.measures or end - least > 1:
            break
    return end


def _with_unit(said: str, span: Span) -> str:
    """Return a number of the translation with the words that say what it counts."""
    number = said[span.start : span.end].strip()
    if number.endswith("%"):
        return number
    match = _UNIT_AFTER.match(said, span.end)
    return number + match[0] if match else number


def _measured(text: str, one: Quantity) -> str:
    """Return an amount by its value, where the translation does not have it."""
    if text[one.span.end - 1] in "%％":
        return f"{plain(one.value)}%"
    name = f" {one.measures[0].name}" if one.measures else ""
    return f"{plain(one.value)}{name}"
