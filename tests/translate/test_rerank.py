"""One of several translations: the laws of a Translator hold, and the best one is taken."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from pydantic import ValidationError

from models.errors import WeightsError
from models.load import load_translator, resolve_translator
from models.protocols import Candidate, Search, Segment, SegmentScore, Translator, best_translations
from models.runtime.machine import Machine
from models.specs import Seq2SeqSpec
from pipeline.config.machine import RuntimeSection
from pipeline.config.sections import ChooseSection, Config
from pipeline.engine.plan import TRANSLATE
from pipeline.engine.stages import prepare
from pipeline.engine.translation.choice import prepare_choosing
from pipeline.errors import AlignmentError, ModelError
from pipeline.language.glossary import make_glossary
from pipeline.memory.memory import Memory, RememberingTranslator
from pipeline.testing import EchoTranslator, FakeTranslator, all_translations
from pipeline.translate.rerank import (
    ChoosingTranslator,
    by_consensus,
    by_estimate,
    weighed_findings,
)

NOTHING = make_glossary(())
SOURCES = ["今年上海的经济合作。", "", "医疗资源", "今年上海的经济合作。", "你好。"]


class Several(FakeTranslator):
    """Offers three translations of a sentence: an odd one first, then two that agree."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def search(self, sentences: Sequence[str], search: Search) -> list[list[Candidate]]:
        self.asked += sentences
        return [
            [
                Candidate("Nothing of the kind at all", 0.9),
                Candidate(f"A report of {len(each)} people", 0.5),
                Candidate(f"The report of {len(each)} people", 0.4),
            ][: search.count]
            for each in sentences
        ]


