"""Bytes of Chinese files as text: the encoding found or given, and never a character lost."""

import codecs

from models.patterns import lazy
from pipeline.errors import ConfigError, InputError
from pipeline.language.chinese import is_han, with_ordinary_marks

SAMPLE_BYTES = 256 * 1024
"""How much of a file is looked at to find its encoding."""
SAVE_AS_UTF8 = "save it as UTF-8"
_OR_SET = f"{SAVE_AS_UTF8} or set input.encoding"

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_UTF_8 = frozenset(("utf-8", "utf-8-sig"))
_CHINESE = ("gb18030", "big5hkscs", "cp950", "utf-16-le", "utf-16-be")
_SUPERSETS = {"gb2312": "gb18030", "gbk": "gb18030", "cp936": "gb18030", "utf_8": "utf-8-sig"}
_MAGIC = (
    (b"%PDF", "a PDF", "save it as DOCX, or extract its text with pdftotext or an OCR program"),
    (b"\x89PNG", "a PNG image", "run an OCR program on it first"),
    (b"\xff\xd8\xff", "a JPEG image", "run an OCR program on it first"),
    (b"GIF8", "a GIF image", "run an OCR program on it first"),
    (b"II*\x00", "a TIFF image", "run an OCR program on it first"),
    (b"MM\x00*", "a TIFF image", "run an OCR program on it first"),
    (b"PAR1", "a Parquet file", "name it .parquet, as input of a run"),
    (b"ARROW1", "an Arrow or Feather file", "write it as Parquet (.parquet)"),
    (
        b"PK\x03\x04",
        "a ZIP archive (or .docx, .odt, .epub)",
        "unpack it, or name it .docx, .odt or .epub",
    ),
    (
        b"\xd0\xcf\x11\xe0",
        "an old Microsoft Office file (.doc, .xls), or one locked with a password",
        "open it in LibreOffice, Word or Excel and save it as DOCX or CSV, without a password",
    ),
    (b"{\\rtf", "an RTF file", "open it in Word or LibreOffice and save it as DOCX"),
    (b"\x1f\x8b", "gzip data", "name it with the ending .gz"),
)
_PACKAGE_OF_SHEETS = (b"xl/", b"application/vnd.oasis.opendocument.spreadsheet")
_SHEETS = ("a spreadsheet", "save the sheet as CSV UTF-8 (.csv)")
_COMMON_SHARE = 0.85
_CONTROLS = lazy(r"[\x00-\x08\x0e-\x1a\x7f]")
_JAPANESE_AS_BIG5 = "﹛﹜﹝﹞"
"""The blank, comma and stops of EUC-JP, read as Big5."""
_LINES_OF_TABLES = lazy("[\u2500-\u257f]")
_MOVED_MARKS = str.maketrans(
    "\ue78d\ue78e\ue78f\ue790\ue791\ue792\ue793\ue794\ue795\ue796", "︐︒︑︓︔︕︖︗︘︙"
)
_MOVED = lazy("[\ue78d-\ue796]")
"""Vertical marks of GB 18030, which Python's codec of the year 2000 decodes as private use."""


class UnreadableError(InputError):
    """Bytes that are no text: `reason` says what was found in one line, `advice` what to do.

    `text` is what could be decoded of it, for the account of its characters.
    """

    def __init__(self, reason: str, advice: str, text: str = "") -> None:
        self.reason = " ".join(reason.split())  # a parser of XML writes line breaks
        super().__init__(f"{self.reason}; {advice}")
        self.advice = advice
        self.text = text


def checked_encoding(name: str, option: str = "input.encoding") -> str:
    """Give the name of a text codec (`auto` stays); ConfigError when there is none."""
    if name == "auto":
        return name
    try:
        codec = codecs.lookup(name)
        "a".encode(name)
    except (LookupError, UnicodeError) as error:
        raise ConfigError(
            f"{option}: '{name}' is not a text encoding; choose auto, utf-8, gb18030, big5, "
            "utf-16 or another codec of Python"
        ) from error
    normal = codec.name.replace("-", "_").lower()
    return _SUPERSETS.get(normal, codec.name)


def found_encoding(sample: bytes, *, is_whole: bool, advice: str = _OR_SET) -> str:
    """Find the encoding of a file from its first bytes.

    A byte-order mark decides; then UTF-8, which no other encoding resembles; then the
    Chinese encoding in which nearly all characters are common ones. Raises UnreadableError
    for binary data and for what is none of these, with `advice`.
    """
    refuse_other_kind(sample, "text")
    for mark, name in _BOMS:
        if sample.startswith(mark):
            return name
    if b"\x00" not in sample and _is_utf8(sample, is_whole):
        return "utf-8"
    best, share = "", 0.0
    for name in _CHINESE:
        if b"\x00" in sample and not name.startswith("utf-16"):
            continue
        found = _common_share(sample, name, is_whole)
        if found > share:
            best, share = name, found
    if share >= _COMMON_SHARE:
        return best
    if b"\x00" in sample:
        raise UnreadableError(f"binary: a NUL byte at offset {sample.index(0)}", "give a text file")
    raise UnreadableError(_unknown(sample), advice)


