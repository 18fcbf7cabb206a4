"""The figures of a run in Prometheus' text format, for the textfile collector of node_exporter."""

from collections.abc import Mapping
from typing import Any

from pipeline.engine.manifest import Manifest
from pipeline.language.controls import visible_line

METRICS = "metrics.prom"


def metrics_text(manifest: Manifest, ended: float) -> str:
    """Return the figures of a run that ended then, in Unix seconds.

    Labels are escaped by Prometheus' own library.
    """
    # takes a twentieth of a second to import, and is needed at the end only
    from prometheus_client import CollectorRegistry, Gauge, generate_latest

    registry = CollectorRegistry()

    def add(name: str, text: str, values: Mapping[str, float], label: str = "") -> None:
        gauge = Gauge(f"yibao_{name}", text, [label] if label else [], registry=registry)
        for key, value in values.items():
            (gauge.labels(visible_line(key)) if label else gauge).set(value)

    # without a report of its own a run has those of the one before it in its manifest
    has_report = manifest.until == "report" and manifest.status == "done"
    quality, totals = (manifest.quality, manifest.totals) if has_report else ({}, {})
    for key, value in totals.items():
        add(key, f"Number of {key.replace('_', ' ')} in the run.", {"": value})
    add("findings", "Sentences with a finding, by check.", quality.get("findings", {}), "check")
    add("score", "Score against references.", quality.get("scores", {}), "metric")
    error = quality.get("expected_error")
    if error is not None:
        text = "Mean expected difference from a human translation, 0 to 100."
        add("expected_error", text, {"": error})
    faithfulness = quality.get("summary_faithfulness")
    if faithfulness is not None:
        text = "Mean share of a summary's words that its article explains, 0 to 100."
        add("summary_faithfulness", text, {"": faithfulness})
    if has_report:
        add("stories", "Stories by what became of them.", manifest.changes, "change")
    passed_over = manifest.input.get("passed_over", {})
    add("files_passed_over", "Files of the input that no reader takes.", passed_over, "ending")
    parts = sum(map(len, manifest.input.get("parts_unread", {}).values()))
    add("dataset_parts_unread", "Splits, subsets and files of datasets not read.", {"": parts})
    characters = manifest.input.get("characters", {})
    add("input_characters", "Characters of the input: read, set aside, lost.", characters, "what")
    add("stage_seconds", "Seconds spent in a stage.", manifest.seconds, "stage")
    gates: dict[str, Any] = {gate["name"]: gate["passed"] for gate in manifest.gates}
    add("gate_passed", "1 if a rule of the gate passed, else 0.", gates, "rule")
    add("exit_code", "Exit code of the run.", {"": manifest.exit_code or 0})
    add("finished_timestamp_seconds", "Unix time of the run's end.", {"": int(ended)})
    return generate_latest(registry).decode("utf-8")
