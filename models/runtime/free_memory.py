"""How much fits: free memory of a device, and the batch that it has room for."""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any, Literal

import psutil

from models.runtime.device import Device
from models.runtime.precision import LoadedPrecision
from models.runtime.tuning import (
    LEAST_BATCH_TOKENS,
    LOGIT_COPIES,
    MOST_BATCH_TOKENS,
    SCORING_BYTES,
    SHARE_OF_FREE_MEMORY,
    SHORT_SENTENCE_TOKENS,
    TOKENS_TO_CUT_AGAIN,
)
from models.weights.architecture import read_json

BatchTokens = int | Literal["auto"]

BYTES: dict[LoadedPrecision, int] = {
    "float32": 4,
    "float16": 2,
    "bfloat16": 2,
    "int8": 4,  # computes in float32 between its products
    "int8_float16": 2,
}


def batch_budget(
    asked: BatchTokens,
    folder: Path,
    *,
    devices: Sequence[Device],
    precision: LoadedPrecision,
    rows: int = 1,
    at_once: int = 1,
    cut_again: bool = False,
) -> int:
    """Return the padded tokens of a batch: what was asked for, or what free memory has room for.

    `rows` are the outputs searched side by side for each input (beams). Of the free memory the
    weights in `folder`, which are yet to be loaded, and SCORING_BYTES are taken off; `at_once`
    batches share the rest. Of several devices the fullest says it: any may get any batch. Where
    a batch is `cut_again` by its backend, it may be as long as anything that comes.
    """
    if asked != "auto":
        return asked
    if cut_again:
        return TOKENS_TO_CUT_AGAIN
    free = min(map(free_bytes, devices)) - weights_bytes(folder) - at_once * SCORING_BYTES
    path = folder / "config.json"  # COMET has none
    needed = token_bytes(read_json(path) if path.is_file() else {}, precision, rows)
    fitting = int(SHARE_OF_FREE_MEMORY * free / at_once / needed)
    return max(LEAST_BATCH_TOKENS, min(MOST_BATCH_TOKENS[devices[0].kind], fitting))


def weights_bytes(folder: Path) -> int:
    """Add up the weights of a checkpoint as they lie on disk."""
    files = {*folder.glob("*.safetensors"), *folder.glob("*.bin"), *folder.glob("**/*.ckpt")}
    return sum(file.stat().st_size for file in files)


def token_bytes(config: dict[str, Any], precision: LoadedPrecision, rows: int) -> int:
    """Predict the bytes that one padded token of a batch costs while its output is searched for.

    For each row: keys and values of every decoder layer, of the input and of an output twice as
    long; logits over the vocabulary. For each input: its states in the encoder. Sizes come
    from config.json, under the names of the several architectures; those of BERT's size and a
    large vocabulary where they are missing.
    """
    own: dict[str, Any] = config | (config.get("text_config") or {})
    layers = _size(own, 24, "decoder_layers", "num_decoder_layers", "num_hidden_layers")
    width = _size(own, 1024, "d_model", "hidden_size", "n_embd")
    heads = _size(own, 16, "decoder_attention_heads", "num_attention_heads", "num_heads")
    kept = _size(own, heads, "num_key_value_heads")
    vocabulary = _size(own, 256_000, "vocab_size")
    size = BYTES[precision]
    cache = 2 * layers * width * kept // max(heads, 1) * size
    logits = vocabulary * 4 * LOGIT_COPIES // SHORT_SENTENCE_TOKENS
    return rows * (3 * cache + logits) + 8 * width * size


def _size(config: dict[str, Any], otherwise: int, *names: str) -> int:
    for name in names:
        if isinstance(config.get(name), int):
            return int(config[name])
    return otherwise


def free_bytes(device: Device) -> int:
    """Return how much memory this process may still take on a device."""
    match device.kind:
        case "cuda":
            import torch

            return int(torch.cuda.mem_get_info(device.index)[0])
        case "mps":
            import torch

            apple: Any = torch.mps
            return int(apple.recommended_max_memory() - apple.driver_allocated_memory())
        case _:
            return min(int(psutil.virtual_memory().available), room_in_group())


def room_in_group(
    groups: Path = Path("/proc/self/cgroup"), mounted: Path = Path("/sys/fs/cgroup")
) -> int:
    """Return how much this process's control group may still take (Linux: containers, batch jobs).

    Pages of files that nobody uses count as free. Limits of groups around it hold too. Without
    a group or a limit, a number beyond any memory.
    """
    try:
        lines = groups.read_text(encoding="utf-8").splitlines()
    except OSError:
        return 2**63
    room = 2**63
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers == "":
            root, limit, usage = mounted, "memory.max", "memory.current"
        elif controllers == "memory":
            root = mounted / "memory"
            limit, usage = "memory.limit_in_bytes", "memory.usage_in_bytes"
        else:
            continue
        own = PurePosixPath(path.strip("/"))
        for group in (root / own, *(root / each for each in own.parents)):
            room = min(room, _room(group, limit, usage))
    return room


def _room(group: Path, limit: str, usage: str) -> int:
    try:
        allowed = (group / limit).read_text(encoding="ascii").strip()
        if allowed == "max":
            return 2**63
        taken = int((group / usage).read_text(encoding="ascii"))
        statistics = (group / "memory.stat").read_text(encoding="ascii")
    except (OSError, ValueError):
        return 2**63
    counts = dict(line.split() for line in statistics.splitlines())
    unused = int(counts.get("total_inactive_file", counts.get("inactive_file", 0)))
    return int(allowed) - taken + unused
