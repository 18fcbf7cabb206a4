"""The laws of a Translator, held by every architecture on both backends."""

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest

from models.errors import WeightsError
from models.load import load_translator, resolve_translator
from models.protocols import SPARE, Candidate, Request, Sampling, Search, best_translations
from models.runtime.control import NO_CONTROL, Control
from models.runtime.machine import Machine
from models.runtime.precision import LoadedPrecision
from models.seq2seq.clauses import fitting_parts
from models.seq2seq.ctranslate2 import LENGTH_STEP, CTranslate2Decoder, rows_at_once
from models.seq2seq.translator import BatchTranslator, Decoding, Hypothesis, Spare, is_blank
from models.specs import Backend, Seq2SeqSpec
from pipeline.testing import all_translations
from tests.checkpoints import TRANSLATORS, make_madlad
from tests.fakes import EchoDecoder, Letters, echo
from tests.hostile import bear_hostile_sentences

SENTENCES = (
    "今年上海的经济合作。",
    "",
    "记者在北京采访，人民日报说：发展是我们共同的目标。",
    "more people live",
    "医疗资源",
    "今年上海的经济合作。",
    " \u200b\n",
    "8.5%的人民",
)
LONG = "今年上海的医疗资源优势更多了。" * 60
# What BART, which reads bytes, makes of the third sentence.
CLAUSES = ("记者在北京采访，人民日报说：", "发展是我们共同的目标。")


@pytest.fixture(scope="session")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("checkpoints")
    return {name: make(root / name) for name, make in TRANSLATORS.items()}


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def load(folder: Path, backend: Backend, cache: Path, **settings: object) -> BatchTranslator:
    spec = Seq2SeqSpec.model_validate(
        {"kind": "seq2seq", "path": str(folder), "backend": backend, "max_target_tokens": 10}
        | settings
    )
    resolved = resolve_translator(spec, Machine(device="cpu", precision="float32", cache=cache))
    translator = load_translator(spec, resolved, Machine(threads=1))
    assert isinstance(translator, BatchTranslator)
    return translator


def texts(candidates: Sequence[Candidate]) -> list[str]:
    return [each.text for each in candidates]


@pytest.fixture(
    scope="session",
    params=[(name, backend) for name in TRANSLATORS for backend in ("transformers", "ctranslate2")],
    ids="-".join,
)
def translator(
    request: pytest.FixtureRequest, checkpoints: dict[str, Path], cache: Path
) -> BatchTranslator:
    name, backend = request.param
    return load(checkpoints[name], backend, cache)


def test_every_answer_is_told_of(translator: BatchTranslator) -> None:
    heard: list[int] = []
    short = [each for each in SENTENCES if len(each) < 20]  # that no model cuts into parts
    requests = [Request(each) for each in short]
    translator.translate(requests, control=Control(progress=heard.append))
    assert sum(heard) == len({each for each in short if not is_blank(each)})


@pytest.mark.parametrize("count", [1, 2])
def test_every_answer_is_given_as_soon_as_it_is_final(
    translator: BatchTranslator, count: int
) -> None:
    given: dict[int, list[Candidate]] = {}
    control = Control(answered=lambda places, own: given.update(zip(places, own, strict=True)))
    requests = [Request(each) for each in SENTENCES]
    answers = replace(translator, batch_tokens=40).translate(
        requests, Search(count=count), control=control
    )
    first = {SENTENCES.index(each) for each in SENTENCES if not is_blank(each)}
    assert given == {place: answers[place] for place in first}


def test_length_and_order_are_those_of_the_input(translator: BatchTranslator) -> None:
    together = best_translations(translator, SENTENCES)
    assert texts(together) == [best_translations(translator, [each])[0].text for each in SENTENCES]


def test_reversed_input_gives_reversed_output(translator: BatchTranslator) -> None:
    forward = texts(best_translations(translator, SENTENCES))
    assert texts(best_translations(translator, SENTENCES[::-1])) == forward[::-1]


def test_nothing_gives_nothing_and_blank_gives_blank(translator: BatchTranslator) -> None:
    assert best_translations(translator, []) == []
    assert best_translations(translator, ["", " \u200b\n"]) == [Candidate("", 1.0)] * 2


