"""Human judgements as a metric: a score per segment, document or system of an evaluation."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from statistics import mean as mean_of

import numpy

from pipeline.errors import ConfigError
from pipeline.evaluate.config import EvaluationConfig, HumanSpec
from pipeline.evaluate.human.ratings import HumanRating, read_ratings
from pipeline.evaluate.metrics.formulas import mean, no_sentence
from pipeline.evaluate.metrics.metrics import Counts, Metric, mean_metric, unscored
from pipeline.evaluate.pairwise import MetricColumn
from pipeline.evaluate.results import NOT_RATED, EvaluationSet
from pipeline.input.references import reference_key
from pipeline.language.plural import plural


@dataclass(frozen=True, slots=True)
class HumanColumn:
    """Human scores of a set as a column of counts, and the judgements behind them.

    `level` is segment, document or system. A row of counts is (score, 1), or (0, 0) without one:
    the score of a document is in the row of its first segment, that of a system in the first row.
    """

    column: MetricColumn
    level: str
    ratings: tuple[HumanRating, ...]


def human_columns(
    config: EvaluationConfig,
    test_set: EvaluationSet,
    systems: Sequence[str],
    say: Callable[[str], None] = lambda line: None,
    campaign: Mapping[str, Sequence[HumanRating]] | None = None,
) -> list[HumanColumn]:
    """Return the human scores of a config that belong to a set, with those of a campaign.

    Raises ConfigError if a file cannot be read or fits neither its segments nor its systems.
    """
    found = []
    for name, spec in config.human.items():
        if spec.set not in (None, test_set.name):
            continue
        named = {str(part): column for part, column in spec.columns.items()}
        path, place = spec.path.replace("{set}", test_set.name), f"human.{name}"
        every = read_ratings(path, place, named, systems, spec.key)
        ratings = [rating for rating in every if rating.set in (None, test_set.name)]
        if every and not ratings:
            say(f"{place}: no score on {test_set.name}")
            continue
        found.append(human_column(name, ratings, test_set, systems, spec=spec, say=say))
    for name, given in (campaign or {}).items():
        found.append(human_column(name, given, test_set, systems, say=say))
    return found


def human_column(
    name: str,
    ratings: Sequence[HumanRating],
    test_set: EvaluationSet,
    systems: Sequence[str],
    *,
    spec: HumanSpec | None = None,
    say: Callable[[str], None] = lambda line: None,
) -> HumanColumn:
    """Return judgements of systems as a column; several of one unit are averaged.

    Raises ConfigError if no judgement belongs to the set and its systems.
    """
    place = f"human.{name}"
    known = [rating for rating in ratings if rating.system in systems]
    if not known:
        found = ", ".join(sorted({rating.system for rating in ratings})[:8]) or "no score"
        raise ConfigError(f"{place}: no score for {', '.join(systems)[:200]}; it has {found}")
    if strange := sorted({rating.system for rating in ratings} - set(systems)):
        shown = ", ".join(strange[:5]) + ", …" * (len(strange) > 5)
        say(f"{place}: left out the scores of {plural(len(strange), 'other system')}: {shown}")
    if absent := [name for name in systems if name not in {r.system for r in known}]:
        say(f"{place}: no score for {', '.join(absent)} on {test_set.name}")
    levels = {rating.level for rating in known}
    level = next(each for each in ("segment", "document", "system") if each in levels)
    known = [rating for rating in known if rating.level == level]
    rows = _rows_of(known, level, test_set, place)
    values: dict[tuple[str, int], list[float]] = defaultdict(list)
    used = []
    for rating, row in zip(known, rows, strict=True):
        if row is not None:
            values[rating.system, row].append(rating.score)
            used.append(replace(rating, segment=str(row)))
    if skipped := len(known) - len(used):
        say(f"warning: {place}: {plural(skipped, 'score')} for segments outside {test_set.name}")
    counts = []
    for system in systems:
        table = numpy.zeros((len(test_set.segments), 2))
        for (owner, row), scores in values.items():
            if owner == system:
                table[row] = mean_of(scores), 1.0
        counts.append(Counts(table))
    lower = spec is not None and spec.lower_is_better
    return HumanColumn(MetricColumn(_metric(name, level, lower), counts), level, tuple(used))


def _metric(name: str, level: str, lower: bool) -> Metric:
    made = mean_metric(
        name,
        name,
        unscored,
        answer=f"human {name}",
        signature=f"human:{level}",
        lower_is_better=lower,
        needs_references=False,
        digits=2,
    )
    sentence = mean if level == "segment" else no_sentence
    return replace(made, sentence=sentence, silence=NOT_RATED)


def _rows_of(
    ratings: Sequence[HumanRating], level: str, test_set: EvaluationSet, place: str
) -> list[int | None]:
    """Return the row of every judgement; None outside the set."""
    if level == "system":
        return [0] * len(ratings)
    find = _segment_finder(ratings, test_set) if level == "segment" else _document(test_set)
    rows = [find(rating) for rating in ratings]
    if all(row is None for row in rows):
        unit = ratings[0].segment or ratings[0].document
        raise ConfigError(
            f"{place}: '{unit}' and the others are neither ids nor numbers of a {level} of "
            f"{test_set.name}"
        )
    return rows


def _segment_finder(
    ratings: Sequence[HumanRating], test_set: EvaluationSet
) -> Callable[[HumanRating], int | None]:
    """Return how segments are found: by their Chinese, else by id, line, or place in a document."""
    known: dict[str, list[int]] = defaultdict(list)
    for row, segment in enumerate(test_set.segments):
        known[reference_key(segment.source)].append(row)
    by_number = _number_finder(ratings, test_set)

    def find(rating: HumanRating) -> int | None:
        rows = known.get(reference_key(rating.source or ""), [])
        if len(rows) == 1 or (rating.source and not rows):
            return rows[0] if rows else None
        return by_number(rating)

    return find


def _number_finder(
    ratings: Sequence[HumanRating], test_set: EvaluationSet
) -> Callable[[HumanRating], int | None]:
    """Return how segments are found by id, by line, or by number inside their document."""
    ids = {segment.id: row for row, segment in enumerate(test_set.segments)}
    owners: dict[str, set[str | None]] = defaultdict(set)
    for rating in ratings:
        owners[str(rating.segment)].add(rating.document)
    if any(len(documents) > 1 for documents in owners.values()):
        numbers: dict[str | None, int] = defaultdict(int)
        inside = {}
        for row, segment in enumerate(test_set.segments):
            numbers[segment.document] += 1
            inside[segment.document, str(numbers[segment.document])] = row
        return lambda rating: inside.get((rating.document, str(rating.segment)))
    if any(name in ids for name in owners):
        return lambda rating: ids.get(str(rating.segment))
    return partial(_line, len(test_set.segments))


def _line(segments: int, rating: HumanRating) -> int | None:
    text = str(rating.segment)
    return int(text) - 1 if text.isdecimal() and 0 < int(text) <= segments else None


def _document(test_set: EvaluationSet) -> Callable[[HumanRating], int | None]:
    firsts: dict[str, int] = {}
    for row, segment in enumerate(test_set.segments):
        if segment.document is not None:
            firsts.setdefault(segment.document, row)
    firsts |= {f"#{number}": row for number, row in enumerate(list(firsts.values()), start=1)}
    return lambda rating: firsts.get(str(rating.document))
