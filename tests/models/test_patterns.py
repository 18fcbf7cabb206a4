"""Patterns are compiled when they are first used, and none of them is wrong."""

import ast
import gc
import importlib
import os
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import models
import pipeline
from models.patterns import LazyPattern, _compile, lazy


def test_a_lazy_pattern_answers_as_a_compiled_one() -> None:
    eager, late = re.compile("(?P<a>b+)", re.IGNORECASE), lazy("(?P<a>b+)", re.IGNORECASE)
    assert late.pattern == eager.pattern
    for text in ("", "abBa bb", "xyz"):
        assert late.sub("-", text) == eager.sub("-", text)
        assert [m.span("a") for m in late.finditer(text)] == [
            m.span("a") for m in eager.finditer(text)
        ]
    assert late.flags == eager.flags
    assert late.groupindex == eager.groupindex
    assert not hasattr(late, "scanned")


def test_a_wrong_pattern_is_raised_at_its_first_use() -> None:
    wrong = lazy("(")
    with pytest.raises(re.error):
        wrong.search("a")


def test_every_pattern_of_the_package_compiles() -> None:
    for package in (pipeline, models):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    gc.unfreeze()  # a module that is loaded for copies of its process hides its objects
    patterns = [item for item in gc.get_objects() if type(item) is LazyPattern]
    assert len(patterns) > 500
    for pattern in patterns:
        if pattern.pattern != "(":
            flags = pattern._flags
            # equal patterns have equal code
            assert _compile(pattern.pattern, flags) == re.compile(pattern.pattern, flags)


@pytest.mark.parametrize("damage", [None, b"", b"no pattern", b"i\x01\x00\x00\x00"])
def test_what_is_compiled_is_kept_with_the_bytecode(tmp_path: Path, damage: bytes | None) -> None:
    code = """
import models.patterns, re
match = models.patterns.lazy("(?P<a>[\u4e00-\u9fff]+)(b)?", re.I).search("x\u4e2d\u56fdB")
print(match.groupdict(), match[2])
"""
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(tmp_path), "PYTHONIOENCODING": "utf-8"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)

    def run() -> str:
        command = [sys.executable, "-c", code]
        return subprocess.run(
            command, env=environment, check=True, capture_output=True
        ).stdout.decode()

    first = run()
    [kept] = tmp_path.rglob("patterns.*.bin")
    size = kept.stat().st_size
    if damage is not None:
        kept.write_bytes(damage)
    assert run() == first == "{'a': '中国'} B\n"
    assert kept.stat().st_size == size


def test_no_module_compiles_a_pattern_when_it_is_imported() -> None:
    root = Path(__file__).parents[2]
    for path in [*root.glob("pipeline/**/*.py"), *root.glob("models/**/*.py")]:
        nodes: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
        while nodes:
            node = nodes.pop()
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "re.compile":
                is_bytes = ast.unparse(node.args[0]).startswith(("b", "rb"))
                assert is_bytes, f"{path}:{node.lineno}: use models.patterns.lazy"
            within = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
            nodes += [n for n in ast.iter_child_nodes(node) if not isinstance(n, within)]
