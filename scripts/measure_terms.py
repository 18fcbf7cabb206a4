"""Ways to make an encoder-decoder keep the terms of a glossary: share kept, chrF, findings.

    python scripts/measure_terms.py zh.txt --reference en.txt
    python scripts/measure_terms.py data/references/jinshan-2023-03-05.jsonl

FILE has one Chinese sentence a line beside --reference, or is JSON Lines with `zh` and `en`. Only
sentences with a term that the reference keeps are measured. Compared: nothing done; the best of
eight hypotheses by terms kept; the English written into the source, of all terms or of the missed
ones; stand-ins for the missed ones; and what the ladder does with its rung `terms` alone.
"""

import argparse
import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path

from sacrebleu.metrics.chrf import CHRF

from models.load import load_translator, resolve_translator
from models.protocols import Request, Retranslator, Search, Translator
from models.specs import Seq2SeqSpec
from pipeline.stages.repair import Ladder, repair
from pipeline.text.checks import findings
from pipeline.text.glossary import Glossary, kept_terms, parse_glossary
from pipeline.text.severity import weight
from pipeline.text.standins import Wanted, Way, masked, unmasked

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Translate in every way and print one line for each."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--reference", type=Path)
    parser.add_argument("--model", default="bundled:zh-en")
    parser.add_argument("--limit", type=int, default=250, help="sentences, drawn with a seed")
    parser.add_argument("--glossary", type=Path, default=ROOT / "configs/glossary.tsv")
    options = parser.parse_args()
    glossary = parse_glossary(options.glossary.read_text(encoding="utf-8"))
    pairs = [pair for pair in read_pairs(options) if is_measured(pair, glossary)]
    random.Random(3).shuffle(pairs)
    pairs = pairs[: options.limit]
    spec = Seq2SeqSpec(kind="seq2seq", path=options.model)
    translator = load_translator(spec, resolve_translator(spec, device="cpu"), threads=1)
    print(f"{len(pairs)} sentences with a term")
    compare(pairs, translator, glossary)


def read_pairs(options: argparse.Namespace) -> list[tuple[str, str]]:
    """Return (source, reference) of every line."""
    lines = options.file.read_text(encoding="utf-8").splitlines()
    if options.reference is None:
        return [(row["zh"], row["en"]) for row in map(json.loads, lines)]
    return list(zip(lines, options.reference.read_text(encoding="utf-8").splitlines(), strict=True))


def is_measured(pair: tuple[str, str], glossary: Glossary) -> bool:
    """Tell whether the source has terms, and the reference keeps all of them."""
    kept = kept_terms(*pair, glossary)
    return bool(kept) and all(kept.values())


def compare(pairs: Sequence[tuple[str, str]], translator: Translator, glossary: Glossary) -> None:
    """Print share kept, chrF against the references and weight of other findings, by way."""
    sources = [source for source, _ in pairs]
    references = [reference for _, reference in pairs]
    candidates = translator.translate(sources)
    plain = [each.text for each in candidates]

    def show(name: str, texts: Sequence[str]) -> None:
        kept = [k for s, t in zip(sources, texts, strict=True) for k in told(s, t, glossary)]
        others = sum(weight(findings(s, t)) for s, t in zip(sources, texts, strict=True))
        score = CHRF().corpus_score(list(texts), [references]).score
        print(
            f"{name:<34} kept {sum(kept):>3} of {len(kept)} ({100 * sum(kept) / len(kept):.0f} %)  "
            f"chrF {score:.2f}  other findings {others / len(sources):.2f}",
            flush=True,
        )

    show("nothing done", plain)
    if isinstance(translator, Retranslator):
        best = [
            min([own, *(each.text for each in row)], key=missed_count(source, glossary))
            for source, own, row in zip(
                sources,
                plain,
                translator.hypotheses(sources, Search(count=8, beams=8)),
                strict=True,
            )
        ]
        show("best of eight hypotheses", best)
    show("English for all terms", put_in(sources, plain, translator, glossary, "words", every=True))
    show("English for missed terms", put_in(sources, plain, translator, glossary, "words"))
    show("stand-ins for missed terms", put_in(sources, plain, translator, glossary, "names"))
    show("both, by capital letters", put_in(sources, plain, translator, glossary, "mixed"))
    requests = [Request(each) for each in sources]
    ladder = Ladder(rungs=("terms",), glossary=glossary)
    repaired = repair(requests, candidates, translator=translator, ladder=ladder)
    show("the ladder's rung, judged", [row.candidate.text for row in repaired])
    repaired = repair(
        requests,
        candidates,
        translator=translator,
        ladder=Ladder(glossary=glossary),
    )
    show("the whole ladder", [row.candidate.text for row in repaired])


def told(source: str, text: str, glossary: Glossary) -> list[bool]:
    """Return for each term of the source whether the text has it."""
    return list(kept_terms(source, text, glossary).values())


def missed_count(source: str, glossary: Glossary) -> Callable[[str], int]:
    """Return a function that counts the terms a text misses."""
    return lambda text: told(source, text, glossary).count(False)


def put_in(
    sources: Sequence[str],
    plain: Sequence[str],
    translator: Translator,
    glossary: Glossary,
    way: Way,
    *,
    every: bool = False,
) -> list[str]:
    """Translate again with the terms put into the source; the first answer where none is missed."""
    masks = []
    for source, text in zip(sources, plain, strict=True):
        kept = kept_terms(source, text, glossary)
        wanted = [
            Wanted(span, term.english[0])
            for span, term in glossary.matches(source)
            if every or not kept[term.zh]
        ]
        masks.append(masked(source, wanted, way) if wanted else None)
    answers = iter(translator.translate([mask.text for mask in masks if mask]))
    return [
        (unmasked(next(answers).text, mask) or text) if mask else text
        for mask, text in zip(masks, plain, strict=True)
    ]


if __name__ == "__main__":
    main()
