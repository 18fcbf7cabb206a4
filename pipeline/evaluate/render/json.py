"""An evaluation for programs: evaluation.json, and all sentences in sentences.jsonl."""

import json
from dataclasses import asdict
from math import isnan
from pathlib import Path
from typing import Any

from pipeline.errors import StoreError
from pipeline.evaluate.plain_words import plain_words
from pipeline.evaluate.results import (
    Evaluation,
    EvaluationSegment,
    EvaluationSet,
    MetricResult,
    Output,
    SetResult,
    SystemResult,
)


def evaluation_json(evaluation: Evaluation) -> str:
    """Return an evaluation as JSON, UTF-8 not escaped, with a final line break."""
    value = {
        "title": evaluation.title,
        "stands_out": list(evaluation.stands_out),
        "test": evaluation.test,
        "bootstrap_samples": evaluation.samples,
        "significance": evaluation.significance,
        "sets": [_set(result, evaluation) for result in evaluation.sets],
    }
    return json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _set(result: SetResult, evaluation: Evaluation) -> dict[str, Any]:
    """Return the scores and comparisons of a set; `delta` is b's score minus a's.

    p-values are not rounded, so that they agree with those of `compare`.
    """
    significance = evaluation.significance
    names = [system.name for system in result.systems]
    return {
        "name": result.set.name,
        "segments": len(result.set.segments),
        "trials": result.draws if evaluation.test == "randomization" else None,
        "powerless": result.powerless or None,
        "in_words": list(plain_words(result)),
        "systems": [
            {"name": system.name, "metrics": [_metric(metric) for metric in system.metrics]}
            for system in result.systems
        ],
        "comparisons": [
            {
                "a": comparison.a,
                "b": comparison.b,
                "metric": comparison.metric,
                "delta": round(comparison.delta, 6),
                "p_value": comparison.p_value,
                "p_adjusted": comparison.p_adjusted,
                "better": comparison.better(significance),
            }
            for comparison in result.comparisons
        ],
        "checks": [
            {
                "check": check.check,
                "flagged": dict(zip(names, check.counts, strict=True)),
                "ranks": dict(zip(names, check.ranks, strict=True)),
            }
            for check in result.checks
        ],
        "agreement": [_without_nan(asdict(each)) for each in result.agreements],
        "raters": [_without_nan(asdict(each)) for each in result.raters],
    }


def _without_nan(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with null for missing numbers, because JSON has no NaN."""
    return {
        key: None if isinstance(value, float) and isnan(value) else value
        for key, value in row.items()
    }


def _metric(metric: MetricResult) -> dict[str, Any]:
    names = "metric name score low high signature lower_is_better digits rank group".split()
    value = {name: getattr(metric, name) for name in names}
    value |= {name: rounded(value[name], 4) for name in ("score", "low", "high")}
    counts = {"truncated": len(metric.truncated), "unread": len(metric.unread)}
    return value | {name: count for name, count in counts.items() if count}


def rounded(value: float, digits: int) -> float | None:
    """Return a rounded score, or None for a missing one, because JSON has no NaN."""
    return None if isnan(value) else round(value, digits)


def sentences_jsonl(evaluation: Evaluation) -> str:
    """Return every segment with the output of every system, one row per line."""
    rows = []
    for result in evaluation.sets:
        for at, segment in enumerate(result.set.segments):
            row: dict[str, Any] = {
                "set": result.set.name,
                "id": segment.id,
                "document": segment.document,
                "source": segment.source,
                "references": list(segment.references),
                "systems": {system.name: _sentence(system, at) for system in result.systems},
            }
            if segment.labels:
                row["labels"] = dict(segment.labels)
            rows.append(json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n")
    return "".join(rows)


def _sentence(system: SystemResult, at: int) -> dict[str, Any]:
    """Return a system's output for a segment; spans and gaps only if there are any."""
    confidences = system.output.confidences
    value: dict[str, Any] = {
        "hypothesis": system.output.hypotheses[at],
        "confidence": confidences[at] if confidences else None,
        "metrics": {
            metric.metric: rounded(metric.sentences[at], max(2, metric.digits))
            for metric in system.metrics
        },
        "checks": list(system.checks[at]),
    }
    if spans := {m.metric: [asdict(s) for s in m.spans[at]] for m in system.metrics if m.spans}:
        value["spans"] = spans
    if truncated := [metric.metric for metric in system.metrics if at in metric.truncated]:
        value["truncated"] = truncated
    if unread := [metric.metric for metric in system.metrics if isnan(metric.sentences[at])]:
        value["unread"] = unread
    return value


def read_sentences(folder: Path) -> list[tuple[EvaluationSet, list[Output]]]:
    """Return the sets of an evaluation folder with the output of every system.

    Raises StoreError if the folder holds no evaluation or its sentences are damaged.
    """
    path = folder / "sentences.jsonl"
    try:
        lines = path.read_text(encoding="utf-8").split("\n")[:-1]
    except FileNotFoundError:
        raise StoreError(f"{folder}: not an evaluation (it has no sentences.jsonl)") from None
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"{path}: cannot be read: {error}") from None
    rows: dict[str, list[Any]] = {}
    for number, line in enumerate(lines, start=1):
        try:
            row = json.loads(line)
            rows.setdefault(row["set"], []).append(row)
        except (ValueError, KeyError, TypeError):
            raise StoreError(f"{path}:{number}: damaged row; evaluate again") from None
    return [
        (_read_set(name, rows_of_set), _read_outputs(rows_of_set))
        for name, rows_of_set in rows.items()
    ]


def _read_set(name: str, rows: list[Any]) -> EvaluationSet:
    return EvaluationSet(
        name,
        tuple(
            EvaluationSegment(
                row["id"],
                row["source"],
                tuple(row["references"]),
                row["document"],
                tuple(row.get("labels", {}).items()),
            )
            for row in rows
        ),
    )


def _read_outputs(rows: list[Any]) -> list[Output]:
    outputs = []
    for name in rows[0]["systems"]:
        sentences = [row["systems"][name] for row in rows]
        known = any(sentence["confidence"] is not None for sentence in sentences)
        outputs.append(
            Output(
                name,
                tuple(sentence["hypothesis"] for sentence in sentences),
                tuple(sentence["confidence"] for sentence in sentences) if known else None,
            )
        )
    return outputs
