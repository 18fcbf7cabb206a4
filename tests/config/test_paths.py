"""Paths in a config are relative to the config file, wherever a command is started."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

import pipeline.engine.translation.model
from pipeline.cli import cli
from pipeline.config.file import load_config, load_section
from pipeline.config.paths import join_paths
from pipeline.errors import ConfigError
from pipeline.evaluate.config import EvaluationConfig
from pipeline.memory.maintenance import entries
from pipeline.testing import EchoTranslator

ROOT = Path(__file__).parents[2]
PAGE = "# 湾区魅力\n\n金山区有23个项目。\n"


@pytest.fixture(autouse=True)
def _fake_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        pipeline.engine.translation.model, "load_translator", lambda *_, **__: EchoTranslator()
    )


def do(*arguments: str | Path, exit_code: int = 0) -> Result:
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    failed = isinstance(result.exception, ConfigError) and exit_code == 2
    assert failed or result.exit_code == exit_code, f"{result.output}\n{result.exception!r}"
    return result


def manifest(folder: Path) -> Mapping[str, Any]:
    values: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return values


@pytest.fixture
def news(tmp_path: Path) -> Path:
    """A project whose config is not at its top."""
    (tmp_path / "conf").mkdir()
    (tmp_path / "in").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "in/a.md").write_text(PAGE, encoding="utf-8")
    (tmp_path / "conf/terms.tsv").write_text("金山区\tJinshan\n", encoding="utf-8")
    config = {
        "input": {"paths": ["../in/*.md"]},
        "output": "../runs/night",
        "runtime": {"device": "cpu"},
        "translate": {
            "model": {"kind": "seq2seq", "path": "bundled:zh-en"},
            "glossary": "terms.tsv",
        },
        "summarize": {"model": {"kind": "extractive", "sentences": 1}},
        "score": {"bootstrap_samples": 10},
    }
    (tmp_path / "conf/news.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("name", ["demo", "starter"])
def test_what_ships_runs_from_any_folder_and_finds_its_work_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    project = tmp_path / "project"
    if name == "demo":
        shutil.copytree(ROOT / "configs", project / "configs")
        shutil.copytree(ROOT / "data", project / "data")
        config, output = project / "configs/demo.yaml", project / "runs/demo"
    else:
        do("init", project)
        config, output = project / "config.yaml", project / "runs/first"
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    do("run", "-c", config)
    assert (output / "report.html").is_file()
    assert (project / "runs/memory.sqlite").is_file()
    assert not list((tmp_path / "elsewhere").iterdir())
    tables = manifest(output)["tables"]
    monkeypatch.chdir(project)
    do("run", "-c", config.relative_to(project))
    assert set(manifest(output)["made"].values()) == {0}
    assert manifest(output)["tables"] == tables


def test_documents_are_named_as_when_the_run_was_started_beside_them(
    news: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(news)
    do("run", "-c", "conf/news.yaml")
    folder = news / "runs/night"
    keys = manifest(folder)["tables"]
    text = next((folder / "articles").glob("*.jsonl")).read_text(encoding="utf-8")
    assert '"source":"in/a.md"' in text.replace('": "', '":"')
    # the way it was written when paths were relative to the current folder
    old = (news / "conf/news.yaml").read_text(encoding="utf-8").replace("../", "")
    (news / "old.yaml").write_text(old.replace("terms", "conf/terms"), encoding="utf-8")
    do("run", "-c", "old.yaml")
    assert manifest(folder)["tables"] == keys
    assert set(manifest(folder)["made"].values()) == {0}


def test_a_path_meant_for_the_current_folder_is_explained(
    news: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = news / "conf/news.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("../in", "in").replace("terms", "conf/terms"),
        encoding="utf-8",
    )
    monkeypatch.chdir(news)
    for command in (("run", "-c"), ("plan", "-c"), ("config", "check")):
        problems = str(do(*command, "conf/news.yaml", exit_code=2).exception).splitlines()
        assert problems == [
            "conf/news.yaml: input.paths: 'in/*.md': paths in a config are relative to the config "
            "file: there is no conf/in/*.md, only one in the current folder; write '../in/*.md'",
            "conf/news.yaml: translate.glossary: 'conf/terms.tsv': paths in a config are relative "
            "to the config file: there is no conf/conf/terms.tsv, only one in the current folder; "
            "write 'terms.tsv'",
        ]
    given = ["--input", "in/a.md", "--set", "translate.glossary=conf/terms.tsv"]
    do("run", "-c", "conf/news.yaml", *given)
    monkeypatch.chdir(news / "elsewhere")
    lost = do("run", "-c", "../conf/news.yaml", exit_code=2)
    assert "../conf/conf/terms.tsv: no such file" in str(lost.exception)


def test_values_of_the_command_line_are_relative_to_the_current_folder(
    news: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = news / "elsewhere"
    (here / "b.md").write_text(PAGE, encoding="utf-8")
    (here / "own.tsv").write_text("金山区\tKumsan\n", encoding="utf-8")
    monkeypatch.chdir(here)
    options = ["--input", "b.md", "--output", "out", "--set", "translate.glossary=own.tsv"]
    do("run", "-c", "../conf/news.yaml", *options)
    config = manifest(here / "out")["config"]
    assert config["input"]["paths"] == ["b.md"]
    assert config["translate"]["glossary"] == "own.tsv"
    assert not (news / "runs/night").exists()


def test_paths_of_the_command_line_may_have_any_characters(
    news: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(news / "elsewhere")
    Path("𠮷: [😀] #1.md").write_text(PAGE, encoding="utf-8")
    options = ["--input", "𠮷: [😀] #1.md", "--output", "𠮷 {😀}: x"]
    do("run", "-c", "../conf/news.yaml", *options)
    assert (news / "elsewhere/𠮷 {😀}: x/report.md").is_file()


def test_one_memory_serves_every_output(news: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(news / "elsewhere")
    do("run", "-c", "../conf/news.yaml")
    (news / "fix.tsv").write_text("金山区有23个项目。\tJinshan has 23.\n", encoding="utf-8")
    do("memory", "import", "../fix.tsv", "-c", "../conf/news.yaml")
    result = do("run", "-c", "../conf/news.yaml", "--output", "far/away")
    line = "../runs/memory.sqlite: 3 sentences remembered"  # with those that were tried again
    assert f"memory     {line}" in result.stderr
    assert "; 0 sentences translated" in result.stderr
    assert "Jinshan has 23." in (news / "elsewhere/far/away/report.md").read_text(encoding="utf-8")
    assert not (news / "elsewhere/far/memory.sqlite").exists()
    assert manifest(news / "elsewhere/far/away")["memory"] == {
        "path": str(news / "runs/memory.sqlite"),
        "sentences": 3,
    }
    for command in ("plan", "doctor"):
        text = do(command, "-c", "../conf/news.yaml").output
        assert line in text
    # a run folder knows its memory, and follows it when both are moved
    assert " entries" in do("memory", "stats", "-m", "far/away").output
    moved = news / "moved"
    (news / "runs").rename(moved)
    assert f"{moved}/memory.sqlite: " in do("memory", "stats", "-m", moved / "night").output
    assert [entry.en for entry in entries(moved / "memory.sqlite", "editor")] == ["Jinshan has 23."]


def test_a_run_without_a_memory_says_so(news: Path) -> None:
    result = do("run", "-c", news / "conf/news.yaml", "--set", "runtime.memory=off")
    assert "memory     off (runtime.memory)" in result.stderr
    assert manifest(news / "runs/night")["memory"] is None


def test_a_config_shown_holds_what_will_be_used(
    news: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in (news, news / "conf", news / "elsewhere"):
        monkeypatch.chdir(folder)
        shown = yaml.safe_load(do("config", "show", news / "conf/news.yaml").output)
        assert shown["input"]["paths"] == [f"{news}/in/*.md"]
        assert shown["output"] == f"{news}/runs/night"
        assert shown["translate"]["glossary"] == f"{news}/conf/terms.tsv"
        assert shown["runtime"]["memory"] == f"{news}/runs/memory.sqlite"
        assert shown["translate"]["model"]["path"] == "bundled:zh-en"


def test_a_folder_with_signs_of_a_pattern_in_its_name_is_no_pattern(news: Path) -> None:
    odd = news / "night [1] *"
    shutil.copytree(news / "conf", odd / "conf")
    shutil.copytree(news / "in", odd / "in")
    do("run", "-c", odd / "conf/news.yaml")
    assert (odd / "runs/night/report.md").is_file()


def test_a_local_model_is_found_beside_the_config_and_a_hub_name_stays_one(
    news: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(news)
    (news / "conf/models/mine").mkdir(parents=True)
    (news / "weights/yours").mkdir(parents=True)

    def path_of(written: str) -> str:
        text = (news / "conf/news.yaml").read_text(encoding="utf-8")
        other = news / "conf/other.yaml"
        other.write_text(text.replace("bundled:zh-en", written), encoding="utf-8")
        return str(getattr(load_config(Path("conf/other.yaml")).translate.model, "path", None))

    assert path_of("models/mine") == "conf/models/mine"
    assert path_of("./models/none") == "conf/models/none"
    assert path_of("../weights/yours") == "weights/yours"
    assert path_of("/opt/model") == "/opt/model"
    assert path_of("Helsinki-NLP/opus-mt-zh-en") == "Helsinki-NLP/opus-mt-zh-en"
    with pytest.raises(ConfigError, match=r"translate\.model\.path: 'weights/yours': paths in a"):
        path_of("weights/yours")


def test_every_path_of_an_evaluation_is_relative_to_its_config(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    conf = tmp_path / "conf"
    for folder in ("runs/old", "comet", "system"):
        (conf / folder).mkdir(parents=True)
    (conf / "evaluation.yaml").write_text(
        """
