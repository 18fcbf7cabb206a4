"""Find and identify weights, and refuse those that could run code when loaded."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from models.errors import WeightsError, first_line
from models.files import read_cache, write_cache
from models.patterns import lazy
from models.weights.architecture import read_json
from models.weights.catalogue import find_known
from models.weights.checksums import digest_text, file_digest, read_sums, safetensors_problem
from models.weights.pickles import converted_folder
from models.weights.remote import far_folder

BUNDLED = Path(__file__).parents[1] / "bundled"

# Files that make up a model. Not its card, canary and calibration, which do not change the
# answer, nor a shortlist.json, which earlier versions wrote beside a model.
MODEL_SUFFIXES = frozenset({".safetensors", ".json", ".spm", ".model", ".txt", ".jinja", ".py"})
NOT_THE_MODEL = frozenset({"canary.json", "calibration.json", "shortlist.json"})
PICKLES = frozenset({".bin", ".pt", ".pth", ".ckpt", ".h5", ".msgpack"})
HUB_PATTERNS = ("*.safetensors", "*.json", "*.spm", "*.model", "*.txt", "*.jinja", "README.md")

# Checkpoints of trained metrics, as they are published. Their pickles are read as tensors and
# plain values alone (models/metrics/checkpoint.py), so that none of their code is run.
FolderLayout = Literal["comet", "metricx", "tokenizer"]
COMET_FILES = ("hparams.yaml", "checkpoints/model.ckpt")
TOKENIZER_FILES = tuple(
    ("tokenizer.json sentencepiece.bpe.model spiece.model vocab.txt vocab.json").split()
)
TOKENIZER_PATTERNS = ("*.json", "*.model", "*.txt", "README.md")
DESCRIBING_PATTERNS = ("config.json", COMET_FILES[0], "README.md")
LAYOUT_PATTERNS: dict[FolderLayout, tuple[str, ...]] = {
    "comet": (*COMET_FILES, "encoder/*", "README.md"),
    "metricx": (*HUB_PATTERNS, "pytorch_model*.bin"),
    "tokenizer": TOKENIZER_PATTERNS,
}

HUB_ID = lazy(r"[A-Za-z0-9][\w.-]*/[\w.-]+")
COMMIT = lazy(r"[0-9a-f]{40}")


@dataclass(frozen=True, slots=True)
class LocatedWeights:
    """A model folder on this machine; `identity` changes when its content does."""

    name: str
    folder: Path
    identity: str


def cache_folder(cache: str | Path) -> Path:
    """Return the cache folder: the user's own for `auto`, otherwise the given folder."""
    if str(cache) != "auto":
        return Path(cache).expanduser()
    stated = os.environ.get("XDG_CACHE_HOME")
    return (Path(stated) if stated else Path.home() / ".cache") / "yibao"


def locate(
    path: str, revision: str | None, *, offline: bool, cache: Path, trust_remote_code: bool = False
) -> LocatedWeights:
    """Return folder and identity of `bundled:NAME`, a local path, a hub id, or an address.

    Raises WeightsError if it is missing, not pinned, or has no safetensors.
    """
    patterns = [*HUB_PATTERNS, *(["*.py"] if trust_remote_code else [])]
    folder, pinned = _folder(path, revision, offline=offline, cache=cache, patterns=patterns)
    refuse_pickles(folder)
    return LocatedWeights(path, folder, pinned or content_identity(folder, cache))


def locate_layout(
    path: str, revision: str | None, layout: FolderLayout, *, offline: bool, cache: Path
) -> LocatedWeights:
    """Return folder and identity of a metric's checkpoint or of a tokenizer.

    Raises WeightsError if it is missing, not pinned, or lacks a file.
    """
    folder, pinned = _folder(
        path, revision, offline=offline, cache=cache, patterns=LAYOUT_PATTERNS[layout]
    )
    files = layout_files(folder, layout)
    if pinned:
        return LocatedWeights(path, folder, pinned)
    digests = _cached_digests(files, cache / "digests.json")
    lines = (f"{digests[name]}  {name}\n" for name in sorted(digests))
    return LocatedWeights(path, folder, digest_text("".join(lines)))


