"""A model of OPUS-MT's size without its weights; for benchmark.py."""

import shutil
from pathlib import Path
from typing import Any


def make_random_model(tokenizer: Path, folder: Path) -> None:
    """Make a Marian model of the size that a tokenizer's config.json says, which never ends."""
    import torch
    from transformers import MarianConfig, MarianMTModel

    torch.manual_seed(1)
    config = MarianConfig.from_pretrained(tokenizer)
    make: Any = MarianMTModel
    model = make(config)
    with torch.no_grad():
        model.model.shared.weight.normal_(0, config.d_model**-0.5)
        model.final_logits_bias[0, config.eos_token_id] = -10_000
    model.generation_config.forced_eos_token_id = None
    model.save_pretrained(folder)
    for name in ("source.spm", "target.spm", "vocab.json", "tokenizer_config.json"):
        shutil.copyfile(tokenizer / name, folder / name)
