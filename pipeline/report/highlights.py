"""The most important facts about a run, in plain sentences."""

from collections.abc import Sequence

from pipeline.check.checks import LABELS
from pipeline.language.plural import plural
from pipeline.records import CorpusScore
from pipeline.report.run_counts import ContentsEntry, RunCounts

REPAIRS = {
    "corrected": "corrected by a rule",
    "terms": "translated again with the missing names and terms filled in",
    "clauses": "translated again clause by clause",
    "nbest": "replaced by another of the model's candidate translations",
    "decoding": "translated again with a wider search that avoids repetition",
    "fallback": "translated again by the fallback model",
    "kept": "left as first translated, because no retry was better",
}
"""The steps of the repair ladder, in order, and what each did to a sentence."""

_UNSURE = 0.1


def urgent(counts: RunCounts, *, failed: int) -> tuple[str, ...]:
    """Return sentences about what is missing and what is in doubt."""
    return tuple(filter(None, (_failures(failed), *_findings(counts), _corrections(counts))))


def background(counts: RunCounts, *, metrics: Sequence[CorpusScore]) -> tuple[str, ...]:
    """Return sentences about what else stands out, the most urgent first."""
    return tuple(
        sentence
        for sentence in (
            _worst_article(counts.contents),
            _least_sure(counts.contents),
            _quality(metrics, counts),
            _untouched(counts),
        )
        if sentence
    )


def _failures(failed: int) -> str:
    if not failed:
        return ""
    verb = "is" if failed == 1 else "are"
    return f"{plural(failed, 'document')} could not be finished and {verb} listed below."


def _findings(counts: RunCounts) -> list[str]:
    """Return how many sentences the checks flagged, and the most common reasons."""
    if not counts.checked:
        return []
    mended = counts.errors.found - counts.doubted
    if not counts.doubted:
        after = f", after errors in {mended:,} were mended" if mended else ""
        return [
            f"The checks find nothing wrong in {plural(counts.checked, 'sentence')}{after}. They "
            "compare numbers, names and form; they do not judge meaning."
        ]
    common = [
        f"{count:,} with {LABELS.get(check, check)}"
        for check, count in counts.doubts.most_common(3)
    ]
    share = _percent(counts.doubted, counts.checked)
    verb = "deserves" if counts.doubted == 1 else "deserve"
    more = f" In {mended:,} more, the checks found an error that was mended." if mended else ""
    return [
        f"{counts.doubted:,} of {plural(counts.checked, 'sentence')} ({share}) {verb} a look: "
        f"{_listed(common)}.{more}"
    ]


def _corrections(counts: RunCounts) -> str:
    """Return how many sentences an editor wrote; empty if none."""
    corrected = counts.origins["editor"]
    if not corrected:
        return ""
    verb = "was" if corrected == 1 else "were"
    line = f"{plural(corrected, 'sentence')} {verb} corrected by an editor"
    if not counts.to_confirm:
        return f"{line}."
    return (
        f"{line}; please confirm {counts.to_confirm:,} of them, in which the checks find something."
    )


def _percent(part: int, whole: int) -> str:
    share = 100 * part / whole
    return "under 1 %" if 0 < share < 1 else f"{share:.0f} %"


def _listed(parts: Sequence[str]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def _worst_article(articles: Sequence[ContentsEntry]) -> str:
    """Name the article with at least half of the flagged sentences; empty if there is none."""
    total = sum(article.flagged for article in articles)
    worst = max(articles, key=lambda article: article.flagged, default=None)
    if worst is None or len(articles) < 2 or worst.flagged < 3 or 2 * worst.flagged < total:
        return ""
    return f"{worst.flagged:,} of the {total:,} flagged sentences are in “{worst.name}”."


def _least_sure(articles: Sequence[ContentsEntry]) -> str:
    """Name the article that the model is least sure of, if it is clearly below the average."""
    known = [
        (article.confidence, article) for article in articles if article.confidence is not None
    ]
    if len(known) < 3:
        return ""
    mean = sum(confidence for confidence, _ in known) / len(known)
    confidence, least = min(known, key=lambda pair: pair[0])
    if mean - confidence < _UNSURE:
        return ""
    return (
        f"The model is least sure of “{least.name}”: its confidence is {confidence:.2f}, "
        f"against {mean:.2f} for the average article."
    )


def _quality(metrics: Sequence[CorpusScore], counts: RunCounts) -> str:
    if metrics:
        first = metrics[0]
        between = ""
        if first.low != first.high:
            between = f" (95 % interval {first.low:.1f} to {first.high:.1f})"
        return (
            f"Against {plural(first.segments, 'reference')}, {first.name} is "
            f"{first.score:.1f}{between}."
        )
    if counts.expected:
        mean = sum(counts.expected) / len(counts.expected)
        return (
            "There are no reference translations. Judging by the model's confidence, the text is "
            f"expected to differ from a human translation by {mean:.0f} % (0 %: the same words; "
            "100 %: nothing in common)."
        )
    if counts.confidences:
        return (
            "There are no reference translations, so nothing here measures quality: confidence is "
            "only the model's own estimate."
        )
    return ""


def _untouched(counts: RunCounts) -> str:
    unknown = counts.without_rule
    left = counts.origins["none"] - unknown
    if not counts.sentences:
        return "There is nothing to report: no article contains any text."
    parts = []
    if left:
        verb = "was" if left == 1 else "were"
        parts.append(
            f"{plural(left, 'line')} {verb} left in Chinese, because translate.kinds leaves out "
            "such lines."
        )
    if unknown:
        said = (
            "credit or folio line was left in Chinese, because no rule translates it"
            if unknown == 1
            else "credits or folio lines were left in Chinese, because no rule translates them"
        )
        parts.append(f"{unknown:,} {said}.")
    return " ".join(parts)
