"""Campaigns and FLORES as they are published, labels, human references, segments without one."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from pipeline.errors import ConfigError
from pipeline.evaluate.inputs.campaign import read_campaign
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
