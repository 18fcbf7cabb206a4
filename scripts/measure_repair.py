"""Measure what the repair ladder changes: findings before and after, steps used, and cost.

    python scripts/measure_repair.py FILE --model bundled:zh-en --limit 300
    python scripts/measure_repair.py FILE --rungs corrected,nbest

    python scripts/measure_repair.py flores/zh.txt --limit 997 --reference flores/en.txt
    python scripts/measure_repair.py flores/zh.txt --reference flores/en.txt --quality best

FILE has one Chinese sentence a line (a .md page is cut into its sentences). Counts findings by
check, amounts in 万 and 亿 off by a power of ten, rungs, and terms of the glossary kept; with a
reference (the same lines in English) also chrF and BLEU, of all sentences and of those that
changed, and the numbers of the reference that the ladder kept, made right and made wrong, but for
words that often count nothing (first, one). Costs are seconds of the processor, the checks of the
ladder included, but neither loading the model nor reading the tables of the checks, once a process.
"""

import argparse
import re
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import cast, get_args

from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF

from models.load import load_translator, resolve_translator
from models.protocols import BEST, Candidate, Request, Search, Translator, best_translations
from models.runtime.control import NO_CONTROL, Control
from models.runtime.machine import Machine
from models.specs import Seq2SeqSpec
from pipeline.check.checks import LABELS, findings
from pipeline.check.numbers import ledger
from pipeline.config.machine import RuntimeSection
from pipeline.config.quality import with_quality
from pipeline.config.sections import TranslateSection
from pipeline.engine.translation.choice import prepare_choosing
from pipeline.language.glossary import Glossary, kept_terms, parse_glossary
from pipeline.language.numbers.english import english_quantities
from pipeline.language.numbers.quantity import Strength
from pipeline.records import Document, Finding, Rung
from pipeline.segment.segment import segment
from pipeline.translate.ladder import Ladder, repair

_FIRST = 20
"""Sentences that are checked once before the clock runs: they read the tables of the checks."""

ROOT = Path(__file__).resolve().parents[1]


class Timed:
    """A translator that counts the seconds and sentences it was asked for."""

    def __init__(self, translator: Translator) -> None:
        self._translator = translator
        self.seconds = 0.0

    @property
    def context_sentences(self) -> int:
        """How many sentences of context the translator reads."""
        return self._translator.context_sentences

    @property
    def reads_terms(self) -> bool:
        """True if the translator reads terms."""
        return self._translator.reads_terms

    def translate(
        self, requests: Sequence[Request], search: Search = BEST, *, control: Control = NO_CONTROL
    ) -> list[list[Candidate]]:
        """Translate, and count the seconds."""
        started = time.process_time()
        answers = self._translator.translate(requests, search, control=control)
        self.seconds += time.process_time() - started
        return answers


