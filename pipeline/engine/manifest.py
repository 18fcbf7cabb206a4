"""What a run was: manifest.json for people and programs, metrics.prom for Prometheus."""

import json
import platform
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

import pipeline
from models.resolved import ResolvedModel, ResolvedScorer
from models.runtime.device import named
from pipeline.config.night_sections import RESUMED_WITHIN
from pipeline.config.sections import Config
from pipeline.engine.plan import Step
from pipeline.errors import StoreError
from pipeline.report.vocabulary import VocabularyGaps
from pipeline.storage import is_held, overwrite, read_json, write_atomically

_LIBRARIES = tuple(
    ("torch transformers ctranslate2 sentencepiece sacrebleu datasets pydantic numpy").split()
)


@dataclass(slots=True)
class Manifest:
    """The state of a run as it goes on; written again after every stage."""

    config: Config
    started: str
    run_id: str = ""
    """The id that every event of this run has in log.jsonl."""
    day: str = ""
    """The day of the run, which the report states: the date of a night, else when it began."""
    continues: str | None = None
    """When the unfinished run began that this one goes on with."""
    until: str = "report"
    """The stage after which it stops."""
    models: dict[str, Any] = field(default_factory=dict)
    tables: dict[str, list[str]] = field(default_factory=dict)
    made: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    began: dict[str, float] = field(default_factory=dict)
    """When each stage began, in Unix seconds."""
    totals: dict[str, int] = field(default_factory=dict)
    quality: dict[str, Any] = field(default_factory=dict)
    """Mean expected error, sentences found by each check, metrics with references."""
    gates: list[dict[str, Any]] = field(default_factory=list)
    """The verdict on each rule of the gate."""
    before: str | None = None
    """The run of the same series before this one: the name of its folder."""
    changes: dict[str, int] = field(default_factory=dict)
    """How many stories are new, changed, moved, gone or the same since the run before."""
    hooks: list[dict[str, Any]] = field(default_factory=list)
    """Who was notified of the end, and what came of it."""
    encodings: dict[str, int] = field(default_factory=dict)
    """How many text files were read in which encoding."""
    input: dict[str, Any] = field(default_factory=dict)
    """Files passed over, by their endings; characters of the input read, set aside and lost."""
    notes: list[str] = field(default_factory=list)
    """What a reader of the run must know of its input, in plain sentences."""
    vocabulary: dict[str, Any] = field(default_factory=dict)
    """Which characters the translation model does not know, and how many it was given."""
    memory: dict[str, Any] | None = None
    """The translation memory: its path, and how many sentences it remembered at the start."""
    report_key: str | None = None
    report_base: str | None = None
    """The key of all in the report but what is new."""
    digest_key: str | None = None
    digest_base: str | None = None
    english: dict[str, Any] = field(default_factory=dict)
    """The articles for readers: a key of their content, and the names of their files."""
    status: str = "running"
    exit_code: int | None = None
    finished: str | None = None

    def add_step(self, step: Step) -> None:
        """Record the models a stage uses."""
        if step.models:
            self.models[step.stage.name] = [model_facts(model) for model in step.models]

    def as_json(self) -> dict[str, Any]:
        """Return what manifest.json holds."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return values | {
            "config": self.config.model_dump(mode="json"),
            "yibao": pipeline.__version__,
            "python": platform.python_version(),
            "platform": platform.platform(),
            "versions": library_versions(),
            "git_commit": git_commit(),
        }


@dataclass(frozen=True, slots=True)
class LastRun:
    """What manifest.json says of the last run of a folder, as far as anybody asks.

    `tables` are the keys of the shards of each table, in order.
    """

    tables: dict[str, list[str]]
    status: str
    run_id: str = ""
    started: str = ""
    day: str = ""
    continues: str | None = None
    finished: str | None = None
    exit_code: int | None = None
    until: str = "report"
    seconds: dict[str, float] = field(default_factory=dict)
    totals: dict[str, int] = field(default_factory=dict)
    quality: dict[str, Any] = field(default_factory=dict)
    gates: list[dict[str, Any]] = field(default_factory=list)
    hooks: list[dict[str, Any]] = field(default_factory=list)
    changes: dict[str, int] = field(default_factory=dict)
    input: dict[str, Any] = field(default_factory=dict)
    vocabulary: dict[str, Any] = field(default_factory=dict)
    memory: dict[str, Any] | None = None
    report_key: str | None = None
    report_base: str | None = None
    digest_key: str | None = None
    digest_base: str | None = None
    english: dict[str, Any] = field(default_factory=dict)
    models: dict[str, Any] = field(default_factory=dict)
    config: dict[str, Any] = field(default_factory=dict)


INTERRUPTED = "the last run was interrupted: its process ended before the run was finished"


def read_last_run(folder: Path) -> LastRun:
    """Read manifest.json. Raises StoreError if it is missing or not the manifest of a run."""
    path = folder / "manifest.json"
    if not path.exists():
        runs = sorted(folder.glob("*/manifest.json"))
        advice = f"; it holds runs: name one, such as {runs[-1].parent}" if runs else ""
        raise StoreError(f"{folder}: not a run folder (it has no manifest.json){advice}")
    values = read_json(path)
    try:
        last = TypeAdapter(LastRun).validate_python(values)
        if last.vocabulary:
            VocabularyGaps(**last.vocabulary)
    except (ValidationError, TypeError) as error:
        where = ""
        if isinstance(error, ValidationError):
            first = error.errors()[0]
            where = f": {'.'.join(map(str, first['loc']))}: {first['msg']}".lower()
        raise StoreError(f"{path}: not the manifest of a run{where}") from None
    return last


def was_interrupted(folder: Path) -> bool:
    """True if the last run of a folder neither ended nor is still going on."""
    try:
        return read_last_run(folder).status == "running" and not is_held(folder)
    except StoreError:
        return False


def started_manifest(config: Config, last: LastRun | None, run_id: str = "") -> Manifest:
    """Return the manifest of a run that starts now, over what the last run left."""
    manifest = Manifest(config=config, started=_now(), run_id=run_id)
    if last is not None:
        if last.status != "done":
            manifest.continues = last.continues or last.started or None
        manifest.tables = last.tables
        manifest.memory = last.memory
        manifest.changes = last.changes
        keep_results(manifest, last)
    return manifest


def date_run(manifest: Manifest, *, is_same_input: bool) -> None:
    """Set the day of a run whose input was read.

    A run that ended early keeps its day, so that its report is the same if it is finished after
    midnight: if it has the same input, or began a few hours ago.
    """
    began = started = datetime.fromisoformat(manifest.started).astimezone()
    with suppress(ValueError):  # the manifest was edited
        began = datetime.fromisoformat(manifest.continues or manifest.started).astimezone()
    if not is_same_input and started - began > RESUMED_WITHIN:
        manifest.continues, began = None, started
    series = manifest.config.series
    manifest.day = (series and series.date) or began.date().isoformat()


def keep_results(manifest: Manifest, last: LastRun) -> None:
    """Take over what the last run wrote for readers, which need not be written again."""
    manifest.totals, manifest.quality = last.totals, last.quality
    manifest.vocabulary = last.vocabulary
    manifest.report_key, manifest.report_base = last.report_key, last.report_base
    manifest.digest_key, manifest.digest_base = last.digest_key, last.digest_base
    manifest.english = last.english


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write manifest.json. Raises StoreError."""
    if manifest.exit_code is not None and manifest.finished is None:
        manifest.finished = _now()
    values = json.dumps(manifest.as_json(), ensure_ascii=False, indent=2)
    write_atomically(folder / "manifest.json", values + "\n")


