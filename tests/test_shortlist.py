"""Shortlists: levels, risks, files, and that a sentence's answer is its own."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from models.architecture import read_architecture
from models.ctranslate import CTranslate2Decoder
from models.decoding import BatchTranslator
from models.errors import WeightsError
from models.lexicon import make_shortlist, possible_outputs
from models.load import load_translator, resolve_translator
from models.shortlist import (
    SHORTLIST,
    Shortlist,
    find_shortlist,
    mark,
    output_order,
    read_shortlist,
    vocabulary_map,
    write_shortlist,
)
from models.specs import Seq2SeqSpec
from models.strict import Precision
from models.tokens import Tokenizer, load_tokenizer
from pipeline.errors import ConfigError
from pipeline.shortlisting import read_pairs
from tests.checkpoints import TRANSLATORS, make_marian

SENTENCES = (
    "今年上海的经济合作。",
    "记者在北京采访，人民日报说：发展是我们共同的目标。",
    "医疗资源",
    "8.5%的人民",
    "more people live",
    "",
)
EXAMPLE = Shortlist(
    ranked=(5, 3, 9, 1, 7, 2),
    sizes=(2, 4, 6),
    risks={10: (0, 0), 11: (900, 10), 12: (100, 100)},
    tolerance=50,
    complete=True,
)


@pytest.mark.parametrize(
    ("ids", "level"),
    [
        ((), 0),
        ((10, 10), 0),
        ((11,), 1),
        ((12,), 2),
        ((12, 10), 0),
        ((11, 10, 10), 1),
        ((99,), 2),
    ],
)
def test_a_sentence_gets_the_smallest_level_within_its_risk(
    ids: tuple[int, ...], level: int
) -> None:
    assert EXAMPLE.level(ids) == level


def test_an_unknown_word_needs_the_whole_vocabulary_where_no_level_is_complete() -> None:
    partial = replace(EXAMPLE, sizes=(2, 4), complete=False)
    assert partial.level((99,)) == partial.whole


def test_every_level_is_a_run_from_the_first_word_on() -> None:
    names = ["</s>", "<unk>", "a", "b b", "c", "d", "e", "f", "g", "h"]
    order = output_order(EXAMPLE, names)
    assert sorted(order) == list(range(len(names)))
    assert order[:2] == [0, 1]
    ordered = [names[token] for token in order]
    lines = list(vocabulary_map(EXAMPLE, ordered))
    assert [line.split("\t")[0] for line in lines] == [mark(0), mark(1), mark(2)]
    for line, size in zip(lines, EXAMPLE.sizes, strict=True):
        assert line.rstrip("\n").split("\t")[1].split(" ") == ordered[:size]


def test_a_file_gives_back_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / SHORTLIST
    write_shortlist(path, EXAMPLE)
    assert read_shortlist(path) == EXAMPLE
    assert find_shortlist(tmp_path, tmp_path / "cache", "any") == path


@pytest.mark.parametrize(
    "change",
    [{"sizes": [4, 2, 6]}, {"sizes": [2, 4, 99]}, {"risks": {"1": [3]}}, {"version": 99}],
)
def test_a_damaged_file_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    path = tmp_path / SHORTLIST
    write_shortlist(path, EXAMPLE)
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(WeightsError, match="make it anew"):
        read_shortlist(path)


def test_a_rare_word_is_charged_to_the_source_word_that_brings_it(marian: Path) -> None:
    tokenizer = tokenizer_of(marian)
    names = list(json.loads((marian / "vocab.json").read_text(encoding="utf-8")))
    words = [token for token, name in enumerate(names[:-1]) if not _plain(name) and "<" not in name]
    common, rare, other = words[:3]
    pairs = [((6, 7), (common, common)), ((6, 8), (common, rare)), ((6, 9), (common, other))] * 50
    able = range(len(names) - 1)
    shortlist = make_shortlist(
        pairs, tokenizer, able, len(names), tolerance=0.1, sizes=range(5, 70)
    )
    assert shortlist.complete
    level = next(k for k, size in enumerate(shortlist.sizes) if common in shortlist.ranked[:size])
    assert level + 1 < shortlist.whole
    assert rare not in shortlist.ranked[: shortlist.sizes[level]]
    assert shortlist.risks[8][level] > 500
    assert shortlist.risks[7][level] < 300


@pytest.fixture(scope="module")
def marian(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_marian(tmp_path_factory.mktemp("marian") / "model")


def _plain(name: str) -> bool:
    return name.replace("▁", "").isascii()


def tokenizer_of(folder: Path) -> Tokenizer:
    return load_tokenizer(folder, read_architecture(folder))


@pytest.fixture(scope="module")
def listed(marian: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, BatchTranslator]:
    """Translators, by precision, that put each of SENTENCES on a level of its own if they can."""
    tokenizer = tokenizer_of(marian)
    size = int(json.loads((marian / "config.json").read_text())["vocab_size"])
    encoded = [each.ids[:-1] for each in tokenizer.encode(SENTENCES, 100)]
    possible = possible_outputs(marian, tokenizer, size)
    risks: dict[int, tuple[int, ...]] = {token: (0, 0, 0) for ids in encoded for token in ids}
    level = 0
    for ids in encoded:
        own = [t for t in ids if not any(t in other for other in encoded if other != ids)]
        risks |= {token: tuple(1000 * (level > k) for k in range(3)) for token in own[:1]}
        level += bool(own)
    shortlist = Shortlist(
        ranked=tuple(possible), sizes=(6, 12, 18), risks=risks, tolerance=0, complete=False
    )
    assert len({shortlist.level(ids) for ids in encoded}) > 2
    place = tmp_path_factory.mktemp("shortlist") / SHORTLIST
    write_shortlist(place, shortlist)
    precisions: tuple[Precision, ...] = ("float32", "int8")
    return {each: loaded(marian, place.parent / "cache", place, each) for each in precisions}


def loaded(
    folder: Path, cache: Path, shortlist: Path | None, precision: Precision = "float32"
) -> BatchTranslator:
    spec = Seq2SeqSpec(kind="seq2seq", path=str(folder), max_target_tokens=10)
    resolved = resolve_translator(spec, device="cpu", precision=precision, cache=cache)
    translator = load_translator(spec, replace(resolved, shortlist=shortlist), threads=1)
    assert isinstance(translator, BatchTranslator)
    return translator


@pytest.mark.parametrize("precision", ["float32", "int8"])
@pytest.mark.parametrize("batch_tokens", [1, 40])
def test_the_answer_does_not_depend_on_the_neighbours(
    listed: dict[str, BatchTranslator], precision: str, batch_tokens: int
) -> None:
    translator = listed[precision]
    together = translator.translate(SENTENCES)
    fewer = replace(translator, batch_tokens=batch_tokens).translate(SENTENCES)
    alone = [translator.translate([each])[0] for each in SENTENCES]
    for others in (alone, translator.translate(SENTENCES[::-1])[::-1], fewer):
        if precision == "int8":
            assert others == together
        else:
            # Products in float32 are rounded by how many rows there are.
            assert [each.confidence for each in others] == pytest.approx(
                [each.confidence for each in together], abs=1e-6
            )
            assert [replace(each, confidence=None) for each in others] == [
                replace(each, confidence=None) for each in together
            ]


def test_words_outside_the_level_are_not_written(
    listed: dict[str, BatchTranslator], marian: Path
) -> None:
    translator = listed["float32"]
    [decoder] = translator.decoders
    assert isinstance(decoder, CTranslate2Decoder)
    assert decoder.shortlist
    names = json.loads((marian / "vocab.json").read_text())
    for sentence in SENTENCES[:3]:
        [encoded] = translator.tokenizer.encode([sentence], 100)
        level = decoder.shortlist.level(encoded.ids[:-1])
        allowed = {*decoder.shortlist.ranked[: decoder.shortlist.sizes[level]], names["<unk>"]}
        [[found]] = decoder.decode([encoded.ids], translator.decoding, 1)
        assert set(found.ids) <= allowed


def test_without_a_shortlist_words_that_cannot_be_written_are_not_weighed(tmp_path: Path) -> None:
    folder = make_marian(tmp_path / "model")
    tokenizer = tokenizer_of(folder)
    size = int(json.loads((folder / "config.json").read_text())["vocab_size"])
    unwritable = sorted({*range(size)} - {*possible_outputs(folder, tokenizer, size)})
    assert len(unwritable) > 20
    found = {
        shortlist: load_translator(spec, resolved, threads=1)
        for shortlist in ("off", "writable", "auto")
        for spec in [seq2seq_spec(folder, shortlist)]
        for resolved in [resolve_translator(spec, device="cpu", cache=tmp_path / "cache")]
    }
    whole, fewer, usual = (each.translate(SENTENCES) for each in found.values())
    assert [each.text for each in fewer] == [each.text for each in whole]
    assert [each.confidence for each in fewer] == pytest.approx(
        [each.confidence for each in whole], abs=1e-6
    )
    assert usual == fewer
    translator = found["auto"]
    assert isinstance(translator, BatchTranslator)
    [decoder] = translator.decoders
    assert isinstance(decoder, CTranslate2Decoder)
    assert decoder.shortlist
    assert decoder.shortlist.sizes == (size - len(unwritable),)


def seq2seq_spec(folder: Path, shortlist: str) -> Seq2SeqSpec:
    return Seq2SeqSpec.model_validate(
        {
            "kind": "seq2seq",
            "path": str(folder),
            "backend": "ctranslate2",
            "max_target_tokens": 10,
            "shortlist": shortlist,
        }
    )


@pytest.mark.parametrize("shortlist", ["auto", "writable"])
def test_where_training_is_not_known_every_word_is_weighed(tmp_path: Path, shortlist: str) -> None:
    spec = seq2seq_spec(TRANSLATORS["bart"](tmp_path / "model"), shortlist)
    assert resolve_translator(spec, device="cpu", cache=tmp_path).shortlist is None


def test_the_key_of_an_answer_names_the_shortlist(marian: Path, tmp_path: Path) -> None:
    spec = Seq2SeqSpec(kind="seq2seq", path=str(marian))
    before = resolve_translator(spec, device="cpu", cache=tmp_path)
    write_shortlist(marian / SHORTLIST, EXAMPLE)
    try:
        after = resolve_translator(spec, device="cpu", cache=tmp_path)
        off = resolve_translator(
            spec.model_copy(update={"shortlist": "off"}), device="cpu", cache=tmp_path
        )
    finally:
        (marian / SHORTLIST).unlink()
    assert after.identity == before.identity
    assert len({each.answer_key for each in (before, after, off)}) == 3


def test_pairs_are_read_evenly_and_too_few_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_text("".join(f"第{k}句\tSentence {k}\n" for k in range(1000)), encoding="utf-8")
    assert [pair[1] for pair in read_pairs(path, 100)][:2] == ["Sentence 0", "Sentence 10"]
    path.write_text("一\tone\n二\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="1 pairs of sentences in 2 lines"):
        read_pairs(path, 100)
