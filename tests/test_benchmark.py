"""scripts/benchmark.py: what a process took is its own; peers get the settings that are told."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmark import PEERS, answer, peer
from benchmark_process import child

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
