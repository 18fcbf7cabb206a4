"""A peer's side of benchmark.py, under the interpreter of an environment of the peer's own.

Reads a JSON object of settings from stdin, writes one JSON object to stdout. Imports the peer and
nothing of this project. Each environment, with the versions that were seen to work (November 2026,
Python 3.11; torch from PyTorch's index, because PyPI's brings gigabytes of CUDA along):

python -m venv easynmt
easynmt/bin/pip install torch==2.13.0 --index-url https://download.pytorch.org/whl/cpu
easynmt/bin/pip install --no-deps easynmt==2.0.2
easynmt/bin/pip install transformers==4.57.6 sentencepiece sacremoses nltk tqdm protobuf

python -m venv dl-translate
dl-translate/bin/pip install torch==2.13.0 --index-url https://download.pytorch.org/whl/cpu
dl-translate/bin/pip install dl-translate==0.3.1 transformers==4.57.6 sacremoses

python -m venv argos
argos/bin/pip install torch==2.13.0 --index-url https://download.pytorch.org/whl/cpu
argos/bin/pip install argostranslate==1.11.0

`--no-deps`, for EasyNMT asks for fasttext, which is compiled and only guesses languages. It wants
transformers below 5; dl-translate runs with 5 too, but then in the precision that the folder has.
With `{"prepare": true}` nothing is translated: what the peer needs is made, and versions printed.
"""

import json
import os
import shutil
import sys
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

Translate = Callable[[list[str]], list[str]]

PACKAGES = ("easynmt", "dl-translate", "argostranslate", "transformers", "ctranslate2", "torch")


def main() -> None:
    """Prepare, or load, translate, and print seconds of both and the translations."""
    settings = json.load(sys.stdin)
    if settings.get("prepare"):
        if settings["side"] == "argos":
            make_argos_package(settings)
        print(json.dumps({"versions": versions()}))
        return
    lines = settings["lines"]
    started = time.perf_counter()
    translate = SIDES[settings["side"]](settings)
    loaded = time.perf_counter()
    texts = translate(lines)
    ended = time.perf_counter()
    if len(texts) != len(lines):
        raise SystemExit(f"{settings['side']}: {len(texts)} lines came back for {len(lines)}")
    print(json.dumps({"start": loaded - started, "work": ended - loaded, "texts": texts}))


def versions() -> dict[str, str]:
    """Tell the versions of what is installed here."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def easynmt(settings: dict[str, Any]) -> Translate:
    """EasyNMT over a transformers folder: float32, sorted by characters, batches of 16.

    As it comes: beam 5, texts split at marks and at full stops, a decimal point among them. Else
    the benchmark's beam and length, and no splitting, for every line is a sentence.
    """
    from easynmt import EasyNMT, models

    model = EasyNMT(translator=models.AutoModel(settings["folder"]), device="cpu")
    search = {
        "beam_size": settings["beams"],
        "max_new_tokens": settings["length"],
        "perform_sentence_splitting": False,
    }

    def translate(lines: list[str]) -> list[str]:
        chosen = {} if settings["defaults"] else search
        texts: list[str] = model.translate(lines, source_lang="zh", target_lang="en", **chosen)
        return texts

    return translate


def dl_translate(settings: dict[str, Any]) -> Translate:
    """dl-translate over a transformers folder: float32, batches of 32 in the order given.

    It knows three families of models; of these `nllb200` loads any sequence to sequence model, and
    asks the tokenizer for `lang_code_to_id`, which transformers has dropped: given here, with no
    token to force. As it comes: the beams of the model's folder, 512 tokens at most.
    """
    import dl_translate as peer

    model = peer.TranslationModel(settings["folder"], device="cpu", model_family="nllb200")
    model.get_tokenizer().lang_code_to_id = {"eng_Latn": None}
    search = {"num_beams": settings["beams"], "max_new_tokens": settings["length"]}

    def translate(lines: list[str]) -> list[str]:
        texts: list[str] = model.translate(
            lines,
            source="zho_Hans",
            target="eng_Latn",
            generation_options={} if settings["defaults"] else dict(search),
        )
        return texts

    return translate


def argos(settings: dict[str, Any]) -> Translate:
    """Argos Translate with a package made of our conversion, a call for every line.

    Its translator is made at the first call: the start includes a call with one mark. It batches
    inside a text alone (32 tokens), its length penalty is 0.2, and an output ends at 256 tokens
    (CTranslate2's default, for it sets none). As it comes: beam 4, as many threads as it likes.
    """
    place_argos(settings)
    if not settings["defaults"]:
        os.environ["ARGOS_BEAM_SIZE"] = str(settings["beams"])
        os.environ["ARGOS_INTRA_THREADS"] = str(settings["threads"])
    from argostranslate.translate import get_translation_from_codes

    translation = get_translation_from_codes("zh", "en")
    translation.translate("。")

    def translate(lines: list[str]) -> list[str]:
        return [translation.translate(line) for line in lines]

    return translate


def place_argos(settings: dict[str, Any]) -> None:
    """Let Argos Translate read and write in the benchmark's folder; it reads this when imported.

    Sentences are split by spaCy, because its own splitters (MiniSBD, Stanza) are downloaded.
    """
    home = Path(settings["home"])
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        os.environ[name] = str(home / name.lower())
    os.environ["ARGOS_PACKAGES_DIR"] = str(home / "packages")
    os.environ["ARGOS_CHUNK_TYPE"] = "SPACY"


def make_argos_package(settings: dict[str, Any]) -> None:
    """Make a package as Argos Translate installs it: model, SentencePiece, spaCy, metadata."""
    import spacy

    home = Path(settings["home"])
    package = home / "packages" / "translate-zh_en"
    if package.is_dir():
        return
    model = package / "model"
    shutil.copytree(settings["converted"], model)
    described = json.loads((model / "config.json").read_text(encoding="utf-8"))
    # transformers' tokenizers end a source with </s>; Argos Translate leaves that to the model.
    described["add_source_eos"] = True
    (model / "config.json").write_text(json.dumps(described), encoding="utf-8")
    shutil.copyfile(Path(settings["folder"], "source.spm"), package / "sentencepiece.model")
    spacy.blank("xx").to_disk(package / "spacy")
    # Where it looks for the spaCy model that it would download; the package's own is used.
    (home / "xdg_cache_home" / "argos-translate" / "spacy" / "senter" / "model").mkdir(parents=True)
    metadata = {
        "package_version": "1.0",
        "argos_version": "1.9",
        "from_code": "zh",
        "from_name": "Chinese",
        "to_code": "en",
        "to_name": "English",
    }
    (package / "metadata.json").write_text(json.dumps(metadata), encoding="utf-8")


SIDES: dict[str, Callable[[dict[str, Any]], Translate]] = {
    "easynmt": easynmt,
    "dl-translate": dl_translate,
    "argos": argos,
}

if __name__ == "__main__":
    main()
