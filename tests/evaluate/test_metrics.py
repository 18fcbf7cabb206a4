"""The metrics equal sacreBLEU's, ROUGE knows Chinese, and nothing is resampled differently."""

import hashlib
from pathlib import Path

import numpy
import pytest
from sacrebleu.metrics.base import Metric as Peer
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF
from sacrebleu.metrics.ter import TER
from sacrebleu.significance import PairedTest

from pipeline.errors import ConfigError
from pipeline.evaluate.metrics.metrics import MetricName, corpus_score, metric
from pipeline.evaluate.results import EvaluationSegment, EvaluationSet
from pipeline.evaluate.significance import (
    bootstrap_p_value,
    groups,
    holm,
    interval,
    randomization_p_values,
    ranks,
    resampled_scores,
)
from pipeline.score.rouge import longest_common_subsequence, rouge_scores, tokens
from tests.evaluations import sentences, small_set, worsened

REFERENCES = sentences(80)
GOOD = worsened(REFERENCES, 0.3, seed=2)
BAD = worsened(GOOD, 0.4, seed=3)
ODD = ["", "x", "the", REFERENCES[3].upper(), "中文。", *GOOD[5:]]

PEERS: list[tuple[MetricName, Peer]] = [
    ("bleu", BLEU()),
    ("chrf", CHRF()),
    ("chrf++", CHRF(word_order=2)),
    ("ter", TER()),
]


@pytest.mark.parametrize(("name", "peer"), PEERS, ids=[name for name, _ in PEERS])
@pytest.mark.parametrize(
    "hypotheses", [GOOD, BAD, ODD, REFERENCES], ids=["good", "bad", "odd", "same"]
)
def test_scores_of_corpus_and_sentence_equal_sacrebleu(
    name: MetricName, peer: Peer, hypotheses: list[str]
) -> None:
    own = metric(name)
    table = own.statistics(small_set(REFERENCES), hypotheses).rows
    assert corpus_score(own, table) == pytest.approx(
        peer.corpus_score(hypotheses, [REFERENCES]).score, abs=1e-9
    )
    of_sentence = BLEU(effective_order=True) if name == "bleu" else peer
    expected = [
        of_sentence.sentence_score(text, [reference]).score
        for text, reference in zip(hypotheses, REFERENCES, strict=True)
    ]
    assert own.sentence(table) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(("name", "peer"), PEERS, ids=[name for name, _ in PEERS])
def test_signature_and_interval_are_sacrebleus(name: MetricName, peer: Peer) -> None:
    own = metric(name)
    table = own.statistics(small_set(REFERENCES), GOOD).rows
    [drawn] = resampled_scores([table], [own.corpus], 300)
    theirs = peer.corpus_score(GOOD, [REFERENCES], n_bootstrap=300)
    assert own.signature("1", 300) == str(peer.get_signature())
    assert float(drawn.mean()) == pytest.approx(theirs._mean, abs=1e-3)
    low, high = interval(drawn)
    assert (high - low) / 2 == pytest.approx(theirs._ci, abs=0.2)


def test_several_references_and_gaps_equal_sacrebleu() -> None:
    second = [text if at % 2 else None for at, text in enumerate(sentences(80, seed=9))]
    test_set = EvaluationSet(
        "two",
        tuple(
            EvaluationSegment(str(at), "中", (one, *([other] if other else [])))
            for at, (one, other) in enumerate(zip(REFERENCES, second, strict=True))
        ),
    )
    for name, peer in PEERS:
        own = metric(name)
        theirs = peer.corpus_score(GOOD, [REFERENCES, second])  # type: ignore[list-item]
        table = own.statistics(test_set, GOOD).rows
        assert corpus_score(own, table) == pytest.approx(theirs.score, abs=1e-9)
        assert own.signature("var", 0).startswith("nrefs:var|")


@pytest.mark.parametrize("kind", ["bs", "ar"])
def test_p_values_agree_with_sacrebleus_paired_test(kind: str) -> None:
    own = metric("chrf++")
    near = worsened(GOOD, 0.25, seed=8)
    tables = [own.statistics(small_set(REFERENCES), each).rows for each in (GOOD, BAD, near)]
    _, theirs = PairedTest(
        [("good", GOOD), ("bad", BAD), ("near", near)],
        {"chrF2++": CHRF(word_order=2)},
        [REFERENCES],
        test_type=kind,
        n_samples=500,
    )()
    expected = [result.p_value for result in theirs["chrF2++"][1:]]  # type: ignore[union-attr]
    if kind == "ar":
        pairs = [(tables[0], other, own.corpus) for other in tables[1:]]
        found = randomization_p_values(pairs, 500)
    else:
        drawn = resampled_scores(tables, [own.corpus] * 3, 500)
        scores = [corpus_score(own, table) for table in tables]
        found = [bootstrap_p_value(drawn[0], drawn[n], scores[0] - scores[n]) for n in (1, 2)]
    assert found == pytest.approx(expected, abs=0.003)


def test_a_difference_in_five_sentences_is_as_likely_as_their_swaps_say() -> None:
    """2 of the 32 ways to swap five sentences are as extreme; sacreBLEU leaves out the ties."""
    own = metric("chrf++")
    tables = [own.statistics(small_set(REFERENCES), each).rows for each in (REFERENCES, ODD[:5])]
    changed = numpy.vstack([tables[1], tables[0][5:]])
    [p_value] = randomization_p_values([(tables[0], changed, own.corpus)], 20_000)
    assert p_value == pytest.approx(2 / 32, abs=0.01)


