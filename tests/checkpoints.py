"""Tiny random checkpoints of every architecture, made locally in a second: weights and tokenizer.

Random weights give nonsense, but the laws of an adapter (order, batches, flags, the same
answer from both backends) hold for nonsense as they do for English.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import transformers
from sentencepiece import SentencePieceTrainer
from tokenizers.pre_tokenizers import ByteLevel

ENGLISH = "the report says that more people live and work in cities this year, and it will grow."
CHINESE = (
    "今年上海的医疗资源优势更多了，人民日报说：经济合作与发展是我们共同的目标。新闻记者在北京采访。"
)
CHARACTERS = sorted(set((ENGLISH + ENGLISH.upper() + CHINESE + "0123456789.%").replace(" ", "")))
SPECIALS = ("<s>", "<pad>", "</s>", "<unk>")

POSITIONS = 64
WIDTH: dict[str, Any] = {
    "d_model": 16,
    "encoder_layers": 2,
    "decoder_layers": 2,
    "encoder_attention_heads": 2,
    "decoder_attention_heads": 2,
    "encoder_ffn_dim": 32,
    "decoder_ffn_dim": 32,
    "max_position_embeddings": POSITIONS,
    # Far from zero, so that one token stands out and rounding cannot turn the choice.
    "init_std": 0.4,
}


def make_marian(folder: Path) -> Path:
    """Marian's file layout: two SentencePiece models over one vocabulary."""
    folder.mkdir(parents=True)
    for name, text in (("source", CHINESE), ("target", ENGLISH)):
        lines = folder / f"{name}.txt"
        lines.write_text("\n".join([text] * 20), encoding="utf-8")
        SentencePieceTrainer.train(
            input=str(lines),
            model_prefix=str(folder / name),
            vocab_size=90 if name == "source" else 40,
            hard_vocab_limit=False,
            character_coverage=1.0,
            minloglevel=2,
        )
        (folder / f"{name}.model").rename(folder / f"{name}.spm")
        lines.unlink()
    own: dict[str, list[str]] = {}
    for name in ("source", "target"):
        rows = (folder / f"{name}.vocab").read_text(encoding="utf-8").splitlines()
        own[name] = [row.split("\t")[0] for row in rows]
        (folder / f"{name}.vocab").unlink()
    pieces = list(dict.fromkeys(["</s>", "<unk>", *own["source"], *own["target"]]))
    pieces.remove("<s>")
    _write_json(folder / "vocab.json", {piece: i for i, piece in enumerate([*pieces, "<pad>"])})
    _write_json(folder / "tokenizer_config.json", {"tokenizer_class": "MarianTokenizer"})
    padding = len(pieces)
    config = transformers.MarianConfig(
        vocab_size=padding + 1,
        pad_token_id=padding,
        decoder_start_token_id=padding,
        eos_token_id=0,
        forced_eos_token_id=0,
        scale_embedding=True,
        activation_function="swish",
        **WIDTH,
    )
    model = _random(transformers.MarianMTModel, config)
    # Marian starts from an embedding of zeros.
    model.model.shared.weight.data[padding] = 0
    model.generation_config.bad_words_ids = [[padding]]
    # What training does to words that no translation ever had.
    never = [at for at, piece in enumerate(pieces) if piece not in own["target"]]
    model.final_logits_bias[0, never] = -50.0
    return _saved(model, folder)


