"""The same text, model and settings give the same translation, whatever else differs.

A memory key holds all that changes an answer, and nothing that does not.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import models.runtime.device
import pipeline.engine.translation.model
from models.installed import describe
from models.load import load_translator, resolve_translator
from models.protocols import best_translations
from models.runtime.machine import Machine
from models.seq2seq.translator import BatchTranslator
from models.specs import Seq2SeqSpec
from pipeline.config.file import load_config
from pipeline.config.sections import Config
from pipeline.engine.manifest import model_facts
from pipeline.engine.plan import TRANSLATE, Tools
from pipeline.engine.stages import prepare
from pipeline.memory.memory import Memory
from pipeline.testing import EchoTranslator

CONFIG = """
input: {{paths: [input]}}
output: {folder}/runs/test
runtime: {{device: cpu}}
translate: {{model: {{kind: seq2seq, path: "bundled:zh-en"}}}}
summarize: {{model: {{kind: extractive, sentences: 1}}}}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "config.yaml").write_text(CONFIG.format(folder=tmp_path), encoding="utf-8")
    (tmp_path / "glossary.tsv").write_text("金山\tJinshan\n", encoding="utf-8")
    monkeypatch.setattr(
        pipeline.engine.translation.model, "load_translator", lambda *_, **__: EchoTranslator()
    )
    return tmp_path


def _config(folder: Path, settings: Sequence[str]) -> Config:
    return load_config(folder / "config.yaml", settings)


def _memory_key(folder: Path, *settings: str) -> str:
    """The key under which a config's translations are remembered."""
    path = folder / "memory.sqlite"
    path.unlink(missing_ok=True)
    with closing(Memory(path)) as memory:
        step = prepare(TRANSLATE, _config(folder, settings))
        step.load(Tools(memory, True, lambda *_: None))
    with closing(sqlite3.connect(path)) as connection:
        keys = [key for (key,) in connection.execute("SELECT model FROM models")]
    assert len(keys) == 1
    return str(keys[0])


@pytest.mark.parametrize(
    "setting",
    [
        "translate.model.beams=1",
        "translate.model.length_penalty=1.2",
        "translate.model.no_repeat_ngram_size=3",
        "translate.model.max_source_tokens=64",
        "translate.model.max_target_tokens=64",
        "translate.model.prefix='x '",
        "translate.model.backend=transformers",
        "runtime.precision=float32",
    ],
)
def test_what_changes_an_answer_changes_the_key_of_the_memory(folder: Path, setting: str) -> None:
    assert _memory_key(folder, setting) != _memory_key(folder)


@pytest.mark.parametrize(
    "setting",
    [
        "runtime.batch_tokens=64",
        "runtime.threads=1",
        "runtime.shard_size=3",
        "runtime.offline=false",
        "runtime.precision=int8",  # what auto means on a CPU
        "translate.model.backend=ctranslate2",
        "translate.model.beams=4",
        "translate.kinds=[title]",
        "translate.repair.enabled=false",
        "segment.max_sentence_chars=100",
        "report.title=Other",
        "licences.publish=true",
    ],
)
def test_what_changes_no_answer_leaves_the_memory_as_it_is(folder: Path, setting: str) -> None:
    assert _memory_key(folder, setting) == _memory_key(folder)


def test_the_number_of_devices_is_no_part_of_a_key(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models.runtime.device, "cuda_device_count", lambda: 3)
    monkeypatch.setattr(models.runtime.device, "lacks_cuda", lambda backend: None)
    settings = [f"runtime.device='{name}'" for name in ("cuda", "cuda:2", "cuda:0,2", "cuda:all")]
    assert len({_memory_key(folder, setting) for setting in settings}) == 1
    steps = [prepare(TRANSLATE, _config(folder, [setting])) for setting in settings]
    assert len({step.key(["x"]) for step in steps}) == 1
    assert [len(step.devices) for step in steps] == [1, 1, 2, 3]
    assert model_facts(steps[2].models[0])["device"] == "cuda:0, cuda:2"


def test_the_glossary_is_no_part_of_the_first_answers_key(folder: Path) -> None:
    plain = _memory_key(folder)
    assert _memory_key(folder, f"translate.glossary={folder / 'glossary.tsv'}") == plain


def test_other_weights_have_another_key_and_the_same_ones_elsewhere_the_same(folder: Path) -> None:
    source = describe("bundled:zh-en").folder
    twin = folder / "twin"
    twin.mkdir()
    for file in source.iterdir():
        (twin / file.name).symlink_to(file)
    setting = f"translate.model.path={twin}"
    assert _memory_key(folder, setting) == _memory_key(folder)
    (twin / "SHA256SUMS").unlink()
    text = (source / "SHA256SUMS").read_text(encoding="utf-8")
    (twin / "SHA256SUMS").write_text(f"{text}{'0' * 64}  another.json\n", encoding="utf-8")
    assert _memory_key(folder, setting) != _memory_key(folder)


SENTENCES = (
    "2023年3月5日 星期日",
    "目前，金山已累计服务140余个项目。",
    "在金山，企业有事“高效办”。",
    "金山如画，文旅胜地。",
    "你好。",
    "经济增长了8.5%。",
    "他没有来。",
    "医院里有很多病人，医生很忙。",
    # Of fifteen tokens and fewer, and of more: libraries multiply these with other code.
    "国家主席今天上午在北京会见了来访的外国代表团。",
    "据新华社报道，这条铁路全长一百二十公里，沿线共设八个车站，预计明年年底以前建成通车。",
    "专家认为，今年以来居民消费持续恢复，服务业增长较快，制造业投资保持稳定，"
    "但是外部环境仍然复杂，一些中小企业的经营还有困难，需要继续给予支持。",
)


@pytest.mark.parametrize("beams", [1, 2])
def test_the_bundled_model_in_int8_says_the_same_whatever_the_batch(beams: int) -> None:
    spec = Seq2SeqSpec(kind="seq2seq", path="bundled:zh-en", beams=beams, max_target_tokens=40)
    resolved = resolve_translator(spec, Machine(device="cpu"))
    assert resolved.precision == "int8"
    answers: list[dict[str, Any]] = []
    loaded = load_translator(spec, resolved, Machine(threads=1))
    assert isinstance(loaded, BatchTranslator)
    for batch_tokens, order in ((4096, SENTENCES), (16, SENTENCES), (64, SENTENCES[::-1])):
        translator = replace(loaded, batch_tokens=batch_tokens)
        answers.append(dict(zip(order, best_translations(translator, order), strict=True)))
    answers.append({each: best_translations(loaded, [each])[0] for each in SENTENCES})
    for sentence in SENTENCES:
        first, *others = (answer[sentence] for answer in answers)
        for other in others:
            # To the bit: one rounding can move a quantized value, and then the confidence
            # moves by a thousandth and one sentence in a hundred gets another text.
            assert other == first, sentence
