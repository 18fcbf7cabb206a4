"""Names of licences of weights, and whether they allow publishing the output.

Model cards write licences like the hub (`cc-by-nc-4.0`, `other`), like SPDX, or in words. Nothing
here is legal advice: a licence not known to allow publishing is not assumed to.
"""

import re
from typing import Any, Literal

from models.patterns import lazy

Permission = Literal["publish", "noncommercial", "conditions", "unknown"]
"""`publish`: output may be published and sold; `noncommercial`: it may not be sold;
`conditions`: a licence of the publisher, to be read first; `unknown`: none is stated, or one
that is not known here."""

# As SPDX writes them (https://spdx.org/licenses), by what cards write, in lower case.
_SPDX = {
    name.lower(): name
    for name in (
        "Apache-2.0",
        "MIT",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "MPL-2.0",
        "ISC",
        "Unlicense",
        "CC0-1.0",
        "CC-BY-2.0",
        "CC-BY-3.0",
        "CC-BY-4.0",
        "CC-BY-SA-3.0",
        "CC-BY-SA-4.0",
        "CC-BY-ND-4.0",
        "CC-BY-NC-2.0",
        "CC-BY-NC-3.0",
        "CC-BY-NC-4.0",
        "CC-BY-NC-SA-2.0",
        "CC-BY-NC-SA-3.0",
        "CC-BY-NC-SA-4.0",
        "CC-BY-NC-ND-3.0",
        "CC-BY-NC-ND-4.0",
        "GPL-2.0",
        "GPL-3.0",
        "LGPL-3.0",
        "AGPL-3.0",
        "AFL-3.0",
        "Artistic-2.0",
        "BSL-1.0",
        "EUPL-1.2",
        "ODC-By-1.0",
        "OpenMDW-1.0",
        "WTFPL",
        "Zlib",
    )
} | {
    "apache": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "apache-2": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "mit license": "MIT",
    "bsd": "BSD-3-Clause",
    "cc-by": "CC-BY-4.0",
    "cc-by-nc": "CC-BY-NC-4.0",
    "cc0": "CC0-1.0",
    "openmdw": "OpenMDW-1.0",
    "odc-by": "ODC-By-1.0",
}
_NOT_STATED = frozenset({"", "other", "unknown", "none", "null", "unlicensed"})

# Licences of makers' own, which set conditions (size of the user, territory, uses): by what
# stands in their names.
_OWN = (
    "gemma",
    "llama",
    "tencent",
    "hunyuan",
    "qwen",
    "deepseek",
    "bigscience",
    "openrail",
    "falcon",
    "mistral",
    "mrl",
    "mnpl",
    "glm",
    "yi-license",
    "internlm",
    "baichuan",
    "apple",
    "nvidia",
    "cohere",
)
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
    known = _SPDX.get(key) or _SPDX.get(key.replace(" ", "-"))
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
    if key in _SPDX:
        return "publish"
    if any(own in key for own in _OWN):
        return "conditions"
    return "unknown"


REASONS: dict[Permission, str] = {
    "publish": "allows publishing",
    "noncommercial": "forbids commercial use",
    "conditions": "sets its own conditions (who may use it, where, for what)",
    "unknown": "is not known to allow publishing",
}
"""Meaning of each permission, worded to follow the name of a licence."""
