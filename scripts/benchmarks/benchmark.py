"""Compare speed, memory and start-up with other programs that translate the same sentences.

python scripts/benchmarks/benchmark.py news.zh.txt --references news.en.txt --model bundled:zh-en
python benchmark.py news.zh.txt --tokenizer opus-mt-zh-en-tokenizer --pairs pairs.tsv
python benchmark.py news.zh.txt --peer easynmt=easynmt/bin/python --peer argos=…/python
python benchmark.py news.zh.txt --tokenizer opus-mt-zh-en-tokenizer --device cuda --copies 8

Lines with several sentences are left out, so that all programs do the same work. Each program runs
in its own process; they take turns `--repeats` times, and medians are printed. A program that fails
or exceeds --timeout gets a row with the reason. `ours` is the whole of `pipeline run`, from reading
to the report, with an empty memory. Rates exclude start-up: loading libraries and model for the
others, a run of one sentence for ours. With --tokenizer the model has random weights, its end token
is forbidden and every output has exactly --length tokens; the repair ladder is then off, because
every sentence would need it. A --peer is another program with the same weights in its own
environment (see benchmark_peer.py). It runs with the beam and length given here and, unless
the weights are random, once more with its own defaults.

A test set is too short for a GPU: --copies repeats every line, quoting a different speaker. There,
the loops of transformers stop after --seconds, and their rate covers the lines translated by then.
"GPU busy" is the mean while a program translates, and "GPU MB" the peak memory of the whole device
(benchmark_gpu.py). vLLM is not included because it does not run Marian.
"""

import argparse
import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmark_gpu import Sample, mean_busy, peak_gpu_megabytes, watching
from benchmark_ours import run_of
from benchmark_process import ProcessError, child
from benchmark_work import Work, prepared

HERE = Path(__file__).parent
PEERS = ("easynmt", "dl-translate", "argos")
# Argos Translate sets no limit, so that CTranslate2's own holds.
ARGOS_TOKENS = 256


@dataclass(frozen=True, slots=True)
class Measurement:
    """One run of one side: seconds, megabytes, a text for every line it had, and of the GPU."""

    start: float
    work: float
    peak_megabytes: float
    texts: list[str]
    count: int
    gpu_busy: float | None = None
    gpu_megabytes: float | None = None


def main() -> None:
    """Measure all programs; print each row as it is ready, and then a table."""
    options = arguments()
    if options.work:
        options.work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=options.work) as aside:
        work = prepared(Path(aside), options)
        sides = dict(wanted(work))
        results: dict[str, list[Measurement]] = {name: [] for name in sides}
        failures: dict[str, str] = {}
        for _ in range(options.repeats):
            for name in [name for name in sides if name not in failures]:
                try:
                    sides[name] = tuned(work, sides[name])
                    results[name].append(measured(work, sides[name]))
                    print(row(name, results[name][-1:], work), file=sys.stderr)
                except ProcessError as error:
                    print(f"{name} failed: {error}", file=sys.stderr)
                    failures[name] = last_line(str(error))
        print_table(results, failures, work)


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path, help="Chinese, one sentence a line")
    parser.add_argument("--references", type=Path, help="English of the same lines, for chrF")
    parser.add_argument("--model", default="bundled:zh-en", help="bundled:NAME or a folder")
    parser.add_argument("--tokenizer", type=Path, help="folder to make a random model from")
    parser.add_argument("--limit", type=int, default=300, help="lines of the file")
    parser.add_argument("--copies", type=int, default=1, help="of every line, all distinct")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--beams", type=int, default=4)
    parser.add_argument("--length", type=int, default=32, help="tokens of an output, at most")
    parser.add_argument("--threads", type=int, help="2; on a GPU 4, one for each stream")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument(
        "--seconds", type=float, default=10, help="of a loop of transformers on a GPU, at most"
    )
    parser.add_argument("--timeout", type=float, help="seconds of a process; 120 on a GPU")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="of the config of ours"
    )
    parser.add_argument(
        "--only", nargs="*", default=[], help="sides of these names, or whose names contain one"
    )
    parser.add_argument(
        "--peer",
        type=peer,
        action="append",
        default=[],
        help=f"NAME=PYTHON of its environment: {', '.join(PEERS)}",
    )
    parser.add_argument("--work", type=Path, help="folder for temporary files")
    options = parser.parse_args(given)
    if options.device == "cuda" and options.peer:
        parser.error("--peer: the other programs are measured on the CPU only; leave --device out")
    if options.copies > 1 and options.references:
        parser.error("--references: they are of the lines as they are; leave --copies out")
    if options.threads is None:
        options.threads = 4 if options.device == "cuda" else 2
    if options.timeout is None and options.device == "cuda":
        options.timeout = 120.0
    return options


