"""What a model must do to be used by the pipeline: strings in, strings out."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from models.runtime.control import NO_CONTROL, Control


@dataclass(frozen=True, slots=True)
class Candidate:
    """One translation. `confidence` is exp(mean token log-probability) in 0..1.

    It is 0 where the model refused to translate, and None where a server does not tell it.

    `source_truncated`: the input was longer than the model can read and its end was
    not seen; `target_truncated`: the output ran into its length limit. `failure` says why
    there is no translation, where a server could not give one; it is never remembered.
    `unknown` are the characters of the source that the model's vocabulary lacks.
    """

    text: str
    confidence: float | None
    source_truncated: bool = False
    target_truncated: bool = False
    failure: str = ""
    unknown: str = ""

    @property
    def refused(self) -> bool:
        """True if the model refused to translate, or a filter of its server stopped it."""
        return self.confidence == 0 and not self.failure

    @property
    def flags(self) -> tuple[str, ...]:
        """What the model itself says is wrong: `truncated`, `refused`."""
        cut = self.source_truncated or self.target_truncated
        return ("truncated",) * cut + ("refused",) * self.refused


@dataclass(frozen=True, slots=True)
class Sampling:
    """Translations drawn by chance, as probable as the model finds them.

    Tokens less probable than `least_probability` are never drawn (epsilon sampling, Hewitt,
    Manning and Liang 2022). A sentence has random numbers of its own, made of `seed` and its
    text: the same draws whatever else is translated.
    """

    temperature: float = 1.0
    least_probability: float = 0.02
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Request:
    """A sentence, with what a prompt may say about it.

    `context` are the sentences before it in its article, the nearest last; `terms` are the
    glossary terms that occur in it, as (Chinese, English). Both change the answer.
    """

    sentence: str
    context: tuple[str, ...] = ()
    terms: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Search:
    """How to look for translations: the best `count`, by a wider search, or drawn by chance.

    What is None is as the model is set. The search never has fewer beams than `count`. With
    `sampling` there is no search: the answers are `count` draws in the order drawn, and some may
    be alike. With `spare` the answers are those that the search for the best one found beside it.
    """

    count: int = 1
    beams: int | None = None
    length_penalty: float | None = None
    no_repeat_ngram_size: int | None = None
    sampling: Sampling | None = None
    spare: bool = False


BEST = Search()
"""The one translation that the model finds best, by its own settings."""

SPARE = Search(count=3, spare=True)
"""What the search for BEST found beside it; nothing from a model that does not keep it."""


class Translator(Protocol):
    """Chinese sentences to English ones.

    Laws of every translator: an answer depends on its request and the search alone, not on the
    batch; the same request gets the same answer again; blank sentences are translated to the
    empty string; the input is left unchanged.
    """

    @property
    def context_sentences(self) -> int:
        """How many sentences of context it reads at most; 0 if it reads none."""

    @property
    def reads_terms(self) -> bool:
        """True if it reads the terms of a glossary."""

    def translate(
        self, requests: Sequence[Request], search: Search = BEST, *, control: Control = NO_CONTROL
    ) -> list[list[Candidate]]:
        """Translate each request; return its translations, the best first, in the order asked.

        Every list has `search.count` translations at most: one under BEST, and fewer than asked
        for if the model has no more. A translator ignores context and terms that it does not
        read. Raises WeightsError if the model cannot make this search, and StoppedError once
        `control` is stopped.
        """


def best_translations(translator: Translator, sentences: Sequence[str]) -> list[Candidate]:
    """Return the best translation of each sentence, without context; same length and order."""
    return [best for best, *_ in translator.translate([Request(each) for each in sentences])]


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """A sentence of a summary; `sources` are indices into the article's sentences.

    `failure` says why an article has no summary, as the only line of it.
    """

    text: str
    sources: tuple[int, ...]
    failure: str = ""


class Summarizer(Protocol):
    """Articles, each a list of sentences, to short lists of cited lines."""

    def summarize(
        self,
        articles: Sequence[Sequence[str]],
        *,
        language: str = "",
        control: Control = NO_CONTROL,
    ) -> list[list[SummaryLine]]:
        """Summarize each article; the result has the same length and order.

        A summarizer that is told in words writes in `language` ("English"), or in that of the
        article if it is empty; for any other, its checkpoint decides.
        """


class SentencePicker(Summarizer, Protocol):
    """Picks sentences of an article, and rates shorter lines made of them."""

    @property
    def shortens(self) -> bool:
        """True if its summary is one line, as short as a headline would have it."""

    def pick(
        self, article: Sequence[str], headline: str = "", confidences: Sequence[float] = ()
    ) -> list[int]:
        """Return the indexes of the sentences picked, in reading order; none of an empty article.

        `headline` is empty if the article has none. `confidences` are those of the translations of
        the sentences, 0 to 1, if there are any: of two equal sentences the surer one is picked.
        """

    def rate(
        self, article: Sequence[str], lines: Sequence[tuple[int, str]], headline: str = ""
    ) -> list[float]:
        """Score lines, each with the index of the sentence it is made of; higher is better.

        A line that nobody understands without the sentence before it scores below 0.
        """


@dataclass(frozen=True, slots=True)
class TranslationScore:
    """What a translation model thinks of a given translation, token by token, its end last.

    `log_probabilities` are natural logarithms. `entropies` say how open the choice was at each
    token, in nats; empty where a backend does not show them. `source_truncated`: the end of the
    source was not seen; `target_truncated`: that of the translation was not scored.
    """

    log_probabilities: tuple[float, ...]
    source_truncated: bool = False
    target_truncated: bool = False
    entropies: tuple[float, ...] = ()

    @property
    def log_probability(self) -> float:
        """The log-probability of the whole translation."""
        return sum(self.log_probabilities)

    @property
    def confidence(self) -> float:
        """exp(mean token log-probability), as of a Candidate: 0 to 1."""
        if not self.log_probabilities:
            return 1.0
        return min(1.0, math.exp(self.log_probability / len(self.log_probabilities)))


class QualityEstimator(Protocol):
    """(source, translation) pairs to their quality: higher is better, on a scale of its own."""

    def estimate(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Estimate each pair; the result has the same length and order."""


