"""Scripts find the modules beside them, wherever they are moved."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"
FILES = sorted(SCRIPTS.rglob("*.py"))
LOCAL = {path.stem for path in FILES} | {path.parent.name for path in FILES}


def _imported(path: Path) -> Iterator[str]:
    """Yield the first part of each module that a script imports by its full name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SCRIPTS)))
def test_a_script_finds_the_scripts_that_it_imports(path: Path) -> None:
    is_package = (path.parent / "__init__.py").exists()
    folder = path.parent.parent if is_package else path.parent
    names = (LOCAL & set(_imported(path))) - {"numbers", "data", "scripts"}
    missing = {
        name
        for name in names
        if not ((folder / f"{name}.py").exists() or (folder / name / "__init__.py").exists())
    }
    assert not missing
