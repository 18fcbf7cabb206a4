"""What stands out in a run, in plain sentences, and which of its sentences to read first."""

from collections import Counter
from collections.abc import Sequence

from pipeline.records import CorpusScore, Finding, Score
from pipeline.stages.story import Line, Story
from pipeline.text.severity import weight

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
}
"""What each check finds, to be read after "3 sentences have"."""

RUNGS = {
    "nbest": "another hypothesis of the same search",
    "terms": "with lost names and terms put into the source",
    "clauses": "translated clause by clause",
    "decoding": "a wider search without repeats",
    "fallback": "the fallback model",
    "corrected": "corrected by rule",
    "kept": "no retry was better: the first answer stands",
}
"""The rungs of the repair ladder, in order, and what each did."""

_UNSURE = 0.1
_READ_FIRST = 12
_READ_NEXT = 6


def highlights(
    stories: Sequence[Story], *, sentences: int, failed: int, metrics: Sequence[CorpusScore]
) -> tuple[str, ...]:
    """Say what stands out, the most pressing first; never empty."""
    lines = [line for story in stories for line in story.lines]
    return tuple(
        sentence
        for sentence in (
            _failures(failed),
            *_findings(lines),
            _repairs(lines),
            _corrections(lines),
            _worst_story(stories),
            _least_sure(stories),
            _quality(metrics, lines),
            _untouched(lines, sentences),
        )
        if sentence
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _failures(failed: int) -> str:
    if not failed:
        return ""
    verb = "is" if failed == 1 else "are"
    return f"{_count(failed, 'document')} could not be finished and {verb} listed below."


def _findings(lines: Sequence[Line]) -> list[str]:
    """Say how much was found, and what most often."""
    checked = sum(line.translated.origin == "model" for line in lines)
    flagged = sum(bool(_serious(line.score.findings)) for line in lines)
    if not checked:
        return []
    if not flagged:
        return [
            f"The checks found nothing wrong in {_count(checked, 'sentence')}. They look for "
            "numbers, omissions and the like, not for meaning."
        ]
    kinds = Counter(
        check
        for line in lines
        for check in {found.check for found in _serious(line.score.findings)}
    )
    common = [f"{count:,} with {LABELS.get(check, check)}" for check, count in kinds.most_common(3)]
    share = _percent(flagged, checked)
    verb = "deserves" if flagged == 1 else "deserve"
    return [f"{flagged:,} of {checked:,} sentences ({share}) {verb} a look: {_listed(common)}."]


def _repairs(lines: Sequence[Line]) -> str:
    """Say how many flagged sentences a retry made better."""
    flagged = [line for line in lines if line.translated.rung]
    better = sum(line.translated.rung != "kept" for line in flagged)
    if not better:
        return ""
    verb = "was" if better == 1 else "were"
    return (
        f"{better:,} of {_count(len(flagged), 'sentence')} flagged at first {verb} made better "
        "by a retry."
    )


def _corrections(lines: Sequence[Line]) -> str:
    """Say how many sentences an editor wrote."""
    corrected = sum(line.translated.origin == "editor" for line in lines)
    if not corrected:
        return ""
    verb = "is" if corrected == 1 else "are"
    return f"{_count(corrected, 'sentence')} {verb} from an editor, and not checked."


def _serious(found: Sequence[Finding]) -> list[Finding]:
    return [each for each in found if each.severity != "info"]


def _percent(part: int, whole: int) -> str:
    share = 100 * part / whole
    return "under 1 %" if 0 < share < 1 else f"{share:.0f} %"


def _listed(parts: Sequence[str]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def _name(story: Story) -> str:
    title = story.article.title or story.title_en or story.article.id
    return f"“{title}”"


def _worst_story(stories: Sequence[Story]) -> str:
    """Name the article that most of the findings are in, where one stands out."""
    total = sum(story.flagged for story in stories)
    worst = max(stories, key=lambda story: story.flagged, default=None)
    if worst is None or len(stories) < 2 or worst.flagged < 3 or 2 * worst.flagged < total:
        return ""
    return f"{_name(worst)} has {worst.flagged:,} of the {total:,} sentences with remarks."


def _least_sure(stories: Sequence[Story]) -> str:
    """Name the article that the model is least sure of, where it is clearly below the rest."""
    known = [story for story in stories if story.score.confidence is not None]
    if len(known) < 3:
        return ""
    mean = sum(_confidence(story.score) for story in known) / len(known)
    least = min(known, key=lambda story: _confidence(story.score))
    if mean - _confidence(least.score) < _UNSURE:
        return ""
    return (
        f"The model is least sure of {_name(least)}: {_confidence(least.score):.2f}, "
        f"where articles have {mean:.2f} on average."
    )


def _confidence(score: Score) -> float:
    return score.confidence if score.confidence is not None else 1.0


def _quality(metrics: Sequence[CorpusScore], lines: Sequence[Line]) -> str:
    if metrics:
        first = metrics[0]
        between = ""
        if first.low != first.high:
            between = f" (95 % of resamples between {first.low:.1f} and {first.high:.1f})"
        return (
            f"Against {_count(first.segments, 'reference')}, {first.name} is "
            f"{first.score:.1f}{between}."
        )
    if known := [each for line in lines if (each := line.score.expected_error) is not None]:
        mean = sum(known) / len(known)
        return (
            f"There are no references. From the model's confidence an error of {mean:.0f} is "
            "expected (0: the words of a human translation, 100: nothing in common)."
        )
    if any(line.score.confidence is not None for line in lines):
        return (
            "There are no references, so nothing here measures quality: confidence is the "
            "model's own opinion of its words."
        )
    return ""


def _untouched(lines: Sequence[Line], sentences: int) -> str:
    unknown = sum("no_rule" in line.translated.flags for line in lines)
    left = sum(line.translated.origin == "none" for line in lines) - unknown
    if not sentences:
        return "There is nothing to report: no article has any text."
    parts = []
    if left:
        verb = "was" if left == 1 else "were"
        parts.append(f"{_count(left, 'line')} {verb} left in Chinese, as the configuration asks.")
    if unknown:
        verb = "was" if unknown == 1 else "were"
        lines_of = "credit or folio line" if unknown == 1 else "credits or folio lines"
        parts.append(f"{unknown:,} {lines_of} {verb} left in Chinese, for want of a rule.")
    return " ".join(parts)


def worst_lines(lines: Sequence[Line], count: int = _READ_FIRST) -> tuple[Line, ...]:
    """Give the sentences to read first: those with findings, the heaviest and least sure first.

    Sentences without a finding are never among them: low confidence alone is no reason to
    distrust a sentence before others.
    """
    suspects = [line for line in lines if _serious(line.score.findings)]
    return tuple(sorted(suspects, key=_trust)[:count])


def _trust(line: Line) -> tuple[float, float, float]:
    confidence = line.score.confidence if line.score.confidence is not None else 1.0
    return -weight(line.score.findings), -(line.score.expected_error or 0.0), confidence


def unsure_lines(lines: Sequence[Line], count: int = _READ_NEXT) -> tuple[Line, ...]:
    """Give the sentences to read next: nothing was found in them, and most error is expected.

    They are among the worst tenth of the run by expected error; none where none is known.
    """
    known = sorted(
        (line for line in lines if line.score.expected_error is not None),
        key=lambda line: -(line.score.expected_error or 0.0),
    )
    worst = known[: len(known) // 10]
    return tuple(line for line in worst if not _serious(line.score.findings))[:count]
