"""Choose the devices of a model and say why, without importing torch or ctranslate2."""

import ctypes
import importlib.util
import os
import platform
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from models.errors import WeightsError
from models.strict import DEVICE_PATTERN

LoadedBackend = Literal["transformers", "ctranslate2"]


@dataclass(frozen=True, slots=True)
class Device:
    """Where a model runs (`cpu`, `mps`, `cuda:0` …, or a server) and why it was chosen.

    A server is a kind of device: its name is its address, which says nothing about its kind.
    """

    name: str
    reason: str
    is_server: bool = False

    @property
    def kind(self) -> str:
        """`cpu`, `cuda`, `mps` or `server`."""
        return "server" if self.is_server else self.name.partition(":")[0]

    @property
    def index(self) -> int:
        """Number among several devices of this kind; 0 if there is only one."""
        return 0 if self.is_server else int(self.name.partition(":")[2] or 0)


def cuda_device_count() -> int:
    """Count the CUDA devices this process may use: none without a driver.

    Asks the driver itself (cuInit, cuDeviceGetCount), which takes milliseconds and
    honours CUDA_VISIBLE_DEVICES, where importing torch takes more than a second.
    """
    library = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"
    try:
        driver = ctypes.CDLL(library)
    except OSError:
        return 0
    count = ctypes.c_int(0)
    if driver.cuInit(0) != 0 or driver.cuDeviceGetCount(ctypes.byref(count)) != 0:
        return 0
    return count.value


def has_mps() -> bool:
    """True if this is a Mac with an Apple GPU."""
    return sys.platform == "darwin" and platform.machine() == "arm64"


def lacks_cuda(backend: LoadedBackend) -> str | None:
    """Return why the installed `backend` cannot use a CUDA device, or None where it can.

    Read from the installed files, not from the imported library: importing is slow.
    """
    if backend == "ctranslate2":
        if sys.platform == "darwin" or platform.machine().lower() not in ("x86_64", "amd64"):
            return f"ctranslate2 has no CUDA build for {sys.platform} on {platform.machine()}"
        return None
    torch = importlib.util.find_spec("torch")
    if torch is None or torch.origin is None:
        return "torch is not installed"
    version = Path(torch.origin).with_name("version.py")
    text = version.read_text(encoding="utf-8") if version.is_file() else ""
    if re.search(r"^cuda\b[^=]*= *None", text, re.MULTILINE):
        return "the installed torch is a build without CUDA"
    return None


def named(devices: Sequence[Device]) -> str:
    """Name devices in a line: `cuda:0, cuda:2`."""
    return ", ".join(device.name for device in devices)


def resolve_device(
    asked: str,
    backend: LoadedBackend,
    *,
    cuda_devices: int | None = None,
    mps: bool | None = None,
    cuda_obstacle: str | None = None,
    key: str = "runtime.device",
) -> Device:
    """Return the device of a model that runs on one: of several asked for, the first.

    Raises WeightsError as `resolve_devices` does.
    """
    first, *others = resolve_devices(
        asked, backend, cuda_devices=cuda_devices, mps=mps, cuda_obstacle=cuda_obstacle, key=key
    )
    if others:
        return Device(first.name, f"first of {asked}: this model runs on one device")
    return first


def resolve_devices(
    asked: str,
    backend: LoadedBackend,
    *,
    cuda_devices: int | None = None,
    mps: bool | None = None,
    cuda_obstacle: str | None = None,
    key: str = "runtime.device",
) -> tuple[Device, ...]:
    """Turn what the config says into devices that `backend` can use, at least one.

    Several only where they are asked for: `cuda:0,2` or `cuda:all`. `cuda_devices`, `mps` and
    `cuda_obstacle` stand for what this machine has; without them it is looked at. Raises
    WeightsError, which names the `key` of the config, when a device asked for cannot be used.
    """
    if not re.fullmatch(DEVICE_PATTERN, asked):
        raise WeightsError(
            f"{key}: '{asked}' is not a device; choose auto, cpu, cuda, cuda:N or mps; "
            "for several cuda:all, or a list of numbers such as cuda:0,2"
        )
    if asked == "cpu":
        return (Device("cpu", "cpu: asked for"),)
    if asked == "mps":
        return (_asked_mps(backend, has_mps() if mps is None else mps, key),)
    if cuda_devices is None:
        cuda_devices, cuda_obstacle = cuda_device_count(), lacks_cuda(backend)
    if asked == "auto":
        return (_automatic(backend, cuda_devices, mps, cuda_obstacle),)
    return _asked_cuda(asked, cuda_devices, cuda_obstacle, key)


def _automatic(
    backend: LoadedBackend, cuda_devices: int, mps: bool | None, obstacle: str | None
) -> Device:
    if cuda_devices and obstacle is None:
        several = "; cuda:all uses all of them" if cuda_devices > 1 else ""
        return Device("cuda:0", f"auto: first of {cuda_devices} CUDA devices{several}")
    if cuda_devices:
        return Device("cpu", f"auto: there is a CUDA device, but {obstacle}")
    if backend == "transformers" and (has_mps() if mps is None else mps):
        return Device("mps", "auto: no CUDA device found, but an Apple GPU")
    return Device("cpu", "auto: no CUDA device found")


def _asked_mps(backend: LoadedBackend, mps: bool, key: str) -> Device:
    if backend == "ctranslate2":
        raise WeightsError(
            f"{key}: mps: ctranslate2 does not run on Apple GPUs; set the model's backend "
            "to transformers, or the device to cpu (often the faster of the two)"
        )
    if not mps:
        raise WeightsError(
            f"{key}: mps: this machine is not a Mac with an Apple GPU; use auto or cpu"
        )
    return Device("mps", "mps: asked for")


def _asked_cuda(
    asked: str, cuda_devices: int, obstacle: str | None, key: str
) -> tuple[Device, ...]:
    if cuda_devices == 0:
        raise WeightsError(
            f"{key}: {asked}: no CUDA device found (nvidia-smi shows what the driver "
            "sees, CUDA_VISIBLE_DEVICES what is hidden); use auto or cpu"
        )
    if obstacle is not None:
        raise WeightsError(f"{key}: {asked}: {obstacle}; use auto or cpu")
    numbers = _numbers(asked, cuda_devices)
    for number in numbers:
        if number >= cuda_devices:
            raise WeightsError(
                f"{key}: {asked}: found {cuda_devices} CUDA devices, "
                f"the last is cuda:{cuda_devices - 1}"
            )
        if numbers.count(number) > 1:
            raise WeightsError(
                f"{key}: {asked}: cuda:{number} is named twice; name each device once"
            )
    return tuple(Device(f"cuda:{number}", f"{asked}: asked for") for number in numbers)


def _numbers(asked: str, cuda_devices: int) -> list[int]:
    which = asked.partition(":")[2]
    if which == "all":
        return list(range(cuda_devices))
    return [int(number) for number in which.split(",")] if which else [0]


def available_threads() -> int:
    """Count the cores this process may use, not those the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
