"""Which rows of an editor's file say something new, and which cannot be used."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from pipeline.input.exchange.xml_file import xml_text
from pipeline.input.pairs import Pair
from pipeline.input.row_problems import problem_lines
from pipeline.input.spreadsheet import spreadsheet_fault
from pipeline.language.sentence_key import pairing_key
from pipeline.run.corrections.other_runs import exchange_key

_REPLACED = (
    "it is the model's English from before a correction; `pipeline memory forget` takes the "
    "correction back"
)


@dataclass(frozen=True, slots=True)
class Correction:
    """A sentence whose English an editor changed; `before` is what it was, empty if unknown."""

    line: int
    zh: str
    en: str
    before: str


@dataclass(frozen=True, slots=True)
class Sorted:
    """The rows of an editor's file: corrections, counts of the others, problems in lines.

    One problem may be that of several rows: `not_taken` counts them.
    """

    rows: int
    corrections: tuple[Correction, ...]
    unchanged: int
    empty: int
    strange: int
    """Corrections of sentences that the run compared with does not have."""
    problems: tuple[str, ...]
    not_taken: int
    notices: tuple[str, ...] = ()
    """What is worth knowing and is no problem, such as rows that newer ones replace."""
    comments: tuple[tuple[str, str, str], ...] = ()
    """What editors say of sentences: the place in the file, the Chinese, the comment."""


def sorted_out(
    pairs: Sequence[Pair],
    known: Mapping[str, Sequence[str]],
    run: Mapping[str, str],
    *,
    name: str,
    replaced: Mapping[str, frozenset[str]] = MappingProxyType({}),
    editors: Mapping[str, str] = MappingProxyType({}),
) -> Sorted:
    """Tell the corrections among the pairs of a file; `name` begins the problems.

    `known` and `run`, the Chinese of a run, are by `exchange_key`. Spaces, and characters that XML
    cannot hold, do not make a change. A changed sentence in a state such as needs-review is named
    and not taken; so is what an editor `replaced`, by `exchange_key`. A sentence that the file
    corrects in two ways is a problem, and neither way is taken; so is one that `editors` corrected
    in another way since the page that the file is from was made.
    """
    changed: dict[str, list[Pair]] = {}
    unchanged = empty = 0
    waiting: list[tuple[str, int, str]] = []
    for pair in pairs:
        key, english = exchange_key(pair.zh), folded(pair.en)
        is_accepted = pair.accepted and key not in editors
        if not pair.en:
            empty += 1
        elif any(folded(text) == english for text in known.get(key, ())) and not is_accepted:
            unchanged += 1
        elif pair.before is None and english in replaced.get(key, ()):
            waiting.append((name, pair.line, f"not taken: {_REPLACED}"))
        elif pair.unfinished:
            waiting.append((name, pair.line, f"not taken: {_waiting_reason(pair.unfinished)}"))
        else:
            changed.setdefault(key, []).append(pair)
    chosen, errors, conflicts = _chosen(changed, editors, name)
    before = {key: pair.before or (*known.get(key, ()), "")[0] for key, pair in chosen.items()}
    return Sorted(
        rows=len(pairs),
        corrections=tuple(
            Correction(pair.line, run.get(key, pair.zh), pair.en, before[key])
            for key, pair in chosen.items()
        ),
        unchanged=unchanged,
        empty=empty,
        strange=sum(key not in run for key in chosen) if run else 0,
        problems=(*problem_lines(errors), *conflicts),
        not_taken=len(errors) + len(conflicts) + len(waiting),
        notices=tuple(problem_lines(waiting)),
        comments=tuple(_comment(pair, run, name) for pair in pairs if pair.comment),
    )


def _comment(pair: Pair, run: Mapping[str, str], name: str) -> tuple[str, str, str]:
    place = f"{name}:{pair.line}: comment on {pair.identifier or pair.zh[:40]}"
    return place, run.get(exchange_key(pair.zh), pair.zh), pair.comment


def merged(names: Sequence[str], results: Sequence[Sorted]) -> list[Sorted]:
    """Return the results of several files without what two of them correct in different ways.

    The same correction in a later file counts as unchanged.
    """
    texts: dict[str, dict[str, str]] = {}
    for name, result in zip(names, results, strict=True):
        for one in result.corrections:
            said = texts.setdefault(pairing_key(one.zh), {})
            said.setdefault(one.en, f"{name}:{one.line}")
    taken: set[str] = set()
    merged_results = []
    for name, result in zip(names, results, strict=True):
        kept: list[Correction] = []
        conflicts: list[str] = []
        for one in result.corrections:
            key = pairing_key(one.zh)
            others = [f"{where} '{en}'" for en, where in texts[key].items() if en != one.en]
            if others:
                conflicts.append(
                    f"{name}:{one.line}: '{one.zh[:40]}' is corrected to '{one.en}', but in "
                    f"{', '.join(others)}; keep one; all were skipped"
                )
            elif key not in taken:
                taken.add(key)
                kept.append(one)
        merged_results.append(
            replace(
                result,
                corrections=tuple(kept),
                unchanged=result.unchanged + len(result.corrections) - len(kept) - len(conflicts),
                problems=(*result.problems, *conflicts),
                not_taken=result.not_taken + len(conflicts),
            )
        )
    return merged_results


def _chosen(
    changed: Mapping[str, Sequence[Pair]], editors: Mapping[str, str], name: str
) -> tuple[dict[str, Pair], list[tuple[str, int, str]], list[str]]:
    """Return the pair to take for each key, rows that are faulty, and conflicts."""
    corrections = {}
    errors: list[tuple[str, int, str]] = []
    conflicts = []
    for key, pairs in changed.items():
        faults = [
            (pair, spreadsheet_fault(pair.en, pair.zh) or _late_fault(pair, editors.get(key)))
            for pair in pairs
        ]
        errors += [(name, pair.line, fault) for pair, fault in faults if fault]
        own = [pair for pair, fault in faults if not fault]
        if len({pair.en for pair in own}) > 1:
            lines = ", ".join(str(pair.line) for pair in own)
            conflicts.append(
                f"{name}:{own[0].line}: '{own[0].zh[:40]}' is corrected in different ways on "
                f"lines {lines}; keep one; both were skipped"
            )
        elif own:
            corrections[key] = own[0]
    return corrections, errors, conflicts


def _waiting_reason(state: str) -> str:
    if state == "fuzzy":
        return "it is marked fuzzy; take the mark away when it is right"
    return f"its state is {state}; set it to translated or final when it is right"


def _late_fault(pair: Pair, correction: str | None) -> str:
    """Return why a pair is late: somebody corrected the sentence since its page was made."""
    if correction is None or pair.before is None or correction in (pair.en, pair.before):
        return ""
    return (
        f"'{pair.zh[:40]}' is corrected to '{pair.en}', but the memory has '{correction}' by now; "
        "correct it in a new report, or use --all to replace it"
    )


def folded(text: str) -> str:
    """Return a text as every file gives it back: blanks folded, without control characters."""
    return " ".join(xml_text(text).split())
