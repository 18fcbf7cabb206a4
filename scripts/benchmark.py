"""Beside others: sentences a second, memory and start-up of translating the same sentences.

python scripts/benchmark.py news.zh.txt --references news.en.txt --model bundled:zh-en
python scripts/benchmark.py news.zh.txt --tokenizer opus-mt-zh-en-tokenizer --pairs pairs.tsv
python scripts/benchmark.py news.zh.txt --peer easynmt=easynmt/bin/python --peer argos=…/python

Lines that hold several sentences are left out, so that all sides do the same work. Every side
is a process of its own and all take turns, `--repeats` times; medians are printed. `ours` is
the whole of `pipeline run`, from reading to the report, with an empty memory. Rates leave out
the start: of the others loading libraries and model; of ours the seconds of a run of one
sentence. With --tokenizer the model has random weights, its end token is forbidden and every
output has exactly --length tokens on every side; the repair ladder is off there, for every
sentence would climb it. A --peer is another program with the same weights, in an environment of
its own (scripts/benchmark_peer.py tells how they are made), with the beam and length given here
and, where the weights are not random, once more as it comes out of the box.
"""

import argparse
import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from benchmark_process import child

HERE = Path(__file__).parent
LINES_IN_ARTICLE = 10
TUNING_ROUNDS = 2
PEERS = ("easynmt", "dl-translate", "argos")
# Argos Translate sets no limit, so that CTranslate2's own holds.
ARGOS_TOKENS = 256


@dataclass(frozen=True, slots=True)
class Measurement:
    """One run of one side: seconds, megabytes, and a text for every line."""

    start: float
    work: float
    peak_megabytes: float
    texts: list[str]


@dataclass(frozen=True, slots=True)
class Work:
    """What every side gets."""

    lines: list[str]
    references: list[str]
    folder: Path
    converted: Path
    cache: Path
    options: argparse.Namespace


def main() -> None:
    """Measure the sides and print a table."""
    options = arguments()
    with tempfile.TemporaryDirectory(dir=options.work) as aside:
        work = prepared(Path(aside), options)
        sides = list(wanted(work))
        results: dict[str, list[Measurement]] = {name: [] for name, _ in sides}
        for _ in range(options.repeats):
            for name, settings in sides:
                measured = ours(work, settings) if "ours" in name else other(work, settings)
                results[name].append(measured)
                print(f"{name}: {measured.work:.2f} s", file=sys.stderr)
        print_table(results, work)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path, help="Chinese, one sentence a line")
    parser.add_argument("--references", type=Path, help="English of the same lines, for chrF")
    parser.add_argument("--model", default="bundled:zh-en", help="bundled:NAME or a folder")
    parser.add_argument("--tokenizer", type=Path, help="folder to make a random model from")
    parser.add_argument("--pairs", type=Path, help="sentence pairs for a shortlist of that model")
    parser.add_argument("--tolerance", type=float, default=0.005, help="of that shortlist")
    parser.add_argument("--limit", type=int, default=300, help="lines")
    parser.add_argument("--beams", type=int, default=4)
    parser.add_argument("--length", type=int, default=32, help="tokens of an output, at most")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--only", nargs="*", default=[], help="sides whose names contain one")
    parser.add_argument(
        "--peer",
        type=peer,
        action="append",
        default=[],
        help=f"NAME=PYTHON of its environment: {', '.join(PEERS)}",
    )
    parser.add_argument("--work", type=Path, help="folder for temporary files")
    return parser.parse_args()


def peer(text: str) -> tuple[str, str]:
    """Read NAME=PYTHON."""
    name, _, python = text.partition("=")
    if name not in PEERS or not shutil.which(python):
        raise argparse.ArgumentTypeError(
            f"{text!r}: give one of {', '.join(PEERS)}, '=' and the Python of its environment"
        )
    return name, python


def prepared(aside: Path, options: argparse.Namespace) -> Work:
    """Make the model, its conversion and its shortlist; none of it is timed."""
    from models.architecture import read_architecture
    from models.convert import converted
    from models.load import resolve_translator
    from models.shortlist import cached_path, write_shortlist
    from models.specs import Seq2SeqSpec
    from models.tokens import load_tokenizer

    cache = aside / "cache"
    folder = aside / "model"
    if options.tokenizer:
        make_random_model(options.tokenizer, folder)
    spec = Seq2SeqSpec(kind="seq2seq", path=str(folder) if options.tokenizer else options.model)
    resolved = resolve_translator(spec, device="cpu", cache=cache)
    place = resolved.folder or folder
    architecture = read_architecture(place)
    plain = converted(
        place,
        architecture,
        tokenizer=load_tokenizer(place, architecture),
        identity=resolved.identity,
        cache=cache,
    )
    if options.pairs:
        from pipeline.shortlisting import counted_shortlist, read_pairs

        pairs = read_pairs(options.pairs, 300_000)
        shortlist = counted_shortlist(resolved, pairs, tolerance=options.tolerance)
        write_shortlist(cached_path(cache, resolved.identity), shortlist)
    lines, references = sentences(options)
    return Work(lines, references, place, plain, cache, options)


