"""Of several translations of one sentence in a TMX file, the approved or newer one is taken."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli import cli
from pipeline.input.pairs import read_pairs


def unit(en: str, attributes: str = "", props: str = "", zh: str = "新鲜事") -> str:
    return (
        f'<tu {attributes}>{props}<tuv xml:lang="zh-CN"><seg>{zh}</seg></tuv>'
        f'<tuv xml:lang="en-GB"><seg>{en}</seg></tuv></tu>\n'
    )


def level(state: str) -> str:
    return f'<prop type="x-ConfirmationLevel">{state}</prop>'


OLD, NEW = 'changedate="20240301T000000Z"', 'changedate="20250301T000000Z"'
PLACE = '<prop type="file">a.txt</prop><prop type="next">后</prop>'
TAKEN = {
    "approved and newer": unit("Old", OLD, level("Draft"))
    + unit("Right", NEW, level("ApprovedTranslation")),
    "approved, and the draft newer": unit("Right", OLD, level("ApprovedTranslation"))
    + unit("Draft", NEW, level("Draft")),
    "newer": unit("Old", OLD) + unit("Right", NEW),
    "newer, and first": unit("Right", NEW) + unit("Old", OLD),
    "newer by its creation": unit("Old", OLD) + unit("Right", 'creationdate="20260101T000000Z"'),
    "dated, the other not": unit("Old") + unit("Right", OLD),
    "state of another tool": unit("Old", NEW, '<prop type="status">needs-review</prop>')
    + unit("Right", OLD, '<prop type="status">final</prop>'),
    "not rejected": unit("Right", OLD) + unit("Bad", NEW, level("RejectedTranslation")),
    "date of the variant": unit("Old", NEW).replace('<tuv xml:lang="en', f'<tuv {OLD} xml:lang="en')
    + unit("Right", OLD).replace('<tuv xml:lang="en', f'<tuv {NEW} xml:lang="en'),
    "for any place, the newer for one only": unit("Right", OLD) + unit("Here", NEW, PLACE),
    "for one place, both": unit("Old", OLD, PLACE) + unit("Right", NEW, PLACE),
    "the same twice, and an old one": unit("Right", NEW) * 2 + unit("Old", OLD),
    "spaces in the Chinese": unit("Old", OLD, zh="新鲜 事") + unit("Right", NEW),
    "two variants in one unit": unit("Old", OLD)
    .replace("</tu>", f'<tuv xml:lang="en-US" {NEW}><seg>Right</seg></tuv></tu>')
    .replace('<tuv xml:lang="en-GB', f'<tuv {OLD} xml:lang="en-GB'),
}


def memory_import(folder: Path, units: str) -> tuple[int, str, str]:
    path = folder / "a.tmx"
    path.write_text(f"<tmx><header/><body>\n{units}</body></tmx>", encoding="utf-8")
    arguments = ["memory", "import", str(path), "--memory", str(folder / "m.sqlite"), "--all"]
    answer = CliRunner().invoke(cli, arguments)
    return answer.exit_code, answer.output, str(path)


@pytest.mark.parametrize("name", TAKEN)
def test_the_best_translation_is_taken(tmp_path: Path, name: str) -> None:
    code, _, path = memory_import(tmp_path, TAKEN[name])
    assert code == 0
    assert {pair.en for pair in read_pairs(Path(path)).pairs} == {"Right"}


def test_what_is_not_taken_is_said_in_one_line(tmp_path: Path) -> None:
    units = unit("Old", OLD) + unit("Older", 'changedate="20230101"') + unit("Right", NEW)
    code, output, path = memory_import(tmp_path, units)
    assert code == 0
    assert (
        f"{path}:2: not taken, because another unit of this sentence has a newer date "
        "(2 rows: lines 2, 3)"
    ) in output


def test_another_text_of_one_unit_is_named(tmp_path: Path) -> None:
    other = '<tuv xml:lang="en-US"><seg>Other</seg></tuv><tuv xml:lang="ja"><seg>x</seg></tuv></tu>'
    code, output, path = memory_import(tmp_path, unit("Right").replace("</tu>", other))
    assert code == 0
    assert f"{path}:2: en-US not taken, because the unit has another text" in output
    assert [pair.en for pair in read_pairs(Path(path)).pairs] == ["Right"]


@pytest.mark.parametrize(
    "units",
    [unit("One") + unit("Two"), unit("One", NEW) + unit("Two", NEW) + unit("Three", OLD)],
)
def test_translations_of_equal_standing_stay_a_problem(tmp_path: Path, units: str) -> None:
    code, output, _ = memory_import(tmp_path, units)
    assert code == 3
    assert "is corrected in different ways" in output


def test_a_rejected_unit_is_no_correction(tmp_path: Path) -> None:
    path = tmp_path / "a.tmx"
    path.write_text(
        '<tmx version="1.4"><header/><body>'
        + unit("Bad", NEW, level("RejectedTranslation"))
        + unit("Draft", NEW, level("Draft"), zh="旧闻")
        + "</body></tmx>",
        encoding="utf-8",
    )
    assert [pair.unfinished for pair in read_pairs(path).pairs] == ["rejected", ""]


def test_tags_that_omegat_writes_as_text_are_taken_out(tmp_path: Path) -> None:
    text = unit(
        "The &lt;f0&gt;market&lt;/f0&gt; &lt;b&gt;opens&lt;br1/&gt;.",
        zh="&lt;f0&gt;市场&lt;/f0&gt;开门",
    )
    for tool, english in (
        ("OmegaT", "The market <b>opens."),
        ("memoQ", "The <f0>market</f0> <b>opens<br1/>."),
    ):
        (tmp_path / "a.tmx").write_text(
            f'<tmx version="1.1"><header creationtool="{tool}"/><body>{text}</body></tmx>',
            encoding="utf-8",
        )
        assert [pair.en for pair in read_pairs(tmp_path / "a.tmx").pairs] == [english]
