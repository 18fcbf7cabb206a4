"""Files of translators' tools go out and come back equal, and other programs open them.

`YIBAO_ROUND_TRIPS=200 pytest tests/deliver/test_round_trips.py` makes more documents.
"""

import json
import os
import random
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner
from lxml import etree

from models.protocols import Candidate
from pipeline.cli import cli
from pipeline.deliver.export import WRITER_OF
from pipeline.deliver.rows import ExportRow
from pipeline.engine.translation import model
from pipeline.input.exchange.glossary_file import tbx_terms
from pipeline.input.exchange.xml_file import xml_text
from pipeline.input.pairs import Pair, read_pairs
from pipeline.records import Finding, Origin, Severity
from pipeline.run.corrections.other_runs import exchange_key
from pipeline.run.corrections.sort_corrections import sorted_out
from pipeline.testing import EchoTranslator

FORMATS = ("xliff", "xliff2", "po", "tmx", "xlsx", "bilingual", "csv", "tsv", "jsonl")
DOCUMENTS = int(os.environ.get("YIBAO_ROUND_TRIPS", "15"))
ODD = (
    *(
        '"',
        "'",
        "“",
        "”",
        "«",
        "\\",
        "\\n",
        "\n",
        "\r\n",
        "\r",
        "\t",
        "  ",
        "\u3000",
        "\xa0",
        "\u2028",
    ),
    *(
        "😀",
        "👩‍👩‍👧",
        "𠮷",
        "\u200f",
        "\u202e",
        "\u2067",
        "\u2069",
        "\u200b",
        "\ufeff",
        "\u0301",
        "עברית",
    ),
    *(
        "\x00",
        "\x07",
        "\x0b",
        "\x1b",
        "\x1c",
        "\x7f",
        "\x85",
        "\ufffe",
        "\uffff",
        "_x0041_",
        "_x005F_",
    ),
    *(
        "<b>",
        "&amp;",
        "&",
        "]]>",
        "<!--",
        "{0}",
        "%s",
        "$",
        "| a | b |",
        "=1+1",
        "@x",
        "+7",
        "-",
        "#, fuzzy",
    ),
    *(
        "#",
        "~",
        "msgid",
        "needs review",
        "12",
        "007",
        "1e5",
        "TRUE",
        "#N/A x",
        "，",
        "。",
        ",",
        ";",
        "—",
    ),
)


SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
ORIGINS: tuple[Origin, ...] = ("model", "editor", "rule", "none")


def document(seed: int) -> list[ExportRow]:
    """Return sentences made of odd pieces, the same for a seed."""
    dice = random.Random(seed)
    rows = []
    for number in range(1, dice.randint(2, 8)):
        zh = (
            "".join(dice.choices((*ODD, "中文", "山", "句子"), k=dice.randint(0, 9)))
            + f"第{number}"
        )
        en = "".join(dice.choices((*ODD, "word ", "Text", "a"), k=dice.randint(0, 9)))
        origin = dice.choice(ORIGINS)
        found = tuple(
            Finding("numbers", severity, "".join(dice.choices(ODD, k=3)))
            for severity in dice.sample(SEVERITIES, dice.randint(0, 3))
        )
        name = f"a<&\"'{seed}" if dice.random() < 0.1 else f"页/{seed}"
        rows.append(
            ExportRow(
                name, 1, "paragraph", f"s{number}", 0, 1, zh, f"{en}{number}" if en else "",
                dice.choice((None, 0.5)), "", None, origin, found, "m<1>" * (origin == "model"),
            )
        )  # fmt: skip
    return rows


def folded(text: str) -> str:
    return " ".join(xml_text(text).split())


def written(rows: list[ExportRow], name: str, folder: Path) -> Path:
    path = folder / f"x{WRITER_OF[name].suffix}"
    WRITER_OF[name].write(rows, path)
    return path


def corrections(rows: list[ExportRow], pairs: tuple[Pair, ...]) -> list[tuple[str, str]]:
    known: dict[str, list[str]] = {}
    for row in rows:
        known.setdefault(exchange_key(row.zh), []).append(row.en)
    result = sorted_out(pairs, known, {exchange_key(row.zh): row.zh for row in rows}, name="x")
    assert result.problems == ()
    return [(each.zh, each.en) for each in result.corrections]


