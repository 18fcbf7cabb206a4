"""The catalogue says what can be used, and a run keeps to what licences allow."""

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from models import installed as local
from models.runtime.machine import Machine
from models.specs import Seq2SeqSpec, TranslatorSpec
from models.weights.catalogue import KnownModel, find_known, known_licence, known_models, snippet
from models.weights.licences import REASONS, card_licence, normal_licence, permission
from pipeline.cli import cli
from pipeline.config.sections import Config, LicencesSection
from pipeline.engine.licences import refuse_licences
from pipeline.engine.plan import TRANSLATE
from pipeline.engine.stages import prepare
from pipeline.errors import ConfigError
from pipeline.evaluate.config import EvaluationConfig

ROOT = Path(__file__).parents[3]
KNOWN = {model.name: model for model in known_models()}
COMMIT = "0123456789abcdef" * 2 + "01234567"


# -- the catalogue


def test_every_name_and_path_is_there_once() -> None:
    assert len(KNOWN) == len(known_models())
    assert len({model.path for model in known_models()}) == len(known_models())


def _translators() -> set[str]:
    """The kinds of translators that a config can ask for."""
    schema = TypeAdapter(TranslatorSpec).json_schema()
    return {
        definition["properties"]["kind"]["const"]
        for definition in [schema, *schema.get("$defs", {}).values()]
        if "kind" in definition.get("properties", {})
    }


@pytest.mark.parametrize("name", KNOWN)
def test_the_config_that_is_shown_is_one_that_is_accepted(name: str) -> None:
    model = KNOWN[name]
    if model.kind == "causal" and "causal" not in _translators():
        assert model.spec["preset"]
        return
    shown = yaml.safe_load(snippet(model).replace("COMMIT", COMMIT))
    if model.task == "evaluate":
        EvaluationConfig.model_validate({"output": "x", **_evaluation(), **shown})
        return
    base = {
        "translate": {"model": {"kind": "seq2seq", "path": "bundled:zh-en"}},
        "summarize": {"model": {"kind": "extractive"}},
    }
    config = Config.model_validate({"input": {"paths": ["x"]}, "output": "x", **base, **shown})
    spec: BaseModel = config.translate.model
    if model.task == "summarize":
        spec = config.summarize.english_model or config.summarize.model
    assert getattr(spec, "path", None) == model.path


def _evaluation() -> dict[str, object]:
    section = yaml.safe_load((ROOT / "configs/evaluate.yaml").read_text(encoding="utf-8"))
    return {key: section[key] for key in ("sets", "systems")}


def test_the_configs_that_ship_use_what_the_catalogue_says() -> None:
    found = 0
    for file in sorted((ROOT / "configs").glob("*.yaml")):
        config = yaml.safe_load(file.read_text(encoding="utf-8"))
        for section in ("translate", "summarize"):
            spec = config.get(section, {}).get("model", {})
            known = find_known(spec.get("path", ""))
            if known and known.revision:
                assert spec["revision"] == known.revision, file
                wanted = known.settings.items()
                assert all(spec.get(key) in (value, None) for key, value in wanted), file
                found += 1
    assert found >= 3


@pytest.mark.parametrize(
    "change",
    [
        {"licence": "cc-by-4.0"},
        {"revision": "main"},
        {"path": "no-owner"},
        {"name": "Has Spaces"},
        {"languages": ()},
        {"problems": ({"what": "bad", "where": "issue 5"},)},
        {"made_up": 1},
    ],
)
def test_an_entry_with_a_mistake_is_no_entry(change: dict[str, object]) -> None:
    good = KNOWN["opus-mt-zh-en"].model_dump()
    KnownModel.model_validate(good)
    with pytest.raises(ValidationError):
        KnownModel.model_validate(good | change)


def test_an_entry_is_found_by_name_and_by_hub_id_in_any_case() -> None:
    assert find_known("OPUS-MT-zh-en") is find_known("helsinki-nlp/opus-mt-zh-en")
    assert known_licence("facebook/nllb-200-3.3B") == "CC-BY-NC-4.0"
    assert known_licence("/models/facebook/nllb-200-3.3B") is None


# -- the commands


def _do(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["models", *arguments])


