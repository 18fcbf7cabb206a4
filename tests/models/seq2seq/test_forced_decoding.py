"""The laws of forced decoding, held by every architecture on both backends."""

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from models.errors import WeightsError
from models.load import load_translator, resolve_translator
from models.protocols import TranslationScore, best_translations
from models.runtime.machine import Machine
from models.seq2seq.forced_decoding import BatchScorer, Forced, translation_scorer
from models.seq2seq.translator import BatchTranslator, Decoding
from models.specs import Backend, Seq2SeqSpec
from pipeline.testing import EchoTranslator
from tests.checkpoints import POSITIONS, TRANSLATORS
from tests.fakes import Letters

PAIRS = (
    ("今年上海的经济合作。", "more people live and work"),
    ("医疗资源", "more people"),
    ("医疗资源", ""),
    ("", "more people"),
    ("", " \u200b"),
    ("记者在北京采访，人民日报说：发展是我们共同的目标。", "the report says that it will grow."),
    ("今年上海的经济合作。", "more people live and work"),
)
LONG = "more people live and work in cities this year " * 20


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("checkpoints")
    return {name: make(root / name) for name, make in TRANSLATORS.items()}


def load(folder: Path, backend: Backend) -> BatchTranslator:
    spec = Seq2SeqSpec(kind="seq2seq", path=str(folder), backend=backend, max_target_tokens=40)
    resolved = resolve_translator(spec, Machine(device="cpu", precision="float32"))
    translator = load_translator(spec, resolved, Machine(threads=1))
    assert isinstance(translator, BatchTranslator)
    return translator


def values(scores: Sequence[TranslationScore]) -> list[float]:
    return [value for score in scores for value in score.log_probabilities]


@pytest.mark.parametrize("name", list(TRANSLATORS))
def test_both_backends_find_a_translation_equally_probable_in_any_batch(
    name: str, folders: dict[str, Path]
) -> None:
    scorers = [
        translation_scorer(load(folders[name], "transformers")),
        translation_scorer(load(folders[name], "ctranslate2")),
    ]
    given = list(PAIRS)
    expected = scorers[0].score(given)
    assert given == list(PAIRS)
    for scorer in (*scorers, *(replace(each, batch_tokens=1) for each in scorers)):
        found = scorer.score(PAIRS)
        assert [len(each.log_probabilities) for each in found] == [
            len(each.log_probabilities) for each in expected
        ]
        # Kernels differ by CPU: 5e-4 was seen on AMD EPYC.
        assert values(found) == pytest.approx(values(expected), rel=1e-4, abs=1e-3)
        assert found[0] == found[-1]
        assert scorer.score([]) == []
        assert found[4].confidence == 1.0


@pytest.mark.parametrize("name", list(TRANSLATORS))
def test_a_translation_too_long_is_cut_and_flagged_and_no_other(
    name: str, folders: dict[str, Path]
) -> None:
    for backend in ("transformers", "ctranslate2"):
        scorer = translation_scorer(load(folders[name], backend))
        found = scorer.score([("医疗", "more people"), ("医疗", LONG), ("今年上海" * 150, "more")])
        assert [each.target_truncated for each in found] == [False, True, False]
        assert [each.source_truncated for each in found] == [False, False, True]
        assert len(found[1].log_probabilities) == 39


@pytest.mark.parametrize("backend", ["transformers", "ctranslate2"])
def test_its_own_translation_is_as_probable_as_it_said(backend: Backend) -> None:
    # Over the writable words alone the probabilities add up to one: a little higher.
    spec = Seq2SeqSpec(kind="seq2seq", path="bundled:zh-en", backend=backend, shortlist="off")
    resolved = resolve_translator(spec, Machine(device="cpu", precision="float32"))
    translator = load_translator(spec, resolved, Machine(threads=1))
    sources = ["中国经济稳步增长。", "他们正在讨论这个问题。"]
    own = best_translations(translator, sources)
    pairs = [(source, each.text) for source, each in zip(sources, own, strict=True)]
    scorer = translation_scorer(translator)
    # A little apart: in a search what may not be written takes no probability.
    assert scorer.estimate(pairs) == pytest.approx([each.confidence for each in own], abs=1e-3)
    shuffled = [(source, text) for (source, _), (_, text) in zip(pairs, pairs[::-1], strict=True)]
    for true, wrong in zip(scorer.estimate(pairs), scorer.estimate(shuffled), strict=True):
        assert true > 2 * wrong


def test_entropies_are_those_of_the_distributions(folders: dict[str, Path]) -> None:
    [score] = translation_scorer(load(folders["marian"], "transformers")).score(PAIRS[:1])
    assert len(score.entropies) == len(score.log_probabilities)
    assert all(0 <= each <= math.log(200) for each in score.entropies)


class SmallDevice:
    """Gives every token minus its place; has memory for so many outputs."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.asked = 0

    def force(
        self, inputs: Sequence[Sequence[int]], outputs: Sequence[Sequence[int]]
    ) -> list[Forced]:
        if len(inputs) > self.room:
            raise MemoryError("full")
        self.asked += len(inputs)
        return [Forced(tuple(-float(n) for n in range(len(own) + 1))) for own in outputs]


def scorer(room: int, first_token: int | None = None) -> BatchScorer:
    decoding = Decoding(4, 1.0, 0, 10, 10, first_token=first_token)
    return BatchScorer((SmallDevice(room),), Letters(), decoding, 1000)


def test_memory_that_runs_out_halves_the_batch_and_each_pair_is_scored_once() -> None:
    small = scorer(2)
    pairs = [("一", "a"), ("二", "bb"), ("三", "ccc"), ("四", "dddd"), ("一", "a")]
    assert [len(each.log_probabilities) for each in small.score(pairs)] == [2, 3, 4, 5, 2]
    [device] = small.decoders
    assert isinstance(device, SmallDevice)
    assert device.asked == 4


def test_memory_too_small_for_one_pair_is_an_error_with_advice() -> None:
    with pytest.raises(WeightsError, match="lower max_source_tokens"):
        scorer(0).score([("一", "a")])


def test_a_forced_language_does_not_count() -> None:
    [plain] = scorer(9).score([("一", "ab")])
    [forced] = scorer(9, first_token=7).score([("一", "ab")])
    assert plain.log_probabilities == (0.0, -1.0, -2.0)
    assert forced.log_probabilities == (-1.0, -2.0, -3.0)


def test_a_model_that_cannot_be_forced_says_so() -> None:
    with pytest.raises(WeightsError, match="EchoTranslator"):
        translation_scorer(EchoTranslator())


@pytest.mark.parametrize("backend", ["transformers", "ctranslate2"])
@pytest.mark.parametrize("name", [name for name in TRANSLATORS if name not in ("t5", "mt5")])
def test_an_output_as_long_as_the_positions_is_scored(
    name: str, backend: Backend, folders: dict[str, Path]
) -> None:
    spec = Seq2SeqSpec(kind="seq2seq", path=str(folders[name]), backend=backend)
    resolved = resolve_translator(spec, Machine(device="cpu", precision="float32"))
    scorer = translation_scorer(load_translator(spec, resolved, Machine(threads=1)))
    assert scorer.decoding.max_target_tokens == POSITIONS
    [score] = scorer.score([("今年上海的经济合作。", LONG)])
    forced = scorer.decoding.first_token is not None
    assert score.target_truncated
    assert len(score.log_probabilities) == POSITIONS - 1 - forced
