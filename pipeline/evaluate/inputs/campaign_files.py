"""Published campaigns in one file: WMT's XML (2021 to 2024) and its JSON Lines (2024, 2025)."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lxml import etree

from models.patterns import lazy
from pipeline.errors import ConfigError
from pipeline.evaluate.human.ratings import HumanRating, score_number
from pipeline.evaluate.inputs.set_files import json_rows
from pipeline.evaluate.results import EvaluationSegment, EvaluationSet, Output
from pipeline.input.needed import unpacked_bytes

PLACE = "campaign"
_REFERENCE = lazy(r"ref(erence)?[-_]?[A-Za-z0-9]?", re.IGNORECASE)
"""Names of human references among the outputs of systems; `refiner` is a system."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """A test set with the outputs and human scores that were published with it.

    The first reference is the reference; the others are outputs.
    """

    set: EvaluationSet
    outputs: tuple[Output, ...]
    human: dict[str, tuple[HumanRating, ...]] = field(default_factory=dict)


def read_xml(path: Path, languages: str, reference: str | None = None) -> Campaign:
    """Read the XML of WMT: documents with a source, references and hypotheses."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(unpacked_bytes(path, PLACE), parser)
    except etree.XMLSyntaxError as error:
        raise ConfigError(f"{PLACE}: {path}: cannot be read: {error}") from None
    # test suites are other texts with the same systems
    documents = [doc for doc in root.iter("doc") if not doc.get("testsuite")]
    source_language, _, target = languages.partition("-")
    segments: list[EvaluationSegment] = []
    columns: dict[str, list[str]] = {}
    reference_names: set[str] = set()
    for doc in documents:
        place = f"{PLACE}: {path}: document {doc.get('id')}"
        source = _xml_lines(doc.find("src"), place)
        if not source or doc.find("src").get("lang", source_language) != source_language:
            continue
        references = [ref for ref in doc.findall("ref") if ref.get("lang", target) == target]
        by_name = {
            reference_name(ref.get("translator") or chr(ord("A") + at)): _xml_lines(ref, place)
            for at, ref in enumerate(references)
        }
        reference_names |= set(by_name)
        hypotheses = {h.get("system", "?"): _xml_lines(h, place) for h in doc.findall("hyp")}
        texts = hypotheses | by_name
        for name in texts:
            columns.setdefault(name, [""] * len(segments))
        for number, text in source.items():
            owner = [doc.get("domain") or doc.get("origlang") or "", doc.get("id", "")]
            segments.append(segment_row(f"{doc.get('id')}:{number}", text, "", owner))
            for name, column in columns.items():
                column.append(texts.get(name, {}).get(number, ""))
    if not segments:
        raise ConfigError(f"{PLACE}: {path}: has no document from {source_language}")
    return _assembled(path, segments, columns, reference_names, reference)


def _xml_lines(part: Any, place: str) -> dict[str, str]:
    """Return the segments of a part of a document by number. Raises ConfigError for one twice."""
    lines: dict[str, str] = {}
    for at, seg in enumerate(part.iter("seg") if part is not None else (), start=1):
        number = seg.get("id", str(at))
        if number in lines:
            raise ConfigError(f"{place}: segment {number} is there twice in <{part.tag}>")
        lines[number] = " ".join("".join(seg.itertext()).split())
    return lines


def holds_campaign(path: Path) -> bool:
    """True if the first row of JSON Lines has a translation."""
    first = next(iter(unpacked_bytes(path, PLACE).split(b"\n", 1)))
    return b'"tgt' in first


def read_jsonl(path: Path, languages: str, reference: str | None = None) -> Campaign:
    """Read the JSON Lines of WMT.

    2025: a row per segment, with `doc_id`, `src_text`, `tgt_text` and `scores` by system. 2024: a
    row per judgement, with `langs`, `doc_id`, `line_id`, `src`, `tgt`, `system`, `esa_score`.
    """
    rows = [row for _, row in json_rows(path, PLACE)]
    if rows and "tgt" in rows[0]:
        rows = _by_segment([row for row in rows if row.get("langs", languages) == languages])
    rows = [
        row
        for row in rows
        if str(row.get("doc_id", languages)).startswith(languages)
        or "_#_" not in str(row.get("doc_id", ""))
    ]
    if not rows or not all(isinstance(row.get("tgt_text"), dict) for row in rows):
        raise ConfigError(
            f"{PLACE}: {path}: needs rows with doc_id, src_text and tgt_text (a text per system), "
            f"or with langs, system, src and tgt, for {languages}"
        )
    segments, human = [], []
    reference_names = {name for row in rows for name in _references(row)}
    names = dict.fromkeys(name for row in rows for name in (*_references(row), *row["tgt_text"]))
    columns: dict[str, list[str]] = {name: [] for name in names}
    for number, row in enumerate(rows, start=1):
        identifier = str(row.get("doc_id") or number)
        parts = identifier.split("_#_")
        owner = [parts[1], "_#_".join(parts[:3])] if len(parts) > 2 else row.get("owner", [])
        segments.append(segment_row(identifier, str(row.get("src_text") or ""), "", owner))
        texts = {**_references(row), **row["tgt_text"]}
        for name, column in columns.items():
            column.append(" ".join(str(texts.get(name) or "").split()))
        human += list(_json_scores(row, identifier, f"{PLACE}: {path}: {identifier}"))
    scores = {"human": tuple(human)} if human else {}
    return _assembled(path, segments, columns, reference_names, reference, scores)


