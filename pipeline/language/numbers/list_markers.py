"""Markers of a list and enclosed numbers: 3、, （二）, ①, ⒈, ㈠, Ⅲ; in English 1., (b), •."""

import re
import unicodedata
from collections.abc import Iterator
from fractions import Fraction

from models.patterns import lazy
from pipeline.language.chinese import HAN
from pipeline.language.numbers.chinese_amounts import NUMERAL, amount
from pipeline.language.numbers.quantity import Quantity, Strength
from pipeline.language.numbers.searches import NumberSearch, number_search, quantity

_SMALL = r"\d{1,2}|[一二三四五六七八九十]{1,3}"
_CHEQUE = str.maketrans("壹贰貳叁參肆伍陆陸柒捌玖拾", "一二二三三四五六六七八九十")
_CHEQUE_MARKER = "(?!陆、海|陸、海)[壹贰貳叁參肆伍陆陸柒捌玖拾]{1,3}(?=、)"
_COUNTED = (
    "[万亿千百十元年月日天个名位人次家件项种只条座张本部届岁倍分秒周层辆架艘台户口片块场"
    "米公平吨度°%]"
)
_AT_START = lazy(
    rf"^[\s　“\"「]*(?:(?P<marked>{_SMALL}|{_CHEQUE_MARKER})(?:[、．。]|[.,，:：)）](?!\d))"
    rf"(?!\s?(?:\d|[{NUMERAL}]))"
    rf"|(?P<spaced>\d{{1,2}})\s+(?![\d/%\-—~～至到、.]|{_COUNTED}))"
)
# What 2.3 may be an amount of; 2.3 人员 and 1.1.1 本办法 are sections.
_MEASURED = (
    "[万亿千百元倍秒米吨个°%]|平方|立方|公[里斤顷吨尺升亩]|小时"
    "|[年月日天度分](?=[，。、；内后前来多的左以之]|$)"
)
_HEADED = lazy(rf"(\d{{1,2}})[ \t\u3000]+(?=[{HAN}])(?!{_COUNTED}|至|到)")
_SECTION = lazy(
    rf"^\s*(?P<section>\d{{1,2}}\.\d{{1,2}})(?:(?:\.(?P<part>\d{{1,2}}))(?:\.\d{{1,2}})?\s+"
    rf"|\s+(?!{_MEASURED}))(?=[{HAN}])"
)
_BRACKETED = lazy(rf"(?<![\d{NUMERAL}])[（(【〔\[](?P<marked>{_SMALL})[)）】〕\]](?!条|款)")
_LEADING = lazy(
    rf"(?:(?P<open>[（(])(?P<bracketed>{_SMALL})[)）](?!条|款)"
    rf"|(?P<marked>{_SMALL}|\d{{3}}(?!、)|{_CHEQUE_MARKER})(?P<end>[、．.)）])"
    rf"(?!\s?(?:\d(?!\d{{3}}年)|[{NUMERAL}])))\s*"
)
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_LETTER = rf"([A-Za-z])\{{}}?|[ivx]{{{{2,5}}}}|[IVX]{{{{2,5}}}}|[{_STEMS}]"
_LETTERED = lazy(
    rf"(?:[（(](?P<bracketed>{_LETTER.format(2)})[)）]|(?P<marked>{_LETTER.format(4)})(?P<end>[.．)）])"
    rf"|(?P<listed>[A-Za-z]|[{_STEMS}](?!、\s?[{_STEMS}]))、)\s*(?=[{HAN}])"
)
_PROVISIONS = {
    "条": "Article", "條": "Article", "章": "Chapter", "节": "Section", "節": "Section",
    "编": "Part", "編": "Part", "部分": "Part",
}  # fmt: skip
_PROVISION = lazy(
    rf"第(?P<number>[{NUMERAL}]{{1,6}}|\d{{1,4}})(?P<kind>{'|'.join(_PROVISIONS)})"
    rf"\s+(?=[{HAN}“《])"
)
_LABELS = {
    "表": "Table", "图": "Figure", "圖": "Figure", "附表": "Annex Table", "附图": "Annex Figure",
    "附圖": "Annex Figure", "附件": "Annex",
}  # fmt: skip
_LABEL = lazy(
    rf"(?P<kind>{'|'.join(_LABELS)})\s?(?P<number>\d{{1,2}}(?:[-–.]\d{{1,2}})?)"
    rf"(?:(?P<colon>\s*[:：])\s*|\s+)(?=[{HAN}\d“《])"
)
_NOTE = lazy(
    rf"(\[(?:\d{{1,3}}|[a-h*†‡])\]|[*†‡※§]{{1,3}}|[⁰¹²³⁴-⁹]{{1,2}}|[ᵃ-ᵈ])\s*(?=[{HAN}“《（])"
)
ENCLOSED = "[①-⒛㈠-㈩㉈-㉟㊀-㊉㊱-㊿❶-➓⓫-⓿]"
_ENCLOSED = lazy(ENCLOSED)
_ENGLISH = lazy(
    r"(?:\(?(?:\d{1,3}|[A-Za-z]|[IVXivx]{1,5})[.)]|\d{1,2}(?:\.\d{1,2}){1,3}|[•·●○▪■◆★*☐☑☒✓✔√–—-])(?:\s|$)"
    rf"|(?:Article|Chapter|Section|Part)\s\d{{1,4}}(?:\s|$)|{ENCLOSED}"
)
_ROMAN = lazy("[Ⅰ-Ⅻⅰ-ⅻ]")


