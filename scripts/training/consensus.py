"""Consensus translations of corpus sentences, to tune a model on them.

A model that is tuned on the translation that is most like its other translations finds with a
plain beam most of what consensus decoding finds (Finkelstein and Freitag 2023). The corpus has a
human translation of each sentence, so likeness to that counts as well.
"""

import json
import logging
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import ctranslate2
import sentencepiece

from pipeline.check.checks import findings
from pipeline.check.findings.severity import weight
from pipeline.translate.consensus import pairwise_chrf

from .corpus import (
    PairFilter,
    normalise_source,
    normalise_target,
    open_text,
    protected_keys,
    read_pairs,
    source_path,
)
from .numbers import mended
from .preparation import Sentences, hold_out
from .recipe import Consensus, Recipe

logger = logging.getLogger(__name__)

PART = 256
END = "</s>"
# Hypotheses of one sentence that are checked before the sentence is given up.
CHECKED = 4


def make_consensus(recipe: Recipe, model: Path, work: Path, minutes: float) -> None:
    """Translate the sentences of `recipe.consensus` in parts, until all or the time is used up.

    A part that is there is not made again. `work/consensus/parts` gets one JSONL file a part,
    `work/consensus/validation.tsv` the held-out pairs, which are in no part.
    """
    folder = work / "consensus"
    (folder / "parts").mkdir(parents=True, exist_ok=True)
    training, validation = choose_sentences(recipe)
    lines = [f"{s}\t{t}\n" for s, t in zip(validation.sources, validation.targets, strict=True)]
    (folder / "validation.tsv").write_text("".join(lines), encoding="utf-8")
    logger.info("%d sentences, %d held out", len(training.sources), len(validation.sources))
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as converted:
        sampler = Sampler(model, Path(converted), recipe)
        for start in range(0, len(training.sources), PART):
            path = folder / "parts" / f"{start // PART:05}.jsonl"
            if path.is_file():
                continue
            if time.monotonic() - begun > 60 * minutes:
                break
            rows = list(_rows(training, range(start, start + PART), sampler, recipe))
            aside = path.with_suffix(".partial")
            aside.write_text("".join(rows), encoding="utf-8")
            aside.replace(path)
            logger.info("%s: %d rows after %.0f s", path.name, len(rows), time.monotonic() - begun)


def choose_sentences(recipe: Recipe) -> tuple[Sentences, Sentences]:
    """(sentences to translate, in random order; held-out pairs)."""
    shares = recipe.consensus.sources
    keeper = PairFilter(recipe.filter, protected_keys(recipe.corpus.protected))
    generator = random.Random(recipe.training.seed)
    sentences = Sentences()
    for origin, (name, source) in enumerate(recipe.corpus.sources.items()):
        if name not in shares:
            continue
        favoured: set[int] | None = None
        if source.favoured:
            lines = [int(each) for each in open_text(recipe.corpus.folder / source.favoured.file)]
            favoured = set(generator.sample(lines, round(shares[name] * len(lines))))
        for line, pair in enumerate(read_pairs(source_path(recipe.corpus, name))):
            if favoured is not None and line not in favoured:
                continue
            chinese, english = normalise_source(pair[0]), normalise_target(pair[1])
            english = mended(chinese, english)
            if keeper.keep(chinese, english):
                sentences.add(chinese, english, origin, source.weight)
    training, validation = hold_out(sentences, recipe)
    names, longest = list(recipe.corpus.sources), recipe.consensus.max_source_chars
    chosen = [
        line
        for line, origin in enumerate(training.origins)
        if recipe.consensus.min_source_chars <= len(training.sources[line]) <= longest
        and (
            recipe.corpus.sources[names[origin]].favoured
            or generator.random() < shares[names[origin]]
        )
    ]
    generator.shuffle(chosen)
    return training.only(chosen), validation


class Sampler:
    """Several translations of each sentence by CTranslate2 in int8: a beam's and random draws."""

    def __init__(self, model: Path, converted: Path, recipe: Recipe) -> None:
        """Convert `model` into the folder `converted`."""
        self._settings = recipe.consensus
        ctranslate2.converters.TransformersConverter(str(model)).convert(
            str(converted), quantization="int8", force=True
        )
        self._translator = ctranslate2.Translator(
            str(converted),
            compute_type="int8",
            inter_threads=recipe.training.threads,
            intra_threads=1,
        )
        ctranslate2.set_random_seed(recipe.training.seed)
        self._source = sentencepiece.SentencePieceProcessor(str(model / "source.spm"))
        self._target = sentencepiece.SentencePieceProcessor(str(model / "target.spm"))

    def translate(self, sentences: Sequence[str]) -> list[list[str]]:
        """Return the hypotheses of each sentence, those of the beam first."""
        settings = self._settings
        pieces = [[*each, END] for each in self._source.encode(list(sentences), out_type=str)]
        searches: list[dict[str, Any]] = [
            {"beam_size": settings.beams, "num_hypotheses": settings.beams, "max_batch_size": 256},
            {
                "beam_size": 1,
                "num_hypotheses": settings.draws,
                "sampling_topk": settings.most_pieces,
                "sampling_temperature": settings.temperature,
                "max_batch_size": 768,
            },
        ]
        hypotheses: list[list[str]] = [[] for _ in sentences]
        for search in searches:
            results = self._translator.translate_batch(
                pieces, max_decoding_length=200, batch_type="tokens", **search
            )
            for texts, result in zip(hypotheses, results, strict=True):
                texts += [self._target.decode_pieces(each) for each in result.hypotheses]
        return hypotheses


def _rows(sentences: Sentences, lines: range, sampler: Sampler, recipe: Recipe) -> Iterator[str]:
    part = sentences.only([line for line in lines if line < len(sentences.sources)])
    names = list(recipe.corpus.sources)
    answers = sampler.translate(part.sources)
    for source, reference, origin, hypotheses in zip(
        part.sources, part.targets, part.origins, answers, strict=True
    ):
        chosen, gain = choose(source, reference, hypotheses, recipe.consensus)
        row = {
            "source": source,
            "reference": reference,
            "origin": names[origin],
            "translation": chosen,
            "gain": round(gain, 2),
            "hypotheses": hypotheses,
        }
        yield json.dumps(row, ensure_ascii=False) + "\n"


def choose(
    source: str, reference: str, hypotheses: Sequence[str], settings: Consensus
) -> tuple[str, float]:
    """(the best translation in which the checks find nothing, its gain over the first of the beam).

    Best is the highest mean chrF, with the other hypotheses and with the reference. The text is
    empty where the checks find something in all that were looked at.
    """
    likeness = pairwise_chrf([*hypotheses, reference])
    count = len(hypotheses)
    others = (likeness[:count, :count].sum(axis=1) - 100.0) / max(1, count - 1)
    share = settings.reference_share
    scores = (1 - share) * others + share * likeness[:count, count]
    distinct: dict[str, float] = {}
    for place in sorted(range(count), key=lambda place: -scores[place]):
        distinct.setdefault(hypotheses[place], float(scores[place]))
    for text, score in list(distinct.items())[:CHECKED]:
        if text.strip() and not weight(findings(source, text)):
            return text, score - float(scores[0])
    return "", 0.0
