"""Two systems beside each other, for the terminal and for programs."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from math import isnan

from pipeline.evaluate.difference import Difference, SentenceChange, Words
from pipeline.evaluate.render.text import aligned
from pipeline.evaluate.results import delta_text, p_text, unlike_texts
from pipeline.evaluate.significance import SIGNIFICANCE
from pipeline.language.plural import plural


def comparison_json(differences: Sequence[Difference]) -> str:
    """Render comparisons as JSON, UTF-8 not escaped; a score that is not there is null."""
    values = [asdict(each) for each in differences]  # `delta` is b's score less a's
    for change in (each for value in values for each in value["changes"]):
        change |= {key: None for key in ("a", "b", "delta") if isnan(change[key])}
    return json.dumps(values, ensure_ascii=False, indent=1, allow_nan=False)


def comparison_text(differences: Sequence[Difference], significance: float = SIGNIFICANCE) -> str:
    """Render comparisons as lines: scores, groups, the sentences that changed most.

    In a sentence, what only one of the two has stands in [brackets].
    """
    return "\n\n".join(_text(each, significance) for each in differences)


def _text(found: Difference, significance: float) -> str:
    lines = [
        f"{found.set}: {plural(found.segments, 'sentence')}, {found.equal:,} equal",
        f"A {found.a}",
        f"B {found.b}",
        "",
    ]
    rows = [["metric", "A", "B", "B − A", "p", "B is"]]
    rows += [
        [
            each.metric + (" ↓" if each.lower_is_better else ""),
            *unlike_texts(each.a, each.b, max(2, each.digits)),
            delta_text(each.delta, each.digits),
            p_text(each.p_value, significance),
            _word(each.gain, each.p_value, significance),
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
    groups = [[f"{first} by group", "sentences", "A", "B", "B − A", "p"]]
    groups += [
        [
            each.name,
            f"{each.sentences:,}",
            *unlike_texts(each.a, each.b, max(2, digits)),
            delta_text(each.delta, digits),
            p_text(each.p_value, significance),
        ]
        for each in found.groups
    ]
    lines += ["", *aligned(groups), "p of a group is not corrected for the number of groups"]
    for title, rows_ in (("most worsened", found.worsened), ("most improved", found.improved)):
        if rows_:
            lines += [
                "",
                title,
                *(line for each in rows_ for line in _sentence(each, first, digits)),
            ]
    lines += ["", *(f"{each.metric}: {each.signature}" for each in found.changes)]
    return "\n".join(lines)


def _word(gain: float, p_value: float, significance: float) -> str:
    if isnan(gain):
        return "cannot be compared"
    if gain == 0:
        return "equal"
    word = "better" if gain > 0 else "worse"
    return word if p_value < significance else f"{word}, but it may be chance"


def _sentence(each: SentenceChange, metric: str, digits: int) -> list[str]:
    lines = [f"  {each.id}  B − A {delta_text(each.delta, digits)} {metric}"]
    lines.append(f"    zh {each.source}")
    if each.reference:
        lines.append(f"    en {each.reference}")
    return [*lines, f"    A  {_marked(each.words_a)}", f"    B  {_marked(each.words_b)}"]


def _marked(words: Words) -> str:
    return " ".join(f"[{text}]" if changed else text for text, changed in words) or "(empty)"
