"""XML files of translators' tools: parsed without trust, their text without the tools' codes."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from models.patterns import lazy
from pipeline.input.encodings import UnreadableError
from pipeline.input.open import read_plain

CODES = frozenset({"bpt", "ept", "it", "ph", "bx", "ex", "x", "cp", "ut"})
"""Elements whose text is a code of the tool that wrote the file."""
_NO_XML = lazy("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LANGUAGES = {"zh": ("zh", "zho", "chi", "cmn"), "en": ("en", "eng")}
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def xml_text(text: str) -> str:
    """Return a text without the characters that XML 1.0 cannot hold; of blanks, a space stays."""
    return _NO_XML.sub(lambda match: " " if match[0].isspace() else "", text)


def parsed(path: Path, root_name: str, name: str) -> Any:
    """Return the root of an XML file. See `parsed_bytes`; raises UnreadableError like it."""
    try:
        return parsed_bytes(read_plain(path), root_name, name)
    except OSError as error:
        raise UnreadableError(f"cannot be read: {error.strerror}", "check the file") from None


def parsed_bytes(data: bytes, root_name: str, name: str) -> Any:
    """Return the root of XML, which must be <`root_name`>; `name` is that of its format.

    No entity is resolved and no other file is read. Raises UnreadableError if it is no XML, has
    another root, or defines entities, as attacks on XML parsers do.
    """
    # lxml takes time to import, and only these formats need it
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        tree = etree.fromstring(data, parser).getroottree()
    except etree.XMLSyntaxError as error:
        raise UnreadableError(f"not XML: {error.msg}", "export the file again") from None
    dtd = tree.docinfo.internalDTD
    if dtd is not None and any(True for _ in dtd.iterentities()):
        raise UnreadableError(
            "XML that defines entities of its own, which no translation needs",
            "export the file again without them",
        )
    root = tree.getroot()
    if local_name(root) != root_name:
        raise UnreadableError(
            f"XML, but <{local_name(root)}> and not <{root_name}>", f"export it as {name}"
        )
    return root


def local_name(element: Any) -> str:
    """Return the name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def language_of(code: str | None) -> str | None:
    """Return `zh` or `en` for the code of a language such as zh-CN; None for other languages."""
    main = (code or "").lower().replace("_", "-").partition("-")[0]
    return next((name for name, codes in _LANGUAGES.items() if main in codes), None)


def named_column(names: Sequence[str], known: Sequence[str]) -> str | None:
    """Return the column of a language, whose code is the first of `known`; None without one.

    >>> named_column(["id", "zh-cn", "chinese (prc)"], ["zh", "chinese"])
    'zh-cn'
    """
    exact = (name for name in known if name in names)
    alike = (
        name
        for name in names
        if language_of(name) == known[0] or name.partition("(")[0].strip() in known
    )
    return next(exact, None) or next(alike, None)


def text_of(element: Any) -> str:
    """Return the text of an element without codes and comments; empty without an element."""
    return "" if element is None else "".join(_texts(element))


def _texts(element: Any) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if isinstance(child.tag, str) and local_name(child) not in CODES:
            yield from _texts(child)
        yield child.tail or ""
