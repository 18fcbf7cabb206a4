"""Every key that only evaluations have changes what `pipeline evaluate` says or writes."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.config.sections import Config
from pipeline.evaluate.config import EvaluationConfig
from tests.commandline import call
from tests.config.test_effects import leaves
from tests.evaluations import sentences, small_set, worsened, write_files

ENGLISH = sentences(12)
CHINESE = [segment.source for segment in small_set(ENGLISH).segments]
TMX = "<tmx version='1.4'><header srclang='zh'/><body>{}</body></tmx>"
UNIT = (
    "<tu><tuv xml:lang='zh'><seg>{0}</seg></tuv><tuv xml:lang='zh-Hant'><seg>{0}</seg></tuv>"
    "<tuv xml:lang='en'><seg>{1}</seg></tuv><tuv xml:lang='fr'><seg>Oui.</seg></tuv></tu>"
)
FILES = {"kind": "files", "name": "news", "source": "zh.txt", "references": ["en.txt"]}
ROWS = {"kind": "jsonl", "name": "news", "path": "rows.jsonl", "references": ["en"]}
DATASET = {"kind": "dataset", "name": "news", "path": "data", "source": "text"}
SETS: dict[str, dict[str, Any]] = {
    "files": FILES,
    "jsonl": ROWS,
    "tmx": {"kind": "tmx", "name": "news", "path": "units.tmx"},
    "sacrebleu": {"kind": "sacrebleu", "name": "news", "id": "wmt17"},
    "dataset": {**DATASET, "split": "train"},
    "flores": {"kind": "flores", "name": "news", "path": "flores"},
}
HUMAN = {"path": "human.tsv"}
TWO_REFERENCES = {"set.references": ["en.txt", "b.txt"]}
RUN = {"kind": "run", "name": "b", "path": "no-run"}
MODEL = {"kind": "model", "name": "b", "model": {"kind": "endpoint", "base_url": "x", "model": "x"}}
SUMMARIZER = {"kind": "summarizer", "name": "b", "model": {"kind": "extractive"}}
JUDGE = {"kind": "judge", "model": {"kind": "causal", "path": "no-model"}}

# the set, and what is changed: a key of the whole, of the set (`set.…`) or of the second system
KEYS: dict[str, tuple[str, dict[str, Any]]] = {
    "EvaluationConfig.output": ("files", {"output": "other"}),
    "EvaluationConfig.title": ("files", {"title": "Another"}),
    "EvaluationConfig.metrics": ("files", {"metrics": ["chrf", "ter"]}),
    "EvaluationConfig.spbleu_model": (
        "files",
        {"metrics": ["chrf", "spbleu"], "spbleu_model": "no-file"},
    ),
    "EvaluationConfig.bootstrap_samples": ("files", {"bootstrap_samples": 0}),
    "EvaluationConfig.test": ("files", {"test": "bootstrap"}),
    "EvaluationConfig.trials": ("files", {"trials": 333}),
    "EvaluationConfig.significance": ("files", {"significance": 0.999}),
    "EvaluationConfig.cache": ("files", {"cache": "counts"}),
    "EvaluationConfig.campaign": ("files", {"campaign": "no-campaign"}),
    "EvaluationConfig.score_references": ("files", {"score_references": True, **TWO_REFERENCES}),
    "HumanSpec.path": ("files", {"human": {"h": HUMAN}}),
    "HumanSpec.key": ("files", {"human": {"h": {"path": "items.tsv", "key": "no-key"}}}),
    "HumanSpec.set": ("files", {"human": {"h": HUMAN}}),
    "HumanSpec.columns": ("files", {"human": {"h": HUMAN | {"columns": {"score": "other"}}}}),
    "HumanSpec.lower_is_better": ("files", {"human": {"h": HUMAN | {"lower_is_better": True}}}),
    "FilesSet.labels": ("files", {"set.labels": {"part": "documents.txt"}}),
    "JsonlSet.labels": ("jsonl", {"set.labels": ["page"]}),
    "DatasetSet.labels": ("dataset", {"set.labels": ["page"]}),
    "FloresSet.kind": ("flores", {"set.kind": "flore"}),
    "FloresSet.name": ("flores", {"set.name": "sport"}),
    "FloresSet.path": ("flores", {"set.path": "no-folder"}),
    "FloresSet.split": ("flores", {"set.split": "dev"}),
    "FloresSet.source": ("flores", {"set.source": "zho_Hans"}),
    "FloresSet.target": ("flores", {"set.target": "fra_Latn"}),
    "FilesSet.kind": ("files", {"set.kind": "file"}),
    "FilesSet.name": ("files", {"set.name": "sport"}),
    "FilesSet.source": ("files", {"set.source": "other.txt"}),
    "FilesSet.references": ("files", {"set.references": ["a.txt"]}),
    "FilesSet.documents": ("files", {"set.documents": "documents.txt"}),
    "JsonlSet.kind": ("jsonl", {"set.kind": "json"}),
    "JsonlSet.name": ("jsonl", {"set.name": "sport"}),
    "JsonlSet.path": ("jsonl", {"set.path": "no-file"}),
    "JsonlSet.source": ("jsonl", {"set.source": "en"}),
    "JsonlSet.references": ("jsonl", {"set.references": ["text"]}),
    "JsonlSet.id": ("jsonl", {"set.id": "number"}),
    "JsonlSet.document": ("jsonl", {"set.document": "page"}),
    "TmxSet.kind": ("tmx", {"set.kind": "xml"}),
    "TmxSet.name": ("tmx", {"set.name": "sport"}),
    "TmxSet.path": ("tmx", {"set.path": "no-file"}),
    "TmxSet.source_language": ("tmx", {"set.source_language": "fr"}),
    "TmxSet.target_language": ("tmx", {"set.target_language": "fr"}),
    "SacrebleuSet.kind": ("sacrebleu", {"set.kind": "bleu"}),
    "SacrebleuSet.name": ("sacrebleu", {"set.name": "sport"}),
    "SacrebleuSet.id": ("sacrebleu", {"set.id": "wmt0"}),
    "SacrebleuSet.languages": ("sacrebleu", {"set.languages": "zh-xx"}),
    "DatasetSet.kind": ("dataset", {"set.kind": "data"}),
    "DatasetSet.name": ("dataset", {"set.name": "sport"}),
    "DatasetSet.path": ("dataset", {"set.path": "./no-data"}),
    "DatasetSet.configuration": ("dataset", {"set.configuration": "other"}),
    "DatasetSet.split": ("dataset", {"set.split": "test"}),
    "DatasetSet.source": ("dataset", {"set.source": "en"}),
    "DatasetSet.references": ("dataset", {"set.references": ["text"]}),
    "DatasetSet.document": ("dataset", {"set.document": "page"}),
    "FileOutput.kind": ("files", {"system.kind": "text"}),
    "FileOutput.name": ("files", {"system.name": "c"}),
    "FileOutput.path": ("files", {"system.path": "en.txt"}),
    "RunOutput.kind": ("files", {"system": RUN}),
    "RunOutput.name": ("files", {"system": RUN | {"name": "c"}}),
    "RunOutput.path": ("files", {"system": RUN | {"path": "another"}}),
    "ModelOutput.kind": ("files", {"system": MODEL}),
    "ModelOutput.name": ("files", {"system": MODEL | {"name": "a"}}),
    "EvaluationConfig.task": ("files", {"task": "summary"}),
    "SummarizerOutput.kind": ("files", {"system": SUMMARIZER}),
    "SummarizerOutput.name": ("files", {"system": SUMMARIZER | {"name": "a"}}),
    "GivenConfidenceSpec.kind": (
        "files",
        {"trained_metrics": {"g": {"kind": "confidence", "model": {"kind": "seq2seq"}}}},
    ),
    "MachineSection.device": ("files", {"runtime.device": "tpu"}),
    "MachineSection.precision": ("files", {"runtime.precision": "float8"}),
    "MachineSection.batch_tokens": ("files", {"runtime.batch_tokens": 0}),
    "MachineSection.threads": ("files", {"runtime.threads": 0}),
}
ELSEWHERE = {
    "EvaluationConfig.campaign_reference": "tests/evaluate/test_campaign.py",
    "EvaluationConfig.languages": "tests/evaluate/test_campaign.py",
    "EvaluationConfig.skip_unreferenced": "tests/evaluate/test_campaign.py",
    "DatasetSet.revision": "which commit of a hub id; a local folder has none",
    "GivenConfidenceSpec.scale": "tests/evaluate/test_forced_confidence.py",
    "MachineSection.offline": "whether the network may be used; tests/input/test_hub_datasets.py",
    "MachineSection.memory": "where translations are remembered; scores are the same",
    "MachineSection.cache": "where models and conversions are; scores are the same",
}


def test_every_key_of_an_evaluation_has_a_row() -> None:
    shared = set(leaves(Config, set()))
    own = [key for key in leaves(EvaluationConfig, set()) if key not in shared]
    assert sorted(own) == sorted([*KEYS, *ELSEWHERE])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path / "cache")
    other = [line.replace("金山", "上海") for line in CHINESE]
    documents = ["one"] * 6 + ["two"] * 6
    write_files(tmp_path, zh=CHINESE, other=other, en=ENGLISH, documents=documents)
    write_files(tmp_path, a=worsened(ENGLISH, 0.3), b=worsened(ENGLISH, 0.6, seed=3))
    rows = [
        {"text": zh, "en": en, "number": at, "page": at // 4}
        for at, (zh, en) in enumerate(zip(CHINESE, ENGLISH, strict=True))
    ]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (tmp_path / "rows.jsonl").write_text(lines, encoding="utf-8")
    (tmp_path / "data").mkdir()
    (tmp_path / "data/train.jsonl").write_text(lines, encoding="utf-8")
    for code, column in (("cmn_Hans", "text"), ("eng_Latn", "en")):
        (tmp_path / "flores/devtest").mkdir(parents=True, exist_ok=True)
        text = "".join(json.dumps({"text": row[column]}) + "\n" for row in rows)
        (tmp_path / f"flores/devtest/{code}.jsonl").write_text(text, encoding="utf-8")
    marks = [f"{name}\t{at + 1}\t{at % 4}\t{-at}" for name in "ab" for at in range(12)]
    text = "\n".join(["system\tseg_id\tscore\tother", *marks])
    (tmp_path / "human.tsv").write_text(text, encoding="utf-8")
    (tmp_path / "items.tsv").write_text("item\tscore\n1\t1\n", encoding="utf-8")
    units = "".join(UNIT.format(*pair) for pair in zip(CHINESE, ENGLISH, strict=True))
    (tmp_path / "units.tmx").write_text(TMX.format(units), encoding="utf-8")
    return tmp_path


def said_and_written(folder: Path, kind: str, changes: dict[str, Any]) -> list[str]:
    """Return what an evaluation says, and the files that it writes."""
    values: dict[str, Any] = {
        "output": "out",
        "sets": [dict(SETS[kind])],
        "systems": [{"kind": "file", "name": name, "path": f"{name}.txt"} for name in "ab"],
        "metrics": ["chrf"],
        "bootstrap_samples": 200,
        "trials": 200,
        "runtime": {"device": "cpu"},
    }
    places = {"set": values["sets"][0], "system": values["systems"][1]}
    for key, value in changes.items():
        place, _, name = key.rpartition(".")
        if key == "system":
            values["systems"][1] = value
        else:
            (places | {"": values, "runtime": values["runtime"]})[place][name] = value
    (folder / "config.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    answer = call("evaluate", "--quiet", "--config", "config.yaml")
    written = [
        f"{path.relative_to(folder)} {path.read_text(encoding='utf-8')}"
        for place in ("out", "other", "counts")
        for path in sorted((folder / place).rglob("*.json*"))
    ]
    return [str(answer.code), answer.text, answer.messages, *written]


@pytest.mark.parametrize("key", KEYS)
def test_a_key_of_an_evaluation_has_an_effect(folder: Path, key: str) -> None:
    kind, changes = KEYS[key]
    said_and_written(folder, kind, {})
    before = said_and_written(folder, kind, {})
    assert before == said_and_written(folder, kind, {})
    assert said_and_written(folder, kind, changes) != before