def test_the_same_sentence_twice_gives_the_same_candidate(translator: BatchTranslator) -> None:
    candidates = best_translations(translator, SENTENCES)
    assert candidates[0] == candidates[5]
    assert best_translations(translator, SENTENCES) == candidates


@pytest.mark.parametrize("batch_tokens", [1, 40])
def test_the_answer_does_not_depend_on_the_batch(
    translator: BatchTranslator, batch_tokens: int
) -> None:
    expected = best_translations(translator, SENTENCES)
    found = best_translations(replace(translator, batch_tokens=batch_tokens), SENTENCES)
    assert texts(found) == texts(expected)
    assert [each.confidence for each in found] == pytest.approx(
        [each.confidence for each in expected], abs=1e-4
    )


def test_other_hypotheses_are_several_and_do_not_depend_on_the_batch(
    translator: BatchTranslator,
) -> None:
    search = Search(count=3, beams=4)
    together = all_translations(translator, SENTENCES, search)
    assert [len(each) for each in together] == [3, 1, 3, 3, 3, 3, 1, 3]
    for sentence, found in zip(SENTENCES, together, strict=True):
        assert texts(all_translations(translator, [sentence], search)[0]) == texts(found)


def test_the_input_is_left_as_it_was(translator: BatchTranslator) -> None:
    given = list(SENTENCES)
    best_translations(translator, given)
    assert given == list(SENTENCES)


def test_an_input_too_long_is_read_in_clauses(translator: BatchTranslator) -> None:
    short, long = best_translations(translator, ["今年上海", LONG])
    assert translator.tokenizer.encode([LONG], translator.decoding.max_source_tokens)[0].truncated
    assert not short.source_truncated
    assert not long.source_truncated
    most = translator.decoding.max_source_tokens
    parts, _ = fitting_parts(
        LONG, lambda text: not translator.tokenizer.encode([text], most)[0].truncated
    )
    assert len(parts) > 1
    assert long.text == " ".join(
        text for text in texts(best_translations(translator, parts)) if text
    )


def test_an_input_cut_inside_a_clause_is_flagged_and_no_other(translator: BatchTranslator) -> None:
    short, long = best_translations(translator, ["今年上海", LONG.replace("。", "")])
    assert long.source_truncated
    assert not short.source_truncated


def test_an_output_at_its_limit_is_flagged(translator: BatchTranslator) -> None:
    shortest = replace(translator, decoding=replace(translator.decoding, max_target_tokens=2))
    ended = {
        each.target_truncated
        for each in best_translations(shortest, ["今年", "记者在北京采访", LONG])
    }
    assert True in ended


def test_confidence_is_a_probability(translator: BatchTranslator) -> None:
    for candidate in best_translations(translator, SENTENCES):
        assert candidate.confidence is not None
        assert 0 < candidate.confidence <= 1


def test_special_tokens_are_not_text(translator: BatchTranslator) -> None:
    for text in texts(best_translations(translator, SENTENCES)):
        assert not any(mark in text for mark in ("<pad>", "</s>", "<s>", "__en__", "eng_Latn"))


def test_hostile_sentences_are_borne(translator: BatchTranslator) -> None:
    answers = bear_hostile_sentences(translator)
    assert answers["one character repeated"].source_truncated


def test_marks_in_the_source_are_text_and_do_not_end_it(translator: BatchTranslator) -> None:
    marks = "今年</s><2de><s>eng_Latn en_XX __de__ <pad><mask><extra_id_0>上海"
    [plain] = translator.tokenizer.encode(["今年上海"], 10_000)
    [marked] = translator.tokenizer.encode([marks], 10_000)
    unknown = translator.tokenizer.identify(["<there is no such piece>"])

    def controls(ids: Sequence[int]) -> list[int]:
        specials = translator.tokenizer.specials.difference(unknown)
        return [each for each in ids if each in specials]

    assert controls(marked.ids) == controls(plain.ids)
    assert len(marked.ids) > len(plain.ids) + 5


