"""Checkpoints of trained metrics in their published formats, with weights made by a formula.

What such a model says means nothing, but whatever runs it must come to the same numbers:
the tests hold ours to what the original packages said of these very checkpoints, and
scripts/metrics/compare_neural_metrics.py runs both sides. No seed and no library decides a weight.
"""

import itertools
import json
import math
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import transformers
import yaml
from safetensors.torch import save_file
from tokenizers import AddedToken, Tokenizer, decoders, pre_tokenizers, processors
from tokenizers.models import Unigram

# Rows that the output layer of mT5 has; MetricX reads number 250089.
MT5_ROWS = 250112
METRICX_ROW = 250089


@dataclass(frozen=True, slots=True)
class Size:
    """How big a checkpoint is; `positions` is the longest input in tokens."""

    width: int = 16
    layers: int = 3
    heads: int = 2
    positions: int = 64

    @property
    def inner(self) -> int:
        """Width inside a feed-forward layer."""
        return 2 * self.width


COMET_KINDS: dict[str, dict[str, Any]] = {
    # As wmt22-comet-da.
    "comet": {"class_identifier": "regression_metric", "layer_norm": False},
    # The same, mixed by softmax because hparams.yaml says so, each layer normed.
    "comet-patched": {
        "class_identifier": "regression_metric",
        "layer_norm": True,
        "patched": True,
    },
    # One layer, first token.
    "comet-cls": {"class_identifier": "regression_metric", "layer": 2, "pool": "cls"},
    "comet-max": {
        "class_identifier": "regression_metric",
        "pool": "max",
        "layer_transformation": "softmax",
        "final_activation": "Sigmoid",
    },
    "comet-qe": {"class_identifier": "referenceless_regression_metric", "layer_norm": True},
    # As eamt22-cometinho-da: BERT's layers under XLM-RoBERTa's tokenizer, a pooler not used.
    "comet-minilm": {"class_identifier": "regression_metric", "encoder_model": "MiniLM"},
    # As wmt22-cometkiwi-da.
    "cometkiwi": {
        "class_identifier": "unified_metric",
        "layer_norm": False,
        "input_segments": ["mt", "src"],
    },
    # UniTE with labels.
    "unite": {
        "class_identifier": "unified_metric",
        "layer_norm": True,
        "word_level_training": True,
        "word_layer": 3,
        "error_labels": ["minor", "major"],
    },
    # As XCOMET-XL, on the encoder of the others and on its own.
    "xcomet": {"class_identifier": "xcomet_metric", "layer_norm": False, "word_layer": 2},
    "xcomet-xl": {
        "class_identifier": "xcomet_metric",
        "layer_norm": False,
        "word_layer": 3,
        "encoder_model": "XLM-RoBERTa-XL",
    },
}
"""Every kind of COMET checkpoint, by what it differs in."""


def make_comet(folder: Path, kind: str, texts: Iterable[str], size: Size | None = None) -> Path:
    """Write a COMET checkpoint: hparams.yaml, checkpoints/model.ckpt, encoder/.

    `texts` give the vocabulary of its tokenizer.
    """
    size = size or Size()
    settings = dict(COMET_KINDS[kind])
    encoder = folder / "encoder"
    rows = make_xlm_roberta_tokenizer(encoder, texts, size)
    hyper_parameters = _hyper_parameters(settings, str(encoder), size)
    tensors = _comet_tensors(hyper_parameters, encoder, rows, size)
    (folder / "checkpoints").mkdir(parents=True)
    # Lightning stores much more; this is what decides a score.
    torch.save(
        {
            "epoch": 1,
            "global_step": 2,
            "pytorch-lightning_version": "2.5.0",
            "state_dict": tensors,
            "hparams_name": "kwargs",
            "hyper_parameters": {
                key: value for key, value in hyper_parameters.items() if key != "class_identifier"
            },
        },
        folder / "checkpoints" / "model.ckpt",
    )
    if settings.get("patched"):
        hyper_parameters["layer_transformation"] = "sparsemax_patch"
    (folder / "hparams.yaml").write_text(yaml.safe_dump(hyper_parameters), encoding="utf-8")
    return folder


def make_metricx(
    folder: Path, texts: Iterable[str], size: Size | None = None, *, pickled: bool = False
) -> Path:
    """Write a MetricX checkpoint with its tokenizer; `pickled`: as pytorch_model.bin."""
    size = size or Size()
    folder.mkdir(parents=True)
    make_t5_tokenizer(folder, texts)
    config = transformers.MT5Config(
        vocab_size=MT5_ROWS,
        d_model=size.width,
        d_kv=size.width // size.heads,
        d_ff=size.inner,
        num_layers=size.layers,
        num_decoder_layers=size.layers,
        num_heads=size.heads,
        feed_forward_proj="gated-gelu",
        tie_word_embeddings=False,
        decoder_start_token_id=0,
    )
    # transformers 5.23 sets tie_word_embeddings to true whatever it is told.
    fixed = {"architectures": ["MT5ForRegression"], "tie_word_embeddings": False}
    _write_json(folder / "config.json", config.to_dict() | fixed)
    shapes = _shapes(transformers.MT5Model, config)
    shapes = {name: each for name, each in shapes.items() if "embed_tokens" not in name}
    tensors = formula_weights(shapes, "metricx")
    for name in (each for each in tensors if ".layer." in each and len(shapes[each]) == 2):
        # T5 does not divide by the root of the width in its attention, so its weights begin
        # smaller; with larger ones a score turns on rounding errors.
        tensors[name] *= 0.5 if "Attention.q" not in name else 0.7 * size.width**-0.5
    # Only one row of the output layer is ever read; the others would cost seconds.
    head = torch.zeros(MT5_ROWS, size.width)
    head[METRICX_ROW] = 3 * waves("head", (size.width,))
    tensors["lm_head.weight"] = head
    if pickled:
        torch.save(tensors, folder / "pytorch_model.bin")
    else:
        save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


