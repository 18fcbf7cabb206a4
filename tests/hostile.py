"""Sentences that break things (tests/golden/hostile.jsonl): every backend must bear them."""

import json
from collections.abc import Sequence
from pathlib import Path

from models.protocols import Candidate, Translator, best_translations
from models.seq2seq.translator import is_blank


def hostile_sentences() -> dict[str, str]:
    """Give the sentences by name."""
    path = Path(__file__).with_name("golden") / "hostile.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {row["name"]: row["text"] * row.get("times", 1) for row in rows}


HOSTILE = hostile_sentences()
TOO_LONG = "ten thousand characters without punctuation"


def bear_hostile_sentences(translator: Translator) -> dict[str, Candidate]:
    """Translate all of them, together, and hold the answers to what is due; by name."""
    names, sentences = list(HOSTILE), list(HOSTILE.values())
    answers = best_translations(translator, sentences)
    assert len(answers) == len(names) == 40
    assert sentences == list(HOSTILE.values())
    found = dict(zip(names, answers, strict=True))
    for name, answer in found.items():
        assert not answer.failure, f"{name}: {answer.failure}"
        answer.text.encode("utf-8")  # no half character
        assert (answer.text == "") or not is_blank(HOSTILE[name]), name
    assert found[TOO_LONG].source_truncated
    assert not found["pure numbers"].source_truncated
    return found


def texts(candidates: Sequence[Candidate]) -> list[str]:
    return [each.text for each in candidates]