@pytest.mark.parametrize("name", FORMATS)
def test_documents_of_odd_text_come_back_equal(name: str, tmp_path: Path) -> None:
    for seed in range(DOCUMENTS):
        rows = document(seed)
        found = read_pairs(written(rows, name, tmp_path), "utf-8" if name != "xlsx" else "auto")
        sent = [row for row in rows if row.en or name != "tmx"]
        assert found.problems == ()
        assert [(each.identifier, folded(each.zh), folded(each.en)) for each in found.pairs] == [
            (row.name, folded(row.zh), folded(row.en)) for row in sent
        ], f"seed {seed}"
        assert corrections(rows, found.pairs) == [], f"seed {seed}"


class Desk:
    """An editor's desk: a finished run whose English is "Line 1.", "Line 2." … and the commands."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.run = folder / "run"
        page = folder / "news.md"
        page.write_text("# 山区今年新闻很多\n\n今天下雨。学校放假3天。\n", encoding="utf-8")
        self.do("run", str(page), "--output", str(self.run), "-q")

    def do(self, *arguments: str, exit_code: int = 0) -> str:
        result = CliRunner().invoke(cli, list(arguments))
        assert result.exit_code == exit_code, result.output
        return result.output

    def english(self) -> list[str]:
        return [json.loads(line)["en"] for line in self.exported("jsonl").read_text().splitlines()]

    def exported(self, name: str) -> Path:
        path = self.folder / f"desk{WRITER_OF[name].suffix}"
        self.do("export", str(self.run), "--to", str(path))
        return path

    def bring(self, path: Path, *more: str, exit_code: int = 0) -> str:
        arguments = ("memory", "import", str(path), "--memory", str(self.run), *more)
        return self.do(*arguments, exit_code=exit_code)


class NumberingTranslator(EchoTranslator):
    def answer(self, sentences: Sequence[str]) -> list[Candidate]:
        lines = {"山区今年新闻很多": 1, "今天下雨。": 2, "学校放假3天。": 3}
        return [Candidate(f"Line {lines.get(each, 0)}.", 0.5) for each in sentences]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(model, "load_translator", lambda *_, **__: NumberingTranslator())
        yield Desk(tmp_path_factory.mktemp("desk"))


def edited(path: Path, *changes: tuple[str, str]) -> Path:
    """Return a copy of a file with texts replaced, inside a package in all its parts."""
    copy = path.with_name(f"edited-{path.name}")

    def new(data: bytes) -> bytes:
        for old, text in changes:
            data = data.replace(old.encode(), text.encode())
        return data

    if not zipfile.is_zipfile(path):
        copy.write_bytes(new(path.read_bytes()))
        return copy
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(copy, "w") as after:
        for name in before.namelist():
            after.writestr(name, new(before.read(name)))
    return copy


@pytest.mark.parametrize("name", FORMATS)
def test_a_correction_in_any_format_is_the_only_change(desk: Desk, name: str) -> None:
    path = edited(desk.exported(name), ("Line 2.", "It rains."))
    shown = desk.bring(path, "--dry-run")
    assert "今天下雨。\n  - Line 2.\n  + It rains.\n" in shown
    assert "3 rows, 1 correction, 2 unchanged" in shown


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "tmx"])
def test_edited_chinese_and_another_run_are_named(desk: Desk, name: str) -> None:
    path = edited(desk.exported(name), ("学校放假3天", "学校放假5天"), ("Line 3.", "Five days."))
    shown = desk.bring(path, "--dry-run", exit_code=3)
    assert "the Chinese was edited: news.1#s3 is '学校放假3天。' in the run" in shown
    assert "3 rows, 0 corrections, 2 unchanged, 1 skipped" in shown
    chinese = (
        ("山区今年新闻很多", "股市大涨"),
        ("今天下雨", "央行昨日宣布降息"),
        ("学校放假3天", "外长会见"),
    )
    result = CliRunner().invoke(
        cli, ["memory", "import", str(edited(path, *chinese)), "--memory", str(desk.run)]
    )
    assert "exported from another run" in str(result.exception)


def test_an_export_needs_the_run_it_is_compared_with(desk: Desk, tmp_path: Path) -> None:
    path = edited(desk.exported("csv"), ("Line 2.", "It rains."))
    advice = "name the run folder with --memory, or import every row with --all"
    for memory, wanted in (
        (tmp_path / "other.sqlite", f"{path}: exported from a run, which is needed to see what "),
        (desk.run.parent, f"it holds runs: name one, such as {desk.run}"),
    ):
        result = CliRunner().invoke(cli, ["memory", "import", str(path), "--memory", str(memory)])
        assert wanted in str(result.exception)
        assert (advice in str(result.exception)) == memory.name.endswith(".sqlite")


@pytest.mark.parametrize(
    ("name", "change", "reason"),
    [
        (
            "xliff",
            (' state-qualifier="mt-suggestion"', ""),
            "its state is needs-review-translation; set it to translated or final",
        ),
        ("xliff2", ('state="initial" subState="yibao:machine"', 'state="initial"'), "is initial"),
        ("po", ('msgctxt "news.1#s2"', '#, fuzzy\nmsgctxt "news.1#s2"'), "marked fuzzy"),
        ("xlsx", ("to check", "needs review"), "its state is needs review"),
        ("bilingual", ("to check", "Needs Review"), "its state is Needs Review"),
    ],
)
def test_a_change_that_needs_review_is_named_and_not_taken(
    desk: Desk, name: str, change: tuple[str, str], reason: str
) -> None:
    path = edited(desk.exported(name), change, ("Line 2.", "It rains."))
    shown = desk.bring(path, "--dry-run")
    assert "not taken: " in shown
    assert reason in shown
    assert "1 skipped" in shown


def test_an_editors_line_is_locked_and_the_next_run_has_it(desk: Desk) -> None:
    before = desk.exported("csv")
    path = edited(desk.exported("xlsx"), ("Line 3.", "School is off for 3 days."))
    desk.bring(path)
    desk.do("run", str(desk.folder / "news.md"), "--output", str(desk.run), "-q")
    assert desk.english()[2] == "School is off for 3 days."
    stale = desk.bring(before, "--dry-run")
    assert "4: not taken: it is the model's English from before a correction" in stale
    assert "3 rows, 0 corrections, 2 unchanged, 1 skipped" in stale
    locked = 'approved="yes" translate="no" xml:space="preserve"><source xml:lang="zh">学校放假'
    assert locked in desk.exported("xliff").read_text(encoding="utf-8")
    unit = re.search("<unit [^>]*>(?=.*学校)", desk.exported("xliff2").read_text(encoding="utf-8"))
    assert unit is not None
    assert 'translate="no"' in unit[0]
    desk.do("memory", "forget", "学校放假3天。", "--memory", str(desk.run))
    desk.do("run", str(desk.folder / "news.md"), "--output", str(desk.run), "-q")


def test_xliff_keeps_the_rules_of_its_standard(tmp_path: Path) -> None:
    """The rules of OASIS XLIFF 1.2 and 2.1 on attributes and the order of children."""
    rows = [row for seed in range(20) for row in document(seed)]
    old = etree.parse(written(rows, "xliff", tmp_path)).getroot()
    space = "{urn:oasis:names:tc:xliff:document:1.2}"
    for unit in old.iter(f"{space}trans-unit"):
        tags = [child.tag.removeprefix(space) for child in unit]
        assert re.fullmatch("source target( note)*( alt-trans)?", " ".join(tags))
    ids = [unit.get("id") for unit in old.iter(f"{space}trans-unit")]
    assert len(set(ids)) == len(ids)
    for number in old.xpath("//@match-quality"):
        assert 0 <= int(number) <= 100
    new = etree.parse(written(rows, "xliff2", tmp_path)).getroot()
    space = "{urn:oasis:names:tc:xliff:document:2.0}"
    for file in new.iterchildren():
        ids = [unit.get("id") for unit in file]
        assert len(set(ids)) == len(ids)
        assert all(re.fullmatch(r"[\w.:-]+", each) for each in (file.get("id"), *ids))
    for unit in new.iter(f"{space}unit"):
        tags = [child.tag.rpartition("}")[2] for child in unit]
        assert re.fullmatch("(matches )?(notes )?segment", " ".join(tags))
        state = unit.find(f"{space}segment").get("state")
        assert state in (None, "initial", "translated", "reviewed", "final")


def program(name: str) -> str:
    """Return a program's path; without it the test is skipped, and fails in CI."""
    path = shutil.which(name)
    if path is None:
        if os.environ.get("YIBAO_REQUIRE_OFFICE") == "1":
            pytest.fail(f"YIBAO_REQUIRE_OFFICE is 1 and there is no {name}")
        pytest.skip(f"no {name}; set YIBAO_REQUIRE_OFFICE=1 to fail instead")
    return path


