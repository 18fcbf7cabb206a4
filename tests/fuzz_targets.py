"""What is fuzzed: every reader, the segmenter, the checks and both configs.

A target is a strategy of hypothesis and a function that raises where a promise is broken. Files
are mutated in their structure: a ZIP package by its parts, a packed file also below the packing.
`tests/test_fuzz.py` tries each target for a moment, `scripts/fuzz.py` for as long as wanted.
"""

import gzip
import io
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import zstandard
from hypothesis import strategies as st

from pipeline.check.checks import CHECKS, findings
from pipeline.check.named.codes import restored
from pipeline.check.repetition import collapsed
from pipeline.config.file import load_section
from pipeline.config.sections import Config
from pipeline.errors import ConfigError
from pipeline.evaluate.config import EvaluationConfig
from pipeline.evaluate.inputs.set_files import jsonl_segments, tmx_segments
from pipeline.input.exchange.tmx import Unit, tmx_text
from pipeline.input.pairs import read_pairs
from pipeline.input.read import read_documents
from pipeline.language.glossary import parse_glossary
from pipeline.records import Document, Edition, Failure, Finding, Span
from pipeline.segment.segment import segment
from pipeline.translate.amounts import corrected
from tests.malformed import ROWS, sound_files

ROOT = Path(__file__).parents[1]
MAX_BYTES = 200_000
_PACKAGES = (".docx", ".odt", ".epub")

SNIPPETS = (
    *"一万亿点半〇十百千第几多，。、；：？！“”‘’（）《》【】—…·",
    *"\n\t\r \u3000\u2028\u200d\u202e\u0301\ufeffaAZ0159٣９½Ⅷ臺🀄𠮷#*_|`>[]()<>&\\$-+=.:/@%",
    *("金山区", "张三说", "本报记者 张三", "2023年3月5日", "第2版", "（下转第2版）", "图为"),
    *(
        "# 标题\n\n",
        "- 一\n",
        "| a | b |\n",
        "|---|---|\n",
        "**粗**",
        "[文](http://a.cn)",
        "$5 \\%$",
    ),
    *(
        "三分之一",
        "1.5亿元",
        "百分之",
        "周三",
        "1,234",
        "12.12",
        "3/4",
        "八折",
        "不是",
        "没有",
        "北京",
    ),
    *("one ", "two hundred and ", "half a million ", "May ", "not ", "$5 billion", "50 %", "1990s"),
    *(
        "http://a.cn/b",
        "a@b.cn",
        "GB/T 19001-2016",
        "A12",
        "&amp;",
        "&#12;",
        "<b>",
        "<!-- -->",
        "x.pdf",
    ),
    *("1" * 50, "9" * 4500, "万" * 60, "好" * 40, "a" * 80),
)
_TOKENS = (
    b"<", b">", b'"', b"'", b"\n", b"\r", b"\x00", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b",",
    b"\t",     b"{", b"}", b"[", b"]", b"null", b"1e999", b"-1", b"9" * 4400, b"\\ud800",
    b"&lt;", b"&x;",
    b"<!DOCTYPE x [<!ENTITY x 'y'>]>", b"<p a=1 b=2>", b"</p>", b"<table><tr><td>", b"<w:p/>",
    b'<w:gridSpan w:val="99999999"/>', b"<tuv>", b"]]>", b"<![CDATA[", b"zh", b"text", b"id",
    b"=1+1",
)  # fmt: skip


@dataclass(frozen=True)
class Target:
    """What is tried (`inputs`) and what must hold of each (`holds` raises if it does not)."""

    inputs: st.SearchStrategy[Any]
    holds: Callable[[Any], None]


def mutated(data: bytes) -> st.SearchStrategy[bytes]:
    """Return strategies of the data with up to four places cut, doubled or filled."""
    place = st.integers(0, max(0, len(data)))
    change = st.tuples(place, st.integers(0, 200), st.sampled_from(_TOKENS) | st.binary(max_size=4))
    return st.lists(change, min_size=1, max_size=4).map(lambda changes: _changed(data, changes))


