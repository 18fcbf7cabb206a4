"""A page that opens anywhere: styles and script are in it, and it forbids itself all else."""

import base64
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from pipeline.language.controls import visible_on_page
from pipeline.language.plural import plural

_TEMPLATES = Path(__file__).with_name("templates")


def page(template: str, *, scripts: Sequence[str], styles: Sequence[str], **values: Any) -> str:
    """Render a template with the files of its script and styles put into it, in their order.

    Values are escaped. The template gets `script`, `style`, and `script_hash` for its
    Content-Security-Policy.
    """
    return "".join(page_parts(template, scripts=scripts, styles=styles, **values))


def page_parts(
    template: str, *, scripts: Sequence[str], styles: Sequence[str], **values: Any
) -> Iterator[str]:
    """Render a page as `page` does, piece by piece: the whole of it is never in memory."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
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


def _shown(value: Any) -> Any:
    """Return a value of a template with its control characters escaped; Markup is ours."""
    is_text = isinstance(value, str) and not isinstance(value, Markup)
    return visible_on_page(value) if is_text else value


def _together(names: Sequence[str]) -> str:
    return "".join((_TEMPLATES / name).read_text(encoding="utf-8") for name in names)
