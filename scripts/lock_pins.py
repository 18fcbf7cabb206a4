"""Write the hashes of every package that `make` installs, on any platform.

    python scripts/lock_pins.py                    keep the versions, add what pyproject.toml adds
    python scripts/lock_pins.py --upgrade          take the newest versions
    python scripts/lock_pins.py --wheels FOLDER    also accept the builds of torch in a folder

requirements.lock        what Yibao needs, but for torch
requirements-dev.lock    what its developers' tools need on top
requirements-extra.lock  what the tests of the extras (Ray, S3, PostgreSQL, traces) need on top
requirements-torch.lock  torch as the package index has it, and the CUDA libraries it needs on Linux
requirements-cpu.lock    builds of the same torch without CUDA, from --wheels FOLDER
requirements-tools.lock  what `make lock`, `make sbom` and `make audit` need

`make` takes a build without CUDA if pip finds one: it is smaller by gigabytes. The package index
has none for Linux; a machine without a GPU often gets it from a folder or another index.
"""

import argparse
import hashlib
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK, DEV, EXTRA, TORCH, CPU, TOOLS = (
    ROOT / f"requirements{part}.lock" for part in ("", "-dev", "-extra", "-torch", "-cpu", "-tools")
)
OPTIONS = (
    *("--universal", "--generate-hashes", "--python-version", "3.11"),
    *("--no-annotate", "--no-header", "--quiet"),
)
TORCH_NAME = re.compile(r"(torch|triton|nvidia-\S+|cuda-\S+)==")
HEADER = "# Written by scripts/lock_pins.py; `make` installs nothing whose hash is not here.\n"


def main() -> int:
    """Write the files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions")
    parser.add_argument("--wheels", type=Path, help="a folder of other builds to accept as well")
    arguments = parser.parse_args()
    files = [] if arguments.upgrade else [LOCK, DEV, EXTRA, TORCH]
    kept = [entry for file in files for entry in entries(file)]
    # the extras first: what they need must go with everything else
    extras = locked(["pyproject.toml", "--extra", "dev", "--extra", "tested"], kept)
    everything = locked(["pyproject.toml", "--extra", "dev"], extras)
    pins = locked(["pyproject.toml"], everything)
    write(LOCK, (pin for pin in pins if not TORCH_NAME.match(pin)))
    write(DEV, additions(everything, pins))
    write(EXTRA, additions(extras, everything))
    write(TORCH, (pin for pin in pins if TORCH_NAME.match(pin)))
    write(TOOLS, locked(["--group", "tools"], [] if arguments.upgrade else entries(TOOLS)))
    version = next(pin.split()[0] for pin in pins if pin.startswith("torch=="))
    if arguments.wheels:
        write(CPU, cpu_builds(version, arguments.wheels))
    elif not any(entry.startswith(f"{version}+") for entry in entries(CPU)):
        CPU.unlink(missing_ok=True)  # builds of another version
    return 0


def locked(sources: list[str], kept: Iterable[str]) -> list[str]:
    """Return one entry for each package that the sources need, with the hashes of all its files.

    Packages in `kept` keep their version.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "lock"
        write(file, kept)
        subprocess.run(
            ["uv", "pip", "compile", *sources, *OPTIONS, "--output-file", str(file)],
            cwd=ROOT,
            check=True,
        )
        return entries(file)


def additions(everything: Iterable[str], pins: Iterable[str]) -> list[str]:
    """Return the entries of packages that `pins` lacks."""
    present = {pin.partition("==")[0] for pin in pins}
    return [entry for entry in everything if entry.partition("==")[0] not in present]


def entries(file: Path) -> list[str]:
    """Return the entries of a lock file (package, version, hashes); [] if it is missing."""
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    lines = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#"))
    return [entry + "\n" for entry in re.split(r"\n(?=\S)", lines.strip()) if entry]


def cpu_builds(version: str, folder: Path) -> list[str]:
    """Return the entry for the wheels in a folder that are builds of `torch==VERSION` for a CPU."""
    pin = f"{version}+cpu"
    wheels = sorted(folder.glob(f"{pin.replace('==', '-')}-*.whl"))
    digests = sorted(hashlib.sha256(wheel.read_bytes()).hexdigest() for wheel in wheels)
    return [" \\\n    ".join([pin, *(f"--hash=sha256:{digest}" for digest in digests)]) + "\n"]


def write(file: Path, lines: Iterable[str]) -> None:
    """Write a lock file."""
    file.write_text(HEADER + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
