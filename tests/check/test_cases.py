"""Every pair with a known verdict, by kind, and the same pairs through the command line."""

import csv
import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.check.checks import findings
from pipeline.cli import cli
from pipeline.language.glossary import parse_glossary

FOLDER = Path(__file__).parent
GLOSSARY = FOLDER.parents[1] / "pipeline" / "starter" / "glossary.tsv"
"""The glossary of `pipeline init`: the pairs of the kind `glossary` are read with it."""
FILES = ("cases.tsv", "blind.tsv", "more_cases.tsv", "news.tsv", "pairs.tsv", "strangers.tsv")
IS_RIGHT: dict[str, Callable[[list[str]], bool]] = {
    "finding": bool,
    "none": lambda severities: not severities,
    "remark": lambda severities: "error" not in severities,
}
Row = dict[str, str]


def rows_of(name: str) -> list[Row]:
    """Return the rows of a file of cases."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def by_kind() -> dict[str, list[Row]]:
    """Return the rows of all files, by kind."""
    kinds: dict[str, list[Row]] = defaultdict(list)
    for name in FILES:
        for row in rows_of(name):
            kinds[row["kind"]].append(row)
    return kinds


KINDS = by_kind()


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_pair_of_a_kind_has_the_right_verdict(kind: str) -> None:
    glossary = parse_glossary(GLOSSARY.read_text(encoding="utf-8")) if kind == "glossary" else None
    wrong = []
    for row in KINDS[kind]:
        found = findings(row["zh"], row["en"], glossary=glossary)
        if not IS_RIGHT[row["expected"]]([one.severity for one in found]):
            said = "; ".join(f"{one.check}: {one.message}" for one in found) or "nothing"
            wrong.append(f"{row['zh']} | {row['en']} wants {row['expected']}, says {said}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", FILES)
def test_the_command_line_says_the_same(name: str, tmp_path: Path) -> None:
    rows = rows_of(name)
    with_terms = [row for row in rows if row["kind"] == "glossary"]
    others = [row for row in rows if row["kind"] != "glossary"]
    wrong = check_on_the_command_line(others, tmp_path / "pairs.jsonl")
    if with_terms:
        table = tmp_path / "terms.jsonl"
        wrong += check_on_the_command_line(with_terms, table, "--glossary", str(GLOSSARY))
    assert not wrong, "\n".join(wrong)


def check_on_the_command_line(rows: list[Row], table: Path, *options: str) -> list[str]:
    """Return the pairs that `pipeline check` judges wrongly."""
    pairs = [{"zh": row["zh"], "en": row["en"]} for row in rows]
    lines = (json.dumps(pair, ensure_ascii=False) for pair in pairs)
    table.write_text("\n".join(lines), encoding="utf-8")
    result = CliRunner().invoke(cli, ["check", str(table), "--format", "json", *options])
    assert result.exit_code == 0, result.output
    sentences = json.loads(result.stdout)["sentences"]
    assert [(one["source"], one["translation"]) for one in sentences] == [
        (row["zh"], row["en"]) for row in rows
    ]
    return [
        f"{row['zh']} | {row['en']}"
        for row, one in zip(rows, sentences, strict=True)
        if not IS_RIGHT[row["expected"]]([found["severity"] for found in one["findings"]])
    ]
