"""The imports of docs/design.md, read from the code: layers, cycles, sizes, heavy libraries."""

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted([*ROOT.glob("pipeline/**/*.py"), *ROOT.glob("models/**/*.py")])

MOST_LINES = 400
MOST_LINES_OF_A_FUNCTION = 50
MOST_MODULES = 20  # beside __init__.py
MOST_BYTES = 1_000_000  # of a committed file; the bundled model's weights are larger

# From low to high: a package imports only what stands in a lower row, or in its own package.
LAYERS = (
    (
        "pipeline.ask",
        "pipeline.bucket",
        "pipeline.data_file",
        "pipeline.errors",
        "pipeline.processes",
        "pipeline.records",
        "pipeline.signals",
        "pipeline.storage",
        "pipeline.text_file",
    ),
    ("pipeline.language",),
    ("pipeline.console", "pipeline.exit_codes"),
    ("pipeline.config",),
    ("pipeline.check", "pipeline.input"),
    (
        "pipeline.deliver",
        "pipeline.memory",
        "pipeline.report",
        "pipeline.score",
        "pipeline.segment",
        "pipeline.summarize",
        "pipeline.translate",
    ),
    ("pipeline.engine",),
    ("pipeline.evaluate",),
    ("pipeline.nightly",),
    ("pipeline.run",),
    ("pipeline.commands",),
    ("pipeline.cli",),
    ("pipeline.__main__", "pipeline.testing"),
)
# Modules of the lowest row may import these two.
LEAVES = ("pipeline.errors", "pipeline.records")

# Stage functions: they see protocols, records and text, and nothing of models, files or the engine.
STAGES = (
    "pipeline.segment.segment",
    "pipeline.translate.translate",
    "pipeline.translate.ladder",
    "pipeline.summarize.summarize",
    "pipeline.score.score",
    "pipeline.report.report",
)

# Library -> the only packages that may import it.
ONLY_IN = {
    "click": ("pipeline.cli", "pipeline.commands", "pipeline.__main__"),
    "torch": ("models",),
    "transformers": ("models",),
    "ctranslate2": ("models.seq2seq",),
    "datasets": ("pipeline.input", "pipeline.evaluate.inputs"),
    "jinja2": ("pipeline.report",),
}


# The only modules that write, rename, lock or remove files: one for each side, object stores, the
# streams of the terminal, and the copy of standard input in the system's temporary folder.
WRITERS = (
    "pipeline.storage",
    "models.files",
    "pipeline.console",
    "pipeline.input.stdin",
    "pipeline.bucket",
)
WRITING_CALLS = {"mkdir", "rename", "rmdir", "rmtree", "unlink", "write_bytes", "write_text"}
WRITING_CALLS |= {"copyfile", "copytree", "fsync", "hardlink_to", "mkstemp", "symlink_to", "touch"}


def _module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


MODULES = {_module(path): path for path in FILES}


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _imports(path: Path) -> Iterator[str]:
    """Yield every imported name, those inside functions too."""
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield f"{node.module}"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def _layer(module: str) -> tuple[int, str] | None:
    for level, packages in enumerate(LAYERS):
        for package in packages:
            if _within(module, package):
                return level, package
    return None


