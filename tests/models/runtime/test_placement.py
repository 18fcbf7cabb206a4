"""Device and precision of each model: what is chosen, which key asks, and what an error says."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from models.runtime import device
from tests.shelf import Shelf, call, options, write_config

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return Shelf(tmp_path_factory.mktemp("placement"))


@pytest.fixture
def two_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this machine seem to have two CUDA devices that every backend can use."""
    monkeypatch.setattr(device, "cuda_device_count", lambda: 2)
    monkeypatch.setattr(device, "lacks_cuda", lambda backend: None)


def config_of(folder: Path, shelf: Shelf, **runtime: Any) -> Path:
    """Write the config of a run with a model of every kind of weights."""
    (folder / "page.md").write_text("# 题目\n\n今年上海的经济合作。\n", encoding="utf-8")
    qwen = {"kind": "causal", "path": shelf.path("qwen")}
    values = {
        "input": {"paths": [str(folder / "page.md")]},
        "output": str(folder / "run"),
        "runtime": {"device": "cpu", **runtime},
        "translate": {
            "model": {"kind": "seq2seq", "path": shelf.path("marian")},
            "repair": {"fallback": qwen},
        },
        "summarize": {"model": {"kind": "abstractive", "path": shelf.path("mt5")}},
    }
    return write_config(folder / "config.yaml", values)


def chosen(config: Path, *settings: str) -> list[str]:
    """Return backend, precision and device of each model that a plan names."""
    lines = call("plan", "-c", config, *options(settings)).partition("to make")[2].splitlines()
    found = [line for line in lines if line.startswith(("translate", "summarize"))]
    return [part.partition("(")[2].rstrip(")") for line in found for part in line.split("; ")]


@pytest.mark.usefixtures("two_gpus")
def test_the_shipped_config_for_a_gpu_fits_a_gpu(tmp_path: Path, shelf: Shelf) -> None:
    values = yaml.safe_load((ROOT / "configs/gpu.yaml").read_text(encoding="utf-8"))
    for section, name in (("translate", "marian"), ("summarize", "mt5")):
        del values[section]["model"]["revision"]
        values[section]["model"]["path"] = shelf.path(name, positions=512)
    values["translate"]["glossary"] = None
    values["input"]["paths"] = [str(ROOT / "data/samples")]
    values["output"] = str(tmp_path / "run")
    config = write_config(tmp_path / "gpu.yaml", values)
    assert chosen(config) == ["ctranslate2, float16, cuda:0", "transformers, bfloat16, cuda:0"]
    said = call("doctor", "-c", config)
    assert "precision bfloat16: auto for transformers on cuda" in said
    assert "cannot run" not in said


@pytest.mark.usefixtures("two_gpus")
def test_each_model_has_a_device_and_a_precision(tmp_path: Path, shelf: Shelf) -> None:
    config = config_of(tmp_path, shelf, device="cuda")
    assert chosen(config) == [
        "ctranslate2, float16, cuda:0",
        "transformers, float16, cuda:0",
        "transformers, bfloat16, cuda:0",
    ]
    settings = (
        "translate.model.precision=int8_float16",
        "translate.repair.fallback.device=cuda:1",
        "translate.repair.fallback.precision=bfloat16",
        "summarize.model.device=cpu",
        "summarize.model.precision=float32",
    )
    assert chosen(config, *settings) == [
        "ctranslate2, int8_float16, cuda:0",
        "transformers, bfloat16, cuda:1",
        "transformers, float32, cpu",
    ]
    # what runtime asks for is for the models that ask for nothing
    assert chosen(config, "runtime.precision=float16", "summarize.model.precision=auto") == [
        "ctranslate2, float16, cuda:0",
        "transformers, float16, cuda:0",
        "transformers, bfloat16, cuda:0",
    ]


# settings, and the key, the model and the advice that the one line has
REFUSED = [
    (
        ["runtime.device=cuda", "runtime.precision=float16"],
        "Error: runtime.precision: float16: mt5-64: its family (T5) overflows in that; set "
        "summarize.model.precision to auto or bfloat16 or float32\n",
    ),
    (
        ["runtime.precision=int8"],
        "Error: runtime.precision: int8: qwen-64: transformers on cpu cannot compute in that; "
        "set translate.repair.fallback.precision to auto or float32 or bfloat16\n",
    ),
    (
        ["runtime.precision=bfloat16"],
        "Error: runtime.precision: bfloat16: marian-64: ctranslate2 on cpu cannot compute in that; "
        "set translate.model.precision to auto or int8 or float32\n",
    ),
    (
        ["summarize.model.precision=int8"],
        "Error: summarize.model.precision: int8: mt5-64: transformers on cpu cannot compute in "
        "that; set summarize.model.precision to auto or float32 or bfloat16\n",
    ),
    (
        ["summarize.model.device=cuda:7"],
        "Error: summarize.model.device: cuda:7: found 2 CUDA devices, the last is cuda:1\n",
    ),
    (
        ["translate.model.device=mps"],
        "Error: translate.model.device: mps: ",
    ),
]


@pytest.mark.usefixtures("two_gpus")
@pytest.mark.parametrize(("settings", "line"), REFUSED, ids=str)
def test_an_error_names_the_model_its_key_and_the_remedy(
    tmp_path: Path, shelf: Shelf, settings: list[str], line: str
) -> None:
    config = config_of(tmp_path, shelf)
    said = call("run", "-c", config, *options(settings), ends=1)
    assert line in said.replace(str(Path(shelf.path("mt5")).parent) + "/", "")
    assert "cannot run" in call("doctor", "-c", write_set(config, settings))
    assert not (tmp_path / "run/articles").exists()


def write_set(config: Path, settings: list[str]) -> Path:
    """Write settings into a config: the doctor takes no --set."""
    values = yaml.safe_load(config.read_text(encoding="utf-8"))
    for setting in settings:
        keys, _, value = setting.partition("=")
        *sections, last = keys.split(".")
        here = values
        for section in sections:
            here = here[section]
        here[last] = value
    return write_config(config.with_name("set.yaml"), values)


def test_a_precision_of_its_own_remembers_what_runtime_asked_for(
    tmp_path: Path, shelf: Shelf
) -> None:
    config = config_of(tmp_path, shelf, precision="float32", threads=1)
    call("run", "-c", config, "-q")
    kept = sorted((tmp_path / "run").glob("*/*.jsonl"))
    settings = (
        "runtime.precision=auto",
        "translate.model.precision=float32",
        "translate.model.device=cpu",
        "translate.repair.fallback.device=cpu",
    )
    lines = call("plan", "-c", config, *options(settings)).partition("to make")[2].splitlines()
    assert [line.split()[3] for line in lines[1:]] == ["0"] * 4
    assert sorted((tmp_path / "run").glob("*/*.jsonl")) == kept
