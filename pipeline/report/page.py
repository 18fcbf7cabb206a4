"""Self-contained HTML pages: styles and script are inside, and everything else is blocked."""

import base64
import hashlib
import importlib.util
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from pipeline.language.controls import visible_on_page
from pipeline.language.plural import plural

_TEMPLATES = Path(__file__).with_name("templates")


def page(template: str, *, scripts: Sequence[str], styles: Sequence[str], **values: Any) -> str:
    """Return a rendered template that contains its scripts and styles, in the given order.

    Values are escaped. The template receives `script`, `style` and, for its
    Content-Security-Policy, `script_hash`.
    """
    return "".join(page_parts(template, scripts=scripts, styles=styles, **values))


def page_parts(
    template: str, *, scripts: Sequence[str], styles: Sequence[str], **values: Any
) -> Iterator[str]:
    """Yield a page as `page` renders it, in parts, so that it is never whole in memory."""
    # compiled templates are kept where Python keeps the bytecode of this module, if it may
    kept = Path(importlib.util.cache_from_source(__file__)).parent
    keeps = not sys.dont_write_bytecode and os.access(kept, os.W_OK)
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        bytecode_cache=FileSystemBytecodeCache(str(kept)) if keeps else None,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        finalize=_shown,
    )
    script = _together(scripts)
    digest = hashlib.sha256(script.encode()).digest()
    return environment.get_template(template).generate(
        **values,
        plural=plural,
        script=Markup(script),
        style=Markup(_together(styles)),
        script_hash="sha256-" + base64.b64encode(digest).decode(),
    )


def script_json(value: Any) -> str:
    """Return a value as JSON that cannot close its script element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _shown(value: Any) -> Any:
    """Return a template's value with control characters escaped; Markup is trusted."""
    is_text = isinstance(value, str) and not isinstance(value, Markup)
    return visible_on_page(value) if is_text else value


def _together(names: Sequence[str]) -> str:
    return "".join((_TEMPLATES / name).read_text(encoding="utf-8") for name in names)
