"""The runs beside each other in one folder: their order, and the one before this one."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from models.patterns import lazy
from pipeline.config.sections import Config
from pipeline.engine.manifest import LastRun, read_last_run
from pipeline.errors import StoreError
from pipeline.storage import BASELINE, LATEST, followed, is_held

_A_DATE = lazy(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run folder and what its manifest says."""

    folder: Path
    facts: LastRun

    @property
    def name(self) -> str:
        """Name of its folder."""
        return self.folder.name

    @property
    def date(self) -> str:
        """The date in the name of its folder, or the day on which it began."""
        return date_of(self.name) or self.facts.day or self.facts.started[:10]

    @property
    def order(self) -> tuple[str, str, str]:
        """A key that sorts runs from the oldest to the newest."""
        return self.date, self.facts.started, self.name

    @property
    def is_finished(self) -> bool:
        """True if it came to its end, with a report."""
        return self.facts.status == "done" and self.facts.until == "report"

    @property
    def is_good(self) -> bool:
        """True if it ended with its product: exit code 0, or 3 for a few articles that failed."""
        return self.is_finished and self.facts.exit_code in (0, 3)

    @property
    def state(self) -> str:
        """`running`, `done`, `failed` or `interrupted`, whatever a killed process left there."""
        if self.facts.status != "running" or is_held(self.folder):
            return self.facts.status
        return "interrupted"


def date_of(name: str) -> str:
    """Return the date in the name of a run folder; empty if there is none."""
    match = _A_DATE.search(name)
    return match[0] if match else ""


def past_runs(root: Path) -> list[PastRun]:
    """Return the runs in a folder that have a manifest, the oldest first; links are no runs."""
    return sorted(_runs(root), key=lambda run: run.order)


def _runs(root: Path) -> Iterator[PastRun]:
    for folder in root.iterdir() if root.is_dir() else ():
        is_run = not folder.name.startswith(".") and not folder.is_symlink()
        if is_run and (folder / "manifest.json").is_file():
            try:
                yield PastRun(folder, read_last_run(folder))
            except StoreError:
                continue  # damaged, or removed meanwhile


def runs_beside(config: Config) -> tuple[list[PastRun], list[PastRun]]:
    """Return the finished runs of the same series before this one and after it, oldest first."""
    series, own = config.series, Path(config.output)
    if series is None:
        return [], []
    others = [
        run
        for run in past_runs(own.parent)
        if series.has(run.name) and run.name != own.name and run.is_finished
    ]
    before = [run for run in others if series.date is None or run.date < series.date]
    return before, others[len(before) :]


def pointed(root: Path, pointer: str) -> str:
    """Return the name of the run that `latest` or `baseline` leads to; empty if there is none."""
    path = root / pointer
    folder = path.resolve() if path.is_symlink() else followed(path)
    return folder.name if folder != path and (folder / "manifest.json").is_file() else ""


def latest_name(root: Path) -> str:
    """Return the name of the run that `latest` leads to."""
    return pointed(root, LATEST)


def baseline_name(root: Path) -> str:
    """Return the name of the run that `pipeline bless` chose."""
    return pointed(root, BASELINE)
