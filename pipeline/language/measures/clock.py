"""A time of day in a text."""

import re
from dataclasses import dataclass

from pipeline.records import Span

DAY = 24 * 60
"""Minutes of a day."""
NOON = 12 * 60
ZONE_CHARS = 24
"""Most characters between a time and the name of its zone."""


@dataclass(frozen=True, slots=True)
class ClockTime:
    """A time of day at `span`; `minutes` are the minutes after midnight that it may mean.

    3点 alone may be 3:00 or 15:00. `is_sure` is false for what may be no time at all (三点).
    `zone` is the time zone beside it, "" if none is named.
    """

    minutes: tuple[int, ...]
    span: Span
    is_sure: bool = True
    zone: str = ""

    @property
    def written(self) -> str:
        """The time as 14:30."""
        return f"{self.minutes[0] // 60}:{self.minutes[0] % 60:02}"


def zone_near(around: str, zones: tuple[tuple[str, str], ...]) -> str:
    """Return the first zone whose words are in `around`, "" if there is none."""
    return next((name for name, words in zones if re.search(words, around)), "")
