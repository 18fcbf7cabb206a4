"""Values of Chinese numbers: 三千五百万, 1.2亿, 1亿2000万, 6000多万, 三点五, 3,850, 13万2."""

from fractions import Fraction

from models.patterns import lazy

DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "○": 0,
    "两": 2,
    "俩": 2,
}
NUMERAL = "〇○零一二两三四五六七八九十廿卅卌百千万亿兆"
ABOUT = "[多余来几]"
"""Words inside an amount that make it vague: 6000多万, 十余亿."""

# 千瓦 and 兆瓦 are units: the 千 of 300千瓦 is not a multiplier that a translator would spell out.
UNIT = r"(?!千[瓦米克卡兆赫伏帕字比]|兆[瓦赫帕字比欧伏焦])"
PLAIN = r"\d{1,3}(?:(?:,|\s,\s)\d{3}){1,12}(?![\d])(?:\.\d+)?|\d+(?:\.\d+)?"
# A last digit after 万 is the next lower place: 13万2. A count or a clock is not.
_LAST_DIGIT = r"[1-9](?![\d.,:%‰百千万亿年月日号时点天小分秒个名人例位次比/])"
MIXED = (
    rf"(?:{PLAIN})(?:\s?(?:{UNIT}[十百千万亿兆])+)?(?:\s?{ABOUT}[万亿]+)?"
    rf"(?:(?<=[百千万亿兆])零?\d+(?:\.\d+)?(?:{UNIT}[百千万亿])+){{0,8}}"
    rf"(?:(?<=[万亿])\d{{4}}(?![\d年.,百千万亿])|(?<=[百千万亿])零\d{{1,4}}(?!\d)"
    rf"|(?<=[百千万亿兆]){_LAST_DIGIT})?"
)
SPOKEN = (
    rf"(?:{UNIT}[{NUMERAL}])+(?:{ABOUT}[万亿]+)?"
    r"(?:点[〇零一二三四五六七八九]+(?![十分刻])[百千万亿]*|(?<=十)有[一二三四五六七八九](?![些名个位种]))?"
)

_NO_DIGITS = lazy(r"[,\s]")
_TENS = {"十": 10, "百": 100, "千": 1000}
_SHORT_TENS = {"廿": 20, "卅": 30, "卌": 40}
_MYRIADS = {"万": 10**4, "亿": 10**8, "兆": 10**12}
_TOKEN = lazy(rf"{PLAIN}|[{NUMERAL}]")
_AFTER_POINT = lazy(r"([〇零一二三四五六七八九]+)([百千万亿]*)")
_NEXT_PLACE = lazy(r"(?P<head>.*(?P<place>[百千万亿兆]))(?P<digit>[一二三四五六七八九1-9])")


def amount(written: str) -> Fraction:
    """Return the value of a Chinese number; words such as 多 and 余 are ignored.

    A last digit right after 百, 千, 万 or 亿 is of the next lower place: 三千五 is 3,500, 13万2 is
    132,000, 三千零五 is 3,005.
    """
    if "点" in written:
        whole, _, rest = written.partition("点")
        if decimals := _AFTER_POINT.match(rest):
            digits = "".join(str(DIGITS[character]) for character in decimals[1])
            value = amount(whole) + Fraction(int(digits), 10 ** len(digits))
            return value * scale(decimals[2])
    if short := _NEXT_PLACE.fullmatch(written):
        return _sum(short["head"]) + _sum(short["digit"]) * scale(short["place"]) / 10
    return _sum(written)


def _sum(written: str) -> Fraction:
    total: int | Fraction = 0
    myriads: int | Fraction = 0
    section: int | Fraction = 0
    current: int | Fraction = 0
    for token in _TOKEN.findall(written):
        if token in _MYRIADS:
            below = section + current
            if token == "万" and myriads and not below:  # 四万万
                myriads *= 10**4
            elif token == "万":
                myriads += (below or 1) * 10**4
            elif total and myriads + below:  # 5万亿3千亿
                total += (myriads + below) * _MYRIADS[token]
                myriads = 0
            else:
                total = (total + myriads + below or 1) * _MYRIADS[token]
                myriads = 0
            section = current = 0
        elif token in _TENS:
            section += (current or 1) * _TENS[token]
            current = 0
        elif token in _SHORT_TENS:
            section += _SHORT_TENS[token]
        elif token in DIGITS:
            current = DIGITS[token]
        else:
            digits = _NO_DIGITS.sub("", token)
            current = int(digits) if digits.isdigit() else Fraction(digits)
    return Fraction(total + myriads + section + current)


def scale(units: str) -> Fraction:
    """Return the product of adjacent units: 百万 is a million, "" is one."""
    product = 1
    for character in units:
        product *= _TENS.get(character) or _MYRIADS[character]
    return Fraction(product)
