"""Training: batches in, checkpoints, a journal and a validation now and then out."""

import logging
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from rich.progress import Progress

from .batches import Batch, BatchStream
from .checkpoint import load_checkpoint, write_checkpoint
from .journal import Journal, plot, read_journal
from .network import first_network, keep_memory, release_memory
from .optimiser import Weights
from .pairs import Pairs
from .recipe import Recipe
from .validation import Validation
from .vocabulary import Pieces
from .workers import Workers

logger = logging.getLogger(__name__)


@dataclass
class Limits:
    """When to stop: the first that is reached. A cooldown always ends after its pieces."""

    steps: float = float("inf")
    minutes: float = float("inf")
    cooldown_pieces: int = 0


class Trainer:
    """One run in one folder, which it continues if the folder has a checkpoint."""

    def __init__(self, recipe: Recipe, data: Path, folder: Path, limits: Limits):
        self.recipe, self.data, self.folder, self.limits = recipe, data, folder, limits
        settings = recipe.training
        folder.mkdir(parents=True, exist_ok=True)
        keep_memory()
        torch.set_num_threads(1)  # the workers are the threads
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.pieces = Pieces.read(data)
        network = first_network(recipe, data, self.pieces)
        torch.nn.Module.to(network, device)  # in place; the method of transformers has no types
        self.weights = Weights(network, settings)
        self.workers = Workers(
            network, self.pieces.outputs, settings.label_smoothing, settings.threads
        )
        self.weights.replicas = self.workers.replicas
        self.stream = BatchStream(Pairs.read(data), settings, self.pieces.padding)
        self.validation = self._held_out()
        self.target_pieces, self.seconds, self.cooldown_start = 0, 0.0, 0
        self._stop = False
        if self.checkpoint.is_file():
            self._restore(load_checkpoint(self.checkpoint))
        self.journal = Journal(folder / "journal.jsonl", self.weights.steps)

    @property
    def checkpoint(self) -> Path:
        """Where the state of this run lies."""
        return self.folder / "checkpoint.pt"

    def run(self) -> None:
        """Train until a limit or a signal says stop; leave a checkpoint and a plot."""
        handlers = {
            number: signal.signal(number, self._ask_to_stop)
            for number in (signal.SIGINT, signal.SIGTERM)
        }
        settings, begun, saved = self.recipe.training, time.monotonic(), time.monotonic()
        seconds_before = self.seconds
        sums: dict[str, Any] = dict.fromkeys(("loss", "guided", "tokens", "norm"), 0.0)
        report_time = time.monotonic()
        with Progress(
            console=Console(stderr=True), disable=not Console(stderr=True).is_terminal
        ) as progress:
            bar = progress.add_task(
                "training", total=None if self.limits.steps == float("inf") else self.limits.steps
            )
            steps = iter(self.stream)
            while not self._finished(begun):
                for key, value in self._step(next(steps), begun).items():
                    sums[key] = sums[key] + value
                self.seconds = seconds_before + time.monotonic() - begun
                progress.update(bar, completed=self.weights.steps)
                if self.weights.steps % settings.report_steps == 0:
                    self._report(sums, time.monotonic() - report_time)
                    sums, report_time = dict.fromkeys(sums, 0.0), time.monotonic()
                    release_memory()
                if self.weights.steps % settings.validation_steps == 0:
                    self._validate(chrf=self.weights.steps % settings.chrf_steps == 0)
                    report_time = time.monotonic()
                if time.monotonic() - saved > settings.checkpoint_seconds:
                    self._save()
                    saved = time.monotonic()
        for number, handler in handlers.items():
            signal.signal(number, handler)
        self._validate(chrf=True)
        self._save()
        plot(read_journal(self.journal.path), self.folder / "journal.svg")

    def _step(self, step: list[Batch], begun: float) -> dict[str, Any]:
        settings = self.recipe.training
        share = max(0.0, 1.0 - self.weights.steps / max(1, settings.guided_steps))
        loss, guided = self.workers.backward(step, settings.guided_weight * share)
        tokens = sum(batch.target_tokens for batch in step)
        norm = self.weights.step(tokens, self.workers.share_out, self._rate_factor(begun))
        self.target_pieces += tokens
        return {"loss": loss, "guided": guided, "tokens": tokens, "norm": norm}

    def _rate_factor(self, begun: float) -> float:
        """Part of the learning rates that is left."""
        share = self._cooldown_share()
        if share is not None:
            return 1.0 - float(min(1.0, share) ** 0.5)
        decay = self.recipe.training.decay_share
        done = max(
            self.weights.steps / self.limits.steps,
            (time.monotonic() - begun) / (60 * self.limits.minutes),
        )
        return min(1.0, max(0.0, 1.0 - done) / decay) if decay else 1.0

    def _cooldown_share(self) -> float | None:
        if not self.limits.cooldown_pieces:
            return None
        return (self.target_pieces - self.cooldown_start) / self.limits.cooldown_pieces

    def _finished(self, begun: float) -> bool:
        share = self._cooldown_share()
        return (
            self._stop
            or self.weights.steps >= self.limits.steps
            or time.monotonic() - begun > 60 * self.limits.minutes
            or (share is not None and share >= 1)
        )

    def _ask_to_stop(self, *_: object) -> None:
        self._stop = True

    def _row(self, **values: float) -> None:
        fixed = {
            "step": self.weights.steps,
            "target_pieces": self.target_pieces,
            "seconds": round(self.seconds, 1),
            "epoch": self.stream.position[0],
        }
        row = {**fixed, **{key: round(value, 4) for key, value in values.items()}}
        self.journal.write(**row)
        logger.info(" ".join(f"{key}={value}" for key, value in row.items()))

    def _report(self, sums: dict[str, Any], seconds: float) -> None:
        tokens, steps = max(1.0, sums["tokens"]), self.recipe.training.report_steps
        self._row(
            loss=float(sums["loss"]) / tokens,
            guided_loss=float(sums["guided"]) / tokens,
            gradient_norm=float(sums["norm"]) / steps,
            target_pieces_per_second=tokens / seconds,
        )

    def _validate(self, chrf: bool) -> None:
        for name, average in (("", False), ("averaged_", True)):
            self.weights.use_average(average)
            true, shuffled = self.validation.losses(self.workers)
            values = {
                f"{name}validation_loss": true,
                f"{name}shuffled_loss": shuffled,
                f"{name}gap": shuffled - true,
            }
            if chrf and average:
                score, translations = self.validation.chrf(
                    self.workers, self.recipe.training.chrf_pairs
                )
                values["chrf"] = score
                (self.folder / "validation.en.txt").write_text(
                    "\n".join(translations) + "\n", encoding="utf-8"
                )
            self._row(**values)
        self.weights.use_average(False)

    def _held_out(self) -> Validation:
        lines = (self.data / "validation.tsv").read_text(encoding="utf-8").splitlines()
        texts = [(source, target) for source, target in (line.split("\t") for line in lines)]
        pairs = Pairs.read(self.data / "validation")
        return Validation(pairs, texts, self.pieces, self.recipe.training.microbatch_tokens)

    def _save(self) -> None:
        state = {
            "recipe": self.recipe.model_dump(mode="json"),
            "data": self.data.name,
            "weights": self.weights.state(),
            "position": self.stream.position,
            "target_pieces": self.target_pieces,
            "seconds": self.seconds,
            "cooldown": (self.cooldown_start, self.limits.cooldown_pieces),
        }
        write_checkpoint(self.checkpoint, state)

    def _restore(self, state: dict[str, Any]) -> None:
        self.weights.restore(state["weights"])
        self.stream.position = tuple(state["position"])
        self.target_pieces, self.seconds = state["target_pieces"], state["seconds"]
        start, pieces = state["cooldown"]
        # A stopped cooldown goes on with its own length; one that branches off begins here.
        self.cooldown_start = start if pieces else self.target_pieces
        self.limits.cooldown_pieces = pieces or self.limits.cooldown_pieces
        logger.info("continuing %s at step %d", self.checkpoint, self.weights.steps)
