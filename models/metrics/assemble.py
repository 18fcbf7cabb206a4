"""Load a COMET checkpoint of any kind as a scorer."""

from pathlib import Path
from typing import Any

import torch

from models.errors import WeightsError
from models.metrics.checkpoint import Tensors, below, read_torch_file
from models.metrics.comet import CometScorer, SentenceReader
from models.metrics.encoder import Encoder, load_comet_encoder
from models.metrics.layers import LayerMix, estimator, fill_module, layer_mix
from models.metrics.recipe import Recipe, read_hyper_parameters, recipe_of
from models.metrics.unified import UnifiedScorer
from models.runtime.device import Device
from models.runtime.precision import LoadedPrecision
from models.specs import CometSpec
from models.weights.find import COMET_FILES


def load_comet(
    spec: CometSpec,
    folder: Path,
    encoder_folder: Path,
    *,
    device: Device,
    precision: LoadedPrecision,
    batch_tokens: int,
) -> CometScorer | UnifiedScorer:
    """Load hparams.yaml and checkpoints/model.ckpt; the encoder's files are in `encoder_folder`.

    Only the encoder runs in `precision`; the small network on top stays in float32.
    """
    written, path = (folder / name for name in COMET_FILES)
    stored = read_torch_file(path)
    tensors = _tensors(stored, path)
    values = stored.get("hyper_parameters")
    recipe = recipe_of(
        written, read_hyper_parameters(written), dict(values) if values is not None else None
    )
    encoder = load_comet_encoder(
        below(tensors, "encoder.model."),
        recipe,
        encoder_folder,
        where=path,
        device=device,
        precision=precision,
    )
    reader = SentenceReader(encoder, recipe, _mix(tensors, recipe, encoder, path))
    inputs = encoder.width * (1 if recipe.unified else 2 * len(recipe.segments))
    head = estimator(below(tensors, "estimator.ff."), recipe, inputs, path)
    if not recipe.unified:
        return CometScorer(reader, head, batch_tokens)
    return UnifiedScorer(
        reader, head, _tagger(tensors, recipe, encoder, path), spec.reference_free, batch_tokens
    )


def _tensors(stored: dict[str, Any], path: Path) -> Tensors:
    state = stored.get("state_dict")
    if not isinstance(state, dict):
        raise WeightsError(
            f"{path}: no 'state_dict' in it, found {', '.join(sorted(map(str, stored))[:5])}; "
            "this is not a PyTorch Lightning checkpoint"
        )
    return {str(name): each for name, each in state.items() if torch.is_tensor(each)}


def _mix(tensors: Tensors, recipe: Recipe, encoder: Encoder, path: Path) -> LayerMix | None:
    for key, layer in (("layer", recipe.layer), ("word_layer", recipe.word_layer)):
        if layer is not None and not 0 <= layer < encoder.layer_count:
            raise WeightsError(
                f"{path}: {key} {layer} is not one of the encoder's {encoder.layer_count} layers"
            )
    if recipe.layer is not None:
        return None
    try:
        return layer_mix(below(tensors, "layerwise_attention."), recipe, encoder.layer_count)
    except KeyError as error:
        raise WeightsError(
            f"{path}: layerwise_attention.{error.args[0]} is missing, which its hyper-parameters "
            "ask for (layer: mix)"
        ) from None


def _tagger(
    tensors: Tensors, recipe: Recipe, encoder: Encoder, path: Path
) -> torch.nn.Module | None:
    if recipe.word_layer is None:
        return None
    module = torch.nn.Linear(encoder.width, len(recipe.error_labels) + 1)
    return fill_module(module, below(tensors, "hidden2tag."), "hidden2tag", path)