output: ../out
cache: counted
spbleu_model: sp.model
sets:
  - {kind: files, name: a, source: zh.txt, references: [en.txt], documents: ids.txt}
  - {kind: jsonl, name: b, path: b.jsonl, source: text}
  - {kind: dataset, name: c, path: org/data}
systems:
  - {kind: file, name: system, path: "{set}.txt"}
  - {kind: run, name: old, path: runs/old}
  - {kind: model, name: m, model: {kind: seq2seq, path: bundled:zh-en}}
trained_metrics:
  comet: {kind: comet, path: comet, encoder: org/encoder}
gate:
  comet: {max_drop: 1, against: system}
  bleu: {max_drop: 1, against: "runs/old"}
  ter: {max_drop: 1, against: "runs/old:m"}
""",
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    values = load_section(Path("conf/evaluation.yaml"), EvaluationConfig).model_dump(mode="json")
    assert values["output"] == "out"
    assert values["cache"] == "conf/counted"
    assert values["spbleu_model"] == "conf/sp.model"
    assert values["runtime"]["memory"] == "memory.sqlite"
    first, second, third = values["sets"]
    assert [first["source"], *first["references"], first["documents"]] == [
        "conf/zh.txt",
        "conf/en.txt",
        "conf/ids.txt",
    ]
    assert (second["path"], second["source"], third["path"]) == ("conf/b.jsonl", "text", "org/data")
    assert [s.get("path") for s in values["systems"]] == ["conf/{set}.txt", "conf/runs/old", None]
    assert values["trained_metrics"]["comet"]["path"] == "conf/comet"
    assert values["trained_metrics"]["comet"]["encoder"] == "org/encoder"
    against = [rule["against"] for rule in values["gate"].values()]
    assert against == ["system", "conf/runs/old", "conf/runs/old:m"]


@pytest.mark.parametrize(
    ("folder", "written", "joined", "base"),
    [
        ("conf", "a/b", "conf/a/b", "conf"),
        ("conf", "../a", "a", "."),
        ("conf", "./a/", "conf/a", "conf"),
        ("conf/deep", "../../../a", "../a", ".."),
        ("/srv/news", "../../../a", "/a", "/"),
        ("..", "../a", "../../a", "../.."),
    ],
)
def test_paths_are_joined_by_their_names(folder: str, written: str, joined: str, base: str) -> None:
    assert join_paths(folder, written) == (joined, base)
