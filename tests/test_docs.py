"""The documentation is true: pages made from the code, commands that run, a version that agrees."""

import importlib.util
import re
import shlex
import shutil
import subprocess
import sys
import typing
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import click
import pytest
from pydantic import BaseModel

import pipeline
from models.weights.catalogue import known_model
from pipeline.cli import COMMANDS as COMMAND_TABLE
from pipeline.cli import cli
from pipeline.config.key_texts import key_texts
from pipeline.config.sections import Config
from pipeline.evaluate.config import EvaluationConfig

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _make_docs() -> ModuleType:
    specification = importlib.util.spec_from_file_location(
        "make_docs", ROOT / "scripts/make_docs.py"
    )
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


ALL_COMMANDS = dict(_make_docs().commands(cli, "pipeline"))
GROUPS = {name: each for name, each in ALL_COMMANDS.items() if isinstance(each, click.Group)}
COMMANDS = {name: each for name, each in ALL_COMMANDS.items() if name not in GROUPS}


@pytest.mark.parametrize("page", ["commands", "configuration", "checks", "formats"])
def test_the_reference_pages_are_what_the_code_says(page: str) -> None:
    expected = getattr(_make_docs(), f"{page}_page")()
    found = (ROOT / f"docs/{page}.md").read_text(encoding="utf-8")
    assert found == expected, "run: python scripts/make_docs.py"


def _config_models(model: type[BaseModel], seen: set[type[BaseModel]]) -> set[type[BaseModel]]:
    """Return a section and all sections and models inside it."""

    def inside(annotation: object) -> Iterator[type[BaseModel]]:
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield annotation
        for part in typing.get_args(annotation):
            yield from inside(part)

    if model not in seen:
        seen.add(model)
        for field in model.model_fields.values():
            for inner in inside(field.annotation):
                _config_models(inner, seen)
    return seen


def test_the_configuration_page_has_every_key_once() -> None:
    page = (ROOT / "docs/configuration.md").read_text(encoding="utf-8")
    rows = [row.replace("\\|", "|") for row in page.splitlines() if row.startswith("| `")]
    assert len(set(rows)) == len(rows)
    models: set[type[BaseModel]] = set()
    for config in (Config, EvaluationConfig):
        _config_models(config, models)
    assert len(models) > 30
    for model in models:
        texts = key_texts(model)
        for name, field in model.model_fields.items():
            if name == "kind":
                assert f"- `{typing.get_args(field.annotation)[0]}" in page
                continue
            named = re.compile(rf"\| `(?:\w+\.)*{name}` ")
            assert texts[name]
            assert any(named.match(row) and texts[name] in row for row in rows), (
                f"{model.__name__}.{name}"
            )
    assert len(page.splitlines()) < 370


def test_every_link_of_the_configuration_page_leads_somewhere() -> None:
    page = (ROOT / "docs/configuration.md").read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.*)$", page, re.MULTILINE)
    assert len(set(headings)) == len(headings)
    anchors = {_make_docs().anchor(heading) for heading in headings}
    assert set(re.findall(r"\]\(#([^)]*)\)", page)) <= anchors


def test_no_short_help_is_cut_on_a_terminal_of_eighty_columns() -> None:
    for name, group in GROUPS.items():
        context = click.Context(group, info_name=name, terminal_width=80)
        listed = group.get_help(context).partition("Commands:")[2]
        assert listed
        assert "..." not in listed
        assert max(map(len, listed.splitlines())) <= 80


@pytest.mark.parametrize("name", cli.list_commands(click.Context(cli)))
def test_the_list_of_commands_shows_the_first_sentence_of_each_help(name: str) -> None:
    command = COMMANDS.get(f"pipeline {name}") or GROUPS[f"pipeline {name}"]
    assert COMMAND_TABLE[name][1] == command.get_short_help_str(limit=100)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_readme_and_has_help_for_every_option(name: str) -> None:
    command = COMMANDS[name]
    assert command.help
    assert "Example usage:" in command.help
    assert f"`{name}" in README or f"    {name} " in README or f"$ {name}" in README, name
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{name} {parameter.name}"


NEEDS_NETWORK = ("pipeline models fetch", "pipeline run page.txt --model opus-mt-zh-en")
ELSEWHERE = ("make run", "0 3 * * *")
"""A test of the Makefile, and a line of a crontab."""


