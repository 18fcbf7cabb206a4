"""Measure how busy a GPU is while a process runs; for benchmark.py.

Uses NVML, the driver's library, or nvidia-smi if NVML is missing. Both measure the whole device, so
nothing else may run on it. "Busy" is the share of the last fraction of a second in which any kernel
ran, however small a part of the device it used.
"""

import ctypes
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

EVERY_SECONDS = 0.1
QUESTION = (
    "nvidia-smi",
    "--id=0",
    "--query-gpu=timestamp,utilization.gpu,memory.used",
    "--format=csv,noheader,nounits",
    "--loop-ms=100",
)


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample of a GPU at a time (seconds since 1970): per cent busy, megabytes in use."""

    time: float
    busy: float
    megabytes: float


def mean_busy(samples: Sequence[Sample], begin: float, end: float) -> float | None:
    """Average how busy the GPU was from `begin` to `end`; None where no sample fell between."""
    own = [sample.busy for sample in samples if begin <= sample.time <= end]
    return sum(own) / len(own) if own else None


def peak_gpu_megabytes(samples: Sequence[Sample]) -> float | None:
    """Return the most memory that was in use; None without samples."""
    return max((sample.megabytes for sample in samples), default=None)


def samples_of(text: str) -> list[Sample]:
    """Read nvidia-smi's answer to QUESTION; lines without figures (`[N/A]`) are left out.

    Its times are those of this machine's clock and zone. The last line may be cut short.
    """
    found = []
    for line in text.splitlines():
        try:
            stamp, busy, megabytes = (part.strip() for part in line.split(","))
            at = datetime.strptime(stamp, "%Y/%m/%d %H:%M:%S.%f").timestamp()
            found.append(Sample(at, float(busy), float(megabytes)))
        except ValueError:
            continue
    return found


@contextmanager
def watching() -> Iterator[list[Sample]]:
    """Sample the first GPU while inside; the list is whole after it. Stays empty without a GPU."""
    library = nvml()
    if library is None:
        with asking_nvidia_smi() as samples:
            yield samples
        return
    samples = []
    ended = threading.Event()
    thread = threading.Thread(target=sample_until, args=(library, ended, samples), daemon=True)
    thread.start()
    try:
        yield samples
    finally:
        ended.set()
        thread.join()


def nvml() -> ctypes.CDLL | None:
    """Open the driver's library; None where there is none, or no GPU that says how busy it is."""
    try:
        library = ctypes.CDLL("libnvidia-ml.so.1")
    except OSError:
        return None
    if library.nvmlInit_v2() != 0 or sampled(library) is None:
        return None
    return library


def sample_until(library: ctypes.CDLL, ended: threading.Event, samples: list[Sample]) -> None:
    """Add a sample every tenth of a second until `ended`."""
    while not ended.wait(EVERY_SECONDS):
        sample = sampled(library)
        if sample is not None:
            samples.append(sample)


def sampled(library: ctypes.CDLL) -> Sample | None:
    """Ask NVML once, with its structures nvmlUtilization_t and nvmlMemory_t; None on an error."""
    device = ctypes.c_void_p()
    rates = (ctypes.c_uint * 2)()  # GPU, memory
    memory = (ctypes.c_ulonglong * 3)()  # total, free, used
    failed = (
        library.nvmlDeviceGetHandleByIndex_v2(0, ctypes.byref(device))
        or library.nvmlDeviceGetUtilizationRates(device, ctypes.byref(rates))
        or library.nvmlDeviceGetMemoryInfo(device, ctypes.byref(memory))
    )
    return None if failed else Sample(time.time(), float(rates[0]), memory[2] / 2**20)


@contextmanager
def asking_nvidia_smi() -> Iterator[list[Sample]]:
    """Let nvidia-smi write samples inside the context."""
    samples: list[Sample] = []
    with tempfile.TemporaryFile("w+") as output:
        try:
            process = subprocess.Popen(QUESTION, stdout=output, stderr=subprocess.DEVNULL)
        except OSError:
            yield samples
            return
        try:
            yield samples
        finally:
            process.terminate()
            process.wait()
            output.seek(0)
            samples += samples_of(output.read())