@pytest.mark.parametrize("settings", [{}, {"beams": 2, "length_penalty": 0.0}], ids=str)
@pytest.mark.parametrize("name", list(TRANSLATORS))
def test_the_checkpoints_leave_no_choice_to_rounding(
    name: str, settings: dict[str, object], checkpoints: dict[str, Path], cache: Path
) -> None:
    # Where two outputs are equally probable, the laws below would test which one a processor's
    # rounding prefers (1e-6 of a sum of log-probabilities).
    translator = load(checkpoints[name], "ctranslate2", cache, **settings)
    decoding, [decoder] = translator.decoding, translator.decoders
    sentences = [each for each in (*SENTENCES, *CLAUSES) if not is_blank(each)]
    for encoded in translator.tokenizer.encode(sentences, decoding.max_source_tokens):
        sums = [
            (len(each.ids), len(each.ids) * each.log_probability)
            for each in decoder.decode([encoded.ids], decoding, decoding.beams)[0]
        ]
        for (length, better), (other, worse) in pairwise(sums):
            assert length != other or better - worse > 5e-4


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"beams": 1},
        {"beams": 2, "length_penalty": 0.0},
        {"length_penalty": 2.0},
        {"no_repeat_ngram_size": 2},
    ],
    ids=str,
)
@pytest.mark.parametrize("name", list(TRANSLATORS))
def test_both_backends_give_the_same_text(
    name: str, settings: dict[str, object], checkpoints: dict[str, Path], cache: Path
) -> None:
    first = best_translations(load(checkpoints[name], "ctranslate2", cache, **settings), SENTENCES)
    second = best_translations(
        load(checkpoints[name], "transformers", cache, **settings), SENTENCES
    )
    assert texts(first) == texts(second)
    assert [each.target_truncated for each in first] == [each.target_truncated for each in second]
    if "no_repeat_ngram_size" not in settings:
        # There the one renormalizes over what is left and the other does not.
        assert [each.confidence for each in first] == pytest.approx(
            [each.confidence for each in second], abs=1e-4
        )


def test_a_target_language_that_the_model_lacks_is_refused(
    checkpoints: dict[str, Path], cache: Path
) -> None:
    with pytest.raises(WeightsError, match="no language 'tlh_Latn'"):
        load(checkpoints["nllb"], "transformers", cache, target_language="tlh_Latn")


def test_another_target_language_gives_another_answer(
    checkpoints: dict[str, Path], cache: Path
) -> None:
    english = load(checkpoints["m2m100"], "ctranslate2", cache)
    german = load(checkpoints["m2m100"], "ctranslate2", cache, target_language="de")
    assert english.decoding.first_token != german.decoding.first_token
    assert texts(best_translations(english, SENTENCES)) != texts(
        best_translations(german, SENTENCES)
    )


def test_madlad_gets_its_prefix_and_a_stated_one_is_kept(
    checkpoints: dict[str, Path], cache: Path
) -> None:
    implied = load(checkpoints["t5"], "ctranslate2", cache)
    stated = load(checkpoints["t5"], "ctranslate2", cache, prefix="<2en> ")
    other = load(checkpoints["t5"], "ctranslate2", cache, prefix="more ")
    assert texts(best_translations(implied, SENTENCES)) == texts(
        best_translations(stated, SENTENCES)
    )
    assert texts(best_translations(implied, SENTENCES)) != texts(
        best_translations(other, SENTENCES)
    )


@pytest.mark.parametrize("layout", ["added", "plain"])
def test_the_target_language_of_madlad_is_one_token(
    layout: str, tmp_path: Path, cache: Path
) -> None:
    folder = make_madlad(tmp_path / layout, added=layout == "added")
    translator = load(folder, "transformers", cache)
    [mark] = translator.tokenizer.identify(["<2en>"])
    [with_mark] = translator.tokenizer.encode(["今年上海"], 100)
    assert with_mark.ids[0] == mark
    assert translator.tokenizer.pieces(with_mark.ids) == ["<2en>", "▁", *"今年上海", "</s>"]
    assert texts(best_translations(load(folder, "ctranslate2", cache), SENTENCES)) == texts(
        best_translations(translator, SENTENCES)
    )
    with pytest.raises(
        WeightsError, match=r"prefix: '<2xx>' is not a language of .* it has <2de>, <2e"
    ):
        load(folder, "transformers", cache, prefix="<2xx>")


