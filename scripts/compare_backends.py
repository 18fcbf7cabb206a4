"""Compare the two backends on the lines of a text file: same texts? how fast? how confident?

python scripts/compare_backends.py news.zh.txt --model bundled:zh-en --limit 500
"""

import argparse
import time
from dataclasses import dataclass
from pathlib import Path

from models.load import load_translator, resolve_translator
from models.protocols import Candidate
from models.specs import Backend, Seq2SeqSpec
from models.strict import Precision


@dataclass(frozen=True, slots=True)
class Measurement:
    """One backend's answers and what they took, in seconds."""

    answers: list[Candidate]
    load_seconds: float
    translate_seconds: float


def main() -> None:
    """Print what both backends give for the file named on the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path, help="one sentence a line")
    parser.add_argument("--model", default="bundled:zh-en")
    parser.add_argument("--revision")
    parser.add_argument("--precision", default="float32", help="of both; int8: ctranslate2 only")
    parser.add_argument("--limit", type=int, default=500)
    parser.add_argument("--beams", type=int, default=4)
    parser.add_argument("--batch-tokens", type=int, default=4096)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--differences", type=int, default=3, help="how many to print")
    options = parser.parse_args()
    sentences = options.file.read_text(encoding="utf-8").splitlines()[: options.limit]
    measured = {
        backend: measure(sentences, backend, options) for backend in ("ctranslate2", "transformers")
    }
    for backend, result in measured.items():
        print(
            f"{backend}: loads in {result.load_seconds:.2f} s, "
            f"{len(sentences) / result.translate_seconds:.1f} sentences/s, "
            f"{sum(each.target_truncated for each in result.answers)} outputs at their limit"
        )
    print_agreement(sentences, measured["ctranslate2"], measured["transformers"], options)


def measure(sentences: list[str], backend: Backend, options: argparse.Namespace) -> Measurement:
    """Translate the sentences with one backend on the CPU."""
    precision: Precision = options.precision if backend == "ctranslate2" else "float32"
    spec = Seq2SeqSpec(
        kind="seq2seq",
        path=options.model,
        revision=options.revision,
        backend=backend,
        beams=options.beams,
    )
    resolved = resolve_translator(spec, device="cpu", precision=precision)
    # Once for the conversion and the imports; what is timed is every later start.
    load_translator(spec, resolved)
    start = time.perf_counter()
    translator = load_translator(
        spec, resolved, batch_tokens=options.batch_tokens, threads=options.threads
    )
    loaded = time.perf_counter()
    answers = translator.translate(sentences)
    return Measurement(answers, loaded - start, time.perf_counter() - loaded)


def print_agreement(
    sentences: list[str], first: Measurement, second: Measurement, options: argparse.Namespace
) -> None:
    """Print the share of identical texts, the largest difference in confidence, and examples."""
    pairs = list(zip(sentences, first.answers, second.answers, strict=True))
    different = [pair for pair in pairs if pair[1].text != pair[2].text]
    alike = len(pairs) - len(different)
    print(f"identical texts: {alike} of {len(pairs)} ({100 * alike / len(pairs):.1f} %)")
    gaps = [
        abs(one.confidence - two.confidence)
        for _, one, two in pairs
        if one.text == two.text and one.confidence is not None and two.confidence is not None
    ]
    if gaps:
        print(f"largest difference in confidence where texts agree: {max(gaps):.2g}")
    for source, one, two in different[: options.differences]:
        print(f"\n{source}\n  ctranslate2  {one.text}\n  transformers {two.text}")


if __name__ == "__main__":
    main()
