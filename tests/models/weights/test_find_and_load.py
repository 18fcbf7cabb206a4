"""Weights are found, identified, refused when they cannot be trusted, and checked when loaded."""

import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import huggingface_hub.constants
import pytest

from models import installed as local
from models.errors import WeightsError
from models.load import load_translator, resolve_translator
from models.protocols import best_translations
from models.resolved import ResolvedModel
from models.runtime.machine import Machine
from models.seq2seq.canary import (
    CANARY,
    Canary,
    CanarySentence,
    CanarySettings,
    similarity,
    write_canary,
)
from models.specs import Seq2SeqSpec
from models.strict import Precision
from models.weights.cards import licence
from models.weights.checksums import SUMS, file_digest, sums_problem, write_sums
from models.weights.find import cache_folder, content_identity, model_files
from tests.checkpoints import make_pegasus, make_t5

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_pegasus(tmp_path / "model")


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def spec_of(path: object, **settings: object) -> Seq2SeqSpec:
    return Seq2SeqSpec.model_validate({"kind": "seq2seq", "path": str(path)} | settings)


def resolve(path: object, cache: Path, **settings: object) -> ResolvedModel:
    return resolve_translator(
        spec_of(path, **settings), Machine(device="cpu", precision="float32", cache=cache)
    )


def refusal(path: object, cache: Path, **settings: object) -> str:
    with pytest.raises(WeightsError) as caught:
        resolve(path, cache, **settings)
    return str(caught.value)


def test_the_bundled_model_loads_passes_its_canary_and_translates(cache: Path) -> None:
    spec = spec_of("bundled:zh-en")
    resolved = resolve_translator(spec, Machine(device="cpu", cache=cache))
    assert (resolved.backend, resolved.precision) == ("ctranslate2", "int8")
    assert resolved.licence == "CC-BY-SA-4.0"
    [first, again] = best_translations(
        load_translator(spec, resolved, Machine(threads=1)), ["你好。", "你好。"]
    )
    assert first.text
    assert first == again


def test_every_bundled_folder_is_sealed_and_in_the_catalogue() -> None:
    entries = local.bundled_models()
    assert "bundled:zh-en" in [entry.path for entry in entries]
    for entry in entries:
        assert sums_problem(entry.folder) is None
        assert (entry.folder / SUMS).is_file()
        assert (entry.folder / CANARY).is_file()
        assert entry.licence
        assert entry.size_bytes > 1_000_000
        assert entry.languages == ("zh", "en")
        assert "# " in entry.card
        assert entry.architecture


def test_checking_a_model_says_what_was_checked(cache: Path) -> None:
    lines = local.check("bundled:zh-en", cache=str(cache))
    assert any("checksums agree" in line for line in lines)
    assert any("canary: 4 sentences" in line for line in lines)


def test_reasons_say_why_this_backend_device_and_precision(folder: Path, cache: Path) -> None:
    reasons = "\n".join(resolve(folder, cache).reasons)
    assert "backend ctranslate2: auto" in reasons
    assert "device cpu: cpu: asked for" in reasons
    assert "precision float32: asked for" in reasons


REFUSED: list[tuple[str, dict[str, object], str]] = [
    ("bundled:nope", {}, "no such bundled model; available: zh-en"),
    ("not/there/at/all", {}, "no such folder"),
    ("Helsinki-NLP/opus-mt-zh-en", {}, "no revision; write the full 40-digit commit"),
    ("Helsinki-NLP/opus-mt-zh-en", {"revision": "main"}, "branches and tags move"),
    ("Helsinki-NLP/opus-mt-zh-en", {"revision": COMMIT}, "pipeline models fetch Helsinki-NLP"),
]


@pytest.mark.parametrize(("path", "settings", "message"), REFUSED)
def test_a_model_that_cannot_be_pinned_or_found_is_refused(
    path: str, settings: dict[str, object], message: str, cache: Path, hub: Path
) -> None:
    assert message in refusal(path, cache, **settings)


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "hub"
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(place))
    return place


def test_a_hub_model_in_the_local_cache_is_known_by_its_commit(
    folder: Path, hub: Path, cache: Path
) -> None:
    snapshot = hub / "models--someone--small" / "snapshots" / COMMIT
    snapshot.parent.mkdir(parents=True)
    shutil.copytree(folder, snapshot)
    resolved = resolve("someone/small", cache, revision=COMMIT)
    assert resolved.identity == f"someone/small@{COMMIT}"
    assert resolved.folder == snapshot
    assert local.describe("someone/small", revision=COMMIT).architecture.startswith("Pegasus")