def _by_segment(judgements: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows of 2024 as rows of 2025."""
    rows: dict[str, dict[str, Any]] = {}
    for judgement in judgements:
        document, system = str(judgement.get("doc_id", "")), str(judgement.get("system", "?"))
        identifier = f"{document}:{judgement.get('line_id', '')}"
        row = rows.setdefault(
            identifier,
            {
                "doc_id": identifier,
                "src_text": judgement.get("src"),
                "tgt_text": {},
                "scores": {},
                "owner": [str(judgement.get("domain") or ""), document],
            },
        )
        row["tgt_text"][system] = judgement.get("tgt")
        score = {"human": judgement.get("esa_score"), "annotator": judgement.get("annotator")}
        row["scores"].setdefault(system, []).append(score)
    return list(rows.values())


def _references(row: dict[str, Any]) -> dict[str, str]:
    """Return the references of a row: those among the outputs, texts, or objects with a `ref`."""
    found = {name: text for name, text in row["tgt_text"].items() if _REFERENCE.fullmatch(name)}
    found |= row.get("refs") or {}
    return {
        name: str((value.get("ref") if isinstance(value, dict) else value) or "")
        for name, value in found.items()
    }


def _json_scores(row: dict[str, Any], identifier: str, place: str) -> Iterator[HumanRating]:
    for system, values in (row.get("scores") or {}).items():
        given = values if isinstance(values, list) else [values]
        for value in (each for each in given if isinstance(each, dict)):
            for key, score in value.items():
                wave = re.fullmatch(r"human(.*)", key)
                number = score_number(score, place) if wave else None
                if wave and number is not None:
                    rater = value.get(f"annotator{wave[1]}")
                    yield HumanRating(
                        system, number, identifier, rater=str(rater) if rater else None
                    )


def reference_name(name: str) -> str:
    """Return the name of a reference: `refA` for the translator `A`."""
    return name if "ref" in name.lower() else f"ref{name}"


def chosen_reference(names: Iterable[str], wanted: str | None, path: Path) -> str | None:
    """Return the wanted reference, or the first by name. Raises ConfigError if it is absent."""
    known = sorted(names)
    if wanted is not None and wanted not in known:
        raise ConfigError(
            f"campaign_reference: {path} has no '{wanted}'; it has {', '.join(known) or 'none'}"
        )
    return wanted or next(iter(known), None)


def _assembled(
    path: Path,
    segments: Sequence[EvaluationSegment],
    columns: dict[str, list[str]],
    references: set[str],
    reference: str | None,
    human: dict[str, tuple[HumanRating, ...]] | None = None,
) -> Campaign:
    """Return a campaign with the wanted reference as its reference; the others are outputs.

    Raises ConfigError if two segments have one name, because scores could not be told apart.
    """
    ids: set[str] = set()
    for segment in segments:
        if segment.id in ids:
            raise ConfigError(f"{PLACE}: {path}: '{segment.id}' is there twice; rename one")
        ids.add(segment.id)
    first = chosen_reference(references, reference, path)
    lines = columns.pop(first) if first else [""] * len(segments)
    rows = [
        EvaluationSegment(s.id, s.source, (line,) if line else (), s.document, s.labels)
        for s, line in zip(segments, lines, strict=True)
    ]
    return Campaign(EvaluationSet(path.stem, tuple(rows)), outputs_of(columns), human or {})


def segment_row(
    identifier: str, source: str, reference: str, owner: Sequence[str]
) -> EvaluationSegment:
    """Return a segment; `owner` is its domain and document, if known."""
    return EvaluationSegment(
        identifier,
        source.strip(),
        (reference.strip(),) if reference.strip() else (),
        owner[1] if len(owner) > 1 else None,
        (("domain", owner[0]),) if owner else (),
    )


def outputs_of(lines: Mapping[str, Sequence[str]]) -> tuple[Output, ...]:
    """Return systems with their lines."""
    return tuple(
        Output(name, tuple(text.strip() for text in texts)) for name, texts in lines.items()
    )