@pytest.mark.parametrize(("name", "kind"), [("xlsx", "xlsx"), ("bilingual", "docx")])
def test_libreoffice_opens_a_file_and_saves_it_with_nothing_lost(
    name: str, kind: str, tmp_path: Path
) -> None:
    office = program("soffice")
    rows = [row for seed in range(30) for row in document(seed) if "\ufffe" not in row.zh + row.en]
    path = written(rows, name, tmp_path)
    (tmp_path / "out").mkdir()
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    subprocess.run(
        [office, profile, "--headless", "--convert-to", kind, "--outdir", f"{tmp_path}/out", path],
        check=True,
        capture_output=True,
    )
    found = read_pairs(tmp_path / "out" / path.with_suffix(f".{kind}").name)
    assert found.problems == ()
    assert len(found.pairs) == len(rows)
    assert corrections(rows, found.pairs) == []


@pytest.mark.parametrize("name", ["xliff", "xliff2", "po", "tmx"])
def test_the_translate_toolkit_reads_the_same_pairs(name: str, tmp_path: Path) -> None:
    rows = [row for seed in range(30) for row in document(seed)]
    script = (
        "import json, sys; from importlib import import_module; "
        f"kind = {MODULES[name]!r}; "
        f"units = getattr(import_module('translate.storage.{name}'), kind)"
        ".parsefile(sys.argv[1]).units; "
        "print(json.dumps([(u.source, u.target) for u in units if not u.isheader()]))"
    )
    answer = toolkit(script, written(rows, name, tmp_path), name)
    sent = [row for row in rows if row.en or name != "tmx"]
    assert [(folded(zh), folded(en or "")) for zh, en in json.loads(answer)] == [
        (folded(row.zh), folded(row.en)) for row in sent
    ]


