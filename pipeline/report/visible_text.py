"""Text for the terminal that may come from documents: rich styles it, nothing in it acts."""

from typing import Any

from rich.style import Style
from rich.text import Text

from pipeline.language.controls import visible


class VisibleText(Text):
    """A rich Text whose control characters are escaped before it is laid out."""

    def __init__(self, text: str = "", *options: Any, **named: Any) -> None:
        super().__init__(visible(text), *options, **named)

    def append(self, text: Text | str, style: str | Style | None = None) -> Text:
        """Add text at the end, escaped."""
        return super().append(visible(text) if isinstance(text, str) else text, style)
