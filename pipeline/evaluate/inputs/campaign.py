"""A published campaign, read whole: its test set, the outputs of its systems, its human scores.

sources/  references/  system-outputs/  human-scores/      the layout of mt-metrics-eval
wmttest2024.zh-en.all.xml                                  WMT 2021 to 2024
wmt25-genmt-humeval.jsonl                                  WMT 2025
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lxml import etree

from models.patterns import lazy
from pipeline.errors import ConfigError
from pipeline.evaluate.human.ratings import HumanRating, read_ratings, score_number
from pipeline.evaluate.inputs.set_files import read_lines
from pipeline.evaluate.results import EvaluationSegment, EvaluationSet, Output

_PLACE = "campaign"
_SCORES = lazy(r"(?P<name>.+)\.(?P<level>seg|doc|sys)\.score")
_REFERENCE = lazy(r"ref(erence)?[-_]?[A-Za-z0-9]?", re.IGNORECASE)
"""Names of human references among the outputs of systems; `refiner` is a system."""
_LEVELS = ("seg", "doc", "sys")


@dataclass(frozen=True, slots=True)
class Campaign:
    """A test set with the outputs and human scores that were published with it.

    The first reference is the reference; the others are outputs.
    """

    set: EvaluationSet
    outputs: tuple[Output, ...]
    human: dict[str, tuple[HumanRating, ...]] = field(default_factory=dict)


def read_campaign(path: str, languages: str) -> Campaign:
    """Read a folder or file of a campaign for a language pair such as `zh-en`.

    Raises ConfigError if it is in no form that is known, or lacks the pair.
    """
    place = Path(path)
    if (place / "sources").is_dir():
        return _folder(place, languages)
    files = [place] if place.is_file() else sorted(p for p in place.rglob("*") if p.is_file())
    named = [file for file in files if languages in file.name]
    for suffix, read in ((".xml", _xml), (".jsonl", _jsonl)):
        chosen = [file for file in named or files if file.suffix == suffix]
        if chosen:
            return read(chosen[-1], languages)
    raise ConfigError(
        f"{_PLACE}: {path}: neither a folder of mt-metrics-eval (with sources/, references/ and "
        f"system-outputs/) nor a WMT file (.xml, .jsonl) for {languages}"
    )


def _folder(folder: Path, languages: str) -> Campaign:
    """Read the layout of mt-metrics-eval."""
    source = folder / "sources" / f"{languages}.txt"
    if not source.is_file():
        pairs = ", ".join(sorted(file.stem for file in (folder / "sources").glob("*.txt")))
        raise ConfigError(f"{_PLACE}: {folder}: has no {languages}; it has {pairs or 'no source'}")
    sources = read_lines(source, _PLACE)
    references = {
        file.name.removeprefix(f"{languages}.").removesuffix(".txt"): _parallel(file, sources)
        for file in sorted((folder / "references").glob(f"{languages}.*.txt"))
    }
    first = next(iter(references), None)
    documents = folder / "documents" / f"{languages}.docs"
    owners = _parallel(documents, sources) if documents.is_file() else [""] * len(sources)
    rows = [
        _segment(str(number), text, references[first][number - 1] if first else "", owner.split())
        for number, (text, owner) in enumerate(zip(sources, owners, strict=True), start=1)
    ]
    outputs = {
        file.stem: _parallel(file, sources)
        for file in sorted((folder / "system-outputs" / languages).glob("*.txt"))
    }
    outputs = {name: lines for name, lines in references.items() if name != first} | outputs
    return Campaign(
        EvaluationSet(f"{folder.name} {languages}", tuple(rows)),
        _outputs({name: lines for name, lines in outputs.items() if name != first}),
        _human(folder / "human-scores", languages),
    )


def _segment(
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


def _outputs(lines: dict[str, list[str]]) -> tuple[Output, ...]:
    return tuple(
        Output(name, tuple(text.strip() for text in texts)) for name, texts in lines.items()
    )


def _parallel(file: Path, sources: Sequence[str]) -> list[str]:
    lines = read_lines(file, _PLACE)
    if len(lines) != len(sources):
        raise ConfigError(
            f"{_PLACE}: {file}: {len(lines)} lines, but the source has {len(sources)}"
        )
    return lines


def _human(folder: Path, languages: str) -> dict[str, tuple[HumanRating, ...]]:
    """Return the human scores by name, of the finest level that a name has."""
    chosen: dict[str, Path] = {}
    for level in reversed(_LEVELS):
        for file in sorted(folder.glob(f"{languages}.*.{level}.score")):
            match = _SCORES.fullmatch(file.name.removeprefix(f"{languages}."))
            if match is not None:
                chosen[match["name"]] = file
    return {
        name: tuple(read_ratings(str(file), f"human.{name}", {}, []))
        for name, file in sorted(chosen.items())
    }


def _xml(path: Path, languages: str) -> Campaign:
    """Read the XML of WMT: documents with a source, references and hypotheses."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(path.read_bytes(), parser)
    except (OSError, etree.XMLSyntaxError) as error:
        raise ConfigError(f"{_PLACE}: {path}: cannot be read: {error}") from None
    # test suites are other texts with the same systems
    documents = [doc for doc in root.iter("doc") if not doc.get("testsuite")]
    source_language, _, target = languages.partition("-")
    segments: list[EvaluationSegment] = []
    columns: dict[str, list[str]] = {}
    reference_names: set[str] = set()
    for doc in documents:
        place = f"{_PLACE}: {path}: document {doc.get('id')}"
        source = _xml_lines(doc.find("src"), place)
        if not source or doc.find("src").get("lang", source_language) != source_language:
            continue
        references = [ref for ref in doc.findall("ref") if ref.get("lang", target) == target]
        by_name = {
            f"ref{ref.get('translator') or chr(ord('A') + at)}": _xml_lines(ref, place)
            for at, ref in enumerate(references)
        }
        reference_names |= set(by_name)
        hypotheses = {h.get("system", "?"): _xml_lines(h, place) for h in doc.findall("hyp")}
        texts = hypotheses | by_name
        for name in texts:
            columns.setdefault(name, [""] * len(segments))
        for number, text in source.items():
            owner = [doc.get("domain") or doc.get("origlang") or "", doc.get("id", "")]
            segments.append(_segment(f"{doc.get('id')}:{number}", text, "", owner))
            for name, column in columns.items():
                column.append(texts.get(name, {}).get(number, ""))
    if not segments:
        raise ConfigError(f"{_PLACE}: {path}: has no document from {source_language}")
    return _assembled(path, segments, columns, reference_names)


