"""What a model cannot read is said: by its tokenizer, in every sentence, and of the whole run."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

import pipeline.engine.translation.model
from models.protocols import Candidate, best_translations
from models.runtime.control import NO_CONTROL, Control
from models.seq2seq.tokenizer import load_tokenizer
from models.seq2seq.translator import BatchTranslator, Decoding, Hypothesis
from models.weights.architecture import read_architecture
from pipeline.cli import cli
from pipeline.memory.memory import Memory
from pipeline.records import Sentence, SentenceScore, TranslatedSentence
from pipeline.report.article import ReportSentence
from pipeline.report.vocabulary import GapCounter, VocabularyGaps, describe_gaps
from pipeline.testing import FakeTranslator
from tests import checkpoints


@pytest.mark.parametrize(
    "make", [checkpoints.make_marian, checkpoints.make_nllb, checkpoints.make_m2m100]
)
def test_a_tokenizer_tells_the_characters_it_lacks(
    make: Callable[[Path], Path], tmp_path: Path
) -> None:
    folder = make(tmp_path / "model")
    tokenizer = load_tokenizer(folder, read_architecture(folder))
    texts = ["今年上海的经济合作。", "今年鹰与鸡的经济，鹰！", "鹰"]
    found = [each.unknown for each in tokenizer.encode(texts, 40)]
    assert found[0] == ""
    assert set("鹰鸡") <= set(found[1])
    assert "今" not in found[1]
    assert found[1].count("鹰") == 2
    assert found[2] == "鹰"


class Silent:
    """A decoder that ends every output at once."""

    is_exact = True

    def decode(
        self,
        batch: Sequence[Sequence[int]],
        decoding: Decoding,
        count: int,
        control: Control = NO_CONTROL,
    ) -> list[list[Hypothesis]]:
        return [[Hypothesis((), 0.0, True)] * count for _ in batch]


def test_a_translation_says_which_characters_were_unknown(tmp_path: Path) -> None:
    folder = checkpoints.make_marian(tmp_path / "model")
    tokenizer = load_tokenizer(folder, read_architecture(folder))
    decoding = Decoding(
        beams=1,
        length_penalty=1.0,
        no_repeat_ngram_size=0,
        max_source_tokens=40,
        max_target_tokens=10,
    )
    translator = BatchTranslator((Silent(),), tokenizer, decoding, 100)
    found = best_translations(translator, ["今年鹰。", "", "今年。", "鹰"])
    assert [each.unknown for each in found] == ["鹰", "", "", "鹰"]


def test_the_memory_keeps_what_was_unknown(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "memory.sqlite")
    said = Candidate("An eagle.", 0.5, unknown="鹰")
    memory.add_all([("m", [("鹰。", said)])])
    assert memory.find("m", ["鹰。"]) == {"鹰。": said}
    memory.close()


def _line(source: str, unknown: str, origin: str = "model") -> ReportSentence:
    translated = TranslatedSentence("s1", "x", origin, 0.5, unknown=unknown)  # type: ignore[arg-type]
    return ReportSentence("a", Sentence("s1", source, ()), translated, SentenceScore("s1", 0.5, ()))


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], VocabularyGaps(0, 0, 0, ())),
        ([_line("今 年", "")], VocabularyGaps(2, 0, 0, ())),
        (
            [_line("鹰鹰鸡。", "鹰鹰鸡"), _line("鸡。", "鸡"), _line("鹤", "鹤", "editor")],
            VocabularyGaps(6, 4, 2, (("鸡", 2), ("鹰", 2))),
        ),
    ],
)
def test_characters_are_counted_over_what_the_model_translated(
    lines: Sequence[ReportSentence], expected: VocabularyGaps
) -> None:
    reading = GapCounter()
    for line in lines:
        reading.add(line)
    assert reading.result() == expected


def test_the_sentence_names_the_most_frequent_and_how_many_more() -> None:
    found = tuple((chr(0x4E00 + n), 20 - n) for n in range(14))
    said = describe_gaps(VocabularyGaps(1000, 100, 7, found))
    assert said.startswith("The model's vocabulary lacks 10.00 % of the characters")
    assert "in 7 sentences: 一 (20), 丁 (19)" in said
    assert "and 2 more" in said
    assert VocabularyGaps(0, 0, 0, ()).share == 0


class Blind(FakeTranslator):
    """A translator that cannot read one character."""

    def answer(self, sentences: Sequence[str]) -> list[Candidate]:
        return [
            Candidate("English.", 0.5, unknown="鹰" * sentence.count("鹰"))
            for sentence in sentences
        ]


CONFIG = """
input: {{paths: [{folder}/input]}}
output: {folder}/runs/test
runtime: {{device: cpu}}
translate: {{model: {{kind: seq2seq, path: "bundled:zh-en"}}}}
summarize: {{model: {{kind: extractive, sentences: 1}}}}
score: {{bootstrap_samples: 10}}
"""


def test_a_run_says_what_its_model_cannot_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "input").mkdir()
    (tmp_path / "input/a.md").write_text("# 老鹰\n\n一只老鹰飞过山谷。\n", encoding="utf-8")
    (tmp_path / "config.yaml").write_text(CONFIG.format(folder=tmp_path), encoding="utf-8")
    monkeypatch.setattr(
        pipeline.engine.translation.model, "load_translator", lambda *_, **__: Blind()
    )
    arguments = ["run", "-c", str(tmp_path / "config.yaml")]
    said = "The model's vocabulary lacks 18.18 % of the characters it was given, in 2 sentences"
    for _ in range(2):  # the second one makes nothing, and warns all the same
        result = CliRunner().invoke(cli, arguments)
        assert result.exit_code == 0, result.output
        assert f"warning: {said}" in result.output
    folder = tmp_path / "runs/test"
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["vocabulary"] == {
        "characters": 11,
        "unknown": 2,
        "sentences": 2,
        "found": [["鹰", 2]],
    }
    assert said in (folder / "report.md").read_text(encoding="utf-8")
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert page.count("not in the model&#39;s vocabulary") + page.count("not in the model's") == 2
    quiet = CliRunner().invoke(cli, [*arguments, "--set", "report.max_unknown_share=0.5"])
    assert "vocabulary lacks" not in quiet.stderr
    assert "## Unknown characters" in (folder / "report.md").read_text(encoding="utf-8")
