"""Take the report of the run before if only what is new differs: rendering it again takes long.

What is new is one part of each file, between two comments in HTML and Markdown and on one line in
JSON, so a report without news is the earlier one without that part, and with the name, the day and
the input of its own run in the places that state them.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from pipeline.engine.manifest import Manifest
from pipeline.engine.reuse import EarlierRun
from pipeline.errors import StoreError
from pipeline.storage import copy_whole, write_atomically

_PARTS = {
    ".html": (re.compile(r"<!--changes-->.*?<!--/changes-->", re.DOTALL), ""),
    ".md": (re.compile(r"<!--changes-->\n.*?<!--/changes-->\n\n", re.DOTALL), ""),
    ".json": (re.compile(r'^ "changes": \{.*$', re.MULTILINE), ' "changes": null,'),
}
"""What is new in each kind of file, and what is there in a report without news."""
_NOTHING = re.compile("(?!)")


_STATED = re.compile(
    r'<title>[^<]*</title>|<body[^>]*>|<p class="dateline">.*?</p>'
    r'|^ "(?:date|run|input)": .*$',
    re.MULTILINE,
)
"""Where a report says of which run and day it is."""

Names = Sequence[tuple[str, str]]
"""What the earlier report states, and what this one does: names of runs and inputs, days."""


def take_report(
    earlier: EarlierRun, base: str, manifest: Manifest, files: Sequence[Path], names: Names
) -> bool:
    """Take the earlier report without its news; False if it differs, or is not all there.

    `base` is the key of all but the news. The figures of the report go into the manifest.
    """
    facts = earlier.facts
    if facts.report_base != base:
        return False
    try:
        for file in files:
            _take(earlier.store.folder / file.name, file, names)
    except (OSError, StoreError, ValueError):
        return False
    manifest.totals, manifest.quality = facts.totals, facts.quality
    manifest.vocabulary = facts.vocabulary
    return True


def _take(source: Path, file: Path, names: Names) -> None:
    pattern, instead = _PARTS.get(file.suffix, (_NOTHING, ""))
    text = source.read_text(encoding="utf-8")
    rest = pattern.sub(lambda match: instead, text, count=1)
    rest = _STATED.sub(lambda match: _renamed(match[0], names), rest)
    if rest != text:
        write_atomically(file, rest)
    else:
        copy_whole(source, file)


def _renamed(text: str, names: Names) -> str:
    for before, now in names:
        text = text.replace(before, now)
    return text
