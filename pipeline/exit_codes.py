"""With which code the program ends; `pipeline.errors` lists what each error ends with.

0    everything was made
1    nothing could be made, or an unforeseen error
2    the config or the command line is wrong
3    some articles or files failed; the others are finished
4    everything was made, but a gate did not pass
5    another run is writing to the folder
129, 130, 143    a signal stopped it: 128 and the number of the signal
"""

from models.errors import WeightsError
from pipeline.errors import PipelineError
from pipeline.signals import MESSAGE, stop_code


def is_stop(error: BaseException) -> bool:
    """Return whether a signal ended the work; a library may have turned it into its own error."""
    return isinstance(error, KeyboardInterrupt) or stop_code() is not None


def error_code(error: BaseException) -> int:
    """Return the exit code of a run that an error ended."""
    if is_stop(error):
        return stop_code() or 130
    return error.exit_code if isinstance(error, PipelineError) else 1


def run_code(*, has_failures: bool, has_rows: bool, passes_gates: bool = True) -> int:
    """Return the exit code of a run that reached its end."""
    if has_failures and not has_rows:
        return 1
    if not passes_gates:
        return 4
    return 3 if has_failures else 0


def how_it_ends(error: BaseException) -> tuple[str, int, str]:
    """Return the status and exit code of a run that an error ended, and the reason in words."""
    if is_stop(error):
        return "interrupted", error_code(error), MESSAGE
    return "failed", error_code(error), failure_text(error)


def failure_text(error: BaseException) -> str:
    """Return what a person reads of an error: its own words, or the kind of an unforeseen one."""
    if isinstance(error, PermissionError) and is_foreseen(error):
        return (
            f"{error.filename}: permission denied; change its permissions or those of its folder, "
            "or run this as its owner"
        )
    return str(error) if is_foreseen(error) else f"{type(error).__name__}: {error}"


def is_foreseen(error: BaseException) -> bool:
    """True if the user can mend what went wrong; everything else is a bug of ours."""
    is_closed = isinstance(error, PermissionError) and error.filename is not None
    return is_closed or isinstance(error, PipelineError | WeightsError)
