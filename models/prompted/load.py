"""Language models that are asked with a prompt: run here, or behind a server.

spec ─▶ ResolvedModel ─load_language_model─▶ Answerer ─▶ PromptTranslator, Judge
"""

from models.errors import WeightsError
from models.prompted.cleaning import CLEANING_VERSION
from models.prompted.presets import PROMPT_VERSION
from models.prompted.server import check_address, find_served
from models.prompted.specs import CausalSpec, EndpointSpec, PromptedSpec
from models.prompted.translator import Answerer
from models.resolved import ResolvedModel, loaded_folder, loaded_precision
from models.runtime.device import Device
from models.runtime.machine import MACHINE, Machine
from models.weights.checksums import digest_text, verify_sums


def prompt_identity(spec: PromptedSpec) -> str:
    """Name the prompt and what becomes of answers: both change translations like weights do."""
    text = f"{spec.template} {PROMPT_VERSION} {CLEANING_VERSION}"
    return f"prompt {digest_text(text)[:16]}"


def resolve_endpoint(spec: EndpointSpec, machine: Machine) -> ResolvedModel:
    """Ask a server what it serves. Raises WeightsError if it does not answer or lacks the model."""
    check_address(spec, offline=machine.offline)
    served = find_served(spec, cache=machine.folder)
    state = "does not answer now, but reported earlier" if served.remembered else "says"
    return ResolvedModel(
        name=spec.model,
        identity=f"{served.identity} {prompt_identity(spec)}",
        folder=None,
        backend="endpoint",
        precision="served",
        devices=(Device(spec.base_url, "a server", is_server=True),),
        reasons=(f"server {spec.base_url} {state}: {served.identity}",),
        licence=None,
        source_language=None,
        target_language=None,
        cache=machine.folder,
        concurrency=_together(spec),
    )


_REQUESTS_AT_ONCE = 8
"""About how many sentences of a window there are for each request that runs at the same time."""


def _together(spec: EndpointSpec) -> int:
    """Return how many requests are under way at once: a batch takes long, so it is filled."""
    running = spec.concurrency * len(spec.urls)
    return max(running, spec.batch.requests // _REQUESTS_AT_ONCE) if spec.batch else running


def load_language_model(
    spec: CausalSpec | EndpointSpec,
    resolved: ResolvedModel,
    machine: Machine = MACHINE,
    *,
    needs_chat: bool = True,
) -> Answerer:
    """Load a model that answers prompts, or make the client of its server.

    Without `needs_chat` a local model that has no chat template gets the prompt as plain text.

    Raises WeightsError where the weights are damaged or do not load, or the server serves others.
    """
    if isinstance(spec, EndpointSpec):
        return _load_endpoint(spec, resolved)
    from models.prompted.causal import load_answerer

    folder = loaded_folder(resolved)
    verify_sums(folder)
    return load_answerer(
        spec,
        folder,
        devices=resolved.devices,
        precision=loaded_precision(resolved),
        batch_tokens=machine.batch_tokens,
        threads=machine.thread_count,
        needs_chat=needs_chat,
    )


def _load_endpoint(spec: EndpointSpec, resolved: ResolvedModel) -> Answerer:
    identity = f"{find_served(spec).identity} {prompt_identity(spec)}"
    if identity != resolved.identity:
        raise WeightsError(
            f"{spec.base_url}: now serves other weights than at the start of the run ({identity}, "
            f"then {resolved.identity}); run again"
        )
    from models.prompted.endpoint import load_answerer

    return load_answerer(spec, resolved.cache)
