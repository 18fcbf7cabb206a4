"""Write samples for raters.

rating.html      error spans and scores in a browser, from the file, without a network
sheet.csv        the same for a spreadsheet
pearmut.json     a campaign for Pearmut
key.tsv          who translated what: keep it from the raters
"""

import csv
import io
import json
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Literal

from markupsafe import Markup

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

SHEET = ("item", "document", "zh", "en", "score", "minor", "major", "critical", "comment")


def write_rating(
    folder: Path, items: Sequence[RatingItem], *, title: str, protocol: Protocol
) -> list[Path]:
    """Write all files for raters and return their paths, the page first."""
    files = {
        "rating.html": rating_html(items, title=title, protocol=protocol),
        "sheet.csv": sheet_csv(items),
        "pearmut.json": pearmut_json(items, title=title, protocol=protocol),
        "key.tsv": key_tsv(items),
    }
    for name, text in files.items():
        write_atomically(folder / name, text)
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


def sheet_csv(items: Sequence[RatingItem]) -> str:
    """Return the items as CSV with a byte order mark, so that Excel reads it as UTF-8.

    Raters fill `score` (0 to 100), or the numbers of minor, major and critical errors.
    """
    text = io.StringIO()
    text.write("\ufeff")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(SHEET)
    for item in items:
        document = item.segment.document or ""
        row = (item.number, document, item.segment.source, item.text, "", "", "", "", "")
        writer.writerow(guard_cells(row))
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
                "tgt": {item.system: item.text for item in segment_items},
            }
        ]
        for _, group in groupby(items, key=lambda item: (item.set, item.segment.id))
        for segment_items in [list(group)]
    ]
    info = {"assignment": "single-stream", "protocol": protocol.upper(), "users": 3}
    campaign = {"campaign_id": title, "info": info, "data": documents}
    return json.dumps(campaign, ensure_ascii=False, indent=1) + "\n"
