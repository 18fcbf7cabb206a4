"""Chinese shares, multiples and halves: 三分之二, 八成, 打八折, 翻两番, 增长两倍, 两个半小时."""

import re
from collections.abc import Iterator
from fractions import Fraction

from models.patterns import lazy
from pipeline.language.numbers.chinese_amounts import DIGITS, MIXED, NUMERAL, amount
from pipeline.language.numbers.quantity import Quantity, Strength
from pipeline.language.numbers.searches import NumberSearch, number_search, per_cent, quantity

POSSIBLE, CERTAIN = Strength.POSSIBLE, Strength.CERTAIN

_DIGIT = "一二两三四五六七八九"
_ANY = rf"(?:{MIXED}|[{NUMERAL}]+(?:点[〇零一二三四五六七八九]+)?)"
HUNDRED = Fraction(100)


def _number(written: str) -> Fraction:
    return Fraction(DIGITS[written]) if written in DIGITS else Fraction(written)


_PARTS = lazy(
    rf"(?:(?P<added>{_ANY})又)?(?P<whole>{_ANY})\s?分\s?之\s?(?P<part>{_ANY})(?P<second>(?<=[{_DIGIT}])[{_DIGIT}]十?)?"
)
_SIDE_BY_SIDE = lazy(rf"(?P<head>十?)(?P<first>[{_DIGIT}])(?P<second>[{_DIGIT}])(?P<tens>十?)")


def _part(match: re.Match[str]) -> Iterator[Quantity]:
    """Read 三分之二 as a share, 百分之五 as 5 per cent, 百分之七八十 as 70 and 80 per cent."""
    whole, written = amount(match["whole"]), match["part"]
    if whole == HUNDRED and (pair := _SIDE_BY_SIDE.fullmatch(written)):
        for name in ("first", "second"):
            part = amount(pair["head"] + pair[name] + pair["tens"])
            yield quantity(match, part, part / 100, group="part", strength=Strength.LIKELY)
        return
    part = amount(written)
    if whole == HUNDRED:
        # 百分之百 is also "all", "fully"
        strength = Strength.LIKELY if written == "百" else CERTAIN
        yield quantity(match, part, part / 100, strength=strength)
    elif whole in (1000, 10_000):
        yield quantity(match, part / whole, part, part * 100 / whole, strength=CERTAIN)
    elif whole:
        share = part / whole + (amount(match["added"]) if match["added"] else 0)
        if match.string.startswith("决赛", match.end()):  # the round of 16
            yield quantity(match, share, whole, 2 * whole, strength=POSSIBLE)
            return
        yield quantity(match, share, kind="share", strength=CERTAIN, loose=per_cent(share))


_SLASHED = lazy(
    r"(?<![\d/.年])(?P<part>\d{1,2})\s?/\s?(?P<whole>[1-9]\d{0,2})(?![\d/.月])(?!\s/|\s?[万亿])"
)


def _slashed(match: re.Match[str]) -> Iterator[Quantity]:
    """Read 2/3; it may also be a date or a score."""
    part, whole = Fraction(match["part"]), Fraction(match["whole"])
    share = part / whole
    strength = CERTAIN if match.string[match.end() :].lstrip()[:1] == "的" else Strength.LIKELY
    loose = (part, whole, *per_cent(share))
    yield quantity(match, share, kind="share", strength=strength, loose=loose)


_TENTHS = lazy(
    rf"(?P<whole>(?<![\d.])(?:\d(?:\.\d)?|10)|十(?=成)|(?<![{NUMERAL}])[{_DIGIT}])(?:(?P<second>[{_DIGIT}])|点(?P<point>[{_DIGIT}]))?成"
    rf"(?:(?P<half>半)|(?P<more>[{_DIGIT}](?![{NUMERAL}个名位年天家])|\d(?!\d)))?"
    r"(?![为立功本员果就长熟绩交型品都因份年不])"
)


def _tenths(match: re.Match[str]) -> Iterator[Quantity]:
    """Read 八成 (80 %), 七八成 (70 to 80 %), 两成半 (25 %) and 三成五 (35 %)."""
    added = Fraction(5 if match["half"] else 0)
    if match["more"]:
        added = _number(match["more"])
    if match["point"]:
        added = _number(match["point"])
    for name in ("whole", "second"):
        if match[name]:
            percent = amount(match[name]) * 10 + added
            strength = Strength.LIKELY if match["second"] else CERTAIN
            if match.string.startswith("是", match.end()):
                strength = POSSIBLE  # 八成是他: most likely
            share = percent / 100
            group = name if match["second"] else 0
            yield quantity(match, percent, share, group=group, strength=strength)


_DISCOUNT = lazy(
    rf"(?<![{NUMERAL}百曲骨打])(?:打\s?)?(?P<first>[{_DIGIT}对半]|\d)(?:[.点]?(?P<second>[{_DIGIT}\d]))?\s?折(?![叠扣射磨腾桥断子返])"
    r"|(?P<half>半价)"
)


