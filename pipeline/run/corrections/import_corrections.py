"""An editor's file to corrections in the memory.

page, export ─▶ editor ─▶ file ─read_pairs─▶ pairs ─sorted_out─▶ corrections ─▶ memory ─▶ next run
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.bucket import open_run
from pipeline.check.findings.confirm import to_confirm
from pipeline.config.memory_place import memory_of_run, memory_path
from pipeline.config.sections import Config
from pipeline.engine.manifest import read_last_run
from pipeline.engine.results import read_run
from pipeline.engine.store import Store
from pipeline.errors import ConfigError
from pipeline.input.pairs import Pair, read_pairs, sentence_name
from pipeline.input.row_problems import problem_lines
from pipeline.language.plural import plural
from pipeline.language.sentence_key import pairing_key
from pipeline.memory.maintenance import MemoryEntry, entries
from pipeline.memory.place import open_memory
from pipeline.memory.schema import COMMENT, EDITOR, refuse_missing
from pipeline.records import Translation
from pipeline.run.corrections.other_runs import exchange_key, misplaced
from pipeline.run.corrections.sort_corrections import Sorted, folded, merged, sorted_out
from pipeline.translate.headings import as_heading


@dataclass(frozen=True, slots=True)
class Place:
    """A translation memory, and the run whose sentences are compared with, if there is one.

    The memory is a file or the address of a database.
    """

    memory: Path | str
    run: Path | None


@dataclass(frozen=True, slots=True)
class _RunSentence:
    """A sentence of a run: its name in files, its `exchange_key`, its Chinese and English."""

    name: str
    key: str
    zh: str
    en: str


def config_place(config: Config) -> Place:
    """Return the memory and the run of a config. Raises ConfigError if its memory is off."""
    memory = memory_path(config)
    if memory is None:
        raise ConfigError("runtime.memory: off; name a file there to keep a translation memory")
    folder = open_run(config.output)
    return Place(memory, folder if (folder / "manifest.json").is_file() else None)


def path_place(path: Path) -> Place:
    """Return the memory that is a file, or that a run folder uses.

    Raises StoreError for another folder.
    """
    if not path.is_dir():
        return Place(path, None)
    read_last_run(path)
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
    for each file, in order. Raises ConfigError for a file of another run.
    """
    run = list(_run_sentences(place.run)) if place.run else []
    known = _Known.read(place, run) if not every else _Known({}, {}, {}, {})
    results = [_import_file(file, place, run, known, encoding, every=every) for file in files]
    results = merged([str(file) for file in files], results)
    corrections = [(one.zh, one.en) for result in results for one in result.corrections]
    comments = _comments(results)
    if (corrections or comments) and not dry_run:
        with closing(open_memory(place.memory)) as memory:
            memory.correct(corrections)
            memory.correct(comments, COMMENT)
    return results


