"""Check that places keep their names: 金山区 is no Baoshan District, 江州 no Zhuojiang."""

from collections.abc import Iterator, Sequence
from itertools import islice

from models.patterns import lazy
from pipeline.language.chinese import HAN
from pipeline.language.divisions import known_divisions
from pipeline.language.gazetteer import KnownName
from pipeline.language.spellings import (
    folded,
    joined_readings,
    readings_of,
    syllable_splits,
)
from pipeline.language.words import likeliest_words, may_be_place
from pipeline.records import Finding, Severity, Span

_MOST_NAMES = 200
"""Different places of one sentence that are looked for."""
_READ = 5_000
"""Characters of a sentence in which places without a table are looked for."""
# 美国国家飓风中心 is the National Hurricane Center, 英国《卫报》 the Guardian: whose, goes unsaid.
_IMPLIED = lazy(
    r"国家|皇家|总统|《|语|政府|当局|警方|官方|部队|军方|联邦|最高法院|国会|参议院|众议院|议会|职业|广播|银行"
    rf"|[{HAN}]{{0,4}}(?:部|局|署|委员会|协会|联盟|公司|集团|法院|大学|邮报|时报|日报|论坛报)"
)
# 瑞士法郎 is "CHF": the comparison of numbers reads currencies.
_MONEY = lazy(
    r"法郎|元(?![旦宵首老帅件素月年器气勋朝代祖])|币|盾(?![牌构])|铢|镑|克朗|比索|卢比|卢布|先令|里亚尔|第纳尔"
    r"|迪拉姆|林吉特|里拉|雷亚尔|兰特"
)
# 美国东部时间 is "ET" and 北京时间8时 "0000 GMT": a translator may name the zone or another one.
_ZONE = lazy(r"(?:东部|中部|西部|山[地区]|太平洋|大西洋|东海岸|西海岸|当地|标准|夏令|夏)?时间")
_ZONE_NAME = lazy(
    r"\b(?:[A-Z]{1,4}ST|[ECMP]D?T|GMT|UTC|BJT|[Ee]astern|[Cc]entral|[Pp]acific|[Mm]ountain|[Ll]ocal)\b"
)
_RUN = lazy(rf"[{HAN}]+")
_WORD = lazy(r"(?<![\w'’-])[A-Z][a-z]+(?:['’][a-z]+)?(?![\w-])")
# Syllables and endings that English words seldom have.
_CHINESE = lazy(
    r"zh|x|q[iu]|(?:shan|jiang|zhou|yang|cheng|ning|tong|chang|hai|hua|kou|ling|ping|feng|fang|guan"
    r"|shun|shui|yuan|nan|bei|dong|hu|he|lin|tang|yin|xia)$"
)


def places(
    source: str, translation: str, known: Sequence[tuple[Span, KnownName]], taken: Sequence[Span]
) -> Iterator[Finding]:
    """Yield places that the translation lacks, but those within `taken` names of bodies."""
    within = {position for span in taken for position in range(span.start, span.end)}
    yield from _known_places(source, translation, known, within, {span.start for span in taken})
    within.update(place for span, _ in known for place in range(span.start, span.end))
    said = folded(translation)
    yield from _divisions(source, said, within)
    yield from _renamed(source, translation, said, within)


def _known_places(
    source: str,
    translation: str,
    known: Sequence[tuple[Span, KnownName]],
    within: set[int],
    starts: set[int],
) -> Iterator[Finding]:
    seen: set[str] = set()
    for span, entry in known:
        if span.start in within or (entry.zh == "中国" and span.end in starts):
            continue
        if len(seen) == _MOST_NAMES:
            break
        if entry.zh not in seen and not (
            entry.is_in(translation) or _goes_unsaid(source, span, translation)
        ):
            severity: Severity = "info" if _IMPLIED.match(source, span.end) else "warning"
            yield _missing(f"{entry.zh} ({entry.forms[0]})", span, severity)
        seen.add(entry.zh)


# 上海市政府 is "the city government" in an article about Shanghai.
_GOVERNMENT = lazy(r"[省市区县](?:人民)?(?:政府|[政市省区县]委|人大|政协|[^\W\d_]{1,4}局)")
_GOVERNMENT_SAID = lazy(
    r"\b[Tt]he\s(?:city|province|municipality|municipal|provincial|district|county|local)\b"
)


def _goes_unsaid(source: str, span: Span, translation: str) -> bool:
    """True if the place is only part of a currency, of a named time zone or of a government."""
    if _GOVERNMENT.match(source, span.end) and _GOVERNMENT_SAID.search(translation):
        return True
    is_zone = source[: span.end].endswith("时间") or _ZONE.match(source, span.end)
    return bool(_MONEY.match(source, span.end) or (is_zone and _ZONE_NAME.search(translation)))


def _divisions(source: str, said: str, within: set[int]) -> Iterator[Finding]:
    """Yield districts and counties whose names are not in the translation."""
    seen: set[str] = set()
    for span, name in islice(known_divisions(source), _MOST_NAMES):
        if span.start in within or name in seen:
            continue
        within.update(range(span.start, span.end))
        seen.add(name)
        plain = name.removesuffix("新") if len(name) > 2 else name
        if not any(spelled in said for spelled in joined_readings(plain)):
            yield _missing(source[span.start : span.end], span)


def _renamed(source: str, translation: str, said: str, within: set[int]) -> Iterator[Finding]:
    """Yield places that no table has, if the translation has a place that sounds half like it."""
    strangers = [
        match[0]
        for match in islice(_WORD.finditer(translation), _MOST_NAMES)
        if _is_chinese(folded(match[0]))
    ]
    if not strangers:
        return
    sounds = _all_sounds(source)
    strangers = [word for word in strangers if folded(word) not in sounds]
    for span in _unknown_places(source) if strangers else ():
        name = source[span.start : span.end]
        if span.start in within or any(one in said for one in joined_readings(name)):
            continue
        if rival := next((word for word in strangers if _is_half(word, name)), None):
            spelled = min(joined_readings(name)).capitalize()
            message = f"{name} is {spelled}; the translation has “{rival}”"
            yield Finding("names", "warning", message, span)


def _is_chinese(word: str) -> bool:
    """True if a word is two syllables of pinyin, and looks like no English word."""
    return bool(_CHINESE.search(word)) and any(len(split) == 2 for split in syllable_splits(word))


def _is_half(word: str, name: str) -> bool:
    """True if a word in pinyin shares a syllable with a Chinese name of two characters."""
    heard = frozenset[str]().union(*map(readings_of, name))
    return any(len(split) == 2 and heard & set(split) for split in syllable_splits(folded(word)))


def _all_sounds(source: str) -> set[str]:
    """Return what any two characters in a row sound like."""
    text = source[:_READ]
    return {
        spelled
        for start in range(len(text) - 1)
        if _RUN.fullmatch(text, start, start + 2)
        for spelled in joined_readings(text[start : start + 2])
    }


def _unknown_places(source: str) -> Iterator[Span]:
    for run in _RUN.finditer(source[:_READ]):
        for start, end in likeliest_words(run[0]):
            if end - start == 2 and may_be_place(run[0][start:end]):
                yield Span(run.start() + start, run.start() + end)


def _missing(name: str, span: Span, severity: Severity = "warning") -> Finding:
    return Finding("names", severity, f"{name} is not in the translation", span)
