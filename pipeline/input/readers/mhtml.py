"""Web pages that a browser saved as one file (MHTML): the page with the text."""

import email
import email.policy
from email.message import EmailMessage

from models.patterns import lazy
from pipeline.input.encodings import UnreadableError, decoded, found_encoding
from pipeline.input.readers.html import declared_encoding

_SENTENCE = lazy("[。！？]")
_ADVICE = "open it in a browser and save its text"


def saved_pages(data: bytes) -> list[str]:
    """Return the sources of the pages in an MHTML file; of frames, that with most sentences first.

    Raises UnreadableError where there is none.
    """
    message = email.message_from_bytes(data, policy=email.policy.default)
    parts = [part for part in message.walk() if part.get_content_type() in _PAGES]
    if not parts:
        raise UnreadableError("an MHTML file without a web page", _ADVICE)
    pages = [_source(part) for part in parts]
    return sorted(pages, key=lambda page: len(_SENTENCE.findall(page)), reverse=True)


_PAGES = ("text/html", "application/xhtml+xml")


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
