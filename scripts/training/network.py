"""The encoder-decoder and its losses.

The network is a pre-norm Pegasus of transformers, run in bfloat16 on weights that the optimiser
keeps in float32. Two things make it fast on a CPU: attention without padding masks, and an output
layer whose loss is computed a few hundred positions at a time together with its gradients, so that
the logits never exist as a whole. A GPU takes more positions at a time, and never waits for a
number: sums stay where they are computed.
"""

import ctypes
from pathlib import Path
from typing import Any

import torch
from torch.nn.functional import cross_entropy
from transformers import PegasusConfig, PegasusForConditionalGeneration

from .batches import IGNORED, Batch
from .recipe import Network, Recipe
from .vocabulary import Pieces

# transformers writes a Pegasus config without the keys that CTranslate2's converter reads.
CONVERTER_KEYS = {
    "normalize_before": True,
    "add_final_layer_norm": True,
    "normalize_embedding": False,
    "add_bias_logits": False,
    "extra_pos_embeddings": 0,
}
# Target positions whose logits are there at once.
CHUNK = {"cpu": 512, "cuda": 8192}


def keep_memory() -> None:
    """Tell glibc to keep freed blocks: fresh pages for large tensors cost a third of the time."""
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        library.mallopt(-3, 32 << 20)  # M_MMAP_THRESHOLD
        library.mallopt(-1, 1 << 30)  # M_TRIM_THRESHOLD
        # M_ARENA_MAX: the arenas of other threads give their memory back at once.
        library.mallopt(-8, 1)


def release_memory() -> None:
    """Return free memory back to the system; or the holes between tensors of all sizes add up."""
    library = ctypes.CDLL(None)
    if hasattr(library, "malloc_trim"):
        library.malloc_trim(0)


def network_config(settings: Network, pieces: int, end: int, padding: int) -> PegasusConfig:
    """The config of the exported model."""
    # PegasusConfig takes these, though its signature does not name them.
    unnamed: dict[str, Any] = {
        "bos_token_id": end,
        # The matrices of a sentence are too small for fused attention to pay, on any device.
        "attn_implementation": "eager",
        **CONVERTER_KEYS,
    }
    return PegasusConfig(
        vocab_size=pieces,
        d_model=settings.width,
        encoder_layers=settings.encoder_layers,
        decoder_layers=settings.decoder_layers,
        encoder_attention_heads=settings.heads,
        decoder_attention_heads=settings.heads,
        encoder_ffn_dim=settings.feed_forward,
        decoder_ffn_dim=settings.feed_forward,
        max_position_embeddings=512,
        activation_function="relu",
        dropout=settings.dropout,
        attention_dropout=0.0,
        activation_dropout=0.0,
        scale_embedding=True,
        pad_token_id=padding,
        eos_token_id=end,
        forced_eos_token_id=end,
        decoder_start_token_id=padding,
        **unnamed,
    )


def new_network(
    settings: Network, pieces: Pieces, embeddings: torch.Tensor, seed: int
) -> PegasusForConditionalGeneration:
    """A float32 network at its start."""
    torch.manual_seed(seed)
    config = network_config(settings, len(pieces.names), pieces.end, pieces.padding)
    network = PegasusForConditionalGeneration(config)
    layers = [*network.model.encoder.layers, *network.model.decoder.layers]
    with torch.no_grad():
        for name, weight in ((n, w) for layer in layers for n, w in layer.named_parameters()):
            if weight.ndim == 2:
                torch.nn.init.xavier_uniform_(weight)
            if name.endswith(("out_proj.weight", "fc2.weight")):
                weight.mul_(len(layers) ** -0.5)
        if settings.embeddings == "lexical":
            network.model.shared.weight.copy_(embeddings)
        else:
            network.model.shared.weight.normal_(std=settings.width**-0.5)
        if settings.copying_attention:
            for layer in network.model.decoder.layers:
                # What cross-attention looks at arrives unchanged in the residual stream, where the
                # tied output layer reads a source piece as its translation.
                value = torch.nn.init.orthogonal_(layer.encoder_attn.v_proj.weight)
                layer.encoder_attn.out_proj.weight.copy_(value.T)
    return network


