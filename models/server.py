"""Find an OpenAI-compatible server and tell which weights it serves; imports no client library."""

import ipaddress
import json
import os
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from models.errors import ServerError, WeightsError
from models.prompted import ServerSpec

# A server that lists its models does so at once.
LISTING_SECONDS = 10.0

# What of a listing tells weights apart; times and owners change while the weights do not.
_TELLING = ("id", "root", "parent", "meta", "digest")


@dataclass(frozen=True, slots=True)
class Served:
    """What a server says of the model asked for. `remembered`: it does not answer now."""

    identity: str
    remembered: bool = False


def check_address(spec: ServerSpec, *, offline: bool) -> None:
    """Raise WeightsError where the address is none, or offline and on another machine."""
    parts = urlsplit(spec.base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise WeightsError(
            f"base_url: '{spec.base_url}' is no address of a server; write it as "
            "http://localhost:8000/v1"
        )
    if offline and not is_local(spec.base_url):
        raise WeightsError(
            f"base_url: {spec.base_url} is another machine, and runtime.offline is true: the text "
            "would leave this one; set runtime.offline: false to allow that"
        )


def is_local(base_url: str) -> bool:
    """Tell whether an address is this machine's own."""
    host = urlsplit(base_url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def api_key(spec: ServerSpec) -> str:
    """Read the key from the environment variable that a spec names.

    Raises WeightsError where it is not set. Servers of one's own want none.
    """
    if spec.api_key_variable is None:
        return "none"
    key = os.environ.get(spec.api_key_variable, "")
    if not key:
        raise WeightsError(
            f"api_key_variable: the environment variable {spec.api_key_variable} is not set; "
            f"export {spec.api_key_variable}=… before the run"
        )
    return key


def find_served(spec: ServerSpec, *, cache: Path | None = None) -> Served:
    """Ask a server what it serves under the name in a spec.

    With a `cache` folder the answer is kept there, and stands where the server does not answer:
    finished work needs no server. Raises ServerError where it is not known either, and
    WeightsError where the server has no such model.
    """
    name = f"{spec.base_url} {spec.model}"
    kept = _kept(cache)
    try:
        listed = _listed(spec)
    except ServerError:
        if name in kept:
            return Served(kept[name], remembered=True)
        raise
    identity = _identity(spec, listed)
    if cache is not None and kept.get(name) != identity:
        _keep(cache, {**kept, name: identity})
    return Served(identity)


def _listed(spec: ServerSpec) -> list[dict[str, Any]] | None:
    """Return the models a server lists; None where it keeps no list."""
    request = urllib.request.Request(
        f"{spec.base_url.rstrip('/')}/models", headers={"Authorization": f"Bearer {api_key(spec)}"}
    )
    # A proxy is for other machines.
    proxies: dict[str, str] | None = {} if is_local(spec.base_url) else None
    opener = urllib.request.build_opener(urllib.request.ProxyHandler(proxies))
    try:
        with opener.open(request, timeout=LISTING_SECONDS) as answer:
            found = json.load(answer)
    except urllib.error.HTTPError as error:
        if error.code in (401, 403):
            raise WeightsError(
                f"{spec.base_url}: HTTP {error.code}: it wants another key; name the environment "
                "variable that holds it in api_key_variable"
            ) from None
        if error.code in (502, 503, 504):
            raise ServerError(
                f"{spec.base_url}: HTTP {error.code} instead of its models; is it still starting?"
            ) from None
        # No list is kept here, or it fails, as that of `transformers serve` does offline.
        return None
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        raise ServerError(
            f"{spec.base_url}: the server does not answer ({reason}); start it, or mend base_url, "
            "which mostly ends in /v1"
        ) from None
    rows = found.get("data") if isinstance(found, dict) else None
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else None


def _identity(spec: ServerSpec, listed: list[dict[str, Any]] | None) -> str:
    version = f" {spec.served_version}" if spec.served_version else ""
    if not listed:
        return f"{spec.model}{version}"
    # Ollama lists a name without a tag as `name:latest`.
    names = (spec.model, f"{spec.model}:latest")
    row = next((row for row in listed if row.get("id") in names), None)
    if row is None:
        known = ", ".join(sorted(str(each.get("id")) for each in listed)[:8])
        raise WeightsError(f"{spec.base_url}: has no model '{spec.model}'; it has {known}")
    told = {key: row[key] for key in _TELLING if row.get(key) is not None}
    return f"{spec.model}{version} {json.dumps(told, sort_keys=True, ensure_ascii=False)}"


def _kept(cache: Path | None) -> dict[str, str]:
    # A damaged or absent store costs an unneeded question, not correctness.
    if cache is None:
        return {}
    try:
        found = json.loads((cache / "servers.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _keep(cache: Path, kept: dict[str, str]) -> None:
    # As above: where the cache cannot be written, the server must answer next time.
    try:
        cache.mkdir(parents=True, exist_ok=True)
        aside = cache / f"servers.json.{os.getpid()}"
        aside.write_text(json.dumps(kept, indent=0, ensure_ascii=False), encoding="utf-8")
        aside.replace(cache / "servers.json")
    except OSError:
        return
