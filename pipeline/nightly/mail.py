"""Send the end of a run by mail."""

import smtplib
import socket
import ssl
from collections.abc import Mapping
from email.message import EmailMessage
from typing import Any

from pipeline.config.night_sections import MailHook
from pipeline.nightly.deadline import HookError
from pipeline.nightly.webhook import said_of, variable

_SUBJECTS = {
    "finish": "Yibao: {name} is done",
    "failure": "Yibao: {name} FAILED with exit code {exit_code}",
    "gate": "Yibao: {name}: a quality gate FAILED",
}


def send_mail(hook: MailHook, values: Mapping[str, Any], body: str) -> None:
    """Send one message to all addresses. Raises HookError unless the server takes it."""
    password = variable(hook.password_variable) if hook.password_variable else ""
    message = mail_message(hook, values, body)
    try:
        with _connected(hook) as server:
            if hook.user:
                server.login(hook.user, password)
            server.send_message(message)
    except smtplib.SMTPAuthenticationError:
        raise HookError(f"{hook.server}: the log-in was refused") from None
    except smtplib.SMTPNotSupportedError:
        raise HookError(
            f"{hook.server}: the server offers no STARTTLS; set notify.mail.security to tls or none"
        ) from None
    except (OSError, smtplib.SMTPException) as error:
        raise HookError(f"{hook.server}: {said_of(error)}"[:300]) from None


def mail_message(hook: MailHook, values: Mapping[str, Any], body: str) -> EmailMessage:
    """Return the message: a subject that says it all, a few lines, and the event as JSON."""
    message = EmailMessage()
    name = str(values["folder"]).rstrip("/").rpartition("/")[2]
    subject = _SUBJECTS[values["event"]].format(name=name, exit_code=values["exit_code"])
    message["Subject"] = " ".join(subject.split())
    message["From"], message["To"] = hook.sender, ", ".join(hook.to)
    lines = [values["text"], f"Report: {values['report']}" if values["report"] else ""]
    message.set_content("\n".join(filter(None, lines)) + f"\n\n{body}\n")
    return message


def _connected(hook: MailHook) -> smtplib.SMTP:
    timeout, own_name = hook.timeout_seconds, socket.gethostname()
    if hook.security == "tls":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(hook.server, hook.port, own_name, timeout=timeout, context=context)
    server = smtplib.SMTP(hook.server, hook.port, own_name, timeout=timeout)
    if hook.security == "starttls":
        try:
            server.starttls(context=ssl.create_default_context())
        except BaseException:
            server.close()
            raise
    return server
