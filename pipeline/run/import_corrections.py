"""An editor's file to corrections: which of its rows say something new, and which cannot be used.

page, export ─▶ editor ─▶ file ─read_pairs─▶ pairs ─sorted_out─▶ corrections ─▶ memory ─▶ next run
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from pipeline.check.findings.confirm import to_confirm
from pipeline.config.memory_place import memory_of_run, memory_path
from pipeline.config.sections import Config
from pipeline.engine.results import read_run
from pipeline.engine.store import Store
from pipeline.errors import ConfigError
from pipeline.input.pairs import Pair, read_pairs
from pipeline.input.row_problems import problem_lines
from pipeline.input.spreadsheet import is_spreadsheet_error
from pipeline.language.plural import plural
from pipeline.language.sentence_key import pairing_key
from pipeline.memory.maintenance import entries
from pipeline.memory.memory import Memory
from pipeline.memory.schema import EDITOR, open_file
from pipeline.records import Translation


@dataclass(frozen=True, slots=True)
class Place:
    """A translation memory, and the run whose sentences are compared with, if there is one."""

    memory: Path
    run: Path | None


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
    comments: tuple[str, ...] = ()
    """What editors noted about sentences, each in a line."""


def config_place(config: Config) -> Place:
    """Return the memory and the run of a config. Raises ConfigError if its memory is off."""
    memory = memory_path(config)
    if memory is None:
        raise ConfigError("runtime.memory: off; name a file there to keep a translation memory")
    folder = Path(config.output)
    return Place(memory, folder if (folder / "manifest.json").is_file() else None)


def path_place(path: Path) -> Place:
    """Return the memory that is a file, or that a run folder uses."""
    if not path.is_dir():
        return Place(path, None)
    return Place(memory_of_run(path), path)


def import_files(
    files: Sequence[Path],
    place: Place,
    *,
    encoding: str = "auto",
    every: bool = False,
    dry_run: bool = False,
) -> list[Sorted]:
    """Take the changed rows of editors' files into the memory, for every run from now on.

    A row is changed if its English is not what the run says, or, of a sentence the run does
    not have, what any model in the memory says; or if an editor accepted it. With `every` nothing
    is compared. Two texts for one sentence are problems, and neither is taken. Returns a result
    for each file, in order.
    """
    run = list(_run_english(place.run)) if place.run else []
    known = {} if every else _known_english(place.memory, run)
    editors = {} if every else _editors_english(place.memory)
    keys = frozenset(key for key, _ in run)
    results = []
    for file in files:
        found = read_pairs(file, encoding)
        result = sorted_out(found.pairs, known, keys, name=str(file), editors=editors)
        results.append(
            replace(
                result,
                rows=result.rows + found.unread,
                problems=(*found.problems, *result.problems),
                not_taken=result.not_taken + found.unread,
                notices=found.notices,
            )
        )
    results = merged([str(file) for file in files], results)
    corrections = [(one.zh, one.en) for result in results for one in result.corrections]
    if corrections and not dry_run:
        with closing(Memory(place.memory)) as memory:
            memory.correct(corrections)
    return results


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


def forget(place: Place, sentences: Sequence[str]) -> tuple[list[tuple[str, str]], list[str]]:
    """Take back corrections: those that were, as (Chinese, English), and sentences without one.

    Raises StoreError where there is no memory.
    """
    with closing(open_file(place.memory, must_exist=True)):
        pass  # a memory that is not there is not made to forget something
    with closing(Memory(place.memory)) as memory:
        found = memory.forget(sentences)
    known = {pairing_key(zh) for zh, _ in found}
    return found, [each for each in sentences if pairing_key(each) not in known]


def _known_english(memory: Path, run: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """Return what is known of sentences, by `pairing_key`: the English a change is a change of.

    That is what the run and the corrections before say; what models said once only of
    sentences that neither has.
    """
    known: dict[str, list[str]] = {}
    for key, english in run:
        if not english:
            continue
        known.setdefault(key, []).append(english)
    told = frozenset(known)
    for entry in entries(memory) if memory.is_file() else ():
        key = pairing_key(entry.zh)
        if entry.key == EDITOR or key not in told:
            known.setdefault(key, []).append(entry.en)
    return known


def _editors_english(memory: Path) -> dict[str, str]:
    """Return the corrections that the memory has, by `pairing_key`."""
    rows = entries(memory) if memory.is_file() else ()
    return {pairing_key(entry.zh): _folded(entry.en) for entry in rows if entry.key == EDITOR}


def _run_english(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield `pairing_key` and English of a run's sentences, empty where nothing was written.

    A run that was stopped has no table of translations in its manifest: then all that lie in
    its folder count, for it is from them that the editor's file was exported.
    """
    tables = read_run(folder)
    store = Store(folder)
    rows = tables.translations or [
        row
        for key in store.keys("translations")
        for row in store.read("translations", key, Translation)
    ]
    english = {(row.article_id, s.id): s.text for row in rows for s in row.sentences}
    for article in tables.articles:
        for block in article.blocks:
            for sentence in block.sentences:
                yield pairing_key(sentence.text), english.get((article.id, sentence.id), "")


