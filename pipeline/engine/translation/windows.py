"""How much is translated at once, and how much of it in one call of a model."""

from models.resolved import ResolvedModel
from models.runtime.tuning import BATCHES_A_WORKER, MOST_ON_GPU
from pipeline.config.machine import RuntimeSection

# Padded characters of a window of the translation memory, by kind of device; on a CPU for so
# many threads, and more with ctranslate2, which is fast and fills its batches from all of it.
WINDOW_CHARS = {"cpu": 8192, "mps": 16_384, "cuda": 65_536, "server": 4096}
CTRANSLATE2_ON_CPU_CHARS = 65_536
MEASURED_THREADS = 2
WINDOW_PARTS = 4

# Of Chinese articles in the table: three of UTF-8, and the JSON around a sentence. Neighbouring
# shards that fill a window together are translated together.
BYTES_A_CHARACTER = 5


def window_chars(runtime: RuntimeSection, resolved: ResolvedModel) -> int:
    """Return how many padded characters of neighbouring shards are translated together.

    A window holds several batches for every worker (a device, a stream or a thread), so that
    they seldom wait for the last one of it. It must not follow the free memory of the moment: a
    run picked up again makes the same windows.
    """
    kind, workers = resolved.device.kind, len(resolved.devices)
    if kind == "server":  # makes its own batches; what is in flight is lost if it goes away
        return WINDOW_CHARS[kind] * max(1, resolved.concurrency // 4)
    if (kind, resolved.backend) == ("cuda", "ctranslate2"):
        workers *= MOST_ON_GPU
    batch = 0 if runtime.batch_tokens == "auto" else runtime.batch_tokens
    if kind != "cpu":
        return max(WINDOW_CHARS[kind], BATCHES_A_WORKER * batch) * workers
    if batch:
        return batch
    threads = runtime.machine.thread_count
    least = CTRANSLATE2_ON_CPU_CHARS if resolved.backend == "ctranslate2" else WINDOW_CHARS[kind]
    return max(least, least * threads // MEASURED_THREADS)


def remembered_chars(
    runtime: RuntimeSection, resolved: ResolvedModel, *, is_retry: bool, choices: int = 1
) -> int:
    """Return how many padded characters are translated in one call of the model.

    Answers are remembered during the call (see `Control.answered`), but not where one of several
    `choices` is taken, and batch by batch only where that changes no answer. So a window on a CPU
    is translated in parts; retries and choices are slower and fewer, so their parts are smaller.
    Parts are cut in the same places whatever is remembered: a run that is picked up again fills
    the same batches, and its answers are the same to the byte.
    """
    whole = window_chars(runtime, resolved)
    if resolved.device.is_server:  # answers one by one: parts change no answer
        part = whole // WINDOW_PARTS
    elif resolved.device.kind != "cpu" or runtime.batch_tokens != "auto":
        part = whole
    else:
        part = whole // WINDOW_PARTS if resolved.backend == "ctranslate2" else whole
        part = part // WINDOW_PARTS if is_retry and choices == 1 else part
    return max(1, part // choices)


def window_bytes(runtime: RuntimeSection, resolved: ResolvedModel) -> int:
    """Return how many bytes of the table of articles fill a window."""
    return BYTES_A_CHARACTER * window_chars(runtime, resolved)