@pytest.mark.parametrize("source", ["zho_Hans", "zho_Hant"])
def test_nllb_reads_simplified_and_traditional(
    source: str, checkpoints: dict[str, Path], cache: Path
) -> None:
    translator = load(checkpoints["nllb"], "transformers", cache, source_language=source)
    [encoded] = translator.tokenizer.encode(["今年上海"], 100)
    assert translator.tokenizer.pieces(encoded.ids)[0] == source
    assert [translator.decoding.first_token] == translator.tokenizer.identify(["eng_Latn"])


@pytest.mark.parametrize(
    ("name", "codes"),
    [("nllb", ("zho_Hans", "eng_Latn")), ("m2m100", ("zh", "en")), ("mbart50", ("zh_CN", "en_XX"))],
)
def test_who_states_no_language_gets_simplified_chinese_to_english(
    name: str, codes: tuple[str, str], checkpoints: dict[str, Path], cache: Path
) -> None:
    spec = Seq2SeqSpec(kind="seq2seq", path=str(checkpoints[name]))
    resolved = resolve_translator(spec, Machine(device="cpu", cache=cache))
    assert (resolved.source_language, resolved.target_language) == codes


@pytest.mark.parametrize(
    ("name", "key", "code", "advice"),
    [
        ("nllb", "source_language", "zh", r"zho_Hans \(simplified\), zho_Hant \(traditional\)"),
        ("nllb", "target_language", "en", "eng_Latn"),
        ("m2m100", "source_language", "zho_Hans", "M2M100 writes zh and en"),
        ("mbart50", "source_language", "zh", "mBART writes zh_CN"),
    ],
)
def test_a_language_written_as_another_family_does_is_refused(
    name: str, key: str, code: str, advice: str, checkpoints: dict[str, Path], cache: Path
) -> None:
    spec = Seq2SeqSpec.model_validate(
        {"kind": "seq2seq", "path": str(checkpoints[name]), key: code}
    )
    with pytest.raises(WeightsError, match=f"translate.model.{key}: '{code}'.*{advice}"):
        resolve_translator(spec, Machine(device="cpu", cache=cache))


def test_a_source_language_that_the_vocabulary_lacks_is_refused(
    checkpoints: dict[str, Path], cache: Path
) -> None:
    with pytest.raises(WeightsError, match="source_language: the model has no language 'xxx_Hans'"):
        load(checkpoints["nllb"], "transformers", cache, source_language="xxx_Hans")


def test_a_marian_language_must_be_in_the_vocabulary(
    checkpoints: dict[str, Path], cache: Path
) -> None:
    with pytest.raises(WeightsError, match="'>>xyz<<' is not a language"):
        load(checkpoints["marian"], "ctranslate2", cache, prefix=">>xyz<< ")


def test_memory_that_runs_out_halves_the_batch_and_goes_on() -> None:
    asked = ["一", "二二", "三三三", "四", "五五", "六六六六", "七"]
    assert texts(best_translations(echo(2, batch_tokens=1000), asked)) == asked


def test_ctranslate2_gives_a_core_what_fits_it_and_leaves_no_other_without_work() -> None:
    decoder = CTranslate2Decoder(None, Letters(), frozenset(), workers=2, rows_at_once=1000)
    wide, greedy = Decoding(4, 1.0, 0, 10, 10), Decoding(1, 1.0, 0, 10, 10)
    assert decoder.at_once([[7] * 10] * 1000, wide) == 250
    assert decoder.at_once([[7] * 10] * 1000, greedy) == 1000
    assert decoder.at_once([[7] * 10] * 7, greedy) == 35
    assert decoder.at_once([[], []], greedy) == 1
    assert replace(decoder, rows_at_once=None).at_once([[7]], wide) is None


@pytest.mark.parametrize(
    ("kibibytes", "precision", "wanted"),
    [
        (1, "float32", 1280),
        (100_000, "float32", 1562),
        (50_000, "int8", 1562),
        (1_000_000, "float32", 2048),
    ],
)
def test_ctranslate2_gives_a_core_more_where_weights_are_heavy(
    kibibytes: int, precision: LoadedPrecision, wanted: int, tmp_path: Path
) -> None:
    with (tmp_path / "model.bin").open("wb") as file:
        file.truncate(1024 * kibibytes)
    assert rows_at_once(tmp_path, precision) == wanted


