"""Write the hashes of every package that `make` installs, on any platform.

    python scripts/lock_pins.py                      keep the versions, take up what pyproject.toml adds
    python scripts/lock_pins.py --upgrade            take the newest versions
    python scripts/lock_pins.py --wheels FOLDER      also accept builds of torch that lie in a folder

requirements.lock        what Yibao and its developers' tools need
requirements-cuda.lock   what torch needs besides on Linux, if its build is one for CUDA
requirements-tools.lock  what `make lock`, `make sbom` and `make audit` need

The package index has its own builds of torch. A machine without a GPU often gets a smaller build
from a folder or another index. --wheels adds the hashes of such files; they stay until the version
changes.
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
LOCK = ROOT / "requirements.lock"
CUDA = ROOT / "requirements-cuda.lock"
TOOLS = ROOT / "requirements-tools.lock"
PYTHON = "3.11"
CUDA_NAME = re.compile(r"(nvidia-|cuda-|triton\b)")
HASH = re.compile("sha256:([0-9a-f]{64})")
HEADER = "# Written by scripts/lock_pins.py; `make` installs nothing whose hash is not here.\n"


def main() -> int:
    """Write the three files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions")
    parser.add_argument("--wheels", type=Path, help="a folder of other builds to accept as well")
    arguments = parser.parse_args()
    before = [*entries(LOCK), *entries(CUDA)]
    pins = locked(["pyproject.toml", "--extra", "dev"], [] if arguments.upgrade else before)
    builds = sorted(arguments.wheels.glob("*.whl")) if arguments.wheels else []
    pins = [
        with_hashes(pin, [*hashes_before(pin, before), *build_hashes(pin, builds)]) for pin in pins
    ]
    write(LOCK, (pin for pin in pins if not CUDA_NAME.match(pin)))
    write(CUDA, (pin for pin in pins if CUDA_NAME.match(pin)))
    write(TOOLS, locked(["--group", "tools"], [] if arguments.upgrade else entries(TOOLS)))
    return 0


def locked(sources: list[str], kept: Iterable[str]) -> list[str]:
    """Return one entry for each package that the sources need, with the hashes of all its files.

    Packages in `kept` keep their version.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "lock"
        write(file, kept)
        subprocess.run(
            ["uv", "pip", "compile", *sources, "--universal", "--generate-hashes", "--no-annotate"]
            + ["--no-header", "--quiet", "--python-version", PYTHON, "--output-file", str(file)],
            cwd=ROOT,
            check=True,
        )
        return entries(file)


def entries(file: Path) -> list[str]:
    """Return the entries of a lock file: a package, its version and its hashes; none without one."""
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    lines = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#"))
    return [entry + "\n" for entry in re.split(r"\n(?=\S)", lines.strip()) if entry]


def hashes_before(pin: str, before: Iterable[str]) -> list[str]:
    """Return the hashes that the lock files had for the same version of a package."""
    same = (old for old in before if old.split()[0] == pin.split()[0])
    return [digest for old in same for digest in HASH.findall(old)]


def build_hashes(pin: str, wheels: Iterable[Path]) -> list[str]:
    """Return the hashes of the wheels that are local builds of a package's version (`1.0+cpu`)."""
    name, version = pin.split()[0].split("==")
    parts = ((wheel, wheel.name.split("-")) for wheel in wheels)
    return [
        hashlib.sha256(wheel.read_bytes()).hexdigest()
        for wheel, (project, build, *_) in parts
        if project.lower().replace("_", "-") == name and build.split("+")[0] == version
    ]


def with_hashes(pin: str, digests: Iterable[str]) -> str:
    """Return an entry that accepts these files too."""
    new = sorted(set(digests) - set(HASH.findall(pin)))
    return pin.rstrip() + "".join(f" \\\n    --hash=sha256:{digest}" for digest in new) + "\n"


def write(file: Path, lines: Iterable[str]) -> None:
    """Write a lock file."""
    file.write_text(HEADER + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
