from pathlib import Path

import pytest
import yaml

from models.specs import Seq2SeqSpec
from pipeline.commands.config import load_any
from pipeline.config import Config
from pipeline.configfile import dump_config, load_config
from pipeline.errors import ConfigError
from pipeline.evaluation.config import EvaluationConfig

VALID = """
input: {paths: [data/samples]}
output: runs/test
translate: {model: {kind: seq2seq, path: "bundled:zh-en"}}
summarize: {model: {kind: extractive}}
"""

# What is changed, by --set, and the line that a user must then read.
MISTAKES = [
    ("translate.model.beam=4", "translate.model.beam: unknown key; did you mean 'beams'?"),
    ("ouput=x", "ouput: unknown key; did you mean 'output'?"),
    ("zzz=1", "zzz: unknown key; known are input, output, runtime, segment, translate"),
    ("input.paths=[]", "input.paths: needs at least 1 entry, found 0"),
    ("input.paths=data", "input.paths: 'data' given; must be a list"),
    ("input.format=pdf", "input.format: 'pdf' is not allowed; choose 'auto', 'markdown'"),
    ("input.max_megabytes=0", "input.max_megabytes: 0 is too small; it must be more than 0"),
    ("output=", "output: nothing given; must be text"),
    ("output='  '", "output: must name a folder"),
    ("runtime.device=gpu", "runtime.device: 'gpu' is not allowed; choose `auto`, `cpu`, `cuda`"),
    ("runtime.device='cuda:0,cpu'", "runtime.device: 'cuda:0,cpu' is not allowed; choose"),
    ("runtime.precision=fp16", "runtime.precision: 'fp16' is not allowed; choose 'auto'"),
    ("runtime.batch_tokens=1", "runtime.batch_tokens: 1 is too small; it must be at least 16"),
    ("runtime.threads=many", "runtime.threads: 'many' is not allowed; choose CPU threads; `auto`"),
    ("runtime.threads=0", "runtime.threads: 0 is too small; it must be at least 1"),
    ("runtime.threads=-2", "runtime.threads: -2 is too small; it must be at least 1"),
    ("translate.model.precision=fp16", "translate.model.precision: 'fp16' is not allowed"),
    ("translate.model.device=gpu", "translate.model.device: 'gpu' is not allowed; choose `auto`"),
    ("runtime.offline=perhaps", "runtime.offline: 'perhaps' given; must be true or false"),
    ("segment.max_sentence_chars=3.5", "segment.max_sentence_chars: 3.5 given; must be a whole"),
    ("translate.model.kind=marian", "translate.model.kind: 'marian' is not a known kind; choose"),
    ("translate.model.beams=100", "translate.model.beams: 100 is too large; it must be at most 64"),
    ("translate.kinds=[prose]", "translate.kinds.0: 'prose' is not allowed; choose 'title'"),
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


# What a file holds, and the line that a user must then read.
BROKEN_FILES = [
    (b"", ": holds nothing, not sections; it needs input, output, translate, summarize at least"),
    (b"- a\n- b\n", ": holds a list, not sections"),
    (b"a: [1, 2\nb: 3", ":2:2: not valid YAML"),
    (b"output: a\noutput: b\n", ":2:1: not valid YAML: the key 'output' is given twice"),
    (b"a: \xff\xfe", ": not UTF-8 text; save the config as UTF-8"),
    (b"a: \t- b", ":1:4: not valid YAML"),
    (b"a: !!python/object:os.system {}", ":1:4: not valid YAML"),
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
    "key", ["runtime.memory", "translate.model.shortlist", "score.estimator.calibration"]
)
def test_a_bare_off_means_off_though_yaml_reads_it_as_false(valid: Path, key: str) -> None:
    whole = ["translate.model.kind=seq2seq", "score.estimator.kind=confidence"]

    value: object = load_config(valid, [*whole, f"{key}=off"])
    for name in key.split("."):
        value = getattr(value, name)

    assert value == "off"


def test_a_config_shown_and_read_again_is_the_same(valid: Path, tmp_path: Path) -> None:
    config = load_config(valid)
    again = tmp_path / "again.yaml"
    again.write_text(dump_config(config), encoding="utf-8")
    assert load_config(again) == config


@pytest.mark.parametrize(
    "path", sorted((Path(__file__).parents[1] / "configs").glob("*.yaml")), ids=lambda p: p.name
)
def test_every_config_that_ships_is_valid(path: Path) -> None:
    load_any(path)


def test_every_key_has_a_description() -> None:
    def missing(schema: object, where: str) -> list[str]:
        found = []
        if isinstance(schema, dict):
            for name, field in schema.get("properties", {}).items():
                if name != "kind" and "description" not in field:
                    found.append(f"{where}.{name}")
            for name, below in schema.items():
                found += missing(below, f"{where}.{name}")
        return found

    assert missing(Config.model_json_schema(), "config") == []
    assert missing(EvaluationConfig.model_json_schema(), "evaluation") == []


def test_the_starter_config_is_the_demo_but_for_its_paths() -> None:
    root = Path(__file__).parents[1]
    demo = yaml.safe_load((root / "configs/demo.yaml").read_text(encoding="utf-8"))
    starter = yaml.safe_load((root / "pipeline/starter/config.yaml").read_text(encoding="utf-8"))
    assert starter["translate"]["model"] == demo["translate"]["model"]
    assert set(starter) == set(demo)
