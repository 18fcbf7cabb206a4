"""Every kind of model and every shipped config in whole runs of the command line.

The kinds come from the unions of the specs and the configs from their folders, so that a new one
without a row here fails a test. All models are miniatures, on a CPU.
"""

import json
import shutil
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from models.runtime.precision import PRECISIONS
from models.specs import (
    EstimatorSpec,
    JudgeSpec,
    LanguageJudgeSpec,
    ScorerSpec,
    SummarizerSpec,
    TrainedMetricSpec,
    TranslatorSpec,
)
from models.weights.architecture import read_architecture
from models.weights.families import CONVERTED
from pipeline.config.sections import ChooseSection, Config
from pipeline.evaluate.config import SystemSpec
from pipeline.run.starter import make_starter
from tests import checkpoints
from tests.servers import ChatServer
from tests.shelf import LICENCE, Shelf, call, options, write_config

ROOT = Path(__file__).parents[2]
PAGE = "# 今年上海的经济合作\n\n记者在北京采访，人民日报说：发展是目标。医疗资源更多了。\n"
SHORT_PAGE = "# 今年上海的经济合作\n\n医疗资源更多了。\n"
SENTENCES = 2
SHORT = {"max_target_tokens": 8}
SERVED = "a server"

Values = dict[str, Any]


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return Shelf(tmp_path_factory.mktemp("shelf"))


@pytest.fixture
def bench(tmp_path: Path, shelf: Shelf, chat_server: ChatServer) -> "Bench":
    return Bench(tmp_path, shelf, chat_server)


class Bench:
    """A folder with a page, configs over it, and what their runs write."""

    def __init__(self, folder: Path, shelf: Shelf, server: ChatServer) -> None:
        self.folder, self.shelf, self.server = folder, shelf, server
        (folder / "page.md").write_text(PAGE, encoding="utf-8")

    def model(self, values: Values) -> Values:
        """Return a spec with the names of miniatures replaced by their places."""
        places = {key: self.shelf.path(values[key]) for key in ("path",) if key in values}
        served = {"base_url": self.server.base_url} if values.get("base_url") == SERVED else {}
        inner = values.get("model")
        judge = {"model": self.model(inner)} if isinstance(inner, dict) else {}
        return values | places | served | judge

    def config(self, **sections: Values) -> Path:
        values: Values = {
            "input": {"paths": [str(self.folder / "page.md")]},
            "output": str(self.folder / "run"),
            "runtime": {"device": "cpu", "threads": 1},
            "translate": {"model": self.model(MARIAN), "repair": {"enabled": False}},
            "summarize": {"model": {"kind": "extractive", "sentences": 1}},
            "score": {"bootstrap_samples": 0},
        }
        return write_config(self.folder / "config.yaml", values | sections)

    def runs(self, config: Path, *settings: str) -> Values:
        """Plan, ask the doctor, run and plan again; return the manifest after looking at it."""
        more = options(settings)
        assert call("plan", "-c", config, *more)
        run = call("run", "-c", config, *more)
        manifest = self.manifest(Path(run.splitlines()[0]).parent)
        said = call("doctor", "-c", config) if not settings else ""
        plan = call("plan", "-c", config, *more)
        assert "cannot run" not in said
        rows = plan.partition("to make")[2].splitlines()[1:]
        assert [row.split()[3] for row in rows] == ["0"] * 4, plan
        for models in manifest["models"].values():
            for model in models:
                assert model["name"] in plan
                assert settings or model["name"] in said
                local = model["backend"] not in ("none", "endpoint")
                assert not local or model["licence"], model
        return manifest

    def manifest(self, output: Path) -> Values:
        """Return the manifest of a run, which must have a row for every article and sentence."""
        manifest: Values = json.loads((output / "manifest.json").read_text(encoding="utf-8"))
        assert (manifest["status"], manifest["exit_code"]) == ("done", 0)
        assert not (output / "failures.jsonl").exists()
        articles = rows(output, manifest, "articles")
        ids = [s["id"] for article in articles for b in article["blocks"] for s in b["sentences"]]
        translations = rows(output, manifest, "translations")
        assert [s["id"] for row in translations for s in row["sentences"]] == ids
        assert len(ids) >= SENTENCES
        assert len(rows(output, manifest, "summaries")) == len(articles)
        assert len(rows(output, manifest, "scores")) == len(articles)
        return manifest


