"""The hypotheses of a system for a test set, from a file, a run folder or a model."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from models.errors import closest
from pipeline.config.input_section import InputSection
from pipeline.config.machine import MachineSection, RuntimeSection
from pipeline.config.sections import Config, TranslateSection
from pipeline.config.summarize_section import SummarizeSection
from pipeline.engine.keys import digest
from pipeline.engine.plan import TRANSLATE, Step, Tools
from pipeline.engine.results import Tables, read_run
from pipeline.engine.stages import prepare
from pipeline.engine.store import Store, to_json
from pipeline.errors import ConfigError, ModelError
from pipeline.evaluate.config import (
    FileOutput,
    ModelOutput,
    RunOutput,
    SummarizerOutput,
    SystemSpec,
)
from pipeline.evaluate.inputs.alignment import shift_line
from pipeline.evaluate.inputs.set_files import read_lines
from pipeline.evaluate.inputs.summarizers import resolve_system, run_summaries, summarizer_outputs
from pipeline.evaluate.results import EvaluationSet, Output
from pipeline.input.references import reference_key
from pipeline.language.plural import plural
from pipeline.memory.place import memory_of
from pipeline.records import Article, Block, Sentence, Translation
from pipeline.score.score import whole_text


@dataclass(frozen=True, slots=True)
class RunSentence:
    """One sentence of a run: source, translation, reference, confidence and findings."""

    article_id: str
    source: str
    hypothesis: str
    reference: str | None
    confidence: float | None
    findings: tuple[str, ...]


def translate_sets(
    spec: SystemSpec,
    sets: Sequence[EvaluationSet],
    runtime: MachineSection,
    folder: Path,
    *,
    of_summaries: bool = False,
) -> list[Output | None]:
    """Return a system's output for every set, translating with its model if it has one.

    With `of_summaries`, a run gives its summaries.

    The output is None for a set without a file. `folder` is the folder of the evaluation: finished
    translations are stored there, and the translation memory is beside it, as for a run. Raises
    ConfigError if a file or a run does not fit a set.
    """
    place = f"systems: {spec.name}"
    match spec:
        case FileOutput():
            outputs = [_file_output(spec, test_set, place) for test_set in sets]
            if not any(outputs):
                raise ConfigError(f"{place}: {spec.path}: no such file")
            return list(outputs)
        case RunOutput() if of_summaries:
            tables = read_run(Path(spec.path))
            return [
                run_summaries(spec.name, tables, test_set, f"{place}: {spec.path}")
                for test_set in sets
            ]
        case SummarizerOutput():
            return list(summarizer_outputs(spec, sets, runtime))
        case RunOutput():
            sentences = run_sentences(read_run(Path(spec.path)))
            return [
                run_output(spec.name, sentences, test_set, f"{place}: {spec.path}")
                for test_set in sets
            ]
        case ModelOutput():
            return list(_model_outputs(spec, sets, runtime, folder))


def check_systems(specs: Sequence[SystemSpec], runtime: MachineSection, folder: Path) -> None:
    """Raise ConfigError or ModelError for a missing system before any translation starts."""
    for spec in specs:
        match spec:
            case FileOutput():
                if "{set}" not in spec.path and not Path(spec.path).exists():
                    raise ConfigError(f"systems: {spec.name}: {spec.path}: no such file")
            case RunOutput():
                if not (Path(spec.path) / "manifest.json").exists():
                    raise ConfigError(
                        f"systems: {spec.name}: {spec.path}: not a run folder (it has no "
                        "manifest.json)"
                    )
            case SummarizerOutput():
                resolve_system(spec, runtime)
            case ModelOutput():
                prepare_system(spec, as_run(spec, runtime, folder))


def _file_output(spec: FileOutput, test_set: EvaluationSet, place: str) -> Output | None:
    path = spec.path.replace("{set}", test_set.name)
    if "{set}" in spec.path and not Path(path).exists():
        return None
    return file_output(spec.name, path, test_set, place)


def file_output(name: str, path: str | Path, test_set: EvaluationSet, place: str) -> Output:
    """Read a file of hypotheses, one a line. Raises ConfigError if it does not fit the set."""
    lines, size = read_lines(path, place), len(test_set.segments)
    if len(lines) != size:
        shift = shift_line([*lines, *[""] * size][:size], test_set)
        raise ConfigError(
            f"{place}: {path}: {plural(len(lines), 'line')}, but the set '{test_set.name}' has "
            f"{plural(size, 'segment')}{'; ' * bool(shift)}{shift}"
        )
    return Output(name, tuple(line.strip() for line in lines))


def run_sentences(tables: Tables) -> list[RunSentence]:
    """Return every sentence translated by the model or an editor of a run, in reading order."""
    english = {(row.article_id, s.id): s for row in tables.translations for s in row.sentences}
    judged = {(row.article_id, s.id): s for row in tables.scores for s in row.sentences}
    rows = []
    for article in tables.articles:
        for sentence in article.sentences:
            translated = english.get((article.id, sentence.id))
            if translated is None or translated.origin not in ("model", "editor"):
                continue
            score = judged.get((article.id, sentence.id))
            rows.append(
                RunSentence(
                    article_id=article.id,
                    source=sentence.text,
                    hypothesis=translated.text,
                    reference=score.reference if score else None,
                    confidence=translated.confidence,
                    findings=tuple(found.check for found in score.findings) if score else (),
                )
            )
    return rows


def run_articles(tables: Tables) -> list[RunSentence]:
    """Return every article as one long sentence: its Chinese, its English, its reference."""
    english = {row.article_id: row for row in tables.translations}
    rows = []
    for article in tables.articles:
        if article.id in english:
            rows.append(
                RunSentence(
                    article_id=article.id,
                    source=" ".join(sentence.text for sentence in article.sentences),
                    hypothesis=whole_text(article, english[article.id]),
                    reference=" ".join((article.reference or "").split()) or None,
                    confidence=None,
                    findings=(),
                )
            )
    return rows


def run_output(
    name: str, sentences: Sequence[RunSentence], test_set: EvaluationSet, place: str
) -> Output:
    """Return a run's output for a set; segments are matched by their Chinese without spaces."""
    known = {reference_key(sentence.source): sentence for sentence in sentences}
    keys = [reference_key(segment.source) for segment in test_set.segments]
    missing = [index for index, key in enumerate(keys) if key not in known]
    if missing:
        first = test_set.segments[missing[0]]
        close = closest(keys[missing[0]], list(known)[:5000])
        hint = f"; it has '{close[:30]}'" if close else ""
        raise ConfigError(
            f"{place}: {len(missing)} of {len(keys)} segments of the set '{test_set.name}' are not "
            f"in this run, the first is {first.id}: '{first.source[:30]}'{hint}; "
            "use the sentences of the set as its input"
        )
    matched = [known[key] for key in keys]
    return Output(
        name,
        tuple(sentence.hypothesis for sentence in matched),
        tuple(sentence.confidence for sentence in matched),
    )


