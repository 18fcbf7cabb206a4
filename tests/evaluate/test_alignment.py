"""Lines that do not fit are named before scores are computed."""

import random
from pathlib import Path

import pytest

from tests.commandline import call
from tests.evaluations import sentences, worsened

ENGLISH = sentences(60)
_DRAW = random.Random(3)
# the Chinese is as long as its English asks for, give or take
CHINESE = ["金" * round(len(text) * _DRAW.uniform(0.25, 0.35)) + "。" for text in ENGLISH]
GOOD = worsened(ENGLISH, 0.3)


def said(folder: Path, **files: bytes | list[str]) -> list[str]:
    """Return the warnings of an evaluation of `good`, whose files may be changed."""
    texts: dict[str, bytes | list[str]] = {"zh": CHINESE, "en": ENGLISH, "good": GOOD, **files}
    for name, lines in texts.items():
        data = lines if isinstance(lines, bytes) else "".join(f"{t}\n" for t in lines).encode()
        (folder / f"{name}.txt").write_bytes(data)
    answer = call(
        *("evaluate", "--source", str(folder / "zh.txt"), "--reference", str(folder / "en.txt")),
        *("--hypothesis", f"good={folder / 'good.txt'}", "--metric", "bleu", "--trials", "100"),
        *("--output", str(folder / "out")),
    )
    assert answer.code == 0, answer.messages
    return [line for line in answer.messages.splitlines() if line.startswith("warning:")]


def test_texts_that_fit_are_not_named(tmp_path: Path) -> None:
    assert said(tmp_path) == []
    assert said(tmp_path, good=worsened(ENGLISH, 1.0)) == []


LINES: dict[str, tuple[dict[str, bytes | list[str]], str]] = {
    "missing": (
        {"good": [*GOOD[:20], *GOOD[21:], ""]},
        "good on zh: from line 21 on, the lines fit the reference better one line later",
    ),
    "twice": (
        {"good": [*GOOD[:20], GOOD[19], *GOOD[20:-1]]},
        "good on zh: from line 21 on, the lines fit the reference better one line earlier",
    ),
    "all": (
        {"good": [*GOOD[1:], ""]},
        "good on zh: from line 1 on, the lines fit the reference better one line later",
    ),
    "reference": (
        {"en": [*ENGLISH[:5], *ENGLISH[6:], "Thank you."]},
        "zh, reference 1: from about line 6 on, the lines fit the Chinese better one line later",
    ),
    "repeated": (
        {"good": [*GOOD[:9], GOOD[8], *GOOD[10:]]},
        "good on zh: 1 of 60 lines has the text of the line before, though the Chinese differs, "
        "first line 10",
    ),
    "script": (
        {"good": [*GOOD[:3], CHINESE[3], *GOOD[4:]]},
        "good on zh: 1 of 60 lines has Chinese characters, first line 4",
    ),
    "source": ({"zh": ENGLISH}, "zh, source: 60 of 60 lines have no Chinese character"),
    "ends": (
        {
            "good": "".join(f"{t}\r\n" for t in GOOD[:7]).encode()
            + "".join(f"{t}\n" for t in GOOD[7:]).encode()
        },
        "good on zh: mixed line ends: 7 of 60 lines end as on Windows (CR LF), the first other "
        "line is 8",
    ),
}


@pytest.mark.parametrize("name", LINES)
def test_lines_that_do_not_fit_are_named(name: str, tmp_path: Path) -> None:
    files, expected = LINES[name]
    found = said(tmp_path, **files)
    assert any(line.startswith(f"warning: {expected}") for line in found), found


def test_windows_line_ends_alone_are_no_fault(tmp_path: Path) -> None:
    found = said(tmp_path, good="".join(f"{t}\r\n" for t in GOOD).encode())
    assert not any("mixed line ends" in line for line in found)
