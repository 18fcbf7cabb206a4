"""Real models as two workers: on one CPU that stands for two devices, and on GPUs there are."""

from dataclasses import replace
from pathlib import Path

import pytest

from models.load import load_summarizer, load_translator, resolve_summarizer, resolve_translator
from models.prompted.specs import CausalSpec
from models.protocols import Candidate, Request, Sampling, Search, best_translations
from models.runtime.control import Control
from models.runtime.device import Device, cuda_device_count, lacks_cuda
from models.runtime.machine import Machine
from models.runtime.workers import SharedSummarizer
from models.seq2seq.forced_decoding import translation_scorer
from models.seq2seq.transformers import TransformersDecoder
from models.seq2seq.translator import BatchTranslator
from models.specs import AbstractiveSpec, Backend, Seq2SeqSpec
from pipeline.testing import all_translations
from tests import checkpoints

SENTENCES = (
    "今年上海的经济合作。",
    "记者在北京采访，人民日报说：发展是我们共同的目标。",
    "",
    "more people live",
    "医疗资源",
    "今年上海的经济合作。",
    "8.5%的人民",
)
CPU = Device("cpu", "test")
GPUS = 0 if lacks_cuda("transformers") else cuda_device_count()


def alike(found: list[Candidate], expected: list[Candidate]) -> bool:
    return [each.text for each in found] == [each.text for each in expected] and [
        each.confidence for each in found
    ] == pytest.approx([each.confidence for each in expected], abs=1e-4)


@pytest.fixture(scope="module")
def marian(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkpoints.make_marian(tmp_path_factory.mktemp("several") / "marian")


def load_marian(folder: Path, backend: Backend, devices: int, threads: int = 1) -> BatchTranslator:
    spec = Seq2SeqSpec(kind="seq2seq", path=str(folder), backend=backend, max_target_tokens=10)
    resolved = resolve_translator(spec, Machine(device="cpu", precision="float32"))
    translator = load_translator(
        spec, replace(resolved, devices=(CPU,) * devices), Machine(batch_tokens=16, threads=threads)
    )
    assert isinstance(translator, BatchTranslator)
    return translator


@pytest.mark.parametrize("backend", ["transformers", "ctranslate2"])
def test_two_devices_translate_and_score_as_one_does(marian: Path, backend: Backend) -> None:
    one, two = (load_marian(marian, backend, devices) for devices in (1, 2))
    assert len({id(decoder) for decoder in two.decoders}) == 2
    expected = best_translations(one, SENTENCES)
    for _ in range(3):
        assert alike(best_translations(two, SENTENCES), expected)
    pairs = [(sentence, each.text) for sentence, each in zip(SENTENCES, expected, strict=True)]
    scores = [translation_scorer(each).score(pairs) for each in (one, two)]
    assert [each.confidence for each in scores[1]] == pytest.approx(
        [each.confidence for each in scores[0]], abs=1e-4
    )


def test_draws_are_the_same_on_two_devices(marian: Path) -> None:
    one, two = (load_marian(marian, "transformers", devices) for devices in (1, 2))
    search = Search(count=3, sampling=Sampling(1.0, 0.0, 7))
    expected = all_translations(one, SENTENCES, search)
    for found, own in zip(all_translations(two, SENTENCES, search), expected, strict=True):
        assert alike(found, own)


def test_two_cpu_threads_share_one_copy_of_the_weights(marian: Path) -> None:
    two = load_marian(marian, "transformers", 1, threads=2)
    decoders = [each for each in two.decoders if isinstance(each, TransformersDecoder)]
    assert [each.threads for each in decoders] == [1, 1]
    assert decoders[0].model is decoders[1].model
    one = load_marian(marian, "transformers", 1)
    assert alike(best_translations(two, SENTENCES), best_translations(one, SENTENCES))


def test_several_callers_of_one_ctranslate2_model_get_what_one_gets(marian: Path) -> None:
    one = load_marian(marian, "ctranslate2", 1, threads=4)
    several = replace(one, decoders=one.decoders * 4)
    expected = best_translations(one, SENTENCES)
    for _ in range(3):
        assert alike(best_translations(several, SENTENCES), expected)


def test_a_language_model_answers_alike_on_two_devices(tmp_path: Path) -> None:
    folder = checkpoints.make_qwen(tmp_path / "qwen")
    spec = CausalSpec(kind="causal", path=str(folder), max_target_tokens=8)
    resolved = resolve_translator(spec, Machine(device="cpu", precision="float32"))
    one, two = (
        load_translator(
            spec, replace(resolved, devices=(CPU,) * count), Machine(batch_tokens=64, threads=1)
        )
        for count in (1, 2)
    )
    heard: list[int] = []
    requests = [Request(each) for each in SENTENCES]
    given: dict[int, list[Candidate]] = {}
    control = Control(
        progress=heard.append,
        answered=lambda places, own: given.update(zip(places, own, strict=True)),
    )
    answers = two.translate(requests, control=control)
    assert sum(heard) == len(set(SENTENCES) - {""})
    assert given == {
        SENTENCES.index(each): answers[SENTENCES.index(each)] for each in SENTENCES if each
    }
    assert alike([best for [best] in answers], best_translations(one, SENTENCES))


def test_summaries_are_written_alike_on_two_devices(marian: Path) -> None:
    spec = AbstractiveSpec(kind="abstractive", path=str(marian), max_target_tokens=8)
    resolved = resolve_summarizer(spec, Machine(device="cpu", precision="float32"))
    one, two = (
        load_summarizer(spec, replace(resolved, devices=(CPU,) * count), Machine(threads=1))
        for count in (1, 2)
    )
    assert isinstance(two, SharedSummarizer)
    articles = [list(SENTENCES[:2]), [], [SENTENCES[3]], list(SENTENCES)]
    assert two.summarize(articles) == one.summarize(articles)


def load_bundled(devices: tuple[Device, ...], backend: Backend) -> BatchTranslator:
    spec = Seq2SeqSpec(kind="seq2seq", path="bundled:zh-en", backend=backend)
    resolved = resolve_translator(spec, Machine(device="cpu", precision="float32"))
    translator = load_translator(spec, replace(resolved, devices=devices), Machine(batch_tokens=64))
    assert isinstance(translator, BatchTranslator)
    return translator


def on_gpus(*numbers: int) -> tuple[Device, ...]:
    return tuple(Device(f"cuda:{number}", "test") for number in numbers)


@pytest.mark.gpu
@pytest.mark.skipif(GPUS < 1, reason="needs a CUDA device")
@pytest.mark.parametrize("backend", ["transformers", "ctranslate2"])
def test_two_workers_on_a_gpu_translate_as_a_cpu_does(backend: Backend) -> None:
    expected = best_translations(load_bundled((CPU,), backend), SENTENCES)
    for devices in (on_gpus(0), on_gpus(0, 0)):
        assert alike(best_translations(load_bundled(devices, backend), SENTENCES), expected)


@pytest.mark.gpu
@pytest.mark.skipif(GPUS < 2, reason="needs two CUDA devices")
@pytest.mark.parametrize("backend", ["transformers", "ctranslate2"])
def test_two_gpus_translate_as_one_does(backend: Backend) -> None:
    expected = best_translations(load_bundled(on_gpus(0), backend), SENTENCES)
    assert alike(best_translations(load_bundled(on_gpus(0, 1), backend), SENTENCES), expected)
