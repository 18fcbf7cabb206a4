"""Test sets of an evaluation from every kind of file and from what libraries keep."""

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import ConfigError
from pipeline.evaluate.config import EvaluationConfig
from pipeline.evaluate.inputs.sets import read_set
from tests.evaluations import write_files
from tests.malformed import BAD_TMX

TMX = """<?xml version="1.0"?><tmx version="1.4"><header/><body>
<tu tuid="a"><tuv xml:lang="zh-CN"><seg>你<hi>好</hi><ph>br</ph></seg></tuv>
<tuv xml:lang="en-US"><seg>Hello</seg></tuv><tuv xml:lang="en"><seg>Hi</seg></tuv></tu>
<tu><tuv xml:lang="de"><seg>Tag</seg></tuv></tu></body></tmx>"""
ROWS = '{"zh": "你好", "en": ["Hello", "Hi"], "doc": 7}\n\n{"zh": "再见", "en": "Bye", "id": "x"}\n'


def _read(**spec: Any) -> list[tuple[str, str, tuple[str, ...], str | None]]:
    config = EvaluationConfig.model_validate(
        {
            "output": "out",
            "sets": [{"name": "s", **spec}],
            "systems": [{"kind": "file", "name": "n", "path": "p"}],
        }
    )
    found = read_set(config.sets[0], offline=True)
    return [(s.id, s.source, s.references, s.document) for s in found.segments]


def test_a_list_of_pairs_is_one_text_and_a_list_of_texts_several_references(tmp_path: Path) -> None:
    pairs = [{"zh": "一。", "en": "One."}, {"zh": "二。", "en": "Two."}]
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"doc": pairs, "en": ["One.", None, "1."]}), encoding="utf-8")
    found = [
        _read(kind="jsonl", path=str(path), source="doc.zh", references=[name])
        for name in ("doc.en", "en")
    ]
    assert found == [
        [("1", "一。\n二。", ("One.\nTwo.",), None)],
        [("1", "一。\n二。", ("One.", "1."), None)],
    ]


def test_sets_are_read_from_tmx_and_rows(tmp_path: Path) -> None:
    (tmp_path / "a.tmx").write_text(TMX, encoding="utf-8")
    (tmp_path / "a.jsonl").write_text(ROWS, encoding="utf-8")
    assert _read(kind="tmx", path=str(tmp_path / "a.tmx")) == [("a", "你好", ("Hello", "Hi"), None)]
    columns = {"source": "zh", "references": ["en"], "document": "doc"}
    assert _read(kind="jsonl", path=str(tmp_path / "a.jsonl"), **columns) == [
        ("1", "你好", ("Hello", "Hi"), "7"),
        ("x", "再见", ("Bye",), None),
    ]
    with pytest.raises(
        ConfigError, match=r"a\.jsonl:1: no text in 'text'; found 'zh', 'en', 'doc'"
    ):
        _read(kind="jsonl", path=str(tmp_path / "a.jsonl"))
    with pytest.raises(ConfigError, match="no unit in 'fr'; found de, en, en-US, zh-CN"):
        _read(kind="tmx", path=str(tmp_path / "a.tmx"), source_language="fr")


@pytest.mark.parametrize(("content", "message"), BAD_TMX)
def test_a_tmx_that_is_broken_or_an_attack_is_refused(
    tmp_path: Path, content: str, message: str
) -> None:
    (tmp_path / "a.tmx").write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError, match=message) as caught:
        _read(kind="tmx", path=str(tmp_path / "a.tmx"))
    assert caught.value.problems[0].startswith(f"sets: s: {tmp_path}/a.tmx: ")


def test_a_tmx_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.tmx: cannot be read: No such file"):
        _read(kind="tmx", path=str(tmp_path / "none.tmx"))


