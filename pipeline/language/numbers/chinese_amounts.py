"""Values of Chinese numbers: 三千五百万, 1.2亿, 1亿2000万, 6000多万, 三点五, 3,850."""

import re
from fractions import Fraction

DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "○": 0,
    "两": 2,
    "俩": 2,
}
NUMERAL = "〇○零一二两三四五六七八九十百千万亿"
ABOUT = "[多余来几]"
"""Words inside an amount that make it vague: 6000多万, 十余亿."""

# 千瓦 is a unit: the 千 of 300千瓦 is not a multiplier that a translator would spell out.
UNIT = r"(?!千[瓦米克卡兆赫伏帕])"
PLAIN = r"\d{1,3}(?:(?:,|\s,\s)\d{3}){1,12}(?![\d])(?:\.\d+)?|\d+(?:\.\d+)?"
MIXED = (
    rf"(?:{PLAIN})(?:\s?(?:{UNIT}[十百千万亿])+)?(?:\s?{ABOUT}[万亿]+)?"
    rf"(?:(?<=[万亿])\d{{4}}(?![\d年.])|(?<=[千万亿])(?:\d+(?:\.\d+)?)[百千万亿]+){{0,8}}"
)
SPOKEN = (
    rf"(?:{UNIT}[{NUMERAL}])+(?:{ABOUT}[万亿]+)?"
    r"(?:点[〇零一二三四五六七八九]+(?![十分刻])[百千万亿]*)?"
)

_TENS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10**4, "亿": 10**8}
_TOKEN = re.compile(rf"{PLAIN}|[{NUMERAL}]")
_AFTER_POINT = re.compile(r"([〇零一二三四五六七八九]+)([百千万亿]*)")


def amount(written: str) -> Fraction:
    """Return the value of a Chinese number; words such as 多 and 余 are ignored."""
    whole, point, rest = written.partition("点")
    if point and (decimals := _AFTER_POINT.match(rest)):
        digits = "".join(str(DIGITS[character]) for character in decimals[1])
        value = amount(whole) + Fraction(int(digits), 10 ** len(digits))
        return value * scale(decimals[2])
    total = myriads = section = current = Fraction(0)
    for token in _TOKEN.findall(written):
        if token in _MYRIADS:
            below = section + current
            if token == "万":
                myriads += (below or Fraction(1)) * 10**4
            else:
                total = (total + myriads + below or Fraction(1)) * 10**8
                myriads = Fraction(0)
            section = current = Fraction(0)
        elif token in _TENS:
            section += (current or 1) * _TENS[token]
            current = Fraction(0)
        elif token in DIGITS:
            current = Fraction(DIGITS[token])
        else:
            current = Fraction(re.sub(r"[,\s]", "", token))
    return total + myriads + section + current


def scale(units: str) -> Fraction:
    """Return the product of adjacent units: 百万 is a million, "" is one."""
    product = 1
    for character in units:
        product *= _TENS.get(character) or _MYRIADS[character]
    return Fraction(product)
