import ctypes
import multiprocessing
import platform

import psutil
import pytest

import models.heap
from models.heap import Ceiling, give_back

MEGABYTE = 2**20
# Below what glibc maps one by one (128 KiB): these come from a heap.
BLOCK = 2**16


def resident() -> float:
    return psutil.Process().memory_info().rss / MEGABYTE


def holes(megabytes: int) -> None:
    """Leave so many megabytes of holes in glibc's heap, and a block behind each."""
    library = ctypes.CDLL(None)
    library.malloc.restype = ctypes.c_void_p
    library.free.argtypes = [ctypes.c_void_p]
    blocks = [library.malloc(BLOCK) for _ in range(megabytes * MEGABYTE // BLOCK)]
    for block in blocks:
        ctypes.memset(block, 1, BLOCK)
    for place, block in enumerate(blocks):
        if place % 32:
            library.free(block)


def looked() -> tuple[float, float, float]:
    """Give the megabytes of this process before there are holes, with them, after a look."""
    give_back()
    before = resident()
    models.heap.GROWTH = 32 / before
    ceiling = Ceiling(beams=1)
    holes(64)
    grown = resident()
    ceiling.look()
    return before, grown, resident()


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another allocator")
def test_holes_go_back_to_the_system_when_the_process_has_grown_too_far() -> None:
    # In a process of its own: in that of all tests other holes take up some of these blocks.
    with multiprocessing.get_context("spawn").Pool(1) as fresh:
        before, grown, left = fresh.apply(looked)

    assert grown > before + 48
    assert left < before + 16


@pytest.mark.parametrize(("beams", "grown", "given"), [(1, 1.2, 0), (1, 1.3, 1), (4, 1.6, 0)])
def test_more_beams_may_take_more(
    beams: int, grown: float, given: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []
    monkeypatch.setattr(models.heap, "give_back", lambda: calls.append(1))
    monkeypatch.setattr(Ceiling, "_resident", lambda _: 100 * MEGABYTE)
    ceiling = Ceiling(beams)
    monkeypatch.setattr(Ceiling, "_resident", lambda _: grown * 100 * MEGABYTE)

    ceiling.look()

    assert len(calls) == given


def test_what_is_in_use_raises_the_ceiling(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    monkeypatch.setattr(models.heap, "give_back", lambda: calls.append(1))
    monkeypatch.setattr(models.heap, "GROWTH", -0.5)
    ceiling = Ceiling(beams=1)

    ceiling.look()
    ceiling.look()

    assert len(calls) == 1
