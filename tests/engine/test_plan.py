from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.load import resolve_translator
from models.runtime.device import Device
from models.runtime.machine import Machine
from models.specs import Backend, Seq2SeqSpec
from pipeline.config.machine import RuntimeSection
from pipeline.engine.keys import cut, digest, documents_key
from pipeline.engine.plan import SEGMENT, Step
from pipeline.engine.shard_keys import Shard, grouped
from pipeline.engine.translation.windows import WINDOW_PARTS, remembered_chars, window_chars
from pipeline.records import Document


def _documents(names: Sequence[str]) -> list[Document]:
    return [Document(name, "文", f"{name}.md") for name in names]


@given(st.lists(st.text(min_size=1), unique=True), st.integers(1, 20))
def test_cutting_loses_nothing_and_keeps_the_order(names: list[str], size: int) -> None:
    documents = _documents(names)
    shards = list(cut(documents, size))
    assert [document for shard in shards for document in shard] == documents
    assert all(0 < len(shard) <= 8 * size for shard in shards)


def test_one_more_document_changes_one_shard() -> None:
    names = [f"news-{number}" for number in range(5000)]
    before = {documents_key(shard) for shard in cut(_documents(names), 64)}
    for place in (0, 2500, 5000):
        after = {
            documents_key(shard)
            for shard in cut(_documents([*names[:place], "new", *names[place:]]), 64)
        }
        assert len(before) > 50
        assert len(after - before) == 1


@pytest.mark.parametrize(
    ("most", "together"),
    [(0, "a|b|c|d"), (2, "a|b|c|d"), (5, "a b|c|d"), (6, "a b|c d"), (100, "a b c d")],
)
def test_neighbouring_shards_go_together_as_far_as_they_fit(most: int, together: str) -> None:
    shards = [Shard(name, ()) for name in "abcd"]
    groups = grouped(shards, [2, 3, 4, 2], most)
    assert "|".join(" ".join(shard.key for shard in group) for group in groups) == together


def test_shards_have_the_wanted_size_in_the_mean() -> None:
    shards = list(cut(_documents([str(number) for number in range(20_000)]), 100))
    assert 70 < 20_000 / len(shards) < 140


def test_a_key_covers_settings_and_inputs() -> None:
    def step(settings: dict[str, object]) -> Step:
        return Step(SEGMENT, settings, (), lambda tools: lambda rows: rows)

    keys = {
        step({"a": 1}).key(["x"]),
        step({"a": 2}).key(["x"]),
        step({"a": 1}).key(["y"]),
        step({"a": 1}).key(["x", "y"]),
    }
    assert len(keys) == 4


@pytest.mark.parametrize(
    ("backend", "device", "count", "settings", "expected"),
    [
        ("transformers", "cpu", 1, {"threads": 1}, 8192),
        ("transformers", "cpu", 1, {"threads": 2}, 8192),
        ("transformers", "cpu", 1, {"threads": 16}, 65_536),
        ("ctranslate2", "cpu", 1, {"threads": 2}, 65_536),
        ("ctranslate2", "cpu", 1, {"threads": 16}, 524_288),
        ("transformers", "cuda:0", 1, {}, 65_536),
        ("transformers", "cuda:0", 2, {"batch_tokens": 20_000}, 160_000),
        ("ctranslate2", "cuda:0", 1, {}, 262_144),
        ("ctranslate2", "cuda:0", 4, {}, 1_048_576),
        ("ctranslate2", "cuda:0", 1, {"batch_tokens": 1000}, 262_144),
        ("ctranslate2", "cpu", 1, {"batch_tokens": 1000}, 1000),
    ],
)
def test_a_window_holds_several_batches_for_every_worker(
    backend: Backend, device: str, count: int, settings: dict[str, int], expected: int
) -> None:
    spec = Seq2SeqSpec(kind="seq2seq", path="bundled:zh-en", backend=backend)
    resolved = replace(
        resolve_translator(spec, Machine(device="cpu")),
        devices=(Device(device, "test"),) * count,
    )
    assert window_chars(RuntimeSection.model_validate(settings), resolved) == expected


@pytest.mark.parametrize("address", ["http://localhost/v1", "https://a.example/v1", "cpu:0"])
def test_a_server_is_a_kind_of_device_whatever_its_address(address: str) -> None:
    device = Device(address, "test", is_server=True)
    spec = Seq2SeqSpec(kind="seq2seq", path="bundled:zh-en")
    resolved = replace(
        resolve_translator(spec, Machine(device="cpu")), devices=(device,), concurrency=32
    )
    assert (device.kind, device.index) == ("server", 0)
    for settings in ({}, {"batch_tokens": 512}, {"threads": 8}):
        assert window_chars(RuntimeSection.model_validate(settings), resolved) == 32_768


def test_a_key_does_not_change_by_accident() -> None:
    """A change here throws away everybody's finished work: raise a version on purpose instead."""
    step = Step(SEGMENT, {"max_sentence_chars": 200}, (), lambda tools: lambda rows: rows)
    assert step.key(["k"]) == digest(
        ["segment", SEGMENT.version, {"max_sentence_chars": 200}, ["k"]]
    )
    assert documents_key(_documents(["a"])) == "a4eb7bba31ef06329759df44b04cd18f"


def test_a_server_that_goes_away_loses_a_part_of_a_window() -> None:
    resolved = resolve_translator(
        Seq2SeqSpec(kind="seq2seq", path="bundled:zh-en"), Machine(device="cpu")
    )
    served = replace(resolved, devices=(Device("http://x", "test", is_server=True),), concurrency=4)
    runtime = RuntimeSection()
    whole = window_chars(runtime, served)
    assert remembered_chars(runtime, served, is_retry=False) == whole // WINDOW_PARTS
