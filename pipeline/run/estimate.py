"""What a run will cost, from a probe of the real input through the real models."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import accumulate
from operator import itemgetter
from typing import Any

from models.prompted.specs import EndpointSpec
from models.runtime.tokens import counted_tokens
from pipeline.bucket import open_run
from pipeline.config.memory_place import memory_path
from pipeline.config.sections import Config
from pipeline.engine.documents import Tally, document_shards
from pipeline.engine.intake import Intake
from pipeline.engine.plan import (
    SCORE,
    SEGMENT,
    SUMMARIZE,
    TRANSLATE,
    Plan,
    Stage,
    StageFunction,
    Step,
    Tools,
)
from pipeline.engine.stages import make_plan
from pipeline.engine.store import Store
from pipeline.errors import InputError
from pipeline.language.plural import plural
from pipeline.records import Article, Document, Edition, Failure

PROBE_SENTENCES = 200
_WARM_UP_SENTENCES = 20
_LEAST_ERROR = 0.1
"""No estimate claims to be surer than this: machines are shared, and texts differ."""


@dataclass(frozen=True, slots=True)
class Prices:
    """What an hour of the machine costs, what it draws, and a million tokens of a server."""

    per_hour: float = 0.0
    watts: float = 0.0
    tokens_read: float = 0.0
    tokens_written: float = 0.0

    @classmethod
    def of(cls, config: Config, per_hour: float, watts: float) -> "Prices":
        """Return the prices of a machine and those that the config has for its server."""
        model = config.translate.model
        spending = model.spending if isinstance(model, EndpointSpec) else None
        if spending is None:
            return cls(per_hour, watts)
        return cls(per_hour, watts, spending.price_input, spending.price_output)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A forecast: counts of what is missing, seconds, and how far both may be off (a share)."""

    documents: int
    sentences: int
    characters: int
    words: int
    tokens_read: int
    tokens_written: int
    start_seconds: float
    stage_seconds: dict[str, float]
    error: float
    devices: int
    is_gpu: bool

    @property
    def seconds(self) -> float:
        """Return the seconds of the whole run."""
        return self.start_seconds + sum(self.stage_seconds.values())


@dataclass(frozen=True, slots=True)
class _Missing:
    """Documents whose translations are not there: their number, characters, and a sample."""

    documents: int
    characters: int
    sample: list[Document | Edition]


def estimate(config: Config, limit: int | None) -> Estimate:
    """Translate, summarize and score a sample of what is missing; extrapolate by characters.

    Writes nothing and asks no memory, so sentences that it knows make the run faster. Raises
    InputError if there is nothing to make.
    """
    plan = make_plan(config)
    missing = _missing(config, plan, limit)
    if not missing.documents:
        raise InputError("every translation is ready: the run would take seconds")
    tools = Tools(None, False, lambda remembered, translated, share: None)
    started = time.perf_counter()
    steps = {step.stage: step for step in plan.steps}
    functions = {stage: step.load(tools) for stage, step in steps.items()}
    segmented = [article for made in functions[SEGMENT](missing.sample) for article in made]
    if not _count(segmented):
        raise InputError("a sample of the input has no sentence; there is no estimate")
    probe = _first_articles(segmented, PROBE_SENTENCES)
    sizes = {stage: _together(config, step) for stage, step in steps.items()}
    # loads what is loaded late
    _timed(functions, _first_articles(probe, _WARM_UP_SENTENCES), sizes)
    start = time.perf_counter() - started
    halves = [_timed(functions, articles, sizes) for articles in _halves(probe)]
    scale = missing.characters / max(1, sum(len(_text(read)) for read in missing.sample))
    rates = [sum(half.seconds.values()) / half.sentences for half in halves]
    spread = (max(rates) - min(rates)) / sum(rates)
    sentences = round(_count(segmented) * scale)
    share = sentences / _count(probe)
    translator = steps[TRANSLATE].models[0]
    return Estimate(
        documents=missing.documents,
        characters=missing.characters,
        sentences=sentences,
        words=round(sum(half.words for half in halves) * share),
        tokens_read=round(sum(half.tokens_read for half in halves) * share),
        tokens_written=round(sum(half.tokens_written for half in halves) * share),
        start_seconds=start,
        stage_seconds={
            name: sum(half.seconds[name] for half in halves) * share for name in halves[0].seconds
        },
        error=max(_LEAST_ERROR, spread),
        devices=len(translator.devices),
        is_gpu=translator.device.name.startswith("cuda"),
    )


@dataclass(frozen=True, slots=True)
class _Half:
    """What came of a half of the probe."""

    sentences: int
    words: int
    tokens_read: int
    tokens_written: int
    seconds: dict[str, float]


