"""Compare how fast two trees read: CPU seconds of another tree over those of this one, by format.

    python scripts/benchmarks/benchmark_reading.py --tree ../before
    python scripts/benchmarks/benchmark_reading.py --tree ../before --format csv --megabytes 5
    python scripts/benchmarks/benchmark_reading.py --tree ../before --accounts

Both trees read each file in turn, `--times` times, in processes of their own. Each process reads
the file until it has used `--seconds` of CPU time, and gives its fastest reading: a file may take
10 ms, and one such reading alone differs by half from the next. The ratio is that of the fastest
readings of all processes; beside it stand the least and the greatest ratio of two processes that
ran one after the other. A ratio above 1 means that this tree is faster. With --accounts, this tree
also accounts for every character, as a run does.
"""

import argparse
import csv
import io
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SENTENCE = "金山区持续优化营商环境，吸引企业投资兴业，让企业有更多的获得感。"
PARAGRAPH = SENTENCE * 4
READ = """
import sys, time
try:
    from pipeline.input.read import read_documents
except ImportError:
    from pipeline.formats.read import read_documents
options = dict(format="auto", encoding="auto", fields={}, max_bytes=100_000_000)
if sys.argv[2] == "accounts":
    options["accounted"] = lambda account: None
list(read_documents([sys.argv[1]], **options))
start = time.process_time()
readings = []
while len(readings) < 3 or time.process_time() - start < float(sys.argv[3]):
    before = time.process_time()
    list(read_documents([sys.argv[1]], **options))
    readings.append(time.process_time() - before)
print(min(readings))
"""
EPUB_HEAD = '<package xmlns="http://www.idpf.org/2007/opf"><manifest>{}</manifest><spine>{}</spine></package>'


