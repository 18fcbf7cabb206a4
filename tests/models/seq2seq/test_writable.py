"""The words that a checkpoint can write: found in its files, and the only ones computed."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from models.load import load_translator, resolve_translator
from models.protocols import best_translations
from models.runtime.machine import Machine
from models.seq2seq.ctranslate2 import CTranslate2Decoder
from models.seq2seq.tokenizer import Tokenizer, load_tokenizer
from models.seq2seq.translator import BatchTranslator
from models.seq2seq.writable import MARK, output_order, possible_outputs, vocabulary_map
from models.specs import Seq2SeqSpec
from models.strict import Precision
from models.weights.architecture import read_architecture
from tests.checkpoints import TRANSLATORS, make_marian

SENTENCES = (
    "今年上海的经济合作。",
    "记者在北京采访，人民日报说：发展是我们共同的目标。",
    "医疗资源",
    "8.5%的人民",
    "more people live",
    "",
)


@pytest.fixture(scope="module")
def marian(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_marian(tmp_path_factory.mktemp("marian") / "model")


def tokenizer_of(folder: Path) -> Tokenizer:
    return load_tokenizer(folder, read_architecture(folder))


def spec_of(folder: Path, shortlist: str = "auto") -> Seq2SeqSpec:
    return Seq2SeqSpec.model_validate(
        {
            "kind": "seq2seq",
            "path": str(folder),
            "backend": "ctranslate2",
            "max_target_tokens": 10,
            "shortlist": shortlist,
        }
    )


def load(folder: Path, cache: Path, shortlist: str) -> BatchTranslator:
    spec = spec_of(folder, shortlist)
    resolved = resolve_translator(spec, Machine(device="cpu", cache=cache))
    translator = load_translator(spec, resolved, Machine(threads=1))
    assert isinstance(translator, BatchTranslator)
    return translator


def test_writable_words_come_first_in_the_converted_vocabulary() -> None:
    names = ["</s>", "<unk>", "a", "b b", "c", "d", "e", "f", "g", "h"]
    order = output_order((5, 3, 9), names)
    assert sorted(order) == list(range(len(names)))
    assert order[:4] == [0, 1, 5, 9]
    ordered = [names[token] for token in order]
    assert vocabulary_map((5, 3, 9), ordered) == f"{MARK}\t</s> <unk> d\n"


def test_leaving_out_unwritable_words_changes_no_translation(marian: Path, tmp_path: Path) -> None:
    whole, fewer, usual = (
        load(marian, tmp_path, shortlist) for shortlist in ("off", "writable", "auto")
    )
    expected = best_translations(whole, SENTENCES)
    actual = best_translations(fewer, SENTENCES)
    assert [each.text for each in actual] == [each.text for each in expected]
    assert [each.confidence for each in actual] == pytest.approx(
        [each.confidence for each in expected], abs=1e-6
    )
    assert best_translations(usual, SENTENCES) == actual


def test_only_writable_words_are_written(marian: Path, tmp_path: Path) -> None:
    size = int(json.loads((marian / "config.json").read_text())["vocab_size"])
    translator = load(marian, tmp_path, "auto")
    allowed = {*possible_outputs(marian, translator.tokenizer, size)}
    assert len(allowed) < size - 20
    [decoder] = translator.decoders
    assert isinstance(decoder, CTranslate2Decoder)
    assert decoder.writable_only
    for sentence in SENTENCES[:3]:
        [encoded] = translator.tokenizer.encode([sentence], 100)
        [[hypothesis]] = decoder.decode([encoded.ids], translator.decoding, 1)
        assert set(hypothesis.ids) <= allowed


def test_a_converted_model_is_loaded_without_looking_for_writable_words(
    marian: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = best_translations(load(marian, tmp_path, "auto"), SENTENCES)
    monkeypatch.setattr("models.seq2seq.writable.writable_words", None)
    again = load(marian, tmp_path, "auto")
    [decoder] = again.decoders
    assert isinstance(decoder, CTranslate2Decoder)
    assert decoder.writable_only
    assert best_translations(again, SENTENCES) == first


@pytest.mark.parametrize("precision", ["float32", "int8"])
@pytest.mark.parametrize("batch_tokens", [1, 40])
def test_an_answer_does_not_depend_on_its_batch(
    marian: Path, tmp_path: Path, precision: Precision, batch_tokens: int
) -> None:
    spec = spec_of(marian)
    resolved = resolve_translator(spec, Machine(device="cpu", cache=tmp_path, precision=precision))
    translator = load_translator(spec, resolved, Machine(threads=1))
    assert isinstance(translator, BatchTranslator)
    together = best_translations(translator, SENTENCES)
    small = best_translations(replace(translator, batch_tokens=batch_tokens), SENTENCES)
    alone = [best_translations(translator, [sentence])[0] for sentence in SENTENCES]
    for others in (alone, best_translations(translator, SENTENCES[::-1])[::-1], small):
        assert [each.text for each in others] == [each.text for each in together]
        # Products in float32 are rounded by the number of rows.
        assert [each.confidence for each in others] == pytest.approx(
            [each.confidence for each in together], abs=0 if precision == "int8" else 1e-6
        )


@pytest.mark.parametrize("shortlist", ["auto", "writable"])
def test_a_checkpoint_that_names_no_target_words_computes_them_all(
    tmp_path: Path, shortlist: str
) -> None:
    spec = spec_of(TRANSLATORS["bart"](tmp_path / "model"), shortlist)
    assert not resolve_translator(spec, Machine(device="cpu", cache=tmp_path)).writable_only


def test_the_key_of_an_answer_says_whether_all_words_were_computed(
    marian: Path, tmp_path: Path
) -> None:
    keys = {
        resolve_translator(
            spec_of(marian, shortlist), Machine(device="cpu", cache=tmp_path)
        ).answer_key
        for shortlist in ("auto", "writable", "off")
    }
    assert len(keys) == 2
