"""The numbers of a list as Word writes them: 一, 甲, ①, (a), iv; ECMA-376, part 1, 17.18.59."""

_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳㉑㉒㉓㉔㉕㉖㉗㉘㉙㉚㉛㉜㉝㉞㉟㊱㊲㊳㊴㊵㊶㊷㊸㊹㊺㊻㊼㊽㊾㊿"
_AIUEO = (
    "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン"
)
_IROHA = (
    "イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテアサキユメミシヱヒモセス"
)
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_LARGEST = 99_999

# Formats with a sign for each number; a number beyond the last is written in digits.
_SIGNS = {
    "decimalEnclosedCircle": _CIRCLED,
    "decimalEnclosedCircleChinese": _CIRCLED,
    "decimalEnclosedFullstop": "⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛",
    "decimalEnclosedParen": "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇",
    "ideographEnclosedCircle": "㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉",
    "ideographTraditional": _STEMS,
    "ideographZodiac": _BRANCHES,
    "ganada": "가나다라마바사아자차카타파하",
    "aiueo": _AIUEO,
    "aiueoFullWidth": _AIUEO,
    "iroha": _IROHA,
    "irohaFullWidth": _IROHA,
    "russianUpper": "АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЫЭЮЯ",
    "russianLower": "абвгдежзиклмнопрстуфхцчшщыэюя",
    "chosung": "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ",
}
# Formats that count in tens, hundreds and thousands: digits, units from ten on, how a missing place
# is written, and whether the one before the highest ten is.
_COUNTED = {
    "chineseCountingThousand": ("零一二三四五六七八九", "十百千万", "零", False),
    "taiwaneseCountingThousand": ("零一二三四五六七八九", "十百千萬", "零", False),
    "chineseLegalSimplified": ("零壹贰叁肆伍陆柒捌玖", "拾佰仟萬", "零", True),
    "ideographLegalTraditional": ("零壹貳參肆伍陸柒捌玖", "拾佰仟萬", "零", True),
    "japaneseCounting": ("〇一二三四五六七八九", "十百千万", "", False),
    "japaneseLegal": ("〇壱弐参四伍六七八九", "拾百阡萬", "", True),
    "koreanCounting": ("영일이삼사오육칠팔구", "십백천만", "", False),
}
# Formats that count so up to 99, and write larger numbers digit by digit.
_COUNTED_TO_99 = ("chineseCounting", "taiwaneseCounting")
# Formats that write every number digit by digit.
_DIGITS = {
    "ideographDigital": "〇一二三四五六七八九",
    "japaneseDigitalTenThousand": "〇一二三四五六七八九",
    "taiwaneseDigital": "〇一二三四五六七八九",
    "koreanDigital": "영일이삼사오육칠팔구",
    "decimalFullWidth": "０１２３４５６７８９",
    "decimalFullWidth2": "０１２３４５６７８９",
}
_ORDINALS = (
    "First Second Third Fourth Fifth Sixth Seventh Eighth Ninth Tenth Eleventh Twelfth Thirteenth "
    "Fourteenth Fifteenth Sixteenth Seventeenth Eighteenth Nineteenth Twentieth"
).split()
_CARDINALS = (
    "One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve Thirteen Fourteen Fifteen "
    "Sixteen Seventeen Eighteen Nineteen Twenty"
).split()


def formatted_number(number: int, format: str) -> str:
    """Return a number in a numbering format of Word; in digits where the format has no way.

    >>> formatted_number(21, "chineseCounting"), formatted_number(3, "ideographTraditional")
    ('二十一', '丙')
    """
    if format in ("none", "bullet"):
        return ""
    if format.isdecimal():  # 001: as many places as its first number
        return f"{number:0{len(format)}}"
    if not 0 < number <= _LARGEST:
        return str(number)
    if format in _SIGNS:
        signs = _SIGNS[format]
        return signs[number - 1] if number <= len(signs) else str(number)
    if format in _COUNTED:
        return _counted(number, *_COUNTED[format])
    if format in _COUNTED_TO_99:
        if number < 100:
            return _counted(number, *_COUNTED["chineseCountingThousand"])
        return _digits(number, _DIGITS["ideographDigital"])
    if format in _DIGITS:
        return _digits(number, _DIGITS[format])
    return _latin(number, format)


def _latin(number: int, format: str) -> str:
    match format:
        case "lowerLetter":
            return _letters(number)
        case "upperLetter":
            return _letters(number).upper()
        case "lowerRoman":
            return _roman(number)
        case "upperRoman":
            return _roman(number).upper()
        case "decimalZero":
            return f"{number:02}"
        case "ideographZodiacTraditional":
            return _STEMS[(number - 1) % 10] + _BRANCHES[(number - 1) % 12]
        case "numberInDash":
            return f"- {number} -"
        case "ordinal":
            return f"{number}{_ending(number)}"
        case "ordinalText" if number <= len(_ORDINALS):
            return _ORDINALS[number - 1]
        case "cardinalText" if number <= len(_CARDINALS):
            return _CARDINALS[number - 1]
        case "hex":
            return f"{number:X}"
    return str(number)


def _counted(number: int, digits: str, units: str, zero: str, writes_first_one: bool) -> str:
    written, is_zero_due = "", False
    for place in range(len(units), -1, -1):
        digit = number // 10**place % 10
        if not digit:
            is_zero_due = bool(written)
            continue
        is_silent = digit == 1 and place and (place == 1 or not zero) and not writes_first_one
        # 十二 at the start, but 一百一十二; Japanese leaves the one out everywhere below 万
        if is_silent and zero and written:
            is_silent = False
        if is_silent and place == 4:
            is_silent = False
        written += (zero if is_zero_due else "") + ("" if is_silent else digits[digit])
        written += units[place - 1] if place else ""
        is_zero_due = False
    return written


def _digits(number: int, digits: str) -> str:
    return "".join(digits[int(digit)] for digit in str(number))


def _letters(number: int) -> str:
    """Return a, b … z, aa, bb …, as Word counts."""
    times, letter = divmod(number - 1, 26)
    return chr(ord("a") + letter) * min(times + 1, 100)


def _roman(number: int) -> str:
    written = ""
    for value, sign in _ROMAN:
        times, number = divmod(number, value)
        written += sign * times
    return written


def _ending(number: int) -> str:
    if number % 100 in (11, 12, 13):
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