class Longest:
    """Finds long translations good."""

    def estimate(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        return [float(len(translation)) for _, translation in pairs]


class Fixed(FakeTranslator):
    """Has the same translations for every sentence."""

    def __init__(self, candidates: Sequence[Candidate]) -> None:
        self._candidates = list(candidates)

    def search(self, sentences: Sequence[str], search: Search) -> list[list[Candidate]]:
        return [self._candidates for _ in sentences]


class Silent:
    def estimate(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        return []


def texts(candidates: Sequence[Candidate]) -> list[str]:
    return [each.text for each in candidates]


def test_the_consensus_is_what_most_translations_say() -> None:
    chosen = best_translations(
        ChoosingTranslator(Several(), Search(count=3), by_consensus), ["你好。"]
    )
    assert chosen == [Candidate("The report of 3 people", 0.4)]


def test_an_estimator_takes_its_best_and_the_first_of_equals() -> None:
    translator = ChoosingTranslator(Several(), Search(count=3), by_estimate(Longest()))
    assert texts(best_translations(translator, ["你好。"])) == ["Nothing of the kind at all"]
    pairs = [[Candidate("aa", 0.1), Candidate("bb", 0.2), Candidate("c", 0.3)]]
    assert by_estimate(Longest())(["x"], pairs) == [[2.0, 2.0, 1.0]]
    translator = ChoosingTranslator(Fixed(pairs[0]), Search(count=3), by_estimate(Longest()))
    assert texts(best_translations(translator, ["x"])) == ["aa"]


def test_what_the_checks_find_comes_before_what_others_say() -> None:
    own = Fixed(
        [
            Candidate("It invested 12 yuan.", 0.9),
            Candidate("It invested 12 yuan then.", 0.8),
            Candidate("The investment was 124 yuan.", 0.3),
        ]
    )
    search, weigh = Search(count=3), weighed_findings(NOTHING)
    source = ["投资124元。"]
    assert texts(best_translations(ChoosingTranslator(own, search, by_consensus), source)) != [
        "The investment was 124 yuan."
    ]
    assert texts(
        best_translations(ChoosingTranslator(own, search, by_consensus, weigh), source)
    ) == ["The investment was 124 yuan."]


def test_each_distinct_sentence_is_asked_once_and_order_is_kept() -> None:
    several = Several()
    translator = ChoosingTranslator(several, Search(count=3), by_consensus)
    found = best_translations(translator, SOURCES)
    assert several.asked == list(dict.fromkeys(SOURCES))
    assert texts(found) == [f"The report of {len(each)} people" for each in SOURCES]
    assert best_translations(translator, []) == []


def test_a_translator_or_estimator_that_loses_something_is_an_error() -> None:
    with pytest.raises(AlignmentError, match="0 estimates for 3"):
        best_translations(
            ChoosingTranslator(Several(), Search(count=3), by_estimate(Silent())), ["你好"]
        )
    with pytest.raises(AlignmentError, match="0 of 1"):
        best_translations(ChoosingTranslator(Several(), Search(count=0), by_consensus), ["你好"])


def test_the_chosen_one_is_remembered_and_not_what_it_was_chosen_from(tmp_path: Path) -> None:
    several = Several()
    memory = Memory(tmp_path / "memory.sqlite")
    for _ in range(2):
        translator = RememberingTranslator(
            ChoosingTranslator(several, Search(count=3), by_consensus),
            memory=memory,
            model="several, chosen",
            window_chars=20,
        )
        assert texts(best_translations(translator, ["你好。"])) == ["The report of 3 people"]
    assert several.asked == ["你好。"]


def config(tmp_path: Path, **choose: object) -> Config:
    return Config.model_validate(
        {
            "input": {"paths": ["x"]},
            "output": str(tmp_path / "run"),
            "runtime": {"device": "cpu"},
            "translate": {"model": {"kind": "seq2seq", "path": "bundled:zh-en"}}
            | ({"choose": choose} if choose else {}),
            "summarize": {"model": {"kind": "extractive"}},
        }
    )


def test_how_it_is_chosen_is_in_the_key_and_the_default_is_not(tmp_path: Path) -> None:
    choices: list[dict[str, object]] = [
        {},
        {"by": "consensus"},
        {"by": "consensus", "of": 16},
        {"by": "consensus", "checked": False},
        {"by": "estimator", "estimator": {"kind": "seq2seq", "path": "bundled:zh-en"}},
    ]
    keys = [prepare(TRANSLATE, config(tmp_path, **choose)).key([]) for choose in choices]
    assert len(set(keys)) == len(keys)
    first = prepare(TRANSLATE, config(tmp_path, by="first", of=4))
    assert first.key([]) == keys[0]
    judged = prepare(TRANSLATE, config(tmp_path, **choices[-1]))
    assert [model.name for model in judged.models] == ["bundled:zh-en"] * 2


def test_draws_need_transformers_and_a_judge_needs_its_word(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="backend: transformers"):
        prepare(TRANSLATE, config(tmp_path, by="consensus", among="draws"))
    with pytest.raises(ValidationError, match="need each other"):
        ChooseSection(by="estimator")


def test_other_searches_are_answered_by_the_model_without_a_choice() -> None:
    translator = ChoosingTranslator(Several(), Search(count=3), by_consensus)
    [found] = all_translations(translator, ["你好。"], Search(count=2))
    assert texts(found) == ["Nothing of the kind at all", "A report of 3 people"]
    assert (translator.context_sentences, translator.reads_terms) == (0, False)


def test_a_model_with_no_translation_to_choose_from_is_an_error() -> None:
    translator = ChoosingTranslator(EchoTranslator(), Search(count=3), by_consensus)
    with pytest.raises(AlignmentError, match="EchoTranslator returned translations for 0 of 1"):
        best_translations(translator, ["你好。"])


BUNDLED = Seq2SeqSpec(
    kind="seq2seq", path="bundled:zh-en", backend="transformers", max_target_tokens=16
)


@pytest.fixture(scope="module")
def bundled() -> Translator:
    resolved = resolve_translator(BUNDLED, Machine(device="cpu", precision="float32"))
    return load_translator(BUNDLED, resolved, Machine(threads=1))


@pytest.mark.parametrize(
    "section",
    [
        ChooseSection(by="consensus", of=3),
        ChooseSection(by="consensus", of=3, among="draws"),
        ChooseSection(by="estimator", of=3, estimator=BUNDLED),
    ],
    ids=["beam", "draws", "estimator"],
)
def test_the_bundled_model_chooses_the_same_in_any_batch(
    section: ChooseSection, bundled: Translator
) -> None:
    runtime = RuntimeSection(device="cpu", precision="float32", threads=1)
    resolved = resolve_translator(BUNDLED, Machine(device="cpu", precision="float32"))
    choosing = prepare_choosing(section, runtime, resolved, NOTHING, "")
    assert choosing is not None
    translator = choosing.wrap(bundled)
    sources = ["中国经济稳步增长。", "", "他们正在讨论这个问题。"]
    together = best_translations(translator, sources)
    assert texts(together)[1] == ""
    assert texts(together) == [best_translations(translator, [each])[0].text for each in sources]


class Reader:
    """A metric that needs no reference and predicts errors: the more letters, the worse."""

    needs_reference = False
    higher_is_better = False

    def score(self, segments: Sequence[Segment]) -> list[SegmentScore]:
        return [SegmentScore(float(len(each.hypothesis))) for each in segments]


def test_a_metric_of_errors_is_turned_round() -> None:
    from models.metrics.estimator import ScorerEstimator

    assert ScorerEstimator(Reader()).estimate([("a", "bb"), ("a", "b")]) == [-2.0, -1.0]


def test_a_judge_that_needs_references_is_refused(tmp_path: Path) -> None:
    from models.metrics.estimator import resolve_estimator
    from models.specs import MetricXSpec
    from tests.checkpoints import make_mt5

    spec = MetricXSpec(kind="metricx", path=str(make_mt5(tmp_path / "mt5")), version=24)
    with pytest.raises(WeightsError, match="reference_free: true"):
        resolve_estimator(spec, Machine(device="cpu"))
