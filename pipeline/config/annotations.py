"""Sections of a config in the annotations of its fields."""

import types
import typing
from typing import Any

from pydantic import BaseModel


def sections_in(annotation: Any) -> list[type[BaseModel]]:
    """Return the pydantic models in an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if typing.get_origin(annotation) in (typing.Union, types.UnionType, typing.Annotated):
        return [s for part in typing.get_args(annotation) for s in sections_in(part)]
    return []


def kind_of(section: type[BaseModel]) -> str | None:
    """Return the `kind` of a section that has one."""
    field = section.model_fields.get("kind")
    return str(typing.get_args(field.annotation)[0]) if field else None


def inside(annotation: Any) -> Any:
    """Return what a list is of; the annotation itself if it is no list."""
    return typing.get_args(annotation)[0] if typing.get_origin(annotation) is tuple else annotation
