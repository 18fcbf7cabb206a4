"""Datasets of a hub: streamed at a commit, and found on this machine when it must be offline."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.errors import ConfigError
from pipeline.input.hub_datasets import DatasetChoice
from pipeline.input.read import read_documents
from pipeline.records import Document, Edition, Failure
from tests.hub import COMMIT, NAME, hub

ROOT = Path(__file__).parents[2]
ROWS = [
    {"text": f"第{number}天，春天来了。", "id": f"n{number}", "other": 1} for number in range(5)
]
FILES = {
    "README.md": b"---\nlicense: mit\n---\n# news\n",
    "data/train.jsonl": "".join(json.dumps(row) + "\n" for row in ROWS).encode(),
}
# the libraries read the address of the hub when they are imported: a process of its own
PROGRAM = """
import json, sys
from pipeline.errors import ConfigError
from pipeline.input.hub_datasets import DatasetChoice
from pipeline.input.read import read_documents
for name, subset, split, offline, prepare in json.loads(sys.argv[1]):
    if prepare:
        import datasets
        datasets.load_dataset(name, revision=sys.argv[2])
        continue
    choice = DatasetChoice(split, subset, sys.argv[2], offline)
    try:
        found = list(read_documents([name], format="dataset", encoding="auto", fields={},
                                    max_bytes=1000, dataset=choice))
        print(json.dumps([getattr(row, "text", None) or row.reason for row in found]))
    except ConfigError as error:
        print(json.dumps(str(error)))
"""


def read(name: str, choice: DatasetChoice) -> list[Document | Edition | Failure]:
    return list(
        read_documents(
            [name], format="dataset", encoding="auto", fields={}, max_bytes=1000, dataset=choice
        )
    )


def answers(home: Path, address: str, *steps: tuple[object, ...]) -> list[object]:
    """Read datasets in a process whose caches are in `home` and whose hub is at `address`."""
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "HF_HOME": str(home),
        "HF_ENDPOINT": address,
        "HF_HUB_DISABLE_TELEMETRY": "1",
    }
    for name in ("HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE", "HF_DATASETS_CACHE", "HF_HUB_CACHE"):
        environment.pop(name, None)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(steps), COMMIT],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def downloaded(home: Path, name: str, *files: str) -> None:
    """Put files into the cache of the hub, as `hf download` does."""
    folder = home / "hub" / f"datasets--{name.replace('/', '--')}" / "snapshots" / COMMIT
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_bytes(FILES[file])


def test_a_dataset_is_streamed_from_a_hub_and_found_again_offline(tmp_path: Path) -> None:
    texts = [row["text"] for row in ROWS]
    with hub(FILES) as (address, asked):
        streamed, nowhere, split, subset = answers(
            tmp_path,
            address,
            (NAME, None, "train", False, False),
            ("nobody/else", None, "train", False, False),
            (NAME, None, "test", False, False),
            (NAME, "west", "train", False, False),
            (NAME, None, "train", False, True),  # `datasets` prepares it in its cache
        )
        assert streamed == texts
        assert isinstance(nowhere, list)
        assert nowhere[0].startswith(
            "the hub did not deliver it: Dataset 'nobody/else' doesn't exist"
        )
        assert split == f"input.dataset.split: {NAME} has no 'test'; choose train"
        assert str(subset).startswith(f"input.dataset.subset: {NAME}: BuilderConfig 'west' not")
        downloaded(tmp_path, "nobody/older", *FILES)
        downloaded(tmp_path, "nobody/streamed", "README.md")
        asked.clear()
        prepared, kept, other_subset, empty, missing = answers(
            tmp_path,
            address,
            (NAME, None, "train", True, False),
            ("nobody/older", None, "train", True, False),
            ("nobody/older", "west", "train", True, False),
            # a streamed dataset leaves its README in the cache: that is not the dataset
            ("nobody/streamed", None, "train", True, False),
            ("nobody/else", None, "train", True, False),
        )
        assert asked == []
    assert prepared == kept == texts
    assert "BuilderConfig 'west' not" in str(other_subset)
    assert str(empty).startswith("input.paths: 'nobody/streamed': no such folder, and the local")
    assert str(missing).startswith(
        "input.paths: 'nobody/else': no such folder, and the local caches do not have it at "
        "01234567; fetch it once with `hf download --repo-type dataset nobody/else --revision "
    )


# name, revision, what is wrong
MISTAKES = [
    (NAME, None, "needs the full 40-digit commit, found none; branches and tags move"),
    (NAME, "main", "needs the full 40-digit commit, found 'main'; branches and tags move"),
    ("../nowhere", COMMIT, "input.paths: '../nowhere': no such folder, and not a dataset name"),
]


@pytest.mark.parametrize(("name", "revision", "problem"), MISTAKES)
@pytest.mark.parametrize("offline", [True, False])
def test_a_hubs_dataset_is_pinned_to_a_commit(
    name: str, revision: str | None, problem: str, offline: bool
) -> None:
    with pytest.raises(ConfigError, match=problem.replace(".", r"\.")):
        read(name, DatasetChoice(revision=revision, offline=offline))
