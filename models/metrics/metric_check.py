"""Check that a trained metric is intact and still ranks good translations above bad ones.

Library upgrades have silently broken good checkpoints (see models/seq2seq/canary.py). Published
metrics come without expected scores, but each must prefer a translation to an unrelated text.
"""

import math

from models.errors import WeightsError
from models.metrics.load import load_scorer, resolve_scorer
from models.protocols import Segment, SegmentScorer
from models.runtime.device import named
from models.runtime.machine import MACHINE, Machine
from models.specs import ScorerSpec

# source, reference, a good translation, a bad one: short, and beyond dispute
PAIRS = (
    ("今天下雨了。", "It rained today.", "It is raining today.", "The shop sells red shoes."),
    (
        "市长星期一宣布了新的预算。",
        "The mayor announced the new budget on Monday.",
        "On Monday the mayor announced the new budget.",
        "Two trains will run to the airport every hour.",
    ),
    (
        "医院去年接待了三万名病人。",
        "The hospital treated thirty thousand patients last year.",
        "Last year the hospital received 30,000 patients.",
        "We had dinner by the river and went home.",
    ),
)


def check_scorer(spec: ScorerSpec, machine: Machine = MACHINE) -> list[str]:
    """Verify a metric's checksums, load it and try it; return the results as lines.

    Raises WeightsError at the first problem.
    """
    resolved = resolve_scorer(spec, machine)
    scorer = load_scorer(spec, resolved)
    has_sums = (resolved.folder / "SHA256SUMS").is_file()
    sums = "checksums agree" if has_sums else "no SHA256SUMS beside the weights"
    served = resolved.precision == "served"
    return [
        f"weights {resolved.identity[:16]} {'on a server' if served else f'in {resolved.folder}'}",
        *([] if served else [sums]),
        f"loads in {resolved.precision} on {named(resolved.devices)}; "
        f"{'needs' if scorer.needs_reference else 'reads no'} references, "
        f"{'higher' if scorer.higher_is_better else 'lower'} is better",
        f"signature {resolved.signature}",
        canary_line(scorer, resolved.name),
    ]


def canary_line(scorer: SegmentScorer, name: str) -> str:
    """Return a line that good translations score better than bad ones.

    Raises WeightsError if one does not.
    """
    segments = [
        Segment(source, hypothesis, reference)
        for source, reference, good, bad in PAIRS
        for hypothesis in (good, bad)
    ]
    sign = 1 if scorer.higher_is_better else -1
    answers = scorer.score(segments)
    scores = [each.score for each in answers]
    for (source, _, good, bad), better, worse in zip(PAIRS, scores[::2], scores[1::2], strict=True):
        if math.isnan(better) or math.isnan(worse):
            if not any(dict(each.parts).get("unread") for each in answers):
                raise WeightsError(
                    f"{name}: its score of a translation of {source} is not a number (NaN); half "
                    "precision overflows in some models: take precision: float32 or bfloat16"
                )
            raise WeightsError(
                f"{name}: gave no readable answer about a translation of {source}; use a larger "
                "model, more max_target_tokens, or more retries"
            )
        if not sign * better > sign * worse:
            raise WeightsError(
                f"{name}: for {source} it scores '{bad}' ({worse:.4f}) no worse than '{good}' "
                f"({better:.4f}); another library version, encoder or tokenizer than it was "
                "trained with?"
            )
    worst = min(sign * (a - b) for a, b in zip(scores[::2], scores[1::2], strict=True))
    return f"canary: good translations score better than bad ones, by {worst:.4f} at least"
