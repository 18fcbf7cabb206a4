"""What a run says about its memory, its failures and its gate."""

from collections.abc import Sequence
from pathlib import Path

from pipeline.config.memory_place import memory_path
from pipeline.config.sections import Config
from pipeline.engine.corrections import unused_corrections
from pipeline.engine.journal import Journal
from pipeline.engine.manifest import Manifest
from pipeline.evaluate.verdict import GateVerdict, verdict_lines
from pipeline.input.row_problems import alike, failure_line
from pipeline.memory.summary import memory_line, remembered_sentences
from pipeline.records import Failure
from pipeline.run.outcome import Outcome


def say_memory(config: Config, journal: Journal, manifest: Manifest) -> None:
    """Say which translation memory is used, and what is lost where none is."""
    path = memory_path(config)
    journal.info("memory", f"memory     {memory_line(path)}", path=str(path) if path else None)
    if path is not None:
        manifest.memory = {
            "path": str(path.resolve()) if isinstance(path, Path) else path,
            "sentences": remembered_sentences(path),
        }
    if ignored := unused_corrections(config):
        journal.warning("corrections", ignored)


def say_outcome(outcome: Outcome, failures: Sequence[Failure], journal: Journal) -> None:
    """Say what a reader must know of the end of a run."""
    for warning in outcome.warnings:
        journal.warning("vocabulary", warning)
    for line in outcome.english_notes:
        journal.warning("english", line)
    _say_failures(failures, journal)
    _say_verdicts(outcome.verdicts, journal)


def _say_failures(failures: Sequence[Failure], journal: Journal) -> None:
    """Say what failed; rows of one file with the same fault are one line."""
    groups = alike(failures)
    for group in groups[:20]:
        first = group[0]
        fields = {"article": first.id, "source": first.source, "stage": first.stage}
        journal.error("failure", failure_line(group), **fields, count=len(group))
    if rest := sum(map(len, groups[20:])):
        journal.error("failures", f"and {rest} more: see failures.jsonl")


def _say_verdicts(verdicts: Sequence[GateVerdict], journal: Journal) -> None:
    """Say whether each rule of the gate passed; one that failed is an error."""
    for verdict in verdicts:
        say = journal.info if verdict.passed else journal.error
        say("gate", "\n".join(verdict_lines(verdict)), rule=verdict.name, passed=verdict.passed)
