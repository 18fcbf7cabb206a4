"""Compare COMET, CometKiwi, XCOMET, MetricX and BERTScore with the original packages, on the CPU.

Makes checkpoints of each architecture (metric_checkpoints.py), scores the same segments
with the packages (neural_metrics_peer.py) and with ours, and prints the largest
difference and segments per CPU second of both. The packages need an environment of their own:

    python -m venv peer
    peer/bin/pip install unbabel-comet==2.2.7 'setuptools<81' 'numpy<2' 'transformers<5' bert-score
    peer/bin/pip install 'protobuf>=6'    # for the tokenizers; unbabel-comet states an older one
    python scripts/metrics/compare_neural_metrics.py peer/bin/python

`--source`, `--hypothesis` and `--reference` name text files to score instead of the lines of this
project. `--golden FILE` only writes what the packages say of the segments that the tests use.
"""

import argparse
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import sentencepiece

from metric_checkpoints import (
    COMET_KINDS,
    Size,
    make_comet,
    make_encoder,
    make_metricx,
)
from metric_segments import SEGMENTS
from models.metrics.load import load_scorer, resolve_scorer
from models.metrics.pieces import load_pieces
from models.protocols import Segment, SegmentScore
from models.runtime.machine import Machine
from models.specs import BertScoreSpec, CometSpec, MetricXSpec, ScorerSpec

ROOT = Path(__file__).resolve().parents[2]
# Names of partial scores, theirs and ours.
PARTS = {"src": "source", "ref": "reference"}
TOLERANCE = 1e-4


@dataclass(frozen=True, slots=True)
class Job:
    """One checkpoint to be scored by both sides: a spec for ours, a request for theirs."""

    name: str
    spec: ScorerSpec
    request: dict[str, Any]