def rows(output: Path, manifest: Values, table: str) -> list[Values]:
    found = []
    for key in manifest["tables"][table]:
        [path] = [p for p in (output / table).glob(f"{key}*") if "failures" not in p.name]
        found += [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return found


def kinds(union: Any) -> set[str]:
    """Return the kinds of a union of specs, or that of the one spec there is."""
    members = get_args(get_args(union)[0]) if get_args(union) else (union,)
    return {kind_of(member) for member in members}


def kind_of(spec: Any) -> str:
    return str(get_args(spec.model_fields["kind"].annotation)[0])


MARIAN = {"kind": "seq2seq", "path": "marian", "beams": 2, **SHORT}
QWEN = {"kind": "causal", "path": "qwen", **SHORT}
SERVER = {"kind": "endpoint", "base_url": SERVED, "model": "tiny", "retries": 0}
SUMMARY_SERVER = SERVER
ON_CPU = [
    (backend, precision)
    for (backend, device), able in PRECISIONS.items()
    if device == "cpu"
    for precision in able
]
"""What every backend can do on a CPU."""

TRANSLATORS: list[Values] = [
    *(
        {"kind": "seq2seq", "path": family, "backend": backend, "precision": precision, **SHORT}
        for family in (*checkpoints.TRANSLATORS, "madlad")
        for backend, precision in ON_CPU
    ),
    *(
        QWEN | {"precision": precision, **more}
        for backend, precision in ON_CPU
        if backend == "transformers"
        for more in ({}, {"context_sentences": 2}, {"preset": "plain"})
    ),
    SERVER,
    SERVER | {"context_sentences": 2},
]
FALLBACKS: list[Values] = [MARIAN | {"path": "nllb"}, QWEN, SERVER]
SUMMARIZERS: list[Values] = [
    {"kind": "extractive", "method": "lexrank"},
    {"kind": "extractive", "method": "textrank"},
    *(
        {"kind": "abstractive", "path": family, "precision": precision, "beams": 1, **SHORT}
        for family in ("marian", "bart", "pegasus", "t5", "mt5")
        for backend, precision in ON_CPU
        if backend == "transformers"
    ),
    {"kind": "abstractive", "architecture": "causal", "path": "qwen", "prompt": "{text}", **SHORT},
    SUMMARY_SERVER,
]
CHOICES: list[Values] = [
    {"by": "first"},
    {"by": "consensus", "of": 2},
    {"by": "consensus", "of": 2, "among": "draws"},
    {"by": "estimator", "of": 2, "estimator": MARIAN},
    {"by": "estimator", "of": 2, "estimator": {"kind": "comet", "path": "cometkiwi"}},
    {
        "by": "estimator",
        "of": 2,
        "estimator": {"kind": "comet", "path": "xcomet", "reference_free": True},
    },
    {
        "by": "estimator",
        "of": 2,
        "estimator": {"kind": "metricx", "path": "metricx", "version": 24, "reference_free": True},
    },
]
ESTIMATORS: list[Values] = [{"kind": "confidence"}, {"kind": "confidence", "calibration": "off"}]
BERTSCORE = {"kind": "bertscore", "path": "encoder", "layer": 1}
TRAINED: dict[str, Values] = {
    "comet": {"kind": "comet", "path": "comet"},
    "kiwi": {"kind": "comet", "path": "cometkiwi"},
    "xcomet": {"kind": "comet", "path": "xcomet", "precision": "bfloat16"},
    "metricx": {"kind": "metricx", "path": "metricx", "version": 24, "device": "cpu"},
    "bertscore": BERTSCORE,
    "judge": {"kind": "judge", "model": QWEN, "retries": 0},
    "served": {"kind": "judge", "model": SERVER, "retries": 0},
    "sure": {"kind": "confidence", "model": MARIAN},
    "half": {
        "kind": "confidence",
        "model": MARIAN | {"backend": "transformers", "precision": "bfloat16"},
    },
}
SYSTEMS: dict[str, Values] = {
    "a file": {"kind": "file", "path": "en.txt"},
    "a run": {"kind": "run", "path": "run"},
    "seq2seq": {"kind": "model", "model": MARIAN},
    "causal": {"kind": "model", "model": QWEN},
    "endpoint": {"kind": "model", "model": SERVER},
}


@pytest.mark.parametrize(
    ("union", "covered"),
    [
        (TranslatorSpec, {row["kind"] for row in TRANSLATORS}),
        (TranslatorSpec, {row["kind"] for row in FALLBACKS}),
        (TranslatorSpec, {row["model"]["kind"] for row in SYSTEMS.values() if "model" in row}),
        (SummarizerSpec, {row["kind"] for row in SUMMARIZERS}),
        (EstimatorSpec, {row["kind"] for row in ESTIMATORS}),
        (JudgeSpec, {row["estimator"]["kind"] for row in CHOICES if "estimator" in row}),
        (TrainedMetricSpec, {row["kind"] for row in TRAINED.values()}),
        (ScorerSpec, {row["kind"] for row in TRAINED.values()} - {"confidence"}),
        (SystemSpec, {row["kind"] for row in SYSTEMS.values()} | {"summarizer"}),
    ],
    ids="translator fallback system-model summarizer estimator choice metric scorer system".split(),
)
def test_every_kind_has_a_whole_run(union: Any, covered: set[str]) -> None:
    assert kinds(union) == covered


def test_every_choice_judge_family_and_backend_has_a_whole_run(shelf: Shelf) -> None:
    fields = ChooseSection.model_fields
    for name in ("by", "among"):
        covered = {row.get(name, fields[name].default) for row in CHOICES}
        assert set(get_args(fields[name].annotation)) == covered
    judges = {row["model"]["kind"] for row in TRAINED.values() if row["kind"] == "judge"}
    members = get_args(LanguageJudgeSpec.model_fields["model"].annotation)
    assert {kind_of(member) for member in members} == judges
    families = {row["path"] for row in TRANSLATORS if row["kind"] == "seq2seq"}
    assert {read_architecture(Path(shelf.path(name))).model_type for name in families} >= CONVERTED


@pytest.mark.parametrize("model", TRANSLATORS, ids=lambda row: "-".join(map(str, row.values())))
def test_a_translator_in_a_whole_run(bench: Bench, model: Values) -> None:
    section = {"model": bench.model(model), "repair": {"enabled": False}}
    config = bench.config(translate=section)
    backend, precision = model.get("backend"), model.get("precision")
    [found] = bench.runs(config)["models"]["translate"]
    assert precision in (None, found["precision"])
    assert backend in (None, found["backend"])
    assert model["kind"] == "endpoint" or found["licence"].lower() == LICENCE


@pytest.mark.parametrize("fallback", FALLBACKS, ids=lambda row: row["kind"])
def test_a_fallback_in_a_whole_run(bench: Bench, fallback: Values) -> None:
    glossary = bench.folder / "glossary.tsv"
    glossary.write_text("zh\ten\n记者\tzebra\n", encoding="utf-8")
    repair = {"fallback": bench.model(fallback), "rungs": ["fallback"], "least_confidence": 0}
    section = {"model": bench.model(MARIAN), "repair": repair, "glossary": str(glossary)}
    first, second = bench.runs(bench.config(translate=section))["models"]["translate"]
    assert (first["name"], second["name"]) != (second["name"], first["name"])
    page = (bench.folder / "run/report.html").read_text(encoding="utf-8")
    assert second["name"].rpartition("/")[2] in page
    assert fallback["kind"] != "endpoint" or bench.server.requests


@pytest.mark.parametrize("place", ["model", "english_model"])
@pytest.mark.parametrize("model", SUMMARIZERS, ids=lambda row: "-".join(map(str, row.values())))
def test_a_summarizer_in_a_whole_run(bench: Bench, model: Values, place: str) -> None:
    section = {"model": {"kind": "extractive"}, place: bench.model(model)}
    manifest = bench.runs(bench.config(summarize=section))
    assert len(manifest["models"]["summarize"]) == len(section)
    [summary, *_] = rows(bench.folder / "run", manifest, "summaries")
    assert summary["zh"]
    assert model["kind"] != "endpoint" or bench.server.requests


CHOSEN_FROM = [MARIAN, MARIAN | {"backend": "transformers"}, QWEN, SERVER]
# An estimator sees texts only, whoever wrote them.
CHOSEN = [
    (model, choose)
    for choose in CHOICES
    for model in CHOSEN_FROM
    if "estimator" not in choose or model is MARIAN
]


@pytest.mark.parametrize(("model", "choose"), CHOSEN, ids=str)
def test_a_choice_in_a_whole_run(bench: Bench, model: Values, choose: Values) -> None:
    if "estimator" in choose:
        choose = choose | {"estimator": bench.model(choose["estimator"])}
    section = {"model": bench.model(model), "choose": choose, "repair": {"enabled": False}}
    config = bench.config(translate=section)
    if choose.get("among") == "draws" and model in (MARIAN, SERVER):
        said = call("run", "-c", config, ends=1)
        assert "set among: beam" in said or "or among: beam" in said
        assert ("translate.model.backend" in said) == (model["kind"] == "seq2seq")
        return
    found = bench.runs(config)["models"]["translate"]
    assert len(found) == 1 + ("estimator" in choose)


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=str)
def test_an_estimator_in_a_whole_run(bench: Bench, estimator: Values) -> None:
    bench.runs(bench.config(score={"bootstrap_samples": 0, "estimator": estimator}))


