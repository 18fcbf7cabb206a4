"""A run as OpenTelemetry spans: one for the run, and one below it for each stage."""

import logging
import os
from collections.abc import Sequence
from datetime import datetime
from importlib.util import find_spec
from typing import Any

import pipeline
from pipeline.config.sections import Config
from pipeline.engine.manifest import Manifest
from pipeline.errors import ConfigError
from pipeline.nightly.deadline import DeadlinedCall, HookError

SECONDS = 5.0
"""How long a run waits for a collector."""


def check_traces(config: Config) -> None:
    """Raise ConfigError if traces are wanted and the libraries for them are not installed."""
    if config.runtime.traces == "off":
        return
    needed = ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http")
    try:
        missing = [name for name in needed if find_spec(name) is None]
    except ModuleNotFoundError as error:
        missing = [str(error.name)]
    if missing:
        raise ConfigError(
            f"runtime.traces: {missing[0]} is not installed; run: pip install 'yibao[otel]'"
        )


def send_traces(config: Config, manifest: Manifest) -> str:
    """Send the spans of a run that has ended to a collector. Return what went wrong, or nothing.

    Waits no longer than SECONDS. `TRACEPARENT` in the environment (W3C Trace Context) makes the
    run a part of the caller's trace.
    """
    address = config.runtime.traces
    if address == "off":
        return ""
    spans = run_spans(manifest)
    call = DeadlinedCall("traces", SECONDS, lambda: _export(address, spans))
    return call.result().problem


def run_spans(manifest: Manifest) -> Sequence[Any]:
    """Return the finished spans of a run: those of its stages, then its own."""
    # half a second to import, which only a run with traces pays
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
    from opentelemetry.trace import StatusCode, set_span_in_context
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    kept: Any = InMemorySpanExporter()
    resource = Resource.create({"service.name": "yibao", "service.version": pipeline.__version__})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(kept))
    tracer = provider.get_tracer("yibao", pipeline.__version__)
    caller = TraceContextTextMapPropagator().extract(
        {"traceparent": os.environ.get("TRACEPARENT", "")}
    )
    facts: dict[str, Any] = {
        "yibao.run": manifest.run_id,
        "yibao.folder": manifest.config.output,
        "yibao.status": manifest.status,
        "yibao.exit_code": manifest.exit_code or 0,
        **{f"yibao.{name}": value for name, value in manifest.totals.items()},
    }
    began, ended = _nanoseconds(manifest.started), _nanoseconds(manifest.finished)
    whole = tracer.start_span("yibao run", caller, start_time=began, attributes=facts)
    for name, start in manifest.began.items():
        stage = tracer.start_span(
            f"yibao {name}",
            set_span_in_context(whole),
            start_time=int(start * 1e9),
            attributes={"yibao.stage": name, "yibao.shards_made": manifest.made[name]},
        )
        stage.end(int((start + manifest.seconds[name]) * 1e9))
    if manifest.exit_code:
        whole.set_status(StatusCode.ERROR, f"{manifest.status}, exit code {manifest.exit_code}")
    whole.end(ended)
    spans: Sequence[Any] = kept.get_finished_spans()
    return spans


def _nanoseconds(moment: str | None) -> int | None:
    return int(datetime.fromisoformat(moment).timestamp() * 1e9) if moment else None


def _export(address: str, spans: Sequence[Any]) -> None:
    import requests
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace.export import SpanExportResult

    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)  # the caller says it once
    with requests.Session() as session:
        session.trust_env = False  # no proxy, and no password of ~/.netrc
        exporter = OTLPSpanExporter(
            f"{address.rstrip('/')}/v1/traces", timeout=0.9 * SECONDS, session=session
        )
        if exporter.export(spans) is not SpanExportResult.SUCCESS:
            raise HookError(f"{address}: the collector did not take the spans")
