"""Whole runs of the command line through a server in a process of its own."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pipeline.cli import cli
from tests.runs import ServerBench
from tests.servers import serving

ANSWERS = ["An answer", "An answer.", "An answer."]  # a headline has no stop


@pytest.mark.parametrize("scheme", ["http", "HTTP"])
@pytest.mark.parametrize("runtime", [{}, {"batch_tokens": 512}, {"threads": 2}], ids=str)
def test_a_server_translates_a_whole_run(
    bench: ServerBench, scheme: str, runtime: dict[str, Any]
) -> None:
    address = bench.server.base_url.replace("http", scheme, 1)
    sections = {
        "translate": {"model": bench.model(base_url=address), "repair": {"enabled": False}},
        "runtime": {"device": "cpu", "cache": str(bench.folder / "cache")} | runtime,
    }
    for command, says in [("plan", f"tiny (endpoint, {address})"), ("doctor", f"server {address}")]:
        result = bench.call(command, **sections)
        assert result.exit_code == 0
        assert says in result.stdout
    assert bench.call("run", **sections).exit_code == 0
    assert [sentence["text"] for sentence in bench.sentences()] == ANSWERS
    assert (bench.output / "report.html").exists()


@pytest.mark.parametrize("role", ["fallback", "summarizer", "all"])
def test_a_server_serves_in_every_place_of_a_run(bench: ServerBench, role: str) -> None:
    local = {"kind": "seq2seq", "path": "bundled:zh-en"}
    glossary = bench.folder / "glossary.tsv"
    glossary.write_text("zh\ten\n秩序\tzebra\n", encoding="utf-8")
    bench.server.meets({"match": "秩序", "times": -1, "fault": "say", "text": "A calm zebra."})
    translate: dict[str, Any] = {"model": local, "glossary": str(glossary)}
    summarize: dict[str, Any] = {"model": {"kind": "extractive", "sentences": 1}}
    if role in ("fallback", "all"):
        translate["repair"] = {"enabled": True, "fallback": bench.model(), "rungs": ["fallback"]}
    if role in ("summarizer", "all"):
        summarize["model"] = bench.model()
    if role == "all":
        translate["model"] = bench.model()
    for command in ("plan", "doctor", "run"):
        assert bench.call(command, translate=translate, summarize=summarize).exit_code == 0
    assert len(bench.sentences()) == 3
    assert not (bench.output / "failures.jsonl").exists()
    assert bench.server.requests
    assert role == "summarizer" or bench.sentences()[2]["text"] == "A calm zebra."


def test_the_shipped_config_runs(bench: ServerBench, monkeypatch: pytest.MonkeyPatch) -> None:
    root = Path(__file__).parents[2]
    monkeypatch.chdir(root)
    settings = [
        f"output={bench.output}",
        f"translate.model.base_url={bench.server.base_url}",
        "translate.model.model=tiny",
        f"runtime.cache={bench.folder / 'cache'}",
        "runtime.device=cpu",
        f"input.paths=[{bench.folder / 'input'}]",
    ]
    arguments = ["run", "--config", "configs/endpoint.yaml"]
    for setting in settings:
        arguments += ["--set", setting]
    result = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    assert len(bench.sentences()) == 3


def test_a_server_over_https_works_alike(
    bench: ServerBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    certificate = bench.folder / "certificate.pem"
    make = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
        "-subj /CN=test -addext subjectAltName=IP:127.0.0.1 -out public.pem -keyout"
    )
    subprocess.run(
        [*make.split(), str(certificate)], cwd=bench.folder, check=True, capture_output=True
    )
    public = (bench.folder / "public.pem").read_text(encoding="utf-8")
    certificate.write_text(certificate.read_text(encoding="utf-8") + public, encoding="utf-8")
    with serving(certificate=certificate) as secure:
        model = {"model": bench.model(base_url=secure.base_url)}
        assert "certificate verify failed" in bench.error("run", translate=model)
        monkeypatch.setenv("SSL_CERT_FILE", str(bench.folder / "public.pem"))
        for command in ("plan", "doctor", "run"):
            result = bench.call(command, translate=model)
            assert result.exit_code == 0
            assert secure.base_url in result.output
    assert [sentence["text"] for sentence in bench.sentences()] == ANSWERS


@pytest.mark.parametrize("kind", ["endpoint", "seq2seq"])
@pytest.mark.parametrize("repairs", [False, True])
def test_a_cell_that_is_a_term_has_the_english_of_the_glossary_and_follows_it(
    bench: ServerBench, kind: str, repairs: bool
) -> None:
    local = {"kind": "seq2seq", "path": "bundled:zh-en"}
    bench.add("a.md", "# 比赛\n\n| 名次 | 合计 |\n|---|---|\n| 1 | 20 |\n")
    glossary = bench.folder / "glossary.tsv"
    for english in ("Placing", "Standing"):
        glossary.write_text(f"zh\ten\n名次\t{english}\n", encoding="utf-8")
        translate = {
            "model": bench.model() if kind == "endpoint" else local,
            "glossary": str(glossary),
            "repair": {"enabled": repairs},
        }
        result = bench.call("run", translate=translate)
        assert result.exit_code == 0
        assert f"| {english} | Total |" in [sentence["text"] for sentence in bench.sentences()]
