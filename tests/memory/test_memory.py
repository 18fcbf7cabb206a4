from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.protocols import BEST, Candidate, Request, Search, Translator, best_translations
from models.runtime.control import NO_CONTROL, Control
from pipeline.errors import AlignmentError, StoreError
from pipeline.memory.maintenance import entries, stats
from pipeline.memory.memory import Memory, RememberingTranslator
from pipeline.testing import EchoTranslator, all_translations
from tests.fakes import ShortTranslator


def _remembering(
    translator: Translator, memory: Memory | None, **options: bool
) -> RememberingTranslator:
    return RememberingTranslator(
        translator, memory=memory, model="m", window_chars=100, reuse=options.get("reuse", True)
    )


@given(st.lists(st.text(max_size=60)))
def test_wrapping_changes_no_answer_and_asks_each_sentence_once(sentences: list[str]) -> None:
    echo = EchoTranslator()
    assert best_translations(_remembering(echo, None), sentences) == best_translations(
        EchoTranslator(), sentences
    )
    asked = [sentence for window in echo.asked for sentence in window]
    assert sorted(asked) == sorted(set(sentences))


class TellingTranslator(EchoTranslator):
    """Reports every sentence that it answers."""

    def translate(
        self, requests: Sequence[Request], search: Search = BEST, *, control: Control = NO_CONTROL
    ) -> list[list[Candidate]]:
        for _ in requests:
            control.progress(1)
        return super().translate(requests, search, control=control)


def test_progress_goes_on_inside_a_window_and_ends_with_all_of_it(tmp_path: Path) -> None:
    told: list[tuple[int, int, float]] = []
    memory = Memory(tmp_path / "memory.sqlite")
    memory.add_all([("m", [("一" * 9, Candidate("Known.", 0.5))])])
    translator = _remembering(TellingTranslator(), memory).reporting(
        lambda *progress: told.append(progress)
    )
    best_translations(translator, ["一" * 9, "二" * 8, "三" * 7, "二" * 8, "四" * 6])
    assert told == [(0, 0, 0.5), (0, 0, 0.75), (0, 0, 1.0), (1, 3, 1.0)]


def test_what_one_run_translated_the_next_one_remembers(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "memory.sqlite")
    first = best_translations(_remembering(EchoTranslator(), memory), ["一", "二二", "一"])
    echo = EchoTranslator()
    assert best_translations(_remembering(echo, memory), ["一", "二二", "一"]) == first
    assert echo.asked == []


def test_another_model_does_not_see_what_this_one_said(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "memory.sqlite")
    memory.add_all([("a", [("句", Candidate("A.", 0.25, source_truncated=True))])])
    assert memory.find("b", ["句"]) == {}
    assert memory.find("a", ["句"]) == {"句": Candidate("A.", 0.25, source_truncated=True)}


def test_a_fresh_run_asks_again_and_replaces(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "memory.sqlite")
    memory.add_all([("m", [("句", Candidate("old", 0.1))])])
    best_translations(_remembering(EchoTranslator(), memory, reuse=False), ["句"])
    assert memory.find("m", ["句"])["句"].text == "English of 1 characters."


def test_a_stopped_run_makes_the_same_windows_when_it_goes_on(tmp_path: Path) -> None:
    sentences = [f"第{number}句" * (number % 7 + 1) for number in range(40)]
    whole = EchoTranslator()
    best_translations(_remembering(whole, None), sentences)

    class Stops(EchoTranslator):
        def answer(self, sentences: Sequence[str]) -> list[Candidate]:
            if len(self.asked) == 2:
                raise KeyboardInterrupt
            return super().answer(sentences)

    memory = Memory(tmp_path / "memory.sqlite")
    first, second = Stops(), EchoTranslator()
    with pytest.raises(KeyboardInterrupt):
        best_translations(_remembering(first, memory), sentences)
    best_translations(_remembering(second, memory), sentences)
    assert first.asked + second.asked == whole.asked


def test_a_lost_translation_is_noticed() -> None:
    with pytest.raises(AlignmentError, match="1 translations for 2 sentences"):
        best_translations(_remembering(ShortTranslator(), None), ["一", "二"])


def test_many_sentences_are_found_at_once(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "memory.sqlite")
    memory.add_all([("m", [(str(n), Candidate(str(n), 0.5)) for n in range(1300)])])
    assert len(memory.find("m", [str(n) for n in range(2000)])) == 1300


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    path.write_text("this is not a database, it is a shopping list; " * 10)
    with pytest.raises(StoreError, match=r"memory\.sqlite: the translation memory cannot"):
        Memory(path)


class Several(EchoTranslator):
    """Offers as many other translations as it is asked for, of odd sentences one less."""

    def __init__(self) -> None:
        super().__init__()
        self.searched: list[list[str]] = []

    def search(self, sentences: Sequence[str], search: Search) -> list[list[Candidate]]:
        self.searched.append(list(sentences))
        return [
            [Candidate(f"{s} {n}", 0.5) for n in range(search.count - len(s) % 2)]
            for s in sentences
        ]


