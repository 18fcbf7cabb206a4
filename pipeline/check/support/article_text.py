"""What an article says, prepared for looking up what a summary claims."""

from dataclasses import dataclass
from functools import cached_property

from models.patterns import lazy
from pipeline.language.measures.read import with_chinese_measures
from pipeline.language.numbers.chinese import chinese_quantities
from pipeline.language.numbers.quantity import Quantity
from pipeline.language.variants import simplified_twin

_DATE = lazy(r"(?P<year>(?:19|20)\d\d)\D{1,2}(?P<month>\d{1,2})\D{1,2}(?P<day>\d{1,2})")
_BLANK = lazy(r"\s+")


@dataclass(frozen=True)
class ArticleText:
    """The Chinese of an article, headline included, and its date (`2023-03-05`) if it is known."""

    text: str
    date: str = ""

    @cached_property
    def plain(self) -> str:
        """The text in simplified characters, without white space."""
        return _BLANK.sub("", simplified_twin(self.text))

    @cached_property
    def pairs(self) -> frozenset[str]:
        """Every two characters in a row."""
        return frozenset(map("".join, zip(self.plain, self.plain[1:], strict=False)))

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """The numbers of `plain`, with their units."""
        return tuple(with_chinese_measures(self.plain, chinese_quantities(self.plain)))

    @cached_property
    def dated(self) -> tuple[int, ...]:
        """Year, month and day of the article; empty if it has no date."""
        match = _DATE.search(self.date)
        return tuple(int(part) for part in match.groups()) if match else ()
