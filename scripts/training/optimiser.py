"""Float32 weights behind a bfloat16 network: Muon for hidden matrices, AdamW for the rest.

Muon: Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/ (torch.optim.Muon). The
schedule is warm-up – stable – decay (Hu et al. 2024, MiniCPM): a constant rate that any later
sitting can continue, and a short cooldown that branches off from it.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import torch
from torch import nn

from .network import Losses
from .recipe import Training

Thing = TypeVar("Thing")
Result = TypeVar("Result")


class ShareOut(Protocol):
    """How work is shared out, such as `Workers.share_out` over threads."""

    def __call__(
        self, function: Callable[[Thing], Result], things: Sequence[Thing], /
    ) -> list[Result]:
        """The function of each thing, in order."""
        ...


def rate_factor(step: int, warmup_steps: int, cooldown_share: float | None) -> float:
    """What the learning rates are multiplied with, `cooldown_share` of the cooldown being done."""
    if cooldown_share is not None:
        fallen: float = min(1.0, cooldown_share) ** 0.5
        return max(0.0, 1.0 - fallen)
    return min(1.0, (step + 1) / max(1, warmup_steps))


@dataclass(frozen=True)
class Group:
    """Places of weights that one optimiser moves; small, so that workers can share the groups."""

    places: list[int]
    optimiser: torch.optim.Optimizer
    rate: float


class Weights:
    """Master weights, their optimisers and their moving average for one network and its copies."""

    def __init__(self, network: nn.Module, settings: Training, replicas: Sequence[Losses] = ()):
        self.settings = settings
        self.steps = 0
        self.replicas = replicas
        named = [(name, p) for name, p in network.named_parameters() if p.requires_grad]
        self.names = [name for name, _ in named]
        self.masters = [nn.Parameter(p.detach().float().clone()) for _, p in named]
        self.average = [m.detach().clone() for m in self.masters]
        self.groups = self._groups()

    def _groups(self) -> list[Group]:
        settings, places = self.settings, defaultdict(list)
        for place, (name, master) in enumerate(zip(self.names, self.masters, strict=True)):
            hidden = master.ndim == 2 and ".layers." in name
            places[".".join(name.split(".")[:4]) if hidden else ""].append(place)
        groups = []
        for layer, members in places.items():
            weights = [self.masters[place] for place in members]
            rate = settings.learning_rate if layer else settings.embedding_learning_rate
            optimiser: torch.optim.Optimizer
            if layer and settings.optimiser == "muon":
                optimiser = torch.optim.Muon(
                    weights, lr=rate, weight_decay=0.0, adjust_lr_fn="match_rms_adamw"
                )
            else:
                optimiser = torch.optim.AdamW(
                    weights, lr=rate, betas=(0.9, 0.98), eps=1e-9, weight_decay=0.0, fused=True
                )
            groups.append(Group(members, optimiser, rate))
        return groups

    def step(self, tokens: int, share_out: ShareOut, cooldown_share: float | None = None) -> float:
        """Use and clear the gradients, sums over `tokens` target pieces; return their norm.

        `share_out(function, groups)` calls the function for every group on several threads.
        """
        squares = share_out(lambda group: self._collect_gradients(group, tokens), self.groups)
        norm: float = sum(squares) ** 0.5
        scale = min(1.0, self.settings.gradient_clip / (norm + 1e-6))
        factor = rate_factor(self.steps, self.settings.warmup_steps, cooldown_share)
        self.steps += 1
        # Early on the average must forget the random start sooner than later.
        decay = min(self.settings.average_decay, self.steps / (self.steps + 10.0))
        share_out(lambda group: self._move(group, scale, factor, decay), self.groups)
        return norm

    @torch.no_grad()
    def _collect_gradients(self, group: Group, tokens: int) -> float:
        total = 0.0
        for place in group.places:
            master = self.masters[place]
            master.grad = torch.zeros_like(master)
            for replica in self.replicas:
                parameter = replica.parameters[place]
                if parameter.grad is not None:
                    master.grad += parameter.grad
                    parameter.grad = None
                if self.names[place] == "model.shared.weight":
                    master.grad[: replica.outputs] += replica.output_gradient
                    replica.output_gradient.zero_()
            master.grad /= tokens
            total += float(master.grad.square().sum())
        return total

    @torch.no_grad()
    def _move(self, group: Group, scale: float, factor: float, decay: float) -> None:
        for place in group.places:
            gradient = self.masters[place].grad
            assert gradient is not None, "_collect_gradients makes one for every weight"
            gradient *= scale
        for settings in group.optimiser.param_groups:
            settings["lr"] = group.rate * factor
        group.optimiser.step()
        for place in group.places:
            self.average[place].lerp_(self.masters[place], 1.0 - decay)
            for replica in self.replicas:
                replica.parameters[place].copy_(self.masters[place])

    def use_average(self, yes: bool) -> None:
        """Put the averaged weights into the network, or the current ones back."""
        self._load(self.average if yes else self.masters)

    @torch.no_grad()
    def _load(self, values: Sequence[torch.Tensor]) -> None:
        for replica in self.replicas:
            torch._foreach_copy_(replica.parameters, [v.detach() for v in values])

    def state(self) -> dict[str, Any]:
        """All that is needed to go on."""
        return {
            "steps": self.steps,
            "masters": dict(zip(self.names, (m.detach() for m in self.masters), strict=True)),
            "average": dict(zip(self.names, self.average, strict=True)),
            "optimisers": [group.optimiser.state_dict() for group in self.groups],
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from `state`."""
        self.steps = state["steps"]
        with torch.no_grad():
            for name, master, average in zip(self.names, self.masters, self.average, strict=True):
                master.copy_(state["masters"][name])
                average.copy_(state["average"][name])
        for group, saved in zip(self.groups, state["optimisers"], strict=True):
            group.optimiser.load_state_dict(saved)
        self._load(self.masters)