def _comments(results: Sequence[Sorted]) -> list[tuple[str, str]]:
    """Return sentences and what the editors of all files say of them, the same words once."""
    said: dict[str, tuple[str, dict[str, None]]] = {}
    for result in results:
        for _, zh, comment in result.comments:
            said.setdefault(pairing_key(zh), (zh, {}))[1][comment] = None
    return [(zh, " / ".join(words)) for zh, words in said.values()]


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of sentences, all by `exchange_key`.

    `english`: what a change is a change of: what the run and the corrections before say, and what
    models said once only of sentences that neither has. `replaced`: what models said of sentences
    that an editor has corrected, which comes back in a file that was exported before. `remembered`:
    what models said of headings, which the run writes without a stop. `editors`: the corrections.
    """

    english: Mapping[str, Sequence[str]]
    replaced: Mapping[str, frozenset[str]]
    remembered: Mapping[str, frozenset[str]]
    editors: Mapping[str, str]

    @classmethod
    def read(cls, place: Place, run: Sequence[_RunSentence]) -> "_Known":
        english: dict[str, list[str]] = {}
        for sentence in run:
            if sentence.en:
                english.setdefault(sentence.key, []).append(sentence.en)
        in_run = frozenset(english)
        editors: dict[str, str] = {}
        said: dict[str, set[str]] = {}
        for entry in _entries(place.memory):
            key = exchange_key(entry.zh)
            is_editors = entry.key == EDITOR
            if is_editors or key not in in_run:
                english.setdefault(key, []).append(entry.en)
            if is_editors:
                editors[key] = folded(entry.en)
            else:
                said.setdefault(key, set()).add(folded(entry.en))
        replaced = {key: frozenset(texts) for key, texts in said.items() if key in editors}
        remembered = {
            sentence.key: frozenset(
                text
                for text in said.get(sentence.key, ())
                if as_heading(text, sentence.zh, "title") == sentence.en
            )
            for sentence in run
        }
        return cls(english, replaced, remembered, editors)

    def has_said(self, pair: Pair) -> bool:
        """True if a file that is not from a run, as an export of the memory, has a model's text."""
        is_editors = pair.identifier or pair.before is not None or pair.comment
        texts = self.remembered.get(exchange_key(pair.zh), ())
        return not is_editors and folded(pair.en) in texts


def _entries(memory: Path | str) -> Sequence[MemoryEntry]:
    """Return the pairs of a memory; of a database only the corrections, for it may be large."""
    if isinstance(memory, Path):
        return entries(memory) if memory.is_file() else ()
    with closing(open_memory(memory)) as database:
        return [MemoryEntry(EDITOR, EDITOR, zh, en, 0) for zh, en in database.corrected_pairs()]


def _import_file(
    file: Path,
    place: Place,
    run: Sequence[_RunSentence],
    known: _Known,
    encoding: str,
    *,
    every: bool,
) -> Sorted:
    found = read_pairs(file, encoding)
    strange = [] if every else list(misplaced(found.pairs, {each.name: each.zh for each in run}))
    if strange and len(strange) == len(found.pairs):
        sentences = plural(len(strange), "sentence")
        why = (
            f"exported from another run: {place.run} has none of its {sentences}"
            if place.run
            else f"exported from a run, which is needed to see what changed in its {sentences}"
        )
        raise ConfigError(
            f"{file}: {why}; name the run folder with --memory, or import every row with --all"
        )
    remembered = [pair for pair in found.pairs if known.has_said(pair)]
    gone = {id(pair) for pair, _ in strange} | {id(pair) for pair in remembered}
    result = sorted_out(
        [pair for pair in found.pairs if id(pair) not in gone],
        known.english,
        {each.key: each.zh for each in run},
        name=str(file),
        replaced=known.replaced,
        editors=known.editors,
    )
    faults = problem_lines((str(file), pair.line, why) for pair, why in strange)
    return replace(
        result,
        rows=len(found.pairs) + found.unread,
        unchanged=result.unchanged + len(remembered),
        problems=(*found.problems, *faults, *result.problems),
        not_taken=result.not_taken + found.unread + len(strange),
        notices=(*found.notices, *result.notices),
    )


def forget(place: Place, sentences: Sequence[str]) -> tuple[list[tuple[str, str]], list[str]]:
    """Take back corrections: those that were, as (Chinese, English), and sentences without one.

    Raises StoreError where there is no memory.
    """
    if isinstance(place.memory, Path):
        refuse_missing(place.memory)  # it is not made to forget something
    with closing(open_memory(place.memory)) as memory:
        found = memory.forget(sentences)
    known = {pairing_key(zh) for zh, _ in found}
    return found, [each for each in sentences if pairing_key(each) not in known]


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
    yield from (f"{where}: {comment}" for where, _, comment in result.comments)
    if result.strange:
        yield (
            f"{result.strange:,} of the corrections are for sentences that this run does not have; "
            "they apply to later runs that have them"
        )
