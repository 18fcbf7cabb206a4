"""A published campaign, read whole: its test set, the outputs of its systems, its human scores.

zh-en.txt  zh-en.refA.txt  zh-en/NAME.txt               mt-metrics-eval and WMT 2024: sources/,
                                                        references/, system-outputs/, human-scores/
SET.zh-en.src.zh  SET.zh-en.ref.A.en  SET.zh-en.hyp.NAME.en        WMT 2021 to 2023, in the same
wmttest2024.zh-en.all.xml                               WMT 2021 to 2024
wmt24_esa.jsonl  wmt25-genmt-humeval.jsonl              WMT 2024 and 2025
"""

import re
from functools import partial
from pathlib import Path

from models.patterns import lazy
from pipeline.errors import ConfigError
from pipeline.evaluate.human.ratings import HumanRating, read_ratings
from pipeline.evaluate.inputs.campaign_files import (
    PLACE,
    Campaign,
    chosen_reference,
    holds_campaign,
    outputs_of,
    read_jsonl,
    read_xml,
    reference_name,
    segment_row,
)
from pipeline.evaluate.inputs.set_files import parallel_lines, read_lines
from pipeline.evaluate.results import EvaluationSet

_SCORES = lazy(r"(?P<name>.+)\.(?P<level>seg|doc|sys)\.score")
_LEVELS = ("seg", "doc", "sys")
_PAIR = lazy(r"(?<![\w-])[a-z]{2,3}-[a-z]{2,3}(?![\w-])")


def read_campaign(path: str, languages: str, reference: str | None = None) -> Campaign:
    """Read a folder or file of a campaign for a language pair such as `zh-en`.

    `reference` names the reference; the default is the first by name. Raises ConfigError if the
    campaign is in no form that is known, or lacks the pair.
    """
    place = Path(path)
    if not place.exists():
        raise ConfigError(f"{PLACE}: {path}: no such file or folder")
    if (place / "sources").is_dir():
        return _folder(place, languages, reference)
    files = [place] if place.is_file() else sorted(p for p in place.rglob("*") if p.is_file())
    texts = [file for file in files if _plain_name(file).endswith(".xml")]
    texts = [file for file in texts if languages in file.name] or texts
    if texts:
        # beside .all. there may be a file for each reference
        return read_xml(min(texts, key=lambda f: ".all." not in f.name), languages, reference)
    if (place / "txt/sources").is_dir():
        return _folder(place / "txt", languages, reference)
    for file in files:
        if _plain_name(file).endswith(".jsonl") and (place == file or holds_campaign(file)):
            return read_jsonl(file, languages, reference)
    raise ConfigError(
        f"{PLACE}: {path}: neither a folder of mt-metrics-eval or WMT (with sources/, references/ "
        f"and system-outputs/) nor a WMT file (.xml, .jsonl) for {languages}{_inside(place)}"
    )


def _plain_name(file: Path) -> str:
    """Return the name of a file without the ending of a packed one."""
    return file.name.removesuffix(".gz").removesuffix(".zst")


def _inside(place: Path) -> str:
    """Return an advice that names the campaigns in a folder."""
    names = sorted(folder.parent.name for folder in place.glob("*/sources"))
    return f"; name one of the campaigns in it: {', '.join(names)}" if names else ""


def _folder(folder: Path, languages: str, wanted: str | None) -> Campaign:
    """Read the layout of mt-metrics-eval, or of WMT's text files."""
    found = _files(folder / "sources", rf"(?:(?P<name>.+)\.)?{languages}(?:\.src)?\.\w+")
    if not found:
        files = (folder / "sources").iterdir()
        pairs = {match[0] for file in files if (match := _PAIR.search(file.name))}
        known = ", ".join(sorted(pairs)) or "no source"
        raise ConfigError(f"{PLACE}: {folder}: has no {languages}; it has {known}")
    [(name, source), *_] = found.items()
    sources = read_lines(source, PLACE)
    parallel = partial(parallel_lines, lines=len(sources), source=source, place=PLACE)
    pattern = rf"(?:.+\.)?{languages}\.(?:ref\.)?(?P<name>.+)\.\w+"
    references = {
        reference_name(name): parallel(file)
        for name, file in _files(folder / "references", pattern).items()
    }
    first = chosen_reference(references, wanted, folder)
    documents = folder / "documents" / f"{languages}.docs"
    owners = parallel(documents) if documents.is_file() else [""] * len(sources)
    rows = [
        segment_row(
            str(number),
            text,
            references[first][number - 1] if first else "",
            owner.split("\t" if "\t" in owner else None, 1),
        )
        for number, (text, owner) in enumerate(zip(sources, owners, strict=True), start=1)
    ]
    outputs = {
        name: parallel(file)
        for name, file in _output_files(folder / "system-outputs", languages).items()
    }
    outputs = references | {n: lines for n, lines in outputs.items() if n not in references}
    outputs.pop(first or "", None)
    return Campaign(
        EvaluationSet(f"{name or folder.name} {languages}", tuple(rows)),
        outputs_of(outputs),
        _human(folder / "human-scores", languages),
    )


def _files(folder: Path, pattern: str) -> dict[str, Path]:
    """Return the files of a folder whose names fit, by the `name` in the pattern."""
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    fits = ((re.fullmatch(pattern, _plain_name(file)), file) for file in files)
    return {match["name"] or "": file for match, file in fits if match and file.is_file()}


def _output_files(folder: Path, languages: str) -> dict[str, Path]:
    """Return the files of the systems by name: a folder per pair, or the pair in the name."""
    return _files(folder / languages, r"(?P<name>.+)\.txt") or _files(
        folder, rf"(?:.+\.)?{languages}\.(?:hyp\.)?(?P<name>.+)\.\w+"
    )


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
