"""How good the English of a run is, in the words of a layperson: the first line of the report."""

from dataclasses import dataclass
from typing import Literal

Quality = Literal["good", "usable", "rough", "poor", "unknown"]

# Mean expected error (100 - chrF) up to which a run gets the word. Systems on FLORES dev, sentences
# 1 to 400: Google 38.1, Microsoft 39.2, Bergamot 42.1, NLLB 45.3, Argos 46.7, OPUS-MT 46.8; the
# bundled model has 50.4.
_LIMITS: tuple[tuple[Quality, float], ...] = (("good", 40.0), ("usable", 48.0), ("rough", 60.0))
_WORSE: dict[Quality, Quality] = {"good": "usable", "usable": "rough", "rough": "poor"}
_MOST_DOUBTS = 0.15
"""A larger share of sentences in which the checks found something costs a run one word."""

_FEW = 20
"""Fewer sentences than this say too little of a model to call it good."""

_USES: dict[Quality, str] = {
    "good": (
        "A good machine translation{model}. It can be worked with; check names, figures and "
        "quotations before you publish them."
    ),
    "usable": (
        "A usable machine translation{model}. It says what the text says; have somebody who reads "
        "Chinese look at every sentence that you quote or act on."
    ),
    "rough": (
        "A rough machine translation{model}. It is enough to see what an article is about; do not "
        "quote it or rely on a detail without somebody who reads Chinese."
    ),
    "poor": (
        "A poor machine translation{model}. Whole sentences may be wrong; use it only to decide "
        "which articles deserve a better one."
    ),
    "unknown": (
        "A machine translation{model}. How good it is has not been measured for this model; have "
        "somebody who reads Chinese look at what you quote or act on."
    ),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """One word for the quality of a run, and what its English may be used for."""

    quality: Quality
    text: str


def judge(expected_error: float | None, checked: int, doubted: int, model: str = "") -> Verdict:
    """Return the verdict on a run.

    `expected_error` is the mean over its sentences, 0 to 100, None if it is unknown. Of `checked`
    sentences the checks found a warning or an error in `doubted`.
    """
    quality: Quality = "unknown"
    if expected_error is not None:
        quality = next((word for word, limit in _LIMITS if expected_error <= limit), "poor")
        if doubted > _MOST_DOUBTS * checked:
            quality = _WORSE.get(quality, "poor")
        if checked < _FEW and quality == "good":
            quality = "usable"
    return Verdict(quality, _USES[quality].format(model=f" by {_plain(model)}" if model else ""))


def _plain(model: str) -> str:
    """Return the names of models as a layperson reads them."""
    return model.replace("bundled:zh-en", "Yibao's bundled model")
