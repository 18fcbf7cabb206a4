"""Measure how long `pipeline plan` takes where a run in S3 has thousands of shards.

    python scripts/measure_bucket.py --articles 10000

Makes a run in a folder with a translator that costs nothing, each article a shard of its own;
serves the folder by tests/s3_server.py (moto, on loopback); and plans the run in the bucket, where
every shard but the failed ones is ready. Prints seconds and requests. Needs moto and s3fs.
Requests of a whole run, and a run that meets 100 failures, are in tests/run/test_buckets.py:

    YIBAO_S3_FAILURES=100 python -m pytest tests/run/test_buckets.py -k "requests"
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import psutil

from simulate_scale import faked, prepared, timed

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Make the run, serve it and plan it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=int, default=2500)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as aside:
        folder = Path(aside)
        place = argparse.Namespace(place="folder", shard_size=1, quick=True)
        config = prepared(folder, options.articles, place)
        with faked(quick=True):
            timed(config, place)
        command = [sys.executable, "-P", str(ROOT / "tests/s3_server.py"), str(folder)]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as server:
            assert server.stdout is not None
            address = f"http://127.0.0.1:{server.stdout.readline().strip()}"
            try:
                plan(folder, address, psutil.Process(server.pid))
            finally:
                server.terminate()


def plan(folder: Path, address: str, server: psutil.Process) -> None:
    """Plan the run in the bucket; print the plan, seconds and requests."""
    keys = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_REGION": "x"}
    environment = os.environ | keys | {"AWS_ENDPOINT_URL": address}
    environment["XDG_CACHE_HOME"] = str(folder / "other-machine")
    command = [sys.executable, "-m", "pipeline", "plan", "--config", str(folder / "c.yaml")]
    command += ["--output", "s3://yibao/run"]
    before = server.cpu_times().user
    started = time.perf_counter()
    subprocess.run(command, check=True, env=environment)
    seconds = time.perf_counter() - started
    worked = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    with urllib.request.urlopen(f"{address}/counts") as answer:
        counts = {name: count for name, count in json.load(answer).items() if count}
    print(
        f"{seconds:.1f} s; processor time: {worked:.1f} s here, "
        f"{server.cpu_times().user - before:.1f} s in the server; requests: {counts}"
    )


if __name__ == "__main__":
    main()