def main() -> None:
    """Translate the file's sentences, climb the ladder, print both states."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path, help="one sentence a line, or a page as .md")
    parser.add_argument("--model", default="bundled:zh-en")
    parser.add_argument("--revision")
    parser.add_argument("--quality", choices=["fast", "balanced", "best"], default="balanced")
    parser.add_argument("--limit", type=int, default=300)
    parser.add_argument("--rungs", default=",".join(get_args(Rung)), help="in the order to try")
    parser.add_argument("--reference", type=Path, help="English, the same lines as the file")
    parser.add_argument("--glossary", type=Path, default=ROOT / "pipeline/starter/glossary.tsv")
    options = parser.parse_args()
    sources = sentences(options.file)[: options.limit]
    glossary = parse_glossary(options.glossary.read_text(encoding="utf-8"))
    spec = Seq2SeqSpec(kind="seq2seq", path=options.model, revision=options.revision)
    section = with_quality(TranslateSection(model=spec), options.quality)
    resolved = resolve_translator(section.model, Machine(device="cpu"))
    loaded: Translator = load_translator(section.model, resolved, Machine(threads=1))
    if choosing := prepare_choosing(section.choose, RuntimeSection(), resolved, glossary, None):
        loaded = choosing.wrap(loaded)
    first, ladder_time = Timed(loaded), Timed(loaded)
    candidates = best_translations(first, sources)
    ladder = Ladder(
        rungs=cast("tuple[Rung, ...]", tuple(options.rungs.split(","))), glossary=glossary
    )
    requests = [Request(each) for each in sources]
    started = time.process_time()
    found_in(sources[:_FIRST], candidates[:_FIRST], glossary)
    reading = time.process_time() - started
    started = time.process_time()
    repaired = repair(requests, candidates, translator=ladder_time, ladder=ladder)
    whole = time.process_time() - started
    before = found_in(sources, candidates, glossary)
    started = time.process_time()
    after = found_in(sources, [each.candidate for each in repaired], glossary)
    checking = time.process_time() - started
    print_findings(before, after)
    print(f"rungs: {dict(Counter(each.rung or 'first answer' for each in repaired))}")
    for name, rows in (("before", candidates), ("after", [r.candidate for r in repaired])):
        kept = [kept_terms(s, c.text, glossary) for s, c in zip(sources, rows, strict=True)]
        asked, said = sum(len(k) for k in kept), sum(ok for k in kept for ok in k.values())
        print(f"glossary terms kept {name}: {said} of {asked}")
    texts = [[each.text for each in candidates], [each.candidate.text for each in repaired]]
    print_amounts(sources, texts)
    if options.reference:
        references = options.reference.read_text(encoding="utf-8").splitlines()[: options.limit]
        print_quality(texts, references)
        print_numbers(texts, references)
    print(
        f"translation {first.seconds:.1f} s for {len(sources)} sentences; one pass of all checks "
        f"{checking:.2f} s ({100 * checking / first.seconds:.1f} %); the ladder {whole:.1f} s "
        f"({100 * whole / first.seconds:.0f} %), {ladder_time.seconds:.1f} s of it in the model; "
        f"reading the tables of the checks once {reading:.1f} s, with which the ladder is "
        f"{100 * (whole + reading) / first.seconds:.0f} %"
    )


def sentences(file: Path) -> list[str]:
    """Return the lines of a text file, or the sentences of a page."""
    if file.suffix != ".md":
        return file.read_text(encoding="utf-8").splitlines()
    document = Document(file.stem, file.read_text(encoding="utf-8"), file.name)
    [articles] = segment([document], join_broken_paragraphs=True, max_sentence_chars=200)
    kinds = ("title", "subtitle", "heading", "paragraph", "list_item", "caption")
    return [
        sentence.text
        for article in articles
        for block in article.blocks
        if block.kind in kinds
        for sentence in block.sentences
    ]


def print_amounts(sources: Sequence[str], texts: Sequence[Sequence[str]]) -> None:
    """Print how many amounts in 万 and 亿 are off by a power of ten, before and after."""
    asked = [
        place
        for place, source in enumerate(sources)
        if re.search(r"[\d一二两三四五六七八九十百千多余]\s?[万亿]", source)
    ]
    for name, rows in zip(("before", "after"), texts, strict=True):
        entries = [
            entry
            for place in asked
            for entry in ledger(sources[place], rows[place])
            if re.search("[万亿]", entry.source)
        ]
        wrong = sum(entry.verdict == "wrong power of ten" for entry in entries)
        kept = sum(entry.verdict == "kept" for entry in entries)
        print(
            f"amounts in 万 and 亿 {name}: {kept} of {len(entries)} kept, {wrong} off by a "
            "power of ten"
        )


def print_quality(texts: Sequence[Sequence[str]], references: Sequence[str]) -> None:
    """Print chrF and BLEU before and after the ladder, of all sentences and of changed ones."""
    before, after = texts
    changed = [i for i, (old, new) in enumerate(zip(before, after, strict=True)) if old != new]
    for name, places in (("all", range(len(before))), ("changed", changed)):
        for metric, scorer in (("chrF", CHRF()), ("BLEU", BLEU())):
            wanted = [[references[i] for i in places]]
            old, new = (
                scorer.corpus_score([rows[i] for i in places], wanted).score
                for rows in (before, after)
            )
            print(f"{metric} of {name} {len(places)} sentences: {old:.2f} before, {new:.2f} after")


def print_numbers(texts: Sequence[Sequence[str]], references: Sequence[str]) -> None:
    """Print what the changes of the ladder did to the numbers of the reference."""
    counts: Counter[str] = Counter()
    for old, new, reference in zip(*texts, references, strict=True):
        if old == new:
            continue
        before, after = english_quantities(old), english_quantities(new)
        for wanted in english_quantities(reference):
            if wanted.strength is Strength.POSSIBLE:
                continue  # "first-class" may be "top-class"
            was = any(wanted.matches(quantity) for quantity in before)
            is_right = any(wanted.matches(quantity) for quantity in after)
            verdicts = {(True, True): "kept right", (False, True): "made right"}
            verdict = verdicts.get((was, is_right), "made wrong" if was else "left wrong")
            counts[verdict] += 1
            if verdict == "made wrong":
                number = reference[wanted.span.start : wanted.span.end]
                print(f"made wrong: {number} of “{reference}”: “{old}” became “{new}”")
    print(f"numbers of the reference in changed sentences: {dict(counts)}")


def found_in(
    sources: Sequence[str], candidates: Sequence[Candidate], glossary: Glossary
) -> list[list[Finding]]:
    """Run the checks on every pair."""
    return [
        findings(
            source,
            candidate.text,
            glossary=glossary,
            flags=("truncated",) if candidate.target_truncated else (),
        )
        for source, candidate in zip(sources, candidates, strict=True)
    ]


def print_findings(before: list[list[Finding]], after: list[list[Finding]]) -> None:
    """Print the sentences with a finding of each check, before and after, and with an error."""
    print(f"sentences of {len(before)}      any finding         an error")
    print(f"{'check':<20} {'before':>6} {'after':>6}   {'before':>6} {'after':>6}")
    for name in ("any", *LABELS, "wrong power of ten"):
        counts = [
            sum(any(_counts(found, name, severities) for found in row) for row in state)
            for severities in (("error", "warning"), ("error",))
            for state in (before, after)
        ]
        if any(counts) or name == "wrong power of ten":
            print(f"{name:<20} {counts[0]:>6} {counts[1]:>6}   {counts[2]:>6} {counts[3]:>6}")


def _counts(found: Finding, name: str, severities: Sequence[str]) -> bool:
    named = name in ("any", found.check) or found.message.startswith(name)
    return named and found.severity in severities


if __name__ == "__main__":
    main()