def write_end(folder: Path, manifest: Manifest) -> None:
    """Write the manifest of a run that ends badly, on a full disk at least its status.

    Raises nothing: what stopped the run says more than what stops the manifest.
    """
    with suppress(StoreError):
        write_manifest(folder, manifest)
        return
    path = folder / "manifest.json"
    running, ended = b'"status": "running",', f'"status": "{manifest.status}",'.encode()
    with suppress(OSError):
        overwrite(path, running, ended)


def model_facts(model: ResolvedModel | ResolvedScorer) -> dict[str, Any]:
    """Return a resolved model as plain values; the cache folder is nobody's business."""
    names = ("name", "identity", "licence", "backend", "precision")
    facts = {name: getattr(model, name) for name in names}
    return facts | {"device": named(model.devices), "reasons": list(model.reasons)}


def translation_models(models: Mapping[str, Any], config: Mapping[str, Any]) -> str:
    """Return the names of the model and the fallback model that translated a run."""
    repair = (config.get("translate") or {}).get("repair") or {}
    number = 2 if repair.get("fallback") else 1
    names = [model["name"] for model in models.get("translate", [])[:number]]
    return " and ".join(dict.fromkeys(names)) or "unknown model"


@cache
def library_versions() -> dict[str, str]:
    """Return the versions of the libraries that can change an answer; imports none."""
    versions = {}
    for name in _LIBRARIES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return versions


@cache
def git_commit() -> str | None:
    """Return the commit of the checkout this code runs from, if it is one."""
    root = Path(pipeline.__file__).resolve().parents[1]
    if not (root / ".git").exists():
        return None
    try:
        answer = subprocess.run(
            ["git", "-C", str(root), "rev-parse", "HEAD"],
            capture_output=True,
            text=True,
            check=True,
            timeout=5,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
