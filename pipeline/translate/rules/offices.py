"""English for who gives a picture or reports: places, newspapers, offices, or nothing."""

from functools import lru_cache

from models.patterns import lazy
from pipeline.data_file import data_tables
from pipeline.language.chinese import HAN
from pipeline.language.gazetteer import known_names
from pipeline.language.pinyin import syllables

_TABLES = data_tables(__file__, "offices.tsv")
_KNOWN, _PLACES, _OFFICES = _TABLES["known"], _TABLES["places"], _TABLES["offices"]
_LEVELS, _MEDIA = _TABLES["levels"], _TABLES["media"]
_MEDIUM = lazy(
    rf"(?P<name>[{HAN}]{{2,4}}?)(?P<kind>{'|'.join(sorted(_MEDIA, key=len, reverse=True))})"
)
_PLACE = lazy(rf"(?P<name>[{HAN}]{{2,4}}?)(?P<kind>{'|'.join(_PLACES)})")


@lru_cache(maxsize=1024)
def office(text: str) -> str | None:
    """Return a place, a newspaper, an office or a giver in English; None where none is known.

    >>> office("金山区"), office("上海博物馆"), office("金山区融媒体中心")
    ('Jinshan District', 'Shanghai Museum', 'Jinshan District Media Center')
    >>> office("受访者"), office("市统计局"), office("江城晚报"), office("某神秘单位")
    ('the interviewee', 'Municipal Statistics Bureau', 'Jiangcheng Evening News', None)
    """
    if text in _KNOWN:
        return _KNOWN[text]
    if place := _place(text):
        return place
    for ending in sorted(_OFFICES, key=len, reverse=True):
        owner = text.removesuffix(ending)
        if owner != text and (place := _LEVELS.get(owner) or _place(owner)):
            return f"{place} {_OFFICES[ending]}"
    return _medium(text)


def _medium(text: str) -> str | None:
    """Return a newspaper, site or station in English: the name of its place may be any."""
    found = _MEDIUM.fullmatch(text)
    if not found:
        return None
    name = found["name"]
    return f"{_place(name) or syllables(name)} {_MEDIA[found['kind']]}"


def _place(text: str) -> str | None:
    """Return a place in English: one of the gazetteer, or a name in pinyin with what it is."""
    names = list(known_names(text))
    if len(names) == 1 and len(text) == names[0][0].end - names[0][0].start:
        return names[0][1].forms[0]
    if found := _PLACE.fullmatch(text):
        if within := _place(found["name"]):
            return within if found["kind"] in ("市", "省") else f"{within} {_PLACES[found['kind']]}"
        return f"{syllables(found['name'])} {_PLACES[found['kind']]}"
    return None