def test_a_system_compared_with_itself_is_never_different() -> None:
    own = metric("chrf++")
    table = own.statistics(small_set(REFERENCES), GOOD).rows
    assert randomization_p_values([(table, table, own.corpus)], 100) == [1.0]
    [drawn] = resampled_scores([table], [own.corpus], 100)
    assert bootstrap_p_value(drawn, drawn, 0.0) == 1.0


def test_slices_of_resamples_are_the_draws_of_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    own = metric("bleu")
    tables = [own.statistics(small_set(REFERENCES), each).rows for each in (GOOD, BAD)]
    pairs = [(tables[0], tables[1], own.corpus)]
    whole = resampled_scores(tables, [own.corpus] * 2, 300), randomization_p_values(pairs, 300)
    monkeypatch.setattr("pipeline.evaluate.significance._CELLS", 80 * 32)
    cut = resampled_scores(tables, [own.corpus] * 2, 300), randomization_p_values(pairs, 300)
    assert numpy.array_equal(whole[0], cut[0])
    assert whole[1] == cut[1]


HOLM = [
    ([], []),
    ([0.03], [0.03]),
    ([0.01, 0.04, 0.03], [0.03, 0.06, 0.06]),
    ([0.5, 0.6], [1.0, 1.0]),
]


@pytest.mark.parametrize(("p_values", "adjusted"), HOLM)
def test_holm_corrects_step_by_step(p_values: list[float], adjusted: list[float]) -> None:
    assert holm(p_values) == pytest.approx(adjusted)


def test_systems_that_cannot_be_told_apart_share_a_rank() -> None:
    better = {("a", "c"): True, ("b", "c"): True, ("a", "d"): True, ("b", "d"): True}
    assert ranks("abcd", better) == {"a": 1, "b": 1, "c": 3, "d": 3}
    assert groups("abcd", better) == {"a": 1, "b": 1, "c": 2, "d": 2}


# hypothesis, reference, ROUGE-1, ROUGE-2, ROUGE-L, worked out by hand
ROUGE = [
    ("the cat sat", "the cat sat", 100, 100, 100),
    ("the cat", "the dog", 50, 0, 50),
    ("sat the cat", "the cat sat", 100, 50, 66.67),
    ("金山区新闻", "金山区的新闻", 90.91, 66.67, 90.91),
    ("GDP增长5%", "gdp 增长 5%", 100, 100, 100),
    ("", "the cat", 0, 0, 0),
    ("。，！", "。", 0, 0, 0),
]


@pytest.mark.parametrize(("hypothesis", "reference", "one", "two", "longest"), ROUGE)
def test_rouge_counts_chinese_characters_and_english_words(
    hypothesis: str, reference: str, one: float, two: float, longest: float
) -> None:
    found = [
        rouge_scores([hypothesis], [[reference]], kind)[0]
        for kind in ("rouge1", "rouge2", "rougel")
    ]
    assert found == pytest.approx([one, two, longest], abs=0.01)


def test_rouge_takes_the_best_reference_and_its_tokens_are_lower_case() -> None:
    assert rouge_scores(["the cat"], [["a dog", "The Cat"]], "rouge1") == [100.0]
    assert tokens("Jinshan 金山, U.S.") == ["jinshan", "金", "山", "u", "s"]
    assert longest_common_subsequence("abcd", "acbd") == 3


def test_spbleu_says_how_to_get_its_tokenizer(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sacrebleu.utils.SACREBLEU_DIR", str(tmp_path))
    with pytest.raises(ConfigError, match="metrics: spbleu: its tokenizer is missing"):
        metric("spbleu")


BUNDLED = Path(__file__).parents[2] / "models/bundled/zh-en/target.spm"


def test_spbleu_counts_the_pieces_that_sacrebleu_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the bundled model's pieces in the place of FLORES-200's."""
    (tmp_path / "models").mkdir()
    (tmp_path / "models/flores200sacrebleuspm").write_bytes(BUNDLED.read_bytes())
    for module in ("sacrebleu.utils", "sacrebleu.tokenizers.tokenizer_spm"):
        monkeypatch.setattr(f"{module}.SACREBLEU_DIR", str(tmp_path))
    own = metric("spbleu")
    peer = BLEU(tokenize="flores200")
    table = own.statistics(small_set(REFERENCES), GOOD).rows
    expected = peer.corpus_score(GOOD, [REFERENCES])
    assert corpus_score(own, table) == pytest.approx(expected.score, abs=1e-9)
    assert own.signature("1", 0) == str(peer.get_signature())


def test_spbleu_with_a_file_says_which(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    digest = hashlib.sha256(BUNDLED.read_bytes()).hexdigest()
    own = metric("spbleu", spbleu_model=str(BUNDLED))
    assert f"|tok:spm-{digest[:12]}|" in own.signature("1", 0)
    assert own.statistics(small_set(REFERENCES), GOOD).rows.shape == (80, 10)
    monkeypatch.setattr("pipeline.evaluate.metrics.spbleu.FLORES200", digest)
    same = metric("spbleu", spbleu_model=str(BUNDLED))
    assert "|tok:flores200|" in same.signature("1", 0)
    assert own.answer != same.answer
    with pytest.raises(ConfigError, match="spbleu_model: none: no such file"):
        metric("spbleu", spbleu_model="none")
    (tmp_path / "x.model").write_text("x", encoding="utf-8")
    with pytest.raises(ConfigError, match="no SentencePiece model"):
        metric("spbleu", spbleu_model=str(tmp_path / "x.model")).signature("1", 0)
