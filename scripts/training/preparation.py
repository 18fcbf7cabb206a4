"""From sentence pair files to encoded, aligned training pairs in a folder, made once."""

import hashlib
import json
import logging
import random
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from . import alignment
from .corpus import (
    PairFilter,
    fault,
    matching_key,
    normalise_source,
    normalise_target,
    open_text,
    protected_keys,
    read_pairs,
    source_path,
    with_noise,
)
from .numbers import AMOUNT, exchanged, mended
from .pairs import Pairs
from .recipe import Recipe, fingerprint
from .vocabulary import Pieces, train_sentencepiece

logger = logging.getLogger(__name__)


class Sentences:
    """Pairs as text, with where each is from and how often an epoch shows it."""

    def __init__(self) -> None:
        self.sources: list[str] = []
        self.targets: list[str] = []
        self.origins: list[int] = []
        self.weights: list[float] = []

    def add(self, source: str, target: str, origin: int, weight: float) -> None:
        """Append one pair."""
        self.sources.append(source)
        self.targets.append(target)
        self.origins.append(origin)
        self.weights.append(weight)

    def only(self, lines: list[int]) -> "Sentences":
        """A copy with these lines."""
        chosen = Sentences()
        for line in lines:
            chosen.add(
                self.sources[line], self.targets[line], self.origins[line], self.weights[line]
            )
        return chosen


def read_corpus(recipe: Recipe) -> tuple[Sentences, dict[str, Any]]:
    """All pairs worth training on, and an account of what was read, kept and dropped, and why."""
    keeper = PairFilter(recipe.filter, protected_keys(recipe.corpus.protected))
    sentences = Sentences()
    account: dict[str, Any] = {}
    for origin, (name, source) in enumerate(recipe.corpus.sources.items()):
        path = source_path(recipe.corpus, name)
        favoured: set[int] = set()
        favoured_weight = source.weight
        if source.favoured:
            favoured_weight = source.favoured.weight
            favoured = {
                int(line) for line in open_text(recipe.corpus.folder / source.favoured.file)
            }
        read, before = 0, len(sentences.sources)
        for read, pair in enumerate(read_pairs(path), 1):
            chinese, english = normalise_source(pair[0]), normalise_target(pair[1])
            english = mended(chinese, english)
            weight = favoured_weight if read - 1 in favoured else source.weight
            if keeper.keep(chinese, english):
                sentences.add(chinese, english, origin, weight)
        kept = len(sentences.sources) - before
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        account[name] = {"sha256": digest, "licence": source.licence, "pairs": read, "kept": kept}
        logger.info("%s: %d of %d pairs kept", name, kept, read)
    logger.info("dropped: %s", dict(keeper.dropped))
    return sentences, {"sources": account, "dropped": dict(keeper.dropped)}


def hold_out(sentences: Sentences, recipe: Recipe) -> tuple[Sentences, Sentences]:
    """(training, validation); training has no sentence of validation, on either side."""
    generator = random.Random(recipe.training.seed)
    chosen: list[int] = []
    for origin, source in enumerate(recipe.corpus.sources.values()):
        if source.validation:
            wanted = source.favoured.weight if source.favoured else source.weight
            lines = [
                i
                for i, (o, w) in enumerate(zip(sentences.origins, sentences.weights, strict=True))
                if o == origin and w == wanted and len(sentences.sources[i]) >= 8
            ]
            chosen += generator.sample(lines, min(source.validation, len(lines)))
    held = {matching_key(sentences.sources[i]) for i in chosen} | {
        matching_key(sentences.targets[i]) for i in chosen
    }
    rest = [
        i
        for i, (source, target) in enumerate(zip(sentences.sources, sentences.targets, strict=True))
        if matching_key(source) not in held and matching_key(target) not in held
    ]
    return sentences.only(rest), sentences.only(chosen)


def with_additions(sentences: Sentences, recipe: Recipe) -> dict[str, int]:
    """Add to the training pairs those made from them; how many of each kind there are."""
    generator = random.Random(recipe.training.seed)
    settings, limits = recipe.additions, recipe.filter
    counts: dict[str, int] = defaultdict(int)
    real = len(sentences.sources)
    for line in range(real):
        pair = sentences.sources[line], sentences.targets[line]
        weight, is_amount = sentences.weights[line], bool(AMOUNT.search(pair[0]))
        for _ in range(settings.amounts if is_amount else settings.numerals > 0):
            made = exchanged(*pair, generator)
            if made and fault(*made, limits) is None:
                share = min(1.0, weight) if is_amount else weight * settings.numerals
                sentences.add(*made, sentences.origins[line], share)
                counts["amounts" if is_amount else "numerals"] += 1
    heavy = [line for line in range(real) if sentences.weights[line] > 1]
    while heavy and counts["joined"] < settings.joined:
        one, other = generator.choices(heavy, k=2)
        source = f"{sentences.sources[one]}{sentences.sources[other]}"
        target = f"{sentences.targets[one]} {sentences.targets[other]}"
        if sentences.sources[one][-1] in "。!?" and fault(source, target, limits) is None:
            sentences.add(source, target, sentences.origins[one], 1.0)
            counts["joined"] += 1
    return dict(counts)


