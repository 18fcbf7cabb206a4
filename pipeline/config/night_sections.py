"""Sections for runs that nobody watches: what is kept of them, and who hears of them."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field, model_validator

from models.patterns import lazy
from models.prompted.address import address_problem, is_local, without_secrets
from models.strict import Spec

Event = Literal["finish", "failure", "gate"]
"""How a run ended: with its product, without it, or with a gate that failed."""


_SERVER = lazy(r"(?:\w+://)?([^/:]+)(?::(\d+))?/?")
RESUMED_WITHIN = timedelta(hours=12)
"""A run that ended early and began no longer ago than this keeps its date after midnight."""


@dataclass(frozen=True, slots=True)
class RunSeries:
    """The runs that one `output` with placeholders makes: their names, and the date of this one."""

    pattern: str
    date: str | None

    def has(self, name: str) -> bool:
        """True if a run folder of this name belongs to the series."""
        return re.fullmatch(self.pattern, name) is not None


class KeepSection(Spec):
    """How long finished runs stay."""

    days: int | None = Field(default=None, ge=1)
    """Keep runs of the last N days. With `runs` too, a run stays if either of them keeps it."""
    runs: int | None = Field(default=None, ge=1)
    """Keep the newest N runs."""

    @model_validator(mode="after")
    def _keeps_something(self) -> "KeepSection":
        if self.days is None and self.runs is None:
            raise ValueError("needs 'days', 'runs' or both")
        return self


Deadline = Annotated[
    float, Field(gt=0, le=300, description="Give up after this time. A run waits no longer for it.")
]


class CommandHook(Spec):
    """A program to start when a run ends."""

    run: tuple[str, ...] = Field(min_length=1)
    """The program and its arguments, as a list; no shell is started. It gets the event as JSON on
    standard input (see operate/notifications.md)."""
    timeout_seconds: Deadline = 30


class WebhookHook(Spec):
    """A server that gets the event as a JSON body by POST."""

    url: str | None = None
    """The address, without a secret in it."""
    url_variable: str | None = None
    """Name of the environment variable that has the address, if the address is a secret."""
    token_variable: str | None = None
    """Name of the environment variable that has the token to send as `Authorization: Bearer`."""
    timeout_seconds: Deadline = 10

    @model_validator(mode="after")
    def _has_one_address(self) -> "WebhookHook":
        if (self.url is None) == (self.url_variable is None):
            raise ValueError("needs either 'url' or 'url_variable'")
        if self.url and (problem := address_problem(self.url)):
            problem = problem.replace("base_url", "url").replace("api_key_variable", "url_variable")
            raise ValueError(
                problem.replace("http://localhost:8000/v1", "https://example.org/hook")
            )
        return self


class MailHook(Spec):
    """A message by SMTP."""

    server: str = Field(min_length=1)
    """The mail server."""
    port: int = Field(default=587, ge=1, le=65_535)
    """Its port."""
    security: Literal["starttls", "tls", "none"] = "starttls"
    """`starttls` (usually port 587), `tls` (usually port 465) or `none`."""
    sender: str = Field(pattern=r"^[^\s@]+@[^\s@]+$")
    """The address it is from."""
    to: tuple[str, ...] = Field(min_length=1)
    """The addresses it goes to."""
    user: str | None = None
    """Name for the log-in, if there is one."""
    password_variable: str | None = None
    """Name of the environment variable that has the password."""
    timeout_seconds: Deadline = 30

    @model_validator(mode="after")
    def _names_a_server_and_a_whole_login(self) -> "MailHook":
        match = _SERVER.fullmatch(self.server)
        if match and match[1] != self.server:
            raise ValueError(
                f"'server: {self.server}' is an address; write it as 'server: {match[1]}' and its "
                f"port as 'port: {match[2] or self.port}'"
            )
        if (self.user is None) != (self.password_variable is None):
            raise ValueError("'user' and 'password_variable' need each other; set both or neither")
        return self


class NotifySection(Spec):
    """Who hears how a run ended."""

    on: tuple[Event, ...] = Field(default=("finish", "failure", "gate"), min_length=1)
    """Which ends are reported: `finish` (exit code 0 or 3), `failure`, `gate` (exit code 4). A run
    that somebody stops with Ctrl-C is never reported."""
    command: CommandHook | None = None
    """A program to start."""
    webhook: WebhookHook | None = None
    """A server to call."""
    mail: MailHook | None = None
    """A message to send."""


def reach_problems(notify: NotifySection, traces: str, offline: bool) -> list[str]:
    """Return a line for each address that is not valid, or that a run may not reach offline.

    An address in an environment variable is looked up only when it is used.
    """
    if traces != "off" and (problem := address_problem(traces)):
        return [f"runtime.traces: {problem.replace('base_url', 'traces')}"]
    places = [("runtime.traces", traces)] if traces != "off" else []
    if notify.webhook and notify.webhook.url:
        places.append(("notify.webhook.url", notify.webhook.url))
    if notify.mail:
        places.append(("notify.mail.server", f"smtp://{notify.mail.server}"))
    return [
        f"{key}: {without_secrets(address).removeprefix('smtp://')} is another machine, but "
        "runtime.offline is true; set runtime.offline: false"
        for key, address in places
        if offline and not is_local(address)
    ]
