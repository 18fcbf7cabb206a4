"""Choose the precision in which a model computes: float32, float16, bfloat16 or int8."""

from typing import Literal

from models.errors import WeightsError
from models.runtime.device import Device, LoadedBackend
from models.strict import Precision

LoadedPrecision = Literal["float32", "float16", "bfloat16", "int8", "int8_float16"]

# What each backend computes in on each kind of device, the preferred one first.
PRECISIONS: dict[tuple[LoadedBackend, str], tuple[LoadedPrecision, ...]] = {
    ("ctranslate2", "cpu"): ("int8", "float32"),
    ("ctranslate2", "cuda"): ("float16", "bfloat16", "float32", "int8", "int8_float16"),
    ("transformers", "cpu"): ("float32", "bfloat16"),
    ("transformers", "cuda"): ("float16", "bfloat16", "float32"),
    ("transformers", "mps"): ("float32", "float16", "bfloat16"),
}


def resolve_precision(
    asked: Precision,
    backend: LoadedBackend,
    device: Device,
    *,
    overflows_in_float16: bool = False,
    key: str = "runtime.precision",
    place: str = "translate.model",
    name: str = "this model",
) -> LoadedPrecision:
    """Turn `auto` into what suits the backend and device; refuse what they cannot do.

    `overflows_in_float16` is true of the T5 family, trained in bfloat16: in float16 its
    activations leave the range of the format and the output is garbage. The error names the
    model, its `place` in the config (empty: the caller adds it) and the `key` that asks.
    """
    own = f"{place}." if place else ""
    if (backend, device.kind) not in PRECISIONS:
        raise WeightsError(
            f"{own}backend: {backend} does not run on {device.kind} here; "
            "it needs a CUDA GPU: use transformers"
        )
    able = PRECISIONS[backend, device.kind]
    if overflows_in_float16:
        able = tuple(one for one in able if not one.endswith("float16") or one == "bfloat16")
    if asked == "auto":
        return "bfloat16" if overflows_in_float16 and device.kind == "cuda" else able[0]
    if asked in able:
        return asked
    reason = f"{backend} on {device.kind} cannot compute in that"
    if asked in PRECISIONS[backend, device.kind]:
        reason = "its family (T5) overflows in that"
    raise WeightsError(
        f"{key}: {asked}: {name}: {reason}; set {own}precision to {' or '.join(('auto', *able))}"
    )
