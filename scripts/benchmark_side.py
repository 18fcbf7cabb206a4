"""One side of scripts/benchmark.py, in a process of its own: translate lines, say how long.

Reads a JSON object of settings from stdin, writes one JSON object to stdout. Imports nothing of
this project.
"""

import json
import sys
import time
from collections.abc import Callable
from typing import Any

Translate = Callable[[list[str]], list[str]]


def main() -> None:
    """Load, translate, and print seconds of both and the translations."""
    settings = json.load(sys.stdin)
    lines = settings["lines"]
    started = time.perf_counter()
    translate = SIDES[settings["side"]](settings)
    loaded = time.perf_counter()
    texts = translate(lines)
    ended = time.perf_counter()
    if len(texts) != len(lines):
        raise SystemExit(f"{settings['side']}: {len(texts)} lines came back for {len(lines)}")
    print(json.dumps({"start": loaded - started, "work": ended - loaded, "texts": texts}))


def transformers_loop(settings: dict[str, Any]) -> Translate:
    """The loop of transformers' documentation: batches of 8 as they come, float32."""
    import torch
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    torch.set_num_threads(settings["threads"])
    tokenizer = AutoTokenizer.from_pretrained(settings["folder"])
    kind = getattr(torch, settings.get("precision", "float32"))
    model = AutoModelForSeq2SeqLM.from_pretrained(settings["folder"], dtype=kind).eval()
    search = {"num_beams": settings["beams"], "max_new_tokens": settings["length"]}

    def translate(lines: list[str]) -> list[str]:
        texts: list[str] = []
        for start in range(0, len(lines), 8):
            inputs = tokenizer(
                lines[start : start + 8], return_tensors="pt", padding=True, truncation=True
            )
            with torch.no_grad():
                outputs = model.generate(**inputs, **search)
            texts += tokenizer.batch_decode(outputs, skip_special_tokens=True)
        return texts

    return translate


def raw_ctranslate2(settings: dict[str, Any]) -> Translate:
    """CTranslate2 with SentencePiece and the settings that were the fastest of a few."""
    import ctranslate2
    import sentencepiece

    source = sentencepiece.SentencePieceProcessor(model_file=f"{settings['folder']}/source.spm")
    target = sentencepiece.SentencePieceProcessor(model_file=f"{settings['folder']}/target.spm")
    translator = ctranslate2.Translator(
        settings["converted"],
        compute_type=settings.get("precision", "int8"),
        inter_threads=settings["workers"],
        intra_threads=settings["threads"] // settings["workers"],
    )

    def translate(lines: list[str]) -> list[str]:
        pieces = [[*own, "</s>"] for own in source.encode(lines, out_type=str)]
        results = translator.translate_batch(
            pieces,
            batch_type="tokens",
            max_batch_size=settings["batch_tokens"],
            beam_size=settings["beams"],
            max_decoding_length=settings["length"],
            max_input_length=512,
        )
        return [target.decode_pieces(each.hypotheses[0]).replace("▁", " ") for each in results]

    return translate


SIDES: dict[str, Callable[[dict[str, Any]], Translate]] = {
    "transformers": transformers_loop,
    "ctranslate2": raw_ctranslate2,
}

if __name__ == "__main__":
    main()
