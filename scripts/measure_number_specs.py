"""Count the number specs that the two readers of quantities get right.

    python scripts/measure_number_specs.py DIR
    python scripts/measure_number_specs.py DIR --show

DIR has zh.jsonl and en.jsonl (kind, text, found: [{value}]), made from the specs of
microsoft/Recognizers-Text (MIT). An input is right if the reader finds every value that the spec
names; a sign that the words around the number give does not count. Prints right and total by kind;
with --show also what was missed.
"""

import argparse
import json
from collections import Counter
from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path

from pipeline.language.numbers.chinese import chinese_quantities
from pipeline.language.numbers.english import english_quantities
from pipeline.language.numbers.quantity import Quantity

Reader = Callable[[str], Iterable[Quantity]]
READERS: dict[str, Reader] = {"zh": chinese_quantities, "en": english_quantities}
_ALIKE = Fraction(1, 10**9)
"""Largest difference of equal values, as a share: a spec rounds 1/3 to 15 digits."""


def missed_values(text: str, wanted: Iterable[str], read: Reader) -> list[str]:
    """Return the wanted values, as written, that the reader does not find in a text."""
    values = {
        abs(value) for quantity in read(text) for value in (*quantity.values, *quantity.loose)
    }
    return [one for one in wanted if not any(_is_alike(abs(Fraction(one)), v) for v in values)]


def _is_alike(one: Fraction, other: Fraction) -> bool:
    return abs(one - other) <= _ALIKE * max(Fraction(1), abs(one))


def main() -> None:
    """Print right and total of each language and kind."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--show", action="store_true", help="print the inputs that are misread")
    options = parser.parse_args()
    for language, read in READERS.items():
        right, total = Counter[str](), Counter[str]()
        for line in (options.folder / f"{language}.jsonl").read_text(encoding="utf-8").splitlines():
            spec = json.loads(line)
            wanted = [value for one in spec["found"] if (value := _number(one["value"]))]
            missed = missed_values(spec["text"], wanted, read)
            total[spec["kind"]] += 1
            right[spec["kind"]] += not missed
            if missed and options.show:
                print(f"{language} {spec['kind']}: {spec['text']} misses {', '.join(missed)}")
        for kind in sorted(total):
            print(f"{language} {kind:20} {right[kind]:4} of {total[kind]}")
        print(f"{language} {'all':20} {right.total():4} of {total.total()}")


def _number(value: object) -> str:
    """Return a value as a number is written; empty if it is none."""
    try:
        Fraction(text := str(value).replace(",", ""))
    except (ValueError, ZeroDivisionError):
        return ""
    return text


if __name__ == "__main__":
    main()
