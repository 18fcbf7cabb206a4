"""The documentation is true: pages made from the code, commands that run, a version that agrees."""

import importlib.util
import re
import shlex
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
from pipeline.cli import COMMANDS as COMMAND_TABLE
from pipeline.cli import cli
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


def test_the_configuration_page_has_every_key_and_prints_each_model_once() -> None:
    page = (ROOT / "docs/configuration.md").read_text(encoding="utf-8")
    models: set[type[BaseModel]] = set()
    for config in (Config, EvaluationConfig):
        _config_models(config, models)
    assert len(models) > 30
    for model in models:
        for name, field in model.model_fields.items():
            assert any(
                line.startswith(f"| `{name}` |") and field.description in line.replace("\\|", "|")
                for line in page.splitlines()
                if field.description
            ), f"{model.__name__}.{name}"
        kind = model.model_fields.get("kind")
        if kind is not None:
            value = typing.get_args(kind.annotation)[0]
            row = f"| `kind` | `{value}` | required | {kind.description} |"
            kinds = [m.model_fields["kind"] for m in models if "kind" in m.model_fields]
            alike = sum(other.description == kind.description for other in kinds)
            assert page.count(row) == alike, model.__name__
    assert len(page.splitlines()) < 550


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


def _readme_commands() -> list[str]:
    """Return the `$ pipeline …` lines of the README's console blocks, in order."""
    blocks = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if line.startswith("$ ")]
    return [line[2:].split("  #")[0] for line in lines if line.startswith("$ pipeline")]


def test_every_command_of_the_readme_runs(tmp_path: Path) -> None:
    commands = _readme_commands()
    assert len(commands) >= 5
    for name in ("configs", "data"):
        (tmp_path / name).symlink_to(ROOT / name)
    program = "from pipeline.cli import main; main()"
    for line in commands:
        arguments = shlex.split(line)[1:]
        answer = subprocess.run(
            [sys.executable, "-c", program, *arguments],
            cwd=tmp_path,
            env=_environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert answer.returncode == 0, f"{line}\n{answer.stdout}\n{answer.stderr}"


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
        ("glossary.tsv", "configs/glossary.tsv"),
    ]
    for copy, original in pairs:
        assert (starter / copy).read_bytes() == (ROOT / original).read_bytes(), copy