class Queued:
    """A translator of ctranslate2 that says the source again, when asked; counts what waits."""

    def __init__(self) -> None:
        self.sizes: list[tuple[int, int]] = []
        self.lengths: list[int] = []
        self.waiting = self.most_waiting = 0

    def translate_batch(self, sources: list[list[str]], **_: object) -> list[object]:
        own = [pieces for pieces in sources if set(pieces) != {chr(Letters.end)}]
        self.lengths.append(max(map(len, sources)))
        self.sizes.append((len(own), self.lengths[-1]))
        self.waiting += len(own)
        self.most_waiting = max(self.most_waiting, self.waiting)
        return [SimpleNamespace(result=partial(self.read, pieces)) for pieces in sources]

    def read(self, pieces: list[str]) -> object:
        self.waiting -= 1
        return SimpleNamespace(hypotheses=[pieces], scores=[-1.0])


@pytest.mark.parametrize("is_exact", [False, True])
def test_ctranslate2_is_given_parts_that_fit_and_few_before_their_time(is_exact: bool) -> None:
    queued = Queued()
    decoder = CTranslate2Decoder(
        queued,
        Letters(),
        frozenset(),
        workers=2,
        rows_at_once=40,
        is_exact=is_exact,
    )
    asked = [tuple(range(5, 6 + number % 17)) for number in range(300)]
    found = decoder.decode(asked, Decoding(1, 1.0, 0, 20, 20), 1)
    assert [own.ids for [own] in found] == asked
    assert all(count * longest <= 40 for count, longest in queued.sizes)
    assert queued.most_waiting <= 5 * 40 < len(asked)  # one read, two more for each worker
    if is_exact:
        assert {length % LENGTH_STEP for length in queued.lengths} == {0}


def test_sentences_are_padded_to_lengths_that_fit_the_positions_of_the_model() -> None:
    queued = Queued()
    decoder = CTranslate2Decoder(
        queued, Letters(), frozenset(), workers=1, rows_at_once=1280, is_exact=True
    )
    asked = [tuple(range(5, 5 + length)) for length in (3, 16, 17, 20, 40)]
    decoder.decode(asked, Decoding(1, 1.0, 0, 40, 20, positions=30), 1)
    assert sorted(queued.lengths) == [16, 30, 40]


def test_other_hypotheses_come_for_each_distinct_sentence_in_order() -> None:
    found = all_translations(echo(2, batch_tokens=1000), ["一", "", "二二", "一"], Search(count=3))
    assert [texts(each) for each in found] == [["一"] * 3, [""], ["二二"] * 3, ["一"] * 3]
    confidences = [each.confidence or 0.0 for each in found[0]]
    assert confidences == sorted(confidences, reverse=True)


class Counting(EchoDecoder):
    """Counts the inputs that it decodes."""

    decoded = 0

    def decode(
        self,
        batch: Sequence[Sequence[int]],
        decoding: Decoding,
        count: int,
        control: Control = NO_CONTROL,
    ) -> list[list[Hypothesis]]:
        self.decoded += len(batch)
        return super().decode(batch, decoding, count, control)


def test_what_the_first_search_found_besides_costs_no_search_and_is_the_same_after_a_kill() -> None:
    def fresh(spare: Spare | None = None) -> tuple[BatchTranslator, Counting]:
        decoder = Counting(9)
        return BatchTranslator(
            (decoder,), Letters(), Decoding(3, 1.0, 0, 10, 10), 99, spare
        ), decoder

    requests = [Request(each) for each in ("甲", "", "乙", "甲")]
    translator, decoder = fresh(Spare())
    best = translator.translate(requests)
    assert best == fresh()[0].translate(requests), "the best translation is the same"
    heard: list[object] = []
    follow = Control(answered=lambda places, answers: heard.append(answers))
    spare = translator.translate(requests[::-1], SPARE, control=follow)[::-1]
    assert decoder.decoded == 2
    assert [len(each) for each in spare] == [2, 0, 2, 2]
    wanted = translator.translate(requests, Search(count=3))
    assert [of[:1] + more for of, more in zip(best, spare, strict=True)] == wanted
    again, restarted = fresh(Spare())
    again.translate(requests[2:3])
    assert again.translate(requests, SPARE, control=follow) == spare
    assert restarted.decoded == 2, "what a killed run has lost is searched again"
    assert not heard, "what is found again is no answer of its own"


