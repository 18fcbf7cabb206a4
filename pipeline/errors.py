"""Errors that a user can cause and fix; everything else is a bug and keeps its traceback.

PipelineError            exit 1   one line: where, what is wrong, what to do
├── ConfigError          exit 2   the YAML, an option or a path in them is wrong
├── InputError           exit 3   a document cannot be read (the others continue)
├── ModelError           exit 1   weights are missing, damaged or produce nonsense
│   └── RowsFailedError  exit 1   a model failed on some rows of a batch
├── StoreError           exit 1   a run folder is damaged or cannot be written
│   └── FolderLockedError exit 5   another run is using the folder
└── AlignmentError       exit 1   a stage or a model lost or invented a row
"""

from collections.abc import Sequence


class PipelineError(Exception):
    """A problem that the user can fix. `str(error)` is the line they read."""

    exit_code = 1


class ConfigError(PipelineError):
    """The configuration is wrong; `problems` has one line per mistake."""

    exit_code = 2

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class InputError(PipelineError):
    """One document cannot be used; the run records it and continues."""

    exit_code = 3


class ModelError(PipelineError):
    """Weights cannot be found, trusted or loaded."""


class StoreError(PipelineError):
    """A run folder cannot be read or written."""


class FolderLockedError(StoreError):
    """Another run is writing to this folder."""

    exit_code = 5


class AlignmentError(PipelineError):
    """A stage or model returned a different number of rows than it received."""


class UnfinishedRowError(ModelError):
    """A row is usable, but a model that should improve it failed; the next run retries."""

    def __init__(self, row: object, reason: str) -> None:
        super().__init__(reason)
        self.row = row


class RowsFailedError(ModelError):
    """A model failed on some rows of a batch.

    `rows` holds the results of the whole batch in order, with an error in place of each missing
    row, so that finished rows are kept. An UnfinishedRowError contains its row.
    """

    def __init__(self, rows: Sequence[object]) -> None:
        errors = [row for row in rows if isinstance(row, PipelineError)]
        super().__init__("; ".join(map(str, errors[:1])))
        self.rows = tuple(rows)
