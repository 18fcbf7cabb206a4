"""Measure speed and memory of `pipeline run` as the input grows.

python scripts/benchmarks/benchmark_scaling.py zh.txt --sizes 1000 10000 100000

Every size is a run of its own in a process of its own, with an empty translation memory, over
articles of 20 lines; then the same run once more, with nothing to do. A file with fewer distinct
lines than the largest size gives each again as what somebody said, each time somebody else.
`--set` reaches every key of the config, as it does in `pipeline run`.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

import yaml

from benchmark_lines import varied
from benchmark_process import child

LINES_IN_ARTICLE = 20


def main() -> None:
    """Run every size twice and print a table."""
    options = arguments()
    lines = distinct_lines(options.file, max(options.sizes))
    if options.work:
        options.work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=options.work) as aside:
        # The model may have to be converted, once.
        child(prepared(Path(aside), lines[:1], options), "", None)
    print("| lines | run s | lines/s | peak MB | of the first | again s | again MB |")
    print("|---:|---:|---:|---:|---:|---:|---:|", flush=True)
    first = 0.0
    for size in options.sizes:
        with tempfile.TemporaryDirectory(dir=options.work) as aside:
            # Evenly out of all, for later variants are longer: the same work a line in every size.
            own = lines[:: len(lines) // size][:size]
            command = prepared(Path(aside), own, options)
            _, seconds, peak = child(command, "", None)
            _, again, small = child(command, "", None)
        first = first or peak
        print(
            f"| {size} | {seconds:.1f} | {size / seconds:.1f} | {peak:.0f} | {peak / first:.2f} "
            f"| {again:.2f} | {small:.0f} |",
            flush=True,
        )


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path, help="Chinese, one sentence a line")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10_000, 100_000])
    parser.add_argument("--model", default="bundled:zh-en", help="bundled:NAME or a folder")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--work", type=Path, help="folder for temporary files")
    return parser.parse_args()


def distinct_lines(file: Path, count: int) -> list[str]:
    """Return `count` distinct lines: those of the file, then variants of them."""
    stripped = map(str.strip, file.read_text(encoding="utf-8").splitlines())
    found = list(dict.fromkeys(line for line in stripped if line))[:count]
    if not found:
        raise SystemExit(f"{file}: no lines; give a text file with one sentence a line")
    return varied(found, -(-count // len(found)))[:count]


def prepared(folder: Path, lines: list[str], options: argparse.Namespace) -> list[str]:
    """Write input and config of one run; the command that runs it."""
    with (folder / "news.jsonl").open("w", encoding="utf-8") as stream:
        for start in range(0, len(lines), LINES_IN_ARTICLE):
            text = "\n\n".join(lines[start : start + LINES_IN_ARTICLE])
            row = {"id": f"a{start:07}", "text": text}
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")
    config = {
        "input": {"paths": [str(folder / "news.jsonl")]},
        "output": str(folder / "run"),
        "segment": {"join_broken_paragraphs": False},
        "translate": {"model": {"kind": "seq2seq", "path": options.model}},
        "summarize": {"model": {"kind": "extractive"}},
    }
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    program = [sys.executable, "-c", "from pipeline.cli import main; raise SystemExit(main())"]
    changes = [part for each in options.set for part in ("--set", each)]
    return [*program, "run", "-q", "--config", str(path), *changes]


if __name__ == "__main__":
    main()
