"""The ladder: what is flagged is retried, what is better is taken, nothing gets worse."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.protocols import BEST, SPARE, Candidate, Request, Search
from models.runtime.control import NO_CONTROL, Control
from pipeline.check.checks import LABELS, findings
from pipeline.check.findings.severity import weight
from pipeline.check.repetition import collapsed
from pipeline.language.glossary import Term, make_glossary
from pipeline.records import Finding, Rung
from pipeline.testing import EchoTranslator, FakeTranslator
from pipeline.translate.clauses import clauses
from pipeline.translate.ladder import Ladder, repair
from pipeline.translate.retries import GREEDY, NARROW, NBEST, OTHER_DECODING

SOURCE = "今年投资124亿元，明年还要投资。"
WRONG = Candidate("It invested 125 billion yuan this year, and more next year.", 0.5)
RIGHT = "It invested 12.4 billion yuan this year, and more next year."


class Scripted(FakeTranslator):
    """Answers from a table; remembers what it was asked."""

    def __init__(
        self,
        answers: Mapping[str, str] | None = None,
        others: Mapping[Search, Sequence[Candidate]] | None = None,
    ) -> None:
        self.answers = answers or {}
        self.others = others or {}
        self.asked: list[str] = []

    def answer(self, sentences: Sequence[str]) -> list[Candidate]:
        self.asked += sentences
        return [Candidate(self.answers.get(s, "Nothing at all."), 0.5) for s in sentences]

    def search(self, sentences: Sequence[str], search: Search) -> list[list[Candidate]]:
        if search in self.others:
            return [list(self.others[search]) for _ in sentences]
        if search in (GREEDY, NARROW) or (search == NBEST and not self.others):
            return [[best] for best in self.answer(sentences)]
        return [[] for _ in sentences]


def test_what_has_no_finding_is_left_alone_and_costs_nothing() -> None:
    translator = Scripted()
    good = Candidate("He agreed.", 0.9)
    [row] = repair([Request("他同意了。")], [good], translator=translator, ladder=Ladder())
    assert (row.candidate, row.rung, row.reason) == (good, None, "")
    assert translator.asked == []


def test_a_retry_has_the_powers_of_the_source_too() -> None:
    source = "今年投资124亿元，明年还要种树10⁶棵。"
    said = "It invested {} billion yuan this year, and will plant {} trees next year."
    translator = Scripted(others={SPARE: [Candidate(said.format("12.4", "106"), 0.45)]})
    wrong = Candidate(said.format("125", "10⁶"), 0.5)
    [row] = repair([Request(source)], [wrong], translator=translator, ladder=Ladder())
    assert (row.candidate.text, row.rung) == (said.format("12.4", "10⁶"), "nbest")


def test_another_hypothesis_that_passes_is_taken_and_says_why() -> None:
    translator = Scripted(others={SPARE: [WRONG, Candidate(RIGHT, 0.45)]})
    ladder = Ladder(rungs=("nbest",))
    [row] = repair([Request(SOURCE)], [WRONG], translator=translator, ladder=ladder)
    assert (row.candidate.text, row.rung) == (RIGHT, "nbest")
    assert row.reason.startswith("numbers: 124亿 (12.4 billion) in the source")
    assert translator.asked == []


def test_a_retry_the_model_hardly_believes_is_not_taken() -> None:
    translator = Scripted(others={SPARE: [Candidate(RIGHT, 0.2)]})
    ladder = Ladder(rungs=("nbest",))
    [row] = repair([Request(SOURCE)], [WRONG], translator=translator, ladder=ladder)
    assert (row.candidate, row.rung) == (WRONG, "kept")


class Recording(EchoTranslator):
    """Remembers its searches."""

    def __init__(self) -> None:
        super().__init__()
        self.searches: list[Search] = []

    def search(self, sentences: Sequence[str], search: Search) -> list[list[Candidate]]:
        self.searches.append(search)
        return [[best] for best in self.answer(sentences)]


@pytest.mark.parametrize(
    ("sold", "count", "searches"),
    [
        ("甲店卖出", 20, {SPARE, NARROW, NBEST, OTHER_DECODING}),
        ("甲店卖出", 21, {NARROW}),
        ("1003", 21, set()),
    ],
)
def test_a_list_of_numbers_is_retried_by_its_clauses_or_not_at_all(
    sold: str, count: int, searches: set[Search]
) -> None:
    translator = Recording()
    source = "，".join(f"{sold}{number}元" for number in range(count)) + "。"
    repair([Request(source)], [Candidate("One yuan.", 0.5)], translator=translator, ladder=Ladder())
    assert set(translator.searches) == searches


# rungs, what the model answers in parts, first answer, text in the end, rung
RUNGS: list[tuple[tuple[Rung, ...], dict[str, str], str, str, str]] = [
    (
        ("clauses",),
        {
            "今年投资124亿元，": "This year it invested 12.4 billion yuan.",
            "明年还要投资。": "And it goes on next year.",
        },
        WRONG.text,
        "This year it invested 12.4 billion yuan, and it goes on next year.",
        "clauses",
    ),
    (
        ("corrected",),
        {},
        "It invested 124 billion yuan this year, and more next year.",
        RIGHT,
        "corrected",
    ),
    (("corrected",), {}, WRONG.text, WRONG.text, "kept"),
    (("fallback",), {}, WRONG.text, WRONG.text, "kept"),
    ((), {}, WRONG.text, WRONG.text, "kept"),
]


@pytest.mark.parametrize(("rungs", "answers", "first", "text", "rung"), RUNGS)
def test_each_rung_does_its_own(
    rungs: tuple[Rung, ...], answers: dict[str, str], first: str, text: str, rung: str
) -> None:
    translator = Scripted(answers)
    ladder = Ladder(rungs=rungs)
    [row] = repair([Request(SOURCE)], [Candidate(first, 0.5)], translator=translator, ladder=ladder)
    assert (row.candidate.text, row.rung) == (text, rung)


def test_the_fallback_model_is_asked_only_when_a_sentence_needs_it() -> None:
    loaded = []

    def fallback() -> Scripted:
        loaded.append(True)
        return Scripted({SOURCE: RIGHT})

    ladder = Ladder(rungs=("fallback",), fallback=fallback)
    good = Candidate("He agreed.", 0.9)
    repair([Request("他同意了。")], [good], translator=Scripted(), ladder=ladder)
    assert loaded == []
    [row] = repair([Request(SOURCE)], [WRONG], translator=Scripted(), ladder=ladder)
    assert (row.candidate.text, row.rung, loaded) == (RIGHT, "fallback", [True])


NETWORK = make_glossary((Term("一网通办", ("All Services on One Network",)),))
MISSED = Candidate("Shanghai runs one network.", 0.5)


def test_a_missed_name_is_asked_for_by_a_name_that_every_model_knows() -> None:
    translator = Scripted({"上海推行东京。": "Shanghai runs Tokyo."})
    ladder = Ladder(rungs=("terms",), glossary=NETWORK)
    [row] = repair([Request("上海推行一网通办。")], [MISSED], translator=translator, ladder=ladder)
    assert (row.candidate.text, row.rung) == ("Shanghai runs All Services on One Network.", "terms")


def test_a_missed_name_is_also_put_into_the_source_in_english() -> None:
    written = "上海推行 All Services on One Network 。"
    translator = Scripted({written: "The city runs All Services on One Network."})
    ladder = Ladder(rungs=("terms",), glossary=NETWORK)
    [row] = repair([Request("上海推行一网通办。")], [MISSED], translator=translator, ladder=ladder)
    assert translator.asked == ["上海推行东京。", written]
    assert row.rung == "kept"  # it lost Shanghai: as many findings as before
    translator.answers = {written: "Shanghai runs All Services on One Network."}
    [row] = repair([Request("上海推行一网通办。")], [MISSED], translator=translator, ladder=ladder)
    assert row.rung == "terms"


def test_clauses_keep_the_names_that_the_whole_sentence_lost() -> None:
    source = "上海推行一网通办，投资124亿元给企业。"
    answers = {
        "上海推行东京，": "Shanghai runs Tokyo,",
        "投资124亿元给企业。": "12.4 billion for firms.",
    }
    ladder = Ladder(rungs=("terms", "clauses"), glossary=NETWORK)
    [row] = repair([Request(source)], [MISSED], translator=Scripted(answers), ladder=ladder)
    wanted = "Shanghai runs All Services on One Network, 12.4 billion for firms."
    assert (row.candidate.text, row.rung) == (wanted, "clauses")


@pytest.mark.parametrize(
    ("own", "wanted"),
    [
        ("Gradually", "gradually"),
        ("Which", "which"),
        ("Italy", "Italy"),
        ("July", "July"),
        ("Shanghai", "Shanghai"),
        ("AI", "AI"),
        ("Among them", "among them"),
        ("Firms get", "firms get"),  # as the first translation has it
        ("Investment Bank gets", "Investment Bank gets"),
    ],
)
def test_a_clause_in_the_middle_begins_with_a_capital_only_where_a_name_does(
    own: str, wanted: str
) -> None:
    source = "上海推行一网通办，投资124亿元给企业。"
    answers = {
        "上海推行一网通办，": "Shanghai runs All Services on One Network,",
        "投资124亿元给企业。": f"{own} 12.4 billion for firms.",
    }
    ladder = Ladder(rungs=("clauses",), glossary=NETWORK)
    first = replace(MISSED, text="The city gave firms an investment of 12.4 billion.")
    [row] = repair([Request(source)], [first], translator=Scripted(answers), ladder=ladder)
    joined = f"Shanghai runs All Services on One Network, {wanted} 12.4 billion for firms."
    assert row.candidate.text == joined


def test_a_clause_behind_a_colon_follows_without_a_comma() -> None:
    source = "他在上海对记者说：今年投资124亿元给企业。"
    answers = {
        "他在上海对记者说：": "He told reporters in Shanghai:",
        "今年投资124亿元给企业。": "This year 12.4 billion goes to firms.",
    }
    [row] = repair(
        [Request(source)], [MISSED], translator=Scripted(answers), ladder=Ladder(rungs=("clauses",))
    )
    wanted = "He told reporters in Shanghai: This year 12.4 billion goes to firms."
    assert row.candidate.text == wanted


class Reader(Scripted):
    """A Scripted translator that reads a sentence before, and remembers what it was told."""

    context_sentences = 1
    reads_terms = True

    def __init__(self, answers: Mapping[str, str] | None = None) -> None:
        super().__init__(answers)
        self.requests: list[Request] = []

    def translate(
        self, requests: Sequence[Request], search: Search = BEST, *, control: Control = NO_CONTROL
    ) -> list[list[Candidate]]:
        self.requests += requests
        return super().translate(requests, search, control=control)


def test_every_retry_is_told_the_context_and_the_terms_that_stand_in_it() -> None:
    source = "上海推行一网通办，投资124亿元给企业。"
    terms = (("一网通办", "All Services on One Network"), ("企业", "firms"))
    reader, fallback = Reader(), Reader()
    fallback.context_sentences, fallback.reads_terms = 0, False
    ladder = Ladder(glossary=NETWORK, fallback=lambda: fallback)
    request = Request(source, ("他来了。",), terms)
    repair([request], [MISSED], translator=reader, ladder=ladder)
    assert {each.context for each in reader.requests} == {("他来了。",)}
    for each in reader.requests:
        assert each.terms == tuple(term for term in terms if term[0] in each.sentence)
    assert request in reader.requests
    assert Request("投资124亿元给企业。", ("他来了。",), terms[1:]) in reader.requests
    assert fallback.requests == [Request(source)]


def test_one_sentence_in_two_contexts_is_repaired_in_each() -> None:
    reader = Reader()
    requests = [Request(SOURCE, ("甲。",)), Request(SOURCE, ("乙。",)), Request(SOURCE, ("甲。",))]
    repair(requests, [WRONG] * 3, translator=reader, ladder=Ladder(rungs=("nbest",)))
    assert reader.requests == requests[:2]


def test_an_answer_of_several_rungs_is_checked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []

    def counted(source: str, translation: str, **extras: Any) -> list[Finding]:
        checked.append(translation)
        return findings(source, translation, **extras)

    monkeypatch.setattr("pipeline.translate.ladder.findings", counted)
    again = Candidate("It invested 125 billion yuan, and more next year.", 0.5)
    copied = Candidate(f"Invested: {SOURCE}", 0.5)
    translator = Scripted(others={SPARE: [again, copied], OTHER_DECODING: [again, copied]})
    ladder = Ladder(rungs=("nbest", "decoding"))
    repair([Request(SOURCE)], [WRONG], translator=translator, ladder=ladder)
    assert checked == [WRONG.text, again.text, copied.text], "no answer is checked for both rungs"


def test_a_retry_with_the_same_fault_meets_no_other_check(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, Collection[str]]] = []

    def counted(source: str, text: str, only: Collection[str], **extras: Any) -> list[Finding]:
        asked.append((text, only))
        return findings(source, text, only=only, **extras)

    monkeypatch.setattr("pipeline.translate.ladder.findings", counted)
    again = Candidate("It invested 125 billion yuan, and more next year.", 0.5)
    right = Candidate(RIGHT, 0.5)
    translator = Scripted(others={SPARE: [again, right]})
    repair([Request(SOURCE)], [WRONG], translator=translator, ladder=Ladder(rungs=("nbest",)))
    whole = LABELS.keys()
    first = {"numbers", "untranslated"}
    assert asked == [(WRONG.text, whole), (again.text, first), (RIGHT, first), (RIGHT, whole)]


def test_sentences_of_several_windows_are_all_repaired(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.translate.ladder._WINDOW", 2)
    requests = [Request(f"今年投资{n}24亿元，明年还要投资。") for n in range(1, 6)]
    first = [Candidate(f"It invested {n}24 billion yuan this year.", 0.5) for n in range(1, 6)]
    rows = repair(requests, first, translator=Scripted(), ladder=Ladder(rungs=("corrected",)))
    wanted = [f"It invested {n}2.4 billion yuan this year." for n in range(1, 6)]
    assert [row.candidate.text for row in rows] == wanted


def test_a_code_that_a_model_spaced_out_is_put_right() -> None:
    first = Candidate("It meets GB / T 19001 - 2016.", 0.5)
    ladder = Ladder(rungs=("corrected",))
    source = "它符合GB/T 19001-2016标准。"
    [row] = repair([Request(source)], [first], translator=EchoTranslator(), ladder=ladder)
    assert (row.candidate.text, row.rung) == ("It meets GB/T 19001-2016.", "corrected")


def test_a_model_without_other_hypotheses_is_no_error() -> None:
    ladder = Ladder(rungs=("nbest", "decoding"))
    [row] = repair([Request(SOURCE)], [WRONG], translator=EchoTranslator(), ladder=ladder)
    assert (row.candidate, row.rung) == (WRONG, "kept")


TEXTS = st.sampled_from(
    [
        "",
        WRONG.text,
        RIGHT,
        "124 billion yuan",
        "他",
        "12.4 billion 12.4 billion 12.4 billion",
        "Not.",
    ]
)
CANDIDATES = st.builds(Candidate, TEXTS, st.floats(0.01, 1))


@settings(deadline=None)
@given(CANDIDATES, st.lists(CANDIDATES, max_size=4), TEXTS)
def test_no_repair_is_worse_than_what_it_replaces(
    first: Candidate, others: list[Candidate], answer: str
) -> None:
    translator = Scripted(dict.fromkeys([*clauses(SOURCE), SOURCE], answer), {SPARE: others})
    [row] = repair([Request(SOURCE)], [first], translator=translator, ladder=Ladder())
    before, after = findings(SOURCE, first.text), findings(SOURCE, row.candidate.text)
    if before and before[0].check == "empty" and row.candidate.text:
        return  # whatever translates is better than nothing
    assert weight(after) <= weight(before)
    assert sum(f.severity == "error" for f in after) <= sum(f.severity == "error" for f in before)
    assert (row.candidate == first) == (row.rung in (None, "kept"))


@settings(deadline=None)
@given(st.lists(st.sampled_from([SOURCE, "他同意了。", "三百人。"]), max_size=6))
def test_rows_come_back_in_order_whatever_stands_beside_them(sources: list[str]) -> None:
    translator = Scripted(others={SPARE: [Candidate(RIGHT, 0.45)]})
    firsts = [Candidate(f"Text of {len(source)} letters.", 0.5) for source in sources]
    together = repair(
        [Request(each) for each in sources], firsts, translator=translator, ladder=Ladder()
    )
    alone = [
        repair([Request(source)], [first], translator=translator, ladder=Ladder())[0]
        for source, first in zip(sources, firsts, strict=True)
    ]
    assert together == alone


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("今年投资124亿元，明年还要投资。", ["今年投资124亿元，", "明年还要投资。"]),
        ("同时，金山提倡温度执法。", ["同时，金山提倡温度执法。"]),
        ("共有1,234,567个", ["共有1,234,567个"]),
        ("", [""]),
    ],
)
def test_clauses_are_cut_behind_commas_and_not_too_short(source: str, parts: list[str]) -> None:
    assert clauses(source) == parts
    assert "".join(clauses(source)) == source


@pytest.mark.parametrize(
    ("loop", "once"),
    [
        ("They came came came.", "They came."),
        ("A plan of the city of the city of the city came.", "A plan of the city came."),
        ("The plan to-to-to-to-to the city.", "The plan to the city."),
        ("Signed on February 25, 25.", "Signed on February 25."),
        ("It rose and rose and fell.", None),
    ],
)
def test_a_loop_is_cut_to_one_round(loop: str, once: str | None) -> None:
    assert collapsed("市政府发布。", loop) == once
