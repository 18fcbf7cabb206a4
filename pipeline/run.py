"""Make every missing shard of every table on this machine, then the report."""

import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from models.device import named
from pipeline.config import Config
from pipeline.corrections import concerning, memory_path, unused_corrections
from pipeline.errors import FolderLockedError, PipelineError, StoreError
from pipeline.evaluation.verdict import Verdict, verdict_lines
from pipeline.intake import Tally, documents
from pipeline.journal import Journal, Task
from pipeline.manifest import Manifest, started_manifest, write_manifest
from pipeline.memory import Memory
from pipeline.outcome import Outcome, check_end, check_gate_references, conclude
from pipeline.plan import (
    SEGMENT,
    STAGES,
    TRANSLATE,
    Step,
    Tools,
    cut,
    documents_key,
    prepare,
)
from pipeline.records import Failure
from pipeline.shard import Shard, grouped, make_shards, segmented
from pipeline.store import Store, to_jsonl, write_atomically


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
    if options.until == "report":
        check_end(config)
    with _locked(folder), journal.recording(folder):
        manifest = started_manifest(config, folder)
        try:
            outcome = _run_stages(config, options, journal, manifest)
        except BaseException as error:
            interrupted = isinstance(error, KeyboardInterrupt)
            manifest.status = "interrupted" if interrupted else "failed"
            own = error.exit_code if isinstance(error, PipelineError) else 1
            manifest.exit_code = 130 if interrupted else own
            journal.debug("ended", manifest.status, reason=traceback.format_exc())
            write_manifest(folder, manifest)
            raise
        manifest.status, manifest.exit_code = "done", outcome.exit_code
        write_manifest(folder, manifest)
    return outcome


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
    if TRANSLATE in wanted and (left_out := unused_corrections(config)):
        journal.warning("corrections", left_out)
    with _opened_memory(config) as memory:
        # read once: a correction that comes in meanwhile waits for the next run
        corrections = memory.corrections() if memory else {}
        for step in steps[1:]:
            _make_table(step, options, journal, manifest, store, memory, corrections)
            write_manifest(folder, manifest)
    last = steps[-1].stage.writes
    for key in manifest.tables[last]:
        failures.extend(store.read_failures(last, key))
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
            key = step.key([documents_key(shard)])
            if options.fresh or not store.has(SEGMENT.writes, key):
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
        [shard for shard in group if options.fresh or not store.has(stage.writes, shard.key)]
        for group in grouped(shards, sizes, most)
    ]
    missing = sum(map(len, groups))
    if missing:
        for model in step.models:
            if len(model.devices) > 1:
                journal.info("devices", f"{stage.name:<10} {model.name} on {named(model.devices)}")
        with journal.task(stage.name, missing) as task:
            counter = _Counter(task, journal)
            function = step.load(Tools(memory, not options.fresh, counter.window, corrections))
            for group in filter(None, groups):
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
        self._remembered += remembered
        self._translated += translated
        done = self._made + self._making * share
        sentences = self._remembered + self._translated
        self._task.update(done, f"{sentences:,} sentences" if sentences else "")
        if translated or remembered:
            self._journal.debug(
                "window",
                f"translated {translated} sentences, {remembered} remembered",
                translated=translated,
                remembered=remembered,
            )

    def text(self) -> str:
        if not self._remembered + self._translated:
            return ""
        return f"; {self._translated:,} sentences translated, {self._remembered:,} remembered"


@contextmanager
def _opened_memory(config: Config) -> Iterator[Memory | None]:
    path = memory_path(config)
    if path is None:
        yield None
        return
    with closing(Memory(path)) as memory:
        yield memory


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the folder; the system lets go of it when the process ends, however it ends."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{folder}: cannot be made: {error.strerror}") from None
    lock = FileLock(folder / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise FolderLockedError(
            f"{folder}: another run is writing here; wait for it or choose another output"
        ) from None
    except OSError as error:
        raise StoreError(f"{folder}: cannot be locked: {error.strerror}") from None
    try:
        yield
    finally:
        lock.release()


def _write_failures(folder: Path, failures: Sequence[Failure]) -> None:
    path = folder / "failures.jsonl"
    if failures:
        write_atomically(path, to_jsonl(failures))
    else:
        path.unlink(missing_ok=True)


def _say_failures(failures: Sequence[Failure], journal: Journal) -> None:
    for failure in failures[:20]:
        journal.error("failure", failure_line(failure), **_fields(failure))
    if len(failures) > 20:
        journal.error("failures", f"and {len(failures) - 20} more: see failures.jsonl")


def _say_verdicts(verdicts: Sequence[Verdict], journal: Journal) -> None:
    for verdict in verdicts:
        say = journal.info if verdict.passed else journal.error
        say("gate", "\n".join(verdict_lines(verdict)), rule=verdict.name, passed=verdict.passed)


def failure_line(failure: Failure) -> str:
    """Return one failure as a line: where, what was found, what to do."""
    where = failure.source if failure.stage == "read" else f"{failure.source}: {failure.id}"
    what = failure.reason if failure.stage == "read" else f"{failure.stage}: {failure.reason}"
    return f"{where}: {what}; {failure.advice}"


def _fields(failure: Failure) -> dict[str, str]:
    return {"id": failure.id, "source": failure.source, "stage": failure.stage}


def _shards(made: int, total: int) -> str:
    return (
        f"{made} of {_plural(total, 'shard')} made" if made else f"{_plural(total, 'shard')} ready"
    )


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
