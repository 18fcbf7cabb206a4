"""Every fuzz target for a moment, always with the same inputs; `scripts/fuzz.py` goes on longer."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.fuzz_targets import targets

TARGETS = targets()
FEW = {"read-rows.parquet": 4, "read-page.html": 12, "read-word.docx": 12}
"""Examples of the slow targets."""


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_fuzz(name: str) -> None:
    target = TARGETS[name]

    @settings(
        max_examples=FEW.get(name, 25),
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(target.inputs)
    def holds(value: Any) -> None:
        target.holds(value)

    holds()
