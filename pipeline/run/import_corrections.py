"""An editor's file to corrections: which of its rows say something new, and which cannot be used.

export ─▶ editor ─▶ file ─read_pairs─▶ pairs ─sorted_out─▶ corrections ─▶ memory ─▶ next run
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from pipeline.bucket import open_run
from pipeline.check.findings.confirm import to_confirm
from pipeline.config.memory_place import memory_of_run, memory_path
from pipeline.config.sections import Config
from pipeline.engine.results import read_run
from pipeline.engine.store import Store
from pipeline.errors import ConfigError
from pipeline.input.exchange.xml_file import xml_text
from pipeline.input.pairs import Pair, read_pairs, sentence_name
from pipeline.input.row_problems import problem_lines
from pipeline.input.spreadsheet import is_spreadsheet_error
from pipeline.language.plural import plural
from pipeline.language.sentence_key import pairing_key
from pipeline.memory.maintenance import entries
from pipeline.memory.memory import Memory
from pipeline.memory.schema import EDITOR, open_file
from pipeline.records import Translation
from pipeline.run.other_runs import exchange_key, misplaced

_REPLACED = (
    "it is the model's English from before a correction; `pipeline memory forget` takes the "
    "correction back"
)


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
class _RunSentence:
    """A sentence of a run: its name in files, its `exchange_key`, its Chinese and English."""

    name: str
    key: str
    zh: str
    en: str


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


def config_place(config: Config) -> Place:
    """Return the memory and the run of a config. Raises ConfigError if its memory is off."""
    memory = memory_path(config)
    if memory is None:
        raise ConfigError("runtime.memory: off; name a file there to keep a translation memory")
    folder = open_run(config.output)
    return Place(memory, folder if (folder / "manifest.json").is_file() else None)


def path_place(path: Path) -> Place:
    """Return the memory that is a file, or that a run folder uses."""
    if not path.is_dir():
        return Place(path, None)
    return Place(memory_of_run(path), path)


def import_file(
    file: Path, place: Place, *, encoding: str = "auto", every: bool = False, dry_run: bool = False
) -> Sorted:
    """Take the changed rows of an editor's file into the memory, for every run from now on.

    A row is changed if its English is not what the run says, or, of a sentence the run does
    not have, what any model in the memory says. With `every` nothing is compared.
    """
    found = read_pairs(file, encoding)
    run = list(_run_sentences(place.run)) if place.run else []
    strange = [] if every else list(misplaced(found.pairs, {each.name: each.zh for each in run}))
    if strange and len(strange) == len(found.pairs):
        raise ConfigError(
            f"{file}: exported from another run: {place.run} has none of its "
            f"{plural(len(strange), 'sentence')}; name the run it is from with --config or "
            "--memory, or import all its rows with --all"
        )
    known = {} if every else _known_english(place.memory, run)
    gone = {id(pair) for pair, _ in strange}
    pairs = [pair for pair in found.pairs if id(pair) not in gone]
    replaced = {} if every else _replaced_english(place.memory)
    chinese = {each.key: each.zh for each in run}
    result = sorted_out(pairs, known, chinese, name=str(file), replaced=replaced)
    faults = problem_lines((str(file), pair.line, why) for pair, why in strange)
    if result.corrections and not dry_run:
        with closing(Memory(place.memory)) as memory:
            memory.correct([(each.zh, each.en) for each in result.corrections])
    return replace(
        result,
        rows=len(found.pairs) + found.unread,
        problems=(*found.problems, *faults, *result.problems),
        not_taken=result.not_taken + found.unread + len(strange),
        notices=(*found.notices, *result.notices),
    )


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


def _known_english(memory: Path, run: Sequence[_RunSentence]) -> dict[str, list[str]]:
    """Return what is known of sentences, by `exchange_key`: the English a change is a change of.

    That is what the run and the corrections before say; what models said once only of
    sentences that neither has.
    """
    known: dict[str, list[str]] = {}
    for sentence in run:
        if sentence.en:
            known.setdefault(sentence.key, []).append(sentence.en)
    told = frozenset(known)
    for entry in entries(memory) if memory.is_file() else ():
        key = exchange_key(entry.zh)
        if entry.key == EDITOR or key not in told:
            known.setdefault(key, []).append(entry.en)
    return known


def _replaced_english(memory: Path) -> dict[str, frozenset[str]]:
    """Return what models said of sentences that an editor has corrected, by `exchange_key`.

    It comes back in a file that was exported before the correction.
    """
    corrected: set[str] = set()
    said: dict[str, set[str]] = {}
    for entry in entries(memory) if memory.is_file() else ():
        if entry.key == EDITOR:
            corrected.add(exchange_key(entry.zh))
        else:
            said.setdefault(exchange_key(entry.zh), set()).add(_folded(entry.en))
    return {key: frozenset(texts) for key, texts in said.items() if key in corrected}


def _run_sentences(folder: Path) -> Iterator[_RunSentence]:
    """Yield the sentences of a run; their English is empty where nothing was written.

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
                yield _RunSentence(
                    sentence_name(article.id, sentence.id),
                    exchange_key(sentence.text),
                    sentence.text,
                    english.get((article.id, sentence.id), ""),
                )


