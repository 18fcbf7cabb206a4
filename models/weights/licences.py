"""Names of licences of weights, and whether they allow publishing the output.

Model cards write licences like the hub (`cc-by-nc-4.0`, `other`), like SPDX, or in words. Nothing
here is legal advice: a licence not known to allow publishing is not assumed to.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any, Literal

from models.patterns import lazy

Permission = Literal["publish", "noncommercial", "conditions", "unknown"]
"""`publish`: output may be published and sold; `noncommercial`: it may not be sold;
`conditions`: a licence of the publisher, to be read first; `unknown`: none is stated, or one
that is not known here."""

_NOT_STATED = frozenset({"", "other", "unknown", "none", "null", "unlicensed"})

_NONCOMMERCIAL = lazy(r"(?:^|[-_ ])(?:nc|non-?commercial|research(?:-only)?)(?:[-_ ]|$)")


def normal_licence(stated: object, name: object = None) -> str | None:
    """Return the SPDX name of a licence, `LicenseRef-…` if SPDX has none; None if none is stated.

    `stated` is a card's `license` (a text, or a list that all apply), `name` its
    `license_name`, which names an `other` licence.
    """
    if isinstance(stated, list | tuple):
        found = [each for own in stated if (each := normal_licence(own, name))]
        return " AND ".join(dict.fromkeys(found)) or None
    text = " ".join(str(stated or "").split())
    if text.lower() in _NOT_STATED:
        if not isinstance(name, str) or name.strip().lower() in _NOT_STATED:
            return None
        text = name.strip()
    key = text.lower().replace("_", "-")
    if key.startswith("licenseref-"):
        return text
    names = _spdx_names()
    known = names.get(key) or names.get(key.replace(" ", "-"))
    if known:
        return known
    return "LicenseRef-" + re.sub(r"[^A-Za-z0-9.]+", "-", text).strip("-")


def card_licence(front: dict[str, Any]) -> str | None:
    """Return the licence in the front matter of a model card.

    Some cards use `licenses`, which the hub ignores.
    """
    stated = front.get("license") or front.get("licenses")
    return normal_licence(stated, front.get("license_name"))


def permission(licence: str | None) -> Permission:
    """Return what a licence from `normal_licence` allows for publishing the output.

    If several apply together, the strictest counts.
    """
    if licence is None:
        return "unknown"
    parts = [_permission(part) for part in licence.split(" AND ")]
    order: tuple[Permission, ...] = ("noncommercial", "conditions", "unknown", "publish")
    return min(parts, key=order.index)


def _permission(licence: str) -> Permission:
    key = licence.lower()
    if _NONCOMMERCIAL.search(key):
        return "noncommercial"
    if key in _spdx_names():
        return "publish"
    if any(own in key for own in _table()[_OWN]):
        return "conditions"
    return "unknown"


_OWN = "own"  # the row of what names licences of makers' own


@cache
def _spdx_names() -> dict[str, str]:
    """Return licences as SPDX writes them, by what cards write, in small letters."""
    rows = ((name, others) for name, others in _table().items() if name != _OWN)
    return {written: name for name, others in rows for written in (name.lower(), *others)}


@cache
def _table() -> dict[str, list[str]]:
    lines = Path(__file__).with_name("licences.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.partition("\t") for line in lines if not line.startswith("#"))
    return {name: others.split("|") if others else [] for name, _, others in rows}


REASONS: dict[Permission, str] = {
    "publish": "allows publishing",
    "noncommercial": "forbids commercial use",
    "conditions": "sets its own conditions (who may use it, where, for what)",
    "unknown": "is not known to allow publishing",
}
"""Meaning of each permission, worded to follow the name of a licence."""
