"""Convert a checkpoint to CTranslate2's format in the cache folder, once.

cache/ctranslate2/<identity>-<versions>/    model.bin, config.json, vocabularies, vmap.txt, sums
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from models.errors import WeightsError
from models.files import folder_aside, move_folder, remove_folder, sweep, sweep_old, write_whole
from models.patterns import lazy
from models.runtime.device import Device
from models.seq2seq.tokenizer import Tokenizer
from models.seq2seq.writable import MARK, output_order, vocabulary_map
from models.weights.architecture import Architecture, read_json
from models.weights.checksums import digest_text, sums_problem, write_sums
from models.weights.families import find_family

_KEY = lazy(r"[0-9a-f]{32}")
_KEY_AND_RANDOM = lazy(r"[0-9a-f]{32}\.[a-z0-9_]{8}")  # aside, for an earlier Yibao

VOCABULARY_MAP = "vmap.txt"
"""The library's name of the file that restricts what may be written."""

# Raise it when the conversion below changes what it writes.
CONVERTER_VERSION = 1


@dataclass(frozen=True, slots=True)
class ConverterVocabulary:
    """The part of a tokenizer that the converter reads: one name for every id of the model.

    Taken id by id from the tokenizer that will be used, because the library's own reading
    misses what transformers 5 no longer lists (the languages of M2M100, mBART-50's <s>).
    """

    names: tuple[str, ...]
    eos_token: str
    unk_token: str
    pad_token: str
    bos_token: str

    @property
    def special_tokens_map(self) -> dict[str, list[str]]:
        """Nothing to add: `names` is complete."""
        return {}

    def get_vocab(self) -> dict[str, int]:
        """Return the id of every name."""
        return {name: token for token, name in enumerate(self.names)}

    def convert_ids_to_tokens(self, token: int) -> str:
        """Name an id."""
        return self.names[token]


def vocabulary(tokenizer: Tokenizer, size: int) -> ConverterVocabulary:
    """Name every id below `size`; ids that the tokenizer does not know get names of their own."""
    names: list[str] = []
    taken: set[str] = set()
    for token, name in enumerate(tokenizer.pieces(range(size))):
        unique = name if name and name not in taken else f"<unused_{token}>"
        names.append(unique)
        taken.add(unique)
    end = names[tokenizer.end]
    known = {mark: mark if mark in taken else end for mark in ("<unk>", "<pad>", "<s>")}
    return ConverterVocabulary(tuple(names), end, known["<unk>"], known["<pad>"], known["<s>"])


def convert_once(
    folder: Path,
    architecture: Architecture,
    *,
    tokenizer: Tokenizer,
    identity: str,
    cache: Path,
    writable: Callable[[], Sequence[int] | None] | None = None,
    trust_remote_code: bool = False,
    in_int8: bool = False,
) -> Path:
    """Return the folder of the converted model; convert if it is missing or damaged.

    With `writable` words, which are asked for only to convert, the encoder has one more end token,
    which restricts the output to them, and the folder has a VOCABULARY_MAP; not if it returns None.

    The weights keep the precision of the checkpoint and are quantized when loaded, or are written
    `in_int8`: the same numbers, read in a fifth of the time. The model is written to another folder
    and renamed, so that a stopped conversion leaves no half model, and two processes may convert at
    the same time.
    """
    kind = f"{CONVERTER_VERSION}{' writable' if writable else ''}{' int8' if in_int8 else ''}"
    key = digest_text(f"{identity} {version('ctranslate2')} {kind}")[:32]
    place = cache / "ctranslate2" / key
    sweep(place.parent, _KEY.fullmatch)
    sweep_old(place.parent, _KEY_AND_RANDOM.fullmatch)
    if place.is_dir() and sums_problem(place) is None:
        return place
    try:
        if place.is_dir():
            remove_folder(place)
        with folder_aside(place) as aside:
            made = aside / "model"
            quantization = "int8" if in_int8 else None
            words = writable() if writable else None
            _convert(folder, architecture, tokenizer, made, words, trust_remote_code, quantization)
            write_sums(made, sorted(made.iterdir()))
            move_folder(made, place)
    except OSError as error:
        raise WeightsError(
            f"{place.parent}: the converted model cannot be written: {error}; "
            "set runtime.cache to a folder with room, or backend: transformers"
        ) from error
    return place


