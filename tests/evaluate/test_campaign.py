"""Campaigns and FLORES as they are published, labels, human references, segments without one."""

import csv
import gzip
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow
import pytest
import yaml
from pyarrow import parquet

from pipeline.errors import ConfigError
from pipeline.evaluate.inputs.campaign import read_campaign
from pipeline.evaluate.inputs.set_files import flores_segments
from pipeline.evaluate.results import EvaluationSegment
from tests.commandline import call
from tests.evaluations import sentences, small_set, worsened, write_files

ENGLISH = sentences(20)
CHINESE = [segment.source for segment in small_set(ENGLISH).segments]
FAIR, POOR = worsened(ENGLISH, 0.3), worsened(ENGLISH, 0.8, seed=2)
OWNERS = [f"{'news' if at < 12 else 'social'} doc{at // 4}" for at in range(20)]


def _write(path: Path, lines: Sequence[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def make_layout(folder: Path) -> Path:
    """Write a folder of mt-metrics-eval, with a second reference among the systems."""
    _write(folder / "sources/zh-en.txt", CHINESE)
    _write(folder / "sources/en-de.txt", ["x"])
    _write(folder / "documents/zh-en.docs", OWNERS)
    _write(folder / "references/zh-en.refA.txt", ENGLISH)
    _write(folder / "references/zh-en.refB.txt", worsened(ENGLISH, 0.1))
    for name, texts in (("fair", FAIR), ("poor", POOR), ("refA", ENGLISH)):
        _write(folder / f"system-outputs/zh-en/{name}.txt", texts)
    scores = [f"fair {-at % 3}" for at in range(20)] + ["poor None"] + ["poor -5"] * 19
    _write(folder / "human-scores/zh-en.mqm.seg.score", scores)
    _write(folder / "human-scores/zh-en.mqm.sys.score", ["fair 9", "poor 9"])
    _write(folder / "human-scores/zh-en.wmt-z.sys.score", ["fair 0.1", "poor -0.2", "refB 0.3"])
    return folder


def make_xml(path: Path) -> Path:
    """Write WMT's XML: two documents, one of a test suite, a hypothesis without a segment."""

    def seg(texts: Sequence[str]) -> str:
        return "<p>" + "".join(f'<seg id="{n}">{t}</seg>' for n, t in enumerate(texts, 1)) + "</p>"

    def doc(name: str, low: int, high: int, more: str = "") -> str:
        return (
            f'<doc id="{name}" origlang="zh" domain="news"{more}>'
            f'<src lang="zh">{seg(CHINESE[low:high])}</src>'
            f'<ref lang="en" translator="A">{seg(ENGLISH[low:high])}</ref>'
            f'<ref lang="en" translator="B">{seg(FAIR[low:high])}</ref>'
            f'<hyp system="fair" lang="en">{seg(FAIR[low:high])}</hyp>'
            f'<hyp system="poor" lang="en">{seg(POOR[low : high - 1])}</hyp></doc>'
        )

    text = doc("one", 0, 8) + doc("two", 8, 14) + doc("suite", 14, 20, ' testsuite="x"')
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f'<?xml version="1.0"?><dataset id="wmt24"><collection id="general">{text}</collection>'
        "</dataset>",
        encoding="utf-8",
    )
    return path


def make_jsonl(path: Path) -> Path:
    """Write WMT's JSON Lines of 2025, with two waves of ESA scores."""
    rows = []
    for at in range(20):
        scores = {"human1": 90 - at, "annotator1": "ann", "human2": 80 - at, "annotator2": "ben"}
        rows.append(
            {
                "doc_id": f"zh-en_#_news_#_d{at // 5}_#_{at}",
                "src_text": CHINESE[at],
                "tgt_text": {"refA": ENGLISH[at], "fair": FAIR[at], "poor": POOR[at]},
                "scores": {"fair": scores, "poor": {"human1": 20.5}},
            }
        )
    rows.append({"doc_id": "en-de_#_news_#_d_#_1", "src_text": "x", "tgt_text": {"fair": "y"}})
    _write(path, [json.dumps(row, ensure_ascii=False) for row in rows])
    return path


@pytest.fixture(scope="module")
def layout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of a campaign that was evaluated with one option."""
    folder = make_layout(tmp_path_factory.mktemp("campaign") / "wmt23")
    answer = call(
        *("evaluate", "--campaign", str(folder), "--metric", "chrf", "--metric", "spbleu"),
        *("--trials", "300", "--significance", "0.04", "--output", str(folder / "out")),
    )
    assert answer.code == 0, answer.messages
    (folder / "messages.txt").write_text(answer.messages, encoding="utf-8")
    return folder


def test_a_folder_of_mt_metrics_eval_is_one_option(layout: Path) -> None:
    value = json.loads((layout / "out/evaluation.json").read_text(encoding="utf-8"))
    [result] = value["sets"]
    assert result["name"] == "wmt23 zh-en"
    assert result["trials"] == 300
    assert value["significance"] == 0.04
    assert [system["name"] for system in result["systems"]] == ["refB", "fair", "poor"]
    humans = {(row["human"], row["level"]) for row in result["agreement"]}
    # the finest level of each name; two systems are too few to compare systems
    assert humans == {("mqm", "segment"), ("wmt-z", "system")}


def test_spbleu_without_its_tokenizer_is_left_out_with_a_line(
    layout: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sacrebleu.utils.SACREBLEU_DIR", str(tmp_path))
    options = ("--metric", "chrf", "--metric", "spbleu", "--output", str(tmp_path / "out"))
    answer = call("evaluate", "--campaign", str(layout), "--trials", "100", *options)
    assert answer.code == 0, answer.messages
    assert "warning: spBLEU is left out: metrics: spbleu: its tokenizer is missing" in (
        answer.messages
    )
    alone = call("evaluate", "--campaign", str(layout), *options[2:])
    assert alone.code == 2
    assert "its tokenizer is missing" in alone.messages


def test_scores_by_document_and_domain(layout: Path) -> None:
    text = (layout / "out/groups.csv").read_text(encoding="utf-8")
    rows = [row for row in csv.DictReader(text.splitlines()) if row["metric"] == "chrf"]
    kinds = {(row["kind"], row["group"]): int(row["segments"]) for row in rows}
    assert kinds["document", "doc0"] == 4
    assert kinds["domain", "news"] == 12
    assert kinds["domain", "social"] == 8
    places = {(r["group"], r["system"]): r["place"] for r in rows if r["kind"] == "domain"}
    assert places["news", "refB"] == "1"
    assert places["news", "poor"] == "3"
    markdown = (layout / "out/evaluation.md").read_text(encoding="utf-8")
    assert "mean over 5" in markdown
    assert "Words by frequency" in markdown


def test_wmt_xml_is_read_without_test_suites(tmp_path: Path) -> None:
    campaign = read_campaign(str(make_xml(tmp_path / "wmttest2024.zh-en.all.xml")), "zh-en")
    assert [segment.source for segment in campaign.set.segments] == CHINESE[:14]
    assert campaign.set.segments[8].references == (ENGLISH[8],)
    assert (campaign.set.segments[8].id, campaign.set.segments[8].document) == ("two:1", "two")
    assert campaign.set.segments[0].labels == (("domain", "news"),)
    outputs = {output.name: output.hypotheses for output in campaign.outputs}
    assert set(outputs) == {"refB", "fair", "poor"}
    assert outputs["fair"] == tuple(FAIR[:14])
    assert outputs["poor"][7] == ""


def test_wmt_jsonl_is_read_with_scores_and_raters(tmp_path: Path) -> None:
    campaign = read_campaign(str(make_jsonl(tmp_path / "wmt25-genmt-humeval.jsonl")), "zh-en")
    assert len(campaign.set.segments) == 20
    assert campaign.set.segments[0].references == (ENGLISH[0],)
    assert [output.name for output in campaign.outputs] == ["fair", "poor"]
    ratings = campaign.human["human"]
    assert len(ratings) == 20 * 3
    assert {rating.rater for rating in ratings} == {"ann", "ben", None}
    assert ratings[0].segment == campaign.set.segments[0].id


def odd_xml(path: Path, *changes: tuple[str, str]) -> Path:
    """Write WMT's XML with parts replaced."""
    text = make_xml(path).read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    return path


def test_references_of_xml_without_a_translator_are_told_apart(tmp_path: Path) -> None:
    changes = (' translator="A"', ""), (' translator="B"', ""), ('"fair"', '"refiner"')
    campaign = read_campaign(str(odd_xml(tmp_path / "w.zh-en.xml", *changes)), "zh-en")
    assert campaign.set.segments[0].references == (ENGLISH[0],)
    # "fair" is renamed in the first document: a system may miss a document
    outputs = {output.name: output.hypotheses for output in campaign.outputs}
    assert list(outputs) == ["refiner", "poor", "refB", "fair"]
    assert outputs["refiner"][8:] == ("",) * 6
    assert outputs["fair"][:8] == ("",) * 8
    assert outputs["refB"][0] == FAIR[0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (('<seg id="2">', '<seg id="1">'), "document one: segment 1 is there twice in <src>"),
        (('<doc id="two"', '<doc id="one"'), "'one:1' is there twice; rename one"),
    ],
)
def test_xml_that_names_a_segment_twice_is_refused(
    change: tuple[str, str], message: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=message):
        read_campaign(str(odd_xml(tmp_path / "w.zh-en.xml", change)), "zh-en")


