"""Make every missing shard of every table on this machine, then the report."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from models.errors import WeightsError
from models.files import sweep
from pipeline.config.memory_place import memory_path
from pipeline.config.sections import Config
from pipeline.engine.corrections import unused_corrections
from pipeline.engine.documents import Tally, document_shards
from pipeline.engine.executors.local import LocalExecutor
from pipeline.engine.intake import ACCOUNTS, Intake
from pipeline.engine.journal import Journal, failure_text, is_stop
from pipeline.engine.manifest import (
    INTERRUPTED,
    Manifest,
    read_last_run,
    started_manifest,
    write_end,
    write_manifest,
)
from pipeline.engine.plan import DOCUMENTS, ROW_TYPES, Step
from pipeline.engine.quality import settle_quality
from pipeline.engine.shards import Shard, plan_tables
from pipeline.engine.stages import make_plan
from pipeline.engine.store import Store, to_jsonl
from pipeline.engine.work import is_ready
from pipeline.errors import PipelineError, StoreError
from pipeline.evaluate.verdict import GateVerdict, verdict_lines
from pipeline.input.row_problems import alike, failure_line
from pipeline.language.plural import plural
from pipeline.memory.memory import Memory
from pipeline.memory.summary import memory_line, remembered_sentences
from pipeline.records import Failure
from pipeline.run.counter import RunCounter
from pipeline.run.finish import (
    REPORT_FILES,
    Outcome,
    check_end,
    check_gate_references,
    conclude,
)
from pipeline.signals import raise_if_stopped, shielded
from pipeline.storage import (
    hold_folder,
    open_to_append,
    remove,
    remove_empty_run,
    rename,
    write_atomically,
    writing_aside,
)


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
    config, folder = settle_quality(config), Path(config.output)
    new_folders = _missing_folders(folder)
    try:
        if options.until == "report":
            check_end(config)
        with hold_folder(folder), journal.recording(folder):
            return _run_recorded(config, options, journal)
    except (PipelineError, WeightsError):
        remove_empty_run(new_folders)
        raise


def _run_recorded(config: Config, options: Options, journal: Journal) -> Outcome:
    """Run the stages; log and write to the manifest how the run ended, whatever ends it."""
    folder = Path(config.output)
    manifest = _begun(config, folder, journal)
    journal.debug("started", f"run {journal.run_id}", output=str(folder), until=options.until)
    try:
        outcome = _run_stages(_Run(config, options, journal, manifest, Store(folder)))
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
    files = {"manifest.json", "metrics.prom", "failures.jsonl", ACCOUNTS, *REPORT_FILES}
    sweep(folder, files.__contains__)
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


@dataclass(frozen=True, slots=True)
class _Run:
    """What a run has from its beginning to its end."""

    config: Config
    options: Options
    journal: Journal
    manifest: Manifest
    store: Store


def _run_stages(run: _Run) -> Outcome:
    """Run every wanted stage over all its shards, and report at the end."""
    config, options, journal, manifest, store = (
        run.config,
        run.options,
        run.journal,
        run.manifest,
        run.store,
    )
    plan = make_plan(config, options.until)
    for step in plan.steps:
        manifest.add_step(step)
    segment, *others = plan.steps
    failures = _segment(run, segment)
    if config.gate and options.until == "report":
        check_gate_references(plan, manifest.tables, store)
    if others:
        _say_memory(config, journal, manifest)
    with _opened_memory(config) as memory:
        # read once: a correction that comes in meanwhile waits for the next run
        corrections = memory.corrections() if memory else {}
        for step, shards in plan_tables(others, manifest.tables, store, corrections):
            _make_table(run, step, shards, memory, corrections)
            write_manifest(store.folder, manifest)
    # A table has the failures of what it is made of, but nothing is made of summaries.
    for step in plan.steps:
        for key in manifest.tables[step.stage.writes]:
            failures.extend(store.read_failures(step.stage.writes, key))
    failures = list(dict.fromkeys(failures))
    _write_failures(store.folder, failures)
    outcome = conclude(plan, manifest, store, failures, report=options.until == "report")
    for warning in outcome.warnings:
        journal.warning("vocabulary", warning)
    _say_failures(failures, journal)
    _say_verdicts(outcome.verdicts, journal)
    return outcome


def _segment(run: _Run, step: Step) -> list[Failure]:
    """Read the input and make the table of articles. Return the documents that cannot be read."""
    manifest, started, tally = run.manifest, time.monotonic(), Tally()
    keys, unread = _read_input(run, tally)
    manifest.tables = {DOCUMENTS: keys}  # what the run before made may not fit these
    for _, shards in plan_tables([step], manifest.tables, run.store, {}):
        _make_table(run, step, shards, None, {}, tally, started)
    write_manifest(run.store.folder, manifest)
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
            if options.fresh or not store.has(DOCUMENTS, key):
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


def _make_table(
    run: _Run,
    step: Step,
    shards: Sequence[Shard],
    memory: Memory | None,
    corrections: Mapping[str, str],
    tally: Tally | None = None,
    started: float | None = None,
) -> None:
    """Let the executor make every missing shard of one table, and say what was made.

    `tally` counts what was read for it, `started` is when that began (in monotonic seconds).
    """
    fresh, journal, store, stage = run.options.fresh, run.journal, run.store, step.stage
    started = time.monotonic() if started is None else started
    counter = RunCounter(journal)
    shards = [
        replace(shard, is_ready=not fresh and is_ready(stage, store, shard, journal))
        for shard in shards
    ]
    missing = sum(not shard.is_ready for shard in shards)
    detail = ""
    if missing:
        for place in step.places:
            journal.info("devices", f"{stage.name:<10} {place}")
        executor = LocalExecutor(store, journal, counter, memory, not fresh, corrections)
        with journal.task(stage.name, missing) as task, counter.counting(task):
            executor.make(step, shards)
            detail = counter.text()
    seconds = time.monotonic() - started
    run.manifest.made[stage.name] = missing
    run.manifest.seconds[stage.name] = round(seconds, 3)
    text = _shards(missing, len(shards))
    text = f"{tally}: {text}" if tally else f"{text}{detail}, {seconds:.1f} s"
    journal.info(
        "stage",
        f"{stage.name:<10} {text}",
        stage=stage.name,
        made=missing,
        shards=len(shards),
        seconds=round(seconds, 3),
        devices=list(step.devices),
        **(
            {"documents": tally.documents + tally.pages, "editions": tally.editions}
            if tally
            else {}
        ),
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


def _say_verdicts(verdicts: Sequence[GateVerdict], journal: Journal) -> None:
    for verdict in verdicts:
        say = journal.info if verdict.passed else journal.error
        say("gate", "\n".join(verdict_lines(verdict)), rule=verdict.name, passed=verdict.passed)


def _shards(made: int, total: int) -> str:
    return f"{made} of {plural(total, 'shard')} made" if made else f"{plural(total, 'shard')} ready"
