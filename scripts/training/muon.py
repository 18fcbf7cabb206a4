"""Muon for many matrices at once: those of one shape are made orthogonal as one stack.

Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/; the size of the steps is that of Liu
et al. 2025, "Muon is Scalable for LLM Training", section 2.2. The steps are those of
torch.optim.Muon (adjust_lr_fn="match_rms_adamw"), which takes matrix by matrix: on a GPU a small
network would wait for the launches.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable

import torch

# Newton and Schulz's iteration with the coefficients of Jordan et al.
COEFFICIENTS = (3.4445, -4.7750, 2.0315)
ITERATIONS = 5
LEAST = 1e-7


class Muon(torch.optim.Optimizer):
    """Moves matrices along the orthogonalised momentum of their gradients."""

    def __init__(self, weights: Iterable[torch.Tensor], lr: float, momentum: float = 0.95):
        super().__init__(weights, {"lr": lr, "momentum": momentum})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:  # type: ignore[override]
        """Move every matrix that has a gradient."""
        loss = closure() if closure else None
        for group in self.param_groups:
            shapes: dict[torch.Size, list[torch.Tensor]] = defaultdict(list)
            for weight in group["params"]:
                if weight.grad is not None:
                    shapes[weight.shape].append(weight)
            for shape, weights in shapes.items():
                rate = group["lr"] * 0.2 * max(shape) ** 0.5
                directions = self._directions(weights, group["momentum"])
                torch._foreach_add_(weights, directions, alpha=-rate)
        return loss

    def _directions(self, weights: list[torch.Tensor], momentum: float) -> list[torch.Tensor]:
        gradients = [weight.grad for weight in weights if weight.grad is not None]
        for weight in weights:
            if "momentum" not in self.state[weight]:
                self.state[weight]["momentum"] = torch.zeros_like(weight)
        buffers = [self.state[weight]["momentum"] for weight in weights]
        torch._foreach_lerp_(buffers, gradients, 1.0 - momentum)
        ahead = torch._foreach_lerp(gradients, buffers, momentum)  # after Nesterov
        return list(orthogonalised(torch.stack(ahead)).to(weights[0].dtype).unbind())


def orthogonalised(stack: torch.Tensor) -> torch.Tensor:
    """Matrices (count × rows × columns) with singular values near one, in bfloat16."""
    tall = stack.shape[1] > stack.shape[2]
    found = stack.mT.bfloat16() if tall else stack.bfloat16()
    found = found / torch.linalg.matrix_norm(found, keepdim=True).clamp(min=LEAST)
    first, second, third = COEFFICIENTS
    for _ in range(ITERATIONS):
        gram = found @ found.mT
        change = torch.baddbmm(gram, gram, gram, beta=second, alpha=third)
        found = torch.baddbmm(found, change, found, beta=first)
    return found.mT if tall else found
