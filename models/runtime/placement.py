"""Where one model runs and in what precision, and which key of the config asks for it."""

from dataclasses import dataclass, replace

from models.runtime.device import Device, LoadedBackend, named, resolve_devices
from models.runtime.machine import Machine
from models.runtime.precision import LoadedPrecision, resolve_precision
from models.strict import ModelSpec, Precision


@dataclass(frozen=True, slots=True)
class Placement:
    """What a config asks for one model: its place in the config, a device and a precision.

    The keys are those that ask: the model's own, or those of `runtime`.
    """

    place: str
    device: str
    precision: Precision
    device_key: str = "runtime.device"
    precision_key: str = "runtime.precision"


@dataclass(frozen=True, slots=True)
class Placed:
    """Devices and precision settled for one model; `reasons` says in lines why."""

    devices: tuple[Device, ...]
    precision: LoadedPrecision
    reasons: tuple[str, ...]


def placement(spec: ModelSpec, place: str, machine: Machine) -> Placement:
    """Return what a spec asks for, and the machine where the spec leaves it open."""
    asked = Placement(place, machine.device, machine.precision)
    if spec.device is not None:
        asked = replace(asked, device=spec.device, device_key=f"{place}.device")
    if spec.precision is not None:
        asked = replace(asked, precision=spec.precision, precision_key=f"{place}.precision")
    return asked


def place_model(
    asked: Placement, name: str, backend: LoadedBackend, *, overflows_in_float16: bool
) -> Placed:
    """Settle devices and precision of the model `name`.

    Raises WeightsError, with the key to change, where the device is missing or the backend cannot
    compute in that precision on it.
    """
    chosen = resolve_devices(asked.device, backend, key=asked.device_key)
    first = chosen[0]
    precision = resolve_precision(
        asked.precision,
        backend,
        first,
        overflows_in_float16=overflows_in_float16,
        key=asked.precision_key,
        place=asked.place,
        name=name,
    )
    why = f"auto for {backend} on {first.kind}"
    if asked.precision != "auto":
        why = f"asked for by {asked.precision_key}"
    return Placed(
        chosen,
        precision,
        (f"device {named(chosen)}: {first.reason}", f"precision {precision}: {why}"),
    )