def sentences(options: argparse.Namespace) -> tuple[list[str], list[str]]:
    """Read the lines and their references; lines of several sentences, which ours cuts, are out."""
    from pipeline.text.sentences import sentence_spans

    lines = options.file.read_text(encoding="utf-8").splitlines()
    kept = [at for at, line in enumerate(lines) if len(sentence_spans(line.strip())) == 1]
    kept = kept[: options.limit]
    references = (
        options.references.read_text(encoding="utf-8").splitlines() if options.references else []
    )
    return [lines[at].strip() for at in kept], [references[at] for at in kept] if references else []


def make_random_model(tokenizer: Path, folder: Path) -> None:
    """Make a Marian model of the size that a tokenizer's config.json says, which never ends."""
    import torch
    from transformers import MarianConfig, MarianMTModel

    torch.manual_seed(1)
    config = MarianConfig.from_pretrained(tokenizer)
    make: Any = MarianMTModel
    model = make(config)
    with torch.no_grad():
        model.model.shared.weight.normal_(0, config.d_model**-0.5)
        model.final_logits_bias[0, config.eos_token_id] = -10_000
    model.generation_config.forced_eos_token_id = None
    model.save_pretrained(folder)
    for name in ("source.spm", "target.spm", "vocab.json", "tokenizer_config.json"):
        shutil.copyfile(tokenizer / name, folder / name)


def wanted(work: Work) -> Iterator[tuple[str, dict[str, Any]]]:
    """Name the sides and their settings; CTranslate2's are tuned first."""
    options = work.options
    fixed = {
        "folder": str(work.folder),
        "converted": str(work.converted),
        "beams": options.beams,
        "length": options.length,
        "threads": options.threads,
    }
    every: list[tuple[str, dict[str, Any]]] = [
        ("transformers float32", fixed | {"side": "transformers"}),
        ("ctranslate2 int8 tuned", fixed | {"side": "ctranslate2"}),
        ("ours", {"shortlist": "off"}),
        ("ours, transformers", {"shortlist": "off", "backend": "transformers"}),
        ("transformers bfloat16", fixed | {"side": "transformers", "precision": "bfloat16"}),
        (
            "ours, transformers bfloat16",
            {"shortlist": "off", "backend": "transformers", "precision": "bfloat16"},
        ),
    ]
    if options.pairs or (work.folder / "shortlist.json").is_file():
        every.insert(3, ("ours, shortlist", {"shortlist": "auto"}))
    every += peers(work, fixed)
    for name, settings in every:
        if not options.only or any(part in name for part in options.only):
            tuned = tuning(work, settings) if settings.get("side") == "ctranslate2" else {}
            yield name, settings | tuned


