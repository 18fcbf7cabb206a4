"""From a checkpoint to a model folder: float16 safetensors, tokenizer, config, training.json."""

import json
from pathlib import Path
from typing import Any

import torch
from transformers import GenerationConfig

from .checkpoint import load_checkpoint
from .journal import read_journal
from .network import CONVERTER_KEYS, new_network
from .recipe import Recipe, RecipeError
from .vocabulary import Pieces

NEVER = -10_000.0
# No file of the project may be larger than 40 MB.
SHARD = "38MB"
TOKENIZER = {
    "source_lang": "zho",
    "target_lang": "eng",
    "tokenizer_class": "MarianTokenizer",
    "model_max_length": 512,
    "separate_vocabs": False,
}


def export(work: Path, run: Path, to: Path) -> None:
    """Make `to` a folder that AutoModelForSeq2SeqLM, AutoTokenizer and CTranslate2 load.

    Of the current and the averaged weights it takes those with the lower last validation loss.
    """
    state = load_checkpoint(run / "checkpoint.pt")
    recipe = Recipe.model_validate(state["recipe"])
    data = work / state["data"]
    if not (data / "account.json").is_file():
        raise RecipeError(
            f"{data}: prepared data of this checkpoint is missing; run 'prepare' with its recipe"
        )
    pieces = Pieces.read(data)
    start = torch.zeros(len(pieces.names), recipe.network.width)
    settings = recipe.network.model_copy(update={"dropout": 0.0})
    network = new_network(settings, pieces, start, 0)
    averaged = average_is_better(read_journal(run / "journal.jsonl"))
    values = state["weights"]["average" if averaged else "masters"]
    # The checkpoint holds what is trained: neither fixed positions nor tied copies.
    network.load_state_dict(values, strict=False)
    network.tie_weights()
    # Pieces that no English sentence has were never trained as output.
    network.final_logits_bias[:, pieces.outputs :] = NEVER
    network.final_logits_bias[:, pieces.unknown] = NEVER
    network.generation_config = generation_config(pieces)
    to.mkdir(parents=True, exist_ok=True)
    torch.nn.Module.half(network)  # in place; the method of transformers has no types
    network.save_pretrained(to, max_shard_size=SHARD)
    pieces.write(to)
    (to / "outputs.json").unlink()
    for file in to.glob("*.safetensors"):
        file.chmod(0o644)
    _add_config_keys(to / "config.json")
    (to / "tokenizer_config.json").write_text(json.dumps(TOKENIZER, indent=1))
    account = {
        "recipe": state["recipe"],
        "steps": state["weights"]["steps"],
        "target_pieces": state["target_pieces"],
        "training_seconds": round(state["seconds"]),
        "cooldown_pieces": state["cooldown"][1],
        "averaged": averaged,
        **json.loads((data / "account.json").read_text(encoding="utf-8")),
    }
    (to / "training.json").write_text(
        json.dumps(account, indent=1, ensure_ascii=False), encoding="utf-8"
    )


def generation_config(pieces: Pieces) -> GenerationConfig:
    """How `generate` searches unless told otherwise."""
    return GenerationConfig.from_dict(
        {
            "num_beams": 4,
            # Chosen on held-in pairs: fewer loops at no cost.
            "no_repeat_ngram_size": 4,
            "max_length": 256,
            "bos_token_id": pieces.end,
            "eos_token_id": pieces.end,
            "forced_eos_token_id": pieces.end,
            "pad_token_id": pieces.padding,
            "decoder_start_token_id": pieces.padding,
        }
    )


def average_is_better(rows: list[dict[str, Any]]) -> bool:
    """True if the averaged weights had the lower loss when both were last validated."""
    last: dict[str, float] = {
        key: row[key] for row in rows for key in row if key.endswith("validation_loss")
    }
    return last.get("averaged_validation_loss", 0.0) <= last.get("validation_loss", 0.0)


def _add_config_keys(path: Path) -> None:
    config = json.loads(path.read_text())
    path.write_text(json.dumps({**config, **CONVERTER_KEYS}, indent=1))
