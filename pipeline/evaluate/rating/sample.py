"""Draw sentences of an evaluation for raters; who translated what is only in a key."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.errors import suggest
from pipeline.errors import ConfigError
from pipeline.evaluate.render.json import read_sentences
from pipeline.evaluate.results import EvaluationSegment, EvaluationSet, Output

SEED = 12345


@dataclass(frozen=True, slots=True)
class RatingItem:
    """One translation to rate, with its number and the sentences before and after it."""

    number: int
    set: str
    system: str
    segment: EvaluationSegment
    text: str
    before: str
    after: str


def sample_items(
    folder: Path, *, sentences: int, systems: Sequence[str] = (), seed: int = SEED
) -> list[RatingItem]:
    """Return the translations of some sentences by all `systems` (default: every system).

    Sentences are drawn at random and keep their order; systems are in another order for each.
    Raises StoreError if the folder holds no evaluation, and ConfigError for an unknown system.
    """
    draw = random.Random(seed)
    rows = read_sentences(folder)
    known = list(dict.fromkeys(output.name for _, outputs in rows for output in outputs))
    for name in systems:
        if name not in known:
            raise ConfigError(f"{folder}: no system '{name}'; {suggest(name, known)}")
    places = [
        (at, row) for at, (test_set, _) in enumerate(rows) for row in range(len(test_set.segments))
    ]
    chosen = sorted(draw.sample(places, min(sentences, len(places))))
    items: list[RatingItem] = []
    for at, row in chosen:
        test_set, outputs = rows[at]
        wanted = [output for output in outputs if not systems or output.name in systems]
        draw.shuffle(wanted)
        items += _items(test_set, row, wanted, len(items))
    return items


def _items(
    test_set: EvaluationSet, row: int, outputs: Sequence[Output], start: int
) -> Iterator[RatingItem]:
    segment = test_set.segments[row]
    for number, output in enumerate(outputs, start=start + 1):
        yield RatingItem(
            number,
            test_set.name,
            output.name,
            segment,
            output.hypotheses[row],
            _neighbour(test_set, row, -1),
            _neighbour(test_set, row, 1),
        )


def _neighbour(test_set: EvaluationSet, row: int, step: int) -> str:
    """Return the source before or after a segment in the same document; empty without one."""
    other = row + step
    if not 0 <= other < len(test_set.segments):
        return ""
    segment = test_set.segments[other]
    same = segment.document == test_set.segments[row].document
    return segment.source if same else ""
