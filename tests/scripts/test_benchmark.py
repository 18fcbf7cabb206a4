"""benchmark.py: what a process took is its own; peers get the settings that are told."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import pytest

import benchmark
from benchmark import PEERS, Measurement, answer, arguments, last_line, peer, row
from benchmark_lines import MOST_COPIES, sentences, varied
from benchmark_process import ProcessError, child
from benchmark_scaling import distinct_lines
from benchmark_side import BATCHES_SORTED, in_batches
from benchmark_work import Work
from pipeline.segment.sentences import sentence_spans

ECHO = {
    "easynmt/__init__.py": """
import json
class models:
    AutoModel = str
class EasyNMT:
    def __init__(self, translator, device):
        pass
    def translate(self, lines, source_lang, target_lang, **chosen):
        return [json.dumps(chosen) for _ in lines]
""",
    "dl_translate.py": """
import json, types
class TranslationModel:
    def __init__(self, folder, device, model_family):
        self.tokenizer = types.SimpleNamespace()
    def get_tokenizer(self):
        return self.tokenizer
    def translate(self, lines, source, target, generation_options):
        assert self.tokenizer.lang_code_to_id[target] is None
        return [json.dumps(generation_options) for _ in lines]
""",
    "argostranslate/__init__.py": "",
    "argostranslate/translate.py": """
import json, os
NAMES = ("ARGOS_BEAM_SIZE", "ARGOS_INTRA_THREADS")
FOUND = {name: os.environ[name] for name in NAMES if name in os.environ}
class Translation:
    def translate(self, line):
        return json.dumps(FOUND)
def get_translation_from_codes(source, target):
    return Translation()
""",
}
LIMITS: dict[str, dict[str, Any]] = {
    "easynmt": {"beam_size": 3, "max_new_tokens": 17, "perform_sentence_splitting": False},
    "dl-translate": {"num_beams": 3, "max_new_tokens": 17},
    "argos": {"ARGOS_BEAM_SIZE": "3", "ARGOS_INTRA_THREADS": "1"},
}


@pytest.fixture
def echoes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put packages with the peers' names first; each translates a line into what it was told."""
    for name, text in ECHO.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("name", PEERS)
@pytest.mark.parametrize("defaults", [False, True])
def test_a_peer_gets_our_settings_or_as_it_comes_none(
    echoes: Path, name: str, defaults: bool
) -> None:
    settings = {
        "side": name,
        "python": sys.executable,
        "folder": "model",
        "home": str(echoes / "home"),
        "beams": 3,
        "length": 17,
        "threads": 1,
        "defaults": defaults,
        "lines": ["一", "二"],
    }
    output, _, _ = answer(settings)
    found = json.loads(output)
    assert [json.loads(text) for text in found["texts"]] == [{} if defaults else LIMITS[name]] * 2
    assert found["start"] > 0
    assert found["work"] > 0


@pytest.mark.parametrize("text", ["", "easynmt", "marian=python3", "argos=/nowhere/python"])
def test_a_peer_that_is_unknown_or_not_there_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="Python of its environment"):
        peer(text)


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="peak memory is looked up in /proc")
def test_peak_memory_is_that_of_the_process_not_of_the_one_that_started_it() -> None:
    ballast = b"x" * (200 << 20)
    spin = "import time; end = time.perf_counter() + 0.2\nwhile time.perf_counter() < end: pass"
    _, seconds, small = child([sys.executable, "-c", spin], "", None)
    _, _, large = child([sys.executable, "-c", f"ballast = b'x' * (150 << 20)\n{spin}"], "", None)
    assert len(ballast) == 200 << 20
    assert 0 < small < 100
    assert 150 < large < 250
    assert seconds > 0.2


def test_a_process_that_fails_is_told_with_its_own_words() -> None:
    with pytest.raises(SystemExit, match="out of luck"):
        child([sys.executable, "-c", "raise SystemExit('out of luck')"], "", None)


def test_a_process_that_takes_too_long_is_ended() -> None:
    with pytest.raises(ProcessError, match=r"not done after 0\.2 s"):
        child([sys.executable, "-c", "import time; time.sleep(60)"], "", None, 0.2)


LINES = ["他昨天在北京签署了协议。", "“我们赢了！”", "2023年有3.5万人参加。"]


def test_copies_are_all_distinct_single_sentences_and_the_lines_come_first() -> None:
    found = varied(LINES, MOST_COPIES)
    assert found[:3] == LINES
    assert len(set(found)) == len(found) == 3 * MOST_COPIES
    assert all(line.endswith(LINES[at % 3]) for at, line in enumerate(found))
    assert all(len(sentence_spans(line)) == 1 for line in found)


@pytest.mark.parametrize("copies", [0, MOST_COPIES + 1])
def test_copies_that_would_not_be_distinct_are_refused(copies: int) -> None:
    with pytest.raises(SystemExit, match="copies of every line"):
        varied(LINES, copies)


