"""English number words and their values."""

_SMALL_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
)
_TENS_WORDS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ORDINAL_WORDS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
    "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"
)
SMALL = {word: value for value, word in enumerate(_SMALL_WORDS.split())}
TENS = {word: value * 10 for value, word in enumerate(_TENS_WORDS.split(), start=2)}
ORDINALS = {word: value for value, word in enumerate(_ORDINAL_WORDS.split(), start=1)} | {
    f"{word[:-1]}ieth": value for word, value in TENS.items()
}
SCALES = {
    "hundred": 100,
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
    "quadrillion": 10**15,
    "lakh": 10**5,
    "crore": 10**7,
    "dozen": 12,
    "decade": 10,
    "decades": 10,
    "centuries": 100,
    "hundredth": 100,
    "thousandth": 10**3,
    "millionth": 10**6,
    "billionth": 10**9,
}
ABBREVIATIONS = {
    "bn": 10**9,
    "mn": 10**6,
    "tn": 10**12,
    "bln": 10**9,
    "mln": 10**6,
    "tln": 10**12,
    "mil": 10**6,
    "k": 10**3,
    "m": 10**6,
    "b": 10**9,
}
OTHERS = {
    "once": 1,
    "single": 1,
    "both": 2,
    "pair": 2,
    "couple": 2,
    "twin": 2,
    "trio": 3,
    "thrice": 3,
    "decade": 10,
    "noon": 12,
    "midnight": 12,
    "century": 100,
    "centenary": 100,
    "centennial": 100,
    "bicentenary": 200,
    "goalless": 0,
    "scoreless": 0,
    "nil": 0,
    "nought": 0,
    "naught": 0,
}
MULTIPLES = {
    "twice": 2,
    "double": 2,
    "doubled": 2,
    "doubles": 2,
    "doubling": 2,
    "redoubled": 2,
    "triple": 3,
    "tripled": 3,
    "triples": 3,
    "tripling": 3,
    "trebled": 3,
    "quadruple": 4,
    "quadrupled": 4,
    "quadrupling": 4,
    "quintuple": 5,
    "quintupled": 5,
    "sextupled": 6,
    "octupled": 8,
}
DECADES = {f"{word[:-1]}ies": value for word, value in TENS.items()}
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "January Jan",
            "February Feb",
            "March Mar",
            "April Apr",
            "May",
            "June Jun",
            "July Jul",
            "August Aug",
            "September Sep Sept",
            "October Oct",
            "November Nov",
            "December Dec",
        ),
        start=1,
    )
    for name in names.split()
}
FRACTIONS = {"half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6} | {
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
}
FRACTIONS |= {word: value for word, value in ORDINALS.items() if value > 10}
FRACTIONS |= {"hundredth": 100, "thousandth": 1000}
MONTH_NAMES = tuple(MONTHS)
WEEKDAYS = {
    name: number
    for number, name in enumerate(
        "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(), start=1
    )
}