def _shell_blocks() -> list[list[str]]:
    """Return the commands of the README's shell blocks: those after `$ `, and indented ones."""
    consoles = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    blocks = [[row[2:] for row in block.splitlines() if row[:2] == "$ "] for block in consoles]
    prose = re.sub(r"```.*?```", "", README, flags=re.DOTALL)
    indented = re.findall(r"(?:^    .*\n)+", prose, re.MULTILINE)
    blocks += [[row.strip() for row in block.splitlines()] for block in indented]
    skipped = (*NEEDS_NETWORK, *ELSEWHERE, "source .venv/bin/activate")
    kept = ([row for row in block if not row.startswith(skipped)] for block in blocks)
    return [block for block in kept if block]


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the program `pipeline`, for PATH; a fake translates for it."""
    folder = tmp_path_factory.mktemp("bin")
    program = folder / "pipeline"
    code = (
        "import models.load; from pipeline.testing import EchoTranslator; "
        "models.load.load_translator = lambda *_, **__: EchoTranslator(); "
        "from pipeline.cli import main; main()"
    )
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{code}" "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    return folder


@pytest.fixture(scope="module")
def demo(programs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the run of the demo."""
    folder = tmp_path_factory.mktemp("demo") / "runs/demo"
    fast = ["--set", "translate.model.beams=1", "--set", "score.bootstrap_samples=0"]
    command = ["run", "--config", str(ROOT / "configs/demo.yaml"), "--output", str(folder), *fast]
    answer = _shell(shlex.join(["pipeline", *command]), folder.parents[1], programs)
    assert answer.returncode == 0, answer.stderr
    return folder


def _shell(text: str, folder: Path, programs: Path) -> subprocess.CompletedProcess[str]:
    import os

    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", text],
        cwd=folder,
        env=_environment() | {"PATH": f"{programs}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("block", _shell_blocks(), ids=lambda block: block[0][:40])
def test_every_shell_block_of_the_readme_runs_in_a_fresh_folder(
    block: list[str], tmp_path: Path, programs: Path, demo: Path
) -> None:
    for name in ("configs", "data"):
        shutil.copytree(ROOT / name, tmp_path / name)
    page = "# 春游\n\n今天天晴，公园里游人如织。\n"
    for name in ("page.txt", "scans/a.md", "more/b.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(page, encoding="utf-8")
    shutil.copytree(demo, tmp_path / "runs/demo")
    answer = _shell("\n".join(block), tmp_path, programs)
    assert answer.returncode == 0, f"{block}\n{answer.stdout}\n{answer.stderr}"


def test_the_readme_is_short_and_opens_with_a_picture_and_one_command() -> None:
    rows = README.splitlines()
    assert len(rows) <= 150
    assert any("docs/report.png" in row for row in rows[:10])
    assert any("$ pipeline run page.txt" in row for row in rows[:30])
    assert (ROOT / "docs/report.png").stat().st_size <= 150_000
    for link in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / link).exists(), link


def test_what_the_readme_runs_on_the_network_names_a_known_model() -> None:
    for name in re.findall(r"opus-mt-[a-z-]+", README):
        assert known_model(name).task == "translate"


def _environment() -> dict[str, str]:
    import os

    return os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "100"}


def test_every_file_that_the_recipes_name_exists() -> None:
    text = (ROOT / "docs/extending.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:\w+/)+[\w.*]*)`", text)
    paths = {path for path in named if "NAME" not in path}
    assert len(paths) >= 20
    assert {path for path in paths if not (ROOT / path).exists()} == set()


def test_every_name_that_the_recipes_give_is_in_the_code() -> None:
    text = (ROOT / "docs/extending.md").read_text(encoding="utf-8")
    names = set(re.findall(r"`([A-Za-z_]{5,})(?:\([^`]*\))?`", text))
    files = [
        *ROOT.glob("pipeline/**/*.py"),
        *ROOT.glob("models/**/*.py"),
        *ROOT.glob("tests/**/*.py"),
    ]
    code = "\n".join(path.read_text(encoding="utf-8") for path in files)
    assert len(names) >= 20
    assert {name for name in names - {"read_NAME"} if not re.search(rf"\b{name}\b", code)} == set()


def test_the_changelog_knows_this_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## [{pipeline.__version__}]" in text


def test_the_starter_folder_holds_the_same_sample_as_the_data_folder() -> None:
    starter = ROOT / "pipeline/starter"
    pairs = [
        ("samples/jinshan-2023-03-05.md", "data/samples/jinshan-2023-03-05.md"),
        ("references/jinshan-2023-03-05.jsonl", "data/references/jinshan-2023-03-05.jsonl"),
    ]
    for copy, original in pairs:
        assert (starter / copy).read_bytes() == (ROOT / original).read_bytes(), copy