def test_a_glossary_that_the_translate_toolkit_wrote_is_read(tmp_path: Path) -> None:
    terms = [("金山区", "Jinshan District"), ("“一网通办”", '"one-stop" & <swift> services')]
    script = (
        "import sys; from translate.storage import tbx; file = tbx.tbxfile(); "
        "file.setsourcelanguage('zh'); file.settargetlanguage('en'); "
        f"pairs = [(file.addsourceunit(zh), zh, en) for zh, en in {terms!r}]; "
        "[(u.setsource(zh, 'zh'), u.settarget(en, 'en')) for u, zh, en in pairs]; "
        "file.savefile(sys.argv[1])"
    )
    toolkit(script, tmp_path / "terms.tbx", "tbx")
    assert tbx_terms(tmp_path / "terms.tbx").splitlines() == ["\t".join(term) for term in terms]


MODULES = {"xliff": "xlifffile", "xliff2": "Xliff2File", "po": "pofile", "tmx": "tmxfile"}


def toolkit(script: str, path: Path, module: str) -> str:
    """Run a script with the Translate Toolkit: GPL, so it is a program of its own.

    YIBAO_TOOLKIT names the Python that has it; otherwise it is the one that its commands name.
    """
    python = (
        os.environ.get("YIBAO_TOOLKIT")
        or (Path(program("pocount")).read_text(encoding="utf-8").partition("\n")[0][2:].split()[0])
    )
    has_module = [python, "-c", f"import translate.storage.{module}"]
    if subprocess.run(has_module, capture_output=True, check=False).returncode:
        needed = f"{python} has no translate.storage.{module}; translate-toolkit 3.17 has"
        if os.environ.get("YIBAO_REQUIRE_OFFICE") == "1":
            pytest.fail(needed)
        pytest.skip(needed)
    return subprocess.run(
        [python, "-c", script, str(path)], check=True, capture_output=True, text=True
    ).stdout
