"""Choose the run that gates compare with."""

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

from pipeline.engine.manifest import read_last_run
from pipeline.errors import ConfigError
from pipeline.nightly.history import INDEX, write_index
from pipeline.nightly.past_runs import PastRun
from pipeline.storage import BASELINE, SERIES_LOCK, followed, holding_series, point


def bless(run: Path) -> Iterator[str]:
    """Point `baseline` beside a run to it; yield what was done, for people.

    Raises ConfigError if the run is no good one, and StoreError if it cannot be read.
    """
    folder = followed(run).resolve()
    blessed = PastRun(folder, read_last_run(folder))
    if not blessed.is_good:
        code = blessed.facts.exit_code
        how = blessed.state if blessed.state != "done" else f"it ended with exit code {code}"
        raise ConfigError(f"{run}: cannot be the baseline: {how}; choose a run that is done")
    root = folder.parent
    # without other runs of a series there is nothing to wait for
    with holding_series(root) if (root / SERIES_LOCK).is_file() else nullcontext():
        point(root / BASELINE, folder.name)
        if (root / INDEX).is_file():
            write_index(root)
    yield f"{run.parent / BASELINE} is now {folder.name}"
    scores = blessed.facts.quality.get("scores", {})
    if not scores:
        yield "it has no scores, because its sentences have no references: no gate can use it"
