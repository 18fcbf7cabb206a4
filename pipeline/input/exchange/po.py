"""PO files of GNU gettext: messages with their translations, written and read.

Format: the GNU gettext manual, chapter "The Format of PO Files".
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from models.patterns import lazy
from pipeline.input.encodings import UnreadableError
from pipeline.input.exchange.xml_file import xml_text
from pipeline.language.chinese import is_chinese

SUFFIXES = (".po", ".pot")
_ESCAPES = str.maketrans({"\n": r"\n", "\t": r"\t", "\r": r"\r", '"': r"\"", "\\": r"\\"})
_ESCAPE = lazy(r"\\(?:x([0-9a-fA-F]{1,2})|([0-7]{1,3})|(.))", re.DOTALL)
_CHARACTERS = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_FIELD = lazy(r'(msgctxt|msgid_plural|msgid|msgstr(?:\[\d+\])?)?\s*"(.*)"\s*$', re.DOTALL)


@dataclass(slots=True)
class Message:
    """A message: `line` is that of its msgid, `context` its msgctxt; programs write `notes`."""

    source: str = ""
    translation: str = ""
    context: str = ""
    is_fuzzy: bool = False
    notes: tuple[str, ...] = ()
    place: str = ""
    line: int = 0
    translation_line: int = 0
    fields: set[str] = field(default_factory=set)


def po_text(messages: Iterator[Message]) -> str:
    """Return messages as a PO file from Chinese into English."""
    head = Message(
        translation="Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n"
        "MIME-Version: 1.0\nLanguage: en\nX-Source-Language: zh\nX-Generator: Yibao\n"
    )
    return "\n".join(map(_entry, (head, *messages)))


def _entry(message: Message) -> str:
    lines = [f"#. {_comment(note)}" for note in message.notes]
    lines += [f"#: {_comment(message.place)}"] if message.place else []
    lines += [f"msgctxt {quoted(message.context)}"] if message.context else []
    lines += [f"msgid {quoted(message.source)}", f"msgstr {quoted(message.translation)}"]
    return "\n".join(lines) + "\n"


def _comment(text: str) -> str:
    return " ".join(xml_text(text).split())


def quoted(text: str) -> str:
    """Return a text as a string of PO; lines that all end in a line feed get a string each."""
    # few programs know other control characters
    text = xml_text(text)
    lines = text.splitlines(keepends=True) if text.endswith("\n") else [text]
    parts = ["", *lines] if len(lines) > 1 else lines
    return "\n".join(f'"{part.translate(_ESCAPES)}"' for part in parts)


def _unquoted(text: str) -> str:
    def character(match: re.Match[str]) -> str:
        if match[3]:
            return _CHARACTERS.get(match[3], match[3])
        return chr(int(match[1], 16) if match[1] else int(match[2], 8))

    return _ESCAPE.sub(character, text)


def po_messages(text: str) -> Iterator[Message]:
    """Yield the messages of a PO file but its head and those that are obsolete.

    Raises UnreadableError if a line is none of a PO file.
    """
    message, name = Message(), ""
    for number, line in enumerate(text.lstrip("\ufeff").split("\n"), start=1):
        stripped = line.strip("\r")
        if not stripped.strip() or stripped.startswith("#"):
            if "msgstr" in message.fields:
                yield from _whole(message)
                message, name = Message(), ""
            message.is_fuzzy |= bool(re.match(r"#,.*\bfuzzy\b", stripped))
            continue
        match = _FIELD.match(stripped)
        if match is None:
            raise UnreadableError(
                f"line {number} is none of a PO file: {stripped[:40]!r}", "export the file again"
            )
        if match[1] in ("msgid", "msgctxt") and "msgstr" in message.fields:
            yield from _whole(message)
            message = Message()
        name = match[1] or name
        _add(message, name, _unquoted(match[2]), number)
    yield from _whole(message)


def chinese_messages(text: str) -> list[Message]:
    """Return the messages of a PO file. Raises UnreadableError if it translates into Chinese."""
    messages = list(po_messages(text))
    if not any(is_chinese(each.source) for each in messages) and any(
        is_chinese(each.translation) for each in messages
    ):
        raise UnreadableError("it translates into Chinese, not from it", "export zh to en")
    return messages


def _add(message: Message, name: str, text: str, line: int) -> None:
    message.fields.add(name.partition("[")[0])
    if name == "msgid":
        message.source += text
        message.line = message.line or line
    elif name == "msgctxt":
        message.context += text
    elif name in ("msgstr", "msgstr[0]"):
        message.translation_line = message.translation_line or line
        message.translation += text


def _whole(message: Message) -> Iterator[Message]:
    if message.source and "msgstr" in message.fields:
        yield message