def layout_files(folder: Path, layout: FolderLayout) -> list[Path]:
    """Return the files of a checkpoint with this layout.

    Raises WeightsError if one is missing.
    """
    if not folder.is_dir():
        raise WeightsError(f"{folder}: not a folder")
    names = sorted(each.name for each in folder.iterdir())
    found = ", ".join(names[:6]) or "nothing"
    if layout == "comet":
        if absent := [name for name in COMET_FILES if not (folder / name).is_file()]:
            raise WeightsError(
                f"{folder}: {absent[0]} is missing, found {found}; a COMET checkpoint is a folder "
                "with hparams.yaml and checkpoints/model.ckpt, as on the hub"
            )
        return [folder / name for name in COMET_FILES]
    if "config.json" not in names:
        raise WeightsError(f"{folder}: config.json is missing, found {found}")
    files = [folder / name for name in names if Path(name).suffix in MODEL_SUFFIXES]
    if layout == "tokenizer":
        if not set(TOKENIZER_FILES).intersection(names):
            raise WeightsError(
                f"{folder}: no tokenizer in it, found {found}; one of "
                f"{', '.join(TOKENIZER_FILES)} is needed"
            )
        return [each for each in files if each.suffix != ".safetensors"]
    pickles = [name for name in names if name.startswith("pytorch_model")]
    if tensors := [each for each in files if each.suffix == ".safetensors"]:
        refuse_incomplete(tensors)
        return files
    if not any(name.endswith(".bin") for name in pickles):
        raise WeightsError(f"{folder}: neither *.safetensors nor pytorch_model*.bin, found {found}")
    return [*files, *(folder / name for name in pickles if name.endswith(".bin"))]


def find_layout(
    path: str, revision: str | None, *, offline: bool, cache: Path
) -> FolderLayout | Literal["safetensors"]:
    """Return the layout of a model path; downloads only the small files of a hub id."""
    folder, _ = _folder(path, revision, offline=offline, cache=cache, patterns=DESCRIBING_PATTERNS)
    return layout_of(folder)


def layout_of(folder: Path) -> FolderLayout | Literal["safetensors"]:
    """Return the layout of a folder by its small files: a metric, or another kind of model."""
    if (folder / COMET_FILES[0]).is_file():
        return "comet"
    config = folder / "config.json"
    stated = read_json(config).get("architectures") if config.is_file() else None
    return "metricx" if stated == ["MT5ForRegression"] else "safetensors"


def _folder(
    path: str, revision: str | None, *, offline: bool, cache: Path, patterns: Iterable[str]
) -> tuple[Path, str]:
    """Return the folder and, for a hub id, the identity `repo@commit`; otherwise an empty one."""
    if path.startswith("bundled:"):
        return _bundled_folder(path), ""
    if (local := Path(path).expanduser()).exists():
        return local, ""
    if "://" in path:
        return far_folder(path.rstrip("/"), cache, patterns), ""
    if HUB_ID.fullmatch(path):
        folder = converted_folder(path, revision or "", cache)
        if not folder.is_dir():
            folder = hub_folder(path, revision, offline=offline, patterns=patterns)
        return folder, f"{path}@{revision}"
    if known := find_known(path):
        pinned = f" and revision: {known.revision}" if known.revision else ""
        raise WeightsError(
            f"model path '{path}': a name of the catalogue; write path: {known.path}{pinned} "
            f"(`pipeline models show {known.name}` prints a config)"
        )
    raise WeightsError(
        f"model path '{path}': no such folder; write bundled:NAME, a folder, or a hub id "
        "such as Helsinki-NLP/opus-mt-zh-en with its revision"
    )


def _bundled_folder(path: str) -> Path:
    name = path.removeprefix("bundled:")
    known = sorted(each.name for each in BUNDLED.iterdir() if each.is_dir())
    if name not in known:
        raise WeightsError(f"'{path}': no such bundled model; available: {', '.join(known)}")
    return BUNDLED / name


