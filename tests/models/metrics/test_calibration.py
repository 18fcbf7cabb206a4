"""Expected errors: their file, the weights it must fit, where they stand in scores and report."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy
import pytest

from calibrate_confidence import BINS, Judged, calibration_error, error_map, reliability
from models.errors import WeightsError
from models.load import resolve_translator
from models.metrics.calibration import (
    CALIBRATION,
    LOWEST_LOG_PROBABILITY,
    Bin,
    Calibration,
    ErrorMap,
    floored_mean,
    read_calibration,
    write_calibration,
)
from models.runtime.machine import Machine
from models.specs import Seq2SeqSpec
from models.weights.checksums import write_sums
from models.weights.find import content_identity, sealed_files
from pipeline.config.sections import Config
from pipeline.engine.plan import SCORE
from pipeline.engine.resources import Resources
from pipeline.engine.stages import prepare
from pipeline.errors import ConfigError
from pipeline.records import Translation
from pipeline.report.html import html
from pipeline.report.json import report_json
from pipeline.report.markdown import markdown
from pipeline.report.report import RunDetails, report
from pipeline.score.expected_error import Expectation, expected_error
from pipeline.score.expected_error import reliability as reported
from pipeline.score.score import score
from tests.checkpoints import make_marian
from tests.newspaper import ROWS, Row, article, summary, translation

OWN = ErrorMap(
    unit="100 - chrF",
    fitted_on="1,000 pairs",
    link="share",
    intercept=1.0,
    characters=-0.2,
    log_probability=-1.0,
    ratio=-0.7,
    most=100.0,
    calibration_error=0.7,
    kendall=0.37,
    pearson=0.5,
    reliability=(Bin(50.0, 52.0, 10), Bin(70.0, 69.0, 10)),
)


def test_what_is_written_is_read_again_for_the_same_weights(tmp_path: Path) -> None:
    written = Calibration("abc", OWN, None)
    write_calibration(tmp_path / CALIBRATION, written)
    assert read_calibration(tmp_path / CALIBRATION, "abc") == written


def changed(path: Path, **values: object) -> None:
    content = json.loads(path.read_text(encoding="utf-8")) | values
    path.write_text(json.dumps(content), encoding="utf-8")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"weights": "other"}, r"other weights \(other, here abc\); make a new one"),
        ({"version": 99}, "version 99"),
        ({"own": {"link": "exp"}}, "not a calibration"),
        ({"own": 3}, "not a calibration"),
    ],
)
def test_a_file_that_does_not_fit_is_refused(
    tmp_path: Path, values: dict[str, object], message: str
) -> None:
    path = tmp_path / CALIBRATION
    write_calibration(path, Calibration("abc", OWN, None))
    changed(path, **values)
    with pytest.raises(WeightsError, match=message):
        read_calibration(path, "abc")


def test_the_less_probable_the_more_error_and_never_out_of_bounds() -> None:
    given = replace(OWN, link="exp", most=25.0, ratio=0.0)
    for each in (OWN, given):
        errors = [
            each.expected_error("今年上海的经济", "Shanghai", value)
            for value in (0.0, -1.0, -3.0, -30.0, -1000.0)
        ]
        assert errors == sorted(errors)
        assert errors[-1] == errors[-2]
        assert errors[0] > 0
        assert errors[-1] <= each.most
        for source, text in (("", ""), ("上" * 9999, ""), ("上", "a" * 9999)):
            assert 0 <= each.expected_error(source, text, -1.0) <= each.most


def test_a_token_that_a_model_cannot_write_counts_as_the_least_probable() -> None:
    assert floored_mean((-1.0, -10_000.0)) == (-1.0 + LOWEST_LOG_PROBABILITY) / 2
    assert floored_mean(()) == 0.0


def simulated(link: str, size: int = 4000) -> Judged:
    draw = numpy.random.default_rng(5)
    rows = draw.normal(size=(size, 3))
    total = 0.5 + rows @ numpy.array([0.6, -0.4, 0.2])
    errors = (
        draw.poisson(numpy.exp(total)).astype(float)
        if link == "exp"
        else 100 * draw.binomial(20, 1 / (1 + numpy.exp(-total))) / 20
    )
    return Judged(rows, errors, numpy.arange(size) % 10)


@pytest.mark.parametrize("link", ["exp", "share"])
def test_a_fit_finds_the_map_that_made_the_errors(link: str) -> None:
    fit = error_map(
        simulated(link), "exp" if link == "exp" else "share", "points", "simulated", most=100.0
    )
    found = (fit.intercept, fit.characters, fit.log_probability, fit.ratio)
    assert found == pytest.approx((0.5, 0.6, -0.4, 0.2), abs=0.05)
    spread = max(each.found for each in fit.reliability)
    assert fit.calibration_error < 0.05 * spread
    assert fit.kendall > 0.3
    assert len(fit.reliability) == BINS


def test_errors_that_nothing_announces_are_not_announced() -> None:
    judged = simulated("exp")
    shuffled = numpy.random.default_rng(1).permutation(judged.errors)
    fit = error_map(replace(judged, errors=shuffled), "exp", "points", "noise", most=100.0)
    assert abs(fit.kendall) < 0.05


def test_a_calibration_error_is_the_mean_distance_of_expected_and_found() -> None:
    expected = numpy.arange(100.0)
    assert calibration_error(reliability(expected, expected)) == 0
    assert calibration_error(reliability(expected, expected + 3)) == pytest.approx(3)


def test_scores_carry_it_for_what_the_own_model_wrote() -> None:
    rows: tuple[Row, ...] = (*ROWS, ("credit", "撰文 / 屠瑜", "Text: Tu Yu", None))
    [own] = [translation(rows)]
    fallback = replace(own.sentences[1], rung="fallback")
    mixed = Translation(own.article_id, (own.sentences[0], fallback, *own.sentences[2:]))
    [row] = score(
        [article(rows)], [mixed], metrics=(), references={}, expected_error=expected_error(OWN)
    )
    known = [each.expected_error is not None for each in row.sentences]
    assert known == [each.origin == "model" and each.rung != "fallback" for each in mixed.sentences]
    assert True in known
    assert False in known


def config(output: Path, calibration: str = "auto", **translate: object) -> Config:
    return Config.model_validate(
        {
            "input": {"paths": ["x"]},
            "output": str(output),
            "runtime": {"device": "cpu"},
            "translate": {"model": {"kind": "seq2seq", "path": "bundled:zh-en"}} | translate,
            "summarize": {"model": {"kind": "extractive"}},
            "score": {"estimator": {"kind": "confidence", "calibration": calibration}},
        }
    )


def bundled_identity() -> str:
    spec = Seq2SeqSpec(kind="seq2seq", path="bundled:zh-en")
    return resolve_translator(spec, Machine(device="cpu")).identity


def test_a_named_file_must_fit_and_is_in_the_key(tmp_path: Path) -> None:
    path = tmp_path / "own.json"
    write_calibration(path, Calibration(bundled_identity(), OWN, None))
    settings = config(tmp_path, str(path))
    found = Resources(settings).expectation.calibration
    assert found is not None
    assert found.own == OWN
    keys = {prepare(SCORE, settings).key([])}
    changed_map = Calibration(bundled_identity(), replace(OWN, intercept=2.0), None)
    write_calibration(path, changed_map)
    keys.add(prepare(SCORE, settings).key([]))
    assert len(keys) == 2
    write_calibration(path, Calibration("other", OWN, None))
    with pytest.raises(ConfigError, match=r"score\.estimator\.calibration: .* other weights"):
        prepare(SCORE, settings)


def test_what_lies_beside_other_weights_is_left_alone_with_a_reason(tmp_path: Path) -> None:
    folder = make_marian(tmp_path / "model")
    spec = Seq2SeqSpec(kind="seq2seq", path=str(folder))

    def expectation(calibration: str) -> Expectation:
        settings = config(tmp_path, calibration)
        translate = settings.translate.model_copy(update={"model": spec})
        return Resources(settings.model_copy(update={"translate": translate})).expectation

    assert "has no calibration.json" in expectation("auto").reason
    write_calibration(folder / CALIBRATION, Calibration("other", OWN, None))
    assert "made for other weights" in expectation("auto").reason
    identity = resolve_translator(spec, Machine(device="cpu")).identity
    write_calibration(folder / CALIBRATION, Calibration(identity, OWN, None))
    assert expectation("auto").calibration is not None
    assert "turned off" in expectation("off").reason


def test_a_choice_among_translations_is_not_what_was_calibrated(tmp_path: Path) -> None:
    found = Resources(config(tmp_path, choose={"by": "consensus"})).expectation
    assert found.calibration is None
    assert "consensus" in found.reason


def test_a_calibration_is_sealed_and_no_part_of_the_identity(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    shutil.copy(Path(__file__).parents[3] / "models/bundled/zh-en/config.json", folder)
    write_sums(folder, sealed_files(folder))
    before = content_identity(folder, tmp_path / "cache")
    (folder / CALIBRATION).write_text("{}", encoding="utf-8")
    write_sums(folder, sealed_files(folder))
    assert CALIBRATION in (folder / "SHA256SUMS").read_text(encoding="utf-8")
    assert content_identity(folder, tmp_path / "cache") == before


def test_the_report_says_what_to_expect_and_what_to_read_next() -> None:
    rows: tuple[Row, ...] = tuple(
        ("paragraph", "经济情况很好。", "The economy is in good health.", confidence / 100)
        for confidence in range(20, 60, 2)
    )
    articles, translations = [article(rows)], [translation(rows)]
    scores = score(
        articles, translations, metrics=(), references={}, expected_error=expected_error(OWN)
    )
    value = report(
        list(zip(articles, translations, [summary()], scores, strict=True)),
        RunDetails(reliability=reported(OWN)),
    )
    assert [line.source.id for line in value.unsure] == ["s1", "s2"]
    assert value.expected_error is not None
    assert any("expected" in each for each in value.stands_out)
    page = "".join(html(value))
    assert "Read these next" in page
    assert "expected 50.0, measured 52.0 in 10 segments" in page
    assert f"{value.unsure[0].score.expected_error:.0f} %" in page
    assert "## Read these next" in "".join(markdown(value))
    found = json.loads("".join(report_json(value)))["expected_error"]
    assert found["calibration_error"] == 0.7
    assert found["mean"] == value.expected_error