def table(size: int, text: str) -> bytes:
    """Return a CSV file of articles with one text."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(("id", "text"))
    for number in range(size // len(text.encode())):
        writer.writerow((f"n{number}", text))
    return stream.getvalue().encode()


def book(size: int, chapter: str) -> bytes:
    """Return an EPUB of chapters of about 50 kB."""
    page = f"<html><head><title>一</title></head><body><h2>一</h2>{chapter}</body></html>"
    count = max(1, size // len(page.encode()))
    items = "".join(
        f'<item id="c{n}" href="{n}.xhtml" media-type="application/xhtml+xml"/>'
        for n in range(count)
    )
    references = "".join(f'<itemref idref="c{n}"/>' for n in range(count))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(
            "META-INF/container.xml", '<container><rootfile full-path="b.opf"/></container>'
        )
        package.writestr("b.opf", EPUB_HEAD.format(items, references))
        for number in range(count):
            package.writestr(f"{number}.xhtml", page)
    return stream.getvalue()


def repeated(text: str, size: int) -> bytes:
    """Return a text repeated up to a size in bytes."""
    return (text * (size // len(text.encode()))).encode()


def parquet(size: int) -> bytes:
    """Return a Parquet file of articles."""
    import pyarrow
    from pyarrow import parquet as files

    count = max(1, size // len(ROW["text"].encode()))
    stream = io.BytesIO()
    table = {"id": [f"n{n}" for n in range(count)], "text": [ROW["text"]] * count}
    files.write_table(pyarrow.table(table), stream)
    return stream.getvalue()


def word(size: int) -> bytes:
    """Return a Word file of paragraphs."""
    import docx

    document = docx.Document()
    for _ in range(size // len(PARAGRAPH.encode())):
        document.add_paragraph(PARAGRAPH)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def open_document(size: int) -> bytes:
    """Return an OpenDocument text of paragraphs."""
    names = "urn:oasis:names:tc:opendocument:xmlns:"
    kind = "application/vnd.oasis.opendocument.text"
    body = repeated(f"<text:p>{PARAGRAPH}</text:p>", size).decode()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("mimetype", kind, zipfile.ZIP_STORED)
        package.writestr(
            "content.xml",
            f'<office:document-content xmlns:office="{names}office:1.0" xmlns:text="{names}text:1.0'
            f'"><office:body><office:text>{body}</office:text></office:body>'
            "</office:document-content>",
        )
    return stream.getvalue()


NOTES = "".join(
    f'<p>{SENTENCE}<sup><a href="#n{n}">{n}</a></sup></p>'
    f'<aside epub:type="footnote" id="n{n}"><p>{n}. {SENTENCE}</p></aside>'
    for n in range(1, 150)
)
ROW = {"id": "a", "text": "\n\n".join([PARAGRAPH] * 8)}
FORMATS: dict[str, tuple[str, Callable[[int], bytes]]] = {
    "text": ("txt", lambda n: repeated(f"{PARAGRAPH}\n", n)),
    "Markdown": ("md", lambda n: repeated(f"## 标题\n\n{PARAGRAPH}\n\n", n)),
    "HTML": ("html", lambda n: b"<html><body>" + repeated(f"<p>{PARAGRAPH}</p>", n)),
    "csv": ("csv", lambda n: table(n, PARAGRAPH * 8)),
    "csv, many lines": ("csv", lambda n: table(n, "\n".join([SENTENCE] * 32))),
    "jsonl": ("jsonl", lambda n: repeated(json.dumps(ROW, ensure_ascii=False) + "\n", n)),
    "Parquet": ("parquet", parquet),
    "DOCX": ("docx", word),
    "ODT": ("odt", open_document),
    "EPUB": ("epub", lambda n: book(n, f"<p>{PARAGRAPH}</p>" * 120)),
    "EPUB with notes": ("epub", lambda n: book(n, NOTES)),
}


def main() -> None:
    """Measure every format and print a ratio for each."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tree", type=Path, required=True, help="the other tree")
    parser.add_argument("--format", choices=FORMATS, action="append", help="may be repeated")
    parser.add_argument("--megabytes", type=float, default=5.0)
    parser.add_argument("--times", type=int, default=4, help="processes of each tree")
    parser.add_argument("--seconds", type=float, default=1.0, help="CPU seconds of a process")
    parser.add_argument("--accounts", action="store_true", help="this tree accounts as it reads")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for name in options.format or FORMATS:
            ending, write = FORMATS[name]
            path = Path(folder) / f"a.{ending}"
            path.write_bytes(write(round(options.megabytes * 1e6)))
            mode = "accounts" if options.accounts else "reading"
            if name == "ODT" and not (options.tree / "pipeline/input").is_dir():
                own = seconds(ROOT, path, mode, options.seconds)
                print(f"{name:16} {own:7.4f} s; the other tree cannot read it")
                continue
            pairs = []
            for number in range(options.times):
                # by turns, so that neither tree always has the warmer machine
                order = ((options.tree, "reading"), (ROOT, mode))[:: -1 if number % 2 else 1]
                taken = [seconds(tree, path, how, options.seconds) for tree, how in order]
                pairs.append(tuple(taken[:: -1 if number % 2 else 1]))
            old, new = (min(each) for each in zip(*pairs, strict=True))
            ratios = sorted(one / other for one, other in pairs)
            print(
                f"{name:16} {old:7.4f} s / {new:7.4f} s = {old / new:.2f}"
                f" ({ratios[0]:.2f} to {ratios[-1]:.2f})",
                flush=True,
            )


def seconds(tree: Path, path: Path, mode: str, least: float) -> float:
    """Return the CPU seconds of the fastest of the readings that a process makes of a file."""
    environment = os.environ | {"PYTHONPATH": str(tree.resolve()), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", READ, str(path), mode, str(least)]
    answer = subprocess.run(
        command, cwd=path.parent, env=environment, capture_output=True, text=True, check=True
    )
    return float(answer.stdout)


if __name__ == "__main__":
    main()