def test_the_list_has_bundled_fetched_and_known_models(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    opus = KNOWN["opus-mt-zh-en"]
    folder = tmp_path / f"models--{opus.path.replace('/', '--')}/snapshots/{opus.revision}"
    folder.mkdir(parents=True)
    other = tmp_path / f"models--someone--else/snapshots/{COMMIT}"
    other.mkdir(parents=True)
    for file in local.describe("bundled:zh-en").folder.iterdir():
        (other / file.name).symlink_to(file)
    (tmp_path / f"models--someone--broken/snapshots/{COMMIT}").mkdir(parents=True)

    def cached(path: str, revision: str, **_: object) -> Path:
        return tmp_path / f"models--{path.replace('/', '--')}/snapshots/{revision}"

    monkeypatch.setattr("models.weights.find.hub_folder", cached)
    rows = {line.split()[0]: line for line in _do("list").output.splitlines()}
    assert rows[f"someone/else@{COMMIT[:8]}"].endswith("fetched")
    assert f"someone/broken@{COMMIT[:8]}" not in rows
    assert set(KNOWN) | {"bundled:zh-en"} < set(rows)
    assert rows["bundled:zh-en"].endswith("bundled")
    assert rows["opus-mt-zh-en"].endswith("fetched")
    assert not rows["m2m100-418m"].endswith("fetched")
    only = _do("list", "--task", "summarize").output
    assert "mt5-xlsum" in only
    assert "opus-mt-zh-en" not in only


def test_a_known_model_is_shown_with_its_facts_and_a_config() -> None:
    output = _do("show", "nllb-200-distilled-600m").output
    assert "CC-BY-NC-4.0, which forbids commercial use" in output
    assert "facebookresearch/fairseq#4560" in output
    assert "    source_language: zho_Hans\n" in output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("show", "opus-mt"), "did you mean 'opus-mt-zh-en'"),
        (("fetch", "xxxxxx"), "see `pipeline models list`"),
        (("fetch", "m2m100-418m"), "has no commit for facebook/m2m100_418M"),
    ],
)
def test_a_name_that_does_not_do_says_what_would(arguments: tuple[str, ...], message: str) -> None:
    assert message in str(_do(*arguments).exception)


