"""Many distinct lines from a few, because test sets are too short for a fast device."""

from collections.abc import Sequence
from pathlib import Path

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
GIVEN_NAMES = (
    "伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 霞 平 刚 "
    "建国 建华 志强 晓东 晓明 海燕 秀英 文博 思远 雨欣"
).split()
MOST_COPIES = 1 + len(SURNAMES) * len(GIVEN_NAMES)


def varied(lines: Sequence[str], copies: int) -> list[str]:
    """Return every line `copies` times, all distinct if the lines are.

    The lines themselves come first, then variants that quote them from different speakers. A
    translation memory knows none of these, and they remain single sentences of news, two to four
    characters and a comma longer. Raises SystemExit beyond MOST_COPIES.
    """
    if not 1 <= copies <= MOST_COPIES:
        raise SystemExit(f"{copies} copies of every line: give 1 to {MOST_COPIES}")
    speakers = [surname + name for name in GIVEN_NAMES for surname in SURNAMES]
    said = ["", *(f"{speaker}说，" for speaker in speakers[: copies - 1])]
    return [prefix + line for prefix in said for line in lines]


def sentences(
    file: Path, english: Path | None, limit: int, copies: int
) -> tuple[list[str], list[str]]:
    """Read lines, `copies` of each, and their references, if any.

    At most `limit` of the file; lines of several sentences, which ours cuts, are out.
    """
    from pipeline.segment.sentences import sentence_spans

    lines = [line.strip() for line in file.read_text(encoding="utf-8").splitlines()]
    kept = [at for at, line in enumerate(lines) if len(sentence_spans(line)) == 1][:limit]
    references = english.read_text(encoding="utf-8").splitlines() if english else []
    sources = varied([lines[at] for at in kept], copies)
    return sources, [references[at] for at in kept] if references else []
