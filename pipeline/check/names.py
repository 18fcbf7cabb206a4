"""Check that names survive: Latin strings, addresses, known places, Chinese people's names.

陈光明在加拿大参加CAR-T会议 ── Chen Guangming attended a CAR-T meeting in Canada
└person  └place   └Latin
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice

from models.patterns import lazy
from pipeline.check.named.codes import protected_spans, unprotected
from pipeline.check.named.foreign import foreign
from pipeline.check.named.genders import genders, titled_families
from pipeline.check.named.organisations import organisations
from pipeline.check.named.people import people
from pipeline.check.named.places import places
from pipeline.check.named.zodiac import zodiac
from pipeline.language.bodies import known_bodies
from pipeline.language.gazetteer import known_names
from pipeline.language.numbers.english_words import SMALL
from pipeline.language.spellings import folded
from pipeline.language.variants import simplified_twin
from pipeline.records import Finding, Severity, Span

_MOST_NAMES = 200
"""Different names of one kind in one sentence that are looked for."""
_MOST_KNOWN = 5_000
"""Known names of one sentence that are read."""
_MOST_WORDS = 50
"""Words of one Latin name that are looked for."""
_MOST_ENGLISH = 2_000
"""Words of a translation whose first letters are read."""
_INITIALS = lazy(r"[A-Z]{1,6}\d?$")
_WORD = lazy(r"[A-Za-z]+|\d+")
_UNCOUNTED = frozenset("of the and for in on a an to".split())
_LETTER = r"A-Za-z\u00c0-\u024f"
_LATIN = lazy(
    rf"(?<![\d{_LETTER}])[{_LETTER}][\w.&'’+/\-\u00c0-\u024f]*"
    r"(?:\s+[A-Z\u00c0-\u024f][\w.'’\-\u00c0-\u024f]*)*",
    re.ASCII,
)
# Units and marks of footnotes: a translator writes them in words or leaves them out.
_UNITS = lazy(
    r"(?:[kKmMGgTc]?(?:m|g|W|w|Hz|bit|B|b|L|l|V|A|Pa|pH|Ω|J|cal)|km/h|mph|kph|kg|cm|mm|nm|ml|mL|kWh|MWh|sq"
    r"|[a-z]|TV|PM|AM|am|pm|km|ft|lbs?|Mbit/s|GB|MB|KB|APP|App|app|DIY|No|NO|vs|VS|PK|GDP|CEO|IT|IP)$"
)


def names(source: str, translation: str) -> list[Finding]:
    """Find names of the source that the translation has in no form it could take.

    Addresses, file names and codes must stand letter for letter. Latin strings may lose
    case, hyphens and spaces. A known place may be named by its people, a public body by what it
    is about, a Chinese person by any spelling, a foreign name by what sounds like it. One that is
    common in translation under another name is a false alarm, hence a warning.
    """
    if not translation.strip():
        return []
    plain = simplified_twin(source)
    bodies = list(islice(known_bodies(plain), _MOST_NAMES))
    known = list(islice(known_names(plain), _MOST_KNOWN))
    taken = [span for span, _ in bodies]
    found = [
        *unprotected(source, translation),
        *_latin(source, translation),
        *places(plain, translation, known, taken),
        *people(plain, translation, [span for span, _ in known]),
        *genders(plain, translation),
        *titled_families(plain, translation),
        *organisations(plain, translation, bodies),
        *zodiac(plain, translation),
        *foreign(plain, translation, [*taken, *(span for span, _ in known)]),
    ]
    return sorted(found, key=_start)


def _missing(name: str, span: Span, severity: Severity = "warning", form: str = "") -> Finding:
    wanted = f" ({form})" if form else ""
    return Finding("names", severity, f"{name}{wanted} is not in the translation", span)


def _latin(source: str, translation: str) -> Iterator[Finding]:
    taken = protected_spans(source)
    starts = [span.start for span in taken]
    said = ""
    is_lost: dict[str, bool] = {}
    for match in _LATIN.finditer(source):
        before = bisect_right(starts, match.start()) - 1
        if before >= 0 and match.start() < taken[before].end:
            continue
        written = match[0].rstrip(".-/&")
        if written not in is_lost:
            if len(is_lost) == _MOST_NAMES:
                break
            said = said or folded(translation)
            is_lost[written] = _is_lost(written, said) and not _is_spelled_out(written, translation)
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


def _is_spelled_out(written: str, translation: str) -> bool:
    """True if words in a row begin with these letters: CBD, T2 in "Terminal 2"."""
    if not _INITIALS.match(written):
        return False
    words = (word.lower() for word in islice(_WORD.findall(translation), _MOST_ENGLISH))
    firsts = (str(SMALL.get(word, word[0])) for word in words if word not in _UNCOUNTED)
    return written.lower() in "".join(firsts)


def _start(finding: Finding) -> int:
    return finding.source_span.start if finding.source_span else 0