def first_network(recipe: Recipe, data: Path, pieces: Pieces) -> PegasusForConditionalGeneration:
    """Return a float32 network with the first weights that the prepared data has.

    These are those of a model that is tuned, or the embeddings of a new one.
    """
    start, seed = data / "start.pt", recipe.training.seed
    if not start.is_file():
        embeddings = torch.load(data / "embeddings.pt", weights_only=True).float()
        return new_network(recipe.network, pieces, embeddings, seed)
    empty = torch.zeros(len(pieces.names), recipe.network.width)
    network = new_network(recipe.network, pieces, empty, seed)
    network.load_state_dict(torch.load(start, weights_only=True))
    return network


class Losses:
    """Sums over the target pieces of a batch, and their gradients, on one copy of the network."""

    def __init__(
        self, network: PegasusForConditionalGeneration, outputs: int, smoothing: float = 0.0
    ):
        self.network, self.outputs, self.smoothing = network, outputs, smoothing
        self.parameters: list[torch.Tensor] = [p for p in network.parameters() if p.requires_grad]
        shape = (outputs, network.config.d_model)
        self.output_gradient = torch.zeros(shape, device=network.device)
        self.chunk = CHUNK[network.device.type]

    def hidden(self, batch: Batch, attentions: bool = False) -> Any:
        """A Seq2SeqModelOutput: `last_hidden_state` goes to the output layer.

        That is sentences × target places × width; `cross_attentions` are there if asked for.
        """
        return self.network.model(
            input_ids=batch.sources,
            decoder_input_ids=batch.inputs,
            use_cache=False,
            output_attentions=attentions,
        )

    @torch.no_grad()
    def value(self, batch: Batch) -> float:
        """Cross-entropy without smoothing, in nats, summed."""
        self.network.train(False)
        rows, labels = self._rows(self.hidden(batch).last_hidden_state, batch)
        weight = self.network.model.shared.weight[: self.outputs]
        total = 0.0
        for start in range(0, len(rows), self.chunk):
            logits = (rows[start : start + self.chunk] @ weight.T).float()
            own = labels[start : start + self.chunk]
            total += float(cross_entropy(logits, own, ignore_index=IGNORED, reduction="sum"))
        return total

    def backward(self, batch: Batch, guided_weight: float) -> tuple[torch.Tensor, torch.Tensor]:
        """(cross-entropy, alignment loss), both summed; gradients are added to the parameters.

        The gradient of the output layer alone is added to `output_gradient`, in float32.
        """
        self.network.train()
        guided = guided_weight > 0
        result = self.hidden(batch, attentions=guided)
        rows, labels = self._rows(result.last_hidden_state, batch)
        total, gradient = self._output_layer(rows, labels)
        if not guided:
            torch.autograd.backward([rows], [gradient])
            return total, torch.zeros_like(total)
        alignment = self._alignment_loss(result.cross_attentions[-1][:, 0], batch.places)
        torch.autograd.backward([rows, guided_weight * alignment], [gradient, None])
        return total, alignment.detach()

    @staticmethod
    def _rows(hidden: torch.Tensor, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
        return hidden.reshape(-1, hidden.shape[-1]), batch.labels.view(-1)

    @torch.no_grad()
    def _output_layer(
        self, rows: torch.Tensor, labels: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        weight = self.network.model.shared.weight[: self.outputs]
        gradient = torch.empty_like(rows)
        total = torch.zeros((), device=rows.device)
        for start in range(0, len(rows), self.chunk):
            chunk, own = rows[start : start + self.chunk], labels[start : start + self.chunk, None]
            real, wanted = own != IGNORED, own.clamp(min=0)
            error = (chunk @ weight.T).softmax(1)
            chosen = error.gather(1, wanted).float()
            total -= (chosen.clamp(min=1e-30).log() * real).sum()
            error.sub_(self.smoothing / self.outputs)
            less = torch.full_like(chosen, self.smoothing - 1.0, dtype=error.dtype)
            error.scatter_add_(1, wanted, less)
            gradient[start : start + self.chunk] = (error @ weight) * real
            self.output_gradient += error.T @ (chunk * real)
        return total, gradient

    @staticmethod
    def _alignment_loss(attention: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
        """Minus log of the attention on the aligned source piece (Chen et al. 2016)."""
        known = places < attention.shape[-1]
        nearest = places.clamp(max=attention.shape[-1] - 1)
        chosen = attention.gather(2, nearest[:, :, None]).squeeze(2)
        return -(chosen.float().clamp(min=1e-4).log() * known).sum()
