"""`pipeline doctor --security`: one row for each thing that is unsafe."""

import os
import stat
from pathlib import Path
from typing import Any

import pytest

from tests.nights import Nights


@pytest.fixture
def nights(tmp_path: Path) -> Nights:
    tmp_path.chmod(0o750)
    nights = Nights(tmp_path)
    for path in (tmp_path / "input", tmp_path / "config.yaml"):
        path.chmod(0o750)
    return nights


def doctor(nights: Nights, *arguments: str, **sections: Any) -> tuple[int, str]:
    nights.configure(**sections)
    answer = nights.call("doctor", "--security", "--config", "config.yaml", *arguments)
    return answer.code, answer.text


def test_a_sound_config_has_no_problem_and_the_memory_is_private(nights: Nights) -> None:
    nights.run("2026-11-25", "--until", "translate")
    mode = (nights.folder / "runs/memory.sqlite").stat().st_mode
    assert not mode & stat.S_IRWXO
    code, text = doctor(nights)
    assert (code, "problem" in text) == (0, False), text
    assert ("warning  user: runs as root" in text) == (os.geteuid() == 0)


# sections of the config, what is said
UNSAFE: list[tuple[dict[str, Any], str]] = [
    (
        {"translate": {"model": {"kind": "seq2seq", "path": "x/y", "revision": "main"}}},
        "problem  translate.model: x/y is not pinned to a commit",
    ),
    (
        {"translate": {"model": {"kind": "seq2seq", "path": "x/y", "trust_remote_code": True}}},
        "problem  translate.model.trust_remote_code: the checkpoint runs its own code",
    ),
    (
        {"translate": {"model": {"kind": "seq2seq", "path": "pickled"}}},
        "warning  translate.model: pickled has pickles and no safetensors",
    ),
    (
        {
            "runtime": {"offline": False},
            "translate": {
                "model": {"kind": "endpoint", "base_url": "http://example.org/v1", "model": "m"}
            },
        },
        "problem  translate.model.base_url: http://example.org/v1 is not encrypted",
    ),
    (
        {
            "runtime": {"offline": False},
            "notify": {
                "mail": {
                    **{"server": "mail.example.org", "security": "none"},
                    **{"sender": "a@b.c", "to": ["d@e.f"]},
                    **{"user": "me", "password_variable": "PASSWORD_OF_MAIL"},
                }
            },
        },
        "problem  notify.mail.security: mail is not encrypted",
    ),
    (
        {"notify": {"command": {"run": ["hook.sh"]}}},
        "warning  notify.command.run: hook.sh is looked up in PATH",
    ),
    ({"output": "open/{date}"}, "problem  open: every user can change it; chmod o-w"),
]


@pytest.mark.parametrize(("sections", "line"), UNSAFE)
def test_what_is_unsafe_is_named(sections: dict[str, Any], line: str, nights: Nights) -> None:
    (nights.folder / "pickled").mkdir()
    (nights.folder / "pickled/pytorch_model.bin").touch()
    (nights.folder / "open").mkdir()
    (nights.folder / "open").chmod(0o777)
    code, text = doctor(nights, **sections)
    assert line in text
    assert code == (1 if line.startswith("problem") else 0)
    assert "PASSWORD_OF_MAIL" not in text


def test_a_secret_in_the_config_is_named_and_not_repeated(nights: Nights) -> None:
    model = {"kind": "endpoint", "base_url": "http://localhost:1/v1", "model": "m"}
    extra = {"api_key": "sk-1234567890abcdef"}
    code, text = doctor(nights, translate={"model": model | {"extra": extra}})
    if code == 2:
        pytest.skip("such a config is refused")
    assert "problem  translate.model.extra.api_key: a secret in plain text" in text
    assert "sk-12345" not in text
    assert code == 1


def test_the_check_needs_the_config_of_a_run(nights: Nights) -> None:
    answer = nights.call("doctor", "--security")
    assert (answer.code, "needs --config" in answer.messages) == (2, True)