def odd_jsonl(path: Path, change: dict[str, object]) -> Path:
    """Write WMT's JSON Lines with the first row changed."""
    rows = [json.loads(line) for line in make_jsonl(path).read_text(encoding="utf-8").splitlines()]
    _write(path, [json.dumps(rows[0] | change), *(json.dumps(row) for row in rows[1:])])
    return path


def test_scores_and_texts_that_are_missing_in_jsonl(tmp_path: Path) -> None:
    scores = [{"human1": number} for number in (float("nan"), None, "None", "", 7, "8.5")]
    texts = {"refA": None, "refiner": "a", "fair": None, "poor": "b"}
    change = {"scores": {"fair": scores}, "tgt_text": texts, "refs": {"refC": {"ref": None}}}
    path = odd_jsonl(tmp_path / "wmt25.jsonl", change)
    campaign = read_campaign(str(path), "zh-en")
    first = campaign.set.segments[0]
    assert first.references == ()
    assert [each.score for each in campaign.human["human"] if each.segment == first.id] == [7, 8.5]
    outputs = {output.name: output.hypotheses[0] for output in campaign.outputs}
    assert outputs == {"refC": "", "refiner": "a", "fair": "", "poor": "b"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"doc_id": "zh-en_#_news_#_d0_#_1"}, "'zh-en_#_news_#_d0_#_1' is there twice"),
        ({"scores": {"fair": {"human1": "good"}}}, "'good' is not a number"),
        ({"tgt_text": "one text"}, "needs rows with doc_id, src_text and tgt_text"),
    ],
)
def test_jsonl_that_cannot_be_scored_is_refused(
    change: dict[str, object], message: str, tmp_path: Path
) -> None:
    path = odd_jsonl(tmp_path / "wmt25.jsonl", change)
    answer = call("evaluate", "--campaign", str(path), "--output", str(tmp_path / "out"))
    assert answer.code == 2
    assert message in answer.messages


