"""The vLLM backend against a stand-in with the parts of its interface that are used."""

import importlib.util
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from models.causal import load_answerer
from models.device import Device
from models.errors import WeightsError
from models.load import resolve_translator
from models.prompted import CausalSpec
from models.prompting import prompt_translator
from models.protocols import Search
from tests.checkpoints import make_qwen

CUDA = Device("cuda:0", "a test")


@dataclass
class Completion:
    token_ids: tuple[int, ...]
    cumulative_logprob: float | None
    finish_reason: str


@dataclass
class Output:
    outputs: list[Completion]


class SamplingParams:
    """Takes what vLLM's takes, and nothing else."""

    NAMES = frozenset(
        "n temperature top_p top_k repetition_penalty seed max_tokens stop_token_ids logprobs "
        "detokenize".split()
    )

    def __init__(self, **settings: Any) -> None:
        assert set(settings) == self.NAMES
        self.settings = settings


class LLM:
    """Answers a prompt with its length in letters, warm ones with their number."""

    def __init__(self, **settings: Any) -> None:
        assert Path(settings["model"]).is_dir()
        self.settings = settings

    def generate(
        self, prompts: list[dict[str, list[int]]], parameters: SamplingParams, use_tqdm: bool
    ) -> list[Output]:
        assert not use_tqdm
        own = parameters.settings
        found = []
        for prompt in prompts:
            letter = 65 - 32 + len(prompt["prompt_token_ids"]) % 26
            rows = []
            for number in range(own["n"]):
                ids = (letter, letter + number, own["stop_token_ids"][0])
                known = -1.5 if own["logprobs"] == 0 else None
                cut = len(ids) > own["max_tokens"]
                rows.append(Completion(ids, known, "length" if cut else "stop"))
            found.append(Output(rows))
        return found


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("vllm")
    module.__spec__ = ModuleSpec("vllm", None)
    module.LLM, module.SamplingParams = LLM, SamplingParams  # type: ignore[attr-defined]
    monkeypatch.setitem(__import__("sys").modules, "vllm", module)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_qwen(tmp_path_factory.mktemp("vllm") / "qwen")


def _answerer(folder: Path, device: Device = CUDA, **settings: object) -> Any:
    spec = CausalSpec.model_validate(
        {"kind": "causal", "path": str(folder), "backend": "vllm", "max_target_tokens": 8}
        | settings
    )
    answerer = load_answerer(
        spec, folder, devices=[device], precision="bfloat16", batch_tokens=16, threads=1
    )
    return prompt_translator(spec, answerer)


def test_vllm_answers_in_order_with_confidence(stand_in: None, folder: Path) -> None:
    translator = _answerer(folder)
    sentences = ["今年上海", "", "北京", "今年上海"]
    found = translator.translate(sentences)
    assert [each.text for each in found] == [
        translator.translate([sentence])[0].text for sentence in sentences
    ]
    assert found[0] == found[3] != found[2]
    assert found[0].confidence == pytest.approx(2.718281828 ** (-1.5 / 3))
    assert not any(each.target_truncated for each in found)
    settings = translator.answerer.generators[0].engine.settings
    assert (settings["dtype"], settings["seed"], settings["max_model_len"]) == ("bfloat16", 0, 512)


def test_other_hypotheses_are_drawn_behind_the_first(stand_in: None, folder: Path) -> None:
    translator = _answerer(folder)
    [first] = translator.translate(["今年"])
    [found] = translator.hypotheses(["今年"], Search(count=3))
    assert found[0] == first
    assert len(found) == 3


def test_vllm_that_is_not_there_is_said_so(folder: Path) -> None:
    if importlib.util.find_spec("vllm"):
        pytest.skip("vllm is installed")
    with pytest.raises(WeightsError, match=r"vllm is not installed; .*pip install vllm"):
        _answerer(folder)


def test_vllm_takes_the_first_device_alone(stand_in: None, folder: Path) -> None:
    with pytest.raises(WeightsError, match=r"set CUDA_VISIBLE_DEVICES=1 and runtime\.device: cuda"):
        _answerer(folder, Device("cuda:1", "a test"))


def test_vllm_needs_a_gpu(folder: Path, tmp_path: Path) -> None:
    spec = CausalSpec(kind="causal", path=str(folder), backend="vllm")
    with pytest.raises(WeightsError, match="backend: vllm does not run on cpu here"):
        resolve_translator(spec, device="cpu", cache=tmp_path)