def make_m2m100(folder: Path) -> Path:
    """M2M100: `__zh__` before the source, `__en__` first in the target."""
    folder.mkdir(parents=True)
    lines = folder / "lines.txt"
    lines.write_text("\n".join([CHINESE, ENGLISH] * 20), encoding="utf-8")
    SentencePieceTrainer.train(
        input=str(lines),
        model_prefix=str(folder / "sentencepiece.bpe"),
        vocab_size=120,
        hard_vocab_limit=False,
        character_coverage=1.0,
        minloglevel=2,
    )
    lines.unlink()
    rows = (folder / "sentencepiece.bpe.vocab").read_text(encoding="utf-8").splitlines()
    (folder / "sentencepiece.bpe.vocab").unlink()
    found = [row.split("\t")[0] for row in rows]
    pieces = [*SPECIALS, *(each for each in found if each not in SPECIALS)]
    _write_json(folder / "vocab.json", {piece: i for i, piece in enumerate(pieces)})
    tokenizer = transformers.M2M100Tokenizer(
        str(folder / "vocab.json"), str(folder / "sentencepiece.bpe.model")
    )
    tokenizer.save_pretrained(str(folder))
    # The languages and some words made up come after the vocabulary.
    size = max(tokenizer.lang_code_to_id.values()) + 1 + tokenizer.num_madeup_words
    return _saved(_random(transformers.M2M100ForConditionalGeneration, _m2m100(size)), folder)


def make_nllb(folder: Path) -> Path:
    """NLLB-200: M2M100's architecture, its own tokenizer and language codes."""
    pieces = [*SPECIALS, "▁", *CHARACTERS]
    tokenizer = transformers.NllbTokenizer(
        vocab={piece: i for i, piece in enumerate(pieces)}, merges=[]
    )
    tokenizer.save_pretrained(str(folder))
    config = _m2m100(len(tokenizer))
    return _saved(_random(transformers.M2M100ForConditionalGeneration, config), folder)


def make_mbart50(folder: Path) -> Path:
    """mBART-50: `zh_CN` before the source, `en_XX` first in the target."""
    tokenizer = transformers.MBart50Tokenizer(vocab=_scored("<unk>", "<s>", "</s>"))
    tokenizer.save_pretrained(str(folder))
    config = transformers.MBartConfig(
        vocab_size=len(tokenizer),
        decoder_start_token_id=2,
        scale_embedding=True,
        **WIDTH,
    )
    return _saved(_random(transformers.MBartForConditionalGeneration, config), folder)


def make_bart(folder: Path) -> Path:
    """BART: bytes, learned positions, every output starts with <s>."""
    vocabulary = {piece: i for i, piece in enumerate([*SPECIALS, *_bytes()])}
    tokenizer = transformers.BartTokenizer(vocab=vocabulary, merges=[])
    tokenizer.save_pretrained(str(folder))
    # Its outputs are normalized and its embeddings unscaled: with less, bytes come out alike.
    wide = WIDTH | {"init_std": 0.8}
    config = transformers.BartConfig(vocab_size=len(tokenizer), decoder_start_token_id=2, **wide)
    model = _random(transformers.BartForConditionalGeneration, config)
    model.generation_config.forced_bos_token_id = 0
    return _saved(model, folder)


def make_pegasus(folder: Path) -> Path:
    """Pegasus with a tokenizer of its own (the bundled model has Marian's)."""
    tokenizer = transformers.PegasusTokenizer(vocab=_scored("<pad>", "</s>", "<unk>"), offset=4)
    tokenizer.save_pretrained(str(folder))
    config = transformers.PegasusConfig(
        vocab_size=len(tokenizer),
        pad_token_id=0,
        eos_token_id=1,
        forced_eos_token_id=1,
        decoder_start_token_id=0,
        scale_embedding=True,
        **WIDTH,
    )
    return _saved(_random(transformers.PegasusForConditionalGeneration, config), folder)


def make_t5(folder: Path) -> Path:
    """T5 as MADLAD-400 uses it: `<2en>` before the source."""
    return _t5(folder, transformers.T5Config, transformers.T5ForConditionalGeneration, ["<2en>"])


def make_madlad(folder: Path, *, added: bool) -> Path:
    """T5 with MADLAD-400's vocabulary: `<2xx>` are pieces, and added tokens only in some files."""
    codes = ["<2de>", "<2en>", "<2zh>"]
    folder = _t5(folder, transformers.T5Config, transformers.T5ForConditionalGeneration, codes)
    if not added:
        path = folder / "tokenizer.json"
        content = json.loads(path.read_text(encoding="utf-8"))
        content["added_tokens"] = [
            each for each in content["added_tokens"] if each["content"] not in codes
        ]
        _write_json(path, content)
    return folder


