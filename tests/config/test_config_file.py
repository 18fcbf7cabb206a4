from pathlib import Path

import pytest
import yaml

from models.specs import Seq2SeqSpec
from pipeline.commands.config import load_any
from pipeline.config.file import dump_config, load_config, load_section
from pipeline.config.key_texts import described_schema
from pipeline.config.sections import Config
from pipeline.errors import ConfigError
from pipeline.evaluate.config import EvaluationConfig
from tests.commandline import call

VALID = """
input: {paths: [pages]}
output: runs/test
translate: {model: {kind: seq2seq, path: "bundled:zh-en"}}
summarize: {model: {kind: extractive}}
"""

# What is changed, by --set, and the line that a user must then read.
MISTAKES = [
    ("translate.model.beam=4", "translate.model.beam: unknown key; did you mean 'beams'?"),
    ("ouput=x", "ouput: unknown key; did you mean 'output'?"),
    ("zzz=1", "zzz: unknown key; choose one of input, output, runtime, segment, translate"),
    ("input.paths=[]", "input.paths: needs at least 1 entry, found 0"),
    ("input.paths=5", "input.paths: 5 given; must be a list"),
    ("input.format=pdf", "input.format: 'pdf' is not allowed; choose 'auto', 'markdown'"),
    ("input.max_megabytes=0", "input.max_megabytes: 0 is too small; it must be more than 0"),
    ("output=", "output: nothing given; must be text"),
    ("output='  '", "output: must name a folder"),
    ("runtime.device=gpu", "runtime.device: 'gpu' is not allowed; choose `auto`, `cpu`, `cuda`"),
    ("runtime.device='cuda:0,cpu'", "runtime.device: 'cuda:0,cpu' is not allowed; choose"),
    ("runtime.precision=fp16", "runtime.precision: 'fp16' is not allowed; choose 'auto'"),
    ("runtime.batch_tokens=1", "runtime.batch_tokens: 1 is too small; it must be at least 16"),
    (
        "runtime.threads=many",
        "runtime.threads: 'many' is not allowed; choose CPU threads, or `auto`",
    ),
    ("runtime.threads=0", "runtime.threads: 0 is too small; it must be at least 1"),
    ("runtime.threads=-2", "runtime.threads: -2 is too small; it must be at least 1"),
    ("translate.model.precision=fp16", "translate.model.precision: 'fp16' is not allowed"),
    ("translate.model.device=gpu", "translate.model.device: 'gpu' is not allowed; choose `auto`"),
    ("runtime.offline=perhaps", "runtime.offline: 'perhaps' given; must be true or false"),
    ("segment.max_sentence_chars=3.5", "segment.max_sentence_chars: 3.5 given; must be a whole"),
    ("translate.model.kind=marian", "translate.model.kind: 'marian' is not a known kind; choose"),
    ("translate.model.beams=100", "translate.model.beams: 100 is too large; it must be at most 64"),
    ("translate.kinds=[prose]", "translate.kinds.0: 'prose' is not allowed; choose 'title'"),
    (
        "translate.model=models/x",
        "translate.model: 'models/x' given; must be a section with keys and a kind: 'seq2seq' or",
    ),
    ("translate=3", "translate: 3 given; must be a section with keys"),
    ("summarize.model.kind=abstract", "summarize.model.kind: 'abstract' is not a known kind"),
    ("summarize.model={}", "summarize.model.kind: required, but not given; choose 'extractive'"),
    ("summarize.languages=[zh, fr]", "summarize.languages.1: 'fr' is not allowed; choose 'zh'"),
    ("summarize.model.sentence=2", "summarize.model.sentence: unknown key; did you mean 'senten"),
    ("score.metrics=[blue]", "score.metrics.0: 'blue' is not allowed; choose 'bleu'"),
    ("report.formats=[]", "report.formats: needs at least 1 entry, found 0"),
]


@pytest.fixture
def valid(tmp_path: Path) -> Path:
    path = tmp_path / "news.yaml"
    path.write_text(VALID, encoding="utf-8")
    return path


