"""What the words of `translate.quality` set where the config leaves a key open."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, TypeVar

from pydantic import BaseModel

Quality = Literal["auto", "fast", "balanced", "best"]

_Settings = Mapping[str, Mapping[str, object]]

SETTINGS: Mapping[str, _Settings] = MappingProxyType(
    {
        "fast": {"model": {"beams": 1}},
        "best": {"choose": {"by": "consensus", "of": 8}},
    }
)
"""Keys of `translate` by section; the other words leave every key at its default."""

Section = TypeVar("Section", bound=BaseModel)


def with_quality(section: Section, quality: str) -> Section:
    """Return a translate section with the settings of a word; what the config sets stays.

    Only an encoder-decoder (`kind: seq2seq`) is changed.
    """
    if getattr(section, "model").kind != "seq2seq":  # noqa: B009
        return section
    changes: dict[str, Any] = {}
    for name, settings in SETTINGS.get(quality, {}).items():
        part: BaseModel = getattr(section, name)
        open_keys = {k: v for k, v in settings.items() if k not in part.model_fields_set}
        if open_keys:
            changes[name] = part.model_copy(update=open_keys)
    return section.model_copy(update=changes) if changes else section
