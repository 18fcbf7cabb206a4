"""Inputs that vanish, grow or cannot be read while a run goes on."""

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from faults import workspace
from faults.program import Ended, Process
from faults.trial import Kind, Trial

# 0: it was read before or after the change; 3: it is named as failed.
ENDS = frozenset({0, 3})


def change_at_random(change: Callable[[Path], None]) -> Callable[[Trial], Ended]:
    """Return a fault that changes one page while the program starts and reads."""

    def inject(trial: Trial) -> Ended:
        file = workspace.page(trial.folder, trial.random.randrange(workspace.PAGES))
        content = file.read_bytes()
        wait = trial.random.random() * 1.2 * workspace.stage_seconds(trial.clean)["import"]

        def meanwhile(process: Process) -> None:
            time.sleep(wait)
            change(file)

        ended = trial.run(meanwhile)
        file.write_bytes(content)
        return ended

    return inject


def grow(file: Path) -> None:
    """Append to a page, as an editor or a copy under way does."""
    with file.open("a", encoding="utf-8") as page:
        for number in range(200):
            page.write(f"\n第{number}段又来了一些新的文字。\n")
            page.flush()


def make_unreadable(trial: Trial) -> Ended:
    """Put something that cannot be read in a page's place."""
    file = workspace.page(trial.folder, trial.random.randrange(workspace.PAGES))
    content = file.read_bytes()
    file.unlink()
    match trial.random.choice(["loop", "dangling", "fifo", "archive", "text"]):
        case "loop":
            file.symlink_to(file.name)
        case "dangling":
            file.symlink_to("nowhere.md")
        case "fifo":
            os.mkfifo(file)
        case "archive":
            file.with_suffix(".md.gz").write_bytes(content)
        case _:
            file.write_bytes(b"\x00\xff\xfe\x80" * 100)
    ended = trial.run()
    shutil.rmtree(file.parent)
    workspace.write_input(trial.folder)
    return ended


INPUTS = (
    Kind("input-vanishes", change_at_random(Path.unlink), ENDS, in_process=False),
    Kind("input-grows", change_at_random(grow), ENDS, in_process=False),
    Kind("input-unreadable", make_unreadable, frozenset({3})),
)