def test_flores_as_parquet_with_rows_that_differ(tmp_path: Path) -> None:
    def write(language: str, rows: list[dict[str, object]]) -> None:
        path = tmp_path / f"devtest/{language}.parquet"
        path.parent.mkdir(exist_ok=True)
        parquet.write_table(pyarrow.Table.from_pylist(rows), path)

    def segments() -> list[EvaluationSegment]:
        return flores_segments(str(tmp_path), "devtest", "cmn_Hans", "eng_Latn", "sets: f")

    write("cmn_Hans", [{"id": n, "text": f"第{n}句。", "topic": "news"} for n in range(3)])
    write("eng_Latn", [{"id": n, "text": [None, "b", "c"][n]} for n in range(3)])
    assert [segment.references for segment in segments()] == [(), ("b",), ("c",)]
    assert segments()[0].labels == (("topic", "news"),)
    write("eng_Latn", [{"id": n, "text": "x"} for n in (0, 2, 1)])
    with pytest.raises(ConfigError, match=r"row 2 has id 1 in .*, but 2 in .*; sort both by id"):
        segments()
    write("eng_Latn", [{"id": n, "line": "x"} for n in range(3)])
    with pytest.raises(ConfigError, match="row 1: needs an object with 'text'"):
        segments()
    (tmp_path / "devtest/eng_Latn.parquet").write_text("x", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"eng_Latn.parquet: cannot be read"):
        segments()


