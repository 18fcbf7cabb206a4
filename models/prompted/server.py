"""Find an OpenAI-compatible server and the identity of the weights it serves."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.errors import ServerError, WeightsError
from models.files import read_cache, write_cache
from models.prompted.address import address_problem, is_local
from models.prompted.connection import Connection, ConnectionFailedError, RedirectError, Reply
from models.prompted.limits import Fleet
from models.prompted.specs import ServerSpec

# A server that lists its models does so at once.
LISTING_SECONDS = 10.0
MOST_LISTING_BYTES = 4 * 2**20
_CACHE = "servers.json"

# Fields of a listing that tell weights apart; times and owners change while the weights do not.
_TELLING = ("id", "root", "parent", "meta", "digest")


@dataclass(frozen=True, slots=True)
class Served:
    """What a server says of the model asked for. `remembered`: it does not answer now."""

    identity: str
    remembered: bool = False


def check_address(spec: ServerSpec, *, offline: bool) -> None:
    """Raise WeightsError if the address is not valid, or offline and on another machine."""
    for url in spec.urls:
        key = "base_url" if url == spec.base_url else "more_urls"
        if problem := address_problem(url):
            raise WeightsError(f"{key}: {problem}")
        if offline and not is_local(url):
            raise WeightsError(
                f"{key}: {url} is on another machine, and runtime.offline is true: "
                "the text would leave this machine; set runtime.offline: false to allow that"
            )


def api_key(spec: ServerSpec) -> str:
    """Read the key from the environment variable that a spec names; "none" without one.

    Raises WeightsError if the variable is not set, or cannot be a key.
    """
    if spec.api_key_variable is None:
        return "none"
    key = os.environ.get(spec.api_key_variable, "").strip()
    if not key:
        raise WeightsError(
            f"api_key_variable: the environment variable {spec.api_key_variable} is not set; "
            f"export {spec.api_key_variable}=… before the run"
        )
    if not (key.isascii() and key.isprintable()):
        raise WeightsError(
            f"api_key_variable: the environment variable {spec.api_key_variable} contains "
            "characters that no key has, such as a line break; set it again"
        )
    return key


def connect(spec: ServerSpec) -> Fleet:
    """Return the connections to the servers of a spec as one; nothing is sent yet."""
    return Fleet(
        [Connection(url, api_key(spec)) for url in spec.urls],
        concurrency=spec.concurrency,
        requests_per_minute=spec.requests_per_minute,
        budget=spec.spending,
    )


def redirected(spec: ServerSpec, error: RedirectError) -> ServerError:
    """Return the error of a server that points elsewhere."""
    return ServerError(
        f"{spec.base_url}: {error}; no text was sent there. If you trust that server, write its "
        "address in base_url"
    )


def find_served(spec: ServerSpec, *, cache: Path | None = None) -> Served:
    """Ask a server what it serves under the name in a spec.

    With a `cache` folder the answer is kept there, and used while the server does not answer:
    finished work needs no server. Raises ServerError if it is not known either, and
    WeightsError if the server has no such model.
    """
    name = f"{spec.base_url} {spec.model}"
    kept = read_cache(cache / _CACHE) if cache else {}
    try:
        listed = _listed(spec)
    except ServerError:
        if name in kept:
            return Served(kept[name], remembered=True)
        raise
    identity = _identity(spec, listed)
    _refuse_other_weights(spec, identity)
    if cache is not None and kept.get(name) != identity:
        write_cache(cache / _CACHE, {**kept, name: identity})
    return Served(identity)


def _refuse_other_weights(spec: ServerSpec, identity: str) -> None:
    """Raise WeightsError if one of several servers answers and serves something else."""
    for url in spec.urls[1:]:
        other = spec.model_copy(update={"base_url": url, "more_urls": ()})
        try:
            served = _identity(other, _listed(other))
        except ServerError:
            continue  # it rests until it answers
        if served != identity:
            raise WeightsError(
                f"more_urls: {url} serves other weights ({served}) than {spec.base_url} "
                f"({identity}); translations would depend on which server answers"
            )


def _listed(spec: ServerSpec) -> list[dict[str, Any]] | None:
    """Return the models a server lists, or None if it keeps no list."""
    advice = "start it, or correct base_url, which usually ends in /v1"
    try:
        reply = Connection(spec.base_url, api_key(spec)).send(
            "/models", seconds=LISTING_SECONDS, most_bytes=MOST_LISTING_BYTES
        )
        return _rows(spec, reply)
    except RedirectError as error:
        raise redirected(spec, error) from None
    except (ConnectionFailedError, ValueError) as error:
        raise ServerError(
            f"{spec.base_url}: the server does not answer ({error}); {advice}"
        ) from None


def _rows(spec: ServerSpec, reply: Reply) -> list[dict[str, Any]] | None:
    if reply.status in (401, 403):
        raise WeightsError(
            f"{spec.base_url}: HTTP {reply.status}: the key was refused; name the environment "
            "variable that holds it in api_key_variable"
        )
    if reply.status in (502, 503, 504):
        raise ServerError(
            f"{spec.base_url}: HTTP {reply.status} instead of its list of models; is the server "
            "still starting?"
        )
    if reply.status >= 400:
        # There is no list, or it fails, as that of `transformers serve` does offline.
        return None
    try:
        listing = reply.json()
    except ValueError:
        raise ValueError("its list of models is not JSON") from None
    rows = listing.get("data") if isinstance(listing, dict) else None
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else None


def _identity(spec: ServerSpec, listed: list[dict[str, Any]] | None) -> str:
    version = f" {spec.served_version}" if spec.served_version else ""
    if not listed:
        return f"{spec.model}{version}"
    # Ollama lists a name without a tag as `name:latest`.
    names = (spec.model, f"{spec.model}:latest")
    row = next((row for row in listed if row.get("id") in names), None)
    if row is None:
        known = ", ".join(sorted(str(row.get("id")) for row in listed)[:8])
        raise WeightsError(f"{spec.base_url}: has no model '{spec.model}'; it has {known}")
    telling = {key: row[key] for key in _TELLING if row.get(key) is not None}
    return f"{spec.model}{version} {json.dumps(telling, sort_keys=True, ensure_ascii=False)}"
