"""Trained metrics say what the original packages say, and keep the laws of a scorer.

tests/golden/neural_metrics.json has what unbabel-comet 2.2.7, bert-score 0.3.13 and mT5 in
transformers 4.57 said of checkpoints made by a formula (scripts/metrics/compare_neural_metrics.py).
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from metric_checkpoints import (
    COMET_KINDS,
    make_comet,
    make_encoder,
    make_metricx,
)
from metric_segments import SEGMENTS
from models.errors import WeightsError
from models.metrics.layers import sparsemax
from models.metrics.load import load_scorer, resolve_scorer
from models.metrics.recipe import recipe_of
from models.metrics.spans import error_spans, mqm_score
from models.protocols import ErrorSpan, Segment, SegmentScore, SegmentScorer
from models.resolved import ResolvedScorer
from models.runtime.machine import Machine
from models.specs import BertScoreSpec, CometSpec, MetricXSpec, ScorerSpec

GOLDEN: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "golden/neural_metrics.json").read_text(encoding="utf-8")
)
ALL = [Segment(*each) for each in SEGMENTS]
TEXTS = [text for each in ALL for text in asdict(each).values()]
PARTS = {"src": "source", "ref": "reference"}
READS_NO_REFERENCE = ("comet-qe", "cometkiwi")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every checkpoint once, by name."""
    made = tmp_path_factory.mktemp("metrics")
    for kind in COMET_KINDS:
        make_comet(made / kind, kind, TEXTS)
    make_metricx(made / "metricx-safetensors", TEXTS)
    make_metricx(made / "metricx-bin", TEXTS, pickled=True)
    make_encoder(made / "encoder", TEXTS)
    return made


@pytest.fixture(scope="module", autouse=True)
def _threads() -> Iterator[None]:
    """Give torch its threads back: a loaded scorer sets them for the whole process."""
    count = torch.get_num_threads()
    yield
    torch.set_num_threads(count)


def spec_of(name: str, folder: Path) -> ScorerSpec:
    """Give the spec for a name of the golden file."""
    if name == "bertscore":
        return BertScoreSpec(kind="bertscore", path=str(folder / "encoder"), layer=2)
    if name.startswith("metricx"):
        kind, _, form = name.partition(" ")
        return MetricXSpec(
            kind="metricx",
            path=str(folder / f"metricx-{form}"),
            version=24 if "24" in kind else 23,
            reference_free="qe" in kind,
            max_tokens=160,
        )
    kind, _, rest = name.partition(",")
    return CometSpec(kind="comet", path=str(folder / kind), reference_free=bool(rest))


def resolved_of(spec: ScorerSpec) -> ResolvedScorer:
    return resolve_scorer(spec, Machine(device="cpu"))


def scorer_of(spec: ScorerSpec, batch_tokens: int = 4096) -> SegmentScorer:
    return load_scorer(spec, resolved_of(spec), Machine(batch_tokens=batch_tokens, threads=1))


@pytest.mark.parametrize("name", GOLDEN)
def test_scores_are_those_of_the_original_package(name: str, folder: Path) -> None:
    found = scorer_of(spec_of(name, folder)).score(ALL)
    golden = GOLDEN[name]
    assert [each.score for each in found] == pytest.approx(golden["scores"], abs=1e-4)
    for part, values in golden.get("parts", {}).items():
        ours = [dict(each.parts).get(PARTS.get(part, part)) for each in found]
        assert ours == pytest.approx(values, abs=1e-4)
    if golden.get("spans"):
        assert sum(map(len, golden["spans"])) > 10
        for one, spans in zip(found, golden["spans"], strict=True):
            places = [(span["start"], span["end"], span["severity"]) for span in spans]
            assert [(span.start, span.end, span.severity) for span in one.spans] == places
            confidences = [span["confidence"] for span in spans]
            assert [span.confidence for span in one.spans] == pytest.approx(confidences, abs=1e-4)


def test_golden_scores_differ_between_segments_and_checkpoints() -> None:
    rows = [tuple(golden["scores"]) for name, golden in GOLDEN.items() if "bin" not in name]
    assert len(set(rows)) == len(rows)
    assert all(len(set(row)) >= 6 for row in rows)