def sorted_out(
    pairs: Sequence[Pair],
    known: Mapping[str, Sequence[str]],
    run: Mapping[str, str],
    *,
    name: str,
    replaced: Mapping[str, frozenset[str]] = MappingProxyType({}),
) -> Sorted:
    """Tell the corrections among the pairs of a file; `name` begins the problems.

    `known` and `run`, the Chinese of a run, are by `exchange_key`. Spaces, and characters that XML
    cannot hold, do not make a change. A changed sentence in a state such as needs-review is named
    and not taken; so is what an editor `replaced`, by `exchange_key`. A sentence that the file
    corrects in two ways is a problem, and neither way is taken.
    """
    changed: dict[str, list[Pair]] = {}
    unchanged = empty = 0
    waiting: list[tuple[str, int, str]] = []
    for pair in pairs:
        before = known.get(exchange_key(pair.zh), ())
        if not pair.en:
            empty += 1
        elif any(_folded(text) == _folded(pair.en) for text in before):
            unchanged += 1
        elif _folded(pair.en) in replaced.get(exchange_key(pair.zh), ()):
            waiting.append((name, pair.line, f"not taken: {_REPLACED}"))
        elif pair.unfinished:
            waiting.append((name, pair.line, f"not taken: {_waiting_reason(pair.unfinished)}"))
        else:
            changed.setdefault(exchange_key(pair.zh), []).append(pair)
    corrections, errors, conflicts = _chosen(changed, name)
    return Sorted(
        rows=len(pairs),
        corrections=tuple(
            Correction(pair.line, run.get(key, pair.zh), pair.en, (*known.get(key, ()), "")[0])
            for key, pair in corrections.items()
        ),
        unchanged=unchanged,
        empty=empty,
        strange=sum(key not in run for key in corrections) if run else 0,
        problems=(*problem_lines(errors), *conflicts),
        not_taken=len(errors) + len(conflicts) + len(waiting),
        notices=tuple(problem_lines(waiting)),
    )


def _chosen(
    changed: Mapping[str, Sequence[Pair]], name: str
) -> tuple[dict[str, Pair], list[tuple[str, int, str]], list[str]]:
    """Return the pair to take for each key, rows that are spreadsheets' errors, and conflicts."""
    corrections = {}
    errors: list[tuple[str, int, str]] = []
    conflicts = []
    for key, pairs in changed.items():
        faults = [(pair, _spreadsheet_fault(pair)) for pair in pairs]
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


def _spreadsheet_fault(pair: Pair) -> str:
    """Return why a changed pair is not one, where a spreadsheet put an error in place of text."""
    for text in (pair.en, pair.zh):
        if is_spreadsheet_error(text):
            return f"{text} is a spreadsheet's error, not text; write the sentence there again"
    return ""


def _waiting_reason(state: str) -> str:
    if state == "fuzzy":
        return "it is marked fuzzy; take the mark away when it is right"
    return f"its state is {state}; set it to translated or final when it is right"


def _folded(text: str) -> str:
    """Return a text as every file gives it back: blanks folded, without control characters."""
    return " ".join(xml_text(text).split())


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
    if result.strange:
        yield (
            f"{result.strange:,} of the corrections are for sentences that this run does not have; "
            "they apply to later runs that have them"
        )