def make_mt5(folder: Path) -> Path:
    """mT5: gated feed-forward, untied output."""
    return _t5(folder, transformers.MT5Config, transformers.MT5ForConditionalGeneration, [])


def make_causal(folder: Path) -> Path:
    """Qwen2 with a chat template."""
    template = (
        "{% for message in messages %}[{{ message.content }}]{% endfor %}"
        "{% if add_generation_prompt %}>{% endif %}"
    )
    return _qwen(folder, template, [], [], 512)


CHATML = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content | trim }}"
    "<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n"
    "{% if not enable_thinking %}<think></think>{% endif %}{% endif %}"
)


def make_qwen(folder: Path, *, positions: int = 512) -> Path:
    """Qwen3's layout: ChatML marks that are special, thoughts that are added and not special."""
    special, added = ["<|im_start|>", "<|im_end|>"], ["<think>", "</think>"]
    return _qwen(folder, CHATML, special, added, positions)


def make_plain_causal(folder: Path) -> Path:
    """A base model: no chat template, `</s>` is a control token."""
    return _qwen(folder, None, ["</s>"], [], 512)


def make_seed_x(folder: Path) -> Path:
    """Seed-X's layout: no chat template, a tag for every target language."""
    return _qwen(folder, None, ["<en>", "<zh>"], [], 512)


def _qwen(
    folder: Path, template: str | None, special: list[str], added: list[str], positions: int
) -> Path:
    vocabulary = {piece: i for i, piece in enumerate(["<|endoftext|>", *_bytes()])}
    tokenizer = transformers.Qwen2Tokenizer(vocab=vocabulary, merges=[])
    tokenizer.add_tokens(special, special_tokens=True)
    tokenizer.add_tokens(added)
    tokenizer.chat_template = template
    tokenizer.save_pretrained(str(folder))
    config = transformers.Qwen2Config(
        vocab_size=len(tokenizer),
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        max_position_embeddings=positions,
        bos_token_id=0,
        eos_token_id=0,
        initializer_range=0.4,
    )
    return _saved(_random(transformers.Qwen2ForCausalLM, config), folder)


TRANSLATORS: dict[str, Callable[[Path], Path]] = {
    "marian": make_marian,
    "m2m100": make_m2m100,
    "nllb": make_nllb,
    "mbart50": make_mbart50,
    "bart": make_bart,
    "pegasus": make_pegasus,
    "t5": make_t5,
    "mt5": make_mt5,
}
"""Every encoder-decoder there is a checkpoint of, by name."""


def _m2m100(size: int) -> Any:
    return transformers.M2M100Config(vocab_size=size, scale_embedding=True, **WIDTH)


def _t5(folder: Path, config_class: Any, model_class: Any, codes: list[str]) -> Path:
    vocabulary = _scored("<pad>", "</s>", "<unk>", *codes)
    tokenizer = transformers.T5Tokenizer(vocab=vocabulary, extra_ids=0)
    if codes:
        tokenizer.add_tokens(codes, special_tokens=True)
    tokenizer.save_pretrained(str(folder))
    config = config_class(
        vocab_size=len(tokenizer),
        d_model=16,
        d_kv=8,
        d_ff=32,
        num_layers=2,
        num_heads=2,
        decoder_start_token_id=0,
        initializer_factor=2.0,
    )
    return _saved(_random(model_class, config), folder)


def _scored(*specials: str) -> list[tuple[str, float]]:
    letters = [("▁", -2.0), *((each, -3.0) for each in CHARACTERS)]
    return [*((each, 0.0) for each in specials), *letters]


def _bytes() -> list[str]:
    return sorted(ByteLevel.alphabet())


def _random(model_class: Any, config: Any) -> Any:
    # A seed of its own: no test changes another's weights.
    with torch.random.fork_rng():
        torch.manual_seed(7)
        return model_class(config).eval()


def _saved(model: Any, folder: Path) -> Path:
    model.save_pretrained(str(folder))
    return folder


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
