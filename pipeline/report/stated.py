"""What a report states of its run, in words that the next night's report states otherwise."""

import hashlib
import json
from collections.abc import Sequence
from datetime import date


def day_text(day: str) -> str:
    """Return `2026-11-28` as `28 November 2026`; empty stays empty."""
    return f"{date.fromisoformat(day):%-d %B %Y}" if day else ""


def browser_store(title: str, run: str, inputs: Sequence[str]) -> str:
    """Return the name under which a browser keeps the corrections of a run."""
    value = json.dumps([title, run, list(inputs)], ensure_ascii=False)
    return "yibao:" + hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()[:16]