def evaluate_campaign(folder: Path, *, rc: int = 0, **keys: object) -> tuple[str, dict[str, Any]]:
    """Evaluate a config of a campaign; return the messages and the first set as JSON."""
    config = {"output": str(folder / "out"), "metrics": ["chrf"], "trials": 100, **keys}
    (folder / "c.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    answer = call("evaluate", "-c", str(folder / "c.yaml"))
    assert answer.code == rc, answer.messages
    if rc:
        return answer.messages, {}
    value = json.loads((folder / "out/evaluation.json").read_text(encoding="utf-8"))
    return answer.messages, value["sets"][0]


def names_of(result: dict[str, Any]) -> list[str]:
    """Return the names of the systems of a set."""
    return [system["name"] for system in result["systems"]]


def make_texts(folder: Path, translator: str = "ref.refA") -> Path:
    """Write WMT's folder of text files, as of 2021 to 2023, beside another pair."""
    texts = folder / "txt"
    _write(texts / "sources/generaltest2023.zh-en.src.zh", CHINESE)
    _write(texts / "sources/generaltest2023.en-zh.src.en", ENGLISH)
    _write(texts / f"references/generaltest2023.zh-en.{translator}.en", ENGLISH)
    for name, lines in (("Lan-BridgeMT.v1", FAIR), ("ONLINE-A", POOR)):
        _write(texts / f"system-outputs/generaltest2023.zh-en.hyp.{name}.en", lines)
        _write(texts / f"system-outputs/generaltest2023.en-zh.hyp.{name}.zh", CHINESE)
    return folder


@pytest.mark.parametrize("translator", ["ref.A", "ref.refA"])
def test_the_text_files_of_wmt_are_one_line_of_yaml(translator: str, tmp_path: Path) -> None:
    folder = make_texts(tmp_path / "wmt23-news-systems", translator)
    _, result = evaluate_campaign(tmp_path, campaign=str(folder))
    assert result["name"] == "generaltest2023 zh-en"
    assert names_of(result) == ["Lan-BridgeMT.v1", "ONLINE-A"]
    _, result = evaluate_campaign(tmp_path, campaign=str(folder / "txt"))
    assert len(result["systems"][0]["metrics"]) == 1
    message, _ = evaluate_campaign(tmp_path, rc=2, campaign=str(folder), languages="cs-en")
    assert "has no cs-en; it has en-zh, zh-en" in message


def test_the_reference_of_a_campaign_can_be_chosen(layout: Path, tmp_path: Path) -> None:
    made = layout / "references/zh-en.synthetic_ref.txt"
    _write(made, POOR)
    keys: dict[str, Any] = {"campaign": str(layout), "campaign_reference": "refB"}
    message, result = evaluate_campaign(tmp_path, **keys)
    made.unlink()
    assert names_of(result) == ["refA", "synthetic_ref", "fair", "poor"]
    assert "human.wmt-z: left out the scores of 1 other system: refB" in message
    message, _ = evaluate_campaign(tmp_path, rc=2, **keys | {"campaign_reference": "refC"})
    assert "campaign_reference: " in message
    assert "has no 'refC'; it has refA, refB" in message


def test_a_folder_of_several_campaigns_names_them(tmp_path: Path) -> None:
    for name in ("wmt22", "wmt23"):
        make_layout(tmp_path / "v2" / name)
    message, _ = evaluate_campaign(tmp_path, rc=2, campaign=str(tmp_path / "v2"))
    assert "name one of the campaigns in it: wmt22, wmt23" in message
    message, _ = evaluate_campaign(tmp_path, rc=2, campaign=str(tmp_path / "v3"))
    assert "v3: no such file or folder" in message


def test_packed_files_of_a_campaign(tmp_path: Path) -> None:
    folder = make_layout(tmp_path / "wmt23")
    for file in (folder / "sources/zh-en.txt", folder / "system-outputs/zh-en/fair.txt"):
        file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes()))
        file.unlink()
    message, result = evaluate_campaign(tmp_path, campaign=str(folder))
    assert "line ends" not in message
    assert names_of(result) == ["refB", "fair", "poor"]
    packed = gzip.compress(make_xml(tmp_path / "w.xml").read_bytes())
    (tmp_path / "wmttest2024.zh-en.all.xml.gz").write_bytes(packed)
    path = str(tmp_path / "wmttest2024.zh-en.all.xml.gz")
    _, result = evaluate_campaign(tmp_path, campaign=path)
    assert (len(result["systems"]), result["segments"]) == (3, 14)
    (tmp_path / "wmttest2024.zh-en.all.xml.gz").write_bytes(packed[:-20])
    message, _ = evaluate_campaign(tmp_path, rc=2, campaign=path)
    assert "all.xml.gz: damaged gzip data" in message


