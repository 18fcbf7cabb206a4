"""One side of benchmark.py, in a process of its own: translate lines, say how long.

Reads a JSON object of settings from stdin, writes one JSON object to stdout. Imports nothing of
this project.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

# From lines to parts of their translations, in order.
Translate = Callable[[list[str]], Iterator[list[str]]]

# A tuned loop sorts so many batches by length at a time: stopped early, it has had lines of all
# lengths.
BATCHES_SORTED = 8


def main() -> None:
    """Load, translate, and print seconds of both, the times of the second, the translations.

    On a GPU the first line is translated once before, as a part of loading: kernels are loaded
    when they are first used. With `seconds` the work stops after these, between two parts.
    """
    settings = json.load(sys.stdin)
    lines, seconds = settings["lines"], settings.get("seconds")
    started = time.perf_counter()
    translate = SIDES[settings["side"]](settings)
    if settings.get("device") == "cuda":
        for _ in translate(lines[:1]):
            pass
    loaded, begin = time.perf_counter(), time.time()
    texts: list[str] = []
    for part in translate(lines):
        texts += part
        if seconds and time.perf_counter() - loaded > seconds:
            break
    ended, end = time.perf_counter(), time.time()
    if len(texts) != len(lines) and not seconds:
        raise SystemExit(f"{settings['side']}: {len(texts)} lines came back for {len(lines)}")
    took = {"start": loaded - started, "work": ended - loaded, "begin": begin, "end": end}
    print(json.dumps(took | {"texts": texts}))


def transformers_loop(settings: dict[str, Any]) -> Translate:
    """The loop of transformers' documentation: batches of 8 as they come, float32.

    `batch` and `sorted` make of it what one would tune by hand.
    """
    import torch
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    torch.set_num_threads(settings["threads"])
    device = settings.get("device", "cpu")
    tokenizer = AutoTokenizer.from_pretrained(settings["folder"])
    kind = getattr(torch, settings.get("precision", "float32"))
    model = AutoModelForSeq2SeqLM.from_pretrained(settings["folder"], dtype=kind).eval().to(device)
    search = {"num_beams": settings["beams"], "max_new_tokens": settings["length"]}
    batch, by_length = settings.get("batch", 8), settings.get("sorted", False)

    def translated(lines: list[str]) -> list[str]:
        inputs = tokenizer(lines, return_tensors="pt", padding=True, truncation=True).to(device)
        with torch.no_grad():
            outputs = model.generate(**inputs, **search)
        texts: list[str] = tokenizer.batch_decode(outputs, skip_special_tokens=True)
        return texts

    def translate(lines: list[str]) -> Iterator[list[str]]:
        size = batch * BATCHES_SORTED if by_length else batch
        for start in range(0, len(lines), size):
            part = lines[start : start + size]
            order = sorted(range(len(part)), key=lambda at: -len(part[at])) if by_length else None
            yield in_batches(part, order, batch, translated)

    return translate


def in_batches(
    lines: list[str],
    order: list[int] | None,
    batch: int,
    translated: Callable[[list[str]], list[str]],
) -> list[str]:
    """Translate lines batch by batch, in another order if one is given; texts in theirs."""
    places = order or list(range(len(lines)))
    texts = [""] * len(lines)
    for start in range(0, len(places), batch):
        own = places[start : start + batch]
        for place, text in zip(own, translated([lines[at] for at in own]), strict=True):
            texts[place] = text
    return texts


def raw_ctranslate2(settings: dict[str, Any]) -> Translate:
    """CTranslate2 with SentencePiece and the settings that were the fastest of a few."""
    if settings.get("device") == "cuda":
        import torch  # noqa: F401 - its wheels bring the cuBLAS that CTranslate2 looks for

    import ctranslate2
    import sentencepiece

    source = sentencepiece.SentencePieceProcessor(model_file=f"{settings['folder']}/source.spm")
    target = sentencepiece.SentencePieceProcessor(model_file=f"{settings['folder']}/target.spm")
    translator = ctranslate2.Translator(
        settings["converted"],
        device=settings.get("device", "cpu"),
        compute_type=settings.get("precision", "int8"),
        inter_threads=settings["workers"],
        intra_threads=settings["threads"] // settings["workers"],
    )

    def translate(lines: list[str]) -> Iterator[list[str]]:
        pieces = [[*own, "</s>"] for own in source.encode(lines, out_type=str)]
        results = translator.translate_batch(
            pieces,
            batch_type="tokens",
            max_batch_size=settings["batch_tokens"],
            beam_size=settings["beams"],
            max_decoding_length=settings["length"],
            max_input_length=512,
        )
        yield [target.decode_pieces(each.hypotheses[0]).replace("▁", " ") for each in results]

    return translate


SIDES: dict[str, Callable[[dict[str, Any]], Translate]] = {
    "transformers": transformers_loop,
    "ctranslate2": raw_ctranslate2,
}

if __name__ == "__main__":
    main()