def refuse_other_kind(sample: bytes, wanted: str) -> None:
    """Raise UnreadableError for a file that is another kind by its first bytes, such as a PDF."""
    for magic, what, advice in _MAGIC:
        if sample.startswith(magic):
            if magic.startswith(b"PK") and any(name in sample for name in _PACKAGE_OF_SHEETS):
                what, advice = _SHEETS  # noqa: PLW2901
            raise UnreadableError(f"{what}, not {wanted}", advice)


def _unknown(sample: bytes) -> str:
    try:
        sample.decode("utf-8")
        place = ""
    except UnicodeDecodeError as error:
        place = f" (byte 0x{sample[error.start]:02x} at offset {error.start})"
    from charset_normalizer import from_bytes  # few files need it

    guess = from_bytes(sample[:20_000]).best()
    likely = f"; it may be {guess.encoding}" if guess and guess.encoding != "utf_8" else ""
    return f"not UTF-8, GB18030, Big5 or UTF-16 text{place}{likely}"


def _is_utf8(sample: bytes, is_whole: bool) -> bool:
    """Say whether the bytes are UTF-8, or were but for a few damaged lines."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(sample, final=is_whole)
        return True
    except UnicodeDecodeError:
        lines = [line for line in sample.split(b"\n") if not line.isascii()]
        good = sum(map(_decodes, lines))
        return good > len(lines) / 2


def _decodes(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def reads_as_chinese(sample: bytes, encoding: str, *, is_whole: bool) -> bool:
    """True if bytes are text in an encoding, and nearly all its characters are common ones."""
    return _common_share(sample, encoding, is_whole) >= _COMMON_SHARE


def _common_share(sample: bytes, name: str, is_whole: bool) -> float:
    """Share of the characters beyond ASCII that Chinese newspapers commonly use.

    Lines of tables are not counted, and marks of vertical print are as common as ordinary ones.
    """
    if name.startswith("utf-16") and len(sample) % 2 and is_whole:
        return 0.0
    try:
        text = codecs.getincrementaldecoder(name)().decode(sample, final=is_whole)
    except UnicodeError:  # that of UTF-16 without a mark is no UnicodeDecodeError
        return 0.0
    if _CONTROLS.search(text):
        return 0.0
    text = _LINES_OF_TABLES.sub("", assigned(text, name))
    counted = [character for character in with_ordinary_marks(text) if not character.isascii()]
    common = sum(map(_is_common, counted)) - sum(map(text.count, _JAPANESE_AS_BIG5))
    return common / len(counted) if counted else 0.0


def _is_common(character: str) -> bool:
    """Say whether a character is on the first level of GB 2312 or Big5, or a Chinese mark."""
    if character in "“”‘’—…·、。《》「」『』【】〈〉〔〕×℃％〇①②③④⑤⑥⑦⑧⑨⑩\u3000■□▲△▼▽◆◇●○◎★☆※→←":
        return True
    if "\uff01" <= character <= "\uff5e":
        return True
    for name, first, last in (("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6)):
        try:
            code = character.encode(name)
        except UnicodeEncodeError:
            continue
        if len(code) == 2 and first <= code[0] <= last and is_han(character):
            return True
    return False


def assigned(text: str, encoding: str) -> str:
    """Return decoded text with the marks that a codec gives as private use as they are meant."""
    is_moved = encoding == "gb18030" and _MOVED.search(text) is not None
    return text.translate(_MOVED_MARKS) if is_moved else text


def decoded(data: bytes, encoding: str, advice: str = _OR_SET) -> str:
    """Decode strictly, without the byte-order mark, newlines as ``\\n``.

    Raises UnreadableError with `advice` where a byte does not fit the encoding.
    """
    try:
        text = assigned(data.decode(encoding), encoding)
    except UnicodeDecodeError as error:
        byte = data[error.start : error.start + 1].hex()
        raise UnreadableError(
            f"not {encoding}: byte 0x{byte} at offset {error.start}", advice
        ) from error
    # neither a mark of UTF-16 nor half a pair comes out of UTF-8, and bytes are searched faster
    if encoding in _UTF_8 and b"\x00" not in data:
        return _with_line_feeds(text)
    return cleaned(text)


def cleaned(text: str) -> str:
    """Give the text without a byte-order mark, newlines as ``\\n``.

    Raises UnreadableError for what no text holds: a NUL, or half a surrogate pair (possible
    in JSON escapes), which cannot be written to a file again.
    """
    if "\x00" in text:
        raise UnreadableError(
            f"binary: a NUL character at offset {text.index(chr(0))}", "give text"
        )
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise UnreadableError(
            f"half a surrogate pair (U+{ord(text[error.start]):04X}) at offset {error.start}",
            "write the complete character",
        ) from None
    return _with_line_feeds(text)


def _with_line_feeds(text: str) -> str:
    text = text.removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
