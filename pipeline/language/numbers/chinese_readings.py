"""Other readings of a Chinese number in its context: 下午3点 is 15, 18世纪 the 1700s."""

from fractions import Fraction

from models.patterns import lazy

# Traditional measures, which a translator may convert.
OLD_UNITS = lazy(r"[多余来]?(?:亩|斤(?!斤)|里(?![面程斯约])|尺|寸|丈|英里|英尺|英寸|磅|华氏)")
_BEFORE_CHARS = 12  # most characters between a number and an earlier word that changes its reading

_SEASON = lazy(r"(?:[-—–/]\d{2,4})?\s?(?:财年|财政年度|赛季)")
_AFTERNOON = lazy(r"(?:下午|晚上?|傍晚|夜里|中午|午后|凌晨)(?:当地时间)?\s?$")


def readings(text: str, start: int, end: int, value: Fraction) -> list[Fraction]:
    """Return the other readings of the number `value` at `text[start:end]`."""
    after = text[end : end + 2].lstrip()
    others: list[Fraction] = []
    if text.startswith("个世纪", end):
        others.append(value * 100)
    elif after == "世纪":
        others.append((value - 1) * 100)
    elif after[:1] in ("点", "时", ":") and value <= 24:
        others += _hours(text, start, value)
    elif value < 100 and after[:1] in ("年", "届", "级"):
        if end - start == 2:
            others += [value + 1900, value + 2000]
    elif value >= 2000 and _SEASON.match(text, end):
        others.append(value - 2000)
    return others


def _hours(text: str, start: int, value: Fraction) -> list[Fraction]:
    if text[start].isdigit():
        return [value + 12, value - 12] if value != 12 else [Fraction(0)]
    return [value + 12] if _AFTERNOON.search(text[max(0, start - _BEFORE_CHARS) : start]) else []
