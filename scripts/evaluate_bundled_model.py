"""Measure a model folder: quality beside other systems, speed, memory, use of the source.

    python scripts/evaluate_bundled_model.py models/bundled/zh-en \
        --source zh.txt --reference en.txt \
        --system OPUS-MT=opusmt.en.txt --system Google=google.en.txt

Each backend runs in a process of its own, so that its peak memory is its own.
"""

import argparse
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

LOOP = re.compile(r"(\b\S+(?:\s+\S+){0,3})(?:\s+\1){3,}|(\S{1,6}?)\2{7,}")
BATCH = 32


def arguments(words: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", type=Path, help="Folder that AutoModelForSeq2SeqLM loads.")
    parser.add_argument("--source", type=Path, required=True, help="Chinese, one sentence a line.")
    parser.add_argument(
        "--reference", type=Path, required=True, help="English, one sentence a line."
    )
    parser.add_argument(
        "--system",
        action="append",
        default=[],
        metavar="NAME=FILE",
        help="Another system's output.",
    )
    parser.add_argument("--translation", type=Path, help="Where to write the model's translations.")
    parser.add_argument("--json", type=Path, help="Where to write all figures.")
    parser.add_argument("--beams", type=int, default=4)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument(
        "--plain-sentences", type=int, default=100, help="Sentences for the slower plain backend."
    )
    parser.add_argument(
        "--backend", choices=["ctranslate2", "transformers", "gap"], help=argparse.SUPPRESS
    )
    return parser.parse_args(words)


def read_lines(path: Path) -> list[str]:
    """The lines of a text file; SystemExit says if it is missing."""
    if not path.is_file():
        raise SystemExit(f"{path}: no such file")
    return path.read_text(encoding="utf-8").splitlines()


def ordered_batches(sentences: list[str]) -> list[list[int]]:
    """Places of sentences of like length, a batch at a time."""
    order = sorted(range(len(sentences)), key=lambda place: len(sentences[place]))
    return [order[start : start + BATCH] for start in range(0, len(order), BATCH)]


def translate_with_ctranslate2(
    options: argparse.Namespace, sentences: list[str]
) -> tuple[list[str], float]:
    """(translations, seconds without loading) with int8 weights."""
    import ctranslate2
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(options.model)
    with tempfile.TemporaryDirectory() as folder:
        converted = str(Path(folder) / "model")
        ctranslate2.converters.TransformersConverter(str(options.model)).convert(
            converted, quantization="int8"
        )
        translator = ctranslate2.Translator(
            converted, compute_type="int8", intra_threads=options.threads
        )
    translations = [""] * len(sentences)
    begun = time.perf_counter()
    for places in ordered_batches(sentences):
        pieces = [
            tokenizer.convert_ids_to_tokens(tokenizer(sentences[place]).input_ids)
            for place in places
        ]
        results = translator.translate_batch(
            pieces, beam_size=options.beams, max_decoding_length=256
        )
        for place, result in zip(places, results, strict=True):
            ids = tokenizer.convert_tokens_to_ids(result.hypotheses[0])
            translations[place] = str(tokenizer.decode(ids, skip_special_tokens=True))
    return translations, time.perf_counter() - begun


def translate_with_transformers(
    options: argparse.Namespace, sentences: list[str]
) -> tuple[list[str], float]:
    """(translations, seconds without loading) with float32 weights."""
    import torch
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    torch.set_num_threads(options.threads)
    tokenizer = AutoTokenizer.from_pretrained(options.model)
    model = AutoModelForSeq2SeqLM.from_pretrained(options.model).float().eval()
    translations = [""] * len(sentences)
    begun = time.perf_counter()
    for places in ordered_batches(sentences):
        batch = tokenizer([sentences[place] for place in places], return_tensors="pt", padding=True)
        with torch.inference_mode():
            output = model.generate(**batch, num_beams=options.beams, max_length=256)
        for place, text in zip(
            places, tokenizer.batch_decode(output, skip_special_tokens=True), strict=True
        ):
            translations[place] = text
    return translations, time.perf_counter() - begun


def source_gap(
    options: argparse.Namespace, sentences: list[str], references: list[str]
) -> tuple[float, float]:
    """Nats per reference piece (with the true sources, with those of the neighbours in length).

    Pieces that the model's output bias forbids are left out: they would cost thousands each.
    """
    import torch
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    torch.set_num_threads(options.threads)
    tokenizer = AutoTokenizer.from_pretrained(options.model)
    model = AutoModelForSeq2SeqLM.from_pretrained(options.model).float().eval()
    allowed = getattr(model, "final_logits_bias", torch.zeros(1, len(tokenizer)))[0] > -1000
    sums, pieces = [0.0, 0.0], 0
    for places in ordered_batches(sentences):
        targets = tokenizer(
            text_target=[references[place] for place in places], return_tensors="pt", padding=True
        )
        labels = targets.input_ids
        counted = labels.masked_fill((targets.attention_mask == 0) | ~allowed[labels], -100)
        for shift in (0, 1):
            turned = [places[(place + shift) % len(places)] for place in range(len(places))]
            batch = tokenizer(
                [sentences[place] for place in turned], return_tensors="pt", padding=True
            )
            with torch.inference_mode():
                logits = model(**batch, labels=labels).logits
            loss = torch.nn.functional.cross_entropy(
                logits.transpose(1, 2), counted, reduction="sum"
            )
            sums[shift] += float(loss)
        pieces += int((counted != -100).sum())
    return sums[0] / pieces, sums[1] / pieces


def run_backend(options: argparse.Namespace) -> dict[str, Any]:
    """What one backend gives, measured in this process."""
    sentences, references = read_lines(options.source), read_lines(options.reference)
    if options.backend == "gap":
        true, shuffled = source_gap(options, sentences, references)
        return {"loss": true, "shuffled_loss": shuffled, "gap": shuffled - true}
    if options.backend == "ctranslate2":
        translations, seconds = translate_with_ctranslate2(options, sentences)
    else:
        # Every n-th sentence, so that short and long ones are there as in the whole.
        sentences = sentences[:: max(1, len(sentences) // options.plain_sentences)]
        translations, seconds = translate_with_transformers(options, sentences)
    return {
        "translations": translations,
        "sentences_per_second": len(sentences) / seconds,
        "peak_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def backend_in_its_own_process(name: str, words: list[str]) -> dict[str, Any]:
    """What `run_backend` gives in a fresh process; SystemExit with its last words if it fails."""
    command = [sys.executable, __file__, *words, "--backend", name]
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    if process.returncode:
        raise SystemExit(f"{name}: {process.stderr.strip().splitlines()[-1]}")
    figures: dict[str, Any] = json.loads(process.stdout.splitlines()[-1])
    return figures


def quality(translations: list[str], references: list[str]) -> dict[str, Any]:
    """Scores with signatures, and what must not happen."""
    import sacrebleu

    if len(translations) != len(references):
        raise SystemExit(f"{len(translations)} translations for {len(references)} references")
    bleu, chrf = sacrebleu.BLEU(), sacrebleu.CHRF()
    return {
        "bleu": bleu.corpus_score(translations, [references]).score,
        "chrf": chrf.corpus_score(translations, [references]).score,
        "empty": sum(not text.strip() for text in translations),
        "loops_percent": 100
        * sum(bool(LOOP.search(text)) for text in translations)
        / len(translations),
        "bleu_signature": str(bleu.get_signature()),
        "chrf_signature": str(chrf.get_signature()),
    }


def main(words: list[str]) -> int:
    """Print the tables; returns the exit code."""
    options = arguments(words)
    if options.backend:
        print(json.dumps(run_backend(options)))
        return 0
    references = read_lines(options.reference)
    backends = {
        name: backend_in_its_own_process(name, words)
        for name in ("ctranslate2", "transformers", "gap")
    }
    translations = backends["ctranslate2"].pop("translations")
    backends["transformers"].pop("translations")
    if options.translation:
        options.translation.write_text("\n".join(translations) + "\n", encoding="utf-8")
    systems = {f"{options.model.name} (this)": quality(translations, references)}
    for entry in options.system:
        name, _, file = entry.partition("=")
        systems[name] = quality(read_lines(Path(file)), references)
    if options.json:
        options.json.write_text(json.dumps({"systems": systems, "backends": backends}, indent=1))
    print_tables(systems, backends)
    return 0


def print_tables(systems: dict[str, dict[str, Any]], backends: dict[str, dict[str, Any]]) -> None:
    """Markdown tables on standard output."""
    print("| system | BLEU | chrF | empty | loops % |\n|---|---:|---:|---:|---:|")
    for name, row in systems.items():
        print(
            f"| {name} | {row['bleu']:.1f} | {row['chrf']:.1f} "
            f"| {row['empty']} | {row['loops_percent']:.1f} |"
        )
    print("\n| backend | sentences/s | peak memory MiB |\n|---|---:|---:|")
    for name in ("ctranslate2", "transformers"):
        row = backends[name]
        print(f"| {name} | {row['sentences_per_second']:.1f} | {row['peak_memory_mib']:.0f} |")
    gap, first = backends["gap"], next(iter(systems.values()))
    print(
        f"\nloss {gap['loss']:.2f}, with shuffled sources {gap['shuffled_loss']:.2f}, "
        f"gap {gap['gap']:.2f} nats"
    )
    print(f"{first['bleu_signature']}\n{first['chrf_signature']}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
