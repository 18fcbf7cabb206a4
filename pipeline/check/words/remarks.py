"""What language models write beside or instead of a translation, and which sources say so too.

The table is `chatter.tsv`: each row names a habit (a label, a note, a refusal, a mark of a prompt),
gives the regular expression that finds it, and one for sources that may be translated so:
"Note:" is right for 注：, "Sorry, I cannot" for 抱歉. A slow expression has a last column: small
letters of which every match has some, apart by `|`. The habits are those of the answers that
instruction-tuned models are known to give, in the forms that no newspaper uses.
"""

import re
from dataclasses import dataclass
from functools import cache

from pipeline.data_file import data_rows
from pipeline.language.patterns import compiled


@dataclass(frozen=True, slots=True)
class Habit:
    """A way to comment; a text that has none of its `needs` (if there are any) has no match."""

    what: str
    finds: str
    says: str
    needs: tuple[str, ...]

    @property
    def pattern(self) -> re.Pattern[str]:
        """What finds it in a translation, compiled when a text first needs it."""
        return compiled(self.finds, re.IGNORECASE)

    @property
    def source_says(self) -> re.Pattern[str]:
        """What finds sources that say it themselves."""
        return compiled(self.says)


@cache
def habits() -> tuple[Habit, ...]:
    """Return the rows of the table, in its order."""
    return tuple(
        Habit(what, finds, says, tuple(needs[0].split("|")) if needs else ())
        for what, finds, says, *needs in data_rows(__file__, "chatter.tsv")
    )
