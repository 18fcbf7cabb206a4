"""Runs from end to end over small inputs; the translator is a fake where the model is no matter."""

import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import pipeline.engine.translation.model
import pipeline.engine.translation.windows
from models.errors import WeightsError
from models.protocols import Candidate, Translator
from pipeline.config.file import load_config
from pipeline.config.sections import Config
from pipeline.engine.journal import Journal
from pipeline.engine.plan import ROW_TYPES
from pipeline.engine.store import Store
from pipeline.errors import FolderLockedError, StoreError
from pipeline.records import Article
from pipeline.run.outcome import Outcome
from pipeline.run.run import Options, run
from pipeline.storage import hold_folder
from pipeline.testing import EchoTranslator
from tests.fakes import BrokenTranslator

CONFIG = """
input: {{paths: [{folder}/input]}}
output: {folder}/runs/test
runtime: {{device: cpu, shard_size: 2}}
translate: {{model: {{kind: seq2seq, path: "bundled:zh-en"}}}}
summarize: {{model: {{kind: extractive, sentences: 1}}}}
score: {{bootstrap_samples: 10}}
"""


class Bench:
    """A folder with a config and inputs, and a run over them."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.output = folder / "runs/test"
        self._patch = monkeypatch
        self.loads = 0
        self.in_main_thread: list[bool] = []
        (folder / "input").mkdir()
        (folder / "config.yaml").write_text(CONFIG.format(folder=folder), encoding="utf-8")

    def add(self, name: str, text: str) -> None:
        (self.folder / "input" / name).write_text(text, encoding="utf-8")

    def config(self, *settings: str) -> Config:
        return load_config(self.folder / "config.yaml", settings)

    def run(self, translator: Translator, *settings: str, **options: Any) -> Outcome:
        def load(*_args: Any, **_kwargs: Any) -> Translator:
            self.loads += 1
            self.in_main_thread.append(threading.current_thread() is threading.main_thread())
            return translator

        self._patch.setattr(pipeline.engine.translation.model, "load_translator", load)
        return run(self.config(*settings), Options(**options), Journal(verbosity=0))

    def manifest(self) -> Any:
        return json.loads((self.output / "manifest.json").read_text(encoding="utf-8"))

    def files(self) -> dict[str, bytes]:
        """Everything a run makes but what tells the time."""
        timed = {"manifest.json", "log.jsonl", "metrics.prom", ".lock"}
        return {
            str(path.relative_to(self.output)): path.read_bytes()
            for path in sorted(self.output.rglob("*"))
            if path.is_file() and path.name not in timed
        }


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    bench = Bench(tmp_path, monkeypatch)
    for number in range(6):
        text = f"# 第{number}号新闻标题\n\n今天是第{number}天。金山区有{number}个项目。\n"
        bench.add(f"n{number}.md", text)
    return bench


def test_a_run_loads_its_translator_once_for_sentences_and_summaries(bench: Bench) -> None:
    bench.add(
        "long.md", "新华社北京电 记者从会上获悉，据介绍，金山区（上海市）今年新开工九个项目。\n" * 2
    )
    translator = EchoTranslator()
    bench.run(translator, until="translate")
    sentences = len(translator.asked)
    bench.run(translator)
    assert len(translator.asked) > sentences, "no line of a summary was translated by itself"
    assert bench.loads == 2
    bench.loads = 0
    bench.run(EchoTranslator(), fresh=True)
    assert bench.loads == 1


def test_a_new_run_loads_its_translator_in_a_thread_while_it_reads(bench: Bench) -> None:
    bench.run(EchoTranslator(), until="segment")
    assert bench.in_main_thread == []
    bench.run(EchoTranslator(), fresh=True)
    assert bench.in_main_thread == [False]
    bench.add("later.md", "# 新的一页\n\n今天是晴天。\n")
    bench.run(EchoTranslator())
    assert bench.in_main_thread == [False, True]


def test_a_model_that_fails_to_load_in_a_thread_ends_the_run_with_its_reason(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: Any, **_kwargs: Any) -> Translator:
        raise WeightsError("the weights are damaged")

    monkeypatch.setattr(pipeline.engine.translation.model, "load_translator", fail)
    with pytest.raises(WeightsError, match="the weights are damaged"):
        run(bench.config(), Options(), Journal(verbosity=0))
    assert bench.manifest()["exit_code"] != 0


def test_a_run_makes_every_table_and_the_report(bench: Bench) -> None:
    outcome = bench.run(EchoTranslator())
    assert outcome.exit_code == 0
    assert [path.name for path in outcome.report_files[:3]] == [
        "report.html",
        "report.md",
        "report.json",
    ]
    manifest = bench.manifest()
    assert set(manifest["tables"]) == {
        "documents",
        "articles",
        "translations",
        "summaries",
        "scores",
    }
    assert manifest["status"] == "done"
    assert manifest["totals"]["articles"] == 6
    assert manifest["models"]["translate"][0]["name"] == "bundled:zh-en"
    report = json.loads((bench.output / "report.json").read_text(encoding="utf-8"))
    assert {"totals", "metrics", "checks", "articles"} <= set(report)
    assert "yibao_exit_code 0" in (bench.output / "metrics.prom").read_text()


def test_the_table_of_documents_has_the_text_that_spans_point_into(bench: Bench) -> None:
    bench.run(EchoTranslator(), until="segment")
    store, tables = Store(bench.output), bench.manifest()["tables"]
    documents = {
        row.id: row
        for key in tables["documents"]
        for row in store.read("documents", key, ROW_TYPES["documents"])
    }
    articles = [row for key in tables["articles"] for row in store.read("articles", key, Article)]
    assert len(documents) == len(articles) == 6
    for article in articles:
        text = documents[article.document_id].text
        for block in article.blocks:
            for sentence in block.sentences:
                assert "".join(text[s.start : s.end] for s in sentence.spans) == sentence.text


def test_a_damaged_shard_of_documents_is_written_again(bench: Bench) -> None:
    bench.run(EchoTranslator())
    before = bench.files()
    shard = min((bench.output / "documents").glob("*.jsonl"))
    shard.write_bytes(shard.read_bytes()[:-40])
    bench.run(EchoTranslator())
    assert bench.files() == before


def test_a_second_run_makes_nothing_and_asks_no_model(bench: Bench) -> None:
    bench.run(EchoTranslator())
    before, echo = bench.files(), EchoTranslator()
    outcome = bench.run(echo)
    assert outcome.exit_code == 0
    assert echo.asked == []
    assert bench.files() == before
    assert set(bench.manifest()["made"].values()) == {0}


def test_one_more_document_remakes_one_shard_of_each_table(bench: Bench) -> None:
    bench.run(EchoTranslator())
    bench.add("extra.md", "# 又一条新闻\n\n明天更好。\n")
    bench.run(EchoTranslator())
    assert set(bench.manifest()["made"].values()) == {1}


def test_a_changed_summarizer_keeps_the_translations(bench: Bench) -> None:
    bench.run(EchoTranslator())
    echo = EchoTranslator()
    bench.run(echo, "summarize.model.method=textrank")
    made = bench.manifest()["made"]
    assert (made["translate"], made["score"]) == (0, 0)
    assert made["summarize"] > 0


def test_device_and_batch_size_change_nothing(bench: Bench) -> None:
    bench.run(EchoTranslator())
    bench.run(EchoTranslator(), "runtime.batch_tokens=64", "runtime.threads=1")
    assert set(bench.manifest()["made"].values()) == {0}


def test_neighbouring_shards_are_translated_together_where_a_memory_keeps_them(
    bench: Bench,
) -> None:
    together, alone = EchoTranslator(), EchoTranslator()
    bench.run(together, until="translate")
    assert bench.manifest()["made"]["translate"] > 1
    assert len(together.asked) == 1
    before = bench.files()
    bench.run(alone, "runtime.memory=off", until="translate", fresh=True)
    assert len(alone.asked) == bench.manifest()["made"]["translate"]
    assert bench.files() == before


@pytest.mark.parametrize("bytes_a_character", [1, 1000], ids=["alone", "together"])
def test_a_stopped_run_picks_up_where_it_stopped(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, bytes_a_character: int
) -> None:
    monkeypatch.setattr(pipeline.engine.translation.windows, "BYTES_A_CHARACTER", bytes_a_character)
    small = "runtime.batch_tokens=64"

    class Stops(EchoTranslator):
        def answer(self, sentences: Sequence[str]) -> list[Candidate]:
            if len(self.asked) == 1:
                raise KeyboardInterrupt
            return super().answer(sentences)

    stops, goes_on = Stops(), EchoTranslator()
    with pytest.raises(KeyboardInterrupt):
        bench.run(stops, small)
    assert bench.manifest()["status"] == "interrupted"
    assert bench.manifest()["exit_code"] == 130
    bench.run(goes_on, small)
    assert len(goes_on.asked) > 1
    asked = [s for window in [*stops.asked, *goes_on.asked] for s in window]
    assert len(asked) == len(set(asked)), "a sentence was translated twice"
    after = bench.files()
    undisturbed = EchoTranslator()
    bench.run(undisturbed, small, fresh=True)
    assert bench.files() == after


def test_one_bad_article_stops_nothing_and_is_tried_again(bench: Bench) -> None:
    outcome = bench.run(BrokenTranslator("第3天"))
    assert outcome.exit_code == 3
    [failure] = outcome.failures
    assert (failure.id, failure.stage) == ("n3.1", "translate")
    assert failure.reason == "RuntimeError: cannot translate 第3天"
    [line] = (bench.output / "failures.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["id"] == "n3.1"
    assert bench.manifest()["totals"]["articles"] == 5
    assert bench.manifest()["totals"]["failed"] == 1

    assert bench.run(BrokenTranslator("第3天")).exit_code == 3, "still broken, still told"

    healed = bench.run(EchoTranslator())
    assert healed.exit_code == 0
    assert not (bench.output / "failures.jsonl").exists()
    assert bench.manifest()["totals"]["articles"] == 6


def test_when_every_article_fails_the_run_has_failed(bench: Bench) -> None:
    outcome = bench.run(BrokenTranslator("新闻"))
    assert outcome.exit_code == 1
    assert len(outcome.failures) == 6


def test_an_unreadable_document_is_named_and_the_others_are_finished(bench: Bench) -> None:
    (bench.folder / "input/photo.md").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00binary")
    (bench.folder / "input/empty.md").write_bytes(b"")
    outcome = bench.run(EchoTranslator())
    assert outcome.exit_code == 3
    assert {Path(failure.source).name for failure in outcome.failures} == {"photo.md", "empty.md"}
    assert bench.manifest()["totals"]["articles"] == 6


def test_until_and_limit_stop_early(bench: Bench) -> None:
    outcome = bench.run(EchoTranslator(), until="segment", limit=2)
    assert outcome.report_files == ()
    assert set(bench.manifest()["tables"]) == {"documents", "articles"}
    assert not (bench.output / "report.html").exists()


def test_two_runs_never_write_to_one_folder(bench: Bench) -> None:
    with (
        hold_folder(bench.output),
        pytest.raises(FolderLockedError, match="another run is writing"),
    ):
        bench.run(EchoTranslator())


def test_a_folder_that_cannot_be_made_is_named(bench: Bench) -> None:
    bench.output.parent.mkdir(parents=True)
    bench.output.write_text("a file")
    with pytest.raises(StoreError, match=r"runs/test: cannot be made"):
        bench.run(EchoTranslator())
