"""Measure what a run does with the names of shards alone, for archives too large to make here.

    python scripts/simulate_names.py --sizes 1000000 10000000
    python scripts/simulate_names.py --shard-size 1000 --sizes 1000000 10000000 100000000

No article is read or written: the keys of documents are counted up, and a bucket in memory lists
every shard as finished. Naming the shards of all tables, listing them, finding which are ready,
grouping them, writing and reading the manifest, naming failures and claiming groups are the
product's own. One article in a thousand failed. Claims are taken for the first 10,000 groups: one
costs the same as the other. A size is a process of its own.

The table has seconds of processor time without claims, and for each article microseconds and bytes
of memory; for each shard the requests: listings of 1,000 names each, and those of a claim.
"""

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from simulate_scale import EVERY, counting_requests, exponent, measured_apart, prepared

CLAIMED = 10_000
LISTED_AT_ONCE = 1000


def main() -> None:
    """Measure every size in a process of its own, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--shard-size", type=int, default=64)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one, options.shard_size)))
        return
    print(
        "| articles | shards | CPU s | µs each | peak MB | bytes each | manifest MB "
        "| claim ms | requests a shard |"
    )
    print("|---:|---:|---:|---:|---:|---:|---:|---:|---:|", flush=True)
    rows = []
    for size in options.sizes:
        rows.append(row := measured_apart(size))
        print(
            f"| {size:,} | {row['shards']:,} | {row['seconds']:.1f} "
            f"| {row['seconds'] / size * 1e6:.1f} | {row['megabytes']:,.0f} "
            f"| {row['megabytes'] * 2**20 / size:.0f} | {row['manifest']:,.1f} "
            f"| {row['claim']:.2f} | {row['requests']:.3f} |",
            flush=True,
        )
        print(f"<!-- {row['parts']} -->", flush=True)
    for name in ("seconds", "megabytes", "manifest") if len(rows) > 1 else ():
        print(f"exponent of {name}: {exponent(options.sizes, [row[name] for row in rows]):.3f}")


def measure(size: int, shard_size: int) -> dict[str, Any]:
    """Do all that a run does with names; return what it cost."""
    from pipeline.engine.keys import digest
    from pipeline.engine.manifest import read_last_run, started_manifest, write_manifest
    from pipeline.engine.plan import DOCUMENTS
    from pipeline.engine.shard_keys import plan_tables
    from pipeline.engine.stages import make_plan
    from pipeline.engine.store import Store, to_jsonl
    from pipeline.records import Failure

    with tempfile.TemporaryDirectory() as aside, counting_requests() as requests:
        place = argparse.Namespace(place="bucket", shard_size=shard_size)
        config = prepared(Path(aside), 0, place)
        steps, folder = make_plan(config).steps, _mirror(config)
        clock = Clock()
        tables = {DOCUMENTS: [digest(number) for number in range(-(-size // shard_size))]}
        for _ in plan_tables(steps, tables, Store(folder), {}):
            pass
        clock.stop("naming")
        with listing(tables) as listed:
            store = Store(folder)
            ready = sum(store.has(table, key) for table in tables for key in tables[table])
            clock.stop("listing")
            groups = _groups(steps, tables, store)
            clock.stop("grouping")
        del store
        manifest = started_manifest(config, None)
        manifest.tables = tables
        write_manifest(folder, manifest)
        again = read_last_run(folder)
        clock.stop("manifest")
        failed = [
            Failure(f"a{number}", "news.jsonl", "translate", "a fault", "the next run tries again")
            for number in range(size // EVERY)
        ]
        lines = sum(1 for _ in to_jsonl(failed))
        clock.stop("failures")
        assert ready == sum(map(len, tables.values())), ready
        assert (again.tables, lines) == (tables, size // EVERY)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        requests.clear()
        claimed, seconds = _claim(folder, groups)
        return {
            "shards": ready,
            "seconds": sum(clock.parts.values()),
            "parts": clock.parts,
            "megabytes": peak,
            "manifest": (folder / "manifest.json").stat().st_size / 2**20,
            "claim": seconds / claimed * 1000,
            "requests": listed[0] / ready + sum(requests.values()) / claimed,
        }


class Clock:
    """Seconds of processor time of each part, one after the other."""

    def __init__(self) -> None:
        self.parts: dict[str, float] = {}
        self._started = time.process_time()

    def stop(self, part: str) -> None:
        """End a part and begin the next one."""
        now = time.process_time()
        self.parts[part], self._started = round(now - self._started, 2), now


def _mirror(config: Any) -> Path:
    from pipeline.bucket import run_folder

    return run_folder(config.output)


@contextmanager
def listing(tables: dict[str, list[str]]) -> Iterator[list[int]]:
    """Let a bucket list every shard as finished; count the requests a store would get."""
    from pipeline.bucket import Bucket, StoredFile

    requests = [0]

    def names(_: Bucket, folder: str = "") -> dict[str, StoredFile]:
        keys = tables.get(folder, [])
        requests[0] += -(-len(keys) // LISTED_AT_ONCE)
        return {f"{key}.{'0' * 16}.jsonl": StoredFile(50_000, 0.0) for key in keys}

    with patch.object(Bucket, "names", names):
        yield requests


def _groups(steps: Any, tables: dict[str, list[str]], store: Any) -> list[Any]:
    """Cut every table into what is made together; return the groups of the last one."""
    from pipeline.engine.executors.groups import all_groups
    from pipeline.engine.shard_keys import plan_tables

    groups: list[Any] = []
    for step, shards in plan_tables(steps, {"documents": tables["documents"]}, store, {}):
        groups = all_groups(step, shards, store, has_memory=False)
    return groups


def _claim(folder: Path, groups: list[Any]) -> tuple[int, float]:
    """Take a claim of each of the first groups, and give it back."""
    from pipeline.engine.claims import Claims

    claims, started = Claims(folder), time.process_time()
    chosen = groups[:CLAIMED]
    for group in chosen:
        name = f"score-{group[0].key}"
        with claims.holding(name, claims.take(name)):
            pass
    return len(chosen), time.process_time() - started


if __name__ == "__main__":
    main()
