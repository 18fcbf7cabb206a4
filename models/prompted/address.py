"""Addresses of servers, and what in a config is a secret."""

import ipaddress
import re
from typing import Any
from urllib.parse import urlsplit

from models.patterns import lazy

HIDDEN = "***"

# Names whose value is a secret, in small letters without signs: X-API-Key is xapikey.
_SECRET_NAME = lazy(
    r"secret|passw(?:or)?d|passphrase|authori[sz]ation|credential|bearer|cookie|jwt|pwd$|auth$"
    r"|(?:api|access|account|auth|client|license|master|private|session|shared|signing"
    r"|subscription)keys?$|^keys?$|token$"
)
# `eos_token` is a control token, but `access_token` is a secret.
_CONTROL_TOKEN = lazy(r"(?:bos|cls|end|eos|mask|pad|sep|special|start|stop|unk)token$")
_SECRET_VALUE = lazy(
    r"^(?:(?:Bearer|Basic|Token)\s+\S|(?:sk|pk|rk)-[\w-]{8}|hf_\w{8}|gh[pousr]_\w{8}|eyJ[\w-]{8})",
    re.IGNORECASE,
)


def address_problem(base_url: str) -> str | None:
    """Return what is wrong with the address of a server, or None. Never repeats a secret."""
    example = "write it as http://localhost:8000/v1"
    try:
        parts = urlsplit(base_url)
        port = parts.port
    except ValueError:
        return f"'base_url' has no valid host and port; {example}"
    if parts.username is not None or parts.password is not None:
        return (
            "'base_url' contains a user name or password, which would end up in logs; put the "
            "key in an environment variable and name it in api_key_variable"
        )
    if parts.query or parts.fragment:
        return f"'base_url' has something after '?' or '#', which is not sent; {example}"
    if re.search(r"[^!-~]", base_url):
        return f"'base_url' contains spaces or other characters no address has; {example}"
    if parts.scheme not in ("http", "https"):
        return f"'{base_url}' is not the address of a server; {example}"
    if not parts.hostname or port == 0:
        return f"'{base_url}' has no valid host and port; {example}"
    return None


def is_local(base_url: str) -> bool:
    """True if an address is on this machine."""
    host = urlsplit(base_url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def without_secrets(address: str) -> str:
    """Return an address without user, password, query and fragment."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", f":{parts.port}" if parts.port else ""
    except ValueError:
        return "an address that is not valid"
    if ":" in host:
        host = f"[{host}]"
    return f"{parts.scheme}://{host}{port}{parts.path}"[:200]


def masked(value: Any, name: str = "") -> Any:
    """Return plain values with every secret in them replaced by `***`."""
    if isinstance(value, dict):
        hides = _is_secret(name)
        return {key: masked(inner, name if hides else str(key)) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [masked(inner, name) for inner in value]
    if isinstance(value, str) and (_is_secret(name) or _SECRET_VALUE.match(value.strip())):
        return HIDDEN
    if isinstance(value, int | float) and not isinstance(value, bool) and _is_secret(name):
        return HIDDEN
    return value


def secrets(value: Any, name: str = "") -> list[str]:
    """Return the secrets that `masked` would replace, as text; `Bearer x` also as `x`."""
    if isinstance(value, dict):
        hides = _is_secret(name)
        pairs = [(inner, name if hides else str(key)) for key, inner in value.items()]
    elif isinstance(value, list | tuple):
        pairs = [(inner, name) for inner in value]
    else:
        return [str(value), *str(value).split()[-1:]] if masked(value, name) == HIDDEN else []
    return [secret for inner, key in pairs for secret in secrets(inner, key)]


def _is_secret(name: str) -> bool:
    plain = re.sub(r"[^a-z0-9]", "", name.lower())
    return bool(_SECRET_NAME.search(plain)) and not _CONTROL_TOKEN.search(plain)