def _convert(
    folder: Path,
    architecture: Architecture,
    tokenizer: Tokenizer,
    made: Path,
    writable: Sequence[int] | None,
    trust_remote_code: bool,
    quantization: str | None,
) -> None:
    from ctranslate2.converters import TransformersConverter

    from models.seq2seq.transformers import load_checkpoint

    class Converter(TransformersConverter):  # type: ignore[misc]
        """The library's converter, given the model and the vocabulary that we use."""

        def load_model(self, *_ours: Any, **_theirs: Any) -> Any:
            stored = read_json(folder / "config.json").get("dtype")
            model = load_checkpoint(
                folder,
                device=Device("cpu", "conversion"),
                precision=stored if stored in ("float16", "bfloat16") else "float32",
                trust_remote_code=trust_remote_code,
            )
            self.size = int(model.config.vocab_size)
            _restore_layout_keys(model.config, architecture)
            return model

        def load_tokenizer(self, *_ours: Any, **_theirs: Any) -> Any:
            return vocabulary(tokenizer, self.size)

        def _load(self) -> Any:
            spec = super()._load()
            if writable:
                _add_mark(spec, tokenizer.end)
                ordered = _order_outputs(spec, writable)
                write_whole(listed, vocabulary_map(writable, ordered))
            return spec

    listed = made.with_name(VOCABULARY_MAP)
    converter = Converter(str(folder), trust_remote_code=trust_remote_code)
    try:
        vmap = str(listed) if writable else None
        converter.convert(str(made), vmap=vmap, quantization=quantization)
    except (ValueError, KeyError, AttributeError, NotImplementedError, RuntimeError) as error:
        raise WeightsError(
            f"{folder}: ctranslate2 {version('ctranslate2')} cannot convert this "
            f"{architecture.model_type} model ({type(error).__name__}: {error}); "
            "set translate.model.backend to transformers"
        ) from error


def _add_mark(spec: Any, end: int) -> None:
    """Add one source token to the encoder, with the embedding of the end token."""
    import torch

    embeddings = spec.encoder.embeddings[0]
    weight = torch.as_tensor(embeddings.weight)
    embeddings.weight = torch.cat([weight, weight[end : end + 1]])
    # The library has no way to change a vocabulary once it is registered.
    [tokens] = spec._vocabularies["source"]
    spec._vocabularies["source"] = [[*tokens, MARK]]


def _order_outputs(spec: Any, writable: Sequence[int]) -> list[str]:
    """Reorder the target vocabulary, writable words first; return its names in that order."""
    import torch

    [tokens] = spec._vocabularies["target"]
    order = output_order(writable, tokens)
    places = torch.tensor(order)
    layers = [spec.decoder.embeddings, spec.decoder.projection]
    for layer in layers:
        layer.weight = torch.as_tensor(layer.weight)[places]
    if spec.decoder.projection.has_bias():
        spec.decoder.projection.bias = torch.as_tensor(spec.decoder.projection.bias)[places]
    ordered = [tokens[place] for place in order]
    spec._vocabularies["target"] = [ordered]
    return ordered


def _restore_layout_keys(settings: Any, architecture: Architecture) -> None:
    """Give a model's configuration the meaning it had before transformers 5."""
    family = find_family(architecture.model_type)
    for key, value in (family.layout_keys if family else {}).items():
        if not hasattr(settings, key):
            setattr(settings, key, value)
    if architecture.tokenizer_class.startswith("MBart50"):
        # From this name the converter knows that decoding starts with </s>.
        settings.tokenizer_class = "MBart50Tokenizer"
    if architecture.overflows_in_float16:
        # The converter scales the output by d_model ** -0.5 where embeddings are tied. Now
        # they are always called tied, and another key (absent in mT5) tells of the scaling.
        settings.tie_word_embeddings = getattr(settings, "scale_decoder_outputs", False)
