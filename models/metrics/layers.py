"""The parts of a metric above its encoder: layer mix, pooling, and a small network.

Shapes: batch x tokens x width for the states of a layer, batch x tokens for ids and masks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from models.errors import WeightsError
from models.metrics.recipe import Recipe

ACTIVATIONS: dict[str, type[torch.nn.Module]] = {
    "tanh": torch.nn.Tanh,
    "sigmoid": torch.nn.Sigmoid,
    "identity": torch.nn.Identity,
    "softsign": torch.nn.Softsign,
    "softplus": torch.nn.Softplus,
}


def sparsemax(values: torch.Tensor) -> torch.Tensor:
    """Project a vector onto the simplex: like softmax, but small values become exactly 0.

    Martins and Astudillo 2016, "From Softmax to Sparsemax", algorithm 1.
    """
    ordered = values.sort(descending=True).values
    sums = ordered.cumsum(0)
    counts = torch.arange(1, len(values) + 1, dtype=values.dtype, device=values.device)
    support = int((1 + counts * ordered > sums).sum())
    threshold = (sums[support - 1] - 1) / support
    return torch.clamp(values - threshold, min=0)


@dataclass(frozen=True, slots=True)
class LayerMix:
    """Mixes all layers into one state per token: weights x layers, normalised first or not.

    Peters et al. 2018 (ELMo, section 3.2); COMET: Rei et al. 2020, section 2.2.
    """

    weights: tuple[float, ...]
    normed: bool

    def mix(self, layers: Sequence[torch.Tensor], mask: torch.Tensor) -> torch.Tensor:
        """Mix the states of all layers, the embeddings first, in float32."""
        mixed = torch.zeros_like(layers[0], dtype=torch.float32)
        for weight, layer in zip(self.weights, layers, strict=True):
            # Sparsemax leaves most layers out.
            if weight:
                states = layer.float()
                mixed += weight * (_normed(states, mask) if self.normed else states)
        return mixed


def _normed(states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Return sentences scaled to mean 0 and variance 1 over all tokens and dimensions."""
    real = mask.unsqueeze(-1).float()
    count = (real.sum(dim=(1, 2)) * states.shape[-1])[:, None, None]
    mean = (states * real).sum(dim=(1, 2), keepdim=True) / count
    variance = (((states - mean) * real) ** 2).sum(dim=(1, 2), keepdim=True) / count
    return (states - mean) / torch.sqrt(variance + 1e-12)


def layer_mix(tensors: Mapping[str, torch.Tensor], recipe: Recipe, count: int) -> LayerMix:
    """Return the mix of `count` layers from `gamma` and `scalar_parameters.N`."""
    scalars = torch.cat([tensors[f"scalar_parameters.{n}"].float() for n in range(count)])
    shares = sparsemax(scalars) if recipe.sparse else torch.softmax(scalars, dim=0)
    weights = tensors["gamma"].float() * shares
    return LayerMix(tuple(weights.tolist()), recipe.layer_norm)


def pooled(
    pooling: str,
    states: torch.Tensor,
    last: torch.Tensor,
    ids: torch.Tensor,
    mask: torch.Tensor,
    padding: int,
) -> torch.Tensor:
    """Return one vector per sentence (batch x width), in float32.

    `avg` sums over the tokens that are not padding and divides by the count of the mask, as COMET
    does; these differ if the text itself contains the padding token.
    """
    match pooling:
        case "avg":
            kept = states.masked_fill(ids.eq(padding).unsqueeze(-1), 0.0)
            return kept.sum(1) / mask.sum(1, keepdim=True).float()
        case "max":
            return states.masked_fill(ids.eq(padding).unsqueeze(-1), -torch.inf).max(dim=1).values
        case "cls":
            return states[:, 0]
        case _:
            return last[:, 0].float()


def estimator(
    tensors: Mapping[str, torch.Tensor], recipe: Recipe, inputs: int, where: Path
) -> torch.nn.Module:
    """Return the network that turns `inputs` features into a score, with its weights, in float32.

    Raises WeightsError if the weights do not match the recipe.
    """
    steps: list[Any] = []
    for before, after in zip((inputs, *recipe.hidden_sizes), recipe.hidden_sizes, strict=False):
        # COMET counts its dropout as a step, which does nothing here.
        steps += [
            torch.nn.Linear(before, after),
            _activation(recipe.activation, where),
            torch.nn.Identity(),
        ]
    steps.append(torch.nn.Linear(recipe.hidden_sizes[-1], 1))
    if recipe.final_activation is not None:
        steps.append(_activation(recipe.final_activation, where))
    return fill_module(torch.nn.Sequential(*steps), tensors, "estimator", where)


def fill_module(
    module: torch.nn.Module, tensors: Mapping[str, torch.Tensor], name: str, where: Path
) -> torch.nn.Module:
    """Return a module with all its weights loaded, in float32 and evaluation mode."""
    try:
        module.load_state_dict({key: each.float() for key, each in tensors.items()}, assign=True)
    except RuntimeError as error:
        reason = " ".join(str(error).split())[:200]
        raise WeightsError(
            f"{where}: the weights of its {name} are not what its hyper-parameters say: {reason}"
        ) from error
    return module.eval().requires_grad_(False)


def _activation(name: str, where: Path) -> torch.nn.Module:
    try:
        return ACTIVATIONS[name.lower()]()
    except KeyError:
        raise WeightsError(
            f"{where}: activation '{name}' is not supported; choose {', '.join(ACTIVATIONS)}"
        ) from None
