"""Three hundred and more malformed inputs, made from sound ones of every format; deterministic."""

import gzip
import io
import json
import os
import random
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import docx
import zstandard
from datasets import Dataset

from tests.office_files import open_file

TEXT = "# 金山打造营商环境高地\n\n本报记者 张三\n\n" + (
    "金山区持续优化营商环境，吸引企业投资兴业。“我们很满意。”一位负责人说。\n\n" * 8
)
ROWS = [{"text": TEXT, "id": f"n{number}"} for number in range(5)]


_TMX = (
    "<!DOCTYPE tmx [{}]><tmx><body><tu>"
    '<tuv xml:lang="zh"><seg>{}</seg></tuv><tuv xml:lang="en"><seg>x</seg></tuv></tu></body></tmx>'
)
# Ten to the ninth laughs, where a parser resolves them.
_LAUGHS = '<!ENTITY l0 "ha">' + "".join(
    f'<!ENTITY l{number} "{f"&l{number - 1};" * 10}">' for number in range(1, 10)
)
BAD_TMX = [
    (_TMX.format(_LAUGHS, "&l9;"), "entity amplification|entities of its own"),
    (_TMX.format(_LAUGHS, "你好"), "defines entities of its own"),
    (_TMX.format('<!ENTITY a SYSTEM "/etc/passwd">', "&a;"), "defines entities of its own"),
    (_TMX.format('<!ENTITY % a SYSTEM "file:///etc/passwd"> %a;', "你"), "entities of its own"),
    ("<tmx><body><tu>", "not XML"),
    ("<html/>", "<html> and not <tmx>"),
    ("", "not XML"),
]
"""TMX that is broken or an attack, and words of what is said of it."""


def sound_files() -> dict[str, bytes]:
    """Give a sound file of every format and encoding, by name."""
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS)
    table = "id,text\n" + "".join(f'n{number},"{TEXT}"\n' for number in range(5))
    items = [{"type": "text", "text": line} for line in TEXT.split("\n") if line]
    return {
        "page.md": TEXT.encode(),
        "gb.txt": TEXT.encode("gb18030"),
        "wide.txt": TEXT.encode("utf-16"),
        "big.txt": ("臺北市持續優化營商環境，吸引企業投資。\n" * 9).encode("big5"),
        "page.html": _page(TEXT).encode(),
        "word.docx": _word(),
        "text.odt": open_file("".join(f"<text:p>{line}</text:p>" for line in TEXT.split("\n"))),
        "book.epub": _book(_page(TEXT)),
        "units.xlf": _units(TEXT).encode(),
        "scan.ttml": _scan(TEXT).encode(),
        "messages.po": "".join(
            f'msgid "{t}"\nmsgstr ""\n\n' for t in TEXT.split("\n") if t
        ).encode(),
        "ocr_content_list.json": json.dumps(items).encode(),
        "rows.jsonl": lines.encode(),
        "rows.csv": table.encode(),
        "rows.parquet": _parquet(),
        "page.md.gz": gzip.compress(TEXT.encode(), mtime=0),
        "rows.jsonl.zst": zstandard.compress(lines.encode()),
    }


def _page(text: str) -> str:
    paragraphs = "".join(f"<p>{line}</p>" for line in text.split("\n") if line)
    return f"<html><head><meta charset='utf-8'></head><body>{paragraphs}</body></html>"


def _scan(text: str) -> str:
    lines = "".join(
        f"<TextBlock><TextLine><String CONTENT='{line}'/></TextLine></TextBlock>"
        for line in text.split("\n")
    )
    return f"<alto><Layout><Page>{lines}</Page></Layout></alto>"


def _units(text: str) -> str:
    units = "".join(
        f'<trans-unit id="{number}"><source>{line}</source></trans-unit>'
        for number, line in enumerate(text.split("\n"))
    )
    return (
        '<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2"><file original="a" '
        f'source-language="zh" target-language="en"><body>{units}</body></file></xliff>'
    )


def _word() -> bytes:
    made, data = docx.Document(), io.BytesIO()
    for line in TEXT.split("\n"):
        made.add_paragraph(line)
    made.save(data)
    return data.getvalue()


def _book(chapter: str, spine: str = '<itemref idref="a"/>', name: str = "a.xhtml") -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(zipfile.ZipInfo("mimetype"), "application/epub+zip")
        package.writestr(
            "META-INF/container.xml", '<container><rootfile full-path="b.opf"/></container>'
        )
        item = f'<item id="a" href="{name}" media-type="application/xhtml+xml"/>'
        package.writestr("b.opf", f"<package>{item}<spine>{spine}</spine></package>")
        package.writestr("a.xhtml", chapter)
    return data.getvalue()


def _parquet() -> bytes:
    data = io.BytesIO()
    Dataset.from_list(ROWS).to_parquet(data)
    return data.getvalue()


