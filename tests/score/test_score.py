"""Scores: what a model wrote is checked; metrics only where there is a reference."""

import subprocess
import sys

import pytest
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF
from sacrebleu.metrics.ter import TER

from pipeline.errors import AlignmentError
from pipeline.language.glossary import parse_glossary
from pipeline.records import Translation
from pipeline.score.metrics import LONGEST_TER_WORDS, RunMetric, corpus_metrics, sentence_metrics
from pipeline.score.score import corpus_scores, score
from tests.newspaper import ROWS, Row, article, translation

METRICS: tuple[RunMetric, ...] = ("bleu", "chrf", "ter")
REFERENCES = {
    "投资124亿元。": "It invested 12.4 billion yuan.",
    "金山持续优化营商环境。": "Jinshan improves the business environment.",
    "撰文/屠瑜": "Written by Tu Yu",
}


def test_findings_confidence_and_metrics_stand_at_their_sentences() -> None:
    [row] = score([article()], [translation()], metrics=METRICS, references=REFERENCES)
    assert [one.id for one in row.sentences] == ["s1", "s2", "s3", "s4", "s5"]
    assert [[f.check for f in one.findings] for one in row.sentences] == [
        [],
        [],
        ["numbers"],
        [],
        [],
    ]
    assert row.confidence == pytest.approx((0.8 + 0.6 + 0.9 + 0.7) / 4)
    assert [bool(one.metrics) for one in row.sentences] == [False, False, True, True, False]
    assert [(one.name, one.value) for one in row.sentences[3].metrics] == [
        ("BLEU", 100.0),
        ("chrF2++", 100.0),
        ("TER", 0.0),
    ]


def test_what_a_rule_wrote_is_neither_checked_nor_scored_nor_averaged() -> None:
    rows: tuple[Row, ...] = (("credit", "撰文 / 屠瑜", "撰文 124", None),)
    [row] = score([article(rows)], [translation(rows)], metrics=METRICS, references=REFERENCES)
    assert row.sentences[0].findings == ()
    assert row.sentences[0].metrics == ()
    assert row.confidence is None


def test_spaces_do_not_keep_a_sentence_from_its_reference() -> None:
    rows: tuple[Row, ...] = (("paragraph", "投资 124\u3000亿元。", "It invested.", 0.5),)
    [row] = score([article(rows)], [translation(rows)], metrics=("bleu",), references=REFERENCES)
    assert row.sentences[0].reference == "It invested 12.4 billion yuan."


def test_terms_are_checked_where_there_is_a_glossary() -> None:
    glossary = parse_glossary("营商环境\tdoing-business climate")
    [row] = score([article()], [translation()], metrics=(), references={}, glossary=glossary)
    assert [f.check for f in row.sentences[3].findings] == ["terms"]


def test_an_article_with_a_reference_of_its_own_is_scored_as_a_whole() -> None:
    text = "\n".join(en for _, _, en, _ in ROWS)
    rows = [article(reference=text)]
    [row] = score(rows, [translation()], metrics=("chrf",), references={})
    assert [(one.name, one.value) for one in row.metrics] == [("chrF2++", 100.0)]
    [total] = corpus_scores(rows, [translation()], [row], metrics=("chrf",), bootstrap_samples=50)
    assert (total.score, total.segments) == (100.0, 1)


def test_without_references_there_are_no_metrics() -> None:
    scores = score([article()], [translation()], metrics=METRICS, references={})
    assert scores[0].metrics == ()
    assert (
        corpus_scores([article()], [translation()], scores, metrics=METRICS, bootstrap_samples=50)
        == []
    )


def test_tables_that_do_not_match_are_refused() -> None:
    with pytest.raises(AlignmentError, match="a: the translation beside it is of b"):
        score([article()], [translation(name="b")], metrics=(), references={})
    with pytest.raises(AlignmentError, match="0 translations for 1 articles"):
        score([article()], [], metrics=(), references={})
    with pytest.raises(AlignmentError, match="sentence s1 has no translation"):
        score([article()], [Translation("a", ())], metrics=(), references={})


HYPOTHESES = [f"the cat number {number} sat on the mat" for number in range(12)]
TRUTHS = [
    f"a cat called {number} sat on {'my' if number % 3 else 'the'} mat" for number in range(12)
]


@pytest.mark.parametrize(
    ("name", "metric"), [("bleu", BLEU()), ("chrf", CHRF(word_order=2)), ("ter", TER())]
)
def test_corpus_scores_are_those_of_sacrebleu_with_its_signature(
    name: RunMetric, metric: BLEU | CHRF | TER
) -> None:
    [ours] = corpus_metrics(HYPOTHESES, TRUTHS, [name], bootstrap_samples=200)
    theirs = metric.corpus_score(HYPOTHESES, [TRUTHS], n_bootstrap=200)
    assert ours.score == round(theirs.score, 2)
    assert ours.signature == str(metric.get_signature())
    assert ours.low <= ours.score <= ours.high
    # sacreBLEU reports the same resamples as mean ± half the width of the interval
    assert (ours.high - ours.low) / 2 == pytest.approx(theirs._ci, rel=0.2)


def test_intervals_are_the_same_every_time_whatever_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = corpus_metrics(HYPOTHESES, TRUTHS, METRICS, bootstrap_samples=100)
    monkeypatch.setenv("SACREBLEU_SEED", "none")
    assert corpus_metrics(HYPOTHESES, TRUTHS, METRICS, bootstrap_samples=100) == first


def test_no_resamples_leave_the_interval_and_the_seed_out() -> None:
    [row] = corpus_metrics(HYPOTHESES, TRUTHS, ["bleu"], bootstrap_samples=0)
    assert row.low == row.high
    assert "seed" not in row.signature


def test_ter_is_left_out_where_a_segment_is_too_long_for_it() -> None:
    text = "word " * (LONGEST_TER_WORDS + 1)
    assert [one.name for one in sentence_metrics(text, text, METRICS)] == ["BLEU", "chrF2++"]


def test_the_stage_imports_no_metric_before_it_needs_one() -> None:
    program = "import sys, pipeline.score.score; print('sacrebleu' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"


def test_every_row_of_the_sample_is_scored() -> None:
    [row] = score([article()], [translation()], metrics=(), references={})
    assert len(row.sentences) == len(ROWS)
