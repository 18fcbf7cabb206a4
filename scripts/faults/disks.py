"""Full and read-only disks: a small tmpfs as root, else limits and permissions."""

import math
import os
import shutil
import subprocess
import tempfile
from functools import cache

from faults import workspace
from faults.program import Ended
from faults.trial import Kind, Trial

PAGE = 4096
# 0: the disk was large enough, or this user may write to a read-only folder.
ENDS = frozenset({0, 1})


@cache
def can_mount() -> bool:
    """True if this user may mount a tmpfs."""
    with tempfile.TemporaryDirectory() as name:
        if not _call("mount", "-t", "tmpfs", "-o", f"size={PAGE}", "chaos", name):
            return False
        return _call("umount", name)


def means() -> str:
    """Say how disks are made full and read-only here."""
    return "tmpfs" if can_mount() else "RLIMIT_FSIZE and permissions (this user may not mount)"


def fill_disk(trial: Trial) -> Ended:
    """Run on a disk that gets full at a random size; then make it large enough."""
    files = [file for file in trial.clean.glob("runs/**/*") if file.is_file()]
    if not can_mount():
        largest = max(file.stat().st_size for file in files)
        return trial.run(file_bytes=trial.random.randint(1, largest))
    pages = sum(1 + math.ceil(file.stat().st_size / PAGE) for file in files)
    runs = trial.folder / "runs"
    runs.mkdir()
    size = PAGE * trial.random.randint(2, pages)
    _call("mount", "-t", "tmpfs", "-o", f"size={size}", "chaos", str(runs))
    trial.cleanup.callback(_call, "umount", str(runs))
    ended = trial.run()
    _call("mount", "-o", "remount,size=1g", str(runs))
    return ended


def forbid_writing(trial: Trial) -> Ended:
    """Run with one folder read-only: the run folder or that of a table that is to be made."""
    table = trial.random.choice(workspace.TABLES)
    workspace.remove_later(trial.folder, table)
    folder = workspace.run_folder(trial.folder) / trial.random.choice([table, "."])
    for file in workspace.shards(trial.folder, table):
        file.unlink()
    if can_mount():
        _call("mount", "--bind", str(folder), str(folder))
        _call("mount", "-o", "remount,bind,ro", str(folder))
        ended = trial.run()
        _call("umount", str(folder))
        return ended
    mode = folder.stat().st_mode
    folder.chmod(0o555)
    ended = trial.run()
    folder.chmod(mode)
    return ended


def _call(*command: str) -> bool:
    program = shutil.which(command[0])
    if program is None or os.geteuid() != 0:
        return False
    return subprocess.run([program, *command[1:]], capture_output=True, check=False).returncode == 0


DISKS = (
    Kind("disk-full", fill_disk, ENDS, in_process=False),
    Kind("disk-read-only", forbid_writing, ENDS, finished=True),
)
