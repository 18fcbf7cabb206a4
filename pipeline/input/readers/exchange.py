"""Files of translators' tools as input: their Chinese texts, a paragraph each."""

from collections.abc import Callable, Iterator, Sequence

from pipeline.input.accounts.account import Account, Piece, account
from pipeline.input.accounts.exchange import with_po_texts, with_xliff_texts
from pipeline.input.columns import EMPTY
from pipeline.input.encodings import UnreadableError, cleaned
from pipeline.input.exchange.po import chinese_messages
from pipeline.input.exchange.xliff import segment_text, xliff_units
from pipeline.input.exchange.xml_file import parsed_bytes
from pipeline.input.files import InputFile, ReadSettings
from pipeline.input.limits import time_limit
from pipeline.input.readers.file_text import whole_bytes, whole_text
from pipeline.records import Document


def read_xliff(file: InputFile, settings: ReadSettings) -> Iterator[Document]:
    """Read the sources of an XLIFF file."""
    data = whole_bytes(file, settings)
    with time_limit():
        root = parsed_bytes(data, "xliff", "XLIFF")
        units = xliff_units(root)
        texts = [(unit.sourceline, segment_text(zh)) for unit, zh, _ in units]
        yield _document(file, settings, texts, lambda known: with_xliff_texts(known, root))


def read_po(file: InputFile, settings: ReadSettings) -> Iterator[Document]:
    """Read the messages of a PO file."""
    text = whole_text(file, settings)
    with time_limit():
        messages = [(message.line, message.source) for message in chinese_messages(text)]
        yield _document(file, settings, messages, lambda known: with_po_texts(known, text))


def _document(
    file: InputFile,
    settings: ReadSettings,
    texts: Sequence[tuple[int, str]],
    with_others: Callable[[Account], Account],
) -> Document:
    """Return the document of a file; `with_others` adds to its account what else is in the file."""
    written = "\n\n".join(cleaned(" ".join(text.split())) for _, text in texts)
    if not written.strip():
        raise UnreadableError("empty", EMPTY)
    pieces = (Piece(f"line {line}", text) for line, text in texts)
    settings.account(lambda: with_others(account(file.source, written, pieces)))
    return Document(file.id, written, file.source, layout="article", edition=file.edition)
