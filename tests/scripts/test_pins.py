"""What `make` installs: every package has a pin, and every pin has hashes."""

import hashlib
import re
import tomllib
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import lock_pins

ROOT = Path(__file__).parents[2]
LOCKS = sorted(ROOT.glob("requirements*.lock"))


def _pins(*files: Path) -> dict[str, str]:
    """Versions by canonical name."""
    entries = [entry.split()[0] for file in files for entry in lock_pins.entries(file)]
    return {canonicalize_name(name): version for name, version in (e.split("==") for e in entries)}


@pytest.mark.parametrize("file", LOCKS, ids=lambda file: file.name)
def test_every_pin_has_hashes_and_no_address(file: Path) -> None:
    assert "://" not in file.read_text(encoding="utf-8")
    for entry in lock_pins.entries(file):
        first, *rest = entry.replace("\\\n", "\n").split("\n")
        assert re.match(r"[a-z0-9.-]+==\S+( ; .+)?$", first.strip()), first
        hashes = [line.strip() for line in rest if line.strip()]
        assert hashes, first
        assert all(re.fullmatch("--hash=sha256:[0-9a-f]{64}", line) for line in hashes), first


def test_everything_that_the_project_asks_for_is_pinned_within_its_range() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = chain(*project["optional-dependencies"].values())
    wanted = [Requirement(line) for line in chain(project["dependencies"], extras)]
    pins = _pins(lock_pins.LOCK, lock_pins.DEV, lock_pins.EXTRA, lock_pins.TORCH)
    for requirement in wanted:
        if requirement.name != project["name"]:
            version = pins[canonicalize_name(requirement.name)]
            assert requirement.specifier.contains(version), requirement


def test_a_user_gets_no_tools_of_developers() -> None:
    user, developer = _pins(lock_pins.LOCK), _pins(lock_pins.DEV)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = {canonicalize_name(Requirement(line).name) for line in project["dependencies"]}
    assert needed - {"torch"} <= set(user)
    assert not set(user) & set(developer)
    assert {"pytest", "mypy", "ruff", "matplotlib", "hypothesis"} <= set(developer)


def test_only_what_the_other_pins_lack_is_added() -> None:
    everything = ["a==1 ; sys_platform == 'x'\n", "ab==2\n", "b==3\n"]
    assert lock_pins.additions(everything, ["a==1\n", "b==3\n"]) == ["ab==2\n"]


def test_make_run_installs_what_a_user_needs_and_shows_progress() -> None:
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "--quiet" not in recipe
    user = recipe.partition("$(STAMP): ")[2].partition("\n\n")[0]
    assert "requirements-dev.lock" not in user.partition("\n")[2]
    assert "run: $(STAMP)\n" in recipe
    assert "check: $(DEV)\n" in recipe


def test_the_tools_of_the_project_are_pinned() -> None:
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert set(groups["dependency-groups"]["tools"]) <= set(_pins(lock_pins.TOOLS))


def test_torch_without_cuda_is_the_same_release() -> None:
    if lock_pins.CPU.exists():
        assert _pins(lock_pins.CPU)["torch"] == f"{_pins(lock_pins.TORCH)['torch']}+cpu"


def test_builds_of_torch_in_a_folder_are_accepted_by_their_hashes(tmp_path: Path) -> None:
    for name in ("torch-2.0+cpu-cp311-x.whl", "torch-2.0+cpu-cp312-x.whl", "torch-2.1+cpu-x.whl"):
        (tmp_path / name).write_bytes(name.encode())
    (entry,) = lock_pins.cpu_builds("torch==2.0", tmp_path)
    lock_pins.write(tmp_path / "lock", [entry])
    assert lock_pins.entries(tmp_path / "lock") == [entry]
    assert _pins(tmp_path / "lock") == {"torch": "2.0+cpu"}
    assert entry.count("--hash") == 2
    assert hashlib.sha256(b"torch-2.0+cpu-cp312-x.whl").hexdigest() in entry


def test_make_lets_pip_install_nothing_without_hashes() -> None:
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "HASHED := $(PIP) --no-deps --require-hashes" in recipe
    for line in recipe.splitlines():
        if re.search(r"python \$\(PIP\)|pip install", line):
            assert "--no-deps --no-build-isolation --editable ." in line


def test_every_file_of_the_packages_goes_into_the_wheel() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packed = {ROOT / name for name in settings["project"]["license-files"]}
    for package, patterns in settings["tool"]["setuptools"]["package-data"].items():
        for pattern in patterns:
            packed.update((ROOT / package).glob(pattern))
        files = {path for path in (ROOT / package).rglob("*") if path.is_file()}
        code = {path for path in files if path.suffix == ".py" or "__pycache__" in path.parts}
        assert files - code - packed == set()