def test_pickled_weights_are_refused(folder: Path, cache: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    assert "only pytorch_model.bin, and loading it could run any code" in refusal(folder, cache)


def test_a_folder_without_weights_or_configuration_is_refused(tmp_path: Path, cache: Path) -> None:
    (tmp_path / "notes.md").write_text("nothing", encoding="utf-8")
    assert "no *.safetensors in it; found notes.md" in refusal(tmp_path, cache)
    assert "not a folder" in refusal(tmp_path / "notes.md", cache)


def test_a_checkpoint_with_a_shard_missing_is_refused(folder: Path, cache: Path) -> None:
    index = {"weight_map": {"a": "model-00001-of-00002.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index), encoding="utf-8")
    assert "model-00001-of-00002.safetensors is missing" in refusal(folder, cache)


def test_damaged_json_is_named(folder: Path, cache: Path) -> None:
    (folder / "config.json").write_text("{", encoding="utf-8")
    assert "config.json: not readable as JSON" in refusal(folder, cache)


def test_more_source_tokens_than_positions_are_refused(folder: Path, cache: Path) -> None:
    assert "64 tokens this model can read" in refusal(folder, cache, max_source_tokens=65)


def test_float16_is_refused_for_t5(tmp_path: Path, cache: Path) -> None:
    folder = make_t5(tmp_path / "t5")
    with pytest.raises(WeightsError, match=r"runtime\.precision: float16"):
        resolve_translator(spec_of(folder), Machine(device="cpu", precision="float16", cache=cache))


def _change_weights(folder: Path) -> None:
    path = folder / "model.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def _change_configuration(folder: Path) -> None:
    path = folder / "config.json"
    path.write_text(path.read_text(encoding="utf-8") + " ", encoding="utf-8")


def _change_card(folder: Path) -> None:
    (folder / "README.md").write_text("---\nlicense: mit\n---\n# Other\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "differs"),
    [(_change_weights, True), (_change_configuration, True), (_change_card, False)],
)
def test_identity_follows_the_content_of_the_model_and_nothing_else(
    change: Callable[[Path], None], differs: bool, folder: Path, cache: Path
) -> None:
    before = resolve(folder, cache).identity
    change(folder)
    assert (resolve(folder, cache).identity != before) is differs


def test_identity_does_not_depend_on_where_the_folder_lies(folder: Path, cache: Path) -> None:
    copy = folder.with_name("copy")
    shutil.copytree(folder, copy)
    assert content_identity(copy, cache) == content_identity(folder, cache)


def test_a_damaged_digest_cache_costs_time_and_nothing_else(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "cache"
    expected = content_identity(folder, place)
    (place / "digests.json").write_text("{", encoding="utf-8")
    assert content_identity(folder, place) == expected
    assert content_identity(folder, folder / "config.json" / "not a folder") == expected


def test_the_answer_key_tells_backends_and_precisions_apart(folder: Path, cache: Path) -> None:
    keys = {
        resolve_translator(
            spec_of(folder, backend=backend), Machine(device="cpu", precision="auto", cache=cache)
        ).answer_key
        for backend in ("transformers", "ctranslate2")
    }
    keys.add(resolve(folder, cache).answer_key)
    assert len(keys) == 3


def test_weights_that_differ_from_their_sums_are_refused(folder: Path, cache: Path) -> None:
    write_sums(folder, model_files(folder))
    resolved = resolve(folder, cache)
    expected = file_digest(folder / "model.safetensors")
    _change_weights(folder)
    with pytest.raises(WeightsError) as caught:
        load_translator(spec_of(folder), resolved, Machine(threads=1))
    message = str(caught.value)
    assert "model.safetensors" in message
    assert expected in message
    assert file_digest(folder / "model.safetensors") in message


@pytest.mark.parametrize(
    ("line", "message"),
    [("nonsense", "not a line of"), (f"{'0' * 64}  gone.json", "gone.json: missing")],
)
def test_sums_that_say_nonsense_are_refused(
    line: str, message: str, folder: Path, cache: Path
) -> None:
    resolved = resolve(folder, cache)
    (folder / SUMS).write_text(line + "\n", encoding="utf-8")
    with pytest.raises(WeightsError, match=message):
        load_translator(spec_of(folder), resolved, Machine(threads=1))


def test_weights_that_the_sums_do_not_name_are_refused(folder: Path) -> None:
    write_sums(folder, [folder / "config.json"])
    assert "not named in SHA256SUMS" in str(sums_problem(folder))


def test_a_checkpoint_that_lacks_weights_of_its_model_is_refused(folder: Path, cache: Path) -> None:
    path = folder / "config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(config | {"decoder_layers": 3}), encoding="utf-8")
    for backend in ("transformers", "ctranslate2"):
        spec = spec_of(folder, backend=backend)
        with pytest.raises(WeightsError, match="weights of the model are not in its files"):
            load_translator(spec, resolve(folder, cache, backend=backend), Machine(threads=1))


def test_conversion_is_done_once_and_again_when_damaged(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "cache"
    resolved = resolve(folder, place)
    expected = best_translations(
        load_translator(spec_of(folder), resolved, Machine(threads=1)), ["今年"]
    )
    [made] = (place / "ctranslate2").iterdir()
    written = (made / "model.bin").stat().st_mtime_ns
    load_translator(spec_of(folder), resolved, Machine(threads=1))
    assert (made / "model.bin").stat().st_mtime_ns == written
    (made / "model.bin").write_bytes(b"half")
    assert (
        best_translations(load_translator(spec_of(folder), resolved, Machine(threads=1)), ["今年"])
        == expected
    )
    assert [each.name for each in (place / "ctranslate2").iterdir()] == [made.name]


def test_two_that_convert_at_once_both_load_and_leave_one_model(
    folder: Path, tmp_path: Path
) -> None:
    place = tmp_path / "cache"
    resolved = resolve(folder, place)

    def translate(_: int) -> str:
        translator = load_translator(spec_of(folder), resolved, Machine(threads=1))
        return best_translations(translator, ["今年"])[0].text

    with ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(translate, range(4)))
    assert len(answers) == 1
    assert len(list((place / "ctranslate2").iterdir())) == 1


def test_a_cache_that_cannot_be_written_is_an_error_with_advice(folder: Path) -> None:
    resolved = resolve(folder, folder / "config.json")
    with pytest.raises(WeightsError, match=r"set runtime\.cache"):
        load_translator(spec_of(folder), resolved, Machine(threads=1))


@pytest.fixture
def sealed(folder: Path, cache: Path) -> tuple[Path, Canary]:
    settings = CanarySettings(beams=2, max_target_tokens=12)
    spec = spec_of(folder, beams=2, max_target_tokens=12)
    [answer] = best_translations(
        load_translator(spec, resolve(folder, cache), Machine(threads=1)), ["今年上海"]
    )
    return folder, Canary(settings, (CanarySentence("今年上海", answer.text),))


@pytest.mark.parametrize("backend", ["transformers", "ctranslate2"])
def test_a_canary_is_asked_with_its_own_settings(
    sealed: tuple[Path, Canary], backend: str, cache: Path
) -> None:
    folder, canary = sealed
    write_canary(folder, canary)
    settings: dict[str, object] = {"backend": backend, "beams": 5, "max_target_tokens": 20}
    assert load_translator(
        spec_of(folder, **settings), resolve(folder, cache, **settings), Machine(threads=1)
    )


@pytest.mark.parametrize("precision", ["float32", "int8"])
def test_a_canary_that_sings_otherwise_stops_the_load(
    sealed: tuple[Path, Canary], precision: Precision, cache: Path
) -> None:
    folder, canary = sealed
    write_canary(folder, Canary(canary.settings, (CanarySentence("今年上海", "Shanghai"),)))
    resolved = resolve_translator(
        spec_of(folder), Machine(device="cpu", precision=precision, cache=cache)
    )
    with pytest.raises(WeightsError, match=r"should give 'Shanghai', ctranslate2 \d") as caught:
        load_translator(spec_of(folder), resolved, Machine(threads=1))
    assert "seal_bundled_model.py" in str(caught.value)


def test_a_damaged_canary_is_named(folder: Path, cache: Path) -> None:
    (folder / CANARY).write_text('{"sentences": []}', encoding="utf-8")
    with pytest.raises(WeightsError, match="needs 'settings'"):
        load_translator(spec_of(folder), resolve(folder, cache), Machine(threads=1))


@pytest.mark.parametrize(
    ("first", "second", "least", "most"),
    [
        ("the same", "the same", 1.0, 1.0),
        ("The meeting was held in Shanghai.", "The meeting was held in Beijing.", 0.6, 0.99),
        ("The meeting was held.", "们们们们们们们", 0.0, 0.0),
        ("", "a", 0.0, 0.0),
    ],
)
def test_similarity_tells_rounding_from_garbage(
    first: str, second: str, least: float, most: float
) -> None:
    assert least <= similarity(first, second) <= most


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("---\nlicense: cc-by-4.0\nlanguage: [zh, en]\n---\n# Card\n", "CC-BY-4.0"),
        ("---\nlicense: other\nlicense_name: gemma\n---\n", "LicenseRef-gemma"),
        ("---\nlicenses: [cc-by-nc-sa-4.0]\n---\n", "CC-BY-NC-SA-4.0"),
        ("# No front matter\n", None),
        ("---\n: : broken\n  - [\n---\n# Card\n", None),
    ],
)
def test_the_licence_is_what_the_card_states(
    text: str, expected: str | None, tmp_path: Path
) -> None:
    (tmp_path / "README.md").write_text(text, encoding="utf-8")
    assert licence(tmp_path, str(tmp_path)) == expected


def test_the_cache_is_the_users_own_unless_stated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder("auto") == tmp_path / "yibao"
    assert cache_folder(str(tmp_path / "mine")) == tmp_path / "mine"
