import pickle
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from models.errors import WeightsError
from models.load import resolve_translator
from models.runtime.machine import Machine
from models.specs import Seq2SeqSpec
from models.weights.pickles import convert_pickles, converted_folder
from tests.checkpoints import make_m2m100

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture(scope="module")
def pickled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint as older hub models have it: no safetensors, one pytorch_model.bin."""
    folder = make_m2m100(tmp_path_factory.mktemp("hub") / "old")
    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    return folder


def test_pickled_weights_become_safetensors_with_the_same_values(
    pickled: Path, tmp_path: Path
) -> None:
    made = convert_pickles(pickled, tmp_path / "made")
    before = torch.load(pickled / "pytorch_model.bin", weights_only=True)
    after = load_file(made / "model.safetensors")
    assert {name: value.tolist() for name, value in after.items()} == {
        name: before[name].tolist() for name in after
    }
    assert not (made / "pytorch_model.bin").exists()
    assert (made / "tokenizer_config.json").exists()


def test_a_run_finds_what_fetch_converted_and_knows_it_by_its_commit(
    pickled: Path, tmp_path: Path
) -> None:
    convert_pickles(pickled, converted_folder("someone/old", COMMIT, tmp_path))
    spec = Seq2SeqSpec(kind="seq2seq", path="someone/old", revision=COMMIT)
    resolved = resolve_translator(spec, Machine(device="cpu", cache=tmp_path))
    assert resolved.identity == f"someone/old@{COMMIT}"


class Trap:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (Path.touch, (Path("trap"),))  # type: ignore[return-value]


def test_a_pickle_with_code_in_it_is_refused_and_not_run(
    pickled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "trapped"
    folder.mkdir()
    for original in pickled.iterdir():
        (folder / original.name).write_bytes(original.read_bytes())
    with (folder / "pytorch_model.bin").open("wb") as file:
        pickle.dump({"weight": Trap()}, file)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(WeightsError, match="pickled weights cannot be read"):
        convert_pickles(folder, tmp_path / "made")
    assert not (tmp_path / "trap").exists()
    assert not (tmp_path / "made").exists()