def _changed(data: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    for start, length, new in changes:
        if length > 150:  # double what stands there
            data = data[: start + length] + data[start:]
        else:
            data = data[:start] + new + data[start + length :]
    return data


def _in_package(package: bytes) -> st.SearchStrategy[bytes]:
    """Return strategies of a ZIP package with one of its parts mutated."""
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        parts = {info.filename: opened.read(info) for info in opened.infolist()}

    def packed(changed: tuple[str, bytes]) -> bytes:
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as made:
            for name, content in (parts | dict([changed])).items():
                made.writestr(name, content)
        return data.getvalue()

    # the parts that hold text are what a reader looks at
    read = [name for name in parts if name.endswith((".xml", ".rels", ".opf", ".xhtml"))]
    return st.sampled_from(read).flatmap(
        lambda name: mutated(parts[name]).map(lambda content: packed((name, content)))
    )


def _file_inputs(name: str, data: bytes) -> st.SearchStrategy[tuple[str, bytes]]:
    ways = [mutated(data)]
    if name.endswith(_PACKAGES):
        ways.insert(0, _in_package(data))
    elif name.endswith(".gz"):
        ways.insert(0, mutated(gzip.decompress(data)).map(lambda d: gzip.compress(d, mtime=0)))
    elif name.endswith(".zst"):
        ways.insert(0, mutated(zstandard.decompress(data)).map(zstandard.compress))
    return st.one_of(ways).map(lambda changed: (name, changed))


def reads(file: tuple[str, bytes]) -> None:
    """Hold a reader to its promise: documents, or failures that say what to do."""
    name, data = file
    with tempfile.TemporaryDirectory(prefix="yibao-fuzz-") as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        rows = list(
            read_documents(
                [str(path)], format="auto", encoding="auto", fields={}, max_bytes=MAX_BYTES
            )
        )
        assert rows, "neither a document nor a failure"
        for row in rows:
            assert not isinstance(row, Edition)
            assert row.source.startswith(str(path))
            if isinstance(row, Failure):
                assert row.reason, row
                assert row.advice, row
                assert "\n" not in row.reason, row
            else:
                assert row.text.strip(), row
        documents = [row for row in rows if isinstance(row, Document)]
        segment(documents, join_broken_paragraphs=True, max_sentence_chars=200)


_PAIR_ROWS = [("金山区", "Jinshan"), ("他说“好”。", 'He said "fine".'), ("123", "")]


def _pair_files() -> dict[str, bytes]:
    units = [Unit(str(number), zh, en) for number, (zh, en) in enumerate(_PAIR_ROWS)]
    quoted = "".join('{},"{}"\n'.format(zh, en.replace('"', '""')) for zh, en in _PAIR_ROWS)
    return {
        "pairs.tmx": tmx_text(units).encode(),
        "pairs.csv": f"zh,en\n{quoted}".encode(),
        "pairs.tsv": ("zh\ten\n" + "".join(f"{zh}\t{en}\n" for zh, en in _PAIR_ROWS)).encode(),
        "pairs.jsonl": b'{"zh": "\xe5\xa5\xbd", "en": "good"}\n' * 3,
    }


def reads_pairs(file: tuple[str, bytes]) -> None:
    """Hold the readers of an editor's file and of test sets to pairs or a ConfigError."""
    name, data = file
    columns = {"source": "zh", "references": ["en"], "id": None, "document": None}
    with tempfile.TemporaryDirectory(prefix="yibao-fuzz-") as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        readers: list[Callable[[], object]] = [lambda: read_pairs(path)]
        if name.endswith(".tmx"):
            readers.append(lambda: tmx_segments(str(path), "zh", "en", "set"))
        elif name.endswith(".jsonl"):
            readers.append(lambda: jsonl_segments(str(path), columns, "set"))
        for read in readers:
            problems = _problems(read)
            assert all(str(path) in problem for problem in problems), problems


def _problems(read: Callable[[], object]) -> tuple[str, ...]:
    """Return the lines of the ConfigError that is raised, none if there is none."""
    try:
        read()
    except ConfigError as error:
        return error.problems or ("no line says what is wrong",)
    return ()


TEXTS = st.lists(st.sampled_from(SNIPPETS) | st.text(max_size=3), max_size=30).map("".join)


def segments(page: tuple[str, str, bool]) -> None:
    """Hold the segmenter to its laws: true places, no character twice, no Chinese lost."""
    text, layout, join = page
    document = Document("d", text, "d.md", "page" if layout == "page" else "article")
    [articles] = segment([document], join_broken_paragraphs=join, max_sentence_chars=40)
    times = [0] * len(text)
    for article in articles:
        for block in article.blocks:
            for sentence in block.sentences:
                written = "".join(text[span.start : span.end] for span in sentence.spans)
                assert sentence.text.replace(" ", "") == written.replace(" ", ""), sentence
                assert all(0 < cut < len(sentence.text) for cut in sentence.cuts), sentence
                for span in sentence.spans:
                    for offset in range(span.start, span.end):
                        times[offset] += 1
    assert max(times, default=0) <= 1, "a character in two sentences"
    if "](" not in text:  # the target of a link is left out
        lost = [c for c, n in zip(text, times, strict=True) if not n and "\u4e00" <= c <= "\u9fff"]
        assert not lost, lost


@cache
def _glossary() -> Any:
    return parse_glossary("金山区\tJinshan District|Jinshan\n北京\tBeijing\n万\tten thousand\n")


def checks_hold(pair: tuple[str, str]) -> None:
    """Hold every check to: never raises, spans inside the texts, the same answer again."""
    source, translation = pair
    extras = {"flags": ("truncated",), "glossary": _glossary()}
    for check in CHECKS:
        extra = {check.reads: extras[check.reads]} if check.reads else {}
        _inside(list(check.run(source, translation, **extra)), source, translation)
    found = findings(source, translation, glossary=_glossary())
    assert found == findings(source, translation, glossary=_glossary())
    for change in (collapsed, corrected, restored):
        changed = change(source, translation)
        assert changed is None or isinstance(changed, str)


def _inside(found: list[Finding], source: str, translation: str) -> None:
    for finding in found:
        assert finding.message, finding
        for span, text in (
            (finding.source_span, source),
            (finding.translation_span, translation),
        ):
            assert span is None or _is_inside(span, text), finding


def _is_inside(span: Span, text: str) -> bool:
    return 0 <= span.start <= span.end <= len(text)


def config_holds(file: tuple[str, bytes]) -> None:
    """Hold both configs to: valid, or a ConfigError with one line for each mistake."""
    name, data = file
    model = EvaluationConfig if name.startswith("evaluate") else Config
    with tempfile.TemporaryDirectory(prefix="yibao-fuzz-") as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        problems = _problems(lambda: load_section(path, model))
        assert all(problem.startswith(str(path)) for problem in problems), problems


_YAML_TOKENS = (
    b"{}", b"[]", b"~", b"- ", b": ", b"\n", b"  ", b"&a ", b"*a", b"!!python/object:x ",
    b"? [a]\n",     b".inf", b".nan", b"-1", b"0", b"1e400", b"9" * 5000, b"true", b"'",
    b'"', b"|", b">",
    b"%", b"#",     b"\x00", b"\xff", b"\xef\xbb\xbf", b"{a: {a: {a: ", b"<<: *a\n",
    b"2023-99-99", b"0x",
    b"kind: causal",
)  # fmt: skip


def _yaml_inputs(name: str) -> st.SearchStrategy[tuple[str, bytes]]:
    data = (ROOT / "configs" / name).read_bytes()
    place = st.integers(0, len(data))
    change = st.tuples(place, st.integers(0, 60), st.sampled_from(_YAML_TOKENS))
    changed = st.lists(change, min_size=1, max_size=4).map(lambda all: _changed(data, all))
    made = st.lists(st.sampled_from(_YAML_TOKENS), max_size=12).map(b"".join)
    return (changed | made).map(lambda content: (name, content))


def targets() -> dict[str, Target]:
    """Return all targets by name."""
    files = sound_files()
    rows = "id\ttext\n" + "".join(f"{row['id']}\t金山区。\n" for row in ROWS)
    files["rows.tsv"] = rows.encode()
    pages = st.tuples(TEXTS, st.sampled_from(("page", "article")), st.booleans())
    return {
        **{f"read-{name}": Target(_file_inputs(name, data), reads) for name, data in files.items()},
        **{
            f"read-{name}": Target(st.tuples(st.just(name), mutated(data)), reads_pairs)
            for name, data in _pair_files().items()
        },
        "segment": Target(pages, segments),
        "checks": Target(st.tuples(TEXTS, TEXTS), checks_hold),
        "config": Target(_yaml_inputs("demo.yaml"), config_holds),
        "config-evaluate": Target(_yaml_inputs("evaluate.yaml"), config_holds),
    }
