"""May what these models write be published? Asked before a run begins, not after."""

from collections.abc import Sequence
from typing import Protocol

from models.weights.licences import REASONS, permission
from pipeline.config.sections import LicencesSection
from pipeline.errors import ConfigError


class Licensed(Protocol):
    """What is known of a model: what it is called and the licence of its weights."""

    @property
    def name(self) -> str:
        """The path of a config, of a hub id perhaps with its commit behind an @."""

    @property
    def licence(self) -> str | None:
        """As SPDX writes it, None where none is stated."""


def refuse_licences(stage: str, models: Sequence[Licensed], policy: LicencesSection) -> None:
    """Raise ConfigError for every model that `policy` does not let a stage use."""
    if not policy.publish:
        return
    problems = []
    for model in models:
        path = model.name.partition("@")[0]
        allowed = path in policy.allow or model.licence in policy.allow
        found = permission(model.licence)
        if found == "publish" or allowed or getattr(model, "backend", "") == "none":
            continue
        stated = f"licence {model.licence} {REASONS[found]}"
        if model.licence is None:
            stated = "no licence is stated"
        problems.append(
            f"{stage}: {model.name}: {stated}, and licences.publish is true; take "
            "another model (`pipeline models list`), or, if you have leave, write "
            f"'{path}'{f' or {model.licence!r}' if model.licence else ''} into licences.allow"
        )
    if problems:
        raise ConfigError(*problems)
