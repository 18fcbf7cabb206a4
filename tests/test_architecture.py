"""The import arrows of docs/design.md, read from the code."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted([*ROOT.glob("pipeline/**/*.py"), *ROOT.glob("models/**/*.py")])

# Module (or package) -> what it must never import.
FORBIDDEN = {
    "models": ("pipeline", "click"),
    "pipeline.records": ("pipeline", "models"),
    "pipeline.errors": ("pipeline", "models"),
    "models.protocols": ("models", "pipeline"),
    "pipeline.text": (
        "pipeline.stages",
        "pipeline.formats",
        "pipeline.engine.store",
        "pipeline.engine.plan",
        "pipeline.run.run",
        "pipeline.config.sections",
        "models",
    ),
    "pipeline.stages": (
        "pipeline.engine.store",
        "pipeline.engine.plan",
        "pipeline.run.run",
        "pipeline.config.sections",
        "pipeline.formats",
        "pipeline.memory.memory",
        "pipeline.engine.journal",
    ),
    "pipeline.evaluation": ("pipeline.run.run", "pipeline.cli", "pipeline.commands"),
    "pipeline.formats": ("pipeline.run.run", "pipeline.cli", "pipeline.commands"),
    "pipeline.engine.plan": ("pipeline.run.run", "pipeline.cli", "pipeline.commands"),
    "pipeline.run.run": ("pipeline.cli", "pipeline.commands"),
    "pipeline.commands": ("pipeline.cli",),
}
# Library -> the only modules that may import it.
ONLY_IN = {
    "click": ("pipeline.cli", "pipeline.commands"),
    "torch": ("models",),
    "transformers": ("models",),
    "ctranslate2": ("models",),
    "datasets": ("pipeline.formats",),
    "jinja2": ("pipeline.formats",),
    "matplotlib": ("pipeline.formats",),
}


def _module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield f"{node.module}"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


@pytest.mark.parametrize("path", FILES, ids=_module)
def test_a_module_imports_only_along_the_arrows(path: Path) -> None:
    module = _module(path)
    for name in _imports(path):
        for package, forbidden in FORBIDDEN.items():
            if _within(module, package) and name != package:
                bad = [f for f in forbidden if _within(name, f) and not _within(name, package)]
                assert not bad, f"{module} must not import {name}"
        for library, allowed in ONLY_IN.items():
            if _within(name, library):
                assert any(_within(module, a) for a in allowed), f"{module} imports {name}"


@pytest.mark.parametrize("path", FILES, ids=_module)
def test_a_stage_sees_only_the_protocols_of_models(path: Path) -> None:
    if _within(_module(path), "pipeline.stages"):
        for name in _imports(path):
            assert not _within(name, "models") or _within(name, "models.protocols"), name


@pytest.mark.parametrize("path", FILES, ids=_module)
def test_a_module_says_what_it_is_for_and_stays_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text)), f"{path} has no docstring"
    assert len(text.splitlines()) <= 420, f"{path} is too long: split it"
    assert "TYPE_CHECKING" not in text


def test_heavy_libraries_are_not_imported_by_the_command_line() -> None:
    code = (
        "import sys, pipeline.cli; "
        "heavy = {'torch', 'transformers', 'ctranslate2', 'datasets', 'sacrebleu', 'matplotlib'};"
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or 0)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