@dataclass(frozen=True, slots=True)
class Segment:
    """What a metric scores: a hypothesis, with its source and a reference where there is one."""

    source: str
    hypothesis: str
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class ErrorSpan:
    """A part of a hypothesis, `hypothesis[start:end]`, that a metric takes for an error.

    `confidence` is the mean probability of the labels in it, 0..1; 1 of a judge in words.
    """

    start: int
    end: int
    severity: str
    confidence: float


@dataclass(frozen=True, slots=True)
class SegmentScore:
    """The score of one segment, on the metric's own scale.

    NaN where a language model gave no readable judgement (part `unread` is 1), or where half
    precision overflowed: whoever takes a mean leaves it out and counts it.

    `truncated`: an input was longer than the model reads and its end was not seen.
    `parts` are named scores that the whole is made of; `spans` the errors found, for a
    metric that looks for them.
    """

    score: float
    truncated: bool = False
    parts: tuple[tuple[str, float], ...] = ()
    spans: tuple[ErrorSpan, ...] = ()


class SegmentScorer(Protocol):
    """Segments to scores, by a trained metric.

    Laws of every adapter: same length and order as the input; the empty list is allowed;
    the same answer twice, and whatever the batch size up to rounding (1e-5); the input
    is left untouched; a segment cut to fit the model says so.
    """

    @property
    def needs_reference(self) -> bool:
        """True where every segment must have a reference; otherwise references are not read."""

    @property
    def higher_is_better(self) -> bool:
        """False of a metric that predicts how bad a hypothesis is."""

    def score(self, segments: Sequence[Segment]) -> list[SegmentScore]:
        """Score each segment; the result has the same length and order.

        Raises WeightsError where a reference is needed and a segment has none.
        """