def test_a_search_that_padding_changes_keeps_nothing_besides(
    checkpoints: dict[str, Path], cache: Path
) -> None:
    translator = load(checkpoints["marian"], "transformers", cache, beams=2)
    best_translations(translator, SENTENCES)
    assert translator.translate([Request(each) for each in SENTENCES], SPARE) == [[]] * len(
        SENTENCES
    )


def test_memory_too_small_for_one_sentence_is_an_error_with_advice() -> None:
    with pytest.raises(WeightsError, match=r"lower translate\.model\.beams"):
        best_translations(echo(0, batch_tokens=1000), ["一"])


@pytest.mark.parametrize(
    ("text", "blank"),
    [("", True), (" \t\n", True), ("\u3000", True), ("\u200b\ufeff", True), ("。", False)],
)
def test_blank_is_what_has_nothing_to_read(text: str, blank: bool) -> None:
    assert is_blank(text) is blank


@pytest.fixture(autouse=True, scope="session")
def one_torch_thread() -> Iterator[None]:
    import torch

    count = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(count)


DRAWN = Search(count=6, sampling=Sampling(least_probability=0.0))


@pytest.mark.parametrize("name", ["marian", "nllb", "t5", "bart"])
def test_draws_are_several_and_the_same_again_in_any_batch(
    name: str, checkpoints: dict[str, Path], cache: Path
) -> None:
    translator = load(checkpoints[name], "transformers", cache)
    together = all_translations(translator, SENTENCES, DRAWN)
    assert [len(each) for each in together] == [6, 1, 6, 6, 6, 6, 1, 6]
    for sentence, found in zip(SENTENCES, together, strict=True):
        assert texts(all_translations(translator, [sentence], DRAWN)[0]) == texts(found)
    assert len({text for found in together for text in texts(found)}) > len(SENTENCES)
    other = replace(DRAWN, sampling=Sampling(least_probability=0.0, seed=2))
    assert all_translations(translator, SENTENCES, other) != together
    # what is never drawn: here all but the most probable, which greedy search finds too
    narrow = replace(DRAWN, sampling=Sampling(least_probability=1.0))
    greedy = best_translations(load(checkpoints[name], "transformers", cache, beams=1), SENTENCES)
    for found, best in zip(all_translations(translator, SENTENCES, narrow), greedy, strict=True):
        assert set(texts(found)) == {best.text}


def test_draws_are_as_frequent_as_they_are_probable() -> None:
    import torch

    from models.seq2seq.sampling import Draw

    rows = 1000
    scores = torch.log(torch.tensor([[0.5, 0.25, 0.2, 0.05]])).repeat(rows, 1)
    spread = (torch.arange(rows, dtype=torch.float64)[:, None] + 0.5) / rows
    started = torch.zeros((rows, 1), dtype=torch.long)
    for sampling, expected in (
        (Sampling(least_probability=0.0), [500, 250, 200, 50]),
        (Sampling(least_probability=0.1), [526, 263, 211, 0]),
        (Sampling(temperature=0.5, least_probability=0.0), [704, 176, 113, 7]),
    ):
        drawn = Draw(sampling, spread, 1)(started, scores).argmax(dim=-1)
        counts = torch.bincount(drawn, minlength=4).tolist()
        assert counts == pytest.approx(expected, abs=1)


def test_ctranslate2_refuses_to_draw(checkpoints: dict[str, Path], cache: Path) -> None:
    with pytest.raises(WeightsError, match="backend: transformers"):
        all_translations(load(checkpoints["marian"], "ctranslate2", cache), ["医疗"], DRAWN)


def test_the_publishers_limit_on_repeats_holds_unless_the_config_sets_its_own(
    checkpoints: dict[str, Path], cache: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(checkpoints["pegasus"], tmp_path / "pegasus")
    place = folder / "generation_config.json"
    published = {**json.loads(place.read_text(encoding="utf-8")), "no_repeat_ngram_size": 3}
    place.write_text(json.dumps(published), encoding="utf-8")
    limits = [
        load(folder, "ctranslate2", cache, **settings).decoding.no_repeat_ngram_size
        for settings in ({}, {"no_repeat_ngram_size": 0}, {"no_repeat_ngram_size": 5})
    ]
    assert limits == [3, 0, 5]