def peers(work: Work, fixed: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Name the sides of --peer, after each has made what it needs and told its versions."""
    random = work.options.tokenizer is not None
    for name, python in work.options.peer:
        if name == "argos" and random and work.options.length != ARGOS_TOKENS:
            raise SystemExit(
                "argos: with random weights its outputs have 256 tokens and cannot be given "
                "another length; add --length 256, or leave this peer out"
            )
        settings = fixed | {
            "side": name,
            "python": python,
            "home": str(work.cache / "peers"),
            "defaults": False,
        }
        output, _, _ = answer(settings | {"prepare": True})
        print(f"{name}: {json.loads(output.splitlines()[-1])['versions']}", file=sys.stderr)
        yield name, settings
        if not random:
            yield f"{name} as it comes", settings | {"defaults": True}


def tuning(work: Work, settings: dict[str, Any]) -> dict[str, Any]:
    """Try worker counts and batch sizes for CTranslate2, all in turn and twice; the fastest."""
    some = work.lines[:: max(1, len(work.lines) // 128)]
    trials = [
        {"workers": workers, "batch_tokens": tokens}
        for workers in sorted({1, work.options.threads})
        for tokens in (256, 384, 512, 1024, 2048)
    ]
    rounds = [
        [spent(settings | trial | {"lines": some}).work for trial in trials]
        for _ in range(TUNING_ROUNDS)
    ]
    best = trials[min(range(len(trials)), key=lambda at: min(each[at] for each in rounds))]
    print(f"ctranslate2 tuned: {best}", file=sys.stderr)
    return best


def other(work: Work, settings: dict[str, Any]) -> Measurement:
    """Run a side that is not ours."""
    return spent(settings | {"lines": work.lines})


def spent(settings: dict[str, Any]) -> Measurement:
    """Run a side that is not ours with these settings."""
    output, _, peak = answer(settings)
    found = json.loads(output.splitlines()[-1])
    return Measurement(found["start"], found["work"], peak, found["texts"])


def answer(settings: dict[str, Any]) -> tuple[str, float, float]:
    """Run scripts/benchmark_side.py, or scripts/benchmark_peer.py under the peer's interpreter."""
    script = "benchmark_peer.py" if "python" in settings else "benchmark_side.py"
    command = [settings.get("python", sys.executable), str(HERE / script)]
    return child(command, json.dumps(settings), settings["threads"])


def ours(work: Work, settings: dict[str, Any]) -> Measurement:
    """Run the whole pipeline over the lines, ten to an article; start: a run of one line."""
    _, start, _ = run_of(work, settings, work.lines[:1])
    texts, whole, peak = run_of(work, settings, work.lines)
    return Measurement(start, whole - start, peak, texts)


def run_of(
    work: Work, settings: dict[str, Any], lines: list[str]
) -> tuple[list[str], float, float]:
    """Run `pipeline run` in an empty folder; a text for each line, seconds, megabytes."""
    options = work.options
    with tempfile.TemporaryDirectory(dir=options.work) as aside:
        folder = Path(aside)
        starts = range(0, len(lines), LINES_IN_ARTICLE)
        rows = [
            {"id": f"a{start:06}", "text": "\n\n".join(lines[start : start + LINES_IN_ARTICLE])}
            for start in starts
        ]
        file = folder / "news.jsonl"
        file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        model = {
            "kind": "seq2seq",
            "path": str(work.folder),
            "beams": options.beams,
            "max_target_tokens": options.length,
            "backend": settings.get("backend", "ctranslate2"),
            "shortlist": settings["shortlist"],
        }
        config = {
            "input": {"paths": [str(file)]},
            "output": str(folder / "run"),
            "runtime": {
                "device": "cpu",
                "threads": options.threads,
                "cache": str(work.cache),
                "precision": settings.get("precision", "auto"),
            },
            "segment": {"join_broken_paragraphs": False},
            "translate": {"model": model, "repair": {"enabled": options.tokenizer is None}},
            "summarize": {"model": {"kind": "extractive"}},
        }
        path = folder / "config.yaml"
        path.write_text(yaml.safe_dump(config), encoding="utf-8")
        program = [sys.executable, "-c", "from pipeline.cli import main; raise SystemExit(main())"]
        _, seconds, peak = child([*program, "run", "-q", "--config", str(path)], "", None)
        return written(folder / "run", len(lines)), seconds, peak


def written(run: Path, count: int) -> list[str]:
    """Read the English of every line: block by block, for a line was a paragraph."""
    translations: dict[str, dict[str, str]] = {}
    for shard in (run / "translations").glob("*.jsonl"):
        for row in map(json.loads, shard.read_text(encoding="utf-8").splitlines()):
            own = {sentence["id"]: sentence["text"] for sentence in row["sentences"]}
            translations[row["article_id"]] = own
    articles = [
        json.loads(line)
        for shard in (run / "articles").glob("*.jsonl")
        for line in shard.read_text(encoding="utf-8").splitlines()
    ]
    texts = [
        " ".join(translations[article["id"]][each["id"]] for each in block["sentences"])
        for article in sorted(articles, key=lambda article: str(article["id"]))
        for block in article["blocks"]
    ]
    if len(texts) != count:
        print(f"ours: {len(texts)} blocks for {count} lines; no chrF", file=sys.stderr)
    return texts


def print_table(results: dict[str, list[Measurement]], work: Work) -> None:
    """Print a row for each side, medians over the repeats."""
    count, characters = len(work.lines), sum(map(len, work.lines))
    print(f"{count} sentences, {characters} characters, beams {work.options.beams}")
    print("| side | sentences/s | source chars/s | whole run/s | start s | peak MB | chrF |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for name, own in results.items():
        seconds = statistics.median(each.work for each in own)
        whole = statistics.median(each.start + each.work for each in own)
        start = statistics.median(each.start for each in own)
        peak = statistics.median(each.peak_megabytes for each in own)
        print(
            f"| {name} | {count / seconds:.1f} | {characters / seconds:.0f} "
            f"| {count / whole:.1f} | {start:.2f} | {peak:.0f} | {chrf(own[-1], work)} |"
        )


def chrf(measured: Measurement, work: Work) -> str:
    """Score the texts of a side; nothing for random weights."""
    from sacrebleu import corpus_chrf

    if not work.references or len(measured.texts) != len(work.references):
        return ""
    return f"{corpus_chrf(measured.texts, [work.references]).score:.2f}"


if __name__ == "__main__":
    main()