@pytest.mark.parametrize(("setting", "line"), MISTAKES)
def test_a_mistake_is_told_with_file_and_place_and_mend(
    valid: Path, setting: str, line: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(valid, [setting])
    [problem] = caught.value.problems
    assert problem.startswith(f"{valid}: {line}")
    assert caught.value.exit_code == 2


def test_all_mistakes_are_told_at_once(valid: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(valid, [setting for setting, _ in MISTAKES if not setting.startswith("transl")])
    assert len(caught.value.problems) > 10


BOMB = b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
    b"%c: &%c [%s]\n" % (name, name, b",".join([b"*%c" % (name - 1)] * 9)) for name in b"bcdefghij"
)
# As a value that may be anything, which no type refuses.
HIDDEN_BOMB = (
    b"{translate: {model: {kind: endpoint, base_url: 'http://localhost/v1', model: m, "
    b"extra: {a: [" + BOMB.replace(b"\n", b",").replace(b": &", b", &").strip(b",") + b"]}}}}"
)
# What a file holds, and the line that a user must then read.
BROKEN_FILES = [
    (b"", ": is empty; it needs at least input, output"),
    (b"# nothing\n", ": is empty; it needs at least input, output"),
    (b"- a\n- b\n", ": holds a list, not sections"),
    ("今天有雨。\n明天晴。\n".encode(), ": holds text, not sections; it needs at least input"),
    ("# 新闻\n\n记者：张三\n时间:\t9:30\n  今天。\n".encode(), ": holds text, not sections;"),
    (b"text", ": holds text, not sections; it needs at least input"),
    (b"a: [1, 2\nb: 3", ":1: a bracket [ is opened here but never closed: 'a: [1, 2'; close it"),
    (b"output: a\noutput: b\n", ":2: the key 'output' is given twice: 'output: b'; keep one"),
    (b"a: 1\nb: \xff\xfe", ":2: not UTF-8 text; save the file as UTF-8"),
    (b"a: 1\nb: \0", ":2: a NUL character; this is not a text file"),
    (b"a:\n\tb: 1", ":2: a tab: '\\tb: 1'; YAML indents with spaces only"),
    (b"a: \t- b", ":1: a tab: 'a: \\t- b'; use spaces only"),
    (b"a: - b", ":1: a list item '- ' in the line of its key"),
    (b"a: b\x07", ":1: a control character (U+0007): 'a: b?'; delete it"),
    (b"a: !!python/object:os.system {}", ":1: a tag (!name), which is not allowed here"),
    (b"output:runs\na: 1", ":1: no space after the colon: 'output:runs'; write 'key: value'"),
    (b"a: 1\noutput:runs", ":2: no space after the colon: 'output:runs'; write 'key: value'"),
    (b"a: 1\noutput runs\n", ":2: no colon after the key: 'output runs'; write 'key: value'"),
    ("a: 1\noutput：runs\n".encode(), ":2: a full-width colon: 'output：runs'; write ': '"),
    (
        "a:\n\u3000b: 1\n".encode(),
        ":2: a kind of space that YAML does not allow: '?b: 1'; use plain",
    ),
    (b"title: News: today", ":1: a second ': ' in the line: 'title: News: today'; put the value"),
    (b"a: x\n  b: y", ":2: wrong indentation: 'b: y'; line the key up"),
    (b"a:\n  b: x\n c: y", ":3: wrong indentation: 'c: y'; line the key up"),
    (b"  a: 1\nb: 2", ":2: wrong indentation, or text after the end: 'b: 2'"),
    (b'a: "x\nb: y', ":1: a quotation mark is opened here but never closed: 'a: \"x'; close it"),
    (b'a: "C:\\data"', ':1: a backslash inside "…" begins a code'),
    (b"a: 'x' y", ":1: text after a quoted value, or wrong indentation: 'a: 'x' y'; put"),
    (b"a: {b: 1\nc: 2", ":1: a brace { is opened here but never closed: 'a: {b: 1'; close it"),
    (b"paths: [*.md]", ":1: a value cannot begin with * or & (YAML gives them another meaning)"),
    (b"a: @b", ":1: a value cannot begin with @: 'a: @b'; put the value into quotation marks"),
    (b"a: 1\n---\nb: 2", ":2: a second document begins: '---'; delete the line '---'"),
    (b"? [a, b]\n: c", ":1: a list or a section as a key: '? [a, b]'; write one word"),
    (b"a: " + b"[" * 10_000, ":1: nested more than 64 deep: 'a: [[["),
    (b"a: " + b"9" * 5_000, ":1: a number of 5,000 digits: 'a: 999"),
    (b"a: " + b"9" * 5_000 + b".5", ":1: a number of 5,001 digits: 'a: 999"),
    (b"a: &a [*a]", ":1: an alias (*name) of itself: 'a: &a [*a]'; write the value out"),
    (BOMB, ":1: aliases (*name) repeat billions of values: 'a: &a [x,"),
    (HIDDEN_BOMB, ":1: aliases (*name) repeat billions of values: '{translate: "),
    (b'a: "\\ud800"', ":1: an escape code that is not a valid character"),
    (b"a: x" * 400_000, ": larger than 1 MB; is it the right file?"),
]


@pytest.mark.parametrize(("content", "line"), BROKEN_FILES)
def test_a_file_that_is_no_config_is_told_with_its_place(
    tmp_path: Path, content: bytes, line: str
) -> None:
    path = tmp_path / "bad.yaml"
    path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert str(caught.value).startswith(f"{path}{line}")
    assert len(str(caught.value).splitlines()) == 1
    assert len(str(caught.value)) < len(str(path)) + 300
    assert caught.value.exit_code == 2


def test_a_yaml_error_of_an_evaluation_and_of_a_setting_is_as_plain(
    tmp_path: Path, valid: Path
) -> None:
    path = tmp_path / "evaluation.yaml"
    path.write_text("output: x\nsets: [\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"yaml:2: a value is missing, or a bracket is never"):
        load_section(path, EvaluationConfig)
    with pytest.raises(ConfigError, match=r"^--set output=\[a: a bracket \[ is opened here"):
        load_config(valid, ["output=[a"])
    with pytest.raises(ConfigError, match=r"^--set output=\[\[.*: nested more than 64 deep"):
        load_config(valid, ["output=" + "[" * 10_000])


def test_a_folder_is_no_config(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is a folder; name a file in it"):
        load_config(tmp_path)


def test_a_byte_order_mark_and_aliases_are_read(tmp_path: Path) -> None:
    path = tmp_path / "bom.yaml"
    text = VALID.replace("extractive}}", "extractive}}\nreport: {formats: &f [html], title: 1 Nov}")
    path.write_text("\ufeff" + text, encoding="utf-8")
    assert load_config(path).report.formats == ("html",)


def test_a_setting_changes_one_of_two_sections_that_share_an_alias(tmp_path: Path) -> None:
    path = tmp_path / "alias.yaml"
    path.write_text(
        VALID.replace(
            '{model: {kind: seq2seq, path: "bundled:zh-en"}}',
            '{model: &m {kind: seq2seq, path: "bundled:zh-en"}, repair: {fallback: *m}}',
        ),
        encoding="utf-8",
    )
    config = load_config(path, ["translate.model.beams=7"])
    assert isinstance(config.translate.model, Seq2SeqSpec)
    assert isinstance(config.translate.repair.fallback, Seq2SeqSpec)
    assert (config.translate.model.beams, config.translate.repair.fallback.beams) == (7, 4)


@pytest.mark.parametrize("number", [".inf", "-.inf", ".nan"])
@pytest.mark.parametrize(
    "key", ["input.max_megabytes", "translate.repair.least_confidence", "gate.bleu.min"]
)
def test_a_number_that_is_not_finite_is_refused(valid: Path, key: str, number: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(valid, [f"{key}={number}"])
    [problem] = caught.value.problems
    assert f"{valid}: {key}: " in problem
    assert "finite" in problem or "too" in problem


def test_a_missing_file_is_told_with_its_neighbour(valid: Path) -> None:
    with pytest.raises(ConfigError, match=r"no such file; did you mean '.*news\.yaml'\?"):
        load_config(valid.with_name("new.yaml"))


@pytest.mark.parametrize("setting", ["beams", "=3", "a..b=3", ".a=1"])
def test_a_setting_without_key_or_value_is_refused(valid: Path, setting: str) -> None:
    with pytest.raises(ConfigError, match=r"write it as section\.key=value"):
        load_config(valid, [setting])


def test_a_setting_wins_over_the_file(valid: Path) -> None:
    config = load_config(valid, ["translate.model.beams=1", "input.paths=[a.md, b.md]"])
    assert isinstance(config.translate.model, Seq2SeqSpec)
    assert config.translate.model.beams == 1
    assert config.input.paths == ("a.md", "b.md")


@pytest.mark.parametrize(
    "short", ["input: page.txt", "input: [page.txt]", "input: {paths: page.txt}"]
)
def test_one_text_may_stand_for_a_list_and_paths_for_the_input(tmp_path: Path, short: str) -> None:
    path = tmp_path / "short.yaml"
    path.write_text(f"{short}\noutput: runs/x\nreport: {{formats: html}}\n")
    config = load_config(path)
    assert config.input.paths == (str(tmp_path / "page.txt"),)
    assert config.report.formats == ("html",)
    config = load_config(path, ["input=other.txt", "input.format=text"])
    assert (config.input.paths, config.input.format) == (("other.txt",), "text")


def test_a_short_config_runs(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text("今天下雨。\n", encoding="utf-8")
    path = tmp_path / "short.yaml"
    path.write_text("input: page.txt\noutput: runs/x\nreport: {formats: json}\n")
    answer = call("run", "--config", str(path), "--dry-run")
    assert (answer.code, answer.text.splitlines()[0]) == (0, "1 document")


@pytest.mark.parametrize(
    "key", ["runtime.memory", "translate.model.shortlist", "score.estimator.calibration"]
)
def test_a_bare_off_means_off_though_yaml_reads_it_as_false(valid: Path, key: str) -> None:
    whole = ["translate.model.kind=seq2seq", "score.estimator.kind=confidence"]

    value: object = load_config(valid, [*whole, f"{key}=off"])
    for name in key.split("."):
        value = getattr(value, name)

    assert value == "off"


def test_a_config_shown_and_read_again_is_the_same(valid: Path, tmp_path: Path) -> None:
    config = load_section(valid, Config, absolute=True)
    again = tmp_path / "elsewhere" / "again.yaml"
    again.parent.mkdir()
    again.write_text(dump_config(config), encoding="utf-8")
    assert dump_config(load_config(again)) == dump_config(config)


@pytest.mark.parametrize(
    "path", sorted((Path(__file__).parents[2] / "configs").glob("*.yaml")), ids=lambda p: p.name
)
def test_every_config_that_ships_is_valid(path: Path) -> None:
    load_any(path)


def test_every_key_has_a_description() -> None:
    def missing(schema: object, where: str) -> list[str]:
        found = []
        if isinstance(schema, dict):
            for name, field in schema.get("properties", {}).items():
                if not field["description"]:
                    found.append(f"{where}.{name}")
            for name, below in schema.items():
                found += missing(below, f"{where}.{name}")
        return found

    assert missing(described_schema(Config), "config") == []
    assert missing(described_schema(EvaluationConfig), "evaluation") == []


def test_the_starter_config_is_the_demo_but_for_its_paths() -> None:
    root = Path(__file__).parents[2]
    demo = yaml.safe_load((root / "configs/demo.yaml").read_text(encoding="utf-8"))
    starter = yaml.safe_load((root / "pipeline/starter/config.yaml").read_text(encoding="utf-8"))
    assert starter["translate"]["model"] == demo["translate"]["model"]
    assert set(starter) == set(demo)


def test_a_model_without_a_kind_inside_a_system_gets_the_kinds_to_choose(tmp_path: Path) -> None:
    path = tmp_path / "evaluate.yaml"
    path.write_text(
        "test_sets: [{name: a, source: zh.txt}]\noutput: out\n"
        "systems: [{kind: model, name: b, model: {path: 'bundled:zh-en'}}]\n",
        encoding="utf-8",
    )
    with pytest.raises(ConfigError) as error:
        load_section(path, EvaluationConfig)
    assert "systems.0.model.kind: required, but not given; choose 'seq2seq' or" in str(error.value)
