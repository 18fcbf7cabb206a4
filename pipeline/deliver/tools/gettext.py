"""The sentences of a run as a PO file."""

from collections.abc import Sequence

from pipeline.deliver.rows import ExportRow
from pipeline.input.exchange.po import Message, po_text


def export_po(rows: Sequence[ExportRow]) -> str:
    """Return the sentences as messages, with what to check as notes; the context is their name.

    None is fuzzy: an editor marks so what is not to be taken.
    """
    return po_text(
        Message(
            row.zh,
            row.en,
            row.name,
            notes=(
                row.state if not row.model else f"{row.state}: {row.model}",
                *(f"{finding.check}: {finding.message}" for finding in row.findings),
            ),
            place=row.article_id,
        )
        for row in rows
    )
