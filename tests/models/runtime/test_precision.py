"""Which precision is chosen, and which are refused."""

import pytest

from models.errors import WeightsError
from models.runtime.device import Device, LoadedBackend
from models.runtime.precision import LoadedPrecision, resolve_precision
from models.strict import Precision

PRECISIONS = [
    # asked, backend, device, overflows in float16, what it becomes (None: refused)
    ("auto", "ctranslate2", "cpu", False, "int8"),
    ("auto", "ctranslate2", "cuda:0", False, "float16"),
    ("auto", "transformers", "cpu", False, "float32"),
    ("auto", "transformers", "cuda:1", False, "float16"),
    ("auto", "transformers", "mps", False, "float32"),
    ("auto", "transformers", "cuda:0", True, "bfloat16"),
    ("auto", "ctranslate2", "cuda:0", True, "bfloat16"),
    ("auto", "ctranslate2", "cpu", True, "int8"),
    ("auto", "transformers", "cpu", True, "float32"),
    ("float32", "ctranslate2", "cpu", False, "float32"),
    ("bfloat16", "transformers", "cpu", False, "bfloat16"),
    ("int8_float16", "ctranslate2", "cuda:0", False, "int8_float16"),
    ("int8", "transformers", "cpu", False, None),
    ("int8", "transformers", "cuda:0", False, None),
    ("float16", "transformers", "cpu", False, None),
    ("float16", "ctranslate2", "cpu", False, None),
    ("bfloat16", "ctranslate2", "cpu", False, None),
    ("float16", "transformers", "cuda:0", True, None),
]


@pytest.mark.parametrize(("asked", "backend", "device", "overflows", "expected"), PRECISIONS)
def test_the_precision_suits_backend_device_and_family(
    asked: Precision,
    backend: LoadedBackend,
    device: str,
    overflows: bool,
    expected: LoadedPrecision | None,
) -> None:
    def choose() -> LoadedPrecision:
        return resolve_precision(
            asked, backend, Device(device, "test"), overflows_in_float16=overflows
        )

    if expected is None:
        with pytest.raises(
            WeightsError, match=r"runtime\.precision.*set translate\.model\.precision to auto"
        ):
            choose()
    else:
        assert choose() == expected