ONE_OF_EACH = [
    "comet",
    "cometkiwi",
    "xcomet",
    "metricx-23 bin",
    "metricx-24-qe safetensors",
    "bertscore",
]


@pytest.fixture(scope="module", params=ONE_OF_EACH)
def named(request: pytest.FixtureRequest, folder: Path) -> tuple[ScorerSpec, SegmentScorer]:
    spec = spec_of(request.param, folder)
    return spec, scorer_of(spec)


def close(first: Sequence[SegmentScore], second: Sequence[SegmentScore]) -> bool:
    """Tell whether scores are the same up to rounding, and all else exactly."""
    same = [each.truncated for each in first] == [each.truncated for each in second]
    return same and [each.score for each in first] == pytest.approx(
        [each.score for each in second], abs=1e-5
    )


def test_the_result_has_the_length_and_order_of_the_input(
    named: tuple[ScorerSpec, SegmentScorer],
) -> None:
    _, scorer = named
    forward, backward = scorer.score(ALL), scorer.score(ALL[::-1])
    assert len(forward) == len(ALL)
    assert close(forward, backward[::-1])


def test_nothing_is_scored_for_no_segments(named: tuple[ScorerSpec, SegmentScorer]) -> None:
    assert named[1].score([]) == []


def test_the_same_segments_score_the_same_twice(named: tuple[ScorerSpec, SegmentScorer]) -> None:
    assert named[1].score(ALL) == named[1].score(ALL)


def test_a_segment_does_not_depend_on_its_neighbours(
    named: tuple[ScorerSpec, SegmentScorer],
) -> None:
    spec, scorer = named
    whole = scorer.score([*ALL, *ALL])
    assert close(whole, [scorer.score([each])[0] for each in [*ALL, *ALL]])
    assert close(whole[: len(ALL)], scorer_of(spec, batch_tokens=1).score(ALL))


def test_a_long_input_is_scored_and_flagged(named: tuple[ScorerSpec, SegmentScorer]) -> None:
    flags = [each.truncated for each in named[1].score(ALL)]
    assert flags[-1]
    assert not any(flags[1:6])


def test_spans_lie_in_the_hypothesis(folder: Path) -> None:
    for one, segment in zip(scorer_of(spec_of("xcomet", folder)).score(ALL), ALL, strict=True):
        assert all(0 <= span.start <= span.end <= len(segment.hypothesis) for span in one.spans)


def test_a_missing_reference_is_named_and_not_made_up(
    named: tuple[ScorerSpec, SegmentScorer],
) -> None:
    scorer = named[1]
    segments = [ALL[0], Segment("源", "hypothesis")]
    if not scorer.needs_reference:
        assert len(scorer.score(segments)) == 2
        return
    with pytest.raises(WeightsError, match="segment 2 of 2 has no reference"):
        scorer.score(segments)


def test_a_reference_free_scorer_does_not_read_references(folder: Path) -> None:
    for name in (*READS_NO_REFERENCE, "xcomet, no reference", "metricx-24-qe safetensors"):
        scorer = scorer_of(spec_of(name, folder))
        other = [Segment(each.source, each.hypothesis, "something else") for each in ALL[:4]]
        assert scorer.score(ALL[:4]) == scorer.score(other)


def test_what_resolving_says_of_a_scorer_is_true_of_it(
    named: tuple[ScorerSpec, SegmentScorer],
) -> None:
    spec, scorer = named
    resolved = resolved_of(spec)
    assert resolved.needs_reference == scorer.needs_reference
    assert resolved.higher_is_better == scorer.higher_is_better
    assert resolved.higher_is_better != isinstance(spec, MetricXSpec)
    assert resolved.precision == "float32"


def test_a_memory_too_small_for_a_batch_halves_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from models.metrics.encoder import Encoder, EncoderOutput

    scorer = scorer_of(spec_of("comet", folder))
    expected = scorer.score(ALL)
    run = Encoder.run

    def small(self: Encoder, batch: Sequence[Sequence[int]]) -> EncoderOutput:
        if len(batch) > 2:
            raise MemoryError("full")
        return run(self, batch)

    monkeypatch.setattr(Encoder, "run", small)
    assert close(scorer.score(ALL), expected)