def test_files_have_documents_and_missing_references(tmp_path: Path) -> None:
    write_files(tmp_path, zh=["甲", "乙"], one=["A", ""], two=["a", "b"], documents=["d1", "d2"])
    names = {name: str(tmp_path / f"{name}.txt") for name in ("zh", "one", "two", "documents")}
    assert _read(
        kind="files",
        source=names["zh"],
        references=[names["one"], names["two"]],
        documents=names["documents"],
    ) == [("1", "甲", ("A", "a"), "d1"), ("2", "乙", ("b",), "d2")]


def test_a_set_of_sacrebleu_is_read_from_its_cache_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sacrebleu.dataset import DATASETS

    monkeypatch.setattr(DATASETS["wmt19"], "_outdir", str(tmp_path))
    with pytest.raises(ConfigError, match=r"wmt19/zh-en is not in sacreBLEU's cache"):
        _read(kind="sacrebleu", id="wmt19")
    for field in DATASETS["wmt19"].fieldnames("zh-en"):
        text = {"src": "你好\n", "docid": "d\n"}.get(field, "Hello\n")
        (tmp_path / f"wmt19.zh-en.{field}").write_text(text, encoding="utf-8")
    assert [row[1:3] for row in _read(kind="sacrebleu", id="wmt19")] == [("你好", ("Hello",))]
    with pytest.raises(ConfigError, match="no test set 'wmt99'"):
        _read(kind="sacrebleu", id="wmt99")


XML = """<dataset id="wmt22"><collection id="g"><doc id="d1" origlang="zh">
<src lang="zh"><p><seg id="1">你好</seg><seg id="2">再见</seg></p></src>
<ref lang="en" translator="A"><p><seg id="1">Hello</seg><seg id="2">Bye</seg></p></ref>
<ref lang="en" translator="B"><p><seg id="1">Hi</seg><seg id="2">Goodbye</seg></p></ref>
</doc></collection></dataset>"""


def test_a_set_of_later_years_is_read_from_what_sacrebleu_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its fields stand in the XML: without it sacreBLEU would go to the network to name them."""
    from sacrebleu.dataset import DATASETS

    wmt22: Any = DATASETS["wmt22"]
    monkeypatch.setattr(wmt22, "_outdir", str(tmp_path))
    monkeypatch.setattr(wmt22, "_rawdir", str(tmp_path / "raw"))
    with pytest.raises(ConfigError, match=r"wmt22/zh-en is not in sacreBLEU's cache"):
        _read(kind="sacrebleu", id="wmt22")
    path = Path(wmt22._get_langpair_path("zh-en"))
    path.parent.mkdir(parents=True)
    path.write_text(XML, encoding="utf-8")
    for url in wmt22.data:
        (tmp_path / "raw" / wmt22._get_tarball_filename(url)).write_text("x", encoding="utf-8")
    found = _read(kind="sacrebleu", id="wmt22")
    assert [row[1] for row in found] == ["你好", "再见"]
    assert {row[3] for row in found} == {"d1"}
    allowed = wmt22._get_langpair_allowed_refs("zh-en")
    assert all(row[2] for row in found), allowed


def test_a_folder_is_read_as_a_dataset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_DATASETS_OFFLINE", "1")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path / "cache")
    (tmp_path / "data").mkdir()
    row = {"translation": {"zh": "你好", "en": "Hello"}}
    (tmp_path / "data/test.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    columns = {"source": "translation.zh", "references": ["translation.en"]}
    found = _read(kind="dataset", path=str(tmp_path / "data"), **columns)
    assert found == [("1", "你好", ("Hello",), None)]
    variants = {"language": ["en", "en", "zh"], "translation": ["Hello", "Hi", "你好"]}
    for several in (variants, {"zh": ["你", "好"], "en": ["Hello", "Hi"]}):
        text = json.dumps({"translation": several})
        (tmp_path / "data/test.jsonl").write_text(text + "\n", encoding="utf-8")
        [(_, source, references, _)] = _read(kind="dataset", path=str(tmp_path / "data"), **columns)
        assert (source.replace("\n", ""), references) == ("你好", ("Hello", "Hi"))
    with pytest.raises(ConfigError, match="a hub id needs a 'revision'"):
        _read(kind="dataset", path="no/where")