def _model_outputs(
    spec: ModelOutput, sets: Sequence[EvaluationSet], runtime: MachineSection, folder: Path
) -> list[Output]:
    """Translate every set as a run would; a finished set is a shard in `folder`."""
    config = as_run(spec, runtime, folder)
    step = prepare_system(spec, config)
    articles = [_article(test_set) for test_set in sets]
    store = Store(folder)
    store.sweep([TRANSLATE.writes])
    keys = [step.key([digest(to_json(article))]) for article in articles]
    missing = [index for index, key in enumerate(keys) if not store.has(TRANSLATE.writes, key)]
    if missing:  # the model is loaded only if needed
        rows = _translated([articles[index] for index in missing], step, config)
        for index, row in zip(missing, rows, strict=True):
            store.write(TRANSLATE.writes, keys[index], [row])
    translations = [store.read(TRANSLATE.writes, key, Translation)[0] for key in keys]
    return [
        Output(
            spec.name,
            tuple(sentence.text for sentence in row.sentences),
            tuple(sentence.confidence for sentence in row.sentences),
        )
        for row in translations
    ]


def as_run(spec: ModelOutput, runtime: MachineSection, folder: Path) -> Config:
    """Return the config of a run that translates with the model of a system."""
    return Config(
        input=InputSection(paths=(".",)),
        output=str(folder),
        runtime=RuntimeSection.model_validate(runtime.model_dump()),
        translate=TranslateSection(model=spec.model),
        summarize=SummarizeSection.model_validate({"model": {"kind": "extractive"}}),
    )


def prepare_system(spec: ModelOutput, config: Config) -> Step:
    """Return the translate step of a system. Raises ModelError, naming it, if it cannot run."""
    try:
        return prepare(TRANSLATE, config)
    except ModelError as error:
        raise ModelError(f"systems: {spec.name}: {error}") from None


def _translated(articles: Sequence[Article], step: Step, config: Config) -> list[Translation]:
    """Translate articles with the translation memory, as a run does."""
    with memory_of(config) as memory:
        return list(step.load(Tools(memory, True, lambda *_: None))(articles))


def _article(test_set: EvaluationSet) -> Article:
    """Return a set as one article, so that the model can fill its batches."""
    sentences = tuple(
        Sentence(f"s{number}", segment.source, ())
        for number, segment in enumerate(test_set.segments, start=1)
    )
    return Article(
        id=test_set.name,
        document_id=test_set.name,
        source=test_set.name,
        title=test_set.name,
        date=None,
        byline=None,
        blocks=(Block("paragraph", sentences),),
    )
