"""Limits of servers divided among workers, each of which counts only what it asks itself."""

from typing import Any, TypeVar

from pydantic import BaseModel

from models.prompted.specs import ServerSpec, SpendingSpec

Settings = TypeVar("Settings", bound=BaseModel)


def divided(settings: Settings, workers: int) -> Settings:
    """Return a config whose servers get from each of several workers its part of what they may.

    Parts are rounded down, so that together they stay within the limit, but no part is nothing.
    """
    changes: dict[str, Any] = {
        name: new
        for name in type(settings).model_fields
        if isinstance(old := getattr(settings, name), BaseModel)
        if (new := divided(old, workers)) is not old
    }
    if isinstance(settings, ServerSpec | SpendingSpec) and workers > 1:
        changes = _parts(settings, workers) | changes
    return settings.model_copy(update=changes) if changes else settings


def _parts(settings: ServerSpec | SpendingSpec, workers: int) -> dict[str, Any]:
    limits = ("concurrency", "requests_per_minute", "tokens")
    parts: dict[str, Any] = {
        name: max(1, value // workers)
        for name in limits
        if (value := getattr(settings, name, None)) is not None
    }
    money = getattr(settings, "money", None)
    return parts if money is None else parts | {"money": money / workers}
