"""Write samples for raters.

rating.html      error spans and scores in a browser, from the file, without a network
sheet.xlsx       the same for Excel or LibreOffice: only what is to fill in can be changed
sheet.csv        the same for any spreadsheet
pearmut.json     a campaign for Pearmut
key.tsv          who translated what: keep it from the raters
"""

import csv
import io
import json
import re
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

from markupsafe import Markup

from pipeline.deliver.tools.workbook import SheetColumn, workbook_bytes
from pipeline.evaluate.human.ratings import HIGHEST, pearmut_name
from pipeline.evaluate.rating.sample import RatingItem
from pipeline.input.spreadsheet import guard_cells
from pipeline.report.page import page, script_json
from pipeline.storage import write_atomically

Protocol = Literal["esa", "mqm"]

CATEGORIES = (
    "Accuracy/Mistranslation",
    "Accuracy/Omission",
    "Accuracy/Addition",
    "Accuracy/Untranslated text",
    "Fluency/Grammar",
    "Fluency/Spelling",
    "Fluency/Punctuation",
    "Fluency/Register",
    "Terminology/Inappropriate for context",
    "Style/Awkward",
    "Locale convention",
    "Non-translation",
    "Other",
)
"""Categories of MQM (Freitag et al. 2021)."""

SEVERITIES = ("Minor", "Major", "Critical")

_INSTRUCTIONS = (
    "<ul><li>Mark every error: click on its start, then on its end. For text that the translation "
    "lacks, mark <code>[missing]</code>.</li>"
    "<li>Choose its severity: <b>Minor</b> (a blemish), <b>Major</b> (the meaning changes or is "
    "hard to understand), <b>Critical</b> (the error can do harm). Then choose its category.</li>"
    "<li>A translation without errors needs no mark.</li></ul>"
)
"""What Pearmut shows above every item of MQM; its own text speaks of a slider, which MQM lacks."""

_ERRORS = tuple(
    SheetColumn(name, 9, to_fill=True, most=1000) for name in ("minor", "major", "critical")
)
SHEET = (
    SheetColumn("item", 7),
    SheetColumn("document", 16),
    SheetColumn("zh", 50),
    SheetColumn("en", 60),
    SheetColumn("score", 9, to_fill=True, most=HIGHEST),
    *_ERRORS,
    SheetColumn("comment", 30, to_fill=True),
    SheetColumn("rater", 12, to_fill=True),
)
"""Raters fill in `score` (0 to 100), or the numbers of minor, major and critical errors."""


def write_rating(
    folder: Path, items: Sequence[RatingItem], *, title: str, protocol: Protocol
) -> list[Path]:
    """Write all files for raters and return their paths, the page first."""
    rows = _sheet_rows(items)
    files: dict[str, str | bytes] = {
        "rating.html": rating_html(items, title=title, protocol=protocol),
        "sheet.xlsx": workbook_bytes(SHEET, rows),
        "sheet.csv": _sheet_csv(rows),
        "pearmut.json": pearmut_json(items, title=title, protocol=protocol),
        "key.tsv": key_tsv(items),
    }
    for name, content in files.items():
        write_atomically(folder / name, content)
    return [folder / name for name in files]


def rating_html(items: Sequence[RatingItem], *, title: str, protocol: Protocol) -> str:
    """Return a self-contained page for raters; it names no system."""
    data = {
        "title": title,
        "protocol": protocol,
        "categories": CATEGORIES if protocol == "mqm" else [],
        "items": [
            {
                "item": item.number,
                "document": item.segment.document or "",
                "before": item.before,
                "source": item.segment.source,
                "after": item.after,
                "text": item.text,
            }
            for item in items
        ],
    }
    return page(
        "rating.html.jinja",
        scripts=("rating.js",),
        styles=("base.css", "rating.css"),
        title=title,
        protocol=protocol,
        count=len(items),
        data=Markup(script_json(data)),
    )


def _sheet_rows(items: Sequence[RatingItem]) -> list[list[str]]:
    empty = [""] * (len(SHEET) - 4)
    return [
        [str(item.number), item.segment.document or "", item.segment.source, item.text, *empty]
        for item in items
    ]


def _sheet_csv(rows: Sequence[Sequence[str]]) -> str:
    """Return the sheet as CSV with a byte order mark, so that Excel reads it as UTF-8."""
    text = io.StringIO()
    text.write("\ufeff")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column.name for column in SHEET])
    writer.writerows(guard_cells(row) for row in rows)
    return text.getvalue()


def key_tsv(items: Sequence[RatingItem]) -> str:
    """Return set, segment and system of every item."""
    rows = [("item", "set", "segment", "system")]
    rows += [(str(item.number), item.set, item.segment.id, item.system) for item in items]
    return "".join("\t".join(" ".join(cell.split()) for cell in row) + "\n" for row in rows)


def pearmut_json(items: Sequence[RatingItem], *, title: str, protocol: Protocol) -> str:
    """Return a single-stream campaign; Pearmut hides the names of the systems from raters."""
    documents = [
        [
            {
                "item_id": segment_items[0].segment.id,
                "set": segment_items[0].set,
                "src": segment_items[0].segment.source,
                "tgt": {pearmut_name(item.system): item.text for item in segment_items},
            }
        ]
        for _, group in groupby(items, key=lambda item: (item.set, item.segment.id))
        for segment_items in [list(group)]
    ]
    info: dict[str, Any] = {"assignment": "single-stream", "protocol": protocol.upper(), "users": 3}
    if protocol == "mqm":  # the same errors as in the page, and no score beside them
        info |= {"sliders": [], "mqm_severities": list(SEVERITIES), "mqm_categories": _by_kind()}
        info |= {"instructions": _INSTRUCTIONS}
    # Pearmut names files after the campaign
    campaign = {"campaign_id": re.sub(r"[/\\]", "-", title), "info": info, "data": documents}
    return json.dumps(campaign, ensure_ascii=False, indent=1) + "\n"


def _by_kind() -> dict[str, list[str]]:
    """Return the subcategories of every category."""
    kinds: dict[str, list[str]] = {}
    for category in CATEGORIES:
        kind, _, part = category.partition("/")
        kinds.setdefault(kind, []).extend([part] if part else [])
    return kinds
