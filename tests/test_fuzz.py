"""Every fuzz target for a moment, always with the same inputs; `scripts/fuzz.py` goes on longer."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from pipeline.config.file import load_config
from pipeline.errors import ConfigError
from pipeline.input.pairs import read_pairs
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


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("9" * 5_000, "holds text, not sections"),
        ("date: 2023-99-99", "date: unknown key"),
        ("? [a]\n: 1", ":1: a list or a section as a key"),
        ("{}: 1", "a list or a section as a key"),
        ("[" * 5_000, "nested more than 64 deep"),
    ],
)
def test_what_fuzzing_found_in_configs_is_an_error_of_one_line(
    tmp_path: Path, text: str, words: str
) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        load_config(path)
    assert words in "\n".join(raised.value.problems)


def test_a_table_of_pairs_that_is_one_quotation_mark_has_no_columns(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text('"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="name them in the first line"):
        read_pairs(tmp_path / "a.tsv")