def test_the_model_that_scores_summaries_is_named_with_its_licence(bench: Bench) -> None:
    config = bench.config(
        score={"bootstrap_samples": 0, "summary_bertscore": bench.model(BERTSCORE)}
    )
    [found] = bench.runs(config)["models"]["score"]
    assert found["licence"].lower() == LICENCE
    assert found["name"] in (bench.folder / "run/report.html").read_text(encoding="utf-8")


def test_every_metric_and_system_in_a_whole_evaluation(bench: Bench) -> None:
    text = ["今年上海的经济合作。", "记者在北京采访。"]
    (bench.folder / "zh.txt").write_text("\n".join(text) + "\n", encoding="utf-8")
    (bench.folder / "en.txt").write_text("The city grows.\nThe report says.\n", encoding="utf-8")
    (bench.folder / "page.md").write_text("# 题目\n\n" + "".join(text) + "\n", encoding="utf-8")
    call("run", "-c", bench.config(), "-q")
    systems = []
    for name, row in SYSTEMS.items():
        place = {"path": str(bench.folder / row["path"])} if "path" in row else {}
        systems.append(
            {"name": name} | bench.model({k: v for k, v in row.items() if k != "path"}) | place
        )
    values = {
        "output": str(bench.folder / "evaluation"),
        "sets": [
            {
                "kind": "files",
                "name": "news",
                "source": str(bench.folder / "zh.txt"),
                "references": [str(bench.folder / "en.txt")],
            }
        ],
        "systems": systems,
        "trained_metrics": {name: bench.model(row) for name, row in TRAINED.items()},
        "metrics": ["chrf++"],
        "bootstrap_samples": 0,
        "trials": 100,
        "runtime": {"device": "cpu", "threads": 1},
    }
    config = write_config(bench.folder / "evaluate.yaml", values)
    doctor = call("doctor", "-c", config)
    assert "cannot run" not in doctor
    for name in (*SYSTEMS, *TRAINED):
        assert f"{name}: " in doctor
    call("evaluate", "-c", config, "-q")
    found = json.loads((bench.folder / "evaluation/evaluation.json").read_text(encoding="utf-8"))
    [news] = found["sets"]
    assert [each["name"] for each in news["systems"]] == list(SYSTEMS)
    for system in news["systems"]:
        assert [each["metric"] for each in system["metrics"]] == ["chrf++", *TRAINED]


