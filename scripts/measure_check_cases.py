"""Run `pipeline check`'s checks on cases with a known verdict and print what is wrong, by kind.

    python scripts/measure_check_cases.py tests/check/cases.tsv
    python scripts/measure_check_cases.py tests/check/cases.tsv --kind clock --kind sign

A case is a row of kind, zh, en, expected, note. Expected is `finding` (at least one finding),
`none` (no finding) or `remark` (no finding of severity error).
"""

import argparse
import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.check.checks import findings
from pipeline.language.glossary import Glossary, parse_glossary
from pipeline.records import Finding

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Case:
    """A pair and what the checks must say of it."""

    kind: str
    source: str
    translation: str
    expected: str
    note: str


def read_cases(path: Path) -> Iterator[Case]:
    """Yield the rows of a file of cases."""
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield Case(row["kind"], row["zh"], row["en"], row["expected"], row["note"] or "")


def verdict(case: Case) -> tuple[bool, list[Finding]]:
    """Return whether the checks say what the case expects, and their findings."""
    glossary = starter_glossary() if case.kind == "glossary" else None
    found = findings(case.source, case.translation, glossary=glossary)
    is_right = {
        "finding": bool(found),
        "none": not found,
        "remark": all(finding.severity != "error" for finding in found),
    }[case.expected]
    return is_right, found


def starter_glossary() -> Glossary:
    """Return the glossary that `pipeline init` writes."""
    path = ROOT / "pipeline" / "starter" / "glossary.tsv"
    return parse_glossary(path.read_text(encoding="utf-8"))


def main() -> None:
    """Print the wrong cases, then right and total of each kind."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("cases", type=Path)
    parser.add_argument("--kind", action="append", help="only this kind; may be repeated")
    parser.add_argument("--quiet", action="store_true", help="print the table only")
    options = parser.parse_args()
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for case in read_cases(options.cases):
        if options.kind and case.kind not in options.kind:
            continue
        is_right, found = verdict(case)
        total[case.kind] += 1
        right[case.kind] += is_right
        if not is_right and not options.quiet:
            said = "; ".join(f"{finding.check}: {finding.message}" for finding in found)
            print(f"{case.kind} wants {case.expected}: {case.source} | {case.translation}")
            print(f"    {case.note or '-'}\n    says: {said or 'nothing'}")
    for kind, count in sorted(total.items()):
        print(f"{kind:24} {right[kind]:4} of {count}")
    print(f"{'all':24} {right.total():4} of {total.total()}")


if __name__ == "__main__":
    main()
