"""Measure the verdict of the report on real systems and the bundled model.

    python scripts/measure_verdict.py flores-dev --lines 200 --lines 997

The folder has zh.txt, en.txt and SYSTEM.en.txt, a sentence a line. Prints a row for each system:
the error of its sentences (100 - chrF; of the bundled model the expected one), the sentences in
which the checks found something at first and still, how many of them gravely (severity error), the
errors in 100 sentences that the report states, and its word. A pair of systems of which one has
more than twice the errors of the other, by any of these counts, and the better word is printed.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path

from sacrebleu.metrics.chrf import CHRF

from models.load import load_translator, resolve_translator
from models.protocols import Candidate, Request, best_translations
from models.runtime.machine import Machine
from models.specs import Seq2SeqSpec
from pipeline.check.checks import findings
from pipeline.check.findings.verdict import ErrorCount, judge
from pipeline.records import Finding, SentenceScore, TranslatedSentence
from pipeline.score.expected_error import expected_error, find_calibration
from pipeline.translate.ladder import Ladder, repair

WORDS = ("good", "usable", "rough", "poor")


@dataclass(frozen=True, slots=True)
class Row:
    """A sentence of a system: findings at first and now, and its error, 0 to 100."""

    first: Sequence[Finding]
    now: Sequence[Finding]
    error: float


def main() -> None:
    """Print a table for every number of lines."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="zh.txt, en.txt, SYSTEM.en.txt")
    parser.add_argument("--lines", type=int, action="append", help="of the beginning")
    options = parser.parse_args()
    sources = lines_of(options.folder / "zh.txt")
    sources = sources[: max(options.lines or [len(sources)])]
    systems = dict(given_systems(options.folder, sources))
    systems |= bundled_systems(sources)
    for count in options.lines or [len(sources)]:
        print(f"{count} sentences")
        print_table({name: rows[:count] for name, rows in systems.items()})


def lines_of(path: Path) -> list[str]:
    """Return the lines of a file."""
    return path.read_text(encoding="utf-8").splitlines()


def given_systems(folder: Path, sources: Sequence[str]) -> Iterator[tuple[str, list[Row]]]:
    """Yield the systems whose English is given."""
    chrf, references = CHRF(), lines_of(folder / "en.txt")
    for path in sorted(folder.glob("*.en.txt")):
        rows = []
        for zh, en, reference in zip(sources, lines_of(path), references, strict=False):
            found = findings(zh, en)
            rows.append(Row(found, found, 100 - chrf.sentence_score(en, [reference]).score))
        yield path.name.removesuffix(".en.txt"), rows


def bundled_systems(sources: Sequence[str]) -> dict[str, list[Row]]:
    """Return the bundled model with its repairs and without them."""
    spec = Seq2SeqSpec(kind="seq2seq", path="bundled:zh-en")
    machine = Machine(device="cpu", threads=1)
    resolved = resolve_translator(spec, machine)
    translator = load_translator(spec, resolved, machine)
    error_map = find_calibration(resolved, "auto").error_map
    if error_map is None:
        raise SystemExit("the bundled model has no calibration")
    expected = expected_error(error_map)

    def row(zh: str, first: Candidate, now: Candidate) -> Row:
        error = expected(zh, now.text, now.confidence or 0.0)
        return Row(findings(zh, first.text), findings(zh, now.text), error)

    answers = best_translations(translator, sources)
    requests = [Request(zh) for zh in sources]
    mended = repair(requests, answers, translator=translator, ladder=Ladder())
    pairs = list(zip(sources, answers, mended, strict=True))
    return {
        "bundled": [row(zh, first, now.candidate) for zh, first, now in pairs],
        "bundled, no repairs": [row(zh, first, first) for zh, first, _ in pairs],
    }


def print_table(systems: dict[str, list[Row]]) -> None:
    """Print a row for each system, and the pairs that break the rule."""
    counts: dict[str, dict[str, float]] = {}
    words: dict[str, int] = {}
    for name, rows in systems.items():
        total = ErrorCount()
        for row in rows:
            reason = "found" if is_found(row.first, "warning", "error") else ""
            translated = TranslatedSentence("s", "", "model", 0.5, reason=reason)
            total.add(translated, SentenceScore("s", 0.5, tuple(row.now), expected_error=row.error))
        verdict = judge(total.errors)
        counts[name] = {
            "error": sum(row.error for row in rows) / len(rows),
            "found at first": sum(is_found(row.first, "warning", "error") for row in rows),
            "gravely": sum(is_found(row.first, "error") for row in rows),
            "found still": sum(is_found(row.now, "warning", "error") for row in rows),
            "stated": total.errors or 0,
        }
        words[name] = WORDS.index(verdict.quality)
        figures = "  ".join(f"{key} {value:.4g}" for key, value in counts[name].items())
        print(f"  {name:<20} {figures}  {verdict.quality}")
    for worse, better in permutations(systems, 2):
        if words[worse] < words[better]:
            for key, value in counts[worse].items():
                if value > 2 * counts[better][key]:
                    print(f"  {worse} has the better word and twice the errors of {better}: {key}")


def is_found(found: Sequence[Finding], *severities: str) -> bool:
    """True if one of the findings has one of the severities."""
    return any(finding.severity in severities for finding in found)


if __name__ == "__main__":
    main()
