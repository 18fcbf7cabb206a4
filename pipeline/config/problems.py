"""The mistakes of a config in plain words: the key, what is wrong with it, what to write."""

import typing
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from models.errors import suggest
from pipeline.config.annotations import inside, kind_of, sections_in
from pipeline.config.key_texts import key_texts


def problems_of(path: Path | str, model: type[BaseModel], error: ValidationError) -> list[str]:
    """Return one line per mistaken key; `path` begins each."""
    lines: dict[str, str] = {}
    for detail in error.errors():
        names, description, section, inner = _walk(detail["loc"], model)
        if detail["type"].startswith("union_tag"):
            names.append("kind")
        where = ": ".join([str(path), *[".".join(names)] * bool(names)])
        # a union reports every member it tried; the first line says it all
        lines.setdefault(where, f"{where}: {_explain(detail, description, section, inner)}")
    return list(lines.values())


def _walk(
    location: Sequence[int | str], model: type[BaseModel]
) -> tuple[list[str], str, type[BaseModel], list[type[BaseModel]]]:
    """Follow an error's location; drop what names a member of a union, not a key.

    Returns the keys, the description of the last field, the innermost section, and the sections
    that may be at the location.
    """
    section: type[BaseModel] = model
    annotation: Any = model
    names: list[str] = []
    description = ""
    for step in location:
        if typing.get_origin(annotation) is dict:
            annotation = typing.get_args(annotation)[1]
            names.append(str(step))
            continue
        if step == "[key]":  # what pydantic adds where the key itself is wrong
            continue
        choices = sections_in(annotation)
        tagged = [c for c in choices if kind_of(c) == step]
        if len(choices) > 1 and tagged:
            annotation = section = tagged[0]
        elif isinstance(step, int):
            names.append(str(step))
            annotation = inside(annotation)
        elif len(choices) == 1:
            section = choices[0]
            names.append(step)
            field = section.model_fields.get(step)
            annotation = field.annotation if field else None
            description = key_texts(section)[step] if field else ""
    inner = sections_in(annotation)
    return names, description, inner[0] if len(inner) == 1 else section, inner


_TOO = {
    "greater_than": ("small", "more than", "gt"),
    "greater_than_equal": ("small", "at least", "ge"),
    "less_than": ("large", "less than", "lt"),
    "less_than_equal": ("large", "at most", "le"),
}
_LONGEST_SHOWN = 40
_KINDS_OF_TYPE = {
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "string": "text",
    "tuple": "a list",
    "model": "a section with keys",
    "dict": "a section with keys",
}


def _explain(
    detail: ErrorDetails,
    description: str,
    section: type[BaseModel],
    inner: Sequence[type[BaseModel]],
) -> str:
    """Say what is wrong with one value and what to write instead."""
    kind, value, context = detail["type"], detail["input"], detail.get("ctx", {})
    tags = " or ".join(f"'{tag}'" for one in inner if (tag := kind_of(one)))
    if kind == "extra_forbidden":
        return _unknown_key(str(detail["loc"][-1]), section)
    if kind == "missing":
        return "required, but not given"
    if kind == "union_tag_not_found":
        return "required, but not given" + (f"; choose {tags}" if tags else "")
    if kind == "union_tag_invalid":
        return f"'{context['tag']}' is not a known kind; choose {context['expected_tags']}"
    if kind == "finite_number":
        return f"{value!r} given; must be a finite number"
    if kind == "literal_error":
        return f"{_short(value)} is not allowed; choose {context['expected']}"
    if kind in _TOO:
        size, bound, name = _TOO[kind]
        return f"{value!r} is too {size}; it must be {bound} {context[name]}"
    if kind == "too_short":
        return f"needs at least {context['min_length']} entry, found {context['actual_length']}"
    if kind == "value_error":
        return str(context["error"])
    member = str(detail["loc"][-1]).removeprefix("constrained-")
    if kind == "string_pattern_mismatch" or member in ("int", "float", "str"):
        # the last step names a member of a union of plain types: say what the field takes,
        # which its description begins with
        choice = description.partition(". ")[0].rstrip(".")
        if choice[1:2].islower() or choice[1:2] == " ":
            choice = choice[0].lower() + choice[1:]
        return f"{_short(value)} is not allowed; choose {choice}"
    family = kind.split("_")[0]
    if family in _KINDS_OF_TYPE:
        kinds = f" and a kind: {tags}" if family == "model" and tags else ""
        return f"{spoken_value(value)} given; must be {_KINDS_OF_TYPE[family]}{kinds}"
    return detail["msg"]


def _unknown_key(key: str, section: type[BaseModel]) -> str:
    known = list(section.model_fields)
    name, colon, value = key.partition(":")
    if colon and name in known:
        return f"no space after the colon; write '{name}: {value}'"
    return f"unknown key; {suggest(key, known)}"


def spoken_value(value: object) -> str:
    """Return what a YAML value is, in the words of somebody who wrote it."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case Mapping():
            return "a section with keys"
        case list():
            return "a list"
        case str() if len(value) > _LONGEST_SHOWN:
            return f"text ({repr(value[:_LONGEST_SHOWN])[:-1]}…')"
        case str():
            return _short(value)
        case _:
            return str(value)


def _short(value: object) -> str:
    """Return a value as it is written, cut where it is long."""
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}…'"
