"""Models on this machine: the bundled ones, what was fetched, and whether they are whole."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from models.architecture import is_decoder_only, read_architecture, read_json
from models.canary import read_canary
from models.cards import read_card
from models.catalogue import KnownModel, known_licence, known_models
from models.errors import WeightsError
from models.licences import card_licence
from models.load import load_translator, resolve_translator
from models.pickles import WEIGHTS as PICKLED
from models.pickles import convert_pickles, converted_folder
from models.prompted import CausalSpec
from models.specs import Precision, Seq2SeqSpec
from models.sums import verify_sums
from models.weights import (
    BUNDLED,
    COMMIT,
    HUB_ID,
    HUB_PATTERNS,
    cache_folder,
    fetch_layout,
    hub_folder,
    locate,
    locate_layout,
    model_files,
)


@dataclass(frozen=True, slots=True)
class LocalModel:
    """A model on this machine; `path` is what a config writes to use it, sizes in bytes."""

    path: str
    folder: Path
    architecture: str
    size_bytes: int
    licence: str | None
    languages: tuple[str, ...]
    identity: str
    card: str


def bundled_models() -> list[LocalModel]:
    """Describe the models that ship with the project, by name."""
    return [
        describe(f"bundled:{folder.name}")
        for folder in sorted(BUNDLED.iterdir())
        if (folder / "config.json").is_file()
    ]


def describe(path: str, *, revision: str | None = None, cache: str = "auto") -> LocalModel:
    """Describe a bundled model, a local folder or a hub id already fetched; loads no weights."""
    weights = locate(path, revision, offline=True, cache=cache_folder(cache))
    front = read_card(weights.folder)
    stated = read_json(weights.folder / "config.json").get("architectures") or []
    kind = read_architecture(weights.folder).model_type
    card = weights.folder / "MODEL_CARD.md"
    return LocalModel(
        path=path,
        folder=weights.folder,
        architecture=str(stated[0]) if stated else kind,
        size_bytes=sum(file.stat().st_size for file in model_files(weights.folder)),
        licence=card_licence(front) or known_licence(path),
        languages=_languages(front),
        identity=weights.identity,
        card=card.read_text(encoding="utf-8") if card.is_file() else "",
    )


def check(
    path: str, *, revision: str | None = None, precision: Precision = "auto", cache: str = "auto"
) -> list[str]:
    """Verify checksums, load the translator and ask its canary; what was found, in lines.

    Raises WeightsError at the first thing that is wrong.
    """
    spec = _spec(path, revision, cache)
    resolved = resolve_translator(spec, precision=precision, cache=cache)
    if resolved.folder is None:
        raise WeightsError(f"{path}: has no weights to check")
    verify_sums(resolved.folder)
    has_sums = (resolved.folder / "SHA256SUMS").is_file()
    canary = read_canary(resolved.folder)
    load_translator(spec, resolved)
    return [
        f"weights {resolved.identity[:16]} in {resolved.folder}",
        "checksums agree" if has_sums else "no SHA256SUMS beside the weights",
        f"loads with {resolved.backend} in {resolved.precision} on {resolved.device.name}",
        f"canary: {len(canary.sentences)} sentences as stored" if canary else "no canary.json",
    ]


def _spec(path: str, revision: str | None, cache: str) -> Seq2SeqSpec | CausalSpec:
    """Give the spec that fits a checkpoint, whichever kind it is."""
    folder = locate(path, revision, offline=True, cache=cache_folder(cache)).folder
    if not is_decoder_only(folder):
        return Seq2SeqSpec(kind="seq2seq", path=path, revision=revision)
    # No text is asked for: any prompt will do that needs no chat template.
    return CausalSpec(kind="causal", path=path, revision=revision, preset="plain")


def fetch(path: str, revision: str | None, *, cache: str = "auto") -> Path:
    """Download a hub model or metric at its pinned commit; the folder it is in.

    One that has only pickled weights is converted to safetensors, into the cache. A bundled
    or local model is already here, and only found.
    """
    place = cache_folder(cache)
    layout = fetch_layout(path, revision, cache=place)
    if layout != "safetensors":
        return locate_layout(path, revision, layout, offline=False, cache=place).folder
    if revision and HUB_ID.fullmatch(path) and not Path(path).expanduser().exists():
        snapshot = hub_folder(path, revision, offline=False, patterns=HUB_PATTERNS)
        if not any(snapshot.glob("*.safetensors")):
            patterns = (*HUB_PATTERNS, *PICKLED)
            snapshot = hub_folder(path, revision, offline=False, patterns=patterns)
            convert_pickles(snapshot, converted_folder(path, revision, place))
    return locate(path, revision, offline=False, cache=place).folder


def is_fetched(model: KnownModel) -> bool:
    """Tell whether a known model lies in the hub's cache, or converted in ours.

    At its pinned commit, where the catalogue has one; at any commit otherwise.
    """
    from huggingface_hub.constants import HF_HUB_CACHE

    snapshots = Path(HF_HUB_CACHE) / f"models--{model.path.replace('/', '--')}" / "snapshots"
    if model.revision is None:
        return snapshots.is_dir() and any(snapshots.iterdir())
    converted = converted_folder(model.path, model.revision, cache_folder("auto"))
    return (snapshots / model.revision).is_dir() or converted.is_dir()


def other_fetched() -> list[LocalModel]:
    """Describe what else lies in the hub's cache and can be loaded: models nobody listed here.

    `path` is `id@commit`. What is no model, or one without safetensors, is passed over.
    """
    from huggingface_hub.constants import HF_HUB_CACHE

    listed = {model.path for model in known_models()}
    found = []
    for snapshot in sorted(Path(HF_HUB_CACHE).glob("models--*/snapshots/*")):
        path = snapshot.parts[-3].removeprefix("models--").replace("--", "/", 1)
        if path in listed or not COMMIT.fullmatch(snapshot.name):
            continue
        try:
            own = describe(path, revision=snapshot.name)
        except WeightsError:
            continue
        found.append(replace(own, path=f"{path}@{snapshot.name[:8]}"))
    return found


def _languages(front: dict[str, Any]) -> tuple[str, ...]:
    stated = front.get("language") or []
    return (stated,) if isinstance(stated, str) else tuple(str(each) for each in stated)