def peer(text: str) -> tuple[str, str]:
    """Read NAME=PYTHON."""
    name, _, python = text.partition("=")
    if name not in PEERS or not shutil.which(python):
        raise argparse.ArgumentTypeError(
            f"{text!r}: give one of {', '.join(PEERS)}, '=' and the Python of its environment"
        )
    return name, python


def wanted(work: Work) -> Iterator[tuple[str, dict[str, Any]]]:
    """Return the programs to measure and their settings, the most informative first."""
    options = work.options
    fixed = {
        "folder": str(work.folder),
        "converted": str(work.converted),
        "beams": options.beams,
        "length": options.length,
        "threads": options.threads,
        "device": options.device,
        "timeout": options.timeout,
    }
    own = fixed | {
        "side": "ours",
        "shortlist": "writable",
        "work": options.work,
        "cache": str(work.cache),
        "repair": options.tokenizer is None,
        "set": options.set,
    }
    every = on_gpu(options, fixed, own) if options.device == "cuda" else on_cpu(fixed, own)
    every += peers(work, fixed)
    names = {name for name, _ in every}
    parts = [each for each in options.only if each not in names]
    for name, settings in every:
        if not options.only or name in options.only or any(part in name for part in parts):
            yield name, settings


def on_cpu(fixed: dict[str, Any], own: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return the programs to measure on a CPU."""
    loop, other = {"side": "transformers"}, {"backend": "transformers"}
    return [
        ("transformers float32", fixed | loop),
        ("ctranslate2 int8 tuned", fixed | {"side": "ctranslate2", "precision": "int8"}),
        ("ours", own),
        ("ours, whole vocabulary", own | {"shortlist": "off"}),
        ("ours, transformers", own | other),
        ("transformers bfloat16", fixed | loop | {"precision": "bfloat16"}),
        ("ours, transformers bfloat16", own | other | {"precision": "bfloat16"}),
    ]


def on_gpu(
    options: argparse.Namespace, fixed: dict[str, Any], own: dict[str, Any]
) -> list[tuple[str, dict[str, Any]]]:
    """Return the programs to measure on a GPU."""
    half = {"precision": "float16"}
    loop = fixed | {"side": "transformers", "seconds": options.seconds}
    return [
        ("transformers float32", loop),
        ("ours", own | half),
        ("ours, transformers", own | half | {"backend": "transformers"}),
        ("transformers float16 tuned", loop | half | {"batch": 64, "sorted": True}),
        ("ctranslate2 float16 tuned", fixed | half | {"side": "ctranslate2"}),
    ]


def peers(work: Work, fixed: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Prepare each --peer, print its versions, and return the programs to measure."""
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


def tuned(work: Work, settings: dict[str, Any]) -> dict[str, Any]:
    """Try worker counts and batch sizes for CTranslate2, once; of any other side as given.

    On a CPU all in turn and twice; on a GPU, whose time is dear, two batch sizes once.
    """
    if settings["side"] != "ctranslate2" or "workers" in settings:
        return settings
    on_gpu = settings["device"] == "cuda"
    some = work.lines[:: max(1, len(work.lines) // (2048 if on_gpu else 128))]
    trials = [
        {"workers": workers, "batch_tokens": tokens}
        for workers in sorted({1, settings["threads"]})
        for tokens in ((8192, 32768) if on_gpu else (256, 384, 512, 1024, 2048))
    ]
    rounds = [
        [spent(settings | trial | {"lines": some}).work for trial in trials]
        for _ in range(1 if on_gpu else 2)
    ]
    best = trials[min(range(len(trials)), key=lambda at: min(each[at] for each in rounds))]
    print(f"ctranslate2 tuned: {best}", file=sys.stderr)
    return settings | best


def measured(work: Work, settings: dict[str, Any]) -> Measurement:
    """Run a side over all lines."""
    if settings["side"] == "ours":
        return ours(work, settings)
    return spent(settings | {"lines": work.lines})


def spent(settings: dict[str, Any]) -> Measurement:
    """Run another program with these settings."""
    with gpu(settings) as samples:
        output, _, peak = answer(settings)
    found = json.loads(output.splitlines()[-1])
    return Measurement(
        found["start"],
        found["work"],
        peak,
        found["texts"],
        len(found["texts"]),
        mean_busy(samples, found.get("begin", 0), found.get("end", 0)),
        peak_gpu_megabytes(samples),
    )


def gpu(settings: dict[str, Any]) -> AbstractContextManager[list[Sample]]:
    """Watch the GPU while a side runs, if it is used."""
    nothing: list[Sample] = []
    return watching() if settings["device"] == "cuda" else nullcontext(nothing)


def answer(settings: dict[str, Any]) -> tuple[str, float, float]:
    """Run benchmark_side.py, or benchmark_peer.py under the peer's interpreter."""
    script = "benchmark_peer.py" if "python" in settings else "benchmark_side.py"
    command = [settings.get("python", sys.executable), str(HERE / script)]
    return child(command, json.dumps(settings), settings["threads"], settings.get("timeout"))


def ours(work: Work, settings: dict[str, Any]) -> Measurement:
    """Run the whole pipeline over the lines; start: a run of one line."""
    start = run_of(work.lines[:1], settings).seconds
    with gpu(settings) as samples:
        run = run_of(work.lines, settings)
    return Measurement(
        start,
        run.seconds - start,
        run.peak_megabytes,
        run.texts,
        len(work.lines),
        mean_busy(samples, run.begin, run.end),
        peak_gpu_megabytes(samples),
    )


def print_table(
    results: dict[str, list[Measurement]], failures: dict[str, str], work: Work
) -> None:
    """Print a row for each side, medians over the repeats; of a side that failed what it said."""
    print(
        f"{len(work.lines)} sentences, {sum(map(len, work.lines))} characters, "
        f"beams {work.options.beams}, {work.options.device}"
    )
    more = " sentences | GPU busy % | GPU MB |" if work.options.device == "cuda" else ""
    print(f"| side | sentences/s | source chars/s | whole run/s | start s | peak MB | chrF |{more}")
    print("|---|---:|---:|---:|---:|---:|---:|" + "---:|" * (more.count("|")))
    for name, own in results.items():
        if name in failures:
            print(f"| {name} | failed: {failures[name]} |")
        elif own:
            print(row(name, own, work))


def row(name: str, own: list[Measurement], work: Work) -> str:
    """Return a side's row, medians over its measurements."""
    # A loop that is stopped by the clock has another count every time.
    characters = [sum(map(len, work.lines[: each.count])) / each.work for each in own]
    cells = [
        f"{statistics.median(each.count / each.work for each in own):.1f}",
        f"{statistics.median(characters):.0f}",
        f"{statistics.median(each.count / (each.start + each.work) for each in own):.1f}",
        f"{statistics.median(each.start for each in own):.2f}",
        f"{statistics.median(each.peak_megabytes for each in own):.0f}",
        chrf(own[-1], work),
    ]
    if work.options.device == "cuda":
        cells += [
            f"{statistics.median(each.count for each in own):.0f}",
            middle([each.gpu_busy for each in own]),
            middle([each.gpu_megabytes for each in own]),
        ]
    return f"| {name} | {' | '.join(cells)} |"


def middle(values: list[float | None]) -> str:
    """Return the median of the values that are not None."""
    found = [value for value in values if value is not None]
    return f"{statistics.median(found):.0f}" if found else "unknown"


def last_line(text: str) -> str:
    """Return the last informative line of an error, shortened and without table bars."""
    said = [line.strip() for line in text.splitlines() if line.strip()]
    return (said[-1] if said else "without a word")[-200:].replace("|", "/")


def chrf(measured: Measurement, work: Work) -> str:
    """Return the chrF of the texts of a program; empty for random weights."""
    from sacrebleu import corpus_chrf

    if not work.references or len(measured.texts) != len(work.references):
        return ""
    return f"{corpus_chrf(measured.texts, [work.references]).score:.2f}"


if __name__ == "__main__":
    main()