def test_other_hypotheses_are_remembered_by_their_search(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "memory.sqlite")
    sentences = ["一", "二二", "一", "三三三"]
    search = Search(count=3)
    first = all_translations(_remembering(Several(), memory), sentences, search)
    assert first == all_translations(Several(), sentences, search)
    again = Several()
    assert all_translations(_remembering(again, memory), sentences, search) == first
    assert again.searched == []
    all_translations(_remembering(again, memory), sentences, Search(count=3, beams=8))
    assert sorted(s for window in again.searched for s in window) == ["一", "三三三", "二二"]


def test_a_model_that_offers_no_other_hypotheses_gives_none(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "memory.sqlite")
    remembering = _remembering(EchoTranslator(), memory)
    assert all_translations(remembering, ["一", "二"], Search(count=2)) == [[], []]


class Reader(EchoTranslator):
    """Reads context and terms, and says how much of them."""

    context_sentences = 2
    reads_terms = True

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[Request] = []

    def translate(
        self, requests: Sequence[Request], search: Search = BEST, *, control: Control = NO_CONTROL
    ) -> list[list[Candidate]]:
        self.requests += requests
        return [
            [
                Candidate(f"{r.sentence} {r.context} {r.terms} {at}", None)
                for at in range(search.count)
            ]
            for r in requests
        ]


def test_what_was_said_in_context_is_remembered_with_its_context(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "memory.sqlite")
    requests = [
        Request("一"),
        Request("一", ("前",)),
        Request("一", ("前",), (("一", "one"),)),
        Request("一", (), (("一", "one"),)),
        Request("二", ("前",)),
        Request("一", ("前",)),
    ]
    first = _remembering(Reader(), memory).translate(requests)
    assert len({best.text for [best] in first}) == 5
    again = Reader()
    remembering = _remembering(again, memory)
    assert remembering.translate(requests) == first
    assert remembering.translate([Request("一")]) == first[:1]
    assert again.requests == []
    assert (remembering.context_sentences, remembering.reads_terms) == (2, True)
    plain = _remembering(EchoTranslator(), memory)
    assert (plain.context_sentences, plain.reads_terms) == (0, False)


def test_other_answers_in_context_are_remembered_apart_from_those_without(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "memory.sqlite")
    requests = [
        Request("一"),
        Request("一", ("前",)),
        Request("一", ("后",)),
        Request("一", ("前",)),
    ]
    first = _remembering(Reader(), memory).translate(requests, Search(count=2))
    assert [len(own) for own in first] == [2, 2, 2, 2]
    assert len({own[0].text for own in first}) == 3
    again = Reader()
    remembering = _remembering(again, memory)
    assert remembering.translate(requests, Search(count=2)) == first
    assert all_translations(remembering, ["一"], Search(count=2)) == first[:1]
    assert again.requests == []
    assert list(memory.find("m", ["一"])) == [], "no other answer counts as the first"


def test_other_answers_that_failed_are_asked_for_again(tmp_path: Path) -> None:
    class Fails(Reader):
        def translate(
            self,
            requests: Sequence[Request],
            search: Search = BEST,
            *,
            control: Control = NO_CONTROL,
        ) -> list[list[Candidate]]:
            return [[Candidate("x", 0.5), Candidate("", None, failure="down")] for _ in requests]

    memory = Memory(tmp_path / "memory.sqlite")
    all_translations(_remembering(Fails(), memory), ["一"], Search(count=2))
    again = Reader()
    all_translations(_remembering(again, memory), ["一"], Search(count=2))
    assert again.requests == [Request("一")]


def test_a_failure_is_not_remembered(tmp_path: Path) -> None:
    class Fails(EchoTranslator):
        def answer(self, sentences: Sequence[str]) -> list[Candidate]:
            answers = super().answer(sentences)
            return [
                Candidate("", None, failure="down") if sentence == "二" else answer
                for sentence, answer in zip(sentences, answers, strict=True)
            ]

    memory = Memory(tmp_path / "memory.sqlite")
    found = best_translations(_remembering(Fails(), memory), ["一", "二"])
    assert [each.failure for each in found] == ["", "down"]
    assert list(memory.find("m", ["一", "二"])) == ["一"]


def test_answers_in_context_are_exported_and_other_hypotheses_are_not(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    key = "0" * 32
    told = Request("句", ("前",), (("句", "sentence"),))
    remembering = RememberingTranslator(Reader(), memory=Memory(path), model=key, window_chars=100)
    [[answer]] = remembering.translate([told])
    other = (f"{key} {Search(count=2)} 0", [("句", Candidate("Other.", 0.5))])
    Memory(path).add_all([other])
    assert [(each.key, each.en) for each in entries(path)] == [(key, answer.text)]
    [found] = stats(path)
    assert (found.sentences, found.alternatives) == (1, 1)