def test_lines_of_several_sentences_are_left_out_with_their_references(tmp_path: Path) -> None:
    file, english = tmp_path / "zh.txt", tmp_path / "en.txt"
    file.write_text("一个人来了。 \n他来了。她走了。\n天亮了。\n下雨了。\n", encoding="utf-8")
    english.write_text("a\nb\nc\nd\n", encoding="utf-8")
    assert sentences(file, english, 2, 1) == (["一个人来了。", "天亮了。"], ["a", "c"])
    assert sentences(file, None, 1, 2)[0] == ["一个人来了。", "王伟说，一个人来了。"]


def test_scaling_makes_as_many_lines_as_it_needs(tmp_path: Path) -> None:
    file = tmp_path / "zh.txt"
    file.write_text("一。\n\n二。\n一。\n三。\n", encoding="utf-8")
    assert distinct_lines(file, 2) == ["一。", "二。"]
    assert distinct_lines(file, 5) == ["一。", "二。", "三。", "王伟说，一。", "王伟说，二。"]


def test_a_loop_that_sorts_gives_the_texts_in_the_order_asked() -> None:
    lines = ["ccc", "a", "bb", "dddd"]
    asked: list[list[str]] = []

    def translated(batch: list[str]) -> list[str]:
        asked.append(batch)
        return [line.upper() for line in batch]

    assert in_batches(lines, [3, 0, 2, 1], 3, translated) == ["CCC", "A", "BB", "DDDD"]
    assert asked == [["dddd", "ccc", "bb"], ["a"]]
    assert in_batches(lines, None, 8, translated) == ["CCC", "A", "BB", "DDDD"]
    assert BATCHES_SORTED > 1


def work_of(tmp_path: Path, *given: str) -> Work:
    options = arguments([str(tmp_path / "zh.txt"), *given])
    return Work(["一二三", "四五"], [], tmp_path, tmp_path, tmp_path, options)


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_every_side_is_told_the_device_and_only_a_gpu_has_columns(
    tmp_path: Path, device: str
) -> None:
    work = work_of(tmp_path, "--device", device)
    sides = dict(benchmark.wanted(work))
    assert {settings["device"] for settings in sides.values()} == {device}
    assert {"ours", "ours, transformers", "transformers float32"} < sides.keys()
    cells = row("ours", [Measurement(1.0, 2.0, 300, [], 2, 85.4, 4000.2)], work)
    assert cells.startswith("| ours | 1.0 | 2 | 0.7 | 1.00 | 300 |  |")
    assert cells.endswith("| 2 | 85 | 4000 |") == (device == "cuda")


def test_only_takes_sides_by_name_and_by_part_of_a_name(tmp_path: Path) -> None:
    def chosen(*only: str) -> set[str]:
        return set(dict(benchmark.wanted(work_of(tmp_path, "--only", *only))))

    assert chosen("ours", "ours, transformers") == {"ours", "ours, transformers"}
    assert chosen("bfloat16") == {"transformers bfloat16", "ours, transformers bfloat16"}
    assert len(chosen()) > 5


def test_a_rate_is_of_the_lines_that_a_side_had_by_its_end(tmp_path: Path) -> None:
    work = work_of(tmp_path, "--device", "cuda")
    cells = row("loop", [Measurement(1.0, 0.5, 300, ["one"], 1)], work)
    assert cells == "| loop | 2.0 | 6 | 0.7 | 1.00 | 300 |  | 1 | unknown | unknown |"


def test_a_side_that_fails_is_a_row_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def measured(work: Work, settings: dict[str, Any]) -> Measurement:
        if settings["side"] == "transformers":
            raise ProcessError("python: Traceback\n  no | libcublas\n\n")
        return Measurement(1.0, 2.0, 300, [], 2)

    monkeypatch.setattr(benchmark, "prepared", lambda aside, options: work_of(tmp_path))
    monkeypatch.setattr(benchmark, "measured", measured)
    monkeypatch.setattr(benchmark, "tuned", lambda work, settings: settings)
    monkeypatch.setattr(sys, "argv", ["benchmark.py", "zh.txt", "--repeats", "2"])
    benchmark.main()
    table, progress = capsys.readouterr()
    assert "| transformers float32 | failed: no / libcublas |" in table
    assert "| ours | 1.0 |" in table
    assert progress.count("transformers float32 failed") == 1
    assert progress.count("| ours | 1.0 |") == 2


@pytest.mark.parametrize(
    "given",
    [
        ["--device", "cuda", "--peer", f"argos={sys.executable}"],
        ["--copies", "2", "--references", "en.txt"],
    ],
)
def test_options_that_do_not_go_together_are_refused(
    given: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        arguments(["zh.txt", *given])
    assert "leave --" in capsys.readouterr().err


def test_an_error_is_told_by_its_last_line() -> None:
    assert last_line("one\ntwo | three\n \n") == "two / three"
    assert last_line("") == "without a word"
