"""Models on this machine: the bundled ones, what was fetched, and whether they are whole."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from models.errors import WeightsError
from models.load import load_translator, resolve_translator
from models.metrics.recipe import read_hyper_parameters, recipe_of
from models.prompted.specs import CausalSpec
from models.runtime.device import named
from models.runtime.machine import Machine
from models.seq2seq.canary import read_canary
from models.specs import Seq2SeqSpec
from models.strict import Precision
from models.weights.architecture import is_decoder_only, read_architecture, read_json
from models.weights.cards import read_card
from models.weights.catalogue import (
    KnownModel,
    find_known,
    known_licence,
    known_model,
    known_models,
)
from models.weights.checksums import verify_sums
from models.weights.find import (
    BUNDLED,
    COMET_FILES,
    COMMIT,
    HUB_ID,
    HUB_PATTERNS,
    FolderLayout,
    cache_folder,
    find_layout,
    hub_folder,
    layout_files,
    locate,
    locate_layout,
    model_files,
)
from models.weights.licences import card_licence
from models.weights.pickles import WEIGHTS as PICKLED
from models.weights.pickles import convert_pickles, converted_folder


@dataclass(frozen=True, slots=True)
class LocalModel:
    """A model on this machine; `path` is what a config writes to use it, sizes in bytes.

    `metric` is the kind of a trained metric, None of any other model.
    """

    path: str
    folder: Path
    architecture: str
    size_bytes: int
    licence: str | None
    languages: tuple[str, ...]
    identity: str
    card: str
    metric: FolderLayout | None = None


def bundled_models() -> list[LocalModel]:
    """Describe the models that ship with the project, by name."""
    return [
        describe(f"bundled:{folder.name}")
        for folder in sorted(BUNDLED.iterdir())
        if (folder / "config.json").is_file()
    ]


def describe(path: str, *, revision: str | None = None, cache: str = "auto") -> LocalModel:
    """Describe a bundled model, a local folder or a hub id already fetched; loads no weights."""
    place = cache_folder(cache)
    layout = find_layout(path, revision, offline=True, cache=place)
    if layout == "safetensors":
        weights = locate(path, revision, offline=True, cache=place)
        files = model_files(weights.folder)
    else:
        weights = locate_layout(path, revision, layout, offline=True, cache=place)
        files = layout_files(weights.folder, layout)
    front = read_card(weights.folder)
    card = weights.folder / "MODEL_CARD.md"
    return LocalModel(
        path=path,
        folder=weights.folder,
        architecture=_architecture(weights.folder, layout),
        size_bytes=sum(file.stat().st_size for file in files),
        licence=card_licence(front) or known_licence(path),
        languages=_languages(front),
        identity=weights.identity,
        card=card.read_text(encoding="utf-8") if card.is_file() else "",
        metric=None if layout == "safetensors" else layout,
    )


def _architecture(folder: Path, layout: FolderLayout | Literal["safetensors"]) -> str:
    if layout == "comet":
        path = folder / COMET_FILES[0]
        recipe = recipe_of(path, read_hyper_parameters(path))
        return f"{recipe.identifier} over {recipe.pretrained_model or recipe.encoder_model}"
    stated = read_json(folder / "config.json").get("architectures") or []
    return str(stated[0]) if stated else read_architecture(folder).model_type


def check(
    path: str, *, revision: str | None = None, precision: Precision = "auto", cache: str = "auto"
) -> list[str]:
    """Verify checksums, load the translator and ask its canary; what was found, in lines.

    Raises WeightsError at the first thing that is wrong.
    """
    spec = _spec(path, revision, cache)
    resolved = resolve_translator(spec, Machine(precision=precision, cache=cache))
    if resolved.folder is None:
        raise WeightsError(f"{path}: has no weights to check")
    verify_sums(resolved.folder)
    has_sums = (resolved.folder / "SHA256SUMS").is_file()
    canary = read_canary(resolved.folder)
    load_translator(spec, resolved)
    return [
        f"weights {resolved.identity[:16]} in {resolved.folder}",
        "checksums agree" if has_sums else "no SHA256SUMS beside the weights",
        f"loads with {resolved.backend} in {resolved.precision} on {named(resolved.devices)}",
        f"canary: {len(canary.sentences)} sentences as stored" if canary else "no canary.json",
    ]


def translator_settings(name: str) -> dict[str, Any]:
    """Return the keys of `translate.model` for a model that a user names in one word.

    `name` is `bundled:NAME`, a folder, a name of the catalogue, or the id of a hub model.
    Raises WeightsError if it is none of these, does not translate, or has no known commit.
    """
    if name.startswith("bundled:"):
        return {"kind": "seq2seq", "path": name}
    if (folder := Path(name).expanduser()).exists():
        kind = "causal" if is_decoder_only(folder) else "seq2seq"
        return {"kind": kind, "path": str(folder)}
    known = find_known(name)
    if known is None and not HUB_ID.fullmatch(name):
        known = known_model(name)
    if known is not None and known.task != "translate":
        raise WeightsError(
            f"'{name}': does not translate; `pipeline models list --task translate` lists the "
            "models that do"
        )
    path = known.path if known else name
    commit = (known.revision if known else None) or _fetched_commit(path)
    if commit is None:
        raise WeightsError(
            f"'{name}': no such folder, and no fetched model; fetch it with `pipeline models fetch "
            f"{path} --revision COMMIT`, with a commit from https://huggingface.co/{path}/commits"
        )
    return {"kind": "seq2seq", **(known.spec if known else {}), "path": path, "revision": commit}


def _fetched_commit(path: str) -> str | None:
    """Return the commit at which a hub model was fetched; None if there is not exactly one."""
    from huggingface_hub.constants import HF_HUB_CACHE

    snapshots = Path(HF_HUB_CACHE) / f"models--{path.replace('/', '--')}" / "snapshots"
    commits = [place.name for place in snapshots.glob("*") if COMMIT.fullmatch(place.name)]
    return commits[0] if len(commits) == 1 else None


def _spec(path: str, revision: str | None, cache: str) -> Seq2SeqSpec | CausalSpec:
    """Return the spec that fits a checkpoint, whichever kind it is."""
    place = cache_folder(cache)
    if find_layout(path, revision, offline=True, cache=place) != "safetensors":
        raise WeightsError(
            f"{path}: is a trained metric; add it to trained_metrics of an evaluation config, "
            "then run `pipeline models check NAME --config FILE`"
        )
    folder = locate(path, revision, offline=True, cache=place).folder
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
    layout = find_layout(path, revision, offline=False, cache=place)
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
    """True if a known model lies in the hub's cache, or converted in ours.

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
