"""How a run ends, and what must hold at its beginning so that it can end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.config.sections import Config
from pipeline.engine.plan import SEGMENT, Plan
from pipeline.engine.store import Store
from pipeline.errors import ConfigError
from pipeline.evaluate.verdict import GateVerdict
from pipeline.input.references import reference_key
from pipeline.nightly.known_texts import TEXTS
from pipeline.records import Article, Failure

FILES = {
    "html": "report.html",
    "markdown": "report.md",
    "json": "report.json",
    "index": "index.csv",
}
REPORT_FILES = frozenset((*FILES.values(), TEXTS))


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended. `report_files` are the reports, and the files with all English articles."""

    exit_code: int
    failures: tuple[Failure, ...]
    report_files: tuple[Path, ...]
    verdicts: tuple[GateVerdict, ...] = ()
    warnings: tuple[str, ...] = ()
    english_notes: tuple[str, ...] = ()
    """What is not as expected in `english`: copies with Chinese left, articles without files."""
    is_repeated: bool = False
    """True if another worker ended the run before, and did what follows a run."""


def check_end(config: Config) -> None:
    """Raise ConfigError before any work that could not be finished: by the gate or the digest."""
    if config.summarize.digest.previous:
        from pipeline.run.digest import read_previous  # few runs have one

        read_previous(config.summarize.digest.previous)
    if config.gate:
        from pipeline.evaluate.gate_check import check_run_gate

        check_run_gate(config)


def check_gate_references(plan: Plan, keys: Mapping[str, Sequence[str]], store: Store) -> None:
    """Raise ConfigError where no article or sentence has a reference that a gate could use."""
    config, references = plan.resources.config, plan.resources.references
    for key in keys[SEGMENT.writes]:
        for article in store.read(SEGMENT.writes, key, Article):
            if article.reference or any(
                reference_key(each.text) in references for each in article.sentences
            ):
                return
    raise ConfigError(
        "gate: no sentence has a reference; list files of zh and en pairs in score.references, "
        f"or give rows a column '{config.input.fields.reference}'"
    )
