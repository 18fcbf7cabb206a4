"""Units of numbers, from the word after them: 3天 are days, "five kilometers" a length."""

import re

from pipeline.records import Span

# Only units that a translation keeps; 亩, 斤 and 里 are converted (see readings).
_UNITS = (
    ("minutes", r"分钟", r"minutes?|mins?"),
    ("hours", r"个?小时|个?钟头", r"hours?|hrs?"),
    ("days", r"天(?![津安水坛河然文气才下猫])", r"days?|nights?"),
    ("weeks", r"个?星期(?![一二三四五六日天])|周(?![一二三四五六日年岁边围期转])", r"weeks?"),
    ("months", r"个月", r"months?"),
    ("years", r"年(?:[来后前内间里]|以[来后前内上]|多|时间|的时间|之[后前内久])", r"years?"),
    ("kilometers", r"公里|千米", r"kilomet(?:er|re)s?|km"),
    ("meters", r"米(?![粉线饭兰尔歇其])", r"met(?:er|re)s?|m"),
    ("centimeters", r"厘米|公分", r"centimet(?:er|re)s?|cm"),
    ("millimeters", r"毫米", r"millimet(?:er|re)s?|mm"),
    ("tons", r"吨", r"(?:metric\s)?ton(?:ne)?s?"),
    ("kilograms", r"公斤|千克", r"kilograms?|kilos?|kg"),
    ("grams", r"克(?![拉服朗里罗林])", r"grams?|g"),
    ("hectares", r"公顷", r"hectares?|ha"),
    ("square kilometers", r"平方公里|平方千米", r"square\skilomet(?:er|re)s?|sq\.?\skm"),
    ("square meters", r"平方米|平米", r"square\smet(?:er|re)s?|sq\.?\sm"),
    ("degrees", r"摄氏度|℃", r"degrees?|°"),
)
_CHINESE = tuple((name, re.compile(rf"\s?[多余来]?(?:{zh})")) for name, zh, _ in _UNITS)
_ENGLISH = tuple(
    (name, re.compile(rf"[\s-]?(?:{english})(?![A-Za-z0-9²])")) for name, _, english in _UNITS
)


def chinese_unit(text: str, span: Span) -> frozenset[str]:
    """Return the unit right after a number; empty if none is known."""
    return frozenset(name for name, pattern in _CHINESE if pattern.match(text, span.end))


def english_unit(text: str, span: Span) -> frozenset[str]:
    """Return the unit right after a number; empty if none is known."""
    return frozenset(name for name, pattern in _ENGLISH if pattern.match(text, span.end))
