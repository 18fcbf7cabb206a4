"""Summaries against reference summaries: the right language, the numbers, the report."""

import json
from pathlib import Path

import pytest

from metric_checkpoints import make_encoder
from pipeline.config.sections import Config
from pipeline.engine.resources import Resources
from pipeline.evaluate.metrics.summaries import summary_scores
from pipeline.records import Article, MetricValue, Summary, SummarySentence
from pipeline.score.rouge import ROUGE_SIGNATURE, is_chinese
from tests.commandline import call_in
from tests.test_cli import PROGRAM, call

TEXTS = [("金山区有项目。", "Jinshan has projects."), ("城市发展。", "The city grows.")]
CONFIG = Config.model_validate(
    {
        "input": {"paths": ["."]},
        "output": "runs/test",
        "translate": {"model": {"kind": "seq2seq", "path": "bundled:zh-en"}},
        "summarize": {"model": {"kind": "extractive"}},
        "score": {"summary_metrics": ["rouge1", "rougel"], "bootstrap_samples": 200},
    }
)


def article(number: int, reference: str | None) -> Article:
    return Article(f"a{number}", "d", "d", "", None, None, (), reference_summary=reference)


def summary(number: int) -> Summary:
    zh, en = TEXTS[number % 2]
    return Summary(f"a{number}", (SummarySentence(zh, ()),), (SummarySentence(en, ()),))


def test_a_reference_is_held_against_the_summary_in_its_language() -> None:
    references = ["金山区有  项目。", "The city\ngrows.", None, "Something else."]
    articles = [article(n, reference) for n, reference in enumerate(references)]
    found = summary_scores(articles, [summary(n) for n in range(4)], Resources(CONFIG))
    perfect = (MetricValue("ROUGE-1", 100.0), MetricValue("ROUGE-L", 100.0))
    nothing = (MetricValue("ROUGE-1", 0.0), MetricValue("ROUGE-L", 0.0))
    assert found.articles == {"a0": perfect, "a1": perfect, "a3": nothing}
    for row in found.corpus:
        assert (row.score, row.segments) == (66.67, 3)
        assert 0 <= row.low < 66 < row.high <= 100
        assert row.signature == f"nrefs:1|bs:200|seed:12345|{ROUGE_SIGNATURE}"


def test_without_a_summary_in_the_language_nothing_is_scored() -> None:
    bare = Summary("a0", (), (SummarySentence("Jinshan.", ()),))
    assert summary_scores([article(0, "金山区。")], [bare], Resources(CONFIG)).corpus == ()


def test_a_single_summary_has_no_interval() -> None:
    [row, _] = summary_scores([article(0, "金山区。")], [summary(0)], Resources(CONFIG)).corpus
    assert row.low == row.score == row.high > 0
    assert row.signature == f"nrefs:1|{ROUGE_SIGNATURE}"


# a text, and whether most of its letters are Chinese
LANGUAGES = [("金山区 GDP", False), ("金山区的GDP", True), ("", False), ("Jinshan 金山", False)]


@pytest.mark.parametrize(("text", "chinese"), LANGUAGES)
def test_a_text_is_chinese_if_most_of_its_letters_are(text: str, chinese: bool) -> None:
    assert is_chinese(text) == chinese


RUN = """
input: {paths: [news.jsonl]}
output: runs/test
runtime: {device: cpu, threads: 1}
translate: {model: {kind: seq2seq, path: "bundled:zh-en", beams: 1}}
summarize: {model: {kind: extractive, sentences: 1}}
score: {summary_bertscore: {kind: bertscore, path: encoder, layer: 1}}
"""


def test_a_run_scores_summaries_of_rows_that_have_a_reference(tmp_path: Path) -> None:
    rows = [
        {"text": "今天天气很好。城市发展。", "reference_summary": "今天天气很好。"},
        {"text": "金山区有23个项目。", "reference_summary": "Jinshan has 23 projects."},
        {"text": "企业办事更高效。"},
    ]
    lines = [json.dumps({"id": str(n)} | row, ensure_ascii=False) for n, row in enumerate(rows)]
    (tmp_path / "news.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (tmp_path / "config.yaml").write_text(RUN, encoding="utf-8")
    make_encoder(tmp_path / "encoder", [row["text"] for row in rows])
    answer = call_in(tmp_path, "run", "--config", "config.yaml")
    assert answer.code == 0, answer.messages
    report = json.loads((tmp_path / "runs/test/report.json").read_text(encoding="utf-8"))
    found = {each["name"]: each for each in report["summary_metrics"]}
    assert list(found) == ["ROUGE-1", "ROUGE-2", "ROUGE-L", "BERTScore"]
    assert {each["segments"] for each in found.values()} == {2}
    assert "|bertscore|model:encoder|" in found["BERTScore"]["signature"]
    assert [bool(each["scores"]["summary"]) for each in report["articles"]] == [True, True, False]
    page = (tmp_path / "runs/test/report.html").read_text(encoding="utf-8")
    assert "Against the reference summary · ROUGE-1" in page
    text = (tmp_path / "runs/test/report.md").read_text(encoding="utf-8")
    assert "## Summaries against reference summaries" in text
    [kept] = (tmp_path / "runs/test/statistics").iterdir()
    (tmp_path / "runs/test/report.html").unlink()
    program = f"{PROGRAM[:-6]}\ntry: main()\nfinally: print('torch' in sys.modules)"
    again = call(tmp_path, "run", "--config", "config.yaml", program=f"import sys; {program}")
    assert (again.returncode, again.stdout.splitlines()[-1]) == (0, "False"), again.stderr
    assert kept.name.startswith("bertscore-")
    gone = call_in(
        tmp_path, *("run", "--config", "config.yaml", "--set"), "score.summary_bertscore.path=gone"
    )
    assert gone.messages.startswith("Error: score.summary_bertscore: model path 'gone'")
    publish = ("run", "--config", "config.yaml", "--set", "licences.publish=true")
    refused = call_in(tmp_path, *publish)
    assert refused.code == 2
    assert "score.summary_bertscore: encoder: no licence is stated" in refused.messages
    card = tmp_path / "encoder/README.md"
    card.write_text("---\nlicense: apache-2.0\n---\n", encoding="utf-8")
    assert call_in(tmp_path, *publish).code == 0
