"""Float32 weights behind a bfloat16 network: Muon for hidden matrices, AdamW for the rest.

The schedule is warm-up – stable – decay (Hu et al. 2024, MiniCPM): a constant rate that any later
sitting can continue, and a cooldown that branches off from it or ends the run.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import torch
from torch import nn

from .muon import Muon
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


def warmed(step: int, warmup_steps: int) -> float:
    """What the learning rates are multiplied with at the start: from near zero to one."""
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
            # Threads share the layers out; a GPU takes them all in one.
            layer = "layers" if master.is_cuda else ".".join(name.split(".")[:4])
            places[layer if hidden else ""].append(place)
        groups = []
        for layer, members in places.items():
            weights = [self.masters[place] for place in members]
            rate = settings.learning_rate if layer else settings.embedding_learning_rate
            optimiser: torch.optim.Optimizer
            if layer and settings.optimiser == "muon":
                optimiser = Muon(weights, lr=rate)
            else:
                optimiser = torch.optim.AdamW(
                    weights, lr=rate, betas=(0.9, 0.98), eps=1e-9, weight_decay=0.0, fused=True
                )
            groups.append(Group(members, optimiser, rate))
        return groups

    def step(self, tokens: int, share_out: ShareOut, factor: float = 1.0) -> torch.Tensor:
        """Use and clear the gradients, sums over `tokens` target pieces; return their norm.

        `share_out(function, groups)` calls the function for every group on several threads; the
        learning rates are multiplied with `factor`.
        """
        squares = share_out(lambda group: self._collect_gradients(group, tokens), self.groups)
        norm = torch.stack(squares).sum().sqrt()
        scale = (self.settings.gradient_clip / (norm + 1e-6)).clamp(max=1.0)
        factor *= warmed(self.steps, self.settings.warmup_steps)
        self.steps += 1
        # Early on the average must forget the random start sooner than later.
        decay = min(self.settings.average_decay, self.steps / (self.steps + 10.0))
        share_out(lambda group: self._move(group, scale, factor, decay), self.groups)
        return norm

    @torch.no_grad()
    def _collect_gradients(self, group: Group, tokens: int) -> torch.Tensor:
        totals = []
        for place in group.places:
            master = self.masters[place]
            total = torch.zeros_like(master) if master.grad is None else master.grad.zero_()
            for replica in self.replicas:
                parameter = replica.parameters[place]
                if parameter.grad is not None:
                    total += parameter.grad
                    parameter.grad = None
                if self.names[place] == "model.shared.weight":
                    total[: replica.outputs] += replica.output_gradient
                    replica.output_gradient.zero_()
            master.grad = total
            totals.append(total)
        torch._foreach_div_(totals, tokens)
        return torch.stack(torch._foreach_norm(totals)).square().sum()

    @torch.no_grad()
    def _move(self, group: Group, scale: torch.Tensor, factor: float, decay: float) -> None:
        masters = [self.masters[place] for place in group.places]
        gradients = [master.grad for master in masters if master.grad is not None]
        torch._foreach_mul_(gradients, scale)
        for settings in group.optimiser.param_groups:
            settings["lr"] = group.rate * factor
        group.optimiser.step()
        values = [master.detach() for master in masters]
        averages = [self.average[place] for place in group.places]
        torch._foreach_lerp_(averages, values, 1.0 - decay)
        for replica in self.replicas:
            torch._foreach_copy_([replica.parameters[place] for place in group.places], values)

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
