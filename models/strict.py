"""What every spec is: strict and frozen; where weights are, and where a model runs."""

import typing
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

Precision = Literal["auto", "float32", "float16", "bfloat16", "int8", "int8_float16"]

# `cuda:0,2` are several devices.
DEVICE_PATTERN = r"^(auto|cpu|mps|cuda(:all|:\d+(,\d+)*)?)$"

# For a field that takes the word `off`: YAML reads it as false where it is not quoted.
BARE_OFF = BeforeValidator(lambda value: "off" if value is False else value)


@dataclass(frozen=True, slots=True)
class PathKey:
    """Marks a key that holds a path, or a list of them: relative to the config file.

    `input`   what is read: files, folders, globs, `-`
    `file`    a file or folder that must exist
    `made`    a file or folder that is made if it does not exist
    `model`   a local folder if there is one beside the config, otherwise a name
    `against` a folder, FOLDER:SYSTEM, or the name of a system
    """

    kind: Literal["input", "file", "made", "model", "against"]
    words: tuple[str, ...] = ()
    """Words that are no paths."""


FILE, MADE, MODEL = PathKey("file"), PathKey("made"), PathKey("model")


class Spec(BaseModel):
    """Strict and frozen: a misspelt key is an error, never ignored. A text is a list of one."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _one_text_is_a_list(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        fields = cls.model_fields
        lists = {name for name in fields if typing.get_origin(fields[name].annotation) is tuple}
        return {
            name: [value] if name in lists and isinstance(value, str) else value
            for name, value in values.items()
        }


class PlacedSpec(Spec):
    """A model that runs on this machine."""

    device: str | None = Field(default=None, pattern=DEVICE_PATTERN)
    """`auto`, `cpu`, `cuda`, `cuda:N` … for this model only. Default: `runtime.device`."""


class WeightsSpec(PlacedSpec):
    """Where weights are and how far they are trusted."""

    path: Annotated[str, MODEL]
    """`bundled:NAME`, a local folder, or a hub id such as `Helsinki-NLP/opus-mt-zh-en`."""
    revision: str | None = None
    """The 40-digit commit of a hub id (required for one), because branches move."""
    trust_remote_code: bool = False
    """Let the checkpoint run its own Python code. Leave it off."""


class ModelSpec(WeightsSpec):
    """A model that writes; trained metrics have precisions of their own."""

    precision: Precision | None = None
    """Precision of this model only: `auto`, `float32`, `float16`, `bfloat16`, `int8` or
    `int8_float16`, if its backend supports it. Default: `runtime.precision`."""
