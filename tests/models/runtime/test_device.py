"""Which devices are chosen, which are refused, and that nothing heavy is imported."""

import subprocess
import sys
from collections.abc import Callable

import pytest

from models.errors import WeightsError
from models.runtime.device import (
    Device,
    LoadedBackend,
    available_threads,
    cuda_device_count,
    named,
    resolve_device,
    resolve_devices,
)

CHOSEN = [
    # asked, backend, CUDA devices, Apple GPU, what stands in the way of CUDA, device, reason
    ("auto", "ctranslate2", 0, False, None, "cpu", "auto: no CUDA device found"),
    ("auto", "ctranslate2", 0, True, None, "cpu", "auto: no CUDA device found"),
    ("auto", "transformers", 0, True, None, "mps", "auto: no CUDA device found, but an Apple GPU"),
    ("auto", "transformers", 1, False, None, "cuda:0", "auto: first of 1 CUDA devices"),
    ("auto", "transformers", 2, False, None, "cuda:0", "cuda:all uses all of them"),
    ("auto", "transformers", 1, False, "a build without CUDA", "cpu", "a build without CUDA"),
    ("cpu", "transformers", 4, True, None, "cpu", "cpu: asked for"),
    ("cuda", "ctranslate2", 1, False, None, "cuda:0", "cuda: asked for"),
    ("cuda:1", "ctranslate2", 2, False, None, "cuda:1", "cuda:1: asked for"),
    ("mps", "transformers", 0, True, None, "mps", "mps: asked for"),
    ("cuda", "transformers", 3, False, None, "cuda:0", "cuda: asked for"),
    ("cuda:all", "transformers", 3, False, None, "cuda:0", "first of cuda:all"),
    ("cuda:2,0", "transformers", 3, False, None, "cuda:2", "first of cuda:2,0"),
]


@pytest.mark.parametrize(("asked", "backend", "cuda", "mps", "obstacle", "name", "reason"), CHOSEN)
def test_the_device_is_chosen_with_its_reason(
    asked: str,
    backend: LoadedBackend,
    cuda: int,
    mps: bool,
    obstacle: str | None,
    name: str,
    reason: str,
) -> None:
    device = resolve_device(asked, backend, cuda_devices=cuda, mps=mps, cuda_obstacle=obstacle)
    assert device.name == name
    assert reason in device.reason


SEVERAL = [
    # asked, CUDA devices, the devices, the reason of each
    ("cuda:all", 3, "cuda:0, cuda:1, cuda:2", "cuda:all: asked for"),
    ("cuda:all", 1, "cuda:0", "cuda:all: asked for"),
    ("cuda:0,2", 3, "cuda:0, cuda:2", "cuda:0,2: asked for"),
    ("cuda:10,3", 11, "cuda:10, cuda:3", "cuda:10,3: asked for"),
    ("cuda:1", 2, "cuda:1", "cuda:1: asked for"),
    ("cuda", 2, "cuda:0", "cuda: asked for"),
    ("cpu", 2, "cpu", "cpu: asked for"),
]


@pytest.mark.parametrize(("asked", "count", "names", "reason"), SEVERAL)
def test_several_devices_are_those_asked_for(
    asked: str, count: int, names: str, reason: str
) -> None:
    devices = resolve_devices(asked, "ctranslate2", cuda_devices=count)
    assert named(devices) == names
    assert {device.reason for device in devices} == {reason}


REFUSED = [
    ("tpu", "transformers", 1, False, None, "choose auto, cpu, cuda, cuda:N or mps"),
    ("cuda:x", "transformers", 1, False, None, "not a device"),
    ("cuda", "transformers", 0, False, None, "no CUDA device found"),
    ("cuda:2", "transformers", 2, False, None, "the last is cuda:1"),
    ("cuda:0,2", "transformers", 2, False, None, "cuda:0,2: found 2 CUDA devices, the last is"),
    ("cuda:1,0,1", "transformers", 2, False, None, "cuda:1 is named twice; name each device once"),
    ("cuda:all", "transformers", 0, False, None, "cuda:all: no CUDA device found"),
    ("cuda:all", "transformers", 2, False, "a build without CUDA", "a build without CUDA"),
    ("cuda:0,cpu", "transformers", 2, False, None, "for several cuda:all, or a list of numbers"),
    ("cuda:0,cuda:1", "transformers", 2, False, None, "such as cuda:0,2"),
    ("mps,cpu", "transformers", 2, True, None, "not a device"),
    ("cuda:", "transformers", 2, False, None, "not a device"),
    ("cuda:0,", "transformers", 2, False, None, "not a device"),
    ("cuda", "transformers", 1, False, "a build without CUDA", "a build without CUDA"),
    ("mps", "ctranslate2", 0, True, None, "set the model's backend to transformers"),
    ("mps", "transformers", 0, False, None, "not a Mac"),
]


@pytest.mark.parametrize(("asked", "backend", "cuda", "mps", "obstacle", "advice"), REFUSED)
def test_a_device_that_is_not_there_is_refused_with_advice(
    asked: str, backend: LoadedBackend, cuda: int, mps: bool, obstacle: str | None, advice: str
) -> None:
    with pytest.raises(WeightsError, match=r"runtime\.device") as caught:
        resolve_device(asked, backend, cuda_devices=cuda, mps=mps, cuda_obstacle=obstacle)
    assert advice in str(caught.value)


@pytest.mark.parametrize(
    ("name", "kind", "index"), [("cpu", "cpu", 0), ("cuda:3", "cuda", 3), ("mps", "mps", 0)]
)
def test_a_device_knows_its_kind_and_index(name: str, kind: str, index: int) -> None:
    device = Device(name, "test")
    assert (device.kind, device.index) == (kind, index)


@pytest.mark.parametrize("count", [cuda_device_count, available_threads])
def test_this_machine_can_be_counted(count: Callable[[], int]) -> None:
    assert count() >= (1 if count is available_threads else 0)


def test_resolving_a_model_imports_no_heavy_library() -> None:
    program = (
        "import sys\n"
        "from models.load import resolve_summarizer, resolve_translator\n"
        "from models.specs import ExtractiveSpec, Seq2SeqSpec\n"
        "resolve_translator(Seq2SeqSpec(kind='seq2seq', path='bundled:zh-en'))\n"
        "resolve_summarizer(ExtractiveSpec(kind='extractive'))\n"
        "heavy = {'torch', 'transformers', 'ctranslate2', 'sentencepiece', 'numpy'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
