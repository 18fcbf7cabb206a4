"""What a training recipe may say: one YAML file, read into frozen pydantic models."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError


class RecipeError(Exception):
    """A recipe, corpus file or checkpoint is of no use; the message says where and what to do."""


class Section(BaseModel):
    """A part of the recipe: an unknown key is an error, and nothing changes it afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Favoured(Section):
    """Some lines of a source that are worth more than the rest."""

    file: str = Field(
        description="Zero-based line numbers, one a line, in the corpus folder; .xz allowed."
    )
    weight: float = Field(ge=0, description="How often such a line is seen in one epoch.")


class Source(Section):
    """One file of sentence pairs; its key under `sources` is the file's name."""

    weight: float = Field(
        ge=0, description="How often each pair is seen in one epoch; 0.1 means every tenth."
    )
    licence: str = Field(description="Licence of the pairs, copied into the model card.")
    favoured: Favoured | None = Field(
        default=None, description="Lines that count more, such as news-like ones."
    )
    validation: int = Field(
        default=0,
        ge=0,
        description="Pairs held out for validation (favoured ones where there are any).",
    )


class Protected(Section):
    """A test set none of whose sentences may be trained on."""

    file: Path = Field(
        description="Text (one sentence a line), or .json, .jsonl, .tsv with the fields below."
    )
    fields: list[str] = Field(
        default=[], description="Fields or columns holding sentences; empty for plain text."
    )


class Corpus(Section):
    """What to train on, and what must not be."""

    folder: Path = Field(
        default=Path("../corpus"),
        description="Where NAME.tsv or NAME.tsv.xz of each source lies.",
    )
    sources: dict[str, Source]
    protected: list[Protected] = []


class Filter(Section):
    """Which pairs are kept."""

    max_source_chars: int = 180
    max_target_words: int = 90
    min_length_ratio: float = Field(
        default=0.5, description="Least (source units + 3) / (target words + 3)."
    )
    max_length_ratio: float = Field(
        default=3.2, description="Greatest (source units + 3) / (target words + 3)."
    )
    max_translations: int = Field(
        default=3, description="Pairs kept with the same source sentence."
    )
    min_lexical_gain: float = Field(
        default=0.1,
        description="Nats per target piece that its source must explain beyond its frequency.",
    )


class Additions(Section):
    """Pairs made from the pairs of the corpus."""

    amounts: int = Field(
        default=0, ge=0, description="Copies of a pair with another 万 or 亿 amount on both sides."
    )
    numerals: float = Field(
        default=0.0, ge=0, description="Weight of a copy with other numerals, beside the pair's."
    )
    joined: int = Field(
        default=0, ge=0, description="Pairs of two sentences, for sources longer than most."
    )


class Vocabulary(Section):
    """The pieces that both languages share."""

    pieces: int = Field(default=20000, ge=400)
    sample_pairs: int = Field(
        default=300_000, description="Pairs that the SentencePiece model is trained on."
    )
    noise_share: float = Field(
        default=0.08, ge=0, le=1, description="Pairs whose source gets newspaper OCR noise."
    )


class Alignment(Section):
    """How the table of which piece translates which is estimated."""

    sample_pairs: int = Field(
        default=300_000, description="Pairs that the lexical table is estimated on."
    )
    iterations: int = 4


class Network(Section):
    """Size of the encoder-decoder, and how it starts."""

    width: int = 320
    heads: int = 5
    feed_forward: int = 1280
    encoder_layers: int = 6
    decoder_layers: int = 2
    embeddings: str = Field(
        default="lexical", pattern="^(lexical|random)$", description="How they start."
    )
    dropout: float = Field(
        default=0.0, ge=0, lt=1, description="Of residuals and embeddings; 0 for a single epoch."
    )
    copying_attention: bool = Field(
        default=True, description="Cross-attention starts as the identity on what it attends to."
    )


class Training(Section):
    """How the network is trained, and how often it reports, validates and saves."""

    optimiser: str = Field(
        default="muon", pattern="^(muon|adamw)$", description="For the hidden matrices."
    )
    learning_rate: float = Field(default=0.006, description="Of the hidden matrices.")
    embedding_learning_rate: float = Field(
        default=0.003, description="Of embeddings, norms and biases, by AdamW."
    )
    warmup_steps: int = 100
    batch_tokens: int = Field(default=12_000, description="Target pieces per step.")
    microbatch_tokens: int = Field(
        default=2_048, description="Padded source or target pieces per forward pass."
    )
    decay_share: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="Last part of a run of --steps or --minutes, in which the rates fall to zero.",
    )
    label_smoothing: float = 0.05
    gradient_clip: float = 1.0
    average_decay: float = Field(default=0.998, description="Of the moving average of the weights.")
    guided_weight: float = Field(
        default=0.2, description="Of the alignment loss of one cross-attention head, at the start."
    )
    guided_steps: int = Field(
        default=3000, description="Steps over which that weight falls to zero."
    )
    opening_tokens: int = Field(
        default=500_000, description="Target pieces trained on short pairs only, at the start."
    )
    opening_max_pieces: int = Field(default=12, description="What counts as short.")
    report_steps: int = 20
    validation_steps: int = 250
    chrf_steps: int = 1000
    chrf_pairs: int = 200
    checkpoint_seconds: float = 300
    threads: int = 2
    seed: int = 1


class Consensus(Section):
    """Which sentences are translated to tune a model on, and how their translation is chosen."""

    sources: dict[str, float] = Field(
        default={}, description="Share of each source's pairs; of its favoured ones if it has any."
    )
    min_source_chars: int = 10
    max_source_chars: int = 120
    beams: int = Field(default=4, ge=1, description="Hypotheses from a beam.")
    draws: int = Field(default=12, ge=0, description="Hypotheses drawn by chance.")
    temperature: float = Field(default=0.7, gt=0, description="Of the draws; lower is tamer.")
    most_pieces: int = Field(default=20, description="The likeliest pieces that a draw is from.")
    reference_share: float = Field(
        default=0.5, ge=0, le=1, description="Weight of chrF with the corpus' own translation."
    )
    real_weight: float = Field(
        default=0.3, ge=0, description="How often an epoch shows the corpus' own translation."
    )


class Recipe(Section):
    """All that decides what the trained model is like."""

    corpus: Corpus
    filter: Filter = Filter()
    additions: Additions = Additions()
    vocabulary: Vocabulary = Vocabulary()
    alignment: Alignment = Alignment()
    network: Network = Network()
    training: Training = Training()
    consensus: Consensus = Consensus()
    tuning: Training = Training()


def load_recipe(path: Path, changes: Sequence[str] = ()) -> Recipe:
    """The recipe in `path`, with `section.key=value` changes applied.

    RecipeError names a wrong key or value.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RecipeError(f"{path}: cannot be read: {error.strerror}") from None
    for change in changes:
        name, equals, value = change.partition("=")
        section, dot, key = name.partition(".")
        if not (equals and dot):
            raise RecipeError(
                f"{change!r}: a change is written section.key=value, such as training.seed=2"
            )
        content.setdefault(section, {})[key] = yaml.safe_load(value)
    try:
        return Recipe.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise RecipeError(f"{path}: {place}: {first['msg']}") from None


def fingerprint(*sections: BaseModel) -> str:
    """Twelve hex digits that change when any of the sections does."""
    content = "\n".join(section.model_dump_json() for section in sections)
    return hashlib.sha256(content.encode()).hexdigest()[:12]
