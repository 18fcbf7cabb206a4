"""Names, places, organisations, amounts and dates of a sentence, with their English, for an index.

金山区区长刘健表示，总投资额124亿元   place 金山区 (Jinshan District), person 刘健 (Liu Jian),
                                        amount 124亿元 (12.4 billion yuan)
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from models.patterns import lazy
from pipeline.check.named.foreign import foreign_names
from pipeline.check.named.person_names import PersonName, person_names
from pipeline.data_file import data_sets
from pipeline.language.bodies import known_bodies
from pipeline.language.divisions import known_divisions
from pipeline.language.gazetteer import KnownName, known_names
from pipeline.language.measures.chinese_clock import chinese_times
from pipeline.language.measures.read import with_chinese_measures
from pipeline.language.numbers.chinese import chinese_quantities
from pipeline.language.numbers.quantity import Quantity, Strength, plain
from pipeline.language.pinyin import pinyin_name, syllables
from pipeline.language.spellings import folded, spellings
from pipeline.language.transliteration import likeness
from pipeline.language.variants import simplified_twin
from pipeline.records import Span

MentionKind = Literal["person", "place", "organisation", "amount", "date"]

_READ = 5_000
"""Characters of a sentence that are read."""
_REMEMBERED = 4_096
_LIKE = 0.55
"""Likeness from which English words may be a foreign name."""
_WORDS = data_sets(__file__, "mentions.tsv")
_ORGANISATIONS, _NO_PLACES = _WORDS["organisations"], _WORDS["no places"]
_DIVISIONS = {"省": "Province", "市": "", "区": "District", "县": "County"}
_MONTHS = (
    "January February March April May June July August September October November December"
).split()
_NUMERAL = r"[\d〇○零一二三四五六七八九十廿卅]"
_DATE = lazy(
    rf"(?<![\d.])(?:(?P<year>(?:1[5-9]|20)\d{{2}}|[一二][〇○零一二三四五六七八九]{{3}})\s?年(?!代|[来内]))?"
    rf"(?:\s?(?P<month>{_NUMERAL}{{1,2}})\s?月(?:份|\s?(?P<day>{_NUMERAL}{{1,3}})\s?[日号])?)?"
)
_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_DOT = lazy("[·•・‧．]")
_CAPITALISED = lazy(r"[A-ZÀ-Þ][\w'’-]+(?:\s+[A-ZÀ-Þ][\w'’-]+)*")
_UNIT = lazy(
    r"\s?[多余来几]?(?:[美欧日港韩澳加]元|人民币|英镑|[万千百]?[平立]方[公千厘毫]?[里米]|公[里顷斤]|千[米克瓦]|[厘毫]米"
    r"|[摄华]氏度|个?百分点|个月|小时|分钟|英[里尺寸亩]|海里|加仑|盎司"
    r"|[元米克吨亩度年天周秒倍岁升斤里镑磅桶码节分]|[%％‰])"
)
_PLURAL = ("dollar", "pound", "euro", "franc", "ruble", "rupee", "peso", "krona", "dirham", "dinar")
_COUNTED = lazy(r"[多余来]?(?:名|人|家|个|项|件|户|所|艘|架|辆|台|座)")


@dataclass(frozen=True, slots=True)
class Mention:
    """Something that a sentence names: as it is written there, and in English ("" if unknown)."""

    kind: MentionKind
    zh: str
    en: str


def mentions(source: str, translation: str) -> tuple[Mention, ...]:
    """Return what a Chinese sentence names, each once; its English helps to choose a reading."""
    return _mentions(source[:_READ], translation[:_READ])


@lru_cache(maxsize=_REMEMBERED)
def _mentions(source: str, translation: str) -> tuple[Mention, ...]:
    twin = simplified_twin(source)
    names = list(_names(twin, translation))
    dates = list(_dates(twin))
    clock = [time.span for time in chinese_times(twin) if time.is_sure]
    amounts = _amounts(twin, [*(span for span, _ in dates), *clock])
    placed = sorted([*names, *dates, *amounts], key=lambda pair: pair[0].start)
    return tuple(dict.fromkeys(mention for _, mention in placed))


def _names(source: str, translation: str) -> Iterator[tuple[Span, Mention]]:
    """Yield organisations, places and people; a name within another is none."""
    found = list(known_bodies(source))
    for span, body in found:
        if body.english[0].isupper():  # others are offices: 外长
            yield span, Mention("organisation", body.zh[0], body.english)
    taken = [span for span, _ in found]
    for span, known in known_names(source):
        if not _is_taken(span, taken) and known.zh not in _NO_PLACES:
            taken.append(span)
            yield span, Mention(_kind(known), known.zh, _english(known, translation))
    for span, name in known_divisions(source):
        if not _is_taken(span, taken):
            taken.append(span)
            written = source[span.start : span.end]
            yield span, Mention("place", written, _division(written, name))
    for person in person_names(source):
        if not _is_taken(person.span, taken):
            taken.append(person.span)
            name = _likeliest(person, translation)
            yield person.span, Mention("person", name, pinyin_name(name))
    for span in foreign_names(source, taken):
        name = source[span.start : span.end].rpartition("和")[2]
        name = name[1:] if source[: span.start].endswith("总") and name[0] == "理" else name
        if english := _foreign_english(name, translation):
            yield span, Mention("person", name, english)


def _is_taken(span: Span, taken: list[Span]) -> bool:
    return any(span.overlaps(other) for other in taken)


def _kind(name: KnownName) -> MentionKind:
    return "person" if name.is_person else "organisation" if name.zh in _ORGANISATIONS else "place"


def _english(name: KnownName, translation: str) -> str:
    """Return the usual English of a name; what the translation has where that is not one form."""
    written = None if name.whole == name.forms[0] else name.written_in(translation)
    return written or name.forms[0]


def _division(written: str, name: str) -> str:
    """Return the English of a division, 浦东新区 as Pudong New District; `name` lacks its kind."""
    kind = _DIVISIONS.get(written.removeprefix(name), "")
    if kind == "District" and len(name) > 2 and name.endswith("新"):
        return f"{syllables(name[:-1])} New {kind}"
    return f"{syllables(name)} {kind}".strip()


def _likeliest(person: PersonName, translation: str) -> str:
    """Return the reading of a name that the translation has, else the longest."""
    said = folded(translation)
    readings = (one for one in person.names if any(way in said for way in spellings(one)))
    return next(readings, person.names[0])


def _foreign_english(name: str, translation: str) -> str:
    """Return the capitalised words that sound most like a foreign name with a dot; "" if none."""
    parts = len(_DOT.split(name))
    if parts == 1:
        return ""
    runs = [" ".join(match[0].split()[-parts:]) for match in _CAPITALISED.finditer(translation)]
    best = max(runs, key=lambda run: likeness(name, run), default="")
    return best if best and likeness(name, best) >= _LIKE else ""


def _dates(source: str) -> Iterator[tuple[Span, Mention]]:
    for match in _DATE.finditer(source):
        year, month, day = (_number(match[part]) for part in ("year", "month", "day"))
        if not match[0].strip() or not 1 <= (month or 1) <= 12 or not 1 <= (day or 1) <= 31:
            continue
        words = f"{_MONTHS[month - 1]} {day or ''}".strip() if month else ""
        joint = ", " if day and year else " "
        english = joint.join(part for part in (words, str(year or "")) if part)
        yield Span(*match.span()), Mention("date", _closed(match[0]), english)


def _number(text: str | None) -> int | None:
    """Return a number below a hundred or a year, in digits or Chinese numerals; None if none."""
    if not text:
        return None
    text = text.replace("廿", "二十").replace("卅", "三十")
    if "十" in text:
        tens, _, ones = text.partition("十")
        text = f"{tens or '1'}{ones or '0'}"
    plain_digits = text.translate(_DIGITS)
    return int(plain_digits) if plain_digits.isdecimal() else None


def _amounts(source: str, times: list[Span]) -> Iterator[tuple[Span, Mention]]:
    """Yield sums of money, shares, measured amounts and counts of things; no times or ranks."""
    for quantity in with_chinese_measures(source, chinese_quantities(source)):
        span = quantity.span
        unit = next((measure.name for measure in quantity.measures), "")
        least = Strength.LIKELY if unit else Strength.CERTAIN
        if quantity.strength < least or _is_taken(span, times):
            continue
        counted = _COUNTED.match(source, span.end)
        if quantity.kind in ("share", "times") or (not quantity.kind and (unit or counted)):
            end = max(span.end, counted.end() if counted and not unit else _unit_end(source, span))
            written = _closed(source[span.start : end])
            yield Span(span.start, end), Mention("amount", written, _value(quantity, unit))


def _closed(text: str) -> str:
    """Return a text without spaces, so that 2008 年 and 2008年 are one."""
    return "".join(text.split())


def _unit_end(source: str, span: Span) -> int:
    """Return where the unit behind an amount ends: 124亿|元."""
    unit = _UNIT.match(source, span.end)
    return unit.end() if unit else span.end


def _value(quantity: Quantity, unit: str) -> str:
    amount = f"{'−' if quantity.is_negative else ''}{plain(quantity.value)}"
    if unit == "percent":
        return f"{amount}%"
    if unit.endswith(_PLURAL):
        unit += "s"
    return f"{amount} {unit.removesuffix('s') if quantity.value == 1 else unit}".strip()
