"""Read the test set that a spec describes."""

from pipeline.errors import ConfigError
from pipeline.evaluate.config import (
    DatasetSet,
    FilesSet,
    FloresSet,
    JsonlSet,
    SacrebleuSet,
    SetSpec,
    TmxSet,
)
from pipeline.evaluate.inputs.set_files import (
    file_segments,
    flores_segments,
    jsonl_segments,
    tmx_segments,
)
from pipeline.evaluate.results import EvaluationSegment, EvaluationSet


def read_set(spec: SetSpec, *, offline: bool) -> EvaluationSet:
    """Read a test set. Raises ConfigError if it is missing, damaged or empty."""
    segments = _segments(spec, f"sets: {spec.name}", offline)
    if not segments:
        raise ConfigError(f"sets: {spec.name}: has no segments")
    return EvaluationSet(spec.name, tuple(segments))


def _segments(spec: SetSpec, place: str, offline: bool) -> list[EvaluationSegment]:
    match spec:
        case FilesSet():
            return file_segments(spec.source, spec.references, spec.documents, place, spec.labels)
        case FloresSet():
            return flores_segments(spec.path, spec.split, spec.source, spec.target, place)
        case JsonlSet():
            columns = {
                "source": spec.source,
                "references": spec.references,
                "id": spec.id,
                "document": spec.document,
                "labels": spec.labels,
            }
            return jsonl_segments(spec.path, columns, place)
        case TmxSet():
            return tmx_segments(spec.path, spec.source_language, spec.target_language, place)
        case SacrebleuSet():
            # imported here because only these sets need the library
            from pipeline.evaluate.inputs.set_libraries import sacrebleu_segments

            return sacrebleu_segments(spec.id, spec.languages, offline=offline, place=place)
        case DatasetSet():
            from pipeline.evaluate.inputs.set_libraries import dataset_segments

            return dataset_segments(
                spec.path,
                {
                    "source": spec.source,
                    "references": spec.references,
                    "document": spec.document,
                    "labels": spec.labels,
                },
                configuration=spec.configuration,
                split=spec.split,
                revision=spec.revision,
                offline=offline,
                place=place,
            )
