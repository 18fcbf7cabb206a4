"""Write powers and indices as the source has them: 10⁶人 ── 106 people ─▶ 10⁶ people.

The bundled model knows no raised or lowered digits and writes ordinary ones.
"""

import re
import unicodedata

from models.patterns import lazy

_RAISED = lazy(r"(?:(?<![\d.,])10|(?<![A-Za-zμ])[A-Za-zμ]{1,3})(?:[⁺⁻]?[⁰¹²³⁴-⁹]{1,4}|[₀-₉]{1,4})")
_MINUS = "[-−–]"


def with_powers(source: str, translation: str) -> str:
    """Write the powers of a source where a translation has their digits on the line.

    >>> with_powers("面积4×10⁴m²，含CO₂", "An area of 4×104m2 with CO2")
    'An area of 4×10⁴m² with CO₂'
    """
    for match in _RAISED.finditer(source):
        plain = unicodedata.normalize("NFKC", match[0]).replace("−", "-")
        if plain not in source:
            written = re.escape(plain).replace(r"\-", _MINUS)
            before = r"(?<![\d.,])" if plain[0].isdigit() else "(?<![A-Za-zμ])"
            translation = re.sub(rf"{before}{written}(?!\d)", match[0], translation, count=1)
    return translation
