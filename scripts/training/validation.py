"""How good the network is on held-out pairs: loss, the gap to wrong sources, chrF."""

import numpy as np
import sacrebleu
import torch

from .batches import Batch, groups, make_batch, on_device
from .network import Losses
from .pairs import Pairs
from .vocabulary import Pieces
from .workers import Workers


class Validation:
    """Held-out pairs, encoded once."""

    def __init__(self, pairs: Pairs, texts: list[tuple[str, str]], pieces: Pieces, max_tokens: int):
        self.pairs, self.texts, self.pieces = pairs, texts, pieces
        cut = groups(pairs, np.arange(len(pairs)), max_tokens)
        self.batches = [make_batch(pairs, lines, pieces.padding) for lines in cut]

    def losses(self, workers: Workers) -> tuple[float, float]:
        """(loss, loss with sources of other pairs of the same length), nats per target piece."""

        def both(losses: Losses, batch: Batch) -> tuple[float, float]:
            batch = on_device(batch, losses.network.device)
            shuffled = losses.value(batch.with_other_sources()) if len(batch.sources) > 1 else 0.0
            return losses.value(batch), shuffled

        values = workers.spread(both, self.batches)
        tokens = [batch.target_tokens for batch in self.batches]
        others = [
            count
            for count, batch in zip(tokens, self.batches, strict=True)
            if len(batch.sources) > 1
        ]
        return sum(v[0] for v in values) / sum(tokens), sum(v[1] for v in values) / max(
            1, sum(others)
        )

    def chrf(self, workers: Workers, pairs: int) -> tuple[float, list[str]]:
        """(chrF of greedy translations of pairs taken at even distances, the translations)."""
        lines = np.linspace(0, len(self.pairs) - 1, min(pairs, len(self.pairs))).astype(int)
        chosen = groups(self.pairs, lines, 1024)

        def translate(losses: Losses, group: np.ndarray) -> list[list[int]]:
            sources = (
                torch.from_numpy(self.pairs.sources(group, 0)).long().to(losses.network.device)
            )
            return greedy(losses, sources, self.pieces)

        translations: dict[int, str] = {}
        for group, written in zip(chosen, workers.spread(translate, chosen), strict=True):
            for line, ids in zip(group, written, strict=True):
                translations[int(line)] = self.pieces.decode(ids)
        ordered = [translations[int(line)] for line in lines]
        references = [self.texts[int(line)][1] for line in lines]
        return sacrebleu.corpus_chrf(ordered, [references]).score, ordered


@torch.no_grad()
def greedy(losses: Losses, sources: torch.Tensor, pieces: Pieces) -> list[list[int]]:
    """The likeliest next piece, again and again, for sources of one length."""
    losses.network.train(False)
    model = losses.network.model
    encoded = model.encoder(input_ids=sources)
    weight = model.shared.weight[: losses.outputs]
    written = torch.full((len(sources), 1), pieces.padding, device=sources.device)
    done = torch.zeros(len(sources), dtype=torch.bool, device=sources.device)
    cache = None
    for _ in range(2 * sources.shape[1] + 10):
        result = model(
            encoder_outputs=encoded,
            decoder_input_ids=written[:, -1:],
            past_key_values=cache,
            use_cache=True,
        )
        cache = result.past_key_values
        following = (result.last_hidden_state[:, -1] @ weight.T).argmax(-1)
        written = torch.cat([written, following[:, None]], 1)
        done |= following == pieces.end
        if done.all():
            break
    return written[:, 1:].tolist()
