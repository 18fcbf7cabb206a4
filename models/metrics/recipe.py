"""The kind of a COMET checkpoint, read from its hyper-parameters without libraries or weights."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

from models.errors import WeightsError

Identifier = Literal[
    "regression_metric", "referenceless_regression_metric", "unified_metric", "xcomet_metric"
]

IDENTIFIERS: tuple[Identifier, ...] = get_args(Identifier)

# Encoders of `unbabel-comet` that are run here, by the name it gives them.
ENCODERS = ("XLM-RoBERTa", "XLM-RoBERTa-XL", "MiniLM")
POOLINGS = ("avg", "cls", "max", "default")

# What `unbabel-comet` 2.2.7 takes where a checkpoint leaves a hyper-parameter open: for every kind
# of model, and for each kind.
COMMON_DEFAULTS: dict[str, Any] = {
    "encoder_model": "XLM-RoBERTa",
    "pretrained_model": "",
    "pool": "avg",
    "layer": "mix",
    "sent_layer": "mix",
    "layer_norm": True,
    "layer_transformation": "sparsemax",
    "activations": "Tanh",
    "final_activation": None,
    "word_layer": 24,
}
DEFAULTS: dict[Identifier, dict[str, Any]] = {
    "regression_metric": {"hidden_sizes": [3072, 1024], "layer_transformation": "softmax"},
    "referenceless_regression_metric": {
        "hidden_sizes": [2048, 1024],
        "layer_transformation": "softmax",
    },
    "unified_metric": {"hidden_sizes": [3072, 1024], "error_labels": ["minor", "major"]},
    "xcomet_metric": {
        "encoder_model": "XLM-RoBERTa-XL",
        "hidden_sizes": [2560, 1280],
        "layer_norm": False,
        "word_layer": 36,
        "error_labels": ["minor", "major", "critical"],
    },
}


@dataclass(frozen=True, slots=True)
class Recipe:
    """The hyper-parameters that affect the score.

    `layer` is None if all layers are mixed, and `sparse` is True if by sparsemax instead of
    softmax. `word_layer` is None for a model that labels no words. `segments` are the inputs of a
    unified model, out of `mt`, `src` and `ref`.
    """

    identifier: Identifier
    encoder_model: str
    pretrained_model: str
    pooling: str
    layer: int | None
    layer_norm: bool
    sparse: bool
    hidden_sizes: tuple[int, ...]
    activation: str
    final_activation: str | None
    segments: tuple[str, ...]
    word_layer: int | None
    error_labels: tuple[str, ...]

    @property
    def unified(self) -> bool:
        """True for a model that reads its segments as one sequence."""
        return self.identifier in ("unified_metric", "xcomet_metric")

    @property
    def reads_reference(self) -> bool:
        """True for a model that can use a reference."""
        return "ref" in self.segments

    @property
    def reads_source(self) -> bool:
        """True for a model that can use the source."""
        return "src" in self.segments


def read_hyper_parameters(path: Path) -> dict[str, Any]:
    """Read hparams.yaml. Raises WeightsError if it is not a YAML mapping."""
    try:
        value = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise WeightsError(f"{path}: not readable as YAML: {reason}") from error
    if not isinstance(value, dict):
        raise WeightsError(f"{path}: a mapping is needed, found {type(value).__name__}")
    return value


def recipe_of(
    path: Path, written: Mapping[str, Any], stored: Mapping[str, Any] | None = None
) -> Recipe:
    """Return the recipe from hparams.yaml (`written`) and from the values in the checkpoint.

    As in `unbabel-comet` (comet/models/__init__.py), the file names the kind of model, and values
    stored in the checkpoint, if any, decide the rest. With `layer_transformation: sparsemax_patch`
    the layers are mixed by softmax. `path` is for error messages.
    """
    identifier = _identifier(path, written)
    values = COMMON_DEFAULTS | DEFAULTS[identifier] | dict(stored or written)
    patched = written.get("layer_transformation") == "sparsemax_patch"
    unified = identifier in ("unified_metric", "xcomet_metric")
    labels_words = identifier == "xcomet_metric" or (
        unified and bool(values.get("word_level_training"))
    )
    layer = values["sent_layer" if unified else "layer"]
    _check_encoder(path, values, unified=unified)
    return Recipe(
        identifier=identifier,
        encoder_model=str(values["encoder_model"]),
        pretrained_model=str(values["pretrained_model"]),
        pooling=str(values["pool"]),
        layer=None if layer == "mix" else _whole_number(path, "layer", layer),
        layer_norm=bool(values["layer_norm"]),
        sparse=values["layer_transformation"] == "sparsemax" and not patched,
        hidden_sizes=tuple(int(size) for size in values["hidden_sizes"]),
        activation=str(values["activations"]),
        final_activation=values["final_activation"] and str(values["final_activation"]),
        segments=_segments(path, identifier, values),
        word_layer=_whole_number(path, "word_layer", values["word_layer"])
        if labels_words
        else None,
        error_labels=tuple(str(label) for label in values.get("error_labels", ())),
    )


def _identifier(path: Path, written: Mapping[str, Any]) -> Identifier:
    named = written.get("class_identifier")
    for identifier in IDENTIFIERS:
        if named == identifier:
            return identifier
    raise WeightsError(
        f"{path}: class_identifier '{named}' is not supported; choose {', '.join(IDENTIFIERS)}"
    )


def _check_encoder(path: Path, values: Mapping[str, Any], *, unified: bool) -> None:
    """Raise WeightsError for an encoder or a pooling that is not run here."""
    # A unified MiniLM would tell its segments apart by token types, and none was published.
    encoders = ENCODERS[:2] if unified else ENCODERS
    _check_choice(path, "encoder_model", values["encoder_model"], encoders)
    # What MiniLM has for `default`, its pooler, is not loaded here.
    poolings = POOLINGS[:3] if values["encoder_model"] == "MiniLM" else POOLINGS
    _check_choice(path, "pool", values["pool"], poolings)


def _segments(path: Path, identifier: Identifier, values: Mapping[str, Any]) -> tuple[str, ...]:
    if identifier == "referenceless_regression_metric":
        return ("mt", "src")
    if identifier != "unified_metric":
        return ("mt", "src", "ref")
    segments = tuple(str(each) for each in values.get("input_segments", ("mt", "src", "ref")))
    if segments[:1] != ("mt",) or not {"src", "ref"}.issuperset(segments[1:]) or not segments[1:]:
        raise WeightsError(
            f"{path}: input_segments {list(segments)} is not supported; "
            "it must be mt and then src, ref or both"
        )
    return segments


def _check_choice(path: Path, key: str, value: object, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise WeightsError(f"{path}: {key} '{value}' is not supported; choose {', '.join(choices)}")


def _whole_number(path: Path, key: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise WeightsError(f"{path}: {key} must be a whole number, found '{value}'")
    return value