def _discount(match: re.Match[str]) -> Iterator[Quantity]:
    """Read 八折 and 八五折: 80 and 85 % of the price, so 20 and 15 % off."""
    if match["half"] or match["first"] in "对半":
        left = Fraction(50)
    else:
        left = _number(match["first"]) * 10
        if match["second"]:
            left += _number(match["second"])
    loose = (left, left / 10, left / 100, 1 - left / 100)
    yield quantity(match, 100 - left, kind="discount", loose=loose)


_DOUBLINGS = lazy(rf"翻(?:了|上)?(?:近|约|超|逾)?(?P<count>[{_DIGIT}]|\d)?(?:(?P<times>倍)|番)")


def _doubling(match: re.Match[str]) -> Iterator[Quantity]:
    """Read 翻一番 (double) and 翻两番 (fourfold): 2 to the power of the count; 翻三倍 is vague."""
    count = int(_number(match["count"])) if match["count"] else 1
    if match["times"]:
        yield quantity(match, count, count + 1, kind="times", loose=(100 * count, count))
    else:
        times = 2**count
        yield quantity(match, times, kind="times", loose=(100 * (times - 1), times - 1))


_MORE = "(?:增长|增加|提高|提升|上涨|上升|扩大|高出|增|涨|多|高|升|快|大|贵)"
_TIMES = lazy(
    rf"(?:(?P<more>{_MORE}幅?度?(?:了|达|近|约|超过|超|逾|将近|不止|接近){{0,2}})(?P<to>[到至为])?)?(?P<count>{_ANY})(?P<about>[多余来几])?倍(?P<half>半)?"
    r"(?!频|率|数[为是])"
)


def _times(match: re.Match[str]) -> Iterator[Quantity]:
    """Read 增长两倍 as threefold (200 % more), 是去年的两倍 as double."""
    count = amount(match["count"])
    if len(match["count"]) == 2 and all(one in _DIGIT for one in match["count"]):
        return  # 三四倍
    if match["half"]:
        count += Fraction(1, 2)
    span = slice(match.start("count"), match.end())
    strength = CERTAIN if match.string[span][0].isdigit() else Strength.LIKELY
    if match["more"] and not match["to"]:
        value, loose = count + 1, [count, 100 * count]
    else:
        value, loose = count, [100 * count, 100 * (count - 1)]
    yield quantity(match, value, group="count", kind="times", strength=strength, loose=loose)


_COINS = lazy(
    rf"(?P<whole>{_ANY})(?:元(?P<tenth>[{_DIGIT}\d])[角毛](?:(?P<hundredth>[{_DIGIT}\d])分?)?"
    rf"|[毛角](?P<fifth>[{_DIGIT}])(?<!两)(?![\d{NUMERAL}个名位张件只条本把])"
    rf"|块(?P<tenth2>[{_DIGIT}\d])(?:[角毛](?P<hundredth2>[{_DIGIT}\d])分?)?"
    rf"(?<!两)(?=一[斤个张本件只份瓶条袋盒斗公位人]|(?![\d{NUMERAL}个名位张件只条本把台块])))"
)


def _coins(match: re.Match[str]) -> Iterator[Quantity]:
    """Read 3元5角 and 三块五: 3.5."""
    if match["fifth"]:  # 八毛五
        value = amount(match["whole"]) / 10 + _number(match["fifth"]) / 100
        yield quantity(match, value, 100 * value, strength=CERTAIN)
        return
    value = amount(match["whole"]) + _number(match["tenth"] or match["tenth2"]) / 10
    if hundredth := match["hundredth"] or match["hundredth2"]:
        value += _number(hundredth) / 100
    yield quantity(match, value, strength=CERTAIN)


_MEASURED = lazy(
    rf"(?P<mu>\d{{1,3}}|[{NUMERAL}]{{1,4}})亩(?P<tenths>[{_DIGIT}])分(?![之钟])"
    rf"|(?P<zhang>[{NUMERAL}]{{1,3}})丈(?P<chi>[{_DIGIT}])(?![{NUMERAL}尺个名])"
    rf"|(?<![百千万亿])(?P<whole>\d{{1,2}}|[{NUMERAL}]{{1,3}})(?P<unit>[米吨])(?P<rest>\d{{1,2}}|[{_DIGIT}零]{{1,2}}(?<!两))"
    rf"(?![\d.{NUMERAL}]|[秒分米名个元人公厘只条位块])"
)


def _measured(match: re.Match[str]) -> Iterator[Quantity]:
    """Read 1米75 and 一米八五 (1.85), 1米8 (1.8), 一吨四 (1.4), 三亩二分 (3.2), 一丈二 (1.2)."""
    if large := match["mu"] or match["zhang"]:
        tenths = _number(match["tenths"] or match["chi"])
        yield quantity(match, amount(large) + tenths / 10, strength=CERTAIN)
        return
    digits = "".join(str(DIGITS.get(character, character)) for character in match["rest"])
    value = amount(match["whole"]) + Fraction(int(digits), 10 ** len(digits))
    yield quantity(match, value, strength=CERTAIN, loose=(100 * value,))


