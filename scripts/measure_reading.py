"""Read a large generated file and say how fast, and how much memory it takes on the way.

python scripts/measure_reading.py --megabytes 500 --format jsonl

Formats: jsonl, jsonl.gz, jsonl.zst, csv, parquet. The file is made in a temporary folder and
removed. Memory that does not grow from the first tenth to the last is bounded memory.
"""

import argparse
import csv
import gzip
import json
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from pipeline.input.read import read_documents

SENTENCE = "金山区持续优化营商环境，吸引企业投资兴业，让企业有更多的获得感。"
FORMATS = ("jsonl", "jsonl.gz", "jsonl.zst", "csv", "parquet")


def main() -> None:
    """Make the file, read it, print a line for every tenth of its rows."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=int, default=500, help="size of the text unpacked")
    parser.add_argument("--format", choices=FORMATS, default="jsonl")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"news.{options.format}"
        count = write(path, options.megabytes)
        print(f"{path.name}: {path.stat().st_size / 1e6:.0f} MB, {count:,} rows")
        start, before, size = time.perf_counter(), peak_megabytes(), 0
        found = read_documents(
            [str(path)], format="auto", encoding="auto", fields={}, max_bytes=20_000_000
        )
        for number, row in enumerate(found, start=1):
            size += len(row.text.encode()) if hasattr(row, "text") else 0
            if number % max(1, count // 10) == 0:
                seconds = time.perf_counter() - start
                print(
                    f"  {number:>10,} rows {seconds:7.1f} s {size / 1e6 / seconds:7.1f} MB/s, "
                    f"peak memory {peak_megabytes():.0f} MB ({before:.0f} MB before)"
                )


def rows(megabytes: int) -> Iterator[dict[str, str]]:
    """Yield articles of about 3 kB until there are so many megabytes."""
    text = SENTENCE * 30
    for number in range(round(megabytes * 1e6 / len(text.encode()))):
        yield {"id": f"n{number}", "text": f"第{number}篇。{text}"}


def write(path: Path, megabytes: int) -> int:
    """Write the file row by row and give the number of rows."""
    if path.suffix == ".parquet":
        from datasets import Dataset

        made = Dataset.from_generator(
            rows, gen_kwargs={"megabytes": megabytes}, cache_dir=str(path.parent / "cache")
        )
        made.to_parquet(path)
        return len(made)
    count = 0
    with opened(path) as file:
        writer = csv.writer(file) if path.suffix == ".csv" else None
        if writer:
            writer.writerow(("id", "text"))
        for row in rows(megabytes):
            count += 1
            if writer:
                writer.writerow(row.values())
            else:
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
    return count


def opened(path: Path) -> IO[str]:
    """Open a file for writing, packed as its name says."""
    if path.suffix == ".gz":
        return gzip.open(path, "wt", encoding="utf-8", compresslevel=1)
    if path.suffix == ".zst":
        import zstandard

        packed: IO[str] = zstandard.open(path, "wt", encoding="utf-8")
        return packed
    return path.open("w", encoding="utf-8")


def peak_megabytes() -> float:
    """Return the most memory this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