def _flipped(data: bytes, seed: int) -> bytes:
    chance, changed = random.Random(seed), bytearray(data)
    for _ in range(max(1, len(data) // 50)):
        changed[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(changed)


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"",
    "first-byte": lambda data: data[:1],
    "quarter": lambda data: data[: len(data) // 4],
    "half": lambda data: data[: len(data) // 2],
    "most": lambda data: data[: len(data) * 9 // 10],
    "without-last-byte": lambda data: data[:-1],
    "without-first-byte": lambda data: data[1:],
    "noise-1": lambda data: _flipped(data, 1),
    "noise-2": lambda data: _flipped(data, 2),
    "noise-3": lambda data: _flipped(data, 3),
    "nul-inside": lambda data: data[: len(data) // 2] + b"\0\0\0" + data[len(data) // 2 :],
    "nul-before": lambda data: b"\0" * 9 + data,
    "nul-only": lambda data: b"\0" * len(data),
    "mojibake": lambda data: data.decode("latin-1").encode(),
    "mojibake-gbk": lambda data: data.decode("gb18030", "replace").encode(),
    "mixed-encodings": lambda data: data + "\n金山，好。".encode("gb18030") + "\n好。".encode(),
    "mark-of-utf16": lambda data: b"\xff\xfe" + data,
    "mark-of-utf8": lambda data: b"\xef\xbb\xbf" + data,
    "twice": lambda data: data + data,
    "backwards": lambda data: data[::-1],
    "halves-swapped": lambda data: data[len(data) // 2 :] + data[: len(data) // 2],
    "random": lambda data: random.Random(len(data)).randbytes(len(data)),
}


def malformed_files(folder: Path) -> Iterator[Path]:
    """Write every malformed input into a folder and give its path."""
    for name, data in sound_files().items():
        for damage, change in DAMAGES.items():
            below = folder / damage
            below.mkdir(exist_ok=True)
            path = below / name
            path.write_bytes(change(data))
            yield path
    for name, data in _hostile().items():
        path = folder / name
        path.write_bytes(data)
        yield path
    yield from _odd_files(folder)


def _hostile() -> dict[str, bytes]:
    """Give inputs that are made to break a reader."""
    deep = 100_000
    bomb = "好" * 20_000_000
    names = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    laughs = f'<!DOCTYPE a [<!ENTITY a0 "好">{names}]><html><body><p>&a9;</p></body></html>'
    nested = io.BytesIO()
    with zipfile.ZipFile(nested, "w", zipfile.ZIP_DEFLATED) as package:
        for number in range(30_000):
            package.writestr(f"word/{number}.xml", "")
    return {
        "line.md": "金山，".encode() * 120_000,
        "line.txt": "金".encode() * 350_000,
        "open-quotes.md": "“".encode() * 300_000,
        "stops.md": "。".encode() * 300_000,
        "marks.md": b"*[](" * 250_000,
        "line.jsonl": b'{"text": "' + "金".encode() * 350_000 + b'"}',
        "line.csv": b'id,text\n1,"' + "金".encode() * 350_000,
        "deep.jsonl": b"[" * deep,
        "deep-object.jsonl": b'{"a":' * deep,
        "deep_content_list.json": b'[{"type":' * deep,
        "deep.html": b"<div>" * deep + "深".encode(),
        "deep-table.html": b"<table><tr><td>" * 20_000 + "深".encode(),
        "deep-quote.md": b">" * deep + "深".encode(),
        "laughs.html": laughs.encode(),
        "laughs.epub": _book(laughs),
        "bomb.md.gz": gzip.compress(bomb.encode(), 1),
        "bomb.md.zst": zstandard.compress(bomb.encode()),
        "bomb.jsonl.gz": gzip.compress(b'{"text": "' + bomb.encode(), 1),
        "bomb.epub": _book(bomb),
        "many-parts.docx": nested.getvalue(),
        "no-spine.epub": _book("<p>好</p>", spine=""),
        "no-chapter.epub": _book("<p>好</p>", name="../../etc/passwd"),
        "number.jsonl": b'{"text": ' + b"9" * 50_000 + b"}",
        "surrogate.jsonl": b'{"text": "\\ud800"}',
        "array.jsonl": b'["\xe5\xa5\xbd"]',
        "controls.md": bytes(range(1, 32)) * 1000,
        "not-unicode.md": b"\xed\xa0\x80" * 1000,
        "overlong.md": b"\xc0\xaf" * 1000,
    }


def _odd_files(folder: Path) -> Iterator[Path]:
    """Give what is no regular file, or may not be read."""
    loop = folder / "loop.md"
    loop.symlink_to(loop)
    yield loop
    nowhere = folder / "nowhere.md"
    nowhere.symlink_to(folder / "gone")
    yield nowhere
    circle = folder / "circle"
    circle.mkdir()
    (circle / "again").symlink_to(circle)
    (circle / "page.md").write_text(TEXT, encoding="utf-8")
    yield circle
    pipe = folder / "pipe.md"
    os.mkfifo(pipe)
    yield pipe
    locked = folder / "locked.md"
    locked.write_text(TEXT, encoding="utf-8")
    locked.chmod(0)
    yield locked
    named = folder / "a\nb\t.md"
    named.write_text(TEXT, encoding="utf-8")
    yield named
    for ending in (".docx", ".epub", ".html", ".parquet", ".jsonl", ".csv", ".gz", ".zst"):
        mistaken = folder / f"mistaken{ending}"
        mistaken.write_text(TEXT, encoding="utf-8")
        yield mistaken