def _together(config: Config, step: Step) -> int:
    """Return how many articles a run makes at once, as batches of other sizes take other times.

    Shards are cut by chance, so most articles are in one that is larger than the mean: the mean
    over articles is twice that over shards.
    """
    has_windows = step.bytes_at_once and memory_path(config) is not None
    return PROBE_SENTENCES if has_windows else 2 * config.runtime.shard_size


def _timed(
    functions: Mapping[Stage, StageFunction], articles: list[Article], sizes: Mapping[Stage, int]
) -> _Half:
    seconds, (read, written) = {}, counted_tokens()
    tables: list[Sequence[Any]] = [articles]
    for stage in (TRANSLATE, SUMMARIZE, SCORE):
        before, rows = time.perf_counter(), list[Any]()
        for first in range(0, len(articles), sizes[stage]):
            rows += functions[stage](*(table[first : first + sizes[stage]] for table in tables))
        seconds[stage.name] = time.perf_counter() - before
        if stage == TRANSLATE:
            tables.append(rows)
    words = sum(len(sentence.text.split()) for row in tables[1] for sentence in row.sentences)
    all_read, all_written = counted_tokens()
    return _Half(_count(articles), words, all_read - read, all_written - written, seconds)


def _missing(config: Config, plan: Plan, limit: int | None) -> _Missing:
    """Read the input; keep a sample of the documents without translations, chosen by hash."""
    store = Store(open_run(config.output))
    steps = {step.stage: step for step in plan.steps}
    unread: list[Failure] = []
    documents = characters = 0
    sample: list[tuple[bytes, Document | Edition]] = []
    kept = 0
    for key, shard in document_shards(config, unread, limit, Tally(), Intake()):
        articles = steps[SEGMENT].key([key])
        if store.has(TRANSLATE.writes, steps[TRANSLATE].key([articles])):
            continue
        for read in shard:
            documents += 1
            characters += (size := len(_text(read)))
            sample.append((sha256(read.id.encode()).digest(), read))
            kept += size
        # a sentence has about 30 characters: some more than the probe needs
        while kept > 120 * PROBE_SENTENCES and len(sample) > 1:
            last = max(range(len(sample)), key=lambda place: sample[place][0])
            kept -= len(_text(sample.pop(last)[1]))
    return _Missing(documents, characters, [read for _, read in sorted(sample, key=itemgetter(0))])


def _text(read: Document | Edition) -> str:
    return "".join(page.text for page in read.pages) if isinstance(read, Edition) else read.text


def _count(articles: Sequence[Article]) -> int:
    return sum(len(article.sentences) for article in articles)


def _first_articles(articles: Sequence[Article], sentences: int) -> list[Article]:
    """Return articles until they have so many sentences."""
    counts = accumulate(_count([article]) for article in articles)
    return [
        article
        for article, count in zip(articles, counts, strict=True)
        if count - _count([article]) < sentences
    ]


def _halves(articles: list[Article]) -> list[list[Article]]:
    """Return every other article, twice, or all of them if one half has no sentence."""
    halves = [articles[::2], articles[1::2]]
    return halves if all(_count(half) for half in halves) else [articles]


def estimate_lines(value: Estimate, prices: Prices) -> Iterator[str]:
    """Yield an estimate as lines of text."""
    yield f"to make:    {plural(value.documents, 'document')} without translations"
    yield (
        f"sentences:  {value.sentences:,} ({value.characters:,} Chinese characters, "
        f"about {value.words:,} English words)"
    )
    yield f"tokens:     {value.tokens_read:,} read, {value.tokens_written:,} written"
    hours, error = value.seconds / 3600, value.error
    stages = ", ".join(f"{name} {_span(part)}" for name, part in value.stage_seconds.items())
    yield f"time:       {_span(value.seconds)} ± {error:.0%} ({stages})"
    if value.is_gpu:
        yield f"GPU hours:  {hours * value.devices:.2f}"
    if prices.per_hour:
        yield f"money:      {hours * prices.per_hour:.2f} at {prices.per_hour:g} an hour"
    if prices.tokens_read or prices.tokens_written:
        read, written = value.tokens_read / 1e6, value.tokens_written / 1e6
        yield (
            f"money:      {read * prices.tokens_read + written * prices.tokens_written:.2f} at "
            f"{prices.tokens_read:g} and {prices.tokens_written:g} for a million tokens"
        )
    if prices.watts:
        yield f"energy:     {hours * prices.watts / 1000:.3f} kWh at {prices.watts:g} W"


def _span(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.1f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
