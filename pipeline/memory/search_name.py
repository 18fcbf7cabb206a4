"""What a search is called in keys of the translation memory."""

from collections.abc import Sequence
from dataclasses import fields

from models.protocols import Sampling, Search

_SEARCH = ("count", "beams", "length_penalty", "no_repeat_ngram_size", "sampling")
_SAMPLING = ("temperature", "least_probability", "seed")  # the settings that a name always holds


def search_name(search: Search) -> str:
    """Name a search. A setting that it gets later is in the name only if it is not the default."""
    if search.sampling is None:
        return _call(search, "Search", _SEARCH)
    sampling = _call(search.sampling, "Sampling", _SAMPLING)
    return _call(search, "Search", _SEARCH, sampling=sampling)


def _call(value: Search | Sampling, name: str, always: Sequence[str], **written: str) -> str:
    parts = [
        f"{field.name}={written.get(field.name, repr(setting))}"
        for field in fields(value)
        if (setting := getattr(value, field.name)) != field.default or field.name in always
    ]
    return f"{name}({', '.join(parts)})"
