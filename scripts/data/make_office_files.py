"""Make files with real programs, and compare how they are read with another program's reading.

python scripts/data/make_office_files.py --to /tmp/office

Needs pandoc and LibreOffice (soffice), and uses Chromium and Calibre where they are installed. For
each file it prints a row of a table: its
maker, the visible characters (letters and digits) by `pandoc -t plain`, `soffice --convert-to txt`
or the text that it was made from, how many of them the reader gives, the share that is lost without
being named, the characters that only the reader has, its blocks and the words in which they differ.
Small files among them are in tests/input/files.
"""

import argparse
import csv
import json
import os
import re
import shlex
import shutil
import subprocess
import tempfile
import time
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from made_texts import MARKDOWN, OCR, OPEN_DOCUMENTS, PAGES, PAIRS, ROWS, TMX
from pipeline.input.exchange.tmx import tmx_pairs
from pipeline.input.read import read_documents
from pipeline.records import Document

BY_PANDOC = {"docx": "docx", "odt": "odt", "epub": "epub3", "html": "html"}
"""How pandoc calls the formats that it writes."""
BY_OFFICE = {"docx": ("odt", "fodt", "docx"), "odt": ("docx", "epub"), "fodt": ("docx", "odt")}
"""Formats that LibreOffice writes, by those that it reads."""
BY_CALIBRE = ("htmlz", "epub", "docx", "txt")
# Mark between columns, quotation mark and encoding, as LibreOffice numbers them.
_LOCALES = {"china": "44,34,67", "germany": "59,34,76", "tabs": "9,34,65535"}
_ENCODINGS = ("gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-8-sig")
_HTMLZ = ("style.css", "index.html")
_WORD = re.compile(r"[^\W_]+")
_MOST_NAMED = 6


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file, the program that made it, and its text as another program reads it."""

    path: Path
    maker: str
    visible: str
    also: str = ""
    """Its text as a second program reads it, which may have notes that the first one lacks."""


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file as it is read: its text, characters set aside by name, and its blocks."""

    text: str
    set_aside: int
    blocks: int


