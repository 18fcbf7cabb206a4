"""Text from documents for the terminal: rich styles it, and control characters do nothing."""

from typing import Any

from rich.style import Style
from rich.text import Text

from pipeline.language.controls import visible


class VisibleText(Text):
    """A rich Text that escapes control characters before layout."""

    def __init__(self, text: str = "", *options: Any, **named: Any) -> None:
        super().__init__(visible(text), *options, **named)

    def append(self, text: Text | str, style: str | Style | None = None) -> Text:
        """Append text, escaped."""
        return super().append(visible(text) if isinstance(text, str) else text, style)