_SECONDS = lazy(r"(?<![\d.])(?P<whole>\d{1,2})秒(?P<hundredths>\d{1,3})(?!\d)")


def _seconds(match: re.Match[str]) -> Iterator[Quantity]:
    """Read 57秒79 of a race: 57.79."""
    value = Fraction(f"{match['whole']}.{match['hundredths']}")
    yield quantity(match, value, strength=CERTAIN)


_DOZENS = lazy(rf"(?P<count>{_ANY})打(?=[鸡啤鸭玫铅毛袜蛋饺杯瓶花鲜纸苹橙罐])")
_QUARTERS = lazy(
    rf"(?:(?P<hours>{_ANY})(?:个?小时|个?钟头)[零又]?)?(?P<count>[一两二三1-3])刻钟"
    r"|(?<=[点时])(?P<past>[一三])刻"
)


def _dozens(match: re.Match[str]) -> Iterator[Quantity]:
    count = amount(match["count"])
    yield quantity(match, 12 * count, count)


def _quarter_hours(match: re.Match[str]) -> Iterator[Quantity]:
    """Read 三刻钟 (45 minutes) and 一个小时一刻钟 (1¼ hours, 75 minutes)."""
    count = _number(match["count"] or match["past"])
    if match["hours"]:
        hours = amount(match["hours"]) + count / 4
        yield quantity(match, hours, 60 * hours)
        return
    yield quantity(match, 15 * count, count / 4, count)


_AND_A_HALF = lazy(
    rf"(?P<count>{_ANY})(?:个半(?=(?P<unit>小时|钟头|月|世纪|星期|多月|多小时)|)|(?P<unit2>[年天倍斤亩里米吨岁周块元尺丈层]|公里|公斤|公顷|小时|星期|世纪|千米)半(?![导径数夜岛路空价价截成百场山天年个月]))"
)
_SMALLER = {
    "小时": 60, "钟头": 60, "月": 30, "世纪": 100, "年": 12, "岁": 12, "天": 24, "周": 7, "星期": 7
}  # fmt: skip


def _and_a_half(match: re.Match[str]) -> Iterator[Quantity]:
    """Read 两个半小时 (2.5 hours, 150 minutes) and 两年半 (2.5 years, 30 months)."""
    value = amount(match["count"]) + Fraction(1, 2)
    unit = (match["unit"] or match["unit2"] or "").removeprefix("多")
    others = [value * _SMALLER[unit]] if unit in _SMALLER else []
    if unit == "块":
        others.append(value * 10)
    yield quantity(match, value, *others)


_ROUND = lazy(
    r"(?P<one>一)?半(?=[的以左上数人是]|$|[，。、；]|都|居民|学生|员工|受访者|用户|家庭|人口|企业|时间)|(?P<most>过半|半数|对半|减半|折半)"
)
_HALF = lazy(
    r"(?<!\d)半(?P<unit>年|个?小时|个?钟头|个?月|个世纪|天|场|个多月)?(?![岛导径月音夜途路空旦])"
)
_HALVES = {"年": (6,), "小时": (30,), "钟头": (30,), "月": (15, 2), "世纪": (50,), "天": (12,)}


def _a_half(match: re.Match[str]) -> Iterator[Quantity]:
    """Read 一半 and 半数 as the share of one half."""
    before, after = match.string[: match.start()][-1:], match.string[match.end() :][:1]
    is_sure = bool(match["one"]) and after in ("的", "以", "左")
    is_sure |= (bool(match["one"]) or after == "数") and before in ("近", "约")
    strength = CERTAIN if is_sure else POSSIBLE
    loose = (50, 2, 30)
    yield quantity(match, Fraction(1, 2), kind="share", strength=strength, loose=loose)


def _half(match: re.Match[str]) -> Iterator[Quantity]:
    """Read 半 as a half or 50 per cent, 半年 also as six months, 半小时 as 30 minutes."""
    smaller = _HALVES.get((match["unit"] or "").removeprefix("个"), ())
    yield quantity(match, Fraction(1, 2), 50, 30, *smaller, strength=POSSIBLE)


SHARES: tuple[NumberSearch, ...] = (
    number_search(_PARTS, _part, "之"),
    number_search(_SLASHED, _slashed, "/"),
    number_search(_DOUBLINGS, _doubling, "翻"),
    number_search(_TENTHS, _tenths, "成"),
    number_search(_DISCOUNT, _discount, "折|半价"),
    number_search(_TIMES, _times, "倍"),
    number_search(_COINS, _coins, "元|块|毛|角"),
    number_search(_MEASURED, _measured, "米|吨|亩|丈"),
    number_search(_SECONDS, _seconds, "秒"),
    number_search(_DOZENS, _dozens, "打"),
    number_search(_QUARTERS, _quarter_hours, "刻"),
    number_search(_AND_A_HALF, _and_a_half, "半"),
    number_search(_ROUND, _a_half, "半"),
    number_search(_HALF, _half, "半"),
)
"""Searches for shares, multiples and halves, in the order in which they take characters."""