def make_pieces(training: Sentences, recipe: Recipe) -> Pieces:
    """The vocabulary, from a sample drawn by weight."""
    lines = random.Random(recipe.training.seed).choices(
        range(len(training.sources)), weights=training.weights, k=recipe.vocabulary.sample_pairs
    )
    text = (
        side[line] for line in sorted(set(lines)) for side in (training.sources, training.targets)
    )
    model = train_sentencepiece(text, recipe.vocabulary.pieces, recipe.training.threads)
    return Pieces.made_from(model, training.targets)


def encode(sentences: Sentences, pieces: Pieces, recipe: Recipe, noise: bool) -> Pairs:
    """The pairs as ids; a share of the sources with noise if asked for."""
    generator = random.Random(recipe.training.seed)
    share = recipe.vocabulary.noise_share if noise else 0.0
    sources = [
        with_noise(s, generator) if generator.random() < share else s for s in sentences.sources
    ]
    return Pairs.made_from(
        pieces.encode(sources, recipe.training.threads),
        pieces.encode_targets(sentences.targets, recipe.training.threads),
        np.array(sentences.origins, np.uint8),
        np.array(sentences.weights, np.float32),
    )


def add_alignment(pairs: Pairs, pieces: Pieces, recipe: Recipe) -> tuple[Pairs, torch.Tensor, int]:
    """(aligned pairs, those that explain nothing without weight; first embeddings; how many)."""
    sizes = (len(pieces.names), pieces.outputs)
    generator = np.random.default_rng(recipe.training.seed)
    cells = pairs.source_lengths * pairs.target_lengths
    lines = np.flatnonzero(cells <= 2500)
    sample = generator.permutation(lines)[: recipe.alignment.sample_pairs]
    table, together = alignment.lexical_table(pairs, sample, sizes, recipe.alignment.iterations)
    frequency = torch.from_numpy(
        np.bincount(pairs.target_ids, minlength=sizes[1]).astype(np.float32)
    )
    frequency = (frequency + 0.5) / frequency.sum()
    places, gains = alignment.align(pairs, np.arange(len(pairs)), table, frequency)
    logger.info(
        "lexical gain: percentiles 1/5/10/50 %s", np.percentile(gains, [1, 5, 10, 50]).round(2)
    )
    logger.info("target pieces aligned: %.2f", (places != alignment.NOWHERE).mean())
    weak = gains < recipe.filter.min_lexical_gain
    embeddings = alignment.lexical_embeddings(
        table, together, recipe.network.width, recipe.training.seed
    )
    weights = np.where(weak, 0, pairs.weights).astype(np.float32)
    return replace(pairs, alignment=places, weights=weights), embeddings, int(weak.sum())


def prepare(recipe: Recipe, work: Path) -> Path:
    """The folder of prepared data for this recipe under `work`, made if it is not there yet."""
    parts = (
        recipe.corpus,
        recipe.filter,
        recipe.additions,
        recipe.vocabulary,
        recipe.alignment,
    )
    folder = work / f"data-{fingerprint(*parts)}-{recipe.network.width}"
    if (folder / "account.json").is_file():
        return folder
    (folder / "validation").mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(recipe.training.threads)
    sentences, account = read_corpus(recipe)
    training, validation = hold_out(sentences, recipe)
    account["added"] = with_additions(training, recipe)
    logger.info("added: %s", account["added"])
    pieces = make_pieces(training, recipe)
    pieces.write(folder)
    logger.info("%d pieces, %d of them for English", len(pieces.names), pieces.outputs)
    pairs = encode(training, pieces, recipe, noise=True)
    pairs, embeddings, weak = add_alignment(pairs, pieces, recipe)
    pairs.write(folder)
    torch.save(embeddings.half(), folder / "embeddings.pt")
    encode(validation, pieces, recipe, noise=False).write(folder / "validation")
    lines = [f"{s}\t{t}\n" for s, t in zip(validation.sources, validation.targets, strict=True)]
    (folder / "validation.tsv").write_text("".join(lines), encoding="utf-8")
    account["dropped"]["lexical"] = weak
    shown: defaultdict[str, float] = defaultdict(float)
    for origin, weight, length in zip(
        pairs.origins, pairs.weights, pairs.target_lengths, strict=True
    ):
        shown[list(recipe.corpus.sources)[origin]] += float(weight * length)
    account["target_pieces_per_epoch"] = {
        name: round(pieces_shown) for name, pieces_shown in shown.items()
    }
    (folder / "account.json").write_text(
        json.dumps(account, indent=1, ensure_ascii=False), encoding="utf-8"
    )
    return folder
