"""Check that public bodies keep their names: 外交部 is not the Ministry of Commerce."""

import re
from collections.abc import Iterator, Sequence

from models.patterns import lazy
from pipeline.language.bodies import Body, all_bodies
from pipeline.records import Finding, Span

# The ministry said: a body that the text has named before.
_GENERAL = lazy(
    r"(?<!\w)(?:ministr\w+|commission\w*|court\w*|bank\w*|bureau\w*|administration\w*|department\w*"
    r"|agenc\w+|regulators?|office\w*|committee\w*|authorit\w+|party|parties|council"
    r"|government|it|they"
    r"|academy|institut\w+|union\w*|association|organi[sz]ation\w*|universit\w+|watchdog"
    r"|newspaper|media"
    r"|broadcaster|chamber|exchange|company|group|news agency|central|centre|center|body"
    r"|bodies)(?!\w)",
    re.IGNORECASE,
)


def organisations(
    source: str, translation: str, present: Sequence[tuple[Span, Body]]
) -> Iterator[Finding]:
    """Yield bodies of the source that the translation does not name, or names as another."""
    asked = {body for _, body in present}
    seen: set[Body] = set()
    for span, body in present:
        if body in seen or body.is_in(translation):
            continue
        seen.add(body)
        rival = _rival(translation, asked)
        name = source[span.start : span.end]
        if rival:
            message = f"{name} is the {body.english}; the translation has the {rival.english}"
        elif not _GENERAL.search(translation):
            message = f"{name} ({body.english}) is not in the translation"
        else:
            continue
        yield Finding("names", "warning", message, span)


def _rival(translation: str, asked: set[Body]) -> Body | None:
    """Return a body that the translation names in full and the source does not."""
    return next(
        (body for body in all_bodies() if body not in asked and body.is_named_in(translation)), None
    )
