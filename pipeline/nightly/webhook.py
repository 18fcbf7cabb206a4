"""Send the end of a run to a server, as JSON by POST."""

import http.client
import os
import urllib.error
import urllib.request
from typing import Any

from models.prompted.address import is_local, without_secrets
from pipeline.config.night_sections import WebhookHook
from pipeline.nightly.deadline import HookError


def variable(name: str) -> str:
    """Return the value of an environment variable. Raises HookError if it is not set."""
    value = os.environ.get(name, "").strip()
    if not value:
        raise HookError(f"the environment variable {name} is not set")
    if not value.isprintable():
        raise HookError(f"the environment variable {name} has a line break or a control character")
    return value


def call_webhook(hook: WebhookHook, body: str, *, offline: bool) -> None:
    """POST a JSON body. Raises HookError unless the server accepts it."""
    address = hook.url or variable(str(hook.url_variable))
    if hook.url is None:
        # such an address may be the secret itself, so no error repeats it
        if not address.startswith(("http://", "https://")):
            raise HookError(f"{hook.url_variable} has no address that begins with https://")
        if offline and not is_local(address):
            raise HookError(
                f"{hook.url_variable} names another machine, but runtime.offline is true"
            )
    headers = {"Content-Type": "application/json", "User-Agent": "yibao"}
    if hook.token_variable:
        headers["Authorization"] = f"Bearer {variable(hook.token_variable)}"
    # a proxy is for other machines
    proxy = urllib.request.ProxyHandler({} if is_local(address) else None)
    opener = urllib.request.build_opener(_NoRedirect, proxy)
    try:
        request = urllib.request.Request(address, body.encode(), headers, method="POST")
        with opener.open(request, timeout=hook.timeout_seconds) as answer:
            answer.read(1024)
    except urllib.error.HTTPError as error:
        raise HookError(f"{_spoken(hook)}: the server answered {error.code}") from None
    except (OSError, ValueError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        # what is said of a secret address might repeat it
        text = (
            said_of(reason) if hook.url and isinstance(reason, OSError) else type(reason).__name__
        )
        raise HookError(f"{_spoken(hook)}: {text}"[:300]) from None


def said_of(error: Exception) -> str:
    """Return an error in the words of the system, or with its name where it has none."""
    if isinstance(error, OSError) and error.errno is not None and error.strerror:
        return f"cannot be reached: {error.strerror}"
    return f"{type(error).__name__}: {error}"


def _spoken(hook: WebhookHook) -> str:
    return without_secrets(hook.url) if hook.url else f"the address in {hook.url_variable}"


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: the token belongs to the address in the config."""

    def redirect_request(self, *arguments: Any) -> None:
        """Refuse."""