def make_encoder(folder: Path, texts: Iterable[str], size: Size | None = None) -> Path:
    """Write a plain XLM-RoBERTa checkpoint, as BERTScore uses one."""
    size = size or Size()
    rows = make_xlm_roberta_tokenizer(folder, texts, size)
    config = _encoder_config("XLM-RoBERTa", rows, size)
    _write_json(folder / "config.json", config.to_dict())
    shapes = _shapes(transformers.XLMRobertaModel, config, add_pooling_layer=False)
    save_file(
        formula_weights(shapes, "encoder"), folder / "model.safetensors", metadata={"format": "pt"}
    )
    return folder


def make_xlm_roberta_tokenizer(folder: Path, texts: Iterable[str], size: Size) -> int:
    """Write a tokenizer.json as XLM-RoBERTa has it; the size of its vocabulary."""
    specials = ["<s>", "<pad>", "</s>", "<unk>"]
    vocabulary = [*((each, 0.0) for each in specials), *_pieces(texts), ("<mask>", 0.0)]
    tokenizer = _unigram(vocabulary, 3)
    added = [AddedToken(each, normalized=False, special=True) for each in specials]
    tokenizer.add_special_tokens([*added, AddedToken("<mask>", lstrip=True, special=True)])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", 0), ("</s>", 2)],
    )
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    _write_json(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "XLMRobertaTokenizer",
            "model_max_length": size.positions,
            "bos_token": "<s>",
            "cls_token": "<s>",
            "eos_token": "</s>",
            "sep_token": "</s>",
            "pad_token": "<pad>",
            "unk_token": "<unk>",
            "mask_token": "<mask>",
        },
    )
    return len(vocabulary)


def make_t5_tokenizer(folder: Path, texts: Iterable[str]) -> None:
    """Write a tokenizer.json as mT5 has it."""
    specials = ["<pad>", "</s>", "<unk>"]
    tokenizer = _unigram([*((each, 0.0) for each in specials), *_pieces(texts)], 2)
    tokenizer.add_special_tokens(
        [AddedToken(each, normalized=False, special=True) for each in specials]
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", 1)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    _write_json(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "T5Tokenizer",
            "extra_ids": 0,
            "pad_token": "<pad>",
            "eos_token": "</s>",
            "unk_token": "<unk>",
        },
    )


def _unigram(vocabulary: Sequence[tuple[str, float]], unknown: int) -> Any:
    tokenizer: Any = Tokenizer(Unigram(list(vocabulary), unk_id=unknown, byte_fallback=False))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()]
    )
    tokenizer.decoder = decoders.Metaspace()
    return tokenizer


def _pieces(texts: Iterable[str]) -> list[tuple[str, float]]:
    """Return every character of the texts and every third pair of neighbours, with a score."""
    words = [f"▁{word}" for text in texts for word in text.split()]
    characters = sorted({character for word in words for character in word} | {"▁"})
    pairs = sorted({word[n : n + 2] for word in words for n in range(len(word) - 1)})[::3]
    return [
        *((character, -6.0 - n / 1000) for n, character in enumerate(characters)),
        *((pair, -5.0 - n / 1000) for n, pair in enumerate(pairs)),
    ]


def _hyper_parameters(settings: Mapping[str, Any], encoder: str, size: Size) -> dict[str, Any]:
    identifier = settings["class_identifier"]
    unified = identifier in ("unified_metric", "xcomet_metric")
    common: dict[str, Any] = {
        "class_identifier": identifier,
        "encoder_model": settings.get("encoder_model", "XLM-RoBERTa"),
        "pretrained_model": encoder,
        "layer_transformation": settings.get("layer_transformation", "sparsemax"),
        "layer_norm": settings.get("layer_norm", False),
        "hidden_sizes": [2 * size.width, size.width],
        "activations": "Tanh",
        "final_activation": settings.get("final_activation"),
        "dropout": 0.1,
        "nr_frozen_epochs": 0.3,
        "keep_embeddings_frozen": True,
    }
    if not unified:
        return common | {"pool": settings.get("pool", "avg"), "layer": settings.get("layer", "mix")}
    labelled = identifier == "xcomet_metric" or settings.get("word_level_training", False)
    common |= {
        "sent_layer": "mix",
        "word_layer": settings.get("word_layer", size.layers),
        "word_level_training": labelled,
        "error_labels": settings.get("error_labels", ["minor", "major", "critical"]),
        "cross_entropy_weights": None,
    }
    if identifier == "unified_metric":
        common["input_segments"] = settings.get("input_segments", ["mt", "src", "ref"])
    return common