# The miniature that stands for each model of a hub.
MINIATURES = {
    "Helsinki-NLP/opus-mt-zh-en": "marian",
    "csebuetnlp/mT5_multilingual_XLSum": "mt5",
    "facebook/nllb-200-distilled-600M": "nllb",
    "Qwen/Qwen3-4B-Instruct-2507": "qwen",
}
SHIPPED = sorted(path.name for path in (ROOT / "configs").glob("*.yaml"))


def on_miniatures(values: Any, bench: Bench) -> Any:
    """Return the values of a shipped config with miniatures, a test's server, and cpu for cuda."""
    if isinstance(values, list):
        return [on_miniatures(each, bench) for each in values]
    if not isinstance(values, dict):
        return "cpu" if isinstance(values, str) and values.startswith("cuda") else values
    changed = {key: on_miniatures(value, bench) for key, value in values.items()}
    if "revision" in changed:
        del changed["revision"]
        changed["path"] = bench.shelf.path(MINIATURES[changed["path"]], positions=512)
    if "base_url" in changed:
        changed |= {"base_url": bench.server.base_url, "model": "tiny"}
    return changed


@pytest.mark.parametrize("name", [*SHIPPED, "the starter's"])
def test_a_shipped_config_in_a_whole_run(bench: Bench, name: str) -> None:
    if name == "the starter's":
        path = bench.folder / "starter/config.yaml"
        make_starter(path.parent)
    else:
        for part in ("configs", "data"):
            shutil.copytree(ROOT / part, bench.folder / part)
        path = bench.folder / "configs" / name
    shipped = path.with_name("shipped.yaml")
    values = on_miniatures(yaml.safe_load(path.read_text(encoding="utf-8")), bench)
    values["output"] = str(bench.folder / "out/run")
    if "sets" in values:
        rows = path.parent / values["sets"][0]["path"]
        few = rows.read_text(encoding="utf-8").splitlines()[:3]
        values["sets"][0]["path"] = str(bench.folder / "few.jsonl")
        (bench.folder / "few.jsonl").write_text("\n".join(few), encoding="utf-8")
        config = write_config(shipped, values)
        assert "cannot run" not in call("doctor", "-c", config)
        call("evaluate", "-c", config, "-q")
        assert (bench.folder / "out/run/evaluation.html").exists()
        return
    values["input"]["paths"] = [str(bench.folder / "page.md")]
    (bench.folder / "page.md").write_text(SHORT_PAGE, encoding="utf-8")
    manifest = bench.runs(write_config(shipped, values))
    wanted = Config.model_validate(values)
    fallback = wanted.translate.repair.enabled and wanted.translate.repair.fallback is not None
    assert len(manifest["models"]["translate"]) == 1 + fallback
