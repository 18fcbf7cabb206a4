"""Measure the checks on data with known errors, on real systems, and against experts.

    python scripts/measure_checks.py --demetr DIR --flores DIR --mqm DIR
    python scripts/measure_checks.py --flores DIR --show numbers --count 50 --system opusmt

--demetr  folder with dev.json (DEMETR zh-en): is each kind of planted error found?
--flores  folder with zh.txt, en.txt, SYSTEM.en.txt and published.tsv (system, BLEU, COMET):
          how often do the checks fire on people, and does their order of systems agree?
--mqm     folder with mqm_ted_zhen.tsv.xz and avg_seg_scores.tsv (Google's MQM of WMT21 TED):
          do sentences with findings have worse scores?
--show    findings of one check in systems' outputs, drawn with a seed, to be read by hand.
--judged  with --flores: the precision that people saw who read such a sample (check, system, line,
          verdict), and how many of the false and true ones the checks still find.
"""

import argparse
import csv
import json
import lzma
import random
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy
from sacrebleu.metrics.chrf import CHRF

from pipeline.check.checks import LABELS, findings
from pipeline.check.findings.severity import weight
from pipeline.language.glossary import parse_glossary
from pipeline.records import Finding

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Item:
    """One planted error: the sentence, the translation before and after."""

    kind: str
    source: str
    human: str
    machine: str
    perturbed: str


def main() -> None:
    """Print every measure whose folder is given."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--demetr", type=Path, help="folder with dev.json")
    parser.add_argument("--flores", type=Path, help="folder with zh.txt, en.txt, SYSTEM.en.txt")
    parser.add_argument("--mqm", type=Path, help="folder with the MQM annotations of WMT21 TED")
    parser.add_argument("--show", choices=tuple(LABELS), help="print its findings instead")
    parser.add_argument("--count", type=int, default=50, help="how many findings to print")
    parser.add_argument("--system", help="only of this system (en: the human translation)")
    parser.add_argument("--judged", type=Path, help="print the precision of judged findings")
    parser.add_argument("--skip", type=int, default=0, help="how many of the drawn to leave out")
    parser.add_argument("--seed", type=int, default=1, help="of the drawn findings")
    options = parser.parse_args()
    if options.show:
        show(options)
        return
    if options.judged:
        print_judged(options.judged, options.flores)
        return
    if options.demetr:
        measure_demetr(options.demetr)
    if options.flores:
        measure_flores(options.flores)
    if options.mqm:
        measure_mqm(options.mqm)


def read_items(folder: Path) -> list[Item]:
    """Read DEMETR: the perturbations that apply (`pert_check`)."""
    rows = json.loads((folder / "dev.json").read_text(encoding="utf-8"))
    return [
        Item(
            row["pert_name"].split("_", 1)[1],
            row["src_sent"],
            row["eng_sent"],
            row["mt_sent"],
            row["pert_sent"],
        )
        for row in rows
        if row["pert_check"]
    ]


def measure_demetr(folder: Path) -> None:
    """Print for each kind of error how many of its sentences have a finding they had not."""
    kinds: dict[str, list[Item]] = defaultdict(list)
    for item in read_items(folder):
        kinds[item.kind].append(item)
    print("DEMETR: sentences with a new finding after the perturbation; which check found it")
    for kind, items in sorted(
        kinds.items(), key=lambda pair: int(re.sub(r"\D.*", "", pair[0][2:]))
    ):
        new = [_new(item) for item in items]
        found = sum(bool(each) for each in new)
        by_check = Counter(check for each in new for check in set(each)).most_common(4)
        named = ", ".join(f"{check} {count}" for check, count in by_check)
        share = 100 * found / len(items)
        print(f"  {kind:<22} {found:>3} of {len(items):>2} {share:>4.0f} %  {named}")
    print("Clean texts (each once): sentences with any finding, and with one of severity error")
    for name, pairs in (
        ("human", {(item.source, item.human) for items in kinds.values() for item in items}),
        (
            "unperturbed MT",
            {(item.source, item.machine) for items in kinds.values() for item in items},
        ),
    ):
        all_found = [findings(source, text) for source, text in sorted(pairs)]
        print(f"  {name:<22} {_rate(all_found)} any, {_rate(all_found, 'error')} error")


def _new(item: Item) -> list[str]:
    """Return the checks that find more in the perturbed translation than before it."""
    before = Counter(found.check for found in findings(item.source, item.machine))
    after = Counter(found.check for found in findings(item.source, item.perturbed))
    return list(after - before)


def _rate(rows: Sequence[Sequence[Finding]], severity: str | None = None) -> str:
    flagged = sum(
        any(severity in (None, f.severity) and f.severity != "info" for f in row) for row in rows
    )
    return f"{flagged} of {len(rows)} ({100 * flagged / len(rows):.1f} %)"


def read_flores(folder: Path) -> tuple[list[str], dict[str, list[str]]]:
    """Return the sources, and the translations of every system with `en` (people) first."""
    sources = _lines(folder / "zh.txt")
    systems = {"en": _lines(folder / "en.txt")}
    for path in sorted(folder.glob("*.en.txt")):
        systems[path.name.removesuffix(".en.txt")] = _lines(path)
    return sources, systems


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def measure_flores(folder: Path) -> None:
    """Print the share of sentences with a finding by system and check, and the order's tau."""
    sources, systems = read_flores(folder)
    with (folder / "published.tsv").open(encoding="utf-8") as file:
        comet = {row[0]: float(row[2]) for row in csv.reader(file, delimiter="\t")}
    columns = [check for check in LABELS if check not in ("terms", "empty", "copied")]
    print("\nFLORES: per cent of sentences with a finding (remarks of severity info left out)")
    print(
        f"  {'system':<14} {'COMET':>6} {'any':>5} {'error':>5} {'weight':>6}  "
        + " ".join(f"{c[:7]:>7}" for c in columns)
    )
    burden, errors = {}, {}
    for name, texts in systems.items():
        started = time.perf_counter()
        rows = [findings(source, text) for source, text in zip(sources, texts, strict=True)]
        seconds = time.perf_counter() - started
        burden[name] = sum(weight(row) for row in rows) / len(rows)
        errors[name] = _share(rows, severity="error")
        shares = " ".join(f"{100 * _share(rows, check=c):>7.1f}" for c in columns)
        known = f"{comet[name]:.4f}" if name in comet else "-"
        print(
            f"  {name:<14} {known:>6} {100 * _share(rows):>5.1f} {100 * errors[name]:>5.1f} "
            f"{burden[name]:>6.3f}  {shares}"
        )
    ranked = [name for name in systems if name in comet]
    scores = [comet[name] for name in ranked]
    print(
        f"  Kendall tau with COMET over {len(ranked)} systems: weighted findings "
        f"{kendall([-burden[n] for n in ranked], scores):.2f}, share with an error "
        f"{kendall([-errors[n] for n in ranked], scores):.2f}"
    )
    print(f"  checks: {1000 * seconds / len(sources):.2f} ms a sentence")
    print_amounts(sources, systems)


