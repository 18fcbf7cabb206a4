"""What stands out in a run, in plain sentences."""

from collections.abc import Sequence

from pipeline.language.plural import plural
from pipeline.records import CorpusScore
from pipeline.report.tally import Entry, Tally

LABELS = {
    "empty": "no translation at all",
    "numbers": "numbers that do not agree with the source",
    "names": "a name that is missing",
    "negation": "a denial lost or added",
    "untranslated": "Chinese left in the English",
    "copied": "the source copied instead of translated",
    "repetition": "words repeated in a loop",
    "length": "an unlikely length",
    "question": "a question lost or added",
    "quotes": "an unbalanced quotation mark or bracket",
    "truncated": "an end that breaks off",
    "chatter": "notes or refusals instead of a translation",
    "language": "another language than English",
    "terms": "a term that the glossary wants otherwise",
    "hidden": "hidden characters",
}
"""What each check finds, to be read after "3 sentences have"."""

RUNGS = {
    "nbest": "another hypothesis of the same search",
    "terms": "with lost names and terms put into the source",
    "clauses": "translated clause by clause",
    "decoding": "a wider search without repeats",
    "fallback": "the fallback model",
    "corrected": "corrected by rule",
    "kept": "no retry was better; the first answer was kept",
}
"""The rungs of the repair ladder, in order, and what each did."""

_UNSURE = 0.1


def highlights(tally: Tally, *, failed: int, metrics: Sequence[CorpusScore]) -> tuple[str, ...]:
    """Say what stands out, the most pressing first; never empty."""
    return tuple(
        sentence
        for sentence in (
            _failures(failed),
            *_findings(tally),
            _repairs(tally),
            _corrections(tally),
            _worst_story(tally.entries),
            _least_sure(tally.entries),
            _quality(metrics, tally),
            _untouched(tally),
        )
        if sentence
    )


def _failures(failed: int) -> str:
    if not failed:
        return ""
    verb = "is" if failed == 1 else "are"
    return f"{plural(failed, 'document')} could not be finished and {verb} listed below."


def _findings(tally: Tally) -> list[str]:
    """Say how much was found, and what most often."""
    if not tally.checked:
        return []
    if not tally.doubted:
        return [
            f"The checks found nothing wrong in {plural(tally.checked, 'sentence')}. They look for "
            "numbers, omissions and the like, not for meaning."
        ]
    common = [
        f"{count:,} with {LABELS.get(check, check)}" for check, count in tally.doubts.most_common(3)
    ]
    share = _percent(tally.doubted, tally.checked)
    verb = "deserves" if tally.doubted == 1 else "deserve"
    return [
        f"{tally.doubted:,} of {plural(tally.checked, 'sentence')} ({share}) {verb} a look: "
        f"{_listed(common)}."
    ]


def _repairs(tally: Tally) -> str:
    """Say how many flagged sentences a retry made better."""
    flagged = tally.rungs.total()
    better = flagged - tally.rungs["kept"]
    if not better:
        return ""
    verb = "was" if better == 1 else "were"
    return (
        f"{better:,} of {plural(flagged, 'sentence')} flagged at first {verb} made better "
        "by a retry."
    )


def _corrections(tally: Tally) -> str:
    """Say how many sentences an editor wrote."""
    corrected = tally.origins["editor"]
    if not corrected:
        return ""
    verb = "is" if corrected == 1 else "are"
    return f"{plural(corrected, 'sentence')} {verb} from an editor, and not checked."


def _percent(part: int, whole: int) -> str:
    share = 100 * part / whole
    return "under 1 %" if 0 < share < 1 else f"{share:.0f} %"


def _listed(parts: Sequence[str]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def _worst_story(stories: Sequence[Entry]) -> str:
    """Name the article that most of the findings are in, where one stands out."""
    total = sum(story.flagged for story in stories)
    worst = max(stories, key=lambda story: story.flagged, default=None)
    if worst is None or len(stories) < 2 or worst.flagged < 3 or 2 * worst.flagged < total:
        return ""
    return f"“{worst.name}” has {worst.flagged:,} of the {total:,} sentences with remarks."


def _least_sure(stories: Sequence[Entry]) -> str:
    """Name the article that the model is least sure of, where it is clearly below the rest."""
    known = [(story.confidence, story) for story in stories if story.confidence is not None]
    if len(known) < 3:
        return ""
    mean = sum(confidence for confidence, _ in known) / len(known)
    confidence, least = min(known, key=lambda each: each[0])
    if mean - confidence < _UNSURE:
        return ""
    return (
        f"The model is least sure of “{least.name}”: {confidence:.2f}, "
        f"where articles have {mean:.2f} on average."
    )


def _quality(metrics: Sequence[CorpusScore], tally: Tally) -> str:
    if metrics:
        first = metrics[0]
        between = ""
        if first.low != first.high:
            between = f" (95 % of resamples between {first.low:.1f} and {first.high:.1f})"
        return (
            f"Against {plural(first.segments, 'reference')}, {first.name} is "
            f"{first.score:.1f}{between}."
        )
    if tally.expected:
        mean = sum(tally.expected) / len(tally.expected)
        return (
            f"There are no references. From the model's confidence an error of {mean:.0f} is "
            "expected (0: the words of a human translation, 100: nothing in common)."
        )
    if tally.confidences:
        return (
            "There are no references, so nothing here measures quality: confidence is the "
            "model's own opinion of its words."
        )
    return ""


def _untouched(tally: Tally) -> str:
    unknown = tally.without_rule
    left = tally.origins["none"] - unknown
    if not tally.sentences:
        return "There is nothing to report: no article has any text."
    parts = []
    if left:
        verb = "was" if left == 1 else "were"
        parts.append(f"{plural(left, 'line')} {verb} left in Chinese, as the configuration asks.")
    if unknown:
        verb = "was" if unknown == 1 else "were"
        lines_of = "credit or folio line" if unknown == 1 else "credits or folio lines"
        parts.append(f"{unknown:,} {lines_of} {verb} left in Chinese, for want of a rule.")
    return " ".join(parts)
