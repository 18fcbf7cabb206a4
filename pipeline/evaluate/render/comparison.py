"""The comparison of two systems, for the terminal and for programs."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from math import isnan

from pipeline.evaluate.difference import Difference, SentenceChange, WordStretches
from pipeline.evaluate.render.table import aligned
from pipeline.evaluate.results import delta_text, p_text, unlike_texts
from pipeline.evaluate.significance import SIGNIFICANCE
from pipeline.language.plural import plural


def comparison_json(differences: Sequence[Difference]) -> str:
    """Return comparisons as JSON, UTF-8 not escaped; a missing score is null."""
    values = [asdict(difference) for difference in differences]  # `delta` is b's score less a's
    for change in (each for value in values for each in value["changes"]):
        change |= {key: None for key in ("a", "b", "delta") if isnan(change[key])}
    return json.dumps(values, ensure_ascii=False, indent=1, allow_nan=False)


def comparison_text(differences: Sequence[Difference], significance: float = SIGNIFICANCE) -> str:
    """Return comparisons as lines: scores, groups, and the sentences that changed most.

    Words that only one of the two systems wrote are in [brackets].
    """
    return "\n\n".join(_text(difference, significance) for difference in differences)


def _text(compared: Difference, significance: float) -> str:
    lines = [
        f"{compared.set}: {plural(compared.segments, 'sentence')}, {compared.equal:,} equal",
        f"A {compared.a}",
        f"B {compared.b}",
        "",
    ]
    rows = [["metric", "A", "B", "B − A", "p", "B is"]]
    rows += [
        [
            change.metric + (" ↓" if change.lower_is_better else ""),
            *unlike_texts(change.a, change.b, max(2, change.digits)),
            delta_text(change.delta, change.digits),
            p_text(change.p_value, significance),
            _word(change.gain, change.p_value, significance),
        ]
        for change in compared.changes
    ]
    lines += aligned(rows)
    lines += [
        f"{change.metric}: {plural(change.left_out, 'sentence')} left out: no score for A or B"
        for change in compared.changes
        if change.left_out
    ]
    lines += _group_lines(compared, significance)
    for side, ngrams in (("A", compared.ngrams_a), ("B", compared.ngrams_b)):
        if ngrams:
            cells = [f"{ngram.ngram} ({ngram.a}:{ngram.b})" for ngram in ngrams]
            lines += ["", f"{side} gets right more often (A:B): {', '.join(cells)}"]
    first, digits = compared.changes[0].metric, compared.changes[0].digits
    for title, sentences in (
        ("most worsened", compared.worsened),
        ("most improved", compared.improved),
    ):
        if sentences:
            lines += [
                "",
                title,
                *(line for row in sentences for line in _sentence(row, first, digits)),
            ]
    lines += ["", *(f"{change.metric}: {change.signature}" for change in compared.changes)]
    return "\n".join(lines)


def _group_lines(compared: Difference, significance: float) -> list[str]:
    """Return the first metric by group."""
    first, digits = compared.changes[0].metric, compared.changes[0].digits
    groups = [[f"{first} by group", "sentences", "A", "B", "B − A", "p"]]
    groups += [
        [
            group.name,
            f"{group.sentences:,}",
            *unlike_texts(group.a, group.b, max(2, digits)),
            delta_text(group.delta, digits),
            p_text(group.p_value, significance),
        ]
        for group in compared.groups
    ]
    return ["", *aligned(groups), "p of a group is not corrected for the number of groups"]


def _word(gain: float, p_value: float, significance: float) -> str:
    if isnan(gain):
        return "cannot be compared"
    if gain == 0:
        return "equal"
    word = "better" if gain > 0 else "worse"
    return word if p_value < significance else f"{word}, but it may be chance"


def _sentence(change: SentenceChange, metric: str, digits: int) -> list[str]:
    lines = [f"  {change.id}  B − A {delta_text(change.delta, digits)} {metric}"]
    lines.append(f"    zh {change.source}")
    if change.reference:
        lines.append(f"    en {change.reference}")
    return [*lines, f"    A  {_marked(change.words_a)}", f"    B  {_marked(change.words_b)}"]


def _marked(words: WordStretches) -> str:
    return " ".join(f"[{text}]" if changed else text for text, changed in words) or "(empty)"
