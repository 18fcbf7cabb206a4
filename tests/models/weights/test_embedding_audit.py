"""Weights that were not loaded as they are stored are refused, whatever the library says."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoConfig, AutoModel, AutoModelForMaskedLM, AutoModelForSeq2SeqLM

from models.errors import WeightsError
from models.runtime.device import Device
from models.seq2seq.transformers import load_checkpoint
from models.weights.embedding_audit import check_embeddings
from tests import checkpoints

MAKERS: dict[str, Callable[[Path], Path]] = {
    name.removeprefix("make_"): make
    for name, make in vars(checkpoints).items()
    if name.startswith("make_") and name in ("make_marian", "make_m2m100", "make_nllb", "make_t5")
}


@pytest.fixture(scope="module")
def marian(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkpoints.make_marian(tmp_path_factory.mktemp("audit") / "marian")


def _loaded(folder: Path) -> Any:
    kind: Any = AutoModelForSeq2SeqLM
    return kind.from_pretrained(str(folder))


@pytest.mark.parametrize("name", sorted(MAKERS))
def test_a_checkpoint_that_is_loaded_as_it_is_stored_passes(name: str, tmp_path: Path) -> None:
    folder = MAKERS[name](tmp_path / name)
    for precision in ("float32", "bfloat16"):
        load_checkpoint(folder, device=Device("cpu", "test"), precision=precision)


def _randomised(layer: Any) -> None:
    layer.weight = torch.nn.Parameter(torch.randn_like(layer.weight))


def _untied_encoder(model: Any) -> None:
    _randomised(model.get_encoder().embed_tokens)


def _untied_decoder(model: Any) -> None:
    _randomised(model.get_decoder().embed_tokens)


def _untied_output(model: Any) -> None:
    _randomised(model.lm_head)


def _damaged_in_place(model: Any) -> None:
    with torch.no_grad():
        model.get_input_embeddings().weight[3] += 1


@pytest.mark.parametrize(
    "spoil", [_untied_encoder, _untied_decoder, _untied_output, _damaged_in_place]
)
def test_embeddings_that_are_not_those_of_the_files_are_refused(
    marian: Path, spoil: Callable[[Any], None]
) -> None:
    model = _loaded(marian)
    check_embeddings(model, marian)
    spoil(model)
    with pytest.raises(WeightsError, match="reads the checkpoint incorrectly"):
        check_embeddings(model, marian)


def test_embeddings_taken_from_the_output_layer_are_refused(tmp_path: Path) -> None:
    """The shape of transformers issue 48154: MADLAD's encoder read with its output layer."""
    folder = checkpoints.make_t5(tmp_path / "t5")
    model = _loaded(folder)
    if model.config.tie_word_embeddings:
        model.config.tie_word_embeddings = False
        _randomised(model.lm_head)
        model.save_pretrained(str(folder))
        model = _loaded(folder)
    check_embeddings(model, folder)
    model.get_encoder().embed_tokens.weight = model.lm_head.weight
    with pytest.raises(WeightsError, match="untrained values"):
        check_embeddings(model, folder)


def test_a_load_that_goes_wrong_without_a_word_stops_there(
    marian: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind: Any = AutoModelForSeq2SeqLM
    load = kind.from_pretrained

    def spoilt(*given: Any, **settings: Any) -> Any:
        model, found = load(*given, **settings)
        _untied_output(model)
        return model, found

    monkeypatch.setattr(kind, "from_pretrained", spoilt)
    with pytest.raises(WeightsError, match=r"lm_head\.weight are not in its files"):
        load_checkpoint(marian, device=Device("cpu", "test"), precision="float32")


def _encoder(kind: str, folder: Path) -> Path:
    """Write an encoder below a head that predicts words, as published BERTs are."""
    head: Any = AutoModelForMaskedLM
    config = AutoConfig.for_model(
        kind,
        vocab_size=50,
        hidden_size=16,
        embedding_size=16,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=24,
    )
    with torch.random.fork_rng():
        torch.manual_seed(7)
        head.from_config(config).save_pretrained(str(folder))
    return folder


@pytest.mark.parametrize("kind", ["bert", "xlm-roberta", "electra", "deberta-v2"])
def test_an_encoder_is_found_below_the_head_of_its_file(kind: str, tmp_path: Path) -> None:
    folder = _encoder(kind, tmp_path / kind)
    encoder: Any = AutoModel
    model = load_checkpoint(
        folder, encoder, device=Device("cpu", "test"), precision="float32", spare="pooler."
    )
    _damaged_in_place(model)
    with pytest.raises(WeightsError, match=r"is not what model\.safetensors holds"):
        check_embeddings(model, folder)


def test_only_the_weights_that_nobody_reads_may_be_missing(tmp_path: Path) -> None:
    folder = _encoder("bert", tmp_path / "bert")
    encoder: Any = AutoModel
    with pytest.raises(WeightsError, match=r"2 weights of the model .* among them pooler\.dense"):
        load_checkpoint(folder, encoder, device=Device("cpu", "test"), precision="float32")
