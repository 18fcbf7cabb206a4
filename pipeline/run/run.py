"""Make every missing shard of every table on this machine, then the report."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path

from models.errors import WeightsError
from models.files import sweep
from pipeline.bucket import run_folder
from pipeline.config.sections import Config
from pipeline.engine.claims import FOLDER as CLAIMS
from pipeline.engine.documents import Tally, document_shards
from pipeline.engine.executors.division import divided
from pipeline.engine.executors.local import LocalExecutor
from pipeline.engine.executors.ray import Join, joining
from pipeline.engine.intake import ACCOUNTS, Intake
from pipeline.engine.journal import Journal
from pipeline.engine.manifest import (
    INTERRUPTED,
    Manifest,
    date_run,
    read_last_run,
    started_manifest,
    write_end,
    write_manifest,
)
from pipeline.engine.plan import DOCUMENTS, ROW_TYPES, Step
from pipeline.engine.quality import settle_quality
from pipeline.engine.reuse import EarlierRun, fill
from pipeline.engine.shard_keys import Shard, plan_tables
from pipeline.engine.stages import make_plan
from pipeline.engine.store import Store, to_jsonl
from pipeline.engine.translation.model import begin_loading
from pipeline.engine.work import is_ready
from pipeline.errors import PipelineError, StoreError
from pipeline.exit_codes import failure_text, how_it_ends, is_foreseen, is_stop
from pipeline.language.plural import plural
from pipeline.memory.place import AnyMemory, memory_of
from pipeline.nightly.edition_changes import CHANGES
from pipeline.nightly.ending import announce_failure, follow_up
from pipeline.nightly.past_runs import runs_beside
from pipeline.nightly.traces import check_traces
from pipeline.records import Failure
from pipeline.run.announce import say_memory, say_outcome
from pipeline.run.counter import RunCounter
from pipeline.run.outcome import REPORT_FILES, Outcome, check_end, check_gate_references
from pipeline.run.share import Worker, ending, shared_executor, writing
from pipeline.signals import raise_if_stopped, shielded
from pipeline.storage import (
    missing_folders,
    open_to_append,
    remove,
    remove_empty_run,
    rename,
    write_atomically,
    writing_aside,
)

_LATER = ("numpy", "pipeline.run.finish", "pipeline.report.html")
"""What the end of a run imports; a run that loads a model does so while that is loaded."""


@dataclass(frozen=True, slots=True)
class Options:
    """How far to run: options of the command line that are no part of the config."""

    until: str = "report"
    limit: int | None = None
    fresh: bool = False
    worker: Worker | None = None


def run(config: Config, options: Options, journal: Journal) -> Outcome:
    """Make what is missing and write manifest, failures and report; say how it ended.

    Raises FolderLockedError if another run holds the folder, and PipelineError if the
    run cannot go on at all. Finished shards stay whatever happens.
    """
    config = settle_quality(config)
    folder = run_folder(config.output)
    new_folders = missing_folders(folder)
    try:
        check_traces(config)
        if options.until == "report":
            check_end(config)
        with writing(folder, options.worker, journal):
            return _run_recorded(config, options, journal)
    except (PipelineError, WeightsError) as error:
        if config.series is None:
            remove_empty_run(new_folders)  # one of a series is a night that failed
        if not journal.has_ended:
            announce_failure(config, journal, error)
        raise


def _run_recorded(config: Config, options: Options, journal: Journal) -> Outcome:
    """Run the stages; log and write to the manifest how the run ended, whatever ends it."""
    folder = run_folder(config.output)
    manifest = _begun(config, folder, journal, is_worker=options.worker is not None)
    journal.debug("started", f"run {journal.run_id}", output=str(folder), until=options.until)
    is_whole = options.until == "report" and options.limit is None
    try:
        with joining(config, journal) as join:
            run = _started(config, options, journal, manifest, join)
            run.save()  # `pipeline status` reads it
            outcome = _run_stages(run)
        with shielded():
            manifest.status, manifest.exit_code = "done", outcome.exit_code
            write_manifest(folder, manifest)
    except BaseException as error:
        with shielded():
            manifest.status, manifest.exit_code, reason = how_it_ends(error)
            if options.worker is None:
                write_end(folder, manifest)
                follow_up(config, manifest, journal, reason=reason)
                write_end(folder, manifest)
            journal.end_with(error)
        if is_foreseen(error) or isinstance(error, KeyboardInterrupt):
            raise
        if is_stop(error):
            raise KeyboardInterrupt from error
        raise PipelineError(
            f"{failure_text(error)}; this is a bug in Yibao; please report it with the "
            f"traceback in {folder / 'log.jsonl'}"
        ) from error
    with shielded():
        if not outcome.is_repeated:
            follow_up(config, manifest, journal, is_whole=is_whole)
        write_end(folder, manifest)
        journal.end(manifest.status, outcome.exit_code)
    return outcome


def _begun(config: Config, folder: Path, journal: Journal, *, is_worker: bool) -> Manifest:
    """Sweep what killed runs left half written; return the manifest of the run that starts now."""
    Store(folder).sweep(ROW_TYPES)
    files = {"manifest.json", "metrics.prom", "failures.jsonl", ACCOUNTS, CHANGES, *REPORT_FILES}
    sweep(folder, files.__contains__)
    sweep(folder / CLAIMS, lambda name: True)
    if not (folder / "manifest.json").exists():
        return started_manifest(config, None, journal.run_id)
    try:
        last = read_last_run(folder)
    except StoreError as error:
        journal.warning("manifest", f"{error}; writing a new one")
        return started_manifest(config, None, journal.run_id)
    if last.status == "running" and not is_worker:  # and yet this run holds the folder
        journal.warning("interrupted", f"{folder}: {INTERRUPTED}; continuing where it stopped")
    return started_manifest(config, last, journal.run_id)


@dataclass(frozen=True, slots=True)
class _Run:
    """What a run has from its beginning to its end.

    `before` is the run of the series before it, `earlier` the one whose work it may take.
    """

    config: Config
    options: Options
    journal: Journal
    manifest: Manifest
    store: Store
    started: float
    """When it began, in seconds since 1970."""
    join: Join
    before: EarlierRun | None = None
    earlier: EarlierRun | None = None

    def save(self) -> None:
        """Write the manifest of a run that goes on; workers write only the last one."""
        if self.options.worker is None:
            write_manifest(self.store.folder, self.manifest)


def _started(
    config: Config, options: Options, journal: Journal, manifest: Manifest, join: Join
) -> _Run:
    """Return a run with the runs of its series that it reads."""
    store = Store(run_folder(config.output))
    manifest.until = options.until
    before, after = runs_beside(config)
    manifest.before = before[-1].name if before else None
    nearest = before[-1:] or after[:1]
    opened = EarlierRun.open(nearest[0].folder) if nearest else None
    if opened:
        journal.info("earlier", f"earlier    {opened.store.folder}: taking what did not change")
    return _Run(
        config,
        options,
        journal,
        manifest,
        store,
        time.time(),
        join,
        before=opened if before else None,
        earlier=None if options.fresh else opened,
    )


def _run_stages(run: _Run) -> Outcome:
    """Run every wanted stage over all its shards, and report at the end."""
    config, options, journal, manifest, store = (
        run.config,
        run.options,
        run.journal,
        run.manifest,
        run.store,
    )
    workers = options.worker[1] if options.worker else 1
    plan = make_plan(divided(config, workers), options.until)
    for step in plan.steps:
        manifest.add_step(step)
    segment, *others = plan.steps
    if others and _translates(run):
        begin_loading(plan.resources)
        for name in _LATER:
            import_module(name)
    failures = _segment(run, segment)
    if config.gate and options.until == "report":
        check_gate_references(plan, manifest.tables, store)
    if others:
        say_memory(config, journal, manifest)
    with memory_of(config) as memory:
        # read once: a correction that comes in meanwhile waits for the next run
        corrections = memory.corrections() if memory else {}
        for step, shards in plan_tables(others, manifest.tables, store, corrections):
            _make_table(run, step, shards, memory, corrections)
            run.save()
    # A table has the failures of what it is made of, but nothing is made of summaries.
    for step in plan.steps:
        for key in manifest.tables[step.stage.writes]:
            failures.extend(store.read_failures(step.stage.writes, key))
    failures = list(dict.fromkeys(failures))
    with ending(store.folder, options.worker, manifest) as has_ended:
        _write_failures(store.folder, failures)
        from pipeline.run.finish import conclude  # see _LATER

        is_whole = options.until == "report"
        outcome = conclude(plan, manifest, store, failures, report=is_whole, earlier=run.before)
    say_outcome(outcome, failures, journal)
    return replace(outcome, is_repeated=has_ended)


def _translates(run: _Run) -> bool:
    """True if this process will surely translate: nothing is there yet, and no other helps."""
    is_new = run.earlier is None and (run.options.fresh or not run.manifest.tables)
    return is_new and run.options.worker is None and run.config.runtime.executor == "local"


def _segment(run: _Run, step: Step) -> list[Failure]:
    """Read the input and make the table of articles. Return the documents that cannot be read."""
    manifest, started, tally = run.manifest, time.monotonic(), Tally()
    keys, unread = _read_input(run, tally)
    date_run(manifest, is_same_input=manifest.tables.get(DOCUMENTS) == keys)
    manifest.tables = {DOCUMENTS: keys}  # what the run before made may not fit these
    for _, shards in plan_tables([step], manifest.tables, run.store, {}):
        _make_table(run, step, shards, None, {}, tally, started)
    run.save()
    return unread


def _read_input(run: _Run, tally: Tally) -> tuple[list[str], list[Failure]]:
    """Read the input once and write it as the table of documents, one shard at a time.

    Returns the keys of its shards, and what cannot be read.
    """
    options, store = run.options, run.store
    unread: list[Failure] = []
    keys: list[str] = []
    with run.journal.task("read", None) as task, _intake(run) as intake:
        for key, shard in document_shards(run.config, unread, options.limit, tally, intake):
            raise_if_stopped()
            if options.fresh or not (store.has(DOCUMENTS, key) or _linked(run, DOCUMENTS, key)):
                store.write(DOCUMENTS, key, shard)
            keys.append(key)
            task.update(tally.documents + tally.pages, "documents")
    return keys, unread


@contextmanager
def _intake(run: _Run) -> Iterator[Intake]:
    """Collect what readers notice: the account of each file in a file, sums in the manifest."""
    journal, manifest, path = run.journal, run.manifest, run.store.folder / ACCOUNTS
    with writing_aside(path) as aside:
        with open_to_append(aside) as file:
            intake = Intake(
                file.write,
                lambda source, encoding: journal.debug(
                    "file", f"{source}: {encoding}", source=source, encoding=encoding
                ),
            )
            yield intake
        rename(aside, path)
    manifest.encodings, manifest.input = dict(intake.encodings), intake.facts()
    manifest.notes = list(intake.notes())
    for note in manifest.notes:
        journal.warning("input", note)


def _linked(run: _Run, table: str, key: str) -> bool:
    """Take a shard from an earlier run; False if it has none."""
    return run.earlier is not None and run.earlier.link(table, key, run.store)


def _make_table(
    run: _Run,
    step: Step,
    shards: Sequence[Shard],
    memory: AnyMemory | None,
    corrections: Mapping[str, str],
    tally: Tally | None = None,
    started: float | None = None,
) -> None:
    """Let the executor make every missing shard of one table, and say what was made.

    `tally` counts what was read for it, `started` is when that began (in monotonic seconds).
    """
    journal, store, stage = run.journal, run.store, step.stage
    started = time.monotonic() if started is None else started
    counter = RunCounter(journal)
    step, shards = _without_ready(run, step, shards, corrections)
    missing = sum(not shard.is_ready for shard in shards)
    detail = ""
    if missing:
        for place in step.places:
            journal.info("devices", f"{stage.name:<10} {place}")
        reuse, worker = not run.options.fresh, run.options.worker
        local = LocalExecutor(store, journal, counter, memory, reuse, corrections)
        executor = shared_executor(local, run.config, worker, run.join, run.started)
        with journal.task(stage.name, missing) as task, counter.counting(task):
            executor.make(step, shards)
            detail = counter.text()
    seconds = time.monotonic() - started
    run.manifest.made[stage.name] = missing
    run.manifest.seconds[stage.name] = round(seconds, 3)
    run.manifest.began[stage.name] = round(time.time() - seconds, 3)
    total = plural(len(shards), "shard")
    text = f"{missing} of {total} made" if missing else f"{total} ready"
    text = f"{tally}: {text}" if tally else f"{text}{detail}, {seconds:.1f} s"
    journal.info(
        "stage",
        f"{stage.name:<10} {text}",
        stage=stage.name,
        made=missing,
        shards=len(shards),
        seconds=round(seconds, 3),
        devices=list(step.devices),
        **counter.numbers,
        **(
            {"documents": tally.documents + tally.pages, "editions": tally.editions}
            if tally
            else {}
        ),
    )


def _without_ready(
    run: _Run, step: Step, shards: Sequence[Shard], corrections: Mapping[str, str]
) -> tuple[Step, list[Shard]]:
    """Find the shards that are ready here or in an earlier run, and fill what its rows can fill."""
    stage = step.stage
    marked = [
        replace(
            shard,
            is_ready=not run.options.fresh
            and (
                is_ready(stage, run.store, shard, run.journal)
                or _linked(run, stage.writes, shard.key)
            ),
        )
        for shard in shards
    ]
    if run.earlier is None or stage.expands or all(shard.is_ready for shard in marked):
        return step, marked
    ready = {shard.key for shard in marked if shard.is_ready}
    known = run.earlier.known_rows(step, corrections, ready)
    return fill(step, marked, run.store, known)


def _write_failures(folder: Path, failures: Sequence[Failure]) -> None:
    path = folder / "failures.jsonl"
    if failures:
        write_atomically(path, to_jsonl(failures))
    else:
        remove(path)
