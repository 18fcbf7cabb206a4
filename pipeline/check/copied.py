"""Find a source that was copied instead of translated."""

from pipeline.language.chinese import han_characters
from pipeline.records import Finding, Span


def copied(source: str, translation: str) -> list[Finding]:
    """Find a translation that is the source again, spaces and width aside."""
    same = "".join(source.split()) == "".join(translation.split())
    if same and len(han_characters(source)) >= 2:
        whole = Span(0, len(translation))
        message = "the source was copied, not translated"
        return [Finding("copied", "error", message, Span(0, len(source)), whole)]
    return []