def sorted_out(
    pairs: Sequence[Pair],
    known: Mapping[str, Sequence[str]],
    run_keys: frozenset[str],
    *,
    name: str,
    editors: Mapping[str, str] = MappingProxyType({}),
) -> Sorted:
    """Tell the corrections among the pairs of a file; `name` begins the problems.

    Spaces do not make a change. A sentence that the file corrects in two ways is a problem, and
    neither way is taken; so is one that `editors` corrected in another way since the page that
    the file is from was made.
    """
    changed: dict[str, list[Pair]] = {}
    unchanged = empty = 0
    for pair in pairs:
        before = known.get(pairing_key(pair.zh), ())
        if not pair.en:
            empty += 1
        elif any(_folded(text) == pair.en for text in before) and not (
            pair.accepted and pairing_key(pair.zh) not in editors
        ):
            unchanged += 1
        else:
            changed.setdefault(pairing_key(pair.zh), []).append(pair)
    corrections, problems, not_taken = _chosen(changed, known, editors, name)
    return Sorted(
        rows=len(pairs),
        corrections=corrections,
        unchanged=unchanged,
        empty=empty,
        strange=sum(pairing_key(c.zh) not in run_keys for c in corrections) if run_keys else 0,
        problems=problems,
        not_taken=not_taken,
        comments=tuple(
            f"{name}:{pair.line}: comment on {pair.place or pair.zh[:40]}: {pair.comment}"
            for pair in pairs
            if pair.comment
        ),
    )


def _chosen(
    changed: Mapping[str, Sequence[Pair]],
    known: Mapping[str, Sequence[str]],
    editors: Mapping[str, str],
    name: str,
) -> tuple[tuple[Correction, ...], tuple[str, ...], int]:
    """Return the corrections among changed pairs, the problems, and how many are not taken."""
    corrections = []
    conflicts = []
    errors: list[tuple[str, int, str]] = []
    for key, pairs in changed.items():
        sound = []
        for pair in pairs:
            if fault := _spreadsheet_fault(pair) or _late_fault(pair, editors.get(key)):
                errors.append((name, pair.line, fault))
            else:
                sound.append(pair)
        if len({pair.en for pair in sound}) > 1:
            lines = ", ".join(str(pair.line) for pair in sound)
            conflicts.append(
                f"{name}:{sound[0].line}: '{sound[0].zh[:40]}' is corrected in different ways on "
                f"lines {lines}; keep one; both were skipped"
            )
        elif sound:
            before = sound[0].before or (*known.get(key, ()), "")[0]
            corrections.append(Correction(sound[0].line, sound[0].zh, sound[0].en, before))
    problems = (*problem_lines(errors), *conflicts)
    return tuple(corrections), problems, len(errors) + len(conflicts)


def _spreadsheet_fault(pair: Pair) -> str:
    """Return why a changed pair is not one, where a spreadsheet put an error in place of text."""
    for text in (pair.en, pair.zh):
        if is_spreadsheet_error(text):
            return f"{text} is a spreadsheet's error, not text; write the sentence there again"
    return ""


def _late_fault(pair: Pair, correction: str | None) -> str:
    """Return why a pair is late: somebody corrected the sentence since its page was made."""
    if correction is None or pair.before is None or correction in (pair.en, pair.before):
        return ""
    return (
        f"'{pair.zh[:40]}' is corrected to '{pair.en}', but the memory has '{correction}' by now; "
        "correct it in a new report, or use --all to replace it"
    )


def _folded(text: str) -> str:
    return " ".join(text.split())


def import_lines(result: Sorted, *, show: bool) -> Iterator[str]:
    """Yield what became of an editor's file; with `show` every correction, and what to confirm."""
    if show:
        for each in result.corrections:
            yield f"{each.line}: {each.zh}"
            yield f"  - {each.before}" if each.before else "  (nothing before)"
            yield f"  + {each.en}"
            for finding in to_confirm(each.zh, each.en):
                yield f"  {finding.check}: {finding.message}"
    parts = [
        plural(result.rows, "row"),
        plural(len(result.corrections), "correction"),
        f"{result.unchanged:,} unchanged",
        f"{result.empty:,} without English" if result.empty else "",
        f"{result.not_taken:,} skipped" if result.not_taken else "",
    ]
    yield ", ".join(part for part in parts if part)
    yield from result.comments
    if result.strange:
        yield (
            f"{result.strange:,} of the corrections are for sentences that this run does not have; "
            "they apply to later runs that have them"
        )
