"""Two systems beside each other, for the terminal and for programs."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from math import isnan

from pipeline.evaluation.difference import Difference, SentenceChange, Words
from pipeline.evaluation.results import delta_text, score_text
from pipeline.formats.evaluation_tables import p_text
from pipeline.formats.evaluation_text import aligned
from pipeline.text.plural import plural


def comparison_json(differences: Sequence[Difference]) -> str:
    """Render comparisons as JSON, UTF-8 not escaped; a score that is not there is null."""
    values = [asdict(each) for each in differences]
    for change in (each for value in values for each in value["changes"]):
        change |= {key: None for key in ("a", "b", "delta") if isnan(change[key])}
    return json.dumps(values, ensure_ascii=False, indent=1, allow_nan=False)


def comparison_text(differences: Sequence[Difference]) -> str:
    """Render comparisons as lines: scores, groups, the sentences that changed most.

    In a sentence, what only one of the two has stands in [brackets].
    """
    return "\n\n".join(_text(each) for each in differences)


def _text(found: Difference) -> str:
    lines = [
        f"{found.set}: {plural(found.segments, 'sentence')}, {found.equal:,} equal",
        f"A {found.a}",
        f"B {found.b}",
        "",
    ]
    rows = [["metric", "A", "B", "B − A", "p", "p (Holm)", ""]]
    rows += [
        [
            each.metric,
            score_text(each.a, max(2, each.digits)),
            score_text(each.b, max(2, each.digits)),
            delta_text(each.delta, each.digits),
            p_text(each.p_value),
            p_text(each.p_adjusted),
            _word(each.gain, each.p_adjusted),
        ]
        for each in found.changes
    ]
    lines += aligned(rows)
    lines += [
        f"{each.metric}: {plural(each.left_out, 'sentence')} left out, without a score for A or B"
        for each in found.changes
        if each.left_out
    ]
    first, digits = found.changes[0].metric, found.changes[0].digits
    groups = [[f"{first} by group", "sentences", "A", "B", "gain", "p"]]
    groups += [
        [
            each.name,
            f"{each.sentences:,}",
            score_text(each.a, max(2, digits)),
            score_text(each.b, max(2, digits)),
            delta_text(each.gain, digits),
            p_text(each.p_value),
        ]
        for each in found.groups
    ]
    lines += ["", *aligned(groups)]
    for title, rows_ in (("most worsened", found.worsened), ("most improved", found.improved)):
        if rows_:
            lines += [
                "",
                title,
                *(line for each in rows_ for line in _sentence(each, first, digits)),
            ]
    lines += ["", *(f"{each.metric}: {each.signature}" for each in found.changes)]
    return "\n".join(lines)


def _word(gain: float, p_adjusted: float) -> str:
    if isnan(gain):
        return "cannot be compared"
    if gain == 0:
        return "equal"
    word = "better" if gain > 0 else "worse"
    return word if p_adjusted < 0.05 else f"{word}, but it may be luck"


def _sentence(each: SentenceChange, metric: str, digits: int) -> list[str]:
    lines = [f"  {each.id}  {each.gain:+.{digits}f} {metric}", f"    zh {each.source}"]
    if each.reference:
        lines.append(f"    en {each.reference}")
    return [*lines, f"    A  {_marked(each.words_a)}", f"    B  {_marked(each.words_b)}"]


def _marked(words: Words) -> str:
    return " ".join(f"[{text}]" if changed else text for text, changed in words) or "(empty)"