def print_amounts(sources: Sequence[str], systems: dict[str, list[str]]) -> None:
    """Print how many amounts in 万 and 亿 are off by a power of ten."""
    asked = [
        i
        for i, source in enumerate(sources)
        if re.search(r"[\d一二三四五六七八九十百千]\s?[万亿]", source)
    ]
    for name, texts in systems.items():
        wrong = sum(
            any("wrong power of ten" in f.message for f in findings(sources[i], texts[i]))
            for i in asked
        )
        print(
            f"  {name:<14} {wrong:>3} of {len(asked)} sentences with 万 or 亿 amounts off by a "
            "power of ten"
        )


def _share(
    rows: Sequence[Sequence[Finding]], *, check: str | None = None, severity: str | None = None
) -> float:
    return sum(
        any(
            f.severity != "info" and check in (None, f.check) and severity in (None, f.severity)
            for f in row
        )
        for row in rows
    ) / len(rows)


@dataclass(frozen=True, slots=True)
class Judged:
    """A segment that experts judged; `score` is minus the penalty, 0 is perfect."""

    system: str
    segment: int
    source: str
    text: str
    score: float


def read_mqm(folder: Path) -> list[Judged]:
    """Join the segment scores with the texts, which the file of error spans has."""
    csv.field_size_limit(sys.maxsize)
    texts: dict[tuple[str, int], tuple[str, str]] = {}
    with lzma.open(folder / "mqm_ted_zhen.tsv.xz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            clean = re.sub(r"</?v>", "", row["target"])
            name = {"ref": "ref-A", "refB": "ref-B"}.get(row["system"], row["system"])
            texts[name, int(row["seg_id"])] = (re.sub(r"</?v>", "", row["source"]), clean)
    judged = []
    for line in _lines(folder / "avg_seg_scores.tsv")[1:]:
        system, score, segment = line.split()
        if score != "None" and (system, int(segment)) in texts:
            judged.append(Judged(system, int(segment), *texts[system, int(segment)], float(score)))
    return judged


def read_documents(folder: Path) -> dict[int, str]:
    """Return the talk of every segment."""
    csv.field_size_limit(sys.maxsize)
    with lzma.open(folder / "mqm_ted_zhen.tsv.xz", "rt", encoding="utf-8") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {int(row["seg_id"]): row["doc"] for row in rows}


def measure_mqm(folder: Path) -> None:
    """Print how findings and chrF go with what experts say of the same segment."""
    judged = read_mqm(folder)
    references = {each.segment: each.text for each in judged if each.system == "ref-A"}
    rows = [e for e in judged if not e.system.startswith("ref") and e.segment in references]
    found = [findings(each.source, each.text) for each in rows]
    experts = [each.score for each in rows]
    chrf = CHRF()
    measures = {
        "findings (weighted)": [-weight(row) for row in found],
        "chrF with ref-A": [
            chrf.sentence_score(e.text, [references[e.segment]]).score for e in rows
        ],
    }
    print(f"\nMQM-TED: {len(rows)} segments of {len({e.system for e in rows})} systems")
    for name, values in measures.items():
        print(
            f"  {name:<22} Kendall {kendall(values, experts):.3f}  "
            f"Pearson {pearson(values, experts):.3f}"
        )
    flagged = [e.score for e, row in zip(rows, found, strict=True) if weight(row)]
    others = [e.score for e, row in zip(rows, found, strict=True) if not weight(row)]
    print(
        f"  mean MQM score: {_mean(flagged):.2f} of {len(flagged)} with a finding, "
        f"{_mean(others):.2f} of {len(others)} without"
    )
    for check in LABELS:
        own = [
            e.score
            for e, row in zip(rows, found, strict=True)
            if any(f.check == check and f.severity != "info" for f in row)
        ]
        if own:
            print(f"    {check:<14} {len(own):>5} flagged, mean {_mean(own):.2f}")


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else float("nan")


def pearson(one: Sequence[float], other: Sequence[float]) -> float:
    """Return Pearson's r, not a number where one of them never varies."""
    if numpy.ptp(one) == 0 or numpy.ptp(other) == 0:
        return float("nan")
    return float(numpy.corrcoef(one, other)[0, 1])


def kendall(one: Sequence[float], other: Sequence[float]) -> float:
    """Return Kendall's tau-b, which allows for ties (Kendall 1945), by comparing all pairs.

    Not a number where one of them never varies.
    """
    left, right = numpy.asarray(one), numpy.asarray(other)
    agreement = untied_left = untied_right = 0
    for place in range(len(left) - 1):
        signs_left = numpy.sign(left[place + 1 :] - left[place])
        signs_right = numpy.sign(right[place + 1 :] - right[place])
        agreement += int(numpy.sum(signs_left * signs_right))
        untied_left += int(numpy.count_nonzero(signs_left))
        untied_right += int(numpy.count_nonzero(signs_right))
    if not untied_left or not untied_right:
        return float("nan")
    return agreement / float(numpy.sqrt(untied_left) * numpy.sqrt(untied_right))


def show(options: argparse.Namespace) -> None:
    """Print findings of one check with both texts, drawn at random."""
    glossary = parse_glossary((ROOT / "pipeline/starter/glossary.tsv").read_text(encoding="utf-8"))
    drawn = [
        (name, line, source, text, found)
        for name, line, source, text in texts_of(options)
        for found in findings(source, text, glossary=glossary)
        if found.check == options.show and found.severity != "info"
    ]
    print(f"{len(drawn)} findings of {options.show}")
    random.Random(options.seed).shuffle(drawn)
    for name, line, source, text, found in drawn[options.skip :][: options.count]:
        print(f"\n[{name}:{line}] {found.severity}: {found.message}\n  {source}\n  {text}")


def print_judged(file: Path, flores: Path) -> None:
    """Print per check the share of judged findings that were true, and what is found today."""
    sources, systems = read_flores(flores)
    seen, today = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for row in _lines(file)[2:]:
        check, system, line, verdict = row.split("\t")
        seen[check, verdict] += 1
        place = int(line) - 1
        found = findings(sources[place], systems[system][place])
        today[check, verdict] += any(f.check == check and f.severity != "info" for f in found)
    print("judged by hand: true of all read; still found today: true, false")
    for check in LABELS:
        if read := seen[check, "true"] + seen[check, "false"]:
            share = 100 * seen[check, "true"] / read
            print(
                f"  {check:<14} {seen[check, 'true']:>3} of {read:>3} ({share:.0f} %)  "
                f"{today[check, 'true']:>3} true, {today[check, 'false']:>3} false"
            )


def texts_of(options: argparse.Namespace) -> Iterable[tuple[str, int, str, str]]:
    """Return (system, line, source, translation) of the folders named on the command line."""
    if options.flores:
        sources, systems = read_flores(options.flores)
        for name, texts in systems.items():
            if options.system == name or (options.system is None and name != "en"):
                pairs = enumerate(zip(sources, texts, strict=True), start=1)
                yield from ((name, line, s, t) for line, (s, t) in pairs)
    if options.mqm:
        for each in read_mqm(options.mqm):
            if options.system in (None, each.system):
                yield each.system, each.segment, each.source, each.text
    if options.demetr:
        for line, item in enumerate(read_items(options.demetr), start=1):
            if options.system in (None, item.kind, "perturbed"):
                yield item.kind, line, item.source, item.perturbed


if __name__ == "__main__":
    main()
