"""What is made from what, by which stage, and what each shard is called.

    documents ─segment─▶ articles ─translate─▶ translations ─summarize─▶ summaries
                            └──────────────────────┴──────────score────▶ scores

A shard's key covers everything that can change its content (the stage and its version,
its settings, the identity of its weights, the keys of what it reads) and nothing else:
not the device, the batch size, the threads or the folder.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache, partial
from typing import Any

from models.errors import WeightsError
from models.load import (
    load_summarizer,
    load_translator,
    resolve_summarizer,
    resolve_translator,
)
from models.metrics.load import ResolvedScorer, resolve_scorer
from models.prompted.specs import PromptedSpec
from models.protocols import Translator
from models.resolved import ResolvedModel
from models.runtime.device import available_threads, named
from models.runtime.workers import BATCHES_A_WORKER, MOST_ON_GPU
from models.specs import TranslatorSpec
from pipeline.config.sections import Config, RuntimeSection
from pipeline.engine.keys import decisive, spoken_name
from pipeline.engine.licences import refuse_licences
from pipeline.engine.store import to_json
from pipeline.errors import ConfigError, ModelError
from pipeline.input.references import read_references
from pipeline.language.glossary import parse_glossary
from pipeline.memory.memory import Memory, Progress, RememberingTranslator
from pipeline.records import Article, Document, Edition, Score, Summary, Translation
from pipeline.score.expected_error import expected_error, own_errors
from pipeline.score.score import score
from pipeline.segment.segment import segment
from pipeline.summarize.summarize import summarize
from pipeline.text_file import read_needed
from pipeline.translate.repair import Ladder
from pipeline.translate.rerank import prepare_choosing
from pipeline.translate.translate import translate

# Padded characters of a window of the translation memory, by kind of device; on a CPU for so
# many threads, and more with ctranslate2, which is fast and fills its batches from all of it.
WINDOW_CHARS = {"cpu": 8192, "mps": 16_384, "cuda": 65_536, "server": 4096}
CTRANSLATE2_ON_CPU_CHARS = 65_536
MEASURED_THREADS = 2
WINDOW_PARTS = 4

# Of Chinese articles in the table: three of UTF-8, and what stands around a sentence. Neighbouring
# shards that fill a window together are translated together.
BYTES_A_CHARACTER = 5


@dataclass(frozen=True, slots=True)
class Stage:
    """One row of the plan. A human raises `version` when the answer changes."""

    name: str
    version: int
    reads: tuple[str, ...]
    writes: str
    row_type: type


SEGMENT = Stage("segment", 4, ("documents",), "articles", Article)
TRANSLATE = Stage("translate", 6, ("articles",), "translations", Translation)
SUMMARIZE = Stage("summarize", 1, ("articles", "translations"), "summaries", Summary)
SCORE = Stage("score", 4, ("articles", "translations"), "scores", Score)
STAGES = (SEGMENT, TRANSLATE, SUMMARIZE, SCORE)
ROW_TYPES: dict[str, type[Any]] = {stage.writes: stage.row_type for stage in STAGES}
REPORT_VERSION = 5

# Checks decide which translation is taken: raise it when they or the ladder change.
REPAIR_VERSION = 7

StageFunction = Callable[..., Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Tools:
    """What a stage may be given at load time.

    Only `corrections` change an answer: the keys of the shards they concern hold a digest
    of them (`corrections.concerning`).
    """

    memory: Memory | None
    reuse: bool
    progress: Progress
    corrections: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """A stage made ready for one config: its key's settings, and how to load its function."""

    stage: Stage
    settings: dict[str, Any]
    models: tuple[ResolvedModel | ResolvedScorer, ...]
    load: Callable[[Tools], StageFunction]
    bytes_at_once: int = 0
    """How many bytes of its first input it takes at once with a memory; of one shard any."""

    def key(self, input_keys: Sequence[str], corrections: Mapping[str, str] | None = None) -> str:
        """Name a shard by everything that can change its content, and nothing else.

        `corrections` are the editor's that concern the shard, if there are any.
        """
        content = [self.stage.name, self.stage.version, self.settings, list(input_keys)]
        return digest([*content, dict(corrections)] if corrections else content)

    @property
    def devices(self) -> tuple[str, ...]:
        """Names of the devices and servers its models run on, each once."""
        names = (device.name for model in self.models for device in model.devices)
        return tuple(dict.fromkeys(names))

    @property
    def places(self) -> tuple[str, ...]:
        """Where each model runs, in words, for models on a server or on several devices."""
        return tuple(
            f"{model.name} on {'the server ' if model.device.is_server else ''}"
            f"{named(model.devices)}"
            for model in self.models
            if model.device.is_server or len(model.devices) > 1
        )


