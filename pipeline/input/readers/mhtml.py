"""Web pages that a browser saved as one file (MHTML): the page with the text."""

import email
import email.policy
from email.message import EmailMessage

from models.patterns import lazy
from pipeline.input.encodings import UnreadableError, decoded, found_encoding
from pipeline.input.readers.html import declared_encoding
from pipeline.input.readers.markup.sheets import text_rules

_SENTENCE = lazy("[。！？]")
_PAGES = ("text/html", "application/xhtml+xml")
_ADVICE = "open it in a browser and save its text"


def saved_pages(data: bytes) -> tuple[list[str], str]:
    """Return the pages in an MHTML file, and the rules of its style sheets that change their text.

    Of frames, the page with most sentences comes first. Raises UnreadableError where there is none.
    """
    message = email.message_from_bytes(data, policy=email.policy.default)
    parts = [part for part in message.walk() if part.get_content_type() in _PAGES]
    if not parts:
        raise UnreadableError("an MHTML file without a web page", _ADVICE)
    pages = sorted(map(_source, parts), key=lambda p: len(_SENTENCE.findall(p)), reverse=True)
    sheets = (part for part in message.walk() if part.get_content_type() == "text/css")
    return pages, "".join(map(_rules, sheets))


def _rules(sheet: EmailMessage) -> str:
    try:
        return text_rules(_source(sheet))
    except UnreadableError:  # the page is read without it
        return ""


def _source(part: EmailMessage) -> str:
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        raise UnreadableError("damaged MHTML", _ADVICE)
    named = part.get_content_charset() or declared_encoding(data) or "utf-8"
    try:
        return decoded(data, found_encoding(data, is_whole=True))
    except UnreadableError:
        try:
            return decoded(data, named)
        except LookupError:
            raise UnreadableError(
                f"says it is '{named}', which is not an encoding", _ADVICE
            ) from None
