"""Prepared data for tuning a model folder on its consensus translations."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import AutoModelForSeq2SeqLM

from .export import NEVER
from .preparation import Sentences, encode
from .recipe import Recipe, RecipeError, fingerprint
from .vocabulary import Pieces


def prepare_tuning(recipe: Recipe, model: Path, work: Path) -> Path:
    """Return a folder like that of `prepare`, whose first weights are those of `model`.

    It is named after the parts that are there, so that a later call takes more of them. Raises
    RecipeError if there is none.
    """
    consensus = work / "consensus"
    parts = sorted((consensus / "parts").glob("*.jsonl"))
    if not parts:
        raise RecipeError(f"{consensus}: no translations to tune on; run 'consensus' first")
    folder = work / f"tuning-{fingerprint(recipe.consensus)}-{len(parts)}"
    if (folder / "account.json").is_file():
        return folder
    (folder / "validation").mkdir(parents=True, exist_ok=True)
    network = AutoModelForSeq2SeqLM.from_pretrained(model).float()
    torch.save(network.state_dict(), folder / "start.pt")
    pieces = pieces_of(model, network.final_logits_bias[0])
    pieces.write(folder)
    training, counts = _tuning_pairs(parts, recipe)
    encode(training, pieces, recipe, noise=True).write(folder)
    text = (consensus / "validation.tsv").read_text(encoding="utf-8")
    (folder / "validation.tsv").write_text(text, encoding="utf-8")
    validation = Sentences()
    for line in text.splitlines():
        source, target = line.split("\t")
        validation.add(source, target, 0, 1.0)
    encode(validation, pieces, recipe, noise=False).write(folder / "validation")
    account = json.loads((model / "training.json").read_text(encoding="utf-8"))
    tuned = {"tuned_from": account, "tuned_on": counts}
    (folder / "account.json").write_text(json.dumps(tuned, ensure_ascii=False), encoding="utf-8")
    return folder


def pieces_of(model: Path, bias: torch.Tensor) -> Pieces:
    """Return the vocabulary of an exported model; its output bias forbids what it cannot write."""
    table = json.loads((model / "vocab.json").read_text(encoding="utf-8"))
    outputs = int(np.flatnonzero(bias.numpy() > NEVER / 2).max()) + 1
    return Pieces((model / "source.spm").read_bytes(), sorted(table, key=table.get), outputs)


def _tuning_pairs(parts: list[Path], recipe: Recipe) -> tuple[Sentences, dict[str, int]]:
    """(chosen translations and the corpus' own, the number of chosen ones by source)."""
    origins = {name: place for place, name in enumerate(recipe.corpus.sources)}
    sentences, counts = Sentences(), Counter[str]()
    for row in _rows(parts):
        origin = origins[row["origin"]]
        if row["translation"]:
            sentences.add(row["source"], row["translation"], origin, 1.0)
            counts[row["origin"]] += 1
        if recipe.consensus.real_weight:
            sentences.add(row["source"], row["reference"], origin, recipe.consensus.real_weight)
    return sentences, dict(counts)


def _rows(parts: list[Path]) -> Iterator[dict[str, Any]]:
    for path in parts:
        for line in path.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)