def _xml_lines(part: Any, place: str) -> dict[str, str]:
    """Return the segments of a part of a document by number. Raises ConfigError for one twice."""
    lines: dict[str, str] = {}
    for at, seg in enumerate(part.iter("seg") if part is not None else (), start=1):
        number = seg.get("id", str(at))
        if number in lines:
            raise ConfigError(f"{place}: segment {number} is there twice in <{part.tag}>")
        lines[number] = " ".join("".join(seg.itertext()).split())
    return lines


def _assembled(
    path: Path,
    segments: Sequence[EvaluationSegment],
    columns: dict[str, list[str]],
    references: set[str],
    human: dict[str, tuple[HumanRating, ...]] | None = None,
) -> Campaign:
    """Return a campaign with the first reference as its reference; the others are outputs.

    Raises ConfigError if two segments have one name, because scores could not be told apart.
    """
    ids: set[str] = set()
    for segment in segments:
        if segment.id in ids:
            raise ConfigError(f"{_PLACE}: {path}: '{segment.id}' is there twice; rename one")
        ids.add(segment.id)
    first = min(references, default=None)
    lines = columns.pop(first) if first else [""] * len(segments)
    rows = [
        EvaluationSegment(s.id, s.source, (line,) if line else (), s.document, s.labels)
        for s, line in zip(segments, lines, strict=True)
    ]
    return Campaign(EvaluationSet(path.stem, tuple(rows)), _outputs(columns), human or {})


def _jsonl(path: Path, languages: str) -> Campaign:
    """Read the JSON Lines of WMT 2025: `doc_id`, `src_text`, `tgt_text` and `scores` by system."""
    rows = [
        row
        for row in _json_rows(path)
        if str(row.get("doc_id", languages)).startswith(languages)
        or "_#_" not in str(row.get("doc_id", ""))
    ]
    if not rows or not all(isinstance(row.get("tgt_text"), dict) for row in rows):
        raise ConfigError(
            f"{_PLACE}: {path}: needs rows with doc_id, src_text and tgt_text (a text per system) "
            f"for {languages}"
        )
    segments, human = [], []
    reference_names = {name for row in rows for name in _references(row)}
    names = dict.fromkeys(name for row in rows for name in (*_references(row), *row["tgt_text"]))
    columns: dict[str, list[str]] = {name: [] for name in names}
    for number, row in enumerate(rows, start=1):
        identifier = str(row.get("doc_id") or number)
        parts = identifier.split("_#_")
        owner = [parts[1], "_#_".join(parts[:3])] if len(parts) > 2 else []
        segments.append(_segment(identifier, str(row.get("src_text") or ""), "", owner))
        texts = {**_references(row), **row["tgt_text"]}
        for name, column in columns.items():
            column.append(" ".join(str(texts.get(name) or "").split()))
        human += list(_json_scores(row, identifier, f"{_PLACE}: {path}: {identifier}"))
    scores = {"human": tuple(human)} if human else {}
    return _assembled(path, segments, columns, reference_names, scores)


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


def _json_rows(path: Path) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(read_lines(path, _PLACE), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise ConfigError(f"{_PLACE}: {path}:{number}: not JSON: {error}") from None
        if not isinstance(row, dict):
            raise ConfigError(f"{_PLACE}: {path}:{number}: a row must be a JSON object")
        yield row