def test_fetch_takes_the_name_and_the_commit_of_the_catalogue(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []

    def fetch(path: str, revision: str) -> Path:
        asked.append((path, revision))
        return Path("/there")

    monkeypatch.setattr("pipeline.commands.models.fetch", fetch)
    assert _do("fetch", "opus-mt-zh-en").output == "/there\n"
    assert _do("fetch", "someone/else", "--revision", COMMIT).output == "/there\n"
    opus = KNOWN["opus-mt-zh-en"]
    assert asked == [(opus.path, opus.revision), ("someone/else", COMMIT)]


def test_a_name_of_the_catalogue_in_a_config_is_answered_with_its_path(tmp_path: Path) -> None:
    from models.errors import WeightsError
    from models.load import resolve_translator

    spec = Seq2SeqSpec(kind="seq2seq", path="opus-mt-zh-en")
    with pytest.raises(WeightsError, match="write path: Helsinki-NLP/opus-mt-zh-en and revision"):
        resolve_translator(spec, Machine(cache=tmp_path))


# -- licences


@pytest.mark.parametrize(
    ("stated", "name", "normal", "allowed"),
    [
        ("apache-2.0", None, "Apache-2.0", "publish"),
        ("Apache License 2.0", None, "Apache-2.0", "publish"),
        ("MIT", None, "MIT", "publish"),
        ("cc-by-4.0", None, "CC-BY-4.0", "publish"),
        ("cc_by_sa_4.0", None, "CC-BY-SA-4.0", "publish"),
        ("openmdw-1.0", None, "OpenMDW-1.0", "publish"),
        ("cc-by-nc-4.0", None, "CC-BY-NC-4.0", "noncommercial"),
        ("CC-BY-NC-SA-4.0", None, "CC-BY-NC-SA-4.0", "noncommercial"),
        ("other", "qwen-research", "LicenseRef-qwen-research", "noncommercial"),
        ("gemma", None, "LicenseRef-gemma", "conditions"),
        ("llama3.1", None, "LicenseRef-llama3.1", "conditions"),
        (
            "other",
            "tencent-hunyuan-community",
            "LicenseRef-tencent-hunyuan-community",
            "conditions",
        ),
        ("other", "my house rules", "LicenseRef-my-house-rules", "unknown"),
        (["mit", "cc-by-nc-4.0"], None, "MIT AND CC-BY-NC-4.0", "noncommercial"),
        (["apache-2.0", "gemma"], None, "Apache-2.0 AND LicenseRef-gemma", "conditions"),
        ("other", None, None, "unknown"),
        ("unknown", None, None, "unknown"),
        (None, None, None, "unknown"),
        ("", "", None, "unknown"),
        ([], None, None, "unknown"),
    ],
)
def test_a_licence_has_one_name_and_one_meaning(
    stated: object, name: object, normal: str | None, allowed: str
) -> None:
    assert normal_licence(stated, name) == normal
    assert permission(normal) == allowed
    assert card_licence({"license": stated, "license_name": name}) == normal


@given(st.text(max_size=30))
def test_a_normal_licence_stays_as_it_is(stated: str) -> None:
    once = normal_licence(stated)
    assert once is None or normal_licence(once) == once
    assert permission(once) in REASONS


class Weights(BaseModel):
    """What a policy looks at."""

    name: str = "someone/model@abcdef"
    licence: str | None = None
    backend: str = "transformers"


@pytest.mark.parametrize(
    ("licence", "allow", "message"),
    [
        ("Apache-2.0", (), None),
        ("CC-BY-SA-4.0", (), None),
        ("CC-BY-NC-4.0", (), "licence CC-BY-NC-4.0 forbids commercial use"),
        ("LicenseRef-gemma", (), "sets its own conditions"),
        (None, (), "no licence is stated"),
        ("LicenseRef-mine", (), "is not known to allow publishing"),
        ("CC-BY-NC-4.0", ("someone/model",), None),
        ("CC-BY-NC-4.0", ("CC-BY-NC-4.0",), None),
        ("CC-BY-NC-4.0", ("another/model", "MIT"), "forbids commercial use"),
    ],
)
def test_what_is_to_be_published_is_made_with_weights_that_allow_it(
    licence: str | None, allow: tuple[str, ...], message: str | None
) -> None:
    models = [Weights(licence=licence)]
    refuse_licences("translate", models, LicencesSection(publish=False))
    policy = LicencesSection(publish=True, allow=allow)
    if message is None:
        refuse_licences("translate", models, policy)
        return
    with pytest.raises(ConfigError, match=message) as caught:
        refuse_licences("translate", models, policy)
    assert "'someone/model'" in str(caught.value)


def test_what_has_no_weights_needs_no_licence() -> None:
    policy = LicencesSection(publish=True)
    refuse_licences("summarize", [Weights(name="lexrank", backend="none")], policy)


def _config(path: Path | str, publish: bool) -> Config:
    return Config.model_validate(
        {
            "input": {"paths": ["x"]},
            "output": "x",
            "translate": {"model": {"kind": "seq2seq", "path": str(path)}},
            "summarize": {"model": {"kind": "extractive"}},
            "licences": {"publish": publish},
        }
    )


def test_a_run_that_may_not_be_published_is_refused_before_anything_is_loaded(
    tmp_path: Path,
) -> None:
    source = local.describe("bundled:zh-en").folder
    for file in source.iterdir():
        (tmp_path / file.name).symlink_to(file)
    (tmp_path / "MODEL_CARD.md").unlink()
    (tmp_path / "MODEL_CARD.md").write_text("---\nlicense: cc-by-nc-4.0\n---\n", encoding="utf-8")
    step = prepare(TRANSLATE, _config(tmp_path, publish=False))
    assert step.models[0].licence == "CC-BY-NC-4.0"
    with pytest.raises(ConfigError, match=r"translate: .*forbids commercial use"):
        prepare(TRANSLATE, _config(tmp_path, publish=True))
    prepare(TRANSLATE, _config("bundled:zh-en", publish=True))


def test_the_policy_is_no_part_of_a_key() -> None:
    free, bound = (
        prepare(TRANSLATE, _config("bundled:zh-en", publish)) for publish in (False, True)
    )
    assert free.key(["a"]) == bound.key(["a"])
