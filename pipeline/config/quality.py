"""What the words of `translate.quality` set where a config leaves a key open."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, TypeVar

from pydantic import BaseModel

Quality = Literal["auto", "fast", "balanced", "best"]

SETTINGS: Mapping[str, Mapping[str, Mapping[str, object]]] = MappingProxyType(
    {"fast": {"model": {"beams": 1}}, "best": {"choose": {"by": "consensus", "of": 12}}}
)
"""Keys of `translate` by section; the other words leave every key at its default."""

Section = TypeVar("Section", bound=BaseModel)


def with_quality(section: Section, quality: Quality) -> Section:
    """Return a section `translate` with the settings of a word; keys that are set stay.

    Only an encoder-decoder (`kind: seq2seq`) is changed.
    """
    values: dict[str, Any] = dict(section)
    changes: dict[str, Any] = {} if values["quality"] == quality else {"quality": quality}
    settings = SETTINGS.get(quality, {}) if values["model"].kind == "seq2seq" else {}
    for name, given in settings.items():
        part: BaseModel = values[name]
        open_keys = {key: given[key] for key in given.keys() - part.model_fields_set}
        if open_keys:
            changes[name] = part.model_copy(update=open_keys)
    return section.model_copy(update=changes) if changes else section
