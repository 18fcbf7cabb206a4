"""A run that is stopped loses little: what was answered is remembered in small parts."""

from collections.abc import Sequence
from pathlib import Path

import pytest

import pipeline.engine.translation.windows
from models.protocols import Candidate, Search
from pipeline.testing import EchoTranslator
from tests.run.test_run import Bench

SETTINGS = ("runtime.threads=2", "translate.repair.rungs=[nbest, decoding]")


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Twelve pages of ten sentences, half a window of neighbouring shards."""
    monkeypatch.setattr(pipeline.engine.translation.windows, "CTRANSLATE2_ON_CPU_CHARS", 6000)
    bench = Bench(tmp_path, monkeypatch)
    for page in range(12):
        text = "".join(
            f"金山区第{page}批第{number}个项目今天正式开工，总投资{page + 3}亿元。"
            for number in range(10)
        )
        bench.add(f"n{page:02}.md", f"# 第{page}号新闻标题\n\n{text}\n")
    return bench


class Stopped(EchoTranslator):
    """Offers other translations, and is interrupted after so many calls."""

    def __init__(self, calls: int | None = None) -> None:
        super().__init__()
        self.searched: list[list[str]] = []
        self._calls = calls

    def answer(self, sentences: Sequence[str]) -> list[Candidate]:
        self._count()
        return super().answer(sentences)

    def search(self, sentences: Sequence[str], search: Search) -> list[list[Candidate]]:
        self._count()
        self.searched.append([f"{search} {sentence}" for sentence in sentences])
        return [[Candidate(f"Other {len(s)}.", 0.5)] * search.count for s in sentences]

    def _count(self) -> None:
        if self._calls is not None:
            if self._calls == 0:
                raise KeyboardInterrupt
            self._calls -= 1


def _flat(calls: Sequence[Sequence[str]]) -> list[str]:
    return [text for call in calls for text in call]


def test_a_run_stopped_at_any_call_asks_nothing_again_and_ends_with_the_same_bytes(
    bench: Bench,
) -> None:
    whole = Stopped()
    bench.run(whole, *SETTINGS)
    clean = bench.files()
    total, retries = len(_flat(whole.asked)), len(_flat(whole.searched))
    # What a call is asked is lost if the run is killed meanwhile: no more than this.
    assert max(map(len, whole.asked)) < total / 2
    assert max(map(len, whole.searched)) < retries / 6
    calls = len(whole.asked) + len(whole.searched)
    for after in range(1, calls, calls // 4):
        for path in [*bench.output.rglob("*.jsonl"), *bench.output.parent.glob("memory.sqlite*")]:
            path.unlink()
        stopped, goes_on = Stopped(after), Stopped()
        with pytest.raises(KeyboardInterrupt):
            bench.run(stopped, *SETTINGS)
        bench.run(goes_on, *SETTINGS)
        assert bench.files() == clean
        assert sorted(_flat(stopped.asked) + _flat(goes_on.asked)) == sorted(_flat(whole.asked))
        asked = _flat(stopped.searched) + _flat(goes_on.searched)
        assert sorted(asked) == sorted(_flat(whole.searched))
