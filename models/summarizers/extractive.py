"""Summaries made of an article's own sentences; no weights."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from models.protocols import SummaryLine
from models.runtime.control import NO_CONTROL, Control
from models.summarizers.budget import Budget
from models.summarizers.leaning import is_background, leans, rank_of_form
from models.summarizers.news import topic
from models.summarizers.rankings import METHODS, Text

Method = Literal["news", "lead", "lexrank", "textrank", "mmr", "pacsum"]

# A sentence this like one already picked says nothing new.
DUPLICATE_SIMILARITY = 0.7
# What is compared of an article: work and memory grow with the square of its sentences.
MOST_SENTENCES = 1000
MOST_CHARS_OF_SENTENCE = 1000
MOST_CHARS = 200_000
# What the form of its sentence takes from the score of a line, by `rank_of_form`.
FORM_COSTS = (0.0, 0.02, 0.0, 0.1)
LEANING_COST = 5.0
BACKGROUND_COST = 0.1


@dataclass(frozen=True, slots=True)
class ExtractiveSummarizer:
    """Picks sentences of each article within a budget and gives them in reading order."""

    method: Method
    sentences: int
    budget: Budget | None = None

    def summarize(
        self,
        articles: Sequence[Sequence[str]],
        *,
        language: str = "",  # noqa: ARG002 (sentences are quoted)
        control: Control = NO_CONTROL,
    ) -> list[list[SummaryLine]]:
        """Pick the best sentences of each article; same length and order as `articles`.

        Fewer than asked for where an article has no more that differ; none where it is empty.
        Of a very long article only the beginning is read: `MOST_SENTENCES`, `MOST_CHARS`.
        """
        summaries = []
        for article in articles:
            control.check()
            picked = self.pick(article)
            summaries.append([SummaryLine(article[index], (index,)) for index in picked])
        return summaries

    @property
    def shortens(self) -> bool:
        """True if its summary is one line, as short as a headline would have it."""
        most = self.sentences if self.budget is None else self.budget.most
        in_sentences = self.budget is None or self.budget.unit == "sentences"
        return self.method == "news" and in_sentences and most == 1

    def pick(
        self, article: Sequence[str], headline: str = "", confidences: Sequence[float] = ()
    ) -> list[int]:
        """Return the indexes of the sentences picked, in reading order.

        A sentence that does not fit is passed over; if none fits, the best one is picked all the
        same, so that an article with text has a summary.
        """
        text = Text(beginning(article), headline, confidences)
        budget = self.budget or Budget("sentences", self.sentences)
        left = budget.limit(article)
        best: int | None = None
        picked: list[int] = []
        for index in METHODS[self.method](text):
            best = index if best is None else best
            size = budget.size(article[index])
            if left < 1:
                break
            is_new = all(text.cosine[index, other] < DUPLICATE_SIMILARITY for other in picked)
            if size <= left and is_new:
                picked.append(index)
                left -= size
        return sorted(picked or ([] if best is None else [best]))

    def rate(
        self, article: Sequence[str], lines: Sequence[tuple[int, str]], headline: str = ""
    ) -> list[float]:
        """Score lines by what a headline would keep; each has the index of its sentence.

        A line that leans on another sentence scores below 0.
        """
        read = beginning(article)
        subject = topic(read, headline)
        costs = {
            place: FORM_COSTS[rank_of_form(read[place])]
            + BACKGROUND_COST * is_background(read[place])
            for place in {place for place, _ in lines}
        }
        return [
            subject.rate(line, place) - costs[place] - LEANING_COST * leans(line)
            for place, line in lines
        ]


def beginning(article: Sequence[str]) -> list[str]:
    """Return the first sentences, each up to `MOST_CHARS_OF_SENTENCE`, `MOST_CHARS` in all."""
    read: list[str] = []
    left = MOST_CHARS
    for sentence in article[:MOST_SENTENCES]:
        if left <= 0:
            break
        read.append(sentence[: min(left, MOST_CHARS_OF_SENTENCE)])
        left -= len(read[-1])
    return read