def test_float16_is_refused_for_metricx(folder: Path) -> None:
    with pytest.raises(WeightsError, match=r"precision: float16: .* set precision to auto"):
        resolve_scorer(
            spec_of("metricx-24 bin", folder).model_copy(update={"precision": "float16"}),
            Machine(device="cpu"),
        )


def test_bertscore_refuses_a_layer_that_is_not_there(folder: Path) -> None:
    spec = BertScoreSpec(kind="bertscore", path=str(folder / "encoder"), layer=4)
    with pytest.raises(WeightsError, match="layer: 4 is more than the 3 layers"):
        scorer_of(spec)


def test_bertscore_of_a_text_with_itself_is_one(folder: Path) -> None:
    [score] = scorer_of(spec_of("bertscore", folder)).score([Segment("", "a b c", "a b c")])
    assert score.score == pytest.approx(1, abs=1e-6)
    assert dict(score.parts) == pytest.approx({"precision": 1, "recall": 1}, abs=1e-6)


def test_bertscore_of_another_layer_is_another(folder: Path) -> None:
    path = str(folder / "encoder")
    rows = [
        scorer_of(BertScoreSpec(kind="bertscore", path=path, layer=layer)).score(ALL[:2])
        for layer in range(4)
    ]
    assert len({row[0].score for row in rows}) == 4


VECTORS = st.lists(st.floats(-5, 5), min_size=1, max_size=12)


@given(VECTORS)
def test_sparsemax_is_a_share_of_one_and_keeps_order(values: list[float]) -> None:
    given_values = torch.tensor(values, dtype=torch.float64)
    shares = sparsemax(given_values)
    assert float(shares.sum()) == pytest.approx(1)
    assert bool((shares >= 0).all())
    # The nearest point of the simplex: every share that is not 0 lies equally far away.
    gaps = (given_values - shares)[shares > 1e-9]
    assert float(gaps.max() - gaps.min()) == pytest.approx(0, abs=1e-9)


NONE, MINOR, MAJOR = (0.8, 0.1, 0.1), (0.1, 0.8, 0.1), (0.2, 0.2, 0.6)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], ()),
        ([NONE, NONE, NONE], ()),
        ([NONE, MINOR, NONE], (ErrorSpan(2, 4, "minor", 0.8),)),
        ([NONE, MINOR, MAJOR, NONE], (ErrorSpan(2, 6, "minor", 0.7),)),
        (
            [MAJOR, NONE, MINOR, NONE],
            (ErrorSpan(0, 2, "major", 0.6), ErrorSpan(4, 6, "minor", 0.8)),
        ),
        # Still open at the end of the sentence: dropped, as by the original.
        ([NONE, MINOR, MINOR], ()),
    ],
)
def test_neighbouring_errors_are_one_span(
    rows: list[tuple[float, ...]], expected: tuple[ErrorSpan, ...]
) -> None:
    offsets = [(2 * n, 2 * n + 2) for n in range(len(rows))]
    found = error_spans(rows, offsets, ("minor", "major"))
    assert [(e.start, e.end, e.severity) for e in found] == [
        (e.start, e.end, e.severity) for e in expected
    ]
    assert [e.confidence for e in found] == pytest.approx([e.confidence for e in expected])


@pytest.mark.parametrize(
    ("severities", "expected"),
    [((), 1.0), (("minor",), 0.96), (("minor", "major"), 0.76), (("critical",) * 4, 0.0)],
)
def test_error_spans_cost_points(severities: tuple[str, ...], expected: float) -> None:
    spans = [ErrorSpan(0, 1, severity, 1.0) for severity in severities]
    assert mqm_score(spans) == pytest.approx(expected)


def test_what_a_checkpoint_stores_overrules_hparams_yaml_save_for_the_patch() -> None:
    path = Path("hparams.yaml")
    written = {"class_identifier": "regression_metric", "pool": "max", "layer": 1}
    recipe = recipe_of(path, written, {"pool": "cls", "layer_transformation": "sparsemax"})
    assert (recipe.pooling, recipe.layer, recipe.sparse) == ("cls", None, True)
    patched = written | {"layer_transformation": "sparsemax_patch"}
    assert not recipe_of(path, patched, {"layer_transformation": "sparsemax"}).sparse
    assert recipe_of(path, written).pooling == "max"
