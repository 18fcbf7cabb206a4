"""Make office documents and books with real programs, and compare how they are read.

python scripts/make_office_files.py --to /tmp/office

Needs pandoc and LibreOffice (soffice). Every text is written as .docx, .odt, .epub and .html by
pandoc, and then as .docx, .odt, .fodt and .epub by LibreOffice. For each file it prints which words
of `pandoc -t plain` the reader does not give. Small files among them are in tests/input/files.
"""

import argparse
import re
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from pipeline.input.read import read_documents
from pipeline.records import Document

TEXTS = {
    "regulation": """
# 某某市养犬管理条例

记者走访发现，**A&B公司**已停工[^1]。面积为50m^2^，H~2~O共10^6^升。

1.  为了加强养犬管理，制定本条例。
2.  本条例适用于本市行政区域。
    a.  需要登记的犬只。
    b.  不需要登记的犬只。

- 甲项服务
- 乙项服务

| 县名 | 人口 |
|------|------|
| 甲县 | 32.1 |
| 乙县 | -3% |

## 第二节 附则

> 本条例自公布之日起施行。

数学公式 $x^2+1$ 在句中。“引号”与——破折号。

[^1]: 脚注的内容在此。
""",
    "report": """
---
title: 全市环境质量报告
---

一、总体情况

全市PM~2.5~平均浓度为每立方米28微克[^a]，同比下降12%[^b]。CO~2~排放减少3.5×10^5^吨。

(@) 甲区的情况在此。
(@) 乙区的情况在此。

+---------+-------+-------+
| 区县    | 浓度  | 同比  |
+=========+=======+=======+
| 甲区    | 28.7  | -3%   |
+---------+-------+-------+
| 乙区\\   | 30    | -1%   |
| 丙镇    |       |       |
+---------+-------+-------+

术语

:   解释在此。

i)  罗马一
ii) 罗马二

9) 第九
10) 第十

见<https://example.com/a?b=1>。*强调*、~~删去~~、`代码`。

[^a]: 含沙尘天气。

    又一段注释。

[^b]: 与2022年相比。
""",
}
"""Texts of this project in pandoc's Markdown, by name."""

BY_PANDOC = ("docx", "odt", "epub", "html")
BY_OFFICE = {"docx": ("odt", "fodt", "docx"), "odt": ("docx", "epub")}
"""Formats that LibreOffice writes, by the file of pandoc that it reads."""

_WORD = re.compile(r"[^\W_]+")


def main() -> None:
    """Make the files and print what is missing of each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--to", type=Path, help="folder to keep the files in")
    options = parser.parse_args()
    for program in ("pandoc", "soffice"):
        if shutil.which(program) is None:
            parser.error(f"{program} is not installed")
    with tempfile.TemporaryDirectory() as folder:
        target = options.to or Path(folder)
        for name, text in TEXTS.items():
            plain = plain_text(text)
            for path in make_files(target, name, text):
                lost = missing(plain, read_text(path))
                print(f"{path.name}: {'nothing is missing' if not lost else ' '.join(lost)}")


def make_files(folder: Path, name: str, text: str) -> Iterator[Path]:
    """Write a text in every format, and yield each file."""
    folder.mkdir(parents=True, exist_ok=True)
    source = folder / f"{name}.md"
    source.write_text(text, encoding="utf-8")
    for ending in BY_PANDOC:
        path = folder / f"{name}-pandoc.{ending}"
        more = ["--standalone"] if ending == "html" else []
        subprocess.run(["pandoc", source, "-o", path, *more], check=True, capture_output=True)
        yield path
    for ending, formats in BY_OFFICE.items():
        for wanted in formats:
            yield convert(folder / f"{name}-pandoc.{ending}", wanted)


def convert(path: Path, wanted: str) -> Path:
    """Convert a file with LibreOffice, and return the new file."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless"]
        command += ["--convert-to", wanted, "--outdir", folder, str(path)]
        subprocess.run(command, check=True, capture_output=True)
        ending = path.suffix.removeprefix(".")
        made = path.with_name(f"{path.stem.removesuffix('-pandoc')}-office-{ending}.{wanted}")
        shutil.move(Path(folder) / f"{path.stem}.{wanted}", made)
    return made


def plain_text(text: str) -> str:
    """Return a text as pandoc writes it without marks."""
    command = ["pandoc", "-t", "plain", "--wrap=none"]
    return subprocess.run(command, input=text, check=True, capture_output=True, text=True).stdout


def read_text(path: Path) -> str:
    """Return the text of a file as this project reads it."""
    rows = read_documents(
        [str(path)], format="auto", encoding="auto", fields={}, max_bytes=20_000_000
    )
    return "\n".join(row.text for row in rows if isinstance(row, Document))


def missing(wanted: str, found: str) -> list[str]:
    """Return the words of one text that another does not have, each as often as it lacks it."""
    lost = Counter(_words(wanted)) - Counter(_words(found))
    return sorted(lost.elements())


def _words(text: str) -> list[str]:
    """Return runs of letters and digits; pandoc writes raised text as ^(2), a reader as ²."""
    plain = re.sub(r"[\^_]\(([^)]{1,20})\)", r"\1", text)
    return _WORD.findall(plain.translate(_RAISED))


_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉", "01234567890123456789")


if __name__ == "__main__":
    main()
