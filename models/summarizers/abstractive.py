"""Summaries written by a model: encoder-decoders and causal ones, nothing cut silently.

article ─▶ parts that fit ─▶ a summary of each ─▶ joined, summarized again if too long ─▶ cited
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from models.errors import NoSummaryError
from models.patterns import lazy
from models.protocols import Request, SummaryLine
from models.runtime.control import NO_CONTROL, Control
from models.runtime.device import Device
from models.runtime.free_memory import BatchTokens, batch_budget
from models.runtime.precision import LoadedPrecision
from models.seq2seq.tokenizer import load_tokenizer
from models.seq2seq.transformers import load_decoder
from models.seq2seq.translator import BatchTranslator, Decoding, is_blank
from models.specs import AbstractiveSpec
from models.summarizers.similarity import HAN, terms
from models.weights.architecture import Architecture, read_architecture

# At most so many sentences are cited for one line, each adding this share of its terms.
MOST_SOURCES = 3
LEAST_NEW_SHARE = 0.2

# Chinese sentences end at their mark; English ones at a mark after a word that is no
# abbreviation (two small letters or digits), before a capital.
SENTENCE_END = lazy(
    r"(?<=[。！？])(?![。！？”’」』）])|(?<=[。！？][”’」』）])"
    r"|(?<=[a-z0-9]{2}[.!?])\s+(?=[A-Z0-9\"“(])|(?<=[.!?][\"”)])\s+(?=[A-Z0-9\"“(])"
)


class Writer(Protocol):
    """A model that writes one text for another."""

    @property
    def room(self) -> int:
        """The largest size of a text that the model reads whole."""

    def sizes(self, texts: Sequence[str]) -> list[int]:
        """Return the size of each text, what is put around it included; in tokens if it can."""

    def write(self, texts: Sequence[str], *, control: Control = NO_CONTROL) -> list[str]:
        """Write a summary of each text; the result has the same length and order."""

    def in_language(self, language: str) -> "Writer":
        """Return the writer that is asked for a language; empty for that of the text."""


@dataclass(frozen=True, slots=True)
class Seq2SeqWriter:
    """An encoder-decoder as a Writer."""

    model: BatchTranslator

    @property
    def room(self) -> int:
        """Tokens that an input may have."""
        return self.model.decoding.max_source_tokens

    def sizes(self, texts: Sequence[str]) -> list[int]:
        """Count the tokens of each text, prefix and special tokens included."""
        # No limit, so that nothing is cut before it is counted.
        return [len(each.ids) for each in self.model.tokenizer.encode(texts, 10**9)]

    def write(self, texts: Sequence[str], *, control: Control = NO_CONTROL) -> list[str]:
        """Write a summary of each text; the result has the same length and order."""
        answers = self.model.translate([Request(text) for text in texts], control=control)
        return [best.text for best, *_ in answers]

    def in_language(self, language: str) -> "Seq2SeqWriter":  # noqa: ARG002
        """Return itself: its weights decide in which language it writes."""
        return self


@dataclass(frozen=True, slots=True)
class AbstractiveSummarizer:
    """A Summarizer over any Writer; `longest` is the largest size of a joined summary."""

    writer: Writer
    longest: int

    def summarize(
        self,
        articles: Sequence[Sequence[str]],
        *,
        language: str = "",
        control: Control = NO_CONTROL,
    ) -> list[list[SummaryLine]]:
        """Summarize each article; every line cites at least one of its sentences.

        An article longer than the model reads is summarized in parts, cut between
        sentences; the parts' summaries are joined, and summarized again if too long.
        An article without a summary has one line with a `failure`.
        """
        asked = replace(self, writer=self.writer.in_language(language))
        return [asked._summary_or_failure(article, control) for article in articles]

    def _summary_or_failure(self, article: Sequence[str], control: Control) -> list[SummaryLine]:
        try:
            return self._summarize(article, control)
        except NoSummaryError as error:
            return [SummaryLine("", (), failure=str(error))]

    def _summarize(self, article: Sequence[str], control: Control) -> list[SummaryLine]:
        sentences = [sentence for sentence in article if not is_blank(sentence)]
        if not sentences:
            return []
        return [
            SummaryLine(line, supporting(line, article))
            for line in sentences_of(self._condensed(sentences, control))
        ]

    def _condensed(self, sentences: Sequence[str], control: Control) -> str:
        parts = self.parts(sentences)
        while True:
            written = self.writer.write(parts, control=control)
            summaries = [text for text in written if not is_blank(text)]
            summary = joined(summaries)
            if len(parts) == 1 or self.writer.sizes([summary])[0] <= self.longest:
                return summary
            following = self.parts([line for text in summaries for line in sentences_of(text)])
            # A model that writes as much as it reads would go on for ever.
            if len(following) >= len(parts):
                return summary
            parts = following

    def parts(self, sentences: Sequence[str]) -> list[str]:
        """Join sentences to texts that fit the model, each as long as possible.

        A sentence that does not fit by itself is halved until it does.
        """
        texts: list[str] = []
        held: list[str] = []
        for sentence in self._fitting(sentences):
            if held and not self._fits(joined([*held, sentence])):
                texts.append(joined(held))
                held = []
            held.append(sentence)
        return [*texts, joined(held)] if held else texts

    def _fitting(self, sentences: Sequence[str]) -> list[str]:
        fitting: list[str] = []
        for sentence in sentences:
            if self._fits(sentence) or len(sentence) < 2:
                fitting.append(sentence)
            else:
                middle = len(sentence) // 2
                fitting += self._fitting([sentence[:middle], sentence[middle:]])
        return fitting

    def _fits(self, text: str) -> bool:
        return self.writer.sizes([text])[0] <= self.writer.room


def joined(texts: Sequence[str]) -> str:
    """Put sentences together: nothing between Chinese ones, a space between others."""
    whole = ""
    for text in texts:
        gap = " " if whole and not (HAN.search(text) and HAN.search(whole)) else ""
        whole += gap + text
    return whole


def sentences_of(summary: str) -> list[str]:
    """Cut a summary into its sentences, Chinese or English."""
    lines = [line for part in summary.splitlines() for line in SENTENCE_END.split(part)]
    return [line.strip() for line in lines if line and not is_blank(line)]


def supporting(line: str, article: Sequence[str]) -> tuple[int, ...]:
    """Find the sentences that a summary line rests on, in reading order, at least one.

    Greedily the sentence that shares most of the terms not yet accounted for (character
    bigrams or words), then others that add enough. A line that shares nothing cites
    its best match all the same, which is then the first sentence.
    """
    wanted = set(terms(line))
    bags = [set(terms(sentence)) for sentence in article]
    least = LEAST_NEW_SHARE * len(wanted)
    open_terms, picked = set(wanted), list[int]()
    while len(picked) < MOST_SOURCES:
        best = max(range(len(bags)), key=lambda index: (len(open_terms & bags[index]), -index))
        if picked and (best in picked or len(open_terms & bags[best]) < max(least, 1)):
            break
        picked.append(best)
        open_terms -= bags[best]
    return tuple(sorted(picked))


def load_seq2seq_writer(
    spec: AbstractiveSpec,
    folder: Path,
    *,
    device: Device,
    precision: LoadedPrecision,
    batch_tokens: BatchTokens,
    threads: int,
) -> Seq2SeqWriter:
    """Load an encoder-decoder that writes summaries."""
    architecture = read_architecture(folder)
    tokenizer = load_tokenizer(
        folder,
        architecture,
        prefix=spec.prompt,
        trust_remote_code=spec.trust_remote_code,
    )
    budget = batch_budget(
        batch_tokens, folder, devices=[device], precision=precision, rows=spec.beams
    )
    decoder = load_decoder(
        folder,
        device=device,
        precision=precision,
        end=tokenizer.end,
        threads=threads,
        trust_remote_code=spec.trust_remote_code,
    )
    decoding = _decoding(spec, architecture)
    return Seq2SeqWriter(BatchTranslator((decoder,), tokenizer, decoding, budget))


def _decoding(spec: AbstractiveSpec, architecture: Architecture) -> Decoding:
    limit = architecture.max_tokens
    return Decoding(
        beams=spec.beams,
        length_penalty=1.0,
        no_repeat_ngram_size=spec.no_repeat_ngram_size,
        max_source_tokens=spec.max_source_tokens or architecture.default_tokens,
        max_target_tokens=min(spec.max_target_tokens, limit or spec.max_target_tokens),
        first_token=architecture.forced_token,
        banned_tokens=architecture.banned_tokens,
    )
