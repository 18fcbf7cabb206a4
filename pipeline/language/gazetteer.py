"""Places, peoples and organisations: Chinese names and their possible English forms."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pipeline.language.chinese import HAN
from pipeline.records import Span

_FILE = Path(__file__).with_name("gazetteer.tsv")

# A name that only looks like one: 今日本报, 西南非洲.
_GUARDS = {
    "日本": r"(?<![今昨近即当每假节工末明次\d])日本(?!报|市的|次|身|应)",
    "德国": r"德国(?!汉莎)",
    "南非": r"南非(?!洲)",
    "中东": r"中东(?!部|亚)",
    "利马": rf"(?<![{HAN}])利马(?!窦)",
    "罗马": r"罗马(?!尼亚|数字)",
    "米兰": r"米兰(?!达|特|妮)",
    "约旦": r"约旦(?!当)",
    "布什": rf"(?<![{HAN}])布什(?!么)",
    "圣诞": r"圣诞(?!岛|生)",
    "西安": r"(?<![纳米马约])西安",
    "中国": r"(?<!发展)中国(?!家|共产党)",
    "大西洋": r"(?<!北)大西洋",
    "华盛顿": r"(?<!乔治·)华盛顿(?!邮报|州)",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A Chinese name, its English forms, and a pattern that finds any of them.

    `whole` is the first form that is a whole word; None if all forms are beginnings of words
    (one form finds both Uganda and Ugandan).
    """

    zh: str
    forms: tuple[str, ...]
    pattern: re.Pattern[str]
    whole: str | None


def known_names(text: str) -> Iterator[tuple[Span, Entry]]:
    """Return the known names in a Chinese text: the longest at each place, without overlap."""
    entries, pattern = _gazetteer()
    for match in pattern.finditer(text):
        yield Span(*match.span()), entries[match[0]]


@lru_cache(maxsize=1)
def _gazetteer() -> tuple[dict[str, Entry], re.Pattern[str]]:
    entries: dict[str, Entry] = {}
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            zh, english = line.split("\t")
            forms = tuple(english.split("|"))
            whole = next((form for form in forms if not form.endswith("*")), None)
            shown = tuple(form.rstrip("*") for form in forms)
            entries[zh] = Entry(zh, shown, _pattern(forms), whole)
    longest = sorted(entries, key=len, reverse=True)
    alternatives = "|".join(_GUARDS.get(zh) or re.escape(zh) for zh in longest)
    return entries, re.compile(alternatives)


def _pattern(forms: tuple[str, ...]) -> re.Pattern[str]:
    parts = [re.escape(f.rstrip("*")) + (r"\w*" if f.endswith("*") else "") for f in forms]
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)", re.IGNORECASE if _lower(forms) else 0)


def _lower(forms: tuple[str, ...]) -> bool:
    """True if case may be ignored; False if a form is also a word (US, WHO, AP, X)."""
    return all(len(form.strip("*.")) > 4 for form in forms)
