"""What every speed setting costs in quality: chrF of the same lines beside float32 transformers.

python scripts/measure_settings.py zh.txt en.txt --model bundled:zh-en --beams 4 1

Backend, precision and shortlist in every combination that is offered; the first of each width of
search is what the others are held to. Lines are translated as they are, without the ladder.
"""

import argparse
import time
from pathlib import Path
from typing import Literal, NamedTuple

from sacrebleu import corpus_chrf

from models.load import load_translator, resolve_translator
from models.specs import Backend, Seq2SeqSpec
from models.strict import Precision


class Setting(NamedTuple):
    """What a config says of speed."""

    backend: Backend
    precision: Precision
    shortlist: Literal["auto", "writable", "off"]


SETTINGS = (
    Setting("transformers", "float32", "off"),
    Setting("transformers", "bfloat16", "off"),
    Setting("ctranslate2", "float32", "off"),
    Setting("ctranslate2", "int8", "off"),
    Setting("ctranslate2", "int8", "writable"),
    Setting("ctranslate2", "int8", "auto"),
)


def main() -> None:
    """Translate with every setting and print a table."""
    options = arguments()
    lines = options.file.read_text(encoding="utf-8").splitlines()[: options.limit]
    references = options.references.read_text(encoding="utf-8").splitlines()[: options.limit]
    if len(lines) != len(references):
        raise SystemExit(f"{len(lines)} lines, {len(references)} references: give as many of both")
    print("| beams | backend | precision | shortlist | chrF | beside the first | alike | lines/s |")
    print("|---:|---|---|---|---:|---:|---:|---:|")
    for beams in options.beams:
        first: list[str] = []
        expected = 0.0
        for setting in SETTINGS:
            texts, seconds = translated(lines, setting, beams, options)
            score = corpus_chrf(texts, [references]).score
            first, expected = first or texts, expected or score
            alike = sum(map(str.__eq__, texts, first)) / len(lines)
            print(
                f"| {beams} | {setting.backend} | {setting.precision} | {setting.shortlist} "
                f"| {score:.2f} | {score - expected:+.2f} | {alike:.1%} "
                f"| {len(lines) / seconds:.1f} |",
                flush=True,
            )


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path, help="Chinese, one sentence a line")
    parser.add_argument("references", type=Path, help="English of the same lines")
    parser.add_argument("--model", default="bundled:zh-en", help="bundled:NAME or a folder")
    parser.add_argument("--beams", type=int, nargs="+", default=[4, 1])
    parser.add_argument("--limit", type=int, help="lines")
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


def translated(
    lines: list[str], setting: Setting, beams: int, options: argparse.Namespace
) -> tuple[list[str], float]:
    """Translate on the CPU with one setting: the texts, and the seconds without loading."""
    spec = Seq2SeqSpec(
        kind="seq2seq",
        path=options.model,
        backend=setting.backend,
        shortlist=setting.shortlist,
        beams=beams,
    )
    resolved = resolve_translator(spec, device="cpu", precision=setting.precision)
    translator = load_translator(spec, resolved, threads=options.threads)
    started = time.perf_counter()
    answers = translator.translate(lines)
    return [each.text for each in answers], time.perf_counter() - started


if __name__ == "__main__":
    main()
