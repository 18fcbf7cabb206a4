"""Powers of ten: 10^6, 10⁶, 3×10^8, 10的6次方, "10 to the 6th power"."""

import re
import unicodedata
from collections.abc import Iterator
from fractions import Fraction

from models.patterns import lazy
from pipeline.language.numbers.chinese_amounts import NUMERAL, amount
from pipeline.language.numbers.quantity import Quantity, Strength
from pipeline.language.numbers.searches import number_search, quantity

_POWER = lazy(
    r"(?<![\d.,])(?:(?P<factor>\d{1,9}(?:\.\d{1,9})?)\s?[×xX*]\s?)?10\s?(?:"
    r"\^\s?(?P<caret>[-−]?\d{1,2})(?!\d)|(?P<raised>⁻?[⁰¹²³⁴-⁹]{1,2})"
    rf"|的\s?(?P<chinese>\d{{1,2}}|[{NUMERAL}]{{1,3}})\s?次[方幂]"
    r"|\sto\sthe\s(?:power\sof\s)?(?P<english>\d{1,2})(?:st|nd|rd|th)?(?:\spower)?\b)"
)


def _power(match: re.Match[str]) -> Iterator[Quantity]:
    """Read a power of ten with or without a factor."""
    raised = "".join(
        "-" if one == "⁻" else str(unicodedata.digit(one)) for one in match["raised"] or ""
    )
    written = (match["caret"] or raised or match["english"] or "").replace("−", "-")
    exponent = int(written or amount(match["chinese"]))
    value = Fraction(match["factor"] or 1) * Fraction(10) ** exponent
    yield quantity(match, value, strength=Strength.CERTAIN)


POWERS = (number_search(_POWER, _power, "10"),)
