"""Files of trained metrics are identified, refused when something is wrong, and fetched whole."""

import json
import shutil
from collections.abc import Callable
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from sentencepiece import SentencePieceProcessor, SentencePieceTrainer

from metric_checkpoints import make_comet, make_encoder, make_metricx
from metric_segments import SEGMENTS
from models import installed as local
from models.errors import WeightsError
from models.installed import check, describe
from models.metrics.load import load_scorer, resolve_scorer
from models.metrics.pieces import load_pieces, t5_tokenizer, xlm_roberta_tokenizer
from models.resolved import ResolvedScorer
from models.runtime.machine import Machine
from models.specs import CometSpec, MetricXSpec, ScorerSpec
from models.weights.find import layout_of

TEXTS = [text for segment in SEGMENTS for text in segment]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One checkpoint of each layout, by name."""
    made = tmp_path_factory.mktemp("metrics")
    make_comet(made / "comet", "comet", TEXTS)
    make_metricx(made / "metricx-bin", TEXTS, pickled=True)
    make_encoder(made / "encoder", TEXTS)
    return made


def resolved_of(spec: ScorerSpec) -> ResolvedScorer:
    return resolve_scorer(spec, Machine(device="cpu"))


def test_identity_changes_with_weights_and_with_tokenizer(tmp_path: Path) -> None:
    made = make_comet(tmp_path / "comet", "comet", TEXTS)
    spec = CometSpec(kind="comet", path=str(made))
    before = resolved_of(spec)
    tokenizer = made / "encoder/tokenizer.json"
    tokenizer.write_text(tokenizer.read_text(encoding="utf-8") + " ", encoding="utf-8")
    between = resolved_of(spec)
    checkpoint = made / "checkpoints/model.ckpt"
    checkpoint.write_bytes(checkpoint.read_bytes() + b"\0")
    after = resolved_of(spec)
    assert len({before.identity, between.identity, after.identity}) == 3
    assert len({each.answer_key for each in (before, between, after)}) == 3
    assert len({each.signature for each in (before, between, after)}) == 3
    assert before.signature.startswith("comet|model:comet|weights:")
    assert before.signature.endswith("|refs:yes|encoder:encoder|precision:float32|scoring:1")


def test_a_signature_names_what_decides_a_score(folder: Path) -> None:
    path = folder / "metricx-bin"
    spec = MetricXSpec(
        kind="metricx", path=str(path), version=24, reference_free=True, max_tokens=99
    )
    signature = resolved_of(spec).signature
    assert signature.startswith(f"metricx|model:{path.name}|weights:")
    assert "|refs:no|version:24|max_tokens:99|precision:float32|" in signature


class Arbitrary:
    """Something that is neither a tensor nor a plain value."""


def without_encoder(made: Path) -> None:
    (made / "encoder").rename(made.with_name("elsewhere"))


def cut_short(made: Path) -> None:
    path = made / "checkpoints/model.ckpt"
    path.write_bytes(path.read_bytes()[:5000])


def stored(made: Path, **changes: object) -> None:
    """Change what the checkpoint stores; a weight that becomes None is left out."""
    path = made / "checkpoints/model.ckpt"
    content = torch.load(path, weights_only=True)
    state = content["state_dict"] | {name.replace("__", "."): new for name, new in changes.items()}
    content["state_dict"] = {name: new for name, new in state.items() if new is not None}
    torch.save(content, path)


def written(made: Path, **changes: object) -> None:
    path = made / "hparams.yaml"
    values = yaml.safe_load(path.read_text(encoding="utf-8"))
    path.write_text(yaml.safe_dump(values | changes), encoding="utf-8")


def tied(made: Path) -> None:
    config = json.loads((made / "config.json").read_text(encoding="utf-8"))
    text = json.dumps(config | {"tie_word_embeddings": True})
    (made / "config.json").write_text(text, encoding="utf-8")


WORDS = "encoder__model__embeddings__word_embeddings__weight"
DAMAGE: dict[str, Callable[[Path], object]] = {
    "no checkpoint": lambda made: (made / "checkpoints/model.ckpt").unlink(),
    "no hparams": lambda made: (made / "hparams.yaml").unlink(),
    "no YAML": lambda made: (made / "hparams.yaml").write_text("a: ["),
    "no encoder": without_encoder,
    "an object": lambda made: torch.save({"a": Arbitrary()}, made / "checkpoints/model.ckpt"),
    "cut short": cut_short,
    "no state": lambda made: torch.save({"a": 1}, made / "checkpoints/model.ckpt"),
    "a weight missing": lambda made: stored(made, **{WORDS: None}),
    "a strange weight": lambda made: stored(made, encoder__model__strange=torch.zeros(1)),
    "no mix": lambda made: stored(made, layerwise_attention__gamma=None),
    "another size": lambda made: stored(made, estimator__ff__0__weight=torch.zeros(3, 3)),
    "strange kind": lambda made: written(made, class_identifier="ranking_metric"),
    "strange encoder": lambda made: written(made, encoder_model="RemBERT"),
    "reference free": lambda made: None,
    "metricx without weights": lambda made: (made / "model.safetensors").unlink(),
    "metricx without tokenizer": lambda made: (made / "tokenizer.json").unlink(),
    "metricx tied by mistake": tied,
}


def damaged(tmp_path: Path, change: str) -> ScorerSpec:
    """Make a checkpoint with one thing wrong."""
    if change.startswith("metricx"):
        made = make_metricx(tmp_path / "metricx", TEXTS)
        DAMAGE[change](made)
        return MetricXSpec(kind="metricx", path=str(made), version=24)
    made = make_comet(tmp_path / "comet", "comet", TEXTS)
    DAMAGE[change](made)
    return CometSpec(kind="comet", path=str(made), reference_free=change == "reference free")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("no checkpoint", "checkpoints/model.ckpt is missing, found .*; a COMET checkpoint is"),
        ("no hparams", "hparams.yaml is missing"),
        ("no encoder", "its encoder is '.*set encoder to a folder"),
        ("an object", "holds more than tensors .*Arbitrary.*could run any code"),
        ("cut short", "model.ckpt: (holds|does not load)"),
        ("no state", "no 'state_dict' in it, found a;"),
        ("a weight missing", "1 weights of its model are missing.*word_embeddings"),
        ("a strange weight", "1 weights of its model are unexpected.*among them strange"),
        ("no mix", "layerwise_attention.gamma is missing"),
        ("another size", "weights of its estimator are not what its hyper-param"),
        ("strange kind", "hparams.yaml: class_identifier 'ranking_metric' is not supported"),
        ("strange encoder", "encoder_model 'RemBERT' is not supported; choose XLM-RoBERTa"),
        ("no YAML", "hparams.yaml: not readable as YAML"),
        ("reference free", "always needs a reference; use CometKiwi"),
        ("metricx without weights", r"neither \*.safetensors nor pytorch_model\*.bin"),
        ("metricx without tokenizer", "no tokenizer in it"),
        ("metricx tied by mistake", "tie_word_embeddings is true, but"),
    ],
)
def test_a_damaged_checkpoint_is_refused_in_one_line(
    change: str, said: str, tmp_path: Path
) -> None:
    spec = damaged(tmp_path, change)
    with pytest.raises(WeightsError, match=said) as caught:
        load_scorer(spec, resolved_of(spec), Machine(threads=1))
    assert "\n" not in str(caught.value)


def test_a_hub_id_must_be_pinned_and_is_not_fetched_offline() -> None:
    spec = CometSpec(kind="comet", path="Unbabel/wmt22-comet-da")
    with pytest.raises(WeightsError, match="no revision; write the full 40-digit commit"):
        resolved_of(spec)
    pinned = CometSpec(kind="comet", path="Unbabel/wmt22-comet-da", revision="0" * 40)
    with pytest.raises(WeightsError, match="not in the local hub cache"):
        resolved_of(pinned)


@pytest.mark.parametrize(
    ("name", "layout"),
    [("comet", "comet"), ("metricx-bin", "metricx"), ("encoder", "safetensors")],
)
def test_what_a_folder_holds_is_told_by_its_small_files(
    name: str, layout: str, folder: Path
) -> None:
    assert layout_of(folder / name) == layout


@pytest.mark.parametrize(
    ("name", "kind", "architecture"),
    [("comet", "comet", "regression_metric over "), ("metricx-bin", "metricx", "MT5ForRegression")],
)
def test_a_metric_in_a_folder_is_shown_for_what_it_is(
    folder: Path, tmp_path: Path, name: str, kind: str, architecture: str
) -> None:
    shown = describe(str(folder / name), cache=str(tmp_path))
    assert (shown.metric, shown.path) == (kind, str(folder / name))
    assert shown.architecture.startswith(architecture)
    assert shown.size_bytes > 10_000
    assert shown.identity
    with pytest.raises(WeightsError, match="is a trained metric; add it to trained_metrics"):
        check(str(folder / name), cache=str(tmp_path))


@pytest.mark.parametrize("name", ["comet", "metricx-bin", "encoder"])
def test_a_metric_is_fetched_with_the_files_it_needs(
    name: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def snapshot_download(repository: str, **settings: Any) -> str:
        assert settings["revision"] == "0" * 40
        for file in (each for each in (folder / name).rglob("*") if each.is_file()):
            path = file.relative_to(folder / name)
            if any(fnmatch(path.as_posix(), pattern) for pattern in settings["allow_patterns"]):
                (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(file, tmp_path / path)
        return str(tmp_path)

    monkeypatch.setattr("huggingface_hub.snapshot_download", snapshot_download)
    assert local.fetch("somebody/metric", "0" * 40) == tmp_path
    wanted = {each.name for each in (folder / name).rglob("*") if each.is_file()}
    assert {each.name for each in tmp_path.rglob("*") if each.is_file()} == wanted


@pytest.mark.parametrize("kind", ["xlm-roberta", "t5"])
def test_a_bare_sentencepiece_model_cuts_as_sentencepiece_does(kind: str, tmp_path: Path) -> None:
    lines = tmp_path / "lines"
    lines.write_text("\n".join([*TEXTS, *TEXTS]), encoding="utf-8")
    ids: dict[str, Any] = {"pad_id": 0, "eos_id": 1, "unk_id": 2, "bos_id": -1}
    SentencePieceTrainer.train(
        input=str(lines),
        model_prefix=str(tmp_path / "trained"),
        vocab_size=250,
        hard_vocab_limit=False,
        character_coverage=1.0,
        minloglevel=2,
        **(ids if kind == "t5" else {}),
    )
    model = tmp_path / "trained.model"
    original = SentencePieceProcessor(model_file=str(model))
    texts = ["今年上海的医疗资源", "ＦＵＬＬ width", "  many   spaces here ", "① ½ ﬁne", ""]
    if kind == "t5":
        tokenizer = t5_tokenizer(model.read_bytes())
        expected = [[*original.encode(text), 1] for text in texts]
    else:
        tokenizer = xlm_roberta_tokenizer(model.read_bytes())
        # fairseq put its own special tokens first: all others are one further on.
        rows = [[n + 1 if n else 3 for n in original.encode(text)] for text in texts]
        expected = [[0, *row, 2] for row in rows]
    assert [tokenizer.encode(text).ids for text in texts] == expected


def test_a_damaged_tokenizer_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    for name in ("spiece.model", "tokenizer.json"):
        (tmp_path / name).write_bytes(b"\xff\xff nothing")
        with pytest.raises(WeightsError, match="its tokenizer does not load"):
            load_pieces(tmp_path)
