"""Make every missing shard of every table on this machine, then the report."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from models.errors import WeightsError
from models.files import sweep
from pipeline.config.memory_place import memory_path
from pipeline.config.sections import Config
from pipeline.engine.corrections import concerning, unused_corrections
from pipeline.engine.documents import Tally, documents
from pipeline.engine.journal import Journal, Task, failure_text, is_stop
from pipeline.engine.manifest import (
    INTERRUPTED,
    Manifest,
    read_last_run,
    started_manifest,
    write_end,
    write_manifest,
)
from pipeline.engine.plan import (
    ROW_TYPES,
    SEGMENT,
    STAGES,
    TRANSLATE,
    Step,
    Tools,
    cut,
    documents_key,
    prepare,
)
from pipeline.engine.store import Store, to_jsonl
from pipeline.engine.work import Shard, grouped, is_ready, make_shards, segmented
from pipeline.errors import FolderLockedError, PipelineError, StoreError
from pipeline.evaluate.verdict import Verdict, verdict_lines
from pipeline.input.row_problems import alike, failure_line
from pipeline.language.plural import plural
from pipeline.memory.memory import Memory
from pipeline.memory.summary import memory_line, remembered_sentences
from pipeline.records import Failure
from pipeline.run.finish import (
    REPORT_FILES,
    Outcome,
    check_end,
    check_gate_references,
    conclude,
)
from pipeline.signals import raise_if_stopped, shielded
from pipeline.storage import remove, reporting, write_atomically


@dataclass(frozen=True, slots=True)
class Options:
    """How far to run: options of the command line that are no part of the config."""

    until: str = "report"
    limit: int | None = None
    fresh: bool = False


def run(config: Config, options: Options, journal: Journal) -> Outcome:
    """Make what is missing and write manifest, failures and report; say how it ended.

    Raises FolderLockedError if another run holds the folder, and PipelineError if the
    run cannot go on at all. Finished shards stay whatever happens.
    """
    folder = Path(config.output)
    new_folders = _missing_folders(folder)
    try:
        if options.until == "report":
            check_end(config)
        with _locked(folder), journal.recording(folder):
            return _run_recorded(config, options, journal)
    except (PipelineError, WeightsError):
        _remove_if_nothing_was_made(new_folders)
        raise


def _run_recorded(config: Config, options: Options, journal: Journal) -> Outcome:
    """Run the stages; log and write to the manifest how the run ended, whatever ends it."""
    folder = Path(config.output)
    manifest = _begun(config, folder, journal)
    journal.debug("started", f"run {journal.run_id}", output=str(folder), until=options.until)
    try:
        outcome = _run_stages(config, options, journal, manifest)
    except BaseException as error:
        with shielded():
            manifest.status, manifest.exit_code = journal.end_with(error)
            write_end(folder, manifest)
        if isinstance(error, PipelineError | WeightsError | KeyboardInterrupt):
            raise
        if is_stop(error):
            raise KeyboardInterrupt from error
        raise PipelineError(
            f"{failure_text(error)}; this is a bug in Yibao; please report it with the "
            f"traceback in {folder / 'log.jsonl'}"
        ) from error
    with shielded():
        manifest.status, manifest.exit_code = "done", outcome.exit_code
        journal.end(manifest.status, outcome.exit_code)
        write_manifest(folder, manifest)
    return outcome


def _begun(config: Config, folder: Path, journal: Journal) -> Manifest:
    """Sweep what killed runs left half written; return the manifest of the run that starts now."""
    Store(folder).sweep(ROW_TYPES)
    sweep(folder, {"manifest.json", "metrics.prom", "failures.jsonl", *REPORT_FILES}.__contains__)
    if not (folder / "manifest.json").exists():
        return started_manifest(config, None, journal.run_id)
    try:
        last = read_last_run(folder)
    except StoreError as error:
        journal.warning("manifest", f"{error}; writing a new one")
        return started_manifest(config, None, journal.run_id)
    if last.status == "running":  # and yet this run holds the folder
        journal.warning("interrupted", f"{folder}: {INTERRUPTED}; continuing where it stopped")
    return started_manifest(config, last, journal.run_id)


def _run_stages(config: Config, options: Options, journal: Journal, manifest: Manifest) -> Outcome:
    """Run every wanted stage over all its shards, and report at the end."""
    folder = Path(config.output)
    store = Store(folder)
    names = [stage.name for stage in STAGES]
    wanted = STAGES[: names.index(options.until) + 1] if options.until in names else STAGES
    steps = [prepare(stage, config) for stage in wanted]
    for step in steps:
        manifest.add_step(step)
    failures = _segment(config, options, journal, manifest, steps[0], store)
    if config.gate and options.until == "report":
        check_gate_references(config, manifest.tables, store)
    if TRANSLATE in wanted:
        _say_memory(config, journal, manifest)
    with _opened_memory(config) as memory:
        # read once: a correction that comes in meanwhile waits for the next run
        corrections = memory.corrections() if memory else {}
        for step in steps[1:]:
            _make_table(step, options, journal, manifest, store, memory, corrections)
            write_manifest(folder, manifest)
    # A table has the failures of what it is made of, but nothing is made of summaries.
    for stage in wanted:
        for key in manifest.tables[stage.writes]:
            failures.extend(store.read_failures(stage.writes, key))
    failures = list(dict.fromkeys(failures))
    _write_failures(folder, failures)
    outcome = conclude(config, manifest, store, failures, report=options.until == "report")
    for warning in outcome.warnings:
        journal.warning("vocabulary", warning)
    _say_failures(failures, journal)
    _say_verdicts(outcome.verdicts, journal)
    return outcome


def _segment(
    config: Config,
    options: Options,
    journal: Journal,
    manifest: Manifest,
    step: Step,
    store: Store,
) -> list[Failure]:
    """Read the input once, cut it into shards and segment the missing ones.

    Returns the documents that could not be read.
    """
    started = time.monotonic()
    unread: list[Failure] = []
    function = step.load(Tools(None, False, lambda *_: None))
    keys: list[str] = []
    made = 0
    tally = Tally()

    def noted(source: str, encoding: str) -> None:
        manifest.encodings[encoding] = manifest.encodings.get(encoding, 0) + 1
        journal.debug("file", f"{source}: {encoding}", source=source, encoding=encoding)

    found = documents(config, unread, options.limit, noted)
    with journal.task(SEGMENT.name, None) as task:
        for shard in cut(found, config.runtime.shard_size):
            raise_if_stopped()
            key = step.key([documents_key(shard)])
            if options.fresh or not is_ready(SEGMENT, store, Shard(key, ()), journal):
                store.write(SEGMENT.writes, key, *segmented(function, shard, journal))
                made += 1
            keys.append(key)
            for read in shard:
                tally.add(read)
            task.update(tally.documents + tally.pages, "documents")
    manifest.tables = {SEGMENT.writes: keys}  # what the run before made may not fit these
    manifest.made[SEGMENT.name] = made
    manifest.seconds[SEGMENT.name] = round(time.monotonic() - started, 3)
    journal.info(
        "stage",
        f"segment    {tally}: {_shards(made, len(keys))}",
        stage="segment",
        documents=tally.documents + tally.pages,
        editions=tally.editions,
        made=made,
        shards=len(keys),
    )
    write_manifest(store.folder, manifest)
    return unread


def _make_table(
    step: Step,
    options: Options,
    journal: Journal,
    manifest: Manifest,
    store: Store,
    memory: Memory | None,
    corrections: Mapping[str, str],
) -> None:
    """Make every missing shard of one stage; load its model only if there is one."""
    stage, started = step.stage, time.monotonic()
    inputs = list(zip(*(manifest.tables[table] for table in stage.reads), strict=True))
    shards = [
        Shard(step.key(keys, concerning(stage, keys, store, corrections)), keys) for keys in inputs
    ]
    manifest.tables[stage.writes] = [shard.key for shard in shards]
    # Without a memory a group that is cut off would be lost: every shard by itself.
    most = step.bytes_at_once if memory else 0
    sizes = [store.size(stage.reads[0], shard.input_keys[0]) for shard in shards]
    # Cut before ready shards are left out: a run picked up again makes the same windows.
    groups = [
        [shard for shard in group if options.fresh or not is_ready(stage, store, shard, journal)]
        for group in grouped(shards, sizes, most)
    ]
    missing = sum(map(len, groups))
    if missing:
        for place in step.places:
            journal.info("devices", f"{stage.name:<10} {place}")
        with journal.task(stage.name, missing) as task:
            counter = _Counter(task, journal)
            function = step.load(Tools(memory, not options.fresh, counter.window, corrections))
            for group in filter(None, groups):
                raise_if_stopped()
                with counter.making(len(group)):
                    make_shards(stage, function, store, group, journal)
        detail = counter.text()
    else:
        detail = ""
    seconds = time.monotonic() - started
    manifest.made[stage.name] = missing
    manifest.seconds[stage.name] = round(seconds, 3)
    journal.info(
        "stage",
        f"{stage.name:<10} {_shards(missing, len(shards))}{detail}, {seconds:.1f} s",
        stage=stage.name,
        made=missing,
        shards=len(shards),
        seconds=round(seconds, 3),
        devices=list(step.devices),
    )


class _Counter:
    """Counts what the translator does and passes it on to the progress bar and the log."""

    def __init__(self, task: Task, journal: Journal) -> None:
        self._task = task
        self._journal = journal
        self._made = self._making = self._remembered = self._translated = 0

    @contextmanager
    def making(self, shards: int) -> Iterator[None]:
        """Count the shards that are made meanwhile."""
        self._making = shards
        yield
        self._made += shards
        self._task.update(self._made)

    def window(self, remembered: int, translated: int, share: float) -> None:
        raise_if_stopped()
        self._remembered += remembered
        self._translated += translated
        done = self._made + self._making * share
        sentences = self._remembered + self._translated
        self._task.update(done, plural(sentences, "sentence") if sentences else "")
        if translated or remembered:
            self._journal.debug(
                "window",
                f"translated {plural(translated, 'sentence')}, {remembered} remembered",
                translated=translated,
                remembered=remembered,
            )

    def text(self) -> str:
        if not self._remembered + self._translated:
            return ""
        return (
            f"; {plural(self._translated, 'sentence')} translated, {self._remembered:,} remembered"
        )


def _say_memory(config: Config, journal: Journal, manifest: Manifest) -> None:
    """Say which translation memory is used, and what is lost where none is."""
    path = memory_path(config)
    journal.info("memory", f"memory     {memory_line(path)}", path=str(path) if path else None)
    if path is not None:
        manifest.memory = {
            "path": str(path.resolve()),
            "sentences": remembered_sentences(path),
        }
    if ignored := unused_corrections(config):
        journal.warning("corrections", ignored)


@contextmanager
def _opened_memory(config: Config) -> Iterator[Memory | None]:
    path = memory_path(config)
    if path is None:
        yield None
        return
    with closing(Memory(path)) as memory:
        yield memory


def _missing_folders(folder: Path) -> list[Path]:
    """Return the run folder and those above it that do not exist yet, the innermost first."""
    return [path for path in (folder, *folder.parents) if not path.exists()]


def _remove_if_nothing_was_made(new_folders: Sequence[Path]) -> None:
    """Remove the new folder of a run that failed before its first table."""
    if not new_folders or not new_folders[0].is_dir():
        return
    files = list(new_folders[0].iterdir())
    if any(file.is_dir() for file in files):
        return
    with suppress(OSError):
        for file in files:
            file.unlink()
        for folder in new_folders:
            folder.rmdir()


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the folder; the system lets go of it when the process ends, however it ends."""
    with reporting(folder, "made"):
        folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / ".lock")
    with reporting(folder, "locked"):
        try:
            lock.acquire(timeout=0.2)  # `plan` and `show` take it for a moment
        except Timeout:
            raise FolderLockedError(
                f"{folder}: another run is writing here; wait for it, or choose another output"
            ) from None
    try:
        yield
    finally:
        lock.release()


def _write_failures(folder: Path, failures: Sequence[Failure]) -> None:
    path = folder / "failures.jsonl"
    if failures:
        write_atomically(path, to_jsonl(failures))
    else:
        remove(path)


def _say_failures(failures: Sequence[Failure], journal: Journal) -> None:
    """Say what failed; rows of one file with the same fault are one line."""
    groups = alike(failures)
    for group in groups[:20]:
        first = group[0]
        fields = {"id": first.id, "source": first.source, "stage": first.stage}
        journal.error("failure", failure_line(group), **fields, count=len(group))
    if rest := sum(map(len, groups[20:])):
        journal.error("failures", f"and {rest} more: see failures.jsonl")


def _say_verdicts(verdicts: Sequence[Verdict], journal: Journal) -> None:
    for verdict in verdicts:
        say = journal.info if verdict.passed else journal.error
        say("gate", "\n".join(verdict_lines(verdict)), rule=verdict.name, passed=verdict.passed)


def _shards(made: int, total: int) -> str:
    return f"{made} of {plural(total, 'shard')} made" if made else f"{plural(total, 'shard')} ready"
