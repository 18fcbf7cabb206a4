"""Small test sets and evaluations for tests."""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline.evaluate.config import EvaluationConfig
from pipeline.evaluate.results import EvaluationSegment, EvaluationSet

_WORDS = [
    "the",
    "a",
    "city",
    "river",
    "opened",
    "new",
    "people",
    "Monday",
    "company",
    "market",
    "said",
    "grows",
    "plan",
    "million",
    "school",
    "water",
    "Jinshan",
    "park",
    "police",
    "train",
    "23",
    "fewer",
    "more",
    "will",
    "not",
]


def sentences(count: int, *, seed: int = 1) -> list[str]:
    """Return sentences of random words, the same for a seed."""
    draw = random.Random(seed)
    return [" ".join(draw.choices(_WORDS, k=draw.randint(4, 14))) + "." for _ in range(count)]


def worsened(texts: Sequence[str], share: float, *, seed: int = 1) -> list[str]:
    """Return a copy with a share of the sentences damaged: half of the words are lost."""
    draw = random.Random(seed)
    chosen = set(draw.sample(range(len(texts)), round(share * len(texts))))
    return [
        " ".join(text.split()[: len(text.split()) // 2]) if at in chosen else text
        for at, text in enumerate(texts)
    ]


def small_set(references: Sequence[str], *, name: str = "news") -> EvaluationSet:
    """Return a set with Chinese of every length, some with numbers."""
    return EvaluationSet(
        name,
        tuple(
            EvaluationSegment(
                str(at + 1),
                "金山区" * (1 + at % 12) + ("有23个项目。" if at % 3 else "。"),
                (text,),
            )
            for at, text in enumerate(references)
        ),
    )


def write_files(folder: Path, **files: Sequence[str]) -> None:
    """Write text files, a line for each text."""
    for name, texts in files.items():
        (folder / f"{name}.txt").write_text("".join(f"{t}\n" for t in texts), encoding="utf-8")


def plain_config(folder: Path, systems: Sequence[str], **more: Any) -> EvaluationConfig:
    """Return the config of an evaluation of plain files in a folder."""
    values = {
        "output": str(folder / "evaluation"),
        "sets": [
            {
                "kind": "files",
                "name": "news",
                "source": str(folder / "zh.txt"),
                "references": [str(folder / "en.txt")],
            }
        ],
        "systems": [
            {"kind": "file", "name": name, "path": str(folder / f"{name}.txt")} for name in systems
        ],
        "metrics": ["chrf++", "bleu"],
        "bootstrap_samples": 200,
        "trials": 500,
        "runtime": {"threads": 1},
    }
    return EvaluationConfig.model_validate(values | more)