def _comet_tensors(
    parameters: Mapping[str, Any], encoder: Path, rows: int, size: Size
) -> dict[str, torch.Tensor]:
    config = _encoder_config(parameters["encoder_model"], rows, size)
    _write_json(encoder / "config.json", config.to_dict())
    models: dict[str, Any] = {
        "XLM-RoBERTa": transformers.XLMRobertaModel,
        "XLM-RoBERTa-XL": transformers.XLMRobertaXLModel,
        "MiniLM": transformers.BertModel,
    }
    found = _shapes(
        models[parameters["encoder_model"]],
        config,
        add_pooling_layer=parameters["encoder_model"] == "MiniLM",
    )
    shapes = {f"encoder.model.{name}": each for name, each in found.items()}
    unified = parameters["class_identifier"] in ("unified_metric", "xcomet_metric")
    inputs = {"regression_metric": 6, "referenceless_regression_metric": 4}
    widths = [
        size.width * inputs.get(parameters["class_identifier"], 1),
        *parameters["hidden_sizes"],
        1,
    ]
    for number, (before, after) in enumerate(itertools.pairwise(widths)):
        shapes[f"estimator.ff.{3 * number}.weight"] = (after, before)
        shapes[f"estimator.ff.{3 * number}.bias"] = (after,)
    if unified and parameters["word_level_training"]:
        labels = len(parameters["error_labels"]) + 1
        shapes["hidden2tag.weight"] = (labels, size.width)
        shapes["hidden2tag.bias"] = (labels,)
    tensors = formula_weights(shapes, str(parameters["class_identifier"]))
    if parameters["class_identifier"] == "xcomet_metric":
        # XCOMET cuts at 1, and most scores should be below.
        tensors["estimator.ff.6.weight"] *= 0.3
    if "hidden2tag.weight" in tensors:
        # Far apart, so that tokens differ in their labels.
        tensors["hidden2tag.weight"] *= 4
    if parameters.get("layer", "mix") == "mix":
        count = size.layers + 1
        for number in range(count):
            tensors[f"layerwise_attention.scalar_parameters.{number}"] = torch.tensor(
                [0.4 * math.sin(2.0 * number + 1)]
            )
        tensors["layerwise_attention.gamma"] = torch.tensor([1.1])
        tensors["layerwise_attention.dropout_mask"] = torch.zeros(count)
        tensors["layerwise_attention.dropout_fill"] = torch.full((count,), -1e20)
    return tensors


def _encoder_config(encoder_model: str, rows: int, size: Size) -> Any:
    kinds = {
        "XLM-RoBERTa": transformers.XLMRobertaConfig,
        "XLM-RoBERTa-XL": transformers.XLMRobertaXLConfig,
        "MiniLM": transformers.BertConfig,
    }
    make: Any = kinds[encoder_model]
    return make(
        vocab_size=rows,
        hidden_size=size.width,
        num_hidden_layers=size.layers,
        num_attention_heads=size.heads,
        intermediate_size=size.inner,
        max_position_embeddings=size.positions + 2,
        type_vocab_size=1,
        # MiniLM's config.json is BERT's, its tokenizer XLM-RoBERTa's.
        pad_token_id=0 if encoder_model == "MiniLM" else 1,
        bos_token_id=0,
        eos_token_id=2,
        layer_norm_eps=1e-5,
    )


def _shapes(model_class: Any, config: Any, **settings: Any) -> dict[str, tuple[int, ...]]:
    with torch.device("meta"):
        model = model_class(config, **settings)
    return {name: tuple(each.shape) for name, each in model.state_dict().items()}


def formula_weights(shapes: Mapping[str, tuple[int, ...]], family: str) -> dict[str, torch.Tensor]:
    """Return a tensor for each name: waves, sized so that states neither vanish nor explode."""
    return {name: _weight(f"{family} {name}", shape) for name, shape in shapes.items()}


def _weight(name: str, shape: tuple[int, ...]) -> torch.Tensor:
    if "norm" in name.lower() and name.endswith("weight"):
        return 1 + 0.2 * waves(name, shape)
    if len(shape) == 1:
        return 0.1 * waves(name, shape)
    if "embeddings" in name or "shared" in name:
        return waves(name, shape)
    return waves(name, shape) * (2.0 / math.sqrt(shape[-1]))


def waves(name: str, shape: tuple[int, ...]) -> torch.Tensor:
    """Return numbers between -1 and 1 that look random and depend on the name and shape alone."""
    seed = zlib.crc32(name.encode()) % 10007
    # By parts: the tables of mT5 have a quarter of a million rows.
    steps = torch.arange(1, math.prod(shape) + 1, dtype=torch.float64)
    return torch.sin(steps * 1.7320508 + steps.sqrt() * 3.3166 + seed).float().reshape(shape)


def _write_json(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
