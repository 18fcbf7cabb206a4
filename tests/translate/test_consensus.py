"""Expected chrF is sacreBLEU's chrF, pair by pair, and far faster."""

import random

import pytest
from sacrebleu.metrics.chrf import CHRF

from pipeline.translate.consensus import expected_chrf

WORDS = "the the a report says that more people live and work in cities 8.5% café 上海".split()

TEXTS = {
    "alike and apart": ["a cat sat", "a cat sat down", "the dog"],
    "copies": ["a cat", "a dog", "a cat", "a cat"],
    "short": ["a", "ab", "abc", "b"],
    "one is empty": ["", "a cat", "a dog"],
    "all are empty": ["", "", ""],
    "spaces alone": ["a b", "ab", " "],
    "repeats": ["aaaaaaaaaaaa", "aaa", "aaaaab"],
    "two": ["more people", "fewer people"],
}


def slow(texts: list[str]) -> list[float]:
    metric = CHRF()
    return [
        sum(
            100.0 if own == other else metric.sentence_score(own, [other]).score
            for at, other in enumerate(texts)
            if at != place
        )
        / (len(texts) - 1)
        for place, own in enumerate(texts)
    ]


@pytest.mark.parametrize("texts", TEXTS.values(), ids=list(TEXTS))
def test_every_pair_scores_as_sacrebleu_scores_it(texts: list[str]) -> None:
    assert expected_chrf(texts) == pytest.approx(slow(texts), abs=1e-4)


def test_random_texts_score_as_sacrebleu_scores_them() -> None:
    draw = random.Random(3)
    for _ in range(10):
        texts = [" ".join(draw.choices(WORDS, k=draw.randint(1, 30))) for _ in range(8)]
        assert expected_chrf(texts) == pytest.approx(slow(texts), abs=1e-4)


def test_one_text_is_its_own_consensus_and_none_has_none() -> None:
    assert expected_chrf(["alone"]) == [100.0]
    assert expected_chrf([]) == []


def test_order_changes_nothing() -> None:
    texts = TEXTS["alike and apart"]
    assert expected_chrf(texts[::-1]) == pytest.approx(expected_chrf(texts)[::-1])