def main() -> None:
    """Make the files and print a row for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--to", type=Path, help="folder to keep the files in")
    options = parser.parse_args()
    for program in ("pandoc", "soffice"):
        if shutil.which(program) is None:
            parser.error(f"{program} is not installed")
    print("| file | maker | visible | kept | % lost unsaid | only ours | blocks | differs in |")
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        target = options.to or Path(folder)
        target.mkdir(parents=True, exist_ok=True)
        for made in all_files(target):
            print(table_row(made), flush=True)


def all_files(folder: Path) -> Iterator[MadeFile]:
    """Write every file into a folder, and yield it."""
    for name, text in MARKDOWN.items():
        yield from pandoc_files(folder, name, text)
    for name, text in OPEN_DOCUMENTS.items():
        (folder / f"{name}.fodt").write_text(text, encoding="utf-8")
    yield from office_files(folder)
    yield from encoded_files(folder)
    yield from spreadsheets(folder)
    for name, (text, encoding) in TMX.items():
        path = folder / f"{name}.tmx"
        path.write_bytes(text.encode(encoding))
        yield MadeFile(path, name, "\n".join(f"{zh}\n{en}" for zh, en in PAIRS))
    for name, (text, visible) in OCR.items():
        path = folder / name
        path.write_text(text, encoding="utf-8")
        yield MadeFile(path, "form of the OCR engine", visible)
    if shutil.which("chromium"):
        yield from browser_pages(folder)
    if shutil.which("ebook-convert"):
        yield from calibre_files(folder)


def pandoc_files(folder: Path, name: str, text: str) -> Iterator[MadeFile]:
    """Write a text in every format of pandoc, and yield each file."""
    source = folder / f"{name}.md"
    source.write_text(text, encoding="utf-8")
    plain = plain_text(text)
    for ending, format in BY_PANDOC.items():
        path = folder / f"{name}-pandoc.{ending}"
        _run("pandoc", source, "-t", format, "--standalone", "-o", path)
        yield MadeFile(path, "pandoc", plain)
    for format in ("gfm", "epub2"):
        path = folder / f"{name}-{format}.{'epub' if format == 'epub2' else 'md'}"
        _run("pandoc", source, "-t", format, "--wrap=none", "-o", path)
        yield MadeFile(path, "pandoc", _read_back(path) if format == "gfm" else plain)


def office_files(folder: Path) -> Iterator[MadeFile]:
    """Convert all files of a kind with LibreOffice at once, and yield each new file."""
    for ending, formats in BY_OFFICE.items():
        stem = "*" if ending == "fodt" else "*-pandoc"
        sources = [p for p in sorted(folder.glob(f"{stem}.{ending}")) if "-office-" not in p.name]
        texts = _converted(sources, "txt:Text (encoded):UTF8", folder / "texts")
        visible = {path.stem: path.read_text("utf-8-sig") for path in texts}
        if ending == "fodt":
            yield from (MadeFile(p, "flat OpenDocument", visible[p.stem]) for p in sources)
        for wanted in formats:
            for path in _converted(sources, wanted, folder / "new"):
                name = path.stem.removesuffix("-pandoc")
                made = folder / f"{name}-office-{ending}.{wanted}"
                shutil.move(path, made)
                text = _read_back(made) if wanted == "epub" else visible[path.stem]
                also = _read_back(made) if wanted in ("docx", "odt") else ""
                yield MadeFile(made, "LibreOffice", text, also)


def encoded_files(folder: Path) -> Iterator[MadeFile]:
    """Write pages and a text in the encodings that Chinese is written in."""
    for name, page in PAGES.items():
        for encoding in ("gb18030", "utf-16"):
            path = folder / f"{name}-{encoding}.html"
            path.write_bytes(page.replace("{charset}", encoding).encode(encoding))
            yield MadeFile(path, "old page", plain_text(page, "html"))
    plain = plain_text(MARKDOWN["traditional"])
    path = folder / "traditional-big5.txt"
    path.write_bytes(plain.encode("big5"))
    yield MadeFile(path, "text", plain)
    plain = plain_text(MARKDOWN["traditional"].translate(str.maketrans("「」", "“”")))
    for encoding in _ENCODINGS:
        path = folder / f"traditional-{encoding}.txt"
        path.write_bytes(plain.encode(encoding))
        yield MadeFile(path, "text", plain)


def spreadsheets(folder: Path) -> Iterator[MadeFile]:
    """Write a spreadsheet as CSV in three locales."""
    source = folder / "rows.csv"
    with source.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(ROWS)
    visible = "\n".join(row[3] for row in ROWS[1:])
    for name, options in _LOCALES.items():
        filters = f"csv:Text - txt - csv (StarCalc):{options},1,,0,false,true,false"
        for path in _converted([source], filters, folder / "new", "--infilter=CSV:44,34,76,1"):
            made = folder / f"rows-{name}.{'tsv' if name == 'tabs' else 'csv'}"
            shutil.move(path, made)
            yield MadeFile(made, "LibreOffice Calc", visible)


def browser_pages(folder: Path) -> Iterator[MadeFile]:
    """Save pages as Chromium holds them: as HTML, and with "save page" as one file."""
    sources = [*sorted(folder.glob("*-pandoc.html")), *sorted(folder.glob("*-gb18030.html"))]
    chromium = ["chromium", "--headless", "--no-sandbox", "--disable-gpu"]
    for source in sources:
        command = [*chromium, "--dump-dom", f"file://{source}"]
        page = subprocess.run(command, check=True, capture_output=True)
        path = folder / f"{source.stem}-chromium.html"
        path.write_bytes(page.stdout)
        visible = plain_text(page.stdout.decode(), "html")
        yield MadeFile(path, "Chromium", visible)
        path = folder / f"{source.stem}-chromium.mhtml"
        path.write_text(_snapshot([*chromium, f"file://{source}"]), encoding="utf-8", newline="")
        yield MadeFile(path, "Chromium, save page", visible)


def _snapshot(command: Sequence[str]) -> str:
    """Return the page that Chromium opens as MHTML, by Page.captureSnapshot of its protocol."""
    to_read, to_write = os.pipe(), os.pipe()
    # the protocol speaks through the descriptors 3 and 4
    program = shlex.join([*command, "--remote-debugging-pipe"])
    shell = f"exec {program} 3<&{to_read[0]} 4>&{to_write[1]}"
    browser = subprocess.Popen(
        ["bash", "-c", shell], pass_fds=(to_read[0], to_write[1]), stderr=subprocess.DEVNULL
    )
    with os.fdopen(to_read[1], "wb") as write, os.fdopen(to_write[0], "rb") as read:

        def asked(method: str, **more: object) -> dict[str, Any]:
            write.write(json.dumps({"id": 1, "method": method, **more}).encode() + b"\0")
            write.flush()
            while True:
                answer = b"".join(iter(lambda: read.read(1), b"\0"))
                if (found := json.loads(answer)).get("id") == 1:
                    return dict(found["result"])

        try:
            time.sleep(1)
            targets = asked("Target.getTargets")["targetInfos"]
            [page] = [target["targetId"] for target in targets if target["type"] == "page"]
            opened = asked("Target.attachToTarget", params={"targetId": page, "flatten": True})
            session = opened["sessionId"]
            while True:  # until the page is there
                shot = str(asked("Page.captureSnapshot", sessionId=session)["data"])
                if "Snapshot-Content-Location: file:" in shot and "<body" in shot:
                    return shot
                time.sleep(0.2)
        finally:
            browser.terminate()
            browser.wait()
            os.close(to_read[0])
            os.close(to_write[1])


def calibre_files(folder: Path) -> Iterator[MadeFile]:
    """Convert Word files with Calibre; what it leaves out itself is in none of its formats."""
    for source in sorted(folder.glob("*-pandoc.docx")):
        name = source.stem.removesuffix("-pandoc")
        for ending in BY_CALIBRE:
            path = folder / f"{name}-calibre.{ending}"
            _run("ebook-convert", source, path)
            page = folder / f"{name}-calibre.html"
            if ending == "htmlz":
                with zipfile.ZipFile(path) as package:
                    sheet, index = (package.read(part).decode() for part in _HTMLZ)
                page.write_text(_with_list_types(index, sheet), encoding="utf-8")
            shown = page if ending in ("htmlz", "epub") else path  # the same text in one page
            visible = path.read_text("utf-8") if ending == "txt" else _read_back(shown)
            yield MadeFile(path, "Calibre", visible)


def _with_list_types(page: str, sheet: str) -> str:
    """Return a page whose lists name the counter style of its style sheet, which pandoc skips."""
    for name, style in re.findall(r"\.(\w+) \{[^}]*list-style-type: ([\w-]+)", sheet):
        page = page.replace(f'class="{name}"', f'style="list-style-type: {style}"')
    return page


def _converted(sources: Sequence[Path], wanted: str, folder: Path, *more: str) -> list[Path]:
    """Convert files with LibreOffice into a folder, and return the new ones."""
    with tempfile.TemporaryDirectory() as profile:
        install = f"-env:UserInstallation=file://{profile}"
        _run(
            "soffice",
            install,
            "--headless",
            *more,
            "--convert-to",
            wanted,
            "--outdir",
            folder,
            *sources,
        )
    return [folder / f"{source.stem}.{wanted.partition(':')[0]}" for source in sources]


def _read_back(path: Path) -> str:
    """Return the text of a file as pandoc reads it."""
    more = ["-f", "gfm"] if path.suffix == ".md" else []
    command = ["pandoc", *more, "-t", "plain", "--wrap=none", str(path)]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return _as_shown(text)


def _as_shown(plain: str) -> str:
    """Return a text of pandoc without what no page shows.

    It writes the names of TeX commands in a formula that it cannot draw, the file of a picture
    without a description, and its number before a note that has one: `[1] ¹`.
    """
    text = re.sub(r"\\[a-z]+", "", plain)
    text = re.sub(r"\[(?:\S+\.(?:png|jpe?g|gif|svg)|data:\S+)\]", "", text)
    return re.sub(r"(?m)^\[(\d+)\] (?:\d+(?=\D)|[¹²³⁴⁵⁶⁷⁸⁹⁰]+)", r"[\1] ", text)


def _run(*command: object) -> None:
    subprocess.run([str(part) for part in command], check=True, capture_output=True)


def plain_text(text: str, format: str = "markdown") -> str:
    """Return a text as pandoc writes it without marks."""
    command = ["pandoc", "-f", format, "-t", "plain", "--wrap=none"]
    if format == "markdown":
        command.append("--standalone")  # the title of a text is in its metadata
    plain = subprocess.run(command, input=text, check=True, capture_output=True, text=True)
    return _as_shown(plain.stdout)


def read_file(path: Path) -> ReadFile:
    """Return a file as this project reads it."""
    if path.suffix == ".tmx":
        pairs = [f"{pair.zh}\n{pair.en}" for pair in tmx_pairs(path)]
        return ReadFile("\n".join(pairs), 0, len(pairs))
    fields = {"text": "说明"} if path.stem.startswith("rows") else {}
    rows = [
        row if isinstance(row, Document) else Document("", f"FAILED {row}", "")
        for row in read_documents(
            [str(path)], format="auto", encoding="auto", fields=fields, max_bytes=20_000_000
        )
    ]
    text = re.sub(r"(?m)^```.*$", "", "\n".join(row.text for row in rows))
    aside = sum(count.characters for row in rows for count in row.set_aside)
    return ReadFile(text, aside, sum(1 for line in text.split("\n") if line.strip()))


def read_text(path: Path) -> str:
    """Return the text of a file as this project reads it."""
    return read_file(path).text


def table_row(made: MadeFile) -> str:
    """Return the row of a table that says how a file is read."""
    read = read_file(made.path)
    wanted, given = _signs(made.visible), _signs(read.text)
    lost = sum((wanted - given).values())
    more = sum((given - (wanted | _signs(made.also))).values())
    count = sum(wanted.values())
    unsaid = 100 * max(0, lost - read.set_aside) / max(count, 1)
    words = [f"−{word}" for word in missing(made.visible, read.text)[:_MOST_NAMED]]
    words += [f"+{word}" for word in missing(read.text, made.visible + made.also)[:_MOST_NAMED]]
    cells = (
        made.path.name,
        made.maker,
        count,
        count - lost,
        f"{unsaid:.2f}",
        more,
        read.blocks,
        " ".join(words),
    )
    return f"| {' | '.join(map(str, cells))} |"


def missing(wanted: str, found: str) -> list[str]:
    """Return the words of one text that another does not have, each as often as it lacks it."""
    lost = Counter(_words(wanted)) - Counter(_words(found))
    return sorted(lost.elements())


def _signs(text: str) -> Counter[str]:
    return Counter("".join(_words(text)))


def _words(text: str) -> list[str]:
    """Return runs of letters and digits; pandoc writes raised text as ^(2), a reader as ²."""
    plain = re.sub(r"[\^_]\(([^)]{1,20})\)", r"\1", text)
    plain = re.sub(r"!\[([^\]]*)\]\([^)]*\)", r"\1", plain)
    return _WORD.findall(unicodedata.normalize("NFKC", plain))


if __name__ == "__main__":
    main()