def test_a_folder_with_several_files_of_wmt(tmp_path: Path) -> None:
    """The file with every system is read, not a file that holds no translation."""
    folder = tmp_path / "wmt25"
    make_jsonl(folder.joinpath("data/wmt25-genmt-humeval.jsonl"))
    _write(folder / "data/systems/ours.jsonl", ['{"doc_id": "zh-en_#_a", "hypothesis": "x"}'])
    _write(folder / "participants.jsonl", ["{}"])
    _, result = evaluate_campaign(tmp_path, campaign=str(folder))
    assert names_of(result) == ["fair", "poor"]
    make_xml(folder / "wmttest2024.zh-en.A.xml")
    make_xml(folder / "wmttest2024.zh-en.all.xml")
    _, result = evaluate_campaign(tmp_path, campaign=str(folder))
    assert result["name"] == "wmttest2024.zh-en.all"
    pointer = ["version https://git-lfs.github.com/spec/v1", "oid sha256:1", "size 9"]
    _write(tmp_path / "p.jsonl", pointer)
    message, _ = evaluate_campaign(tmp_path, rc=2, campaign=str(tmp_path / "p.jsonl"))
    assert "p.jsonl: a pointer of Git LFS, not the file; run: git lfs pull" in message


def test_the_judgements_of_2024_are_a_campaign(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = []
    for at in range(20):
        row = {"langs": "zh-en", "line_id": at, "src": CHINESE[at], "doc_id": f"d{at // 5}"}
        texts = {"refA": ENGLISH[at], "fair": FAIR[at], "poor": POOR[at]}
        for system, text in texts.items():
            judged = {"system": system, "tgt": text, "esa_score": "66", "annotator": "ann"}
            rows.append(row | judged | {"domain": "news", "esa_spans": []})
    rows.append(rows[1] | {"esa_score": "70", "annotator": "ben"})
    rows.append({"langs": "en-es", "system": "x", "src": "a", "tgt": "b", "line_id": 1})
    _write(tmp_path / "wmt24_esa.jsonl", [json.dumps(row) for row in rows])
    _, result = evaluate_campaign(tmp_path, campaign=str(tmp_path / "wmt24_esa.jsonl"))
    assert (names_of(result), result["segments"]) == (["fair", "poor"], 20)
    scores = {s["name"]: s["metrics"][-1]["score"] for s in result["systems"]}
    assert scores == {"fair": pytest.approx((19 * 66 + 68) / 20), "poor": 66}


def test_a_system_without_any_output_is_scored_and_named(tmp_path: Path) -> None:
    path = make_xml(tmp_path / "w.zh-en.xml")
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r'(<hyp system="poor" lang="en">).*?(</hyp>)', r"\1\2", text), "utf-8")
    message, result = evaluate_campaign(tmp_path, campaign=str(path))
    assert "poor on w.zh-en: 14 of 14 lines have no text" in message
    assert set(names_of(result)) == {"refB", "fair", "poor"}


def test_flores_200_with_its_table_of_metadata(tmp_path: Path) -> None:
    folder = tmp_path / "flores200_dataset"
    _write(folder / "dev/zho_Hans.dev", CHINESE)
    _write(folder / "dev/eng_Latn.dev", ENGLISH)
    head = "URL\tdomain\ttopic\thas_image\thas_hyperlink"
    table = [f"u{n // 4}\twiki{n // 10}\tx{n % 2}\tno\tno" for n in range(20)]
    _write(folder / "metadata_dev.tsv", [head, *table])
    write_files(tmp_path, fair=FAIR, poor=POOR)
    flores = {"kind": "flores", "name": "f", "path": str(folder), "split": "dev"}
    systems = [{"kind": "file", "name": n, "path": f"{n}.txt"} for n in ("fair", "poor")]
    message, _ = evaluate_campaign(tmp_path, rc=2, sets=[flores], systems=systems)
    assert "set source, target and split; it has eng_Latn, zho_Hans" in message
    evaluate_campaign(tmp_path, sets=[flores | {"source": "zho_Hans"}], systems=systems)
    groups = (tmp_path / "out/groups.csv").read_text(encoding="utf-8")
    kinds = {(row["kind"], row["group"]) for row in csv.DictReader(groups.splitlines())}
    assert {("domain", "wiki1"), ("topic", "x1"), ("document", "u0")} <= kinds


def test_flores_of_the_hub_has_a_folder_per_language(tmp_path: Path) -> None:
    for language, lines in (("zho_Hans", CHINESE), ("eng_Latn", ENGLISH)):
        rows = [{"id": n, "URL": "u", "sentence": line} for n, line in enumerate(lines)]
        path = tmp_path / f"{language}/devtest-00000-of-00001.parquet"
        path.parent.mkdir()
        parquet.write_table(pyarrow.Table.from_pylist(rows), path)
    found = flores_segments(str(tmp_path), "devtest", "zho_Hans", "eng_Latn", "sets: f")
    assert [segment.source for segment in found] == CHINESE
    assert (found[3].references, found[3].document) == ((ENGLISH[3],), "u")


