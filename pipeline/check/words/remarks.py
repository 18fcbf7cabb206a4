"""What language models write beside or instead of a translation, and which sources say so too.

The table is `chatter.tsv`: each row names a habit (a label, a note, a refusal, a mark of a prompt),
gives the regular expression that finds it, and one for sources that may be translated so:
"Note:" is right for 注：, "Sorry, I cannot" for 抱歉. The habits are those of the answers that
instruction-tuned models are known to give, in the forms that no newspaper uses.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("chatter.tsv")


@dataclass(frozen=True, slots=True)
class Habit:
    """A way to comment; `source_says` finds sources that say such a thing themselves."""

    what: str
    pattern: re.Pattern[str]
    source_says: re.Pattern[str]


@cache
def habits() -> tuple[Habit, ...]:
    """Return the rows of the table, in its order."""
    rows = [line.split("\t") for line in _FILE.read_text(encoding="utf-8").splitlines()[1:]]
    return tuple(
        Habit(what, re.compile(pattern, re.IGNORECASE), re.compile(source))
        for what, pattern, source in rows
    )