def _writes(call: ast.Call) -> bool:
    """True if a call changes the file system: `path.unlink()`, `path.open("w")`, `a.replace(b)`."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    name = "open" if isinstance(call.func, ast.Name) and call.func.id == "open" else name
    if name == "replace":
        return len(call.args) == 1 and not call.keywords
    if name == "open":
        texts = [value.value for value in call.args[:2] if isinstance(value, ast.Constant)]
        return any(isinstance(text, str) and set(text) & set("wax+") for text in texts)
    return name in WRITING_CALLS


FOLDERS = {
    str(folder.relative_to(ROOT)): [path for path in FILES if path.parent == folder]
    for folder in sorted({path.parent for path in FILES})
}


def for_files(check: Callable[[Path], None]) -> Callable[[str], None]:
    """Run a check over every file; a test is a folder, because a test a file costs a minute."""

    @pytest.mark.parametrize("folder", FOLDERS)
    def test(folder: str) -> None:
        for path in FOLDERS[folder]:
            check(path)

    test.__name__ = check.__name__
    return test


@for_files
def test_files_are_written_in_one_place(path: Path) -> None:
    if _module(path) in WRITERS:
        return
    calls = [node for node in ast.walk(_tree(path)) if isinstance(node, ast.Call)]
    assert not [f"{path.name}:{call.lineno}" for call in calls if _writes(call)]


@for_files
def test_a_module_imports_only_from_lower_layers(path: Path) -> None:
    module = _module(path)
    own = _layer(module)
    for name in _imports(path):
        if _within(module, "models"):
            assert not _within(name, "pipeline"), f"{module} must not import {name}"
        other = _layer(name)
        if own and other and own[1] != other[1] and other[1] not in LEAVES:
            assert other[0] < own[0], f"{module} must not import {name}"


def test_every_module_of_the_pipeline_has_a_layer() -> None:
    outside = [name for name in MODULES if _within(name, "pipeline") and _layer(name) is None]
    assert outside == ["pipeline"]


def test_no_module_imports_itself_through_others() -> None:
    graph = {
        name: {other for other in _imports(path) if other in MODULES and other != name}
        for name, path in MODULES.items()
    }
    circles = [sorted(part) for part in _components(graph) if len(part) > 1]
    assert circles == []


def _components(graph: dict[str, set[str]]) -> Iterator[set[str]]:
    """Yield the strongly connected components (Tarjan 1972)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[set[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in graph[node]:
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            part = set(stack[stack.index(node) :])
            del stack[stack.index(node) :]
            found.append(part)

    for node in graph:
        if node not in index:
            visit(node)
    yield from found


@pytest.mark.parametrize("module", STAGES)
def test_a_stage_sees_protocols_and_no_files(module: str) -> None:
    for name in _imports(MODULES[module]):
        is_seen = any(_within(name, f"models.{leaf}") for leaf in ("protocols", "patterns"))
        assert not _within(name, "models") or is_seen, name
        for package in ("pipeline.storage", "pipeline.config", "pipeline.input", "pipeline.memory"):
            assert not _within(name, package), name


@for_files
def test_a_library_is_imported_only_where_it_belongs(path: Path) -> None:
    for name in _imports(path):
        for library, packages in ONLY_IN.items():
            if _within(name, library):
                module = _module(path)
                assert any(_within(module, each) for each in packages), f"{module} imports {name}"


@for_files
def test_a_module_says_what_it_is_for_and_stays_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert ast.get_docstring(_tree(path)), f"{path} has no docstring"
    assert "TYPE_CHECKING" not in text
    assert len(text.splitlines()) <= MOST_LINES, f"{path} is too long: split it"
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or 0) - node.lineno + 1
            assert lines <= MOST_LINES_OF_A_FUNCTION, f"{path}: {node.name} has {lines} lines"


def test_a_class_name_has_one_meaning() -> None:
    homes: dict[str, list[str]] = {}
    for module, path in MODULES.items():
        for node in ast.walk(_tree(path)):
            if isinstance(node, ast.ClassDef):
                homes.setdefault(node.name, []).append(module)
    shared = {name: modules for name, modules in homes.items() if len(modules) > 1}
    assert shared == {}


def test_names_are_compared_in_one_place() -> None:
    """What is meant by a misspelt name is said by `suggest` alone."""
    using = [m for m, path in MODULES.items() if "get_close_matches" in path.read_text("utf-8")]
    assert using == ["models.errors"]


def test_han_characters_are_defined_once() -> None:
    bounds = re.compile(r"\\u(?:4e00|3400)-|一-|\\u9fff")
    using = [m for m, path in MODULES.items() if bounds.search(path.read_text("utf-8"))]
    assert sorted(using) == ["models.summarizers.similarity", "pipeline.language.chinese"]


def test_no_folder_is_a_heap() -> None:
    folders = {path.parent for path in FILES}
    full = {str(each): len(list(each.glob("[!_]*.py"))) for each in folders}
    assert {name: count for name, count in full.items() if count > MOST_MODULES} == {}


def test_only_weights_are_large() -> None:
    """A package or a run's output that is committed by accident makes every clone larger."""
    listing = ["git", "ls-files", "-z"]
    answer = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=False)
    if answer.returncode:
        pytest.skip("not a git checkout")
    paths = [ROOT / name for name in answer.stdout.split("\0") if name]
    large = [path for path in paths if path.is_file() and path.stat().st_size > MOST_BYTES]
    unexpected = [path for path in large if path.suffix != ".safetensors"]
    assert unexpected == []


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
