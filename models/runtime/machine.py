"""The machine as a config describes it: what models may use of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from models.runtime.device import available_threads
from models.runtime.free_memory import BatchTokens
from models.strict import Precision
from models.weights.find import cache_folder


@dataclass(frozen=True, slots=True)
class Machine:
    """Devices, precision, files and shares of a machine. Of these only `precision` changes answers.

    A model's own `device` and `precision` come first. `offline` allows no download, `cache` is the
    folder of downloads and conversions, `batch_tokens` are padded tokens of a batch.
    """

    device: str = "auto"
    precision: Precision = "auto"
    offline: bool = True
    cache: str | Path = "auto"
    batch_tokens: BatchTokens = "auto"
    threads: int | Literal["auto"] = "auto"

    @property
    def folder(self) -> Path:
        """The folder that `cache` means."""
        return cache_folder(self.cache)

    @property
    def thread_count(self) -> int:
        """CPU threads; `auto` is every core that this process may use."""
        return available_threads() if self.threads == "auto" else self.threads


MACHINE = Machine()
"""A machine of which everything is found out."""