def digest(value: object) -> str:
    """Return 32 hex digits of the SHA-256 of a value's canonical JSON."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def documents_key(documents: Sequence[Document | Edition]) -> str:
    """Name a shard of documents by their whole content."""
    return digest([to_json(document) for document in documents])


def cut(
    documents: Iterable[Document | Edition], shard_size: int
) -> Iterator[list[Document | Edition]]:
    """Cut documents into shards of `shard_size` in the mean, by content.

    A cut falls after a document whose id hashes to a multiple of the size, so that one
    more document changes one shard and leaves the cuts of all others where they were.
    No shard grows beyond eight times the size.
    """
    shard: list[Document | Edition] = []
    for document in documents:
        shard.append(document)
        number = int.from_bytes(hashlib.sha256(document.id.encode()).digest()[:8], "big")
        if number % shard_size == 0 or len(shard) >= 8 * shard_size:
            yield shard
            shard = []
    if shard:
        yield shard


def prepare(stage: Stage, config: Config) -> Step:
    """Make a stage ready: find its models and files, load nothing heavy.

    Raises ModelError or ConfigError if something it needs is not there, or may not be used.
    """
    try:
        match stage.name:
            case "segment":
                step = _segment_step(config)
            case "translate":
                step = _translate_step(config)
            case "summarize":
                step = _summarize_step(config)
            case _:
                step = _score_step(config)
    except WeightsError as error:
        raise ModelError(str(error)) from None
    place = "score.summary_bertscore" if stage.name == "score" else stage.name
    refuse_licences(place, step.models, config.licences)
    return step


def _segment_step(config: Config) -> Step:
    settings = config.segment.model_dump(mode="json")
    return Step(SEGMENT, settings, (), lambda tools: partial(segment, **settings))


def _translate_step(config: Config) -> Step:
    section = config.translate
    specs = [section.model]
    if section.repair.enabled and section.repair.fallback and "fallback" in section.repair.rungs:
        specs.append(section.repair.fallback)
    places = ("translate.model", "translate.repair.fallback")
    resolved = [
        _resolved_translator(spec, config, place)
        for spec, place in zip(specs, places, strict=False)
    ]
    decodings = [decisive(spec, own) for spec, own in zip(specs, resolved, strict=True)]
    terms = _glossary_text(section.glossary)
    glossary = parse_glossary(terms, name=section.glossary or "glossary")
    choosing = prepare_choosing(
        section.choose, config.runtime, resolved[0], glossary, [REPAIR_VERSION, digest(terms)]
    )
    wanted = section.model.context_sentences if isinstance(section.model, PromptedSpec) else 0
    if choosing is not None and wanted:
        raise ConfigError(
            "translate.choose: several translations per sentence need a prompt without context; "
            "set "
            "translate.model.context_sentences: 0, or translate.choose.by: first"
        )
    if choosing is not None:  # otherwise the keys are what they were
        decodings[0] = decodings[0] | {"choose": choosing.settings}

    def load(tools: Tools) -> StageFunction:
        def loaded(which: int) -> Translator:
            return load_translator(
                specs[which],
                resolved[which],
                batch_tokens=config.runtime.batch_tokens,
                threads=config.runtime.threads,
            )

        def remembering(
            which: int, translator: Translator, *, is_retry: bool
        ) -> RememberingTranslator:
            key = digest(decodings[which])
            if tools.memory:
                tools.memory.name(key, spoken_name(specs[which], resolved[which]))
            return RememberingTranslator(
                translator,
                memory=tools.memory,
                model=key,
                window_chars=remembered_chars(config.runtime, resolved[which], is_retry=is_retry),
                reuse=tools.reuse,
            )

        first = loaded(0) if choosing is None else choosing.wrap(loaded(0))
        ladder = Ladder(
            rungs=section.repair.rungs,
            least_confidence=section.repair.least_confidence,
            glossary=glossary,
            # loaded when a sentence needs it, and then kept
            fallback=cache(lambda: remembering(1, loaded(1), is_retry=True))
            if len(specs) > 1
            else None,
        )
        return partial(
            translate,
            translator=remembering(0, first, is_retry=False).reporting(tools.progress),
            kinds=section.kinds,
            ladder=ladder if section.repair.enabled else None,
            retranslator=remembering(0, first, is_retry=True),
            corrections=tools.corrections,
            glossary=glossary,
        )

    settings: dict[str, Any] = {"model": decodings[0], "kinds": list(section.kinds)}
    if isinstance(section.model, PromptedSpec) and section.model.glossary_in_prompt:
        settings["terms"] = digest(terms)
    if section.repair.enabled:
        settings["repair"] = section.repair.model_dump(mode="json", exclude={"fallback"}) | {
            "version": REPAIR_VERSION,
            "fallback": decodings[1:],
            "glossary": digest(terms),
        }
    return Step(
        TRANSLATE,
        settings,
        (*resolved, *(choosing.models if choosing else ())),
        load,
        bytes_at_once=BYTES_A_CHARACTER * window_chars(config.runtime, resolved[0]),
    )


def window_chars(runtime: RuntimeSection, resolved: ResolvedModel) -> int:
    """Return how many padded characters of neighbouring shards are translated together.

    A window holds several batches for every worker (a device, a stream or a thread), so that
    they seldom wait for the last one of it. It must not follow the free memory of the moment: a
    run picked up again makes the same windows.
    """
    kind, workers = resolved.device.kind, len(resolved.devices)
    if kind == "server":  # makes its own batches; what is in flight is lost if it goes away
        return WINDOW_CHARS[kind] * max(1, resolved.concurrency // 4)
    if (kind, resolved.backend) == ("cuda", "ctranslate2"):
        workers *= MOST_ON_GPU
    batch = 0 if runtime.batch_tokens == "auto" else runtime.batch_tokens
    if kind != "cpu":
        return max(WINDOW_CHARS[kind], BATCHES_A_WORKER * batch) * workers
    if batch:
        return batch
    threads = available_threads() if runtime.threads == "auto" else runtime.threads
    least = CTRANSLATE2_ON_CPU_CHARS if resolved.backend == "ctranslate2" else WINDOW_CHARS[kind]
    return max(least, least * threads // MEASURED_THREADS)


def remembered_chars(runtime: RuntimeSection, resolved: ResolvedModel, *, is_retry: bool) -> int:
    """Return how many padded characters are translated between two commits to the memory.

    A run that is killed repeats at most these. On a CPU a window of neighbouring shards takes
    long enough to be committed in parts; retries are slower and fewer, so their parts are
    smaller. Parts are cut in the same places whatever is remembered: a run that is picked up
    again fills the same batches, and its answers are the same to the byte.
    """
    whole = window_chars(runtime, resolved)
    if resolved.device.kind != "cpu" or runtime.batch_tokens != "auto":
        return whole
    part = whole // WINDOW_PARTS if resolved.backend == "ctranslate2" else whole
    return part // WINDOW_PARTS if is_retry else part


def _resolved_translator(spec: TranslatorSpec, config: Config, place: str) -> ResolvedModel:
    return resolve_translator(
        spec,
        device=config.runtime.device,
        precision=config.runtime.precision,
        offline=config.runtime.offline,
        cache=config.runtime.cache,
        place=place,
    )


def _summarize_step(config: Config) -> Step:
    section, runtime = config.summarize, config.runtime
    specs = [section.model] + ([section.english_model] if section.english_model else [])
    resolved = [
        resolve_summarizer(
            spec,
            device=runtime.device,
            precision=runtime.precision,
            offline=runtime.offline,
            cache=runtime.cache,
            place=place,
        )
        for spec, place in zip(specs, ("summarize.model", "summarize.english_model"), strict=False)
    ]

    def load(tools: Tools) -> StageFunction:
        loaded = [
            load_summarizer(spec, r, batch_tokens=runtime.batch_tokens, threads=runtime.threads)
            for spec, r in zip(specs, resolved, strict=True)
        ]
        return partial(
            summarize,
            summarizer=loaded[0],
            languages=section.languages,
            english_summarizer=loaded[1] if len(loaded) > 1 else None,
            english_from="citations" if section.model.kind == "extractive" else "model",
        )

    settings = {
        "languages": list(section.languages),
        "models": [decisive(spec, r) for spec, r in zip(specs, resolved, strict=True)],
    }
    return Step(SUMMARIZE, settings, tuple(resolved), load)


def _score_step(config: Config) -> Step:
    references = read_references(config.score.references)
    terms = _glossary_text(config.translate.glossary)
    glossary = parse_glossary(terms, name=config.translate.glossary or "glossary")
    summaries = {"summary_metrics", "summary_bertscore"}  # counted for the report
    settings = config.score.model_dump(mode="json", exclude=summaries) | {
        "references": digest(references),
        "glossary": digest(terms),
    }

    error_map = own_errors(config)
    if error_map is not None:
        settings["expected_error"] = digest(asdict(error_map))

    def load(tools: Tools) -> StageFunction:
        return partial(
            score,
            metrics=config.score.metrics,
            references=references,
            glossary=glossary,
            expected_error=expected_error(error_map) if error_map else None,
        )

    return Step(SCORE, settings, _summary_models(config), load)


def _summary_models(config: Config) -> tuple[ResolvedScorer, ...]:
    """Find the model that scores summaries; the report loads it, and no score depends on it."""
    spec, runtime = config.score.summary_bertscore, config.runtime
    if spec is None:
        return ()
    try:
        return (
            resolve_scorer(
                spec, device=runtime.device, offline=runtime.offline, cache=runtime.cache
            ),
        )
    except WeightsError as error:
        raise ModelError(f"score.summary_bertscore: {error}") from None


def _glossary_text(name: str | None) -> str:
    """Return the text of a config's glossary; nothing if it names none."""
    if name is None:
        return ""
    return read_needed(name, "translate.glossary")