def hub_folder(
    repository: str, revision: str | None, *, offline: bool, patterns: Iterable[str]
) -> Path:
    """Return the local snapshot of a hub model at a pinned commit, with the files of `patterns`.

    Raises WeightsError if it is missing, not pinned, or refused by the hub.
    """
    if revision is None or not COMMIT.fullmatch(revision):
        found = "no revision" if revision is None else f"revision '{revision}'"
        raise WeightsError(
            f"{repository}: {found}; write the full 40-digit commit (on the hub page under 'Files "
            "and versions', 'History'), because branches and tags move, and the translations "
            "would change"
        )
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    try:
        folder = snapshot_download(
            repository, revision=revision, local_files_only=offline, allow_patterns=list(patterns)
        )
    except LocalEntryNotFoundError as error:
        advice = (
            f"fetch it once with: pipeline models fetch {repository} --revision {revision}"
            if offline
            else "the hub did not answer; is this machine online?"
        )
        raise WeightsError(
            f"{repository}@{revision[:8]}: not in the local hub cache; {advice}"
        ) from error
    except (HfHubHTTPError, OSError) as error:
        reason = first_line(error)
        raise WeightsError(
            f"{repository}@{revision[:8]}: the hub refused the download: {reason}; check the id "
            "and commit, and for a gated model the token in HF_TOKEN"
        ) from error
    return Path(folder)


def refuse_pickles(folder: Path) -> None:
    """Raise WeightsError unless all weights of the folder are safetensors."""
    if not folder.is_dir():
        raise WeightsError(f"{folder}: not a folder; a model is the folder with its config.json")
    names = sorted(each.name for each in folder.iterdir())
    index = folder / "model.safetensors.index.json"
    if index.is_file():
        shards = set(read_json(index).get("weight_map", {}).values())
        if absent := sorted(shards.difference(names)):
            raise WeightsError(f"{folder}: {absent[0]} is missing, which {index.name} names")
    tensors = [folder / name for name in names if name.endswith(".safetensors")]
    if tensors:
        refuse_incomplete(tensors)
        return
    pickles = [name for name in names if Path(name).suffix in PICKLES]
    if pickles:
        raise WeightsError(
            f"{folder}: found only {pickles[0]}, and loading it could run any code; use a "
            "revision with safetensors, or convert them once, read as data: "
            "`pipeline models fetch` does it for a hub id"
        )
    raise WeightsError(
        f"{folder}: no *.safetensors in it; found {', '.join(names[:6]) or 'nothing'}"
    )


def refuse_incomplete(tensors: Iterable[Path]) -> None:
    """Raise WeightsError for an incomplete safetensors file."""
    for path in tensors:
        if problem := safetensors_problem(path):
            raise WeightsError(f"{problem}; the weights are damaged: fetch them again")


def model_files(folder: Path) -> list[Path]:
    """Return the files of a model by name: weights, configuration, tokenizer."""
    return sorted(
        each
        for each in folder.iterdir()
        if each.is_file() and each.suffix in MODEL_SUFFIXES and each.name not in NOT_THE_MODEL
    )


def sealed_files(folder: Path) -> list[Path]:
    """Return the files for SHA256SUMS of a model: the model and its calibration."""
    calibration = folder / "calibration.json"
    return [*model_files(folder), *([calibration] if calibration.is_file() else [])]


def content_identity(folder: Path, cache: Path) -> str:
    """Return a digest of the content of a model folder.

    If there is a SHA256SUMS file, its lines are used for speed and verified when the weights are
    loaded. Otherwise every file is digested once; the cache keeps digests by real path, size and
    modification time.
    """
    digests = read_sums(folder) or _cached_digests(model_files(folder), cache / "digests.json")
    names = sorted(digests.keys() - NOT_THE_MODEL)
    return digest_text("".join(f"{digests[name]}  {name}\n" for name in names))


def _cached_digests(files: Iterable[Path], store: Path) -> dict[str, str]:
    known = read_cache(store)
    fresh: dict[str, str] = {}
    digests: dict[str, str] = {}
    for file in files:
        status = file.stat()
        key = f"{file.resolve()} {status.st_size} {status.st_mtime_ns}"
        if key not in known:
            fresh[key] = known[key] = file_digest(file)
        digests[file.name] = known[key]
    if fresh:
        write_cache(store, {**read_cache(store), **fresh})
    return digests
