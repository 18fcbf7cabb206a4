"""The machine of a run: devices, speed, memory, workers; and the base of all sections."""

from typing import Annotated, Literal

from pydantic import Field

from models.runtime.machine import Machine
from models.strict import BARE_OFF, DEVICE_PATTERN, PathKey, Precision, Spec


class Section(Spec):
    """A section of a config."""


class MachineSection(Section):
    """The machine: devices, speed, memory. Only `precision` changes the output."""

    device: str = Field(default="auto", pattern=DEVICE_PATTERN)
    """`auto`, `cpu`, `cuda`, `cuda:N` or `mps`; for several GPUs `cuda:all`, or their numbers such
    as `cuda:0,2` (in quotation marks inside braces). `auto` and `cuda` use the first GPU. With
    several GPUs, each loads the weights and takes the next batch of sentences, or the next article
    to summarize; metrics run on the first GPU."""
    precision: Precision = "auto"
    """Precision of every model that does not set its own. `auto` chooses for each model: on a CPU,
    int8 with ctranslate2 and float32 with transformers; on a CUDA GPU, float16, but bfloat16 for
    the T5 family (T5, mT5, MADLAD-400), which overflows in float16; on an Apple GPU, float32.
    Trained metrics have their own `precision`."""
    batch_tokens: Annotated[int, Field(ge=16)] | Literal["auto"] = "auto"
    """Padded tokens in a batch, or `auto`. `auto` uses half of the free memory, up to 4,096 tokens
    on a CPU and 32,768 on a GPU. ctranslate2 on a CPU and servers choose their own batches. A batch
    that does not fit into memory is halved."""
    threads: Annotated[int, Field(ge=1)] | Literal["auto"] = "auto"
    """CPU threads, or `auto` for every core this process may use. On a GPU, up to four threads feed
    batches to ctranslate2."""
    offline: bool = True
    """Make no network connection to another machine."""
    memory: Annotated[str, BARE_OFF, PathKey("made", ("auto", "off"))] = "auto"
    """The translation memory: `auto`, `off` or a file. `auto` is memory.sqlite beside the folder
    that `output` names in the file, whatever `--output` says. The memory also holds an editor's
    corrections (`pipeline memory import`); with `off` a run ignores them and says so."""
    cache: Annotated[str, PathKey("made", ("auto",))] = "auto"
    """Folder for converted models; `auto` is the user's cache folder."""

    @property
    def machine(self) -> Machine:
        """What models may use of the machine."""
        return Machine(**{key: getattr(self, key) for key in Machine.__slots__})


class WorkersSection(Section):
    """How many processes of a Ray cluster make shards."""

    cpu: Annotated[int, Field(ge=0)] | Literal["auto"] = "auto"
    """Workers without a GPU, each with `runtime.threads` cores (one, if that is `auto`). `auto`
    fills the cluster's cores if it has no GPU; else none."""
    gpu: Annotated[int, Field(ge=0)] | Literal["auto"] = "auto"
    """Workers with a GPU each; `auto` takes every GPU."""


class RuntimeSection(MachineSection):
    """The machine that a run uses."""

    executor: Literal["local", "ray"] = "local"
    """Where shards are made: `local` in this process, `ray` by the workers of a Ray cluster
    (install the extra `ray`; output, models and input must be on a disk that its machines
    share)."""
    address: str = "auto"
    """With `executor: ray`, the cluster's address. `auto` joins the cluster of this machine, or of
    the variable RAY_ADDRESS; if there is none, starts one here."""
    workers: WorkersSection = WorkersSection()
    """With `executor: ray`, the number of workers."""

    shard_size: int = Field(default=64, ge=1)
    """Mean number of documents in a shard. A run resumes shard by shard."""
    traces: Annotated[str, BARE_OFF] = "off"
    """`off`, or the address of an OpenTelemetry collector such as `http://localhost:4318`: a run
    sends it one span for itself and one for each stage. Needs `pip install yibao[otel]`."""
