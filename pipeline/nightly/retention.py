"""Which finished runs stay, and which are removed."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from pipeline.config.night_sections import KeepSection
from pipeline.config.sections import Config
from pipeline.nightly.past_runs import PastRun, baseline_name, latest_name, past_runs
from pipeline.storage import followed, remove_run


def remove_old_runs(config: Config, today: date) -> list[str]:
    """Remove the runs of the series that `keep` does not keep; return their names.

    A run that is going on stays, and the last good one, this one, `latest`, `baseline` and the
    runs that a gate compares with. Raises StoreError if a folder cannot be removed.
    """
    series, keep = config.series, config.keep
    if series is None or keep is None:
        return []
    own = Path(config.output)
    runs = [run for run in past_runs(own.parent) if series.has(run.name)]
    compared = {
        followed(Path(rule.against)).resolve().name for rule in config.gate.values() if rule.against
    }
    needed = {own.name, latest_name(own.parent), baseline_name(own.parent), *compared}
    return [run.name for run in outdated(runs, keep, needed, today) if remove_run(run.folder)]


def outdated(
    runs: Sequence[PastRun], keep: KeepSection, needed: set[str], today: date
) -> list[PastRun]:
    """Return the runs that no rule keeps; `runs` are sorted from the oldest to the newest.

    A run stays if it is young enough for `days` or among the newest `runs`.
    """
    first_day = str(today - timedelta(days=keep.days)) if keep.days else None
    last_good = next((run.name for run in reversed(runs) if run.is_good), None)
    newest = {run.name for run in runs[-keep.runs :]} if keep.runs else set()
    return [
        run
        for run in runs
        if run.name not in needed | newest | {last_good}
        and not (first_day and run.date >= first_day)
    ]