def _marker(match: re.Match[str]) -> Iterator[Quantity]:
    """Read the marker of a list, which a translation may leave out; not 第（二）项."""
    group = "spaced" if match.groupdict().get("spaced") else "marked"
    is_cited = match.string[: match.start()].endswith("第")
    strength = Strength.CERTAIN if is_cited else Strength.LIKELY
    value = amount(match[group].translate(_CHEQUE))
    yield quantity(match, value, group=group, strength=strength)


def _section(match: re.Match[str]) -> Iterator[Quantity]:
    """Read the number of a section, such as 2.3 and 2.3.1."""
    yield quantity(match, Fraction(match["section"]), group="section")
    if match["part"]:
        yield quantity(match, int(match["part"]), group="part")


def _enclosed(match: re.Match[str]) -> Iterator[Quantity]:
    value = Fraction(unicodedata.numeric(match[0]))
    yield quantity(match, value)


def leading_marker(text: str) -> tuple[str, int]:
    """Return the marker at the start of a text in English, and where the text behind it begins.

    Empty and 0 where there is none.

    >>> leading_marker("（二）落实责任"), leading_marker("3、市局审核"), leading_marker("②培训")
    (('(2)', 3), ('3.', 2), ('②', 1))
    >>> leading_marker("2.3 总体要求"), leading_marker("二、三产业"), leading_marker("3.5亿元")
    (('2.3', 4), ('', 0), ('', 0))
    >>> leading_marker("拾贰、附则"), leading_marker("陆、海、空三军")
    (('12.', 3), ('', 0))
    >>> leading_marker("第三条 罚款"), leading_marker("（甲）范围"), leading_marker("b) 仓库")
    (('Article 3', 4), ('(A)', 3), ('b)', 3))
    >>> leading_marker("表1　产值"), leading_marker("图2：夜景"), leading_marker("[a] 初值")
    (('Table 1', 3), ('Figure 2:', 3), ('[a]', 4))
    """
    if _ENCLOSED.match(text):
        return text[0], 1
    if section := _SECTION.match(text):
        return section[0].strip(), section.end()
    if provision := _PROVISION.match(text):
        return f"{_PROVISIONS[provision['kind']]} {amount(provision['number'])}", provision.end()
    if lettered := _LETTERED.match(text):
        return _letter(lettered), lettered.end()
    if label := _LABEL.match(text):
        colon = ":" if label["colon"] else ""
        return f"{_LABELS[label['kind']]} {label['number']}{colon}", label.end()
    if note := _NOTE.match(text):
        return note[1], note.end()
    match = _LEADING.match(text)
    if match is None:
        return "", 0
    number = f"{amount((match['bracketed'] or match['marked']).translate(_CHEQUE))}"
    if match["open"]:
        return f"({number})", match.end()
    return f"{number}{')' if match['end'] in ')）' else '.'}", match.end()


def heading_number(text: str) -> tuple[str, int]:
    """Return the bare number at the start of a heading, and where its words begin.

    >>> heading_number("2 存在问题"), heading_number("3 人死亡"), heading_number("第二章")
    (('2', 2), ('', 0), ('', 0))
    """
    found = _HEADED.match(text)
    return (found[1], found.end()) if found else ("", 0)


def _letter(match: re.Match[str]) -> str:
    """Return the letter that begins an item as English writes it: A. for 甲、."""
    own = match["bracketed"] or match["marked"] or match["listed"]
    letter = chr(ord("A") + _STEMS.index(own)) if own in _STEMS else own
    if match["bracketed"]:
        return f"({letter})"
    return f"{letter}{')' if match['end'] in (')', '）') else '.'}"


def has_english_marker(text: str) -> bool:
    """True if the English of a list item begins with a marker.

    >>> [*map(has_english_marker, ("1. Rice", "(b) Wheat", "iv) Oats", "② Rye", "Mr. Li", "Rice"))]
    [True, True, True, True, False, False]
    >>> has_english_marker("1.1.2 Scope"), has_english_marker("Article 3 Fines")
    (True, True)
    """
    return bool(_ENGLISH.match(text))


LIST_MARKERS: tuple[NumberSearch, ...] = (
    number_search(_AT_START, _marker),
    number_search(_SECTION, _section),
    number_search(_BRACKETED, _marker),
    number_search(_ENCLOSED, _enclosed),
    number_search(_ROMAN, _enclosed),
)
"""Searches for markers of a list and enclosed numbers."""
