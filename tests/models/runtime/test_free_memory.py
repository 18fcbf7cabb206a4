"""Batches from free memory: what a token costs, what a control group allows."""

from pathlib import Path
from typing import Any

import pytest

from models.runtime import free_memory as room
from models.runtime.device import Device
from models.runtime.free_memory import (
    batch_budget,
    room_in_group,
    token_bytes,
)
from models.runtime.tuning import (
    LEAST_BATCH_TOKENS,
    MOST_BATCH_TOKENS,
    SCORING_BYTES,
    TOKENS_TO_CUT_AGAIN,
)

OPUS = {"d_model": 512, "decoder_layers": 6, "decoder_attention_heads": 8, "vocab_size": 65_001}
CPU = Device("cpu", "test")
GIGABYTE = 2**30


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    (tmp_path / "config.json").write_text(
        '{"d_model": 512, "decoder_layers": 6, "vocab_size": 65001}', encoding="utf-8"
    )
    (tmp_path / "model.safetensors").write_bytes(b"\0" * 1000)
    return tmp_path


def budget(folder: Path, free: int, patch: pytest.MonkeyPatch, device: Device = CPU) -> int:
    patch.setattr(room, "free_bytes", lambda device: free)
    return batch_budget("auto", folder, devices=(device,), precision="float32", rows=4)


def test_what_is_asked_for_is_taken(tmp_path: Path) -> None:
    assert batch_budget(77, tmp_path, devices=(CPU,), precision="float32") == 77


def test_a_batch_that_is_cut_again_needs_no_free_memory(
    checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "free_bytes", lambda device: 0)
    settings: dict[str, Any] = {"devices": (CPU,), "precision": "int8", "cut_again": True}
    assert batch_budget("auto", checkpoint, **settings) == TOKENS_TO_CUT_AGAIN
    assert batch_budget(77, checkpoint, **settings) == 77


def test_more_free_memory_never_makes_a_smaller_batch(
    checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [
        budget(checkpoint, free, monkeypatch) for free in range(0, 8 * GIGABYTE, GIGABYTE // 4)
    ]
    assert found == sorted(found)
    assert (found[0], found[-1]) == (LEAST_BATCH_TOKENS, MOST_BATCH_TOKENS["cpu"])
    assert len(set(found)) > 3


def test_a_batch_costs_what_was_said(checkpoint: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free = 2 * GIGABYTE
    tokens = budget(checkpoint, free, monkeypatch)
    assert LEAST_BATCH_TOKENS < tokens < MOST_BATCH_TOKENS["cpu"]
    config = {"d_model": 512, "decoder_layers": 6, "vocab_size": 65_001}
    assert tokens * token_bytes(config, "float32", 4) <= (free - SCORING_BYTES) // 2


def test_a_gpu_gets_larger_batches_than_a_cpu(
    checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = 80 * GIGABYTE
    on_gpu = budget(checkpoint, free, monkeypatch, Device("cuda:1", "test"))
    assert on_gpu == MOST_BATCH_TOKENS["cuda"] > budget(checkpoint, free, monkeypatch)


def test_weights_yet_to_be_loaded_are_taken_off(
    checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = budget(checkpoint, 2 * GIGABYTE, monkeypatch)
    with (checkpoint / "model.safetensors").open("r+b") as file:
        file.truncate(GIGABYTE // 2)  # sparse
    assert budget(checkpoint, 2 * GIGABYTE, monkeypatch) < before


@pytest.mark.parametrize(
    ("smaller", "larger"),
    [
        (("float32", 1), ("float32", 4)),
        (("float16", 4), ("float32", 4)),
    ],
)
def test_wider_searches_and_wider_numbers_cost_more(smaller: Any, larger: Any) -> None:
    assert token_bytes(OPUS, *smaller) < token_bytes(OPUS, *larger)


def test_grouped_heads_and_nested_configs_are_understood() -> None:
    whole = {"hidden_size": 2048, "num_hidden_layers": 24, "num_attention_heads": 16}
    grouped = whole | {"num_key_value_heads": 2}
    assert token_bytes(grouped, "bfloat16", 1) < token_bytes(whole, "bfloat16", 1)
    assert token_bytes({"text_config": grouped}, "bfloat16", 1) == token_bytes(
        grouped, "bfloat16", 1
    )


def groups(folder: Path, version: int, limit: str, used: int, unused: int) -> tuple[Path, Path]:
    """Write a control group as Linux shows it; (what /proc/self/cgroup says, /sys/fs/cgroup)."""
    names = ("memory.max", "memory.current", "inactive_file")
    if version == 1:
        names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
    mounted = folder / "cgroup"
    own = mounted / ("job/step" if version == 2 else "memory/job/step")
    own.mkdir(parents=True)
    (own.parent / names[0]).write_text(limit)
    (own.parent / names[1]).write_text(str(used))
    (own.parent / "memory.stat").write_text(f"anon 5\n{names[2]} {unused}\n")
    listed = folder / "self"
    listed.write_text("0::/job/step\n" if version == 2 else "5:cpu:/x\n4:memory:/job/step\n")
    return listed, mounted


@pytest.mark.parametrize("version", [1, 2])
def test_the_limit_of_a_group_above_holds(tmp_path: Path, version: int) -> None:
    listed, mounted = groups(tmp_path, version, "1000000", used=600_000, unused=100_000)
    assert room_in_group(listed, mounted) == 500_000


@pytest.mark.parametrize("version", [1, 2])
def test_a_group_without_a_limit_leaves_room(tmp_path: Path, version: int) -> None:
    listed, mounted = groups(tmp_path, version, "max", used=600_000, unused=0)
    assert room_in_group(listed, mounted) > 2**60


def test_without_control_groups_there_is_no_limit(tmp_path: Path) -> None:
    assert room_in_group(tmp_path / "nothing", tmp_path) > 2**60


def test_this_machine_has_free_memory() -> None:
    assert 0 < room.free_bytes(CPU) < 2**50
