"""The other side of compare_neural_metrics.py: the original packages, in an environment of theirs.

Reads a request (JSON: checkpoints, segments, threads) and writes what `unbabel-comet`,
`bert-score` and, for MetricX, transformers 4 say. Imports nothing of this project.

python scripts/metrics/neural_metrics_peer.py REQUEST.json ANSWER.json
"""

import json
import logging
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import torch
import transformers

ERROR_TOKEN = 250089


def main() -> None:
    """Answer the request named on the command line."""
    warnings.filterwarnings("ignore")
    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    request = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    torch.set_num_threads(request["threads"])
    answers = {}
    for job in request["jobs"]:
        segments = request["segments"]
        match job["kind"]:
            case "comet":
                answers[job["name"]] = comet(job, segments)
            case "metricx":
                answers[job["name"]] = metricx(job, segments)
            case "bertscore":
                answers[job["name"]] = bertscore(job, segments)
            case "pieces":
                answers[job["name"]] = pieces(job, segments)
    Path(sys.argv[2]).write_text(json.dumps(answers), encoding="utf-8")


def comet(job: dict[str, Any], segments: list[dict[str, str]]) -> dict[str, Any]:
    """Score with `unbabel-comet`; every weight must be used and be there (strict)."""
    from comet import load_from_checkpoint
    from comet.encoders import minilm

    folder = Path(job["folder"])
    # Is in transformers 4 alone.
    library: Any = transformers

    class Tokenizer:
        """XLM-RoBERTa's tokenizer, which the MiniLM encoder would get from the hub by name."""

        @staticmethod
        def from_pretrained(_name: str, **_settings: Any) -> Any:
            return library.XLMRobertaTokenizerFast.from_pretrained(str(folder / "encoder"))

    minilm.XLMRobertaTokenizerFast = Tokenizer
    model = load_from_checkpoint(
        str(folder / "checkpoints" / "model.ckpt"), strict=True, local_files_only=True
    )
    if "lightning" in job:
        save_with_lightning(model, folder, Path(job["lightning"]))
    samples = [
        {"src": each["source"], "mt": each["hypothesis"]}
        | ({} if job["reference_free"] else {"ref": each["reference"]})
        for each in segments
    ]
    start = time.process_time()
    output = model.predict(samples, batch_size=16, gpus=0, num_workers=0, progress_bar=False)
    seconds = time.process_time() - start
    metadata = output.get("metadata") or {}
    return {
        "scores": output["scores"],
        "parts": {
            name.removesuffix("_scores"): values
            for name, values in metadata.items()
            if name.endswith("_scores")
        },
        "spans": metadata.get("error_spans"),
        "seconds": seconds,
    }


def save_with_lightning(model: Any, folder: Path, target: Path) -> None:
    """Write the model again as PyTorch Lightning itself writes a checkpoint."""
    import pytorch_lightning

    trainer = pytorch_lightning.Trainer(
        logger=False, enable_checkpointing=False, accelerator="cpu", enable_progress_bar=False
    )
    trainer.strategy.connect(model)
    (target / "checkpoints").mkdir(parents=True, exist_ok=True)
    trainer.save_checkpoint(target / "checkpoints" / "model.ckpt")
    (target / "hparams.yaml").write_bytes((folder / "hparams.yaml").read_bytes())


def metricx(job: dict[str, Any], segments: list[dict[str, str]]) -> dict[str, Any]:
    """Score as google-research/metricx does: one decoder step of mT5, one output, one at a time."""
    from transformers import AutoTokenizer, MT5ForConditionalGeneration

    tokenizer = AutoTokenizer.from_pretrained(job["folder"])
    model: Any = MT5ForConditionalGeneration.from_pretrained(job["folder"])
    model.eval()
    scores = []
    start = time.process_time()
    for each in segments:
        text = metricx_text(job["version"], job["reference_free"], each)
        encoded = tokenizer(text, max_length=job["max_tokens"], truncation=True)
        ids = torch.tensor([encoded["input_ids"][:-1]])
        with torch.inference_mode():
            logits = model(
                input_ids=ids,
                attention_mask=torch.ones_like(ids),
                decoder_input_ids=torch.zeros((1, 1), dtype=torch.long),
            ).logits
        scores.append(float(logits[0, 0, ERROR_TOKEN].clamp(0, 25)))
    return {"scores": scores, "seconds": time.process_time() - start}


def metricx_text(version: int, reference_free: bool, segment: dict[str, str]) -> str:
    """Write one input as the README of MetricX-23 or MetricX-24 shows it."""
    source, hypothesis = segment["source"], segment["hypothesis"]
    if version == 23:
        other = f"source: {source}" if reference_free else f"reference: {segment['reference']}"
        return f"candidate: {hypothesis} {other}"
    both = f"source: {source} candidate: {hypothesis}"
    return both if reference_free else f"{both} reference: {segment['reference']}"


def bertscore(job: dict[str, Any], segments: list[dict[str, str]]) -> dict[str, Any]:
    """Score with the package `bert-score`."""
    from bert_score import score

    start = time.process_time()
    precision, recall, f1 = score(
        [each["hypothesis"] for each in segments],
        [each["reference"] for each in segments],
        model_type=job["folder"],
        num_layers=job["layer"],
        idf=False,
        use_fast_tokenizer=True,
        device="cpu",
        # One at a time: bert-score takes padding for tokens of similarity 0, which is more than
        # what some tokens of an untrained encoder reach, so that neighbours change a score.
        batch_size=1,
    )
    return {
        "scores": f1.tolist(),
        "parts": {"precision": precision.tolist(), "recall": recall.tolist()},
        "seconds": time.process_time() - start,
    }


def pieces(job: dict[str, Any], segments: list[dict[str, str]]) -> dict[str, Any]:
    """Encode every text with the tokenizer that transformers 4 makes of a folder."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(job["folder"])
    texts = [text for each in segments for text in each.values()]
    return {"ids": [tokenizer(text)["input_ids"] for text in texts]}


if __name__ == "__main__":
    main()
