"""The errors a user can cause and mend; everything else is a bug and keeps its traceback.

PipelineError            exit 1   one line: where, what was found, what to do
├── ConfigError          exit 2   the YAML, an option or a path in them is wrong
├── InputError           exit 3   a document cannot be read (the others go on)
├── ModelError           exit 1   weights are missing, damaged or answer nonsense
│   └── RowsFailedError  exit 1   a model gave nothing for some rows of a batch
├── StoreError           exit 1   a run folder is damaged or cannot be written
│   └── FolderLockedError exit 5   another run holds the folder
└── AlignmentError       exit 1   a stage or a model lost or invented a row
"""

from collections.abc import Sequence


class PipelineError(Exception):
    """Something the user can mend. `str(error)` is the line they read."""

    exit_code = 1


class ConfigError(PipelineError):
    """The configuration is wrong; `problems` has one line for every mistake found."""

    exit_code = 2

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class InputError(PipelineError):
    """One document cannot be used; the run records it and goes on."""

    exit_code = 3


class ModelError(PipelineError):
    """Weights cannot be found, trusted or loaded."""


class StoreError(PipelineError):
    """A run folder cannot be read or written."""


class FolderLockedError(StoreError):
    """Another run is writing to this folder."""

    exit_code = 5


class AlignmentError(PipelineError):
    """A stage or model returned another number of rows than it was given."""


class UnfinishedRowError(ModelError):
    """A row can be used, but a model that was to improve it failed; the next run tries again."""

    def __init__(self, row: object, reason: str) -> None:
        super().__init__(reason)
        self.row = row


class RowsFailedError(ModelError):
    """A model gave nothing for some rows of a batch.

    `rows` are the results of the whole batch in order, with an error in place of each missing
    one, so that the others need not be made again. An UnfinishedRowError brings its row along.
    """

    def __init__(self, rows: Sequence[object]) -> None:
        errors = [row for row in rows if isinstance(row, PipelineError)]
        super().__init__("; ".join(map(str, errors[:1])))
        self.rows = tuple(rows)
