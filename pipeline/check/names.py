"""Check that names survive: Latin strings, addresses, known places, Chinese people's names.

陈光明在加拿大参加CAR-T会议 ── Chen Guangming attended a CAR-T meeting in Canada
└person  └place   └Latin
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from html import unescape
from itertools import islice

from pipeline.check.codes import protected_spans, unprotected
from pipeline.language.chinese import HAN
from pipeline.language.gazetteer import known_names
from pipeline.language.pinyin import readings
from pipeline.language.surnames import is_name
from pipeline.records import Finding, Severity, Span

_MOST_NAMES = 200
"""Different names of one kind in one sentence that are looked for."""
_MOST_WORDS = 50
"""Words of one Latin name that are looked for."""
_LETTER = r"A-Za-z\u00c0-\u024f"
_LATIN = re.compile(
    rf"(?<![\d{_LETTER}])[{_LETTER}][\w.&'’+/\-\u00c0-\u024f]*"
    r"(?:\s+[A-Z\u00c0-\u024f][\w.'’\-\u00c0-\u024f]*)*",
    re.ASCII,
)
# Units and marks of footnotes: a translator writes them in words or leaves them out.
_UNITS = re.compile(
    r"(?:[kKmMGgTc]?(?:m|g|W|w|Hz|bit|B|b|L|l|V|A|Pa|pH|Ω|J|cal)|km/h|mph|kph|kg|cm|mm|nm|ml|mL|kWh|MWh|sq"
    r"|[a-z]|TV|PM|AM|am|pm|km|ft|lbs?|Mbit/s|GB|MB|KB|APP|App|app|DIY|No|NO|vs|VS|PK|GDP|CEO|IT|IP)$"
)
_SPEAKS = re.compile(
    rf"(?P<name>[{HAN}]{{2,4}}?)(?=说道?[，：:“]|表示|告诉记者|介绍[说，]|指出|得知|坦言|透露|认为|强调)"
)
# 美国国家飓风中心 is the National Hurricane Center, 英国《卫报》 the Guardian: whose, goes unsaid.
_IMPLIED = re.compile(
    r"国家|皇家|《|语|政府|当局|警方|官方|部队|军方|联邦|最高法院|国会|参议院|众议院|议会|职业|广播|银行"
    rf"|[{HAN}]{{0,4}}(?:部|局|署|委员会|协会|联盟|公司|集团|法院|大学|邮报|时报|日报|论坛报)"
)
# 白皮书, 官员们: words that begin as surnames do.
_NO_PERSON = re.compile(r"[们书者家方官员局部会报署院厅]$")
# Syllables that write foreign names: 皮特曼 is Pittman, not Pi Teman.
_FOREIGN = set("特尔斯克尼姆曼森顿格里拉卡巴伯罗蒂诺维奇雷利亚莱茨夫布迪耶蒙瓦")


def names(source: str, translation: str) -> list[Finding]:
    """Find names of the source that the translation has in no form it could take.

    Addresses, file names and codes must stand letter for letter. Latin strings may lose
    case, hyphens and spaces. A known place may be named by its people. A Chinese person is
    looked for by the pinyin of surname or given name; one that is common in translation
    under another name is a false alarm, hence a warning.
    """
    if not translation.strip():
        return []
    found = [
        *unprotected(source, translation),
        *_latin(source, translation),
        *_places(source, translation),
        *_people(source, translation),
    ]
    return sorted(found, key=lambda each: each.source_span.start if each.source_span else 0)


def _missing(name: str, span: Span, severity: Severity = "warning", form: str = "") -> Finding:
    wanted = f" ({form})" if form else ""
    return Finding("names", severity, f"{name}{wanted} is not in the translation", span)


def _latin(source: str, translation: str) -> Iterator[Finding]:
    taken = protected_spans(source)
    starts = [span.start for span in taken]
    said = folded(translation)
    is_lost: dict[str, bool] = {}
    for match in _LATIN.finditer(source):
        before = bisect_right(starts, match.start()) - 1
        if before >= 0 and match.start() < taken[before].end:
            continue
        written = match[0].rstrip(".-/&")
        if written not in is_lost:
            if len(is_lost) == _MOST_NAMES:
                break
            is_lost[written] = _is_lost(written, said)
        if is_lost[written]:
            yield _missing(written, Span(match.start(), match.start() + len(written)))


def _is_lost(written: str, said: str) -> bool:
    """True if less than half of the words of a Latin string are in a translation."""
    if _UNITS.match(written):
        return False
    folded_words = (word for word in re.split(r"[\s/]+", written) if len(folded(word)) > 1)
    words = list(islice(folded_words, _MOST_WORDS))
    return 2 * sum(_kept(word, said) for word in words) < len(words)


def _kept(word: str, said: str) -> bool:
    plain = folded(word)
    # a plural, or an ending that English spells otherwise
    return plain in said or (len(plain) > 5 and plain[:-2] in said)


def folded(text: str) -> str:
    """Give a text's letters and digits alone: no case, accents, hyphens, spaces."""
    decomposed = unicodedata.normalize("NFKD", unescape(text).casefold())
    return "".join(filter(str.isalnum, decomposed))


def _places(source: str, translation: str) -> Iterator[Finding]:
    seen: set[str] = set()
    for span, entry in known_names(source):
        if len(seen) == _MOST_NAMES:
            break
        if entry.zh not in seen and not entry.pattern.search(translation):
            implied = _IMPLIED.match(source, span.end)
            yield _missing(entry.zh, span, "info" if implied else "warning", entry.forms[0])
        seen.add(entry.zh)


def _people(source: str, translation: str) -> Iterator[Finding]:
    said = folded(translation)
    for match in islice(_SPEAKS.finditer(source), _MOST_NAMES):
        name = match["name"]
        if _NO_PERSON.search(name):
            continue
        if is_name(name) and len(name) == 3 and not set(name[1:]) & _FOREIGN:
            syllables = [folded(each) for each in readings(name)]
            family, given = syllables[0], "".join(syllables[1:])
            if family + given not in said and given + family not in said and given not in said:
                yield _missing(name, Span(*match.span("name")), form=pinyin_name(name))


def pinyin_name(name: str) -> str:
    """Write a person's name as newspapers do: 陈光明 is Chen Guangming."""
    family, *given = (folded(each) for each in readings(name))
    return f"{family} {''.join(given)}".title()