def test_a_blemish_of_many_systems_is_one_line(tmp_path: Path) -> None:
    spoilt = [f"{text} &amp; {'&quot;' * (at % 2)}" for at, text in enumerate(ENGLISH)]
    names = [f"s{at}" for at in range(6)]
    # the last one is a copy
    texts = {name: [f"{text} {min(at, 4)}" for text in spoilt] for at, name in enumerate(names)}
    write_files(tmp_path, zh=CHINESE, en=ENGLISH, **texts)
    options = [part for n in names for part in ("--hypothesis", f"{n}={tmp_path / n}.txt")]
    answer = call(
        *("evaluate", "--source", str(tmp_path / "zh.txt"), "--output", str(tmp_path / "out")),
        *("--reference", str(tmp_path / "en.txt"), "--metric", "chrf", "--trials", "100", *options),
    )
    assert answer.code == 0, answer.messages
    [line] = [line for line in answer.messages.splitlines() if "have HTML entities" in line]
    assert line.endswith("; the same in 4 other systems: s1, s2, s3, …")
    assert "s5 on zh: has the same text as s4: is it the wrong file?" in answer.messages


def test_what_is_not_a_campaign_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="neither a folder of mt-metrics-eval"):
        read_campaign(str(tmp_path), "zh-en")
    with pytest.raises(ConfigError, match="has no fr-en; it has en-de, zh-en"):
        read_campaign(str(make_layout(tmp_path / "w")), "fr-en")
    (tmp_path / "bad.zh-en.xml").write_text("<dataset><doc>", encoding="utf-8")
    with pytest.raises(ConfigError, match="cannot be read"):
        read_campaign(str(tmp_path / "bad.zh-en.xml"), "zh-en")


def test_flores_labels_human_rows_and_unreferenced_segments(tmp_path: Path) -> None:
    rows = [{"id": at, "text": t, "domain": "wikinews"} for at, t in enumerate(CHINESE)]
    _write(tmp_path / "f/devtest/cmn_Hans.jsonl", [json.dumps(row) for row in rows])
    _write(tmp_path / "f/devtest/eng_Latn.jsonl", [json.dumps({"text": t}) for t in ENGLISH])
    second = ["" if at == 3 else text for at, text in enumerate(FAIR)]
    first = ["" if at in (3, 5) else text for at, text in enumerate(ENGLISH)]
    write_files(tmp_path, zh=CHINESE, en=first, en2=second, fair=FAIR, poor=POOR)
    files = {"kind": "files", "name": "news", "source": "zh.txt"}
    config = {
        "output": "out",
        "sets": [
            {"kind": "flores", "name": "flores", "path": "f"},
            files | {"references": ["en.txt", "en2.txt"], "labels": {"part": "zh.txt"}},
        ],
        "systems": [{"kind": "file", "name": n, "path": f"{n}.txt"} for n in ("fair", "poor")],
        "metrics": ["chrf"],
        "trials": 100,
        "bootstrap_samples": 0,
        "skip_unreferenced": True,
    }
    (tmp_path / "c.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    answer = call("evaluate", "-c", str(tmp_path / "c.yaml"))
    assert answer.code == 0, answer.messages
    assert "news: left out 1 segment without a reference" in answer.messages
    assert "chrF ↑ over 2 sets" in answer.text
    assert "Star: the best mean. Every set counts the same." in answer.text
    assert "–" not in answer.text.split("chrF: nrefs")[0]  # no interval
    text = (tmp_path / "out/leaderboard.csv").read_text(encoding="utf-8")
    assert [row["system"] for row in csv.DictReader(text.splitlines())] == ["fair", "poor"]

    write_files(tmp_path, en=ENGLISH, en2=FAIR)
    answer = call("evaluate", "-c", str(tmp_path / "c.yaml"), "--set", "score_references=true")
    assert answer.code == 0, answer.messages
    assert "flores: score_references needs two references" in answer.messages
    scores = (tmp_path / "out/scores.csv").read_text(encoding="utf-8")
    found = csv.DictReader(scores.splitlines())
    by_system = {row["system"]: row for row in found if row["set"] == "news"}
    assert by_system["reference 2"]["score"] == by_system["fair"]["score"]  # the same texts
    assert by_system["fair"]["signature"].startswith("nrefs:1|")