def main() -> None:
    """Print the table, or write the golden file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("python", type=Path, help="python of the environment of the packages")
    parser.add_argument("--source", type=Path)
    parser.add_argument("--hypothesis", type=Path)
    parser.add_argument("--reference", type=Path)
    parser.add_argument("--limit", type=int, default=60, help="segments of these files")
    parser.add_argument("--width", type=int, default=256)
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--positions", type=int, default=512)
    parser.add_argument("--threads", type=int, default=1, help="of torch, on both sides")
    parser.add_argument("--golden", type=Path, help="write what the tests expect, and stop")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if options.golden:
            write_golden(Path(folder), options.python, options.golden)
        else:
            compare(Path(folder), options)


def compare(folder: Path, options: argparse.Namespace) -> None:
    """Make checkpoints, run both sides, print a line for each."""
    segments = [Segment(*each) for each in SEGMENTS] + read_segments(options)
    size = Size(options.width, options.layers, 4, options.positions)
    jobs = make_jobs(folder, segments, size)
    pieces = [make_sentencepiece(folder, kind, segments) for kind in ("xlm-roberta", "t5")]
    theirs = ask(folder, options, segments, [*(job.request for job in jobs), *pieces])
    print(f"{len(segments)} segments, width {size.width}, {size.layers} layers, CPU")
    header = ("checkpoint", "largest difference", "spans", "theirs/s", "ours/s", "flagged")
    print("{:22} {:>18} {:>12} {:>9} {:>8} {:>8}".format(*header))
    worst = 0.0
    for job in jobs:
        ours, seconds = score(job.spec, segments, options.threads)
        found = theirs[job.name]
        difference = largest_difference(ours, found)
        worst = max(worst, difference)
        print(
            f"{job.name:22} {difference:18.1e} {spans_alike(ours, found):>12} "
            f"{len(segments) / found['seconds']:9.1f} {len(segments) / seconds:8.1f} "
            f"{sum(each.truncated for each in ours):8}"
        )
        if "lightning" in job.request:
            again, _ = score(written_by_lightning(job), segments, options.threads)
            worst = max(worst, largest_difference(again, found))
    for request in pieces:
        texts = [text for each in segments for text in asdict(each).values()]
        ids = [list(each.ids) for each in load_pieces(Path(request["folder"])).encode(texts)]
        alike = sum(a == b for a, b in zip(ids, theirs[request["name"]]["ids"], strict=True))
        print(f"{request['name']}: {alike} of {len(ids)} texts in the same ids")
    print(f"largest difference of all, files written by PyTorch Lightning included: {worst:.1e}")
    if worst > TOLERANCE:
        raise SystemExit(f"more than {TOLERANCE}")


def read_segments(options: argparse.Namespace) -> list[Segment]:
    """Read the files of the command line, or make segments of lines of this project."""
    named = (options.source, options.hypothesis, options.reference)
    if all(named):
        columns = [path.read_text(encoding="utf-8").splitlines() for path in named]
        return [Segment(*each) for each in zip(*columns, strict=True)][: options.limit]
    page = (ROOT / "data/samples/jinshan-2023-03-05.md").read_text(encoding="utf-8")
    chinese = [line for line in page.splitlines() if line.strip()]
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    english = [line for line in text.splitlines() if line.count(" ") > 5]
    return [
        Segment(
            chinese[n % len(chinese)],
            english[n % len(english)],
            # Shares words with the hypothesis, as a reference does.
            f"{english[n % len(english)][: 10 + n]} {english[(n + 1) % len(english)][:40]}",
        )
        for n in range(options.limit)
    ]


def make_jobs(folder: Path, segments: Sequence[Segment], size: Size) -> list[Job]:
    """Write every checkpoint and say how each side is to run it."""
    texts = [text for each in segments for text in asdict(each).values()]
    jobs: list[Job] = []
    for kind, settings in COMET_KINDS.items():
        made = make_comet(folder / kind, kind, texts, size)
        jobs.append(comet_job(kind, made, reference_free=False))
        if settings["class_identifier"] == "xcomet_metric" or kind == "unite":
            jobs.append(comet_job(f"{kind}, no reference", made, reference_free=True))
    for name, pickled in (("safetensors", False), ("bin", True)):
        made = make_metricx(
            folder / f"metricx-{name}",
            texts,
            Size(min(size.width, 64), size.layers, size.heads, size.positions),
            pickled=pickled,
        )
        jobs += [
            metricx_job(made, name, version, reference_free)
            for version, reference_free in ((23, False), (23, True), (24, False), (24, True))
        ]
    made = make_encoder(folder / "encoder", texts, size)
    request = {"kind": "bertscore", "name": "bertscore", "folder": str(made), "layer": 2}
    jobs.append(Job("bertscore", BertScoreSpec(kind="bertscore", path=str(made), layer=2), request))
    return jobs


def comet_job(name: str, folder: Path, *, reference_free: bool) -> Job:
    """Say how to run a COMET checkpoint; theirs also writes it again through Lightning."""
    request = {
        "kind": "comet",
        "name": name,
        "folder": str(folder),
        "reference_free": reference_free or "qe" in name or "kiwi" in name,
    }
    if not reference_free:
        request["lightning"] = str(folder.with_name(f"{folder.name}-lightning"))
    spec = CometSpec(kind="comet", path=str(folder), reference_free=reference_free)
    return Job(name, spec, request)


def written_by_lightning(job: Job) -> CometSpec:
    """Name the same model as Lightning wrote it."""
    return CometSpec(
        kind="comet",
        path=job.request["lightning"],
        encoder=f"{job.request['folder']}/encoder",
    )


def metricx_job(folder: Path, name: str, version: int, reference_free: bool) -> Job:
    """Say how to run a MetricX checkpoint in one of its modes."""
    label = f"metricx-{version}{'-qe' if reference_free else ''} {name}"
    values = {"version": version, "reference_free": reference_free, "max_tokens": 160}
    spec = MetricXSpec.model_validate({"kind": "metricx", "path": str(folder), **values})
    request = {"kind": "metricx", "name": label, "folder": str(folder), **values}
    return Job(label, spec, request)


def make_sentencepiece(folder: Path, kind: str, segments: Sequence[Segment]) -> dict[str, Any]:
    """Write a folder with a bare SentencePiece model, as infoxlm and mT5 are published."""
    target = folder / f"pieces-{kind}"
    target.mkdir()
    lines = target / "lines"
    texts = [text for each in segments for text in asdict(each).values() if text.strip()]
    lines.write_text("\n".join(texts[::2]), encoding="utf-8")
    settings: dict[str, Any] = {}
    if kind == "t5":
        settings = {"pad_id": 0, "eos_id": 1, "unk_id": 2, "bos_id": -1, "byte_fallback": True}
    sentencepiece.SentencePieceTrainer.train(
        input=str(lines),
        model_prefix=str(target / "trained"),
        vocab_size=4000,
        hard_vocab_limit=False,
        minloglevel=2,
        **settings,
    )
    name = "spiece.model" if kind == "t5" else "sentencepiece.bpe.model"
    (target / "trained.model").rename(target / name)
    model_type, tokenizer = (
        ("mt5", {"tokenizer_class": "T5Tokenizer", "extra_ids": 0})
        if kind == "t5"
        else ("xlm-roberta", {"tokenizer_class": "XLMRobertaTokenizer"})
    )
    (target / "config.json").write_text(json.dumps({"model_type": model_type}), encoding="utf-8")
    (target / "tokenizer_config.json").write_text(json.dumps(tokenizer), encoding="utf-8")
    return {"kind": "pieces", "name": f"{kind} SentencePiece", "folder": str(target)}


def ask(
    folder: Path,
    options: argparse.Namespace,
    segments: Sequence[Segment],
    jobs: Sequence[dict[str, Any]],
) -> dict[str, Any]:
    """Run the other side in its environment; its answers by job."""
    request = {
        "segments": [asdict(each) for each in segments],
        "jobs": list(jobs),
        "threads": options.threads,
    }
    (folder / "request.json").write_text(json.dumps(request), encoding="utf-8")
    peer = subprocess.run(
        [
            str(options.python),
            str(ROOT / "scripts/metrics/neural_metrics_peer.py"),
            str(folder / "request.json"),
            str(folder / "answer.json"),
        ],
        env=os.environ | {"OMP_NUM_THREADS": str(options.threads), "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    if peer.returncode:
        raise SystemExit(f"{options.python}: {peer.stderr[-2000:]}")
    answers: dict[str, Any] = json.loads((folder / "answer.json").read_text(encoding="utf-8"))
    return answers


def score(
    spec: ScorerSpec, segments: Sequence[Segment], threads: int
) -> tuple[list[SegmentScore], float]:
    """Score with ours; CPU seconds without loading, as theirs are: others may be at work here."""
    resolved = resolve_scorer(spec, Machine(device="cpu"))
    scorer = load_scorer(spec, resolved, Machine(threads=threads))
    start = time.process_time()
    return scorer.score(segments), time.process_time() - start


def largest_difference(ours: Sequence[SegmentScore], theirs: dict[str, Any]) -> float:
    """Compare scores, named parts and the confidence of spans."""
    gaps = [abs(one.score - other) for one, other in zip(ours, theirs["scores"], strict=True)]
    for name, values in (theirs.get("parts") or {}).items():
        for one, value in zip(ours, values, strict=True):
            gaps.append(abs(dict(one.parts)[PARTS.get(name, name)] - value))
    for one, spans in zip(ours, theirs.get("spans") or [], strict=False):
        others = {(each["start"], each["end"]): each["confidence"] for each in spans}
        # A span that only one side has is counted, not compared.
        gaps += [
            abs(mine.confidence - others[mine.start, mine.end])
            for mine in one.spans
            if (mine.start, mine.end) in others
        ]
    return float(max(gaps))


def spans_alike(ours: Sequence[SegmentScore], theirs: dict[str, Any]) -> str:
    """Count the error spans that both sides found at the same place with the same severity."""
    if not theirs.get("spans"):
        return ""
    mine = {
        (n, span.start, span.end, span.severity) for n, one in enumerate(ours) for span in one.spans
    }
    other = {
        (n, span["start"], span["end"], span["severity"])
        for n, spans in enumerate(theirs["spans"])
        for span in spans
    }
    return f"{len(mine & other)} of {len(mine | other)}"


def write_golden(folder: Path, python: Path, target: Path) -> None:
    """Write what the packages say of the small checkpoints and the segments of the tests."""
    segments = [Segment(*each) for each in SEGMENTS]
    jobs = make_jobs(folder, segments, Size())
    options = argparse.Namespace(python=python, threads=1)
    answers = ask(folder, options, segments, [job.request for job in jobs])
    for answer in answers.values():
        del answer["seconds"]
        for span in (span for spans in answer.get("spans") or [] for span in spans):
            del span["text"]
    text = json.dumps(rounded(answers), ensure_ascii=False)
    target.write_text(text.replace('}, "', '},\n"') + "\n", encoding="utf-8")


def rounded(value: Any) -> Any:
    """Round every number in nested lists and mappings to six decimals."""
    match value:
        case float():
            return round(value, 6)
        case list():
            return [rounded(each) for each in value]
        case dict():
            return {key: rounded(each) for key, each in value.items()}
        case _:
            return value


if __name__ == "__main__":
    main()
