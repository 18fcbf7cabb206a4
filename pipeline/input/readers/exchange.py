"""The XML in which translators' tools exchange text (TMX, XLIFF): parsed, and its texts."""

from pathlib import Path
from typing import Any

from pipeline.input.encodings import UnreadableError
from pipeline.input.open import read_plain

# the text in these is a code of the tool that wrote the file
_CODES = frozenset({"bpt", "ept", "it", "ph", "ut", "bx", "ex", "x", "cp"})


def exchange_root(path: Path, name: str, title: str) -> Any:
    """Return the root element of a file, which must have a name; `title` is that of the format.

    No entity of the file is resolved and no other file is read for it. Raises UnreadableError
    if the file is no XML, has another root, or defines entities, as attacks on XML parsers do.
    """
    # lxml takes time to import, and only these formats need it
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        tree = etree.fromstring(read_plain(path), parser).getroottree()
    except etree.XMLSyntaxError as error:
        raise UnreadableError(f"not XML: {error.msg}", "export the file again") from None
    except OSError as error:
        raise UnreadableError(f"cannot be read: {error.strerror}", "check the file") from None
    dtd = tree.docinfo.internalDTD
    if dtd is not None and any(True for _ in dtd.iterentities()):
        raise UnreadableError(
            "XML that defines entities of its own, which no translation needs",
            "export the file again without them",
        )
    root = tree.getroot()
    if (found := element_name(root)) != name:
        raise UnreadableError(f"XML, but <{found}> and not <{name}>", f"export it as {title}")
    return root


def element_name(element: Any) -> str:
    """Return the name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def element_text(element: Any) -> str:
    """Return the text of an element without the codes and comments in it."""
    pieces = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str) and element_name(child) not in _CODES:
            pieces.append(element_text(child))
        pieces.append(child.tail or "")
    return "".join(pieces)
