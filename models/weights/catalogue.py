"""Models that are known to work: `catalogue.yaml` as data, and a config for each of them."""

import re
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, field_validator

from models.errors import WeightsError, suggest
from models.patterns import lazy
from models.weights.licences import normal_licence

Kind = Literal["seq2seq", "causal", "abstractive", "comet", "metricx"]

TASKS: dict[Kind, str] = {
    "seq2seq": "translate",
    "causal": "translate",
    "abstractive": "summarize",
    "comet": "evaluate",
    "metricx": "evaluate",
}
"""Purpose of each kind: the section of a config, or the command."""

_HUB_ID = lazy(r"[A-Za-z0-9][\w.-]*/[\w.-]+")
_FILE = Path(__file__).with_name("catalogue.yaml")


class Problem(BaseModel):
    """A known problem and the thread that describes it: `owner/repository#number`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    what: str = Field(min_length=1)
    where: str | None = Field(default=None, pattern=r"^[\w.-]+/[\w.-]+#\d+$")


class KnownModel(BaseModel):
    """One entry of the catalogue; unknown facts are None or empty.

    `settings` are more keys of its spec, `max_source_tokens` is the limit of its positions, and
    `download_megabytes` the size of the weights to download.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")
    path: str = Field(pattern=r"^[A-Za-z0-9][\w.-]*/[\w.-]+$")
    revision: str | None = Field(default=None, pattern=r"^[0-9a-f]{40}$")
    kind: Kind
    licence: str | None = None
    gated: bool = False
    parameters: str | None = Field(default=None, pattern=r"^\d+(\.\d+)?[MB]$")
    download_megabytes: int | None = Field(default=None, gt=0)
    languages: tuple[str, ...] = Field(min_length=1)
    settings: dict[str, Any] = {}
    backends: tuple[Literal["ctranslate2", "transformers", "torch"], ...]
    max_source_tokens: int | None = Field(default=None, gt=0)
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @field_validator("licence")
    @classmethod
    def _licence_is_in_normal_form(cls, value: str | None) -> str | None:
        if value is not None and normal_licence(value) != value:
            raise ValueError(f"write {normal_licence(value)}, not {value}")
        return value

    @property
    def task(self) -> str:
        """Purpose of the model."""
        return TASKS[self.kind]

    @property
    def spec(self) -> dict[str, Any]:
        """Keys of a config for the model; without a revision if none is known."""
        revision = {"revision": self.revision} if self.revision else {}
        return {"kind": self.kind, "path": self.path, **revision, **self.settings}


@cache
def known_models() -> tuple[KnownModel, ...]:
    """Return the catalogue in its order."""
    rows = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return TypeAdapter(tuple[KnownModel, ...]).validate_python(rows)


def find_known(name: str) -> KnownModel | None:
    """Return the entry with this name or hub id, ignoring case; None without one."""
    wanted = name.lower()
    found = (each for each in known_models() if wanted in (each.name, each.path.lower()))
    return next(found, None)


def known_model(name: str) -> KnownModel:
    """Return the entry with this name. Raises WeightsError, which suggests similar names."""
    found = find_known(name)
    if found is None:
        names = [each.name for each in known_models()]
        hint = suggest(name.lower(), names, "see `pipeline models list`")
        raise WeightsError(f"'{name}': not in the catalogue, not bundled and not a folder; {hint}")
    return found


def known_licence(path: str) -> str | None:
    """Return the licence of a hub id if the catalogue has it, else None."""
    # most paths are folders: the file is read for what may be an id of the hub
    found = find_known(path) if _HUB_ID.fullmatch(path) else None
    return found.licence if found else None


def snippet(model: KnownModel) -> str:
    """Return the lines of a config for a model, ready to copy."""
    lines = []
    for key, value in model.spec.items():
        lines.append(f"    {key}: {_scalar(value)}")
        revision = "revision" if key == "path" else f"{key}_revision"
        if key in ("path", "encoder", "tokenizer") and revision not in model.spec:
            commits = f"https://huggingface.co/{value}/commits"
            lines.append(f"    {revision}: COMMIT   # 40 digits, from {commits}")
    match model.task:
        case "translate":
            head = ["translate:", "  model:"]
        case "summarize" if model.languages == ("en",):
            head = ["summarize:", "  model: {kind: extractive}", "  english_model:"]
        case "summarize":
            head = ["summarize:", "  model:"]
        case _:
            head = ["trained_metrics:", f"  {model.name}:"]
    return "\n".join([*head, *lines]) + "\n"


def _scalar(value: object) -> str:
    """Return a setting as YAML, quoted if a bare word would be misread."""
    text = str(value)
    plain = isinstance(value, str) and re.fullmatch(r"[A-Za-z][\w./@-]*", text)
    bare = plain and text.lower() not in ("yes", "no", "on", "off", "true", "false", "null")
    return text if bare or isinstance(value, int | float) else f'"{text}"'
